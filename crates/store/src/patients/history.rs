//! What happened with a patient: sessions, activity, and all of it in one piece.

use super::unreadable;
use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::lists::PatientSessionSort;
use contracts::patients::Activity;
use contracts::sessions::{PaymentStatus, SessionStatus};
use contracts::{BookingId, PatientId, PracticeId, SessionId, TherapistId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Which sessions of a patient.
#[derive(Debug, Clone, Default)]
pub struct SessionList {
    pub status: Option<SessionStatus>,
    pub payment: Option<PaymentStatus>,
    pub from: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
    /// Only those that are not over and will take place or do so now.
    pub upcoming_at: Option<DateTime<Utc>>,
    /// Only this therapist's.
    pub therapist: Option<TherapistId>,
    pub sort: PatientSessionSort,
    /// When the last one of the page before begins, and its id.
    pub after: Option<(DateTime<Utc>, Uuid)>,
    pub limit: i64,
}

/// A session of a patient.
#[derive(Debug, Clone)]
pub struct SessionRow {
    pub id: SessionId,
    pub booking_id: BookingId,
    pub reference: String,
    pub status: SessionStatus,
    pub payment_status: PaymentStatus,
    pub service_name: String,
    pub therapist_name: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub time_zone: String,
    pub price_minor: i64,
    pub paid_minor: i64,
    pub currency: String,
}

struct RawSession {
    id: Uuid,
    booking_id: Uuid,
    reference: String,
    status: String,
    payment_status: String,
    service_name: String,
    therapist_name: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    time_zone: String,
    price_minor: i64,
    paid_minor: i64,
    currency: String,
}

macro_rules! page_of_sessions {
    ($behind:tt, $order:tt, $connection:expr, $practice:expr, $patient:expr, $filter:expr) => {
        sqlx::query_as!(
            RawSession,
            r#"SELECT s.id, s.booking_id, b.reference, s.status, s.payment_status AS "payment_status!", v.name AS service_name,
                 t.name AS therapist_name, s.starts_at, s.ends_at, t.time_zone, s.price_minor,
                 s.paid_minor - s.refunded_minor AS "paid_minor!", s.currency
               FROM sessions s
               JOIN bookings b ON b.practice_id = $1 AND b.id = s.booking_id
               JOIN therapists t ON t.practice_id = $1 AND t.id = s.therapist_id
               JOIN services v ON v.practice_id = $1 AND v.id = s.service_id
               WHERE s.practice_id = $1 AND s.patient_id = $2
                 AND ($3::text IS NULL OR s.status = $3) AND ($4::text IS NULL OR s.payment_status = $4)
                 AND ($5::timestamptz IS NULL OR s.starts_at >= $5) AND ($6::timestamptz IS NULL OR s.starts_at < $6)
                 AND ($7::timestamptz IS NULL OR (s.ends_at > $7 AND s.status IN ('scheduled', 'in_progress')))
                 AND ($11::uuid IS NULL OR s.therapist_id = $11)
                 AND ($8::timestamptz IS NULL OR (s.starts_at, s.id) "#
                + $behind
                + " ($8, $9::uuid)) ORDER BY s.starts_at "
                + $order
                + ", s.id "
                + $order
                + " LIMIT $10",
            $practice.0,
            $patient.0,
            $filter.status.map(SessionStatus::as_str),
            $filter.payment.map(PaymentStatus::as_str),
            $filter.from,
            $filter.until,
            $filter.upcoming_at,
            $filter.after.map(|(at, _)| at),
            $filter.after.map(|(_, id)| id),
            $filter.limit,
            $filter.therapist.map(|t| t.0)
        )
        .fetch_all($connection)
        .await?
    };
}

/// Sessions of a patient in their order.
///
/// # Errors
/// When the database cannot answer.
pub async fn sessions(
    connection: &mut PgConnection,
    practice: PracticeId,
    patient: PatientId,
    filter: &SessionList,
) -> Result<Vec<SessionRow>, StoreError> {
    let rows = match filter.sort {
        PatientSessionSort::StartsAtDown => page_of_sessions!("<", "DESC", connection, practice, patient, filter),
        PatientSessionSort::StartsAt => page_of_sessions!(">", "ASC", connection, practice, patient, filter),
    };
    let mut sessions = Vec::with_capacity(rows.len());
    for row in rows {
        sessions.push(SessionRow {
            id: SessionId(row.id),
            booking_id: BookingId(row.booking_id),
            reference: row.reference,
            status: SessionStatus::parse(&row.status).ok_or(unreadable("sessions.status"))?,
            payment_status: PaymentStatus::parse(&row.payment_status).ok_or(unreadable("sessions.payment_status"))?,
            service_name: row.service_name,
            therapist_name: row.therapist_name,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            time_zone: row.time_zone,
            price_minor: row.price_minor,
            paid_minor: row.paid_minor,
            currency: row.currency,
        });
    }
    Ok(sessions)
}

/// What was done last with a patient, their bookings and their sessions (of one therapist), the newest first.
///
/// # Errors
/// When the database cannot answer.
pub async fn activity(
    connection: &mut PgConnection,
    practice: PracticeId,
    patient: PatientId,
    therapist: Option<TherapistId>,
    limit: i64,
) -> Result<Vec<Activity>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT a.at, a.action, u.name AS "actor_name?",
             CASE WHEN a.action LIKE 'booking.%' THEN a.entity_id END AS booking_id
           FROM audit_log a
           LEFT JOIN members m ON m.practice_id = $1 AND m.id = a.actor_id
           LEFT JOIN users u ON u.id = m.user_id
           WHERE a.practice_id = $1 AND a.entity_id = ANY (ARRAY[$2::uuid]
             || ARRAY(SELECT b.id FROM bookings b WHERE b.practice_id = $1 AND b.patient_id = $2
                        AND ($4::uuid IS NULL OR b.therapist_id = $4) ORDER BY b.changed_at DESC LIMIT 50)
             || ARRAY(SELECT s.id FROM sessions s WHERE s.practice_id = $1 AND s.patient_id = $2
                        AND ($4::uuid IS NULL OR s.therapist_id = $4) ORDER BY s.starts_at DESC LIMIT 50))
           ORDER BY a.id DESC LIMIT $3"#,
        practice.0,
        patient.0,
        limit,
        therapist.map(|t| t.0)
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Activity {
            at: row.at,
            action: row.action,
            actor_name: row.actor_name,
            booking_id: row.booking_id.map(BookingId),
        })
        .collect())
}

