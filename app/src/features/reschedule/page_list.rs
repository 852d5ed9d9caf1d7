//! `/app/reschedule-requests?status=approved&cursor=`: what therapists asked for, and the answers.

use super::card::{Answers, Outcome, RequestCard};
use super::server_fns::load_requests;
use crate::context::t;
use crate::layouts::practice::kit::{DoneNotice, Failed, Myself, practice_live, query};
use crate::pages::Page as RoutePage;
use crate::texts::{common, practice, reschedule as words};
use contracts::Text;
use contracts::accounts::Role;
use contracts::booking::Page;
use contracts::reschedule::RescheduleRequest;
use domain::permissions::{Action as Verb, Resource as Thing, allowed};
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{EmptyState, Glyph, Skeleton};

pub struct RequestsRoute;

impl RoutePage for RequestsRoute {
    fn view() -> AnyView {
        view! { <Requests/> }.into_any()
    }
}

/// The filters: what stands in the address, and its name.
const FILTERS: [(&str, Text); 6] = [
    ("", words::OPEN),
    ("approved", words::APPROVED),
    ("rejected", words::REJECTED),
    ("withdrawn", words::WITHDRAWN),
    ("outdated", words::OUTDATED),
    ("all", words::EVERY),
];

#[component]
fn Requests() -> impl IntoView {
    let answers = Answers::default();
    let (changes, live) = (answers.changes(), practice_live());
    let (status, cursor) = (query("status"), query("cursor"));
    let page = Resource::new_blocking(
        move || (status.get(), cursor.get(), changes.get(), live.tick.get()),
        |(status, cursor, ..)| load_requests(status, cursor),
    );
    let me = Myself::get();
    view! {
        <Title text=t(words::TITLE)/>
        <Transition fallback=|| view! { <Skeleton lines=8 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                let role = me.role().await;
                match page.await {
                    Ok(page) => view! { <List page role answers/> }.into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn List(page: Page<RescheduleRequest>, role: Role, answers: Answers) -> impl IntoView {
    let (status, cursor) = (query("status"), query("cursor"));
    let address = move |cursor: Option<&str>| {
        let status = status.get().map(|status| format!("status={status}"));
        let cursor = cursor.map(|cursor| format!("cursor={cursor}"));
        let query: Vec<_> = [status, cursor].into_iter().flatten().collect();
        format!("/app/reschedule-requests?{}", query.join("&"))
    };
    let decides = allowed(role, Verb::Update, Thing::RescheduleRequests);
    let asks = allowed(role, Verb::Create, Thing::RescheduleRequests);
    let intro = if asks && !decides { words::INTRO_OWN } else { words::INTRO };
    let empty = page.items.is_empty();
    let cards =
        page.items.into_iter().map(|request| view! { <li><RequestCard request role answers/></li> }).collect_view();
    view! {
        <header class="page-head">
            <div>
                <h1>{t(words::TITLE)}</h1>
                <p class="muted">{t(intro)}</p>
            </div>
        </header>
        <Filters/>
        <DoneNotice/>
        <Outcome answers/>
        {empty.then(|| view! { <EmptyState glyph=Glyph::Check title=t(words::EMPTY)/> })}
        <section aria-labelledby="requests-title">
            <h2 id="requests-title" class="sr-only">{t(words::MENU)}</h2>
            <ul class="cards">{cards}</ul>
        </section>
        <p class="actions">
            {move || cursor.get().map(|_| view! { <a class="btn btn-ghost" href=address(None)>{t(practice::NEWEST)}</a> })}
            {page
                .next
                .map(|next| {
                    view! { <a class="btn btn-secondary" href=move || address(Some(&next))>{t(practice::MORE)}</a> }
                })}
        </p>
    }
}

#[component]
fn Filters() -> impl IntoView {
    let status = query("status");
    let items = FILTERS
        .into_iter()
        .map(|(code, name)| {
            let href = match code {
                "" => "/app/reschedule-requests".to_owned(),
                code => format!("/app/reschedule-requests?status={code}"),
            };
            let here = move || status.with(|status| status.as_deref().unwrap_or_default() == code).then_some("page");
            view! { <li><a class="summary-item" href=href aria-current=here>{t(name)}</a></li> }
        })
        .collect_view();
    view! {
        <nav aria-label=t(words::FILTER)>
            <ul class="summary">{items}</ul>
        </nav>
    }
}
