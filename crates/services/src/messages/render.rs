//! From a template and facts to a finished message. There is one text per template and language; its HTML is made from
//! the same words, so the two cannot disagree.
//!
//! A template's first line is `Subject: …`, the rest is the text. `button(address, words)` marks the one thing to do: a
//! line with the address in the text, a button in HTML. The marks are characters that facts can never contain, so
//! nothing a person typed becomes a button.
//!
//! Texts to phones are short: a template of their own in `text/`, else the subject and the link. A practice's own words take
//! the place of either; they can name a few facts and nothing else ([`VARIABLES`]).

use super::{Facts, Template};
use contracts::messages::TemplateText;
use contracts::{Lang, Text};
use domain::messages::Purpose;
use minijinja::{Environment, UndefinedBehavior, context};
use serde_json::Value;
use std::sync::LazyLock;

/// A finished message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rendered {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Around a button's words and address; from Unicode's private use area.
const BUTTON: char = '\u{E000}';
const ADDRESS: char = '\u{E001}';
const END: char = '\u{E002}';

/// What the layout is given: lines of a paragraph, or a button.
#[derive(Debug, Default, PartialEq, Eq, serde::Serialize)]
struct Block<'a> {
    lines: Vec<&'a str>,
    label: &'a str,
    url: &'a str,
}

/// What a message is written from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sheet<'a> {
    pub template: Template,
    pub lang: Lang,
    pub to_name: &'a str,
    pub facts: &'a Facts,
    pub has_calendar: bool,
    /// The practice's own words for this channel.
    pub own: Option<&'a TemplateText>,
    /// The subject says nothing.
    pub discreet: bool,
}

/// The subject of a discreet message.
const DISCREET: Text = Text { en: "A message about your appointment", es: "Un mensaje sobre su cita" };
/// Under reminders by e-mail.
const STOP: Text = Text { en: "No more reminders, please", es: "No quiero más recordatorios" };
/// On the button that a bare address in a practice's own words becomes.
const OPEN: Text = Text { en: "See your booking", es: "Ver su reserva" };
const JOIN: Text = Text { en: "Join the session", es: "Entrar a la sesión" };

/// What a practice's own words may name.
pub(super) const VARIABLES: &[&str] = &[
    "patient_name",
    "therapist_name",
    "practice_name",
    "service_name",
    "when",
    "old_when",
    "time_zone",
    "price",
    "reference",
    "deadline",
    "how_to_pay",
    "reason",
    "video_link",
    "cancel_rule",
    "link",
];

/// # Errors
/// When a template is broken. The tests of this module rule it out for the built-in ones, and own ones were checked when
/// they were saved.
pub(super) fn email(sheet: &Sheet<'_>) -> Result<Rendered, minijinja::Error> {
    let known = known(sheet)?;
    let (subject, mut body) = match sheet.own {
        Some(own) => {
            let mut values = named(&known);
            values.insert("how_to_pay".into(), Value::String(how_to_pay(sheet.lang, &known)?));
            let body = with_buttons(&own_words(&own.body, &values)?, sheet);
            (one_line(&own_words(&own.subject, &values)?), body)
        }
        None => {
            let written = built_in(&format!("{}/{}.txt", sheet.lang.code(), sheet.template.as_str()), &known)?;
            let (first, body) = written.split_once('\n').unwrap_or((&written, ""));
            (one_line(first.strip_prefix("Subject:").unwrap_or(first)), body.to_owned())
        }
    };
    if sheet.template.purpose() == Purpose::Reminder && !sheet.facts.stop_link.is_empty() {
        body.push_str(&format!("\n\n{}\n", button(&sheet.facts.stop_link, STOP.of(sheet.lang))));
    }
    let body = tidied(&body);
    let subject = if sheet.discreet { DISCREET.of(sheet.lang).to_owned() } else { subject };
    let from = if sheet.facts.practice_name.is_empty() { "Calma" } else { sheet.facts.practice_name.as_str() };
    let html = environment()?
        .get_template("layout.html")?
        .render(context! { lang => sheet.lang.code(), subject, from, blocks => blocks(&body) })?;
    Ok(Rendered { subject, text: plain(&body), html })
}

