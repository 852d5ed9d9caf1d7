//! The island of the public page: a month, the times of its chosen day, and what others do to them meanwhile.

use super::month_grid::{MonthGrid, Place};
use super::parts::month_code;
use super::server_fns::{HoldSlot, month_slots};
use super::times::{Times, bring_into_view, changes};
use crate::context::{lang, t, tf};
use crate::error::message;
use crate::live::use_live;
use crate::texts::booking as text;
use chrono::NaiveDate;
use contracts::ErrorCode;
use contracts::booking::Availability;
use domain::dates;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{Notice, Tone};
use wasm_bindgen::JsValue;

/// The month on show and the day opened in it.
#[derive(Clone, Copy)]
pub struct Shown {
    place: StoredValue<Place>,
    pub month: RwSignal<Availability>,
    /// The day that was asked for; another is open when it lies in another month.
    asked: RwSignal<Option<NaiveDate>>,
    /// Where the focus goes once its month is there.
    pub to_focus: RwSignal<Option<NaiveDate>>,
    failed: RwSignal<Option<ErrorCode>>,
    /// What others did to the open day, in words.
    said: RwSignal<String>,
    /// Counts what was asked for; an answer that comes late is not the last word.
    asks: StoredValue<u32>,
}

impl Shown {
    fn new(place: Place, month: Availability, day: Option<NaiveDate>) -> Self {
        Self {
            place: StoredValue::new(place),
            month: RwSignal::new(month),
            asked: RwSignal::new(day),
            to_focus: RwSignal::new(None),
            failed: RwSignal::new(None),
            said: RwSignal::new(String::new()),
            asks: StoredValue::new(0),
        }
    }

    pub fn place(self) -> Place {
        self.place.get_value()
    }

    /// The day whose times are open: the one asked for if it lies in this month, else the first with a free time.
    pub fn open_day(self) -> Option<NaiveDate> {
        let asked = self.asked.get();
        self.month.with(|month| open_day(month, asked))
    }

    /// Opens a day of the month on show.
    pub fn open(self, day: NaiveDate) {
        self.asked.set(Some(day));
        remember(&self.place().day(day));
        bring_into_view();
    }

    /// Turns to another month.
    pub fn turn_to(self, month: NaiveDate) {
        remember(&self.place().month(month));
        self.fetch(month);
    }

    /// Asks again for the month on show.
    pub fn refresh(self) {
        self.fetch(self.month.with_untracked(|month| month.from));
    }

    fn fetch(self, month: NaiveDate) {
        self.asks.update_value(|n| *n = n.wrapping_add(1));
        let ask = self.asks.get_value();
        let Place { slug, service, .. } = self.place();
        spawn_local(async move {
            let answer = month_slots(slug, service, Some(month_code(month))).await;
            if self.asks.try_get_value() == Some(ask) {
                match answer {
                    Ok(month) => self.replace(month),
                    Err(error) => self.failed.set(Some(error.code())),
                }
            }
        });
    }

    fn replace(self, after: Availability) {
        let asked = self.asked.get_untracked();
        let words = self.month.with_untracked(|before| {
            let same = before.from == after.from;
            open_day(before, asked).filter(|_| same).and_then(|open| changes(before, &after, open))
        });
        if let Some(words) = words {
            self.said.set(words);
        }
        self.failed.set(None);
        self.month.set(after);
    }
}

fn open_day(month: &Availability, asked: Option<NaiveDate>) -> Option<NaiveDate> {
    let asked = asked.filter(|day| (month.from..=month.until).contains(day));
    asked.or_else(|| month.days.iter().find(|day| day.free().next().is_some()).map(|day| day.date))
}

/// Keeps what is on show in the address, so that it survives a reload and the way back.
fn remember(address: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(address));
    }
}

#[island]
pub fn Choice(place: Place, month: Availability, day: Option<NaiveDate>) -> impl IntoView {
    let live = use_live(format!("/live/t/{}", place.slug));
    let shown = Shown::new(place, month, day);
    let hold = ServerAction::<HoldSlot>::new();
    Effect::new(move |_| {
        if live.tick.get() > 0 {
            shown.refresh();
        }
    });
    // A time that could not be taken: what is free now, also where the push is cut off.
    Effect::new(move |_| {
        if hold.version().get() > 0 && matches!(hold.value().get(), Some(Err(_))) {
            shown.refresh();
        }
    });
    view! {
        {move || {
            shown.failed.get().map(|code| view! { <Notice tone=Tone::Danger>{message(code).of(lang())}</Notice> })
        }}
        <div class="choice">
            <section class="card choice-month">
                {move || view! { <MonthGrid month=shown.month.get() shown/> }}
                {move || shown.month.with(|month| nothing_free(month, &shown.place()))}
                <p class="muted small">
                    {move || {
                        let horizon = shown.month.with(|month| month.horizon);
                        tf(text::LAST_DAY, &[("date", &dates::long_date(lang(), horizon))])
                    }} " " {t(text::LIVE)}
                </p>
            </section>
            <div class="card choice-times">
                <Times shown hold/>
            </div>
        </div>
        <p class="live-note small muted" role="status">{move || shown.said.get()}</p>
    }
}

/// Says so when a month has no free time, with the way to the next.
fn nothing_free(month: &Availability, place: &Place) -> Option<AnyView> {
    if month.days.iter().any(|day| day.free().next().is_some()) {
        return None;
    }
    let next = dates::add_months(month.from, 1);
    let next = (next <= month.horizon).then(|| {
        let words = tf(text::SEE_NEXT_MONTH, &[("month", &dates::month_title(lang(), next))]);
        view! { <a href=place.month(next)>{words}</a> }
    });
    let notice = view! {
        <Notice tone=Tone::Neutral>
            <p>{t(text::NOTHING_THIS_MONTH)}</p>
            {next}
        </Notice>
    };
    Some(notice.into_any())
}
