//! Door to the week.

use crate::error::UiError;
use contracts::booking::WeekView;
use leptos::prelude::*;

/// The week with this day (`2026-11-24`; absent or unreadable: this week), of all therapists the member may see.
#[server]
pub async fn diary_week(week: Option<String>) -> Result<WeekView, UiError> {
    let day = week.and_then(|day| day.trim().parse().ok());
    crate::context::reply(services::bookings::week(&crate::context::ctx()?, day, None).await)
}
