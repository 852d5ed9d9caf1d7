//! What anybody can do: look, hold, book, and steer a booking by its link (004 App. D).

use super::Reason;
use super::upload::Form;
use crate::api::{Answer, Caller, Done, answer, done};
use crate::middleware::errors::Fail;
use crate::state::AppState;
use axum::Extension;
use axum::Json;
use axum::extract::{Multipart, Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::booking::{Availability, BookingView, HoldSlot, PatientDetails, PublicTherapist, SubmitProof};
use contracts::practice::PaymentMethod;
use contracts::{FieldProblem, ServiceId};
use serde::Deserialize;
use services::{ServiceError, bookings, practice, slots};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(therapist))
        .routes(routes!(availability))
        .routes(routes!(hold))
        .routes(routes!(book))
        .routes(routes!(view, release))
        .routes(routes!(details))
        .routes(routes!(send))
        .routes(routes!(hold_again))
        .routes(routes!(cancel))
        .routes(routes!(reschedule))
        .routes(routes!(payment_proof))
        .routes(routes!(calendar))
}

/// A published therapist with services and booking rules
#[utoipa::path(get, path = "/api/v1/public/therapists/{slug}", tag = "public",
    params(("slug" = String, Path, description = "The therapist's public address")),
    responses((status = 200, description = "The therapist", body = PublicTherapist)))]
async fn therapist(Extension(ctx): Caller, Path(slug): Path<String>) -> Answer<PublicTherapist> {
    answer(practice::public_therapist(&ctx, &slug).await)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SlotsOf {
    /// The therapist's public address.
    slug: String,
    #[param(value_type = Uuid)]
    service_id: ServiceId,
    /// First day, in the therapist's zone.
    from: NaiveDate,
    /// Last day, inclusive; at most 62 days in all.
    until: NaiveDate,
}

/// The slots of a range of days
#[utoipa::path(get, path = "/api/v1/public/availability", tag = "public", params(SlotsOf),
    responses((status = 200, description = "Every day of the range with its slots", body = Availability)))]
async fn availability(Extension(ctx): Caller, Query(q): Query<SlotsOf>) -> Result<Response, Fail> {
    let json = slots::availability_json(&ctx, &q.slug, q.service_id, q.from, q.until).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

/// Hold a slot while the form is filled
#[utoipa::path(post, path = "/api/v1/public/holds", tag = "public", request_body = HoldSlot,
    responses((status = 201, description = "Held; `token` steers it from here", body = BookingView)))]
async fn hold(Extension(ctx): Caller, Json(cmd): Json<HoldSlot>) -> Result<(StatusCode, Json<BookingView>), Fail> {
    Ok((StatusCode::CREATED, Json(Box::pin(bookings::hold(&ctx, cmd)).await?)))
}

/// Everything for a booking at once
#[derive(Debug, Deserialize, ToSchema)]
pub struct BookingRequest {
    slug: String,
    service_id: ServiceId,
    starts_at: DateTime<Utc>,
    #[serde(default)]
    visitor_time_zone: Option<String>,
    details: PatientDetails,
}

/// Hold, details and sending in one
#[utoipa::path(post, path = "/api/v1/public/bookings", tag = "public", request_body = BookingRequest,
    responses((status = 201, description = "Sent", body = BookingView)))]
async fn book(
    Extension(ctx): Caller,
    Json(request): Json<BookingRequest>,
) -> Result<(StatusCode, Json<BookingView>), Fail> {
    let BookingRequest { slug, service_id, starts_at, visitor_time_zone, details } = request;
    let slot = HoldSlot { slug, service_id, starts_at, visitor_time_zone, instead_of: None };
    Ok((StatusCode::CREATED, Json(Box::pin(bookings::book(&ctx, slot, details)).await?)))
}

/// A booking, by the token of its link
#[utoipa::path(get, path = "/api/v1/public/bookings/{token}", tag = "public",
    params(("token" = String, Path, description = "From the booking's link")),
    responses((status = 200, description = "The booking as its patient sees it", body = BookingView)))]
async fn view(Extension(ctx): Caller, Path(token): Path<String>) -> Answer<BookingView> {
    answer(bookings::view(&ctx, &token).await)
}

/// Give a held slot back
#[utoipa::path(delete, path = "/api/v1/public/bookings/{token}", tag = "public",
    params(("token" = String, Path, description = "From the booking's link")),
    responses((status = 200, description = "Given back", body = Done)))]
async fn release(Extension(ctx): Caller, Path(token): Path<String>) -> Answer<Done> {
    done(bookings::release(&ctx, &token).await)
}

