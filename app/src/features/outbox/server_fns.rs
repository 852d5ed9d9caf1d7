//! Doors to the outbox.

use crate::error::UiError;
use chrono::NaiveDateTime;
use contracts::messages::MessageView;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::{
    context::{ctx, reply},
    layouts::practice::read,
};

/// A page of messages with their times on the practice's wall clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxPage {
    /// The message, when it was written, when it was sent.
    pub messages: Vec<(MessageView, NaiveDateTime, Option<NaiveDateTime>)>,
    pub next: Option<String>,
}

/// Newest first; `status` as in the address (`queued`, `sent`, `failed`), anything else is all.
#[server]
pub async fn load_outbox(status: Option<String>, cursor: Option<String>) -> Result<OutboxPage, UiError> {
    let ctx = ctx()?;
    reply(
        async {
            let status = status.as_deref().and_then(contracts::messages::MessageStatus::parse);
            let page = services::messages::list(&ctx, status, read::optional(cursor)).await?;
            let zone = read::practice_zone(&ctx).await?;
            let stamp = |message: MessageView| {
                let created = read::local(&zone, message.created_at);
                let sent = message.sent_at.map(|at| read::local(&zone, at));
                (message, created, sent)
            };
            Ok(OutboxPage { messages: page.items.into_iter().map(stamp).collect(), next: page.next })
        }
        .await,
    )
}

/// Tries a failed message again.
#[server]
pub async fn resend_message(id: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { services::messages::resend(&ctx, read::id(&id)?).await };
    read::finish(result.await, "/app/messages?done=1")
}
