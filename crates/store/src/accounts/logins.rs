//! Login sessions and their rotating refresh tokens, stored as hashes.

use crate::StoreError;
use crate::practices::changed_one;
use chrono::{DateTime, Utc};
use contracts::{PracticeId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

/// A refresh token with the login session it belongs to.
#[derive(Debug, Clone)]
pub struct Refresh {
    pub login_session_id: Uuid,
    pub user_id: UserId,
    pub practice_id: PracticeId,
    pub expires_at: DateTime<Utc>,
    /// When it was exchanged for the next one.
    pub used_at: Option<DateTime<Utc>>,
    /// When the login session ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// # Errors
/// When the database cannot answer.
pub async fn insert(
    connection: &mut PgConnection,
    id: Uuid,
    user: UserId,
    practice: PracticeId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO login_sessions (id, user_id, practice_id, created_at) VALUES ($1, $2, $3, $4)",
        id,
        user.0,
        practice.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// # Errors
/// When the database cannot answer.
pub async fn insert_refresh(
    connection: &mut PgConnection,
    token_hash: &[u8],
    login_session: Uuid,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO refresh_tokens (token_hash, login_session_id, issued_at, expires_at) VALUES ($1, $2, $3, $4)",
        token_hash,
        login_session,
        now,
        expires_at
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The user and the practice a refresh token is for, whatever its state.
///
/// # Errors
/// When the database cannot answer.
pub async fn owner_of_refresh(
    connection: &mut PgConnection,
    token_hash: &[u8],
) -> Result<Option<(UserId, PracticeId)>, StoreError> {
    let row = sqlx::query!(
        "SELECT s.user_id, s.practice_id FROM refresh_tokens r JOIN login_sessions s ON s.id = r.login_session_id
         WHERE r.token_hash = $1",
        token_hash
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|r| (UserId(r.user_id), PracticeId(r.practice_id))))
}

/// A refresh token and its login session. Until the transaction ends nobody else can rotate a token of that session.
///
/// # Errors
/// When the database cannot answer.
pub async fn lock_refresh(connection: &mut PgConnection, token_hash: &[u8]) -> Result<Option<Refresh>, StoreError> {
    let locked = sqlx::query_scalar!(
        "SELECT id FROM login_sessions
         WHERE id = (SELECT login_session_id FROM refresh_tokens WHERE token_hash = $1) FOR UPDATE",
        token_hash
    )
    .fetch_optional(&mut *connection)
    .await?;
    if locked.is_none() {
        return Ok(None);
    }
    // Read only after the lock is held, so that what another tab just did is seen.
    let row = sqlx::query!(
        "SELECT s.id, s.user_id, s.practice_id, s.ended_at, r.expires_at, r.used_at
         FROM refresh_tokens r JOIN login_sessions s ON s.id = r.login_session_id WHERE r.token_hash = $1",
        token_hash
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|r| Refresh {
        login_session_id: r.id,
        user_id: UserId(r.user_id),
        practice_id: PracticeId(r.practice_id),
        expires_at: r.expires_at,
        used_at: r.used_at,
        ended_at: r.ended_at,
    }))
}

/// Notes that a token was exchanged; the first time counts.
///
/// # Errors
/// When the database cannot answer.
pub async fn use_refresh(
    connection: &mut PgConnection,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!("UPDATE refresh_tokens SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL", token_hash, now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Moves a login session that has not ended to another practice of its user; its present refresh tokens are used up.
///
/// # Errors
/// `NothingChanged` when it has ended.
pub async fn switch(
    connection: &mut PgConnection,
    id: Uuid,
    user: UserId,
    practice: PracticeId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE login_sessions SET practice_id = $3 WHERE id = $1 AND user_id = $2 AND ended_at IS NULL",
        id,
        user.0,
        practice.0
    )
    .execute(&mut *connection)
    .await?;
    changed_one(done.rows_affected())?;
    sqlx::query!("UPDATE refresh_tokens SET used_at = $2 WHERE login_session_id = $1 AND used_at IS NULL", id, now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Ends a login session; the first reason stays. False when it had ended before.
///
/// # Errors
/// When the database cannot answer.
pub async fn end(
    connection: &mut PgConnection,
    id: Uuid,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE login_sessions SET ended_at = $3, end_reason = $2 WHERE id = $1 AND ended_at IS NULL",
        id,
        reason,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends all login sessions of a user, or only those in one practice; returns how many there were.
///
/// # Errors
/// When the database cannot answer.
pub async fn end_all(
    connection: &mut PgConnection,
    user: UserId,
    only: Option<PracticeId>,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let done = sqlx::query!(
        "UPDATE login_sessions SET ended_at = $4, end_reason = $3
         WHERE user_id = $1 AND ($2::uuid IS NULL OR practice_id = $2) AND ended_at IS NULL",
        user.0,
        only.map(|p| p.0),
        reason,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// The practice of the user's newest login session.
///
/// # Errors
/// When the database cannot answer.
pub async fn last_practice(connection: &mut PgConnection, user: UserId) -> Result<Option<PracticeId>, StoreError> {
    let practice = sqlx::query_scalar!(
        "SELECT practice_id FROM login_sessions WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1",
        user.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(practice.map(PracticeId))
}

/// Forgets refresh tokens that expired, and login sessions that have none left; returns how many rows went.
///
/// # Errors
/// When the database cannot answer.
pub async fn forget_expired(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let tokens =
        sqlx::query!("DELETE FROM refresh_tokens WHERE expires_at <= $1", now).execute(&mut *connection).await?;
    let sessions = sqlx::query!(
        "DELETE FROM login_sessions s
         WHERE NOT EXISTS (SELECT FROM refresh_tokens r WHERE r.login_session_id = s.id)"
    )
    .execute(connection)
    .await?;
    Ok(tokens.rows_affected() + sessions.rows_affected())
}
