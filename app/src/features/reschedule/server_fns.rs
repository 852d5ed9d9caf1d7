//! Doors to requests for another time.

use crate::error::UiError;
use contracts::booking::Page;
use contracts::reschedule::{RescheduleRequest, RescheduleTimes};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::{
    context::{ctx, reply},
    layouts::practice::read,
};
#[cfg(feature = "ssr")]
use contracts::{
    FieldProblem, SessionId,
    reschedule::{AskReschedule, DecideReschedule, RescheduleFilter, RescheduleStatus},
};

/// Requests in this state, the newest first; those that wait where none is named, and `all` for all.
#[server]
pub async fn load_requests(status: Option<String>, cursor: Option<String>) -> Result<Page<RescheduleRequest>, UiError> {
    let ctx = ctx()?;
    let status = match status.as_deref() {
        Some("all") => None,
        Some(code) => RescheduleStatus::parse(code).or(Some(RescheduleStatus::Pending)),
        None => Some(RescheduleStatus::Pending),
    };
    let filter = RescheduleFilter { status, cursor: read::optional(cursor), ..RescheduleFilter::default() };
    reply(services::reschedule_requests::list(&ctx, filter).await)
}

/// The times a session could be moved to, from this day on.
#[server]
pub async fn load_times_to_ask(session: String, from: Option<String>) -> Result<RescheduleTimes, UiError> {
    let ctx = ctx()?;
    let result = async {
        let from = read::optional(from).and_then(|day| day.parse().ok());
        services::reschedule_requests::times(&ctx, read::id(&session)?, from).await
    };
    reply(result.await)
}

/// Asks for another time and goes back to the session.
#[server]
pub async fn ask_to_move(
    session: String,
    #[server(default)] starts_at: String,
    #[server(default)] reason: String,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let session_id: SessionId = read::id(&session)?;
        let starts_at = match starts_at.trim() {
            "" => return Err(services::ServiceError::field("starts_at", FieldProblem::InvalidChoice)),
            at => read::value("starts_at", at, FieldProblem::InvalidTime)?,
        };
        services::reschedule_requests::create(&ctx, AskReschedule { session_id, starts_at, reason }).await
    };
    let asked = reply(result.await)?;
    leptos_axum::redirect(&format!("/app/sessions/{}?done=1", asked.session_id));
    Ok(())
}

/// `decision` is `approve` or `reject`.
#[server]
pub async fn decide_request(
    request: String,
    decision: String,
    #[server(default)] note: String,
    version: Option<i32>,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let (id, answer) = (read::id(&request)?, DecideReschedule { note, version });
        match decision.as_str() {
            "approve" => services::reschedule_requests::approve(&ctx, id, answer).await,
            "reject" => services::reschedule_requests::reject(&ctx, id, answer).await,
            _ => Err(services::ServiceError::field("decision", FieldProblem::InvalidChoice)),
        }
    };
    read::finish(result.await.map(|_| ()), "/app/reschedule-requests?done=1")
}

/// Takes a request back.
#[server]
pub async fn withdraw_request(request: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { services::reschedule_requests::withdraw(&ctx, read::id(&request)?).await };
    read::finish(result.await.map(|_| ()), "/app/reschedule-requests?done=1")
}
