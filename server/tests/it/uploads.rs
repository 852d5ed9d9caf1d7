//! Files that people send: read only from whoever may send them, and kept without what they tell beside the picture.

use crate::http::{Answer, log_in, request, send, server};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use contracts::accounts::Role;
use contracts::booking::PracticeAction;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use test_support::TestApp;
use test_support::builders::{Practice, at};
use tokio_stream::StreamExt;

/// A JPEG's outline with an EXIF block that names a place.
fn photo() -> Vec<u8> {
    let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0GPSLatitude 34.6037 S";
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [b"\xff\xd8\xff\xe1".as_slice(), &length, exif, b"\xff\xda\0\x03\x01pixels\xff\xd9"].concat()
}

fn form(fields: &[(&str, &str)], file: &[u8]) -> Vec<u8> {
    let mut body = vec![];
    for (name, value) in fields {
        let part = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    body.extend(b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n--x--\r\n");
    body
}

fn upload(method: &str, path: &str, bearer: Option<&str>, body: Body) -> Request<Body> {
    let mut request = request(method, path, bearer, None);
    request.headers_mut().insert(header::CONTENT_TYPE, "multipart/form-data; boundary=x".parse().unwrap());
    *request.body_mut() = body;
    request
}

/// A body that notes when somebody begins to read it.
fn watched() -> (Body, Arc<AtomicBool>) {
    let read = Arc::new(AtomicBool::new(false));
    let noted = read.clone();
    let stream = tokio_stream::once(()).map(move |()| {
        noted.store(true, Ordering::Relaxed);
        Ok::<_, std::io::Error>(form(&[], &photo()))
    });
    (Body::from_stream(stream), read)
}

#[tokio::test]
async fn nothing_is_read_from_who_may_not_send_it() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let other = Practice::new(&app, "beta").await;
    let router = server(&app, "");
    let mut viewer = practice.owner.clone();
    viewer.role = Role::Viewer;
    let viewer = services::tokens::access_token(&app.deps.secrets, &viewer, app.deps.clock.now()).unwrap().0;
    let stranger = log_in(&app, &other).await;
    let held = practice.hold(&app, at("2026-03-10T06:00:00Z")).await.unwrap();
    let photo = format!("/api/v1/therapists/{}/photo", practice.therapist);
    let no_link = "/api/v1/public/bookings/not-a-token/payment-proof".to_owned();
    let not_due = format!("/api/v1/public/bookings/{}/payment-proof", held.token);
    for (method, path, bearer, status) in [
        ("PUT", &photo, None, StatusCode::UNAUTHORIZED),
        ("PUT", &photo, Some(&viewer), StatusCode::FORBIDDEN),
        ("PUT", &photo, Some(&stranger), StatusCode::NOT_FOUND),
        ("POST", &no_link, None, StatusCode::NOT_FOUND),
        ("POST", &not_due, None, StatusCode::CONFLICT),
    ] {
        let (body, read) = watched();
        let answer = send(&router, upload(method, path, bearer.map(String::as_str), body)).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
        assert!(!read.load(Ordering::Relaxed), "{method} {path} was read");
    }
}

fn tells_a_place(answer: &Answer) -> bool {
    answer.body.windows(3).any(|window| window == b"GPS")
}

#[tokio::test]
async fn photos_and_receipts_are_kept_without_the_place_they_were_taken_at() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let router = server(&app, "");
    let token = log_in(&app, &practice).await;
    let path = format!("/api/v1/therapists/{}/photo", practice.therapist);
    let sent = send(&router, upload("PUT", &path, Some(&token), form(&[], &photo()).into())).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text());
    let shown = send(&router, request("GET", &format!("/{}/photo", practice.slug), None, None)).await;
    assert_eq!((shown.status, &shown.headers[header::CONTENT_TYPE]), (StatusCode::OK, &"image/jpeg".parse().unwrap()));
    assert!(shown.body.ends_with(b"pixels\xff\xd9") && !tells_a_place(&shown), "{}", shown.text());

    let booking = practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    services::bookings::act(&practice.ctx(&app), booking.id, PracticeAction::Approve).await.unwrap();
    let path = format!("/api/v1/public/bookings/{}/payment-proof", booking.token);
    let fields = [("reference", "ABC"), ("method", "mpesa")];
    let sent = send(&router, upload("POST", &path, None, form(&fields, &photo()).into())).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text());
    let file = sent.json()["proof"]["file"].as_str().unwrap().to_owned();
    let receipt = send(&router, request("GET", &format!("/api/v1/receipts/{file}"), Some(&token), None)).await;
    assert!(receipt.body.ends_with(b"pixels\xff\xd9") && !tells_a_place(&receipt), "{}", receipt.text());
    let broken = send(
        &router,
        upload(
            "PUT",
            &format!("/api/v1/therapists/{}/photo", practice.therapist),
            Some(&token),
            form(&[], b"\xff\xd8\xff\xe1").into(),
        ),
    )
    .await;
    assert_eq!(broken.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{}", broken.text());
}
