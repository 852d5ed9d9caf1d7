//! Calendars outside, against stand-ins over HTTP: what is taken there, our sessions there, and what happens when nobody
//! answers.

use crate::http::{request, send, server};
use crate::permissions::token_of;
use axum::http::{StatusCode, header};
use chrono::{DateTime, TimeDelta, Utc};
use contracts::accounts::Role;
use contracts::booking::BookingView;
use contracts::calendars::{
    AddCalendar, CalendarProblem, CalendarState, CalendarsPage, ConnectOutcome, ConnectedCalendar, SaveVideoUrl,
};
use contracts::lists::PageOf;
use contracts::messages::NoticeKind;
use contracts::practice::{BookingPolicy, PaymentTiming, VideoKind};
use contracts::sessions::{CancelSession, MoveSession};
use contracts::{BookingId, ErrorCode, SessionId};
use services::{Actor, Member, bookings, calendars, practice as settings, sessions};
use test_support::TestApp;
use test_support::builders::{Practice, at};
use test_support::calendar_file::CalendarFile;
use test_support::google::{GoogleStandIn, Rooms};

/// Tuesday, 09:00 in Nairobi.
pub const SLOT: &str = "2026-03-03T06:00:00Z";
pub const LATER: &str = "2026-03-04T06:00:00Z";

/// Instant booking without payment: what is sent is a session.
pub async fn practice(app: &TestApp, tag: &str) -> Practice {
    let policy =
        BookingPolicy { needs_approval: false, payment_timing: PaymentTiming::AtSession, ..BookingPolicy::default() };
    Practice::with_policy(app, tag, policy).await
}

/// Goes to Google and comes back, as a browser would.
pub async fn connect(app: &TestApp, practice: &Practice, google: &GoogleStandIn) {
    let ctx = practice.ctx(app);
    let began = calendars::begin_google(&ctx, practice.therapist).await.unwrap();
    let asked: std::collections::HashMap<String, String> =
        url::Url::parse(&began.url).unwrap().query_pairs().into_owned().collect();
    let cookie = began.cookie.split_once('=').unwrap().1.split(';').next().unwrap();
    let came = calendars::Came {
        state: Some(asked["state"].clone()),
        code: Some(google.code(&asked["code_challenge"])),
        error: None,
    };
    let (_, outcome) = calendars::finish_google(&ctx, Some(cookie), came).await.unwrap();
    assert_eq!(outcome, ConnectOutcome::Done);
}

pub async fn page(app: &TestApp, practice: &Practice) -> CalendarsPage {
    calendars::page(&practice.ctx(app), practice.therapist).await.unwrap()
}

async fn only(app: &TestApp, practice: &Practice) -> ConnectedCalendar {
    page(app, practice).await.calendars.into_iter().next().unwrap()
}

async fn add(app: &TestApp, practice: &Practice, url: &str) {
    let add = AddCalendar { therapist_id: practice.therapist, url: url.into() };
    calendars::add(&practice.ctx(app), add).await.unwrap();
    app.run_jobs().await;
}

async fn later(app: &TestApp, by: TimeDelta) {
    app.clock.advance(by);
    app.run_jobs().await;
}

/// The starts that the public page offers on a day.
async fn offered(app: &TestApp, practice: &Practice, day: &str) -> Vec<DateTime<Utc>> {
    let day = day.parse().unwrap();
    let days =
        services::slots::availability(&app.visitor(), &practice.slug, practice.service, day, day).await.unwrap().days;
    let free = |slot: &&contracts::booking::Slot| slot.status == contracts::booking::SlotStatus::Available;
    days.iter().flat_map(|day| day.slots.iter().filter(free).map(|slot| slot.starts_at)).collect()
}

/// Google's name for the entry of a booking's session.
pub async fn entry(app: &TestApp, booking: BookingId) -> String {
    let session: uuid::Uuid = sqlx::query_scalar("SELECT id FROM sessions WHERE booking_id = $1")
        .bind(booking.0)
        .fetch_one(&app.owner)
        .await
        .unwrap();
    format!("calma{}", session.simple())
}

