//! Sessions as entries of their therapist's calendar at Google: put there, moved, removed, with a video room where the
//! practice wants one.

use super::reading::{explained, pause};
use super::sealed::{self, Credentials};
use super::{commit, lost};
use crate::{Ctx, Result, ServiceError};
use chrono::TimeDelta;
use chrono_tz::Tz;
use contracts::calendars::CalendarProblem;
use contracts::practice::{Place, VideoKind};
use contracts::{Lang, PracticeId, SessionId, TherapistId};
use domain::names::initials;
use integrations::calendars::google::{Entry, Google, GoogleError, Grant, Placed};
use store::calendars::{self, EventFacts};
use store::{Tx, lookup};
use tokio::task::JoinSet;

const BATCH: i32 = 64;
const SIDE_BY_SIDE: usize = 8;
const LEASE: TimeDelta = TimeDelta::minutes(3);
/// How often a room is asked for, and how long Google may take with it.
const ROOM_REQUESTS: i32 = 3;
const ROOM_PAUSE: TimeDelta = TimeDelta::seconds(20);
/// An entry that could not be written by then is of no use any more, unless it still names somebody who was erased.
const GIVE_UP: TimeDelta = TimeDelta::days(1);

/// Writes the entries that are due; how many were. Safe on several servers at once.
///
/// # Errors
/// When the database cannot answer. An entry that cannot be written is no error, but tried again.
pub async fn write_due(ctx: &Ctx) -> Result<u32> {
    let mut connection = ctx.deps.db.connection().await?;
    let due = lookup::due_calendar_events(&mut connection, ctx.now, BATCH).await?;
    drop(connection);
    let mut written = 0;
    for some in due.chunks(SIDE_BY_SIDE) {
        let mut tasks = JoinSet::new();
        for (practice, id) in some.iter().copied() {
            let ctx = ctx.clone();
            tasks.spawn(async move { (id, write_one(&ctx, practice, id).await) });
        }
        while let Some(done) = tasks.join_next().await {
            match done.map_err(ServiceError::internal)? {
                (_, Ok(done)) => written += u32::from(done),
                (id, Err(error)) => tracing::error!(session = %id, %error, "an entry could not be written"),
            }
        }
    }
    Ok(written)
}

/// What became of an entry.
enum Wrote {
    /// It is not in this calendar any more.
    Removed,
    There(Placed),
}

async fn write_one(ctx: &Ctx, practice: PracticeId, session: SessionId) -> Result<bool> {
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    let facts = calendars::claim_event(&mut tx, practice, session, ctx.now, ctx.now + LEASE).await?;
    commit(tx).await?;
    let Some(facts) = facts else { return Ok(false) };
    let (wrote, renewed) = match (sealed::open(ctx, facts.connection, &facts.credentials), &ctx.deps.calendars.google) {
        (Some(Credentials::Google(mut grant)), Some(google)) => {
            let before = grant.clone();
            let wrote = write(ctx, google, &mut grant, &facts).await;
            (wrote, (grant != before).then_some(grant))
        }
        (_, None) => (Err(GoogleError::Unreachable), None),
        _ => (Err(GoogleError::Revoked), None),
    };
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    // Removed meanwhile, and with it the plan for this entry.
    let Some((owner, ..)) = calendars::lock(&mut tx, practice, facts.connection).await? else { return Ok(false) };
    if let Some(grant) = renewed {
        let sealed = sealed::seal(ctx, facts.connection, &Credentials::Google(grant))?;
        calendars::keep_credentials(&mut tx, practice, facts.connection, &sealed).await?;
    }
    match wrote {
        Ok(wrote) => keep(&mut tx, ctx, practice, &facts, wrote).await?,
        Err(error) => failed(&mut tx, ctx, practice, (&facts, owner), error).await?,
    }
    commit(tx).await?;
    Ok(true)
}

/// The entry's name: the same for ever, so that it is never there twice.
fn name(session: SessionId) -> String {
    format!("calma{}", session.0.simple())
}

async fn write(
    ctx: &Ctx,
    google: &Google,
    grant: &mut Grant,
    facts: &EventFacts,
) -> std::result::Result<Wrote, GoogleError> {
    let name = name(facts.session);
    if facts.cancelled || !facts.right_calendar {
        google.remove(grant, ctx.now, &name).await?;
        return Ok(Wrote::Removed);
    }
    if facts.placed && facts.room_requests > 0 && wants_room(facts) {
        // The room may have been made since; only then nothing is asked for anew.
        let there = google.look(grant, ctx.now, &name).await;
        if let Ok(placed @ Placed { meet_link: Some(_), .. }) = there {
            return Ok(Wrote::There(placed));
        }
    }
    let entry = entry(ctx, facts, name);
    let first = if facts.placed {
        google.change(grant, ctx.now, &entry).await
    } else {
        google.insert(grant, ctx.now, &entry).await
    };
    // It is there though we did not know, or not though we thought so.
    let placed = match first {
        Err(GoogleError::Exists) => google.change(grant, ctx.now, &entry).await?,
        // Nobody misses an entry of somebody who was erased.
        Err(GoogleError::Gone) if facts.erased => return Ok(Wrote::Removed),
        Err(GoogleError::Gone) => google.insert(grant, ctx.now, &entry).await?,
        other => other?,
    };
    Ok(Wrote::There(placed))
}

