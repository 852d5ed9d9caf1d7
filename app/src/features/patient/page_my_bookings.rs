//! `/my/bookings`: everything the signed-in patient has booked.

use super::live_list::LiveList;
use super::page_my::LinkForm;
use super::server_fns::list_my_bookings;
use crate::context::{lang, t};
use crate::error::{UiError, message};
use crate::layouts::public::PublicLayout;
use crate::texts::{common, patient as text};
use contracts::ErrorCode;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use ui::{Notice, Tone};

#[component]
pub fn MyBookingsPage() -> impl IntoView {
    view! {
        <Title text=format!("{} · {}", t(text::MY_TITLE), t(common::CALMA))/>
        <Meta name="robots" content="noindex"/>
        <PublicLayout>
            <Suspense>
                {Suspend::new(async move {
                    match list_my_bookings().await {
                        Ok(mine) => view! { <LiveList mine/> }.into_any(),
                        Err(error) => view! { <NotSignedIn error/> }.into_any(),
                    }
                })}
            </Suspense>
        </PublicLayout>
    }
}

#[component]
fn NotSignedIn(error: UiError) -> impl IntoView {
    let words = match error.code() {
        ErrorCode::Unauthenticated => t(text::PLEASE_SIGN_IN),
        code => message(code).of(lang()),
    };
    view! {
        <div class="narrow stack">
            <h1>{t(text::MY_TITLE)}</h1>
            <Notice tone=Tone::Info>{words}</Notice>
            <LinkForm/>
        </div>
    }
}
