//! Days that differ: the overview of the next 90, the list, and the form that adds one (EC-AV-002 included).

use super::clock;
use super::overview::Overview;
use super::page_availability::Forms;
use crate::context::{lang, t, tf, tn};
use crate::layouts::practice::kit::{Answered, FormState, query};
use crate::texts::{availability as words, practice};
use contracts::ErrorCode;
use contracts::availability::{AvailabilityPage, BookingsInTheWay, Exception, ExceptionKind};
use domain::dates;
use leptos::html;
use leptos::prelude::*;
use ui::{Button, EmptyState, Field, Notice, Select, Tone, Variant};
use wasm_bindgen::JsCast;

#[component]
pub(super) fn Exceptions(page: AvailabilityPage, forms: Forms, may: bool) -> impl IntoView {
    let therapist = page.therapist_id.to_string();
    view! {
        <section id="exceptions" class="card" aria-labelledby="exceptions-title">
            <h2 id="exceptions-title">{t(words::EXCEPTIONS)}</h2>
            <p class="muted">{t(words::EXCEPTIONS_HELP)}</p>
            <Overview days=page.overview.clone() therapist=therapist.clone()/>
            <h3>{t(words::UPCOMING_EXCEPTIONS)}</h3>
            <List exceptions=page.exceptions therapist=therapist.clone() forms may/>
            <FormState form=Answered::by(forms.delete_exception) done=t(words::REMOVED)/>
            {may.then(|| view! { <Add therapist forms/> })}
        </section>
    }
}

