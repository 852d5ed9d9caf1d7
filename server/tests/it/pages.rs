//! Pages as a browser without JavaScript gets them.

use crate::accounts::link;
use crate::http::{Answer, log_in, send, server};
use crate::permissions::token_of;
use axum::body::Body;
use axum::http::{Request, header};
use chrono::TimeDelta;
use contracts::accounts::Role;
use contracts::booking::PracticeAction;
use services::patient_access;
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

#[tokio::test]
async fn a_payment_proof_that_fails_comes_back_with_what_was_typed() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let booking = practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    services::bookings::act(&practice.ctx(&app), booking.id, PracticeAction::Approve).await.unwrap();
    let router = server(&app, "");
    // The practice takes no cash.
    let form: String = [("token", booking.token.as_str()), ("reference", "ABC 123"), ("method", "cash")]
        .iter()
        .map(|(name, value)| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"))
        .collect();
    let request = Request::builder()
        .method("POST")
        .uri("/api/fn/send_payment_proof")
        .header("accept", "text/html")
        .header("origin", "http://calma.test")
        .header("referer", format!("http://calma.test/b/{}", booking.token))
        .header("content-type", "multipart/form-data; boundary=x")
        .body(Body::from(format!("{form}--x--\r\n")))
        .unwrap();
    let answer = send(&router, request).await;
    let back = answer.headers[header::LOCATION].to_str().unwrap();
    assert!(back.contains("__err=") && !back.contains("ABC"), "{back}");
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let again = Request::builder().uri(back.trim_start_matches("http://calma.test")).header("accept", "text/html");
    let again = send(&router, again.header("cookie", cookie).body(Body::empty()).unwrap()).await.text();
    assert!(again.contains("value=\"ABC 123\""), "{again}");
}

#[tokio::test]
async fn a_zone_is_chosen_from_all_there_are() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let router = server(&app, "");
    let register = page(&router, "/register").await.text();
    assert!(register.contains("<option value=\"America/Argentina/Buenos_Aires\">"));
    assert!(register.contains("<option value=\"Pacific/Chatham\">"));
    let member = log_in(&app, &practice).await;
    let request = Request::builder().uri("/app/settings/profile").header("accept", "text/html");
    let request = request.header("cookie", format!("calma_access={member}")).body(Body::empty()).unwrap();
    let profile = send(&router, request).await.text();
    assert!(profile.contains("<option value=\"Africa/Nairobi\" selected>"));
}

/// What a role may not open is not in its menu, and what is in its menu opens.
#[tokio::test]
async fn the_menu_and_the_pages_agree_for_every_role() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let router = server(&app, "CALMA_RATE_API_PER_MINUTE = 0\nCALMA_RATE_DASHBOARD_PER_HOUR = 0");
    let mut complaints = Vec::new();
    for role in Role::ALL {
        // The menu asks who the member is, the pages ask their token.
        sqlx::query("UPDATE members SET role = $1").bind(role.as_str()).execute(&app.owner).await.unwrap();
        let bearer = format!("Bearer {}", token_of(&app, &practice, role));
        let get = |path: &str| {
            let request = Request::builder().uri(path).header("accept", "text/html").header("authorization", &bearer);
            send(&router, request.body(Body::empty()).unwrap())
        };
        let home = get("/app").await.text();
        let menu = home.split("practice-nav").nth(1).unwrap().split("</nav>").next().unwrap();
        for path in
            ["", "/diary", "/availability", "/reschedule-requests", "/messages", "/settings", "/members", "/audit"]
        {
            let listed = menu.contains(&format!("href=\"/app{path}\""));
            let status = get(&format!("/app{path}")).await.status.as_u16();
            if status != if listed { 200 } else { 403 } {
                complaints.push(format!("{} /app{path}: listed {listed}, {status}", role.as_str()));
            }
        }
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[tokio::test]
async fn only_a_signed_in_patient_hears_of_their_bookings() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    patient_access::request_link(&app.visitor(), "john@example.com").await.unwrap();
    let token = link(&app, "john@example.com", "patient_sign_in").await;
    let (patient, _) = patient_access::sign_in(&app.visitor(), &token).await.unwrap();
    let member = log_in(&app, &practice).await;
    let router = server(&app, "");
    let cookies = [
        ("", 401),
        ("calma_patient=invented", 401),
        (&*format!("calma_access={member}"), 401),
        (&*format!("calma_patient={patient}"), 200),
        (&*format!("calma_access={member}; calma_patient={patient}"), 200),
    ];
    for (cookie, status) in cookies {
        // The test's server is stopping, so its streams end at once.
        let request = Request::builder().uri("/live/my").header("accept", "text/event-stream").header("cookie", cookie);
        let answer = send(&router, request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{cookie}: {}", answer.text());
    }
}
