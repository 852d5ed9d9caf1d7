//! Bookings: one wide row for everything that shows them, and (in `changes`) everything that changes them.

mod changes;
mod lists;

pub use changes::*;
pub use lists::*;

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::booking::{BookingStatus, ProofView};
use contracts::practice::{BookingPolicy, PaymentInstructions, PaymentMethod, Place};
use contracts::sessions::{PaymentStatus, SessionBrief, SessionStatus};
use contracts::{BookingId, FileId, Lang, PatientId, PracticeId, ProofId, ServiceId, SessionId, TherapistId};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// A booking with everything a page or a message says about it.
#[derive(Debug, Clone, PartialEq)]
pub struct BookingRow {
    pub id: BookingId,
    pub practice_id: PracticeId,
    pub therapist_id: TherapistId,
    pub service_id: ServiceId,
    pub status: BookingStatus,
    pub version: i32,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub price_minor: i64,
    pub currency: String,
    /// The rules it was made under.
    pub policy: BookingPolicy,
    pub lang: Lang,
    pub reference: String,
    /// As typed while held, cleaned once sent; empty before and after erasure.
    pub patient_name: String,
    pub patient_email: String,
    pub patient_phone: String,
    pub first_time: bool,
    pub reason: String,
    pub patient_id: Option<PatientId>,
    pub deadline: Option<DateTime<Utc>>,
    pub requested_at: Option<DateTime<Utc>>,
    pub changed_at: DateTime<Utc>,
    pub paid_at: Option<DateTime<Utc>>,
    pub closing_reason: Option<String>,
    pub closed_by_patient: bool,
    pub erased: bool,
    pub therapist_name: String,
    pub slug: String,
    /// IANA name of the therapist's zone.
    pub time_zone: String,
    pub service_name: String,
    pub place: Place,
    pub practice_name: String,
    pub practice_lang: Lang,
    pub instructions: PaymentInstructions,
    /// The session's, once there is one.
    pub video_link: Option<String>,
    pub session: Option<SessionBrief>,
    /// The newest proof.
    pub proof: Option<ProofView>,
}

/// The row as the queries answer it.
pub(crate) struct RawBooking {
    id: Uuid,
    practice_id: Uuid,
    therapist_id: Uuid,
    service_id: Uuid,
    status: String,
    version: i32,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    price_minor: i64,
    currency: String,
    policy: Json<BookingPolicy>,
    language: String,
    reference: String,
    patient_name: Option<String>,
    patient_email: Option<String>,
    patient_phone: Option<String>,
    first_time: bool,
    reason: Option<String>,
    patient_id: Option<Uuid>,
    deadline: Option<DateTime<Utc>>,
    requested_at: Option<DateTime<Utc>>,
    changed_at: DateTime<Utc>,
    paid_at: Option<DateTime<Utc>>,
    closing_reason: Option<String>,
    closed_by_kind: Option<String>,
    erased_at: Option<DateTime<Utc>>,
    therapist_name: String,
    slug: String,
    time_zone: String,
    service_name: String,
    place: String,
    practice_name: String,
    practice_language: String,
    instructions: Json<PaymentInstructions>,
    video_link: Option<String>,
    session_id: Option<Uuid>,
    session_status: Option<String>,
    session_payment: Option<String>,
    proof_id: Option<Uuid>,
    proof_reference: Option<String>,
    proof_method: Option<String>,
    proof_file: Option<Uuid>,
    proof_submitted_at: Option<DateTime<Utc>>,
    proof_state: Option<String>,
    proof_reject_reason: Option<String>,
    proof_late: Option<bool>,
    proof_duplicate: bool,
}

/// The one query behind every page that shows bookings: `booking_rows!("WHERE …", arguments…)`. The booking is `b`, and
/// `$1` must be the practice. A proof is a duplicate when its reference (cash has none of its own) or the content of its
/// receipt stands on another booking of the practice.
macro_rules! booking_rows {
    ($rest:tt, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            $crate::bookings::RawBooking,
            r#"SELECT b.id, b.practice_id, b.therapist_id, b.service_id, b.status, b.version, b.starts_at, b.ends_at,
                 b.price_minor, b.currency, b.policy AS "policy: _",
                 b.language, b.reference, b.patient_name, b.patient_email, b.patient_phone, b.first_time, b.reason,
                 b.patient_id, b.deadline, b.requested_at, b.changed_at, b.paid_at, b.closing_reason, b.closed_by_kind,
                 b.erased_at, t.name AS therapist_name, t.slug, t.time_zone, s.name AS service_name, s.place,
                 p.name AS practice_name, p.language AS practice_language,
                 p.instructions AS "instructions: _",
                 se.video_link AS "video_link?", se.id AS "session_id?", se.status AS "session_status?",
                 se.payment_status AS "session_payment?", pr.id AS "proof_id?", pr.reference AS "proof_reference?",
                 pr.method AS "proof_method?", pr.file_id AS "proof_file?", pr.submitted_at AS "proof_submitted_at?",
                 pr.state AS "proof_state?", pr.reject_reason AS "proof_reject_reason?", pr.late AS "proof_late?",
                 CASE WHEN pr.id IS NULL THEN false ELSE
                   (pr.method <> 'cash' AND EXISTS (SELECT 1 FROM payment_proofs o WHERE o.practice_id = $1
                      AND o.reference_key = pr.reference_key AND o.booking_id <> pr.booking_id AND o.method <> 'cash'))
                   OR (pr.file_id IS NOT NULL AND EXISTS (SELECT 1 FROM files f
                      JOIN files same ON same.practice_id = $1 AND same.sha256 = f.sha256
                      JOIN payment_proofs o ON o.practice_id = $1 AND o.file_id = same.id AND o.booking_id <> pr.booking_id
                      WHERE f.practice_id = $1 AND f.id = pr.file_id))
                 END AS "proof_duplicate!"
               FROM bookings b
               JOIN therapists t ON t.practice_id = $1 AND t.id = b.therapist_id
               JOIN services s ON s.practice_id = $1 AND s.id = b.service_id
               JOIN practices p ON p.practice_id = $1
               LEFT JOIN sessions se ON se.practice_id = $1 AND se.booking_id = b.id
               LEFT JOIN LATERAL (SELECT * FROM payment_proofs x WHERE x.practice_id = $1 AND x.booking_id = b.id
                                  ORDER BY x.submitted_at DESC, x.id DESC LIMIT 1) pr ON true
               "# + $rest,
            $($argument),+
        )
    };
}
pub(crate) use booking_rows;

