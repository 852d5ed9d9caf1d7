//! The audit log: who did what, chained by hashes.

use crate::cursor::{self, Cursor};
use crate::{Actor, Ctx, Result};
use contracts::audit::*;
use contracts::booking::Page;
use contracts::lists::{AuditSort, PageOf};
use contracts::*;
use domain::permissions::{Action, Resource};
use store::StoreError;
use store::audit::NewEntry;
use uuid::Uuid;

/// Entries sealed in one transaction.
const BATCH: i64 = 500;

/// Call it in the transaction of the deed. `details` holds codes and ids only.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn record(
    tx: &mut store::Tx,
    ctx: &Ctx,
    practice: PracticeId,
    action: &'static str,
    entity: Option<Uuid>,
    details: serde_json::Value,
) -> Result<()> {
    let (actor_kind, member) = match &ctx.actor {
        Actor::Member(member) => ("member", Some(member.member_id)),
        Actor::Patient { .. } => ("patient", None),
        Actor::Visitor => ("visitor", None),
        Actor::System => ("system", None),
    };
    let entry = NewEntry { id: ctx.new_id(), at: ctx.now, actor_kind, member, action, entity, details };
    Ok(store::audit::insert(tx, practice, &entry).await?)
}

/// The log, newest first, 25 to a page.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`, or a field error on a `cursor` that is none of ours.
pub async fn list(ctx: &Ctx, cursor: Option<String>) -> Result<Page<AuditEntry>> {
    page(ctx, PageOf::after(cursor)).await
}

/// The log in the order and size asked for.
///
/// # Errors
/// As [`list`].
pub async fn page(ctx: &Ctx, of: PageOf<AuditSort>) -> Result<Page<AuditEntry>> {
    let member = ctx.may(Action::Read, Resource::Audit)?;
    let after = Cursor::parse(of.cursor.as_deref(), of.sort)?.map(|cursor| cursor.id);
    let size = cursor::size(of.limit);
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let rows = store::audit::list(&mut tx, member.practice_id, of.sort, after, i64::from(size) + 1).await?;
    tx.commit().await.map_err(StoreError::from)?;
    let page = cursor::page(rows, size, of.sort, |(id, entry)| Cursor { at: entry.at, id: *id });
    Ok(Page { items: page.items.into_iter().map(|(_, entry)| entry).collect(), next: page.next })
}

/// Recomputes the practice's chain.
///
/// # Errors
/// `UNAUTHORIZED` or `FORBIDDEN`.
pub async fn verify(ctx: &Ctx) -> Result<AuditCheck> {
    let member = ctx.may(Action::Read, Resource::Audit)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let check = store::audit::check(&mut tx, member.practice_id).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(check)
}

/// Seals what was written since the last time, in all practices; returns how many entries. Several servers may do so at
/// once: each practice's chain has a lock.
///
/// # Errors
/// When the database cannot answer. What was sealed until then stays sealed.
pub async fn seal_all(ctx: &Ctx) -> Result<u32> {
    let mut tx = ctx.deps.db.anywhere().await?;
    let practices = store::lookup::practices_with_unsealed_audit(&mut tx).await?;
    tx.commit().await.map_err(StoreError::from)?;
    let mut sealed: u64 = 0;
    for practice in practices {
        sealed += seal_one(ctx, practice).await?;
    }
    Ok(u32::try_from(sealed).unwrap_or(u32::MAX))
}

/// One batch of one practice; the rest follows in the next round.
async fn seal_one(ctx: &Ctx, practice: PracticeId) -> Result<u64> {
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    store::audit::lock_chain(&mut tx, practice).await?;
    let sealed = store::audit::seal(&mut tx, practice, BATCH).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(sealed)
}
