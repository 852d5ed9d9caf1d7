//! Messages to people, and the audit log.

use super::Paging;
use crate::api::{Answer, Caller, Done, answer, done};
use crate::state::AppState;
use axum::extract::{Path, Query};
use axum::{Extension, Json};
use contracts::audit::{AuditCheck, AuditEntry};
use contracts::booking::Page;
use contracts::lists::{AuditSort, MessageSort};
use contracts::messages::{Channel, MessageFilter, MessageStatus, MessageView};
use contracts::{BookingId, MessageId, PatientId};
use serde::Deserialize;
use services::{Ctx, audit, messages};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(resend))
        .routes(routes!(resend_by))
        .routes(routes!(settle))
        .routes(routes!(timeline))
        .routes(routes!(audit_log))
        .routes(routes!(verify))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    #[serde(default)]
    #[param(inline)]
    status: Option<MessageStatus>,
    #[serde(default)]
    #[param(inline)]
    channel: Option<Channel>,
    /// Written to this patient.
    #[serde(default)]
    #[param(value_type = Option<Uuid>)]
    patient_id: Option<PatientId>,
    /// `-created_at` by default: the newest first.
    #[serde(default)]
    #[param(value_type = Option<MessageSort>, inline)]
    sort: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AuditOrder {
    /// `-at` by default: the newest first.
    #[serde(default)]
    #[param(value_type = Option<AuditSort>, inline)]
    sort: Option<String>,
}

/// The outbox
#[utoipa::path(get, path = "/api/v1/messages", tag = "messages", params(Filter, Paging), security(("bearer" = [])),
    responses((status = 200, description = "A page of messages", body = Page<MessageView>)))]
async fn list(
    Extension(ctx): Caller,
    Query(filter): Query<Filter>,
    Query(paging): Query<Paging>,
) -> Answer<Page<MessageView>> {
    page(&ctx, filter, paging).await
}

/// A page of messages, narrowed and in the order asked for.
pub(super) async fn page(ctx: &Ctx, filter: Filter, paging: Paging) -> Answer<Page<MessageView>> {
    let Filter { status, channel, patient_id, sort } = filter;
    let only = MessageFilter { status, channel, patient: patient_id, booking: None };
    answer(messages::page(ctx, only, paging.by(sort.as_deref())?).await)
}

/// What was written about a booking, the newest first
#[utoipa::path(get, path = "/api/v1/bookings/{id}/messages", tag = "messages", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The booking")),
    responses((status = 200, description = "At most 100 messages", body = Vec<MessageView>)))]
async fn timeline(Extension(ctx): Caller, Path(id): Path<BookingId>) -> Answer<Vec<MessageView>> {
    answer(messages::timeline(&ctx, id).await)
}

/// Send a message again
#[utoipa::path(post, path = "/api/v1/messages/{id}/resend", tag = "messages", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The message")),
    responses((status = 200, description = "Queued", body = Done)))]
async fn resend(Extension(ctx): Caller, Path(id): Path<MessageId>) -> Answer<Done> {
    done(messages::resend(&ctx, id).await)
}

/// By which way.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChannelInput {
    channel: Channel,
}

/// Send a message by another way
#[utoipa::path(post, path = "/api/v1/messages/{id}/resend-by", tag = "messages", request_body = ChannelInput,
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "The message")),
    responses((status = 200, description = "Queued; the failure counts as dealt with", body = Done)))]
async fn resend_by(Extension(ctx): Caller, Path(id): Path<MessageId>, Json(input): Json<ChannelInput>) -> Answer<Done> {
    done(messages::resend_by(&ctx, id, input.channel).await)
}

/// A failure was dealt with, by a call for instance
#[utoipa::path(post, path = "/api/v1/messages/{id}/settle", tag = "messages", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The message")),
    responses((status = 200, description = "No longer among the failed ones", body = Done)))]
async fn settle(Extension(ctx): Caller, Path(id): Path<MessageId>) -> Answer<Done> {
    done(messages::settle(&ctx, id).await)
}

/// Who did what
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(AuditOrder, Paging), security(("bearer" = [])),
    responses((status = 200, description = "A page of entries", body = Page<AuditEntry>)))]
async fn audit_log(
    Extension(ctx): Caller,
    Query(order): Query<AuditOrder>,
    Query(paging): Query<Paging>,
) -> Answer<Page<AuditEntry>> {
    answer(audit::page(&ctx, paging.by(order.sort.as_deref())?).await)
}

/// Does the audit log's chain hold? Recomputed from its first entry
#[utoipa::path(get, path = "/api/v1/audit/verify", tag = "audit", security(("bearer" = [])),
    responses((status = 200, description = "Recomputed just now", body = AuditCheck)))]
async fn verify(Extension(ctx): Caller) -> Answer<AuditCheck> {
    answer(audit::verify(&ctx).await)
}
