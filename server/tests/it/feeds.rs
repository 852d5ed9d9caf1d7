//! Secret addresses of sessions for calendars outside.

use crate::calendars::{LATER, SLOT, page, practice};
use crate::http::{request, send, server};
use axum::http::{StatusCode, header};
use contracts::booking::PracticeAction;
use contracts::calendars::RenewFeed;
use contracts::messages::MessageSettings;
use services::{Actor, bookings, calendars};
use test_support::TestApp;
use test_support::builders::{Practice, at, john};

fn path(url: &str) -> &str {
    url.strip_prefix("http://calma.test").unwrap()
}

#[tokio::test]
async fn a_therapists_address_shows_initials_and_can_be_taken_back() {
    let app = TestApp::new().await;
    let practice = practice(&app, "alpha").await;
    let booking = practice.request(&app, at(SLOT)).await;
    let cancelled = practice.request(&app, at(LATER)).await;
    bookings::act(&practice.ctx(&app), cancelled.id, PracticeAction::Cancel { reason: String::new() }).await.unwrap();
    let router = server(&app, "");
    let renew = |show_names| RenewFeed { therapist_id: practice.therapist, show_names };
    let get = async |url: &str| send(&router, request("GET", path(url), None, None)).await;

    let first = calendars::renew_feed(&practice.ctx(&app), renew(false)).await.unwrap();
    assert_eq!(page(&app, &practice).await.feed, Some(first.clone()));
    let file = get(&first.url).await;
    assert_eq!(
        (file.status, file.headers[header::CONTENT_TYPE].to_str().unwrap()),
        (StatusCode::OK, "text/calendar; charset=utf-8")
    );
    let text = file.text();
    assert!(text.contains("J. D. · Individual therapy") && !text.contains("John"), "{text}");
    assert!(
        text.contains(&format!("UID:{}@calma.test", booking.id))
            && text.contains("DTSTART;TZID=Africa/Nairobi:20260303T090000")
    );
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 1, "a cancelled session is gone");
    // What we publish, we read; and it is ours.
    let window = (at("2026-03-01T00:00:00Z"), at("2026-04-01T00:00:00Z"));
    let read = integrations::calendars::ics::busy_times(&text, window, chrono_tz::Tz::UTC).unwrap();
    assert_eq!((read.busy.len(), read.unreadable, read.busy[0].starts_at), (1, 0, at(SLOT)));

    let second = calendars::renew_feed(&practice.ctx(&app), renew(true)).await.unwrap();
    assert_eq!(get(&first.url).await.status, StatusCode::NOT_FOUND);
    assert!(get(&second.url).await.text().contains("John Doe"));
    assert_eq!(get(&second.url.replace("/calendar/", "/calendar/p/")).await.status, StatusCode::NOT_FOUND);
    calendars::stop_feed(&practice.ctx(&app), practice.therapist).await.unwrap();
    assert_eq!(get(&second.url).await.status, StatusCode::NOT_FOUND);
    let guess = "A".repeat(43);
    assert_eq!(get(&format!("http://calma.test/calendar/{guess}.ics")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_patients_address_shows_their_own_sessions_with_their_links() {
    let app = TestApp::new().await;
    let practice = practice(&app, "alpha").await;
    let booking = practice.request(&app, at(SLOT)).await;
    let other = Practice::hold(&practice, &app, at(LATER)).await.unwrap();
    let somebody = contracts::booking::PatientDetails {
        name: "Somebody Else".into(),
        email: "else@example.com".into(),
        phone: "+254700000222".into(),
        ..john()
    };
    bookings::save_details(&app.visitor(), &other.token, somebody).await.unwrap();
    bookings::send_request(&app.visitor(), &other.token).await.unwrap();

    let patient = app.ctx(Actor::Patient { email: "john@example.com".into() });
    assert!(calendars::my_feeds(&patient).await.unwrap().is_empty());
    let mine = calendars::renew_my_feeds(&patient).await.unwrap();
    assert_eq!(calendars::my_feeds(&patient).await.unwrap(), mine);
    assert_eq!((mine.len(), mine[0].practice_name.as_str()), (1, "Practice alpha"));
    let router = server(&app, "");
    let file = send(&router, request("GET", path(&mine[0].url), None, None)).await;
    assert_eq!(file.status, StatusCode::OK);
    let text = file.text().replace("\r\n ", "");
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 1);
    assert!(text.contains(&format!("/b/{}", booking.token)) && text.contains("Dr. Test Therapist"));
    assert!(text.contains("Individual therapy") && text.contains("X-WR-CALNAME:Practice alpha\r\n"));
    // As discreet as the practice's messages.
    let settings = MessageSettings { discreet: true, discreet_name: "Sol".into(), ..MessageSettings::default() };
    services::messages::save_settings(&practice.ctx(&app), settings).await.unwrap();
    let file = send(&router, request("GET", path(&mine[0].url), None, None)).await;
    let text = file.text().replace("\r\n ", "");
    assert!(text.contains("SUMMARY:Appointment\r\n") && text.contains("X-WR-CALNAME:Sol\r\n"), "{text}");
    assert!(text.contains(&format!("/b/{}", booking.token)) && text.contains("DTSTART;TZID=Africa/Nairobi"), "{text}");
    for secret in ["Individual therapy", "Dr. Test Therapist", "Practice alpha"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    calendars::renew_my_feeds(&patient).await.unwrap();
    let gone = send(&router, request("GET", path(&mine[0].url), None, None)).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    let nobody = app.ctx(Actor::Patient { email: "nobody@example.com".into() });
    assert!(calendars::renew_my_feeds(&nobody).await.unwrap().is_empty());
}
