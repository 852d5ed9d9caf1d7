//! Sessions in the diary (000 §6.1; 001's sessions).

use super::{Paging, download};
use crate::api::{Answer, Caller, answer};
use crate::middleware::errors::Fail;
use crate::state::AppState;
use app::features::sessions::server_fns::{ListQuery, session_filter};
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::{Extension, Form, Json};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::booking::Page;
use contracts::lists::{PageOf, SessionSort};
use contracts::sessions::{
    BulkAction, BulkDone, CalendarView, CancelSession, MoveSession, NewSession, PaymentStatus, PaymentView,
    RecordPayment, RefundDecision, SessionCard, SessionFilter, SessionStatus, SessionStep, SessionView,
};
use contracts::{PatientId, ServiceId, SessionId, TherapistId};
use serde::Deserialize;
use services::sessions;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(calendar))
        .routes(routes!(export))
        .routes(routes!(act_on_all))
        .routes(routes!(get, update, delete))
        .routes(routes!(cancel))
        .routes(routes!(restore))
        .routes(routes!(reschedule))
        .routes(routes!(take_step))
        .routes(routes!(mark_paid))
        .routes(routes!(payments, record_payment))
        .routes(routes!(waive, charge))
        .routes(routes!(decide_refund))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Starting at this moment or later.
    #[serde(default)]
    from: Option<DateTime<Utc>>,
    /// Starting before this moment.
    #[serde(default)]
    until: Option<DateTime<Utc>>,
    #[serde(default)]
    #[param(inline)]
    status: Option<SessionStatus>,
    #[serde(default)]
    #[param(inline)]
    payment_status: Option<PaymentStatus>,
    #[serde(default)]
    #[param(value_type = Option<Uuid>)]
    therapist_id: Option<TherapistId>,
    #[serde(default)]
    #[param(value_type = Option<Uuid>)]
    service_id: Option<ServiceId>,
    #[serde(default)]
    #[param(value_type = Option<Uuid>)]
    patient_id: Option<PatientId>,
    /// Part of the patient's name, phone or e-mail, or the session's number.
    #[serde(default)]
    q: Option<String>,
    /// `-starts_at` by default; `created_at` is when it was made. A dash reverses.
    #[serde(default)]
    #[param(value_type = Option<SessionSort>, inline)]
    sort: Option<String>,
}

impl Filter {
    fn of_page(self, page: PageOf<SessionSort>) -> SessionFilter {
        SessionFilter {
            from: self.from,
            until: self.until,
            status: self.status,
            payment: self.payment_status,
            therapist_id: self.therapist_id,
            service_id: self.service_id,
            patient_id: self.patient_id,
            search: self.q,
            sort: page.sort,
            cursor: page.cursor,
            limit: page.limit,
        }
    }
}

/// Sessions, narrowed and searched
#[utoipa::path(get, path = "/api/v1/sessions", tag = "sessions", params(Filter, Paging), security(("bearer" = [])),
    responses((status = 200, description = "A page of sessions", body = Page<SessionCard>)))]
async fn list(
    Extension(ctx): Caller,
    Query(filter): Query<Filter>,
    Query(paging): Query<Paging>,
) -> Answer<Page<SessionCard>> {
    let page = paging.by(filter.sort.as_deref())?;
    answer(sessions::list(&ctx, filter.of_page(page)).await)
}

/// Sessions as a file for spreadsheets
#[utoipa::path(get, path = "/api/v1/sessions/export", tag = "sessions", params(Filter), security(("bearer" = [])),
    responses((status = 200, description = "Comma-separated, UTF-8", body = String, content_type = "text/csv")))]
async fn export(Extension(ctx): Caller, Query(filter): Query<Filter>) -> Result<Response, Fail> {
    let page = Paging::default().by(filter.sort.as_deref())?;
    Ok(file(sessions::export(&ctx, filter.of_page(page)).await?))
}

/// What the page shows, as a file. It is posted, because words that were searched for stand in no address.
pub async fn page_file(Extension(ctx): Caller, Form(asked): Form<FileQuery>) -> Result<Response, Fail> {
    let filter = session_filter(&ctx, asked.list, asked.search).await?;
    Ok(file(sessions::export(&ctx, filter).await?))
}

/// What is posted for a file: the filters of the page and the words.
#[derive(Debug, Deserialize)]
pub struct FileQuery {
    #[serde(flatten)]
    list: ListQuery,
    #[serde(default)]
    search: Option<String>,
}

