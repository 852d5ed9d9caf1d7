//! The times of the chosen day: one form, one button per time.

use super::choice::Shown;
use super::held::AlternativeButtons;
use super::parts::{browser_zone, own_time};
use super::server_fns::HoldSlot;
use crate::context::{lang, t, tf};
use crate::forms::{FormErrors, FormNotice};
use crate::texts::booking as text;
use chrono::NaiveDate;
use contracts::booking::{Availability, Slot, SlotStatus};
use domain::dates;
use leptos::prelude::*;

/// On phones the times stand below the month: shows them after a day was chosen.
pub fn bring_into_view() {
    #[cfg(feature = "hydrate")]
    {
        let narrow = window().inner_width().ok().and_then(|w| w.as_f64()).is_some_and(|w| w < 768.0);
        if let (true, Some(times)) = (narrow, document().get_element_by_id("times")) {
            times.scroll_into_view();
        }
    }
}

/// The day's times. What it says when a time was taken meanwhile stands in the same place.
#[component]
pub fn Times(shown: Shown, hold: ServerAction<HoldSlot>) -> impl IntoView {
    let lang = lang();
    let errors = FormErrors::of(hold);
    let pending: Signal<bool> = hold.pending().into();
    let zone = RwSignal::new(String::new());
    Effect::new(move |_| zone.set(browser_zone().unwrap_or_default()));
    let alternatives = Signal::derive(move || errors.error().get().map(|e| e.alternatives).unwrap_or_default());
    let zone_words = move || {
        let zone = shown.month.with(|month| dates::zone_name(&month.time_zone));
        tf(text::ZONE_OF, &[("zone", &zone)])
    };
    let chosen = Memo::new(move |_| shown.open_day());
    let slots = Memo::new(move |_| {
        let chosen = chosen.get();
        shown.month.with(|month| {
            month.days.iter().find(|day| Some(day.date) == chosen).map(|day| day.slots.clone()).unwrap_or_default()
        })
    });
    let place = shown.place();
    view! {
        <section id="times" class="times" aria-labelledby="times-title">
            <h2 id="times-title">
                {move || match chosen.get() {
                    Some(day) => text::TIMES_ON.with(lang, &[("date", &dates::long_date(lang, day))]),
                    None => text::CHOOSE_DAY.of(lang).to_owned(),
                }}
            </h2>
            <p class="muted small">{zone_words}</p>
            <FormNotice errors/>
            <ActionForm action=hold>
                <input type="hidden" name="slug" value=place.slug/>
                <input type="hidden" name="service_id" value=place.service.to_string()/>
                <input type="hidden" name="instead_of" value=place.instead.unwrap_or_default()/>
                <input type="hidden" name="visitor_time_zone" prop:value=move || zone.get()/>
                {move || {
                    let slots = alternatives.get();
                    (!slots.is_empty())
                        .then(|| {
                            view! {
                                <h3>{text::NEAREST.of(lang)}</h3>
                                <AlternativeButtons slots name="starts_at" pending/>
                            }
                        })
                }}
                <SlotButtons slots pending chosen/>
            </ActionForm>
        </section>
    }
}

#[component]
fn SlotButtons(slots: Memo<Vec<Slot>>, pending: Signal<bool>, chosen: Memo<Option<NaiveDate>>) -> impl IntoView {
    let lang = lang();
    let shown = move || {
        let mut slots = slots.get();
        slots.retain(|s| matches!(s.status, SlotStatus::Available | SlotStatus::Locked));
        slots
    };
    let nothing =
        move || chosen.get().is_some() && !slots.with(|s| s.iter().any(|s| s.status == SlotStatus::Available));
    view! {
        {move || nothing().then(|| view! { <p class="muted">{text::NO_TIMES.of(lang)}</p> })}
        <ul class="slots">
            {move || {
                shown()
                    .into_iter()
                    .map(|slot| view! { <li><SlotButton at=slot pending/></li> })
                    .collect_view()
            }}
        </ul>
    }
}

/// A time, on the therapist's clock and the visitor's own.
#[component]
fn SlotButton(at: Slot, pending: Signal<bool>) -> impl IntoView {
    let slot = at;
    let lang = lang();
    let own = RwSignal::new(None::<String>);
    Effect::new(move |_| own.set(own_time(slot.starts_at, slot.local)));
    let locked = slot.status == SlotStatus::Locked;
    view! {
        <button
            type="submit"
            class="slot figures"
            class:slot-locked=locked
            name="starts_at"
            value=slot.starts_at.to_rfc3339()
            disabled=move || locked || pending.get()
        >
            <span class="slot-time">{dates::clock(slot.local.time())}</span>
            {locked.then(|| view! { <span class="slot-note">{text::BEING_BOOKED.of(lang)}</span> })}
            {move || own.get().map(|own| view! { <span class="slot-note">{own}</span> })}
        </button>
    }
}

/// What changed among a day's times, for a polite announcement. `None` when nothing a visitor cares about did.
pub fn changes(before: &Availability, after: &Availability, day: NaiveDate) -> Option<String> {
    if before.service_id != after.service_id {
        return None;
    }
    let of = |month: &Availability| month.days.iter().find(|d| d.date == day).cloned();
    let (before, after) = (of(before)?, of(after)?);
    let free = |day: &contracts::booking::DaySlots| day.free().map(|s| s.local).collect::<Vec<_>>();
    let (was, is) = (free(&before), free(&after));
    let gone: Vec<_> = was.iter().filter(|at| !is.contains(at)).collect();
    let back: Vec<_> = is.iter().filter(|at| !was.contains(at)).collect();
    let say = |text: contracts::Text, at: &chrono::NaiveDateTime| tf(text, &[("time", &dates::clock(at.time()))]);
    match (gone.as_slice(), back.as_slice()) {
        ([], []) => None,
        ([at], []) => Some(say(text::GONE, at)),
        ([], [at]) => Some(say(text::BACK_AGAIN, at)),
        _ => Some(t(text::TIMES_CHANGED).to_owned()),
    }
}
