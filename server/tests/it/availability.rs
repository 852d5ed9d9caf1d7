//! Opening hours as therapists change them, and what patients then see.

use chrono::NaiveDate;
use contracts::availability::*;
use contracts::booking::{BookingStatus, SlotStatus};
use contracts::{ErrorCode, FieldProblem};
use services::live::Heard;
use services::{availability as a, slots};
use std::time::{Duration, Instant};
use test_support::TestApp;
use test_support::builders::{Practice, at};

fn day(d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, d).unwrap()
}

async fn shown(app: &TestApp, practice: &Practice, d: u32) -> Vec<(String, SlotStatus)> {
    let answer = slots::availability(&app.visitor(), &practice.slug, practice.service, day(d), day(d)).await.unwrap();
    assert_eq!(answer.days.len(), 1);
    answer.days[0].slots.iter().map(|s| (s.local.format("%H:%M").to_string(), s.status)).collect()
}

fn close(practice: &Practice, d: u32, bookings: BookingsInTheWay) -> AddException {
    AddException {
        therapist_id: practice.therapist,
        kind: ExceptionKind::Closed,
        starts_on: day(d),
        ends_on: None,
        starts: None,
        ends: None,
        reason: "Holiday".into(),
        bookings,
    }
}

#[tokio::test]
async fn a_day_shows_its_slots_and_what_happened_to_them() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let before = shown(&app, &practice, 3).await;
    assert_eq!(
        before.iter().map(|(t, _)| t.as_str()).collect::<Vec<_>>(),
        ["09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00"]
    );
    assert!(before.iter().all(|(_, s)| *s == SlotStatus::Available));
    practice.hold(&app, at("2026-03-03T07:00:00Z")).await.unwrap();
    app.deps.cache.forget_prefix("slots:").await;
    let after = shown(&app, &practice, 3).await;
    assert_eq!(after[1], ("10:00".into(), SlotStatus::Locked));
    assert_eq!(after.iter().filter(|(_, s)| *s == SlotStatus::Available).count(), 7);
}

#[tokio::test]
async fn overlapping_and_short_blocks_are_refused_beside_the_field() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let add = |weekday: i16, starts: &str, ends: &str| AddRule {
        therapist_id: practice.therapist,
        weekday,
        starts: starts.into(),
        ends: ends.into(),
    };
    for (command, field, problem) in [
        (add(1, "16:00", "18:00"), "starts", FieldProblem::Overlaps),
        (add(6, "09:00", "09:20"), "ends", FieldProblem::BlockTooShort),
        (add(6, "10:00", "09:00"), "ends", FieldProblem::EndBeforeStart),
        (add(6, "25:00", "26:00"), "starts", FieldProblem::InvalidTime),
    ] {
        let error = a::add_rule(&ctx, command).await.unwrap_err();
        assert_eq!(error.public.problem_of(field), Some(problem), "{error} {:?}", error.public.fields);
    }
    a::add_rule(&ctx, add(1, "17:00", "24:00")).await.unwrap();
}

#[tokio::test]
async fn blocking_a_day_with_bookings_asks_what_happens_to_them() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let first = practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    let error = a::add_exception(&ctx, close(&practice, 10, BookingsInTheWay::Ask)).await.unwrap_err();
    assert_eq!((error.public.code, error.public.number), (ErrorCode::BookingsInTheWay, Some(1)));
    assert_eq!(shown(&app, &practice, 10).await.len(), 8, "nothing changed");

    a::add_exception(&ctx, close(&practice, 10, BookingsInTheWay::Keep)).await.unwrap();
    app.deps.cache.forget_prefix("slots:").await;
    assert!(shown(&app, &practice, 10).await.iter().all(|(_, s)| *s != SlotStatus::Available));
    let view = services::bookings::view(&app.visitor(), &first.token).await.unwrap();
    assert_eq!(view.status, BookingStatus::PendingApproval);

    let second = practice.request(&app, at("2026-03-11T06:00:00Z")).await;
    a::add_exception(&ctx, close(&practice, 11, BookingsInTheWay::Cancel)).await.unwrap();
    let view = services::bookings::view(&app.visitor(), &second.token).await.unwrap();
    assert_eq!((view.status, view.cancelled_by_patient), (BookingStatus::Cancelled, false));
    app.run_jobs().await;
    assert!(app.mailbox.to("john@example.com").iter().any(|m| m.text.contains("cancel")));
}