fn wants_room(facts: &EventFacts) -> bool {
    !facts.erased
        && facts.video == VideoKind::Meet
        && facts.place == Place::Online
        && facts.video_link.is_none()
        && facts.room_requests < ROOM_REQUESTS
}

/// 004 §7.1: "Sesión - [name]" with the phone number below. Without names, initials and nothing else; of somebody who was
/// erased, nothing at all.
fn entry(ctx: &Ctx, facts: &EventFacts, id: String) -> Entry {
    let (session, phone) = match facts.lang {
        Lang::Es => ("Sesión", "Teléfono"),
        Lang::En => ("Session", "Phone"),
    };
    let summary = match (facts.erased, facts.show_names) {
        (true, _) => session.to_owned(),
        (false, true) => format!("{session} - {}", facts.patient_name),
        (false, false) => format!("{session} - {}", initials(&facts.patient_name)),
    };
    let mut lines = vec![facts.service_name.clone()];
    if facts.show_names && !facts.patient_phone.is_empty() {
        lines.push(format!("{phone}: {}", facts.patient_phone));
    }
    lines.push(format!("{}/app/sessions/{}", ctx.deps.base_url, facts.session));
    Entry {
        id,
        summary,
        description: lines.join("\n"),
        location: facts.video_link.clone(),
        starts_at: facts.starts_at,
        ends_at: facts.ends_at,
        zone: facts.time_zone.parse().unwrap_or(Tz::UTC),
        // A request is answered once; another room needs another name.
        meet: wants_room(facts).then(|| format!("{}-{}", facts.session, facts.room_requests)),
    }
}

async fn keep(tx: &mut Tx, ctx: &Ctx, practice: PracticeId, facts: &EventFacts, wrote: Wrote) -> Result<()> {
    let session = facts.session;
    match wrote {
        Wrote::Removed if !facts.right_calendar => {
            let into = facts.other_calendar.filter(|_| !facts.cancelled);
            Ok(calendars::event_forgotten(tx, practice, session, into, ctx.now).await?)
        }
        Wrote::Removed => {
            let removed = (facts.version, false);
            Ok(calendars::event_written(tx, practice, session, removed, (0, None), None, ctx.now).await?)
        }
        Wrote::There(placed) => keep_placed(tx, ctx, practice, facts, placed).await,
    }
}

async fn keep_placed(tx: &mut Tx, ctx: &Ctx, practice: PracticeId, facts: &EventFacts, placed: Placed) -> Result<()> {
    let there = (facts.version, true);
    let wanted = wants_room(facts);
    let requests = facts.room_requests + i32::from(wanted);
    if !wanted {
        return Ok(calendars::event_written(tx, practice, facts.session, there, (requests, None), None, ctx.now).await?);
    }
    let exhausted = placed.no_rooms || requests >= ROOM_REQUESTS;
    let (link, again, problem) = match placed.meet_link {
        Some(link) => (Some(link), None, None),
        None if exhausted => {
            let fallback = crate::bookings::room(&facts.video_base, ctx.random());
            let problem = fallback.is_none().then_some(CalendarProblem::NoRoom);
            (fallback, None, problem)
        }
        None => (None, Some(ctx.now + ROOM_PAUSE), None),
    };
    let requests = if exhausted { ROOM_REQUESTS } else { requests };
    // The booking before the entry, as whoever renames its patient takes them: neither waits for the other for ever.
    if let Some(link) = link {
        calendars::set_video_link(tx, practice, facts.session, &link).await?;
    }
    Ok(calendars::event_written(tx, practice, facts.session, there, (requests, again), problem, ctx.now).await?)
}

/// `owner` is whose calendar it is; the session may be another therapist's by now.
async fn failed(
    tx: &mut Tx,
    ctx: &Ctx,
    practice: PracticeId,
    (facts, owner): (&EventFacts, TherapistId),
    error: GoogleError,
) -> Result<()> {
    let (problem, again) = explained(error);
    if !again {
        // The same holds for the calendar as a whole. Its entries wait until it is connected again.
        lost(tx, ctx, practice, (facts.connection, owner), problem).await?;
    }
    let useless = facts.ends_at + GIVE_UP < ctx.now && !facts.erased;
    let next = (!useless).then(|| ctx.now + pause(facts.attempts));
    calendars::event_failed(tx, practice, facts.session, problem, next).await?;
    Ok(())
}
