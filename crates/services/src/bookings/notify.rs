//! What people are told about a booking, in their language and the therapist's wall clock.

use super::view::{local, zone};
use crate::calendar_file::{IcsEvent, session_ics, uid};
use crate::messages::reminders::Reminder;
use crate::messages::{
    Facts, Inform, NewMessage, PaymentInstructionsText, Template, Timing, ToPatient, announce as announce_message,
    enqueue, inform, lay_aside, take_up, to_patient, withdraw,
};
use crate::{Ctx, Result, tokens};
use chrono::{DateTime, Utc};
use contracts::booking::BookingStatus;
use contracts::messages::NoticeKind;
use contracts::practice::PaymentTiming;
use contracts::{Lang, Money, SessionId};
use domain::dates::{long_when, zone_name};
use store::Tx;
use store::bookings::BookingRow;
use store::reminders::Taken;

/// Tells the patient, at once. `reason` is what the practice wrote, where it did. Whatever was going to be announced about
/// the booking is old with this.
pub(crate) async fn patient(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &BookingRow,
    template: Template,
    reason: &str,
    calendar: Option<String>,
) -> Result<()> {
    withdraw(tx, row.practice_id, row.id).await?;
    let message = message(ctx, row, template, reason, calendar)?;
    to_patient(tx, ctx, &message, Timing::Now, None).await.map(|_| ())
}

/// The same about a request that was just sent: nothing can have been announced about it before.
pub(super) async fn first(tx: &mut Tx, ctx: &Ctx, row: &BookingRow, template: Template) -> Result<()> {
    let message = message(ctx, row, template, "", None)?;
    to_patient(tx, ctx, &message, Timing::Now, None).await.map(|_| ())
}

/// Tells the patient, at once, that the session has the time they chose, and which it had before.
pub(super) async fn moved(tx: &mut Tx, ctx: &Ctx, row: &BookingRow, was: DateTime<Utc>) -> Result<()> {
    withdraw(tx, row.practice_id, row.id).await?;
    let mut message = message(ctx, row, Template::Rescheduled, "", Some(calendar(ctx, row, false)))?;
    message.facts.old_when = people(row, row.lang, was)?;
    to_patient(tx, ctx, &message, Timing::Now, None).await.map(|_| ())
}

/// Leaves unsent what was going to be announced about a booking that ends without the patient being told. If the end is
/// undone, they still have to hear of it.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn say_nothing(tx: &mut Tx, row: &BookingRow) -> Result<()> {
    lay_aside(tx, row.practice_id, row.id).await
}

/// Tells the patient of a change that the practice made, after a moment of grace in which it may still be corrected:
/// another announcement about the same booking takes the place of this one. `false` when the patient cannot be reached.
///
/// # Errors
/// When the database cannot answer.
pub async fn announce(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &BookingRow,
    template: Template,
    reason: &str,
    calendar: Option<String>,
) -> Result<bool> {
    announce_message(tx, ctx, &message(ctx, row, template, reason, calendar)?, None).await
}

/// Announces that the session has another time; `row` is the booking as it is now. Several moves within the grace are told
/// as one, from the time the patient knows; moved back to that, nothing is told. `false` when nothing will be sent.
///
/// # Errors
/// When the database cannot answer.
pub async fn announce_move(tx: &mut Tx, ctx: &Ctx, row: &BookingRow, was: DateTime<Utc>, reason: &str) -> Result<bool> {
    let replaced = withdraw(tx, row.practice_id, row.id).await?;
    let known = replaced.and_then(|announced| announced.known_start).unwrap_or(was);
    if known == row.starts_at {
        return Ok(false);
    }
    let calendar = Some(calendar(ctx, row, false));
    let mut message = message(ctx, row, Template::Rescheduled, reason, calendar)?;
    message.facts.old_when = people(row, row.lang, known)?;
    announce_message(tx, ctx, &message, Some(known)).await
}

/// What a change that is undone leaves to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// The announcement was caught: the patient knows nothing of the change.
    Untold,
    /// It has gone out, or there was none: the patient may have to be told that it is undone.
    MayBeTold,
}

/// Takes an announcement back because its change is undone; `row` is the booking as it is now. A move that was told
/// together with what is undone, or left untold because of it, is announced again.
///
/// # Errors
/// When the database cannot answer.
pub async fn undo_announcement(tx: &mut Tx, ctx: &Ctx, row: &BookingRow) -> Result<Undone> {
    let laid_aside = take_up(tx, row.practice_id, row.id).await?;
    let Some(announced) = withdraw(tx, row.practice_id, row.id).await?.or(laid_aside) else {
        return Ok(Undone::MayBeTold);
    };
    if let Some(known) = announced.known_start {
        announce_move(tx, ctx, row, known, "").await?;
    }
    Ok(Undone::Untold)
}

