//! Sessions as a table whose rows can be chosen, and what is done with the chosen ones.

use super::server_fns::{ActOnSessions, ListQuery};
use super::words as say;
use crate::context::{lang, t, tf};
use crate::layouts::practice::kit::{Answered, FormState};
use crate::texts::sessions as words;
use contracts::limits::REASON_MAX;
use contracts::sessions::{PaymentStatus, SessionCard, SessionStatus};
use contracts::{SessionId, Text};
use leptos::prelude::*;
use std::collections::HashSet;
use ui::{Button, Field, Glyph, Icon, MoneyText, Notice, Select, Tone};

/// Where a session stands: icon, word and colour.
#[component]
pub fn SessionBadge(status: SessionStatus) -> impl IntoView {
    let (tone, glyph) = match status {
        SessionStatus::Scheduled => ("confirmed", Glyph::Clock),
        SessionStatus::InProgress => ("progress", Glyph::Hourglass),
        SessionStatus::Completed => ("review", Glyph::Check),
        SessionStatus::NoShow => ("pending", Glyph::Slash),
        SessionStatus::Cancelled => ("closed", Glyph::Cross),
    };
    view! { <span class=format!("badge badge-{tone}")><Icon glyph/>{say::status(status)}</span> }
}

/// What was paid: icon, word and colour.
#[component]
pub fn PaymentBadge(status: PaymentStatus) -> impl IntoView {
    let (tone, glyph) = match status {
        PaymentStatus::Pending => ("pending", Glyph::Money),
        PaymentStatus::PartlyPaid => ("pending", Glyph::Money),
        PaymentStatus::Paid => ("due", Glyph::Check),
        PaymentStatus::Refunded => ("expired", Glyph::Cross),
        PaymentStatus::Waived => ("expired", Glyph::Slash),
    };
    view! { <span class=format!("badge badge-{tone}")><Icon glyph/>{say::payment(status)}</span> }
}

/// The head of a column that sorts: the same link turns the order round.
#[component]
fn Sorted(query: ListQuery, name: Text, label: Text, up: &'static str, down: &'static str) -> impl IntoView {
    let now = query.sort.clone().unwrap_or_else(|| "-starts_at".to_owned());
    let (next, state) = match now {
        ref sort if sort == down => (up, Some("descending")),
        ref sort if sort == up => (down, Some("ascending")),
        _ => (down, None),
    };
    let href = ListQuery { sort: Some(next.to_owned()), cursor: None, ..query }.address();
    let arrow = match state {
        Some("descending") => " ↓",
        Some(_) => " ↑",
        None => "",
    };
    view! { <th scope="col" aria-sort=state><a href=href title=t(label)>{t(name)}<span aria-hidden="true">{arrow}</span></a></th> }
}

#[component]
pub fn Table(
    items: Vec<SessionCard>,
    query: ListQuery,
    may: bool,
    pays: bool,
    chosen: Chosen,
    bulk: ServerAction<ActOnSessions>,
) -> impl IntoView {
    let rows = items.into_iter().map(|card| view! { <Row card may chosen/> }).collect_view();
    view! {
        <ActionForm action=bulk>
            <div class="card table-scroll" tabindex="0" role="region" aria-label=t(words::TITLE)>
                <table class="table">
                    <thead>
                        <tr>
                            {may.then(|| view! { <th scope="col"><span class="sr-only">{t(words::SELECT_COLUMN)}</span></th> })}
                            <Sorted query=query.clone() name=words::WHEN label=words::SORT_WHEN up="starts_at" down="-starts_at"/>
                            <th scope="col">{t(words::PATIENT)}</th>
                            <th scope="col">{t(words::SERVICE)}</th>
                            <th scope="col">{t(words::THERAPIST)}</th>
                            <th scope="col">{t(words::STATUS)}</th>
                            <Sorted query=query.clone() name=words::PAYMENT label=words::SORT_PAYMENT up="payment" down="-payment"/>
                            <th scope="col">{t(words::PRICE)}</th>
                            <Sorted query name=words::NUMBER label=words::SORT_CREATED up="created_at" down="-created_at"/>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {may.then(|| view! { <Bulk bulk pays/> })}
        </ActionForm>
    }
}

