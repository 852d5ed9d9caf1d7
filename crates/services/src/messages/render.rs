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
use domain::messages::{Purpose, placeholder};
use minijinja::{Environment, UndefinedBehavior, context};
use serde_json::Value;
use std::collections::BTreeMap;
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
    "rhythm",
    "next_dates",
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
        .render(context! { lang => sheet.lang.code(), subject, from, blocks => blocks(&body), stop_link => sheet.facts.stop_link })?;
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

/// What stands in the placeholders of an approved template: `1` is the first of these names, and so on.
///
/// # Errors
/// As [`email`].
pub(super) fn placeholders(sheet: &Sheet<'_>, names: &[String]) -> Result<BTreeMap<String, String>, minijinja::Error> {
    let known = known(sheet)?;
    let mut values = named(&known);
    values.insert("how_to_pay".into(), Value::String(how_to_pay(sheet.lang, &known)?));
    let value = |name: &String| values.get(name).and_then(Value::as_str).unwrap_or_default();
    Ok(names.iter().enumerate().map(|(n, name)| ((n + 1).to_string(), placeholder(value(name)))).collect())
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

/// Own words with an address that stands alone in its line as a button. A line before it that ends with a colon is what the
/// button says.
fn with_buttons(words: &str, sheet: &Sheet<'_>) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in words.lines() {
        let said = match line.trim() {
            "" => None,
            address if address == sheet.facts.video_link => Some(JOIN),
            address if address == sheet.facts.link => Some(OPEN),
            _ => None,
        };
        let Some(said) = said else {
            lines.push(line.to_owned());
            continue;
        };
        let own = lines.pop_if(|before| before.trim_end().ends_with(':'));
        let own = own.as_deref().map(|own| own.trim().trim_end_matches(':'));
        lines.push(button(line.trim(), own.unwrap_or(said.of(sheet.lang))));
    }
    lines.join("\n")
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

texts![
    "_news",
    "session_reminder",
    "join_reminder",
    "payment_reminder",
    "rescheduled",
    "series_agreed",
    "written",
    "test"
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
mod tests;
