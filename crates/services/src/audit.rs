//! The audit log: who did what, chained by hashes.

use crate::cursor::{self, Cursor};
use crate::{Actor, Ctx, Result};
use chrono::Duration;
use contracts::audit::*;
use contracts::booking::Page;
use contracts::lists::{AuditSort, PageOf};
use contracts::*;
use domain::permissions::{Action, Resource};
use store::StoreError;
use store::audit::{NewEntry, Seal};
use uuid::Uuid;

/// Entries sealed in one transaction.
const BATCH: i64 = 500;
/// A look at the log recomputes its chain from the beginning when that was not done for so long.
const WHOLE_EVERY_HOURS: i64 = 24;

/// A deed: what was done, to which record; `details` holds codes and ids only.
pub(crate) type Deed = (&'static str, Option<Uuid>, serde_json::Value);

fn entry(ctx: &Ctx, (action, entity, details): Deed) -> NewEntry<'static> {
    let (actor_kind, member) = match &ctx.actor {
        Actor::Member(member) => ("member", Some(member.member_id)),
        Actor::Patient { .. } => ("patient", None),
        Actor::Visitor => ("visitor", None),
        Actor::System => ("system", None),
    };
    NewEntry { id: ctx.new_id(), at: ctx.now, actor_kind, member, action, entity, details }
}

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
    Ok(store::audit::insert(tx, practice, &entry(ctx, (action, entity, details))).await?)
}

/// The same for many deeds at once.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn record_all(tx: &mut store::Tx, ctx: &Ctx, practice: PracticeId, deeds: Vec<Deed>) -> Result<()> {
    if deeds.is_empty() {
        return Ok(());
    }
    let entries: Vec<NewEntry<'_>> = deeds.into_iter().map(|deed| entry(ctx, deed)).collect();
    Ok(store::audit::insert_all(tx, practice, &entries).await?)
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

/// Recomputes the practice's chain from its first entry, and holds it against the seal that was noted last.
///
/// # Errors
/// `UNAUTHORIZED` or `FORBIDDEN`.
pub async fn verify(ctx: &Ctx) -> Result<AuditCheck> {
    checked(ctx, false).await
}

/// The same for a look at the log: what was found whole within a day is not recomputed, only what was sealed since. A
/// change behind that seal therefore shows a day later at most, or when somebody asks for [`verify`].
///
/// # Errors
/// `UNAUTHORIZED` or `FORBIDDEN`.
pub async fn verify_new(ctx: &Ctx) -> Result<AuditCheck> {
    checked(ctx, true).await
}

async fn checked(ctx: &Ctx, only_new: bool) -> Result<AuditCheck> {
    let member = ctx.may(Action::Read, Resource::Audit)?;
    let practice = member.practice_id;
    let mut tx = ctx.deps.db.practice(practice, Some(member.user_id)).await?;
    let noted = store::audit::noted(&mut tx, practice).await?;
    if let Some(seal) = &noted
        && store::audit::hash_of(&mut tx, practice, seal.seq).await?.as_deref() != Some(&seal.hash)
    {
        // The entry is gone or another: the first break before it says more, if there is one.
        let found = store::audit::check(&mut tx, practice, None).await?;
        let broken_at = Some(found.broken_at.map_or(seal.seq, |at| at.min(seal.seq)));
        return Ok(AuditCheck { entries: found.entries, broken_at, whole_at: Some(seal.whole_at) });
    }
    let fresh = noted.as_ref().filter(|seal| only_new && ctx.now - seal.whole_at < Duration::hours(WHOLE_EVERY_HOURS));
    let found = store::audit::check(&mut tx, practice, fresh).await?;
    let entries = fresh.map_or(0, |seal| seal.seq) + found.entries;
    let known = noted.as_ref().map(|seal| seal.whole_at);
    if found.broken_at.is_some() {
        return Ok(AuditCheck { entries, broken_at: found.broken_at, whole_at: known });
    }
    let whole_at = fresh.map_or(ctx.now, |seal| seal.whole_at);
    if let Some((seq, hash)) = found.last {
        store::audit::note(&mut tx, practice, &Seal { seq, hash, whole_at }).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(AuditCheck { entries, broken_at: None, whole_at: Some(whole_at) })
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