/// The sessions somebody ticked. It outlives the table, which is shown anew whenever something changes.
#[derive(Clone, Copy)]
pub struct Chosen(RwSignal<HashSet<SessionId>>);

impl Chosen {
    /// Nothing yet, and nothing again once something was done with all of them.
    pub fn until(done: Memo<usize>) -> Self {
        let chosen = RwSignal::new(HashSet::new());
        Effect::new(move |before: Option<usize>| {
            let now = done.get();
            if before.is_some_and(|before| before != now) {
                chosen.update(HashSet::clear);
            }
            now
        });
        Self(chosen)
    }

    fn set(self, id: SessionId, ticked: bool) {
        self.0.update(|ids| {
            let _ = if ticked { ids.insert(id) } else { ids.remove(&id) };
        });
    }
}

#[component]
fn Row(card: SessionCard, may: bool, chosen: Chosen) -> impl IntoView {
    let id = card.id;
    let (when, short) = (say::when(&card), say::when_short(&card));
    let name = tf(words::SELECT, &[("name", &card.patient_name), ("when", &when)]);
    view! {
        <tr>
            {may.then(|| {
                view! {
                    <td>
                        <label class="pick">
                            <input type="checkbox" name="ids[]" value=id.to_string() aria-label=name
                                prop:checked=move || chosen.0.with(|ids| ids.contains(&id))
                                on:change=move |ev| chosen.set(id, event_target_checked(&ev))/>
                        </label>
                    </td>
                }
            })}
            <td class="figures start"><a href=format!("/app/sessions/{}", card.id) title=when>{short}</a></td>
            <td>{card.patient_name}</td>
            <td>{card.service_name}</td>
            <td>{card.therapist_name}</td>
            <td><SessionBadge status=card.status/></td>
            <td><PaymentBadge status=card.payment_status/></td>
            <td class="figures"><MoneyText money=card.price lang=lang()/></td>
            <td class="figures reference-cell">{card.reference}</td>
        </tr>
    }
}

/// What can be done with all that are chosen.
#[component]
fn Bulk(bulk: ServerAction<ActOnSessions>, pays: bool) -> impl IntoView {
    let options = [
        ("complete", words::BULK_COMPLETE),
        ("no_show", words::BULK_NO_SHOW),
        ("paid_cash", words::BULK_CASH),
        ("paid_bank_transfer", words::BULK_TRANSFER),
        ("paid_mpesa", words::BULK_MPESA),
        ("cancel", words::BULK_CANCEL),
        ("cancel_untold", words::BULK_CANCEL_UNTOLD),
    ];
    let offered = options.into_iter().filter(|(code, _)| pays || !code.starts_with("paid"));
    let options = offered.map(|(code, text)| (code.to_owned(), t(text).to_owned())).collect();
    let form = Answered::by(bulk);
    let said = move || {
        let done = bulk.value().get()?.ok()?;
        let left = (!done.left.is_empty()).then(|| tf(words::BULK_LEFT, &[("numbers", &done.left.join(", "))]));
        let text = tf(words::BULK_DONE, &[("n", &done.done.to_string())]);
        let tone = if left.is_some() { Tone::Warning } else { Tone::Success };
        Some(view! { <Notice tone>{text}" "{left}</Notice> })
    };
    let failed = move || bulk.value().with(|value| matches!(value, Some(Err(_))));
    view! {
        <div class="form-row bulk">
            <Select label=t(words::WITH_SELECTED) name="action" options/>
            <Field label=t(words::BULK_REASON) name="reason" maxlength=REASON_MAX error=form.wrong("reason")/>
            <Button pending=form.pending>{t(words::DO)}</Button>
        </div>
        {move || failed().then(|| view! { <FormState form/> })}
        {said}
    }
}
