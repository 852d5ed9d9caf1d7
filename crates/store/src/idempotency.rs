//! Answers to writes that carried an Idempotency-Key.

use crate::StoreError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// What is known of a key that was used before.
#[derive(Debug, Clone)]
pub struct Seen {
    pub request_hash: Vec<u8>,
    /// Status and body of the answer; `None` while the first attempt runs.
    pub answer: Option<(i32, Vec<u8>)>,
}

/// Takes the key. `false` when somebody has it; a row begun before `stale`, or unanswered since before `abandoned`, has
/// nobody any more.
///
/// # Errors
/// When the database cannot answer.
pub async fn take(
    conn: &mut PgConnection,
    scope: &str,
    key: &str,
    request_hash: &[u8],
    now: DateTime<Utc>,
    abandoned: DateTime<Utc>,
    stale: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "INSERT INTO idempotency_keys AS k (scope, key, request_hash, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (scope, key) DO UPDATE
         SET request_hash = excluded.request_hash, created_at = excluded.created_at, status = NULL, body = NULL
         WHERE k.created_at <= $6 OR (k.status IS NULL AND k.created_at <= $5)",
        scope,
        key,
        request_hash,
        now,
        abandoned,
        stale
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// # Errors
/// When the database cannot answer.
pub async fn find(conn: &mut PgConnection, scope: &str, key: &str) -> Result<Option<Seen>, StoreError> {
    let row = sqlx::query!(
        "SELECT request_hash, status, body FROM idempotency_keys WHERE scope = $1 AND key = $2",
        scope,
        key
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Seen {
        request_hash: row.request_hash,
        answer: row.status.map(|status| (status, row.body.unwrap_or_default())),
    }))
}

/// Keeps the answer. It is no error when the key is gone.
///
/// # Errors
/// When the database cannot answer.
pub async fn answer(
    conn: &mut PgConnection,
    scope: &str,
    key: &str,
    status: i32,
    body: &[u8],
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE idempotency_keys SET status = $3, body = $4 WHERE scope = $1 AND key = $2 AND status IS NULL",
        scope,
        key,
        status,
        body
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Frees a key that has no answer.
///
/// # Errors
/// When the database cannot answer.
pub async fn free(conn: &mut PgConnection, scope: &str, key: &str) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM idempotency_keys WHERE scope = $1 AND key = $2 AND status IS NULL", scope, key)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets keys begun before this; returns how many.
///
/// # Errors
/// When the database cannot answer.
pub async fn delete_older(conn: &mut PgConnection, than: DateTime<Utc>) -> Result<u64, StoreError> {
    let done = sqlx::query!("DELETE FROM idempotency_keys WHERE created_at <= $1", than).execute(conn).await?;
    Ok(done.rows_affected())
}
