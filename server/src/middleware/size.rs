//! How large a request may be and how long it may take.

use super::errors::attach;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use contracts::{ApiError, ErrorCode};
use http_body_util::Limited;
use std::time::Duration;

/// Forms and JSON, in bytes.
const BODY_MAX: usize = 64 * 1024;
/// Photos and payment proofs with what surrounds them, in bytes.
const UPLOAD_BODY_MAX: usize = 11 * 1024 * 1024;
/// The longest a request may work before it is given up.
const WORK_MAX: Duration = Duration::from_secs(30);

pub async fn size_and_time(request: Request, next: Next) -> Response {
    let limit = limit_of(request.headers());
    if announced(request.headers()).is_some_and(|length| length > limit) {
        return attach(ApiError::new(ErrorCode::TooLarge));
    }
    let request = request.map(|body| Body::new(Limited::new(body, limit)));
    match tokio::time::timeout(WORK_MAX, next.run(request)).await {
        Ok(response) => response,
        Err(_) => attach(ApiError::new(ErrorCode::Unavailable)),
    }
}

fn limit_of(headers: &HeaderMap) -> usize {
    let form =
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
    if form { UPLOAD_BODY_MAX } else { BODY_MAX }
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
