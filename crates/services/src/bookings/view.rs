//! From stored rows to what patients and practices see, and the opaque cursor of lists.

use crate::{Ctx, Result, ServiceError, tokens};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDateTime, Utc};
use contracts::booking::{BookingCard, BookingStatus, BookingView, PatientDetails};
use contracts::{BookingId, ErrorCode, FieldProblem, Money};
use store::bookings::BookingRow;
use uuid::Uuid;

/// The start on the therapist's wall clock.
pub(super) fn local(row: &BookingRow) -> Result<NaiveDateTime> {
    let zone = row.time_zone.parse().map_err(|_| ServiceError::internal("unreadable time zone"))?;
    Ok(domain::slots::local(zone, row.starts_at))
}

pub(super) fn details(row: &BookingRow) -> PatientDetails {
    PatientDetails {
        name: row.patient_name.clone(),
        email: row.patient_email.clone(),
        phone: row.patient_phone.clone(),
        first_time: row.first_time,
        reason: row.reason.clone(),
    }
}

/// A booking for its patient.
pub(super) fn view(ctx: &Ctx, row: &BookingRow) -> Result<BookingView> {
    let may_cancel = domain::booking::may_patient_cancel(row.status, &row.policy, ctx.now, row.starts_at);
    Ok(BookingView {
        id: row.id,
        token: tokens::booking_token(&ctx.deps.secrets, row.id),
        status: row.status,
        requested: row.requested_at.is_some(),
        therapist_name: row.therapist_name.clone(),
        slug: row.slug.clone(),
        practice_name: row.practice_name.clone(),
        service_id: row.service_id,
        service_name: row.service_name.clone(),
        place: row.place,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        local: local(row)?,
        time_zone: row.time_zone.clone(),
        price: Money::new(row.price_minor, row.currency.clone()),
        paid: row.paid_at.is_some(),
        deadline: row.deadline,
        reference: row.reference.clone(),
        policy: row.policy.clone(),
        instructions: row.instructions.clone(),
        proof: row.proof.clone(),
        closing_reason: row.closing_reason.clone(),
        cancelled_by_patient: row.closed_by_patient,
        can_cancel: may_cancel && row.requested_at.is_some(),
        video_link: row.video_link.clone().filter(|_| row.status == BookingStatus::Confirmed),
        details: details(row),
        now: ctx.now,
        version: row.version,
    })
}

/// A booking for the practice.
pub(super) fn card(row: &BookingRow) -> Result<BookingCard> {
    let patient = if row.requested_at.is_some() { details(row) } else { PatientDetails::default() };
    Ok(BookingCard {
        id: row.id,
        status: row.status,
        therapist_id: row.therapist_id,
        therapist_name: row.therapist_name.clone(),
        service_name: row.service_name.clone(),
        place: row.place,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        local: local(row)?,
        time_zone: row.time_zone.clone(),
        price: Money::new(row.price_minor, row.currency.clone()),
        payment_timing: row.policy.payment_timing,
        paid: row.paid_at.is_some(),
        reference: row.reference.clone(),
        patient,
        requested_at: row.requested_at,
        changed_at: row.changed_at,
        deadline: row.deadline,
        proof: row.proof.clone(),
        closing_reason: row.closing_reason.clone(),
        cancelled_by_patient: row.closed_by_patient,
        video_link: row.video_link.clone().filter(|_| row.status == BookingStatus::Confirmed),
        version: row.version,
    })
}

pub(super) fn cards(rows: &[BookingRow]) -> Result<Vec<BookingCard>> {
    rows.iter().map(card).collect()
}

/// What is wished cannot happen any more: the booking is already something else.
pub(super) fn conflict(now: BookingStatus) -> ServiceError {
    let mut error = ServiceError::code(ErrorCode::Conflict);
    error.public.current_status = Some(now);
    error
}

/// Where a page of a list ended, as one opaque word.
pub(super) fn cursor(card: &BookingCard) -> String {
    let mut bytes = card.starts_at.timestamp_micros().to_be_bytes().to_vec();
    bytes.extend_from_slice(card.id.0.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// # Errors
/// A field error when this installation did not make it.
pub(super) fn read_cursor(text: &str) -> Result<(DateTime<Utc>, BookingId)> {
    let wrong = || ServiceError::field("cursor", FieldProblem::InvalidChoice);
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
    let (at, id) = bytes.split_first_chunk::<8>().ok_or_else(wrong)?;
    let at = DateTime::from_timestamp_micros(i64::from_be_bytes(*at)).ok_or_else(wrong)?;
    Ok((at, BookingId(Uuid::from_slice(id).map_err(|_| wrong())?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_that_was_tampered_with_is_a_field_error() {
        for text in ["", "x", "AAAA", "!!!!", &"A".repeat(400)] {
            let error = read_cursor(text).unwrap_err();
            assert_eq!(error.public.problem_of("cursor"), Some(FieldProblem::InvalidChoice), "{text}");
        }
    }

    #[test]
    fn a_cursor_reads_back() {
        let mut bytes = 1_700_000_000_123_456_i64.to_be_bytes().to_vec();
        let id = Uuid::from_u128(7);
        bytes.extend_from_slice(id.as_bytes());
        let (at, read) = read_cursor(&URL_SAFE_NO_PAD.encode(bytes)).unwrap();
        assert_eq!((at.timestamp_micros(), read), (1_700_000_000_123_456, BookingId(id)));
    }
}
