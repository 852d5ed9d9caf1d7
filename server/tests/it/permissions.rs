//! Every endpoint of the API is named here and asked by nobody, by each role, and by another practice.

mod table;

use crate::http::{request, send, server};
use crate::records::Records;
use axum::http::StatusCode;
use contracts::accounts::Role;
use domain::permissions::{Action, Resource, allowed};
use serde_json::Value;
use server::api::{document, routes_of};
use std::collections::BTreeSet;
use test_support::TestApp;
use test_support::builders::Practice;

use table::endpoints;
pub use table::filled;

/// Who may call an endpoint.
pub enum Who {
    /// Everybody; a token or a cookie of the patient decides what they see.
    Public,
    /// Any member.
    Member,
    /// Members whose role allows it.
    May(Action, Resource),
}
use Who::{May, Member, Public};

pub struct Endpoint {
    method: &'static str,
    path: &'static str,
    who: Who,
    body: Option<Value>,
}

fn endpoint(method: &'static str, path: &'static str, who: Who, body: Option<Value>) -> Endpoint {
    Endpoint { method, path, who, body }
}

/// `/a/{anything}` and `/a/{id}` are the same route.
fn shape(method: &str, path: &str) -> String {
    let parts: Vec<&str> = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect();
    format!("{method} {}", parts.join("/"))
}

#[tokio::test]
async fn every_route_of_the_document_is_in_the_table_and_the_other_way_round() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let tested: BTreeSet<String> = endpoints(&practice).iter().map(|e| shape(e.method, e.path)).collect();
    let document = document();
    let served: BTreeSet<String> = routes_of(&document)
        .iter()
        .map(|(method, path)| shape(&serde_json::to_string(method).unwrap().trim_matches('"').to_uppercase(), path))
        .collect();
    let missing: Vec<_> = served.difference(&tested).collect();
    let stale: Vec<_> = tested.difference(&served).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "without a permission test: {missing:?}; no longer there: {stale:?}"
    );
}

pub fn token_of(app: &TestApp, practice: &Practice, role: Role) -> String {
    let mut member = practice.owner.clone();
    member.role = role;
    services::tokens::access_token(&app.deps.secrets, &member, app.deps.clock.now()).unwrap().0
}

#[tokio::test]
async fn nobody_and_the_wrong_role_are_refused() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let records = Records::of(&app, &practice).await;
    let router = server(
        &app,
        "CALMA_RATE_API_PER_MINUTE = 0\nCALMA_RATE_DASHBOARD_PER_HOUR = 0\nCALMA_RATE_PUBLIC_BOOKING_PER_HOUR = 0\nCALMA_RATE_AVAILABILITY_PER_HOUR = 0",
    );
    let mut complaints: Vec<String> = Vec::new();
    for endpoint in endpoints(&practice) {
        let path = filled(endpoint.path, &practice, "not-a-token", &records);
        let name = format!("{} {}", endpoint.method, endpoint.path);
        let anonymous = send(&router, request(endpoint.method, &path, None, endpoint.body.as_ref())).await;
        match endpoint.who {
            // A patient's own list needs their cookie; everything else public needs no login.
            Public if matches!(endpoint.path, "/api/v1/my/bookings" | "/api/v1/my/calendar-feeds") => {
                assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED, "{name}")
            }
            Public if endpoint.path == "/api/v1/auth/refresh" => {
                assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED, "{name}")
            }
            Public => assert!(
                anonymous.status != StatusCode::FORBIDDEN && !anonymous.status.is_server_error(),
                "{name}: {}",
                anonymous.text()
            ),
            Member | May(..) if anonymous.status != StatusCode::UNAUTHORIZED => {
                complaints.push(format!("{name} by nobody: {} {}", anonymous.status, anonymous.text()));
            }
            Member | May(..) => {}
        }
        if let May(action, resource) = endpoint.who {
            for role in Role::ALL {
                if allowed(role, action, resource) {
                    continue;
                }
                let bearer = token_of(&app, &practice, role);
                let answer =
                    send(&router, request(endpoint.method, &path, Some(&bearer), endpoint.body.as_ref())).await;
                if answer.status != StatusCode::FORBIDDEN {
                    complaints.push(format!("{name} as {}: {} {}", role.as_str(), answer.status, answer.text()));
                }
            }
        }
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[tokio::test]
async fn another_practice_finds_nothing() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let other = Practice::new(&app, "beta").await;
    let records = Records::of(&app, &practice).await;
    let router = server(&app, "CALMA_RATE_API_PER_MINUTE = 0\nCALMA_RATE_DASHBOARD_PER_HOUR = 0");
    let bearer = token_of(&app, &other, Role::Admin);
    let mut complaints: Vec<String> = Vec::new();
    for endpoint in endpoints(&practice) {
        let names_a_record = endpoint.path.contains('{')
            || ["/api/v1/availability", "/api/v1/calendars"].iter().any(|area| endpoint.path.starts_with(area));
        if matches!(endpoint.who, Public | Member) || !names_a_record {
            continue;
        }
        let path = filled(endpoint.path, &practice, "", &records);
        let answer = send(&router, request(endpoint.method, &path, Some(&bearer), endpoint.body.as_ref())).await;
        if answer.status != StatusCode::NOT_FOUND {
            complaints.push(format!("{} {}: {} {}", endpoint.method, endpoint.path, answer.status, answer.text()));
        }
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[tokio::test]
async fn those_who_may_are_let_in() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let records = Records::of(&app, &practice).await;
    let router = server(&app, "CALMA_RATE_API_PER_MINUTE = 0\nCALMA_RATE_DASHBOARD_PER_HOUR = 0");
    for endpoint in endpoints(&practice).iter().filter(|e| e.method == "GET") {
        let May(action, resource) = endpoint.who else { continue };
        for role in Role::ALL.into_iter().filter(|role| allowed(*role, action, resource)) {
            let path = filled(endpoint.path, &practice, "", &records);
            let answer = send(&router, request("GET", &path, Some(&token_of(&app, &practice, role)), None)).await;
            assert_eq!(answer.status, StatusCode::OK, "{} as {}: {}", endpoint.path, role.as_str(), answer.text());
        }
    }
}
