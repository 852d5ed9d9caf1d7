//! Recurring sessions as callers of the API meet them, and as pages without JavaScript show them.

use crate::http::{Answer, log_in, request, send, server};
use crate::series::{close, patient};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use test_support::TestApp;
use test_support::builders::Practice;

async fn ask(router: &Router, token: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
    send(router, request(method, &format!("/api/v1/recurring{path}"), Some(token), body.as_ref())).await
}

#[tokio::test]
async fn a_series_from_its_preview_to_its_end() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let john = patient(&app, &practice, 1).await;
    close(&app, &practice, "2026-03-04", "Course").await;
    let token = log_in(&app, &practice).await;
    let router = server(&app, "");
    let new = json!({ "patient_id": john, "therapist_id": practice.therapist, "service_id": practice.service,
        "starts_on": "2026-03-02", "frequency": "weekly", "weekday": 3, "starts": "12:00", "price": "1500" });
    let mut asked = new.clone();
    asked["what"] = json!("create");
    let preview = ask(&router, &token, "POST", "/preview", Some(asked)).await.json();
    assert_eq!(preview["series"]["rule"]["anchor"], "2026-03-04", "the first Wednesday");
    assert_eq!(preview["dates"][0]["becomes"]["becomes"], "skipped");
    assert_eq!(preview["dates"][0]["conflicts"][0], json!({ "conflict": "exception", "reason": "Course" }));
    assert_eq!(preview["dates"][0]["alternatives"].as_array().map(Vec::len), Some(3));
    assert_eq!(preview["dates"][1]["becomes"]["becomes"], "later");

    // Sent twice with one key, it is made once.
    let keyed = || {
        let mut request = request("POST", "/api/v1/recurring", Some(&token), Some(&new));
        request.headers_mut().insert("idempotency-key", "one".parse().unwrap());
        request
    };
    let made = send(&router, keyed()).await;
    let again = send(&router, keyed()).await;
    assert_eq!((made.status, again.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(made.json()["id"], again.json()["id"]);
    let series = made.json();
    let id = series["id"].as_str().unwrap().to_owned();
    assert_eq!(series["price"], json!({ "minor": 150_000, "currency": "KES" }));

    let skipped = ask(&router, &token, "GET", "/skipped", None).await.json();
    let nearest = &skipped[0]["alternatives"][0]["starts_at"];
    let resolve = json!({ "how": "book", "starts_at": nearest });
    let booked = ask(&router, &token, "POST", &format!("/{id}/occurrences/2026-03-04/resolve"), Some(resolve)).await;
    assert_eq!((booked.status, booked.json()["state"].as_str()), (StatusCode::OK, Some("created")));

    let mut terms =
        json!({ "version": 1, "service_id": practice.service, "frequency": "weekly", "weekday": 3, "starts": "13:00" });
    let changed = ask(&router, &token, "PUT", &format!("/{id}"), Some(terms.clone())).await;
    assert_eq!(changed.json()["rule"]["starts_min"], 780, "{}", changed.text());
    terms["starts"] = json!("14:00");
    let stale = ask(&router, &token, "PUT", &format!("/{id}"), Some(terms)).await;
    assert_eq!((stale.status, stale.code()), (StatusCode::CONFLICT, "CONFLICT".to_owned()));
    let paused = ask(&router, &token, "POST", &format!("/{id}/pause"), None).await.json();
    let resumed = ask(&router, &token, "POST", &format!("/{id}/resume"), None).await.json();
    assert_eq!((paused["status"].as_str(), resumed["status"].as_str()), (Some("paused"), Some("active")));
    assert_eq!(ask(&router, &token, "DELETE", &format!("/{id}"), None).await.status, StatusCode::OK);
    let listed = ask(&router, &token, "GET", &format!("/{john}"), None).await.json();
    assert_eq!((listed[0]["id"].as_str(), listed[0]["status"].as_str()), (Some(id.as_str()), Some("stopped")));
    for (path, body) in [
        ("", json!({ "patient_id": john })),
        ("/preview", json!({ "what": "nothing" })),
        ("/x/pause", json!({})),
        (&*format!("/{id}/occurrences/never/resolve"), json!({ "how": "dismiss" })),
    ] {
        let status = ask(&router, &token, "POST", path, Some(body)).await.status;
        assert!(status.is_client_error(), "{path}: {status}");
    }
}

async fn page(router: &Router, token: &str, path: &str) -> String {
    let request = Request::builder().uri(path).header("accept", "text/html").header("accept-language", "en");
    let request = request.header("cookie", format!("calma_access={token}")).body(Body::empty()).unwrap();
    send(router, request).await.text()
}

#[tokio::test]
async fn pages_without_javascript_show_every_date_and_save_at_once() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let john = patient(&app, &practice, 1).await;
    let token = log_in(&app, &practice).await;
    let router = server(&app, "");
    let first = page(&router, &token, &format!("/app/series/new?patient={john}")).await;
    assert!(first.contains("For Patient 1") && first.contains("Show all dates"));
    assert!(!first.contains("Create recurring sessions"), "not before its dates were shown");
    let offer = format!("{}:{}", practice.therapist, practice.service);
    let fields = [
        ("patient", john.to_string()),
        ("offer", offer),
        ("frequency", "weekly".into()),
        ("starts_on", "2026-03-03".into()),
    ];
    let form = |starts: &str| {
        let typed = fields.iter().map(|(name, value)| (format!("filled[{name}]"), value.clone()));
        let pairs: Vec<(String, String)> = typed.chain([("filled[starts]".to_owned(), starts.to_owned())]).collect();
        serde_urlencoded::to_string(pairs).unwrap()
    };
    let dates = page(&router, &token, &format!("/app/series/new?{}", form("12:00"))).await;
    assert!(dates.contains("Every Tuesday at 12:00") && dates.contains("Made now") && dates.contains("A week before"));
    assert!(dates.contains("Create recurring sessions") && dates.contains("value=\"12:00\""));
    let wrong =
        page(&router, &token, &format!("/app/series/new?{}", form("12:00").replace("2026-03-03", "2026-01-01"))).await;
    assert!(wrong.contains("First day: This time has passed."), "{wrong}");
    let post = Request::builder()
        .method("POST")
        .uri("/api/fn/save_series")
        .header("accept", "text/html")
        .header("origin", "http://calma.test")
        .header("cookie", format!("calma_access={token}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form("12:00")))
        .unwrap();
    let saved = send(&router, post).await;
    let to = saved.headers[header::LOCATION].to_str().unwrap().to_owned();
    assert!(to.starts_with("/app/series/") && to.ends_with("?done=1"), "{to}");
    let series = page(&router, &token, &to).await;
    for words in [
        "Saved.",
        "Every Tuesday at 12:00",
        "50 minutes",
        "Payment pending",
        "Planned",
        "No end date",
        "Pause",
        "Stop…",
    ] {
        assert!(series.contains(words), "{words} is missing");
    }
    close(&app, &practice, "2026-03-04", "Vacation").await;
    let mut cmd = crate::series::weekly(&practice, john, "2026-03-04", "10:00");
    cmd.terms.ends_on = Some(crate::series::day("2026-03-04"));
    services::series::create(&practice.ctx(&app), cmd).await.unwrap();
    let today = page(&router, &token, "/app").await;
    for words in ["could not be made", "Blocked: Vacation", "Book Tue 3 Mar at 16:00 instead", "Leave it out"] {
        assert!(today.contains(words), "{words} is missing");
    }
}