/// Keep the patient's details while held
#[utoipa::path(put, path = "/api/v1/public/bookings/{token}/details", tag = "public", request_body = PatientDetails,
    params(("token" = String, Path, description = "From the booking's link")),
    responses((status = 200, description = "Kept", body = BookingView)))]
async fn details(
    Extension(ctx): Caller,
    Path(token): Path<String>,
    Json(details): Json<PatientDetails>,
) -> Answer<BookingView> {
    answer(bookings::save_details(&ctx, &token, details).await)
}

/// Send the request to the practice
#[utoipa::path(post, path = "/api/v1/public/bookings/{token}/send", tag = "public",
    params(("token" = String, Path, description = "From the booking's link")),
    responses((status = 200, description = "Sent; again answers the same", body = BookingView)))]
async fn send(Extension(ctx): Caller, Path(token): Path<String>) -> Answer<BookingView> {
    answer(bookings::send_request(&ctx, &token).await)
}

/// Hold a lapsed booking's slot again
#[utoipa::path(post, path = "/api/v1/public/bookings/{token}/hold-again", tag = "public",
    params(("token" = String, Path, description = "From the booking's link")),
    responses((status = 200, description = "Held again, with everything that was typed", body = BookingView)))]
async fn hold_again(Extension(ctx): Caller, Path(token): Path<String>) -> Answer<BookingView> {
    answer(bookings::hold_again(&ctx, &token).await)
}

/// Cancel as the patient
#[utoipa::path(post, path = "/api/v1/public/bookings/{token}/cancel", tag = "public", request_body = Reason,
    params(("token" = String, Path, description = "From the booking's link")),
    responses((status = 200, description = "Cancelled", body = BookingView)))]
async fn cancel(Extension(ctx): Caller, Path(token): Path<String>, Json(why): Json<Reason>) -> Answer<BookingView> {
    answer(bookings::cancel_by_patient(&ctx, &token, &why.reason).await)
}

#[derive(Debug, Deserialize, ToSchema)]
struct NewTime {
    starts_at: DateTime<Utc>,
}

/// Take another time for a confirmed session, as long as it may be cancelled
#[utoipa::path(post, path = "/api/v1/public/bookings/{token}/reschedule", tag = "public", params(("token" = String, Path)),
    request_body = NewTime, responses((status = 200, description = "The booking", body = BookingView)))]
async fn reschedule(
    Extension(ctx): Caller,
    Path(token): Path<String>,
    Json(new): Json<NewTime>,
) -> Answer<BookingView> {
    answer(bookings::move_by_patient(&ctx, &token, new.starts_at).await)
}

/// A payment proof, as a form
#[derive(ToSchema)]
struct ProofForm {
    /// As printed on the receipt.
    reference: String,
    method: PaymentMethod,
    /// PNG, JPEG, WebP or PDF, 10 MB at most.
    #[schema(value_type = Option<String>, format = Binary, content_media_type = "application/octet-stream")]
    file: Option<Vec<u8>>,
}

impl ProofForm {
    async fn read(multipart: Multipart) -> Result<Self, Fail> {
        let form = Form::read(multipart).await?;
        let method = PaymentMethod::parse(form.text("method"))
            .ok_or_else(|| ServiceError::field("method", FieldProblem::InvalidChoice))?;
        Ok(Self { reference: form.text("reference").to_owned(), method, file: form.file })
    }
}

/// Submit a payment proof
#[utoipa::path(post, path = "/api/v1/public/bookings/{token}/payment-proof", tag = "public",
    request_body(content = ProofForm, content_type = "multipart/form-data"),
    params(("token" = String, Path, description = "From the booking's link")),
    responses((status = 200, description = "Submitted", body = BookingView)))]
async fn payment_proof(Extension(ctx): Caller, Path(token): Path<String>, multipart: Multipart) -> Answer<BookingView> {
    // A link that leads nowhere uploads nothing.
    bookings::awaits_proof(&ctx, &token).await?;
    let ProofForm { reference, method, file } = ProofForm::read(multipart).await?;
    answer(bookings::submit_proof(&ctx, SubmitProof { token, reference, method }, file).await)
}

/// The calendar file of a confirmed booking
#[utoipa::path(get, path = "/api/v1/public/bookings/{token}/calendar.ics", tag = "public",
    params(("token" = String, Path, description = "From the booking's link")),
    responses((status = 200, description = "iCalendar", body = String, content_type = "text/calendar")))]
pub async fn calendar(Extension(ctx): Caller, Path(token): Path<String>) -> Result<Response, Fail> {
    let file = bookings::calendar_file(&ctx, &token).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"calma.ics\""),
    ];
    Ok((headers, file).into_response())
}
