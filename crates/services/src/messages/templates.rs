//! A practice's own words for the messages to its patients.

use super::render::{self, Sheet, VARIABLES};
use super::{Facts, PaymentInstructionsText, Template, broken};
use crate::form::Problems;
use crate::{Ctx, Result, ServiceError, audit};
use contracts::messages::{Channel, TemplatePreview, TemplateText, TemplateView};
use contracts::{FieldProblem, Lang, Text};
use domain::messages::{check_content_sid, check_template, text_parts};
use domain::permissions::{Action, Resource};
use domain::validate::check_length;
use serde_json::json;
use store::StoreError;

/// What a practice may say in its own words. Everything else is about accounts, or to members.
pub const OWN_WORDS: &[Template] = &[
    Template::RequestReceived,
    Template::Approved,
    Template::Declined,
    Template::ProofReceived,
    Template::PaymentRejected,
    Template::Confirmed,
    Template::Rescheduled,
    Template::SeriesAgreed,
    Template::Cancelled,
    Template::Expired,
    Template::SessionReminder,
    Template::JoinReminder,
    Template::PaymentReminder,
];

const SUBJECT_MAX: u32 = 200;
const BODY_MAX: u32 = 4_000;
/// Ten text messages are not read any more.
const TEXT_BODY_MAX: u32 = 600;
/// Placeholders of an approved template; the database knows the same limit.
const PLACEHOLDERS_MAX: usize = 20;

/// The template by its name, if a practice may have its own words for it.
fn known(name: &str) -> Result<Template> {
    let found = Template::parse(name).filter(|template| OWN_WORDS.contains(template));
    found.ok_or_else(|| ServiceError::field("template", FieldProblem::InvalidChoice))
}

/// What is sent now: the practice's own words or, to begin from, the built-in ones.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`, a field error on `template`.
pub async fn template(ctx: &Ctx, name: &str, lang: Lang, channel: Channel) -> Result<TemplateView> {
    let member = ctx.may(Action::Read, Resource::Practice)?;
    let template = known(name)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let own = store::messages::own_templates(&mut tx, member.practice_id, name, lang).await?;
    tx.commit().await.map_err(StoreError::from)?;
    let variables = VARIABLES.iter().map(|name| (*name).to_owned()).collect();
    match own.into_iter().find(|text| text.channel == channel) {
        Some(text) => Ok(TemplateView { text, own: true, variables }),
        None => Ok(TemplateView { text: built_in(template, lang, channel)?, own: false, variables }),
    }
}

/// Stand for the addresses while the built-in words are read.
const ROOM: &str = "https://calma.invalid/room";
const LINK: &str = "https://calma.invalid/link";

/// The built-in words with variables in place of facts, as a beginning for own ones.
fn built_in(template: Template, lang: Lang, channel: Channel) -> Result<TemplateText> {
    let named = |name: &str| format!("{{{{ {name} }}}}");
    let facts = Facts {
        patient_name: named("patient_name"),
        therapist_name: named("therapist_name"),
        practice_name: named("practice_name"),
        service_name: named("service_name"),
        when: named("when"),
        old_when: named("old_when"),
        time_zone: named("time_zone"),
        reference: named("reference"),
        reason: named("reason"),
        // Only addresses become buttons.
        video_link: ROOM.into(),
        cancel_rule: named("cancel_rule"),
        rhythm: named("rhythm"),
        next_dates: named("next_dates"),
        link: LINK.into(),
        ..Facts::default()
    };
    let sheet = Sheet { template, lang, to_name: "", facts: &facts, has_calendar: false, own: None, discreet: false };
    let explained = |error: minijinja::Error| broken(template, &error);
    let (subject, body) = if channel.is_text() {
        (String::new(), render::text(&sheet).map_err(explained)?.1)
    } else {
        let rendered = render::email(&sheet).map_err(explained)?;
        (rendered.subject, rendered.text)
    };
    let body = body.replace(ROOM, &named("video_link")).replace(LINK, &named("link"));
    let asks_for_money = matches!(template, Template::Approved | Template::PaymentRejected | Template::PaymentReminder);
    let body = if asks_for_money && !channel.is_text() {
        format!("{}\n\n{{{{ how_to_pay }}}}\n", body.trim_end())
    } else {
        body
    };
    Ok(TemplateText {
        template: template.as_str().into(),
        language: lang,
        channel,
        subject,
        body: body.trim().into(),
        content_sid: String::new(),
        content_variables: vec![],
    })
}

