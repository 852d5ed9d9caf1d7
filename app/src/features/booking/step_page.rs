//! Around the steps that follow a hold: the booking behind the address, or what stands in its place.

use super::server_fns::booking_by_link;
use crate::context::{lang, page_status, status_of, t};
use crate::error::{UiError, message};
use crate::features::home::NotFoundBody;
use crate::layouts::public::PublicLayout;
use crate::texts::{booking as text, common};
use contracts::booking::{BookingStatus, BookingView};
use contracts::{ErrorCode, Text};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::components::Redirect;
use leptos_router::hooks::use_params_map;
use ui::{Notice, Tone};

/// The page of a step: shows the booking while it is in the steps; afterwards its own page does.
pub fn step_page(title: Text, show: fn(BookingView) -> AnyView) -> impl IntoView {
    let token = token_of_address();
    view! {
        <Title text=format!("{} · {}", t(title), t(common::CALMA))/>
        <Meta name="robots" content="noindex"/>
        <PublicLayout>
            <Suspense>
                {Suspend::new(async move {
                    match booking_by_link(token).await {
                        Ok(found) if in_steps(&found) => show(found),
                        Ok(found) => view! { <Redirect path=format!("/b/{}", found.token)/> }.into_any(),
                        Err(error) => view! { <NoBooking error/> }.into_any(),
                    }
                })}
            </Suspense>
        </PublicLayout>
    }
}

/// The booking's link, as the address has it.
pub fn token_of_address() -> String {
    use_params_map().get_untracked().get("token").unwrap_or_default()
}

/// Is the booking still in the steps, held or lapsed? Else its own page shows it.
fn in_steps(booking: &BookingView) -> bool {
    booking.status == BookingStatus::Held || (booking.status == BookingStatus::Expired && !booking.requested)
}

/// A link that leads to no booking, or a moment in which it cannot be read.
#[component]
pub fn NoBooking(error: UiError) -> impl IntoView {
    page_status(status_of(error.code()));
    if error.code() == ErrorCode::NotFound {
        view! { <NotFoundBody/> }.into_any()
    } else {
        view! {
            <h1>{t(text::YOUR_BOOKING)}</h1>
            <Notice tone=Tone::Danger>{message(error.code()).of(lang())}</Notice>
        }
        .into_any()
    }
}
