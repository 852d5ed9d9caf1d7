//! Bookings as the practice sees and steers them (003, 004 App. D).

use super::{Paging, Reason};
use crate::api::{Answer, Caller, answer};
use crate::middleware::errors::Fail;
use crate::state::AppState;
use axum::extract::{Path, Query};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::booking::{
    BookingCard, BookingFilter, BookingStatus, Counts, Dashboard, Page, PracticeAction, WeekView,
};
use contracts::lists::{BookingSort, PageOf};
use contracts::{ApiError, BookingId, ErrorCode, FileId, TherapistId};
use serde::Deserialize;
use services::{Ctx, bookings, files};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(dashboard))
        .routes(routes!(list))
        .routes(routes!(pending_approval))
        .routes(routes!(counts))
        .routes(routes!(week))
        .routes(routes!(get, delete))
        .routes(routes!(approve))
        .routes(routes!(decline))
        .routes(routes!(verify_payment))
        .routes(routes!(reject_payment))
        .routes(routes!(confirm))
        .routes(routes!(cancel))
        .routes(routes!(late_credit))
        .routes(routes!(late_refund))
        .routes(routes!(receipt))
}

/// The practice's first page
#[utoipa::path(get, path = "/api/v1/dashboard", tag = "bookings", security(("bearer" = [])),
    responses((status = 200, description = "What needs action, what is coming, what was closed", body = Dashboard)))]
async fn dashboard(Extension(ctx): Caller) -> Answer<Dashboard> {
    answer(bookings::dashboard(&ctx).await)
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    #[serde(default)]
    #[param(inline)]
    status: Option<BookingStatus>,
    #[serde(default)]
    #[param(value_type = Option<Uuid>)]
    therapist_id: Option<TherapistId>,
    /// Starting at this moment or later.
    #[serde(default)]
    from: Option<DateTime<Utc>>,
    /// Starting before this moment.
    #[serde(default)]
    until: Option<DateTime<Utc>>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Order {
    /// `starts_at` by default; `created_at` is when the request was sent. A dash reverses.
    #[serde(default)]
    #[param(value_type = Option<BookingSort>, inline)]
    sort: Option<String>,
}

/// A page of bookings, narrowed and in the order asked for.
async fn page(ctx: &Ctx, filter: Filter, order: Order, paging: Paging) -> Answer<Page<BookingCard>> {
    let Filter { status, therapist_id, from, until } = filter;
    let PageOf { sort, cursor, limit } = paging.by(order.sort.as_deref())?;
    answer(bookings::list(ctx, BookingFilter { status, therapist_id, from, until, cursor, limit, sort }).await)
}

/// Bookings, narrowed by status, therapist and time
#[utoipa::path(get, path = "/api/v1/bookings", tag = "bookings", params(Filter, Order, Paging), security(("bearer" = [])),
    responses((status = 200, description = "A page of bookings", body = Page<BookingCard>)))]
async fn list(
    Extension(ctx): Caller,
    Query(filter): Query<Filter>,
    Query(order): Query<Order>,
    Query(paging): Query<Paging>,
) -> Answer<Page<BookingCard>> {
    page(&ctx, filter, order, paging).await
}

/// Bookings that wait for approval
#[utoipa::path(get, path = "/api/v1/bookings/pending-approval", tag = "bookings", params(Order, Paging), security(("bearer" = [])),
    responses((status = 200, description = "A page of bookings", body = Page<BookingCard>)))]
async fn pending_approval(
    Extension(ctx): Caller,
    Query(order): Query<Order>,
    Query(paging): Query<Paging>,
) -> Answer<Page<BookingCard>> {
    let waiting = Filter { status: Some(BookingStatus::PendingApproval), ..Filter::default() };
    page(&ctx, waiting, order, paging).await
}

/// How many bookings are in each state
#[utoipa::path(get, path = "/api/v1/bookings/counts", tag = "bookings", security(("bearer" = [])),
    responses((status = 200, description = "For badges", body = Counts)))]
async fn counts(Extension(ctx): Caller) -> Answer<Counts> {
    answer(bookings::counts(&ctx).await)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WeekOf {
    /// Any day of the week; this week when it is left out.
    #[serde(default)]
    day: Option<NaiveDate>,
    #[serde(default)]
    #[param(value_type = Option<Uuid>)]
    therapist_id: Option<TherapistId>,
}

/// One week of the diary
#[utoipa::path(get, path = "/api/v1/bookings/week", tag = "bookings", params(WeekOf), security(("bearer" = [])),
    responses((status = 200, description = "Everything that takes time, and the opening hours", body = WeekView)))]
async fn week(Extension(ctx): Caller, Query(of): Query<WeekOf>) -> Answer<WeekView> {
    answer(bookings::week(&ctx, of.day, of.therapist_id).await)
}

/// A booking
#[utoipa::path(get, path = "/api/v1/bookings/{id}", tag = "bookings", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The booking")),
    responses((status = 200, description = "The booking", body = BookingCard)))]
async fn get(Extension(ctx): Caller, Path(id): Path<BookingId>) -> Answer<BookingCard> {
    answer(bookings::get(&ctx, id).await)
}

async fn act(ctx: &Ctx, id: BookingId, action: PracticeAction) -> Answer<BookingCard> {
    answer(bookings::act(ctx, id, action).await)
}

