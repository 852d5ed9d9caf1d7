//! The week as a grid. Places are classes (`gs-12`: from the 12th five minutes on), since the content security policy
//! forbids style attributes; `style/practice/diary.css` holds them.

use super::lanes::lanes;
use super::moving::Moving;
use super::now_line::now_minutes;
use crate::context::{lang, t, tf};
use crate::features::availability::clock;
use crate::features::dashboard::words as say;
use crate::texts::diary as words;
use chrono::{NaiveDate, Timelike};
use contracts::sessions::{CalendarView, DiaryEntry};
use domain::dates;
use leptos::prelude::*;
use ui::{status_tone, status_word};
use wasm_bindgen::JsCast;

/// Minutes of one row.
const ROW_MIN: i32 = 5;
/// Beyond this many side by side, they share the last column.
const LANES_MAX: usize = 4;

/// The hours the grid shows, in whole hours: from the earliest to the latest of anything in the week.
fn hours(week: &CalendarView) -> (i32, i32) {
    let times = week.entries.iter().map(minutes).chain(week.openings.iter().map(|(_, from, until)| (*from, *until)));
    let (mut first, mut last) = (9 * 60, 17 * 60);
    for (from, until) in times {
        (first, last) = (first.min(from), last.max(until));
    }
    (first / 60, (last + 59) / 60)
}

/// A booking's start and end on its wall clock, in minutes from the midnight its day began with.
fn minutes(card: &DiaryEntry) -> (i32, i32) {
    let time = card.local.time();
    let from = i32::try_from(time.num_seconds_from_midnight() / 60).unwrap_or_default();
    let long = i32::try_from((card.ends_at - card.starts_at).num_minutes()).unwrap_or_default();
    (from, (from + long).min(24 * 60))
}

/// The classes of a place in the grid; the first row belongs to nothing, so that lines count from 1.
fn place(from: i32, until: i32, first_hour: i32) -> String {
    let row = |minute: i32| (minute - first_hour * 60).clamp(0, 24 * 60) / ROW_MIN + 1;
    format!("gs-{} ge-{}", row(from), row(until).max(row(from) + 1))
}

/// The class that makes room for so many days.
fn columns(week: &CalendarView) -> &'static str {
    if week.first == week.last { "week-grid one-day" } else { "week-grid" }
}

#[component]
pub fn WeekGrid(week: CalendarView, moving: Moving) -> impl IntoView {
    let class = columns(&week);
    let (first, last) = hours(&week);
    let labels = (first..last)
        .map(|hour| {
            let class = format!("hour {}", place(hour * 60, hour * 60 + 60, first));
            view! { <div class=class>{format!("{hour:02}:00")}</div> }
        })
        .collect_view();
    let now = now_minutes(week.time_zone.clone());
    let days = week
        .first
        .iter_days()
        .take_while(|date| *date <= week.last)
        .map(|date| {
            let bookings: Vec<_> = week.entries.iter().filter(|card| card.local.date() == date).cloned().collect();
            let shades = Shades { open: of_day(&week.openings, date), taken: of_day(&week.taken_outside, date) };
            let today = date == week.today;
            view! { <Day date today bookings shades hours=(first, last) now moving/> }
        })
        .collect_view();
    view! {
        <div class=class role="region" aria-label=t(words::CALENDAR) tabindex="0">
            <div class="week-hours" aria-hidden="true">
                <div class="day-head"></div>
                <div class="day-body">{labels}</div>
            </div>
            {days}
        </div>
    }
}

/// Times of a day, in minutes from midnight, that lie under what is booked.
struct Shades {
    open: Vec<(i32, i32)>,
    /// In calendars outside.
    taken: Vec<(i32, i32)>,
}

/// Those of these times that are on a day.
pub fn of_day(times: &[(NaiveDate, i32, i32)], date: NaiveDate) -> Vec<(i32, i32)> {
    times.iter().filter(|(day, ..)| *day == date).map(|(_, from, until)| (*from, *until)).collect()
}

/// When somebody is busy elsewhere, in words.
pub fn taken_words(from: i32, until: i32) -> String {
    tf(words::TAKEN_OUTSIDE, &[("from", &clock(from)), ("until", &clock(until))])
}

