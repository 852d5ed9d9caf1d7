//! Pages as a browser without JavaScript gets them.

use crate::http::{Answer, send, server};
use axum::body::Body;
use axum::http::Request;
use chrono::TimeDelta;
use test_support::TestApp;
use test_support::builders::{Practice, at};

/// A page, in English.
async fn page(router: &axum::Router, path: &str) -> Answer {
    let request = Request::builder().uri(path).header("accept", "text/html").header("accept-language", "en");
    send(router, request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_lapsed_hold_offers_another_time_and_an_expired_request_takes_a_late_proof() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let held = practice.hold(&app, at("2026-03-10T06:00:00Z")).await.unwrap();
    let requested = practice.request(&app, at("2026-03-10T07:00:00Z")).await;
    app.clock.advance(TimeDelta::hours(25));
    app.run_jobs().await;
    let router = server(&app, "");
    let lapsed = page(&router, &format!("/b/{}", held.token)).await.text();
    assert!(!lapsed.contains("Paid after all?"), "nobody owes anything for a hold");
    assert!(lapsed.contains("Choose another time") && lapsed.contains("Take it again"));
    let expired = page(&router, &format!("/b/{}", requested.token)).await.text();
    assert!(expired.contains("Paid after all?") && expired.contains("Book another time"));
}
