//! Times and facts of bookings in people's words.

use crate::context::{lang, t, tf};
use crate::texts::dashboard as words;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use contracts::BookingId;
use contracts::booking::{BookingCard, BookingStatus, ProofState};
use contracts::practice::{PaymentMethod, Place};
use contracts::sessions::SessionBrief;
use domain::dates;

/// "tomorrow at 10:00", "Tue 24 Nov at 10:00".
pub fn when(local: NaiveDateTime, today: NaiveDate) -> String {
    let day = dates::relative_day(lang(), local.date(), today)
        .map_or_else(|| dates::short_date(lang(), local.date()), ToOwned::to_owned);
    tf(words::DAY_AT, &[("day", &day), ("time", &dates::clock(local.time()))])
}

/// "Tuesday 24 November 2026, 10:00 (Nairobi)".
pub fn full_when(card: &BookingCard) -> String {
    tf(
        words::FULL_WHEN,
        &[("when", &dates::long_when(lang(), card.local)), ("zone", &dates::zone_name(&card.time_zone))],
    )
}

/// "in" how long, as one number: minutes, hours or days.
pub fn span(seconds: i64) -> String {
    let minutes = seconds.max(0) / 60;
    let (text, n) = match minutes {
        0..120 => (words::MINUTES, minutes),
        120..2880 => (words::HOURS, minutes / 60),
        _ => (words::DAYS, minutes / 1440),
    };
    tf(text, &[("n", &n.to_string())])
}

/// What a status that is not over asks of the practice, or what it waits for (003).
pub fn standing(status: BookingStatus) -> Option<&'static str> {
    let text = match status {
        BookingStatus::PendingApproval => words::IS_PENDING,
        BookingStatus::AwaitingPayment => words::IS_AWAITING,
        BookingStatus::PaymentSubmitted => words::IS_SUBMITTED,
        _ => return None,
    };
    Some(t(text))
}

/// "Requested 2 hours ago": what happened last, and when.
pub fn since(card: &BookingCard, now: DateTime<Utc>) -> String {
    let (text, at) = match card.status {
        BookingStatus::PendingApproval => (words::REQUESTED, card.requested_at.unwrap_or(card.changed_at)),
        BookingStatus::AwaitingPayment => (words::APPROVED, card.changed_at),
        BookingStatus::PaymentSubmitted => {
            (words::SUBMITTED, card.proof.as_ref().map_or(card.changed_at, |proof| proof.submitted_at))
        }
        _ => (words::CHANGED, card.changed_at),
    };
    tf(text, &[("ago", &dates::ago(lang(), (now - at).num_seconds().max(0)))])
}

/// "Lapses in 5 h".
pub fn lapses(deadline: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let left = (deadline - now).num_seconds();
    if left <= 0 { t(words::ENDED).to_owned() } else { tf(words::ENDS_IN, &[("time", &span(left))]) }
}

/// The patient's name, or what stands in its place.
pub fn name(card: &BookingCard) -> String {
    name_of(&card.patient.name, card.status)
}

/// A patient's name, or what stands in its place.
pub fn name_of(name: &str, status: BookingStatus) -> String {
    if !name.is_empty() {
        return name.to_owned();
    }
    t(if status.keeps_slot() { words::SOMEONE } else { words::ERASED }).to_owned()
}

pub fn method(method: PaymentMethod) -> &'static str {
    t(match method {
        PaymentMethod::Mpesa => words::METHOD_MPESA,
        PaymentMethod::BankTransfer => words::METHOD_BANK,
        PaymentMethod::Cash => words::METHOD_CASH,
    })
}

pub fn place(place: Place) -> &'static str {
    t(match place {
        Place::Online => words::ONLINE,
        Place::InPerson => words::IN_PERSON,
    })
}

pub fn proof_state(state: ProofState) -> &'static str {
    t(match state {
        ProofState::Submitted => words::PROOF_SUBMITTED,
        ProofState::Verified => words::PROOF_VERIFIED,
        ProofState::Rejected => words::PROOF_REJECTED,
        ProofState::Credit => words::PROOF_CREDIT,
        ProofState::Refunded => words::PROOF_REFUNDED,
    })
}

/// The page with everything about it: the session's once there is one.
pub fn address(card: &BookingCard) -> String {
    address_of(card.id, card.session)
}

/// The session's page, or the booking's as long as there is none.
pub fn address_of(booking: BookingId, session: Option<SessionBrief>) -> String {
    match session {
        Some(session) => format!("/app/sessions/{}", session.id),
        None => format!("/app/bookings/{booking}"),
    }
}
