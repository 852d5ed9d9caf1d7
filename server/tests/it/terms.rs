//! A service's duration and price may differ by therapist (product §1).

use crate::http::{log_in, request, send, server};
use axum::http::StatusCode;
use contracts::practice::{SaveService, SaveTerms};
use contracts::{ErrorCode, FieldProblem, Money};
use serde_json::json;
use services::practice as p;
use test_support::TestApp;
use test_support::builders::{Practice, at};

#[tokio::test]
async fn patients_see_and_book_the_therapist_s_own_duration_and_price() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let router = server(&app, "");
    let token = log_in(&app, &practice).await;
    let path = format!("/api/v1/services/{}/therapists", practice.service);
    let own = format!("{path}/{}", practice.therapist);
    let body = json!({ "duration_min": 80, "price": "3500" });
    let saved = send(&router, request("PUT", &own, Some(&token), Some(&body))).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text());
    let listed = send(&router, request("GET", &path, Some(&token), None)).await.json();
    assert_eq!(listed[0], saved.json());
    assert_eq!((&listed[0]["duration_min"], &listed[0]["own_price"]), (&json!(80), &json!(true)));

    let public = p::public_therapist(&app.visitor(), &practice.slug).await.unwrap();
    let shown = public.services.iter().find(|s| s.id == practice.service).unwrap();
    assert_eq!((shown.duration_min, &shown.price), (80, &Money::new(350_000, "KES")));
    let held = practice.hold(&app, at("2026-03-10T06:00:00Z")).await.unwrap();
    assert_eq!((held.ends_at - held.starts_at).num_minutes(), 80);
    assert_eq!(held.price, Money::new(350_000, "KES"));

    // Changing the service leaves what is the therapist's own; giving it up returns to the service's.
    let service = SaveService {
        id: Some(practice.service),
        name: "Individual therapy".into(),
        description: String::new(),
        duration_min: 60,
        price: "1000".into(),
        place: contracts::practice::Place::Online,
        active: true,
    };
    p::save_service(&practice.ctx(&app), service, vec![practice.therapist]).await.unwrap();
    let terms = p::terms(&practice.ctx(&app), practice.service).await.unwrap();
    assert_eq!((terms[0].duration_min, terms[0].own_duration), (80, true));
    let terms = p::save_terms(&practice.ctx(&app), practice.service, practice.therapist, SaveTerms::default()).await;
    let terms = terms.unwrap();
    assert_eq!((terms.duration_min, terms.own_duration, terms.own_price), (60, false, false));
    assert_eq!(terms.price, Money::new(100_000, "KES"));
}

#[tokio::test]
async fn own_terms_keep_the_rules_of_services() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let other = Practice::new(&app, "beta").await;
    let save = async |duration_min, price: Option<&str>| {
        let cmd = SaveTerms { duration_min, price: price.map(str::to_owned) };
        p::save_terms(&practice.ctx(&app), practice.service, practice.therapist, cmd).await
    };
    let error = save(Some(33), Some("-1")).await.unwrap_err().public;
    assert_eq!(error.problem_of("duration_min"), Some(FieldProblem::NotStepOfFive));
    assert_eq!(error.problem_of("price"), Some(FieldProblem::InvalidNumber));
    for (service, therapist) in [(practice.service, other.therapist), (other.service, practice.therapist)] {
        let refused = p::save_terms(&practice.ctx(&app), service, therapist, SaveTerms::default()).await;
        assert_eq!(refused.unwrap_err().public.code, ErrorCode::NotFound);
    }
    assert_eq!(p::terms(&other.ctx(&app), practice.service).await.unwrap_err().public.code, ErrorCode::NotFound);
}
