//! `Idempotency-Key` on the POSTs of the API: sending a request again answers the same and does nothing twice.

use crate::middleware::errors::{Fail, attach};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use contracts::{ApiError, ErrorCode, FieldProblem};
use services::idempotency::{Begun, abandon, begin, finish};
use services::{Actor, Ctx};
use sha2::{Digest, Sha256};

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// The largest request or answer that is compared and kept, in bytes.
const BYTES_MAX: usize = 11 * 1024 * 1024;

pub async fn idempotency(request: Request, next: Next) -> Response {
    let key = request.headers().get(HEADER).cloned();
    let ctx = request.extensions().get::<Ctx>().cloned();
    let applies = takes_key(request.method(), request.uri().path());
    match (key, ctx) {
        (Some(key), Some(ctx)) if applies => match key.to_str().ok().filter(|key| (1..=200).contains(&key.len())) {
            Some(key) => Box::pin(once(&ctx, key, request, next)).await,
            None => attach(ApiError::field("Idempotency-Key", FieldProblem::OutOfRange)),
        },
        _ => next.run(request).await,
    }
}

/// Does the header mean anything here? Logging in answers with tokens and cookies, which are kept nowhere.
pub fn takes_key(method: &Method, path: &str) -> bool {
    let logs_in = path.starts_with("/api/v1/auth/") || path.starts_with("/api/v1/my/");
    method == Method::POST && !logs_in
}

async fn once(ctx: &Ctx, key: &str, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, BYTES_MAX).await else { return attach(ApiError::new(ErrorCode::TooLarge)) };
    let scope = scope(ctx, parts.uri.path());
    let compared = [parts.uri.path().as_bytes(), b"\n", &bytes].concat();
    match begin(ctx, &scope, key, &compared).await {
        Err(error) => return axum::response::IntoResponse::into_response(Fail(error)),
        Ok(Begun::Replay { status, body }) => return replayed(status, body),
        Ok(Begun::New) => (),
    }
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    if !response.status().is_success() {
        // It changed nothing, so the key may be used again.
        if let Err(error) = abandon(ctx, &scope, key).await {
            tracing::warn!(%error, "an idempotency key stays taken");
        }
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, BYTES_MAX).await else { return attach(ApiError::new(ErrorCode::Internal)) };
    if let Err(error) = finish(ctx, &scope, key, parts.status.as_u16(), &bytes).await {
        tracing::warn!(%error, "an answer could not be kept for its idempotency key");
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Whose key it is. Hashed, since a visitor is told apart by their address.
fn scope(ctx: &Ctx, path: &str) -> String {
    let who = match &ctx.actor {
        Actor::Member(member) => format!("member {}", member.member_id),
        Actor::Patient { email } => format!("patient {email}"),
        Actor::Visitor | Actor::System => format!("visitor {}", ctx.ip.map(|ip| ip.to_string()).unwrap_or_default()),
    };
    let hash = Sha256::new().chain_update(who).chain_update([0]).chain_update(path).finalize();
    hash.iter().map(|b| format!("{b:02x}")).collect()
}

fn replayed(status: u16, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(HeaderName::from_static("idempotent-replayed"), HeaderValue::from_static("true"));
    response
}
