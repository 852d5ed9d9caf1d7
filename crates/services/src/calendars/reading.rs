//! Reading what is taken in calendars outside, every five minutes or so.
//!
//! A calendar is taken for reading in a transaction of its own and asked outside of any, so a server that does not answer
//! holds nothing. Whatever goes wrong, what was read before goes on counting.

use super::sealed::{self, Credentials};
use super::{commit, lost};
use crate::{Actor, Ctx, Result, ServiceError};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use contracts::calendars::CalendarProblem;
use contracts::{CalendarId, PracticeId, TherapistId};
use integrations::calendars::BusyTime;
use integrations::calendars::google::{Changes, GoogleError, Grant};
use integrations::calendars::ics::{self, Fetched, IcsClient, IcsError};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use store::calendars::{BusySpan, Claimed, ReadWell};
use store::{Tx, calendars, lookup};
use tokio::task::JoinSet;
use uuid::Uuid;

/// Calendars that are looked up at once, and of those read side by side.
const BATCH: i32 = 64;
const SIDE_BY_SIDE: usize = 8;
/// Longer than any reading takes; should this server die, another one reads the calendar then.
const LEASE: TimeDelta = TimeDelta::minutes(3);
const EVERY_SECONDS: i64 = 300;
/// Up to so much sooner or later, so that calendars connected together are not read together for ever.
const JITTER_SECONDS: i64 = 60;
/// A slot can be booked a year ahead; the rest is for the days until everything is read again.
const AHEAD: TimeDelta = TimeDelta::days(400);
const BACK: TimeDelta = TimeDelta::days(1);
/// Google tells what changed; a file that did not change tells nothing, though the window moved.
const WHOLE_GOOGLE: TimeDelta = TimeDelta::days(7);
const WHOLE_FILE: TimeDelta = TimeDelta::hours(20);
const PIECE: TimeDelta = TimeDelta::hours(24);
/// Before a slot is held, a calendar that was read longer ago than this is asked once more, for so long at most.
const FRESH: TimeDelta = TimeDelta::seconds(60);
const FRESHEN_WITHIN: Duration = Duration::from_millis(1_500);

/// Reads the calendars that are due; how many were. Safe on several servers at once.
///
/// # Errors
/// When the database cannot answer. A calendar that cannot be read is no error, but a state of it.
pub async fn read_due(ctx: &Ctx) -> Result<u32> {
    let mut connection = ctx.deps.db.connection().await?;
    let due = lookup::due_calendars(&mut connection, ctx.now, BATCH).await?;
    drop(connection);
    let mut read = 0;
    for some in due.chunks(SIDE_BY_SIDE) {
        let mut tasks = JoinSet::new();
        for (practice, id) in some.iter().copied() {
            let ctx = ctx.clone();
            tasks.spawn(async move { (id, read_one(&ctx, practice, id, None).await) });
        }
        while let Some(done) = tasks.join_next().await {
            match done.map_err(ServiceError::internal)? {
                (_, Ok(done)) => read += u32::from(done),
                (id, Err(error)) => tracing::error!(calendar = %id, %error, "a calendar could not be read"),
            }
        }
    }
    Ok(read)
}

/// Google is asked before a slot is held, if it was not lately (004 §6.4). One of many who book asks; nobody waits long,
/// and a calendar that does not answer stops nobody.
pub(crate) async fn freshen(ctx: &Ctx, practice: PracticeId, therapist: TherapistId) {
    if ctx.deps.calendars.google.is_none() {
        return;
    }
    let ctx = Ctx { actor: Actor::System, ..ctx.clone() };
    // In a task of its own: it finishes what it began, though nobody waits any more.
    let reading = tokio::spawn(async move {
        let mut tx = ctx.deps.db.practice(practice, None).await?;
        let read_before = ctx.now - FRESH;
        let stale = calendars::stale_google(&mut tx, practice, therapist, read_before, ctx.now).await?;
        commit(tx).await?;
        match stale {
            Some(id) => read_one(&ctx, practice, id, Some(read_before)).await,
            None => Ok(false),
        }
    });
    if let Ok(Ok(Err(error))) = tokio::time::timeout(FRESHEN_WITHIN, reading).await {
        tracing::warn!(%error, "a calendar could not be asked before a hold");
    }
}

/// What reading brought.
enum Brought {
    Google(Box<(Grant, Changes)>),
    File { read: ics::Read, tag: Option<String> },
    Unchanged,
}

