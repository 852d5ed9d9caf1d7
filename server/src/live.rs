//! Server-sent events: open pages hear that something changed and fetch what they show. An event tells a kind, and to
//! members the ids; never what changed.

use crate::middleware::errors::Fail;
use crate::state::AppState;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use contracts::BookingId;
use contracts::accounts::Role;
use contracts::live::{LiveEvent, LiveKind};
use domain::permissions::{Action, Resource, allowed, sees_only_own};
use serde::Deserialize;
use services::live::Heard;
use services::{Ctx, Member, bookings, patient_access, practice, tokens};
use std::collections::HashSet;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;

const MISSED: &str = r#"{"k":"missed"}"#;
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// A stream ends before the access token that opened it does; the browser opens the next one with a renewed cookie, and
/// who was logged out or lost their role hears nothing more.
const MEMBER_STREAM: Duration = Duration::from_secs(14 * 60);
/// A patient's stream knows the bookings they had when it was opened; the next one knows newer ones, and none opens after
/// signing out.
const PATIENT_STREAM: Duration = Duration::from_secs(5 * 60);
/// Others are renewed now and then, so that links and slugs that no longer lead anywhere are dropped.
const PUBLIC_STREAM: Duration = Duration::from_secs(60 * 60);

/// Where a page's knowledge ends: the mark it was rendered with.
#[derive(Debug, Default, Deserialize)]
pub struct Since {
    #[serde(default)]
    since: Option<String>,
}

type Stream = Sse<axum::response::sse::KeepAliveStream<ReceiverStream<Result<Event, Infallible>>>>;

/// What happens in the member's practice, as far as they may see it.
pub async fn practice_events(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    Query(since): Query<Since>,
) -> Result<Stream, Fail> {
    let member = ctx.member()?.clone();
    Ok(stream(&state, since, MEMBER_STREAM, move |event| {
        member_may_hear(&member, event).then(|| serde_json::json!(event).to_string())
    }))
}

/// Whether the slots of a therapist's public page must be fetched again.
pub async fn therapist_events(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    Path(slug): Path<String>,
    Query(since): Query<Since>,
) -> Result<Stream, Fail> {
    let (practice, therapist) = practice::behind_slug(&ctx, &slug).await?;
    Ok(stream(&state, since, PUBLIC_STREAM, move |event| {
        let theirs = event.practice_id == practice && event.therapist_id.is_none_or(|id| id == therapist);
        (theirs && matches!(event.kind, LiveKind::Slots | LiveKind::Schedule)).then(|| kind_only(event.kind))
    }))
}

/// Whether a booking must be fetched again, for who has its link.
pub async fn booking_events(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    Path(token): Path<String>,
    Query(since): Query<Since>,
) -> Result<Stream, Fail> {
    let id = tokens::booking_of(&ctx.deps.secrets, &token).ok_or(contracts::ErrorCode::NotFound)?;
    bookings::view(&ctx, &token).await?;
    Ok(stream(&state, since, PUBLIC_STREAM, move |event| {
        (event.booking_id == Some(id) && event.kind == LiveKind::Booking).then(|| kind_only(event.kind))
    }))
}

/// Whether the signed-in patient's bookings must be fetched again.
pub async fn patient_events(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    Query(since): Query<Since>,
) -> Result<Stream, Fail> {
    let bookings = patient_access::my_bookings(&ctx).await?.bookings;
    let mine: HashSet<BookingId> = bookings.into_iter().map(|booking| booking.id).collect();
    Ok(stream(&state, since, PATIENT_STREAM, move |event| {
        patient_may_hear(&mine, event).then(|| kind_only(event.kind))
    }))
}

fn patient_may_hear(mine: &HashSet<BookingId>, event: &LiveEvent) -> bool {
    event.kind == LiveKind::Booking && event.booking_id.is_some_and(|id| mine.contains(&id))
}

fn kind_only(kind: LiveKind) -> String {
    serde_json::json!({ "k": kind }).to_string()
}

/// Therapists and caregivers hear of their own bookings only, and everybody of what they may read.
fn member_may_hear(member: &Member, event: &LiveEvent) -> bool {
    let own = !sees_only_own(member.role) || event.therapist_id.is_none_or(|id| Some(id) == member.therapist_id);
    if event.kind == LiveKind::Notice {
        // It names nobody; each member then reads what they were told themselves.
        return event.practice_id == member.practice_id;
    }
    let resource = match event.kind {
        LiveKind::Slots | LiveKind::Booking | LiveKind::Notice => Resource::Bookings,
        LiveKind::Schedule | LiveKind::Calendar => Resource::Availability,
        LiveKind::Message => Resource::Messages,
        LiveKind::Session => Resource::Sessions,
        LiveKind::Patient => Resource::Patients,
        LiveKind::Series => Resource::Series,
    };
    // A message carries no therapist, so those who see only their own are not told of it.
    let untold = event.kind == LiveKind::Message && matches!(member.role, Role::Therapist | Role::Caregiver);
    event.practice_id == member.practice_id && own && !untold && allowed(member.role, Action::Read, resource)
}

