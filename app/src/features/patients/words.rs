//! Codes about patients and their sessions in people's words.

use crate::context::{lang, t};
use crate::texts::patients as words;
use chrono::NaiveDateTime;
use contracts::Text;
use contracts::patients::{ContactChannel, DayPart, Likeness, NoteKind, TrustLevel};
use contracts::sessions::{PaymentStatus, SessionStatus};
use domain::dates;
use leptos::prelude::*;
use ui::{Glyph, Icon};

pub fn trust(level: TrustLevel) -> Text {
    match level {
        TrustLevel::New => words::TRUST_NEW,
        TrustLevel::Standard => words::TRUST_STANDARD,
        TrustLevel::Trusted => words::TRUST_TRUSTED,
        TrustLevel::Careful => words::TRUST_CAREFUL,
    }
}

pub fn channel(channel: ContactChannel) -> Text {
    match channel {
        ContactChannel::Email => words::CHANNEL_EMAIL,
        ContactChannel::Sms => words::CHANNEL_SMS,
        ContactChannel::Whatsapp => words::CHANNEL_WHATSAPP,
    }
}

pub fn day_part(part: DayPart) -> Text {
    match part {
        DayPart::Morning => words::MORNING,
        DayPart::Afternoon => words::AFTERNOON,
        DayPart::Evening => words::EVENING,
    }
}

pub fn note_kind(kind: NoteKind) -> Text {
    match kind {
        NoteKind::General => words::NOTE_GENERAL,
        NoteKind::Preferences => words::NOTE_PREFERENCES,
        NoteKind::Administrative => words::NOTE_ADMINISTRATIVE,
    }
}

pub fn likeness(likeness: Likeness) -> &'static str {
    t(match likeness {
        Likeness::Phone => words::SAME_PHONE,
        Likeness::Email => words::SAME_EMAIL,
        Likeness::Name => words::SAME_NAME,
    })
}

pub fn session_status(status: SessionStatus) -> Text {
    match status {
        SessionStatus::Scheduled => words::SCHEDULED,
        SessionStatus::InProgress => words::IN_PROGRESS,
        SessionStatus::Completed => words::COMPLETED,
        SessionStatus::NoShow => words::MISSED,
        SessionStatus::Cancelled => words::SESSION_CANCELLED,
    }
}

pub fn payment_status(status: PaymentStatus) -> Text {
    match status {
        PaymentStatus::Pending => words::PAY_PENDING,
        PaymentStatus::PartlyPaid => words::PAY_PARTLY,
        PaymentStatus::Paid => words::PAY_PAID,
        PaymentStatus::Refunded => words::PAY_REFUNDED,
        PaymentStatus::Waived => words::PAY_WAIVED,
    }
}

/// A session's status with its colour and icon.
#[component]
pub fn SessionBadge(status: SessionStatus) -> impl IntoView {
    let (tone, glyph) = match status {
        SessionStatus::Scheduled => ("review", Glyph::Calendar),
        SessionStatus::InProgress => ("progress", Glyph::Hourglass),
        SessionStatus::Completed => ("confirmed", Glyph::Check),
        SessionStatus::NoShow => ("closed", Glyph::Slash),
        SessionStatus::Cancelled => ("expired", Glyph::Cross),
    };
    view! { <span class=format!("badge badge-{tone}")><Icon glyph/>{t(session_status(status))}</span> }
}

/// "Tue 24 Nov 2026", or that there was none.
pub fn day(at: Option<NaiveDateTime>) -> String {
    match at {
        Some(at) => format!("{} {}", dates::short_date(lang(), at.date()), at.format("%Y")),
        None => t(words::NONE).to_owned(),
    }
}
