//! What every page can ask for: the language, what was typed before a form failed, and (on the server) the caller.

use contracts::{Lang, Text};
use leptos::prelude::*;
use std::collections::HashMap;

/// The language of this page. On the server it comes from the request, in the browser from `<html lang>`.
pub fn lang() -> Lang {
    use_context::<Lang>().unwrap_or_default()
}

/// A text in the language of this page.
pub fn t(text: Text) -> &'static str {
    text.of(lang())
}

/// A text with its placeholders filled, in the language of this page.
pub fn tf(text: Text, values: &[(&str, &str)]) -> String {
    text.with(lang(), values)
}

/// A sentence about a number in the language of this page: its form for exactly one, and the one for every other number.
pub fn tn(forms: [Text; 2], n: u32) -> String {
    Text::counted(forms, lang(), n)
}

/// Called once, at the root of the application.
pub fn provide_lang() {
    #[cfg(feature = "ssr")]
    let lang = use_context::<services::Ctx>().map(|ctx| ctx.lang).unwrap_or_default();
    #[cfg(not(feature = "ssr"))]
    let lang = document()
        .document_element()
        .and_then(|html| html.get_attribute("lang"))
        .and_then(|code| Lang::from_code(&code))
        .unwrap_or_default();
    provide_context(lang);
}

/// What a person typed into a form that failed without JavaScript, by field name; passwords are never in it. The
/// server's middleware keeps it in an encrypted cookie for the one page that follows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed(pub HashMap<String, String>);

/// What was typed into this field before the form failed, else `otherwise`.
pub fn typed(field: &str, otherwise: &str) -> String {
    use_context::<Typed>().and_then(|typed| typed.0.get(field).cloned()).unwrap_or_else(|| otherwise.to_owned())
}

/// Where a server function leaves what was typed into a form with a file. The middleware does not read those, they may
/// be large; it gives every such request an empty one and looks into it when the form has failed.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, Default)]
pub struct TypedSlot(pub std::sync::Arc<std::sync::Mutex<Vec<(String, String)>>>);

/// Leaves a field of a form with a file for the page that follows if the form fails.
#[cfg(feature = "ssr")]
pub fn leave_typed(field: &str, value: &str) {
    let slot = use_context::<http::request::Parts>().and_then(|parts| parts.extensions.get::<TypedSlot>().cloned());
    if let Some(slot) = slot
        && let Ok(mut fields) = slot.0.lock()
    {
        fields.push((field.to_owned(), value.to_owned()));
    }
}

#[cfg(feature = "ssr")]
mod ssr {
    use crate::error::UiError;
    use contracts::{ApiError, ErrorCode};
    use http::StatusCode;
    use leptos::prelude::*;
    use leptos_axum::ResponseOptions;
    use services::{Ctx, ServiceError};

    /// The caller of this server function.
    ///
    /// # Errors
    /// `INTERNAL_ERROR` when the server forgot to provide it.
    pub fn ctx() -> Result<Ctx, UiError> {
        use_context::<Ctx>().ok_or_else(|| UiError(ApiError::new(ErrorCode::Internal)))
    }

    /// Ends a server function: logs what people must not see and sets the status. A form posted without JavaScript keeps
    /// its redirect, since browsers do not follow `Location` on an error status.
    ///
    /// # Errors
    /// The error for the page.
    pub fn reply<T>(result: services::Result<T>) -> Result<T, UiError> {
        result.map_err(|error: ServiceError| {
            if let Some(internal) = &error.internal {
                tracing::error!(code = error.public.code.as_str(), internal, "server function failed");
            }
            let wants_html = use_context::<http::request::Parts>().is_some_and(|parts| {
                parts
                    .headers
                    .get(http::header::ACCEPT)
                    .is_some_and(|v| v.to_str().is_ok_and(|v| v.contains("text/html")))
            });
            if let (false, Some(response)) = (wants_html, use_context::<ResponseOptions>()) {
                response.set_status(status_of(error.public.code));
            }
            UiError(error.public)
        })
    }

    /// The HTTP status of each code.
    pub fn status_of(code: ErrorCode) -> StatusCode {
        match code {
            ErrorCode::Validation | ErrorCode::IdempotencyMismatch | ErrorCode::SlotUnavailable => {
                StatusCode::BAD_REQUEST
            }
            ErrorCode::Unauthenticated | ErrorCode::InvalidCredentials => StatusCode::UNAUTHORIZED,
            ErrorCode::EmailUnconfirmed | ErrorCode::Forbidden => StatusCode::FORBIDDEN,
            ErrorCode::NotFound => StatusCode::NOT_FOUND,
            ErrorCode::SlotTaken | ErrorCode::HoldLapsed | ErrorCode::Conflict | ErrorCode::BookingsInTheWay => {
                StatusCode::CONFLICT
            }
            ErrorCode::LinkInvalid => StatusCode::GONE,
            ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::UnsupportedFile => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Sets the status of the page itself (404 and the like); call it in a blocking resource or before the first await.
    pub fn page_status(status: StatusCode) {
        if let Some(response) = use_context::<ResponseOptions>() {
            response.set_status(status);
        }
    }

    /// Adds a `Set-Cookie` to the answer.
    pub fn set_cookie(cookie: &str) {
        if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), http::HeaderValue::from_str(cookie)) {
            response.append_header(http::header::SET_COOKIE, value);
        }
    }
}
#[cfg(feature = "ssr")]
pub use ssr::{ctx, page_status, reply, set_cookie, status_of};