/// Reads a calendar that is due, or was last read before a moment.
async fn read_one(ctx: &Ctx, practice: PracticeId, id: CalendarId, read_before: Option<DateTime<Utc>>) -> Result<bool> {
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    let claimed = calendars::claim(&mut tx, practice, id, read_before, (ctx.now, ctx.now + LEASE)).await?;
    commit(tx).await?;
    let Some(claimed) = claimed else { return Ok(false) };
    let brought = match sealed::open(ctx, id, &claimed.credentials) {
        Some(Credentials::Google(grant)) => ask_google(ctx, &claimed, grant).await,
        Some(Credentials::Address(url)) => fetch(ctx, &claimed, &url).await,
        // The installation has another secret now: what was sealed with the old one is lost.
        None => Err((CalendarProblem::Revoked, false)),
    };
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    // Removed meanwhile: there is nothing to keep anything of.
    if calendars::lock(&mut tx, practice, id).await?.is_none() {
        return Ok(false);
    }
    match brought {
        Ok(brought) => keep(&mut tx, ctx, practice, &claimed, brought).await?,
        Err((problem, again)) => {
            if again {
                calendars::read_badly(&mut tx, practice, id, problem, ctx.now + pause(claimed.attempts)).await?;
            } else {
                lost(&mut tx, ctx, practice, (id, claimed.therapist), problem).await?;
            }
        }
    }
    commit(tx).await?;
    Ok(true)
}

/// A minute, then two, four, up to an hour.
pub(super) fn pause(attempts: i32) -> TimeDelta {
    TimeDelta::minutes(1 << attempts.clamp(0, 6)).min(TimeDelta::hours(1))
}

/// What went wrong, and whether trying again by itself can help.
pub(super) fn explained(error: GoogleError) -> (CalendarProblem, bool) {
    match error {
        GoogleError::Revoked => (CalendarProblem::Revoked, false),
        GoogleError::Forbidden => (CalendarProblem::Forbidden, false),
        GoogleError::Later | GoogleError::Unreachable => (CalendarProblem::Unreachable, true),
        GoogleError::Unreadable => (CalendarProblem::Unreadable, true),
        GoogleError::Exists | GoogleError::Gone | GoogleError::Refused(_) => (CalendarProblem::Refused, true),
    }
}

fn of_file(error: IcsError) -> (CalendarProblem, bool) {
    let problem = match error {
        IcsError::Address | IcsError::Refused => CalendarProblem::Refused,
        IcsError::Internal => CalendarProblem::Internal,
        IcsError::Unreachable => CalendarProblem::Unreachable,
        IcsError::NotACalendar => CalendarProblem::NotACalendar,
        IcsError::TooLarge => CalendarProblem::TooLarge,
    };
    (problem, true)
}

fn window(now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    (now - BACK, now + AHEAD)
}

/// Is it time to read everything?
fn is_old(claimed: &Claimed, after: TimeDelta, now: DateTime<Utc>) -> bool {
    claimed.whole_at.is_none_or(|at| at + after <= now)
}

async fn ask_google(
    ctx: &Ctx,
    claimed: &Claimed,
    mut grant: Grant,
) -> std::result::Result<Brought, (CalendarProblem, bool)> {
    let google = ctx.deps.calendars.google.as_ref().ok_or((CalendarProblem::Refused, true))?;
    let token = claimed.sync_token.as_deref().filter(|_| !is_old(claimed, WHOLE_GOOGLE, ctx.now));
    let changes = google.changes(&mut grant, ctx.now, token, window(ctx.now)).await.map_err(explained)?;
    Ok(Brought::Google(Box::new((grant, changes))))
}

async fn fetch(ctx: &Ctx, claimed: &Claimed, url: &str) -> std::result::Result<Brought, (CalendarProblem, bool)> {
    let url = IcsClient::address(url).map_err(of_file)?;
    let known = claimed.sync_token.as_deref().filter(|_| !is_old(claimed, WHOLE_FILE, ctx.now));
    let (text, tag) = match ctx.deps.calendars.ics.fetch(&url, known).await.map_err(of_file)? {
        Fetched::Unchanged => return Ok(Brought::Unchanged),
        Fetched::File { text, tag } => (text, tag),
    };
    let zone: Tz = claimed.time_zone.parse().unwrap_or(Tz::UTC);
    let window = window(ctx.now);
    // Two megabytes of rules are work; other requests go on meanwhile.
    let read = tokio::task::spawn_blocking(move || ics::busy_times(&text, window, zone)).await;
    let read = read.map_err(|_| (CalendarProblem::Unreadable, true))?.map_err(of_file)?;
    Ok(Brought::File { read, tag })
}

async fn keep(tx: &mut Tx, ctx: &Ctx, practice: PracticeId, claimed: &Claimed, brought: Brought) -> Result<()> {
    let (id, therapist) = (claimed.id, claimed.therapist);
    let mut well = ReadWell {
        credentials: None,
        label: None,
        sync_token: claimed.sync_token.clone(),
        whole: false,
        unreadable: None,
        next: ctx.now + TimeDelta::seconds(EVERY_SECONDS + jitter(ctx)),
    };
    match brought {
        Brought::Unchanged => {}
        Brought::File { read, tag } => {
            let ours = ours(tx, practice, read.busy.iter().map(|busy| busy.entry.as_str())).await?;
            let spans = read.busy.iter().filter(|busy| !ours.contains(&busy.entry)).flat_map(pieces);
            calendars::replace_busy(tx, practice, id, therapist, &sorted(spans)).await?;
            well = ReadWell { sync_token: tag, whole: true, unreadable: i32::try_from(read.unreadable).ok(), ..well };
        }
        Brought::Google(brought) => {
            let (grant, changes) = *brought;
            keep_changes(tx, practice, claimed, &changes).await?;
            let label: String = changes.calendar.chars().take(200).collect();
            well = ReadWell {
                credentials: Some(sealed::seal(ctx, id, &Credentials::Google(grant))?),
                label: Some(label).filter(|label| !label.is_empty()),
                sync_token: changes.sync_token,
                whole: changes.whole,
                ..well
            };
        }
    }
    calendars::read_well(tx, practice, id, &well, ctx.now).await?;
    Ok(())
}

