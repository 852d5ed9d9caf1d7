//! Addresses at which calendars subscribe to sessions. The address is an id with a keyed hash, so nothing that opens
//! anything is stored; a new address is a new id.

use super::{begin, commit};
use crate::calendar_file::{IcsEvent, discreet, feed_ics};
use crate::{Actor, Ctx, Result, ServiceError, audit, tokens};
use chrono::TimeDelta;
use contracts::calendars::{FeedView, MyFeed, RenewFeed};
use contracts::{ErrorCode, PatientId, PracticeId, TherapistId};
use domain::names::initials;
use serde_json::json;
use store::calendars::{self, Feed, FeedOf, FeedSession};
use store::{Tx, lookup, patients, practices};

const BACK: TimeDelta = TimeDelta::days(30);
const AHEAD: TimeDelta = TimeDelta::days(400);
const SESSIONS_MAX: i64 = 5_000;

pub(super) fn url(ctx: &Ctx, feed: &Feed) -> String {
    let token = tokens::feed_token(&ctx.deps.secrets, feed.id);
    match feed.of {
        FeedOf::Therapist(_) => format!("{}/calendar/{token}.ics", ctx.deps.base_url),
        FeedOf::Patient(_) => format!("{}/calendar/p/{token}.ics", ctx.deps.base_url),
    }
}

/// The calendar behind an address of a therapist, or with `of_patient` of a patient.
///
/// # Errors
/// `NOT_FOUND` for an address that was replaced or is none of ours.
pub async fn file(ctx: &Ctx, token: &str, of_patient: bool) -> Result<String> {
    let id = tokens::feed_id(&ctx.deps.secrets, token).ok_or_else(ServiceError::not_found)?;
    let practice = lookup::practice_of_feed(&mut *ctx.deps.db.connection().await?, id).await?;
    let practice = practice.ok_or_else(ServiceError::not_found)?;
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    let feed = calendars::feed(&mut tx, practice, id).await?;
    let feed = feed.filter(|feed| matches!(feed.of, FeedOf::Patient(_)) == of_patient);
    let feed = feed.ok_or_else(ServiceError::not_found)?;
    let span = (ctx.now - BACK, ctx.now + AHEAD);
    let sessions = calendars::feed_sessions(&mut tx, practice, feed.of, span, SESSIONS_MAX).await?;
    let settings = practices::get(&mut tx, practice).await?.ok_or_else(ServiceError::not_found)?;
    let instead = if of_patient { discreet_name(&mut tx, practice).await? } else { None };
    commit(tx).await?;
    let lang = sessions.last().map_or(settings.language, |session| session.lang);
    let events: Vec<IcsEvent> = sessions.into_iter().map(|session| event(ctx, &feed, session)).collect();
    Ok(match instead {
        Some(name) => discreet(&feed_ics(&name, &events, ctx.now), lang),
        None => feed_ics(&settings.name, &events, ctx.now),
    })
}

/// What a patient's calendar is called where messages name neither service nor therapist: others see it as they see those.
async fn discreet_name(tx: &mut Tx, practice: PracticeId) -> Result<Option<String>> {
    let told = store::messages::settings(tx, practice).await?.filter(|told| told.discreet);
    Ok(told.map(|told| if told.discreet_name.is_empty() { "Calma".to_owned() } else { told.discreet_name }))
}

fn event(ctx: &Ctx, feed: &Feed, session: FeedSession) -> IcsEvent {
    let booking = tokens::booking_token(&ctx.deps.secrets, session.booking);
    let (summary, url) = match feed.of {
        FeedOf::Therapist(_) => {
            let who = if feed.show_names { session.patient_name } else { initials(&session.patient_name) };
            (
                format!("{who} · {}", session.service_name),
                format!("{}/app/sessions/{}", ctx.deps.base_url, session.session),
            )
        }
        FeedOf::Patient(_) => (
            format!("{} · {}", session.service_name, session.therapist_name),
            format!("{}/b/{booking}", ctx.deps.base_url),
        ),
    };
    IcsEvent {
        uid: crate::calendar_file::uid(&ctx.deps.base_url, session.booking),
        sequence: session.version,
        summary,
        description: session.practice_name,
        location: session.video_link.unwrap_or_default(),
        starts_at: session.starts_at,
        ends_at: session.ends_at,
        time_zone: session.time_zone,
        stamp: session.changed_at,
        url,
        cancelled: false,
    }
}

