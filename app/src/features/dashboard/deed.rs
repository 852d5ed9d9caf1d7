//! What the practice can do with a booking, as forms send it.

use chrono::{DateTime, Utc};
use contracts::Text;
use contracts::accounts::Role;
use contracts::booking::{BookingCard, BookingStatus, PracticeAction, ProofState};
use domain::permissions::{Action, Resource, allowed};

use crate::texts::dashboard as words;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Approve,
    Decline,
    Verify,
    Reject,
    Cancel,
    LateCredit,
    LateRefund,
}

impl Deed {
    const ALL: [Deed; 7] =
        [Self::Approve, Self::Decline, Self::Verify, Self::Reject, Self::Cancel, Self::LateCredit, Self::LateRefund];

    /// As in the form's `action` field.
    pub fn code(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Decline => "decline",
            Self::Verify => "verify",
            Self::Reject => "reject",
            Self::Cancel => "cancel",
            Self::LateCredit => "late_credit",
            Self::LateRefund => "late_refund",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.code() == code)
    }

    pub fn action(self, reason: String) -> PracticeAction {
        match self {
            Self::Approve => PracticeAction::Approve,
            Self::Decline => PracticeAction::Decline { reason },
            Self::Verify => PracticeAction::VerifyPayment,
            Self::Reject => PracticeAction::RejectPayment { reason },
            Self::Cancel => PracticeAction::Cancel { reason },
            Self::LateCredit => PracticeAction::LateCredit,
            Self::LateRefund => PracticeAction::LateRefund,
        }
    }

    /// May this role do it? What is about money is the cashier's too.
    pub fn allowed_to(self, role: Role) -> bool {
        let thing = match self {
            Self::Approve | Self::Decline | Self::Cancel => Resource::Bookings,
            Self::Verify | Self::Reject | Self::LateCredit | Self::LateRefund => Resource::Payments,
        };
        allowed(role, Action::Update, thing)
    }

    /// What asks for a reason, and so for a dialog.
    pub fn asks_reason(self) -> bool {
        matches!(self, Self::Decline | Self::Reject | Self::Cancel)
    }

    /// What this role can do with this booking now, the usual answer first.
    pub fn possible(card: &BookingCard, now: DateTime<Utc>, role: Role) -> Vec<Self> {
        let all = match card.status {
            BookingStatus::PendingApproval => vec![Self::Approve, Self::Decline],
            BookingStatus::AwaitingPayment | BookingStatus::PaymentProcessing => vec![Self::Cancel],
            BookingStatus::PaymentSubmitted => vec![Self::Verify, Self::Reject, Self::Cancel],
            BookingStatus::Confirmed if card.starts_at > now => vec![Self::Cancel],
            BookingStatus::Declined | BookingStatus::Cancelled | BookingStatus::Expired
                if card.proof.as_ref().is_some_and(|p| p.state == ProofState::Submitted) =>
            {
                vec![Self::LateCredit, Self::LateRefund]
            }
            _ => vec![],
        };
        all.into_iter().filter(|deed| deed.allowed_to(role)).collect()
    }

    /// The status the page shows before the server has answered.
    pub fn expected(self, card: &BookingCard) -> BookingStatus {
        match self {
            Self::Approve if card.price.minor == 0 => BookingStatus::Confirmed,
            Self::Approve | Self::Reject => BookingStatus::AwaitingPayment,
            Self::Decline => BookingStatus::Declined,
            Self::Verify => BookingStatus::Confirmed,
            Self::Cancel => BookingStatus::Cancelled,
            Self::LateCredit | Self::LateRefund => card.status,
        }
    }

    /// What the page says when it is done.
    pub fn done(self) -> Text {
        match self {
            Self::Approve => words::DONE_APPROVE,
            Self::Decline => words::DONE_DECLINE,
            Self::Verify => words::DONE_VERIFY,
            Self::Reject => words::DONE_REJECT,
            Self::Cancel => words::DONE_CANCEL,
            Self::LateCredit => words::DONE_CREDIT,
            Self::LateRefund => words::DONE_REFUND,
        }
    }

    /// The button.
    pub fn label(self) -> Text {
        match self {
            Self::Approve => words::APPROVE,
            Self::Decline => words::DECLINE,
            Self::Verify => words::VERIFY,
            Self::Reject => words::REJECT,
            Self::Cancel => words::CANCEL,
            Self::LateCredit => words::LATE_CREDIT,
            Self::LateRefund => words::LATE_REFUND,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deed_is_read_back_from_its_code() {
        for deed in Deed::ALL {
            assert_eq!(Deed::from_code(deed.code()), Some(deed));
        }
        assert_eq!(Deed::from_code("approved"), None);
    }
}