/// Reminds the patient of a session.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn remind(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &BookingRow,
    taken: &Taken,
    reminder: Reminder,
) -> Result<bool> {
    let mut message = message(ctx, row, reminder.template(), "", None)?;
    message.session_id = Some::<SessionId>(taken.session);
    message.patient_id = Some(taken.patient);
    message.facts.stop_link = format!("{}/reminders", message.facts.link);
    message.facts.deadline.clear();
    message.facts.at_session = row.policy.payment_timing == PaymentTiming::AtSession;
    message.facts.price = if reminder.asks() {
        Money::new(taken.owed_minor, taken.currency.clone()).display(row.lang)
    } else {
        String::new()
    };
    // Who has a session in a quarter of an hour is awake.
    let timing = if reminder == Reminder::Join { Timing::Now } else { Timing::Considerate };
    to_patient(tx, ctx, &message, timing, None).await
}

/// What a message to the patient is written from.
fn message(
    ctx: &Ctx,
    row: &BookingRow,
    template: Template,
    reason: &str,
    calendar: Option<String>,
) -> Result<ToPatient> {
    let link = format!("{}/b/{}", ctx.deps.base_url, tokens::booking_token(&ctx.deps.secrets, row.id));
    Ok(ToPatient {
        practice_id: row.practice_id,
        booking_id: Some(row.id),
        patient_id: row.patient_id,
        session_id: None,
        series_id: None,
        email: row.patient_email.clone(),
        phone: row.patient_phone.clone(),
        name: row.patient_name.clone(),
        lang: row.lang,
        template,
        facts: Facts { link, ..facts(row, row.lang, reason)? },
        calendar,
        starts_at: Some(row.starts_at),
    })
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

/// Tells the therapist that the patient chose another time.
pub(super) async fn moved_by_patient(tx: &mut Tx, ctx: &Ctx, row: &BookingRow, was: DateTime<Utc>) -> Result<()> {
    to_therapist(tx, ctx, row, Template::MovedByPatient, "", Some(was)).await
}

/// Tells the therapist what became of their request for another time; `other` is
/// where the session was, or, where it stays, what they asked for.
pub(crate) async fn request_decided(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &BookingRow,
    template: Template,
    note: &str,
    other: DateTime<Utc>,
) -> Result<()> {
    to_therapist(tx, ctx, row, template, note, Some(other)).await
}

async fn to_therapist(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &BookingRow,
    template: Template,
    reason: &str,
    was: Option<DateTime<Utc>>,
) -> Result<()> {
    if let Some(kind) = notice(template) {
        let about = Inform {
            kind,
            therapist: Some(row.therapist_id),
            booking: Some(row.id),
            patient: row.patient_id,
            about: None,
        };
        inform(tx, ctx, row.practice_id, about).await?;
    }
    let Some(to) = store::bookings::recipient_for(tx, row.practice_id, row.therapist_id).await? else {
        return Ok(());
    };
    let lang = Lang::from_code(&to.language).unwrap_or(row.practice_lang);
    let mut facts = facts(row, lang, reason)?;
    facts.old_when = was.map(|was| people(row, lang, was)).transpose()?.unwrap_or_default();
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

/// What members are told inside of Calma when a therapist is told this.
fn notice(template: Template) -> Option<NoticeKind> {
    match template {
        Template::NewRequest => Some(NoticeKind::NewRequest),
        Template::ProofToVerify => Some(NoticeKind::ProofToVerify),
        Template::CancelledByPatient => Some(NoticeKind::CancelledByPatient),
        Template::MovedByPatient => Some(NoticeKind::MovedByPatient),
        _ => None,
    }
}

/// A moment for people, on the therapist's wall clock.
fn people(row: &BookingRow, lang: Lang, at: DateTime<Utc>) -> Result<String> {
    Ok(long_when(lang, domain::slots::local(zone(row)?, at)))
}

fn facts(row: &BookingRow, lang: Lang, reason: &str) -> Result<Facts> {
    Ok(Facts {
        patient_name: row.patient_name.clone(),
        therapist_name: row.therapist_name.clone(),
        practice_name: row.practice_name.clone(),
        service_name: row.service_name.clone(),
        when: long_when(lang, local(row)?),
        time_zone: zone_name(&row.time_zone),
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
        cancel_rule: domain::booking::cancel_rule(&row.policy, lang),
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
