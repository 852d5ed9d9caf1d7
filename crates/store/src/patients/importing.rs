//! Files of patients between being uploaded and being imported.

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::{ImportId, MemberId, PracticeId};
use sqlx::PgConnection;

/// # Errors
/// When the database cannot answer.
pub async fn keep_import(
    connection: &mut PgConnection,
    practice: PracticeId,
    (id, member): (ImportId, MemberId),
    content: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO patient_imports (practice_id, id, content, created_by, created_at) VALUES ($1, $2, $3, $4, $5)",
        practice.0,
        id.0,
        content,
        member.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A file as it was uploaded, for whom uploaded it; locked, so that it is imported once.
///
/// # Errors
/// When the database cannot answer.
pub async fn import(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: ImportId,
    member: MemberId,
) -> Result<Option<String>, StoreError> {
    let content = sqlx::query_scalar!(
        "SELECT content FROM patient_imports WHERE practice_id = $1 AND id = $2 AND created_by = $3 FOR UPDATE",
        practice.0,
        id.0,
        member.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(content)
}

/// # Errors
/// When the database cannot answer.
pub async fn forget_import(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: ImportId,
) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM patient_imports WHERE practice_id = $1 AND id = $2", practice.0, id.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets files that were uploaded by then; answers how many.
///
/// # Errors
/// When the database cannot answer.
pub async fn forget_old_imports(
    connection: &mut PgConnection,
    practice: PracticeId,
    before: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let done =
        sqlx::query!("DELETE FROM patient_imports WHERE practice_id = $1 AND created_at <= $2", practice.0, before)
            .execute(connection)
            .await?;
    Ok(done.rows_affected())
}
