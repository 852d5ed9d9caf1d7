//! What a practice decides about its messages, and its own words for them.

use crate::api::{Answer, Caller, Done, answer, done};
use crate::state::AppState;
use axum::extract::Query;
use axum::{Extension, Json};
use contracts::Lang;
use contracts::messages::{Channel, MessageSettings, TemplatePreview, TemplateText, TemplateView};
use serde::Deserialize;
use services::messages;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(settings, save_settings))
        .routes(routes!(template, save_template, reset_template))
        .routes(routes!(preview))
}

/// How messages are sent
#[utoipa::path(get, path = "/api/v1/practice/messages", tag = "practice", security(("bearer" = [])),
    responses((status = 200, description = "The settings", body = MessageSettings)))]
async fn settings(Extension(ctx): Caller) -> Answer<MessageSettings> {
    answer(messages::settings(&ctx).await)
}

/// Change how messages are sent
#[utoipa::path(put, path = "/api/v1/practice/messages", tag = "practice", request_body = MessageSettings,
    security(("bearer" = [])), responses((status = 200, description = "Saved", body = Done)))]
async fn save_settings(Extension(ctx): Caller, Json(cmd): Json<MessageSettings>) -> Answer<Done> {
    done(messages::save_settings(&ctx, cmd).await)
}

/// Which text of a template.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Its name, e.g. `session_reminder`.
    template: String,
    #[param(inline)]
    language: Lang,
    #[param(inline)]
    channel: Channel,
}

/// The words of a message
#[derive(Debug, Deserialize, ToSchema)]
pub struct WordsInput {
    /// E-mail only.
    #[serde(default)]
    subject: String,
    body: String,
    /// WhatsApp only: the id of the approved template at Twilio, `HX` and 32 hexadecimal digits.
    #[serde(default)]
    content_sid: String,
    /// The names of what its placeholders stand for, from the first on.
    #[serde(default)]
    content_variables: Vec<String>,
}

fn text(which: Which, words: WordsInput) -> TemplateText {
    let Which { template, language, channel } = which;
    TemplateText {
        template,
        language,
        channel,
        subject: words.subject,
        body: words.body,
        content_sid: words.content_sid,
        content_variables: words.content_variables,
    }
}

/// The words that are sent now: the practice's own, or the built-in ones
#[utoipa::path(get, path = "/api/v1/practice/templates", tag = "practice", params(Which), security(("bearer" = [])),
    responses((status = 200, description = "The words, and what they may name", body = TemplateView)))]
async fn template(Extension(ctx): Caller, Query(which): Query<Which>) -> Answer<TemplateView> {
    answer(messages::template(&ctx, &which.template, which.language, which.channel).await)
}

/// Use own words
#[utoipa::path(put, path = "/api/v1/practice/templates", tag = "practice", request_body = WordsInput,
    params(Which), security(("bearer" = [])),
    responses((status = 200, description = "Saved", body = Done)))]
async fn save_template(
    Extension(ctx): Caller,
    Query(which): Query<Which>,
    Json(words): Json<WordsInput>,
) -> Answer<Done> {
    done(messages::save_template(&ctx, text(which, words)).await)
}

/// Return to the built-in words
#[utoipa::path(delete, path = "/api/v1/practice/templates", tag = "practice", params(Which), security(("bearer" = [])),
    responses((status = 200, description = "The built-in words hold", body = Done)))]
async fn reset_template(Extension(ctx): Caller, Query(which): Query<Which>) -> Answer<Done> {
    done(messages::reset_template(&ctx, &which.template, which.language, which.channel).await)
}

/// How words would look, with an invented patient
#[utoipa::path(post, path = "/api/v1/practice/templates/preview", tag = "practice", request_body = WordsInput,
    params(Which), security(("bearer" = [])),
    responses((status = 200, description = "Nothing is saved", body = TemplatePreview)))]
async fn preview(
    Extension(ctx): Caller,
    Query(which): Query<Which>,
    Json(words): Json<WordsInput>,
) -> Answer<TemplatePreview> {
    answer(messages::preview(&ctx, text(which, words)).await)
}
