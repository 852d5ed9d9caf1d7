//! Time passes: deadlines that came while nobody watched, erasure, messages that fail.

use chrono::TimeDelta;
use contracts::booking::{BookingStatus, PracticeAction};
use contracts::messages::MessageStatus;
use integrations::mail::MailError;
use services::bookings as b;
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