/// # Errors
/// `VALIDATION_ERROR` for `template`, `subject`, `body`, `content_sid`, `content_variables`.
pub async fn save_template(ctx: &Ctx, cmd: TemplateText) -> Result<()> {
    let member = ctx.may(Action::Update, Resource::Practice)?;
    known(&cmd.template)?;
    let wanted = checked(cmd)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    store::messages::save_template(&mut tx, member.practice_id, &wanted, ctx.now).await?;
    let which = which(&wanted.template, wanted.language, wanted.channel);
    audit::record(&mut tx, ctx, member.practice_id, "practice.template_saved", None, which).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// The built-in words hold again.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`, a field error on `template`.
pub async fn reset_template(ctx: &Ctx, name: &str, lang: Lang, channel: Channel) -> Result<()> {
    let member = ctx.may(Action::Update, Resource::Practice)?;
    known(name)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    if store::messages::delete_template(&mut tx, member.practice_id, name, lang, channel).await? {
        let which = which(name, lang, channel);
        audit::record(&mut tx, ctx, member.practice_id, "practice.template_reset", None, which).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// How these words would look, with an invented patient. Nothing is written.
///
/// # Errors
/// As [`save_template`].
pub async fn preview(ctx: &Ctx, cmd: TemplateText) -> Result<TemplatePreview> {
    let member = ctx.may(Action::Read, Resource::Practice)?;
    let template = known(&cmd.template)?;
    let text = checked(cmd)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let practice = store::practices::get(&mut tx, member.practice_id).await?.ok_or_else(ServiceError::not_found)?;
    let settings = store::messages::settings(&mut tx, member.practice_id).await?.unwrap_or_default();
    tx.commit().await.map_err(StoreError::from)?;
    let facts = invented(text.language, &practice.name, &ctx.deps.base_url);
    let facts = if settings.discreet { super::patients::discreetly(&facts, &settings.discreet_name) } else { facts };
    let sheet = Sheet {
        template,
        lang: text.language,
        to_name: &facts.patient_name,
        facts: &facts,
        has_calendar: false,
        own: Some(&text),
        discreet: settings.discreet,
    };
    let explained = |error: minijinja::Error| broken(template, &error);
    if text.channel.is_text() {
        let body = render::text(&sheet).map_err(explained)?.1;
        let parts = text_parts(&body);
        return Ok(TemplatePreview { subject: String::new(), body, parts });
    }
    let rendered = render::email(&sheet).map_err(explained)?;
    Ok(TemplatePreview { subject: rendered.subject, body: rendered.text, parts: 1 })
}

fn which(template: &str, lang: Lang, channel: Channel) -> serde_json::Value {
    json!({ "template": template, "language": lang.code(), "channel": channel.as_str() })
}

fn checked(cmd: TemplateText) -> Result<TemplateText> {
    let body = domain::validate::clean_text(&cmd.body);
    let subject = domain::validate::clean_name(&cmd.subject);
    let mut problems = Problems::default();
    if body.is_empty() {
        problems.add("body", FieldProblem::Required);
    }
    let longest = if cmd.channel.is_text() { TEXT_BODY_MAX } else { BODY_MAX };
    problems.check("body", check_length(&body, longest).and_then(|()| check_template(&body, VARIABLES)));
    let (content_sid, content_variables) = approved(&cmd, &mut problems);
    if cmd.channel.is_text() {
        problems.finish()?;
        return Ok(TemplateText { subject: String::new(), body, content_sid, content_variables, ..cmd });
    }
    if subject.is_empty() {
        problems.add("subject", FieldProblem::Required);
    }
    // Subjects show on locked screens: they never name the patient.
    let known: Vec<&str> = VARIABLES.iter().copied().filter(|name| *name != "patient_name").collect();
    problems.check("subject", check_length(&subject, SUBJECT_MAX).and_then(|()| check_template(&subject, &known)));
    problems.finish()?;
    Ok(TemplateText { subject, body, content_sid, content_variables, ..cmd })
}

/// The approved template that WhatsApp needs outside of a conversation, where one is given.
fn approved(cmd: &TemplateText, problems: &mut Problems) -> (String, Vec<String>) {
    let sid = cmd.content_sid.trim();
    if cmd.channel != Channel::Whatsapp || sid.is_empty() {
        return (String::new(), vec![]);
    }
    problems.check("content_sid", check_content_sid(sid));
    let names: Vec<String> = cmd.content_variables.iter().map(|name| name.trim().to_owned()).collect();
    if names.len() > PLACEHOLDERS_MAX {
        problems.add("content_variables", FieldProblem::TooLong);
    } else if names.iter().any(|name| !VARIABLES.contains(&name.as_str())) {
        problems.add("content_variables", FieldProblem::UnknownVariable);
    }
    (sid.to_owned(), names)
}

const WHEN: Text = Text { en: "Tuesday 24 November 2026, 10:00", es: "martes 24 de noviembre de 2026, 10:00" };
const OLD_WHEN: Text = Text { en: "Monday 23 November 2026, 09:00", es: "lunes 23 de noviembre de 2026, 09:00" };
const SERVICE: Text = Text { en: "Individual therapy", es: "Terapia individual" };
const RULE: Text = Text { en: "You can cancel until 24 hours before.", es: "Puede cancelar hasta 24 horas antes." };
const RHYTHM: Text = Text { en: "Every Tuesday at 10:00", es: "Cada martes a las 10:00" };
const NEXT_DATES: Text = Text {
    en: "Tuesday 1 December 2026, 10:00\nTuesday 8 December 2026, 10:00",
    es: "martes 1 de diciembre de 2026, 10:00\nmartes 8 de diciembre de 2026, 10:00",
};
const REASON: Text = Text { en: "I have to be away that morning.", es: "Esa mañana no puedo atender." };

/// An invented patient with everything that can be said about them.
fn invented(lang: Lang, practice: &str, base_url: &str) -> Facts {
    Facts {
        patient_name: "Amina Otieno".into(),
        therapist_name: "Dr. Sarah Wanjiku".into(),
        practice_name: practice.to_owned(),
        service_name: SERVICE.of(lang).into(),
        when: WHEN.of(lang).into(),
        old_when: OLD_WHEN.of(lang).into(),
        time_zone: "Nairobi".into(),
        price: "KSh 2,000".into(),
        reference: "K7Q2-MX".into(),
        deadline: OLD_WHEN.of(lang).into(),
        instructions: PaymentInstructionsText { mpesa: "0700 000 001".into(), ..PaymentInstructionsText::default() },
        reason: REASON.of(lang).into(),
        video_link: "https://meet.example/room".into(),
        cancel_rule: RULE.of(lang).into(),
        rhythm: RHYTHM.of(lang).into(),
        next_dates: NEXT_DATES.of(lang).into(),
        link: format!("{base_url}/b/…"),
        ..Facts::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_words_are_a_beginning_that_can_be_saved() {
        for template in OWN_WORDS {
            for (lang, channel) in Lang::ALL.into_iter().flat_map(|lang| Channel::ALL.iter().map(move |c| (lang, *c))) {
                let text = built_in(*template, lang, channel).unwrap();
                let saved = checked(text.clone());
                assert!(saved.is_ok(), "{template:?} {lang:?} {channel:?}: {:?}\n{}", saved.err(), text.body);
            }
        }
    }

    #[test]
    fn what_is_wrong_is_told_by_its_field() {
        let text = |subject: &str, body: &str, channel| TemplateText {
            template: "confirmed".into(),
            language: Lang::En,
            channel,
            subject: subject.into(),
            body: body.into(),
            content_sid: String::new(),
            content_variables: vec![],
        };
        let problem = |text, field| checked(text).unwrap_err().public.problem_of(field);
        assert_eq!(problem(text("", "x", Channel::Email), "subject"), Some(FieldProblem::Required));
        let named = text("Hi {{ patient_name }}", "x", Channel::Email);
        assert_eq!(problem(named, "subject"), Some(FieldProblem::UnknownVariable), "on a locked screen");
        assert_eq!(problem(text("x", " ", Channel::Email), "body"), Some(FieldProblem::Required));
        assert_eq!(problem(text("", "{{ x }}", Channel::Sms), "body"), Some(FieldProblem::UnknownVariable));
        assert_eq!(problem(text("", &"x".repeat(601), Channel::Sms), "body"), Some(FieldProblem::TooLong));
        assert!(checked(text("", "{{ patient_name }}", Channel::Sms)).is_ok());
    }

    #[test]
    fn only_whatsapp_has_approved_templates_and_they_are_checked() {
        let text = |channel, sid: &str, names: &[&str]| TemplateText {
            template: "confirmed".into(),
            language: Lang::En,
            channel,
            subject: "Soon".into(),
            body: "Soon".into(),
            content_sid: sid.into(),
            content_variables: names.iter().map(|name| (*name).to_owned()).collect(),
        };
        let sid = "HX0123456789abcdef0123456789abcdef";
        for (channel, given, names, kept, wrong) in [
            (Channel::Whatsapp, sid, &["when", " link "][..], 2, None),
            (Channel::Whatsapp, sid, &[], 0, None),
            (Channel::Whatsapp, " ", &["when"], 0, None),
            (Channel::Whatsapp, "HX1", &[], 0, Some(("content_sid", FieldProblem::InvalidContentSid))),
            (Channel::Whatsapp, sid, &["secret"], 0, Some(("content_variables", FieldProblem::UnknownVariable))),
            (Channel::Whatsapp, sid, &["when"; 21], 0, Some(("content_variables", FieldProblem::TooLong))),
            (Channel::Sms, sid, &["when"], 0, None),
            (Channel::Email, "nonsense", &["secret"], 0, None),
        ] {
            match (checked(text(channel, given, names)), wrong) {
                (Ok(saved), None) => assert_eq!(saved.content_variables.len(), kept, "{channel:?} {given} {names:?}"),
                (Err(error), Some((field, problem))) => assert_eq!(error.public.problem_of(field), Some(problem)),
                (other, _) => panic!("{channel:?} {given} {names:?}: {other:?}"),
            }
        }
    }
}
