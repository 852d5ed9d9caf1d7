//! `/app/sessions`: all sessions, narrowed by the filters in the address and by words from a form.

use super::filters::Filters;
use super::server_fns::{ActOnSessions, ListQuery, load_sessions, session_choices};
use super::table::{Chosen, Table};
use crate::context::{t, tf};
use crate::layouts::practice::kit::{DoneNotice, Failed, Myself, practice_live, query, successes};
use crate::pages::Page;
use crate::texts::{common, practice, sessions as words};
use contracts::booking::Page as Answer;
use contracts::sessions::SessionCard;
use domain::permissions::{Action as Verb, Resource as Thing};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use ui::{Button, EmptyState, Glyph, Icon, Skeleton, Variant};

pub struct SessionsPage;

impl Page for SessionsPage {
    fn view() -> AnyView {
        view! { <Sessions/> }.into_any()
    }
}

/// The filters as they stand in the address.
fn asked() -> Memo<ListQuery> {
    let [from, until, status, payment] = ["from", "until", "status", "payment"].map(query);
    let [therapist, service, patient, sort, cursor] = ["therapist", "service", "patient", "sort", "cursor"].map(query);
    Memo::new(move |_| ListQuery {
        from: from.get(),
        until: until.get(),
        status: status.get(),
        payment: payment.get(),
        therapist: therapist.get(),
        service: service.get(),
        patient: patient.get(),
        sort: sort.get(),
        cursor: cursor.get(),
    })
}

#[component]
fn Sessions() -> impl IntoView {
    let asked = asked();
    let words_typed = RwSignal::new(None::<String>);
    let bulk = ServerAction::<ActOnSessions>::new();
    let (acted, live) = (successes(bulk), practice_live());
    let page = Resource::new_blocking(
        move || (asked.get(), words_typed.get(), acted.get(), live.tick.get()),
        |(query, search, ..)| load_sessions(query, search),
    );
    let offered = Resource::new_blocking(|| (), |()| session_choices());
    let (me, chosen) = (Myself::get(), Chosen::until(acted));
    view! {
        <Title text=t(words::TITLE)/>
        <Head me/>
        <Search asked typed=words_typed/>
        // Apart from the list: what changes there must not close the form or undo a choice in it.
        <Transition>
            {move || {
                let query = asked.get();
                Suspend::new(async move { view! { <Filters query offered=offered.await.unwrap_or_default()/> } })
            }}
        </Transition>
        <Transition fallback=|| view! { <Skeleton lines=10 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                let may = me.may(Verb::Update, Thing::Sessions).await;
                let pays = me.may(Verb::Create, Thing::Payments).await;
                match page.await {
                    Ok(page) => {
                        view! { <List page query=asked.get_untracked() typed=words_typed may pays chosen bulk/> }.into_any()
                    }
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Head(me: Myself) -> impl IntoView {
    view! {
        <header class="page-head">
            <div>
                <h1>{t(words::TITLE)}</h1>
                <p class="muted">{t(words::INTRO)}</p>
            </div>
            <div class="actions">
                <Transition>
                    {move || Suspend::new(async move {
                        me.may(Verb::Create, Thing::Sessions)
                            .await
                            .then(|| view! { <a class="btn btn-primary" href="/app/sessions/new">{t(words::NEW)}</a> })
                    })}
                </Transition>
            </div>
        </header>
        <DoneNotice/>
    }
}

/// Words to search for go to the server in the body of a call, never into an address.
#[component]
fn Search(asked: Memo<ListQuery>, typed: RwSignal<Option<String>>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let navigate = use_navigate();
    let look = move |words: Option<String>| {
        // Another search begins at its first page.
        if asked.with_untracked(|asked| asked.cursor.is_some()) {
            let first = ListQuery { cursor: None, ..asked.get_untracked() };
            navigate(&first.address(), NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
        typed.set(words);
    };
    let look = StoredValue::new(look);
    view! {
        <form
            role="search"
            class="form-row"
            on:submit=move |ev| {
                ev.prevent_default();
                let words = Some(text.get_untracked()).filter(|words| !words.trim().is_empty());
                look.with_value(|look| look(words));
            }
        >
            <div class="field">
                <label for="session-search">{t(words::SEARCH)}</label>
                <input id="session-search" type="search" autocomplete="off" maxlength="120"
                    on:input=move |ev| text.set(event_target_value(&ev))/>
            </div>
            <button type="submit" class="btn btn-secondary"><Icon glyph=Glyph::Search/>{t(words::SEARCH_DO)}</button>
        </form>
        {move || {
            typed
                .get()
                .map(|said| {
                    view! {
                        <p role="status">
                            {tf(words::FOUND_FOR, &[("words", &said)])} " "
                            <button type="button" class="btn btn-ghost" on:click=move |_| look.with_value(|look| look(None))>{t(words::SHOW_ALL)}</button>
                        </p>
                    }
                })
        }}
    }
}

#[component]
fn List(
    page: Answer<SessionCard>,
    query: ListQuery,
    typed: RwSignal<Option<String>>,
    may: bool,
    pays: bool,
    chosen: Chosen,
    bulk: ServerAction<ActOnSessions>,
) -> impl IntoView {
    let empty = page.items.is_empty();
    let narrows = query.narrows() || typed.with_untracked(Option::is_some);
    let first = ListQuery { cursor: None, ..query.clone() };
    let next = page.next.map(|next| ListQuery { cursor: Some(next), ..query.clone() }.address());
    let on_first = query.cursor.is_none();
    view! {
        {if empty {
            let title = t(if narrows { words::EMPTY_FILTERED } else { words::EMPTY });
            view! { <EmptyState glyph=Glyph::Calendar title/> }.into_any()
        } else {
            view! {
                <Table items=page.items query=query.clone() may pays chosen bulk/>
                <AsFile query typed/>
            }
            .into_any()
        }}
        <p class="actions">
            {(!on_first).then(|| view! { <a class="btn btn-ghost" href=first.address()>{t(practice::NEWEST)}</a> })}
            {next.map(|href| view! { <a class="btn btn-secondary" href=href>{t(practice::MORE)}</a> })}
        </p>
    }
}

/// Everything that is listed, on all its pages, as a file. Posted, because the words are in no address.
#[component]
fn AsFile(query: ListQuery, typed: RwSignal<Option<String>>) -> impl IntoView {
    let filters = ListQuery { cursor: None, ..query }.parts().into_iter();
    let filters = filters.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view();
    view! {
        <form method="post" action="/app/sessions/export.csv" class="actions">
            {filters}
            <input type="hidden" name="search" value=move || typed.get().unwrap_or_default()/>
            <Button variant=Variant::Ghost>{t(words::EXPORT)}</Button>
        </form>
    }
}
