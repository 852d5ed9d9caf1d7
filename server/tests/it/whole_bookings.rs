//! A booking in one piece leaves what holding, filling in and sending leave, or nothing.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::booking::{BookingStatus, BookingView, PatientDetails};
use contracts::practice::{BookingPolicy, PaymentTiming};
use contracts::{ErrorCode, FieldProblem};
use services::bookings as b;
use std::sync::Arc;
use test_support::TestApp;
use test_support::builders::{Practice, at, john};
use tokio::task::JoinSet;

const CLIENTS: usize = 64;

async fn book(
    app: &TestApp,
    practice: &Practice,
    starts_at: DateTime<Utc>,
    who: PatientDetails,
) -> services::Result<BookingView> {
    b::book(&app.visitor(), practice.hold_command(starts_at), who).await
}

/// Rows that a booking leaves: bookings, slots (firm ones), sessions, patients with their therapist, messages, notices,
/// audit entries.
async fn left(app: &TestApp) -> Vec<i64> {
    let tables = [
        "bookings",
        "occupancies",
        "occupancies WHERE firm",
        "sessions",
        "patients",
        "patient_therapists",
        "messages",
        "notifications",
        "audit_log WHERE action LIKE 'booking%'",
    ];
    let mut counts = vec![];
    for table in tables {
        let sql = format!("SELECT count(*) FROM {table}");
        counts.push(sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&app.owner).await.unwrap());
    }
    counts
}

/// What a patient and a practice see of it, but for what is each booking's own.
fn seen(booking: &BookingView) -> serde_json::Value {
    let mut json = serde_json::to_value(booking).unwrap();
    for own in ["id", "token", "reference", "version"] {
        json.as_object_mut().unwrap().remove(own);
    }
    json
}

#[tokio::test]
async fn it_leaves_what_the_three_steps_leave() {
    let policies = [
        BookingPolicy::default(),
        BookingPolicy { needs_approval: false, ..Default::default() },
        BookingPolicy { needs_approval: false, payment_timing: PaymentTiming::AtSession, ..Default::default() },
    ];
    let starts_at = at("2026-03-03T06:00:00Z");
    let mut statuses = vec![];
    for policy in policies {
        let (steps, whole) = (TestApp::new().await, TestApp::new().await);
        let stepwise = Practice::with_policy(&steps, "alpha", policy.clone()).await;
        let practice = Practice::with_policy(&whole, "alpha", policy).await;
        let one = stepwise.request(&steps, starts_at).await;
        let other = book(&whole, &practice, starts_at, john()).await.unwrap();
        let rest = |booking: &BookingView| {
            let mut rest = seen(booking);
            rest["service_id"] = serde_json::Value::Null;
            rest
        };
        assert_eq!(rest(&one), rest(&other));
        assert_eq!(left(&steps).await, left(&whole).await, "{:?}", other.status);
        let words = |app: &TestApp| {
            let owner = app.owner.clone();
            async move {
                sqlx::query_as::<_, (String, String, Option<String>)>(
                    "SELECT template, recipient, channel FROM messages ORDER BY 1, 2",
                )
                .fetch_all(&owner)
                .await
                .unwrap()
            }
        };
        assert_eq!(words(&steps).await, words(&whole).await);
        assert_eq!(b::counts(&practice.ctx(&whole)).await.unwrap(), b::counts(&stepwise.ctx(&steps)).await.unwrap());
        statuses.push(other.status);
    }
    let expected = [BookingStatus::PendingApproval, BookingStatus::AwaitingPayment, BookingStatus::Confirmed];
    assert_eq!(statuses, expected);
}