#[component]
fn Day(
    date: NaiveDate,
    today: bool,
    mut bookings: Vec<DiaryEntry>,
    shades: Shades,
    hours: (i32, i32),
    now: ReadSignal<Option<i32>>,
    moving: Moving,
) -> impl IntoView {
    bookings.sort_by_key(|card| card.starts_at);
    let (first, last) = hours;
    let title_id = format!("day-{date}");
    let openings = shades
        .open
        .into_iter()
        .map(|(from, until)| view! { <div class=format!("opening {}", place(from, until, first)) aria-hidden="true"></div> })
        .collect_view();
    let taken = shades
        .taken
        .into_iter()
        .filter(|(from, until)| *until > first * 60 && *from < last * 60)
        .map(|(from, until)| {
            let class = format!("taken-outside {}", place(from, until.min(last * 60), first));
            let said = taken_words(from, until);
            view! { <div class=class role="img" aria-label=said.clone() title=said></div> }
        })
        .collect_view();
    let lines = (first..last)
        .map(|hour| {
            let class = format!("hour-line {}", place(hour * 60, hour * 60 + 60, first));
            view! { <div class=class aria-hidden="true"></div> }
        })
        .collect_view();
    let times: Vec<_> = bookings.iter().map(minutes).collect();
    let items = bookings
        .into_iter()
        .zip(times.iter().zip(lanes(&times)))
        .map(|(card, ((from, until), (lane, of)))| {
            let of = of.min(LANES_MAX);
            let class = format!(
                "event lane-{}-{of} badge-{} {}",
                lane.min(of - 1),
                status_tone(card.status),
                place(*from, *until, first)
            );
            view! { <li class=class><Event card moving/></li> }
        })
        .collect_view();
    let line = move || {
        let minute = now.get().filter(|minute| today && (first * 60..last * 60).contains(minute))?;
        let class = format!("now-line {}", place(minute, minute + ROW_MIN, first));
        Some(view! { <div class=class title=t(words::NOW)></div> })
    };
    view! {
        <section class="day-column" class:day-today=today aria-labelledby=title_id>
            <h2 class="day-head" id=title_id.clone() aria-current=today.then_some("date")>{dates::short_date(lang(), date)}</h2>
            <div
                class="day-body"
                on:dragover=move |ev| {
                    if moving.dragging() {
                        ev.prevent_default();
                    }
                }
                on:drop=move |ev| {
                    ev.prevent_default();
                    if let Some(minute) = minute_at(&ev, first, last) {
                        moving.ask(date, minute);
                    }
                }
            >
                {openings}
                {taken}
                {lines}
                <ul class="events">{items}</ul>
                {line}
            </div>
        </section>
    }
}

/// The five minutes of the day under the pointer.
fn minute_at(ev: &web_sys::DragEvent, first_hour: i32, last_hour: i32) -> Option<i32> {
    let column = ev.current_target()?;
    let ask: js_sys::Function = js_sys::Reflect::get(&column, &"getBoundingClientRect".into()).ok()?.dyn_into().ok()?;
    let place = ask.call0(&column).ok()?;
    let number = |name: &str| js_sys::Reflect::get(&place, &name.into()).ok()?.as_f64();
    let share = (f64::from(ev.client_y()) - number("top")?) / number("height")?;
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a day")]
    let minute = (share.clamp(0.0, 1.0) * f64::from((last_hour - first_hour) * 60)) as i32;
    Some(first_hour * 60 + minute / ROW_MIN * ROW_MIN)
}

#[component]
fn Event(card: DiaryEntry, moving: Moving) -> impl IntoView {
    let movable = moving.takes(&card);
    let (dragged, keyed) = (card.clone(), card.clone());
    let hint = movable.then(|| t(words::MOVE_KEY));
    let (from, until) = minutes(&card);
    let time = tf(words::FROM_TO, &[("from", &clock(from)), ("until", &clock(until))]);
    let status = status_word(card.status).of(lang());
    let title =
        format!("{time} · {} · {} · {status}", say::name_of(&card.patient_name, card.status), card.service_name);
    view! {
        <a
            class="event-link plain"
            href=say::address_of(card.id, card.session)
            title=title
            draggable=movable.to_string()
            aria-keyshortcuts=movable.then_some("m")
            on:dragstart=move |_| moving.pick_up(&dragged)
            on:keydown=move |ev| {
                if movable && ev.key() == "m" && !ev.ctrl_key() && !ev.meta_key() {
                    ev.prevent_default();
                    ev.stop_propagation();
                    moving.pick_up(&keyed);
                    moving.ask(keyed.local.date(), minutes(&keyed).0);
                }
            }
        >
            <span class="figures event-time">{clock(from)}</span>
            <span class="event-name">{say::name_of(&card.patient_name, card.status)}</span>
            <span class="sr-only">{status}{hint}</span>
        </a>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_five_minutes_from_the_first_hour() {
        assert_eq!(place(540, 590, 9), "gs-1 ge-11");
        assert_eq!(place(545, 545, 9), "gs-2 ge-3");
    }
}