fn stream(
    state: &AppState,
    since: Since,
    life: Duration,
    tell: impl Fn(&LiveEvent) -> Option<String> + Send + 'static,
) -> Stream {
    let (sender, receiver) = mpsc::channel(16);
    let (missed, events) = match since.since {
        Some(mark) => state.deps.live.subscribe_since(&mark),
        None => (vec![], state.deps.live.subscribe()),
    };
    // One change is enough for the page to fetch everything it shows.
    let missed = missed.iter().find_map(|heard| told(heard, &tell));
    tokio::spawn(forward(missed, events, sender, state.stop.clone(), life, tell));
    Sse::new(ReceiverStream::new(receiver)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

/// What the page is told of an event, if it may hear it.
fn told(heard: &Heard, tell: impl Fn(&LiveEvent) -> Option<String>) -> Option<String> {
    match heard {
        Heard::Changed(event) => tell(event),
        // Some were missed: the page fetches everything it shows.
        Heard::Missed => Some(MISSED.to_owned()),
    }
}

fn change(data: String) -> Event {
    Event::default().event("change").data(data)
}

/// Until the browser goes, the server stops or the stream has lived long enough.
async fn forward(
    missed: Option<String>,
    mut events: broadcast::Receiver<Heard>,
    sender: mpsc::Sender<Result<Event, Infallible>>,
    mut stop: watch::Receiver<bool>,
    life: Duration,
    tell: impl Fn(&LiveEvent) -> Option<String>,
) {
    let end = tokio::time::sleep(life);
    tokio::pin!(end);
    // Tells the browser that it is connected, and through every proxy in between.
    let hello = Event::default().comment("connected");
    for first in std::iter::once(hello).chain(missed.map(change)) {
        if sender.send(Ok(first)).await.is_err() {
            return;
        }
    }
    loop {
        let data = tokio::select! {
            event = events.recv() => match event {
                Ok(heard) => told(&heard, &tell),
                Err(RecvError::Lagged(_)) => told(&Heard::Missed, &tell),
                Err(RecvError::Closed) => return,
            },
            () = sender.closed() => return,
            () = &mut end => return,
            _ = stop.wait_for(|stopping| *stopping) => return,
        };
        if let Some(data) = data
            && sender.send(Ok(change(data))).await.is_err()
        {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::{PracticeId, TherapistId};
    use uuid::Uuid;

    fn member(role: Role) -> Member {
        Member {
            user_id: Uuid::from_u128(1).into(),
            member_id: Uuid::from_u128(2).into(),
            practice_id: PracticeId(Uuid::from_u128(3)),
            role,
            therapist_id: Some(TherapistId(Uuid::from_u128(4))),
            login_session_id: Uuid::from_u128(5),
        }
    }

    fn event(practice: u128, therapist: Option<u128>, kind: LiveKind) -> LiveEvent {
        let therapist_id = therapist.map(|id| TherapistId(Uuid::from_u128(id)));
        LiveEvent { practice_id: PracticeId(Uuid::from_u128(practice)), therapist_id, booking_id: None, kind }
    }

    #[test]
    fn members_hear_of_their_practice_and_therapists_of_themselves() {
        let (admin, therapist) = (member(Role::Admin), member(Role::Therapist));
        assert!(member_may_hear(&admin, &event(3, Some(9), LiveKind::Booking)));
        assert!(!member_may_hear(&admin, &event(8, Some(9), LiveKind::Booking)));
        assert!(member_may_hear(&therapist, &event(3, Some(4), LiveKind::Booking)));
        assert!(!member_may_hear(&therapist, &event(3, Some(9), LiveKind::Booking)));
        assert!(!member_may_hear(&therapist, &event(3, None, LiveKind::Message)));
    }

    #[test]
    fn patients_hear_of_their_own_bookings() {
        let (own, other) = (BookingId(Uuid::from_u128(6)), BookingId(Uuid::from_u128(7)));
        let mine = HashSet::from([own]);
        let of = |booking_id, kind| LiveEvent { booking_id, ..event(3, Some(4), kind) };
        assert!(patient_may_hear(&mine, &of(Some(own), LiveKind::Booking)));
        assert!(!patient_may_hear(&mine, &of(Some(other), LiveKind::Booking)));
        assert!(!patient_may_hear(&mine, &of(Some(own), LiveKind::Slots)));
        assert!(!patient_may_hear(&mine, &of(None, LiveKind::Booking)));
    }

    #[test]
    fn the_public_hears_a_kind_and_no_ids() {
        assert_eq!(kind_only(LiveKind::Slots), r#"{"k":"slots"}"#);
    }
}
