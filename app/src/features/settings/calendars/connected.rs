//! Connected calendars with their state, what to do about it, and the way to Google.

use super::page_calendars::Forms;
use super::words as say;
use crate::context::{lang, t, tf, tn};
use crate::texts::calendars as words;
use contracts::calendars::{CalendarKind, CalendarState, CalendarsPage, ConnectedCalendar};
use contracts::{CalendarId, TherapistId};
use domain::dates;
use leptos::prelude::*;
use ui::{EmptyState, Glyph, Icon, Notice, Tone};

#[component]
pub(super) fn Connected(page: CalendarsPage, forms: Forms) -> impl IntoView {
    let google = page.calendars.iter().find(|c| c.kind == CalendarKind::Google).map(|c| c.state);
    let therapist = page.therapist_id;
    let empty = page.calendars.is_empty();
    let items = page.calendars.into_iter().map(|calendar| view! { <One calendar therapist forms/> }).collect_view();
    // A link and no form, and past the browser's router: it leads to another site.
    let href = format!("/app/calendars/google?therapist_id={therapist}");
    let to_google = match google {
        _ if !page.google_offered => view! { <p class="muted">{t(words::GOOGLE_MISSING)}</p> }.into_any(),
        Some(CalendarState::Revoked) => {
            view! { <a class="btn btn-primary" href=href rel="external">{t(words::RECONNECT_GOOGLE)}</a> }.into_any()
        }
        Some(_) => ().into_any(),
        None => view! {
            <p class="muted">{t(words::GOOGLE_HELP)}</p>
            <a class="btn btn-primary" href=href rel="external">{t(words::CONNECT_GOOGLE)}</a>
        }
        .into_any(),
    };
    view! {
        {empty.then(|| view! { <EmptyState glyph=Glyph::Calendar title=t(words::NONE)/> })}
        <ul class="list">{items}</ul>
        {to_google}
    }
}

#[component]
fn One(calendar: ConnectedCalendar, therapist: TherapistId, forms: Forms) -> impl IntoView {
    let name = if calendar.label.is_empty() { t(say::kind(calendar.kind)).to_owned() } else { calendar.label.clone() };
    let (tone, state) = say::state(calendar.state);
    let glyph = match tone {
        Tone::Success => Glyph::Check,
        Tone::Danger => Glyph::Alert,
        _ => Glyph::Clock,
    };
    let read = calendar.last_synced_local.map(|at| tf(words::LAST_READ, &[("when", &dates::short_when(lang(), at))]));
    let names = (calendar.kind == CalendarKind::Google).then_some(if calendar.show_names {
        words::NAMES_SHOWN
    } else {
        words::NAMES_HIDDEN
    });
    let waiting = calendar.entries_waiting;
    let waits = (waiting > 0).then(|| tn([words::ENTRIES_WAITING_ONE, words::ENTRIES_WAITING], waiting));
    let unreadable = calendar.unreadable;
    let not_understood = (unreadable > 0).then(|| tf(words::UNREADABLE, &[("n", &unreadable.to_string())]));
    let problem = calendar.problem.map(|problem| {
        let tone = if calendar.state == CalendarState::Revoked { Tone::Danger } else { Tone::Warning };
        let counts = calendar.last_synced_local.is_some().then(|| t(words::STILL_COUNTS));
        view! { <Notice tone>{t(say::problem(problem))} " " {counts}</Notice> }
    });
    view! {
        <li class="list-row">
            <span class="list-main">
                <strong>{name.clone()}</strong>
                <span class="muted">{t(say::kind(calendar.kind))}</span>
                <span class="with-icon"><Icon glyph=glyph/>{t(state)}</span>
                <span class="muted">{read} " " {names.map(t)} " " {waits} " " {not_understood}</span>
                {problem}
            </span>
            <Deeds calendar therapist name forms/>
        </li>
    }
}

#[component]
fn Deeds(calendar: ConnectedCalendar, therapist: TherapistId, name: String, forms: Forms) -> impl IntoView {
    let id = calendar.id;
    let read = (calendar.state != CalendarState::Revoked).then(|| {
        let label = tf(words::READ_NOW_NAME, &[("name", &name)]);
        view! {
            <ActionForm action=forms.read>
                <Which id therapist/>
                <button type="submit" class="btn btn-ghost" aria-label=label>{t(words::READ_NOW)}</button>
            </ActionForm>
        }
    });
    let names = (calendar.kind == CalendarKind::Google).then(|| {
        let verb = if calendar.show_names { words::HIDE_NAMES } else { words::SHOW_NAMES };
        view! {
            <ActionForm action=forms.names>
                <Which id therapist/>
                <input type="hidden" name="show" value=(!calendar.show_names).to_string()/>
                <button type="submit" class="btn btn-ghost">{t(verb)}</button>
            </ActionForm>
        }
    });
    let label = tf(words::DISCONNECT_NAME, &[("name", &name)]);
    view! {
        <div class="actions">
            {read}
            {names}
            <ActionForm action=forms.disconnect>
                <Which id therapist/>
                <button type="submit" class="btn btn-secondary" aria-label=label>{t(words::DISCONNECT)}</button>
            </ActionForm>
        </div>
    }
}

#[component]
fn Which(id: CalendarId, therapist: TherapistId) -> impl IntoView {
    view! {
        <input type="hidden" name="therapist" value=therapist.to_string()/>
        <input type="hidden" name="id" value=id.to_string()/>
    }
}
