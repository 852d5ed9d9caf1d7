//! Time passes: deadlines that came while nobody watched, erasure, messages that fail.

use chrono::TimeDelta;
use contracts::booking::{BookingStatus, PracticeAction};
use contracts::messages::MessageStatus;
use integrations::mail::MailError;
use services::bookings as b;
use std::time::Duration;
use test_support::TestApp;
use test_support::builders::{Practice, at, john};

#[tokio::test]
async fn a_hold_lapses_after_ten_minutes_and_can_be_taken_again() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let slot = at("2026-03-03T06:00:00Z");
    let held = practice.hold(&app, slot).await.unwrap();
    b::save_details(&app.visitor(), &held.token, john()).await.unwrap();
    app.clock.advance(TimeDelta::minutes(9));
    app.run_jobs().await;
    assert_eq!(b::view(&app.visitor(), &held.token).await.unwrap().status, BookingStatus::Held);
    app.clock.advance(TimeDelta::minutes(2));
    app.run_jobs().await;
    let lapsed = b::view(&app.visitor(), &held.token).await.unwrap();
    assert_eq!((lapsed.status, lapsed.requested), (BookingStatus::Expired, false));
    let again = b::hold_again(&app.visitor(), &held.token).await.unwrap();
    assert_eq!((again.status, again.details.name.as_str()), (BookingStatus::Held, "John Doe"));
}

#[tokio::test]
async fn a_lapsed_hold_frees_its_slot_even_while_no_worker_runs() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let slot = at("2026-03-03T06:00:00Z");
    practice.hold(&app, slot).await.unwrap();
    app.clock.advance(TimeDelta::minutes(11));
    assert_eq!(practice.hold(&app, slot).await.unwrap().status, BookingStatus::Held);
}

#[tokio::test]
async fn what_was_due_while_the_server_was_down_runs_once_after() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let booking = practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    app.run_jobs().await;
    app.clock.advance(TimeDelta::days(3));
    // Two servers come back at the same moment.
    let (one, two) = (app.system(), app.system());
    let (first, second) = tokio::join!(services::jobs::run_due(&one), services::jobs::run_due(&two));
    assert_eq!(first.unwrap().ended + second.unwrap().ended, 1);
    app.run_jobs().await;
    let expired = b::view(&app.visitor(), &booking.token).await.unwrap();
    assert_eq!((expired.status, expired.requested), (BookingStatus::Expired, true));
    let told = app.mailbox.to("john@example.com");
    assert_eq!(
        told.len(),
        2,
        "received and expired, each once: {:?}",
        told.iter().map(|m| &m.subject).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn data_of_requests_that_were_never_paid_is_erased_after_a_day() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let booking = practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    b::act(&practice.ctx(&app), booking.id, PracticeAction::Decline { reason: "No".into() }).await.unwrap();
    app.run_jobs().await;
    app.clock.advance(TimeDelta::hours(23));
    app.run_jobs().await;
    assert_eq!(b::get(&practice.ctx(&app), booking.id).await.unwrap().patient.name, "John Doe");
    app.clock.advance(TimeDelta::hours(2));
    assert_eq!(app.run_jobs().await.erased, 1);
    assert_eq!(app.run_jobs().await.erased, 0);
    let left: String = sqlx::query_scalar(
        "SELECT concat((SELECT jsonb_agg(to_jsonb(b)) FROM bookings b), (SELECT jsonb_agg(to_jsonb(p)) FROM patients p),
                       (SELECT jsonb_agg(to_jsonb(m)) FROM messages m), (SELECT jsonb_agg(to_jsonb(a)) FROM audit_log a))",
    )
    .fetch_one(&app.owner)
    .await
    .unwrap();
    for trace in ["John Doe", "john@example.com", "+254700000111", "Sleep"] {
        assert!(!left.contains(trace), "{trace} is still there");
    }
}

#[tokio::test]
async fn messages_that_fail_are_tried_three_times_and_stay_visible() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    app.run_jobs().await;
    app.mailbox.fail_with(Some(MailError::Temporary("451 try later".into())));
    practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    // The first failure ends a round, since a mail server that is down is down for all.
    for _ in 0..12 {
        app.run_jobs().await;
        app.clock.advance(TimeDelta::minutes(10));
    }
    let failed = services::messages::list(&practice.ctx(&app), Some(MessageStatus::Failed), None).await.unwrap().items;
    assert_eq!(failed.len(), 2, "to the patient and to the therapist");
    assert!(failed.iter().all(|m| m.attempts == 3 && m.last_error.as_deref().is_some_and(|e| e.contains("451"))));
    assert_eq!(b::counts(&practice.ctx(&app)).await.unwrap().failed_messages, 2);
    app.mailbox.fail_with(None);
    let mine = failed.iter().find(|m| m.recipient == "john@example.com").unwrap();
    services::messages::resend(&practice.ctx(&app), mine.id).await.unwrap();
    app.run_jobs().await;
    assert_eq!(app.mailbox.to("john@example.com").len(), 1);
}

