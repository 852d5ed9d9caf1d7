//! One module per area. Handlers take the caller and the input, call one use case and hand on its answer.

pub mod auth;
pub mod availability;
pub mod bookings;
pub mod calendars;
pub mod members;
pub mod messages;
pub mod my;
pub mod notifications;
pub mod patients;
pub mod practice;
pub mod public;
pub mod recurring;
pub mod reschedule_requests;
pub mod sessions;
pub mod templates;
pub mod therapist;
pub mod upload;

use crate::middleware::errors::Fail;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use contracts::lists::{PageOf, SortKey};
use contracts::{FieldProblem, TherapistId};
use serde::Deserialize;
use services::ServiceError;
use utoipa::{IntoParams, ToSchema};

/// Words for the other side, e.g. why a request is declined.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Reason {
    #[serde(default)]
    pub reason: String,
}

/// A token from a link.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Token {
    pub token: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Email {
    pub email: String,
}

/// Which page of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// `next` of the page before. It goes on in the same `sort` only; another is a field error `other_sort`.
    #[serde(default)]
    pub cursor: Option<String>,
    /// How many at once.
    #[serde(default)]
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<u32>,
}

/// The order of a list by its name; the list's own where none is given.
///
/// # Errors
/// A field error on `sort` for a name the list does not know.
pub fn sorted<S: SortKey>(name: Option<&str>) -> Result<S, Fail> {
    match name {
        None => Ok(S::default()),
        Some(name) => S::parse(name).ok_or_else(|| Fail(ServiceError::field("sort", FieldProblem::InvalidChoice))),
    }
}

impl Paging {
    /// The page, in the order of this name.
    ///
    /// # Errors
    /// As [`sorted`].
    pub fn by<S: SortKey>(self, sort: Option<&str>) -> Result<PageOf<S>, Fail> {
        Ok(PageOf { sort: sorted(sort)?, cursor: self.cursor, limit: self.limit })
    }
}

/// A file to keep. Nobody on the way keeps one.
pub fn download(kind: &'static str, name: &'static str, text: String) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment"))),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    (headers, text).into_response()
}

/// Whose availability.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfTherapist {
    #[param(value_type = Uuid)]
    pub therapist_id: TherapistId,
}
