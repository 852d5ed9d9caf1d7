//! Reminders: each once, at its time, and never of what is no longer so.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::BookingId;
use contracts::booking::{BookingStatus, PracticeAction};
use contracts::messages::{Channel, MessageSettings};
use contracts::patients::{SaveGuardian, SavePatient};
use contracts::practice::{BookingPolicy, PaymentTiming};
use contracts::sessions::{SessionStatus, SessionStep};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use test_support::TestApp;
use test_support::builders::{Practice, at};

/// Requests are confirmed at once, and sessions take place in a room of their own.
pub async fn practice(app: &TestApp, tag: &str) -> Practice {
    let policy =
        BookingPolicy { needs_approval: false, payment_timing: PaymentTiming::AtSession, ..BookingPolicy::default() };
    let practice = Practice::with_policy(app, tag, policy).await;
    let ctx = practice.ctx(app);
    let mut settings = services::practice::settings(&ctx).await.unwrap();
    settings.video_base = "https://meet.example/".into();
    services::practice::save_settings(&ctx, settings).await.unwrap();
    practice
}

pub async fn confirmed(app: &TestApp, practice: &Practice, starts_at: &str) -> BookingId {
    let booking = practice.request(app, at(starts_at)).await;
    assert_eq!(booking.status, BookingStatus::Confirmed);
    booking.id
}

/// What John was written after his confirmation, in order.
fn to_john(app: &TestApp) -> Vec<String> {
    let mail = app.mailbox.to("john@example.com").into_iter().map(|mail| mail.subject);
    mail.filter(|subject| !subject.contains("confirmed")).collect()
}

async fn at_time(app: &TestApp, time: &str) {
    app.clock.set(at(time));
    app.run_jobs().await;
}

/// Moves booking and session to another time, as a reschedule does.
pub async fn moved(app: &TestApp, booking: BookingId, to: DateTime<Utc>) {
    for sql in [
        "UPDATE sessions SET starts_at = $2, ends_at = $2 + interval '50 minutes', changed_at = $3, version = version + 1
         WHERE booking_id = $1",
        "UPDATE bookings SET starts_at = $2, ends_at = $2 + interval '50 minutes', changed_at = $3, version = version + 1
         WHERE id = $1",
    ] {
        sqlx::query(sql).bind(booking.0).bind(to).bind(app.system().now).execute(&app.owner).await.unwrap();
    }
}

#[tokio::test]
async fn each_reminder_goes_out_once_and_what_is_due_together_is_one() {
    let app = TestApp::new().await;
    let practice = practice(&app, "alpha").await;
    confirmed(&app, &practice, "2026-03-10T09:00:00Z").await;
    for (time, expected) in [
        ("2026-03-09T08:59:00Z", 0),
        ("2026-03-09T09:00:00Z", 1),
        ("2026-03-09T12:00:00Z", 1),
        ("2026-03-10T08:44:00Z", 1),
        ("2026-03-10T08:45:00Z", 2),
        ("2026-03-10T09:10:00Z", 2),
    ] {
        at_time(&app, time).await;
        app.run_jobs().await;
        assert_eq!(to_john(&app).len(), expected, "{time}: {:?}", to_john(&app));
    }
    let mails = app.mailbox.to("john@example.com");
    let [_, day, join] = mails.as_slice() else { panic!("{mails:?}") };
    assert!(day.subject.contains("Tuesday 10 March 2026, 12:00"), "{}", day.subject);
    // The session costs something and is not paid: one message says both.
    for wanted in ["KSh\u{a0}2,000", "M-Pesa: 0700 000 000", "/reminders"] {
        assert!(day.text.contains(wanted), "{}", day.text);
    }
    assert!(join.text.contains("https://meet.example/calma-"), "{}", join.text);
}

#[tokio::test]
async fn an_unpaid_session_is_reminded_of_when_the_practice_says_and_a_paid_one_never() {
    let app = TestApp::new().await;
    let practice = practice(&app, "alpha").await;
    let settings = MessageSettings { payment_reminder_hours: 48, ..MessageSettings::default() };
    services::messages::save_settings(&practice.ctx(&app), settings).await.unwrap();
    confirmed(&app, &practice, "2026-03-10T09:00:00Z").await;
    let paid = confirmed(&app, &practice, "2026-03-10T11:00:00Z").await;
    sqlx::query("UPDATE sessions SET paid_minor = price_minor WHERE booking_id = $1")
        .bind(paid.0)
        .execute(&app.owner)
        .await
        .unwrap();
    at_time(&app, "2026-03-08T12:00:00Z").await;
    assert_eq!(to_john(&app), ["You pay at your session"]);
    // Two days later one is reminded of without asking for money again.
    at_time(&app, "2026-03-09T12:00:00Z").await;
    let mails = app.mailbox.to("john@example.com");
    assert!(!mails.last().unwrap().text.contains("M-Pesa"), "{}", mails.last().unwrap().text);
}

