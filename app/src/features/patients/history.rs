//! The second tab: every session, narrowed by status, payment and dates, and as a file.

use super::server_fns::{HistoryQuery, load_history};
use super::words::{self as say, SessionBadge};
use crate::context::{lang, t};
use crate::layouts::practice::kit::{Failed, practice_live, query};
use crate::texts::{common, patients as words, practice};
use contracts::booking::Page;
use contracts::patients::PatientSession;
use contracts::sessions::{PaymentStatus, SessionStatus};
use domain::dates;
use leptos::prelude::*;
use ui::{Button, EmptyState, Field, Glyph, Icon, MoneyText, Select, Skeleton, Variant};

fn asked() -> Memo<HistoryQuery> {
    let [status, payment, from, until, cursor] = ["status", "payment", "from", "until", "cursor"].map(query);
    Memo::new(move |_| {
        let text = |memo: Memo<Option<String>>| memo.get().unwrap_or_default();
        HistoryQuery {
            status: text(status),
            payment: text(payment),
            from: text(from),
            until: text(until),
            cursor: text(cursor),
        }
    })
}

/// The filters as they stand in an address.
fn pairs(query: &HistoryQuery, cursor: &str) -> String {
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    let all = [
        ("status", query.status.as_str()),
        ("payment", &query.payment),
        ("from", &query.from),
        ("until", &query.until),
        ("cursor", cursor),
    ];
    let given = all.into_iter().filter(|(_, value)| !value.is_empty() && plain(value));
    given.map(|(name, value)| format!("&{name}={value}")).collect()
}

#[component]
pub fn HistoryTab(id: String) -> impl IntoView {
    let asked = asked();
    let live = practice_live();
    let of = id.clone();
    let page = Resource::new_blocking(
        move || (of.clone(), asked.get(), live.tick.get()),
        |(id, query, _)| load_history(id, query),
    );
    view! {
        <Filters id=id.clone() asked=asked.get_untracked()/>
        <Transition fallback=|| view! { <Skeleton lines=6 label=t(common::LOADING)/> }>
            {move || {
                let id = id.clone();
                Suspend::new(async move {
                    match page.await {
                        Ok(page) => view! { <Sessions page id asked=asked.get_untracked()/> }.into_any(),
                        Err(error) => view! { <Failed error/> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}

#[component]
fn Filters(id: String, asked: HistoryQuery) -> impl IntoView {
    let any = || (String::new(), t(words::STATE_ALL).to_owned());
    let statuses = SessionStatus::ALL.iter().map(|s| (s.as_str().to_owned(), t(say::session_status(*s)).to_owned()));
    let payments = PaymentStatus::ALL.iter().map(|s| (s.as_str().to_owned(), t(say::payment_status(*s)).to_owned()));
    let narrowed = !pairs(&asked, "").is_empty();
    view! {
        <details class="card filters" open=narrowed>
            <summary>{t(words::FILTERS)}</summary>
            <form method="get" action=format!("/app/patients/{id}")>
                <input type="hidden" name="tab" value="history"/>
                <div class="form-row">
                    <Select label=t(words::STATUS) name="status" options=std::iter::once(any()).chain(statuses).collect()
                        value=asked.status/>
                    <Select label=t(words::PAYMENT) name="payment" options=std::iter::once(any()).chain(payments).collect()
                        value=asked.payment/>
                    <Field label=t(words::FROM) name="from" kind="date" value=asked.from/>
                    <Field label=t(words::UNTIL) name="until" kind="date" value=asked.until/>
                </div>
                <Button variant=Variant::Secondary>{t(words::APPLY)}</Button>
            </form>
        </details>
    }
}

#[component]
fn Sessions(page: Page<PatientSession>, id: String, asked: HistoryQuery) -> impl IntoView {
    if page.items.is_empty() {
        return view! { <EmptyState title=t(words::NO_SESSIONS)/> }.into_any();
    }
    let money = page.items.iter().any(|session| session.payment_status.is_some());
    let rows = page.items.into_iter().map(|session| view! { <Row session money/> }).collect_view();
    let address = |cursor: &str| format!("/app/patients/{id}?tab=history{}", pairs(&asked, cursor));
    let first = (!asked.cursor.is_empty()).then(|| address(""));
    let next = page.next.map(|cursor| address(&cursor));
    let file = format!("/app/patients/{id}/sessions.csv?{}", pairs(&asked, "").trim_start_matches('&'));
    view! {
        <div class="card table-scroll" tabindex="0" role="region" aria-label=t(words::HISTORY)>
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">{t(words::DATE)}</th>
                        <th scope="col">{t(words::SERVICE)}</th>
                        <th scope="col">{t(practice::THERAPIST)}</th>
                        <th scope="col">{t(words::STATUS)}</th>
                        {money.then(|| view! { <th scope="col">{t(words::PAYMENT)}</th> })}
                        <th scope="col">{t(words::PRICE)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="actions">
            {first.map(|href| view! { <a class="btn btn-ghost" href=href>{t(practice::NEWEST)}</a> })}
            {next.map(|href| view! { <a class="btn btn-secondary" href=href>{t(practice::MORE)}</a> })}
            <a class="btn btn-ghost" href=file rel="external" download=""><Icon glyph=Glyph::Download/>{t(words::EXPORT)}</a>
        </p>
    }
    .into_any()
}

#[component]
fn Row(session: PatientSession, money: bool) -> impl IntoView {
    let paid = session.payment_status.map(|status| t(say::payment_status(status)));
    view! {
        <tr>
            <td class="figures">
                <a href=format!("/app/sessions/{}", session.id) rel="external">{dates::long_when(lang(), session.local)}</a>
            </td>
            <td>{session.service_name}</td>
            <td>{session.therapist_name}</td>
            <td><SessionBadge status=session.status/></td>
            {money.then(|| view! { <td>{paid}</td> })}
            <td><MoneyText money=session.price lang=lang()/></td>
        </tr>
    }
}
