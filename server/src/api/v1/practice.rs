//! The practice's settings, therapists' profiles and services.

use super::upload::{Form, required};
use crate::api::{Answer, Caller, Done, answer, done};
use crate::middleware::errors::Fail;
use crate::state::AppState;
use axum::extract::{Multipart, Path};
use axum::http::StatusCode;
use axum::{Extension, Json};
use contracts::practice::{
    BookingPolicy, PaymentInstructions, PracticeSettings, SaveProfile, SaveService, SaveTerms, ServiceView,
    TherapistProfile, TherapistTerms,
};
use contracts::{MemberId, ServiceId, TherapistId};
use serde::Deserialize;
use services::practice;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(settings, save_settings))
        .routes(routes!(save_instructions))
        .routes(routes!(save_policy))
        .routes(routes!(therapists, add_therapist))
        .routes(routes!(therapist, save_profile))
        .routes(routes!(own_policy, practice_policy))
        .routes(routes!(set_photo, remove_photo))
        .routes(routes!(services, add_service))
        .routes(routes!(save_service))
        .routes(routes!(terms))
        .routes(routes!(save_terms))
}

/// The practice's settings
#[utoipa::path(get, path = "/api/v1/practice", tag = "practice", security(("bearer" = [])),
    responses((status = 200, description = "The settings", body = PracticeSettings)))]
async fn settings(Extension(ctx): Caller) -> Answer<PracticeSettings> {
    answer(practice::settings(&ctx).await)
}

/// Change name, currency, language, zone and video address
#[utoipa::path(put, path = "/api/v1/practice", tag = "practice", request_body = PracticeSettings, security(("bearer" = [])),
    responses((status = 200, description = "Saved", body = Done)))]
async fn save_settings(Extension(ctx): Caller, Json(cmd): Json<PracticeSettings>) -> Answer<Done> {
    done(practice::save_settings(&ctx, cmd).await)
}

/// Change how patients pay
#[utoipa::path(put, path = "/api/v1/practice/instructions", tag = "practice", request_body = PaymentInstructions,
    security(("bearer" = [])), responses((status = 200, description = "Saved", body = Done)))]
async fn save_instructions(Extension(ctx): Caller, Json(cmd): Json<PaymentInstructions>) -> Answer<Done> {
    done(practice::save_instructions(&ctx, cmd).await)
}

/// Change the practice's booking rules
#[utoipa::path(put, path = "/api/v1/practice/policy", tag = "practice", request_body = BookingPolicy,
    security(("bearer" = [])), responses((status = 200, description = "Saved", body = Done)))]
async fn save_policy(Extension(ctx): Caller, Json(policy): Json<BookingPolicy>) -> Answer<Done> {
    done(practice::save_policy(&ctx, None, Some(policy)).await)
}

/// The therapists one may see
#[utoipa::path(get, path = "/api/v1/therapists", tag = "practice", security(("bearer" = [])),
    responses((status = 200, description = "Their profiles", body = Vec<TherapistProfile>)))]
async fn therapists(Extension(ctx): Caller) -> Answer<Vec<TherapistProfile>> {
    answer(practice::therapists(&ctx).await)
}

/// A new therapist profile
#[derive(Deserialize, ToSchema)]
pub struct NewTherapist {
    name: String,
    /// The member it belongs to, if they log in themselves.
    #[serde(default)]
    member_id: Option<MemberId>,
}

/// Add a therapist
#[utoipa::path(post, path = "/api/v1/therapists", tag = "practice", request_body = NewTherapist, security(("bearer" = [])),
    responses((status = 201, description = "The profile, not yet published", body = TherapistProfile)))]
async fn add_therapist(
    Extension(ctx): Caller,
    Json(cmd): Json<NewTherapist>,
) -> Result<(StatusCode, Json<TherapistProfile>), Fail> {
    Ok((StatusCode::CREATED, Json(practice::add_therapist(&ctx, &cmd.name, cmd.member_id).await?)))
}

/// A therapist's profile
#[utoipa::path(get, path = "/api/v1/therapists/{id}", tag = "practice", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The therapist")),
    responses((status = 200, description = "The profile", body = TherapistProfile)))]
async fn therapist(Extension(ctx): Caller, Path(id): Path<TherapistId>) -> Answer<TherapistProfile> {
    answer(practice::therapist(&ctx, id).await)
}

/// Change a therapist's profile
#[utoipa::path(put, path = "/api/v1/therapists/{id}", tag = "practice", request_body = SaveProfile, security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The therapist")),
    responses((status = 200, description = "The profile", body = TherapistProfile)))]
async fn save_profile(
    Extension(ctx): Caller,
    Path(id): Path<TherapistId>,
    Json(cmd): Json<SaveProfile>,
) -> Answer<TherapistProfile> {
    answer(practice::save_profile(&ctx, id, cmd).await)
}

/// Give a therapist booking rules of their own
#[utoipa::path(put, path = "/api/v1/therapists/{id}/policy", tag = "practice", request_body = BookingPolicy,
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "The therapist")),
    responses((status = 200, description = "Saved", body = Done)))]
