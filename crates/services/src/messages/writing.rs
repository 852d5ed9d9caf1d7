//! Messages that a member writes: to a patient, and to try out how messages arrive.

use super::patients::{Timing, ToPatient, to_patient, usable};
use super::{Facts, Template, outbox};
use crate::form::Problems;
use crate::{Ctx, Result, ServiceError, audit};
use contracts::FieldProblem;
use contracts::messages::{SendMessage, SendTest};
use domain::permissions::{Action, Resource};
use domain::validate::{check_email, check_length, clean_email, clean_name, clean_phone, clean_text};
use serde_json::json;
use store::StoreError;

const SUBJECT_MAX: u32 = 200;
const BODY_MAX: u32 = 2_000;

/// Writes to a patient by the way they prefer, or by the one asked for.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`, `NOT_FOUND`; field errors for `subject`, `body`, and for `channel` when the patient cannot be
/// reached.
pub async fn write(ctx: &Ctx, cmd: SendMessage) -> Result<()> {
    let member = ctx.may(Action::Create, Resource::Messages)?;
    let practice = member.practice_id;
    let therapist = outbox::visible_to(member).ok_or_else(ServiceError::not_found)?;
    let (subject, body) = (clean_name(&cmd.subject), clean_text(&cmd.body));
    let mut problems = Problems::default();
    problems.check("subject", check_length(&subject, SUBJECT_MAX));
    problems.check("body", check_length(&body, BODY_MAX));
    if body.is_empty() {
        problems.add("body", FieldProblem::Required);
    }
    problems.finish()?;

    let mut tx = ctx.deps.db.practice(practice, Some(member.user_id)).await?;
    let person = store::messages::person(&mut tx, practice, cmd.patient_id, therapist).await?;
    let person = person.ok_or_else(ServiceError::not_found)?;
    let settings = store::practices::get(&mut tx, practice).await?.ok_or_else(ServiceError::not_found)?;
    let message = ToPatient {
        practice_id: practice,
        booking_id: None,
        patient_id: Some(cmd.patient_id),
        session_id: None,
        series_id: None,
        email: String::new(),
        phone: String::new(),
        name: person.name.clone(),
        lang: person.lang,
        template: Template::Written,
        facts: Facts { patient_name: person.name, practice_name: settings.name, subject, body, ..Facts::default() },
        calendar: None,
        starts_at: None,
    };
    if !to_patient(&mut tx, ctx, &message, Timing::Now, cmd.channel).await? {
        return Err(ServiceError::field("channel", FieldProblem::InvalidChoice));
    }
    audit::record(&mut tx, ctx, practice, "message.written", Some(cmd.patient_id.0), json!({})).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Sends a message to see whether it arrives.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`; field errors for `to`, and for `channel` when nothing is set up for it.
pub async fn send_test(ctx: &Ctx, cmd: SendTest) -> Result<()> {
    let member = ctx.may(Action::Create, Resource::Messages)?;
    let practice = member.practice_id;
    if !usable(&ctx.deps).contains(&cmd.channel) {
        return Err(ServiceError::field("channel", FieldProblem::InvalidChoice));
    }
    let (email, phone) = if cmd.channel.is_text() {
        let phone = crate::bookings::e164(&clean_phone(&cmd.to));
        (String::new(), phone.ok_or_else(|| ServiceError::field("to", FieldProblem::InvalidPhone))?)
    } else {
        let email = clean_email(&cmd.to);
        check_email(&email).map_err(|problem| ServiceError::field("to", problem))?;
        (email, String::new())
    };
    let mut tx = ctx.deps.db.practice(practice, Some(member.user_id)).await?;
    let settings = store::practices::get(&mut tx, practice).await?.ok_or_else(ServiceError::not_found)?;
    let message = ToPatient {
        practice_id: practice,
        booking_id: None,
        patient_id: None,
        session_id: None,
        series_id: None,
        email,
        phone,
        name: String::new(),
        lang: ctx.lang,
        template: Template::Test,
        facts: Facts {
            practice_name: settings.name,
            link: format!("{}/app/messages", ctx.deps.base_url),
            ..Facts::default()
        },
        calendar: None,
        starts_at: None,
    };
    to_patient(&mut tx, ctx, &message, Timing::Now, Some(cmd.channel)).await?;
    let how = json!({ "channel": cmd.channel.as_str() });
    audit::record(&mut tx, ctx, practice, "message.tested", None, how).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}