#[component]
fn List(exceptions: Vec<Exception>, therapist: String, forms: Forms, may: bool) -> impl IntoView {
    if exceptions.is_empty() {
        return view! { <EmptyState title=t(words::NO_EXCEPTIONS)/> }.into_any();
    }
    let rows = exceptions
        .into_iter()
        .map(|exception| {
            let days = match exception.starts_on == exception.ends_on {
                true => dates::long_date(lang(), exception.starts_on),
                false => tf(
                    words::DAYS_RANGE,
                    &[
                        ("from", &dates::long_date(lang(), exception.starts_on)),
                        ("until", &dates::long_date(lang(), exception.ends_on)),
                    ],
                ),
            };
            let hours = match exception.minutes {
                Some((from, until)) => tf(words::BLOCK, &[("from", &clock(from)), ("until", &clock(until))]),
                None => t(words::ALL_DAY).to_owned(),
            };
            let kind = match exception.kind {
                ExceptionKind::Closed => words::KIND_CLOSED,
                ExceptionKind::Open => words::KIND_OPEN,
            };
            let remove = tf(words::DELETE_DAYS, &[("days", &days)]);
            let therapist = therapist.clone();
            view! {
                <tr>
                    <td>{days}</td>
                    <td class="figures">{hours}</td>
                    <td>{t(kind)}</td>
                    <td>{exception.reason}</td>
                    {may.then(|| {
                        view! {
                            <td>
                                <ActionForm action=forms.delete_exception>
                                    <input type="hidden" name="therapist" value=therapist/>
                                    <input type="hidden" name="id" value=exception.id.to_string()/>
                                    <button type="submit" class="btn btn-ghost" aria-label=remove>{t(practice::DELETE)}</button>
                                </ActionForm>
                            </td>
                        }
                    })}
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=t(words::UPCOMING_EXCEPTIONS)>
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">{t(words::DATES)}</th>
                        <th scope="col">{t(words::HOURS)}</th>
                        <th scope="col">{t(words::KIND)}</th>
                        <th scope="col">{t(words::REASON_SHORT)}</th>
                        {may.then(|| view! { <th scope="col"><span class="sr-only">{t(practice::DELETE)}</span></th> })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Add(therapist: String, forms: Forms) -> impl IntoView {
    let add = forms.add_exception;
    let (form, node) = (Answered::by(add), NodeRef::<html::Form>::new());
    form.reset_when_done(node);
    let chosen = query("date");
    // A field that was typed into no longer follows its attribute, so a chosen day is written into it.
    Effect::new(move |_| {
        if let (Some(date), Some(field)) = (chosen.get(), document().get_element_by_id("f-starts_on")) {
            field.unchecked_into::<web_sys::HtmlInputElement>().set_value(&date);
        }
    });
    let starts_on = form.kept("starts_on", &chosen.get_untracked().unwrap_or_default());
    let kinds = vec![
        (ExceptionKind::Closed.as_str().to_owned(), t(words::KIND_CLOSED).to_owned()),
        (ExceptionKind::Open.as_str().to_owned(), t(words::KIND_OPEN).to_owned()),
    ];
    view! {
        <h3 id="add-exception">{t(words::ADD_EXCEPTION)}</h3>
        <ActionForm action=add node_ref=node>
            <input type="hidden" name="therapist" value=therapist/>
            <div class="form-row">
                <Select label=t(words::KIND) name="kind" options=kinds value=form.kept("kind", "closed")
                    error=form.wrong("kind")/>
                <Field label=t(words::FROM_DAY) name="starts_on" kind="date" required=true value=starts_on
                    error=form.wrong("starts_on")/>
                <Field label=t(words::UNTIL_DAY) name="ends_on" kind="date" value=form.kept("ends_on", "")
                    hint=t(words::UNTIL_DAY_HINT) error=form.wrong("ends_on")/>
            </div>
            <div class="form-row">
                <Field label=t(words::FROM_TIME) name="starts" id="f-exception-starts" kind="time"
                    value=form.kept("starts", "") hint=t(words::HOURS_HINT) error=form.wrong("starts")/>
                <Field label=t(words::UNTIL_TIME) name="ends" id="f-exception-ends" kind="time"
                    value=form.kept("ends", "") error=form.wrong("ends")/>
            </div>
            <Field label=t(words::REASON) name="reason" maxlength=contracts::limits::REASON_MAX
                value=form.kept("reason", "") error=form.wrong("reason")/>
            {move || {
                let n = in_the_way(forms)?;
                Some(view! { <Choice n forms/> })
            }}
            {move || {
                in_the_way(forms)
                    .is_none()
                    .then(|| view! { <Button variant=Variant::Secondary pending=form.pending>{t(words::ADD)}</Button> })
            }}
        </ActionForm>
        {move || in_the_way(forms).is_none().then(|| view! { <FormState form done=t(words::ADDED)/> })}
    }
}

/// EC-AV-002: how many bookings the last attempt found.
fn in_the_way(forms: Forms) -> Option<u32> {
    forms.add_exception.value().with(|value| match value {
        Some(Err(error)) if error.code() == ErrorCode::BookingsInTheWay => Some(error.0.number.unwrap_or(1)),
        _ => None,
    })
}

/// The two ways on, each a button that sends the same form. The milder one first: it is what the Enter key does.
#[component]
fn Choice(n: u32, forms: Forms) -> impl IntoView {
    let pending = forms.add_exception.pending();
    let keep = if n == 1 { words::KEEP_IT } else { words::KEEP_THEM };
    view! {
        <Notice tone=Tone::Warning>
            <p><strong>{tn([words::IN_THE_WAY_ONE, words::IN_THE_WAY], n)}</strong></p>
            <p>{t(words::IN_THE_WAY_SAFE)}" "{t(words::RETYPE)}</p>
            <div class="actions">
                <Button variant=Variant::Secondary name="bookings" value=BookingsInTheWay::Keep.as_str() pending=pending>
                    {t(keep)}
                </Button>
                <Button variant=Variant::Danger name="bookings" value=BookingsInTheWay::Cancel.as_str() pending=pending>
                    {tn([words::CANCEL_IT, words::CANCEL_THEM], n)}
                </Button>
            </div>
        </Notice>
    }
}
