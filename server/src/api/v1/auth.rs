//! Accounts: registering, logging in and out, passwords, invitations to accept.

use super::{Email, Token};
use crate::api::{Answer, Caller, Done, answer, done};
use crate::middleware::errors::Fail;
use crate::middleware::session::cookie_header;
use crate::state::AppState;
use axum::extract::Path;
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::{Extension, Json};
use contracts::accounts::{AcceptInvitation, InvitationPreview, LogIn, Me, RegisterPractice, Tokens};
use contracts::{ErrorCode, PracticeId};
use serde::{Deserialize, Serialize};
use services::{accounts, cookies};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(register))
        .routes(routes!(confirm))
        .routes(routes!(log_in))
        .routes(routes!(log_out))
        .routes(routes!(refresh))
        .routes(routes!(me))
        .routes(routes!(forgot))
        .routes(routes!(reset))
        .routes(routes!(switch))
        .routes(routes!(invitation))
        .routes(routes!(accept))
}

/// Tokens and who they are for
#[derive(Serialize, ToSchema)]
pub struct LoggedIn {
    tokens: Tokens,
    me: Me,
}

fn with_cookies<T: Serialize>(set: [String; 2], body: T) -> Response {
    (AppendHeaders(set.map(|cookie| (header::SET_COOKIE, cookie))), Json(body)).into_response()
}

/// Register a practice
#[utoipa::path(post, path = "/api/v1/auth/register", tag = "auth", request_body = RegisterPractice,
    responses((status = 200, description = "A confirmation link is on its way, whether the address was new or not", body = Done)))]
async fn register(Extension(ctx): Caller, Json(cmd): Json<RegisterPractice>) -> Answer<Done> {
    done(accounts::register(&ctx, cmd).await)
}

/// Confirm an e-mail address
#[utoipa::path(post, path = "/api/v1/auth/confirm", tag = "auth", request_body = Token,
    responses((status = 200, description = "Confirmed", body = Done)))]
async fn confirm(Extension(ctx): Caller, Json(link): Json<Token>) -> Answer<Done> {
    done(accounts::confirm_email(&ctx, &link.token).await)
}

/// Log in
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "auth", request_body = LogIn,
    responses((status = 200, description = "Tokens, also set as cookies", body = LoggedIn)))]
async fn log_in(Extension(ctx): Caller, Json(cmd): Json<LogIn>) -> Result<Response, Fail> {
    let (tokens, me) = accounts::log_in(&ctx, cmd).await?;
    Ok(with_cookies(cookies::log_in(&tokens, ctx.now), LoggedIn { tokens, me }))
}

/// Log out
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "auth", security(("bearer" = [])),
    responses((status = 200, description = "This login session has ended", body = Done)))]
async fn log_out(Extension(ctx): Caller) -> Result<Response, Fail> {
    accounts::log_out(&ctx).await?;
    Ok(with_cookies(cookies::log_out(), Done { success: true }))
}

/// A refresh token; with cookies it may be left out
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct RefreshInput {
    #[serde(default)]
    refresh: Option<String>,
}

/// New tokens for a refresh token
#[utoipa::path(post, path = "/api/v1/auth/refresh", tag = "auth", request_body = RefreshInput,
    responses((status = 200, description = "New tokens, also set as cookies; the old refresh token is used up", body = Tokens)))]
async fn refresh(
    Extension(ctx): Caller,
    headers: HeaderMap,
    body: Option<Json<RefreshInput>>,
) -> Result<Response, Fail> {
    let jar = cookie_header(&headers);
    let given = body.and_then(|Json(input)| input.refresh);
    let token = given.as_deref().or_else(|| cookies::get(&jar, cookies::REFRESH)).unwrap_or_default();
    if token.is_empty() {
        return Err(ErrorCode::Unauthenticated.into());
    }
    let tokens = accounts::refresh(&ctx, token).await?;
    Ok(with_cookies(cookies::log_in(&tokens, ctx.now), tokens))
}

/// Who is logged in
#[utoipa::path(get, path = "/api/v1/auth/me", tag = "auth", security(("bearer" = [])),
    responses((status = 200, description = "The member", body = Me)))]
async fn me(Extension(ctx): Caller) -> Answer<Me> {
    answer(accounts::me(&ctx).await)
}

/// Ask for a link to set a new password
#[utoipa::path(post, path = "/api/v1/auth/forgot", tag = "auth", request_body = Email,
    responses((status = 200, description = "The same answer whether the address is known or not", body = Done)))]
async fn forgot(Extension(ctx): Caller, Json(input): Json<Email>) -> Answer<Done> {
    done(accounts::forgot_password(&ctx, &input.email).await)
}

/// A link's token and the new password
#[derive(Deserialize, ToSchema)]
pub struct ResetInput {
    token: String,
    password: String,
}

/// Set a new password
#[utoipa::path(post, path = "/api/v1/auth/reset", tag = "auth", request_body = ResetInput,
    responses((status = 200, description = "Set; all login sessions have ended", body = Done)))]
async fn reset(Extension(ctx): Caller, Json(input): Json<ResetInput>) -> Answer<Done> {
    done(accounts::reset_password(&ctx, &input.token, &input.password).await)
}

/// The practice to work in
#[derive(Deserialize, ToSchema)]
pub struct SwitchInput {
    practice_id: PracticeId,
}

/// Work in another practice
#[utoipa::path(post, path = "/api/v1/auth/switch", tag = "auth", request_body = SwitchInput, security(("bearer" = [])),
    responses((status = 200, description = "Tokens for that practice, also set as cookies", body = Tokens)))]
async fn switch(Extension(ctx): Caller, Json(input): Json<SwitchInput>) -> Result<Response, Fail> {
    let tokens = accounts::switch_practice(&ctx, input.practice_id).await?;
    Ok(with_cookies(cookies::log_in(&tokens, ctx.now), tokens))
}

/// What an invitation invites to
#[utoipa::path(get, path = "/api/v1/auth/invitations/{token}", tag = "auth",
    params(("token" = String, Path, description = "From the invitation's link")),
    responses((status = 200, description = "The invitation", body = InvitationPreview)))]
async fn invitation(Extension(ctx): Caller, Path(token): Path<String>) -> Answer<InvitationPreview> {
    answer(accounts::invitation(&ctx, &token).await)
}

/// Accept an invitation
#[utoipa::path(post, path = "/api/v1/auth/invitations/accept", tag = "auth", request_body = AcceptInvitation,
    responses((status = 200, description = "Tokens, also set as cookies", body = LoggedIn)))]
async fn accept(Extension(ctx): Caller, Json(cmd): Json<AcceptInvitation>) -> Result<Response, Fail> {
    let (tokens, me) = accounts::accept_invitation(&ctx, cmd).await?;
    Ok(with_cookies(cookies::log_in(&tokens, ctx.now), LoggedIn { tokens, me }))
}