#[tokio::test]
async fn a_session_that_was_moved_or_cancelled_is_never_reminded_of_at_its_old_time() {
    let app = TestApp::new().await;
    let practice = practice(&app, "alpha").await;
    let booking = confirmed(&app, &practice, "2026-03-10T09:00:00Z").await;
    let gone = confirmed(&app, &practice, "2026-03-10T12:00:00Z").await;
    moved(&app, booking, at("2026-03-12T09:00:00Z")).await;
    let cancel = PracticeAction::Cancel { reason: String::new() };
    services::bookings::act(&practice.ctx(&app), gone, cancel).await.unwrap();
    app.clock.advance(TimeDelta::minutes(2));
    app.run_jobs().await;
    let told = to_john(&app).len();
    for time in ["2026-03-09T09:00:00Z", "2026-03-09T12:00:00Z", "2026-03-10T08:45:00Z", "2026-03-10T11:50:00Z"] {
        at_time(&app, time).await;
        assert_eq!(to_john(&app).len(), told, "{time}: {:?}", to_john(&app));
    }
    at_time(&app, "2026-03-11T09:00:00Z").await;
    assert!(to_john(&app).last().unwrap().contains("Thursday 12 March 2026, 12:00"), "{:?}", to_john(&app));
}

#[tokio::test]
async fn a_session_that_is_started_early_still_sends_its_link() {
    let app = TestApp::new().await;
    let practice = practice(&app, "alpha").await;
    let booking = confirmed(&app, &practice, "2026-03-10T09:00:00Z").await;
    at_time(&app, "2026-03-09T10:00:00Z").await;
    let told = to_john(&app).len();
    app.clock.set(at("2026-03-10T08:30:00Z"));
    let id: uuid::Uuid = sqlx::query_scalar("SELECT id FROM sessions WHERE booking_id = $1")
        .bind(booking.0)
        .fetch_one(&app.owner)
        .await
        .unwrap();
    let start = services::sessions::take_step(&practice.ctx(&app), id.into(), SessionStep::Start, None).await;
    assert_eq!(start.unwrap().card.status, SessionStatus::InProgress);
    at_time(&app, "2026-03-10T08:45:00Z").await;
    assert_eq!(to_john(&app).len(), told + 1, "{:?}", to_john(&app));
}

#[tokio::test]
async fn a_reminder_that_waits_for_the_morning_is_dropped_when_the_session_goes() {
    let app = TestApp::new().await;
    let practice = practice(&app, "alpha").await;
    // 36 hours before is 21:00 in Nairobi: quiet.
    let settings = MessageSettings { payment_reminder_hours: 36, ..MessageSettings::default() };
    services::messages::save_settings(&practice.ctx(&app), settings).await.unwrap();
    let stays = confirmed(&app, &practice, "2026-03-10T06:00:00Z").await;
    let goes = confirmed(&app, &practice, "2026-03-10T07:00:00Z").await;
    at_time(&app, "2026-03-08T19:00:00Z").await;
    assert!(to_john(&app).is_empty(), "{:?}", to_john(&app));
    moved(&app, goes, at("2026-03-11T07:00:00Z")).await;
    at_time(&app, "2026-03-09T05:00:00Z").await;
    assert_eq!(to_john(&app), ["You pay at your session"], "in the morning, and only what still holds");
    let states: Vec<(uuid::Uuid, String)> =
        sqlx::query_as("SELECT booking_id, status FROM messages WHERE template = 'payment_reminder' ORDER BY status")
            .fetch_all(&app.owner)
            .await
            .unwrap();
    assert_eq!(states, [(goes.0, "dropped".into()), (stays.0, "sent".into())]);
}

