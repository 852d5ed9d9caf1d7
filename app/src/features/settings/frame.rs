//! Around the pages of the settings: one heading, one row of links.

use crate::context::t;
use crate::error::UiError;
use crate::layouts::practice::kit::{Answered, DoneNotice, Failed, Myself, query};
use crate::texts::{calendars, common, message_settings as message_words, settings as words};
use contracts::Text;
use contracts::accounts::Me;
use domain::permissions::{Action as Verb, Resource as Thing, allowed};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;
use ui::{Button, Notice, Skeleton, Tone};

const PAGES: [(&str, Text); 7] = [
    ("/app/settings/practice", words::PRACTICE),
    ("/app/settings/profile", words::PROFILE),
    ("/app/settings/services", words::SERVICES),
    ("/app/settings/payment", words::PAYMENT),
    ("/app/settings/booking", words::BOOKING),
    ("/app/settings/calendars", calendars::TITLE),
    ("/app/settings/messages", message_words::TITLE),
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

/// The inside of a form, with the button that saves: what cannot be changed is shown, but not sent.
#[component]
pub fn Fields(
    may: bool,
    form: Answered,
    /// What stands beside the button.
    #[prop(optional)]
    beside: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    view! {
        <fieldset class="form plain-fieldset" disabled={!may}>
            {children()}
            {may.then(|| {
                view! {
                    <div class="actions">
                        <Button pending=form.pending>{t(common::SAVE)}</Button>
                        {beside}
                    </div>
                }
            })}
        </fieldset>
    }
}

/// What a page of the settings shows once it is there.
pub struct Shown<T> {
    pub data: T,
    /// Who looks at it.
    pub me: Option<Me>,
    /// What the address asks for.
    pub asked: Option<String>,
}

impl<T> Shown<T> {
    pub fn may(&self, verb: Verb, thing: Thing) -> bool {
        self.me.as_ref().is_some_and(|me| allowed(me.role, verb, thing))
    }
}

/// The inside of a page: its data as soon as it is there, or what went wrong. `asked` names the value of the address that
/// decides what is shown.
pub fn loaded<T>(
    data: Resource<Result<T, UiError>>,
    asked: &'static str,
    show: impl Fn(Shown<T>) -> AnyView + Copy + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + Send + Sync + 'static,
{
    let (me, asked) = (Myself::get(), query(asked));
    view! {
        <Transition fallback=|| view! { <Skeleton lines=8 label=t(common::LOADING)/> }>
            {move || {
                let asked = asked.get();
                Suspend::new(async move {
                    let me = me.0.await.ok();
                    match data.await {
                        Ok(data) => show(Shown { data, me, asked }),
                        Err(error) => view! { <Failed error/> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
    .into_any()
}
