//! Calendars outside (product §11): what is taken in them counts as taken, sessions appear in them, and addresses at which
//! they subscribe.
//!
//! Nothing here stands in the way of a booking. What is taken outside is read beforehand and lies in the database; entries
//! are planned in the transaction that makes or moves a session and written afterwards. What is found out too late is
//! shown as a conflict.

mod entries;
mod feeds;
mod permission;
mod reading;
mod sealed;

pub use entries::write_due;
pub use feeds::{file, my_feeds, renew_feed, renew_my_feeds, stop_feed};
pub use permission::{Began, Came, begin_google, finish_google};
pub use reading::read_due;

pub(crate) use reading::freshen;

use crate::messages::{Inform, inform};
use crate::practice::reaches;
use crate::{Ctx, Member, Result, ServiceError, audit};
use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use contracts::calendars::{
    AddCalendar, CalendarConflict, CalendarKind, CalendarProblem, CalendarsPage, ConnectedCalendar, FeedView,
    SaveVideoUrl,
};
use contracts::messages::NoticeKind;
use contracts::practice::TherapistProfile;
use contracts::{CalendarId, FieldProblem, PracticeId, TherapistId};
use domain::permissions::{Action, Resource};
use integrations::calendars::ics::IcsClient;
use sealed::Credentials;
use serde_json::json;
use store::calendars::{self, ConnectionRow, FeedOf, NewConnection};
use store::{StoreError, Tx, therapists};

/// Calendars of one therapist: more is a mistake.
const CALENDARS_MAX: usize = 10;
const CONFLICTS: i64 = 50;

/// Begins to read or change a therapist's calendars. Their addresses are secrets, so who may not change may not look.
async fn begin(ctx: &Ctx, therapist: TherapistId) -> Result<(&Member, Tx, TherapistProfile)> {
    let member = ctx.may(Action::Update, Resource::Availability)?;
    reaches(member, therapist)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let profile = therapists::get(&mut tx, member.practice_id, therapist).await?.ok_or_else(ServiceError::not_found)?;
    Ok((member, tx, profile))
}

/// The same for one calendar, which is locked.
async fn begin_with(ctx: &Ctx, id: CalendarId) -> Result<(&Member, Tx, TherapistId, CalendarKind, Vec<u8>)> {
    let member = ctx.may(Action::Update, Resource::Availability)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let found = calendars::lock(&mut tx, member.practice_id, id).await?;
    let (therapist, kind, credentials) = found.ok_or_else(ServiceError::not_found)?;
    reaches(member, therapist)?;
    Ok((member, tx, therapist, kind, credentials))
}

async fn commit(tx: Tx) -> Result<()> {
    Ok(tx.commit().await.map_err(StoreError::from)?)
}

/// Nothing more is asked of a locked calendar until somebody connects it again. Its therapist, the owners and the front
/// desk are told, once, though a reading and several entries may find it out side by side.
async fn lost(
    tx: &mut Tx,
    ctx: &Ctx,
    practice: PracticeId,
    (id, therapist): (CalendarId, TherapistId),
    problem: CalendarProblem,
) -> Result<()> {
    if !calendars::lose(tx, practice, id, problem).await? {
        return Ok(());
    }
    let about = Inform {
        kind: NoticeKind::CalendarLost,
        therapist: Some(therapist),
        booking: None,
        patient: None,
        about: Some(id.0),
    };
    inform(tx, ctx, practice, about).await
}

/// Everything about a therapist's calendars.
///
/// # Errors
/// `FORBIDDEN`, or `NOT_FOUND` for another practice's therapist and, to a therapist, for a colleague.
pub async fn page(ctx: &Ctx, therapist: TherapistId) -> Result<CalendarsPage> {
    let (member, mut tx, profile) = begin(ctx, therapist).await?;
    let practice = member.practice_id;
    let zone: Tz = profile.time_zone.parse().map_err(|_| ServiceError::internal("unreadable time zone"))?;
    let rows = calendars::list(&mut tx, practice, therapist).await?;
    let feed = calendars::feed_of(&mut tx, practice, FeedOf::Therapist(therapist)).await?;
    let conflicts = calendars::conflicts(&mut tx, practice, therapist, ctx.now, CONFLICTS).await?;
    let video = calendars::video(&mut tx, practice, therapist).await?.ok_or_else(ServiceError::not_found)?;
    commit(tx).await?;
    Ok(CalendarsPage {
        therapist_id: therapist,
        therapist_name: profile.name,
        time_zone: profile.time_zone,
        google_offered: ctx.deps.calendars.google.is_some(),
        calendars: rows.into_iter().map(|row| shown(row, zone)).collect(),
        feed: feed.map(|feed| FeedView { url: feeds::url(ctx, &feed), show_names: feed.show_names }),
        conflicts: conflicts.into_iter().map(|conflict| told(conflict, zone)).collect(),
        video: video.kind,
        video_url: video.own_room,
    })
}

fn local(zone: Tz, at: DateTime<Utc>) -> NaiveDateTime {
    domain::slots::local(zone, at)
}

