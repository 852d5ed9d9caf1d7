//! A therapist's own part of the first page (001): what waits, today with quick actions, the week, the patients.

use super::server_fns::Today;
use crate::context::{lang, t, tf, tn};
use crate::features::patients::note_fns::SavePatientNote;
use crate::features::sessions::SessionBadge;
use crate::features::sessions::server_fns::TakeSessionStep;
use crate::layouts::practice::kit::{Answered, FormState, Fresh, successes};
use crate::live::Live;
use crate::texts::my_day as words;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use contracts::Text;
use contracts::limits::NOTE_MAX;
use contracts::sessions::{SessionCard, SessionStep};
use contracts::therapist_day::{CarePatient, TherapistDay, WeekDay};
use domain::dates;
use domain::sessions::next;
use leptos::prelude::*;
use ui::{Button, EmptyState, Glyph, Icon, TextArea, Variant};

/// What the quick actions send.
#[derive(Clone, Copy)]
pub struct QuickActions {
    step: ServerAction<TakeSessionStep>,
    note: ServerAction<SavePatientNote>,
}

impl QuickActions {
    /// The page fetches anew after each that succeeded.
    pub fn new(live: Live) -> Self {
        let (step, note) = (ServerAction::new(), ServerAction::new());
        let (stepped, noted) = (successes(step), successes(note));
        Effect::new(move |before: Option<usize>| {
            let now = stepped.get() + noted.get();
            if before.is_some_and(|before| before != now) {
                live.refresh();
            }
            now
        });
        Self { step, note }
    }
}

/// A part of the day that is written anew only when it changed.
fn part<T: Clone + PartialEq + Send + Sync + 'static>(
    fresh: Fresh<Today>,
    pick: impl Fn(&TherapistDay) -> T + Send + Sync + 'static,
) -> Memo<Option<T>> {
    Memo::new(move |_| fresh.data.with(|today| today.day.as_ref().map(&pick)))
}

/// What waits for the therapist: reports, their own requests, the next 24 hours.
#[component]
pub fn Waiting(fresh: Fresh<Today>) -> impl IntoView {
    let waiting = part(fresh, |day| {
        let due: Vec<CarePatient> = day.patients.iter().filter(|one| one.report.is_some()).cloned().collect();
        (due, day.reports_due, day.requests.clone(), day.next.clone(), day.today)
    });
    let short = |at| dates::short_when(lang(), at);
    move || {
        waiting.get().map(|(due, reports, requests, next, today)| {
            let reports_list = due
                .into_iter()
                .filter_map(|patient| {
                    let report = patient.report?;
                    let text = tf(words::REPORT_OF, &[("name", &patient.name), ("when", &short(report.local))]);
                    Some(view! { <li><a href=format!("/app/patients/{}?tab=notes", patient.id)>{text}</a></li> })
                })
                .collect_view();
            let asked = requests.len();
            let requests_list = requests
                .into_iter()
                .map(|one| {
                    let (from, to) = (short(one.old_local), short(one.proposed_local));
                    let text = tf(words::REQUEST_OF, &[("name", &one.patient_name), ("from", &from), ("to", &to)]);
                    view! { <li><a href=format!("/app/sessions/{}", one.session_id)>{text}</a></li> }
                })
                .collect_view();
            let coming = next.len();
            let next_list = next
                .into_iter()
                .map(|card| {
                    let when = super::words::when(card.local, today);
                    let text = tf(words::NEXT_OF, &[("name", &card.patient_name), ("when", &when)]);
                    view! { <li><a href=format!("/app/sessions/{}", card.id)>{text}</a></li> }
                })
                .collect_view();
            let nothing = reports == 0 && asked == 0 && coming == 0;
            view! {
                <section id="to-do" class="board-section" aria-labelledby="to-do-title">
                    <h2 id="to-do-title">
                        {t(words::PENDING)}
                        <span class="count" class:count-urgent=move || { reports > 0 }>{reports as usize + asked}</span>
                    </h2>
                    {nothing.then(|| view! { <EmptyState glyph=Glyph::Check title=t(words::NOTHING)/> })}
                    <div class="day-todo">
                        {(reports > 0)
                            .then(|| {
                                view! {
                                    <TodoList id="reports-due" title=words::REPORTS count=reports as usize>
                                        <p class="muted small">{t(words::REPORTS_HELP)}</p>
                                        <ul class="day-list">{reports_list}</ul>
                                    </TodoList>
                                }
                            })}
                        {(asked > 0)
                            .then(|| {
                                view! {
                                    <TodoList id="requests-open" title=words::REQUESTS count=asked>
                                        <ul class="day-list">{requests_list}</ul>
                                    </TodoList>
                                }
                            })}
                        {(coming > 0)
                            .then(|| {
                                view! {
                                    <TodoList id="next-hours" title=words::NEXT count=coming>
                                        <ul class="day-list">{next_list}</ul>
                                    </TodoList>
                                }
                            })}
                    </div>
                </section>
            }
        })
    }
}

