//! The doors from the booking page to the services.

use crate::error::UiError;
use chrono::{DateTime, Utc};
use contracts::ServiceId;
use contracts::booking::{Availability, BookingView, PublicTherapist};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    crate::context::{ctx, reply},
    contracts::booking::{HoldSlot as Hold, PatientDetails},
    services::{Ctx, bookings},
};

/// The therapist's public page.
#[server]
pub async fn public_profile(slug: String) -> Result<PublicTherapist, UiError> {
    reply(services::practice::public_therapist(&ctx()?, &slug).await)
}

/// The slots of one month. Without a month: the first one, from now on, with a free time in it.
#[server]
pub async fn month_slots(slug: String, service_id: ServiceId, month: Option<String>) -> Result<Availability, UiError> {
    reply(super::month_choice::slots(&ctx()?, &slug, service_id, month.as_deref()).await)
}

/// Takes a slot and goes on to the details. `instead_of`: a slot held before, whose typed details move along.
#[server]
pub async fn hold_slot(
    slug: String,
    service_id: ServiceId,
    starts_at: DateTime<Utc>,
    #[server(default)] visitor_time_zone: String,
    #[server(default)] instead_of: String,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let instead_of = Some(instead_of).filter(|token| !token.is_empty());
    let visitor_time_zone = Some(visitor_time_zone).filter(|zone| !zone.is_empty());
    let cmd = Hold { slug: slug.clone(), service_id, starts_at, visitor_time_zone, instead_of };
    let token = reply(take(&ctx, cmd).await)?;
    leptos_axum::redirect(&format!("/{slug}/book/{token}"));
    Ok(())
}

/// Holds a slot; what was typed for the slot held before moves along.
#[cfg(feature = "ssr")]
async fn take(ctx: &Ctx, cmd: Hold) -> services::Result<String> {
    let typed = match &cmd.instead_of {
        Some(token) => bookings::view(ctx, token).await.ok().map(|old| old.details),
        None => None,
    };
    let held = bookings::hold(ctx, cmd).await?;
    if let Some(details) = typed.filter(|d| *d != PatientDetails::default() && held.details != *d) {
        // It is kept even where it is not right yet; the next step says so.
        let _ = bookings::save_details(ctx, &held.token, details).await;
    }
    Ok(held.token)
}

/// The booking behind a link, through all steps.
#[server]
pub async fn booking_by_link(token: String) -> Result<BookingView, UiError> {
    reply(bookings::view(&ctx()?, &token).await)
}

/// Keeps the details and goes on to the review. `go`: `review`; `change` to choose another time; `again` to take a lapsed
/// slot once more; or the start of another slot to take instead.
#[server]
#[allow(clippy::too_many_arguments)]
pub async fn save_booking_details(
    token: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] phone: String,
    #[server(default)] first_time: bool,
    #[server(default)] reason: String,
    #[server(default)] go: String,
) -> Result<(), UiError> {
    let details = PatientDetails { name, email, phone, first_time, reason };
    let to = reply(details_step(&ctx()?, token, details, &go).await)?;
    leptos_axum::redirect(&to);
    Ok(())
}

#[cfg(feature = "ssr")]
async fn details_step(ctx: &Ctx, token: String, details: PatientDetails, go: &str) -> services::Result<String> {
    let old = bookings::view(ctx, &token).await?;
    if go == "change" {
        // A hold that lapsed, or details that are not right yet, are no reason to stay here.
        let _ = bookings::save_details(ctx, &token, details).await;
        return Ok(format!("/{}?service={}&instead={token}", old.slug, old.service_id));
    }
    if let Ok(starts_at) = go.parse::<DateTime<Utc>>() {
        let cmd = Hold {
            slug: old.slug.clone(),
            service_id: old.service_id,
            starts_at,
            visitor_time_zone: None,
            instead_of: Some(token),
        };
        let held = bookings::hold(ctx, cmd).await?;
        let saved = bookings::save_details(ctx, &held.token, details).await;
        let step = if saved.is_ok() { "/review" } else { "" };
        return Ok(format!("/{}/book/{}{step}", old.slug, held.token));
    }
    let token = if go == "again" { bookings::hold_again(ctx, &token).await?.token } else { token };
    bookings::save_details(ctx, &token, details).await?;
    Ok(format!("/{}/book/{token}/review", old.slug))
}

/// Sends the request; the booking's own page shows where it stands.
#[server]
pub async fn send_booking_request(token: String) -> Result<(), UiError> {
    let booking = reply(bookings::send_request(&ctx()?, &token).await)?;
    leptos_axum::redirect(&format!("/b/{}", booking.token));
    Ok(())
}

/// Takes a slot again whose hold lapsed, if it is still free.
#[server]
pub async fn hold_slot_again(token: String) -> Result<(), UiError> {
    let held = reply(bookings::hold_again(&ctx()?, &token).await)?;
    leptos_axum::redirect(&format!("/{}/book/{}", held.slug, held.token));
    Ok(())
}

/// Gives a held slot back.
#[server]
pub async fn release_slot(token: String, slug: String) -> Result<(), UiError> {
    reply(bookings::release(&ctx()?, &token).await)?;
    leptos_axum::redirect(&format!("/{slug}"));
    Ok(())
}