/// The subject, for the outbox, and the text for a phone.
///
/// # Errors
/// As [`email`].
pub(super) fn text(sheet: &Sheet<'_>) -> Result<(String, String), minijinja::Error> {
    let by_mail = email(&Sheet { own: None, ..*sheet })?;
    let mut known = known(sheet)?;
    let written = match sheet.own {
        Some(own) => {
            let mut values = named(&known);
            values.insert("how_to_pay".into(), Value::String(how_to_pay(sheet.lang, &known)?));
            own_words(&own.body, &values)?
        }
        None => {
            if let Value::Object(known) = &mut known {
                known.insert("subject".into(), Value::String(by_mail.subject.clone()));
            }
            let own = format!("{}/text/{}.txt", sheet.lang.code(), sheet.template.as_str());
            let name =
                if TEXTS.contains(&own.as_str()) { own } else { format!("{}/text/_news.txt", sheet.lang.code()) };
            built_in(&name, &known)?
        }
    };
    // A hard space is outside the alphabet of text messages, and one letter outside makes each hold less than half as much.
    let written = plain(&tidied(&written)).replace('\u{a0}', " ");
    Ok((by_mail.subject, written.trim().to_owned()))
}

/// The facts by name, cleaned of what could act as layout.
fn known(sheet: &Sheet<'_>) -> Result<Value, minijinja::Error> {
    let mut known = serde_json::to_value(sheet.facts)
        .map_err(|error| minijinja::Error::new(minijinja::ErrorKind::BadSerialization, "facts").with_source(error))?;
    if let Value::Object(known) = &mut known {
        known.insert("to_name".into(), Value::String(sheet.to_name.to_owned()));
        known.insert("has_calendar".into(), Value::Bool(sheet.has_calendar));
    }
    clean(&mut known);
    Ok(known)
}

fn environment() -> Result<&'static Environment<'static>, minijinja::Error> {
    ENVIRONMENT.as_ref().map_err(|error| minijinja::Error::new(error.kind(), error.to_string()))
}

fn built_in(name: &str, known: &Value) -> Result<String, minijinja::Error> {
    environment()?.get_template(name)?.render(known)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The facts that own words may name.
fn named(known: &Value) -> serde_json::Map<String, Value> {
    let of = |name: &str| known.get(name).filter(|value| value.is_string()).cloned();
    VARIABLES
        .iter()
        .copied()
        .map(|name| (name.to_owned(), of(name).unwrap_or_else(|| Value::String(String::new()))))
        .collect()
}

fn how_to_pay(lang: Lang, known: &Value) -> Result<String, minijinja::Error> {
    Ok(tidied(&built_in(&format!("{}/_payment.txt", lang.code()), known)?).trim().to_owned())
}

/// Renders a practice's own words in an environment that has nothing but these values: no functions, no filters, no other
/// template, and a limit to what it may cost.
fn own_words(words: &str, values: &serde_json::Map<String, Value>) -> Result<String, minijinja::Error> {
    let mut environment = Environment::empty();
    environment.set_trim_blocks(true);
    environment.set_fuel(Some(20_000));
    environment.render_str(words, values)
}

/// Own words with an address that stands alone in its line as a button.
fn with_buttons(words: &str, sheet: &Sheet<'_>) -> String {
    let line = |line: &str| match line.trim() {
        "" => String::new(),
        address if address == sheet.facts.video_link => button(address, JOIN.of(sheet.lang)),
        address if address == sheet.facts.link => button(address, OPEN.of(sheet.lang)),
        _ => line.to_owned(),
    };
    words.lines().map(line).collect::<Vec<_>>().join("\n")
}

static ENVIRONMENT: LazyLock<Result<Environment<'static>, minijinja::Error>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.add_function("button", button);
    for (name, source) in PARTS.iter().chain(super::SOURCES).chain(TEXT_SOURCES) {
        environment.add_template(name, source)?;
    }
    Ok(environment)
});

/// The layout and what several templates share.
const PARTS: &[(&str, &str)] = &[
    ("layout.html", include_str!("../../templates/layout.html")),
    ("en/_session.txt", include_str!("../../templates/en/_session.txt")),
    ("en/_payment.txt", include_str!("../../templates/en/_payment.txt")),
    ("en/_end.txt", include_str!("../../templates/en/_end.txt")),
    ("es/_session.txt", include_str!("../../templates/es/_session.txt")),
    ("es/_payment.txt", include_str!("../../templates/es/_payment.txt")),
    ("es/_end.txt", include_str!("../../templates/es/_end.txt")),
];

