//! 001's notifications (the messages to people, under its names), and what members are told inside of Calma.

use super::messages::{Filter, page};
use super::{Paging, sorted};
use crate::api::{Answer, Caller, Done, answer, done};
use crate::state::AppState;
use axum::extract::{Path, Query};
use axum::{Extension, Json};
use contracts::booking::Page;
use contracts::lists::{MessageSort, PageOf};
use contracts::messages::{Channel, MessageView, Notice, ReminderChoice, SendMessage, SendTest};
use contracts::{MessageId, PatientId};
use serde::{Deserialize, Serialize};
use services::messages;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(send))
        .routes(routes!(test))
        .routes(routes!(get))
        .routes(routes!(of_patient))
        .routes(routes!(inbox))
        .routes(routes!(unread))
        .routes(routes!(read))
        .routes(routes!(read_all))
        .routes(routes!(reminders, choose_reminders))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Order {
    /// `-created_at` by default: the newest first.
    #[serde(default)]
    #[param(value_type = Option<MessageSort>, inline)]
    sort: Option<String>,
}

/// Messages to people; the same list as `/api/v1/messages`
#[utoipa::path(get, path = "/api/v1/notifications", tag = "notifications", params(Filter, Paging), security(("bearer" = [])),
    responses((status = 200, description = "A page of messages", body = Page<MessageView>)))]
async fn list(
    Extension(ctx): Caller,
    Query(filter): Query<Filter>,
    Query(paging): Query<Paging>,
) -> Answer<Page<MessageView>> {
    page(&ctx, filter, paging).await
}

/// Write to a patient
#[utoipa::path(post, path = "/api/v1/notifications/send", tag = "notifications", request_body = SendMessage,
    security(("bearer" = [])), responses((status = 200, description = "Queued", body = Done)))]
async fn send(Extension(ctx): Caller, Json(cmd): Json<SendMessage>) -> Answer<Done> {
    done(messages::write(&ctx, cmd).await)
}

/// Send a message to see whether it arrives
#[utoipa::path(post, path = "/api/v1/notifications/test", tag = "notifications", request_body = SendTest,
    security(("bearer" = [])), responses((status = 200, description = "Queued", body = Done)))]
async fn test(Extension(ctx): Caller, Json(cmd): Json<SendTest>) -> Answer<Done> {
    done(messages::send_test(&ctx, cmd).await)
}

/// A message
#[utoipa::path(get, path = "/api/v1/notifications/{id}", tag = "notifications", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The message")),
    responses((status = 200, description = "The message", body = MessageView)))]
async fn get(Extension(ctx): Caller, Path(id): Path<MessageId>) -> Answer<MessageView> {
    answer(messages::get(&ctx, id).await)
}

/// What was written to a patient
#[utoipa::path(get, path = "/api/v1/patients/{id}/notifications", tag = "notifications", params(
    ("id" = Uuid, Path, description = "The patient"), Order, Paging), security(("bearer" = [])),
    responses((status = 200, description = "A page of messages", body = Page<MessageView>)))]
async fn of_patient(
    Extension(ctx): Caller,
    Path(id): Path<PatientId>,
    Query(order): Query<Order>,
    Query(paging): Query<Paging>,
) -> Answer<Page<MessageView>> {
    answer(messages::of_patient(&ctx, id, paging.by(order.sort.as_deref())?).await)
}

/// What the caller was told inside of Calma
#[utoipa::path(get, path = "/api/v1/inbox", tag = "notifications", params(Order, Paging), security(("bearer" = [])),
    responses((status = 200, description = "A page of notices", body = Page<Notice>)))]
async fn inbox(
    Extension(ctx): Caller,
    Query(order): Query<Order>,
    Query(paging): Query<Paging>,
) -> Answer<Page<Notice>> {
    let of = PageOf { sort: sorted(order.sort.as_deref())?, cursor: paging.cursor, limit: paging.limit };
    answer(messages::notices(&ctx, of).await)
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Unread {
    /// Counting stops at 100.
    unread: u32,
}

/// How much of it is unread
#[utoipa::path(get, path = "/api/v1/inbox/count", tag = "notifications", security(("bearer" = [])),
    responses((status = 200, description = "For the bell", body = Unread)))]
async fn unread(Extension(ctx): Caller) -> Answer<Unread> {
    answer(messages::unread(&ctx).await.map(|unread| Unread { unread }))
}

/// A notice was read
#[utoipa::path(post, path = "/api/v1/inbox/{id}/read", tag = "notifications", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The notice")),
    responses((status = 200, description = "Saved", body = Done)))]
async fn read(Extension(ctx): Caller, Path(id): Path<Uuid>) -> Answer<Done> {
    done(messages::mark_read(&ctx, Some(id)).await)
}

/// All notices were read
#[utoipa::path(post, path = "/api/v1/inbox/read", tag = "notifications", security(("bearer" = [])),
    responses((status = 200, description = "Saved", body = Done)))]
async fn read_all(Extension(ctx): Caller) -> Answer<Done> {
    done(messages::mark_read(&ctx, None).await)
}

/// Where reminders of a booking go
#[utoipa::path(get, path = "/api/v1/public/bookings/{token}/reminders", tag = "public",
    params(("token" = String, Path, description = "From the booking's link")),
    responses((status = 200, description = "Each way there is", body = ReminderChoice)))]
async fn reminders(Extension(ctx): Caller, Path(token): Path<String>) -> Answer<ReminderChoice> {
    answer(messages::reminder_choice(&ctx, &token).await)
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct RemindersInput {
    channel: Channel,
    wanted: bool,
}

/// End reminders by one way, or bring them back
#[utoipa::path(put, path = "/api/v1/public/bookings/{token}/reminders", tag = "public", request_body = RemindersInput,
    params(("token" = String, Path, description = "From the booking's link")),
    responses((status = 200, description = "Saved", body = Done)))]
async fn choose_reminders(
    Extension(ctx): Caller,
    Path(token): Path<String>,
    Json(input): Json<RemindersInput>,
) -> Answer<Done> {
    done(messages::choose_reminders(&ctx, &token, input.channel, input.wanted).await)
}
