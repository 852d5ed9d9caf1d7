//! "Why is 10:00 missing?": the rule that removed a time, in words. A question is a plain address, so it can be shared.

use super::clock;
use super::preview::service_options;
use super::server_fns::{WhyAnswer, why_missing};
use crate::context::{lang, t, tf};
use crate::error::UiError;
use crate::layouts::practice::kit::query;
use crate::texts::availability as words;
use chrono::NaiveDateTime;
use contracts::BookingId;
use contracts::availability::{AvailabilityPage, Why};
use domain::dates;
use leptos::prelude::*;
use ui::{Button, Field, Notice, Select, Tone, Variant};

#[component]
pub(super) fn WhyMissingForm(page: AvailabilityPage) -> impl IntoView {
    let options = service_options(&page);
    let first = options.first().map(|(id, _)| id.clone())?;
    let [date, time, service] = [query("why_date"), query("why_time"), query("why_service")];
    let therapist = page.therapist_id.to_string();
    let answer = {
        let (therapist, zone) = (therapist.clone(), page.time_zone.clone());
        Resource::new_blocking(
            move || Some((date.get()?, time.get()?, service.get()?)),
            move |asked| {
                let (therapist, zone) = (therapist.clone(), zone.clone());
                async move {
                    match asked {
                        Some((date, time, service)) => Some(why_missing(therapist, zone, service, date, time).await),
                        None => None,
                    }
                }
            },
        )
    };
    let error = move |field: &'static str| {
        Signal::derive(move || match answer.get() {
            Some(Some(Err(error))) => error.field(field, lang()).map(ToOwned::to_owned),
            _ => None,
        })
    };
    let day = date.get_untracked().unwrap_or_else(|| page.today.to_string());
    Some(view! {
        <section id="why" class="card" aria-labelledby="why-title">
            <h2 id="why-title">{t(words::WHY)}</h2>
            <p class="muted">{t(words::WHY_HELP)}</p>
            <form method="get" action="/app/availability#why">
                <input type="hidden" name="therapist" value=therapist/>
                <div class="form-row">
                    <Select label=t(words::SERVICE) name="why_service" options
                        value=service.get_untracked().unwrap_or(first)/>
                    <Transition>
                        <Field label=t(words::DATE) name="why_date" kind="date" required=true value=day
                            error=error("why_date")/>
                        <Field label=t(words::TIME) name="why_time" kind="time" required=true
                            value=time.get_untracked().unwrap_or_else(|| "10:00".to_owned()) error=error("why_time")/>
                    </Transition>
                    <Button variant=Variant::Secondary>{t(words::ASK)}</Button>
                </div>
            </form>
            <Transition>
                {move || Suspend::new(async move { answer.await.map(explained) })}
            </Transition>
        </section>
    })
}

fn explained(answer: Result<WhyAnswer, UiError>) -> AnyView {
    match answer {
        Ok(answer) => view! { <Answer answer/> }.into_any(),
        Err(error) => view! { <Notice tone=Tone::Danger>{error.message(lang())}</Notice> }.into_any(),
    }
}

#[component]
fn Answer(answer: WhyAnswer) -> impl IntoView {
    let tone = if answer.why == Why::Offered { Tone::Success } else { Tone::Info };
    let asked = tf(
        words::ASKED,
        &[("date", &dates::long_date(lang(), answer.asked.date())), ("time", &dates::clock(answer.asked.time()))],
    );
    let booking = booking_of(&answer.why);
    view! {
        <Notice tone>
            <p><strong>{asked}</strong>" "{reason(&answer)}</p>
            {booking.map(|id| view! { <p><a href=format!("/app/bookings/{id}")>{t(words::SEE_BOOKING)}</a></p> })}
        </Notice>
    }
}

fn booking_of(why: &Why) -> Option<BookingId> {
    match why {
        Why::Taken { booking, .. } | Why::InBuffer { booking, .. } => *booking,
        _ => None,
    }
}

/// The reason in words, for every one there is.
fn reason(answer: &WhyAnswer) -> String {
    let local = |i: usize| answer.local.get(i).map(|at| dates::clock(at.time())).unwrap_or_default();
    let between = |text: contracts::Text| tf(text, &[("from", &local(0)), ("until", &local(1))]);
    match &answer.why {
        Why::Offered => t(words::WHY_OFFERED).to_owned(),
        Why::SkippedByClockChange => t(words::WHY_SKIPPED).to_owned(),
        Why::ClosedThatDay => t(words::WHY_CLOSED).to_owned(),
        Why::OutsideOpenings { openings } => {
            let block =
                |(from, until): &(i32, i32)| tf(words::BLOCK, &[("from", &clock(*from)), ("until", &clock(*until))]);
            let openings: Vec<_> = openings.iter().map(block).collect();
            tf(words::WHY_OUTSIDE, &[("openings", &openings.join(", "))])
        }
        Why::Blocked { reason, .. } if reason.is_empty() => t(words::WHY_BLOCKED).to_owned(),
        Why::Blocked { reason, .. } => tf(words::WHY_BLOCKED_REASON, &[("reason", reason)]),
        Why::DoesNotFit { opening_ends_min } => tf(words::WHY_NO_FIT, &[("until", &clock(*opening_ends_min))]),
        Why::OffGrid { before, after } => {
            let near: Vec<_> = [before, after].into_iter().flatten().map(|at| dates::clock(at.time())).collect();
            match near.is_empty() {
                true => t(words::WHY_OFF_GRID_NONE).to_owned(),
                false => tf(words::WHY_OFF_GRID, &[("times", &near.join(", "))]),
            }
        }
        Why::Taken { .. } => between(words::WHY_TAKEN),
        Why::InBuffer { .. } => between(words::WHY_BUFFER),
        Why::TooSoon { .. } => {
            let when = |at: &NaiveDateTime| dates::long_when(lang(), *at);
            tf(words::WHY_SOON, &[("when", &answer.local.first().map(when).unwrap_or_default())])
        }
        Why::TooFar { last_day } => tf(words::WHY_FAR, &[("day", &dates::long_date(lang(), *last_day))]),
    }
}