async fn session_of(app: &TestApp, booking: &BookingView) -> SessionId {
    let id: uuid::Uuid = sqlx::query_scalar("SELECT id FROM sessions WHERE booking_id = $1")
        .bind(booking.id.0)
        .fetch_one(&app.owner)
        .await
        .unwrap();
    id.into()
}

#[tokio::test]
async fn what_is_taken_at_google_cannot_be_booked_and_comes_and_goes() {
    let google = GoogleStandIn::start().await;
    let app = TestApp::with_google(&google).await;
    let practice = practice(&app, "alpha").await;
    google.put("dentist", SLOT, "2026-03-03T07:00:00Z");
    connect(&app, &practice, &google).await;
    assert!(offered(&app, &practice, "2026-03-03").await.contains(&at(SLOT)), "it was not read yet");
    let live = tokio::spawn(services::live::listen(app.deps.clone()));
    app.run_jobs().await;

    let calendar = only(&app, &practice).await;
    assert_eq!((calendar.state, calendar.label.as_str()), (CalendarState::Ok, "ana@example.com"));
    // The cache hears of it by itself.
    for _ in 0..50 {
        if !offered(&app, &practice, "2026-03-03").await.contains(&at(SLOT)) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(!offered(&app, &practice, "2026-03-03").await.contains(&at(SLOT)));
    live.abort();
    let refused = practice.hold(&app, at(SLOT)).await.unwrap_err().public;
    assert_eq!((refused.code, refused.alternatives.is_empty()), (ErrorCode::SlotTaken, false));

    // Only what is new is asked for, five minutes or so later.
    google.asked();
    google.remove("dentist");
    google.put("lunch", LATER, "2026-03-04T07:00:00Z");
    later(&app, TimeDelta::minutes(7)).await;
    assert!(google.asked().iter().any(|asked| asked.query.contains_key("syncToken")));
    assert_eq!(practice.hold(&app, at(LATER)).await.unwrap_err().public.code, ErrorCode::SlotTaken);

    // A token that is too old: everything is read again.
    google.end_sync_tokens();
    google.remove("lunch");
    later(&app, TimeDelta::minutes(7)).await;
    practice.hold(&app, at(LATER)).await.unwrap();
    practice.hold(&app, at(SLOT)).await.unwrap();
}

#[tokio::test]
async fn a_hold_asks_google_once_more() {
    let google = GoogleStandIn::start().await;
    let app = TestApp::with_google(&google).await;
    let practice = practice(&app, "alpha").await;
    connect(&app, &practice, &google).await;
    app.run_jobs().await;
    app.clock.advance(TimeDelta::minutes(2));
    google.put("just-now", SLOT, "2026-03-03T07:00:00Z");
    assert_eq!(practice.hold(&app, at(SLOT)).await.unwrap_err().public.code, ErrorCode::SlotTaken);
    // It was read a moment ago: nobody is asked for the next hold.
    google.asked();
    practice.hold(&app, at(LATER)).await.unwrap();
    assert!(google.asked().is_empty());
}

#[tokio::test]
async fn a_calendar_that_is_down_blocks_nobody_and_the_entry_comes_later() {
    let google = GoogleStandIn::start().await;
    let app = TestApp::with_google(&google).await;
    let practice = practice(&app, "alpha").await;
    connect(&app, &practice, &google).await;
    app.run_jobs().await;
    app.clock.advance(TimeDelta::minutes(2));
    google.fail([(503, "backendError"); 40]);
    let booking = practice.request(&app, at(SLOT)).await;
    app.run_jobs().await;
    assert!(google.events().is_empty());
    assert_eq!(only(&app, &practice).await.entries_waiting, 1);

    google.recover();
    google.put("meanwhile", SLOT, "2026-03-03T06:30:00Z");
    later(&app, TimeDelta::minutes(10)).await;
    assert_eq!(google.events().len(), 2);
    assert_eq!(only(&app, &practice).await.entries_waiting, 0);
    // What stands there too is shown, once, and our own entry is no conflict.
    later(&app, TimeDelta::minutes(10)).await;
    let conflicts = page(&app, &practice).await.conflicts;
    assert_eq!(conflicts.len(), 1);
    assert_eq!((conflicts[0].booking_id, conflicts[0].patient_name.as_str()), (booking.id, "John Doe"));
    assert_eq!(conflicts[0].busy_until_local.to_string(), "2026-03-03 09:30:00");
}

#[tokio::test]
async fn a_session_is_put_moved_and_removed_exactly_once() {
    let google = GoogleStandIn::start().await;
    let app = TestApp::with_google(&google).await;
    let practice = practice(&app, "alpha").await;
    connect(&app, &practice, &google).await;
    let booking = practice.request(&app, at(SLOT)).await;
    let (one, two) = (app.system(), app.system());
    let (first, second) = tokio::join!(calendars::write_due(&one), calendars::write_due(&two));
    assert_eq!(first.unwrap() + second.unwrap(), 1, "one of two servers writes it");
    let name = entry(&app, booking.id).await;
    let there = google.event(&name).unwrap();
    assert_eq!(there["summary"], "Session - John Doe");
    assert!(there["description"].as_str().unwrap().contains("Phone: +254700000111"));
    assert_eq!(there["start"]["dateTime"], "2026-03-03T09:00:00+03:00");

    // The server died after Google did its part: done again, nothing changes.
    sqlx::query("UPDATE calendar_events SET placed = false, next_try_at = $1")
        .bind(app.deps.clock.now())
        .execute(&app.owner)
        .await
        .unwrap();
    app.run_jobs().await;
    assert_eq!(google.events().len(), 1);

    let (ctx, session) = (practice.ctx(&app), session_of(&app, &booking).await);
    let starts = "2026-03-04T09:00:00".parse().unwrap();
    let later_on = MoveSession { starts, outside_hours: false, tell_patient: true, version: None };
    sessions::move_to(&ctx, session, later_on).await.unwrap();
    app.run_jobs().await;
    assert_eq!(google.event(&name).unwrap()["start"]["dateTime"], "2026-03-04T09:00:00+03:00");
    // Ours is no busy time: where the session was, others can book; where it is, its own row keeps the slot.
    later(&app, TimeDelta::minutes(7)).await;
    let busy: i64 = sqlx::query_scalar("SELECT count(*) FROM external_busy").fetch_one(&app.owner).await.unwrap();
    assert_eq!(busy, 0);

    let id = only(&app, &practice).await.id;
    calendars::show_names(&practice.ctx(&app), id, false).await.unwrap();
    app.run_jobs().await;
    let there = google.event(&name).unwrap();
    assert_eq!(there["summary"], "Session - J. D.");
    assert!(!there.to_string().contains("254700000111"));

    sessions::cancel(&ctx, session, CancelSession { tell_patient: true, ..CancelSession::default() }).await.unwrap();
    app.run_jobs().await;
    assert!(google.events().is_empty());
    // Undone: Google keeps the name of what was removed, and it comes back.
    sessions::restore(&ctx, session).await.unwrap();
    app.run_jobs().await;
    assert_eq!(google.event(&name).unwrap()["status"], "confirmed");
    sessions::cancel(&ctx, session, CancelSession::default()).await.unwrap();
    app.run_jobs().await;
    assert!(google.events().is_empty());
    app.run_jobs().await;
    assert_eq!(only(&app, &practice).await.entries_waiting, 0);
}

#[tokio::test]
async fn sessions_that_were_there_before_are_put_too_and_disconnecting_forgets() {
    let google = GoogleStandIn::start().await;
    let app = TestApp::with_google(&google).await;
    let practice = practice(&app, "alpha").await;
    practice.request(&app, at(SLOT)).await;
    google.put("dentist", LATER, "2026-03-04T07:00:00Z");
    connect(&app, &practice, &google).await;
    app.run_jobs().await;
    assert_eq!(google.events().len(), 2);
    assert_eq!(practice.hold(&app, at(LATER)).await.unwrap_err().public.code, ErrorCode::SlotTaken);

    google.asked();
    let id = only(&app, &practice).await.id;
    calendars::disconnect(&practice.ctx(&app), id).await.unwrap();
    assert!(page(&app, &practice).await.calendars.is_empty());
    practice.hold(&app, at(LATER)).await.unwrap();
    assert_eq!(google.events().len(), 2, "what is in the person's calendar stays there");
    for _ in 0..50 {
        if google.asked().iter().any(|asked| asked.path == "/revoke") {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the permission was not given back");
}

#[tokio::test]
async fn access_that_was_taken_back_is_told_and_connected_again() {
    let google = GoogleStandIn::start().await;
    let app = TestApp::with_google(&google).await;
    let practice = practice(&app, "alpha").await;
    connect(&app, &practice, &google).await;
    app.run_jobs().await;
    // An access token ends: nobody notices.
    google.end_access_tokens();
    later(&app, TimeDelta::minutes(7)).await;
    assert_eq!(only(&app, &practice).await.state, CalendarState::Ok);

    google.take_back();
    later(&app, TimeDelta::minutes(7)).await;
    let calendar = only(&app, &practice).await;
    assert_eq!((calendar.state, calendar.problem), (CalendarState::Revoked, Some(CalendarProblem::Revoked)));
    // Nothing is asked until somebody connects it; sessions are made nevertheless.
    practice.request(&app, at(SLOT)).await;
    google.asked();
    later(&app, TimeDelta::hours(2)).await;
    assert!(google.asked().is_empty());
    let unread = calendars::read_now(&practice.ctx(&app), calendar.id).await.unwrap_err();
    assert_eq!(unread.public.code, ErrorCode::NotFound);

    connect(&app, &practice, &google).await;
    app.run_jobs().await;
    assert_eq!(only(&app, &practice).await.state, CalendarState::Ok);
    assert_eq!(google.events().len(), 1);

    assert_eq!(losses(&app, &practice).await, 1);
    google.fail([(403, "insufficientPermissions")]);
    later(&app, TimeDelta::minutes(7)).await;
    assert_eq!(only(&app, &practice).await.problem, Some(CalendarProblem::Forbidden));
    assert_eq!(losses(&app, &practice).await, 2, "an account that allows too little has to be connected again too");
}

/// How often the owner was told that a calendar has to be connected again.
async fn losses(app: &TestApp, practice: &Practice) -> usize {
    let told = services::messages::notices(&practice.ctx(app), PageOf::after(None)).await.unwrap().items;
    told.iter().filter(|notice| notice.kind == NoticeKind::CalendarLost).count()
}

#[tokio::test]
async fn entries_that_find_the_access_gone_tell_it_once() {
    let google = GoogleStandIn::start().await;
    let app = TestApp::with_google(&google).await;
    let practice = practice(&app, "alpha").await;
    connect(&app, &practice, &google).await;
    app.run_jobs().await;
    practice.request(&app, at(SLOT)).await;
    practice.request(&app, at(LATER)).await;
    google.take_back();
    calendars::write_due(&app.system()).await.unwrap();
    let calendar = only(&app, &practice).await;
    assert_eq!((calendar.state, calendar.problem), (CalendarState::Revoked, Some(CalendarProblem::Revoked)));
    later(&app, TimeDelta::minutes(7)).await;
    assert_eq!(losses(&app, &practice).await, 1, "two entries found it, and reading was over then");
}

async fn video(app: &TestApp, practice: &Practice, kind: VideoKind, base: &str) {
    let ctx = practice.ctx(app);
    let mut now = settings::settings(&ctx).await.unwrap();
    (now.video, now.video_base) = (kind, base.into());
    settings::save_settings(&ctx, now).await.unwrap();
}

async fn link(app: &TestApp, booking: &BookingView) -> Option<String> {
    bookings::view(&app.visitor(), &booking.token).await.unwrap().video_link
}

#[tokio::test]
async fn a_meet_room_comes_with_the_entry_and_has_a_stand_in() {
    let google = GoogleStandIn::start().await;
    let app = TestApp::with_google(&google).await;
    let practice = practice(&app, "alpha").await;
    video(&app, &practice, VideoKind::Meet, "https://jitsi.example").await;
    // Nobody has connected Google: the practice's own service.
    let before = practice.request(&app, at("2026-03-05T06:00:00Z")).await;
    assert!(link(&app, &before).await.unwrap().starts_with("https://jitsi.example/calma-"));

    connect(&app, &practice, &google).await;
    let booking = practice.request(&app, at(SLOT)).await;
    assert_eq!(link(&app, &booking).await, None);
    app.run_jobs().await;
    let name = entry(&app, booking.id).await;
    assert_eq!(link(&app, &booking).await, Some(format!("https://meet.google.com/{name}")));

    // Made a while later: asked for anew under another name.
    google.rooms(Rooms::SecondTime);
    let slow = practice.request(&app, at(LATER)).await;
    app.run_jobs().await;
    assert_eq!(link(&app, &slow).await, None);
    later(&app, TimeDelta::seconds(30)).await;
    assert!(link(&app, &slow).await.unwrap().starts_with("https://meet.google.com/"));

    // A calendar without rooms: the entry is there, and the practice's own service stands in.
    google.rooms(Rooms::Refused);
    let without = practice.request(&app, at("2026-03-06T06:00:00Z")).await;
    app.run_jobs().await;
    assert!(google.event(&entry(&app, without.id).await).is_some());
    assert!(link(&app, &without).await.unwrap().starts_with("https://jitsi.example/calma-"));
}

#[tokio::test]
async fn a_therapists_own_room_is_used_where_the_practice_says_so() {
    let app = TestApp::new().await;
    let practice = practice(&app, "alpha").await;
    video(&app, &practice, VideoKind::Own, "https://jitsi.example").await;
    let save = |url: &str| SaveVideoUrl { therapist_id: practice.therapist, video_url: url.into() };
    let wrong = calendars::save_video_url(&practice.ctx(&app), save("javascript:alert(1)")).await.unwrap_err();
    assert!(wrong.public.problem_of("video_url").is_some());
    calendars::save_video_url(&practice.ctx(&app), save("https://zoom.example/j/1")).await.unwrap();
    let booking = practice.request(&app, at(SLOT)).await;
    assert_eq!(link(&app, &booking).await.as_deref(), Some("https://zoom.example/j/1"));
    calendars::save_video_url(&practice.ctx(&app), save("")).await.unwrap();
    assert_eq!(link(&app, &practice.request(&app, at(LATER)).await).await, None);
}

#[tokio::test]
async fn a_published_calendar_counts_as_taken() {
    let google = GoogleStandIn::start().await;
    let app = TestApp::with_google(&google).await;
    let practice = practice(&app, "alpha").await;
    let file = CalendarFile::start("DTSTART:20260303T060000Z\nDTEND:20260303T070000Z\nRRULE:FREQ=WEEKLY;COUNT=2").await;
    add(&app, &practice, &file.url).await;
    let calendar = only(&app, &practice).await;
    assert_eq!((calendar.state, calendar.label.as_str()), (CalendarState::Ok, "127.0.0.1"));
    for taken in [SLOT, "2026-03-10T06:00:00Z"] {
        assert_eq!(practice.hold(&app, at(taken)).await.unwrap_err().public.code, ErrorCode::SlotTaken, "{taken}");
    }
    practice.hold(&app, at("2026-03-17T06:00:00Z")).await.unwrap();
    let (ctx, day) = (practice.ctx(&app), "2026-03-03".parse().unwrap());
    let diary = sessions::calendar(&ctx, day, day, Some(practice.therapist)).await.unwrap();
    assert_eq!(diary.taken_outside, [(day, 9 * 60, 10 * 60)]);

    // Two weeks away, from Wednesday on: longer than any occupancy of ours.
    file.set("DTSTART;VALUE=DATE:20260304\nDTEND;VALUE=DATE:20260318");
    later(&app, TimeDelta::minutes(7)).await;
    practice.hold(&app, at(SLOT)).await.unwrap();
    for taken in [LATER, "2026-03-11T06:00:00Z", "2026-03-16T06:00:00Z"] {
        assert_eq!(practice.hold(&app, at(taken)).await.unwrap_err().public.code, ErrorCode::SlotTaken, "{taken}");
    }
    // It cannot be read any more: what was read still counts, and the state says so.
    file.fail(404);
    later(&app, TimeDelta::minutes(7)).await;
    let calendar = only(&app, &practice).await;
    assert_eq!((calendar.state, calendar.problem), (CalendarState::Failing, Some(CalendarProblem::Refused)));
    assert_eq!(practice.hold(&app, at(LATER)).await.unwrap_err().public.code, ErrorCode::SlotTaken);
    file.fail(200);
    later(&app, TimeDelta::minutes(3)).await;
    assert_eq!(only(&app, &practice).await.state, CalendarState::Ok);
}

#[tokio::test]
async fn an_address_inside_is_not_read_and_secrets_are_not_in_the_database() {
    let app = TestApp::new().await;
    let practice = practice(&app, "alpha").await;
    let file = CalendarFile::start("DTSTART:20260303T060000Z\nDTEND:20260303T070000Z").await;
    add(&app, &practice, &format!("{}?key=very-secret", file.url)).await;
    assert_eq!(only(&app, &practice).await.problem, Some(CalendarProblem::Internal));
    assert_eq!(file.asked(), 0);
    let row: String =
        sqlx::query_scalar("SELECT to_jsonb(c)::text || encode(credentials, 'escape') FROM calendar_connections c")
            .fetch_one(&app.owner)
            .await
            .unwrap();
    assert!(!row.contains("very-secret") && !row.contains("http"), "{row}");

    for wrong in ["", "ftp://a.example/", "calendar", "https://user:pass@a.example/x.ics"] {
        let add = AddCalendar { therapist_id: practice.therapist, url: wrong.into() };
        let error = calendars::add(&practice.ctx(&app), add).await.unwrap_err();
        assert!(error.public.problem_of("url").is_some(), "{wrong}");
    }
}

#[tokio::test]
async fn only_the_browser_that_began_comes_back_from_google() {
    let google = GoogleStandIn::start().await;
    let app = TestApp::with_google(&google).await;
    let practice = practice(&app, "alpha").await;
    let router = server(&app, "");
    let bearer = token_of(&app, &practice, Role::Admin);
    let begin = format!("/app/calendars/google?therapist_id={}", practice.therapist);
    let began = send(&router, request("GET", &begin, Some(&bearer), None)).await;
    assert_eq!(began.status, StatusCode::SEE_OTHER);
    let cookie = began.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let asked: std::collections::HashMap<String, String> =
        url::Url::parse(began.headers[header::LOCATION].to_str().unwrap())
            .unwrap()
            .query_pairs()
            .into_owned()
            .collect();
    assert_eq!(asked["redirect_uri"], "http://calma.test/app/calendars/google/callback");

    let back = |state: &str, rest: &str| format!("/app/calendars/google/callback?state={state}&{rest}");
    let come = async |path: String, cookie: Option<&str>| {
        let mut asked = request("GET", &path, Some(&bearer), None);
        if let Some(cookie) = cookie {
            asked.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
        }
        let answer = send(&router, asked).await;
        answer.headers[header::LOCATION].to_str().unwrap().to_owned()
    };
    let code = format!("code={}", google.code(&asked["code_challenge"]));
    assert!(come(back(&asked["state"], &code), None).await.ends_with("?google=expired"));
    assert!(come(back("forged", &code), Some(&cookie)).await.ends_with("?google=expired"));
    assert!(come(back(&asked["state"], "error=access_denied"), Some(&cookie)).await.ends_with("&google=denied"));
    assert!(page(&app, &practice).await.calendars.is_empty());
    assert!(come(back(&asked["state"], &code), Some(&cookie)).await.ends_with("&google=done"));
    assert!(come(back(&asked["state"], &code), Some(&cookie)).await.ends_with("&google=failed"), "a code works once");
    app.clock.advance(TimeDelta::minutes(16));
    let bearer = token_of(&app, &practice, Role::Admin);
    let mut late = request("GET", &back(&asked["state"], &code), Some(&bearer), None);
    late.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
    assert!(send(&router, late).await.headers[header::LOCATION].to_str().unwrap().ends_with("?google=expired"));

    // A colleague cannot finish what the owner began.
    let other = Actor::Member(Member { member_id: uuid::Uuid::from_u128(9).into(), ..practice.owner.clone() });
    let value = cookie.split_once('=').unwrap().1;
    let came = calendars::Came { state: Some(asked["state"].clone()), code: Some("x".into()), error: None };
    let error = calendars::finish_google(&app.ctx(other), Some(value), came).await.unwrap_err();
    assert_eq!(error.public.code, ErrorCode::LinkInvalid);
}
