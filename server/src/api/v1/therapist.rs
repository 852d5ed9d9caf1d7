//! What a therapist asks for themselves (001): the same use cases as everybody's, narrowed to their own.

use super::Paging;
use super::patients::Order;
use crate::api::{Answer, Caller, answer};
use crate::state::AppState;
use axum::extract::{Path, Query};
use axum::{Extension, Json};
use chrono::NaiveDate;
use contracts::booking::Page;
use contracts::lists::SessionSort;
use contracts::patients::{PatientCard, PatientFilter};
use contracts::sessions::{CalendarView, CompleteSession, SessionCard, SessionFilter, SessionStatus, SessionView};
use contracts::therapist_day::TherapistDay;
use contracts::{SessionId, TherapistId};
use serde::Deserialize;
use services::{Ctx, ServiceError, patients, sessions};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(dashboard))
        .routes(routes!(schedule))
        .routes(routes!(own_patients))
        .routes(routes!(today))
        .routes(routes!(upcoming))
        .routes(routes!(complete))
}

/// The therapist who asks; others find nothing here.
fn own(ctx: &Ctx) -> services::Result<TherapistId> {
    ctx.member()?.therapist_id.ok_or_else(ServiceError::not_found)
}

/// The own first page of the therapist who asks
///
/// Today, the week with gaps and conflicts, the patients and who needs a report, open requests, the next 24 hours.
#[utoipa::path(get, path = "/api/v1/therapist/dashboard", tag = "sessions", security(("bearer" = [])),
    responses((status = 200, description = "Today and what waits", body = TherapistDay)))]
async fn dashboard(Extension(ctx): Caller) -> Answer<TherapistDay> {
    answer(services::therapist_day::mine(&ctx).await)
}

/// Today's sessions of the therapist who asks, or of everybody the member sees
#[utoipa::path(get, path = "/api/v1/therapist/sessions/today", tag = "sessions", security(("bearer" = [])),
    responses((status = 200, description = "Bookings, sessions and opening hours of today", body = CalendarView)))]
async fn today(Extension(ctx): Caller) -> Answer<CalendarView> {
    answer(sessions::today(&ctx).await)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Days {
    first: NaiveDate,
    /// Included; at most 42 days in all.
    last: NaiveDate,
}

/// Some days of the own diary
#[utoipa::path(get, path = "/api/v1/therapist/schedule", tag = "sessions", params(Days), security(("bearer" = [])),
    responses((status = 200, description = "Bookings, sessions and opening hours", body = CalendarView)))]
async fn schedule(Extension(ctx): Caller, Query(days): Query<Days>) -> Answer<CalendarView> {
    answer(async { sessions::calendar(&ctx, days.first, days.last, Some(own(&ctx)?)).await }.await)
}

/// The own patients, by name unless told otherwise
#[utoipa::path(get, path = "/api/v1/therapist/patients", tag = "patients", params(Order, Paging), security(("bearer" = [])),
    responses((status = 200, description = "A page of patients", body = Page<PatientCard>)))]
async fn own_patients(
    Extension(ctx): Caller,
    Query(order): Query<Order>,
    Query(paging): Query<Paging>,
) -> Answer<Page<PatientCard>> {
    let page = paging.by(order.sort.as_deref())?;
    let own = async {
        let filter = PatientFilter {
            therapist_id: Some(own(&ctx)?),
            sort: page.sort,
            cursor: page.cursor,
            limit: page.limit,
            ..PatientFilter::default()
        };
        patients::list(&ctx, filter).await
    };
    answer(own.await)
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Soon {
    /// `starts_at` by default. A dash reverses.
    #[serde(default)]
    #[param(value_type = Option<SessionSort>, inline)]
    sort: Option<String>,
}

/// The own sessions that are to come, the next one first unless told otherwise
#[utoipa::path(get, path = "/api/v1/therapist/sessions/upcoming", tag = "sessions", params(Soon, Paging), security(("bearer" = [])),
    responses((status = 200, description = "A page of sessions", body = Page<SessionCard>)))]
async fn upcoming(
    Extension(ctx): Caller,
    Query(soon): Query<Soon>,
    Query(paging): Query<Paging>,
) -> Answer<Page<SessionCard>> {
    let page = paging.by(Some(soon.sort.as_deref().unwrap_or("starts_at")))?;
    let own = async {
        let filter = SessionFilter {
            from: Some(ctx.now),
            status: Some(SessionStatus::Scheduled),
            therapist_id: Some(own(&ctx)?),
            sort: page.sort,
            cursor: page.cursor,
            limit: page.limit,
            ..SessionFilter::default()
        };
        sessions::list(&ctx, filter).await
    };
    answer(own.await)
}

/// Mark an own session as complete, with a note if there is one
#[utoipa::path(put, path = "/api/v1/therapist/sessions/{id}/complete", tag = "sessions", params(("id" = uuid::Uuid, Path)),
    request_body = CompleteSession, security(("bearer" = [])), responses((status = 200, description = "The session", body = SessionView)))]
async fn complete(
    Extension(ctx): Caller,
    Path(id): Path<SessionId>,
    Json(cmd): Json<CompleteSession>,
) -> Answer<SessionView> {
    answer(sessions::complete_own(&ctx, id, cmd).await)
}
