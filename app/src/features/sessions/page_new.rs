//! `/app/sessions/new?patient=&day=&time=`: places a session.

use super::server_fns::{Choices, PlaceSession, find_patients, free_times, load_patient_name, session_choices};
use crate::context::{lang, t, tf};
use crate::layouts::practice::kit::{Answered, Failed, FormState, query};
use crate::pages::Page;
use crate::texts::{common, sessions as words};
use contracts::ErrorCode;
use domain::dates;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{Button, Checkbox, Field, Glyph, Icon, Select, Skeleton};

pub struct NewSessionPage;

impl Page for NewSessionPage {
    fn view() -> AnyView {
        view! { <Place/> }.into_any()
    }
}

#[component]
fn Place() -> impl IntoView {
    let patient = query("patient");
    let place = ServerAction::<PlaceSession>::new();
    let offered = Resource::new_blocking(|| (), |()| session_choices());
    let name = Resource::new_blocking(move || patient.get(), load_patient_name);
    view! {
        <Title text=t(words::NEW)/>
        <p><a class="with-icon" href="/app/sessions"><Icon glyph=Glyph::ChevronLeft/>{t(words::BACK)}</a></p>
        <header class="page-head">
            <div>
                <h1>{t(words::NEW)}</h1>
                <p class="muted">{t(words::NEW_INTRO)}</p>
            </div>
        </header>
        <Transition fallback=|| view! { <Skeleton lines=8 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                match (offered.await, name.await) {
                    (Ok(offered), Ok(Some((id, name)))) => view! { <Form offered place patient=id name/> }.into_any(),
                    (Ok(_), Ok(None)) => view! { <WhoComes/> }.into_any(),
                    (Err(error), _) | (_, Err(error)) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// Looks for the patient by what is typed; a found one is a link to the form.
#[component]
fn WhoComes() -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let found = Resource::new(
        move || typed.get(),
        |words| async move { if words.trim().is_empty() { Ok(vec![]) } else { find_patients(words).await } },
    );
    let (day, time) = (query("day"), query("time"));
    let rest = move || {
        let part = |name: &str, value: Option<String>| value.map(|v| format!("&{name}={v}")).unwrap_or_default();
        format!("{}{}", part("day", day.get()), part("time", time.get()))
    };
    view! {
        <section class="card" aria-labelledby="who-title">
            <h2 id="who-title">{t(words::CHOOSE_PATIENT)}</h2>
            <div class="field">
                <label for="who">{t(words::FIND_PATIENT)}</label>
                <input id="who" type="search" autocomplete="off" maxlength="120"
                    on:input=move |ev| typed.set(event_target_value(&ev))/>
            </div>
            <div aria-live="polite">
                <Transition>
                    {move || Suspend::new(async move {
                        let people = found.await.unwrap_or_default();
                        let nobody = people.is_empty() && !typed.get_untracked().trim().is_empty();
                        let rest = rest();
                        let items = people
                            .into_iter()
                            .map(|(id, name, phone)| {
                                let href = format!("/app/sessions/new?patient={id}{rest}");
                                view! {
                                    <li>
                                        <a class="list-row plain" href=href>
                                            <span class="list-main"><strong>{name}</strong><span class="muted">{phone}</span></span>
                                        </a>
                                    </li>
                                }
                            })
                            .collect_view();
                        view! {
                            {nobody.then(|| view! { <p class="muted">{t(words::NO_PATIENT)}</p> })}
                            <ul class="list">{items}</ul>
                        }
                    })}
                </Transition>
            </div>
        </section>
    }
}

#[component]
fn Form(offered: Choices, place: ServerAction<PlaceSession>, patient: String, name: String) -> impl IntoView {
    let form = Answered::by(place);
    let first = |all: &[(String, String)]| all.first().map(|(id, _)| id.clone()).unwrap_or_default();
    let therapist = RwSignal::new(form.kept("form[therapist]", &first(&offered.therapists)));
    let service = RwSignal::new(form.kept("form[service]", &first(&offered.services)));
    let day = RwSignal::new(form.kept("form[day]", &query("day").get_untracked().unwrap_or_default()));
    let time: NodeRef<leptos::html::Div> = NodeRef::new();
    let chosen = form.kept("form[time]", &query("time").get_untracked().unwrap_or_default());
    view! {
        <ActionForm action=place>
            <input type="hidden" name="form[patient]" value=patient/>
            <section class="card" aria-label=t(words::PATIENT)>
                <p>
                    <strong>{name}</strong> " "
                    <a href="/app/sessions/new">{t(words::OTHER_PATIENT)}</a>
                </p>
                <div class="form-row">
                    <Select label=t(words::THERAPIST) name="form[therapist]" options=offered.therapists
                        value=therapist.get_untracked() error=form.wrong("therapist") on_check=Callback::new(move |v| therapist.set(v))/>
                    <Select label=t(words::SERVICE) name="form[service]" options=offered.services
                        value=service.get_untracked() error=form.wrong("service_id") on_check=Callback::new(move |v| service.set(v))/>
                </div>
                <div class="form-row" node_ref=time>
                    <Field label=t(words::DAY) name="form[day]" kind="date" required=true value=day.get_untracked()
                        error=form.wrong("day") on_check=Callback::new(move |v| day.set(v))/>
                    <Field label=t(words::TIME) name="form[time]" kind="time" required=true value=chosen error=form.wrong("starts")/>
                </div>
                <Free therapist service day row=time/>
                <details>
                    <summary>{t(words::PRICE)}</summary>
                    <div class="form-row">
                        <Field label=t(words::DURATION) name="form[duration]" kind="number" hint=t(words::DURATION_HINT)
                            min="30" max="120" step="5" value=form.kept("form[duration]", "") error=form.wrong("duration_min")/>
                        <Field label=t(words::PRICE) name="form[price]" inputmode="decimal" hint=t(words::PRICE_HINT)
                            value=form.kept("form[price]", "") error=form.wrong("price")/>
                    </div>
                </details>
                <Checkbox label=t(words::KNOWINGLY) name="form[outside_hours]" hint=t(words::KNOWINGLY_HINT)
                    checked=form.kept_tick("form[outside_hours]", false)/>
                <Checkbox label=t(words::TELL) name="form[tell]" checked=form.kept_tick("form[tell]", true)/>
                <Button pending=form.pending>{t(words::PLACE_SEND)}</Button>
            </section>
        </ActionForm>
        <FormState form/>
        <Alternatives place/>
    }
}

/// The free times of the chosen day; one click puts a time into the field.
#[component]
fn Free(
    therapist: RwSignal<String>,
    service: RwSignal<String>,
    day: RwSignal<String>,
    row: NodeRef<leptos::html::Div>,
) -> impl IntoView {
    let times = Resource::new(
        move || (therapist.get(), service.get(), day.get()),
        |(therapist, service, day)| async move {
            if day.is_empty() { Ok(None) } else { free_times(therapist, service, day).await.map(Some) }
        },
    );
    let choose = move |clock: String| {
        let input = row.get_untracked().and_then(|row| row.query_selector("input[type=time]").ok().flatten());
        if let Some(input) =
            input.and_then(|input| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlInputElement>(input).ok())
        {
            input.set_value(&clock);
        }
    };
    view! {
        <div aria-live="polite">
            <Transition>
                {move || Suspend::new(async move {
                    let times = times.await.ok().flatten()?;
                    let none = times.is_empty();
                    let buttons = times
                        .into_iter()
                        .map(|at| {
                            let clock = dates::clock(at.time());
                            let chosen = clock.clone();
                            view! {
                                <button type="button" class="btn btn-secondary figures" on:click=move |_| choose(chosen.clone())>
                                    {clock}
                                </button>
                            }
                        })
                        .collect_view();
                    Some(view! {
                        <p class="muted">{t(if none { words::NO_FREE_TIMES } else { words::FREE_TIMES })}</p>
                        <div class="actions">{buttons}</div>
                    })
                })}
            </Transition>
        </div>
    }
}

/// When the time is taken: the nearest that are not.
#[component]
fn Alternatives(place: ServerAction<PlaceSession>) -> impl IntoView {
    move || {
        let error = place.value().get()?.err()?;
        (error.code() == ErrorCode::SlotTaken && !error.0.alternatives.is_empty()).then(|| {
            let times: Vec<_> = error.0.alternatives.iter().map(|slot| dates::long_when(lang(), slot.local)).collect();
            view! { <p role="status">{tf(words::ALTERNATIVES, &[("times", &times.join("; "))])}</p> }
        })
    }
}
