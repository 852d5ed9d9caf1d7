//! Changes are told after a moment of grace: corrections become one message, and what is undone is never told.

use crate::reminders::{confirmed, moved, practice};
use chrono::{DateTime, TimeDelta, Utc};
use contracts::BookingId;
use contracts::booking::PracticeAction;
use contracts::messages::MessageSettings;
use services::bookings::{Undone, announce_move, undo_announcement};
use test_support::TestApp;
use test_support::builders::{Practice, at};

/// Moves a session as a member does, and announces it.
async fn reschedule(app: &TestApp, practice: &Practice, booking: BookingId, to: &str) {
    let was: DateTime<Utc> = sqlx::query_scalar("SELECT starts_at FROM bookings WHERE id = $1")
        .bind(booking.0)
        .fetch_one(&app.owner)
        .await
        .unwrap();
    moved(app, booking, at(to)).await;
    let mut tx = app.deps.db.practice(practice.id, None).await.unwrap();
    let row = store::bookings::get(&mut tx, practice.id, booking).await.unwrap().unwrap();
    announce_move(&mut tx, &practice.ctx(app), &row, was, "").await.unwrap();
    tx.commit().await.unwrap();
}

fn news(app: &TestApp) -> Vec<integrations::mail::Email> {
    let mails = app.mailbox.to("john@example.com").into_iter();
    mails.filter(|mail| !mail.subject.contains("is confirmed")).collect()
}

async fn later(app: &TestApp, seconds: i64) {
    app.clock.advance(TimeDelta::seconds(seconds));
    app.run_jobs().await;
}

#[tokio::test]
async fn three_quick_corrections_send_one_message_from_the_time_the_patient_knows() {
    let app = TestApp::new().await;
    let practice = practice(&app, "alpha").await;
    let booking = confirmed(&app, &practice, "2026-03-10T09:00:00Z").await;
    app.run_jobs().await;
    for to in ["2026-03-11T09:00:00Z", "2026-03-12T09:00:00Z", "2026-03-13T09:00:00Z"] {
        reschedule(&app, &practice, booking, to).await;
        later(&app, 20).await;
    }
    assert!(news(&app).is_empty(), "{:?}", news(&app));
    later(&app, 41).await;
    later(&app, 600).await;
    let mails = news(&app);
    let [one] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(one.subject, "Your session has a new time: Friday 13 March 2026, 12:00");
    assert!(one.text.contains("Before: Tuesday 10 March 2026, 12:00"), "{}", one.text);
    assert!(one.calendar.as_deref().is_some_and(|file| file.contains("20260313T120000")), "{:?}", one.calendar);
}

#[tokio::test]
async fn a_session_that_is_moved_back_is_not_spoken_of() {
    let app = TestApp::new().await;
    let practice = practice(&app, "alpha").await;
    let booking = confirmed(&app, &practice, "2026-03-10T09:00:00Z").await;
    app.run_jobs().await;
    reschedule(&app, &practice, booking, "2026-03-11T09:00:00Z").await;
    reschedule(&app, &practice, booking, "2026-03-10T09:00:00Z").await;
    later(&app, 600).await;
    assert!(news(&app).is_empty(), "{:?}", news(&app));
    // Once it was told, moving back is news.
    reschedule(&app, &practice, booking, "2026-03-11T09:00:00Z").await;
    later(&app, 60).await;
    reschedule(&app, &practice, booking, "2026-03-10T09:00:00Z").await;
    later(&app, 60).await;
    assert_eq!(news(&app).len(), 2);
}

