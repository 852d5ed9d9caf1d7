//! `/{slug}/book/{token}`: step 2, who the session is for.

use super::details_form::DetailsForm;
use super::held::{Held, HoldState};
use super::parts::{OwnClock, PolicyWords, Step, Steps, Summary};
use super::step_page::step_page;
use crate::context::{t, tf, typed};
use crate::texts::booking as text;
use contracts::booking::{BookingView, PatientDetails};
use leptos::prelude::*;
use ui::Card;

#[component]
pub fn DetailsPage() -> impl IntoView {
    step_page(text::DETAILS_TITLE, |found| view! { <Details found/> }.into_any())
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
                <Summary
                    own_time=view! { <OwnClock at=found.starts_at there=found.local/> }.into_any()
                    booking=found.clone()
                />
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
