//! A session in words.

use crate::context::{lang, t};
use crate::texts::sessions as words;
use contracts::Lang;
use contracts::messages::MessageStatus;
use contracts::practice::PaymentMethod;
use contracts::sessions::{MessageLine, PaymentStatus, RefundDecision, SessionCard, SessionSource, SessionStatus};
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

/// The start in a list: short, and with the year, since lists reach back.
pub fn when_short(card: &SessionCard) -> String {
    let day = dates::short_date(lang(), card.local.date());
    format!("{day} {}, {}", card.local.format("%Y"), dates::clock(card.local.time()))
}

/// What the patient knows of a cancellation: whether they were to be told, and the message that tells them.
pub fn told_of_cancelling(lang: Lang, to_be_told: bool, message: Option<&MessageLine>) -> String {
    let text = match (to_be_told, message.map(|message| (message, message.status))) {
        (false, _) => words::CANCELLED_UNTOLD,
        (true, None) => words::CANCELLED_UNREACHED,
        (true, Some((message, MessageStatus::Queued))) => match message.due_local.filter(|_| message.correctable) {
            Some(due) if due.date() == message.local.date() => {
                return words::CANCELLED_DUE.with(lang, &[("time", &dates::clock(due.time()))]);
            }
            Some(due) => return words::CANCELLED_DUE_ON.with(lang, &[("when", &dates::short_when(lang, due))]),
            None => words::CANCELLED_SENDING,
        },
        (true, Some((_, MessageStatus::Sent))) => words::CANCELLED_TOLD,
        (true, Some((message, _))) if message.settled => words::CANCELLED_SETTLED,
        (true, Some(_)) => words::CANCELLED_FAILED,
    };
    text.of(lang).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::messages::{Channel, Delivery};

    #[test]
    fn nobody_is_said_to_be_told_before_the_message_is_sent() {
        let written = "2026-03-05T10:00:00".parse().unwrap();
        let (soon, morning) = ("2026-03-05T10:01:00".parse().ok(), "2026-03-06T08:00:00".parse().ok());
        for (to_be_told, message, en) in [
            (false, None, "The patient was not told."),
            (true, None, "The patient could not be written to."),
            (
                true,
                Some((MessageStatus::Queued, soon, true, false)),
                "The message to the patient goes out at 10:01. If you undo before, it is not sent.",
            ),
            (
                true,
                Some((MessageStatus::Queued, morning, true, false)),
                "The message to the patient goes out on Fri 6 Mar, 08:00. If you undo before, it is not sent.",
            ),
            (true, Some((MessageStatus::Queued, None, false, false)), "The message to the patient is on its way."),
            (true, Some((MessageStatus::Queued, soon, false, false)), "The message to the patient is on its way."),
            (true, Some((MessageStatus::Sent, None, false, false)), "The patient was sent a message."),
            (
                true,
                Some((MessageStatus::Failed, None, false, false)),
                "The message to the patient could not be delivered.",
            ),
            (
                true,
                Some((MessageStatus::Failed, None, false, true)),
                "The message could not be delivered, and the patient was told another way.",
            ),
        ] {
            let line = message.map(|(status, due_local, correctable, settled)| MessageLine {
                template: "cancelled".into(),
                subject: String::new(),
                recipient: String::new(),
                channel: Channel::Email,
                status,
                delivery: Delivery::Queued,
                at: Default::default(),
                local: written,
                due_local,
                correctable,
                settled,
            });
            assert_eq!(told_of_cancelling(Lang::En, to_be_told, line.as_ref()), en, "{message:?}");
        }
    }
}
