//! What happens because time passes. Deadlines live in the rows themselves, so nothing is lost while no worker runs.
//!
//! Every step locks what it works on and passes over what another server has locked, so any number of workers may run;
//! a step that is done leaves nothing to do, so it may run any number of times.

use crate::live::Heard;
use crate::{Ctx, Deps, Result, ServiceError};
use crate::{accounts, audit, bookings, calendars, files, idempotency, messages, patients as records, series};
use chrono::{DateTime, Duration, Utc};
use contracts::live::LiveKind;
use contracts::{BookingId, PracticeId};
use serde_json::json;
use std::sync::Arc;
use store::{StoreError, lookup, patients, proofs};
use tokio::sync::{broadcast, watch};

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    pub ended: u32,
    /// Sessions that series brought about.
    pub generated: u32,
    pub erased: u32,
    pub sent: u32,
    pub sealed: u32,
    pub forgotten: u32,
    pub archived: u32,
    /// Calendars outside that were read, and entries in them that were written.
    pub calendars: u32,
    /// Reminders of sessions that were written.
    pub reminded: u32,
}

/// Bookings that are looked up at once; each then ends or is erased in a transaction of its own.
const BATCH: i64 = 100;
/// Never-paid requests keep their personal data this long after they closed (product §4).
const KEEP_HOURS: i64 = 24;
const ROUND: std::time::Duration = std::time::Duration::from_secs(1);
/// Series are due at midnight, so a minute is soon enough.
const GENERATE_EVERY: std::time::Duration = std::time::Duration::from_secs(60);
/// Nothing depends on when expired links and old keys go.
const FORGET_EVERY: std::time::Duration = std::time::Duration::from_secs(60 * 60);
/// After a notice, wait this long: what comes together is done together.
const GATHER: std::time::Duration = std::time::Duration::from_millis(50);

/// One round of everything that is due: lapse holds, expire bookings, erase, bring about the sessions of series, write
/// reminders, seal the audit log, send messages, read and write calendars outside. Safe on several servers at once.
///
/// # Errors
/// The first error of the round; the rest of the round was done nevertheless.
pub async fn run_due(ctx: &Ctx) -> Result<Done> {
    let mut first = Ok(());
    let mut done = deadlines(ctx, &mut first).await?;
    done.generated = kept(&mut first, generate(ctx).await);
    done.sent = kept(&mut first, messages::send_due(ctx).await);
    done.calendars = kept(&mut first, follow_calendars(ctx).await);
    first.map(|()| done)
}

/// What is taken outside comes first, so that conflicts show as soon as a session is there.
async fn follow_calendars(ctx: &Ctx) -> Result<u32> {
    let read = calendars::read_due(ctx).await;
    let written = calendars::write_due(ctx).await;
    Ok(read? + written?)
}

/// What passed deadlines bring. It speaks to the database alone, so nobody's mail server can delay it.
async fn deadlines(ctx: &Ctx, first: &mut Result<()>) -> Result<Done> {
    let mut done = Done::default();
    let mut connection = ctx.deps.db.connection().await?;
    let due = lookup::practices_with_due_bookings(&mut connection, ctx.now).await?;
    let erasable = lookup::practices_with_erasable_bookings(&mut connection, closed_before(ctx)).await?;
    drop(connection);
    for practice in due {
        let ended = end_due(ctx, practice, first).await;
        done.ended += kept(first, ended);
    }
    for practice in erasable {
        let erased = erase_closed(ctx, practice, first).await;
        done.erased += kept(first, erased);
    }
    let mut missed = Ok(());
    let reminded = messages::reminders::remind_due(ctx, |one| kept(&mut missed, one)).await;
    done.reminded = kept(first, reminded);
    kept(first, missed.map(|()| 0));
    done.sealed = kept(first, audit::seal_all(ctx).await);
    Ok(done)
}

/// The sessions of series, seven days ahead.
async fn generate(ctx: &Ctx) -> Result<u32> {
    let generated = series::generate_due(ctx).await?;
    match generated.errors {
        0 => Ok(generated.created),
        n => Err(ServiceError::internal(format!("the series of {n} therapists could not be generated"))),
    }
}

