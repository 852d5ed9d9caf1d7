//! The month as a grid: links without JavaScript, with it a grid to move in with the arrow keys.

use super::choice::Shown;
use super::parts::month_code;
use crate::context::{lang, t, tn};
use crate::forms::use_hydrated;
use crate::texts::booking as text;
use chrono::{Datelike, Days, NaiveDate};
use contracts::ServiceId;
use contracts::booking::{Availability, DaySlots, SlotStatus};
use domain::dates;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use ui::{Glyph, Icon};

/// What a day offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOffer {
    Free(usize),
    /// There are times, but all are taken.
    Full,
    Closed,
}

pub fn offer(day: &DaySlots) -> DayOffer {
    let taken = |s: &contracts::booking::Slot| matches!(s.status, SlotStatus::Booked | SlotStatus::Locked);
    match day.free().count() {
        0 if day.slots.iter().any(taken) => DayOffer::Full,
        0 => DayOffer::Closed,
        n => DayOffer::Free(n),
    }
}

fn offer_words(offer: DayOffer) -> String {
    match offer {
        DayOffer::Free(n) => tn([text::DAY_ONE_FREE, text::DAY_FREE], u32::try_from(n).unwrap_or(u32::MAX)),
        DayOffer::Full => t(text::DAY_FULL).to_owned(),
        DayOffer::Closed => t(text::DAY_CLOSED).to_owned(),
    }
}

/// The address of a day or month of this page; what else was chosen stays.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub slug: String,
    pub service: ServiceId,
    /// A slot held before, that another choice gives back.
    pub instead: Option<String>,
}

impl Place {
    fn base(&self) -> String {
        let instead = self.instead.as_ref().map(|token| format!("&instead={token}")).unwrap_or_default();
        format!("/{}?service={}{instead}", self.slug, self.service)
    }

    pub fn day(&self, day: NaiveDate) -> String {
        format!("{}&day={day}", self.base())
    }

    pub fn month(&self, month: NaiveDate) -> String {
        format!("{}&month={}", self.base(), month_code(month))
    }

    pub fn service(&self, service: ServiceId) -> String {
        Self { service, ..self.clone() }.base()
    }
}

fn day_id(day: NaiveDate) -> String {
    format!("day-{day}")
}

/// Moves the focus to a day that is on the page.
fn focus_day(day: NaiveDate) -> bool {
    use leptos::wasm_bindgen::JsCast;
    let element = document().get_element_by_id(&day_id(day)).and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok());
    element.is_some_and(|element| element.focus().is_ok())
}

/// The day a key leads to.
fn moved(from: NaiveDate, key: &str) -> Option<NaiveDate> {
    let weekday = u64::from(from.weekday().num_days_from_monday());
    match key {
        "ArrowLeft" => from.checked_sub_days(Days::new(1)),
        "ArrowRight" => from.checked_add_days(Days::new(1)),
        "ArrowUp" => from.checked_sub_days(Days::new(7)),
        "ArrowDown" => from.checked_add_days(Days::new(7)),
        "Home" => from.checked_sub_days(Days::new(weekday)),
        "End" => from.checked_add_days(Days::new(6 - weekday)),
        "PageUp" => Some(dates::add_months(from, -1)),
        "PageDown" => Some(dates::add_months(from, 1)),
        _ => None,
    }
}

/// The month with its days.
#[component]
pub fn MonthGrid(month: Availability, shown: Shown) -> impl IntoView {
    let lang = lang();
    let hydrated = use_hydrated();
    let place = shown.place();
    let (from, until, today, horizon) = (month.from, month.until, month.today, month.horizon);
    let chosen = Memo::new(move |_| shown.open_day());
    // Which day Tab leads to.
    let current = RwSignal::new(None::<NaiveDate>);
    let tab_stop = Memo::new(move |_| {
        let inside = |day: &NaiveDate| (from..=until).contains(day);
        current.get().filter(inside).or(chosen.get().filter(inside)).unwrap_or(from)
    });
    Effect::new(move |_| {
        if let Some(day) = shown.to_focus.get().filter(|day| (from..=until).contains(day)) {
            current.set(Some(day));
            // The new month is put into the page only after this.
            request_animation_frame(move || {
                if focus_day(day) {
                    shown.to_focus.set(None);
                }
            });
        }
    });
    let on_key = move |ev: leptos::ev::KeyboardEvent| {
        let Some(day) = moved(tab_stop.get_untracked(), &ev.key()) else { return };
        let first = dates::first_of_month(today);
        if day < first || day > dates::last_of_month(horizon) {
            return;
        }
        ev.prevent_default();
        if (from..=until).contains(&day) {
            current.set(Some(day));
            focus_day(day);
        } else {
            shown.to_focus.set(Some(day));
            shown.turn_to(day);
        }
    };
    let cell = Cell { place: place.clone(), shown, today, chosen, hydrated, tab_stop };
    let weeks: Vec<_> = dates::weeks(from)
        .into_iter()
        .map(|week| {
            let cells: Vec<_> = week
                .into_iter()
                .map(|date| {
                    let day = month.days.iter().find(|d| d.date == date).filter(|_| (from..=until).contains(&date));
                    match day {
                        None => view! { <td class="day-outside" role="gridcell"></td> }.into_any(),
                        Some(day) => cell.day(date, offer(day)),
                    }
                })
                .collect();
            view! { <tr role="row">{cells}</tr> }
        })
        .collect();
    let title = dates::month_title(lang, from);
    view! {
        <MonthHead title=title.clone() month=month.clone() shown/>
        <table class="month" role="grid" aria-label=title aria-describedby="month-help" on:keydown=on_key>
            <thead>
                <tr role="row">
                    {(0..7)
                        .filter_map(|i| dates::monday(from).checked_add_days(Days::new(i)))
                        .map(|day| {
                            view! {
                                <th role="columnheader" scope="col" abbr=dates::weekday_name(lang, day)>
                                    {dates::weekday_short(lang, day)}
                                </th>
                            }
                        })
                        .collect_view()}
                </tr>
            </thead>
            <tbody>{weeks}</tbody>
        </table>
        <p id="month-help" class="sr-only">{t(text::MONTH_HELP)}</p>
    }
}

