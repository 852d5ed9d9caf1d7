//! Doors to what members were told.

use crate::error::UiError;
use chrono::NaiveDateTime;
use contracts::messages::Notice;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::{
    context::{ctx, reply},
    layouts::practice::read,
};

/// A page of notices with their times on the practice's wall clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticesPage {
    /// The notice, when it was told, when the session is that it is about.
    pub notices: Vec<(Notice, NaiveDateTime, Option<NaiveDateTime>)>,
    pub next: Option<String>,
}

/// How many the member has not read.
#[server]
pub async fn unread_notices() -> Result<u32, UiError> {
    reply(services::messages::unread(&ctx()?).await)
}

/// Newest first.
#[server]
pub async fn load_notices(cursor: Option<String>) -> Result<NoticesPage, UiError> {
    let ctx = ctx()?;
    reply(
        async {
            let of = contracts::lists::PageOf::after(read::optional(cursor));
            let page = services::messages::notices(&ctx, of).await?;
            let zone = services::messages::zone(&ctx).await?;
            let stamp = |notice: Notice| {
                let told = read::local(&zone, notice.created_at);
                let session = notice.starts_at.map(|at| read::local(&zone, at));
                (notice, told, session)
            };
            Ok(NoticesPage { notices: page.items.into_iter().map(stamp).collect(), next: page.next })
        }
        .await,
    )
}

/// `id` empty: all of them.
#[server]
pub async fn read_notice(id: Option<String>) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let id = match read::optional(id) {
            Some(id) => Some(read::id(&id)?),
            None => None,
        };
        services::messages::mark_read(&ctx, id).await
    };
    read::finish(result.await, "/app/notices?done=1")
}
