//! What messages, channels and states are called.

use super::server_fns::Stamped;
use crate::texts::outbox as words;
use chrono::NaiveDateTime;
use contracts::messages::{Channel, Delivery, MessageStatus};
use contracts::sessions::MessageLine;
use contracts::{Lang, Text};
use domain::dates;
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
        "series_agreed" => words::T_SERIES_AGREED,
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

/// What tells how far a message came; moments on one clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    channel: Channel,
    status: MessageStatus,
    delivery: Delivery,
    settled: bool,
    /// When it was written.
    written: NaiveDateTime,
    /// When it goes out, while it waits.
    due: Option<NaiveDateTime>,
    correctable: bool,
}

impl From<&Stamped> for Progress {
    fn from(stamped: &Stamped) -> Self {
        let message = &stamped.message;
        Self {
            channel: message.channel,
            status: message.status,
            delivery: message.delivery,
            settled: message.settled,
            written: stamped.written,
            due: stamped.due,
            correctable: message.correctable,
        }
    }
}

impl From<&MessageLine> for Progress {
    fn from(line: &MessageLine) -> Self {
        Self {
            channel: line.channel,
            status: line.status,
            delivery: line.delivery,
            settled: line.settled,
            // While it waits this is when it was written, and else nobody asks.
            written: line.local,
            due: line.due_local,
            correctable: line.correctable,
        }
    }
}

/// How far a message came: the colours' name, an icon and words.
pub fn standing(of: Progress, lang: Lang) -> (&'static str, Glyph, String) {
    let (tone, glyph, text) = match (of.status, of.delivery) {
        (MessageStatus::Queued, _) => return ("pending", Glyph::Clock, waiting(of, lang)),
        (MessageStatus::Sent, Delivery::Delivered) => ("confirmed", Glyph::Check, words::STATUS_DELIVERED),
        (MessageStatus::Sent, _) if of.channel == Channel::Email => ("confirmed", Glyph::Check, words::STATUS_HANDED),
        (MessageStatus::Sent, _) => ("confirmed", Glyph::Check, words::STATUS_SENT),
        (MessageStatus::Failed, _) if of.settled => ("expired", Glyph::Check, words::STATUS_SETTLED),
        (MessageStatus::Failed, Delivery::Undelivered) => ("closed", Glyph::Alert, words::STATUS_UNDELIVERED),
        (MessageStatus::Failed, _) => ("closed", Glyph::Alert, words::STATUS_FAILED),
        (MessageStatus::Dropped, _) => ("expired", Glyph::Slash, words::STATUS_DROPPED),
    };
    (tone, glyph, text.of(lang).to_owned())
}

/// When it goes out, with the day if that is another than it was written on, and whether it can still be corrected.
fn waiting(of: Progress, lang: Lang) -> String {
    let Some(due) = of.due else { return words::STATUS_QUEUED.of(lang).to_owned() };
    let text = if due.date() == of.written.date() {
        words::STATUS_DUE.with(lang, &[("time", &dates::clock(due.time()))])
    } else {
        words::STATUS_DUE_ON.with(lang, &[("when", &dates::short_when(lang, due))])
    };
    if of.correctable { words::STATUS_CORRECTABLE.with(lang, &[("due", &text)]) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn how_far_a_message_came_is_told_as_far_as_it_is_known() {
        use Channel::{Email, Sms, Whatsapp};
        use MessageStatus::{Dropped, Failed, Queued, Sent};
        let today = Some(at("2026-03-05T10:01:00"));
        let morning = Some(at("2026-03-06T08:00:00"));
        for (channel, status, delivery, settled, due, correctable, en, es) in [
            (Email, Queued, Delivery::Queued, false, None, false, "Waiting", "En espera"),
            (Email, Queued, Delivery::Queued, false, today, false, "Goes out at 10:01", "Sale a las 10:01"),
            (
                Sms,
                Queued,
                Delivery::Queued,
                false,
                today,
                true,
                "Goes out at 10:01, can still be corrected",
                "Sale a las 10:01, aún se puede corregir",
            ),
            (
                Sms,
                Queued,
                Delivery::Queued,
                false,
                morning,
                false,
                "Goes out on Fri 6 Mar, 08:00",
                "Sale el vie 6 mar, 08:00",
            ),
            (
                Email,
                Sent,
                Delivery::Sent,
                false,
                None,
                false,
                "Sent, the mail server has it",
                "Enviado, lo tiene el servidor de correo",
            ),
            (Sms, Sent, Delivery::Queued, false, None, false, "Sent, not confirmed yet", "Enviado, aún sin confirmar"),
            (
                Whatsapp,
                Sent,
                Delivery::Sent,
                false,
                None,
                false,
                "Sent, not confirmed yet",
                "Enviado, aún sin confirmar",
            ),
            (Sms, Sent, Delivery::Delivered, false, None, false, "Delivered", "Entregado"),
            (
                Sms,
                Failed,
                Delivery::Undelivered,
                false,
                None,
                false,
                "Not delivered to the phone",
                "Sin entregar al teléfono",
            ),
            (Email, Failed, Delivery::Failed, false, None, false, "Not delivered", "Sin entregar"),
            (Sms, Failed, Delivery::Undelivered, true, None, false, "Dealt with", "Resuelto"),
            (Sms, Dropped, Delivery::Queued, false, None, false, "Not needed any more", "Ya no hizo falta"),
        ] {
            let of =
                Progress { channel, status, delivery, settled, written: at("2026-03-05T10:00:00"), due, correctable };
            assert_eq!(standing(of, Lang::En).2, en, "{of:?}");
            assert_eq!(standing(of, Lang::Es).2, es, "{of:?}");
        }
    }
}
