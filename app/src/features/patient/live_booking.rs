//! The island of a booking's own page: all of it, since any part changes with the booking.

use super::actions::Actions;
use super::payment::PaymentInstructionsCard;
use super::proof_form::{ProofForm, answered};
use super::words;
use crate::context::{lang, t, tf};
use crate::features::booking::parts::{OwnTime, Step, Steps, Summary};
use crate::features::booking::server_fns::booking_by_link;
use crate::features::booking::words as say;
use crate::live::{Live, use_live};
use crate::texts::patient as text;
use contracts::booking::{BookingStatus, BookingView, ProofState, ProofView};
use contracts::practice::PaymentTiming;
use domain::dates;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use ui::{Card, Glyph, Icon, Notice, StatusBadge, Tone, When, status_word, use_toast};

#[island(lazy)]
pub fn LiveBooking(found: BookingView) -> impl IntoView {
    let live = use_live(format!("/live/b/{}", found.token));
    let token = found.token.clone();
    let booking = RwSignal::new(found);
    let fetched = RwSignal::new(0_u32);
    Effect::new(move |_| {
        if live.tick.get() == 0 {
            return;
        }
        let token = token.clone();
        spawn_local(async move {
            // An answer that did not come changes nothing: the line below says how old this is.
            if let Ok(after) = booking_by_link(token).await {
                replace(booking, after);
                fetched.update(|n| *n = n.wrapping_add(1));
            }
        });
    });
    announce(booking);
    let changed = Callback::new(move |()| live.refresh());
    view! {
        {move || view! { <OneBooking found=booking.get() changed/> }}
        <RefreshLine fetched live/>
    }
}

/// Shows what is new. The mere passing of time is not: nothing on the page is built anew for it.
fn replace(booking: RwSignal<BookingView>, after: BookingView) {
    let same = booking.with_untracked(|before| BookingView { now: after.now, ..before.clone() } == after);
    if !same {
        booking.set(after);
    }
}

/// A toast when the status changes while one looks.
fn announce(booking: RwSignal<BookingView>) {
    let toast = use_toast();
    let lang = lang();
    Effect::new(move |before: Option<BookingStatus>| {
        let now = booking.with(|booking| booking.status);
        if before.is_some_and(|before| before != now) {
            let words = text::CHANGED.with(lang, &[("status", status_word(now).of(lang))]);
            toast.show(words, Tone::Info);
        }
        now
    });
}

#[component]
fn OneBooking(found: BookingView, changed: Callback<()>) -> impl IntoView {
    let new = !words::is_closed(&found);
    let (for_card, for_paying) = (found.clone(), found.clone());
    view! {
        {new.then(|| view! { <Steps now=Step::Done/> })}
        <div class="booking-status stack">
            <div class="title-line">
                <h1>{words::title(&found)}</h1>
                <StatusBadge status=found.status lang=lang()/>
            </div>
            <p class="lead">{words::meaning(&found)}</p>
            <Why booking=found.clone()/>
            <div class="two-columns">
                <Card class="stack">
                    <Summary
                        own_time=view! { <OwnTime at=for_card.starts_at there=for_card.local/> }.into_any()
                        booking=for_card.clone()
                    />
                    <Money booking=for_card.clone()/>
                    <Actions booking=for_card changed/>
                </Card>
                <div class="stack">
                    <Paying booking=for_paying changed/>
                    {new.then(|| view! { <p class="muted small">{t(text::KEEP_LINK)} " " {t(text::SENT_TO)}</p> })}
                </div>
            </div>
        </div>
    }
}

/// Why it was declined, rejected or cancelled, in the words of whoever did it.
#[component]
fn Why(booking: BookingView) -> impl IntoView {
    booking.closing_reason.filter(|reason| !reason.trim().is_empty()).map(|reason| {
        view! {
            <Notice tone=Tone::Neutral>
                <strong>{t(text::REASON)} ": "</strong>
                <span class="prewrap">{reason}</span>
            </Notice>
        }
    })
}

