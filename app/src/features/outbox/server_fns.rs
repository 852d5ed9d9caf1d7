//! Doors to the outbox.

use crate::error::UiError;
use chrono::NaiveDateTime;
use contracts::BookingId;
use contracts::messages::MessageView;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::{
    context::{ctx, reply},
    layouts::practice::read,
};
#[cfg(feature = "ssr")]
use contracts::messages::Channel;

/// A message with its moments on the practice's wall clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamped {
    pub message: MessageView,
    pub written: NaiveDateTime,
    pub sent: Option<NaiveDateTime>,
    /// When it arrived, as far as its provider tells.
    pub delivered: Option<NaiveDateTime>,
    /// When it goes out, while it waits.
    pub due: Option<NaiveDateTime>,
}

impl Stamped {
    #[cfg(feature = "ssr")]
    pub fn new(zone: &str, message: MessageView) -> Self {
        let local = |at| read::local(zone, at);
        Self {
            written: local(message.created_at),
            sent: message.sent_at.map(local),
            delivered: message.delivered_at.map(local),
            due: message.due_at.map(local),
            message,
        }
    }

    /// The last thing that happened to it.
    pub fn last(&self) -> NaiveDateTime {
        self.delivered.or(self.sent).unwrap_or(self.written)
    }
}

/// A page of messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxPage {
    pub messages: Vec<Stamped>,
    pub next: Option<String>,
}

#[cfg(feature = "ssr")]
async fn stamped(ctx: &services::Ctx, messages: Vec<MessageView>) -> services::Result<Vec<Stamped>> {
    let zone = services::messages::zone(ctx).await?;
    Ok(messages.into_iter().map(|message| Stamped::new(&zone, message)).collect())
}

/// Newest first; `status` as in the address (`queued`, `sent`, `failed`, `dropped`), anything else is all.
#[server]
pub async fn load_outbox(status: Option<String>, cursor: Option<String>) -> Result<OutboxPage, UiError> {
    let ctx = ctx()?;
    reply(
        async {
            let status = status.as_deref().and_then(contracts::messages::MessageStatus::parse);
            let page = services::messages::list(&ctx, status, read::optional(cursor)).await?;
            Ok(OutboxPage { messages: stamped(&ctx, page.items).await?, next: page.next })
        }
        .await,
    )
}

/// What was written about a booking, the newest first.
#[server]
pub async fn load_timeline(booking: BookingId) -> Result<Vec<Stamped>, UiError> {
    let ctx = ctx()?;
    reply(async { stamped(&ctx, services::messages::timeline(&ctx, booking).await?).await }.await)
}

/// Tries a failed message again.
#[server]
pub async fn resend_message(id: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { services::messages::resend(&ctx, read::id(&id)?).await };
    read::finish(result.await, "/app/messages?done=1")
}

/// Sends a failed message by another way.
#[server]
pub async fn resend_message_by(id: String, channel: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let channel = read::choice("channel", Channel::parse(&channel))?;
        services::messages::resend_by(&ctx, read::id(&id)?, channel).await
    };
    read::finish(result.await, "/app/messages?done=1")
}

/// Somebody called instead.
#[server]
pub async fn settle_message(id: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { services::messages::settle(&ctx, read::id(&id)?).await };
    read::finish(result.await, "/app/messages?status=failed&done=1")
}
