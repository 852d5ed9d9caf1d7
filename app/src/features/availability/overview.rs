//! The next 90 days as small months. Colour is never alone: each day has its state in words.

use crate::context::{lang, t, tf, tn};
use crate::texts::availability as words;
use chrono::{Datelike, NaiveDate};
use contracts::availability::{DayState, OverviewDay};
use domain::dates;
use leptos::prelude::*;

#[component]
pub(super) fn Overview(days: Vec<OverviewDay>, therapist: String) -> impl IntoView {
    let mut months: Vec<NaiveDate> = days.iter().map(|day| dates::first_of_month(day.date)).collect();
    months.dedup();
    let months = months
        .into_iter()
        .map(|month| view! { <Month month days=days.clone() therapist=therapist.clone()/> })
        .collect_view();
    view! {
        <ul class="legend">
            <li><span class="swatch day-open" aria-hidden="true"></span>{t(words::LEGEND_OPEN)}</li>
            <li><span class="swatch day-closed" aria-hidden="true"></span>{t(words::LEGEND_CLOSED)}</li>
            <li><span class="swatch day-blocked" aria-hidden="true"></span>{t(words::LEGEND_BLOCKED)}</li>
            <li><span class="swatch day-booked" aria-hidden="true"></span>{t(words::LEGEND_BOOKED)}</li>
        </ul>
        <div class="months">{months}</div>
    }
}

#[component]
fn Month(month: NaiveDate, days: Vec<OverviewDay>, therapist: String) -> impl IntoView {
    let weeks = dates::weeks(month);
    let names = weeks.first().map(|week| week.map(|day| dates::weekday_short(lang(), day))).unwrap_or_default();
    let rows = weeks
        .into_iter()
        .map(|week| {
            let cells = week
                .into_iter()
                .map(|date| {
                    let day = days.iter().find(|day| day.date == date && date.month() == month.month());
                    let link = day.map(|day| view! { <Day day=day.clone() therapist=therapist.clone()/> });
                    view! { <td>{link}</td> }
                })
                .collect_view();
            view! { <tr>{cells}</tr> }
        })
        .collect_view();
    view! {
        <table class="month">
            <caption>{dates::month_title(lang(), month)}</caption>
            <thead>
                <tr>{names.into_iter().map(|name| view! { <th scope="col">{name}</th> }).collect_view()}</tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

#[component]
fn Day(day: OverviewDay, therapist: String) -> impl IntoView {
    let (state, class) = match day.state {
        DayState::Open => (words::LEGEND_OPEN, "day-open"),
        DayState::Closed => (words::LEGEND_CLOSED, "day-closed"),
        DayState::Blocked => (words::LEGEND_BLOCKED, "day-blocked"),
    };
    let booked = (day.bookings > 0).then(|| tn([words::BOOKED_ONE, words::BOOKED_N], day.bookings));
    let state = match &booked {
        Some(booked) => format!("{}, {booked}", t(state)),
        None => t(state).to_owned(),
    };
    let name = tf(words::DAY_NAME, &[("date", &dates::long_date(lang(), day.date)), ("state", &state)]);
    view! {
        <a
            class=format!("day {class}")
            class:day-booked=booked.is_some()
            href=format!("/app/availability?therapist={therapist}&date={}#add-exception", day.date)
            aria-label=name.clone()
            title=name
            // Drawn by the styles: the name says it in words.
            data-bookings=(day.bookings > 0).then_some(day.bookings)
        >
            <span class="figures">{day.date.day()}</span>
        </a>
    }
}