/// What all days of the month have in common.
struct Cell {
    place: Place,
    shown: Shown,
    today: NaiveDate,
    chosen: Memo<Option<NaiveDate>>,
    hydrated: ReadSignal<bool>,
    tab_stop: Memo<NaiveDate>,
}

impl Cell {
    fn day(&self, date: NaiveDate, offer: DayOffer) -> AnyView {
        let &Self { shown, chosen, hydrated, tab_stop, .. } = self;
        let is_today = date == self.today;
        let inner = day_words(date, offer, is_today);
        let tabindex = move || hydrated.get().then(|| if tab_stop.get() == date { "0" } else { "-1" });
        let selected = move || if chosen.get() == Some(date) { "true" } else { "false" };
        let content = if matches!(offer, DayOffer::Free(_)) {
            let href = format!("{}#times", self.place.day(date));
            view! {
                <a
                    id=day_id(date)
                    class="day day-free plain"
                    href=href
                    tabindex=tabindex
                    on:click=move |ev| {
                        if is_plain(&ev) {
                            ev.prevent_default();
                            shown.open(date);
                        }
                    }
                >
                    {inner}
                </a>
            }
            .into_any()
        } else {
            let class = if offer == DayOffer::Full { "day day-full" } else { "day day-closed" };
            // Not a link, but the arrow keys pass over it.
            view! {
                <span id=day_id(date) class=class tabindex=tabindex>
                    {inner}
                </span>
            }
            .into_any()
        };
        view! {
            <td role="gridcell" aria-selected=selected class:day-today=is_today>
                {content}
            </td>
        }
        .into_any()
    }
}

/// The number and what the day offers, shown short and read out whole.
fn day_words(date: NaiveDate, offer: DayOffer, is_today: bool) -> AnyView {
    let words = offer_words(offer);
    let today = if is_today { format!(", {}", t(text::TODAY)) } else { String::new() };
    let spoken = format!("{}{today}: {words}", dates::long_date(lang(), date));
    let shown = match offer {
        DayOffer::Closed => "–".to_owned(),
        _ => words,
    };
    view! {
        <span aria-hidden="true" class="day-number figures">{date.day()}</span>
        <span aria-hidden="true" class="day-offer">{shown}</span>
        <span class="sr-only">{spoken}</span>
    }
    .into_any()
}

/// A click that means "here", not "in another tab".
fn is_plain(ev: &leptos::ev::MouseEvent) -> bool {
    !(ev.ctrl_key() || ev.meta_key() || ev.shift_key())
}

#[component]
fn MonthHead(title: String, month: Availability, shown: Shown) -> impl IntoView {
    let before = dates::add_months(month.from, -1);
    let after = dates::add_months(month.from, 1);
    let back = dates::last_of_month(before) >= month.today;
    let on = after <= month.horizon;
    view! {
        <div class="month-head">
            <h2 aria-live="polite">{title}</h2>
            <div class="month-steps">
                <MonthStep there=back to=before shown label=t(text::PREVIOUS_MONTH) glyph=Glyph::ChevronLeft/>
                <MonthStep there=on to=after shown label=t(text::NEXT_MONTH) glyph=Glyph::ChevronRight/>
            </div>
        </div>
    }
}

/// An arrow to the month beside; only shown, not a link, where nothing can be booked there.
#[component]
fn MonthStep(there: bool, to: NaiveDate, shown: Shown, label: &'static str, glyph: Glyph) -> impl IntoView {
    if !there {
        let off = view! {
            <span class="btn btn-secondary btn-icon btn-off">
                <Icon glyph/>
            </span>
        };
        return off.into_any();
    }
    view! {
        <a
            class="btn btn-secondary btn-icon"
            href=shown.place().month(to)
            aria-label=label
            on:click=move |ev| {
                if is_plain(&ev) {
                    ev.prevent_default();
                    shown.turn_to(to);
                }
            }
        >
            <Icon glyph/>
        </a>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_move_by_day_week_and_month() {
        let day = |s: &str| s.parse::<NaiveDate>().ok();
        let Some(from) = day("2026-01-31") else { return };
        for (key, to) in [
            ("ArrowLeft", "2026-01-30"),
            ("ArrowDown", "2026-02-07"),
            ("Home", "2026-01-26"),
            ("End", "2026-02-01"),
            ("PageDown", "2026-02-28"),
        ] {
            assert_eq!(moved(from, key), day(to), "{key}");
        }
        assert_eq!(moved(from, "a"), None);
    }
}