#[component]
fn TodoList(id: &'static str, title: Text, count: usize, children: Children) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby=id>
            <h3 id=id>{t(title)} <span class="count">{count}</span></h3>
            {children()}
        </section>
    }
}

/// The steps that can be taken with one click.
const STEPS: [(SessionStep, &str, Text); 2] =
    [(SessionStep::Start, "start", words::START), (SessionStep::Complete, "complete", words::COMPLETE)];

/// Today's sessions, each with what is usually done next.
#[component]
pub fn MyToday(fresh: Fresh<Today>, actions: QuickActions) -> impl IntoView {
    // Which steps there are follows from the time too; a card is kept, with what is typed into it, until they change.
    let cards = part(fresh, |day| {
        let possible =
            |card: &SessionCard| STEPS.map(|(step, ..)| next(card.status, step, card.starts_at, day.now).is_ok());
        day.sessions.iter().map(|card| (card.clone(), possible(card))).collect::<Vec<_>>()
    });
    let listed = move || cards.with(|cards| cards.as_ref().map_or(0, Vec::len));
    view! {
        <section id="today" class="board-section" aria-labelledby="today-title">
            <h2 id="today-title">{t(words::TODAY)} <span class="count">{listed}</span></h2>
            <FormState form=Answered::by(actions.step) done=t(words::DONE)/>
            <FormState form=Answered::by(actions.note) done=t(words::DONE)/>
            <Show when=move || listed() == 0>
                <EmptyState glyph=Glyph::Calendar title=t(words::NO_TODAY)/>
            </Show>
            <div class="cards">
                <For each=move || cards.get().unwrap_or_default() key=|(card, steps)| (card.id, card.version, *steps)
                    let((card, steps))>
                    <MySession card steps actions/>
                </For>
            </div>
        </section>
    }
}

#[component]
fn MySession(card: SessionCard, steps: [bool; 2], actions: QuickActions) -> impl IntoView {
    let clock = dates::clock(card.local.time());
    let ends = dates::clock((card.local + (card.ends_at - card.starts_at)).time());
    let title_id = format!("s-{}", card.id);
    let buttons = STEPS
        .into_iter()
        .zip(steps)
        .filter(|(_, possible)| *possible)
        .map(|((_, code, label), _)| {
            // What is read aloud begins with what stands on the button.
            let said = tf(words::DEED_OF, &[("deed", t(label)), ("name", &card.patient_name), ("time", &clock)]);
            let pending = actions.step.pending();
            view! {
                <ActionForm action=actions.step>
                    <input type="hidden" name="id" value=card.id.to_string()/>
                    <input type="hidden" name="step" value=code/>
                    <input type="hidden" name="version" value=card.version.to_string()/>
                    <button type="submit" class="btn btn-primary" aria-label=said disabled=move || pending.get()>{t(label)}</button>
                </ActionForm>
            }
        })
        .collect_view();
    let about = tf(words::NOTE_ABOUT, &[("name", &card.patient_name)]);
    view! {
        <article class="card booking day-session" aria-labelledby=title_id>
            <div class="booking-head">
                <h3 class="booking-name" id=title_id.clone()>
                    <a href=format!("/app/sessions/{}", card.id)>{card.patient_name.clone()}</a>
                </h3>
                <SessionBadge status=card.status/>
            </div>
            <p class="booking-when figures">{clock}"–"{ends}</p>
            <p class="muted">{card.service_name.clone()}</p>
            <details>
                <summary>{t(words::ADD_NOTE)}<span class="sr-only">": "{card.patient_name.clone()}</span></summary>
                <ActionForm action=actions.note>
                    <input type="hidden" name="id" value=card.patient_id.to_string()/>
                    <input type="hidden" name="kind" value="general"/>
                    <TextArea label=about name="body" id=format!("note-{}", card.id) rows=3 required=true maxlength=NOTE_MAX
                        hint=t(words::NOTE_HINT)/>
                    <Button variant=Variant::Secondary pending=actions.note.pending()>{t(words::NOTE_SAVE)}</Button>
                </ActionForm>
            </details>
            <div class="actions">{buttons}</div>
        </article>
    }
}

