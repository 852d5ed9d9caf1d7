//! Doors to calendars outside and addresses to subscribe to.

use crate::error::UiError;
use contracts::TherapistId;
use contracts::calendars::CalendarsPage;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::{
    context::{ctx, reply},
    layouts::practice::read,
};
#[cfg(feature = "ssr")]
use contracts::calendars as asked;
#[cfg(feature = "ssr")]
use services::calendars;

/// The page of one therapist, and the others to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarsView {
    /// Absent while the practice has no therapist.
    pub page: Option<CalendarsPage>,
    pub therapists: Vec<(TherapistId, String)>,
}

#[server]
pub async fn load_calendars(therapist: Option<String>) -> Result<CalendarsView, UiError> {
    let ctx = ctx()?;
    let view = async {
        let therapists = services::practice::therapists(&ctx).await?;
        let therapists: Vec<_> = therapists.into_iter().map(|t| (t.id, t.name)).collect();
        let own = ctx.member()?.therapist_id;
        let chosen = match read::optional(therapist) {
            Some(id) => Some(read::id(&id)?),
            None => own.or_else(|| therapists.first().map(|t| t.0)),
        };
        let page = match chosen {
            Some(id) => Some(calendars::page(&ctx, id).await?),
            None => None,
        };
        Ok(CalendarsView { page, therapists })
    };
    reply(view.await)
}

#[cfg(feature = "ssr")]
fn back(therapist: &str) -> String {
    match therapist.parse::<TherapistId>() {
        Ok(id) => format!("/app/settings/calendars?therapist={id}&done=1"),
        Err(_) => "/app/settings/calendars".to_owned(),
    }
}

#[server]
pub async fn add_calendar(therapist: String, url: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { calendars::add(&ctx, asked::AddCalendar { therapist_id: read::id(&therapist)?, url }).await };
    read::finish(result.await.map(|_| ()), &back(&therapist))
}

#[server]
pub async fn disconnect_calendar(therapist: String, id: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { calendars::disconnect(&ctx, read::id(&id)?).await };
    read::finish(result.await, &back(&therapist))
}

#[server]
pub async fn read_calendar_now(therapist: String, id: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { calendars::read_now(&ctx, read::id(&id)?).await };
    read::finish(result.await, &back(&therapist))
}

#[server]
pub async fn show_names_in_calendar(therapist: String, id: String, show: bool) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { calendars::show_names(&ctx, read::id(&id)?, show).await };
    read::finish(result.await, &back(&therapist))
}

#[server]
pub async fn renew_calendar_feed(therapist: String, show_names: Option<String>) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let cmd = asked::RenewFeed { therapist_id: read::id(&therapist)?, show_names: show_names.is_some() };
        calendars::renew_feed(&ctx, cmd).await
    };
    read::finish(result.await.map(|_| ()), &back(&therapist))
}

#[server]
pub async fn stop_calendar_feed(therapist: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { calendars::stop_feed(&ctx, read::id(&therapist)?).await };
    read::finish(result.await, &back(&therapist))
}

#[server]
pub async fn save_video_room(therapist: String, video_url: Option<String>) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let video_url = video_url.unwrap_or_default();
        calendars::save_video_url(&ctx, asked::SaveVideoUrl { therapist_id: read::id(&therapist)?, video_url }).await
    };
    read::finish(result.await, &back(&therapist))
}
