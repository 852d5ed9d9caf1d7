//! What each status means to a patient (003).

use crate::context::{lang, t, tf};
use crate::texts::patient as text;
use contracts::booking::{BookingStatus, BookingView};
use domain::booking::Event;
use domain::dates;

pub fn title(booking: &BookingView) -> &'static str {
    t(match booking.status {
        BookingStatus::Held => text::TITLE_HELD,
        BookingStatus::PendingApproval => text::TITLE_PENDING,
        BookingStatus::AwaitingPayment => text::TITLE_AWAITING,
        BookingStatus::PaymentSubmitted => text::TITLE_SUBMITTED,
        BookingStatus::PaymentProcessing => text::TITLE_PROCESSING,
        BookingStatus::Confirmed => text::TITLE_CONFIRMED,
        BookingStatus::Declined => text::TITLE_DECLINED,
        BookingStatus::Cancelled => text::TITLE_CANCELLED,
        _ if is_lapsed_hold(booking) => text::TITLE_LAPSED,
        BookingStatus::Expired => text::TITLE_EXPIRED,
    })
}

pub fn meaning(booking: &BookingView) -> String {
    let name = [("name", booking.therapist_name.as_str())];
    match booking.status {
        BookingStatus::Held => t(text::SAY_HELD).to_owned(),
        BookingStatus::PendingApproval => tf(text::SAY_PENDING, &name),
        BookingStatus::AwaitingPayment => t(text::SAY_AWAITING).to_owned(),
        BookingStatus::PaymentSubmitted => t(text::SAY_SUBMITTED).to_owned(),
        BookingStatus::PaymentProcessing => t(text::SAY_PROCESSING).to_owned(),
        BookingStatus::Confirmed => t(text::SAY_CONFIRMED).to_owned(),
        BookingStatus::Declined => tf(text::SAY_DECLINED, &name),
        BookingStatus::Cancelled if booking.cancelled_by_patient => t(text::SAY_CANCELLED_BY_YOU).to_owned(),
        BookingStatus::Cancelled => t(text::SAY_CANCELLED).to_owned(),
        _ if is_lapsed_hold(booking) => t(text::SAY_LAPSED).to_owned(),
        BookingStatus::Expired => t(text::SAY_EXPIRED).to_owned(),
    }
}

/// The session's start, with its date in full.
pub fn when(booking: &BookingView) -> String {
    dates::long_when(lang(), booking.local)
}

/// Was it only ever held, and is no more?
pub fn is_lapsed_hold(booking: &BookingView) -> bool {
    booking.status == BookingStatus::Expired && !booking.requested
}

/// Would a payment that was made after all still be looked at?
pub fn may_pay_late(booking: &BookingView) -> bool {
    let revives = domain::booking::next(booking.status, Event::Revive, &booking.policy, booking.price.minor);
    booking.requested && revives.is_ok()
}

/// Is this over, one way or another?
pub fn is_closed(booking: &BookingView) -> bool {
    matches!(booking.status, BookingStatus::Declined | BookingStatus::Cancelled | BookingStatus::Expired)
        || booking.ends_at < booking.now
}