/// What a booking says of its session, once it has one.
fn session_brief(
    id: Option<Uuid>,
    status: Option<&str>,
    payment: Option<&str>,
) -> Result<Option<SessionBrief>, StoreError> {
    let (Some(id), Some(status), Some(payment)) = (id, status, payment) else { return Ok(None) };
    Ok(Some(SessionBrief {
        id: SessionId(id),
        status: SessionStatus::parse(status).ok_or(StoreError::Unreadable("sessions.status"))?,
        payment_status: PaymentStatus::parse(payment).ok_or(StoreError::Unreadable("sessions.payment_status"))?,
    }))
}

impl RawBooking {
    fn proof(&self) -> Result<Option<ProofView>, StoreError> {
        let (Some(id), Some(method), Some(state), Some(submitted_at)) =
            (self.proof_id, &self.proof_method, &self.proof_state, self.proof_submitted_at)
        else {
            return Ok(None);
        };
        Ok(Some(ProofView {
            id: ProofId(id),
            reference: self.proof_reference.clone().unwrap_or_default(),
            method: PaymentMethod::parse(method).ok_or(StoreError::Unreadable("payment_proofs.method"))?,
            file: self.proof_file.map(FileId),
            submitted_at,
            state: crate::proofs::parse_state(state)?,
            reject_reason: self.proof_reject_reason.clone(),
            late: self.proof_late.unwrap_or_default(),
            duplicate: self.proof_duplicate,
        }))
    }

    pub(crate) fn read(self) -> Result<BookingRow, StoreError> {
        let lang = |text: &str| Lang::from_code(text).ok_or(StoreError::Unreadable("language"));
        Ok(BookingRow {
            proof: self.proof()?,
            session: session_brief(self.session_id, self.session_status.as_deref(), self.session_payment.as_deref())?,
            id: BookingId(self.id),
            practice_id: PracticeId(self.practice_id),
            therapist_id: TherapistId(self.therapist_id),
            service_id: ServiceId(self.service_id),
            status: BookingStatus::parse(&self.status).ok_or(StoreError::Unreadable("bookings.status"))?,
            version: self.version,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            price_minor: self.price_minor,
            currency: self.currency,
            policy: self.policy.0,
            lang: lang(&self.language)?,
            reference: self.reference,
            patient_name: self.patient_name.unwrap_or_default(),
            patient_email: self.patient_email.unwrap_or_default(),
            patient_phone: self.patient_phone.unwrap_or_default(),
            first_time: self.first_time,
            reason: self.reason.unwrap_or_default(),
            patient_id: self.patient_id.map(PatientId),
            deadline: self.deadline,
            requested_at: self.requested_at,
            changed_at: self.changed_at,
            paid_at: self.paid_at,
            closing_reason: self.closing_reason,
            closed_by_patient: self.closed_by_kind.as_deref() == Some("patient"),
            erased: self.erased_at.is_some(),
            therapist_name: self.therapist_name,
            slug: self.slug,
            time_zone: self.time_zone,
            service_name: self.service_name,
            place: Place::parse(&self.place).ok_or(StoreError::Unreadable("services.place"))?,
            practice_name: self.practice_name,
            practice_lang: lang(&self.practice_language)?,
            instructions: self.instructions.0,
            video_link: self.video_link,
        })
    }
}

/// # Errors
/// When the database cannot answer.
pub async fn get(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: BookingId,
) -> Result<Option<BookingRow>, StoreError> {
    let row =
        booking_rows!("WHERE b.practice_id = $1 AND b.id = $2", practice.0, id.0).fetch_optional(connection).await?;
    row.map(RawBooking::read).transpose()
}

/// The same, and nobody else changes it before the transaction ends.
///
/// # Errors
/// When the database cannot answer.
pub async fn lock(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: BookingId,
) -> Result<Option<BookingRow>, StoreError> {
    // In a statement of its own: what is joined must be read after the wait, not before it.
    sqlx::query!("SELECT id FROM bookings WHERE practice_id = $1 AND id = $2 FOR UPDATE", practice.0, id.0)
        .fetch_optional(&mut *connection)
        .await?;
    get(connection, practice, id).await
}
