//! Doors to opening hours, exceptions, buffers, previews and explanations.

use crate::error::UiError;
use chrono::NaiveDateTime;
use contracts::TherapistId;
use contracts::availability::{AvailabilityPage, BufferPreview, Why};
use contracts::booking::Availability;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::{
    context::{ctx, reply},
    layouts::practice::read,
};
#[cfg(feature = "ssr")]
use contracts::{FieldProblem, availability::*};

/// The page of one therapist, and the others to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AvailabilityView {
    /// Absent while the practice has no therapist.
    pub page: Option<AvailabilityPage>,
    pub therapists: Vec<(TherapistId, String)>,
}

/// A reason with its instants on the therapist's wall clock, since the browser has no zone tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyAnswer {
    pub asked: NaiveDateTime,
    pub why: Why,
    /// Start and end of what is in the way, or the earliest time that can be booked.
    pub local: Vec<NaiveDateTime>,
}

#[server]
pub async fn load_availability(therapist: Option<String>) -> Result<AvailabilityView, UiError> {
    let ctx = ctx()?;
    reply(
        async {
            let therapists: Vec<_> =
                services::practice::therapists(&ctx).await?.into_iter().map(|t| (t.id, t.name)).collect();
            let own = ctx.member()?.therapist_id;
            let chosen = match read::optional(therapist) {
                Some(id) => Some(read::id(&id)?),
                None => own.or_else(|| therapists.first().map(|t| t.0)),
            };
            let page = match chosen {
                Some(id) => Some(services::availability::page(&ctx, id).await?),
                None => None,
            };
            Ok(AvailabilityView { page, therapists })
        }
        .await,
    )
}

#[server]
pub async fn add_rule(therapist: String, weekday: String, starts: String, ends: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let therapist_id = read::id(&therapist)?;
        let weekday = read::value("weekday", &weekday, FieldProblem::InvalidChoice)?;
        services::availability::add_rule(&ctx, contracts::availability::AddRule { therapist_id, weekday, starts, ends })
            .await
    };
    read::finish(result.await.map(|_| ()), &address(&therapist, "weekly"))
}

#[server]
pub async fn change_rule(
    therapist: String,
    id: String,
    weekday: String,
    starts: String,
    ends: String,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let weekday = read::value("weekday", &weekday, FieldProblem::InvalidChoice)?;
        let command = contracts::availability::ChangeRule { weekday, starts, ends };
        services::availability::change_rule(&ctx, read::id(&id)?, command).await
    };
    read::finish(result.await.map(|_| ()), &address(&therapist, "weekly"))
}

#[server]
pub async fn delete_rule(therapist: String, id: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { services::availability::delete_rule(&ctx, read::id(&id)?).await };
    read::finish(result.await, &address(&therapist, "weekly"))
}

/// `bookings` answers EC-AV-002: `ask`, `keep` or `cancel`.
#[server]
pub async fn add_exception(
    therapist: String,
    kind: String,
    starts_on: String,
    ends_on: Option<String>,
    starts: Option<String>,
    ends: Option<String>,
    reason: Option<String>,
    bookings: Option<String>,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let command = contracts::availability::AddException {
            therapist_id: read::id(&therapist)?,
            kind: read::choice("kind", ExceptionKind::parse(&kind))?,
            starts_on: read::date("starts_on", &starts_on)?,
            ends_on: last_day(ends_on)?,
            starts: read::optional(starts),
            ends: read::optional(ends),
            reason: reason.unwrap_or_default(),
            bookings: in_the_way(bookings)?,
        };
        services::availability::add_exception(&ctx, command).await
    };
    read::finish(result.await.map(|_| ()), &address(&therapist, "exceptions"))
}

/// As [`add_exception`], for one that is there; `bookings` is about those that were not in its way before.
#[server]
pub async fn change_exception(
    therapist: String,
    id: String,
    kind: String,
    starts_on: String,
    ends_on: Option<String>,
    starts: Option<String>,
    ends: Option<String>,
    reason: Option<String>,
    bookings: Option<String>,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let command = contracts::availability::ChangeException {
            kind: read::choice("kind", ExceptionKind::parse(&kind))?,
            starts_on: read::date("starts_on", &starts_on)?,
            ends_on: last_day(ends_on)?,
            starts: read::optional(starts),
            ends: read::optional(ends),
            reason: reason.unwrap_or_default(),
            bookings: in_the_way(bookings)?,
        };
        services::availability::change_exception(&ctx, read::id(&id)?, command).await
    };
    read::finish(result.await.map(|_| ()), &address(&therapist, "exceptions"))
}

