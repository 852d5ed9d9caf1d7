//! A held slot: its clock, and what to do when it has lapsed.

use super::server_fns::{HoldSlot, HoldSlotAgain};
use super::words;
use crate::context::{lang, t, tf};
use crate::forms::{FormErrors, FormNotice};
use crate::texts::booking as text;
use contracts::ServiceId;
use contracts::booking::{BookingStatus, BookingView, Slot};
use domain::dates;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use ui::{Button, Glyph, Icon, LinkButton, Notice, Tone, Variant};

/// Is the slot still held? The job that lapses it may run a moment later than the clock.
pub fn is_held(booking: &BookingView) -> bool {
    booking.status == BookingStatus::Held && booking.deadline.is_none_or(|deadline| deadline > booking.now)
}

/// What the clock and the way back need to know of a held slot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Held {
    pub slug: String,
    pub service: ServiceId,
    pub token: String,
    /// Seconds until it lapses; 0 when it has.
    seconds: i64,
    /// On the therapist's clock.
    until: String,
    /// For how long a slot is held, in minutes.
    hold_min: i32,
}

impl Held {
    pub fn of(booking: &BookingView) -> Self {
        let left = booking.deadline.map_or(0, |deadline| (deadline - booking.now).num_seconds().max(1));
        let until = words::deadline_local(booking).map(|until| dates::clock(until.time()));
        Self {
            slug: booking.slug.clone(),
            service: booking.service_id,
            token: booking.token.clone(),
            seconds: if is_held(booking) { left } else { 0 },
            until: until.unwrap_or_default(),
            hold_min: booking.policy.hold_min,
        }
    }

    pub fn lapsed(&self) -> bool {
        self.seconds <= 0
    }
}

/// Has the hold of this page lapsed meanwhile, by the clock or by the server's word? The islands of a page share it.
#[derive(Clone, Copy)]
pub struct Lapsing(RwSignal<bool>);

/// Called once, before the islands come alive.
pub fn provide_lapsed() {
    provide_context(Lapsing(RwSignal::new(false)));
}

impl Lapsing {
    pub fn of_page() -> Self {
        use_context::<Self>().unwrap_or_else(|| Self(RwSignal::new(false)))
    }

    pub fn get(self) -> bool {
        self.0.get()
    }

    pub fn set(self) {
        self.0.set(true);
    }
}

/// The clock while the slot is held; then that it lapsed and, where no form of the page does it, the ways to go on.
#[island]
pub fn HoldState(held: Held, ways: bool) -> impl IntoView {
    let lapsing = Lapsing::of_page();
    let lapsed_before = held.lapsed();
    move || {
        let held = held.clone();
        if lapsed_before || lapsing.get() {
            view! { <Lapsed held ways/> }.into_any()
        } else {
            view! { <HoldClock held lapsing/> }.into_any()
        }
    }
}

/// Until when the slot is held, and about how long that is.
#[component]
fn HoldClock(held: Held, lapsing: Lapsing) -> impl IntoView {
    let left = RwSignal::new(held.seconds);
    Effect::new(move |_| {
        let Ok(handle) = set_interval_with_handle(
            move || {
                left.update(|n| *n -= 1);
                if left.get_untracked() == 0 {
                    lapsing.set();
                }
            },
            Duration::from_secs(1),
        ) else {
            return;
        };
        on_cleanup(move || handle.clear());
    });
    // Minutes only: seconds that run away hurry people.
    let minutes = Memo::new(move |_| left.get().max(0) / 60);
    let lang = lang();
    view! {
        <p class="hold-clock" role="timer">
            <Icon glyph=Glyph::Clock/>
            <span>{tf(text::HELD_UNTIL, &[("time", &held.until)])}</span>
            <span class="muted">
                {move || match minutes.get() {
                    0 => text::LAST_MINUTE.of(lang).to_owned(),
                    n => text::MINUTES_LEFT.with(lang, &[("n", &n.to_string())]),
                }}
            </span>
        </p>
    }
}

#[component]
fn Lapsed(held: Held, ways: bool) -> impl IntoView {
    view! {
        <Notice tone=Tone::Warning>
            <strong>{t(text::LAPSED_TITLE)}</strong>
            <p>{tf(text::LAPSED_BODY, &[("span", &words::span(held.hold_min))])}</p>
        </Notice>
        {ways.then(|| view! { <Again held/> })}
    }
}

/// Take the slot again, one of its neighbours, or choose another time. Everything typed is kept.
#[component]
fn Again(held: Held) -> impl IntoView {
    let again = ServerAction::<HoldSlotAgain>::new();
    let errors = FormErrors::of(again);
    let pending = again.pending();
    let other = format!("/{}?service={}&instead={}", held.slug, held.service, held.token);
    let token = held.token.clone();
    view! {
        <FormNotice errors/>
        <Alternatives held errors/>
        <div class="actions">
            <ActionForm action=again>
                <input type="hidden" name="token" value=token/>
                <Button pending>{t(text::TAKE_AGAIN)}</Button>
            </ActionForm>
            <LinkButton href=other variant=Variant::Secondary>{t(text::ANOTHER_TIME)}</LinkButton>
        </div>
    }
}

/// The nearest free times after one was taken; each is a button that takes it instead.
#[component]
fn Alternatives(held: Held, errors: FormErrors) -> impl IntoView {
    let hold = ServerAction::<HoldSlot>::new();
    let hold_errors = FormErrors::of(hold);
    let pending = hold.pending();
    let slots = Signal::derive(move || errors.error().get().map(|e| e.alternatives).unwrap_or_default());
    view! {
        <FormNotice errors=hold_errors/>
        {move || {
            let slots = slots.get();
            let (slug, token) = (held.slug.clone(), held.token.clone());
            (!slots.is_empty())
                .then(|| {
                    view! {
                        <ActionForm action=hold>
                            <input type="hidden" name="slug" value=slug/>
                            <input type="hidden" name="service_id" value=held.service.to_string()/>
                            <input type="hidden" name="instead_of" value=token/>
                            <AlternativeButtons slots name="starts_at" pending/>
                        </ActionForm>
                    }
                })
        }}
    }
}

/// A row of times, each with its day.
#[component]
pub fn AlternativeButtons(slots: Vec<Slot>, name: &'static str, #[prop(into)] pending: Signal<bool>) -> impl IntoView {
    let lang = lang();
    view! {
        <div class="alternatives" role="group" aria-label=t(text::NEAREST)>
            {slots
                .into_iter()
                .map(|slot| {
                    let text = format!(
                        "{}, {}",
                        dates::short_date(lang, slot.local.date()),
                        dates::clock(slot.local.time()),
                    );
                    view! {
                        <Button variant=Variant::Secondary name=name value=slot.starts_at.to_rfc3339() pending>
                            <span class="figures">{text}</span>
                        </Button>
                    }
                })
                .collect_view()}
        </div>
    }
}
