//! "Live · updated 12 s ago · Refresh".

use crate::context::{lang, t, tf};
use crate::layouts::practice::kit::Fresh;
use crate::live::Live;
use crate::texts::{common, dashboard as words};
use domain::dates;
use leptos::prelude::*;
use std::time::Duration;
use ui::{Button, ButtonKind, Glyph, Icon, Variant};

/// Seconds since the last answer; 0 on the server.
pub fn age<T: Send + Sync + 'static>(fresh: Fresh<T>) -> ReadSignal<i64> {
    let (age, set_age) = signal(0_i64);
    Effect::new(move |_| {
        fresh.fetched.track();
        set_age.set(0);
    });
    Effect::new(move |_| {
        if let Ok(ticking) = set_interval_with_handle(move || set_age.update(|s| *s += 1), Duration::from_secs(1)) {
            on_cleanup(move || ticking.clear());
        }
    });
    age
}

/// How fresh the page is, and the button that makes it so. Without JavaScript the button loads the page again.
#[component]
pub fn LiveLine(
    live: Live,
    age: ReadSignal<i64>,
    #[prop(into)] pending: Signal<bool>,
    #[prop(into)] stale: Signal<bool>,
    /// The page's own address.
    href: &'static str,
) -> impl IntoView {
    let lang = lang();
    let updated = move || {
        let ago = match age.get() {
            0..3 => t(words::JUST_NOW).to_owned(),
            seconds => dates::ago(lang, seconds),
        };
        tf(words::UPDATED, &[("ago", &ago)])
    };
    view! {
        <div class="live-line">
            <span class="live-state" class:live-on=move || live.connected.get()>
                <span class="live-dot" aria-hidden="true"></span>
                {move || t(if live.connected.get() { words::LIVE } else { words::POLLING })}
            </span>
            <span class="muted figures">
                {move || if pending.get() { t(words::REFRESHING).to_owned() } else { updated() }}
            </span>
            <form method="get" action=href on:submit=move |ev| { ev.prevent_default(); live.refresh(); }>
                <Button variant=Variant::Ghost kind=ButtonKind::Submit pending>
                    <Icon glyph=Glyph::Refresh/>
                    {t(common::REFRESH)}
                </Button>
            </form>
            <div class="live-stale" role="status">{move || stale.get().then(|| t(words::STALE))}</div>
        </div>
    }
}
