//! `/app/patients/{id}?tab=`: who this is, what can be done, and everything about them by tabs (004 §4.3).

use super::closing::More;
use super::duplicates::Mergeable;
use super::history::HistoryTab;
use super::letters::LettersTab;
use super::notes::NotesTab;
use super::overview::OverviewTab;
use super::page_form::Back;
use super::page_list::{trust_badge, years};
use super::preferences::PreferencesTab;
use super::server_fns::{Profile, load_patient_profile};
use crate::context::{t, tf};
use crate::features::series::SeriesPanel;
use crate::layouts::practice::kit::{DoneNotice, Failed, Myself, fresh, practice_live, query};
use crate::pages::Page;
use crate::texts::{common, patients as words};
use contracts::Text;
use contracts::accounts::Role;
use domain::permissions::{Action as Verb, Resource as Thing, allowed};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use ui::{Glyph, Icon, Notice, Skeleton, Tone};

pub struct PatientRoute;

impl Page for PatientRoute {
    fn view() -> AnyView {
        view! { <Patient/> }.into_any()
    }
}

/// The tabs: what stands in the address, the name, and what one must be allowed to read.
const TABS: [(&str, Text, Thing); 6] = [
    ("", words::OVERVIEW, Thing::Patients),
    ("history", words::HISTORY, Thing::Sessions),
    ("notes", words::NOTES, Thing::Patients),
    ("preferences", words::PREFERENCES, Thing::Patients),
    ("series", words::SERIES, Thing::Series),
    ("messages", words::MESSAGES, Thing::Messages),
];

#[component]
fn Patient() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id")).unwrap_or_default());
    let first = Resource::new_blocking(move || id.get(), load_patient_profile);
    let me = Myself::get();
    view! {
        <Back to="/app/patients".to_owned() name=t(words::BACK).to_owned()/>
        <Transition fallback=|| view! { <Skeleton lines=8 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                let role = me.role().await;
                match first.await {
                    Ok(initial) => view! { <Record initial role/> }.into_any(),
                    Err(error) => view! { <Title text=t(words::TITLE)/> <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// The record as it is now. Its head is shown anew only when it has changed itself, and the tabs keep what is typed.
#[component]
fn Record(initial: Profile, role: Role) -> impl IntoView {
    let id = initial.patient.id.to_string();
    let of = id.clone();
    let fresh = fresh(initial, practice_live(), move || load_patient_profile(of.clone()));
    let shown = Memo::new(move |_| fresh.data.get());
    view! {
        {move || view! { <Head profile=shown.get() role/> }.into_any()}
        <Tabs id role/>
    }
}

#[component]
fn Head(profile: Profile, role: Role) -> impl IntoView {
    let Profile { patient, therapists, same } = profile;
    let may = |verb, thing| allowed(role, verb, thing);
    let id = patient.id.to_string();
    let phone = patient.phone.clone();
    let email = patient.email.clone();
    let tags = patient.tags.clone();
    view! {
        <Title text=patient.name.clone()/>
        <DoneNotice/>
        <Merged/>
        <header class="page-head patient-head">
            <div>
                <h1>{patient.name.clone()}</h1>
                <p class="patient-marks">
                    {patient.age.map(|age| view! { <span class="muted">{years(age)}</span> })}
                    {patient.archived_at.map(|_| view! { <span class="badge badge-expired">{t(words::ARCHIVED)}</span> })}
                    {trust_badge(patient.trust_level)}
                    {tags.into_iter().map(|tag| view! { <span class="badge badge-tag">{tag.name}</span> }).collect_view()}
                </p>
                <p class="actions">
                    {phone.map(|phone| {
                        let name = tf(words::CALL, &[("phone", &phone)]);
                        view! { <a class="contact-link figures" href=format!("tel:{phone}") aria-label=name>{phone.clone()}</a> }
                    })}
                    {email.map(|email| {
                        let name = tf(words::WRITE, &[("email", &email)]);
                        view! { <a class="contact-link" href=format!("mailto:{email}") aria-label=name>{email.clone()}</a> }
                    })}
                </p>
            </div>
            <div class="actions">
                {may(Verb::Create, Thing::Sessions).then(|| view! {
                    <a class="btn btn-primary" href=format!("/app/sessions/new?patient={id}") rel="external">
                        <Icon glyph=Glyph::Calendar/>{t(words::SCHEDULE)}
                    </a>
                })}
                {may(Verb::Update, Thing::Patients).then(|| view! {
                    <a class="btn btn-secondary" href=format!("/app/patients/{id}/edit")>{t(words::EDIT)}</a>
                })}
            </div>
        </header>
        <More patient therapists role/>
        {(!same.is_empty()).then(|| view! { <Mergeable into=id same/> })}
    }
}

#[component]
fn Merged() -> impl IntoView {
    let merged = query("merged");
    move || merged.get().map(|_| view! { <Notice tone=Tone::Success>{t(words::MERGED_HERE)}</Notice> })
}

#[component]
fn Tabs(id: String, role: Role) -> impl IntoView {
    let tab = query("tab");
    let here = id.clone();
    let links = TABS
        .into_iter()
        .filter(|(.., needs)| allowed(role, Verb::Read, *needs))
        .map(|(code, name, _)| {
            let href = match code {
                "" => format!("/app/patients/{here}"),
                code => format!("/app/patients/{here}?tab={code}"),
            };
            let current = move || (tab.get().unwrap_or_default() == code).then_some("page");
            view! { <li><a class="summary-item" href=href aria-current=current>{t(name)}</a></li> }
        })
        .collect_view();
    view! {
        <nav aria-label=t(words::TABS)>
            <ul class="summary">{links}</ul>
        </nav>
        {move || {
            let id = id.clone();
            match tab.get().as_deref() {
                Some("history") => view! { <HistoryTab id/> }.into_any(),
                Some("notes") => view! { <NotesTab id role/> }.into_any(),
                Some("preferences") => view! { <PreferencesTab id role/> }.into_any(),
                Some("series") => view! { <SeriesPanel patient=id/> }.into_any(),
                Some("messages") => view! { <LettersTab id/> }.into_any(),
                _ => view! { <OverviewTab id/> }.into_any(),
            }
        }}
    }
}