/// Approve a request
#[utoipa::path(method(put, post), path = "/api/v1/bookings/{id}/approve", tag = "bookings", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The booking")),
    responses((status = 200, description = "Approved", body = BookingCard)))]
async fn approve(Extension(ctx): Caller, Path(id): Path<BookingId>) -> Answer<BookingCard> {
    act(&ctx, id, PracticeAction::Approve).await
}

/// Decline a request
#[utoipa::path(method(put, post), path = "/api/v1/bookings/{id}/decline", tag = "bookings", request_body = Reason,
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "The booking")),
    responses((status = 200, description = "Declined", body = BookingCard)))]
async fn decline(Extension(ctx): Caller, Path(id): Path<BookingId>, Json(why): Json<Reason>) -> Answer<BookingCard> {
    act(&ctx, id, PracticeAction::Decline { reason: why.reason }).await
}

/// Verify a payment proof
#[utoipa::path(method(put, post), path = "/api/v1/bookings/{id}/verify-payment", tag = "bookings", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The booking")),
    responses((status = 200, description = "Confirmed", body = BookingCard)))]
async fn verify_payment(Extension(ctx): Caller, Path(id): Path<BookingId>) -> Answer<BookingCard> {
    act(&ctx, id, PracticeAction::VerifyPayment).await
}

/// Reject a payment proof
#[utoipa::path(method(put, post), path = "/api/v1/bookings/{id}/reject-payment", tag = "bookings", request_body = Reason,
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "The booking")),
    responses((status = 200, description = "Waiting for payment again", body = BookingCard)))]
async fn reject_payment(
    Extension(ctx): Caller,
    Path(id): Path<BookingId>,
    Json(why): Json<Reason>,
) -> Answer<BookingCard> {
    act(&ctx, id, PracticeAction::RejectPayment { reason: why.reason }).await
}

/// Confirm by hand: approve what waits for approval, verify what was paid
#[utoipa::path(post, path = "/api/v1/bookings/{id}/confirm", tag = "bookings", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The booking")),
    responses((status = 200, description = "One step further", body = BookingCard)))]
async fn confirm(Extension(ctx): Caller, Path(id): Path<BookingId>) -> Answer<BookingCard> {
    match bookings::get(&ctx, id).await?.status {
        BookingStatus::PendingApproval => act(&ctx, id, PracticeAction::Approve).await,
        BookingStatus::PaymentSubmitted => act(&ctx, id, PracticeAction::VerifyPayment).await,
        now => {
            let conflict = ApiError { current_status: Some(now), ..ApiError::new(ErrorCode::Conflict) };
            Err(Fail(conflict.into()))
        }
    }
}

/// Cancel a booking
#[utoipa::path(post, path = "/api/v1/bookings/{id}/cancel", tag = "bookings", request_body = Reason, security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The booking")),
    responses((status = 200, description = "Cancelled", body = BookingCard)))]
async fn cancel(Extension(ctx): Caller, Path(id): Path<BookingId>, Json(why): Json<Reason>) -> Answer<BookingCard> {
    act(&ctx, id, PracticeAction::Cancel { reason: why.reason }).await
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Because {
    #[serde(default)]
    reason: String,
}

/// Cancel a booking (003's form)
#[utoipa::path(delete, path = "/api/v1/bookings/{id}", tag = "bookings", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The booking"), Because),
    responses((status = 200, description = "Cancelled", body = BookingCard)))]
async fn delete(
    Extension(ctx): Caller,
    Path(id): Path<BookingId>,
    Query(because): Query<Because>,
) -> Answer<BookingCard> {
    act(&ctx, id, PracticeAction::Cancel { reason: because.reason }).await
}

/// Keep a late payment for the patient
#[utoipa::path(post, path = "/api/v1/bookings/{id}/late-credit", tag = "bookings", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The booking")),
    responses((status = 200, description = "Kept", body = BookingCard)))]
async fn late_credit(Extension(ctx): Caller, Path(id): Path<BookingId>) -> Answer<BookingCard> {
    act(&ctx, id, PracticeAction::LateCredit).await
}

/// Note that a late payment was given back
#[utoipa::path(post, path = "/api/v1/bookings/{id}/late-refund", tag = "bookings", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The booking")),
    responses((status = 200, description = "Noted", body = BookingCard)))]
async fn late_refund(Extension(ctx): Caller, Path(id): Path<BookingId>) -> Answer<BookingCard> {
    act(&ctx, id, PracticeAction::LateRefund).await
}

/// The receipt of a payment proof
#[utoipa::path(get, path = "/api/v1/receipts/{id}", tag = "bookings", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The proof's file")),
    responses((status = 200, description = "An image or PDF", body = Vec<u8>, content_type = "application/octet-stream")))]
pub async fn receipt(Extension(ctx): Caller, Path(id): Path<FileId>) -> Result<Response, Fail> {
    let (kind, bytes) = files::receipt(&ctx, id).await?;
    Ok(file(&kind, bytes))
}

/// A stored file, shown in the browser and kept by nobody on the way.
pub fn file(kind: &str, bytes: Vec<u8>) -> Response {
    let kind = HeaderValue::from_str(kind).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"))];
    (headers, bytes).into_response()
}
