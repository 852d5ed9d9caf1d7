//! Reminders that are due. When is kept by a trigger on the sessions; here each is taken once.

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::{BookingId, PatientId, PracticeId, SessionId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Sessions with a reminder due at `now`, by id, behind the one given.
///
/// # Errors
/// When the database cannot answer.
pub async fn due(
    conn: &mut PgConnection,
    practice: PracticeId,
    now: DateTime<Utc>,
    after: Option<SessionId>,
    limit: i64,
) -> Result<Vec<(SessionId, BookingId)>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, booking_id FROM sessions
         WHERE practice_id = $1 AND (day_reminder_at <= $2 OR join_reminder_at <= $2 OR payment_reminder_at <= $2)
           AND ($3::uuid IS NULL OR id > $3)
         ORDER BY id LIMIT $4",
        practice.0,
        now,
        after.map(|id| id.0),
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (SessionId(row.id), BookingId(row.booking_id))).collect())
}

/// A session whose reminders were taken.
#[derive(Debug, Clone)]
pub struct Taken {
    pub session: SessionId,
    pub patient: PatientId,
    pub starts_at: DateTime<Utc>,
    /// What is still to be paid, in minor units; 0 when nothing is or the payment was waived.
    pub owed_minor: i64,
    pub currency: String,
    pub day: bool,
    pub join: bool,
    pub payment: bool,
}

struct RawTaken {
    id: Uuid,
    patient_id: Uuid,
    starts_at: DateTime<Utc>,
    owed_minor: i64,
    currency: String,
    day: bool,
    join: bool,
    payment: bool,
}

/// Takes what is due for one session, so that nobody takes it again once the transaction commits; `None` when another
/// server has it. Lock the booking first, as everything else does.
///
/// # Errors
/// When the database cannot answer.
pub async fn take(
    conn: &mut PgConnection,
    practice: PracticeId,
    session: SessionId,
    now: DateTime<Utc>,
) -> Result<Option<Taken>, StoreError> {
    let row = sqlx::query_as!(
        RawTaken,
        r#"SELECT id, patient_id, starts_at, currency,
             CASE WHEN payment_status IN ('pending', 'partly_paid') THEN price_minor - paid_minor + refunded_minor
                  ELSE 0 END AS "owed_minor!",
             coalesce(day_reminder_at <= $3, false) AS "day!", coalesce(join_reminder_at <= $3, false) AS "join!",
             coalesce(payment_reminder_at <= $3, false) AS "payment!"
           FROM sessions WHERE practice_id = $1 AND id = $2
             AND (day_reminder_at <= $3 OR join_reminder_at <= $3 OR payment_reminder_at <= $3)
           FOR NO KEY UPDATE SKIP LOCKED"#,
        practice.0,
        session.0,
        now
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    sqlx::query!(
        "UPDATE sessions SET day_reminder_at = CASE WHEN day_reminder_at > $3 THEN day_reminder_at END,
           join_reminder_at = CASE WHEN join_reminder_at > $3 THEN join_reminder_at END,
           payment_reminder_at = CASE WHEN payment_reminder_at > $3 THEN payment_reminder_at END
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        session.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(Some(Taken {
        session: SessionId(row.id),
        patient: PatientId(row.patient_id),
        starts_at: row.starts_at,
        owed_minor: row.owed_minor,
        currency: row.currency,
        day: row.day,
        join: row.join,
        payment: row.payment,
    }))
}
