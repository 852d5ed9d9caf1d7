//! The first tab: numbers, what is to come, pinned notes, what happened, who this is.

use super::server_fns::{load_patient, load_patient_overview};
use super::words::{self as say, SessionBadge};
use crate::context::{lang, t};
use crate::features::audit::actions::action_text;
use crate::layouts::practice::kit::{Failed, practice_live};
use crate::texts::{audit, common, patients as words};
use chrono::NaiveDateTime;
use contracts::Text;
use contracts::patients::{Guardian, PatientOverview, PatientSession, PatientView, Statistics};
use domain::dates;
use leptos::prelude::*;
use ui::{MoneyText, Skeleton};

#[component]
pub fn OverviewTab(id: String) -> impl IntoView {
    let live = practice_live();
    let asked = id.clone();
    let overview =
        Resource::new_blocking(move || (asked.clone(), live.tick.get()), |(id, _)| load_patient_overview(id));
    let patient = Resource::new_blocking(move || (id.clone(), live.tick.get()), |(id, _)| load_patient(id));
    view! {
        <Transition fallback=|| view! { <Skeleton lines=6 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                match (patient.await, overview.await) {
                    (Ok((patient, _)), Ok((overview, times))) => view! { <Overview patient overview times/> }.into_any(),
                    (Err(error), _) | (_, Err(error)) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Overview(patient: PatientView, overview: PatientOverview, times: Vec<NaiveDateTime>) -> impl IntoView {
    view! {
        <div class="sections">
            <Numbers statistics=patient.statistics.clone()/>
            <section class="card" aria-labelledby="upcoming-title">
                <h2 id="upcoming-title">{t(words::UPCOMING)}</h2>
                <Upcoming sessions=overview.upcoming/>
            </section>
            <section class="card" aria-labelledby="pinned-title">
                <h2 id="pinned-title">{t(words::PINNED)}</h2>
                {overview.pinned.is_empty().then(|| view! { <p class="muted">{t(words::NO_PINNED)}</p> })}
                <ul class="list">
                    {overview
                        .pinned
                        .into_iter()
                        .map(|note| view! { <li class="list-row"><span class="list-main prewrap">{note.body}</span></li> })
                        .collect_view()}
                </ul>
            </section>
            <section class="card" aria-labelledby="activity-title">
                <h2 id="activity-title">{t(words::ACTIVITY)}</h2>
                {overview.activity.is_empty().then(|| view! { <p class="muted">{t(words::NO_ACTIVITY)}</p> })}
                <ul class="list">
                    {overview
                        .activity
                        .into_iter()
                        .zip(times)
                        .map(|(line, at)| {
                            let what = action_text(&line.action).map_or(line.action.clone(), |text| t(text).to_owned());
                            let what = match line.booking_id {
                                Some(booking) => {
                                    view! { <a href=format!("/app/bookings/{booking}")>{what}</a> }.into_any()
                                }
                                None => what.into_any(),
                            };
                            let who = line.actor_name.unwrap_or_else(|| t(audit::SYSTEM).to_owned());
                            view! {
                                <li class="list-row">
                                    <span class="list-main">{what}</span>
                                    <span class="muted figures">{who}" · "{dates::long_when(lang(), at)}</span>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </section>
            <Person patient/>
        </div>
    }
}

#[component]
fn Numbers(statistics: Statistics) -> impl IntoView {
    let number = |name: Text, value: AnyView| view! { <div class="number"><dt>{t(name)}</dt><dd>{value}</dd></div> };
    let percent = statistics.attendance_percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent} %"));
    let money = |name: Text, money: Option<contracts::Money>| {
        money.map(|money| number(name, view! { <MoneyText money lang=lang()/> }.into_any()))
    };
    view! {
        <dl class="numbers">
            {number(words::ATTENDED, statistics.attended.into_any())}
            {number(words::CANCELLED, statistics.cancelled.into_any())}
            {number(words::NO_SHOW, statistics.no_show.into_any())}
            {number(words::ATTENDANCE, percent.into_any())}
            {money(words::REVENUE, statistics.revenue)}
            {money(words::OWED, statistics.owed)}
        </dl>
    }
}

#[component]
fn Upcoming(sessions: Vec<PatientSession>) -> impl IntoView {
    if sessions.is_empty() {
        return view! { <p class="muted">{t(words::NO_UPCOMING)}</p> }.into_any();
    }
    let lines = sessions
        .into_iter()
        .map(|session| {
            view! {
                <li class="list-row">
                    <span class="list-main">
                        <a class="figures" href=format!("/app/sessions/{}", session.id) rel="external">
                            {dates::long_when(lang(), session.local)}
                        </a>
                        <span class="muted">{session.service_name}" · "{session.therapist_name}</span>
                    </span>
                    <SessionBadge status=session.status/>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="list">{lines}</ul> }.into_any()
}

#[component]
fn Person(patient: PatientView) -> impl IntoView {
    let fact = |name: Text, value: String| {
        (!value.is_empty()).then(|| view! { <div class="fact"><dt>{t(name)}</dt><dd>{value}</dd></div> })
    };
    let born = patient.date_of_birth.map(|day| dates::long_date(lang(), day)).unwrap_or_default();
    let emergency = [Some(patient.emergency_name).filter(|name| !name.is_empty()), patient.emergency_phone];
    let emergency: Vec<String> = emergency.into_iter().flatten().collect();
    let guardians: Vec<String> = patient.guardians.into_iter().map(guardian).collect();
    view! {
        <section class="card" aria-labelledby="person-title">
            <h2 id="person-title">{t(words::PERSON)}</h2>
            <dl class="facts">
                {fact(words::BORN, born)}
                {fact(words::GENDER, patient.gender)}
                {fact(words::OCCUPATION, patient.occupation)}
                {fact(words::CITY, patient.city)}
                {fact(words::ADDRESS, patient.address)}
                {fact(words::REFERRAL, patient.referral_source)}
                {fact(words::LANGUAGE, patient.language.own_name().to_owned())}
                {fact(words::TRUST, t(say::trust(patient.trust_level)).to_owned())}
                {fact(words::EMERGENCY, emergency.join(" · "))}
                {guardians.into_iter().map(|line| fact(words::GUARDIANS, line)).collect_view()}
            </dl>
        </section>
    }
}

fn guardian(guardian: Guardian) -> String {
    let parts = [Some(guardian.name), Some(guardian.relationship), guardian.phone, guardian.email];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}
