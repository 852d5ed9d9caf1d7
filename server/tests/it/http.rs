//! The server as its callers meet it: requests in, answers out.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use contracts::accounts::LogIn;
use serde_json::Value;
use server::config::{parse_file, read};
use server::state::AppState;
use test_support::TestApp;
use test_support::builders::{PASSWORD, Practice};
use tower::ServiceExt;

/// The whole router over a test's installation, with these settings beside the defaults.
pub fn server(app: &TestApp, settings: &str) -> axum::Router {
    running(app, settings, tokio::sync::watch::channel(false).1)
}

/// The same for streams, which end when the server is told to stop or nobody is left who could tell it.
pub fn running(app: &TestApp, settings: &str, stop: tokio::sync::watch::Receiver<bool>) -> axum::Router {
    let base = if settings.contains("CALMA_BASE_URL") { "" } else { "CALMA_BASE_URL = \"http://calma.test\"\n" };
    let values = parse_file(&format!("CALMA_MODE = \"production\"\n{base}{settings}")).unwrap();
    let config = read(&values).unwrap();
    server::router::router(AppState::new(app.deps.clone(), config, None, stop))
}

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

pub async fn send(router: &axum::Router, mut request: Request<Body>) -> Answer {
    let caller = std::net::SocketAddr::from(([127, 0, 0, 1], 50_000));
    request.extensions_mut().insert(axum::extract::ConnectInfo(caller));
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 20_000_000).await.unwrap().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

/// A JSON request, with a Bearer token where there is one.
pub fn request(method: &str, path: &str, bearer: Option<&str>, body: Option<&Value>) -> Request<Body> {
    let mut builder = Request::builder().method(method).uri(path);
    if let Some(token) = bearer {
        builder = builder.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    if method == "PUT" && path.ends_with("/photo") {
        let form =
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n\u{89}PNG\r\n--x--\r\n";
        return builder.header(header::CONTENT_TYPE, "multipart/form-data; boundary=x").body(Body::from(form)).unwrap();
    }
    if method == "POST" && path.ends_with("/patients/import") {
        let form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nName,Phone\nAna Moss,+254700000199\r\n--x--\r\n";
        return builder.header(header::CONTENT_TYPE, "multipart/form-data; boundary=x").body(Body::from(form)).unwrap();
    }
    match body {
        Some(body) => {
            builder.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())).unwrap()
        }
        None => builder.body(Body::empty()).unwrap(),
    }
}

pub async fn log_in(app: &TestApp, practice: &Practice) -> String {
    let command = LogIn { email: practice.email.clone(), password: PASSWORD.into() };
    services::accounts::log_in(&app.visitor(), command).await.unwrap().0.access
}

const SLOT: &str = "2026-03-10T06:00:00Z";

fn hold_body(practice: &Practice) -> Value {
    serde_json::json!({ "slug": practice.slug, "service_id": practice.service, "starts_at": SLOT })
}

#[tokio::test]
async fn errors_have_one_shape() {
    let app = TestApp::new().await;
    let router = server(&app, "");
    for (method, path, body, status, code) in [
        ("GET", "/api/v1/bookings", None, 401, "UNAUTHORIZED"),
        ("GET", "/api/v1/nothing-here", None, 404, "NOT_FOUND"),
        ("GET", "/api/v1/public/therapists/nobody", None, 404, "NOT_FOUND"),
        ("POST", "/api/v1/public/holds", Some("{"), 400, "VALIDATION_ERROR"),
        ("POST", "/api/v1/public/holds", Some("{\"slug\": 5}"), 400, "VALIDATION_ERROR"),
        ("GET", "/api/v1/public/availability?slug=x&service_id=y&from=z&until=w", None, 400, "VALIDATION_ERROR"),
    ] {
        let mut builder = Request::builder().method(method).uri(path);
        if body.is_some() {
            builder = builder.header(header::CONTENT_TYPE, "application/json");
        }
        let answer = send(&router, builder.body(body.map_or_else(Body::empty, Body::from)).unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}: {}", answer.text());
        let json = answer.json();
        assert_eq!(json["success"], false);
        assert_eq!(json["error"]["code"], code, "{method} {path}");
        for field in ["message", "timestamp", "path"] {
            assert!(json["error"][field].is_string(), "{method} {path} lacks {field}: {json}");
        }
    }
    let spanish =
        Request::builder().uri("/api/v1/bookings").header("accept-language", "es-AR").body(Body::empty()).unwrap();
    assert!(send(&router, spanish).await.json()["error"]["message"].as_str().unwrap().contains("sesión"));
}