#[tokio::test]
async fn why_is_ten_o_clock_missing() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    a::add_exception(&ctx, close(&practice, 12, BookingsInTheWay::Keep)).await.unwrap();
    let held = practice.hold(&app, at("2026-03-10T07:00:00Z")).await.unwrap();
    let why = async |d: u32, h: u32, m: u32| {
        a::why(&ctx, practice.therapist, practice.service, day(d).and_hms_opt(h, m, 0).unwrap()).await.unwrap()
    };
    assert_eq!(why(10, 9, 0).await, Why::Offered);
    assert!(matches!(why(10, 10, 0).await, Why::Taken { booking: Some(id), .. } if id == held.id));
    assert!(matches!(why(10, 20, 0).await, Why::OutsideOpenings { .. }));
    assert_eq!(why(15, 10, 0).await, Why::ClosedThatDay);
    assert!(matches!(why(12, 10, 0).await, Why::Blocked { .. }));
    assert!(matches!(why(10, 16, 30).await, Why::DoesNotFit { .. }));
    assert!(matches!(why(10, 9, 5).await, Why::OffGrid { .. }));
    assert!(matches!(why(2, 9, 0).await, Why::TooSoon { .. }));
}

#[tokio::test]
async fn a_change_reaches_every_server_s_cache_through_notify() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let other = TestApp::on(&app.owner_url, std::sync::Arc::new(integrations::cache::MemoryCache::default())).await;
    let mut events = other.deps.live.subscribe();
    let listening = tokio::spawn(services::live::listen(other.deps.clone()));
    // The first word of the listener: from then on a change arrives without asking.
    assert_eq!(events.recv().await.unwrap(), Heard::Missed);
    let mut took = Vec::new();
    for round in 0..7_usize {
        assert_eq!(shown(&other, &practice, 3).await[round].1, SlotStatus::Available);
        let slot = at("2026-03-03T06:00:00Z") + chrono::TimeDelta::hours(i64::try_from(round).unwrap());
        practice.hold(&app, slot).await.unwrap();
        let committed = Instant::now();
        while shown(&other, &practice, 3).await[round].1 != SlotStatus::Locked {
            assert!(committed.elapsed() < Duration::from_secs(5), "round {round}: the cache was not dropped");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        took.push(committed.elapsed());
    }
    listening.abort();
    took.sort();
    assert!(took[took.len() / 2] < Duration::from_millis(100), "from commit to every cache: {took:?}");
}

#[tokio::test]
async fn buffers_preview_what_they_would_do() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let buffers =
        |before_min, after_min| SaveBuffers { therapist_id: practice.therapist, before_min, after_min, step_min: None };
    let preview = a::preview_buffers(&ctx, buffers(10, 30)).await.unwrap();
    assert!(preview.slots_then < preview.slots_now, "{preview:?}");
    assert!(!preview.warning);
    a::add_rule(
        &ctx,
        AddRule { therapist_id: practice.therapist, weekday: 6, starts: "09:00".into(), ends: "09:45".into() },
    )
    .await
    .unwrap();
    assert!(a::preview_buffers(&ctx, buffers(0, 15)).await.unwrap().warning, "EC-AV-003");
    assert!(a::preview_buffers(&ctx, buffers(0, 500)).await.is_err());
}

