//! Lists of the API: size, order, and going on from page to page.

use crate::http::{Answer, log_in, request, send, server};
use axum::Router;
use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::Value;
use server::api::document;
use test_support::TestApp;
use test_support::builders::{Practice, at};

/// Three requests, sent in another order than they start; and the owner's token.
async fn three(app: &TestApp) -> (Practice, Vec<String>, String) {
    let practice = Practice::new(app, "alpha").await;
    let mut ids = vec![];
    for start in ["2026-03-11T06:00:00Z", "2026-03-10T06:00:00Z", "2026-03-12T06:00:00Z"] {
        ids.push(practice.request(app, at(start)).await.id.to_string());
        app.clock.advance(TimeDelta::minutes(1));
    }
    let token = log_in(app, &practice).await;
    (practice, ids, token)
}

async fn get(router: &Router, token: &str, path: &str) -> Answer {
    send(router, request("GET", path, Some(token), None)).await
}

/// This field of every item, one page after the other.
async fn all(router: &Router, token: &str, path: &str, field: &str) -> Vec<String> {
    let mut found = vec![];
    let mut next: Option<String> = None;
    loop {
        let after = next.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let answer = get(router, token, &format!("{path}{after}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        let page = answer.json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 1, "{path} asked for one at a time");
        found.extend(items.iter().map(|item| item[field].to_string().trim_matches('"').to_owned()));
        match page["next"].as_str() {
            Some(cursor) => next = Some(cursor.to_owned()),
            None => return found,
        }
    }
}

#[tokio::test]
async fn bookings_come_in_every_order_page_by_page() {
    let app = TestApp::new().await;
    let (_, ids, token) = three(&app).await;
    let router = server(&app, "");
    let [first, second, third] = [&ids[0], &ids[1], &ids[2]];
    for (path, expected) in [
        ("/api/v1/bookings?limit=1", [second, first, third]),
        ("/api/v1/bookings?limit=1&sort=starts_at", [second, first, third]),
        ("/api/v1/bookings?limit=1&sort=-starts_at", [third, first, second]),
        ("/api/v1/bookings?limit=1&sort=created_at", [first, second, third]),
        ("/api/v1/bookings?limit=1&sort=-created_at", [third, second, first]),
        ("/api/v1/bookings/pending-approval?limit=1&sort=-created_at", [third, second, first]),
    ] {
        assert_eq!(all(&router, &token, path, "id").await, expected.map(Clone::clone), "{path}");
    }
}

#[tokio::test]
async fn messages_and_the_audit_log_read_forwards_and_backwards() {
    let app = TestApp::new().await;
    let (_, _, token) = three(&app).await;
    let router = server(&app, "");
    for (path, field, up, down) in [
        ("/api/v1/messages?limit=1", "id", "created_at", "-created_at"),
        ("/api/v1/notifications?limit=1&channel=email", "id", "created_at", "-created_at"),
        ("/api/v1/audit?limit=1", "action", "at", "-at"),
    ] {
        let forwards = all(&router, &token, &format!("{path}&sort={up}"), field).await;
        let mut backwards = all(&router, &token, &format!("{path}&sort={down}"), field).await;
        assert_eq!(all(&router, &token, path, field).await, backwards, "{path}: the newest first by default");
        backwards.reverse();
        assert!(forwards.len() > 5, "{path}");
        assert_eq!(forwards, backwards, "{path}");
    }
}

#[tokio::test]
async fn members_come_by_name_or_by_age() {
    let app = TestApp::new().await;
    let (_, _, token) = three(&app).await;
    let router = server(&app, "");
    for sort in ["-active", "name", "-name", "created_at", "-created_at"] {
        let answer = get(&router, &token, &format!("/api/v1/members?sort={sort}")).await;
        assert_eq!(
            (answer.status, answer.json()["members"].as_array().map(Vec::len)),
            (StatusCode::OK, Some(1)),
            "{sort}"
        );
    }
}

fn problem(answer: &Answer) -> (u16, String, Value, Value) {
    let field = &answer.json()["error"]["details"]["fields"][0];
    (answer.status.as_u16(), answer.code(), field["field"].clone(), field["problem"].clone())
}

#[tokio::test]
async fn a_cursor_of_another_order_and_an_unknown_order_are_refused() {
    let app = TestApp::new().await;
    let (_, _, token) = three(&app).await;
    let router = server(&app, "");
    let wrong = |field: &str, problem: &str| (400, "VALIDATION_ERROR".to_owned(), field.into(), problem.into());
    let first = get(&router, &token, "/api/v1/bookings?limit=1").await.json();
    let cursor = first["next"].as_str().unwrap();
    let other = get(&router, &token, &format!("/api/v1/bookings?limit=1&sort=-created_at&cursor={cursor}")).await;
    assert_eq!(problem(&other), wrong("cursor", "other_sort"));
    let foreign = get(&router, &token, &format!("/api/v1/messages?cursor={cursor}")).await;
    assert_eq!(problem(&foreign), wrong("cursor", "other_sort"));
    assert_eq!(
        problem(&get(&router, &token, "/api/v1/bookings?cursor=nonsense").await),
        wrong("cursor", "invalid_choice")
    );
    for path in [
        "/api/v1/bookings",
        "/api/v1/bookings/pending-approval",
        "/api/v1/messages",
        "/api/v1/notifications",
        "/api/v1/inbox",
        "/api/v1/audit",
        "/api/v1/members",
    ] {
        let answer = get(&router, &token, &format!("{path}?sort=patient_name")).await;
        assert_eq!(problem(&answer), wrong("sort", "invalid_choice"), "{path}");
    }
    let many = get(&router, &token, "/api/v1/audit?limit=5000").await;
    assert_eq!(many.status, StatusCode::OK, "a limit above the most is the most");
}

#[test]
fn the_document_names_limit_and_sort_of_every_list() {
    let document = serde_json::to_value(document()).unwrap();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let named = |name: &str| {
            let parameters = operations["get"]["parameters"].as_array();
            parameters.and_then(|all| all.iter().find(|p| p["name"] == name)).cloned()
        };
        if named("cursor").is_none() {
            continue;
        }
        assert!(named("limit").is_some_and(|p| p["schema"]["maximum"] == 100), "{path} has no limit");
        let sort = named("sort").unwrap_or_else(|| panic!("{path} has no sort"));
        let orders = sort.to_string();
        assert!(["created_at", "starts_at", "-at"].iter().any(|order| orders.contains(order)), "{path}: {sort}");
    }
}