#[tokio::test]
async fn a_taken_slot_answers_409_with_three_alternatives() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let router = server(&app, "");
    let body = hold_body(&practice);
    assert_eq!(
        send(&router, request("POST", "/api/v1/public/holds", None, Some(&body))).await.status,
        StatusCode::CREATED
    );
    let second = send(&router, request("POST", "/api/v1/public/holds", None, Some(&body))).await;
    assert_eq!((second.status, second.code().as_str()), (StatusCode::CONFLICT, "SLOT_TAKEN"));
    assert_eq!(
        second.json()["error"]["details"]["alternatives"].as_array().map(Vec::len),
        Some(3),
        "{}",
        second.text()
    );
}

#[tokio::test]
async fn the_same_idempotency_key_answers_the_same_once() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let router = server(&app, "");
    let keyed = |body: &Value| {
        let mut request = request("POST", "/api/v1/public/holds", None, Some(body));
        request.headers_mut().insert("idempotency-key", "key-1".parse().unwrap());
        request
    };
    let body = hold_body(&practice);
    let first = send(&router, keyed(&body)).await;
    let again = send(&router, keyed(&body)).await;
    assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.json()["id"], again.json()["id"]);
    let mut other = body.clone();
    other["starts_at"] = "2026-03-10T07:00:00Z".into();
    assert_eq!(send(&router, keyed(&other)).await.code(), "IDEMPOTENCY_MISMATCH");
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM bookings").fetch_one(&app.owner).await.unwrap();
    assert_eq!(count, 1);
}

#[tokio::test]
async fn reads_answer_304_when_nothing_changed() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let router = server(&app, "");
    let path = format!("/api/v1/public/therapists/{}", practice.slug);
    let first = send(&router, request("GET", &path, None, None)).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    let mut again = request("GET", &path, None, None);
    again.headers_mut().insert(header::IF_NONE_MATCH, first.headers[header::ETAG].clone());
    assert_eq!(send(&router, again).await.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn slots_leave_as_they_are_kept() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let router = server(&app, "");
    let (from, until) = ("2026-03-10", "2026-03-11");
    let path = format!(
        "/api/v1/public/availability?slug={}&service_id={}&from={from}&until={until}",
        practice.slug, practice.service
    );
    let days = (from.parse().unwrap(), until.parse().unwrap());
    let expected =
        services::slots::availability_json(&app.visitor(), &practice.slug, practice.service, days.0, days.1).await;
    let expected = expected.unwrap();
    for _ in 0..2 {
        let answer = send(&router, request("GET", &path, None, None)).await;
        assert_eq!((answer.status, &answer.body), (StatusCode::OK, &expected));
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json");
        assert!(answer.headers.contains_key(header::ETAG));
    }
    let narrowed = send(&router, request("GET", &format!("{path}&fields=today"), None, None)).await;
    assert_eq!(narrowed.json(), serde_json::json!({ "today": "2026-03-02" }));
}

#[tokio::test]
async fn other_sites_cannot_act_in_a_member_s_name() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let token = log_in(&app, &practice).await;
    let router = server(&app, "");
    let post = |origin: Option<&str>, site: Option<&str>| {
        let mut builder = Request::builder()
            .method("POST")
            .uri("/api/v1/auth/logout")
            .header(header::COOKIE, format!("calma_access={token}"));
        if let Some(origin) = origin {
            builder = builder.header(header::ORIGIN, origin);
        }
        if let Some(site) = site {
            builder = builder.header("sec-fetch-site", site);
        }
        builder.body(Body::empty()).unwrap()
    };
    for (origin, site) in [
        (Some("https://evil.test"), None),
        (Some("null"), None),
        (None, Some("cross-site")),
        (Some("http://calma.test.evil.test"), None),
        (Some("https://calma.test"), None),
    ] {
        assert_eq!(send(&router, post(origin, site)).await.status, StatusCode::FORBIDDEN, "{origin:?} {site:?}");
    }
    assert_eq!(send(&router, post(Some("http://calma.test"), Some("same-origin"))).await.status, StatusCode::OK);
}

