//! Opening hours, exceptions, buffers, and what they mean for patients (004 App. D).

use super::OfTherapist;
use crate::api::{Answer, Caller, Done, answer, done};
use crate::middleware::errors::Fail;
use crate::state::AppState;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::{Extension, Json};
use chrono::NaiveDateTime;
use contracts::availability::{
    AddException, AddRule, AvailabilityPage, BufferPreview, ChangeException, ChangeRule, Exception, Rule, SaveBuffers,
    Why,
};
use contracts::booking::Availability;
use contracts::{ExceptionId, RuleId, ServiceId, TherapistId};
use serde::Deserialize;
use services::availability;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(page))
        .routes(routes!(rules, add_rule))
        .routes(routes!(change_rule, delete_rule))
        .routes(routes!(exceptions, add_exception))
        .routes(routes!(change_exception, delete_exception))
        .routes(routes!(save_buffers))
        .routes(routes!(preview_buffers))
        .routes(routes!(preview))
        .routes(routes!(why))
}

/// Everything about a therapist's availability
#[utoipa::path(get, path = "/api/v1/availability", tag = "availability", params(OfTherapist), security(("bearer" = [])),
    responses((status = 200, description = "Rules, exceptions, buffers and the next 90 days", body = AvailabilityPage)))]
async fn page(Extension(ctx): Caller, Query(of): Query<OfTherapist>) -> Answer<AvailabilityPage> {
    answer(availability::page(&ctx, of.therapist_id).await)
}

/// The weekly opening hours
#[utoipa::path(get, path = "/api/v1/availability/rules", tag = "availability", params(OfTherapist), security(("bearer" = [])),
    responses((status = 200, description = "The weekly blocks", body = Vec<Rule>)))]
async fn rules(Extension(ctx): Caller, Query(of): Query<OfTherapist>) -> Answer<Vec<Rule>> {
    answer(availability::page(&ctx, of.therapist_id).await.map(|page| page.rules))
}

/// Add weekly opening hours
#[utoipa::path(post, path = "/api/v1/availability/rules", tag = "availability", request_body = AddRule, security(("bearer" = [])),
    responses((status = 201, description = "The block", body = Rule)))]
async fn add_rule(Extension(ctx): Caller, Json(cmd): Json<AddRule>) -> Result<(StatusCode, Json<Rule>), Fail> {
    Ok((StatusCode::CREATED, Json(availability::add_rule(&ctx, cmd).await?)))
}

/// Change weekly opening hours
#[utoipa::path(put, path = "/api/v1/availability/rules/{id}", tag = "availability", request_body = ChangeRule,
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "The block")),
    responses((status = 200, description = "The block as it is now", body = Rule)))]
async fn change_rule(Extension(ctx): Caller, Path(id): Path<RuleId>, Json(cmd): Json<ChangeRule>) -> Answer<Rule> {
    answer(availability::change_rule(&ctx, id, cmd).await)
}

/// Remove weekly opening hours
#[utoipa::path(delete, path = "/api/v1/availability/rules/{id}", tag = "availability", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The block")),
    responses((status = 200, description = "Removed", body = Done)))]
async fn delete_rule(Extension(ctx): Caller, Path(id): Path<RuleId>) -> Answer<Done> {
    done(availability::delete_rule(&ctx, id).await)
}

/// Exceptions of today and later
#[utoipa::path(get, path = "/api/v1/availability/exceptions", tag = "availability", params(OfTherapist), security(("bearer" = [])),
    responses((status = 200, description = "The exceptions", body = Vec<Exception>)))]
async fn exceptions(Extension(ctx): Caller, Query(of): Query<OfTherapist>) -> Answer<Vec<Exception>> {
    answer(availability::page(&ctx, of.therapist_id).await.map(|page| page.exceptions))
}

/// Block days or open extra hours
///
/// With bookings on those days and `bookings` = `ask` it answers `BOOKINGS_IN_THE_WAY` and changes nothing.
#[utoipa::path(post, path = "/api/v1/availability/exceptions", tag = "availability", request_body = AddException,
    security(("bearer" = [])), responses((status = 201, description = "The exception", body = Exception)))]
async fn add_exception(
    Extension(ctx): Caller,
    Json(cmd): Json<AddException>,
) -> Result<(StatusCode, Json<Exception>), Fail> {
    Ok((StatusCode::CREATED, Json(availability::add_exception(&ctx, cmd).await?)))
}

/// Change an exception
///
/// `bookings` is about those that were not in its way before.
#[utoipa::path(put, path = "/api/v1/availability/exceptions/{id}", tag = "availability", request_body = ChangeException,
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "The exception")),
    responses((status = 200, description = "The exception as it is now", body = Exception)))]
async fn change_exception(
    Extension(ctx): Caller,
    Path(id): Path<ExceptionId>,
    Json(cmd): Json<ChangeException>,
) -> Answer<Exception> {
    answer(availability::change_exception(&ctx, id, cmd).await)
}

/// Remove an exception
#[utoipa::path(delete, path = "/api/v1/availability/exceptions/{id}", tag = "availability", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The exception")),
    responses((status = 200, description = "Removed", body = Done)))]
async fn delete_exception(Extension(ctx): Caller, Path(id): Path<ExceptionId>) -> Answer<Done> {
    done(availability::delete_exception(&ctx, id).await)
}

/// Change buffers and the step between slots
#[utoipa::path(put, path = "/api/v1/availability/buffers", tag = "availability", request_body = SaveBuffers,
    security(("bearer" = [])), responses((status = 200, description = "Saved, with its effect", body = BufferPreview)))]
async fn save_buffers(Extension(ctx): Caller, Json(cmd): Json<SaveBuffers>) -> Answer<BufferPreview> {
    answer(availability::save_buffers(&ctx, cmd).await)
}

/// What other buffers would do
#[utoipa::path(post, path = "/api/v1/availability/buffers/preview", tag = "availability", request_body = SaveBuffers,
    security(("bearer" = [])), responses((status = 200, description = "The effect; nothing is saved", body = BufferPreview)))]
async fn preview_buffers(Extension(ctx): Caller, Json(cmd): Json<SaveBuffers>) -> Answer<BufferPreview> {
    answer(availability::preview_buffers(&ctx, cmd).await)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OfService {
    #[param(value_type = Uuid)]
    therapist_id: TherapistId,
    #[param(value_type = Uuid)]
    service_id: ServiceId,
}

/// The next seven days as a patient sees them
#[utoipa::path(get, path = "/api/v1/availability/preview", tag = "availability", params(OfService), security(("bearer" = [])),
    responses((status = 200, description = "The slots, even of a profile that is not published", body = Availability)))]
async fn preview(Extension(ctx): Caller, Query(of): Query<OfService>) -> Answer<Availability> {
    answer(availability::as_patient(&ctx, of.therapist_id, of.service_id).await)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WhyAt {
    #[param(value_type = Uuid)]
    therapist_id: TherapistId,
    #[param(value_type = Uuid)]
    service_id: ServiceId,
    /// On the therapist's wall clock, e.g. `2026-11-24T10:00:00`.
    local: NaiveDateTime,
}

/// Why a time is or is not offered
#[utoipa::path(get, path = "/api/v1/availability/why", tag = "availability", params(WhyAt), security(("bearer" = [])),
    responses((status = 200, description = "The rule that decides", body = Why)))]
async fn why(Extension(ctx): Caller, Query(at): Query<WhyAt>) -> Answer<Why> {
    answer(availability::why(&ctx, at.therapist_id, at.service_id, at.local).await)
}