/// Everything that is stored about a patient, as it is stored. Of receipts all but the file, of dates of a series those that
/// became no session; why they did not may tell of others.
///
/// # Errors
/// When the database cannot answer.
pub async fn whole(
    connection: &mut PgConnection,
    practice: PracticeId,
    patient: PatientId,
) -> Result<Option<serde_json::Value>, StoreError> {
    let record = sqlx::query_scalar!(
        r#"SELECT jsonb_build_object(
             'patient', to_jsonb(p) - ARRAY['practice_id', 'name_key', 'search_key', 'by_staff', 'deleted_at'],
             'tags', (SELECT coalesce(jsonb_agg(t.name ORDER BY t.name_key), '[]') FROM patient_tags x
                JOIN tags t ON t.practice_id = $1 AND t.id = x.tag_id WHERE x.practice_id = $1 AND x.patient_id = p.id),
             'guardians', (SELECT coalesce(jsonb_agg(to_jsonb(x) - ARRAY['practice_id', 'patient_id'] ORDER BY x.position), '[]')
                FROM guardians x WHERE x.practice_id = $1 AND x.patient_id = p.id),
             'therapists', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'assigned_at', x.assigned_at) ORDER BY t.name), '[]')
                FROM patient_therapists x JOIN therapists t ON t.practice_id = $1 AND t.id = x.therapist_id
                WHERE x.practice_id = $1 AND x.patient_id = p.id),
             'notes', (SELECT coalesce(jsonb_agg(to_jsonb(x) - ARRAY['practice_id', 'patient_id'] ORDER BY x.created_at), '[]')
                FROM notes x WHERE x.practice_id = $1 AND x.patient_id = p.id),
             'bookings', (SELECT coalesce(jsonb_agg(to_jsonb(x) - ARRAY['practice_id', 'patient_id', 'policy', 'version'] ORDER BY x.created_at), '[]')
                FROM bookings x WHERE x.practice_id = $1 AND x.patient_id = p.id),
             'sessions', (SELECT coalesce(jsonb_agg(to_jsonb(x) - ARRAY['practice_id', 'patient_id', 'version'] ORDER BY x.starts_at), '[]')
                FROM sessions x WHERE x.practice_id = $1 AND x.patient_id = p.id),
             'payments', (SELECT coalesce(jsonb_agg(to_jsonb(x) - ARRAY['practice_id', 'patient_id'] ORDER BY x.recorded_at), '[]')
                FROM payments x WHERE x.practice_id = $1 AND x.patient_id = p.id),
             'series', (SELECT coalesce(jsonb_agg(to_jsonb(x) - ARRAY['practice_id', 'patient_id', 'version'] ORDER BY x.created_at), '[]')
                FROM series x WHERE x.practice_id = $1 AND x.patient_id = p.id),
             'payment_proofs', (SELECT coalesce(jsonb_agg(to_jsonb(x) - ARRAY['practice_id', 'reference_key', 'file_id'] ORDER BY x.submitted_at), '[]')
                FROM payment_proofs x JOIN bookings b ON b.practice_id = $1 AND b.id = x.booking_id
                WHERE x.practice_id = $1 AND b.patient_id = p.id),
             'reschedule_requests', (SELECT coalesce(jsonb_agg(to_jsonb(x) - ARRAY['practice_id', 'version'] ORDER BY x.asked_at), '[]')
                FROM reschedule_requests x JOIN sessions s ON s.practice_id = $1 AND s.id = x.session_id
                WHERE x.practice_id = $1 AND s.patient_id = p.id),
             'series_dates', (SELECT coalesce(jsonb_agg(jsonb_build_object('series_id', x.series_id, 'on_date', x.on_date,
                  'state', x.state, 'decided_at', x.decided_at) ORDER BY x.on_date, x.series_id), '[]')
                FROM series_occurrences x JOIN series s ON s.practice_id = $1 AND s.id = x.series_id
                WHERE x.practice_id = $1 AND s.patient_id = p.id AND x.state <> 'created'),
             'opt_outs', (SELECT coalesce(jsonb_agg(to_jsonb(x) - ARRAY['practice_id'] ORDER BY x.since), '[]')
                FROM opt_outs x WHERE x.practice_id = $1 AND (x.address IN (p.email, p.phone)
                  OR x.address IN (SELECT unnest(ARRAY[g.email, g.phone]) FROM guardians g
                    WHERE g.practice_id = $1 AND g.patient_id = p.id)
                  OR x.address IN (SELECT unnest(ARRAY[b.patient_email, b.patient_phone]) FROM bookings b
                    WHERE b.practice_id = $1 AND b.patient_id = p.id))),
             'messages', (SELECT coalesce(jsonb_agg(jsonb_build_object('recipient', x.recipient, 'subject', x.subject, 'text', x.body_text,
                  'status', x.status, 'written_at', x.created_at, 'sent_at', x.sent_at) ORDER BY x.created_at), '[]')
                FROM messages x LEFT JOIN bookings b ON b.practice_id = $1 AND b.id = x.booking_id
                WHERE x.practice_id = $1 AND (x.patient_id = p.id OR (x.patient_id IS NULL AND b.patient_id = p.id
                  AND NOT EXISTS (SELECT FROM members m JOIN users u ON u.id = m.user_id
                    WHERE m.practice_id = $1 AND u.email = x.recipient))))
           ) AS "record!: serde_json::Value"
           FROM patients p WHERE p.practice_id = $1 AND p.id = $2"#,
        practice.0,
        patient.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(record)
}