/// Paid or not, and until when the practice answers.
#[component]
fn Money(booking: BookingView) -> impl IntoView {
    let lang = lang();
    let paid = booking.paid.then(|| tf(text::PRICE_PAID, &[("price", &booking.price.display(lang))]));
    let at_session = !booking.paid
        && booking.price.minor > 0
        && booking.status == BookingStatus::Confirmed
        && booking.policy.payment_timing == PaymentTiming::AtSession;
    let answer_by = say::deadline_local(&booking)
        .zip(booking.deadline)
        .filter(|_| booking.status == BookingStatus::PendingApproval);
    view! {
        {paid.map(|paid| view! { <p class="figures">{paid}</p> })}
        {at_session.then(|| view! { <p class="with-icon"><Icon glyph=Glyph::Money/><span>{t(text::PAID_AT_SESSION)}</span></p> })}
        {answer_by
            .map(|(local, at)| {
                view! {
                    <p class="with-icon">
                        <Icon glyph=Glyph::Clock/>
                        <span>{t(text::ANSWER_BY)} " " <When at text=dates::long_when(lang, local)/></span>
                    </p>
                }
            })}
    }
}

/// Instructions and proof while a payment is due; afterwards what became of it.
#[component]
fn Paying(booking: BookingView, changed: Callback<()>) -> impl IntoView {
    match (booking.status, booking.proof.clone()) {
        (BookingStatus::AwaitingPayment, proof) => {
            let rejected = proof.filter(|p| p.state == ProofState::Rejected).and_then(|p| p.reject_reason);
            view! {
                {rejected
                    .map(|reason| {
                        view! {
                            <Notice tone=Tone::Warning>
                                <p>{t(text::PROOF_REJECTED)}</p>
                                <p class="prewrap">{reason}</p>
                            </Notice>
                        }
                    })}
                <PaymentInstructionsCard booking=booking.clone()/>
                <section class="card stack" id="pay">
                    <h2>{t(text::PROOF_TITLE)}</h2>
                    <ProofForm booking changed/>
                </section>
            }
            .into_any()
        }
        (_, None) if words::may_pay_late(&booking) => view! {
            <section class="card stack" id="pay">
                // Open when it comes back with an error, which would else be hidden.
                <details open=answered().is_some()>
                    <summary>{t(text::LATE_PROOF_TITLE)}</summary>
                    <p class="muted">{t(text::LATE_PROOF_BODY)}</p>
                    <ProofForm booking changed/>
                </details>
            </section>
        }
        .into_any(),
        (_, Some(proof)) => view! { <Proof proof/> }.into_any(),
        _ => ().into_any(),
    }
}

/// A proof that was sent.
#[component]
fn Proof(proof: ProofView) -> impl IntoView {
    let became = match proof.state {
        ProofState::Credit => Some(text::LATE_CREDIT),
        ProofState::Refunded => Some(text::LATE_REFUNDED),
        ProofState::Submitted if proof.late => Some(text::LATE_SENT),
        _ => None,
    };
    view! {
        <Card class="stack-small">
            <dl class="facts">
                <div class="fact">
                    <dt>{t(text::TRANSACTION)}</dt>
                    <dd class="figures">{proof.reference}</dd>
                </div>
                <div class="fact">
                    <dt>{t(text::PAID_BY)}</dt>
                    <dd>{say::method(proof.method)}</dd>
                </div>
            </dl>
            {became.map(|became| view! { <p>{t(became)}</p> })}
        </Card>
    }
}

/// "Updated 12 s ago" and a way to ask again.
#[component]
fn RefreshLine(fetched: RwSignal<u32>, live: Live) -> impl IntoView {
    let age = RwSignal::new(0_i64);
    Effect::new(move |_| {
        fetched.track();
        age.set(0);
    });
    Effect::new(move |_| {
        if let Ok(handle) = set_interval_with_handle(move || age.update(|n| *n += 5), Duration::from_secs(5)) {
            on_cleanup(move || handle.clear());
        }
    });
    let lang = lang();
    view! {
        <p class="refresh-line small muted">
            <span>{move || text::UPDATED.with(lang, &[("ago", &dates::ago(lang, age.get()))])}</span>
            <a
                class="btn btn-ghost"
                href=""
                rel="external"
                on:click=move |ev| {
                    ev.prevent_default();
                    live.refresh();
                }
            >
                <Icon glyph=Glyph::Refresh/>
                {t(text::REFRESH)}
            </a>
        </p>
    }
}
