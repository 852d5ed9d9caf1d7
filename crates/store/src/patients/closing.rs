//! Archive, deletion, erasure.

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::{PatientId, PracticeId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Puts a patient into the archive (`at`), or takes them out (`None`).
///
/// # Errors
/// `NothingChanged` when there is no such patient.
pub async fn set_archived(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: PatientId,
    at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE patients SET archived_at = $3, version = version + 1,
           active_since = CASE WHEN $3::timestamptz IS NULL THEN $4 ELSE active_since END
         WHERE practice_id = $1 AND id = $2 AND deleted_at IS NULL",
        practice.0,
        id.0,
        at,
        now
    )
    .execute(connection)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// Deletes a patient so that it can be undone (`at`), or undoes it (`None`).
///
/// # Errors
/// The constraint `patients_phone` when somebody else has the phone by now; `NothingChanged` when there is no such patient.
pub async fn set_deleted(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: PatientId,
    at: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE patients SET deleted_at = $3, version = version + 1
         WHERE practice_id = $1 AND id = $2 AND erased_at IS NULL AND merged_into IS NULL",
        practice.0,
        id.0,
        at
    )
    .execute(connection)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// Bookings of a patient that keep a slot which is not over, and recurring sessions that still name dates: what somebody
/// has to end before the patient can go.
///
/// # Errors
/// When the database cannot answer.
pub async fn still_open(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: PatientId,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let open = sqlx::query_scalar!(
        r#"SELECT (SELECT count(*) FROM bookings b WHERE b.practice_id = $1 AND b.patient_id = $2 AND (
               b.status IN ('pending_approval', 'awaiting_payment', 'payment_submitted', 'payment_processing')
               OR (b.status = 'confirmed' AND b.ends_at > $3)))
           + (SELECT count(*) FROM series s WHERE s.practice_id = $1 AND s.patient_id = $2
               AND s.status IN ('active', 'paused')) AS "open!""#,
        practice.0,
        id.0,
        now
    )
    .fetch_one(connection)
    .await?;
    Ok(open)
}

/// Patients of whom nothing was heard since then, in the order of their ids; locked, but for those somebody works on.
///
/// # Errors
/// When the database cannot answer.
pub async fn dormant(
    connection: &mut PgConnection,
    practice: PracticeId,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<PatientId>, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM patients
         WHERE practice_id = $1 AND archived_at IS NULL AND deleted_at IS NULL AND active_since <= $2
           AND (last_session_at IS NULL OR last_session_at <= $2) AND (next_session_at IS NULL OR next_session_at <= $2)
         ORDER BY id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED",
        practice.0,
        since,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(PatientId).collect())
}

/// Erases what tells of a person: name, contact, notes, guardians, tags, what they typed into bookings, and the text of
/// messages. Sessions and payments stay, with amounts, dates and methods (BR-PP-005).
///
/// # Errors
/// When the database cannot answer.
pub async fn erase(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: PatientId,
    name: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    super::clear_around(connection, practice, &[id.0]).await?;
    let bookings: Vec<Uuid> = sqlx::query_scalar!(
        "UPDATE bookings SET patient_name = NULL, patient_email = NULL, patient_phone = NULL, reason = NULL, closing_reason = NULL,
           visitor_zone = NULL, erased_at = coalesce(erased_at, $3), version = version + 1
         WHERE practice_id = $1 AND patient_id = $2 RETURNING id",
        practice.0,
        id.0,
        now
    )
    .fetch_all(&mut *connection)
    .await?;
    // What was never delivered will not be: there is nobody left to deliver it to.
    sqlx::query!(
        "DELETE FROM messages WHERE practice_id = $1 AND (booking_id = ANY($2) OR patient_id = $3) AND status <> 'sent'",
        practice.0,
        &bookings,
        id.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE messages SET recipient = '', recipient_name = '', subject = '', body_text = '', body_html = '', calendar = NULL
         WHERE practice_id = $1 AND (booking_id = ANY($2) OR patient_id = $3)",
        practice.0,
        &bookings,
        id.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE sessions SET cancel_reason = NULL, version = version + 1
         WHERE practice_id = $1 AND patient_id = $2 AND cancel_reason IS NOT NULL",
        practice.0,
        id.0
    )
    .execute(&mut *connection)
    .await?;
    crate::reschedule_requests::forget_words(connection, practice, id).await?;
    // Nobody is left whose wish it could be.
    sqlx::query!(
        "DELETE FROM opt_outs o USING patients p WHERE p.practice_id = $1 AND (p.id = $2 OR p.merged_into = $2)
           AND o.practice_id = $1 AND o.address IN (p.email, p.phone)",
        practice.0,
        id.0
    )
    .execute(&mut *connection)
    .await?;
    // Records that became this one hold the same person.
    sqlx::query!(
        "UPDATE patients SET name = $3, phone = NULL, email = NULL, date_of_birth = NULL, gender = '', occupation = '', city = '',
           address = '', referral_source = '', emergency_name = '', emergency_phone = NULL, preferences = '{}',
           trust_level = 'standard', erased_at = $4, deleted_at = $4, version = version + 1
         WHERE practice_id = $1 AND (id = $2 OR merged_into = $2)",
        practice.0,
        id.0,
        name,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}
