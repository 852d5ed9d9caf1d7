//! How server functions of the practice's pages read what forms send: text in, typed values or a field problem out.

use crate::error::UiError;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use contracts::{ErrorCode, FieldProblem};
use http::header::{ACCEPT, REFERER};
use leptos::prelude::use_context;
use services::{Ctx, ServiceError};
use std::str::FromStr;

/// Reads a value that has a textual form: ids, numbers.
pub fn value<T: FromStr>(field: &str, text: &str, problem: FieldProblem) -> services::Result<T> {
    text.trim().parse().map_err(|_| ServiceError::field(field, problem))
}

/// An id in an address or a hidden field: one that cannot be read leads nowhere.
pub fn id<T: FromStr>(text: &str) -> services::Result<T> {
    text.trim().parse().map_err(|_| ServiceError::not_found())
}

/// A choice by its code.
pub fn choice<T>(field: &str, parsed: Option<T>) -> services::Result<T> {
    parsed.ok_or_else(|| ServiceError::field(field, FieldProblem::InvalidChoice))
}

/// `2026-11-24`.
pub fn date(field: &str, text: &str) -> services::Result<NaiveDate> {
    match text.trim() {
        "" => Err(ServiceError::field(field, FieldProblem::Required)),
        text => value(field, text, FieldProblem::InvalidDate),
    }
}

/// `09:00`, and `09:00:00` as some browsers send it.
pub fn time(field: &str, text: &str) -> services::Result<NaiveTime> {
    let text = text.trim();
    if text.is_empty() {
        return Err(ServiceError::field(field, FieldProblem::Required));
    }
    NaiveTime::parse_from_str(text, "%H:%M")
        .or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S"))
        .map_err(|_| ServiceError::field(field, FieldProblem::InvalidTime))
}

/// A whole number.
pub fn number(field: &str, text: &str) -> services::Result<i32> {
    match text.trim() {
        "" => Err(ServiceError::field(field, FieldProblem::Required)),
        text => value(field, text, FieldProblem::InvalidNumber),
    }
}

/// Hours as people type them (`24`, `1.5`, `1,5`) into minutes.
pub fn hours(field: &str, text: &str) -> services::Result<i32> {
    let text = text.trim().replace(',', ".");
    if text.is_empty() {
        return Err(ServiceError::field(field, FieldProblem::Required));
    }
    let hours: f64 = value(field, &text, FieldProblem::InvalidNumber)?;
    if !(0.0..=10_000.0).contains(&hours) {
        return Err(ServiceError::field(field, FieldProblem::OutOfRange));
    }
    #[expect(clippy::cast_possible_truncation, reason = "the range was just checked")]
    let minutes = (hours * 60.0).round() as i32;
    Ok(minutes)
}

/// Text that may be left empty.
pub fn optional(text: Option<String>) -> Option<String> {
    text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty())
}

/// The wall clock of a zone; UTC when the zone is not known.
pub fn local(zone: &str, at: chrono::DateTime<chrono::Utc>) -> NaiveDateTime {
    zone.parse::<chrono_tz::Tz>().map_or_else(|_| at.naive_utc(), |zone| at.with_timezone(&zone).naive_local())
}

/// The practice's zone, for times that belong to no therapist.
pub async fn practice_zone(ctx: &Ctx) -> services::Result<String> {
    Ok(services::practice::settings(ctx).await?.time_zone)
}

/// Ends a form's server function. A form posted without JavaScript goes on to `to`, where the page says that it is done;
/// with JavaScript the page stays and says so itself.
///
/// # Errors
/// The error for the page.
pub fn finish<T>(result: services::Result<T>, to: &str) -> Result<T, UiError> {
    let done = crate::context::reply(result)?;
    if wants_html() {
        leptos_axum::redirect(to);
    }
    Ok(done)
}

/// Is a browser asking for a page, rather than our script for data?
fn wants_html() -> bool {
    header(ACCEPT).is_some_and(|accept| accept.contains("text/html"))
}

fn header(name: http::HeaderName) -> Option<String> {
    let parts = use_context::<http::request::Parts>()?;
    parts.headers.get(name)?.to_str().ok().map(ToOwned::to_owned)
}

/// Sends whoever is not logged in to the login page, with the way back; other answers pass.
pub fn or_log_in<T>(result: Result<T, UiError>) -> Result<T, UiError> {
    if let Err(error) = &result
        && error.code() == ErrorCode::Unauthenticated
    {
        leptos_axum::redirect(&format!("/login?next={}", encode(&here())));
    }
    result
}

/// Path and query of the page the person is on: of the request, or of the page whose script asks.
fn here() -> String {
    let own = use_context::<http::request::Parts>().map(|parts| parts.uri);
    let own = own.as_ref().and_then(http::Uri::path_and_query).map(ToString::to_string).unwrap_or_default();
    if own.starts_with("/app") {
        return own;
    }
    header(REFERER)
        .and_then(|referer| referer.parse::<http::Uri>().ok())
        .and_then(|uri| uri.path_and_query().map(ToString::to_string))
        .filter(|path| path.starts_with("/app"))
        .unwrap_or_else(|| "/app".to_owned())
}

/// Percent-encodes what is not a plain character of a path.
fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => char::from(b).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_hours_as_people_type_them() {
        for (typed, minutes) in [("24", 1440), ("1.5", 90), ("1,5", 90), (" 0.25 ", 15)] {
            assert_eq!(hours("h", typed).ok(), Some(minutes), "{typed}");
        }
        for typed in ["", "x", "-1", "1e9", "NaN"] {
            assert!(hours("h", typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn reads_times_with_and_without_seconds() {
        assert_eq!(time("t", "09:00").ok(), time("t", "09:00:00").ok());
        assert!(time("t", "9 o'clock").is_err());
    }

    #[test]
    fn encodes_the_way_back() {
        assert_eq!(encode("/app/diary?week=2026-11-23"), "/app/diary%3Fweek%3D2026-11-23");
    }
}
