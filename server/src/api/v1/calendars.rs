//! Calendars outside, addresses to subscribe to, and the way to Google and back.

use super::OfTherapist;
use crate::api::{Answer, Caller, Done, answer, done};
use crate::middleware::errors::Fail;
use crate::middleware::session::cookie_header;
use crate::state::AppState;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::{Extension, Json};
use contracts::calendars::{
    AddCalendar, CalendarConflict, CalendarsPage, ConnectOutcome, FeedView, RenewFeed, SaveVideoUrl,
};
use contracts::{CalendarId, ErrorCode};
use serde::{Deserialize, Serialize};
use services::{calendars, cookies};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(page))
        .routes(routes!(conflicts))
        .routes(routes!(add))
        .routes(routes!(disconnect))
        .routes(routes!(read_now))
        .routes(routes!(show_names))
        .routes(routes!(renew_feed, stop_feed))
        .routes(routes!(save_video_url))
}

/// Everything about a therapist's calendars
#[utoipa::path(get, path = "/api/v1/calendars", tag = "calendars", params(OfTherapist), security(("bearer" = [])),
    responses((status = 200, description = "Calendars with their state, the address to subscribe to, conflicts", body = CalendarsPage)))]
async fn page(Extension(ctx): Caller, Query(of): Query<OfTherapist>) -> Answer<CalendarsPage> {
    answer(calendars::page(&ctx, of.therapist_id).await)
}

/// Sessions at times that are taken outside
#[utoipa::path(get, path = "/api/v1/calendars/conflicts", tag = "calendars", params(OfTherapist), security(("bearer" = [])),
    responses((status = 200, description = "The next ones", body = Vec<CalendarConflict>)))]
async fn conflicts(Extension(ctx): Caller, Query(of): Query<OfTherapist>) -> Answer<Vec<CalendarConflict>> {
    answer(calendars::page(&ctx, of.therapist_id).await.map(|page| page.conflicts))
}

/// A calendar that was just connected.
#[derive(Debug, Serialize, ToSchema)]
struct Added {
    id: CalendarId,
}

/// Count the busy times of a published calendar as taken
///
/// It is read within a second; its state then says how that went.
#[utoipa::path(post, path = "/api/v1/calendars/ics", tag = "calendars", request_body = AddCalendar, security(("bearer" = [])),
    responses((status = 201, description = "Connected", body = Added)))]
async fn add(Extension(ctx): Caller, Json(cmd): Json<AddCalendar>) -> Result<(StatusCode, Json<Added>), Fail> {
    Ok((StatusCode::CREATED, Json(Added { id: calendars::add(&ctx, cmd).await? })))
}

/// Disconnect a calendar
#[utoipa::path(delete, path = "/api/v1/calendars/{id}", tag = "calendars", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The calendar")),
    responses((status = 200, description = "Forgotten, with what was taken in it", body = Done)))]
async fn disconnect(Extension(ctx): Caller, Path(id): Path<CalendarId>) -> Answer<Done> {
    done(calendars::disconnect(&ctx, id).await)
}

/// Read a calendar now
#[utoipa::path(post, path = "/api/v1/calendars/{id}/read", tag = "calendars", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The calendar")),
    responses((status = 200, description = "It is read within a second", body = Done)))]
async fn read_now(Extension(ctx): Caller, Path(id): Path<CalendarId>) -> Answer<Done> {
    done(calendars::read_now(&ctx, id).await)
}

/// Do entries in a calendar name the patient?
#[derive(Debug, Deserialize, ToSchema)]
struct ShowNames {
    show_names: bool,
}

/// Show or hide patients' names in a calendar
#[utoipa::path(put, path = "/api/v1/calendars/{id}/names", tag = "calendars", request_body = ShowNames, security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The calendar")),
    responses((status = 200, description = "Entries of coming sessions are written anew", body = Done)))]
