//! `/{slug}/book/{token}`: step 2, who the session is for.

use super::details_form::DetailsForm;
use super::held::{Held, HoldState};
use super::parts::{PolicyWords, Step, Steps, Summary};
use super::server_fns::booking_by_link;
use crate::context::{lang, page_status, status_of, t, tf, typed};
use crate::error::{UiError, message};
use crate::features::home::NotFoundBody;
use crate::layouts::public::PublicLayout;
use crate::texts::{booking as text, common};
use contracts::booking::{BookingStatus, BookingView, PatientDetails};
use contracts::{ErrorCode, Text};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::components::Redirect;
use leptos_router::hooks::use_params_map;
use ui::{Card, Notice, Tone};

#[component]
pub fn DetailsPage() -> impl IntoView {
    in_step(text::DETAILS_TITLE, |found| view! { <Details found/> }.into_any())
}

/// A page that shows the booking of its address while that is in the steps; else the booking's own page shows it.
pub fn in_step(title: Text, show: impl FnOnce(BookingView) -> AnyView + Send + 'static) -> impl IntoView {
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
    matches!(booking.status, BookingStatus::Held | BookingStatus::Expired)
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

/// What is known of the patient: typed before the form failed, else kept with the booking.
fn known(booking: &BookingView) -> PatientDetails {
    let kept = &booking.details;
    PatientDetails {
        name: typed("name", &kept.name),
        email: typed("email", &kept.email),
        phone: typed("phone", &kept.phone),
        first_time: typed("first_time", if kept.first_time { "true" } else { "" }) == "true",
        reason: typed("reason", &kept.reason),
    }
}

#[component]
fn Details(found: BookingView) -> impl IntoView {
    let (held, known, token) = (Held::of(&found), known(&found), found.token.clone());
    view! {
        <Steps now=Step::Details/>
        <h1>{t(text::DETAILS_TITLE)}</h1>
        <p class="muted">{tf(text::DETAILS_LEAD, &[("name", &found.therapist_name)])}</p>
        <HoldState held=held.clone() ways=false/>
        <div class="two-columns">
            <Card>
                <DetailsForm token lapsed=held.lapsed() known/>
            </Card>
            <Card class="stack">
                <h2>{t(text::YOUR_BOOKING)}</h2>
                <Summary booking=found.clone()/>
                <PolicyWords
                    free=found.price.minor == 0
                    methods=found.instructions.methods()
                    therapist=found.therapist_name
                    policy=found.policy
                />
            </Card>
        </div>
    }
}