/// Minutes from midnight as a clock shows them.
fn minute(minutes: i32) -> String {
    dates::clock(NaiveTime::MIN + TimeDelta::minutes(minutes.into()))
}

/// Monday to Sunday: how many sessions, what lies free between them, and what does not fit.
#[component]
pub fn MyWeek(fresh: Fresh<Today>) -> impl IntoView {
    let week = part(fresh, |day| (day.week.clone(), day.today));
    move || {
        week.get().map(|(days, today)| {
            let conflicts = days.iter().any(|day| day.load.conflicts > 0);
            let days = days.into_iter().map(|day| view! { <Load day today/> }).collect_view();
            view! {
                <section id="week" class="board-section" aria-labelledby="week-title">
                    <h2 id="week-title">{t(words::WEEK)}</h2>
                    <ol class="week-load">{days}</ol>
                    {conflicts.then(|| view! { <p class="muted small">{t(words::CONFLICT_HELP)}</p> })}
                </section>
            }
        })
    }
}

#[component]
fn Load(day: WeekDay, today: NaiveDate) -> impl IntoView {
    let load = day.load;
    let none = load.sessions == 0 && !day.open;
    let count =
        if none { t(words::CLOSED).to_owned() } else { tn([words::SESSIONS_ONE, words::SESSIONS], load.sessions) };
    let gaps = load
        .gaps
        .into_iter()
        .map(|(from, until)| {
            let text = tf(words::GAP, &[("from", &minute(from)), ("until", &minute(until))]);
            view! { <span class="week-mark figures"><Icon glyph=Glyph::Hourglass/>{text}</span> }
        })
        .collect_view();
    let conflicts = (load.conflicts > 0).then(|| {
        let text = tn([words::CONFLICTS_ONE, words::CONFLICTS], load.conflicts);
        view! { <span class="week-mark week-conflict"><Icon glyph=Glyph::Alert/>{text}</span> }
    });
    view! {
        <li aria-current=(day.date == today).then_some("date")>
            <a href=format!("/app/diary?week={}&view=day", day.date)>{dates::short_date(lang(), day.date)}</a>
            <span class="figures" class:muted=none>{count}</span>
            {conflicts}
            {gaps}
        </li>
    }
}

/// Who is in their care, and who needs a report.
#[component]
pub fn MyPatients(fresh: Fresh<Today>) -> impl IntoView {
    let patients = part(fresh, |day| (day.patients.clone(), day.patients_total));
    move || {
        patients.get().map(|(patients, total)| {
            let empty = patients.is_empty();
            let lines = patients.into_iter().map(|patient| view! { <MyPatient patient/> }).collect_view();
            view! {
                <section id="my-patients" class="board-section" aria-labelledby="my-patients-title">
                    <h2 id="my-patients-title">{t(words::PATIENTS)} <span class="count">{total}</span></h2>
                    {if empty {
                        view! { <EmptyState glyph=Glyph::Users title=t(words::NO_PATIENTS)/> }.into_any()
                    } else {
                        view! {
                            <ul class="card day-list">{lines}</ul>
                            <p><a class="btn btn-ghost" href="/app/patients">{t(words::ALL_PATIENTS)}</a></p>
                        }
                            .into_any()
                    }}
                </section>
            }
        })
    }
}

#[component]
fn MyPatient(patient: CarePatient) -> impl IntoView {
    let short = |at| dates::short_when(lang(), at);
    let when = match (patient.next_session, patient.last_session) {
        (Some(at), _) => Some(tf(words::NEXT_AT, &[("when", &short(at))])),
        (None, Some(at)) => Some(tf(words::LAST_AT, &[("when", &short(at))])),
        (None, None) => None,
    };
    view! {
        <li>
            <a href=format!("/app/patients/{}", patient.id)>{patient.name}</a>
            {patient
                .report
                .map(|_| view! { <span class="tag tag-warning"><Icon glyph=Glyph::Alert/>{t(words::NEEDS_REPORT)}</span> })}
            {when.map(|text| view! { <span class="muted figures">{text}</span> })}
        </li>
    }
}