macro_rules! texts {
    ($($name:literal),+ $(,)?) => {
        /// Texts for phones, and where they are.
        const TEXT_SOURCES: &[(&str, &str)] = &[$(
            (concat!("en/text/", $name, ".txt"), include_str!(concat!("../../templates/en/text/", $name, ".txt"))),
            (concat!("es/text/", $name, ".txt"), include_str!(concat!("../../templates/es/text/", $name, ".txt")))
        ),+];
        const TEXTS: &[&str] = &[$(concat!("en/text/", $name, ".txt"), concat!("es/text/", $name, ".txt")),+];
    };
}

texts!["_news", "session_reminder", "join_reminder", "payment_reminder", "rescheduled", "written", "test"];

/// Only addresses of the web become buttons; anything else stays text.
fn button(address: &str, words: &str) -> String {
    let address: String = address.split_whitespace().collect();
    if address.is_empty() {
        String::new()
    } else if address.starts_with("https://") || address.starts_with("http://") {
        format!("{BUTTON}{words}{ADDRESS}{address}{END}")
    } else {
        format!("{words}: {address}")
    }
}

/// Takes out of every fact what could act as layout: the marks and control characters other than line breaks.
fn clean(value: &mut Value) {
    match value {
        Value::String(text) => {
            *text = text.replace("\r\n", "\n");
            text.retain(|c| c == '\n' || !(c.is_control() || [BUTTON, ADDRESS, END].contains(&c)));
            *text = text.trim().to_owned();
        }
        Value::Object(fields) => fields.values_mut().for_each(clean),
        _ => {}
    }
}

/// No spaces at the ends of lines and at most one empty line in a row.
fn tidied(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    for line in body.trim().lines().map(str::trim_end) {
        if !(line.is_empty() && out.ends_with("\n\n")) {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// The text with its buttons as plain lines.
fn plain(body: &str) -> String {
    body.replace(BUTTON, "").replace(ADDRESS, ":\n").replace(END, "")
}

/// The text as paragraphs and buttons.
fn blocks(body: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    for line in body.lines().chain([""]) {
        let marked = line.strip_prefix(BUTTON).and_then(|line| line.strip_suffix(END));
        let button = marked.and_then(|line| line.split_once(ADDRESS));
        if (line.is_empty() || button.is_some()) && !paragraph.is_empty() {
            blocks.push(Block { lines: std::mem::take(&mut paragraph), ..Block::default() });
        }
        match button {
            Some((label, url)) => blocks.push(Block { label, url, ..Block::default() }),
            None if line.is_empty() => {}
            None => paragraph.push(line),
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
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
            stop_link: "https://calma.example/b/abc/reminders".into(),
            subject: "About the key".into(),
            body: "Please bring it.".into(),
            link: "https://calma.example/b/abc?x=1&y=2".into(),
            role: "therapist".into(),
            late: true,
            time_gone: true,
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
            for wanted in
                ["$15,000", "0707 000 000", "ES00 0000 0000\n", "23 November 2026, 18:00", "Write your reference"]
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
        let with = email(&Sheet { to_name: "Ana", has_calendar: true, ..sheet(Template::Confirmed, Lang::Es, &facts) })
            .unwrap();
        assert!(with.text.contains("adjunto") && with.text.starts_with("Hola Ana:"), "{}", with.text);
        assert!(!rendered(Template::Confirmed, Lang::Es, &full()).text.contains("adjunto"));
    }

    #[test]
    fn texts_are_short_and_finished() {
        for (template, lang) in all() {
            for facts in [full(), Facts::default()] {
                let (_, text) = text(&sheet(template, lang, &facts)).unwrap();
                assert!(
                    !text.is_empty() && !text.contains("{{") && !text.contains("{%"),
                    "{template:?} {lang:?}: {text}"
                );
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
        assert_eq!(
            message.html.matches(r#"class="button""#).count(),
            3,
            "and the way out of reminders: {}",
            message.html
        );
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
            };
            assert!(text(&Sheet { own: Some(&own), ..sheet(Template::Test, Lang::En, &facts) }).is_err(), "{body}");
        }
    }
}
