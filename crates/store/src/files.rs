//! What is known about stored files; the bytes themselves are outside the database.

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::{FileId, PracticeId, TherapistId};
use sqlx::PgConnection;

/// A file as it is first written.
#[derive(Debug, Clone, Copy)]
pub struct NewFile<'a> {
    pub id: FileId,
    /// `photo` or `payment_proof`.
    pub purpose: &'a str,
    pub content_type: &'a str,
    /// Bytes.
    pub size: i64,
    pub sha256: &'a [u8],
}

pub async fn insert(
    conn: &mut PgConnection,
    practice: PracticeId,
    file: NewFile<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO files (practice_id, id, purpose, content_type, size, sha256, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        practice.0,
        file.id.0,
        file.purpose,
        file.content_type,
        file.size,
        file.sha256,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets a file that nothing refers to any more.
pub async fn delete(conn: &mut PgConnection, practice: PracticeId, id: FileId) -> Result<(), StoreError> {
    let done =
        sqlx::query!("DELETE FROM files WHERE practice_id = $1 AND id = $2", practice.0, id.0).execute(conn).await?;
    crate::practices::changed_one(done.rows_affected())
}

/// A therapist's photo: the file and its content type.
pub async fn photo_of(
    conn: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
) -> Result<Option<(FileId, String)>, StoreError> {
    let row = sqlx::query!(
        "SELECT f.id, f.content_type FROM therapists t
         JOIN files f ON f.practice_id = t.practice_id AND f.id = t.photo_file_id
         WHERE t.practice_id = $1 AND t.id = $2",
        practice.0,
        therapist.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (FileId(row.id), row.content_type)))
}

/// A receipt's content type, and whose booking it pays.
pub async fn receipt(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: FileId,
) -> Result<Option<(String, TherapistId)>, StoreError> {
    let row = sqlx::query!(
        "SELECT f.content_type, b.therapist_id FROM files f
         JOIN payment_proofs p ON p.practice_id = f.practice_id AND p.file_id = f.id
         JOIN bookings b ON b.practice_id = p.practice_id AND b.id = p.booking_id
         WHERE f.practice_id = $1 AND f.id = $2 AND f.purpose = 'payment_proof' LIMIT 1",
        practice.0,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.content_type, TherapistId(row.therapist_id))))
}
