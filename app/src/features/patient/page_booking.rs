//! `/b/{token}`: where a booking stands, and what can be done now (003's client dashboard).

use super::live_booking::LiveBooking;
use crate::context::t;
use crate::features::booking::server_fns::booking_by_link;
use crate::features::booking::step_page::{NoBooking, token_of_address};
use crate::layouts::public::PublicLayout;
use crate::texts::{common, patient as text};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};

#[component]
pub fn PatientBookingPage() -> impl IntoView {
    let token = token_of_address();
    view! {
        <Title text=format!("{} · {}", t(text::MY_TITLE), t(common::CALMA))/>
        <Meta name="robots" content="noindex"/>
        <PublicLayout>
            <Suspense>
                {Suspend::new(async move {
                    match booking_by_link(token).await {
                        Ok(found) => view! { <LiveBooking found/> }.into_any(),
                        Err(error) => view! { <NoBooking error/> }.into_any(),
                    }
                })}
            </Suspense>
        </PublicLayout>
    }
}
