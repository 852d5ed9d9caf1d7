//! From a template and facts to a finished message. There is one text per template and language; its HTML is made from
//! the same words, so the two cannot disagree.
//!
//! A template's first line is `Subject: …`, the rest is the text. `button(address, words)` marks the one thing to do: a
//! line with the address in the text, a button in HTML. The marks are characters that facts can never contain, so
//! nothing a person typed becomes a button.

use super::{Facts, Template};
use contracts::Lang;
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

/// # Errors
/// When a template is broken, which the tests of this module rule out.
pub(super) fn render(
    template: Template,
    lang: Lang,
    to_name: &str,
    facts: &Facts,
    has_calendar: bool,
) -> Result<Rendered, minijinja::Error> {
    let environment = ENVIRONMENT.as_ref().map_err(|error| minijinja::Error::new(error.kind(), error.to_string()))?;
    let mut known = serde_json::to_value(facts)
        .map_err(|error| minijinja::Error::new(minijinja::ErrorKind::BadSerialization, "facts").with_source(error))?;
    if let Value::Object(known) = &mut known {
        known.insert("to_name".into(), Value::String(to_name.to_owned()));
        known.insert("has_calendar".into(), Value::Bool(has_calendar));
    }
    clean(&mut known);
    let written = environment.get_template(&format!("{}/{}.txt", lang.code(), template.as_str()))?.render(&known)?;
    let (first, body) = written.split_once('\n').unwrap_or((&written, ""));
    let subject = first.strip_prefix("Subject:").unwrap_or(first).split_whitespace().collect::<Vec<_>>().join(" ");
    let body = tidied(body);
    let from = if facts.practice_name.is_empty() { "Calma" } else { facts.practice_name.as_str() };
    let html = environment
        .get_template("layout.html")?
        .render(context! { lang => lang.code(), subject, from, blocks => blocks(&body) })?;
    Ok(Rendered { subject, text: plain(&body), html })
}

static ENVIRONMENT: LazyLock<Result<Environment<'static>, minijinja::Error>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.add_function("button", button);
    for (name, source) in PARTS.iter().chain(super::SOURCES) {
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
            was: "Monday 23 November 2026, 09:00".into(),
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
            link: "https://calma.example/b/abc?x=1&y=2".into(),
            role: "therapist".into(),
            late: true,
            time_gone: true,
        }
    }

    fn all() -> impl Iterator<Item = (Template, Lang)> {
        Template::ALL.iter().flat_map(|template| Lang::ALL.map(|lang| (*template, lang)))
    }

    fn rendered(template: Template, lang: Lang, facts: &Facts) -> Rendered {
        render(template, lang, "", facts, false).unwrap_or_else(|error| panic!("{template:?} {lang:?}: {error:#}"))
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
            let tells_reason = matches!(template, Template::Declined | Template::PaymentRejected | Template::Cancelled);
            assert_eq!(text.contains("The room is being painted.\n\nSorry!"), tells_reason, "{template:?}: {text}");
            let tells_room = matches!(template, Template::Confirmed | Template::Rescheduled);
            assert_eq!(text.contains("https://meet.example/room-1\n"), tells_room, "{template:?}");
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
        let with = render(Template::Confirmed, Lang::Es, "Ana", &full(), true).unwrap();
        assert!(with.text.contains("adjunto") && with.text.starts_with("Hola Ana:"), "{}", with.text);
        assert!(!rendered(Template::Confirmed, Lang::Es, &full()).text.contains("adjunto"));
    }
}