async fn renew(tx: &mut Tx, ctx: &Ctx, practice: PracticeId, of: FeedOf, show_names: bool) -> Result<Feed> {
    let feed = Feed { id: ctx.new_id(), of, show_names };
    calendars::renew_feed(tx, practice, feed, ctx.now).await?;
    audit::record(tx, ctx, practice, "calendar.feed_renewed", Some(owner(of)), json!({ "show_names": show_names }))
        .await?;
    Ok(feed)
}

fn owner(of: FeedOf) -> uuid::Uuid {
    match of {
        FeedOf::Therapist(id) => id.0,
        FeedOf::Patient(id) => id.0,
    }
}

/// Gives a therapist a new address; the one before leads nowhere from now on.
///
/// # Errors
/// `FORBIDDEN`, or `NOT_FOUND` for another's therapist.
pub async fn renew_feed(ctx: &Ctx, cmd: RenewFeed) -> Result<FeedView> {
    let (member, mut tx, _) = begin(ctx, cmd.therapist_id).await?;
    let of = FeedOf::Therapist(cmd.therapist_id);
    let feed = renew(&mut tx, ctx, member.practice_id, of, cmd.show_names).await?;
    commit(tx).await?;
    Ok(FeedView { url: url(ctx, &feed), show_names: feed.show_names })
}

/// Takes a therapist's address away.
///
/// # Errors
/// As [`renew_feed`].
pub async fn stop_feed(ctx: &Ctx, therapist: TherapistId) -> Result<()> {
    let (member, mut tx, _) = begin(ctx, therapist).await?;
    calendars::stop_feed(&mut tx, member.practice_id, FeedOf::Therapist(therapist)).await?;
    audit::record(&mut tx, ctx, member.practice_id, "calendar.feed_stopped", Some(therapist.0), json!({})).await?;
    commit(tx).await
}

/// The addresses of the signed-in patient, one for each practice where they asked for one.
///
/// # Errors
/// `UNAUTHORIZED` when no patient is signed in.
pub async fn my_feeds(ctx: &Ctx) -> Result<Vec<MyFeed>> {
    mine(ctx, false).await
}

/// Gives the signed-in patient a new address for each practice they are a patient of; those before lead nowhere from now on.
///
/// # Errors
/// As [`my_feeds`].
pub async fn renew_my_feeds(ctx: &Ctx) -> Result<Vec<MyFeed>> {
    mine(ctx, true).await
}

async fn mine(ctx: &Ctx, anew: bool) -> Result<Vec<MyFeed>> {
    let Actor::Patient { email } = &ctx.actor else {
        return Err(ServiceError::code(ErrorCode::Unauthenticated));
    };
    let practices = lookup::practices_of_patient(&mut *ctx.deps.db.connection().await?, email).await?;
    let mut found = Vec::new();
    for practice in practices {
        let mut tx = ctx.deps.db.practice(practice, None).await?;
        let settings = practices::get(&mut tx, practice).await?.ok_or_else(ServiceError::not_found)?;
        for patient in patients::with_email(&mut tx, practice, email).await? {
            if let Some(feed) = of_patient(&mut tx, ctx, practice, patient, anew).await? {
                found.push(MyFeed { practice_name: settings.name.clone(), url: url(ctx, &feed) });
            }
        }
        commit(tx).await?;
    }
    Ok(found)
}

async fn of_patient(
    tx: &mut Tx,
    ctx: &Ctx,
    practice: PracticeId,
    patient: PatientId,
    anew: bool,
) -> Result<Option<Feed>> {
    let of = FeedOf::Patient(patient);
    if anew {
        renew(tx, ctx, practice, of, true).await.map(Some)
    } else {
        Ok(calendars::feed_of(tx, practice, of).await?)
    }
}