async fn show_names(Extension(ctx): Caller, Path(id): Path<CalendarId>, Json(names): Json<ShowNames>) -> Answer<Done> {
    done(calendars::show_names(&ctx, id, names.show_names).await)
}

/// Give a therapist a new address to subscribe to
///
/// The one before leads nowhere from now on.
#[utoipa::path(post, path = "/api/v1/calendars/feed", tag = "calendars", request_body = RenewFeed, security(("bearer" = [])),
    responses((status = 200, description = "The new one", body = FeedView)))]
async fn renew_feed(Extension(ctx): Caller, Json(cmd): Json<RenewFeed>) -> Answer<FeedView> {
    answer(calendars::renew_feed(&ctx, cmd).await)
}

/// Take a therapist's address away
#[utoipa::path(delete, path = "/api/v1/calendars/feed", tag = "calendars", params(OfTherapist), security(("bearer" = [])),
    responses((status = 200, description = "It leads nowhere from now on", body = Done)))]
async fn stop_feed(Extension(ctx): Caller, Query(of): Query<OfTherapist>) -> Answer<Done> {
    done(calendars::stop_feed(&ctx, of.therapist_id).await)
}

/// Set a therapist's own video room
#[utoipa::path(put, path = "/api/v1/calendars/video", tag = "calendars", request_body = SaveVideoUrl, security(("bearer" = [])),
    responses((status = 200, description = "Saved", body = Done)))]
async fn save_video_url(Extension(ctx): Caller, Json(cmd): Json<SaveVideoUrl>) -> Answer<Done> {
    done(calendars::save_video_url(&ctx, cmd).await)
}

const SETTINGS: &str = "/app/settings/calendars";

/// `/app/calendars/google?therapist_id=`: to Google. A link and no form, since the content policy lets forms lead to
/// ourselves only; whoever is lured here has to agree at Google, and to their own calendar.
pub async fn to_google(Extension(ctx): Caller, Query(of): Query<OfTherapist>) -> Result<Response, Fail> {
    let began = calendars::begin_google(&ctx, of.therapist_id).await?;
    Ok((AppendHeaders([(header::SET_COOKIE, began.cookie)]), Redirect::to(&began.url)).into_response())
}

#[derive(Deserialize)]
pub struct FromGoogle {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
}

/// `/app/calendars/google/callback`: back from Google.
pub async fn from_google(
    Extension(ctx): Caller,
    headers: HeaderMap,
    Query(FromGoogle { state, code, error }): Query<FromGoogle>,
) -> Result<Response, Fail> {
    let jar = cookie_header(&headers);
    let cookie = cookies::get(&jar, cookies::PERMISSION);
    let to = match calendars::finish_google(&ctx, cookie, calendars::Came { state, code, error }).await {
        Ok((therapist, outcome)) => format!("{SETTINGS}?therapist={therapist}&google={}", outcome.as_str()),
        Err(error) if error.public.code == ErrorCode::LinkInvalid => {
            format!("{SETTINGS}?google={}", ConnectOutcome::Expired.as_str())
        }
        Err(error) => return Err(error.into()),
    };
    let gone = [(header::SET_COOKIE, cookies::clear(cookies::PERMISSION))];
    Ok((AppendHeaders(gone), Redirect::to(&to)).into_response())
}

/// `/calendar/{token}.ics`: a therapist's sessions.
pub async fn therapist_feed(Extension(ctx): Caller, Path(file): Path<String>) -> Result<Response, Fail> {
    feed(&ctx, &file, false).await
}

/// `/calendar/p/{token}.ics`: a patient's sessions.
pub async fn patient_feed(Extension(ctx): Caller, Path(file): Path<String>) -> Result<Response, Fail> {
    feed(&ctx, &file, true).await
}

async fn feed(ctx: &services::Ctx, file: &str, of_patient: bool) -> Result<Response, Fail> {
    let token = file.strip_suffix(".ics").ok_or(ErrorCode::NotFound)?;
    let text = calendars::file(ctx, token, of_patient).await?;
    Ok(([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response())
}
