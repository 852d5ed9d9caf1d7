//! From stored rows to what patients and practices see.

use crate::{Ctx, Result, ServiceError, tokens};
use chrono::NaiveDateTime;
use chrono_tz::Tz;
use contracts::booking::{BookingCard, BookingStatus, BookingView, PatientDetails};
use contracts::{ErrorCode, Money};
use store::bookings::BookingRow;

/// The therapist's zone.
pub(super) fn zone(row: &BookingRow) -> Result<Tz> {
    row.time_zone.parse().map_err(|_| ServiceError::internal("unreadable time zone"))
}

/// The start on the therapist's wall clock.
pub(crate) fn local(row: &BookingRow) -> Result<NaiveDateTime> {
    Ok(domain::slots::local(zone(row)?, row.starts_at))
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

/// Has nothing of it happened yet? What was started or missed cannot be cancelled any more.
pub(super) fn lies_ahead(row: &BookingRow) -> bool {
    row.session.is_none_or(|session| domain::sessions::may_change(session.status))
}

/// A booking for its patient.
pub(super) fn view(ctx: &Ctx, row: &BookingRow) -> Result<BookingView> {
    let session = row.session.map(|session| session.status);
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
        can_cancel: may_cancel && row.requested_at.is_some() && lies_ahead(row),
        can_move: domain::sessions::may_patient_move(row.status, session, &row.policy, ctx.now, row.starts_at),
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
        session: row.session,
        version: row.version,
    })
}

pub(crate) fn cards(rows: &[BookingRow]) -> Result<Vec<BookingCard>> {
    rows.iter().map(card).collect()
}

/// What is wished cannot happen any more: the booking is already something else.
pub(crate) fn conflict(now: BookingStatus) -> ServiceError {
    let mut error = ServiceError::code(ErrorCode::Conflict);
    error.public.current_status = Some(now);
    error
}