#[tokio::test]
async fn a_block_changes_in_place_and_never_over_another_one() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let page = a::page(&ctx, practice.therapist).await.unwrap();
    let tuesday = page.rules.iter().find(|rule| rule.weekday == 2).unwrap().id;
    let to = |weekday: i16, starts: &str, ends: &str| ChangeRule { weekday, starts: starts.into(), ends: ends.into() };
    for (change, field, expected) in [
        (to(3, "10:00", "12:00"), "starts", FieldProblem::Overlaps),
        (to(2, "10:00", "10:20"), "ends", FieldProblem::BlockTooShort),
        (to(8, "10:00", "12:00"), "weekday", FieldProblem::InvalidChoice),
    ] {
        let refused = a::change_rule(&ctx, tuesday, change).await.unwrap_err();
        assert_eq!(refused.public.problem_of(field), Some(expected));
    }
    // Over itself it may lie.
    let changed = a::change_rule(&ctx, tuesday, to(2, "10:00", "12:00")).await.unwrap();
    assert_eq!((changed.id, changed.starts_min, changed.ends_min), (tuesday, 600, 720));
    app.deps.cache.forget_prefix("slots:").await;
    let times: Vec<String> = shown(&app, &practice, 3).await.into_iter().map(|(time, _)| time).collect();
    assert_eq!(times, ["10:00", "11:00"]);
    let sunday = a::change_rule(&ctx, tuesday, to(7, "10:00", "12:00")).await.unwrap();
    assert_eq!(sunday.weekday, 7);
    a::delete_rule(&ctx, tuesday).await.unwrap();
    let gone = a::change_rule(&ctx, tuesday, to(2, "10:00", "12:00")).await.unwrap_err();
    assert_eq!(gone.public.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn an_exception_that_grows_asks_about_bookings_it_had_not_met_before() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let (tuesday, wednesday) = (at("2026-03-03T07:00:00Z"), at("2026-03-04T07:00:00Z"));
    let kept = practice.request(&app, tuesday).await;
    let later = practice.request(&app, wednesday).await;
    let added = a::add_exception(&ctx, close(&practice, 3, BookingsInTheWay::Keep)).await.unwrap();
    let change = |until: u32, reason: &str, bookings| ChangeException {
        kind: ExceptionKind::Closed,
        starts_on: day(3),
        ends_on: Some(day(until)),
        starts: None,
        ends: None,
        reason: reason.into(),
        bookings,
    };
    // What it meets already was decided about.
    let renamed = a::change_exception(&ctx, added.id, change(3, "Course", BookingsInTheWay::Ask)).await.unwrap();
    assert_eq!((renamed.id, renamed.reason.as_str()), (added.id, "Course"));
    let asked = a::change_exception(&ctx, added.id, change(4, "Course", BookingsInTheWay::Ask)).await.unwrap_err();
    assert_eq!((asked.public.code, asked.public.number), (ErrorCode::BookingsInTheWay, Some(1)));
    let page = a::page(&ctx, practice.therapist).await.unwrap();
    assert_eq!(page.exceptions[0].ends_on, day(3), "nothing was changed");
    a::change_exception(&ctx, added.id, change(4, "Course", BookingsInTheWay::Cancel)).await.unwrap();
    let status = |token: String| {
        let app = &app;
        async move { services::bookings::view(&app.visitor(), &token).await.unwrap().status }
    };
    assert_eq!(status(later.token).await, BookingStatus::Cancelled);
    assert_ne!(status(kept.token).await, BookingStatus::Cancelled);
    let wrong = a::change_exception(&ctx, added.id, change(2, "", BookingsInTheWay::Keep)).await.unwrap_err();
    assert_eq!(wrong.public.problem_of("ends_on"), Some(FieldProblem::EndBeforeStart));
    let hours = ChangeException {
        kind: ExceptionKind::Open,
        starts: Some("18:00".into()),
        ends: Some("20:00".into()),
        ..change(3, "Late", BookingsInTheWay::Ask)
    };
    let open = a::change_exception(&ctx, added.id, hours).await.unwrap();
    assert_eq!((open.kind, open.minutes), (ExceptionKind::Open, Some((1080, 1200))));
    a::delete_exception(&ctx, added.id).await.unwrap();
    let gone = a::change_exception(&ctx, added.id, change(3, "", BookingsInTheWay::Keep)).await.unwrap_err();
    assert_eq!(gone.public.code, ErrorCode::NotFound);
}
