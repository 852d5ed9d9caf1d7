//! Everything that changes a session. Each change adds one to its version, which tells open pages, and notes the
//! program's clock, from which the database plans the reminders.

use crate::StoreError;
use crate::bookings::ClosedBy;
use crate::practices::changed_one;
use chrono::{DateTime, NaiveDate, Utc};
use contracts::practice::PaymentMethod;
use contracts::sessions::{RefundDecision, SessionStatus};
use contracts::{BookingId, MemberId, PatientId, PaymentId, PracticeId, ServiceId, SessionId, TherapistId};
use sqlx::PgConnection;

/// A session in the diary, made from a booking.
#[derive(Debug, Clone)]
pub struct NewSession {
    pub id: SessionId,
    pub booking: BookingId,
    pub therapist: TherapistId,
    pub patient: PatientId,
    pub service: ServiceId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub price_minor: i64,
    pub currency: String,
    pub video_link: Option<String>,
    pub outside_hours: bool,
}

/// # Errors
/// When the database cannot answer, or the booking has a session already.
pub async fn insert(
    connection: &mut PgConnection,
    practice: PracticeId,
    new: &NewSession,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO sessions (practice_id, id, booking_id, therapist_id, patient_id, service_id, status, starts_at, ends_at,
                               price_minor, currency, video_link, outside_hours, created_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'scheduled', $7, $8, $9, $10, $11, $12, $13, $13)",
        practice.0,
        new.id.0,
        new.booking.0,
        new.therapist.0,
        new.patient.0,
        new.service.0,
        new.starts_at,
        new.ends_at,
        new.price_minor,
        new.currency,
        new.video_link,
        new.outside_hours,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How a session was cancelled.
#[derive(Debug, Clone, Copy)]
pub struct Cancellation<'a> {
    pub by: ClosedBy,
    pub reason: Option<&'a str>,
    pub patient_told: bool,
    pub refund: Option<RefundDecision>,
}

/// Cancels the session of this booking, if it has one that lies ahead.
///
/// # Errors
/// When the database cannot answer.
pub async fn cancel(
    connection: &mut PgConnection,
    practice: PracticeId,
    booking: BookingId,
    cancellation: &Cancellation<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE sessions SET status = 'cancelled', cancelled_at = $3, cancelled_by_kind = $4, cancel_reason = $5,
                             patient_told = $6, refund_decision = $7, changed_at = $3, version = version + 1
         WHERE practice_id = $1 AND booking_id = $2 AND status = 'scheduled'",
        practice.0,
        booking.0,
        now,
        cancellation.by.kind(),
        cancellation.reason,
        cancellation.patient_told,
        cancellation.refund.map(RefundDecision::as_str)
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What becomes of the money of a cancelled session.
///
/// # Errors
/// `NothingChanged` when the session is not cancelled, or this was decided.
pub async fn decide_refund(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: SessionId,
    decision: RefundDecision,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE sessions SET refund_decision = $3, changed_at = $4, version = version + 1
         WHERE practice_id = $1 AND id = $2 AND status = 'cancelled' AND refund_decision IS NULL",
        practice.0,
        id.0,
        decision.as_str(),
        now
    )
    .execute(connection)
    .await?;
    changed_one(done.rows_affected())
}

/// Takes a cancellation back.
///
/// # Errors
/// `NothingChanged` when the session is not cancelled.
pub async fn restore(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: SessionId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE sessions SET status = 'scheduled', cancelled_at = NULL, cancelled_by_kind = NULL, cancel_reason = NULL,
                             patient_told = NULL, refund_decision = NULL, changed_at = $3, version = version + 1
         WHERE practice_id = $1 AND id = $2 AND status = 'cancelled'",
        practice.0,
        id.0,
        now
    )
    .execute(connection)
    .await?;
    changed_one(done.rows_affected())
}

/// # Errors
/// `NothingChanged` when there is no such session.
pub async fn set_status(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: SessionId,
    status: SessionStatus,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE sessions SET status = $3, changed_at = $4, version = version + 1,
           started_at = CASE WHEN $3 = 'in_progress' THEN $4 WHEN $3 = 'scheduled' THEN NULL ELSE started_at END,
           ended_at = CASE WHEN $3 = 'completed' THEN $4 ELSE NULL END
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        status.as_str(),
        now
    )
    .execute(connection)
    .await?;
    changed_one(done.rows_affected())
}

/// Moves a session and its booking; the caller has moved what takes the time.
///
/// # Errors
/// `NothingChanged` when there is no such session.
pub async fn set_time(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: SessionId,
    (starts_at, ends_at): (DateTime<Utc>, DateTime<Utc>),
    outside_hours: bool,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "WITH moved AS (
           UPDATE sessions SET starts_at = $3, ends_at = $4, outside_hours = $5, changed_at = $6, version = version + 1
           WHERE practice_id = $1 AND id = $2 RETURNING booking_id)
         UPDATE bookings b SET starts_at = $3, ends_at = $4, version = b.version + 1
         FROM moved WHERE b.practice_id = $1 AND b.id = moved.booking_id",
        practice.0,
        id.0,
        starts_at,
        ends_at,
        outside_hours,
        now
    )
    .execute(connection)
    .await?;
    changed_one(done.rows_affected())
}

/// Whether the practice asks for the money at all.
///
/// # Errors
/// `NothingChanged` when there is no such session.
pub async fn set_waived(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: SessionId,
    waived: bool,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE sessions SET waived = $3, version = version + 1 WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        waived
    )
    .execute(connection)
    .await?;
    changed_one(done.rows_affected())
}

/// Money received for a session.
#[derive(Debug, Clone)]
pub struct NewPayment<'a> {
    pub id: PaymentId,
    pub session: SessionId,
    pub patient: PatientId,
    pub method: PaymentMethod,
    pub amount_minor: i64,
    pub currency: &'a str,
    pub received_on: NaiveDate,
    pub reference: &'a str,
    /// Nobody where a verified proof is the source.
    pub recorded_by: Option<MemberId>,
}

/// Writes a payment; the session's sums follow by themselves.
///
/// # Errors
/// When the database cannot answer.
pub async fn insert_payment(
    connection: &mut PgConnection,
    practice: PracticeId,
    new: &NewPayment<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO payments (practice_id, id, patient_id, session_id, kind, method, amount_minor, currency, received_on,
                               reference, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, 'payment', $5, $6, $7, $8, $9, $10, $11)",
        practice.0,
        new.id.0,
        new.patient.0,
        new.session.0,
        new.method.as_str(),
        new.amount_minor,
        new.currency,
        new.received_on,
        new.reference,
        new.recorded_by.map(|m| m.0),
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}