#[tokio::test]
async fn what_is_refused_leaves_nothing() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let slot = at("2026-03-03T06:00:00Z");
    let before = left(&app).await;

    let nameless = PatientDetails { name: " ".into(), phone: "1".into(), ..john() };
    let error = book(&app, &practice, slot, nameless).await.unwrap_err();
    let fields: Vec<&str> = error.public.fields.iter().map(|field| field.field.as_str()).collect();
    assert!(fields.contains(&"name") && fields.contains(&"phone"), "{fields:?}");

    for (starts_at, problem) in [
        (at("2026-03-01T06:00:00Z"), Some(FieldProblem::InPast)),
        (slot + TimeDelta::days(3_650), Some(FieldProblem::TooFar)),
        (slot + TimeDelta::minutes(7), None),
    ] {
        let error = book(&app, &practice, starts_at, john()).await.unwrap_err();
        assert_eq!(error.public.code, ErrorCode::SlotUnavailable, "{starts_at}");
        assert_eq!(error.public.fields.first().map(|field| field.problem), problem, "{starts_at}");
    }
    let mut elsewhere = practice.hold_command(slot);
    elsewhere.slug = "nobody".into();
    let error = b::book(&app.visitor(), elsewhere, john()).await.unwrap_err();
    assert_eq!(error.public.code, ErrorCode::NotFound);
    assert_eq!(left(&app).await, before);

    practice.request(&app, slot).await;
    let before = left(&app).await;
    let somebody = PatientDetails { email: "else@example.com".into(), phone: "+254700000222".into(), ..john() };
    let error = book(&app, &practice, slot, somebody).await.unwrap_err();
    assert_eq!((error.public.code, error.public.alternatives.len()), (ErrorCode::SlotTaken, 3));
    assert_eq!(left(&app).await, before, "no patient stays behind");
}

#[tokio::test]
async fn a_lapsed_hold_is_not_in_the_way_and_a_known_patient_stays_one() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let slot = at("2026-03-03T06:00:00Z");
    let held = practice.hold(&app, slot).await.unwrap();
    app.clock.advance(TimeDelta::minutes(11));
    let booked = book(&app, &practice, slot, john()).await.unwrap();
    assert_eq!(booked.status, BookingStatus::PendingApproval);
    assert_eq!(b::view(&app.visitor(), &held.token).await.unwrap().status, BookingStatus::Expired);

    // The same phone, then the same address only.
    let phone = PatientDetails { email: "new@example.com".into(), ..john() };
    book(&app, &practice, slot + TimeDelta::hours(2), phone).await.unwrap();
    let email = PatientDetails { phone: "+254700000333".into(), ..john() };
    book(&app, &practice, slot + TimeDelta::hours(4), email).await.unwrap();
    let patients: i64 = sqlx::query_scalar("SELECT count(*) FROM patients").fetch_one(&app.owner).await.unwrap();
    assert_eq!(patients, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_people_at_once_one_has_the_slot_and_nobody_waits_in_a_circle() {
    let app = Arc::new(TestApp::new().await);
    let practice = Arc::new(Practice::new(&app, "alpha").await);
    let slot = at("2026-03-03T06:00:00Z");
    let mut all = JoinSet::new();
    for number in 0..CLIENTS {
        let (app, practice) = (app.clone(), practice.clone());
        all.spawn(async move {
            // Half of them are one family with one phone, and every other wants the next slot.
            let phone = if number % 2 == 0 { 0 } else { number };
            let starts_at = slot + TimeDelta::hours(i64::from(number % 4 > 1));
            let who = PatientDetails {
                email: format!("p{phone}@example.com"),
                phone: format!("+2547000{phone:05}"),
                ..john()
            };
            book(&app, &practice, starts_at, who).await
        });
    }
    let mut won = 0;
    while let Some(result) = all.join_next().await {
        match result.unwrap() {
            Ok(_) => won += 1,
            Err(error) => assert_eq!(error.public.code, ErrorCode::SlotTaken, "{error}"),
        }
    }
    assert_eq!(won, 2);
    let deadlocks: i64 =
        sqlx::query_scalar("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            .fetch_one(&app.owner)
            .await
            .unwrap();
    assert_eq!(deadlocks, 0);
    let kept = left(&app).await;
    assert_eq!((kept[0], kept[1]), (2, 2), "bookings and slots");
}
