//! Doors to recurring sessions.

use crate::error::UiError;
use contracts::series::{Preview, SeriesForm, SeriesView, SkippedOccurrence};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::{
    context::{ctx, reply},
    layouts::practice::read,
};
#[cfg(feature = "ssr")]
use contracts::{
    FieldProblem,
    series::{AskPreview, ChangeSeries, CreateSeries, Frequency, Resolve, SeriesTerms},
};

/// The form of a series as it is filled in; everything as text. What a browser does not send is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filled {
    pub patient: String,
    /// Of a series that is changed.
    pub id: String,
    pub version: String,
    /// Therapist and service, with a colon between them.
    pub offer: String,
    pub frequency: String,
    pub interval_days: String,
    pub weekday: String,
    pub starts: String,
    pub duration_min: String,
    pub price: String,
    pub starts_on: String,
    pub ends_on: String,
    pub payment_notice_days: String,
    pub also_unpaid: bool,
    /// Of a new series.
    pub tell: bool,
}

#[cfg(feature = "ssr")]
impl Filled {
    fn ask(self) -> services::Result<AskPreview> {
        let offer = self.offer.split_once(':').unwrap_or_default();
        let day = |field: &str, text: &str| match text.trim() {
            "" => Ok(None),
            text => read::date(field, text).map(Some),
        };
        let number = |field: &str, text: &str| match text.trim() {
            "" => Ok(None),
            text => read::number(field, text).map(Some),
        };
        let weekday = match self.weekday.trim() {
            "" => None,
            text => Some(read::value("weekday", text, FieldProblem::InvalidChoice)?),
        };
        let terms = SeriesTerms {
            service_id: read::value("offer", offer.1, FieldProblem::InvalidChoice)?,
            frequency: read::choice("frequency", Frequency::parse(&self.frequency))?,
            interval_days: number("interval_days", &self.interval_days)?,
            weekday,
            starts: self.starts.trim().to_owned(),
            duration_min: number("duration_min", &self.duration_min)?,
            price: read::optional(Some(self.price)),
            ends_on: day("ends_on", &self.ends_on)?,
            payment_notice_days: number("payment_notice_days", &self.payment_notice_days)?,
        };
        if self.id.is_empty() {
            return Ok(AskPreview::Create(CreateSeries {
                patient_id: read::id(&self.patient)?,
                therapist_id: read::value("offer", offer.0, FieldProblem::InvalidChoice)?,
                starts_on: read::date("starts_on", &self.starts_on)?,
                terms,
                tell_patient: self.tell,
            }));
        }
        let to = ChangeSeries {
            version: read::number("version", &self.version)?,
            starts_on: day("starts_on", &self.starts_on)?,
            terms,
            also_unpaid: self.also_unpaid,
        };
        Ok(AskPreview::Change { id: read::id(&self.id)?, to })
    }
}

/// What was agreed with a patient.
#[server]
pub async fn load_series_of(patient: String) -> Result<Vec<SeriesView>, UiError> {
    let ctx = ctx()?;
    reply(async { services::series::list(&ctx, read::id(&patient)?).await }.await)
}

#[server]
pub async fn load_series(id: String) -> Result<SeriesView, UiError> {
    let ctx = ctx()?;
    reply(async { services::series::get(&ctx, read::id(&id)?).await }.await)
}

/// What the form of a patient's series offers.
#[server]
pub async fn load_series_form(patient: String) -> Result<SeriesForm, UiError> {
    let ctx = ctx()?;
    reply(async { services::series::form(&ctx, read::id(&patient)?).await }.await)
}

/// What saving would do; changes nothing.
#[server]
pub async fn preview_series(filled: Filled) -> Result<Preview, UiError> {
    let ctx = ctx()?;
    reply(async { services::series::preview(&ctx, filled.ask()?).await }.await)
}

/// Makes a series, or changes the one with this `id`.
#[server]
pub async fn save_series(filled: Filled) -> Result<SeriesView, UiError> {
    let ctx = ctx()?;
    let result = async {
        match filled.ask()? {
            AskPreview::Create(cmd) => services::series::create(&ctx, cmd).await,
            AskPreview::Change { id, to } => services::series::change(&ctx, id, to).await,
        }
    };
    let result = result.await;
    let address = result.as_ref().map(|series| address(&series.id.to_string())).unwrap_or_default();
    read::finish(result, &address)
}

#[server]
pub async fn pause_series(id: String) -> Result<SeriesView, UiError> {
    let ctx = ctx()?;
    let result = async { services::series::pause(&ctx, read::id(&id)?).await };
    read::finish(result.await, &address(&id))
}

#[server]
pub async fn resume_series(id: String) -> Result<SeriesView, UiError> {
    let ctx = ctx()?;
    let result = async { services::series::resume(&ctx, read::id(&id)?).await };
    read::finish(result.await, &address(&id))
}

#[server]
pub async fn stop_series(id: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { services::series::stop(&ctx, read::id(&id)?).await };
    read::finish(result.await, &address(&id))
}

/// Dates that could not become a session and wait for a decision.
#[server]
pub async fn load_skipped() -> Result<Vec<SkippedOccurrence>, UiError> {
    reply(services::series::skipped(&ctx()?).await)
}

/// A session at `starts_at` instead, or, where that is empty, none.
#[server]
pub async fn resolve_skipped(id: String, date: String, starts_at: Option<String>) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let how = match read::optional(starts_at) {
            Some(at) => Resolve::Book { starts_at: Some(read::value("starts_at", &at, FieldProblem::InvalidTime)?) },
            None => Resolve::Dismiss,
        };
        services::series::resolve(&ctx, read::id(&id)?, read::date("date", &date)?, how).await
    };
    read::finish(result.await.map(|_| ()), "/app?done=1#skipped")
}

/// The page that a form without JavaScript returns to.
#[cfg(feature = "ssr")]
fn address(id: &str) -> String {
    // An id that cannot be read must not end up in a header.
    match id.parse::<contracts::SeriesId>() {
        Ok(id) => format!("/app/series/{id}?done=1"),
        Err(_) => "/app".to_owned(),
    }
}
