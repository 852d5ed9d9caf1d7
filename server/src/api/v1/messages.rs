//! Messages to people, and the audit log.

use super::Paging;
use crate::api::{Answer, Caller, Done, answer, done};
use crate::state::AppState;
use axum::Extension;
use axum::extract::{Path, Query};
use contracts::MessageId;
use contracts::audit::{AuditCheck, AuditEntry};
use contracts::booking::Page;
use contracts::lists::{AuditSort, MessageSort};
use contracts::messages::{MessageStatus, MessageView};
use serde::Deserialize;
use services::{audit, messages};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(resend))
        .routes(routes!(audit_log))
        .routes(routes!(verify))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    #[serde(default)]
    #[param(inline)]
    status: Option<MessageStatus>,
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
    answer(messages::page(&ctx, filter.status, paging.by(filter.sort.as_deref())?).await)
}

/// Send a message again
#[utoipa::path(post, path = "/api/v1/messages/{id}/resend", tag = "messages", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The message")),
    responses((status = 200, description = "Queued", body = Done)))]
async fn resend(Extension(ctx): Caller, Path(id): Path<MessageId>) -> Answer<Done> {
    done(messages::resend(&ctx, id).await)
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
