//! The doors from the patient's pages to the services.

use crate::error::UiError;
use contracts::booking::{Availability, MyBookings};
use contracts::calendars::MyFeed;
use contracts::messages::ReminderChoice;
use leptos::prelude::*;
use server_fn::codec::{MultipartData, MultipartFormData};
#[cfg(feature = "ssr")]
use {
    crate::context::{ctx, leave_typed, reply, set_cookie},
    contracts::booking::SubmitProof,
    contracts::practice::PaymentMethod,
    contracts::{ErrorCode, FieldProblem, limits},
    services::{ServiceError, bookings, calendars, cookies, patient_access},
};

/// Cancels as the patient; the practice is told.
#[server]
pub async fn cancel_my_booking(token: String, #[server(default)] reason: String) -> Result<(), UiError> {
    reply(bookings::cancel_by_patient(&ctx()?, &token, &reason).await)?;
    Ok(())
}

/// A payment proof: `token`, `reference`, `method` and, if there is one, the receipt as `file`.
#[server(input = MultipartFormData)]
pub async fn send_payment_proof(data: MultipartData) -> Result<(), UiError> {
    let ctx = ctx()?;
    let (cmd, receipt) = reply(read_proof(&ctx, data).await)?;
    reply(bookings::submit_proof(&ctx, cmd, receipt).await)?;
    Ok(())
}

/// Reads the form's parts; never more than the largest receipt, and none for a link that leads nowhere: the token stands
/// before the file.
#[cfg(feature = "ssr")]
async fn read_proof(ctx: &services::Ctx, data: MultipartData) -> services::Result<(SubmitProof, Option<Vec<u8>>)> {
    let broken = |_| ServiceError::code(ErrorCode::Validation);
    let mut parts = data.into_inner().ok_or_else(|| ServiceError::code(ErrorCode::Validation))?;
    let (mut token, mut reference, mut method, mut receipt) = (String::new(), String::new(), None, None);
    while let Some(mut part) = parts.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        let largest = if name == "file" { limits::UPLOAD_MAX } else { 4096 };
        if name == "file" {
            bookings::awaits_proof(ctx, &token).await?;
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = part.chunk().await.map_err(broken)? {
            if (bytes.len() + chunk.len()) as u64 > largest {
                return Err(ServiceError::code(ErrorCode::TooLarge));
            }
            bytes.extend_from_slice(&chunk);
        }
        let text = || String::from_utf8_lossy(&bytes).into_owned();
        match name.as_str() {
            "token" => token = text(),
            "reference" => {
                reference = text();
                leave_typed("reference", &reference);
            }
            "method" => {
                method = PaymentMethod::parse(&text());
                leave_typed("method", &text());
            }
            "file" if !bytes.is_empty() => receipt = Some(bytes),
            _ => {}
        }
    }
    let method = method.ok_or_else(|| ServiceError::field("method", FieldProblem::InvalidChoice))?;
    Ok((SubmitProof { token, reference, method }, receipt))
}

/// The times a patient can move their session to: two weeks from this day on (`2026-11-24`).
#[server]
pub async fn times_to_move(token: String, from: Option<String>) -> Result<Availability, UiError> {
    let from = from.and_then(|day| day.trim().parse().ok());
    reply(bookings::times_to_move(&ctx()?, &token, from).await)
}

/// Takes another time for a confirmed session; `starts_at` is an instant.
#[server]
pub async fn move_my_booking(token: String, starts_at: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let at = starts_at.parse().map_err(|_| ServiceError::field("starts_at", FieldProblem::InvalidTime))?;
        bookings::move_by_patient(&ctx, &token, at).await
    };
    let moved = reply(result.await)?;
    leptos_axum::redirect(&format!("/b/{}?moved=1", moved.token));
    Ok(())
}

/// Sends a sign-in link, if the address has bookings; the answer is the same either way.
#[server]
pub async fn request_my_link(email: String) -> Result<(), UiError> {
    reply(patient_access::request_link(&ctx()?, &email).await)?;
    leptos_axum::redirect("/my?sent=1");
    Ok(())
}

/// Uses the link up and signs the patient in on this browser.
#[server]
pub async fn sign_in_as_patient(token: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let (value, expires_at) = reply(patient_access::sign_in(&ctx, &token).await)?;
    set_cookie(&cookies::patient(&value, expires_at, ctx.now));
    leptos_axum::redirect("/my/bookings");
    Ok(())
}

/// Ends the patient's access on this browser.
#[server]
pub async fn sign_out_patient() -> Result<(), UiError> {
    let ctx = ctx()?;
    let headers = use_context::<http::request::Parts>().map(|parts| parts.headers).unwrap_or_default();
    let header = headers.get(http::header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if let Some(value) = cookies::get(header, cookies::PATIENT) {
        reply(patient_access::sign_out(&ctx, value).await)?;
    }
    set_cookie(&cookies::clear(cookies::PATIENT));
    leptos_axum::redirect("/my");
    Ok(())
}

/// Everything the signed-in patient has booked.
#[server]
pub async fn list_my_bookings() -> Result<MyBookings, UiError> {
    reply(patient_access::my_bookings(&ctx()?).await)
}

/// The addresses at which the signed-in patient's calendar subscribes.
#[server]
pub async fn list_my_feeds() -> Result<Vec<MyFeed>, UiError> {
    reply(calendars::my_feeds(&ctx()?).await)
}

/// Makes new ones; those before lead nowhere from now on.
#[server]
pub async fn renew_my_feeds() -> Result<(), UiError> {
    reply(calendars::renew_my_feeds(&ctx()?).await)?;
    leptos_axum::redirect("/my/bookings#calendar");
    Ok(())
}

/// Where reminders of a booking go.
#[server]
pub async fn load_reminder_choice(token: String) -> Result<ReminderChoice, UiError> {
    reply(services::messages::reminder_choice(&ctx()?, &token).await)
}

/// Ends reminders by one way (`wanted` is `no`), or brings them back. The page it comes from is plain.
#[server]
pub async fn choose_reminders(token: String, channel: String, wanted: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let channel = contracts::messages::Channel::parse(&channel)
            .ok_or_else(|| ServiceError::field("channel", FieldProblem::InvalidChoice))?;
        services::messages::choose_reminders(&ctx, &token, channel, wanted == "yes").await
    };
    reply(result.await)?;
    leptos_axum::redirect(&format!("/b/{token}/reminders?done=1"));
    Ok(())
}
