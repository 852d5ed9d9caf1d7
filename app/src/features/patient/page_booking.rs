//! `/b/{token}`: where a booking stands, and what can be done now (003's client dashboard).

use super::live_booking::LiveBooking;
use crate::context::t;
use crate::features::booking::server_fns::booking_by_link;
use crate::features::booking::step_page::{NoBooking, token_of_address};
use crate::layouts::public::PublicLayout;
use crate::texts::{common, patient as text};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::use_query_map;
use ui::{Notice, Tone};

#[component]
pub fn PatientBookingPage() -> impl IntoView {
    let token = token_of_address();
    let moved = use_query_map().with_untracked(|query| query.get("moved").is_some());
    view! {
        <Title text=format!("{} · {}", t(text::MY_TITLE), t(common::CALMA))/>
        <Meta name="robots" content="noindex"/>
        <PublicLayout>
            {moved.then(|| view! { <Notice tone=Tone::Success>{t(text::MOVED)}</Notice> })}
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
