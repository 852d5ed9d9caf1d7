//! A session in words.

use crate::context::{lang, t};
use crate::texts::sessions as words;
use contracts::practice::PaymentMethod;
use contracts::sessions::{PaymentStatus, RefundDecision, SessionCard, SessionSource, SessionStatus};
use domain::dates;

pub fn status(status: SessionStatus) -> &'static str {
    t(match status {
        SessionStatus::Scheduled => words::S_SCHEDULED,
        SessionStatus::InProgress => words::S_IN_PROGRESS,
        SessionStatus::Completed => words::S_COMPLETED,
        SessionStatus::NoShow => words::S_NO_SHOW,
        SessionStatus::Cancelled => words::S_CANCELLED,
    })
}

pub fn payment(status: PaymentStatus) -> &'static str {
    t(match status {
        PaymentStatus::Pending => words::P_PENDING,
        PaymentStatus::PartlyPaid => words::P_PARTLY,
        PaymentStatus::Paid => words::P_PAID,
        PaymentStatus::Refunded => words::P_REFUNDED,
        PaymentStatus::Waived => words::P_WAIVED,
    })
}

pub fn source(source: SessionSource) -> &'static str {
    t(match source {
        SessionSource::Public => words::FROM_PUBLIC,
        SessionSource::Staff => words::FROM_STAFF,
        SessionSource::Series => words::FROM_SERIES,
    })
}

pub fn refund(decision: RefundDecision) -> &'static str {
    t(match decision {
        RefundDecision::Refund => words::REFUND_BACK,
        RefundDecision::Credit => words::REFUND_CREDIT,
        RefundDecision::Keep => words::REFUND_KEEP,
    })
}

pub fn method(method: PaymentMethod) -> &'static str {
    t(match method {
        PaymentMethod::Cash => words::CASH,
        PaymentMethod::BankTransfer => words::TRANSFER,
        PaymentMethod::Mpesa => words::MPESA,
    })
}

/// The start for people, on the therapist's wall clock.
pub fn when(card: &SessionCard) -> String {
    dates::long_when(lang(), card.local)
}
