//! Recurring sessions (004 App. D).

use crate::api::{Answer, Caller, Done, answer, done};
use crate::middleware::errors::Fail;
use crate::state::AppState;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::{Extension, Json};
use chrono::NaiveDate;
use contracts::series::{
    AskPreview, ChangeSeries, CreateSeries, Occurrence, Preview, Resolve, SeriesView, SkippedOccurrence,
};
use contracts::{PatientId, SeriesId};
use services::series;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(preview))
        .routes(routes!(skipped))
        .routes(routes!(of_patient, change, stop))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(resolve))
}

/// The series of a patient
///
/// What is open first, each with its next occurrences and what became of them.
#[utoipa::path(get, path = "/api/v1/recurring/{id}", tag = "recurring", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The patient")),
    responses((status = 200, description = "The series", body = Vec<SeriesView>)))]
async fn of_patient(Extension(ctx): Caller, Path(id): Path<PatientId>) -> Answer<Vec<SeriesView>> {
    answer(series::list(&ctx, id).await)
}

/// What saving would do
///
/// Every date of the next year with its conflicts, clock changes and nearest free times. Nothing is saved.
#[utoipa::path(post, path = "/api/v1/recurring/preview", tag = "recurring", request_body = AskPreview, security(("bearer" = [])),
    responses((status = 200, description = "Date by date; nothing is saved", body = Preview)))]
async fn preview(Extension(ctx): Caller, Json(ask): Json<AskPreview>) -> Answer<Preview> {
    answer(series::preview(&ctx, ask).await)
}

/// Make a series
///
/// Its sessions of the next seven days are made at once.
#[utoipa::path(post, path = "/api/v1/recurring", tag = "recurring", request_body = CreateSeries, security(("bearer" = [])),
    responses((status = 201, description = "The series with what is next", body = SeriesView)))]
async fn create(Extension(ctx): Caller, Json(cmd): Json<CreateSeries>) -> Result<(StatusCode, Json<SeriesView>), Fail> {
    Ok((StatusCode::CREATED, Json(series::create(&ctx, cmd).await?)))
}

/// Change a series
///
/// Dates that are not decided yet follow; sessions that exist do with `also_unpaid`, and never when they are paid.
#[utoipa::path(put, path = "/api/v1/recurring/{id}", tag = "recurring", request_body = ChangeSeries, security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The series")),
    responses((status = 200, description = "The series with what is next", body = SeriesView)))]
async fn change(Extension(ctx): Caller, Path(id): Path<SeriesId>, Json(cmd): Json<ChangeSeries>) -> Answer<SeriesView> {
    answer(series::change(&ctx, id, cmd).await)
}

/// Pause a series
#[utoipa::path(post, path = "/api/v1/recurring/{id}/pause", tag = "recurring", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The series")),
    responses((status = 200, description = "No more sessions are made; those that exist stay", body = SeriesView)))]
async fn pause(Extension(ctx): Caller, Path(id): Path<SeriesId>) -> Answer<SeriesView> {
    answer(series::pause(&ctx, id).await)
}

/// Resume a series
#[utoipa::path(post, path = "/api/v1/recurring/{id}/resume", tag = "recurring", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The series")),
    responses((status = 200, description = "It goes on from today; the pause is not made up for", body = SeriesView)))]
async fn resume(Extension(ctx): Caller, Path(id): Path<SeriesId>) -> Answer<SeriesView> {
    answer(series::resume(&ctx, id).await)
}

/// Stop a series
#[utoipa::path(delete, path = "/api/v1/recurring/{id}", tag = "recurring", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The series")),
    responses((status = 200, description = "Stopped for good; sessions that exist stay", body = Done)))]
async fn stop(Extension(ctx): Caller, Path(id): Path<SeriesId>) -> Answer<Done> {
    done(series::stop(&ctx, id).await)
}

/// Dates that could not become a session
///
/// Each with its reasons and the nearest free times.
#[utoipa::path(get, path = "/api/v1/recurring/skipped", tag = "recurring", security(("bearer" = [])),
    responses((status = 200, description = "What waits for a decision", body = Vec<SkippedOccurrence>)))]
async fn skipped(Extension(ctx): Caller) -> Answer<Vec<SkippedOccurrence>> {
    answer(series::skipped(&ctx).await)
}

/// Decide about a skipped date
///
/// A session at another time, or none.
#[utoipa::path(post, path = "/api/v1/recurring/{id}/occurrences/{date}/resolve", tag = "recurring", request_body = Resolve,
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The series"), ("date" = String, Path, description = "The date that was skipped")),
    responses((status = 200, description = "What became of it", body = Occurrence)))]
async fn resolve(
    Extension(ctx): Caller,
    Path((id, date)): Path<(SeriesId, NaiveDate)>,
    Json(how): Json<Resolve>,
) -> Answer<Occurrence> {
    answer(series::resolve(&ctx, id, date, how).await)
}