#[tokio::test]
async fn where_mail_stays_here_what_is_due_is_kept_at_once_and_useless_reminders_are_still_dropped() {
    let app = TestApp::new().await;
    app.mailbox.stay_here();
    let practice = practice(&app, "alpha").await;
    let settings = MessageSettings { payment_reminder_hours: 36, ..MessageSettings::default() };
    services::messages::save_settings(&practice.ctx(&app), settings).await.unwrap();
    confirmed(&app, &practice, "2026-03-10T06:00:00Z").await;
    let goes = confirmed(&app, &practice, "2026-03-10T07:00:00Z").await;
    let states = async |reminders: bool| -> Vec<(String, i32)> {
        let sql = "SELECT status, attempts FROM messages WHERE (reminds_of IS NOT NULL) = $1 ORDER BY status, attempts";
        sqlx::query_as(sql).bind(reminders).fetch_all(&app.owner).await.unwrap()
    };
    let sent = || ("sent".to_owned(), 1);
    // The account's, two to the patient and two to the therapist.
    assert_eq!(app.run_jobs().await.sent, 5);
    assert_eq!(states(false).await, vec![sent(); 5]);
    assert!(app.mailbox.all().is_empty(), "nobody was handed anything");
    assert_eq!(app.run_jobs().await.sent, 0, "once");
    at_time(&app, "2026-03-08T19:00:00Z").await;
    moved(&app, goes, at("2026-03-11T07:00:00Z")).await;
    at_time(&app, "2026-03-09T05:00:00Z").await;
    assert_eq!(states(true).await, [("dropped".to_owned(), 0), sent()]);
}

#[tokio::test]
async fn a_worker_that_was_down_sends_what_is_still_of_use_and_drops_the_rest() {
    let app = TestApp::new().await;
    let practice = practice(&app, "alpha").await;
    confirmed(&app, &practice, "2026-03-10T06:00:00Z").await;
    confirmed(&app, &practice, "2026-03-10T09:00:00Z").await;
    confirmed(&app, &practice, "2026-03-10T12:00:00Z").await;
    app.run_jobs().await;
    // Down for days; the first session is over, the second begins in five minutes, the third in three hours.
    at_time(&app, "2026-03-10T08:55:00Z").await;
    app.run_jobs().await;
    let subjects = to_john(&app);
    let mut sorted = subjects.clone();
    sorted.sort();
    assert_eq!(
        sorted,
        ["You pay at your session", "Your session begins soon", "Your session: Tuesday 10 March 2026, 15:00"],
    );
    let left: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sessions WHERE day_reminder_at <= $1 OR join_reminder_at <= $1 OR payment_reminder_at <= $1",
    )
    .bind(app.system().now)
    .fetch_one(&app.owner)
    .await
    .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn who_wants_no_reminders_gets_none_and_news_still_comes() {
    let app = TestApp::new().await;
    let practice = practice(&app, "alpha").await;
    let booking = practice.request(&app, at("2026-03-10T09:00:00Z")).await;
    let visitor = app.visitor();
    let choice = services::messages::reminder_choice(&visitor, &booking.token).await.unwrap();
    assert_eq!(choice.ways.len(), 1, "texts are not set up here: {choice:?}");
    assert_eq!((choice.ways[0].hint.as_str(), choice.ways[0].wanted), ("j…@example.com", true));
    services::messages::choose_reminders(&visitor, &booking.token, Channel::Email, false).await.unwrap();
    at_time(&app, "2026-03-09T09:00:00Z").await;
    assert!(to_john(&app).is_empty(), "{:?}", to_john(&app));
    let cancel = PracticeAction::Cancel { reason: String::new() };
    services::messages::choose_reminders(&visitor, &booking.token, Channel::Email, true).await.unwrap();
    at_time(&app, "2026-03-10T08:45:00Z").await;
    assert_eq!(to_john(&app), ["Your session begins soon"]);
    services::bookings::act(&practice.ctx(&app), booking.id, cancel).await.unwrap();
    at_time(&app, "2026-03-10T08:47:00Z").await;
    assert_eq!(to_john(&app).len(), 2);
}

