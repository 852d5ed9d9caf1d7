//! Requests for another time (001), and the therapist's own first page.

use super::Paging;
use crate::api::{Answer, Caller, answer};
use crate::middleware::errors::Fail;
use crate::state::AppState;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::{Extension, Json};
use chrono::NaiveDate;
use contracts::booking::Page;
use contracts::lists::{PageOf, RescheduleSort};
use contracts::reschedule::{
    AskReschedule, DecideReschedule, RescheduleFilter, RescheduleRequest, RescheduleStatus, RescheduleTimes,
};
use contracts::{RescheduleRequestId, SessionId, TherapistId};
use serde::Deserialize;
use services::reschedule_requests as requests;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, delete))
        .routes(routes!(approve, put_approve))
        .routes(routes!(reject, put_reject))
        .routes(routes!(withdraw))
        .routes(routes!(times))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    #[serde(default)]
    #[param(inline)]
    status: Option<RescheduleStatus>,
    #[serde(default)]
    #[param(value_type = Option<Uuid>)]
    therapist_id: Option<TherapistId>,
    #[serde(default)]
    #[param(value_type = Option<Uuid>)]
    session_id: Option<SessionId>,
    /// `-created_at` by default. A dash reverses.
    #[serde(default)]
    #[param(value_type = Option<RescheduleSort>, inline)]
    sort: Option<String>,
}

/// Requests for another time
///
/// A therapist sees their own.
#[utoipa::path(get, path = "/api/v1/reschedule-requests", tag = "reschedule requests", params(Filter, Paging), security(("bearer" = [])),
    responses((status = 200, description = "A page of requests", body = Page<RescheduleRequest>)))]
async fn list(
    Extension(ctx): Caller,
    Query(filter): Query<Filter>,
    Query(paging): Query<Paging>,
) -> Answer<Page<RescheduleRequest>> {
    let PageOf { sort, cursor, limit } = paging.by(filter.sort.as_deref())?;
    let Filter { status, therapist_id, session_id, .. } = filter;
    answer(requests::list(&ctx, RescheduleFilter { status, therapist_id, session_id, sort, cursor, limit }).await)
}

/// Ask for another time
///
/// At least 48 hours before the session, for a time that is offered and free.
#[utoipa::path(post, path = "/api/v1/reschedule-requests", tag = "reschedule requests", request_body = AskReschedule,
    security(("bearer" = [])), responses((status = 201, description = "The request", body = RescheduleRequest)))]
async fn create(
    Extension(ctx): Caller,
    Json(cmd): Json<AskReschedule>,
) -> Result<(StatusCode, Json<RescheduleRequest>), Fail> {
    Ok((StatusCode::CREATED, Json(requests::create(&ctx, cmd).await?)))
}

/// One request
#[utoipa::path(get, path = "/api/v1/reschedule-requests/{id}", tag = "reschedule requests", params(("id" = uuid::Uuid, Path)),
    security(("bearer" = [])), responses((status = 200, description = "The request", body = RescheduleRequest)))]
async fn get(Extension(ctx): Caller, Path(id): Path<RescheduleRequestId>) -> Answer<RescheduleRequest> {
    answer(requests::get(&ctx, id).await)
}

/// Approve: the session moves
///
/// `SLOT_TAKEN` or `SLOT_UNAVAILABLE` when the time is gone by now; the request then stays open.
#[utoipa::path(post, path = "/api/v1/reschedule-requests/{id}/approve", tag = "reschedule requests", params(("id" = uuid::Uuid, Path)),
    request_body = DecideReschedule, security(("bearer" = [])),
    responses((status = 200, description = "The request", body = RescheduleRequest)))]
async fn approve(
    Extension(ctx): Caller,
    Path(id): Path<RescheduleRequestId>,
    cmd: Option<Json<DecideReschedule>>,
) -> Answer<RescheduleRequest> {
    answer(requests::approve(&ctx, id, cmd.unwrap_or_default().0).await)
}

/// Approve: the session moves
#[utoipa::path(put, path = "/api/v1/reschedule-requests/{id}/approve", tag = "reschedule requests", params(("id" = uuid::Uuid, Path)),
    request_body = DecideReschedule, security(("bearer" = [])),
    responses((status = 200, description = "The request", body = RescheduleRequest)))]
async fn put_approve(
    Extension(ctx): Caller,
    Path(id): Path<RescheduleRequestId>,
    cmd: Option<Json<DecideReschedule>>,
) -> Answer<RescheduleRequest> {
    answer(requests::approve(&ctx, id, cmd.unwrap_or_default().0).await)
}

/// Reject: the session stays where it is
#[utoipa::path(post, path = "/api/v1/reschedule-requests/{id}/reject", tag = "reschedule requests", params(("id" = uuid::Uuid, Path)),
    request_body = DecideReschedule, security(("bearer" = [])),
    responses((status = 200, description = "The request", body = RescheduleRequest)))]
async fn reject(
    Extension(ctx): Caller,
    Path(id): Path<RescheduleRequestId>,
    Json(cmd): Json<DecideReschedule>,
) -> Answer<RescheduleRequest> {
    answer(requests::reject(&ctx, id, cmd).await)
}

/// Reject: the session stays where it is
#[utoipa::path(put, path = "/api/v1/reschedule-requests/{id}/reject", tag = "reschedule requests", params(("id" = uuid::Uuid, Path)),
    request_body = DecideReschedule, security(("bearer" = [])),
    responses((status = 200, description = "The request", body = RescheduleRequest)))]
async fn put_reject(
    Extension(ctx): Caller,
    Path(id): Path<RescheduleRequestId>,
    Json(cmd): Json<DecideReschedule>,
) -> Answer<RescheduleRequest> {
    answer(requests::reject(&ctx, id, cmd).await)
}

/// Take a request back that nobody answered
#[utoipa::path(post, path = "/api/v1/reschedule-requests/{id}/withdraw", tag = "reschedule requests", params(("id" = uuid::Uuid, Path)),
    security(("bearer" = [])), responses((status = 200, description = "The request", body = RescheduleRequest)))]
async fn withdraw(Extension(ctx): Caller, Path(id): Path<RescheduleRequestId>) -> Answer<RescheduleRequest> {
    answer(requests::withdraw(&ctx, id).await)
}

/// Take a request back that nobody answered
#[utoipa::path(delete, path = "/api/v1/reschedule-requests/{id}", tag = "reschedule requests", params(("id" = uuid::Uuid, Path)),
    security(("bearer" = [])), responses((status = 200, description = "The request", body = RescheduleRequest)))]
async fn delete(Extension(ctx): Caller, Path(id): Path<RescheduleRequestId>) -> Answer<RescheduleRequest> {
    answer(requests::withdraw(&ctx, id).await)
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Since {
    /// The first day, on the therapist's calendar; today when it is left out.
    #[serde(default)]
    from: Option<NaiveDate>,
}

/// The times a session could be moved to
///
/// Two weeks of what is free and offered.
#[utoipa::path(get, path = "/api/v1/sessions/{id}/reschedule-times", tag = "reschedule requests", params(("id" = uuid::Uuid, Path), Since),
    security(("bearer" = [])), responses((status = 200, description = "Days with their free times", body = RescheduleTimes)))]
async fn times(
    Extension(ctx): Caller,
    Path(id): Path<SessionId>,
    Query(since): Query<Since>,
) -> Answer<RescheduleTimes> {
    answer(requests::times(&ctx, id, since.from).await)
}
