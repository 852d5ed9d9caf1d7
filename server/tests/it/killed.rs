//! A worker that is killed at any moment of a night: every session exists once, and every message is sent once.

use crate::reminders::practice;
use crate::series::{patient, sessions, weekly};
use chrono::TimeDelta;
use std::collections::BTreeSet;
use std::time::Duration;
use test_support::TestApp;
use test_support::builders::at;
use test_support::twilio::Twilio;

/// Sessions of a week, on Tuesday to Friday, with patients who want mail and others who want texts.
const STARTS: [(&str, &str); 8] = [
    ("2026-03-03", "09:00"),
    ("2026-03-03", "11:00"),
    ("2026-03-04", "09:00"),
    ("2026-03-04", "14:00"),
    ("2026-03-05", "10:00"),
    ("2026-03-05", "12:00"),
    ("2026-03-06", "09:00"),
    ("2026-03-06", "15:00"),
];
const DAYS: i64 = 9;

async fn in_care() -> (TestApp, Twilio) {
    let (app, twilio) = TestApp::with_twilio().await;
    let practice = practice(&app, "alpha").await;
    for (number, (day, time)) in (1..).zip(STARTS) {
        let who = patient(&app, &practice, number).await;
        services::series::create(&practice.ctx(&app), weekly(&practice, who, day, time)).await.unwrap();
    }
    sqlx::query("UPDATE patients SET preferences = jsonb_build_object('channel', 'sms') WHERE phone ~ '[02468]$'")
        .execute(&app.owner)
        .await
        .unwrap();
    (app, twilio)
}

/// Begins a round of everything again and again, and each time stops it somewhere in the middle.
async fn killed(app: &TestApp, times: u64) {
    for round in 0..times {
        let ctx = app.system();
        let worker = tokio::spawn(async move { services::jobs::run_due(&ctx).await });
        // From at once to forty milliseconds later, in no order.
        tokio::time::sleep(Duration::from_micros(round * 7_919 % 40_000)).await;
        worker.abort();
        let _ = worker.await;
    }
}

/// Nine days and nights, in steps of six hours; what a dead worker had handed over is looked after minutes later.
async fn live(app: &TestApp, kills: u64) {
    for _ in 0..DAYS * 4 {
        app.clock.advance(TimeDelta::hours(6) - TimeDelta::minutes(6));
        killed(app, kills).await;
        for _ in 0..3 {
            app.clock.advance(TimeDelta::minutes(2));
            app.run_jobs().await;
        }
    }
}

/// What was written to patients about which session, in order.
async fn written(app: &TestApp) -> Vec<(String, String, String, String)> {
    sqlx::query_as(
        "SELECT m.template, m.channel, m.recipient, to_char(b.starts_at AT TIME ZONE 'UTC', 'MM-DD HH24:MI')
         FROM messages m JOIN bookings b ON b.practice_id = m.practice_id AND b.id = m.booking_id
         WHERE m.status = 'sent' ORDER BY 1, 2, 3, 4",
    )
    .fetch_all(&app.owner)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_worker_that_is_killed_at_any_moment_makes_and_sends_each_thing_once() {
    let ((undisturbed, _quiet), (app, twilio)) = (in_care().await, in_care().await);
    live(&undisturbed, 0).await;
    live(&app, 6).await;

    assert_eq!(sessions(&app).await, sessions(&undisturbed).await);
    let (told, expected) = (written(&app).await, written(&undisturbed).await);
    assert!(expected.len() > 20 && expected.iter().any(|(_, channel, ..)| channel == "sms"), "{expected:?}");
    assert_eq!(told, expected);
    // A text arrived as often as it says it was sent. A repeated mail has the same id, and mail servers drop it.
    let texts = told.iter().filter(|(_, channel, ..)| channel == "sms").count();
    assert_eq!(twilio.taken().len(), texts);
    let mails: BTreeSet<String> = app.mailbox.all().into_iter().map(|mail| mail.message_id).collect();
    let sent: i64 = sqlx::query_scalar("SELECT count(*) FROM messages WHERE status = 'sent' AND channel = 'email'")
        .fetch_one(&app.owner)
        .await
        .unwrap();
    assert_eq!(i64::try_from(mails.len()).unwrap(), sent);
    let left: i64 =
        sqlx::query_scalar("SELECT count(*) FROM messages WHERE status = 'queued' AND next_attempt_at <= $1")
            .bind(app.system().now)
            .fetch_one(&app.owner)
            .await
            .unwrap();
    assert_eq!(left, 0, "nothing that is due was left behind");
    assert!(at("2026-03-10T00:00:00Z") < app.system().now);
}