fn shown(row: ConnectionRow, zone: Tz) -> ConnectedCalendar {
    ConnectedCalendar {
        id: row.id,
        kind: row.kind,
        label: row.label,
        state: row.state,
        problem: row.problem,
        last_synced_at: row.last_synced_at,
        last_synced_local: row.last_synced_at.map(|at| local(zone, at)),
        unreadable: u32::try_from(row.unreadable).unwrap_or_default(),
        show_names: row.show_names,
        entries_waiting: u32::try_from(row.entries_waiting).unwrap_or_default(),
    }
}

fn told(conflict: calendars::Conflict, zone: Tz) -> CalendarConflict {
    CalendarConflict {
        session_id: conflict.session,
        booking_id: conflict.booking,
        patient_name: conflict.patient_name,
        starts_at: conflict.starts_at,
        ends_at: conflict.ends_at,
        starts_local: local(zone, conflict.starts_at),
        ends_local: local(zone, conflict.ends_at),
        busy_from_local: local(zone, conflict.busy_from),
        busy_until_local: local(zone, conflict.busy_until),
        calendar: conflict.calendar,
    }
}

/// Counts the busy times of a published calendar as taken. It is read within a second; how that went is shown then.
///
/// # Errors
/// A field error for `url`, or as [`page`].
pub async fn add(ctx: &Ctx, cmd: AddCalendar) -> Result<CalendarId> {
    let (member, mut tx, _) = begin(ctx, cmd.therapist_id).await?;
    let practice = member.practice_id;
    if cmd.url.trim().is_empty() {
        return Err(ServiceError::field("url", FieldProblem::Required));
    }
    let url = IcsClient::address(&cmd.url).map_err(|_| ServiceError::field("url", FieldProblem::InvalidAddress))?;
    if calendars::list(&mut tx, practice, cmd.therapist_id).await?.len() >= CALENDARS_MAX {
        return Err(ServiceError::field("url", FieldProblem::OutOfRange));
    }
    let id = ctx.new_id();
    let new = NewConnection {
        id,
        therapist: cmd.therapist_id,
        kind: CalendarKind::Ics,
        label: url.host_str().unwrap_or_default().chars().take(200).collect(),
        credentials: sealed::seal(ctx, id, &Credentials::Address(url.to_string()))?,
        show_names: false,
    };
    calendars::connect(&mut tx, practice, &new, ctx.now).await?;
    let details = json!({ "therapist_id": cmd.therapist_id, "kind": CalendarKind::Ics.as_str() });
    audit::record(&mut tx, ctx, practice, "calendar.connected", Some(id.0), details).await?;
    commit(tx).await?;
    Ok(id)
}

/// Forgets a calendar and what was taken in it. Entries of ours stay in it; a permission is given back to Google.
///
/// # Errors
/// As [`page`].
pub async fn disconnect(ctx: &Ctx, id: CalendarId) -> Result<()> {
    let (member, mut tx, therapist, kind, credentials) = begin_with(ctx, id).await?;
    let practice = member.practice_id;
    calendars::disconnect(&mut tx, practice, id).await?;
    let details = json!({ "therapist_id": therapist, "kind": kind.as_str() });
    audit::record(&mut tx, ctx, practice, "calendar.disconnected", Some(id.0), details).await?;
    commit(tx).await?;
    if let (Some(Credentials::Google(grant)), Some(google)) =
        (sealed::open(ctx, id, &credentials), ctx.deps.calendars.google.clone())
    {
        // Nobody waits for Google; without it the person can take the permission back in their account.
        tokio::spawn(async move {
            if let Err(error) = google.give_back(&grant).await {
                tracing::info!(%error, "a permission could not be given back to Google");
            }
        });
    }
    Ok(())
}

/// Reads a calendar now instead of within five minutes.
///
/// # Errors
/// `NOT_FOUND` also for one that must be connected again.
pub async fn read_now(ctx: &Ctx, id: CalendarId) -> Result<()> {
    let (member, mut tx, ..) = begin_with(ctx, id).await?;
    calendars::read_now(&mut tx, member.practice_id, id, ctx.now).await?;
    commit(tx).await
}

/// Do entries in this calendar name the patient? Those of coming sessions are written anew.
///
/// # Errors
/// As [`page`].
pub async fn show_names(ctx: &Ctx, id: CalendarId, show: bool) -> Result<()> {
    let (member, mut tx, therapist, kind, _) = begin_with(ctx, id).await?;
    let practice = member.practice_id;
    calendars::set_show_names(&mut tx, practice, id, show).await?;
    if kind == CalendarKind::Google {
        calendars::plan_all(&mut tx, practice, id, therapist, ctx.now).await?;
    }
    audit::record(&mut tx, ctx, practice, "calendar.names_set", Some(id.0), json!({ "show": show })).await?;
    commit(tx).await
}

/// A therapist's own video room, for practices where each has one.
///
/// # Errors
/// A field error for `video_url`, or as [`page`].
pub async fn save_video_url(ctx: &Ctx, cmd: SaveVideoUrl) -> Result<()> {
    let (member, mut tx, _) = begin(ctx, cmd.therapist_id).await?;
    let practice = member.practice_id;
    let url = cmd.video_url.trim();
    crate::practice::check_video_address(url).map_err(|problem| ServiceError::field("video_url", problem))?;
    calendars::set_video_url(&mut tx, practice, cmd.therapist_id, url).await?;
    audit::record(&mut tx, ctx, practice, "therapist.video_saved", Some(cmd.therapist_id.0), json!({})).await?;
    commit(tx).await
}
