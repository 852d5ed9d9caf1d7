//! Sixty-four at once: whatever happens, one slot has one winner, and everybody else gets a friendly no.

use contracts::ErrorCode;
use contracts::availability::{AddException, BookingsInTheWay, ExceptionKind};
use contracts::booking::BookingStatus;
use contracts::practice::{BookingPolicy, PaymentTiming};
use contracts::sessions::MoveSession;
use std::sync::Arc;
use test_support::TestApp;
use test_support::builders::{Practice, at, john};
use tokio::task::JoinSet;

const CLIENTS: usize = 64;

async fn overlaps(app: &TestApp) -> i64 {
    sqlx::query_scalar(
        "SELECT count(*) FROM occupancies a JOIN occupancies b
         ON a.practice_id = b.practice_id AND a.therapist_id = b.therapist_id AND a.id < b.id AND a.span && b.span",
    )
    .fetch_one(&app.owner)
    .await
    .unwrap()
}

async fn deadlocks(app: &TestApp) -> i64 {
    sqlx::query_scalar("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        .fetch_one(&app.owner)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_holds_on_one_slot_one_wins() {
    let app = Arc::new(TestApp::new().await);
    let practice = Arc::new(Practice::new(&app, "alpha").await);
    for round in 0..4 {
        let slot = at("2026-03-03T06:00:00Z") + chrono::TimeDelta::hours(round);
        let mut all = JoinSet::new();
        for _ in 0..CLIENTS {
            let (app, practice) = (app.clone(), practice.clone());
            all.spawn(async move { practice.hold(&app, slot).await });
        }
        let (mut won, mut lost) = (0, 0);
        while let Some(result) = all.join_next().await {
            match result.unwrap() {
                Ok(_) => won += 1,
                Err(error) => {
                    assert_eq!(error.public.code, ErrorCode::SlotTaken, "{error}");
                    assert!(!error.public.alternatives.is_empty(), "a loser is offered other times");
                    lost += 1;
                }
            }
        }
        assert_eq!((won, lost), (1, CLIENTS - 1), "round {round}");
    }
    assert_eq!(overlaps(&app).await, 0);
    assert_eq!(deadlocks(&app).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn holds_race_bookings_that_are_being_confirmed() {
    let app = Arc::new(TestApp::new().await);
    let policy =
        BookingPolicy { needs_approval: false, payment_timing: PaymentTiming::AtSession, ..Default::default() };
    let practice = Arc::new(Practice::with_policy(&app, "alpha", policy).await);
    let slot = at("2026-03-04T06:00:00Z");
    let held = practice.hold(&app, slot).await.unwrap();
    services::bookings::save_details(&app.visitor(), &held.token, john()).await.unwrap();
    let mut all = JoinSet::new();
    for client in 0..CLIENTS {
        let (app, practice, token) = (app.clone(), practice.clone(), held.token.clone());
        all.spawn(async move {
            if client % 8 == 0 {
                services::bookings::send_request(&app.visitor(), &token).await.map(|view| view.status)
            } else {
                practice.hold(&app, slot).await.map(|view| view.status)
            }
        });
    }
    let mut confirmed = 0;
    while let Some(result) = all.join_next().await {
        match result.unwrap() {
            Ok(status) => {
                assert_eq!(status, BookingStatus::Confirmed);
                confirmed += 1;
            }
            Err(error) => assert_eq!(error.public.code, ErrorCode::SlotTaken, "{error}"),
        }
    }
    assert_eq!(confirmed, CLIENTS / 8, "sending the same request again answers the same");
    let sessions: i64 = sqlx::query_scalar("SELECT count(*) FROM sessions").fetch_one(&app.owner).await.unwrap();
    assert_eq!((sessions, overlaps(&app).await, deadlocks(&app).await), (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_booking_and_a_closing_exception_never_pass_each_other() {
    let app = Arc::new(TestApp::new().await);
    let practice = Arc::new(Practice::new(&app, "alpha").await);
    for round in 0..8_usize {
        let days = u64::try_from(round % 5 + 7 * (round / 5)).unwrap();
        let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 9).unwrap() + chrono::Days::new(days);
        let slot = day.and_hms_opt(6, 0, 0).unwrap().and_utc();
        let mut all = JoinSet::new();
        for client in 0..CLIENTS {
            let (app, practice) = (app.clone(), practice.clone());
            all.spawn(async move {
                // Later from round to round, so that sometimes the closing wins and sometimes a patient.
                if client == 8 * round {
                    let command = AddException {
                        therapist_id: practice.therapist,
                        kind: ExceptionKind::Closed,
                        starts_on: day,
                        ends_on: None,
                        starts: None,
                        ends: None,
                        reason: String::new(),
                        bookings: BookingsInTheWay::Ask,
                    };
                    services::availability::add_exception(&practice.ctx(&app), command).await.map(|_| "closed")
                } else {
                    let later = slot + chrono::TimeDelta::hours(i64::try_from(client % 4).unwrap());
                    let held = practice.hold(&app, later).await?;
                    // Every second patient goes on to the end, while others still try.
                    if client % 2 == 0 {
                        services::bookings::save_details(&app.visitor(), &held.token, john()).await?;
                        services::bookings::send_request(&app.visitor(), &held.token).await?;
                    }
                    Ok("held")
                }
            });
        }
        let mut results = Vec::new();
        while let Some(result) = all.join_next().await {
            results.push(result.unwrap());
        }
        let closed = results.iter().any(|r| matches!(r, Ok("closed")));
        let held = results.iter().any(|r| matches!(r, Ok("held")));
        assert!(closed != held, "round {round}: either the day closed or somebody got a time, never both");
        let taken: i64 =
            sqlx::query_scalar("SELECT count(*) FROM occupancies WHERE practice_id = $1 AND (lower(span))::date = $2")
                .bind(practice.id.0)
                .bind(day)
                .fetch_one(&app.owner)
                .await
                .unwrap();
        let won = results.iter().filter(|r| matches!(r, Ok("held"))).count();
        assert_eq!(usize::try_from(taken).unwrap(), won, "round {round}: what was answered is what is kept");
        for error in results.iter().filter_map(|r| r.as_ref().err()) {
            assert!(
                matches!(
                    error.public.code,
                    ErrorCode::SlotTaken | ErrorCode::SlotUnavailable | ErrorCode::BookingsInTheWay
                ),
                "{error}"
            );
        }
    }
    assert_eq!((overlaps(&app).await, deadlocks(&app).await), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn overlapping_slots_of_different_lengths_collide_too() {
    let app = Arc::new(TestApp::new().await);
    let practice = Arc::new(Practice::new(&app, "alpha").await);
    let step = contracts::availability::SaveBuffers {
        therapist_id: practice.therapist,
        before_min: 0,
        after_min: 10,
        step_min: Some(15),
    };
    services::availability::save_buffers(&practice.ctx(&app), step).await.unwrap();
    let base = at("2026-03-03T06:00:00Z");
    let mut all = JoinSet::new();
    for client in 0..CLIENTS as i64 {
        let (app, practice) = (app.clone(), practice.clone());
        all.spawn(async move { practice.hold(&app, base + chrono::TimeDelta::minutes(15 * (client % 4))).await });
    }
    let mut won = 0;
    while let Some(result) = all.join_next().await {
        match result.unwrap() {
            Ok(_) => won += 1,
            Err(error) => assert_eq!(error.public.code, ErrorCode::SlotTaken, "{error}"),
        }
    }
    assert_eq!((won, overlaps(&app).await, deadlocks(&app).await), (1, 0, 0));
}

/// Forty series of one therapist that are due, each at its own time, and a night in which they all are.
async fn forty_due(app: &TestApp, practice: &Practice) {
    for number in 0..40_u32 {
        let patient = crate::series::patient(app, practice, number).await;
        let (weekday, hour) = (number % 5, 9 + number / 5);
        let first = format!("2026-03-{:02}", 16 + weekday);
        let cmd = crate::series::weekly(practice, patient, &first, &format!("{hour:02}:00"));
        services::series::create(&practice.ctx(app), cmd).await.unwrap();
    }
    app.clock.set(at("2026-03-13T21:00:00Z"));
}

/// Dates of series that are decided more than once, or whose session lacks its booking, its slot or its decision.
async fn halves(app: &TestApp) -> i64 {
    sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM bookings b WHERE source = 'series' AND NOT EXISTS (
                   SELECT FROM sessions x JOIN occupancies o ON o.session_id = x.id AND o.booking_id = b.id
                   JOIN series_occurrences d ON d.session_id = x.id WHERE x.booking_id = b.id AND d.state = 'created'))
              + (SELECT count(*) FROM occupancies o WHERE session_id IS NOT NULL AND NOT EXISTS (SELECT FROM sessions x WHERE x.id = o.session_id))
              + (SELECT count(*) - count(DISTINCT (patient_id, starts_at)) FROM sessions)",
    )
    .fetch_one(&app.owner)
    .await
    .unwrap()
}

async fn decided(app: &TestApp) -> (i64, i64) {
    sqlx::query_as(
        "SELECT count(*) FILTER (WHERE state = 'created'), count(*) FILTER (WHERE state = 'skipped') FROM series_occurrences",
    )
    .fetch_one(&app.owner)
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_generators_at_once_make_every_session_once() {
    let app = Arc::new(TestApp::new().await);
    let practice = Practice::new(&app, "alpha").await;
    forty_due(&app, &practice).await;
    // The working day begins an hour later on Monday: what begins at nine is skipped.
    let late = AddException {
        therapist_id: practice.therapist,
        kind: ExceptionKind::Closed,
        starts_on: chrono::NaiveDate::from_ymd_opt(2026, 3, 16).unwrap(),
        ends_on: None,
        starts: Some("09:00".into()),
        ends: Some("10:00".into()),
        reason: String::new(),
        bookings: BookingsInTheWay::Ask,
    };
    services::availability::add_exception(&practice.ctx(&app), late).await.unwrap();
    let second = TestApp::on(&app.owner_url, Arc::new(integrations::cache::MemoryCache::default())).await;
    second.clock.set(at("2026-03-13T21:00:00Z"));
    let second = Arc::new(second);
    let mut all = JoinSet::new();
    for n in 0..8 {
        let server = if n % 2 == 0 { app.clone() } else { second.clone() };
        all.spawn(async move { services::series::generate_due(&server.system()).await.unwrap() });
    }
    let (mut created, mut errors) = (0, 0);
    while let Some(done) = all.join_next().await {
        let done = done.unwrap();
        created += done.created;
        errors += done.errors;
    }
    assert_eq!((created, errors), (39, 0));
    assert_eq!(decided(&app).await, (39, 1));
    assert_eq!((halves(&app).await, overlaps(&app).await, deadlocks(&app).await), (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_generator_that_is_killed_leaves_nothing_half_done_and_the_next_one_finishes() {
    let app = Arc::new(TestApp::new().await);
    let practice = Practice::new(&app, "alpha").await;
    forty_due(&app, &practice).await;
    for millis in [1, 3, 6, 10, 15, 22, 30] {
        let ctx = app.system();
        let running = tokio::spawn(async move { services::series::generate_due(&ctx).await });
        tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
        // The connection goes as it does when a process is killed: in the middle of whatever it was doing.
        sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'calma'")
            .execute(&app.owner)
            .await
            .unwrap();
        running.abort();
        let _ = running.await;
        assert_eq!(halves(&app).await, 0, "after {millis} ms");
    }
    let survivor = TestApp::on(&app.owner_url, Arc::new(integrations::cache::MemoryCache::default())).await;
    survivor.clock.set(at("2026-03-13T21:00:00Z"));
    services::series::generate_due(&survivor.system()).await.unwrap();
    assert_eq!(decided(&app).await, (40, 0));
    assert_eq!((halves(&app).await, overlaps(&app).await), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn series_race_bookings_and_every_time_has_one_winner() {
    let app = Arc::new(TestApp::new().await);
    let practice = Arc::new(Practice::new(&app, "alpha").await);
    forty_due(&app, &practice).await;
    let mut all = JoinSet::new();
    for client in 0..CLIENTS as i64 {
        let (app, practice) = (app.clone(), practice.clone());
        all.spawn(async move {
            if client % 16 == 5 {
                let done = services::series::generate_due(&app.system()).await.unwrap();
                assert_eq!(done.errors, 0);
                return 0;
            }
            // Nine in the morning in Nairobi, and later.
            let slot = at("2026-03-16T06:00:00Z") + chrono::TimeDelta::hours(client % 8 + 24 * (client / 8 % 5));
            match practice.hold(&app, slot).await {
                Ok(_) => 1,
                Err(error) => {
                    assert_eq!(error.public.code, ErrorCode::SlotTaken, "{error}");
                    0
                }
            }
        });
    }
    let mut held = 0;
    while let Some(won) = all.join_next().await {
        held += won.unwrap();
    }
    // A series that lost its time in that very moment is looked at again in the next round, which sees who has it.
    services::series::generate_due(&app.system()).await.unwrap();
    let (created, skipped) = decided(&app).await;
    assert_eq!((created + held, created + skipped), (40, 40), "{held} held");
    assert_eq!((halves(&app).await, overlaps(&app).await, deadlocks(&app).await), (0, 0, 0));
}

/// Two members and the patient move the same session, each to another time: it has one of them, with its booking and its
/// slot, and one message tells of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_session_is_moved_to_three_times_at_once() {
    let app = TestApp::new().await;
    let policy =
        BookingPolicy { needs_approval: false, payment_timing: PaymentTiming::AtSession, ..BookingPolicy::default() };
    let practice = Practice::with_policy(&app, "alpha", policy).await;
    let booking = practice.request(&app, at("2026-03-03T06:00:00Z")).await;
    let card = services::bookings::get(&practice.ctx(&app), booking.id).await.unwrap();
    let session = card.session.unwrap().id;
    let mut all = JoinSet::new();
    for n in 0..30 {
        let (member, patient, token) = (practice.ctx(&app), app.visitor(), booking.token.clone());
        let starts = if n % 3 == 0 { "2026-03-10T10:00:00" } else { "2026-03-11T11:00:00" };
        let to =
            MoveSession { starts: starts.parse().unwrap(), outside_hours: false, tell_patient: true, version: None };
        all.spawn(async move {
            match n % 3 {
                2 => services::bookings::move_by_patient(&patient, &token, at("2026-03-12T06:00:00Z")).await.map(drop),
                _ => services::sessions::move_to(&member, session, to).await.map(drop),
            }
        });
    }
    for done in all.join_all().await {
        let code = done.err().map(|error| error.public.code);
        assert!(code.is_none_or(|code| code == ErrorCode::Conflict || code == ErrorCode::SlotTaken), "{code:?}");
    }
    let together: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sessions s JOIN bookings b ON b.id = s.booking_id AND b.starts_at = s.starts_at
         JOIN occupancies o ON o.session_id = s.id AND o.booking_id = b.id AND o.starts_at = s.starts_at",
    )
    .fetch_one(&app.owner)
    .await
    .unwrap();
    let slots: i64 = sqlx::query_scalar("SELECT count(*) FROM occupancies").fetch_one(&app.owner).await.unwrap();
    let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM messages WHERE announces AND status = 'queued'")
        .fetch_one(&app.owner)
        .await
        .unwrap();
    assert_eq!((together, slots), (1, 1));
    assert!(waiting <= 1, "{waiting} announcements of one session");
    assert_eq!(deadlocks(&app).await, 0);
}
