//! Patients of a practice, recognised by phone first and e-mail second (004 BR-BK-005).

mod closing;
mod duplicates;
mod history;
mod importing;
mod list;
mod merging;
mod notes;
mod record;

pub use closing::*;
pub use duplicates::*;
pub use history::*;
pub use importing::*;
pub use list::*;
pub use merging::*;
pub use notes::*;
pub use record::*;

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::{Lang, Money, PatientId, PracticeId};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// A patient as a booking's form describes them, already cleaned.
#[derive(Debug, Clone, Copy)]
pub struct NewPatient<'a> {
    pub id: PatientId,
    pub name: &'a str,
    /// E.164.
    pub phone: &'a str,
    /// Lower case.
    pub email: &'a str,
    pub lang: Lang,
}

/// The patient with this phone, else with this e-mail address, else a new one. The row is locked against being erased
/// until the transaction ends.
///
/// # Errors
/// When the database cannot answer.
pub async fn find_or_create(
    connection: &mut PgConnection,
    practice: PracticeId,
    new: &NewPatient<'_>,
    now: DateTime<Utc>,
) -> Result<PatientId, StoreError> {
    // Somebody else may make the same patient at the same moment: a second look finds theirs.
    for _ in 0..2 {
        let id = sqlx::query_scalar!(
            r#"WITH found AS (
                 SELECT id FROM patients WHERE practice_id = $1 AND (phone = $4 OR email = $5) AND deleted_at IS NULL
                 ORDER BY phone IS DISTINCT FROM $4, created_at, id LIMIT 1 FOR KEY SHARE),
               made AS (
                 INSERT INTO patients (practice_id, id, name, phone, email, language, created_at, active_since)
                 SELECT $1, $2, $3, $4, $5, $6, $7, $7 WHERE NOT EXISTS (SELECT FROM found)
                 ON CONFLICT DO NOTHING RETURNING id)
               SELECT id AS "id!" FROM found UNION ALL SELECT id FROM made"#,
            practice.0,
            new.id.0,
            new.name,
            new.phone,
            new.email,
            new.lang.code(),
            now
        )
        .fetch_optional(&mut *connection)
        .await?;
        if let Some(id) = id {
            return Ok(PatientId(id));
        }
    }
    Err(StoreError::NothingChanged)
}

/// Deletes those of these patients to whom nothing leads any more: they existed for requests that are erased. Whom a
/// member entered or edited stays.
///
/// # Errors
/// When the database cannot answer.
pub async fn delete_orphans(
    connection: &mut PgConnection,
    practice: PracticeId,
    patients: &[PatientId],
) -> Result<u64, StoreError> {
    let ids: Vec<Uuid> = patients.iter().map(|p| p.0).collect();
    // Locked first: a request that finds one of them right now either is seen by the next statement or waits for it.
    sqlx::query!(
        "SELECT id FROM patients WHERE practice_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE",
        practice.0,
        &ids
    )
    .fetch_all(&mut *connection)
    .await?;
    let orphans = sqlx::query_scalar!(
        "SELECT id FROM patients p WHERE p.practice_id = $1 AND p.id = ANY($2) AND NOT p.by_staff
           AND NOT EXISTS (SELECT 1 FROM bookings b WHERE b.practice_id = $1 AND b.patient_id = p.id)
           AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.practice_id = $1 AND s.patient_id = p.id)
           AND NOT EXISTS (SELECT 1 FROM series s WHERE s.practice_id = $1 AND s.patient_id = p.id)
           AND NOT EXISTS (SELECT 1 FROM patients m WHERE m.practice_id = $1 AND m.merged_into = p.id)",
        practice.0,
        &ids
    )
    .fetch_all(&mut *connection)
    .await?;
    clear_around(connection, practice, &orphans).await?;
    let done = sqlx::query!("DELETE FROM patients WHERE practice_id = $1 AND id = ANY($2)", practice.0, &orphans)
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

/// What hangs on patients and on nothing else: guardians, notes, tags, who sees them.
async fn clear_around(
    connection: &mut PgConnection,
    practice: PracticeId,
    patients: &[Uuid],
) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM guardians WHERE practice_id = $1 AND patient_id = ANY($2)", practice.0, patients)
        .execute(&mut *connection)
        .await?;
    sqlx::query!("DELETE FROM notes WHERE practice_id = $1 AND patient_id = ANY($2)", practice.0, patients)
        .execute(&mut *connection)
        .await?;
    sqlx::query!("DELETE FROM patient_tags WHERE practice_id = $1 AND patient_id = ANY($2)", practice.0, patients)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "DELETE FROM patient_therapists WHERE practice_id = $1 AND patient_id = ANY($2)",
        practice.0,
        patients
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn unreadable(column: &'static str) -> StoreError {
    StoreError::Unreadable(column)
}

/// What the triggers keep of a patient's sessions, and when the next one begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub attended: i32,
    pub cancelled: i32,
    pub no_show: i32,
    pub attendance_percent: Option<i32>,
    pub first_session_at: Option<DateTime<Utc>>,
    pub last_session_at: Option<DateTime<Utc>>,
    pub next_session_at: Option<DateTime<Utc>>,
    pub revenue_minor: i64,
    pub owed_minor: i64,
}

/// How to reach a patient, in which language, and what they pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub name: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub lang: Lang,
    /// Theirs instead of the service's.
    pub price: Option<Money>,
}

/// The contact of a patient who is not deleted.
///
/// # Errors
/// When the database cannot answer.
pub async fn contact(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: PatientId,
) -> Result<Option<Contact>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT name, phone, email, language, preferences->'custom_price' AS "price?: Json<Money>"
           FROM patients WHERE practice_id = $1 AND id = $2 AND deleted_at IS NULL FOR KEY SHARE"#,
        practice.0,
        id.0
    )
    .fetch_optional(connection)
    .await?;
    let contact = row.map(|row| {
        let lang = Lang::from_code(&row.language).ok_or(StoreError::Unreadable("patients.language"))?;
        let price = row.price.map(|price| price.0);
        Ok(Contact { name: row.name, phone: row.phone, email: row.email, lang, price })
    });
    contact.transpose()
}

/// The patients with this e-mail address.
///
/// # Errors
/// When the database cannot answer.
pub async fn with_email(
    connection: &mut PgConnection,
    practice: PracticeId,
    email: &str,
) -> Result<Vec<PatientId>, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM patients WHERE practice_id = $1 AND email = $2 AND deleted_at IS NULL ORDER BY id",
        practice.0,
        email
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(PatientId).collect())
}
