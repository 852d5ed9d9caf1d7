//! What the practice can do with a booking, as forms send it.

use chrono::{DateTime, Utc};
use contracts::Text;
use contracts::accounts::Role;
use contracts::booking::{BookingCard, BookingStatus, PracticeAction, ProofState};
use contracts::practice::BookingPolicy;
use domain::booking::{Event, next};
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

    /// The status the page shows before the server has answered: what the state machine will say there too.
    pub fn expected(self, card: &BookingCard) -> BookingStatus {
        let event = match self {
            Self::Approve => Event::Approve,
            Self::Decline => Event::Decline,
            Self::Verify => Event::Verify,
            Self::Reject => Event::Reject,
            Self::Cancel => Event::CancelByPractice,
            Self::LateCredit | Self::LateRefund => return card.status,
        };
        let policy = BookingPolicy { payment_timing: card.payment_timing, ..BookingPolicy::default() };
        next(card.status, event, &policy, card.price.minor).unwrap_or(card.status)
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
    use chrono::NaiveDateTime;
    use contracts::Money;
    use contracts::practice::{PaymentTiming, Place};

    fn card(status: BookingStatus, payment_timing: PaymentTiming, minor: i64) -> BookingCard {
        BookingCard {
            id: contracts::BookingId(Default::default()),
            status,
            therapist_id: contracts::TherapistId(Default::default()),
            therapist_name: String::new(),
            service_name: String::new(),
            place: Place::Online,
            starts_at: DateTime::UNIX_EPOCH,
            ends_at: DateTime::UNIX_EPOCH,
            local: NaiveDateTime::default(),
            time_zone: String::new(),
            price: Money::new(minor, "KES"),
            payment_timing,
            paid: false,
            reference: String::new(),
            patient: Default::default(),
            requested_at: None,
            changed_at: DateTime::UNIX_EPOCH,
            deadline: None,
            proof: None,
            closing_reason: None,
            cancelled_by_patient: false,
            video_link: None,
            session: None,
            version: 1,
        }
    }

    #[test]
    fn the_page_expects_what_the_state_machine_will_say() {
        use BookingStatus::{
            AwaitingPayment, Cancelled, Confirmed, Declined, Expired, PaymentSubmitted, PendingApproval,
        };
        use PaymentTiming::{AtSession, BeforeConfirmation};
        for (deed, before, timing, price, after) in [
            (Deed::Approve, PendingApproval, BeforeConfirmation, 100, AwaitingPayment),
            (Deed::Approve, PendingApproval, AtSession, 100, Confirmed),
            (Deed::Approve, PendingApproval, BeforeConfirmation, 0, Confirmed),
            (Deed::Decline, PendingApproval, BeforeConfirmation, 100, Declined),
            (Deed::Verify, PaymentSubmitted, BeforeConfirmation, 100, Confirmed),
            (Deed::Reject, PaymentSubmitted, BeforeConfirmation, 100, AwaitingPayment),
            (Deed::Cancel, Confirmed, AtSession, 100, Cancelled),
            (Deed::LateRefund, Expired, BeforeConfirmation, 100, Expired),
            // Somebody else was faster: nothing is promised.
            (Deed::Approve, Declined, AtSession, 100, Declined),
        ] {
            assert_eq!(deed.expected(&card(before, timing, price)), after, "{deed:?} {before:?} {timing:?} {price}");
        }
    }

    #[test]
    fn every_deed_is_read_back_from_its_code() {
        for deed in Deed::ALL {
            assert_eq!(Deed::from_code(deed.code()), Some(deed));
        }
        assert_eq!(Deed::from_code("approved"), None);
    }
}
