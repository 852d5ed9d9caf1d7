//! A held slot: its clock, and what to do when it has lapsed.

use super::server_fns::{HoldSlot, HoldSlotAgain};
use super::words;
use crate::context::{lang, t, tf};
use crate::forms::{FormErrors, FormNotice};
use crate::texts::booking as text;
use contracts::Text;
use contracts::booking::{BookingStatus, BookingView, Slot};
use domain::dates;
use leptos::prelude::*;
use std::time::Duration;
use ui::{Button, Glyph, Icon, LinkButton, Notice, Tone, Variant};

/// Is the slot still held? The job that lapses it may run a moment later than the clock.
pub fn is_held(booking: &BookingView) -> bool {
    booking.status == BookingStatus::Held && booking.deadline.is_none_or(|deadline| deadline > booking.now)
}

/// Until when the slot is held, and about how long that is. `lapsed` is called once, in the browser.
#[component]
pub fn HoldClock(booking: BookingView, lapsed: Callback<()>) -> impl IntoView {
    let seconds = booking.deadline.map_or(0, |deadline| (deadline - booking.now).num_seconds());
    let left = RwSignal::new(seconds);
    Effect::new(move |_| {
        let Ok(handle) = set_interval_with_handle(
            move || {
                left.update(|n| *n -= 1);
                if left.get_untracked() == 0 {
                    lapsed.run(());
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
    let until = words::deadline_local(&booking).map(|until| dates::clock(until.time())).unwrap_or_default();
    let lang = lang();
    view! {
        <p class="hold-clock" role="timer">
            <Icon glyph=Glyph::Clock/>
            <span>{tf(text::HELD_UNTIL, &[("time", &until)])}</span>
            <span class="muted">
                {move || match minutes.get() {
                    0 => text::LAST_MINUTE.of(lang).to_owned(),
                    n => Text::counted(
                        [text::ONE_MINUTE_LEFT, text::MINUTES_LEFT],
                        lang,
                        u32::try_from(n).unwrap_or_default(),
                    ),
                }}
            </span>
        </p>
    }
}

/// A hold that lapsed: take the slot again, one of its neighbours, or choose another time. Everything typed is kept.
#[component]
pub fn Lapsed(booking: BookingView) -> impl IntoView {
    let again = ServerAction::<HoldSlotAgain>::new();
    let errors = FormErrors::of(again);
    let pending = again.pending();
    let other = format!("/{}?service={}&instead={}", booking.slug, booking.service_id, booking.token);
    let token = booking.token.clone();
    view! {
        <Notice tone=Tone::Warning>
            <strong>{t(text::LAPSED_TITLE)}</strong>
            <p>{tf(text::LAPSED_BODY, &[("span", &words::span(booking.policy.hold_min))])}</p>
        </Notice>
        <FormNotice errors/>
        <Alternatives booking=booking.clone() errors/>
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
fn Alternatives(booking: BookingView, errors: FormErrors) -> impl IntoView {
    let hold = ServerAction::<HoldSlot>::new();
    let hold_errors = FormErrors::of(hold);
    let pending = hold.pending();
    let slots = Signal::derive(move || errors.error().get().map(|e| e.alternatives).unwrap_or_default());
    view! {
        <FormNotice errors=hold_errors/>
        {move || {
            let slots = slots.get();
            let (slug, token) = (booking.slug.clone(), booking.token.clone());
            (!slots.is_empty())
                .then(|| {
                    view! {
                        <ActionForm action=hold>
                            <input type="hidden" name="slug" value=slug/>
                            <input type="hidden" name="service_id" value=booking.service_id.to_string()/>
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
