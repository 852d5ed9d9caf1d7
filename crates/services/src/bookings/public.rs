//! The patient's side, by the booking's token.

use super::held::{blocked, clear_the_way};
use super::steps::{self, Ending, is_over, lock, reread};
use super::view::{conflict, details, lies_ahead, view as show};
use super::{notify, open};
use crate::messages::Template;
use crate::sessions::placing;
use crate::slots::compute;
use crate::{Ctx, Result, ServiceError, audit};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use contracts::booking::{Availability, BookingStatus, BookingView, PatientDetails};
use contracts::limits::REASON_MAX;
use contracts::{ErrorCode, FieldProblem, PatientId};
use domain::booking::{Event, may_patient_cancel};
use domain::sessions::may_patient_move;
use domain::{slots, validate};
use serde_json::json;
use store::bookings::{self, BookingRow, ClosedBy};
use store::patients::{self, NewPatient};
use store::{StoreError, Tx, occupancy, sessions};

/// The booking as it is now.
///
/// # Errors
/// `NOT_FOUND` for a token this installation did not make.
pub async fn view(ctx: &Ctx, token: &str) -> Result<BookingView> {
    let (mut tx, practice, id) = open(ctx, token).await?;
    let row = bookings::get(&mut tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
    tx.commit().await.map_err(StoreError::from)?;
    show(ctx, &row)
}

/// Keeps what was typed even when it is wrong, then says what is wrong; only until it is sent. What is typed into a hold
/// that lapsed meanwhile is kept too, for taking the slot again.
///
/// # Errors
/// Field errors; `HOLD_LAPSED`; `CONFLICT` for a booking that was sent.
pub async fn save_details(ctx: &Ctx, token: &str, details: PatientDetails) -> Result<BookingView> {
    let (mut tx, practice, id) = open(ctx, token).await?;
    let row = lock(&mut tx, practice, id).await?;
    if row.requested_at.is_some() || row.status == BookingStatus::Cancelled {
        return Err(conflict(row.status));
    }
    if row.erased {
        return Err(ServiceError::code(ErrorCode::HoldLapsed));
    }
    bookings::save_details(&mut tx, practice, id, &cut(&details)).await?;
    let row = reread(&mut tx, &row).await?;
    tx.commit().await.map_err(StoreError::from)?;
    if row.status != BookingStatus::Held || is_over(ctx, &row) {
        return Err(ServiceError::code(ErrorCode::HoldLapsed));
    }
    checked(&details)?;
    show(ctx, &row)
}

/// Sends the request: held becomes `pending_approval`, `awaiting_payment` or `confirmed`. Sending it again answers the
/// same.
///
/// # Errors
/// Field errors when what was typed is wrong; `HOLD_LAPSED`; `CONFLICT` for a hold that was given back.
pub async fn send_request(ctx: &Ctx, token: &str) -> Result<BookingView> {
    let (mut tx, practice, id) = open(ctx, token).await?;
    let row = lock(&mut tx, practice, id).await?;
    if row.requested_at.is_some() {
        return show(ctx, &row);
    }
    match row.status {
        BookingStatus::Held if !is_over(ctx, &row) => {}
        BookingStatus::Cancelled => return Err(conflict(row.status)),
        _ => return Err(ServiceError::code(ErrorCode::HoldLapsed)),
    }
    let details = checked(&details(&row))?;
    let new = NewPatient {
        id: ctx.new_id(),
        name: &details.name,
        phone: &details.phone,
        email: &details.email,
        lang: row.lang,
    };
    let patient = patients::find_or_create(&mut tx, practice, &new, ctx.now).await?;
    bookings::set_requested(&mut tx, practice, id, patient, &details, ctx.now).await?;
    let row = reread(&mut tx, &row).await?;
    let row = requested(&mut tx, ctx, &row, patient).await?;
    tx.commit().await.map_err(StoreError::from)?;
    show(ctx, &row)
}

/// The first step of a request that was just sent, with its messages.
async fn requested(tx: &mut Tx, ctx: &Ctx, row: &BookingRow, patient: PatientId) -> Result<BookingRow> {
    let status = steps::after(row, Event::SendRequest)?;
    let row = if status == BookingStatus::Confirmed {
        steps::confirm(tx, ctx, row, patient, false, ClosedBy::Patient).await?
    } else {
        steps::advance(tx, ctx, row, status, ClosedBy::Patient).await?
    };
    tell_requested(tx, ctx, &row).await?;
    Ok(row)
}

/// What a request that was just sent brings: the patient and the practice are told. A session tells its patient itself.
pub(super) async fn tell_requested(tx: &mut Tx, ctx: &Ctx, row: &BookingRow) -> Result<()> {
    match row.status {
        BookingStatus::Confirmed => {}
        BookingStatus::AwaitingPayment => notify::first(tx, ctx, row, Template::Approved).await?,
        _ => notify::first(tx, ctx, row, Template::RequestReceived).await?,
    }
    // Why somebody seeks help is read in the dashboard, not in a mailbox.
    notify::therapist(tx, ctx, row, Template::NewRequest, "").await?;
    let to = json!({ "status": row.status.as_str() });
    audit::record(tx, ctx, row.practice_id, "booking.requested", Some(row.id.0), to).await
}

/// Cancels in time. Cancelling what the patient cancelled already answers the same.
///
/// # Errors
/// `CONFLICT` with the present status when it is too late or the booking is something else by now.
pub async fn cancel_by_patient(ctx: &Ctx, token: &str, reason: &str) -> Result<BookingView> {
    let (mut tx, practice, id) = open(ctx, token).await?;
    let row = lock(&mut tx, practice, id).await?;
    if row.status == BookingStatus::Cancelled && row.closed_by_patient {
        return show(ctx, &row);
    }
    if !may_patient_cancel(row.status, &row.policy, ctx.now, row.starts_at) || !lies_ahead(&row) {
        return Err(conflict(row.status));
    }
    let reason = validate::clean_text(reason);
    validate::check_length(&reason, REASON_MAX).map_err(|problem| ServiceError::field("reason", problem))?;
    let status = steps::after(&row, Event::CancelByPatient)?;
    let told = Some(reason.as_str()).filter(|reason| !reason.is_empty());
    let closed = steps::close(&mut tx, ctx, &row, status, Ending::told(ClosedBy::Patient, told)).await?;
    if row.requested_at.is_some() {
        let calendar = (row.status == BookingStatus::Confirmed).then(|| notify::calendar(ctx, &closed, true));
        notify::patient(&mut tx, ctx, &closed, Template::Cancelled, "", calendar).await?;
        notify::therapist(&mut tx, ctx, &closed, Template::CancelledByPatient, &reason).await?;
        let was = json!({ "was": row.status.as_str() });
        audit::record(&mut tx, ctx, practice, "booking.cancelled_by_patient", Some(id.0), was).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    show(ctx, &closed)
}

/// The patient takes another time that is offered, as long as they may cancel: the same session moves, with its link and
/// its reminders.
///
/// # Errors
/// `CONFLICT` with the present status when it is too late; `SLOT_UNAVAILABLE` and `SLOT_TAKEN` as for holding a slot.
pub async fn move_by_patient(ctx: &Ctx, token: &str, starts_at: DateTime<Utc>) -> Result<BookingView> {
    let (mut tx, practice, id) = open(ctx, token).await?;
    let seen = bookings::get(&mut tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
    occupancy::lock_for_booking(&mut tx, seen.therapist_id).await?;
    let row = lock(&mut tx, practice, id).await?;
    if row.starts_at == starts_at && row.status == BookingStatus::Confirmed {
        return show(ctx, &row);
    }
    let status = row.session.map(|session| session.status);
    if !may_patient_move(row.status, status, &row.policy, ctx.now, row.starts_at) {
        return Err(conflict(row.status));
    }
    let session = row.session.ok_or_else(|| conflict(row.status))?.id;
    let session = sessions::lock(&mut tx, practice, session).await?.ok_or_else(ServiceError::not_found)?;
    let place = placing::place_of(&session, starts_at);
    // The length it was agreed for stays.
    let ends_at = starts_at + (row.ends_at - row.starts_at);
    let (terms, slot) = place.check(&mut tx, ctx, Some(ends_at), Some(id)).await?;
    let span = blocked(&terms.schedule, slot.starts_at, slot.ends_at);
    clear_the_way(&mut tx, ctx, &place, span, None).await?;
    placing::relocate(&mut tx, ctx, &session, &place, span, false).await?;
    let row = reread(&mut tx, &row).await?;
    notify::moved(&mut tx, ctx, &row, seen.starts_at).await?;
    notify::moved_by_patient(&mut tx, ctx, &row, seen.starts_at).await?;
    tx.commit().await.map_err(StoreError::from)?;
    show(ctx, &row)
}

/// Days of times to choose from at once.
const MOVE_DAYS: i64 = 14;

/// The times a patient can move their session to: two weeks from a day on, its own time among the free ones.
///
/// # Errors
/// `CONFLICT` when it cannot be moved any more.
pub async fn times_to_move(ctx: &Ctx, token: &str, from: Option<NaiveDate>) -> Result<Availability> {
    let (mut tx, practice, id) = open(ctx, token).await?;
    let row = bookings::get(&mut tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
    let status = row.session.map(|session| session.status);
    if !may_patient_move(row.status, status, &row.policy, ctx.now, row.starts_at) {
        return Err(conflict(row.status));
    }
    let past = (ctx.now - Duration::days(2)).date_naive();
    let terms = occupancy::terms(&mut tx, practice, row.therapist_id, row.service_id, past).await?;
    let mut terms = terms.ok_or_else(ServiceError::not_found)?;
    terms.duration_min = i32::try_from((row.ends_at - row.starts_at).num_minutes()).unwrap_or(terms.duration_min);
    let first = slots::today(terms.schedule.zone, ctx.now);
    let from = from.unwrap_or(first).clamp(first, slots::last_day(&terms.schedule, ctx.now).max(first));
    let range = (from, from + Duration::days(MOVE_DAYS - 1));
    let span = slots::span(&terms.schedule, range.0, range.1);
    let mut taken = occupancy::taken(&mut tx, practice, row.therapist_id, span, ctx.now).await?;
    tx.commit().await.map_err(StoreError::from)?;
    taken.retain(|one| one.taken.booking != Some(id));
    Ok(compute(row.service_id, (&terms.schedule, terms.duration_min), &taken, range, ctx.now))
}

/// The .ics of a confirmed booking.
///
/// # Errors
/// `NOT_FOUND` while there is no session.
pub async fn calendar_file(ctx: &Ctx, token: &str) -> Result<String> {
    let (mut tx, practice, id) = open(ctx, token).await?;
    let row = bookings::get(&mut tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
    tx.commit().await.map_err(StoreError::from)?;
    if row.status != BookingStatus::Confirmed {
        return Err(ServiceError::not_found());
    }
    Ok(notify::calendar(ctx, &row, false))
}

/// Characters of a name, address or phone that are kept while they are still wrong; the columns' limit.
const TYPED_MAX: usize = 500;
const TYPED_REASON_MAX: usize = 4_000;

/// What was typed, as far as there is room for it. PostgreSQL stores no NUL.
fn cut(details: &PatientDetails) -> PatientDetails {
    let keep = |text: &str, max: usize| text.chars().filter(|c| *c != '\0').take(max).collect();
    PatientDetails {
        name: keep(&details.name, TYPED_MAX),
        email: keep(&details.email, TYPED_MAX),
        phone: keep(&details.phone, TYPED_MAX),
        first_time: details.first_time,
        reason: keep(&details.reason, TYPED_REASON_MAX),
    }
}

/// What was typed, cleaned; the phone as E.164 and a number that exists (004 BR-BK-004).
pub(super) fn checked(details: &PatientDetails) -> Result<PatientDetails> {
    let phone = e164(&details.phone);
    let cleaned = validate::patient_details(details);
    match (cleaned, phone) {
        (Ok(cleaned), Some(phone)) => Ok(PatientDetails { phone, ..cleaned }),
        (Ok(_), None) => Err(ServiceError::field("phone", FieldProblem::InvalidPhone)),
        (Err(mut problems), phone) => {
            if phone.is_none() && !problems.iter().any(|p| p.field == "phone") {
                problems.push(validate::error("phone", FieldProblem::InvalidPhone));
            }
            Err(ServiceError::fields(problems))
        }
    }
}

/// A typed phone number as E.164, if there can be such a number.
pub(crate) fn e164(typed: &str) -> Option<String> {
    let number = phonenumber::parse(None, validate::clean_phone(typed)).ok().filter(phonenumber::is_valid)?;
    Some(number.format().mode(phonenumber::Mode::E164).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(phone: &str) -> PatientDetails {
        PatientDetails {
            name: "Juan Pérez".into(),
            email: " Juan@Example.com ".into(),
            phone: phone.into(),
            first_time: true,
            reason: String::new(),
        }
    }

    #[test]
    fn phones_become_e164() {
        for phone in ["+54 9 11 2345-6789", "+5491123456789", "+54 (9) 11 2345 6789"] {
            assert_eq!(checked(&typed(phone)).unwrap().phone, "+5491123456789", "{phone}");
        }
        assert_eq!(checked(&typed("+254 707 439299")).unwrap().phone, "+254707439299");
    }

    #[test]
    fn numbers_nobody_can_have_are_refused() {
        for phone in ["", "abc", "11 2345", "+1", "+999 123 456 789", "+5491", "+54911234567890123"] {
            let error = checked(&typed(phone)).unwrap_err();
            assert!(error.public.problem_of("phone").is_some(), "{phone}");
        }
    }

    #[test]
    fn what_is_too_long_for_its_column_is_cut_between_characters() {
        let long = PatientDetails { name: "ñ\0".repeat(600), ..typed("1") };
        assert_eq!(cut(&long).name.chars().count(), 500);
        assert!(!cut(&long).name.contains('\0'));
    }
}
