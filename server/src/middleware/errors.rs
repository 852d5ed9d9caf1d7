//! How an error leaves the server: as the API's envelope (product §12), as what server functions expect, or as a line of
//! text. Handlers only attach an [`ApiError`]; the rest happens here, where language, time and path are known.

use crate::state::AppState;
use app::context::status_of;
use app::error::message;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use contracts::booking::{BookingStatus, Slot};
use contracts::{ApiError, ErrorCode, FieldError, Lang};
use serde::Serialize;
use services::{Ctx, ServiceError};

/// An error on its way out of a handler.
#[derive(Debug)]
pub struct Fail(pub ServiceError);

impl From<ServiceError> for Fail {
    fn from(error: ServiceError) -> Self {
        Self(error)
    }
}

impl From<ErrorCode> for Fail {
    fn from(code: ErrorCode) -> Self {
        Self(ServiceError::code(code))
    }
}

impl IntoResponse for Fail {
    fn into_response(self) -> Response {
        if let Some(internal) = &self.0.internal {
            tracing::error!(code = self.0.public.code.as_str(), internal, "request failed");
        }
        attach(self.0.public)
    }
}

/// An answer that is nothing but this error, to be written by [`errors`].
pub fn attach(error: ApiError) -> Response {
    let mut response = status_of(error.code).into_response();
    if let (ErrorCode::RateLimited, Some(seconds)) = (error.code, error.number) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response.extensions_mut().insert(error);
    response
}

/// The body of every error under `/api/v1`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ErrorBody {
    /// Always `false`.
    pub success: bool,
    pub error: ErrorInfo,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ErrorInfo {
    /// Stable; programs compare this.
    pub code: ErrorCode,
    /// For people, in the language of the request.
    pub message: &'static str,
    pub details: ErrorDetails,
    pub timestamp: DateTime<Utc>,
    pub path: String,
}

/// What else is known; only what applies is there.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct ErrorDetails {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
    /// For `SLOT_TAKEN`: the nearest free slots.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Slot>,
    /// For `CONFLICT`: what the booking is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_status: Option<BookingStatus>,
    /// For `RATE_LIMIT_EXCEEDED`: seconds to wait. For `BOOKINGS_IN_THE_WAY`: how many there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
}

impl ErrorBody {
    pub fn new(error: ApiError, lang: Lang, timestamp: DateTime<Utc>, path: &str) -> Self {
        let ApiError { code, fields, alternatives, current_status, number } = error;
        let details = ErrorDetails { fields, alternatives, current_status, number };
        let message = message(code).of(lang);
        Self { success: false, error: ErrorInfo { code, message, details, timestamp, path: path.to_owned() } }
    }
}

/// Writes errors. It stands outside of everything that may refuse a request.
pub async fn errors(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let lang = super::session::language(request.headers(), &state);
    let mut response = next.run(request).await;
    let attached = response.extensions_mut().remove::<ApiError>();
    let in_api = path.starts_with("/api/") && !path.starts_with("/api/fn/");
    let error = match attached {
        Some(error) => error,
        // Refused by the framework: no such route, a body that cannot be read, and so on.
        None if in_api && response.status().as_u16() >= 400 && !is_json(response.headers()) => {
            ApiError::new(code_of(response.status()))
        }
        None => return response,
    };
    let lang = response.extensions().get::<Ctx>().map_or(lang, |ctx| ctx.lang);
    // A method that a route does not know keeps its own status.
    let status = match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => StatusCode::METHOD_NOT_ALLOWED,
        _ => status_of(error.code),
    };
    let body = if in_api {
        serde_json::to_vec(&ErrorBody::new(error, lang, state.deps.clock.now(), &path))
    } else if path.starts_with("/api/fn/") {
        serde_json::to_vec(&error)
    } else {
        Ok(message(error.code).of(lang).into())
    };
    let kind = if path.starts_with("/api/") { "application/json" } else { "text/plain; charset=utf-8" };
    *response.status_mut() = status;
    *response.body_mut() = Body::from(body.unwrap_or_default());
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
}

fn code_of(status: StatusCode) -> ErrorCode {
    match status {
        StatusCode::UNAUTHORIZED => ErrorCode::Unauthenticated,
        StatusCode::FORBIDDEN => ErrorCode::Forbidden,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => ErrorCode::NotFound,
        StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ErrorCode::UnsupportedFile,
        StatusCode::TOO_MANY_REQUESTS => ErrorCode::RateLimited,
        StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            ErrorCode::Unavailable
        }
        status if status.is_client_error() => ErrorCode::Validation,
        _ => ErrorCode::Internal,
    }
}
