//! Counters of attempts. A key is a hash, so that neither addresses nor accounts can be read here.

use crate::StoreError;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

/// What a counter shows after an attempt was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Attempts since the window began, this one included.
    pub attempts: i32,
    pub window_start: DateTime<Utc>,
}

/// Counts an attempt. A window that is over begins anew. Attempts at the same time are counted one after the other,
/// so nobody can get around a limit by trying in parallel.
///
/// # Errors
/// When the database cannot answer.
pub async fn count(
    connection: &mut PgConnection,
    key: &[u8],
    window: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Count, StoreError> {
    let row = sqlx::query!(
        "INSERT INTO throttles AS t (key, failures, window_start) VALUES ($1, 1, $2)
         ON CONFLICT (key) DO UPDATE
         SET failures = CASE WHEN t.window_start <= $3 THEN 1 ELSE least(t.failures, 1000000) + 1 END,
             window_start = CASE WHEN t.window_start <= $3 THEN $2 ELSE t.window_start END
         RETURNING failures, window_start",
        key,
        now,
        now - window
    )
    .fetch_one(connection)
    .await?;
    Ok(Count { attempts: row.failures, window_start: row.window_start })
}

/// Forgets the attempts of a key.
///
/// # Errors
/// When the database cannot answer.
pub async fn clear(connection: &mut PgConnection, key: &[u8]) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM throttles WHERE key = $1", key).execute(connection).await?;
    Ok(())
}

/// Takes one attempt back: it turned out to be none.
///
/// # Errors
/// When the database cannot answer.
pub async fn take_back(connection: &mut PgConnection, key: &[u8]) -> Result<(), StoreError> {
    sqlx::query!("UPDATE throttles SET failures = greatest(failures - 1, 0) WHERE key = $1", key)
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets windows that began at `before` or earlier; returns how many rows went.
///
/// # Errors
/// When the database cannot answer.
pub async fn forget(connection: &mut PgConnection, before: DateTime<Utc>) -> Result<u64, StoreError> {
    let done = sqlx::query!("DELETE FROM throttles WHERE window_start <= $1", before).execute(connection).await?;
    Ok(done.rows_affected())
}
