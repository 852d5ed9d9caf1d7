//! Doors to the bookings, for the dashboard and the layout around all of the practice's pages.

use crate::error::UiError;
use chrono::{DateTime, Utc};
use contracts::accounts::Me;
use contracts::booking::{BookingCard, Counts, Dashboard};
use contracts::reschedule::RescheduleRequest;
use contracts::therapist_day::TherapistDay;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::{
    context::{ctx, reply},
    layouts::practice::read,
};
#[cfg(feature = "ssr")]
use contracts::accounts::Role;

/// Who is logged in; sends everybody else to the login page.
#[server]
pub async fn practice_me() -> Result<Me, UiError> {
    read::or_log_in(reply(services::accounts::me(&ctx()?).await))
}

/// What the badges of the menu show.
#[server]
pub async fn practice_counts() -> Result<Counts, UiError> {
    reply(services::bookings::counts(&ctx()?).await)
}

/// Ends this login session.
#[server]
pub async fn log_out() -> Result<(), UiError> {
    reply(services::accounts::log_out(&ctx()?).await)?;
    for cookie in services::cookies::log_out() {
        crate::context::set_cookie(&cookie);
    }
    leptos_axum::redirect("/login");
    Ok(())
}

/// Goes on in another practice of the same user.
#[server]
pub async fn switch_practice(practice: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let tokens = reply(async { services::accounts::switch_practice(&ctx, read::id(&practice)?).await }.await)?;
    for cookie in services::cookies::log_in(&tokens, ctx.now) {
        crate::context::set_cookie(&cookie);
    }
    leptos_axum::redirect("/app");
    Ok(())
}

/// What a member's first page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Today {
    pub board: Dashboard,
    /// For another time; for who decides about them.
    pub requests: Vec<RescheduleRequest>,
    /// For a therapist, and for others who give sessions and ask for it: their own day.
    pub day: Option<TherapistDay>,
    /// Who runs the practice and gives sessions too changes between its board and their own day.
    pub both: bool,
}

/// The practice's first page (003), and a therapist's own part of it (001).
#[server]
pub async fn load_dashboard(#[server(default)] mine: bool) -> Result<Today, UiError> {
    let ctx = ctx()?;
    let result = async {
        let member = ctx.member()?;
        let both = member.role != Role::Therapist && member.therapist_id.is_some();
        let board = services::bookings::dashboard(&ctx).await?;
        let requests = services::reschedule_requests::to_decide(&ctx).await?;
        let day = if both && !mine { None } else { services::therapist_day::of_therapist(&ctx).await? };
        Ok(Today { board, requests, day, both })
    };
    reply(result.await)
}

/// One booking with everything the practice knows, and the server's clock.
#[server]
pub async fn load_booking(id: String) -> Result<(BookingCard, DateTime<Utc>), UiError> {
    let ctx = ctx()?;
    reply(async { Ok((services::bookings::get(&ctx, read::id(&id)?).await?, ctx.now)) }.await)
}

/// Approve, decline, verify, reject, cancel, and what happens to a late proof; `action` as in [`super::Deed::code`].
#[server]
pub async fn act_on_booking(id: String, action: String, reason: Option<String>) -> Result<BookingCard, UiError> {
    let ctx = ctx()?;
    reply(
        async {
            let deed = read::choice("action", super::Deed::from_code(&action))?;
            services::bookings::act(&ctx, read::id(&id)?, deed.action(reason.unwrap_or_default())).await
        }
        .await,
    )
}
