//! Doors to sessions.

use crate::error::UiError;
use chrono::NaiveDateTime;
use contracts::booking::Page;
use contracts::sessions::{BulkDone, SessionCard, SessionView};
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
    lists::{SessionSort, SortKey},
    practice::PaymentMethod,
    sessions::{
        self as asked, BulkAction, NewSession, PaymentStatus, RecordPayment, RefundDecision, SessionFilter,
        SessionStatus, SessionStep,
    },
};

/// What a list can be narrowed to, as it stands in the page's address; words to search for never do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListQuery {
    /// `2026-11-24`, on the practice's calendar.
    pub from: Option<String>,
    /// The last day.
    pub until: Option<String>,
    pub status: Option<String>,
    pub payment: Option<String>,
    pub therapist: Option<String>,
    pub service: Option<String>,
    pub patient: Option<String>,
    pub sort: Option<String>,
    pub cursor: Option<String>,
}

/// What filters and forms offer to choose from: ids and names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    pub therapists: Vec<(String, String)>,
    pub services: Vec<(String, String)>,
}

/// Sessions as asked for; `search` comes from a form and stays out of the address.
#[server]
pub async fn load_sessions(
    #[server(default)] query: ListQuery,
    search: Option<String>,
) -> Result<Page<SessionCard>, UiError> {
    let ctx = ctx()?;
    reply(async { services::sessions::list(&ctx, session_filter(&ctx, query, search).await?).await }.await)
}

/// Days become moments on the practice's clock; what cannot be read does not narrow.
///
/// # Errors
/// Those of reading the practice's settings.
#[cfg(feature = "ssr")]
pub async fn session_filter(
    ctx: &services::Ctx,
    query: ListQuery,
    search: Option<String>,
) -> services::Result<SessionFilter> {
    let zone = read::practice_zone(ctx).await?;
    let day = |text: Option<String>, plus: i64| {
        let day = text?.trim().parse::<chrono::NaiveDate>().ok()? + chrono::Duration::days(plus);
        Some(domain::slots::day_begins(zone.parse().ok()?, day))
    };
    Ok(SessionFilter {
        from: day(query.from, 0),
        until: day(query.until, 1),
        status: query.status.as_deref().and_then(SessionStatus::parse),
        payment: query.payment.as_deref().and_then(PaymentStatus::parse),
        therapist_id: query.therapist.and_then(|id| id.parse().ok()),
        service_id: query.service.and_then(|id| id.parse().ok()),
        patient_id: query.patient.and_then(|id| id.parse().ok()),
        search,
        sort: query.sort.as_deref().and_then(SessionSort::parse).unwrap_or_default(),
        cursor: query.cursor,
        limit: None,
    })
}

/// The therapists and services the member can choose from.
#[server]
pub async fn session_choices() -> Result<Choices, UiError> {
    let ctx = ctx()?;
    reply(
        async {
            let therapists = services::practice::therapists(&ctx).await?;
            let therapists = therapists.into_iter().map(|one| (one.id.to_string(), one.name)).collect();
            let services = services::practice::services(&ctx).await?;
            let services =
                services.into_iter().filter(|one| one.active).map(|one| (one.id.to_string(), one.name)).collect();
            Ok(Choices { therapists, services })
        }
        .await,
    )
}

/// One session with everything about it.
#[server]
pub async fn load_session(id: String) -> Result<SessionView, UiError> {
    let ctx = ctx()?;
    reply(async { services::sessions::get(&ctx, read::id(&id)?).await }.await)
}

/// Start, complete, mark as missed or open again; `step` as in the API.
#[server]
pub async fn take_session_step(id: String, step: String, version: Option<i32>) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let step = match step.as_str() {
            "start" => Some(SessionStep::Start),
            "complete" => Some(SessionStep::Complete),
            "no_show" => Some(SessionStep::NoShow),
            "reopen" => Some(SessionStep::Reopen),
            _ => None,
        };
        let step = read::choice("step", step)?;
        services::sessions::take_step(&ctx, read::id(&id)?, step, version).await
    };
    read::finish(result.await.map(|_| ()), &page_of(&id))
}

/// Cancels with a reason; `tell` is sent when the patient is to be told, `refund` when something was paid.
#[server]
pub async fn cancel_session(
    id: String,
    reason: String,
    #[server(default)] tell: bool,
    refund: Option<String>,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let refund = read::optional(refund).as_deref().and_then(RefundDecision::parse);
        let cmd = asked::CancelSession { reason, tell_patient: tell, refund };
        services::sessions::cancel(&ctx, read::id(&id)?, cmd).await
    };
    read::finish(result.await.map(|_| ()), &page_of(&id))
}

/// Takes a cancellation back.
#[server]
pub async fn restore_session(id: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { services::sessions::restore(&ctx, read::id(&id)?).await };
    read::finish(result.await.map(|_| ()), &page_of(&id))
}

/// Moves a session; `day` and `time` on the therapist's wall clock.
#[server]
pub async fn move_session(
    id: String,
    day: String,
    time: String,
    #[server(default)] outside_hours: bool,
    #[server(default)] tell: bool,
    version: Option<i32>,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let starts = read::date("day", &day)?.and_time(read::time("time", &time)?);
        let cmd = asked::MoveSession { starts, outside_hours, tell_patient: tell, version };
        services::sessions::move_to(&ctx, read::id(&id)?, cmd).await
    };
    read::finish(result.await.map(|_| ()), &page_of(&id))
}

