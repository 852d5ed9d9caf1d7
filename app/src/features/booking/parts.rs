//! Pieces that several steps of a booking share.

use super::words;
use crate::context::{lang, t, tf};
use crate::texts::booking as text;
use chrono::{DateTime, Datelike, NaiveDateTime, Utc};
use contracts::booking::BookingView;
use contracts::practice::{BookingPolicy, PaymentMethod};
use domain::booking::cancel_rule;
use domain::dates;
use leptos::prelude::*;
use ui::When;

/// The steps of 004 §4.2.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Time,
    Details,
    Review,
    Done,
}

/// Where in the booking one is.
#[component]
pub fn Steps(now: Step) -> impl IntoView {
    let steps = [
        (Step::Time, text::STEP_TIME),
        (Step::Details, text::STEP_DETAILS),
        (Step::Review, text::STEP_REVIEW),
        (Step::Done, text::STEP_DONE),
    ];
    let past = steps.iter().take_while(|(step, _)| *step != now).count();
    view! {
        <nav class="steps" aria-label=t(text::STEPS)>
            <ol>
                {steps
                    .into_iter()
                    .enumerate()
                    .map(|(i, (step, name))| {
                        view! {
                            <li
                                class="step"
                                class:step-past=i < past
                                aria-current=(step == now).then_some("step")
                            >
                                <span class="step-number figures">{i + 1}</span>
                                <span class="step-name">{t(name)}</span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        </nav>
    }
}

/// One line of a list of facts.
#[component]
pub fn Fact(#[prop(into)] name: String, children: Children) -> impl IntoView {
    view! {
        <div class="fact">
            <dt>{name}</dt>
            <dd>{children()}</dd>
        </div>
    }
}

/// What is being booked: who, what, when, for how much. `own_time` is the visitor's clock: [`OwnTime`] within an island,
/// [`OwnClock`] on a page that the server alone writes.
#[component]
pub fn Summary(booking: BookingView, own_time: AnyView) -> impl IntoView {
    let lang = lang();
    let minutes = i32::try_from((booking.ends_at - booking.starts_at).num_minutes()).unwrap_or_default();
    let when = format!(
        "{}, {}–{}",
        dates::long_date(lang, booking.local.date()),
        dates::clock(booking.local.time()),
        dates::clock(words::ends_local(&booking).time()),
    );
    view! {
        <dl class="facts">
            <Fact name=t(text::THERAPIST)>{booking.therapist_name.clone()}</Fact>
            <Fact name=t(text::SERVICE)>
                {format!("{} · {}", booking.service_name, words::span(minutes))}
            </Fact>
            <Fact name=t(text::WHEN)>
                <When at=booking.starts_at text=when/>
                <span class="muted small">{tf(text::ZONE_OF, &[("zone", &dates::zone_name(&booking.time_zone))])}</span>
                {own_time}
            </Fact>
            <Fact name=t(text::PLACE)>{words::place(booking.place)}</Fact>
            <Fact name=t(text::PRICE)>
                <span class="figures">{words::price(&booking.price, lang)}</span>
            </Fact>
        </dl>
    }
}

/// [`OwnTime`] as an island.
#[cfg(any(feature = "ssr", feature = "public"))]
#[island]
pub fn OwnClock(at: DateTime<Utc>, there: NaiveDateTime) -> impl IntoView {
    view! { <OwnTime at there/> }
}

/// The same moment on the visitor's own clock, where it differs; known only in the browser.
#[component]
pub fn OwnTime(at: DateTime<Utc>, there: NaiveDateTime) -> impl IntoView {
    let own = RwSignal::new(None::<String>);
    Effect::new(move |_| own.set(own_time(at, there)));
    move || own.get().map(|own| view! { <span class="own-time small figures">{own}</span> })
}

/// `15:00 your time`, with the weekday when it is another day there.
pub fn own_time(at: DateTime<Utc>, there: NaiveDateTime) -> Option<String> {
    let own = browser_clock(at)?;
    if own == there {
        return None;
    }
    let time = dates::clock(own.time());
    let time =
        if own.date() == there.date() { time } else { format!("{} {time}", dates::weekday_short(lang(), own.date())) };
    Some(tf(text::YOUR_TIME, &[("time", &time)]))
}

/// A moment on the clock of this browser.
#[cfg(feature = "hydrate")]
fn browser_clock(at: DateTime<Utc>) -> Option<NaiveDateTime> {
    #[allow(clippy::cast_precision_loss)]
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.timestamp_millis() as f64));
    let day = chrono::NaiveDate::from_ymd_opt(
        i32::try_from(date.get_full_year()).ok()?,
        date.get_month() + 1,
        date.get_date(),
    )?;
    day.and_hms_opt(date.get_hours(), date.get_minutes(), date.get_seconds())
}

#[cfg(not(feature = "hydrate"))]
fn browser_clock(_: DateTime<Utc>) -> Option<NaiveDateTime> {
    None
}

/// The IANA name of this browser's zone.
pub fn browser_zone() -> Option<String> {
    #[cfg(feature = "hydrate")]
    {
        let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
        js_sys::Reflect::get(&format.resolved_options(), &"timeZone".into()).ok()?.as_string()
    }
    #[cfg(not(feature = "hydrate"))]
    None
}

/// The rules a booking is made under, in words, before any data is asked.
#[component]
pub fn PolicyWords(
    policy: BookingPolicy,
    free: bool,
    #[prop(into)] therapist: String,
    #[prop(optional)] methods: Vec<PaymentMethod>,
) -> impl IntoView {
    let methods: Vec<&str> = methods.into_iter().map(words::method).collect();
    let pays = !free && !methods.is_empty();
    view! {
        <div class="stack-small">
            <h3>{t(text::CANCELLATION)}</h3>
            <p class="prewrap">{cancel_rule(&policy, lang())}</p>
            <h3>{t(text::WHAT_NEXT)}</h3>
            <ul class="next-steps">
                {words::what_next(&policy, free, &therapist)
                    .into_iter()
                    .map(|step| view! { <li>{step}</li> })
                    .collect_view()}
                {pays.then(|| view! { <li>{tf(text::METHODS, &[("methods", &methods.join(", "))])}</li> })}
            </ul>
        </div>
    }
}

/// `2026-11`.
pub fn month_code(date: chrono::NaiveDate) -> String {
    format!("{:04}-{:02}", date.year(), date.month())
}
