//! Around the steps that follow a hold: the booking behind the address, or what stands in its place.

use super::server_fns::booking_by_link;
use crate::context::{lang, t};
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
use ui::{Notice, Skeleton, Tone};

/// The page of a step. `show` gets the booking and what fetches it again, once its hold has lapsed.
pub fn step_page(title: Text, show: fn(BookingView, Callback<()>) -> AnyView) -> AnyView {
    let booking = booking_of_address();
    let refresh = Callback::new(move |()| booking.refetch());
    view! {
        <Title text=format!("{} · {}", t(title), t(common::CALMA))/>
        <Meta name="robots" content="noindex"/>
        <PublicLayout>
            <Suspense fallback=|| view! { <Skeleton lines=10 label=t(common::LOADING)/> }>
                {move || Suspend::new(async move {
                    match booking.await {
                        Ok(found) if in_steps(&found) => show(found, refresh),
                        Ok(found) => view! { <Redirect path=format!("/b/{}", found.token)/> }.into_any(),
                        Err(error) => view! { <NoBooking error/> }.into_any(),
                    }
                })}
            </Suspense>
        </PublicLayout>
    }
    .into_any()
}

/// The booking of this address; says 404 where there is none.
fn booking_of_address() -> Resource<Result<BookingView, UiError>> {
    let params = use_params_map();
    let token = Memo::new(move |_| params.read().get("token").unwrap_or_default());
    Resource::new_blocking(
        move || token.get(),
        |token| async move {
            let booking = booking_by_link(token).await;
            #[cfg(feature = "ssr")]
            if let Err(error) = &booking {
                crate::context::page_status(crate::context::status_of(error.code()));
            }
            booking
        },
    )
}

/// Is the booking still in the steps, held or lapsed? Else its own page shows it.
fn in_steps(booking: &BookingView) -> bool {
    booking.status == BookingStatus::Held || (booking.status == BookingStatus::Expired && !booking.requested)
}

/// A link that leads to no booking, or a moment in which it cannot be read.
#[component]
pub fn NoBooking(error: UiError) -> impl IntoView {
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
