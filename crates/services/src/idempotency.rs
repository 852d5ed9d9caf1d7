//! The same Idempotency-Key answers the same for a day.

use crate::{Ctx, Result, ServiceError};
use chrono::Duration;
use contracts::{ErrorCode, FieldProblem};
use sha2::{Digest, Sha256};
use store::StoreError;

/// Characters of a key.
const KEY_MAX: usize = 200;

pub enum Begun {
    /// First time: do it, then call `finish`.
    New,
    /// Seen before: answer this.
    Replay { status: u16, body: Vec<u8> },
}

/// Takes the key for this request. `scope` tells apart whose key it is and for what, e.g. the actor's id and the route.
/// A first attempt that has been running for over a minute counts as abandoned; answers are kept for a day.
///
/// # Errors
/// IDEMPOTENCY_MISMATCH when the key was used for another request; CONFLICT while the first is still running; a field
/// error on `idempotency_key` when it is empty or longer than 200 characters.
pub async fn begin(ctx: &Ctx, scope: &str, key: &str, request: &[u8]) -> Result<Begun> {
    check_key(key)?;
    let hash = Sha256::digest(request);
    let (abandoned, stale) = (ctx.now - Duration::minutes(1), ctx.now - Duration::days(1));
    let mut tx = ctx.deps.db.anywhere().await?;
    let taken = store::idempotency::take(&mut tx, scope, key, &hash, ctx.now, abandoned, stale).await?;
    let seen = if taken { None } else { store::idempotency::find(&mut tx, scope, key).await? };
    tx.commit().await.map_err(StoreError::from)?;
    if taken {
        return Ok(Begun::New);
    }
    // Freed between the two statements: the first attempt has just failed, and trying again will work.
    let seen = seen.ok_or_else(|| ServiceError::code(ErrorCode::Conflict))?;
    if seen.request_hash[..] != hash[..] {
        return Err(ServiceError::code(ErrorCode::IdempotencyMismatch));
    }
    let (status, body) = seen.answer.ok_or_else(|| ServiceError::code(ErrorCode::Conflict))?;
    let status = u16::try_from(status).map_err(|_| StoreError::Unreadable("idempotency_keys.status"))?;
    Ok(Begun::Replay { status, body })
}

/// Keeps the answer of a request that `begin` called new.
///
/// # Errors
/// When the database cannot answer.
pub async fn finish(ctx: &Ctx, scope: &str, key: &str, status: u16, body: &[u8]) -> Result<()> {
    let mut tx = ctx.deps.db.anywhere().await?;
    store::idempotency::answer(&mut tx, scope, key, i32::from(status), body).await?;
    Ok(tx.commit().await.map_err(StoreError::from)?)
}

/// The first attempt failed without effect: the key is free again.
///
/// # Errors
/// When the database cannot answer.
pub async fn abandon(ctx: &Ctx, scope: &str, key: &str) -> Result<()> {
    let mut tx = ctx.deps.db.anywhere().await?;
    store::idempotency::free(&mut tx, scope, key).await?;
    Ok(tx.commit().await.map_err(StoreError::from)?)
}

/// Forgets keys older than a day; returns how many.
///
/// # Errors
/// When the database cannot answer.
pub async fn forget_old(ctx: &Ctx) -> Result<u64> {
    let mut tx = ctx.deps.db.anywhere().await?;
    let forgotten = store::idempotency::delete_older(&mut tx, ctx.now - Duration::days(1)).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(forgotten)
}

fn check_key(key: &str) -> Result<()> {
    match key.chars().count() {
        0 => Err(ServiceError::field("idempotency_key", FieldProblem::Required)),
        n if n > KEY_MAX => Err(ServiceError::field("idempotency_key", FieldProblem::TooLong)),
        // PostgreSQL keeps no NUL in a text.
        _ if key.contains('\0') => Err(ServiceError::field("idempotency_key", FieldProblem::InvalidChoice)),
        _ => Ok(()),
    }
}
