//! Sessions: one wide row for everything that shows them, lists, and (in `changes`) everything that changes them.

mod changes;
mod lists;

pub use changes::*;
pub use lists::*;

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::booking::BookingStatus;
use contracts::practice::Place;
use contracts::sessions::{PaymentStatus, RefundDecision, SessionSource, SessionStatus};
use contracts::{BookingId, PatientId, PracticeId, ServiceId, SessionId, TherapistId};
use sqlx::PgConnection;
use uuid::Uuid;

/// A session with everything a page or a message says about it.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionRow {
    pub id: SessionId,
    pub practice_id: PracticeId,
    pub booking_id: BookingId,
    pub reference: String,
    pub booking_status: BookingStatus,
    pub source: SessionSource,
    pub status: SessionStatus,
    pub payment_status: PaymentStatus,
    pub version: i32,
    pub therapist_id: TherapistId,
    pub therapist_name: String,
    /// IANA name of the therapist's zone.
    pub time_zone: String,
    pub patient_id: PatientId,
    pub patient_name: String,
    pub patient_phone: String,
    pub patient_email: String,
    pub service_id: ServiceId,
    pub service_name: String,
    pub place: Place,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub price_minor: i64,
    pub currency: String,
    /// Received minus given back.
    pub paid_minor: i64,
    pub outside_hours: bool,
    pub video_link: Option<String>,
    pub cancelled_at: Option<DateTime<Utc>>,
    pub cancel_reason: Option<String>,
    pub cancelled_by_kind: Option<String>,
    pub patient_told: Option<bool>,
    pub refund_decision: Option<RefundDecision>,
    pub created_at: DateTime<Utc>,
}

/// The row as the queries answer it.
pub(crate) struct RawSession {
    id: Uuid,
    practice_id: Uuid,
    booking_id: Uuid,
    reference: String,
    booking_status: String,
    source: String,
    status: String,
    payment_status: String,
    version: i32,
    therapist_id: Uuid,
    therapist_name: String,
    time_zone: String,
    patient_id: Uuid,
    patient_name: String,
    patient_phone: Option<String>,
    patient_email: Option<String>,
    service_id: Uuid,
    service_name: String,
    place: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    price_minor: i64,
    currency: String,
    paid_minor: i64,
    outside_hours: bool,
    video_link: Option<String>,
    cancelled_at: Option<DateTime<Utc>>,
    cancel_reason: Option<String>,
    cancelled_by_kind: Option<String>,
    patient_told: Option<bool>,
    refund_decision: Option<String>,
    created_at: DateTime<Utc>,
}

/// The one query behind every page that shows sessions: `session_rows!("WHERE …" …, arguments…)`. The session is `se`, and
/// `$1` must be the practice.
macro_rules! session_rows {
    ([$($rest:literal),+], $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            $crate::sessions::RawSession,
            r#"SELECT se.id, se.practice_id, se.booking_id, b.reference, b.status AS booking_status, b.source, se.status,
                 se.payment_status, se.version, se.therapist_id, t.name AS therapist_name, t.time_zone, se.patient_id,
                 p.name AS patient_name, p.phone AS patient_phone, p.email AS patient_email, se.service_id,
                 s.name AS service_name, s.place, se.starts_at, se.ends_at, se.price_minor, se.currency,
                 se.paid_minor - se.refunded_minor AS "paid_minor!", se.outside_hours, se.video_link, se.cancelled_at,
                 se.cancel_reason, se.cancelled_by_kind, se.patient_told, se.refund_decision, se.created_at
               FROM sessions se
               JOIN bookings b ON b.practice_id = $1 AND b.id = se.booking_id
               JOIN patients p ON p.practice_id = $1 AND p.id = se.patient_id
               JOIN therapists t ON t.practice_id = $1 AND t.id = se.therapist_id
               JOIN services s ON s.practice_id = $1 AND s.id = se.service_id
               "# $(+ $rest)+,
            $($argument),+
        )
    };
}
pub(crate) use session_rows;

impl RawSession {
    pub(crate) fn read(self) -> Result<SessionRow, StoreError> {
        let unreadable = StoreError::Unreadable;
        let refund = self
            .refund_decision
            .as_deref()
            .map(|text| RefundDecision::parse(text).ok_or(unreadable("sessions.refund_decision")));
        Ok(SessionRow {
            id: SessionId(self.id),
            practice_id: PracticeId(self.practice_id),
            booking_id: BookingId(self.booking_id),
            reference: self.reference,
            booking_status: BookingStatus::parse(&self.booking_status).ok_or(unreadable("bookings.status"))?,
            source: SessionSource::parse(&self.source).ok_or(unreadable("bookings.source"))?,
            status: SessionStatus::parse(&self.status).ok_or(unreadable("sessions.status"))?,
            payment_status: PaymentStatus::parse(&self.payment_status).ok_or(unreadable("sessions.payment_status"))?,
            version: self.version,
            therapist_id: TherapistId(self.therapist_id),
            therapist_name: self.therapist_name,
            time_zone: self.time_zone,
            patient_id: PatientId(self.patient_id),
            patient_name: self.patient_name,
            patient_phone: self.patient_phone.unwrap_or_default(),
            patient_email: self.patient_email.unwrap_or_default(),
            service_id: ServiceId(self.service_id),
            service_name: self.service_name,
            place: Place::parse(&self.place).ok_or(unreadable("services.place"))?,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            price_minor: self.price_minor,
            currency: self.currency,
            paid_minor: self.paid_minor,
            outside_hours: self.outside_hours,
            video_link: self.video_link,
            cancelled_at: self.cancelled_at,
            cancel_reason: self.cancel_reason,
            cancelled_by_kind: self.cancelled_by_kind,
            patient_told: self.patient_told,
            refund_decision: refund.transpose()?,
            created_at: self.created_at,
        })
    }
}

pub(crate) fn read(rows: Vec<RawSession>) -> Result<Vec<SessionRow>, StoreError> {
    rows.into_iter().map(RawSession::read).collect()
}

/// # Errors
/// When the database cannot answer.
pub async fn get(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: SessionId,
) -> Result<Option<SessionRow>, StoreError> {
    let row = session_rows!(["WHERE se.practice_id = $1 AND se.id = $2"], practice.0, id.0)
        .fetch_optional(connection)
        .await?;
    row.map(RawSession::read).transpose()
}

/// The session with its booking, and nobody else changes either before the transaction ends. The booking is locked
/// first: that is everybody's order.
///
/// # Errors
/// When the database cannot answer.
pub async fn lock(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: SessionId,
) -> Result<Option<SessionRow>, StoreError> {
    sqlx::query!(
        "SELECT b.id FROM bookings b
         WHERE b.practice_id = $1 AND b.id = (SELECT booking_id FROM sessions WHERE practice_id = $1 AND id = $2) FOR UPDATE",
        practice.0,
        id.0
    )
    .fetch_optional(&mut *connection)
    .await?;
    sqlx::query!("SELECT id FROM sessions WHERE practice_id = $1 AND id = $2 FOR UPDATE", practice.0, id.0)
        .fetch_optional(&mut *connection)
        .await?;
    get(connection, practice, id).await
}

/// The session of a booking, where there is one.
///
/// # Errors
/// When the database cannot answer.
pub async fn of_booking(
    connection: &mut PgConnection,
    practice: PracticeId,
    booking: BookingId,
) -> Result<Option<SessionId>, StoreError> {
    let id = sqlx::query_scalar!(
        "SELECT id FROM sessions WHERE practice_id = $1 AND booking_id = $2",
        practice.0,
        booking.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(id.map(SessionId))
}
