//! What happens because time passes. Deadlines live in the rows themselves, so nothing is lost while no worker runs.
//!
//! Every step locks what it works on and passes over what another server has locked, so any number of workers may run;
//! a step that is done leaves nothing to do, so it may run any number of times.

use crate::{Ctx, Deps, Result, audit, bookings, files, messages};
use chrono::Duration;
use contracts::PracticeId;
use contracts::booking::BookingStatus;
use contracts::live::{LiveEvent, LiveKind};
use serde_json::json;
use std::sync::Arc;
use store::{StoreError, lookup, occupancy, patients, proofs};
use tokio::sync::{broadcast, watch};

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    pub ended: u32,
    pub erased: u32,
    pub sent: u32,
    pub sealed: u32,
}

/// Bookings that end or are erased in one transaction.
const BATCH: i64 = 100;
/// Never-paid requests keep their personal data this long after they closed (product §4).
const KEEP_HOURS: i64 = 24;
const ROUND: std::time::Duration = std::time::Duration::from_secs(1);
/// After a notice, wait this long: what comes together is done together.
const GATHER: std::time::Duration = std::time::Duration::from_millis(50);

/// One round: lapse holds, expire bookings, erase, send messages, seal the audit log. Safe on several servers at once.
///
/// # Errors
/// The first error of the round; the rest of the round was done nevertheless.
pub async fn run_due(ctx: &Ctx) -> Result<Done> {
    let mut done = Done::default();
    let mut first = Ok(());
    let mut connection = ctx.deps.db.connection().await?;
    let due = lookup::practices_with_due_bookings(&mut connection, ctx.now).await?;
    let closed_before = ctx.now - Duration::hours(KEEP_HOURS);
    let erasable = lookup::practices_with_erasable_bookings(&mut connection, closed_before).await?;
    drop(connection);
    for practice in due {
        done.ended += kept(&mut first, end_due(ctx, practice).await);
    }
    for practice in erasable {
        done.erased += kept(&mut first, erase_closed(ctx, practice).await);
    }
    done.sent = kept(&mut first, messages::send_due(ctx).await);
    done.sealed = kept(&mut first, audit::seal_all(ctx).await);
    first.map(|()| done)
}

/// The number, or nothing and the first error kept.
fn kept(first: &mut Result<()>, result: Result<u32>) -> u32 {
    match result {
        Ok(number) => number,
        Err(error) => {
            if first.is_ok() {
                *first = Err(error);
            } else {
                tracing::error!(%error, "another step of the round failed");
            }
            0
        }
    }
}

/// Ends what is over in one practice: holds in silence, requests with a message.
async fn end_due(ctx: &Ctx, practice: PracticeId) -> Result<u32> {
    let mut ended = 0;
    loop {
        let mut tx = ctx.deps.db.practice(practice, None).await?;
        let ids = store::bookings::lock_due(&mut tx, practice, ctx.now, BATCH).await?;
        let rows = store::bookings::of_ids(&mut tx, practice, &ids).await?;
        let (holds, requests): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.status == BookingStatus::Held);
        let holds: Vec<_> = holds.into_iter().map(|row| row.id).collect();
        if !holds.is_empty() {
            store::bookings::lapse(&mut tx, practice, &holds, ctx.now).await?;
            occupancy::free(&mut tx, practice, &holds).await?;
        }
        for row in &requests {
            bookings::expire(&mut tx, ctx, row).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        ended += count(ids.len());
        if count(ids.len()) < count_of(BATCH) {
            return Ok(ended);
        }
    }
}

/// Erases what never-paid requests of one practice tell of a person, and patients who existed only for them.
async fn erase_closed(ctx: &Ctx, practice: PracticeId) -> Result<u32> {
    let closed_before = ctx.now - Duration::hours(KEEP_HOURS);
    let mut erased = 0;
    loop {
        let mut tx = ctx.deps.db.practice(practice, None).await?;
        let found = store::bookings::lock_erasable(&mut tx, practice, closed_before, BATCH).await?;
        let ids: Vec<_> = found.iter().map(|(id, _)| *id).collect();
        let mut receipts = vec![];
        if !ids.is_empty() {
            store::bookings::erase(&mut tx, practice, &ids, ctx.now).await?;
            receipts = proofs::erase_rejected(&mut tx, practice, &ids).await?;
        }
        let known: Vec<_> = found.iter().filter_map(|(id, patient)| patient.map(|patient| (id, patient))).collect();
        if !known.is_empty() {
            let patients: Vec<_> = known.iter().map(|(_, patient)| *patient).collect();
            patients::delete_orphans(&mut tx, practice, &patients).await?;
        }
        // A hold that was never sent leaves no trace worth one.
        for (id, _) in known {
            audit::record(&mut tx, ctx, practice, "booking.erased", Some(id.0), json!({})).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        for receipt in receipts {
            files::discard(ctx, practice, receipt).await;
        }
        erased += count(ids.len());
        if count(ids.len()) < count_of(BATCH) {
            return Ok(erased);
        }
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn count_of(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Rounds until `stop` resolves; about one a second, sooner when a booking changed and its messages wait. An error is
/// logged and the next round tries again.
pub async fn run_forever(deps: Arc<Deps>, mut stop: watch::Receiver<bool>) {
    let mut live = deps.live.subscribe();
    while !*stop.borrow() {
        // What is announced from here on wakes the next round; what was before is seen by this one.
        drain(&mut live);
        let ctx = Ctx::system(deps.clone());
        match run_due(&ctx).await {
            Ok(done) if done != Done::default() => tracing::debug!(?done, "round"),
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "a round failed"),
        }
        tokio::select! {
            changed = stop.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(ROUND) => {}
            () = booking_changed(&mut live) => tokio::time::sleep(GATHER).await,
        }
    }
}

fn drain(live: &mut broadcast::Receiver<LiveEvent>) {
    while let Ok(_) | Err(broadcast::error::TryRecvError::Lagged(_)) = live.try_recv() {}
}

/// Resolves when a booking changed on any server.
async fn booking_changed(live: &mut broadcast::Receiver<LiveEvent>) {
    loop {
        match live.recv().await {
            Ok(event) if event.kind == LiveKind::Booking => return,
            Ok(_) => {}
            Err(broadcast::error::RecvError::Lagged(_)) => return,
            // Nobody will ever publish again: the rounds go on by themselves.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ServiceError;

    #[test]
    fn the_first_error_is_kept_and_the_rest_counts_on() {
        let mut first = Ok(());
        assert_eq!(kept(&mut first, Ok(3)), 3);
        assert_eq!(kept(&mut first, Err(ServiceError::internal("one"))), 0);
        assert_eq!(kept(&mut first, Err(ServiceError::internal("two"))), 0);
        assert_eq!(kept(&mut first, Ok(2)), 2);
        assert_eq!(first.unwrap_err().internal.as_deref(), Some("one"));
    }
}