#[cfg(feature = "ssr")]
fn last_day(typed: Option<String>) -> services::Result<Option<chrono::NaiveDate>> {
    read::optional(typed).map(|day| read::date("ends_on", &day)).transpose()
}

#[cfg(feature = "ssr")]
fn in_the_way(code: Option<String>) -> services::Result<BookingsInTheWay> {
    match read::optional(code) {
        Some(code) => read::choice("bookings", BookingsInTheWay::parse(&code)),
        None => Ok(BookingsInTheWay::Ask),
    }
}

#[server]
pub async fn delete_exception(therapist: String, id: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { services::availability::delete_exception(&ctx, read::id(&id)?).await };
    read::finish(result.await, &address(&therapist, "exceptions"))
}

#[cfg(feature = "ssr")]
fn buffers(
    therapist: &str,
    before: &str,
    after: &str,
    step: Option<String>,
) -> services::Result<contracts::availability::SaveBuffers> {
    let step_min = match read::optional(step) {
        Some(step) => Some(read::number("step_min", &step)?),
        None => None,
    };
    Ok(contracts::availability::SaveBuffers {
        therapist_id: read::id(therapist)?,
        before_min: read::number("before_min", before)?,
        after_min: read::number("after_min", after)?,
        step_min,
    })
}

/// What these buffers would do; changes nothing.
#[server]
pub async fn preview_buffers(
    therapist: String,
    before_min: String,
    after_min: String,
    step_min: Option<String>,
) -> Result<BufferPreview, UiError> {
    let ctx = ctx()?;
    reply(
        async {
            let cmd = buffers(&therapist, &before_min, &after_min, step_min)?;
            services::availability::preview_buffers(&ctx, cmd).await
        }
        .await,
    )
}

#[server]
pub async fn save_buffers(
    therapist: String,
    before_min: String,
    after_min: String,
    step_min: Option<String>,
) -> Result<BufferPreview, UiError> {
    let ctx = ctx()?;
    let result = async {
        let cmd = buffers(&therapist, &before_min, &after_min, step_min)?;
        services::availability::save_buffers(&ctx, cmd).await
    };
    read::finish(result.await, &address(&therapist, "buffers"))
}

/// The next seven days as a patient sees them.
#[server]
pub async fn patient_preview(therapist: String, service: String) -> Result<Availability, UiError> {
    let ctx = ctx()?;
    reply(async { services::availability::as_patient(&ctx, read::id(&therapist)?, read::id(&service)?).await }.await)
}

/// Why this time is, or is not, offered.
#[server]
pub async fn why_missing(
    therapist: String,
    zone: String,
    service: String,
    date: String,
    time: String,
) -> Result<WhyAnswer, UiError> {
    let ctx = ctx()?;
    reply(
        async {
            let asked = read::date("why_date", &date)?.and_time(read::time("why_time", &time)?);
            let why = services::availability::why(&ctx, read::id(&therapist)?, read::id(&service)?, asked).await?;
            let local = match &why {
                Why::Taken { starts_at, ends_at, .. } | Why::InBuffer { starts_at, ends_at, .. } => {
                    vec![read::local(&zone, *starts_at), read::local(&zone, *ends_at)]
                }
                Why::TooSoon { earliest } => vec![read::local(&zone, *earliest)],
                _ => vec![],
            };
            Ok(WhyAnswer { asked, why, local })
        }
        .await,
    )
}

/// The section of the page that a form without JavaScript returns to.
#[cfg(feature = "ssr")]
fn address(therapist: &str, section: &str) -> String {
    // An id that cannot be read must not end up in a header.
    match therapist.parse::<TherapistId>() {
        Ok(id) => format!("/app/availability?therapist={id}&done=1#{section}"),
        Err(_) => "/app/availability".to_owned(),
    }
}
