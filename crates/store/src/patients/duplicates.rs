//! Who may be the same person (BR-PP-003).

use crate::StoreError;
use contracts::patients::{Duplicate, Likeness};
use contracts::{PatientId, PracticeId, TherapistId};
use sqlx::PgConnection;
use uuid::Uuid;

/// What is known about somebody; empty is not compared.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    pub name: &'a str,
    /// E.164.
    pub phone: &'a str,
    /// Lower case.
    pub email: &'a str,
    /// No duplicate of themselves.
    pub except: Option<PatientId>,
    /// Only patients of this therapist.
    pub therapist: Option<TherapistId>,
}

/// Patients with the same phone, the same address, or a similar name, in this order; at most `at_most`.
///
/// # Errors
/// When the database cannot answer.
pub async fn duplicates(
    connection: &mut PgConnection,
    practice: PracticeId,
    known: Known<'_>,
    at_most: i32,
) -> Result<Vec<Duplicate>, StoreError> {
    let similar: Vec<Uuid> = if known.name.is_empty() {
        vec![]
    } else {
        sqlx::query_scalar!(r#"SELECT id AS "id!" FROM lookup.patients_named_like($1, $2) AS id"#, known.name, at_most)
            .fetch_all(&mut *connection)
            .await?
    };
    let rows = sqlx::query!(
        r#"SELECT p.id, p.name, p.phone, p.email, p.archived_at IS NOT NULL AS "archived!",
             (p.phone IS NOT DISTINCT FROM nullif($2::text, '') AND p.phone IS NOT NULL) AS "same_phone!",
             (p.email IS NOT DISTINCT FROM nullif($3::text, '') AND p.email IS NOT NULL) AS "same_email!"
           FROM patients p
           WHERE p.practice_id = $1 AND p.deleted_at IS NULL AND ($5::uuid IS NULL OR p.id <> $5)
             AND p.id = ANY (ARRAY(SELECT id FROM patients WHERE practice_id = $1 AND phone = $2 AND deleted_at IS NULL)
               || ARRAY(SELECT id FROM patients WHERE practice_id = $1 AND email = $3 AND deleted_at IS NULL LIMIT 10)
               || $4::uuid[])
             AND ($6::uuid IS NULL OR EXISTS (SELECT FROM patient_therapists t
               WHERE t.practice_id = $1 AND t.patient_id = p.id AND t.therapist_id = $6))
           ORDER BY 6 DESC, 7 DESC, array_position($4::uuid[], p.id), p.id LIMIT $7"#,
        practice.0,
        known.phone,
        known.email,
        &similar,
        known.except.map(|id| id.0),
        known.therapist.map(|id| id.0),
        i64::from(at_most)
    )
    .fetch_all(connection)
    .await?;
    let duplicate = |row: (Uuid, String, Option<String>, Option<String>, bool), likeness| Duplicate {
        id: PatientId(row.0),
        name: row.1,
        phone: row.2,
        email: row.3,
        archived: row.4,
        likeness,
    };
    Ok(rows
        .into_iter()
        .map(|row| {
            let likeness = match (row.same_phone, row.same_email) {
                (true, _) => Likeness::Phone,
                (false, true) => Likeness::Email,
                (false, false) => Likeness::Name,
            };
            duplicate((row.id, row.name, row.phone, row.email, row.archived), likeness)
        })
        .collect())
}

/// Of these phones and addresses, those somebody has, with whom; for a whole file at once.
///
/// # Errors
/// When the database cannot answer.
pub async fn known_contacts(
    connection: &mut PgConnection,
    practice: PracticeId,
    phones: &[String],
    emails: &[String],
) -> Result<Vec<Duplicate>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id, name, phone, email, archived_at IS NOT NULL AS "archived!", phone = ANY($2) AS "by_phone: bool"
           FROM patients WHERE practice_id = $1 AND deleted_at IS NULL AND (phone = ANY($2) OR email = ANY($3))"#,
        practice.0,
        phones,
        emails
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Duplicate {
            id: PatientId(row.id),
            name: row.name,
            phone: row.phone,
            email: row.email,
            archived: row.archived,
            likeness: if row.by_phone == Some(true) { Likeness::Phone } else { Likeness::Email },
        })
        .collect())
}
