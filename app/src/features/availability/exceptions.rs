//! Days that differ: the overview of the next 90, the list, and the form that adds one (EC-AV-002 included).

use super::clock;
use super::overview::Overview;
use super::page_availability::{Forms, forget_of_others};
use crate::context::{lang, t, tf, tn};
use crate::error::UiError;
use crate::layouts::practice::kit::{Answered, FormState, query};
use crate::texts::{availability as words, common, practice};
use contracts::availability::{AvailabilityPage, BookingsInTheWay, Exception, ExceptionKind};
use contracts::{ErrorCode, Text};
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
            <List exceptions=page.exceptions.clone() therapist=therapist.clone() forms may/>
            <FormState form=Answered::by(forms.delete_exception) done=t(words::REMOVED)/>
            {may.then(|| view! { <AddOrChange therapist exceptions=page.exceptions forms/> })}
        </section>
    }
}

/// The form that adds an exception or, where the address names one, the form that changes it.
#[component]
fn AddOrChange(therapist: String, exceptions: Vec<Exception>, forms: Forms) -> impl IntoView {
    let named = query("exception");
    forget_of_others(named, forms.change_exception);
    let ids: Vec<_> = exceptions.iter().map(|one| one.id.to_string()).collect();
    let whose = therapist.clone();
    let changes = exceptions
        .into_iter()
        .map(|exception| {
            let (id, therapist) = (exception.id.to_string(), therapist.clone());
            move || {
                named.with(|named| named.as_ref() == Some(&id)).then(|| {
                    view! { <Change therapist=therapist.clone() exception=exception.clone() forms/> }
                })
            }
        })
        .collect_view();
    view! {
        {move || {
            let adds = named.with(|named| named.as_ref().is_none_or(|named| !ids.contains(named)));
            adds.then(|| view! { <Add therapist=whose.clone() forms/> })
        }}
        {changes}
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
            let change = tf(words::CHANGE_OF, &[("what", &days)]);
            let address = format!("/app/availability?therapist={therapist}&exception={}#add-exception", exception.id);
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
                                <a class="btn btn-ghost" href=address aria-label=change>{t(words::CHANGE)}</a>
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
                        {may.then(|| view! { <th scope="col"><span class="sr-only">{t(words::ACTIONS)}</span></th> })}
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
    let kept = |field: &str| form.kept(field, "");
    let first = Typed {
        kind: form.kept("kind", ExceptionKind::Closed.as_str()),
        starts_on: form.kept("starts_on", &chosen.get_untracked().unwrap_or_default()),
        ends_on: kept("ends_on"),
        starts: kept("starts"),
        ends: kept("ends"),
        reason: kept("reason"),
    };
    let met = Signal::derive(move || in_the_way(&add.value().get()));
    view! {
        <h3 id="add-exception">{t(words::ADD_EXCEPTION)}</h3>
        <ActionForm action=add node_ref=node>
            <input type="hidden" name="therapist" value=therapist/>
            <Inputs form first/>
            <Send form met label=words::ADD/>
        </ActionForm>
        {move || met.get().is_none().then(|| view! { <FormState form done=t(words::ADDED)/> })}
    }
}

#[component]
fn Change(therapist: String, exception: Exception, forms: Forms) -> impl IntoView {
    let change = forms.change_exception;
    let form = Answered::by(change);
    let minute = |at: Option<i32>| at.map(clock).unwrap_or_default();
    let first = Typed {
        kind: form.kept("kind", exception.kind.as_str()),
        starts_on: form.kept("starts_on", &exception.starts_on.to_string()),
        ends_on: form.kept("ends_on", &exception.ends_on.to_string()),
        starts: form.kept("starts", &minute(exception.minutes.map(|(from, _)| from))),
        ends: form.kept("ends", &minute(exception.minutes.map(|(_, until)| until))),
        reason: form.kept("reason", &exception.reason),
    };
    let met = Signal::derive(move || in_the_way(&change.value().get()));
    let back = format!("/app/availability?therapist={therapist}#exceptions");
    view! {
        <h3 id="add-exception">{t(words::CHANGE_EXCEPTION)}</h3>
        <ActionForm action=change>
            <input type="hidden" name="therapist" value=therapist/>
            <input type="hidden" name="id" value=exception.id.to_string()/>
            <Inputs form first/>
            <Send form met label=common::SAVE/>
        </ActionForm>
        <p><a class="btn btn-ghost" href=back>{t(words::LEAVE_AS_IT_IS)}</a></p>
        {move || met.get().is_none().then(|| view! { <FormState form/> })}
    }
}

/// What stands in the form of an exception.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Typed {
    kind: String,
    starts_on: String,
    ends_on: String,
    starts: String,
    ends: String,
    reason: String,
}

#[component]
fn Inputs(form: Answered, first: Typed) -> impl IntoView {
    let kinds = vec![
        (ExceptionKind::Closed.as_str().to_owned(), t(words::KIND_CLOSED).to_owned()),
        (ExceptionKind::Open.as_str().to_owned(), t(words::KIND_OPEN).to_owned()),
    ];
    view! {
        <div class="form-row">
            <Select label=t(words::KIND) name="kind" options=kinds value=first.kind error=form.wrong("kind")/>
            <Field label=t(words::FROM_DAY) name="starts_on" kind="date" required=true value=first.starts_on
                error=form.wrong("starts_on")/>
            <Field label=t(words::UNTIL_DAY) name="ends_on" kind="date" value=first.ends_on
                hint=t(words::UNTIL_DAY_HINT) error=form.wrong("ends_on")/>
        </div>
        <div class="form-row">
            <Field label=t(words::FROM_TIME) name="starts" id="f-exception-starts" kind="time" value=first.starts
                hint=t(words::HOURS_HINT) error=form.wrong("starts")/>
            <Field label=t(words::UNTIL_TIME) name="ends" id="f-exception-ends" kind="time" value=first.ends
                error=form.wrong("ends")/>
        </div>
        <Field label=t(words::REASON) name="reason" maxlength=contracts::limits::REASON_MAX value=first.reason
            error=form.wrong("reason")/>
    }
}

/// The button that sends the form or, while bookings are in the way, the question about them.
#[component]
fn Send(form: Answered, met: Signal<Option<u32>>, label: Text) -> impl IntoView {
    let pending = form.pending;
    move || match met.get() {
        Some(n) => view! { <Choice n pending/> }.into_any(),
        None => view! { <Button variant=Variant::Secondary pending>{t(label)}</Button> }.into_any(),
    }
}

/// EC-AV-002: how many bookings the last attempt found.
fn in_the_way(answer: &Option<Result<(), UiError>>) -> Option<u32> {
    match answer {
        Some(Err(error)) if error.code() == ErrorCode::BookingsInTheWay => Some(error.0.number.unwrap_or(1)),
        _ => None,
    }
}

/// The two ways on, each a button that sends the same form. The milder one first: it is what the Enter key does.
#[component]
fn Choice(n: u32, pending: Signal<bool>) -> impl IntoView {
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
