//! What each status means to a patient (003).

use crate::context::{lang, t};
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

pub fn meaning(booking: &BookingView) -> &'static str {
    t(match booking.status {
        BookingStatus::Held => text::SAY_HELD,
        BookingStatus::PendingApproval => text::SAY_PENDING,
        BookingStatus::AwaitingPayment => text::SAY_AWAITING,
        BookingStatus::PaymentSubmitted => text::SAY_SUBMITTED,
        BookingStatus::PaymentProcessing => text::SAY_PROCESSING,
        BookingStatus::Confirmed => text::SAY_CONFIRMED,
        BookingStatus::Declined => text::SAY_DECLINED,
        BookingStatus::Cancelled if booking.cancelled_by_patient => text::SAY_CANCELLED_BY_YOU,
        BookingStatus::Cancelled => text::SAY_CANCELLED,
        _ if is_lapsed_hold(booking) => text::SAY_LAPSED,
        BookingStatus::Expired => text::SAY_EXPIRED,
    })
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
