//! Door to the diary.

use crate::error::UiError;
use contracts::sessions::{CalendarView, DiarySpan};
use leptos::prelude::*;

/// The span with this day (`2026-11-24`; absent or unreadable: today), of all therapists the member may see or of one.
#[server]
pub async fn diary_days(
    span: DiarySpan,
    day: Option<String>,
    therapist: Option<String>,
) -> Result<CalendarView, UiError> {
    let day = day.and_then(|day| day.trim().parse().ok());
    let therapist = therapist.and_then(|id| id.trim().parse().ok());
    crate::context::reply(services::sessions::around(&crate::context::ctx()?, span, day, therapist).await)
}
