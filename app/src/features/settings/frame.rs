//! Around the pages of the settings: one heading, one row of links.

use crate::context::t;
use crate::layouts::practice::kit::DoneNotice;
use crate::texts::settings as words;
use contracts::Text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;
use ui::{Notice, Tone};

const PAGES: [(&str, Text); 5] = [
    ("/app/settings/practice", words::PRACTICE),
    ("/app/settings/profile", words::PROFILE),
    ("/app/settings/services", words::SERVICES),
    ("/app/settings/payment", words::PAYMENT),
    ("/app/settings/booking", words::BOOKING),
];

/// A page of the settings.
#[component]
pub fn Frame(
    /// The page's own name.
    name: Text,
    /// May this member change it?
    may: bool,
    children: Children,
) -> impl IntoView {
    let links = PAGES
        .into_iter()
        .map(|(href, name)| view! { <li><A href=href attr:class="summary-item">{t(name)}</A></li> })
        .collect_view();
    view! {
        <Title text=format!("{} · {}", t(name), t(words::TITLE))/>
        <header class="page-head">
            <h1>{t(words::TITLE)}": "{t(name)}</h1>
        </header>
        <nav aria-label=t(words::SECTIONS)>
            <ul class="summary">{links}</ul>
        </nav>
        <DoneNotice/>
        {(!may).then(|| view! { <Notice tone=Tone::Neutral>{t(words::READ_ONLY)}</Notice> })}
        <div class="sections">{children()}</div>
    }
}

/// The inside of a form: what cannot be changed is shown, but not sent.
#[component]
pub fn Fields(may: bool, children: Children) -> impl IntoView {
    view! { <fieldset class="form plain-fieldset" disabled={!may}>{children()}</fieldset> }
}