#[tokio::test]
async fn what_is_undone_is_never_told_and_an_earlier_move_still_is() {
    let app = TestApp::new().await;
    let practice = practice(&app, "alpha").await;
    let booking = confirmed(&app, &practice, "2026-03-10T09:00:00Z").await;
    app.run_jobs().await;
    reschedule(&app, &practice, booking, "2026-03-11T09:00:00Z").await;
    let announced = |template| {
        let (app, practice) = (&app, &practice);
        async move {
            let mut tx = app.deps.db.practice(practice.id, None).await.unwrap();
            let row = store::bookings::get(&mut tx, practice.id, booking).await.unwrap().unwrap();
            let ctx = practice.ctx(app);
            services::bookings::announce(&mut tx, &ctx, &row, template, "", None).await.unwrap();
            let undone = undo_announcement(&mut tx, &ctx, &row).await.unwrap();
            tx.commit().await.unwrap();
            undone
        }
    };
    assert_eq!(announced(services::messages::Template::Cancelled).await, Undone::Untold);
    later(&app, 61).await;
    let subjects: Vec<String> = news(&app).into_iter().map(|mail| mail.subject).collect();
    assert_eq!(subjects, ["Your session has a new time: Wednesday 11 March 2026, 12:00"]);
    let mut tx = app.deps.db.practice(practice.id, None).await.unwrap();
    let row = store::bookings::get(&mut tx, practice.id, booking).await.unwrap().unwrap();
    let undone = undo_announcement(&mut tx, &practice.ctx(&app), &row).await.unwrap();
    assert_eq!(undone, Undone::MayBeTold, "it has gone out");
}

#[tokio::test]
async fn a_cancellation_from_the_bookings_card_waits_for_its_grace_too() {
    let app = TestApp::new().await;
    let practice = practice(&app, "alpha").await;
    let booking = confirmed(&app, &practice, "2026-03-10T09:00:00Z").await;
    app.run_jobs().await;
    let told = news(&app).len();
    let cancel = PracticeAction::Cancel { reason: "I am ill".into() };
    let card = services::bookings::act(&practice.ctx(&app), booking, cancel).await.unwrap();
    app.run_jobs().await;
    assert_eq!(news(&app).len(), told, "nothing goes out at once");
    services::sessions::restore(&practice.ctx(&app), card.session.unwrap().id).await.unwrap();
    later(&app, 600).await;
    assert_eq!(news(&app).len(), told, "nor after it was taken back");
}

#[tokio::test]
async fn newer_news_takes_the_place_of_an_announcement() {
    let app = TestApp::new().await;
    let practice = practice(&app, "alpha").await;
    let booking = confirmed(&app, &practice, "2026-03-10T09:00:00Z").await;
    app.run_jobs().await;
    reschedule(&app, &practice, booking, "2026-03-11T09:00:00Z").await;
    let cancel = PracticeAction::Cancel { reason: String::new() };
    services::bookings::act(&practice.ctx(&app), booking, cancel).await.unwrap();
    later(&app, 600).await;
    let subjects: Vec<String> = news(&app).into_iter().map(|mail| mail.subject).collect();
    assert_eq!(subjects, ["Your session is cancelled: Wednesday 11 March 2026, 12:00"]);
}

#[tokio::test]
async fn changes_wait_for_the_morning_unless_that_would_be_too_late() {
    let app = TestApp::new().await;
    let practice = practice(&app, "alpha").await;
    let settings = MessageSettings { announce_after: 0, ..MessageSettings::default() };
    services::messages::save_settings(&practice.ctx(&app), settings).await.unwrap();
    let booking = confirmed(&app, &practice, "2026-03-10T09:00:00Z").await;
    let soon = confirmed(&app, &practice, "2026-03-06T06:00:00Z").await;
    app.run_jobs().await;
    // 22:00 in Nairobi.
    app.clock.set(at("2026-03-05T19:00:00Z"));
    app.run_jobs().await;
    let before = news(&app).len();
    reschedule(&app, &practice, booking, "2026-03-12T09:00:00Z").await;
    app.run_jobs().await;
    assert_eq!(news(&app).len(), before);
    reschedule(&app, &practice, soon, "2026-03-09T06:00:00Z").await;
    app.run_jobs().await;
    assert_eq!(news(&app).len(), before + 1, "whoever would come at nine hears of it at night");
    app.clock.set(at("2026-03-06T05:00:00Z"));
    app.run_jobs().await;
    assert_eq!(news(&app).len(), before + 2);
}