fn file(text: String) -> Response {
    download("text/csv; charset=utf-8", "sessions.csv", text)
}

/// Place a session into the diary
#[utoipa::path(post, path = "/api/v1/sessions", tag = "sessions", request_body = NewSession, security(("bearer" = [])),
    responses((status = 200, description = "The session", body = SessionView)))]
async fn create(Extension(ctx): Caller, Json(cmd): Json<NewSession>) -> Answer<SessionView> {
    answer(sessions::create(&ctx, cmd).await)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Days {
    first: NaiveDate,
    /// Included; at most 42 days in all.
    last: NaiveDate,
    #[serde(default)]
    #[param(value_type = Option<Uuid>)]
    therapist_id: Option<TherapistId>,
}

/// Some days of the diary
#[utoipa::path(get, path = "/api/v1/sessions/calendar", tag = "sessions", params(Days), security(("bearer" = [])),
    responses((status = 200, description = "Bookings, sessions and opening hours", body = CalendarView)))]
async fn calendar(Extension(ctx): Caller, Query(days): Query<Days>) -> Answer<CalendarView> {
    answer(sessions::calendar(&ctx, days.first, days.last, days.therapist_id).await)
}

#[derive(Debug, Deserialize, ToSchema)]
struct Bulk {
    #[schema(value_type = Vec<uuid::Uuid>)]
    ids: Vec<SessionId>,
    #[serde(flatten)]
    action: BulkAction,
}

/// Do the same with up to 100 sessions
#[utoipa::path(post, path = "/api/v1/sessions/bulk", tag = "sessions", request_body = Bulk, security(("bearer" = [])),
    responses((status = 200, description = "How many it was done with, and the numbers of the others", body = BulkDone)))]
async fn act_on_all(Extension(ctx): Caller, Json(bulk): Json<Bulk>) -> Answer<BulkDone> {
    answer(sessions::act_on_all(&ctx, &bulk.ids, &bulk.action).await)
}

/// Everything about a session
#[utoipa::path(get, path = "/api/v1/sessions/{id}", tag = "sessions", params(("id" = uuid::Uuid, Path)), security(("bearer" = [])),
    responses((status = 200, description = "The session", body = SessionView)))]
async fn get(Extension(ctx): Caller, Path(id): Path<SessionId>) -> Answer<SessionView> {
    answer(sessions::get(&ctx, id).await)
}

/// Move a session to another time
#[utoipa::path(patch, path = "/api/v1/sessions/{id}", tag = "sessions", params(("id" = uuid::Uuid, Path)), request_body = MoveSession,
    security(("bearer" = [])), responses((status = 200, description = "The session", body = SessionView)))]
async fn update(
    Extension(ctx): Caller,
    Path(id): Path<SessionId>,
    Json(cmd): Json<MoveSession>,
) -> Answer<SessionView> {
    answer(sessions::move_to(&ctx, id, cmd).await)
}

/// Move a session to another time
#[utoipa::path(post, path = "/api/v1/sessions/{id}/reschedule", tag = "sessions", params(("id" = uuid::Uuid, Path)),
    request_body = MoveSession, security(("bearer" = [])), responses((status = 200, description = "The session", body = SessionView)))]
async fn reschedule(
    Extension(ctx): Caller,
    Path(id): Path<SessionId>,
    Json(cmd): Json<MoveSession>,
) -> Answer<SessionView> {
    answer(sessions::move_to(&ctx, id, cmd).await)
}

/// Cancel a session that lies ahead, and tell the patient
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", tag = "sessions", params(("id" = uuid::Uuid, Path)), security(("bearer" = [])),
    responses((status = 200, description = "The session", body = SessionView)))]
async fn delete(Extension(ctx): Caller, Path(id): Path<SessionId>) -> Answer<SessionView> {
    let cmd = CancelSession { tell_patient: true, ..CancelSession::default() };
    answer(sessions::cancel(&ctx, id, cmd).await)
}

/// Cancel a session with a reason
#[utoipa::path(post, path = "/api/v1/sessions/{id}/cancel", tag = "sessions", params(("id" = uuid::Uuid, Path)),
    request_body = CancelSession, security(("bearer" = [])), responses((status = 200, description = "The session", body = SessionView)))]
async fn cancel(
    Extension(ctx): Caller,
    Path(id): Path<SessionId>,
    Json(cmd): Json<CancelSession>,
) -> Answer<SessionView> {
    answer(sessions::cancel(&ctx, id, cmd).await)
}