async fn own_policy(
    Extension(ctx): Caller,
    Path(id): Path<TherapistId>,
    Json(policy): Json<BookingPolicy>,
) -> Answer<Done> {
    done(practice::save_policy(&ctx, Some(id), Some(policy)).await)
}

/// Return a therapist to the practice's booking rules
#[utoipa::path(delete, path = "/api/v1/therapists/{id}/policy", tag = "practice", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The therapist")),
    responses((status = 200, description = "Saved", body = Done)))]
async fn practice_policy(Extension(ctx): Caller, Path(id): Path<TherapistId>) -> Answer<Done> {
    done(practice::save_policy(&ctx, Some(id), None).await)
}

/// A photo, as a form
#[derive(ToSchema)]
struct PhotoForm {
    /// PNG, JPEG or WebP, 10 MB at most.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    file: Vec<u8>,
}

impl PhotoForm {
    async fn read(multipart: Multipart) -> Result<Self, Fail> {
        Ok(Self { file: required(Form::read(multipart).await?.file)? })
    }
}

/// Set a therapist's photo
#[utoipa::path(put, path = "/api/v1/therapists/{id}/photo", tag = "practice", security(("bearer" = [])),
    request_body(content = PhotoForm, content_type = "multipart/form-data"),
    params(("id" = Uuid, Path, description = "The therapist")),
    responses((status = 200, description = "Set", body = Done)))]
async fn set_photo(Extension(ctx): Caller, Path(id): Path<TherapistId>, multipart: Multipart) -> Answer<Done> {
    // Who may not set it uploads nothing.
    practice::may_set_photo(&ctx, id).await?;
    let PhotoForm { file } = PhotoForm::read(multipart).await?;
    done(practice::set_photo(&ctx, id, Some(file)).await)
}

/// Remove a therapist's photo
#[utoipa::path(delete, path = "/api/v1/therapists/{id}/photo", tag = "practice", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The therapist")),
    responses((status = 200, description = "Removed", body = Done)))]
async fn remove_photo(Extension(ctx): Caller, Path(id): Path<TherapistId>) -> Answer<Done> {
    done(practice::set_photo(&ctx, id, None).await)
}

/// The practice's services
#[utoipa::path(get, path = "/api/v1/services", tag = "practice", security(("bearer" = [])),
    responses((status = 200, description = "The services", body = Vec<ServiceView>)))]
async fn services(Extension(ctx): Caller) -> Answer<Vec<ServiceView>> {
    answer(practice::services(&ctx).await)
}

/// A service and who gives it
#[derive(Deserialize, ToSchema)]
pub struct ServiceInput {
    service: SaveService,
    therapists: Vec<TherapistId>,
}

/// Add a service
#[utoipa::path(post, path = "/api/v1/services", tag = "practice", request_body = ServiceInput, security(("bearer" = [])),
    responses((status = 201, description = "The service", body = ServiceView)))]
async fn add_service(
    Extension(ctx): Caller,
    Json(input): Json<ServiceInput>,
) -> Result<(StatusCode, Json<ServiceView>), Fail> {
    let cmd = SaveService { id: None, ..input.service };
    Ok((StatusCode::CREATED, Json(practice::save_service(&ctx, cmd, input.therapists).await?)))
}

/// Change a service
#[utoipa::path(put, path = "/api/v1/services/{id}", tag = "practice", request_body = ServiceInput, security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The service")),
    responses((status = 200, description = "The service", body = ServiceView)))]
async fn save_service(
    Extension(ctx): Caller,
    Path(id): Path<ServiceId>,
    Json(input): Json<ServiceInput>,
) -> Answer<ServiceView> {
    let cmd = SaveService { id: Some(id), ..input.service };
    answer(practice::save_service(&ctx, cmd, input.therapists).await)
}

/// How each therapist gives a service
#[utoipa::path(get, path = "/api/v1/services/{id}/therapists", tag = "practice", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The service")),
    responses((status = 200, description = "Duration and price by therapist", body = Vec<TherapistTerms>)))]
async fn terms(Extension(ctx): Caller, Path(id): Path<ServiceId>) -> Answer<Vec<TherapistTerms>> {
    answer(practice::terms(&ctx, id).await)
}

/// Give a therapist a duration and a price of their own
#[utoipa::path(put, path = "/api/v1/services/{id}/therapists/{therapist_id}", tag = "practice", request_body = SaveTerms,
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The service"), ("therapist_id" = Uuid, Path, description = "Who gives it")),
    responses((status = 200, description = "What patients book from now on", body = TherapistTerms)))]
async fn save_terms(
    Extension(ctx): Caller,
    Path((service, therapist)): Path<(ServiceId, TherapistId)>,
    Json(cmd): Json<SaveTerms>,
) -> Answer<TherapistTerms> {
    answer(practice::save_terms(&ctx, service, therapist, cmd).await)
}
