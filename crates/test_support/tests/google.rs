//! The adapter for Google's calendar, over HTTP against the stand-in: every failure that Google documents.
#![allow(clippy::unwrap_used, reason = "a failing set-up is a failing test")]
use chrono::{DateTime, Utc};
use integrations::calendars::google::{Entry, Google, GoogleError};
use test_support::google::{GoogleStandIn, Rooms};

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    utc("2026-03-02T08:00:00Z")
}

fn window() -> (DateTime<Utc>, DateTime<Utc>) {
    (utc("2026-03-01T00:00:00Z"), utc("2027-03-01T00:00:00Z"))
}

fn entry() -> Entry {
    Entry {
        id: "calma0123456789abcdef".into(),
        summary: "Session · Ana".into(),
        description: "Phone: +54".into(),
        location: None,
        starts_at: utc("2026-03-03T12:00:00Z"),
        ends_at: utc("2026-03-03T12:50:00Z"),
        zone: "America/Argentina/Buenos_Aires".parse().unwrap(),
        meet: Some("one".into()),
    }
}

async fn start() -> (GoogleStandIn, Google) {
    let stand_in = GoogleStandIn::start().await;
    let google = Google::new(stand_in.settings());
    (stand_in, google)
}

#[tokio::test]
async fn a_permission_is_asked_for_exchanged_renewed_and_given_back() {
    let (stand_in, google) = start().await;
    let url = google.permission_url("http://calma.test/back", "the-state", "the-verifier");
    let pairs: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(
        (pairs["access_type"].as_str(), pairs["prompt"].as_str(), pairs["state"].as_str()),
        ("offline", "consent", "the-state")
    );

    let code = stand_in.code(&pairs["code_challenge"]);
    assert_eq!(google.exchange(&code, "another", "x", now()).await.err(), Some(GoogleError::Refused(400)));
    let code = stand_in.code(&pairs["code_challenge"]);
    let mut grant = google.exchange(&code, "the-verifier", "x", now()).await.unwrap();
    assert_eq!(google.exchange(&code, "the-verifier", "x", now()).await.err(), Some(GoogleError::Refused(400)), "once");

    // Too old by our clock: renewed before it is used. Ended early: renewed when Google says so, and only once.
    let old = grant.access_token.clone();
    google.changes(&mut grant, utc("2026-03-02T09:00:00Z"), None, window()).await.unwrap();
    assert_ne!(old, grant.access_token);
    stand_in.end_access_tokens();
    google.changes(&mut grant, now(), None, window()).await.unwrap();
    stand_in.fail([(401, "authError"), (401, "authError")]);
    assert_eq!(google.changes(&mut grant, now(), None, window()).await, Err(GoogleError::Revoked));

    google.give_back(&grant).await.unwrap();
    google.give_back(&grant).await.unwrap();
    assert_eq!(google.changes(&mut grant, now(), None, window()).await, Err(GoogleError::Revoked));
}

#[tokio::test]
async fn changes_are_read_in_pages_and_then_only_what_is_new() {
    let (stand_in, google) = start().await;
    let mut grant = stand_in.grant();
    stand_in.page_size(2);
    for day in 3..8 {
        stand_in.put(
            &format!("own{day}"),
            &format!("2026-03-0{day}T09:00:00-03:00"),
            &format!("2026-03-0{day}T10:00:00-03:00"),
        );
    }
    let first = google.changes(&mut grant, now(), None, window()).await.unwrap();
    assert!(first.whole && first.entries.len() == 5 && first.calendar == "ana@example.com");
    assert_eq!(first.entries[0].busy.as_ref().unwrap().starts_at, utc("2026-03-03T12:00:00Z"));

    stand_in.remove("own3");
    stand_in.put("own4", "2026-03-04T15:00:00-03:00", "2026-03-04T16:00:00-03:00");
    let next = google.changes(&mut grant, now(), first.sync_token.as_deref(), window()).await.unwrap();
    assert!(!next.whole);
    let told: Vec<_> = next.entries.iter().map(|e| (e.entry.as_str(), e.busy.as_ref().map(|b| b.starts_at))).collect();
    assert_eq!(told, [("own3", None), ("own4", Some(utc("2026-03-04T18:00:00Z")))]);

    stand_in.end_sync_tokens();
    let again = google.changes(&mut grant, now(), next.sync_token.as_deref(), window()).await.unwrap();
    assert!(again.whole && again.entries.len() == 4);
}