/// Take a cancellation back, for ten minutes and while the time is free
#[utoipa::path(post, path = "/api/v1/sessions/{id}/restore", tag = "sessions", params(("id" = uuid::Uuid, Path)), security(("bearer" = [])),
    responses((status = 200, description = "The session", body = SessionView)))]
async fn restore(Extension(ctx): Caller, Path(id): Path<SessionId>) -> Answer<SessionView> {
    answer(sessions::restore(&ctx, id).await)
}

#[derive(Debug, Deserialize, ToSchema)]
struct Step {
    step: SessionStep,
    /// The version that was seen; another one means somebody was faster.
    #[serde(default)]
    version: Option<i32>,
}

/// Start, complete, mark as missed, or open again
#[utoipa::path(post, path = "/api/v1/sessions/{id}/step", tag = "sessions", params(("id" = uuid::Uuid, Path)), request_body = Step,
    security(("bearer" = [])), responses((status = 200, description = "The session", body = SessionView)))]
async fn take_step(Extension(ctx): Caller, Path(id): Path<SessionId>, Json(step): Json<Step>) -> Answer<SessionView> {
    answer(sessions::take_step(&ctx, id, step.step, step.version).await)
}

/// Record money received by hand
#[utoipa::path(post, path = "/api/v1/sessions/{id}/mark-paid", tag = "sessions", params(("id" = uuid::Uuid, Path)),
    request_body = RecordPayment, security(("bearer" = [])), responses((status = 200, description = "The session", body = SessionView)))]
async fn mark_paid(
    Extension(ctx): Caller,
    Path(id): Path<SessionId>,
    Json(cmd): Json<RecordPayment>,
) -> Answer<SessionView> {
    answer(sessions::record_payment(&ctx, id, cmd).await)
}

/// The money of a session
#[utoipa::path(get, path = "/api/v1/sessions/{id}/payments", tag = "sessions", params(("id" = uuid::Uuid, Path)), security(("bearer" = [])),
    responses((status = 200, description = "Received and given back", body = Vec<PaymentView>)))]
async fn payments(Extension(ctx): Caller, Path(id): Path<SessionId>) -> Answer<Vec<PaymentView>> {
    answer(sessions::get(&ctx, id).await.map(|view| view.payments))
}

/// Record money received by hand, all of it or a part
#[utoipa::path(post, path = "/api/v1/sessions/{id}/payments", tag = "sessions", params(("id" = uuid::Uuid, Path)),
    request_body = RecordPayment, security(("bearer" = [])), responses((status = 200, description = "The session", body = SessionView)))]
async fn record_payment(
    Extension(ctx): Caller,
    Path(id): Path<SessionId>,
    Json(cmd): Json<RecordPayment>,
) -> Answer<SessionView> {
    answer(sessions::record_payment(&ctx, id, cmd).await)
}

/// What becomes of the money of a cancelled session.
#[derive(Debug, Deserialize, ToSchema)]
struct RefundOf {
    decision: RefundDecision,
}

/// Decide about the money of a cancelled session
#[utoipa::path(put, path = "/api/v1/sessions/{id}/refund-decision", tag = "sessions", params(("id" = uuid::Uuid, Path)), request_body = RefundOf,
    security(("bearer" = [])), responses((status = 200, description = "The session", body = SessionView)))]
async fn decide_refund(
    Extension(ctx): Caller,
    Path(id): Path<SessionId>,
    Json(cmd): Json<RefundOf>,
) -> Answer<SessionView> {
    answer(sessions::decide_refund(&ctx, id, cmd.decision).await)
}

/// Ask for no money
#[utoipa::path(put, path = "/api/v1/sessions/{id}/waiver", tag = "sessions", params(("id" = uuid::Uuid, Path)), security(("bearer" = [])),
    responses((status = 200, description = "The session", body = SessionView)))]
async fn waive(Extension(ctx): Caller, Path(id): Path<SessionId>) -> Answer<SessionView> {
    answer(sessions::waive(&ctx, id, true).await)
}

/// Ask for the money again
#[utoipa::path(delete, path = "/api/v1/sessions/{id}/waiver", tag = "sessions", params(("id" = uuid::Uuid, Path)), security(("bearer" = [])),
    responses((status = 200, description = "The session", body = SessionView)))]
async fn charge(Extension(ctx): Caller, Path(id): Path<SessionId>) -> Answer<SessionView> {
    answer(sessions::waive(&ctx, id, false).await)
}