#[tokio::test]
async fn what_a_child_is_told_goes_to_the_first_guardian_who_can_be_reached() {
    let app = TestApp::new().await;
    let practice = practice(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let guardian =
        |name: &str, email: &str| SaveGuardian { name: name.into(), email: email.into(), ..SaveGuardian::default() };
    let child = SavePatient {
        name: "Eva Moss".into(),
        guardians: vec![
            guardian("Joy Moss", ""),
            guardian("Mary Moss", "mary@example.com"),
            guardian("Tom Moss", "tom@example.com"),
        ],
        ..SavePatient::default()
    };
    let child = services::patients::create(&ctx, child, vec![]).await.unwrap().id;
    let placed = crate::records::session(&practice, child, "2026-03-10T12:00:00");
    services::sessions::create(&ctx, placed).await.unwrap();
    app.run_jobs().await;
    let to_mary = || app.mailbox.to("mary@example.com");
    assert_eq!(to_mary().len(), 1);
    let token = to_mary()[0].text.split("/b/").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    // She ends reminders for her address, and brings them back.
    let visitor = app.visitor();
    services::messages::choose_reminders(&visitor, &token, Channel::Email, false).await.unwrap();
    at_time(&app, "2026-03-09T09:00:00Z").await;
    assert_eq!(to_mary().len(), 1);
    services::messages::choose_reminders(&visitor, &token, Channel::Email, true).await.unwrap();
    at_time(&app, "2026-03-10T08:45:00Z").await;
    assert_eq!(to_mary().len(), 2);
    assert!(app.mailbox.to("tom@example.com").is_empty(), "one of them is enough");
}

/// Two servers write and send reminders, by e-mail and by text, and are killed at random moments again and again.
#[tokio::test]
async fn every_reminder_is_sent_once_whoever_dies_when() {
    let (app, twilio) = TestApp::with_twilio().await;
    let practice = practice(&app, "alpha").await;
    let mut bookings = vec![];
    for hour in 6..14 {
        bookings.push(confirmed(&app, &practice, &format!("2026-03-10T{hour:02}:00:00Z")).await);
        app.run_jobs().await;
    }
    // Half of them are John's by text: each booking its own number, so that nothing is the same by chance.
    for (n, booking) in bookings.iter().enumerate().filter(|(n, _)| n % 2 == 0) {
        sqlx::query(
            "WITH p AS (INSERT INTO patients (practice_id, id, name, phone, language, created_at, active_since, preferences)
               SELECT practice_id, gen_random_uuid(), 'By Text', $2, 'en', created_at, created_at, '{\"channel\": \"sms\"}'
               FROM bookings WHERE id = $1 RETURNING id),
             b AS (UPDATE bookings SET patient_id = (SELECT id FROM p), patient_phone = $2 WHERE id = $1)
             UPDATE sessions SET patient_id = (SELECT id FROM p) WHERE booking_id = $1",
        )
        .bind(booking.0)
        .bind(format!("+2547000002{n:02}"))
        .execute(&app.owner)
        .await
        .unwrap();
    }
    let before = app.mailbox.all().len();
    app.clock.set(at("2026-03-09T15:00:00Z"));
    let mut seed = 7_u64;
    for _ in 0..60 {
        let workers: Vec<_> = (0..2)
            .map(|_| {
                let ctx = app.system();
                tokio::spawn(async move { services::jobs::run_due(&ctx).await })
            })
            .collect();
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        tokio::time::sleep(Duration::from_micros(seed >> 48)).await;
        for worker in workers {
            worker.abort();
            let _ = worker.await;
        }
    }
    // Whoever is left finishes, once what dead workers were busy with is given up.
    for _ in 0..4 {
        app.clock.advance(TimeDelta::minutes(2));
        app.run_jobs().await;
    }
    let written: BTreeMap<(String, String), i64> = sqlx::query_as::<_, (uuid::Uuid, String, i64)>(
        "SELECT session_id, template, count(*) FROM messages WHERE session_id IS NOT NULL GROUP BY 1, 2",
    )
    .fetch_all(&app.owner)
    .await
    .unwrap()
    .into_iter()
    .map(|(session, template, count)| ((session.to_string(), template), count))
    .collect();
    assert_eq!(written.len(), bookings.len(), "{written:?}");
    assert!(written.values().all(|count| *count == 1), "{written:?}");
    let open: i64 =
        sqlx::query_scalar("SELECT count(*) FROM messages WHERE status <> 'sent'").fetch_one(&app.owner).await.unwrap();
    assert_eq!(open, 0);
    let texts: BTreeSet<String> = twilio.taken().into_iter().map(|text| text.to).collect();
    assert_eq!((twilio.taken().len(), texts.len()), (4, 4), "each text once: {:?}", twilio.taken());
    // Mail servers drop what they had before, by its Message-ID.
    let mails: BTreeSet<String> = app.mailbox.all().into_iter().skip(before).map(|mail| mail.message_id).collect();
    assert_eq!(mails.len(), 4);
}