#[tokio::test]
async fn a_mail_server_that_hangs_delays_neither_deadlines_nor_clearing_up() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    app.clock.advance(TimeDelta::days(30));
    sqlx::query("INSERT INTO idempotency_keys (scope, key, request_hash, created_at) VALUES ('s', 'k', '', $1)")
        .bind(at("2026-03-02T08:00:00Z"))
        .execute(&app.owner)
        .await
        .unwrap();
    app.mailbox.hang();
    practice.request(&app, at("2026-04-07T06:00:00Z")).await;
    let held = practice.hold(&app, at("2026-04-08T06:00:00Z")).await.unwrap();
    app.clock.advance(TimeDelta::minutes(11));
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    let worker = tokio::spawn(services::jobs::run_forever(app.deps.clone(), stopped));
    let lapsed = async {
        while b::view(&app.visitor(), &held.token).await.unwrap().status != BookingStatus::Expired {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), lapsed).await.expect("the hold lapses while a message hangs");
    let cleared = async {
        let left = "SELECT (SELECT count(*) FROM idempotency_keys) + (SELECT count(*) FROM one_time_links)";
        while sqlx::query_scalar::<_, i64>(left).fetch_one(&app.owner).await.unwrap() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), cleared).await.expect("old keys and links go while a message hangs");
    worker.abort();
}

/// From now on nothing can change this booking.
async fn freeze(app: &TestApp, booking: contracts::BookingId) {
    for sql in [
        "CREATE OR REPLACE FUNCTION frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'frozen'; END $$"
            .into(),
        format!(
            "CREATE TRIGGER frozen BEFORE UPDATE ON bookings FOR EACH ROW WHEN (OLD.id = '{booking}') \
             EXECUTE FUNCTION frozen()"
        ),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&app.owner).await.unwrap();
    }
}

#[tokio::test]
async fn a_booking_that_cannot_end_keeps_no_other_from_ending() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let stuck = practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    app.clock.advance(TimeDelta::minutes(1));
    let other = practice.request(&app, at("2026-03-11T06:00:00Z")).await;
    freeze(&app, stuck.id).await;
    app.clock.advance(TimeDelta::days(2));
    let round = services::jobs::run_due(&app.system()).await;
    let error = round.unwrap_err().to_string();
    assert!(error.contains(&stuck.id.to_string()) && error.contains("frozen"), "the log names it: {error}");
    assert_eq!(b::view(&app.visitor(), &other.token).await.unwrap().status, BookingStatus::Expired);
    assert_eq!(b::view(&app.visitor(), &stuck.token).await.unwrap().status, BookingStatus::PendingApproval);
    // However many are stuck, what comes behind them is looked at in the same round.
    let mut tx = app.deps.db.practice(practice.id, None).await.unwrap();
    let now = app.system().now;
    let due = store::bookings::due(&mut tx, practice.id, now, None, 1).await.unwrap();
    assert_eq!(due.first().map(|(_, id)| *id), Some(stuck.id));
    let behind = store::bookings::due(&mut tx, practice.id, now, due.first().copied(), 1).await.unwrap();
    assert!(behind.is_empty(), "{behind:?}");
    drop(tx);
    sqlx::query("DROP TRIGGER frozen ON bookings").execute(&app.owner).await.unwrap();
    assert_eq!(app.run_jobs().await.ended, 1);
}

#[tokio::test]
async fn a_request_that_cannot_be_erased_keeps_no_other_from_erasure() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let stuck = practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    let other = practice.request(&app, at("2026-03-11T06:00:00Z")).await;
    for booking in [&stuck, &other] {
        let decline = PracticeAction::Decline { reason: "No".into() };
        b::act(&practice.ctx(&app), booking.id, decline).await.unwrap();
        app.clock.advance(TimeDelta::minutes(1));
    }
    // Nobody is erased before their last message is sent.
    app.run_jobs().await;
    freeze(&app, stuck.id).await;
    app.clock.advance(TimeDelta::hours(25));
    assert!(services::jobs::run_due(&app.system()).await.is_err());
    let left: Vec<uuid::Uuid> =
        sqlx::query_scalar("SELECT id FROM bookings WHERE erased_at IS NULL").fetch_all(&app.owner).await.unwrap();
    assert_eq!(left, [stuck.id.0]);
}
