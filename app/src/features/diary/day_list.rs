//! The days of a week as a list: what phones show, and what reads best aloud.

use super::grid::{of_day, taken_words};
use crate::context::{lang, t};
use crate::features::availability::clock;
use crate::features::dashboard::words as say;
use crate::texts::diary as words;
use contracts::sessions::CalendarView;
use domain::dates;
use leptos::prelude::*;
use ui::StatusBadge;

#[component]
pub fn DayList(week: CalendarView) -> impl IntoView {
    week.first
        .iter_days()
        .take_while(|date| *date <= week.last)
        .map(|date| {
            let mut bookings: Vec<_> = week.entries.iter().filter(|card| card.local.date() == date).cloned().collect();
            bookings.sort_by_key(|card| card.starts_at);
            let hours: Vec<_> = week
                .openings
                .iter()
                .filter(|(day, ..)| *day == date)
                .map(|(_, from, until)| {
                    crate::context::tf(words::OPEN_HOURS, &[("from", &clock(*from)), ("until", &clock(*until))])
                })
                .collect();
            let hours = if hours.is_empty() { t(words::CLOSED).to_owned() } else { hours.join(", ") };
            let taken = of_day(&week.taken_outside, date)
                .into_iter()
                .map(|(from, until)| view! { <p class="muted taken-line">{taken_words(from, until)}</p> })
                .collect_view();
            let empty = bookings.is_empty();
            let title = match dates::relative_day(lang(), date, week.today) {
                Some(word) => format!("{word} · {}", dates::long_date(lang(), date)),
                None => dates::long_date(lang(), date),
            };
            let items = bookings
                .into_iter()
                .map(|card| {
                    view! {
                        <li>
                            <a class="list-row plain" href=say::address_of(card.id, card.session)>
                                <span class="figures list-time">{dates::clock(card.local.time())}</span>
                                <span class="list-main">
                                    <strong>{say::name_of(&card.patient_name, card.status)}</strong>
                                    <span class="muted">{card.service_name.clone()}" · "{card.therapist_name.clone()}</span>
                                </span>
                                <StatusBadge status=card.status lang=lang()/>
                            </a>
                        </li>
                    }
                })
                .collect_view();
            let title_id = format!("list-{date}");
            view! {
                <section class="card list-day" aria-labelledby=title_id>
                    <h2 id=title_id.clone() class:is-today={date == week.today}>{title}</h2>
                    <p class="muted">{hours}</p>
                    {taken}
                    {empty.then(|| view! { <p class="muted">{t(words::NOTHING)}</p> })}
                    <ul class="list">{items}</ul>
                </section>
            }
        })
        .collect_view()
}
