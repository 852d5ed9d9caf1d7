//! Doors to the audit log.

use crate::error::UiError;
use chrono::NaiveDateTime;
use contracts::audit::{AuditCheck, AuditEntry};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::{
    context::{ctx, reply},
    layouts::practice::read,
};

/// A page of the log, with times on the practice's wall clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    pub entries: Vec<(AuditEntry, NaiveDateTime)>,
    pub next: Option<String>,
}

#[server]
pub async fn load_audit(cursor: Option<String>) -> Result<AuditPage, UiError> {
    let ctx = ctx()?;
    reply(
        async {
            let page = services::audit::list(&ctx, read::optional(cursor)).await?;
            let zone = read::practice_zone(&ctx).await?;
            let stamp = |entry: AuditEntry| {
                let at = read::local(&zone, entry.at);
                (entry, at)
            };
            Ok(AuditPage { entries: page.items.into_iter().map(stamp).collect(), next: page.next })
        }
        .await,
    )
}

/// Does the chain hold? Recomputes what is new, and the whole of it once a day.
#[server]
pub async fn check_audit() -> Result<AuditCheck, UiError> {
    reply(services::audit::verify_new(&ctx()?).await)
}