#[tokio::test]
async fn every_answer_carries_the_protecting_headers() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let secure = server(&app, "CALMA_BASE_URL = \"https://calma.test\"").clone();
    for path in ["/", &format!("/{}", practice.slug), "/login", "/healthz", "/api/v1/bookings", "/nothing/here/at/all"]
    {
        let answer =
            send(&secure, Request::builder().uri(path).header("accept", "text/html").body(Body::empty()).unwrap())
                .await;
        let header = |name: &str| answer.headers.get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        let policy = header("content-security-policy");
        assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe-inline"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert!(header("strict-transport-security").contains("max-age"), "{path}");
        assert!(!header("referrer-policy").is_empty(), "{path}");
        if policy.contains("nonce-") {
            let nonce = policy.split("nonce-").nth(1).unwrap().split('\'').next().unwrap();
            let page = answer.text();
            assert!(
                page.matches("<script").count() == page.matches(&format!("nonce=\"{nonce}\"")).count()
                    || !page.contains("<script"),
                "{path}: a script lacks the nonce"
            );
        }
        assert!(!answer.text().contains(" style=\""), "{path} has an inline style");
    }
}

#[tokio::test]
async fn rate_limits_are_settings() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let token = log_in(&app, &practice).await;
    let body = hold_body(&practice);
    let slots = format!(
        "/api/v1/public/availability?slug={}&service_id={}&from=2026-03-10&until=2026-03-11",
        practice.slug, practice.service
    );
    let therapist = format!("/api/v1/public/therapists/{}", practice.slug);
    let all = "CALMA_RATE_PUBLIC_BOOKING_PER_HOUR = 0\nCALMA_RATE_AVAILABILITY_PER_HOUR = 0\n\
               CALMA_RATE_DASHBOARD_PER_HOUR = 0\nCALMA_RATE_API_PER_MINUTE = 0";
    for (setting, method, path, bearer, body, expected) in [
        ("PUBLIC_BOOKING_PER_HOUR", "POST", "/api/v1/public/holds", None, Some(&body), [201, 409, 409, 429, 429]),
        ("AVAILABILITY_PER_HOUR", "GET", slots.as_str(), None, None, [200, 200, 200, 429, 429]),
        ("DASHBOARD_PER_HOUR", "GET", "/api/v1/dashboard", Some(token.as_str()), None, [200, 200, 200, 429, 429]),
        ("API_PER_MINUTE", "GET", therapist.as_str(), None, None, [200, 200, 200, 429, 429]),
    ] {
        // Only the one limit is on, so that no other one can answer for it.
        let router = server(&app, &all.replace(&format!("{setting} = 0"), &format!("{setting} = 3")));
        let mut statuses = Vec::new();
        for _ in 0..5 {
            let answer = send(&router, request(method, path, bearer, body)).await;
            if answer.status == StatusCode::TOO_MANY_REQUESTS {
                assert_eq!(answer.code(), "RATE_LIMIT_EXCEEDED", "{setting}");
                assert!(answer.headers.contains_key(header::RETRY_AFTER), "{setting}");
            }
            statuses.push(answer.status.as_u16());
        }
        assert_eq!(statuses, expected, "{setting}");
    }
}

#[tokio::test]
async fn pages_that_do_not_exist_are_404() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let router = server(&app, "");
    let get = |path: String| Request::builder().uri(path).header("accept", "text/html").body(Body::empty()).unwrap();
    assert_eq!(send(&router, get(format!("/{}", practice.slug))).await.status, StatusCode::OK);
    for path in ["/nobody-here", "/b/AAAA", "/nothing/here/at/all", "/dr-alpha/photo"] {
        assert_eq!(send(&router, get(path.into())).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let mut hidden = services::practice::therapist(&practice.ctx(&app), practice.therapist).await.unwrap();
    hidden.published = false;
    let profile = contracts::practice::SaveProfile {
        slug: hidden.slug,
        name: hidden.name,
        title: hidden.title,
        bio: hidden.bio,
        credentials: String::new(),
        languages: String::new(),
        time_zone: hidden.time_zone,
        published: false,
    };
    services::practice::save_profile(&practice.ctx(&app), practice.therapist, profile).await.unwrap();
    assert_eq!(send(&router, get(format!("/{}", practice.slug))).await.status, StatusCode::NOT_FOUND, "unpublished");
}

#[tokio::test]
async fn the_test_clock_does_not_exist_in_production() {
    let app = TestApp::new().await;
    let router = server(&app, "");
    for path in ["/test/clock", "/test/run-jobs"] {
        let answer =
            send(&router, request("POST", path, None, Some(&serde_json::json!({ "advance_seconds": 60 })))).await;
        assert!(
            matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED),
            "{path}: {}",
            answer.status
        );
    }
    let values = parse_file("CALMA_MODE = \"test\"\nCALMA_ADDR = \"0.0.0.0:3000\"").unwrap();
    assert!(read(&values).is_err(), "a clock that can be moved must not be reachable from outside");
}
