//! `/app/sessions/{id}/ask-to-move?from=2026-11-24`: a therapist asks for another time. Two weeks of free times, of which
//! one is chosen, and the reason; it needs no JavaScript.

use super::server_fns::{AskToMove, load_times_to_ask};
use crate::context::{lang, t, tf};
use crate::layouts::practice::kit::{Answered, Failed, FormState, query};
use crate::pages::Page;
use crate::texts::{common, reschedule as words};
use chrono::Days;
use contracts::booking::DaySlots;
use contracts::limits::REASON_MAX;
use contracts::reschedule::RescheduleTimes;
use domain::dates;
use domain::sessions::may_change;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use ui::{Button, EmptyState, Glyph, Icon, Notice, Skeleton, TextArea, Tone};

pub struct AskToMovePage;

impl Page for AskToMovePage {
    fn view() -> AnyView {
        view! { <Ask/> }.into_any()
    }
}

#[component]
fn Ask() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id")).unwrap_or_default());
    let from = query("from");
    let action = ServerAction::<AskToMove>::new();
    // A refusal fetches what is free now; other changes do not, since the form is being filled.
    let again = Memo::new(move |before: Option<&usize>| {
        let version = action.version().get();
        if action.value().with(|value| matches!(value, Some(Err(_)))) { version } else { before.copied().unwrap_or(0) }
    });
    // Kept while one turns the pages and after a refusal.
    let reason = RwSignal::new(String::new());
    let times = Resource::new_blocking(
        move || (id.get(), from.get(), again.get()),
        |(id, from, _)| load_times_to_ask(id, from),
    );
    view! {
        <Title text=t(words::ASK_TITLE)/>
        <Transition fallback=|| view! { <Skeleton lines=10 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                match times.await {
                    Ok(times) => view! { <Times times action reason/> }.into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Times(times: RescheduleTimes, action: ServerAction<AskToMove>, reason: RwSignal<String>) -> impl IntoView {
    let session = times.session.clone();
    let when = |at| dates::long_when(lang(), at);
    let refused = match &times.pending {
        _ if !may_change(session.status) => Some(t(words::ASK_NOT).to_owned()),
        Some(pending) => Some(tf(words::ASK_PENDING, &[("when", &when(pending.proposed_local))])),
        None => (!times.may_ask).then(|| t(words::ASK_LATE).to_owned()),
    };
    let at = format!("{} ({})", when(session.local), dates::zone_name(&session.time_zone));
    let now = tf(words::ASK_NOW, &[("name", &session.patient_name), ("when", &at)]);
    let until = tf(words::ASK_UNTIL, &[("when", &when(times.ask_until))]);
    let may = times.may_ask;
    view! {
        <p>
            <a class="with-icon" href=format!("/app/sessions/{}", session.id)><Icon glyph=Glyph::ChevronLeft/>{t(words::BACK)}</a>
        </p>
        <header class="page-head">
            <div>
                <h1>{t(words::ASK_TITLE)}</h1>
                <p>{now}</p>
                {may.then(|| view! { <p class="muted">{until}</p> })}
            </div>
        </header>
        {refused.map(|text| view! { <Notice tone=Tone::Warning>{text}</Notice> })}
        {may.then(|| view! { <Form times action reason/> })}
    }
}

#[component]
fn Form(times: RescheduleTimes, action: ServerAction<AskToMove>, reason: RwSignal<String>) -> impl IntoView {
    let form = Answered::by(action);
    let chosen = form.kept("starts_at", "");
    let typed = reason.get_untracked();
    let page = |from: chrono::NaiveDate| format!("/app/sessions/{}/ask-to-move?from={from}", times.session.id);
    let earlier = (times.from > times.today).then(|| page(times.from - Days::new(14)));
    let later = (times.until < times.last).then(|| page(times.until + Days::new(1)));
    let none = times.days.is_empty();
    let today = times.today;
    let (time, late) = (form.wrong("starts_at"), form.wrong("session_id"));
    let wrong = move || time.get().or_else(|| late.get());
    let days = times.days.into_iter().map(|day| view! { <Day day today chosen=chosen.clone()/> }).collect_view();
    view! {
        <ActionForm action>
            <input type="hidden" name="session" value=times.session.id.to_string()/>
            <div class="sections">
                <FormState form/>
                <div on:input=move |ev| reason.set(event_target_value(&ev))>
                    <TextArea label=t(words::REASON) name="reason" rows=3 required=true maxlength=REASON_MAX
                        hint=t(words::REASON_HINT) value=form.kept("reason", &typed) error=form.wrong("reason")/>
                </div>
                <section aria-labelledby="times-title">
                    <h2 id="times-title">{t(words::TIMES)}</h2>
                    {move || wrong().map(|text| view! { <p class="field-error">{text}</p> })}
                    {none.then(|| view! { <EmptyState glyph=Glyph::Calendar title=t(words::NO_TIMES)/> })}
                    <div class="ask-days">{days}</div>
                    <nav class="actions" aria-label=t(words::MORE)>
                        {earlier.map(|href| view! { <a class="btn btn-ghost" href=href>{t(words::EARLIER)}</a> })}
                        {later.map(|href| view! { <a class="btn btn-ghost" href=href>{t(words::LATER)}</a> })}
                    </nav>
                </section>
                <div class="actions">
                    <Button pending=form.pending>{t(words::SEND)}</Button>
                </div>
            </div>
        </ActionForm>
    }
}

#[component]
fn Day(day: DaySlots, today: chrono::NaiveDate, chosen: String) -> impl IntoView {
    let date = dates::long_date(lang(), day.date);
    let title = match dates::relative_day(lang(), day.date, today) {
        Some(word) => format!("{word} · {date}"),
        None => date,
    };
    let choices = day
        .free()
        .map(|slot| {
            let value = slot.starts_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
            let checked = value == chosen;
            view! {
                <label class="ask-time">
                    <input type="radio" name="starts_at" value=value checked=checked required=true/>
                    <span class="figures">{dates::clock(slot.local.time())}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="card ask-day">
            <legend>{title}</legend>
            <div class="ask-times">{choices}</div>
        </fieldset>
    }
}
