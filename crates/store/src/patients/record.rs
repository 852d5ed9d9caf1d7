//! One patient's record, and what hangs on it: guardians, tags, the therapists who see them.

use super::{Counts, unreadable};
use crate::StoreError;
use chrono::{DateTime, NaiveDate, Utc};
use contracts::patients::{AssignedTherapist, Guardian, Preferences, SavePatient, Tag, TrustLevel};
use contracts::{GuardianId, Lang, PatientId, PracticeId, TagId, TherapistId};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::HashMap;
use uuid::Uuid;

/// A patient's row.
#[derive(Debug, Clone)]
pub struct Record {
    pub id: PatientId,
    pub version: i32,
    pub name: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub language: Lang,
    pub date_of_birth: Option<NaiveDate>,
    pub gender: String,
    pub occupation: String,
    pub city: String,
    pub address: String,
    pub referral_source: String,
    pub emergency_name: String,
    pub emergency_phone: Option<String>,
    pub preferences: Preferences,
    pub trust_level: TrustLevel,
    pub counts: Counts,
    pub archived_at: Option<DateTime<Utc>>,
    pub deleted_at: Option<DateTime<Utc>>,
    pub erased_at: Option<DateTime<Utc>>,
    pub merged_into: Option<PatientId>,
    pub created_at: DateTime<Utc>,
}

/// A patient, deleted or not. What is to come is counted from `now`.
///
/// # Errors
/// When the database cannot answer.
pub async fn get(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: PatientId,
    now: DateTime<Utc>,
) -> Result<Option<Record>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT p.id, p.version, p.name, p.phone, p.email, p.language, p.date_of_birth, p.gender, p.occupation, p.city,
             p.address, p.referral_source, p.emergency_name, p.emergency_phone,
             p.preferences AS "preferences: Json<Preferences>", p.trust_level, p.archived_at, p.deleted_at, p.erased_at,
             p.merged_into, p.created_at, p.attended, p.cancelled, p.no_show, p.attendance_percent, p.first_session_at,
             p.last_session_at, p.revenue_minor, p.owed_minor,
             (SELECT min(x.starts_at) FROM sessions x WHERE x.practice_id = $1 AND x.patient_id = p.id
                AND x.status = 'scheduled' AND x.starts_at > $3) AS next_session_at
           FROM patients p WHERE p.practice_id = $1 AND p.id = $2"#,
        practice.0,
        id.0,
        now
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Record {
        id: PatientId(row.id),
        version: row.version,
        name: row.name,
        phone: row.phone,
        email: row.email,
        language: Lang::from_code(&row.language).ok_or(unreadable("patients.language"))?,
        date_of_birth: row.date_of_birth,
        gender: row.gender,
        occupation: row.occupation,
        city: row.city,
        address: row.address,
        referral_source: row.referral_source,
        emergency_name: row.emergency_name,
        emergency_phone: row.emergency_phone,
        preferences: row.preferences.0,
        trust_level: TrustLevel::parse(&row.trust_level).ok_or(unreadable("patients.trust_level"))?,
        counts: Counts {
            attended: row.attended,
            cancelled: row.cancelled,
            no_show: row.no_show,
            attendance_percent: row.attendance_percent,
            first_session_at: row.first_session_at,
            last_session_at: row.last_session_at,
            next_session_at: row.next_session_at,
            revenue_minor: row.revenue_minor,
            owed_minor: row.owed_minor,
        },
        archived_at: row.archived_at,
        deleted_at: row.deleted_at,
        erased_at: row.erased_at,
        merged_into: row.merged_into.map(PatientId),
        created_at: row.created_at,
    }))
}

/// The same, and nobody else changes it before the transaction ends.
///
/// # Errors
/// When the database cannot answer.
pub async fn lock(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: PatientId,
    now: DateTime<Utc>,
) -> Result<Option<Record>, StoreError> {
    // In a statement of its own: what is read must be what is there after the wait.
    sqlx::query!("SELECT id FROM patients WHERE practice_id = $1 AND id = $2 FOR NO KEY UPDATE", practice.0, id.0)
        .fetch_optional(&mut *connection)
        .await?;
    get(connection, practice, id, now).await
}

/// Locks the bookings of these patients. Who changes both takes the bookings first, as whoever acts on a booking does:
/// the statistics of a session's patient are locked last.
///
/// # Errors
/// When the database cannot answer.
pub async fn lock_bookings(
    connection: &mut PgConnection,
    practice: PracticeId,
    ids: &[PatientId],
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    sqlx::query!(
        "SELECT id FROM bookings WHERE practice_id = $1 AND patient_id = ANY($2) ORDER BY id FOR UPDATE",
        practice.0,
        &ids
    )
    .fetch_all(connection)
    .await?;
    Ok(())
}

