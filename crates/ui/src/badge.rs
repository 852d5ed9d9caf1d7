//! Where a booking stands: icon, word and colour (product §4).

use crate::icon::{Glyph, Icon};
use contracts::booking::BookingStatus;
use contracts::{Lang, Text};
use leptos::prelude::*;

/// The status in one or two words, the same for patients and practice.
pub fn status_word(status: BookingStatus) -> Text {
    let (en, es) = match status {
        BookingStatus::Held => ("Being booked", "Reservándose"),
        BookingStatus::PendingApproval => ("Waiting for approval", "Espera aprobación"),
        BookingStatus::AwaitingPayment => ("Approved, payment due", "Aprobada, falta el pago"),
        BookingStatus::PaymentSubmitted => ("Payment under review", "Pago en revisión"),
        BookingStatus::PaymentProcessing => ("Payment in progress", "Pago en curso"),
        BookingStatus::Confirmed => ("Confirmed", "Confirmada"),
        BookingStatus::Declined => ("Declined", "Rechazada"),
        BookingStatus::Cancelled => ("Cancelled", "Cancelada"),
        BookingStatus::Expired => ("Expired", "Vencida"),
    };
    Text { en, es }
}

/// The name of the status's colours in `style/`: `pending`, `due`, `review`, `confirmed`, `closed`, `expired`.
pub fn status_tone(status: BookingStatus) -> &'static str {
    match status {
        BookingStatus::PendingApproval => "pending",
        BookingStatus::AwaitingPayment => "due",
        BookingStatus::PaymentSubmitted | BookingStatus::PaymentProcessing => "review",
        BookingStatus::Confirmed => "confirmed",
        BookingStatus::Declined | BookingStatus::Cancelled => "closed",
        BookingStatus::Held | BookingStatus::Expired => "expired",
    }
}

fn glyph(status: BookingStatus) -> Glyph {
    match status {
        BookingStatus::Held => Glyph::Clock,
        BookingStatus::PendingApproval => Glyph::Hourglass,
        BookingStatus::AwaitingPayment => Glyph::Money,
        BookingStatus::PaymentSubmitted | BookingStatus::PaymentProcessing => Glyph::Search,
        BookingStatus::Confirmed => Glyph::Check,
        BookingStatus::Declined | BookingStatus::Cancelled => Glyph::Cross,
        BookingStatus::Expired => Glyph::Slash,
    }
}

#[component]
pub fn StatusBadge(status: BookingStatus, lang: Lang) -> impl IntoView {
    view! {
        <span class=format!("badge badge-{}", status_tone(status))>
            <Icon glyph=glyph(status)/>
            {status_word(status).of(lang)}
        </span>
    }
}
