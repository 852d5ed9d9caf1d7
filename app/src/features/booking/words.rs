//! A booking's rules and places in people's words.

use crate::context::{t, tf, tn};
use crate::texts::booking as text;
use chrono::{NaiveDateTime, TimeDelta};
use contracts::booking::{BookingView, PublicService};
use contracts::practice::{BookingPolicy, PaymentMethod, PaymentTiming, Place};
use contracts::{Lang, Money};

/// `45 minutes`, `2 hours`, `3 days`.
pub fn span(minutes: i32) -> String {
    let n = |n: i32| n.to_string();
    match minutes {
        60 => t(text::ONE_HOUR).to_owned(),
        m if m >= 2880 && m % 1440 == 0 => tf(text::DAYS, &[("n", &n(m / 1440))]),
        m if m >= 120 && m % 60 == 0 => tf(text::HOURS, &[("n", &n(m / 60))]),
        m => tn([text::ONE_MINUTE, text::MINUTES], m.unsigned_abs()),
    }
}

pub fn place(place: Place) -> &'static str {
    match place {
        Place::Online => t(text::ONLINE),
        Place::InPerson => t(text::IN_PERSON),
    }
}

pub fn method(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::Mpesa => t(text::MPESA),
        PaymentMethod::BankTransfer => t(text::BANK_TRANSFER),
        PaymentMethod::Cash => t(text::CASH),
    }
}

pub fn price(money: &Money, lang: Lang) -> String {
    if money.minor == 0 { t(text::FREE_OF_CHARGE).to_owned() } else { money.display(lang) }
}

/// What happens after the request is sent, one sentence each.
pub fn what_next(policy: &BookingPolicy, free: bool, therapist: &str) -> Vec<String> {
    let pays_first = !free && policy.payment_timing == PaymentTiming::BeforeConfirmation;
    let mut steps = vec![];
    if policy.needs_approval {
        steps.push(tf(text::NEXT_APPROVAL, &[("name", therapist), ("span", &span(policy.approval_window_min))]));
    }
    match (pays_first, policy.needs_approval) {
        (true, _) => steps.push(tf(text::NEXT_PAY, &[("span", &span(policy.payment_window_min))])),
        (false, true) => steps.push(t(text::NEXT_CONFIRMED_AFTER_APPROVAL).to_owned()),
        (false, false) => steps.push(t(text::NEXT_INSTANT).to_owned()),
    }
    if !free && !pays_first {
        steps.push(t(text::NEXT_PAY_AT_SESSION).to_owned());
    }
    steps
}

/// `50 minutes · Online`.
pub fn in_short(service: &PublicService) -> String {
    format!("{} · {}", span(service.duration_min), place(service.place))
}

/// How far the therapist's wall clock is ahead of UTC at the booking.
pub fn ahead_of_utc(booking: &BookingView) -> TimeDelta {
    booking.local - booking.starts_at.naive_utc()
}

/// The deadline on the therapist's wall clock. Only wrong by an hour where the clocks change in between.
pub fn deadline_local(booking: &BookingView) -> Option<NaiveDateTime> {
    booking.deadline.map(|deadline| deadline.naive_utc() + ahead_of_utc(booking))
}

/// The end of the session on the therapist's wall clock.
pub fn ends_local(booking: &BookingView) -> NaiveDateTime {
    booking.local + (booking.ends_at - booking.starts_at)
}
