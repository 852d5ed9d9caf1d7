//! What people are told about a booking, in their language and the therapist's wall clock.

use super::view::local;
use crate::calendar_file::{IcsEvent, session_ics, uid};
use crate::messages::{Facts, NewMessage, PaymentInstructionsText, Template, enqueue};
use crate::{Ctx, Result, ServiceError, tokens};
use chrono::{DateTime, Utc};
use contracts::booking::BookingStatus;
use contracts::{Lang, Money};
use domain::dates::long_when;
use store::Tx;
use store::bookings::BookingRow;

/// Tells the patient. `reason` is what the practice wrote, where it did.
pub(crate) async fn patient(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &BookingRow,
    template: Template,
    reason: &str,
    calendar: Option<String>,
) -> Result<()> {
    to_patient(tx, ctx, row, template, facts(row, row.lang, reason)?, calendar).await
}

async fn to_patient(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &BookingRow,
    template: Template,
    facts: Facts,
    calendar: Option<String>,
) -> Result<()> {
    let link = format!("{}/b/{}", ctx.deps.base_url, tokens::booking_token(&ctx.deps.secrets, row.id));
    let message = NewMessage {
        practice_id: row.practice_id,
        booking_id: Some(row.id),
        to: row.patient_email.clone(),
        to_name: row.patient_name.clone(),
        lang: row.lang,
        template,
        facts: Facts { link, ..facts },
        calendar,
    };
    enqueue(tx, ctx, message).await
}

/// Tells the patient the new time of their session, and the old one.
pub(crate) async fn moved(tx: &mut Tx, ctx: &Ctx, row: &BookingRow, was: DateTime<Utc>) -> Result<()> {
    let facts = Facts { was: people(row, row.lang, was)?, ..facts(row, row.lang, "")? };
    to_patient(tx, ctx, row, Template::Rescheduled, facts, Some(calendar(ctx, row, false))).await
}

/// Tells the therapist that the patient chose another time.
pub(super) async fn moved_by_patient(tx: &mut Tx, ctx: &Ctx, row: &BookingRow, was: DateTime<Utc>) -> Result<()> {
    to_therapist(tx, ctx, row, Template::MovedByPatient, "", Some(was)).await
}

/// A cancellation was taken back: the patient who was told of it is told that the session stands.
pub(crate) async fn stands_again(tx: &mut Tx, ctx: &Ctx, row: &BookingRow) -> Result<()> {
    patient(tx, ctx, row, Template::Confirmed, "", Some(calendar(ctx, row, false))).await
}

/// Tells the therapist, or the practice's first admin where the therapist has no account.
pub(super) async fn therapist(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &BookingRow,
    template: Template,
    reason: &str,
) -> Result<()> {
    to_therapist(tx, ctx, row, template, reason, None).await
}

async fn to_therapist(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &BookingRow,
    template: Template,
    reason: &str,
    was: Option<DateTime<Utc>>,
) -> Result<()> {
    let Some(to) = store::bookings::recipient_for(tx, row.practice_id, row.therapist_id).await? else {
        return Ok(());
    };
    let lang = Lang::from_code(&to.language).unwrap_or(row.practice_lang);
    let mut facts = facts(row, lang, reason)?;
    facts.was = was.map(|was| people(row, lang, was)).transpose()?.unwrap_or_default();
    facts.link = format!("{}/app", ctx.deps.base_url);
    if row.status != BookingStatus::PendingApproval {
        // Any other deadline is the patient's.
        facts.deadline.clear();
    }
    let message = NewMessage {
        practice_id: row.practice_id,
        booking_id: Some(row.id),
        to: to.email,
        to_name: to.name,
        lang,
        template,
        facts,
        calendar: None,
    };
    enqueue(tx, ctx, message).await
}

/// A moment for people, on the therapist's wall clock.
fn people(row: &BookingRow, lang: Lang, at: DateTime<Utc>) -> Result<String> {
    let zone = row.time_zone.parse().map_err(|_| ServiceError::internal("unreadable time zone"))?;
    Ok(long_when(lang, domain::slots::local(zone, at)))
}

fn facts(row: &BookingRow, lang: Lang, reason: &str) -> Result<Facts> {
    Ok(Facts {
        patient_name: row.patient_name.clone(),
        therapist_name: row.therapist_name.clone(),
        practice_name: row.practice_name.clone(),
        service_name: row.service_name.clone(),
        when: long_when(lang, local(row)?),
        time_zone: row.time_zone.clone(),
        price: if row.price_minor > 0 {
            Money::new(row.price_minor, row.currency.clone()).display(lang)
        } else {
            String::new()
        },
        reference: row.reference.clone(),
        deadline: row.deadline.map(|at| people(row, lang, at)).transpose()?.unwrap_or_default(),
        instructions: PaymentInstructionsText {
            mpesa: row.instructions.mpesa.clone(),
            bank_account: row.instructions.bank_account.clone(),
            cash: row.instructions.cash,
            note: row.instructions.note.clone(),
        },
        reason: reason.to_owned(),
        video_link: row.video_link.clone().unwrap_or_default(),
        cancel_rule: row.policy.cancel_text.clone(),
        late: row.proof.as_ref().is_some_and(|proof| proof.late),
        time_gone: !row.status.keeps_slot(),
        ..Facts::default()
    })
}

/// The session as a calendar entry. Its UID is the booking's, so a later version replaces an earlier one.
pub(crate) fn calendar(ctx: &Ctx, row: &BookingRow, cancelled: bool) -> String {
    session_ics(&IcsEvent {
        uid: uid(&ctx.deps.base_url, row.id),
        sequence: row.version,
        summary: format!("{} · {}", row.service_name, row.therapist_name),
        description: row.practice_name.clone(),
        location: row.video_link.clone().unwrap_or_default(),
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        time_zone: row.time_zone.clone(),
        stamp: row.changed_at,
        url: format!("{}/b/{}", ctx.deps.base_url, tokens::booking_token(&ctx.deps.secrets, row.id)),
        cancelled,
    })
}