#[tokio::test]
async fn an_entry_is_put_moved_and_removed_and_repeating_changes_nothing() {
    let (stand_in, google) = start().await;
    let mut grant = stand_in.grant();
    let placed = google.insert(&mut grant, now(), &entry()).await.unwrap();
    assert_eq!(placed.meet_link.as_deref(), Some("https://meet.google.com/calma0123456789abcdef"));
    let there = stand_in.event(&entry().id).unwrap();
    assert_eq!(there["start"]["dateTime"], "2026-03-03T09:00:00-03:00");
    assert_eq!(stand_in.asked().last().unwrap().query["conferenceDataVersion"], "1");

    assert_eq!(google.insert(&mut grant, now(), &entry()).await, Err(GoogleError::Exists));
    let moved =
        Entry { starts_at: utc("2026-03-04T12:00:00Z"), ends_at: utc("2026-03-04T12:50:00Z"), meet: None, ..entry() };
    google.change(&mut grant, now(), &moved).await.unwrap();
    assert_eq!(stand_in.event(&entry().id).unwrap()["start"]["dateTime"], "2026-03-04T09:00:00-03:00");

    for _ in 0..2 {
        google.remove(&mut grant, now(), &entry().id).await.unwrap();
    }
    google.remove(&mut grant, now(), "calmanothing").await.unwrap();
    // Google keeps the id: it is there already, and comes back by being changed.
    assert_eq!(google.insert(&mut grant, now(), &entry()).await, Err(GoogleError::Exists));
    google.change(&mut grant, now(), &entry()).await.unwrap();
    assert_eq!(stand_in.events().len(), 1);
    let unknown = Entry { id: "calmaunknown".into(), ..entry() };
    assert_eq!(google.change(&mut grant, now(), &unknown).await, Err(GoogleError::Gone));
}

#[tokio::test]
async fn a_room_that_is_not_there_is_asked_for_anew_and_a_calendar_without_rooms_gets_the_entry() {
    let (stand_in, google) = start().await;
    let mut grant = stand_in.grant();
    stand_in.rooms(Rooms::SecondTime);
    assert_eq!(google.insert(&mut grant, now(), &entry()).await.unwrap().meet_link, None);
    assert_eq!(google.look(&mut grant, now(), &entry().id).await.unwrap().meet_link, None);
    assert_eq!(google.change(&mut grant, now(), &entry()).await.unwrap().meet_link, None, "the same request");
    let anew = Entry { meet: Some("two".into()), ..entry() };
    assert!(google.change(&mut grant, now(), &anew).await.unwrap().meet_link.is_some());

    stand_in.rooms(Rooms::Refused);
    let other = Entry { id: "calmaother".into(), ..entry() };
    let placed = google.insert(&mut grant, now(), &other).await.unwrap();
    assert!(placed.no_rooms && stand_in.event("calmaother").is_some());
}

#[tokio::test]
async fn trouble_is_waited_for_up_to_three_times() {
    let (stand_in, google) = start().await;
    let mut grant = stand_in.grant();
    stand_in.fail([(429, "rateLimitExceeded"), (503, "backendError")]);
    google.changes(&mut grant, now(), None, window()).await.unwrap();
    stand_in.fail([(403, "userRateLimitExceeded")]);
    google.changes(&mut grant, now(), None, window()).await.unwrap();
    stand_in.fail([(500, "backendError"); 3]);
    assert_eq!(google.changes(&mut grant, now(), None, window()).await, Err(GoogleError::Later));
    stand_in.fail_with_pause(429, 3600);
    assert_eq!(
        google.changes(&mut grant, now(), None, window()).await,
        Err(GoogleError::Later),
        "nobody waits an hour"
    );
    stand_in.asked();
    stand_in.fail([(403, "insufficientPermissions")]);
    assert_eq!(google.changes(&mut grant, now(), None, window()).await, Err(GoogleError::Forbidden));
    assert_eq!(stand_in.asked().len(), 1, "trying again would not help");

    let base = stand_in.settings();
    drop(stand_in);
    let gone = Google::new(base).changes(&mut grant, now(), None, window()).await;
    assert_eq!(gone, Err(GoogleError::Unreachable));
}
