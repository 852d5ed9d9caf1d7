//! The doors from the account pages to the services.

use crate::error::UiError;
use contracts::Lang;
use contracts::accounts::InvitationPreview;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    crate::context::{ctx, reply, set_cookie},
    contracts::accounts::{AcceptInvitation as Accept, LogIn as Credentials, RegisterPractice as Register, Tokens},
    services::{Ctx, accounts, cookies},
};

/// Keeps the login session in this browser.
#[cfg(feature = "ssr")]
fn keep(ctx: &Ctx, tokens: &Tokens) {
    for cookie in cookies::log_in(tokens, ctx.now) {
        set_cookie(&cookie);
    }
}

/// Makes a practice and its owner, and sends the link that confirms the address.
#[server]
#[allow(clippy::too_many_arguments)]
pub async fn register_practice(
    practice_name: String,
    name: String,
    email: String,
    password: String,
    currency: String,
    time_zone: String,
    language: Lang,
    #[server(default)] is_therapist: bool,
) -> Result<(), UiError> {
    let cmd = Register { practice_name, name, email, password, currency, time_zone, language, is_therapist };
    reply(accounts::register(&ctx()?, cmd).await)?;
    leptos_axum::redirect("/register?sent=1");
    Ok(())
}

#[server]
pub async fn confirm_email(token: String) -> Result<(), UiError> {
    reply(accounts::confirm_email(&ctx()?, &token).await)?;
    leptos_axum::redirect("/login?confirmed=1");
    Ok(())
}

/// `next` is where the person was going; only pages of the practice count, so that nobody is sent to another site.
#[server]
pub async fn log_in(email: String, password: String, next: Option<String>) -> Result<(), UiError> {
    let ctx = ctx()?;
    let (tokens, _) = reply(accounts::log_in(&ctx, Credentials { email, password }).await)?;
    keep(&ctx, &tokens);
    let inside = |next: &String| {
        (next == "/app" || next.starts_with("/app/") || next.starts_with("/app?"))
            && next.bytes().all(|b| b.is_ascii_graphic())
    };
    leptos_axum::redirect(next.as_ref().filter(|next| inside(next)).map_or("/app", String::as_str));
    Ok(())
}

/// Sends a link for a new password, if the address has an account; the answer is the same either way.
#[server]
pub async fn forgot_password(email: String) -> Result<(), UiError> {
    reply(accounts::forgot_password(&ctx()?, &email).await)?;
    leptos_axum::redirect("/forgot?sent=1");
    Ok(())
}

#[server]
pub async fn reset_password(token: String, password: String) -> Result<(), UiError> {
    reply(accounts::reset_password(&ctx()?, &token, &password).await)?;
    leptos_axum::redirect("/login?reset=1");
    Ok(())
}

/// What an invited person is asked to join.
#[server]
pub async fn preview_invitation(token: String) -> Result<InvitationPreview, UiError> {
    reply(accounts::invitation(&ctx()?, &token).await)
}

/// Joins the practice and logs in.
#[server]
pub async fn accept_invitation(
    token: String,
    #[server(default)] name: String,
    password: String,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let (tokens, _) = reply(accounts::accept_invitation(&ctx, Accept { token, name, password }).await)?;
    keep(&ctx, &tokens);
    leptos_axum::redirect("/app");
    Ok(())
}