fn or_none(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// Writes a patient a member entered; guardians and tags are written by themselves.
///
/// # Errors
/// The constraint `patients_phone` when somebody else has that phone.
pub async fn insert(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: PatientId,
    new: &SavePatient,
    language: Lang,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO patients (practice_id, id, name, phone, email, language, date_of_birth, gender, occupation, city, address,
           referral_source, emergency_name, emergency_phone, trust_level, created_at, active_since, by_staff)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16, true)",
        practice.0,
        id.0,
        new.name,
        or_none(&new.phone),
        or_none(&new.email),
        language.code(),
        new.date_of_birth,
        new.gender,
        new.occupation,
        new.city,
        new.address,
        new.referral_source,
        new.emergency_name,
        or_none(&new.emergency_phone),
        new.trust_level.as_str(),
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Changes a patient.
///
/// # Errors
/// The constraint `patients_phone` when somebody else has that phone; `NothingChanged` when there is no such patient.
pub async fn update(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: PatientId,
    new: &SavePatient,
    language: Lang,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE patients SET name = $3, phone = $4, email = $5, language = $6, date_of_birth = $7, gender = $8, occupation = $9,
           city = $10, address = $11, referral_source = $12, emergency_name = $13, emergency_phone = $14, trust_level = $15,
           by_staff = true, version = version + 1
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        new.name,
        or_none(&new.phone),
        or_none(&new.email),
        language.code(),
        new.date_of_birth,
        new.gender,
        new.occupation,
        new.city,
        new.address,
        new.referral_source,
        new.emergency_name,
        or_none(&new.emergency_phone),
        new.trust_level.as_str()
    )
    .execute(connection)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// Something that belongs to the record changed: open pages hear it, and it stays.
///
/// # Errors
/// `NothingChanged` when there is no such patient.
pub async fn touch(connection: &mut PgConnection, practice: PracticeId, id: PatientId) -> Result<(), StoreError> {
    let done =
        sqlx::query!("UPDATE patients SET version = version + 1 WHERE practice_id = $1 AND id = $2", practice.0, id.0)
            .execute(connection)
            .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// # Errors
/// `NothingChanged` when there is no such patient.
pub async fn set_preferences(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: PatientId,
    preferences: &Preferences,
    language: Lang,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE patients SET preferences = $3, language = $4, by_staff = true, version = version + 1
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        Json(preferences) as _,
        language.code()
    )
    .execute(connection)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// The name and contact of a patient's open bookings follow the record; answers how many there are.
///
/// # Errors
/// When the database cannot answer.
pub async fn follow_contact(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: PatientId,
) -> Result<u64, StoreError> {
    let done = sqlx::query!(
        "UPDATE bookings b SET patient_name = p.name, patient_email = p.email, patient_phone = p.phone, version = b.version + 1
         FROM patients p
         WHERE p.practice_id = $1 AND p.id = $2 AND b.practice_id = $1 AND b.patient_id = $2 AND b.erased_at IS NULL
           AND b.status IN ('pending_approval', 'awaiting_payment', 'payment_submitted', 'payment_processing', 'confirmed')
           AND (b.patient_name, b.patient_email, b.patient_phone) IS DISTINCT FROM (p.name, p.email, p.phone)",
        practice.0,
        id.0
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Guardians in their order.
///
/// # Errors
/// When the database cannot answer.
pub async fn guardians(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: PatientId,
) -> Result<Vec<Guardian>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, name, relationship, phone, email FROM guardians WHERE practice_id = $1 AND patient_id = $2 ORDER BY position, id",
        practice.0,
        id.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Guardian {
            id: GuardianId(row.id),
            name: row.name,
            relationship: row.relationship,
            phone: row.phone,
            email: row.email,
        })
        .collect())
}

/// Puts these guardians in place of those there were.
///
/// # Errors
/// When the database cannot answer.
pub async fn set_guardians(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: PatientId,
    guardians: &[Guardian],
) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM guardians WHERE practice_id = $1 AND patient_id = $2", practice.0, id.0)
        .execute(&mut *connection)
        .await?;
    for (position, guardian) in (0_i32..).zip(guardians) {
        sqlx::query!(
            "INSERT INTO guardians (practice_id, id, patient_id, name, relationship, phone, email, position)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            practice.0,
            guardian.id.0,
            id.0,
            guardian.name,
            guardian.relationship,
            guardian.phone,
            guardian.email,
            position
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// The tags of these patients by name.
///
/// # Errors
/// When the database cannot answer.
pub async fn tags_of(
    connection: &mut PgConnection,
    practice: PracticeId,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Tag>>, StoreError> {
    let rows = sqlx::query!(
        "SELECT p.patient_id, t.id, t.name FROM patient_tags p JOIN tags t ON t.practice_id = $1 AND t.id = p.tag_id
         WHERE p.practice_id = $1 AND p.patient_id = ANY($2) ORDER BY t.name_key",
        practice.0,
        ids
    )
    .fetch_all(connection)
    .await?;
    let mut found: HashMap<Uuid, Vec<Tag>> = HashMap::new();
    for row in rows {
        found.entry(row.patient_id).or_default().push(Tag { id: TagId(row.id), name: row.name });
    }
    Ok(found)
}

/// Every tag somebody has, by name.
///
/// # Errors
/// When the database cannot answer.
pub async fn tags(connection: &mut PgConnection, practice: PracticeId) -> Result<Vec<Tag>, StoreError> {
    let rows = sqlx::query!(
        "SELECT t.id, t.name FROM tags t WHERE t.practice_id = $1
           AND EXISTS (SELECT FROM patient_tags p WHERE p.practice_id = $1 AND p.tag_id = t.id) ORDER BY t.name_key",
        practice.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| Tag { id: TagId(row.id), name: row.name }).collect())
}

/// Puts these tags in place of those the patient had. `new` are ids for tags the practice has not used before.
///
/// # Errors
/// When the database cannot answer.
pub async fn set_tags(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: PatientId,
    names: &[String],
    new: &[Uuid],
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO tags (practice_id, id, name) SELECT $1, id, name FROM unnest($2::uuid[], $3::text[]) AS t (id, name)
         ORDER BY name ON CONFLICT (practice_id, name_key) DO NOTHING",
        practice.0,
        new,
        names
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("DELETE FROM patient_tags WHERE practice_id = $1 AND patient_id = $2", practice.0, id.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "INSERT INTO patient_tags (practice_id, patient_id, tag_id)
         SELECT $1, $2, t.id FROM tags t WHERE t.practice_id = $1 AND t.name_key IN (SELECT fold(name) FROM unnest($3::text[]) AS name)",
        practice.0,
        id.0,
        names
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The therapists who see these patients, by name.
///
/// # Errors
/// When the database cannot answer.
pub async fn therapists_of(
    connection: &mut PgConnection,
    practice: PracticeId,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<AssignedTherapist>>, StoreError> {
    let rows = sqlx::query!(
        "SELECT p.patient_id, t.id, t.name FROM patient_therapists p
         JOIN therapists t ON t.practice_id = $1 AND t.id = p.therapist_id
         WHERE p.practice_id = $1 AND p.patient_id = ANY($2) ORDER BY t.name, t.id",
        practice.0,
        ids
    )
    .fetch_all(connection)
    .await?;
    let mut found: HashMap<Uuid, Vec<AssignedTherapist>> = HashMap::new();
    for row in rows {
        let therapist = AssignedTherapist { id: TherapistId(row.id), name: row.name };
        found.entry(row.patient_id).or_default().push(therapist);
    }
    Ok(found)
}

/// Does this therapist see this patient?
///
/// # Errors
/// When the database cannot answer.
pub async fn is_assigned(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: PatientId,
    therapist: TherapistId,
) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM patient_therapists
             WHERE practice_id = $1 AND patient_id = $2 AND therapist_id = $3) AS "is!""#,
        practice.0,
        id.0,
        therapist.0
    )
    .fetch_one(connection)
    .await?;
    Ok(found)
}

/// Lets a therapist see a patient; `false` when they did already.
///
/// # Errors
/// When the database cannot answer, or there is no such therapist.
pub async fn assign(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: PatientId,
    therapist: TherapistId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "INSERT INTO patient_therapists (practice_id, patient_id, therapist_id, assigned_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        practice.0,
        id.0,
        therapist.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The therapist no longer sees the patient; `false` when they did not.
///
/// # Errors
/// When the database cannot answer.
pub async fn unassign(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: PatientId,
    therapist: TherapistId,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "DELETE FROM patient_therapists WHERE practice_id = $1 AND patient_id = $2 AND therapist_id = $3",
        practice.0,
        id.0,
        therapist.0
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