/// Forgets links, logins, counters, Idempotency-Keys and files nobody imported, whose time is over; returns how many rows went.
///
/// # Errors
/// The first error; the rest was forgotten nevertheless.
pub async fn forget(ctx: &Ctx) -> Result<u64> {
    let expired = accounts::forget_expired(ctx).await;
    let old = idempotency::forget_old(ctx).await;
    let imports = records::forget_old_imports(ctx).await;
    Ok(expired? + old? + imports?)
}

/// Puts patients into the archive of whom nothing was heard for two years (BR-PP-005); returns how many.
///
/// # Errors
/// The first error; the rest comes with the next round.
pub async fn archive(ctx: &Ctx) -> Result<u64> {
    records::archive_dormant(ctx).await
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

/// Says in the log which booking it was.
fn about(id: BookingId, error: ServiceError) -> ServiceError {
    ServiceError { internal: Some(format!("booking {id}: {error}")), ..error }
}

/// The moment before which closed requests are erased.
fn closed_before(ctx: &Ctx) -> DateTime<Utc> {
    ctx.now - Duration::hours(KEEP_HOURS)
}

/// Ends what is over in one practice. Each booking ends on its own and the search goes on behind it, so one that cannot
/// end keeps no other from ending.
async fn end_due(ctx: &Ctx, practice: PracticeId, first: &mut Result<()>) -> Result<u32> {
    let mut ended = 0;
    let mut after = None;
    loop {
        let mut tx = ctx.deps.db.practice(practice, None).await?;
        let due = store::bookings::due(&mut tx, practice, ctx.now, after, BATCH).await?;
        tx.commit().await.map_err(StoreError::from)?;
        for (_, id) in &due {
            ended += kept(first, end_one(ctx, practice, *id).await.map_err(|error| about(*id, error)));
        }
        if count(due.len()) < count_of(BATCH) {
            return Ok(ended);
        }
        after = due.last().copied();
    }
}

/// Ends one booking, a hold in silence and a request with a message; none when another server has it.
async fn end_one(ctx: &Ctx, practice: PracticeId, id: BookingId) -> Result<u32> {
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    if !store::bookings::try_lock(&mut tx, practice, id).await? {
        return Ok(0);
    }
    let row = store::bookings::get(&mut tx, practice, id).await?;
    let Some(row) = row.filter(|row| row.deadline.is_some_and(|at| at <= ctx.now)) else { return Ok(0) };
    bookings::expire(&mut tx, ctx, &row).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(1)
}

/// Erases what never-paid requests of one practice tell of a person, and patients who existed only for them. Each on
/// its own, like [`end_due`].
async fn erase_closed(ctx: &Ctx, practice: PracticeId, first: &mut Result<()>) -> Result<u32> {
    let mut erased = 0;
    let mut after = None;
    loop {
        let mut tx = ctx.deps.db.practice(practice, None).await?;
        let found = store::bookings::erasable(&mut tx, practice, closed_before(ctx), None, after, BATCH).await?;
        tx.commit().await.map_err(StoreError::from)?;
        for one in &found {
            erased += kept(first, erase_one(ctx, practice, one.id).await.map_err(|error| about(one.id, error)));
        }
        if count(found.len()) < count_of(BATCH) {
            return Ok(erased);
        }
        after = found.last().map(|last| (last.closed_at, last.id));
    }
}

/// Erases one request; none when another server has it or something changed meanwhile.
async fn erase_one(ctx: &Ctx, practice: PracticeId, id: BookingId) -> Result<u32> {
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    if !store::bookings::try_lock(&mut tx, practice, id).await? {
        return Ok(0);
    }
    let found = store::bookings::erasable(&mut tx, practice, closed_before(ctx), Some(id), None, 1).await?;
    let Some(booking) = found.first() else { return Ok(0) };
    store::bookings::erase(&mut tx, practice, &[id], ctx.now).await?;
    let receipts = proofs::erase_rejected(&mut tx, practice, &[id]).await?;
    // A hold that was never sent leaves no trace worth one.
    if let Some(patient) = booking.patient {
        patients::delete_orphans(&mut tx, practice, &[patient]).await?;
        audit::record(&mut tx, ctx, practice, "booking.erased", Some(id.0), json!({})).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    for receipt in receipts {
        files::discard(ctx, practice, receipt).await;
    }
    Ok(1)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn count_of(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// What the worker does side by side: a mail server that does not answer must not keep holds from lapsing, nor one slow
/// calendar the entries of another, and none of them waits for the clearing up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Deadlines,
    Series,
    Mail,
    Texts,
    Calendars,
    Entries,
    Forgetting,
}

impl Work {
    async fn round(self, ctx: &Ctx) -> Result<Done> {
        match self {
            Self::Deadlines => {
                let mut first = Ok(());
                let done = deadlines(ctx, &mut first).await?;
                first.map(|()| done)
            }
            Self::Series => Ok(Done { generated: generate(ctx).await?, ..Done::default() }),
            Self::Mail => Ok(Done { sent: messages::send_mail(ctx).await?, ..Done::default() }),
            Self::Texts => Ok(Done { sent: messages::send_texts(ctx).await?, ..Done::default() }),
            Self::Calendars => Ok(Done { calendars: calendars::read_due(ctx).await?, ..Done::default() }),
            Self::Entries => Ok(Done { calendars: calendars::write_due(ctx).await?, ..Done::default() }),
            Self::Forgetting => {
                let mut first = Ok(());
                let number = |done: Result<u64>| done.map(|n| u32::try_from(n).unwrap_or(u32::MAX));
                let forgotten = kept(&mut first, number(forget(ctx).await));
                let archived = kept(&mut first, number(archive(ctx).await));
                first.map(|()| Done { forgotten, archived, ..Done::default() })
            }
        }
    }
}

/// Rounds until `stop` resolves. An error is logged and the next round tries again.
pub async fn run_forever(deps: Arc<Deps>, stop: watch::Receiver<bool>) {
    tokio::join!(
        rounds(Work::Deadlines, deps.clone(), stop.clone()),
        rounds(Work::Series, deps.clone(), stop.clone()),
        rounds(Work::Mail, deps.clone(), stop.clone()),
        rounds(Work::Texts, deps.clone(), stop.clone()),
        rounds(Work::Calendars, deps.clone(), stop.clone()),
        rounds(Work::Entries, deps.clone(), stop.clone()),
        rounds(Work::Forgetting, deps, stop),
    );
}

/// About one round a second, sooner when a booking changed and its messages wait; series once a minute, forgetting once an
/// hour.
async fn rounds(work: Work, deps: Arc<Deps>, mut stop: watch::Receiver<bool>) {
    let mut live = deps.live.subscribe();
    while !*stop.borrow() {
        // What is announced from here on wakes the next round; what was before is seen by this one.
        drain(&mut live);
        match work.round(&Ctx::system(deps.clone())).await {
            Ok(done) if done != Done::default() => tracing::debug!(?work, ?done, "round"),
            Ok(_) => {}
            Err(error) => tracing::error!(?work, %error, "a round failed"),
        }
        tokio::select! {
            changed = stop.changed() => if changed.is_err() { return },
            () = next_round(work, &mut live) => {}
        }
    }
}

/// Resolves when it is time for the next round.
async fn next_round(work: Work, live: &mut broadcast::Receiver<Heard>) {
    match work {
        Work::Forgetting => return tokio::time::sleep(FORGET_EVERY).await,
        Work::Series => return tokio::time::sleep(GENERATE_EVERY).await,
        Work::Deadlines | Work::Mail | Work::Texts | Work::Calendars | Work::Entries => {}
    }
    tokio::select! {
        () = tokio::time::sleep(ROUND) => {}
        () = booking_changed(live) => tokio::time::sleep(GATHER).await,
    }
}

fn drain(live: &mut broadcast::Receiver<Heard>) {
    while let Ok(_) | Err(broadcast::error::TryRecvError::Lagged(_)) = live.try_recv() {}
}

/// Resolves when a booking changed on any server, or may have.
async fn booking_changed(live: &mut broadcast::Receiver<Heard>) {
    loop {
        match live.recv().await {
            Ok(Heard::Changed(event)) if !matches!(event.kind, LiveKind::Booking | LiveKind::Session) => {}
            Ok(_) => return,
            Err(broadcast::error::RecvError::Lagged(_)) => return,
            // Nobody will ever publish again: the rounds go on by themselves.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
