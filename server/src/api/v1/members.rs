//! Members and invitations.

use crate::api::{Answer, Caller, Done, answer, done};
use crate::state::AppState;
use axum::extract::{Path, Query};
use axum::{Extension, Json};
use contracts::accounts::{InviteMember, MembersPage};
use contracts::lists::MemberSort;
use contracts::{InvitationId, MemberId};
use serde::Deserialize;
use services::accounts;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(members))
        .routes(routes!(set_active))
        .routes(routes!(invite))
        .routes(routes!(revoke))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Order {
    /// `-active` by default: active members first, by name.
    #[serde(default)]
    #[param(value_type = Option<MemberSort>, inline)]
    sort: Option<String>,
}

/// Members and open invitations
#[utoipa::path(get, path = "/api/v1/members", tag = "members", params(Order), security(("bearer" = [])),
    responses((status = 200, description = "Who works here", body = MembersPage)))]
async fn members(Extension(ctx): Caller, Query(order): Query<Order>) -> Answer<MembersPage> {
    answer(accounts::members_by(&ctx, super::sorted(order.sort.as_deref())?).await)
}

/// May the member log in?
#[derive(Deserialize, ToSchema)]
pub struct ActiveInput {
    active: bool,
}

/// Let a member in or keep them out
#[utoipa::path(put, path = "/api/v1/members/{id}/active", tag = "members", request_body = ActiveInput, security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The member")),
    responses((status = 200, description = "Saved", body = Done)))]
async fn set_active(Extension(ctx): Caller, Path(id): Path<MemberId>, Json(input): Json<ActiveInput>) -> Answer<Done> {
    done(accounts::set_member_active(&ctx, id, input.active).await)
}

/// Invite somebody
#[utoipa::path(post, path = "/api/v1/invitations", tag = "members", request_body = InviteMember, security(("bearer" = [])),
    responses((status = 200, description = "A link is on its way", body = Done)))]
async fn invite(Extension(ctx): Caller, Json(cmd): Json<InviteMember>) -> Answer<Done> {
    done(accounts::invite(&ctx, cmd).await)
}

/// Take an invitation back
#[utoipa::path(delete, path = "/api/v1/invitations/{id}", tag = "members", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The invitation")),
    responses((status = 200, description = "Its link no longer works", body = Done)))]
async fn revoke(Extension(ctx): Caller, Path(id): Path<InvitationId>) -> Answer<Done> {
    done(accounts::revoke_invitation(&ctx, id).await)
}
