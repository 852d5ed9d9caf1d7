//! The month as a board: six weeks, each day with its first sessions.

use crate::context::{lang, t, tf};
use crate::features::dashboard::words as say;
use crate::texts::diary as words;
use chrono::{Datelike, NaiveDate};
use contracts::sessions::{CalendarView, DiaryEntry};
use domain::dates;
use leptos::prelude::*;
use ui::{status_tone, status_word};

/// Lines of a day; what is more is counted.
const SHOWN: usize = 4;

#[component]
pub fn MonthBoard(days: CalendarView, month: u32) -> impl IntoView {
    let cells = days
        .first
        .iter_days()
        .take_while(|date| *date <= days.last)
        .map(|date| {
            let mut cards: Vec<_> = days.entries.iter().filter(|card| card.local.date() == date).cloned().collect();
            cards.sort_by_key(|card| card.starts_at);
            view! { <Cell date today={date == days.today} other={date.month() != month} cards/> }
        })
        .collect_view();
    let heads = days
        .first
        .iter_days()
        .take(7)
        .map(|date| view! { <span>{dates::weekday_short(lang(), date)}</span> })
        .collect_view();
    view! {
        // Each date says its weekday when it is read out.
        <div class="month-heads" aria-hidden="true">{heads}</div>
        <ol class="month-board" aria-label=t(words::MONTH)>{cells}</ol>
    }
}

#[component]
fn Cell(date: NaiveDate, today: bool, other: bool, cards: Vec<DiaryEntry>) -> impl IntoView {
    let more = cards.len().saturating_sub(SHOWN);
    let items = cards
        .into_iter()
        .take(SHOWN)
        .map(|card| {
            let class = format!("month-event badge-{}", status_tone(card.status));
            let status = status_word(card.status).of(lang());
            view! {
                <li class=class>
                    <a class="plain" href=say::address_of(card.id, card.session)>
                        <span class="figures">{dates::clock(card.local.time())}</span>
                        " "
                        {say::name_of(&card.patient_name, card.status)}
                        <span class="sr-only">" · "{status}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    let day = format!("/app/diary?week={date}&view=day");
    view! {
        <li class="month-day" class:day-today=today class:month-other=other>
            <a class="month-date" href=day.clone() aria-label=dates::long_date(lang(), date) aria-current=today.then_some("date")>
                {date.day()}
            </a>
            <ul>{items}</ul>
            {(more > 0).then(|| view! { <a class="small" href=day>{tf(words::MORE, &[("n", &more.to_string())])}</a> })}
        </li>
    }
}
