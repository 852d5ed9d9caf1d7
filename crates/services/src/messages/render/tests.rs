//! Every message in every language, and what own words may do.

use super::super::PaymentInstructionsText;
use super::*;

fn full() -> Facts {
    Facts {
        patient_name: "Ana <b>Díaz</b> & Co".into(),
        therapist_name: "Lucía Gómez".into(),
        practice_name: "Centro Sol".into(),
        service_name: "Individual therapy".into(),
        when: "Tuesday 24 November 2026, 10:00".into(),
        time_zone: "America/Argentina/Buenos_Aires".into(),
        price: "$15,000".into(),
        reference: "CAL-7K2M".into(),
        deadline: "Monday 23 November 2026, 18:00".into(),
        instructions: PaymentInstructionsText {
            mpesa: "0707 000 000".into(),
            bank_account: "Bank of Sun\nES00 0000 0000\nCentro Sol".into(),
            cash: true,
            note: "Write your reference, please.".into(),
        },
        reason: "The room is being painted.\n\nSorry!".into(),
        video_link: "https://meet.example/room-1".into(),
        cancel_rule: "You can cancel until 24 hours before.".into(),
        old_when: "Monday 23 November 2026, 09:00".into(),
        rhythm: "Every Tuesday at 10:00".into(),
        next_dates: "Tuesday 1 December 2026, 10:00\nTuesday 8 December 2026, 10:00".into(),
        stop_link: "https://calma.example/b/abc/reminders".into(),
        subject: "About the key".into(),
        body: "Please bring it.".into(),
        link: "https://calma.example/b/abc?x=1&y=2".into(),
        role: "therapist".into(),
        late: true,
        time_gone: true,
        at_session: false,
    }
}

fn all() -> impl Iterator<Item = (Template, Lang)> {
    Template::ALL.iter().flat_map(|template| Lang::ALL.map(|lang| (*template, lang)))
}

fn sheet(template: Template, lang: Lang, facts: &Facts) -> Sheet<'_> {
    Sheet { template, lang, to_name: "", facts, has_calendar: false, own: None, discreet: false }
}

fn rendered(template: Template, lang: Lang, facts: &Facts) -> Rendered {
    email(&sheet(template, lang, facts)).unwrap_or_else(|error| panic!("{template:?} {lang:?}: {error:#}"))
}

fn assert_finished(message: &Rendered, what: &str) {
    assert!(!message.subject.is_empty(), "{what}");
    assert!(!message.subject.contains('\n') && !message.subject.starts_with("Subject"), "{what}");
    for part in [&message.subject, &message.text, &message.html.split("</style>").last().unwrap().to_owned()] {
        assert!(!part.contains("{{") && !part.contains("{%") && !part.contains('}'), "{what}: {part}");
        assert!(![BUTTON, ADDRESS, END].iter().any(|mark| part.contains(*mark)), "{what}: {part}");
    }
    assert!(!message.text.contains("\n\n\n") && !message.text.contains(" \n"), "{what}: {}", message.text);
    assert!(!message.text.contains("undefined") && !message.text.contains("none"), "{what}: {}", message.text);
    assert!(!message.text.contains(" ,") && !message.text.contains("()"), "{what}: {}", message.text);
    assert!(message.html.contains("</main>") && !message.html.contains("<p></p>"), "{what}");
}

