//! `/my/bookings`: everything the signed-in patient has booked.

use super::live_list::LiveList;
use super::page_my::LinkForm;
use super::server_fns::{RenewMyFeeds, list_my_bookings, list_my_feeds};
use crate::context::{lang, t, tf};
use crate::error::{UiError, message};
use crate::layouts::public::PublicLayout;
use crate::texts::{calendars as words, common, patient as text};
use contracts::ErrorCode;
use contracts::calendars::MyFeed;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::{Meta, Title};
use ui::{Button, Notice, Tone, Variant};

#[component]
pub fn MyBookingsPage() -> impl IntoView {
    view! {
        <Title text=format!("{} · {}", t(text::MY_TITLE), t(common::CALMA))/>
        <Meta name="robots" content="noindex"/>
        <PublicLayout>
            <Suspense>
                {Suspend::new(async move {
                    match list_my_bookings().await {
                        Ok(mine) => {
                            let feeds = list_my_feeds().await.unwrap_or_default();
                            view! {
                                <LiveList mine/>
                                <MyCalendar feeds/>
                            }
                            .into_any()
                        }
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

/// Addresses at which the patient's own calendar subscribes; made only when asked for.
#[component]
fn MyCalendar(feeds: Vec<MyFeed>) -> impl IntoView {
    let there = !feeds.is_empty();
    let addresses = feeds
        .into_iter()
        .enumerate()
        .map(|(n, feed)| {
            let id = format!("f-feed-{n}");
            view! {
                <div class="field">
                    <label for=id.clone()>{tf(words::MY_SUBSCRIBE, &[("practice", &feed.practice_name)])}</label>
                    <input id=id type="text" readonly value=feed.url/>
                </div>
            }
        })
        .collect_view();
    view! {
        <section class="card stack" id="calendar" aria-labelledby="calendar-title">
            <h2 id="calendar-title">{t(words::MY_TITLE)}</h2>
            <p class="muted">{t(words::MY_HELP)}</p>
            {addresses}
            <form method="post" action=RenewMyFeeds::url()>
                <Button variant=Variant::Secondary>{t(if there { words::MY_RENEW } else { words::MY_MAKE })}</Button>
                {there.then(|| view! { <span class="muted small">" " {t(words::MY_RENEW_HINT)}</span> })}
            </form>
        </section>
    }
}
