//! What messages, channels and states are called.

use crate::texts::outbox as words;
use contracts::Text;
use contracts::messages::{Channel, Delivery, MessageStatus, MessageView};
use ui::Glyph;

pub fn channel_name(channel: Channel) -> Text {
    match channel {
        Channel::Email => words::CHANNEL_EMAIL,
        Channel::Sms => words::CHANNEL_SMS,
        Channel::Whatsapp => words::CHANNEL_WHATSAPP,
    }
}

/// The name of a template for people.
pub fn template_name(template: &str) -> Text {
    match template {
        "request_received" => words::T_REQUEST_RECEIVED,
        "approved" => words::T_APPROVED,
        "declined" => words::T_DECLINED,
        "proof_received" => words::T_PROOF_RECEIVED,
        "payment_rejected" => words::T_PAYMENT_REJECTED,
        "confirmed" => words::T_CONFIRMED,
        "rescheduled" => words::T_RESCHEDULED,
        "cancelled" => words::T_CANCELLED,
        "expired" => words::T_EXPIRED,
        "session_reminder" => words::T_SESSION_REMINDER,
        "join_reminder" => words::T_JOIN_REMINDER,
        "payment_reminder" => words::T_PAYMENT_REMINDER,
        "late_payment_received" | "late_payment_kept" | "late_payment_returned" => words::T_LATE_PAYMENT,
        "new_request" | "proof_to_verify" | "cancelled_by_patient" => words::T_TO_THERAPIST,
        "written" => words::T_WRITTEN,
        "test" => words::T_TEST,
        _ => words::T_OTHER,
    }
}

/// How far a message came: the colours' name, an icon and a word.
pub fn standing(message: &MessageView) -> (&'static str, Glyph, Text) {
    match (message.status, message.delivery) {
        (MessageStatus::Queued, _) => ("pending", Glyph::Clock, words::STATUS_QUEUED),
        (MessageStatus::Sent, Delivery::Delivered) => ("confirmed", Glyph::Check, words::STATUS_DELIVERED),
        (MessageStatus::Sent, _) => ("confirmed", Glyph::Check, words::STATUS_SENT),
        (MessageStatus::Failed, _) if message.settled => ("expired", Glyph::Check, words::STATUS_SETTLED),
        (MessageStatus::Failed, _) => ("closed", Glyph::Alert, words::STATUS_FAILED),
        (MessageStatus::Dropped, _) => ("expired", Glyph::Slash, words::STATUS_DROPPED),
    }
}
