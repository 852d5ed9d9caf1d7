//! What Twilio tells by itself: how far a text came, and what people answered. Only what Twilio signed is believed.

use crate::middleware::errors::Fail;
use crate::state::AppState;
use axum::body::Bytes;
use axum::extract::{OriginalUri, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Router};
use contracts::messages::{Channel, Delivery};
use contracts::{ErrorCode, MessageId, PracticeId};
use serde::Deserialize;
use services::{Ctx, messages};

pub fn routes() -> Router<AppState> {
    Router::new().route("/hooks/twilio/status", post(status)).route("/hooks/twilio/incoming", post(incoming))
}

/// The fields of a form that was signed.
struct Signed(Vec<(String, String)>);

impl Signed {
    /// # Errors
    /// `FORBIDDEN` for a form that the provider did not sign for this address.
    fn read(state: &AppState, uri: &OriginalUri, headers: &HeaderMap, body: &Bytes) -> Result<Self, Fail> {
        let form: Vec<(String, String)> =
            serde_urlencoded::from_bytes(body).map_err(|_| Fail::from(ErrorCode::Validation))?;
        let signature = headers.get("x-twilio-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let asked = uri.0.path_and_query().map(ToString::to_string).unwrap_or_default();
        // As the provider was told, whatever name this server has behind its proxy.
        let url = format!("{}{asked}", state.config.base_url);
        if state.deps.texts.is_signed(&url, &form, signature) {
            Ok(Self(form))
        } else {
            Err(Fail::from(ErrorCode::Forbidden))
        }
    }

    fn field(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }
}

#[derive(Deserialize)]
struct About {
    practice: PracticeId,
    message: MessageId,
}

async fn status(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    Query(about): Query<About>,
    uri: OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Fail> {
    let form = Signed::read(&state, &uri, &headers, &body)?;
    let told = match form.field("MessageStatus") {
        "accepted" | "scheduled" | "queued" | "sending" => Delivery::Queued,
        "sent" => Delivery::Sent,
        "delivered" | "read" => Delivery::Delivered,
        "undelivered" => Delivery::Undelivered,
        "failed" | "canceled" => Delivery::Failed,
        _ => return Ok(StatusCode::NO_CONTENT),
    };
    let code = Some(form.field("ErrorCode")).filter(|code| !code.is_empty());
    let sid = form.field("MessageSid");
    messages::delivery_told(&ctx, about.practice, about.message, sid, told, code).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn incoming(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    uri: OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fail> {
    let form = Signed::read(&state, &uri, &headers, &body)?;
    let (channel, from) = match form.field("From").strip_prefix("whatsapp:") {
        Some(number) => (Channel::Whatsapp, number),
        None => (Channel::Sms, form.field("From")),
    };
    // Where the provider understood the word itself, it says so.
    let word = Some(form.field("OptOutType")).filter(|word| !word.is_empty()).unwrap_or(form.field("Body"));
    messages::text_received(&ctx, channel, from, word).await?;
    // Nothing to answer; the provider confirms by itself.
    Ok(([(header::CONTENT_TYPE, "text/xml")], "<Response/>").into_response())
}