async fn keep_changes(tx: &mut Tx, practice: PracticeId, claimed: &Claimed, changes: &Changes) -> Result<()> {
    let ours = ours(tx, practice, changes.entries.iter().map(|changed| changed.entry.as_str())).await?;
    // Of an entry that changed twice while it was read, the last word counts.
    let last: HashMap<&str, Option<&BusyTime>> =
        changes.entries.iter().map(|changed| (changed.entry.as_str(), changed.busy.as_ref())).collect();
    let busy = last.iter().filter(|(entry, _)| !ours.contains(**entry)).filter_map(|(_, busy)| *busy);
    let spans = sorted(busy.flat_map(pieces));
    if changes.whole {
        calendars::replace_busy(tx, practice, claimed.id, claimed.therapist, &spans).await?;
    } else if !last.is_empty() {
        let changed: Vec<[u8; 16]> = last.keys().map(|entry| hashed(entry)).collect();
        calendars::change_busy(tx, practice, claimed.id, claimed.therapist, &changed, &spans).await?;
    }
    Ok(())
}

fn jitter(ctx: &Ctx) -> i64 {
    let [byte] = ctx.random::<1>();
    i64::from(byte) * 2 * JITTER_SECONDS / 255 - JITTER_SECONDS
}

/// Entries of sessions of this practice: the session takes that time already, and after it moved, elsewhere.
async fn ours<'a>(
    tx: &mut Tx,
    practice: PracticeId,
    entries: impl Iterator<Item = &'a str>,
) -> Result<HashSet<String>> {
    let named: HashMap<Uuid, Vec<&str>> = entries.filter_map(|entry| Some((id_of(entry)?, entry))).fold(
        HashMap::new(),
        |mut all: HashMap<Uuid, Vec<&str>>, (id, entry)| {
            all.entry(id).or_default().push(entry);
            all
        },
    );
    if named.is_empty() {
        return Ok(HashSet::new());
    }
    let ids: Vec<Uuid> = named.keys().copied().collect();
    let ours = calendars::ours(tx, practice, &ids).await?;
    Ok(ours.iter().filter_map(|id| named.get(id)).flatten().map(|entry| (*entry).to_owned()).collect())
}

/// The id in the name of an entry: ours at Google are `calma` and the session's digits, in files the booking's id, both
/// perhaps with the name of a host behind them.
fn id_of(entry: &str) -> Option<Uuid> {
    let name = entry.split('@').next().unwrap_or_default();
    name.strip_prefix("calma").unwrap_or(name).parse().ok()
}

fn hashed(entry: &str) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&Sha256::digest(entry.as_bytes())[..16]);
    short
}

/// A busy time in pieces of at most a day.
fn pieces(busy: &BusyTime) -> Vec<BusySpan> {
    let entry = hashed(&busy.entry);
    let mut spans = Vec::new();
    let mut starts_at = busy.starts_at;
    while starts_at < busy.ends_at {
        let ends_at = busy.ends_at.min(starts_at + PIECE);
        spans.push(BusySpan { entry, starts_at, ends_at });
        starts_at = ends_at;
    }
    spans
}

/// In order, so that two servers never lock rows in opposite ones.
fn sorted(spans: impl Iterator<Item = BusySpan>) -> Vec<BusySpan> {
    let mut spans: Vec<BusySpan> = spans.collect();
    spans.sort_unstable();
    spans.dedup();
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_entries_are_known_by_their_names() {
        let id = Uuid::from_u128(0x0199_f0c4_1f3a_7c55_9a3e_6d1f_5e0c_7a01);
        for name in
            [format!("calma{}", id.simple()), format!("calma{}@google.com", id.simple()), format!("{id}@calma.example")]
        {
            assert_eq!(id_of(&name), Some(id), "{name}");
        }
        assert_eq!(id_of("4c6qj9m6chk"), None);
        assert_eq!(id_of(""), None);
    }

    #[test]
    fn long_times_are_cut_into_days() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let busy =
            BusyTime { entry: "x".into(), starts_at: at("2026-07-01T10:00:00Z"), ends_at: at("2026-07-03T12:00:00Z") };
        let spans = pieces(&busy);
        assert_eq!(spans.iter().map(|s| (s.ends_at - s.starts_at).num_hours()).collect::<Vec<_>>(), [24, 24, 2]);
        assert!(spans.windows(2).all(|two| two[0].ends_at == two[1].starts_at));
    }

    #[test]
    fn pauses_grow_up_to_an_hour() {
        assert_eq!([0, 1, 5, 6, 60].map(|n| pause(n).num_minutes()), [1, 2, 32, 60, 60]);
    }
}
