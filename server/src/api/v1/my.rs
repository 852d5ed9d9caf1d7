//! A patient's own bookings, after signing in by an e-mailed link (003's client side).

use super::{Email, Token};
use crate::api::{Answer, Caller, Done, answer, done};
use crate::middleware::errors::Fail;
use crate::middleware::session::cookie_header;
use crate::state::AppState;
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::{Extension, Json};
use contracts::booking::MyBookings;
use contracts::calendars::MyFeed;
use services::{calendars, cookies, patient_access};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(request_link))
        .routes(routes!(sign_in))
        .routes(routes!(sign_out))
        .routes(routes!(bookings))
        .routes(routes!(feeds, renew_feeds))
}

/// Ask for a sign-in link
#[utoipa::path(post, path = "/api/v1/my/sign-in-link", tag = "my", request_body = Email,
    responses((status = 200, description = "The same answer whether the address has bookings or not", body = Done)))]
async fn request_link(Extension(ctx): Caller, Json(input): Json<Email>) -> Answer<Done> {
    done(patient_access::request_link(&ctx, &input.email).await)
}

/// Sign in with a link's token
#[utoipa::path(post, path = "/api/v1/my/sign-in", tag = "my", request_body = Token,
    responses((status = 200, description = "Signed in; a cookie is set", body = Done)))]
async fn sign_in(Extension(ctx): Caller, Json(link): Json<Token>) -> Result<Response, Fail> {
    let (value, expires_at) = patient_access::sign_in(&ctx, &link.token).await?;
    let cookie = cookies::patient(&value, expires_at, ctx.now);
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Json(Done { success: true })).into_response())
}

/// Sign out
#[utoipa::path(post, path = "/api/v1/my/sign-out", tag = "my",
    responses((status = 200, description = "Signed out", body = Done)))]
async fn sign_out(Extension(ctx): Caller, headers: HeaderMap) -> Result<Response, Fail> {
    let jar = cookie_header(&headers);
    if let Some(cookie) = cookies::get(&jar, cookies::PATIENT) {
        patient_access::sign_out(&ctx, cookie).await?;
    }
    let gone = [(header::SET_COOKIE, cookies::clear(cookies::PATIENT))];
    Ok((AppendHeaders(gone), Json(Done { success: true })).into_response())
}

/// My bookings
#[utoipa::path(get, path = "/api/v1/my/bookings", tag = "my",
    responses((status = 200, description = "Across all practices of this installation", body = MyBookings)))]
async fn bookings(Extension(ctx): Caller) -> Answer<MyBookings> {
    answer(patient_access::my_bookings(&ctx).await)
}

/// The addresses at which my calendar subscribes
#[utoipa::path(get, path = "/api/v1/my/calendar-feeds", tag = "my",
    responses((status = 200, description = "One for each practice where I asked for one", body = Vec<MyFeed>)))]
async fn feeds(Extension(ctx): Caller) -> Answer<Vec<MyFeed>> {
    answer(calendars::my_feeds(&ctx).await)
}

/// New addresses for my calendar
///
/// Those before lead nowhere from now on.
#[utoipa::path(post, path = "/api/v1/my/calendar-feeds", tag = "my",
    responses((status = 200, description = "The new ones", body = Vec<MyFeed>)))]
async fn renew_feeds(Extension(ctx): Caller) -> Answer<Vec<MyFeed>> {
    answer(calendars::renew_my_feeds(&ctx).await)
}
