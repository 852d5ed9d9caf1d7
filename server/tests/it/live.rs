//! Open pages while the server's own connection to the database comes and goes.

use crate::http::running;
use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode};
use contracts::booking::PracticeAction;
use integrations::cache::MemoryCache;
use services::live::Heard;
use std::sync::Arc;
use std::time::Duration;
use test_support::TestApp;
use test_support::builders::{Practice, at};
use tokio_stream::StreamExt;
use tower::ServiceExt;

const SOON: Duration = Duration::from_secs(10);

/// Reads a stream until it says this.
async fn hears(stream: &mut BodyDataStream, what: &str) {
    let mut said = String::new();
    let heard = tokio::time::timeout(SOON, async {
        while !said.contains(what) {
            let part = stream.next().await.expect("the stream goes on").unwrap();
            said.push_str(std::str::from_utf8(&part).unwrap());
        }
    });
    assert!(heard.await.is_ok(), "{what:?} was not said");
}

/// Ends the connections that listen, and waits until they are gone.
async fn cut_listeners(app: &TestApp) {
    let listening = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    let cut: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "SELECT count(*) FROM (SELECT pg_terminate_backend(pid) AS cut {listening}) AS all_of_them WHERE cut"
    )))
    .fetch_one(&app.owner)
    .await
    .unwrap();
    assert_eq!(cut, 1, "one server listens, with one connection");
    let left = || sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(format!("SELECT count(*) {listening}")));
    while left().fetch_one(&app.owner).await.unwrap() > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn what_changes_while_nobody_listens_reaches_open_pages_all_the_same() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let booking = practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    let other = TestApp::on(&app.owner_url, Arc::new(MemoryCache::default())).await;
    let mut events = other.deps.live.subscribe();
    let listening = tokio::spawn(services::live::listen(other.deps.clone()));
    assert_eq!(events.recv().await.unwrap(), Heard::Missed);

    let (keep_running, stop) = tokio::sync::watch::channel(false);
    let open = Request::builder().uri(format!("/live/b/{}", booking.token)).body(Body::empty()).unwrap();
    let response = running(&other, "", stop).oneshot(open).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let mut page = response.into_body().into_data_stream();
    hears(&mut page, "connected").await;

    cut_listeners(&app).await;
    services::bookings::act(&practice.ctx(&app), booking.id, PracticeAction::Approve).await.unwrap();
    hears(&mut page, "event: change").await;
    drop(keep_running);
    listening.abort();
}

#[tokio::test]
async fn a_page_hears_what_changed_after_it_was_rendered_and_before_it_listened() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let booking = practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    let mut events = app.deps.live.subscribe();
    let listening = tokio::spawn(services::live::listen(app.deps.clone()));
    assert_eq!(events.recv().await.unwrap(), Heard::Missed);
    tokio::time::sleep(Duration::from_millis(5)).await;

    let (keep_running, stop) = tokio::sync::watch::channel(false);
    let page = format!("/b/{}", booking.token);
    let get = |uri: String| Request::builder().uri(uri).body(Body::empty()).unwrap();
    let response = running(&app, "", stop.clone()).oneshot(get(page)).await.unwrap();
    let html = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let html = String::from_utf8(html.to_vec()).unwrap();
    let (_, mark) = html.split_once(r#"<meta name="live" content=""#).expect("the page carries a mark");
    let mark = mark.split('"').next().unwrap().to_owned();

    services::bookings::act(&practice.ctx(&app), booking.id, PracticeAction::Approve).await.unwrap();
    // The hub has it before the page begins to listen.
    while !matches!(events.recv().await.unwrap(), Heard::Changed(event) if event.booking_id == Some(booking.id)) {}
    let open = get(format!("/live/b/{}?since={mark}", booking.token));
    let response = running(&app, "", stop).oneshot(open).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    hears(&mut response.into_body().into_data_stream(), "event: change").await;
    drop(keep_running);
    listening.abort();
}