/// Records money received.
#[server]
pub async fn record_session_payment(
    id: String,
    method: String,
    amount: Option<String>,
    received_on: Option<String>,
    reference: Option<String>,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let method = read::choice("method", PaymentMethod::parse(&method))?;
        let received_on = read::optional(received_on).map(|day| read::date("received_on", &day)).transpose()?;
        let reference = reference.unwrap_or_default();
        let cmd = RecordPayment { amount: read::optional(amount), method, received_on, reference };
        services::sessions::record_payment(&ctx, read::id(&id)?, cmd).await
    };
    read::finish(result.await.map(|_| ()), &page_of(&id))
}

/// What becomes of the money of a session the patient cancelled; `decision` as in the API.
#[server]
pub async fn decide_session_refund(id: String, decision: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let decision = read::choice("decision", RefundDecision::parse(&decision))?;
        services::sessions::decide_refund(&ctx, read::id(&id)?, decision).await
    };
    read::finish(result.await.map(|_| ()), &page_of(&id))
}

/// Asks for no money, or for it again.
#[server]
pub async fn waive_session(id: String, waived: bool) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { services::sessions::waive(&ctx, read::id(&id)?, waived).await };
    read::finish(result.await.map(|_| ()), &page_of(&id))
}

#[cfg(feature = "ssr")]
fn page_of(id: &str) -> String {
    format!(
        "/app/sessions/{}?done=1",
        id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect::<String>()
    )
}

/// The same for all that are ticked: `action` is `complete`, `no_show`, `cancel`, `cancel_untold` or `paid_` with a method.
#[server]
pub async fn act_on_sessions(
    #[server(default)] ids: Vec<String>,
    action: String,
    #[server(default)] reason: String,
) -> Result<BulkDone, UiError> {
    let ctx = ctx()?;
    let result = async {
        let ids = ids.iter().map(|id| read::id(id)).collect::<services::Result<Vec<_>>>()?;
        let action = match action.as_str() {
            "complete" => Some(BulkAction::Complete),
            "no_show" => Some(BulkAction::NoShow),
            "cancel" => Some(BulkAction::Cancel { reason, tell_patient: true }),
            "cancel_untold" => Some(BulkAction::Cancel { reason, tell_patient: false }),
            other => {
                other.strip_prefix("paid_").and_then(PaymentMethod::parse).map(|method| BulkAction::MarkPaid { method })
            }
        };
        services::sessions::act_on_all(&ctx, &ids, &read::choice("action", action)?).await
    };
    read::finish(result.await, "/app/sessions?done=1")
}

/// What a new session is made of; the form's names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSessionForm {
    pub patient: String,
    pub therapist: String,
    pub service: String,
    pub day: String,
    pub time: String,
    #[serde(default)]
    pub duration: String,
    #[serde(default)]
    pub price: String,
    #[serde(default)]
    pub outside_hours: bool,
    #[serde(default)]
    pub tell: bool,
}

/// Places a session and goes to its page.
#[server]
pub async fn place_session(form: NewSessionForm) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let chosen = |field: &str, text: &str| match text.trim() {
            "" => Err(services::ServiceError::field(field, FieldProblem::Required)),
            text => Ok(text.to_owned()),
        };
        let duration = read::optional(Some(form.duration)).map(|n| read::number("duration", &n)).transpose()?;
        let cmd = NewSession {
            patient_id: read::id(&chosen("patient", &form.patient)?)?,
            therapist_id: read::id(&chosen("therapist", &form.therapist)?)?,
            service_id: read::id(&chosen("service", &form.service)?)?,
            starts: read::date("day", &form.day)?.and_time(read::time("time", &form.time)?),
            duration_min: duration,
            price: read::optional(Some(form.price)),
            outside_hours: form.outside_hours,
            tell_patient: form.tell,
        };
        services::sessions::create(&ctx, cmd).await
    };
    let placed = reply(result.await)?;
    leptos_axum::redirect(&format!("/app/sessions/{}", placed.card.id));
    Ok(())
}

/// Patients to choose from: ids, names and phones of those whose name, phone or e-mail contains these words.
#[server]
pub async fn find_patients(words: String) -> Result<Vec<(String, String, String)>, UiError> {
    let ctx = ctx()?;
    let found = reply(services::sessions::find_patients(&ctx, &words).await)?;
    Ok(found.into_iter().map(|one| (one.id.to_string(), one.name, one.phone)).collect())
}

/// The patient an address names, if it names one: id and name.
#[server]
pub async fn load_patient_name(id: Option<String>) -> Result<Option<(String, String)>, UiError> {
    let ctx = ctx()?;
    let result = async {
        let Some(id) = read::optional(id) else { return Ok(None) };
        let name = services::sessions::patient_name(&ctx, read::id(&id)?).await?;
        Ok(Some((id, name)))
    };
    reply(result.await)
}

/// Free times of a therapist's day for a service of theirs, as starts on their wall clock.
#[server]
pub async fn free_times(therapist: String, service: String, day: String) -> Result<Vec<NaiveDateTime>, UiError> {
    let ctx = ctx()?;
    let result = async {
        let day = read::date("day", &day)?;
        services::sessions::free_times(&ctx, read::id(&therapist)?, read::id(&service)?, day).await
    };
    reply(result.await)
}
