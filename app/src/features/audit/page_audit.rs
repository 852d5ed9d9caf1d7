//! `/app/audit?cursor=`: who did what, and whether the chain of seals holds.

use super::actions::action_text;
use super::server_fns::{AuditPage, check_audit, load_audit};
use crate::context::{lang, t, tf};
use crate::error::UiError;
use crate::layouts::practice::kit::{Failed, query};
use crate::pages::Page;
use crate::texts::{audit as words, common, practice};
use chrono::NaiveDateTime;
use contracts::audit::{AuditCheck, AuditEntry};
use domain::dates;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{EmptyState, Glyph, Notice, Skeleton, Tone};

pub struct AuditRoute;

impl Page for AuditRoute {
    fn view() -> AnyView {
        view! { <Audit/> }.into_any()
    }
}

#[component]
fn Audit() -> impl IntoView {
    let cursor = query("cursor");
    let page = Resource::new_blocking(move || cursor.get(), load_audit);
    let check = Resource::new_blocking(|| (), |()| check_audit());
    view! {
        <Title text=t(words::TITLE)/>
        <Transition fallback=|| view! { <Skeleton lines=10 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                let check = check.await;
                match page.await {
                    Ok(page) => view! { <Page page check/> }.into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Page(page: AuditPage, check: Result<AuditCheck, UiError>) -> impl IntoView {
    let cursor = query("cursor");
    let empty = page.entries.is_empty();
    let rows = page.entries.into_iter().map(|(entry, at)| view! { <Row entry at/> }).collect_view();
    view! {
        <header class="page-head">
            <div>
                <h1>{t(words::TITLE)}</h1>
                <p class="muted">{t(words::INTRO)}</p>
            </div>
        </header>
        <Chain check/>
        {if empty {
            view! { <EmptyState glyph=Glyph::List title=t(words::EMPTY)/> }.into_any()
        } else {
            view! {
                <div class="card table-scroll" tabindex="0" role="region" aria-label=t(words::TITLE)>
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col">{t(words::NUMBER)}</th>
                                <th scope="col">{t(words::AT)}</th>
                                <th scope="col">{t(words::WHO)}</th>
                                <th scope="col">{t(words::WHAT)}</th>
                                <th scope="col">{t(words::ON)}</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            }
                .into_any()
        }}
        <p class="actions">
            {move || cursor.get().map(|_| view! { <a class="btn btn-ghost" href="/app/audit">{t(practice::NEWEST)}</a> })}
            {page
                .next
                .map(|next| {
                    view! { <a class="btn btn-secondary" href=format!("/app/audit?cursor={next}")>{t(practice::MORE)}</a> }
                })}
        </p>
    }
}

#[component]
fn Chain(check: Result<AuditCheck, UiError>) -> impl IntoView {
    let (tone, text) = match check {
        Ok(AuditCheck { broken_at: Some(n), .. }) => (Tone::Danger, tf(words::BROKEN, &[("n", &n.to_string())])),
        Ok(AuditCheck { entries: 1, .. }) => (Tone::Success, t(words::HOLDS_ONE).to_owned()),
        Ok(AuditCheck { entries, .. }) => (Tone::Success, tf(words::HOLDS, &[("n", &entries.to_string())])),
        Err(error) => (Tone::Danger, error.message(lang()).to_owned()),
    };
    view! { <Notice tone>{text}</Notice> }
}

#[component]
fn Row(entry: AuditEntry, at: NaiveDateTime) -> impl IntoView {
    let kind = match entry.actor_kind.as_str() {
        "member" => words::MEMBER,
        "patient" => words::PATIENT,
        _ => words::SYSTEM,
    };
    let id = entry.entity_id.map(|id| id.to_string()).unwrap_or_default();
    let page = match entry.action.split_once('.') {
        Some(("booking", _)) => Some("bookings"),
        Some(("patient", _)) => Some("patients"),
        _ => None,
    };
    let on = match page.filter(|_| !id.is_empty()) {
        Some(page) => view! { <a href=format!("/app/{page}/{id}")><code>{id.clone()}</code></a> }.into_any(),
        None => view! { <code>{id}</code> }.into_any(),
    };
    let what = action_text(&entry.action).map_or_else(|| entry.action.clone(), |text| t(text).to_owned());
    view! {
        <tr>
            <td class="figures">{entry.seq.map_or_else(|| t(words::NOT_SEALED).to_owned(), |seq| seq.to_string())}</td>
            <td class="figures">{dates::long_when(lang(), at)}</td>
            <td>{entry.actor_name.unwrap_or_else(|| t(kind).to_owned())}</td>
            <td title=entry.action.clone()>{what}</td>
            <td>{on}</td>
        </tr>
    }
}
