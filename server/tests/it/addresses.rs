//! A therapist's public addresses: the present one, and those they gave up.

use crate::http::{Answer, request, send, server};
use axum::Router;
use axum::http::{StatusCode, header};
use contracts::FieldProblem;
use contracts::practice::SaveProfile;
use test_support::TestApp;
use test_support::builders::Practice;

async fn rename(app: &TestApp, practice: &Practice, slug: &str) -> services::Result<()> {
    let profile = SaveProfile {
        slug: slug.into(),
        name: "Dr. Test Therapist".into(),
        title: String::new(),
        bio: String::new(),
        credentials: String::new(),
        languages: String::new(),
        time_zone: "Africa/Nairobi".into(),
        published: true,
    };
    services::practice::save_profile(&practice.ctx(app), practice.therapist, profile).await?;
    // What the database's notice does for a running server.
    app.deps.cache.forget_prefix("").await;
    Ok(())
}

async fn get(router: &Router, path: &str) -> Answer {
    send(router, request("GET", path, None, None)).await
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::PERMANENT_REDIRECT, "{}", answer.text());
    answer.headers[header::LOCATION].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_old_address_leads_to_the_present_one() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let router = server(&app, "");
    rename(&app, &practice, "dra-nueva").await.unwrap();
    assert_eq!(location(&get(&router, "/dr-alpha?day=2026-03-10").await), "/dra-nueva?day=2026-03-10");
    assert_eq!(location(&get(&router, "/dr-alpha/photo").await), "/dra-nueva/photo");
    assert_eq!(location(&get(&router, "/dr-alpha/book/abc").await), "/dra-nueva/book/abc");
    assert_eq!(get(&router, "/dra-nueva").await.status, StatusCode::OK);
    let known = get(&router, "/api/v1/public/therapists/dr-alpha").await;
    assert_eq!((known.status, &known.json()["slug"]), (StatusCode::OK, &"dra-nueva".into()), "{}", known.text());
    let slots = format!(
        "/api/v1/public/availability?slug=dr-alpha&service_id={}&from=2026-03-10&until=2026-03-10",
        practice.service
    );
    assert_eq!(get(&router, &slots).await.status, StatusCode::OK);
    let sitemap = get(&router, "/sitemap.xml").await.text();
    assert!(sitemap.contains("/dra-nueva<") && !sitemap.contains("/dr-alpha<"), "{sitemap}");

    // A second move, and every card that was ever printed still arrives.
    rename(&app, &practice, "dra-otra").await.unwrap();
    for old in ["/dr-alpha", "/dra-nueva"] {
        assert_eq!(location(&get(&router, old).await), "/dra-otra");
    }
    // Back to the first one: it is theirs.
    rename(&app, &practice, "dr-alpha").await.unwrap();
    assert_eq!(get(&router, "/dr-alpha").await.status, StatusCode::OK);
    assert_eq!(location(&get(&router, "/dra-otra").await), "/dr-alpha");
}

#[tokio::test]
async fn nobody_else_takes_an_address_that_was_somebody_s() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let other = Practice::new(&app, "beta").await;
    rename(&app, &practice, "dra-nueva").await.unwrap();
    for taken in ["dr-alpha", "dra-nueva"] {
        let error = rename(&app, &other, taken).await.unwrap_err();
        assert_eq!(error.public.problem_of("slug"), Some(FieldProblem::Taken), "{taken}");
    }
    let colleague = services::practice::add_therapist(&practice.ctx(&app), "Dr Alpha", None).await.unwrap();
    assert_eq!(colleague.slug, "dr-alpha-2", "not even within the practice");
    let router = server(&app, "");
    assert_eq!(get(&router, "/dr-beta").await.status, StatusCode::OK, "who was refused stays where they are");
}

#[tokio::test]
async fn the_address_of_a_hidden_profile_leads_nowhere() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    rename(&app, &practice, "dra-nueva").await.unwrap();
    sqlx::query("UPDATE therapists SET published = false").execute(&app.owner).await.unwrap();
    app.deps.cache.forget_prefix("").await;
    let router = server(&app, "");
    assert_eq!(get(&router, "/dr-alpha").await.status, StatusCode::NOT_FOUND);
}