#[test]
fn every_template_renders_with_all_facts() {
    for (template, lang) in all() {
        let message = rendered(template, lang, &full());
        let what = format!("{template:?} {lang:?}");
        assert_finished(&message, &what);
        assert!(message.text.contains("https://calma.example/b/abc?x=1&y=2\n"), "{what}: {}", message.text);
        assert!(message.html.contains(r#"class="button""#), "{what}");
        assert!(message.html.contains("calma.example&#x2f;b&#x2f;abc?x=1&amp;y=2"), "{what}: {}", message.html);
        assert!(message.html.contains(&format!("<html lang=\"{}\">", lang.code())));
        assert!(!message.html.contains("<b>"), "{what}: a name became markup");
        assert!(!message.html.contains("src=") && !message.html.contains("<link"), "{what}: remote resources");
    }
}

#[test]
fn every_template_renders_with_nothing_known() {
    for (template, lang) in all() {
        assert_finished(&rendered(template, lang, &Facts::default()), &format!("{template:?} {lang:?}"));
    }
}

#[test]
fn bookings_carry_their_reference_and_time() {
    use Template::*;
    let about_bookings = [
        RequestReceived,
        Approved,
        ProofReceived,
        PaymentRejected,
        Confirmed,
        Cancelled,
        Expired,
        LatePaymentReceived,
        LatePaymentKept,
        LatePaymentReturned,
        NewRequest,
        ProofToVerify,
        CancelledByPatient,
    ];
    for (template, lang) in all().filter(|(template, _)| about_bookings.contains(template)) {
        let message = rendered(template, lang, &full());
        for wanted in ["CAL-7K2M", "Tuesday 24 November 2026, 10:00 (America/Argentina/Buenos_Aires)"] {
            assert!(message.text.contains(wanted), "{template:?} {lang:?}: {}", message.text);
        }
    }
}

#[test]
fn asking_for_money_says_how_much_how_and_until_when() {
    for (template, lang) in all().filter(|(t, _)| matches!(t, Template::Approved | Template::PaymentRejected)) {
        let message = rendered(template, lang, &full());
        for wanted in ["$15,000", "0707 000 000", "ES00 0000 0000\n", "23 November 2026, 18:00", "Write your reference"]
        {
            assert!(message.text.contains(wanted), "{template:?} {lang:?}: {}", message.text);
        }
        assert!(message.html.contains("Bank of Sun<br>ES00 0000 0000<br>Centro Sol"), "{}", message.html);
    }
}

#[test]
fn a_late_proof_says_so_and_what_there_is_to_decide() {
    let text = |lang, late, time_gone| {
        let message = rendered(Template::ProofToVerify, lang, &Facts { late, time_gone, ..full() });
        format!("{}\n{}", message.subject, message.text)
    };
    for (lang, late, decide, confirmed) in [
        (Lang::En, "Late payment", "return it", "is confirmed as soon as"),
        (Lang::Es, "Pago tardío", "devolverlo", "queda confirmada en cuanto"),
    ] {
        let in_time = text(lang, false, false);
        assert!(!in_time.contains(late) && in_time.contains(confirmed), "{in_time}");
        let revived = text(lang, true, false);
        assert!(revived.contains(late) && revived.contains(confirmed), "{revived}");
        let gone = text(lang, true, true);
        assert!(gone.contains(late) && gone.contains(decide) && !gone.contains(confirmed), "{gone}");
    }
}

#[test]
fn reasons_reach_the_patient_and_rooms_only_those_who_are_confirmed() {
    for (template, lang) in all() {
        let text = rendered(template, lang, &full()).text;
        let tells_reason = matches!(
            template,
            Template::Declined
                | Template::PaymentRejected
                | Template::Cancelled
                | Template::Rescheduled
                // To the therapist: the note of whoever answered them.
                | Template::RescheduleApproved
                | Template::RescheduleRejected
        );
        assert_eq!(text.contains("The room is being painted.\n\nSorry!"), tells_reason, "{template:?}: {text}");
        let invited = matches!(
            template,
            Template::Confirmed | Template::Rescheduled | Template::SessionReminder | Template::JoinReminder
        );
        assert_eq!(text.contains("https://meet.example/room-1\n"), invited, "{template:?}");
    }
}

#[test]
fn nobody_owes_before_a_session_at_which_one_pays() {
    use Template::{PaymentReminder, SessionReminder};
    for (template, lang, owed, at_session) in [
        (SessionReminder, Lang::En, "not paid yet", "You pay at the session"),
        (SessionReminder, Lang::Es, "falta el pago", "Se paga en la sesión"),
        (PaymentReminder, Lang::En, "still open", "you pay at this session"),
        (PaymentReminder, Lang::Es, "está pendiente", "se paga en el momento"),
    ] {
        let told = |at_session, price: &str| {
            let facts = Facts { at_session, price: price.into(), ..full() };
            let mail = rendered(template, lang, &facts);
            let (_, text) = text(&sheet(template, lang, &facts)).unwrap();
            format!("{}\n{}\n{text}", mail.subject, mail.text)
        };
        let (late, then) = (told(false, "$15,000"), told(true, "$15,000"));
        assert!(late.contains(owed) && !late.contains(at_session), "{late}");
        assert!(then.contains(at_session) && then.contains("$15,000"), "{then}");
        for late in ["ot paid yet", "still open", "alta el pago", "pendiente"] {
            assert!(!then.contains(late), "{late}: {then}");
        }
        if template == SessionReminder {
            assert!(!told(true, "").contains(at_session), "nothing to pay: {}", told(true, ""));
        }
    }
}

#[test]
fn who_agreed_on_recurring_sessions_reads_rhythm_first_and_next_dates() {
    for lang in Lang::ALL {
        let facts = full();
        let told = rendered(Template::SeriesAgreed, lang, &facts);
        for wanted in [
            "Every Tuesday at 10:00\n",
            "Tuesday 24 November 2026, 10:00 (America/Argentina/Buenos_Aires)",
            "Tuesday 1 December 2026, 10:00\nTuesday 8 December 2026, 10:00\n",
            "$15,000",
        ] {
            assert!(told.text.contains(wanted), "{wanted}: {}", told.text);
        }
        let (_, short) = text(&sheet(Template::SeriesAgreed, lang, &facts)).unwrap();
        assert!(short.contains("Every Tuesday at 10:00") && short.contains("24 November 2026, 10:00"), "{short}");
    }
}

/// Subjects show on locked screens: they never name the patient.
#[test]
fn subjects_name_no_patient() {
    for (template, lang) in all() {
        assert!(!rendered(template, lang, &full()).subject.contains("Ana"), "{template:?} {lang:?}");
    }
}

#[test]
fn what_people_type_cannot_become_a_button_or_a_header() {
    let mut facts = full();
    facts.reason = format!("{BUTTON}Free money{ADDRESS}https://evil.example{END}\u{7}\r\nBcc: x");
    facts.when = "10:00\nBcc: eve@example.com".into();
    facts.link = "javascript:alert(1)".into();
    let declined = rendered(Template::Declined, Lang::En, &facts);
    assert!(!declined.html.contains(r#"class="button""#), "{}", declined.html);
    assert!(declined.text.contains("Free moneyhttps://evil.example\nBcc: x"), "{}", declined.text);
    let confirmed = rendered(Template::Confirmed, Lang::En, &facts);
    assert_eq!(confirmed.subject, "Your session is confirmed: 10:00");
}

#[test]
fn an_attached_calendar_is_mentioned() {
    let facts = full();
    let with =
        email(&Sheet { to_name: "Ana", has_calendar: true, ..sheet(Template::Confirmed, Lang::Es, &facts) }).unwrap();
    assert!(with.text.contains("adjunto") && with.text.starts_with("Hola Ana:"), "{}", with.text);
    assert!(!rendered(Template::Confirmed, Lang::Es, &full()).text.contains("adjunto"));
}

#[test]
fn texts_are_short_and_finished() {
    for (template, lang) in all() {
        for facts in [full(), Facts::default()] {
            let (_, text) = text(&sheet(template, lang, &facts)).unwrap();
            assert!(!text.is_empty() && !text.contains("{{") && !text.contains("{%"), "{template:?} {lang:?}: {text}");
            assert!(![BUTTON, ADDRESS, END].iter().any(|mark| text.contains(*mark)), "{template:?}: {text}");
            assert!(text.chars().count() < 420, "{template:?} {lang:?}: {text}");
        }
    }
}

#[test]
fn reminders_say_when_and_how_to_have_no_more_of_them() {
    for (template, lang) in all().filter(|(template, _)| template.purpose() == Purpose::Reminder) {
        let facts = full();
        let message = rendered(template, lang, &facts);
        for wanted in ["Tuesday 24 November 2026, 10:00", "https://calma.example/b/abc/reminders\n"] {
            assert!(message.text.contains(wanted), "{template:?} {lang:?}: {}", message.text);
        }
        let link = r#"<p class="stop"><a href=""#;
        assert!(message.html.contains(link), "no button beside what matters: {}", message.html);
        let (_, text) = text(&sheet(template, lang, &facts)).unwrap();
        assert!(text.contains("STOP"), "{template:?} {lang:?}: {text}");
    }
    let moved = rendered(Template::Rescheduled, Lang::En, &full());
    assert!(
        moved.text.contains("Monday 23 November 2026, 09:00") && !moved.text.contains("/reminders"),
        "{}",
        moved.text
    );
}

#[test]
fn discreet_messages_name_neither_service_nor_therapist() {
    let facts =
        Facts { service_name: String::new(), therapist_name: String::new(), practice_name: "Sol".into(), ..full() };
    for (template, lang) in all() {
        let sheet = Sheet { discreet: true, ..sheet(template, lang, &facts) };
        let message = email(&sheet).unwrap();
        assert_finished(&message, &format!("{template:?} {lang:?}"));
        assert_eq!(message.subject, DISCREET.of(lang));
        let (_, text) = text(&sheet).unwrap();
        for told in [message.text, message.html, text] {
            assert!(!told.contains("Lucía") && !told.contains("Individual therapy"), "{template:?}: {told}");
        }
    }
}

#[test]
fn own_words_take_their_place_and_addresses_become_buttons() {
    let own = TemplateText {
        template: "session_reminder".into(),
        language: Lang::En,
        channel: contracts::messages::Channel::Email,
        subject: "See you {{ when }}".into(),
        body: "Dear {{ patient_name }},\n{% if video_link %}\n{{ video_link }}\n{% endif %}\nSoon!\n{{ how_to_pay }}\n{{ link }}".into(),
        content_sid: String::new(),
        content_variables: vec![],
    };
    let facts = full();
    let message = email(&Sheet { own: Some(&own), ..sheet(Template::SessionReminder, Lang::En, &facts) }).unwrap();
    assert_finished(&message, "own words");
    assert_eq!(message.subject, "See you Tuesday 24 November 2026, 10:00");
    assert!(message.text.starts_with("Dear Ana <b>Díaz</b> & Co,\n"), "{}", message.text);
    assert!(message.text.contains("Join the session:\nhttps://meet.example/room-1\n"), "{}", message.text);
    assert!(
        message.text.contains("M-Pesa: 0707 000 000") && message.text.contains("See your booking:\n"),
        "{}",
        message.text
    );
    assert_eq!(message.html.matches(r#"class="button""#).count(), 2, "and the way out of reminders: {}", message.html);
}

#[test]
fn own_words_reach_nothing_else_and_cost_little() {
    let facts = full();
    for body in [
        "{% include 'layout.html' %}",
        "{{ range(100000000) }}",
        "{% for a in 'x' * 100000 %}{% for b in 'x' * 100000 %}.{% endfor %}{% endfor %}",
        "{{ when | upper }}",
    ] {
        let own = TemplateText {
            template: "test".into(),
            language: Lang::En,
            channel: contracts::messages::Channel::Sms,
            subject: String::new(),
            body: body.into(),
            content_sid: String::new(),
            content_variables: vec![],
        };
        assert!(text(&Sheet { own: Some(&own), ..sheet(Template::Test, Lang::En, &facts) }).is_err(), "{body}");
    }
}

#[test]
fn a_line_before_an_address_is_what_its_button_says() {
    let own = TemplateText {
        template: "session_reminder".into(),
        language: Lang::En,
        channel: contracts::messages::Channel::Email,
        subject: "Soon".into(),
        body: "Come in here:\n{{ video_link }}\n\n{{ link }}".into(),
        content_sid: String::new(),
        content_variables: vec![],
    };
    let facts = full();
    let message = email(&Sheet { own: Some(&own), ..sheet(Template::SessionReminder, Lang::En, &facts) }).unwrap();
    assert!(message.text.starts_with("Come in here:\nhttps://meet.example/room-1\n"), "{}", message.text);
    assert!(!message.text.contains("Join the session"), "{}", message.text);
    assert!(message.text.contains("See your booking:\n"), "{}", message.text);
}
