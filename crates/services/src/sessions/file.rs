//! Sessions as a file for spreadsheets, and the words in it.

use super::list::narrow;
use super::view::cards;
use crate::bookings::practice::{begin, commit};
use crate::cursor::Cursor;
use crate::{Ctx, Result, audit, csv_file};
use contracts::Text;
use contracts::sessions::{PaymentStatus, SessionCard, SessionFilter, SessionStatus};
use domain::permissions::{Action, Resource};
use serde_json::json;

/// Rows that are asked for at once.
const BATCH: i64 = 1_000;

/// Every session the filter leaves, in its order; a therapist's own.
///
/// # Errors
/// As [`super::list`].
pub async fn export(ctx: &Ctx, filter: SessionFilter) -> Result<String> {
    let member = ctx.may(Action::Read, Resource::Sessions)?;
    let mut tx = begin(ctx, member).await?;
    let mut narrow = narrow(&mut tx, ctx, &SessionFilter { cursor: None, ..filter }, BATCH).await?;
    let mut lines: Vec<[String; 12]> = vec![];
    loop {
        let rows = store::sessions::list(&mut tx, member.practice_id, &narrow).await?;
        let batch = cards(&rows)?;
        let full = i64::try_from(batch.len()).unwrap_or(i64::MAX) == BATCH;
        narrow.after = batch.last().map(|last| Cursor::pair(super::list::place(last, narrow.sort)));
        lines.extend(batch.into_iter().map(|card| line(ctx, card)));
        if !full {
            break;
        }
    }
    let details = json!({ "sessions": lines.len() });
    audit::record(&mut tx, ctx, member.practice_id, "session.list_exported", None, details).await?;
    commit(tx).await?;
    csv_file::table(&HEADINGS.map(|text| text.of(ctx.lang)), lines)
}

fn line(ctx: &Ctx, card: SessionCard) -> [String; 12] {
    [
        card.local.date().to_string(),
        card.local.time().format("%H:%M").to_string(),
        card.time_zone,
        card.patient_name,
        card.service_name,
        card.therapist_name,
        status_word(card.status).of(ctx.lang).to_owned(),
        payment_word(card.payment_status).of(ctx.lang).to_owned(),
        card.price.plain(),
        card.paid.plain(),
        card.price.currency,
        card.reference,
    ]
}

const fn text(en: &'static str, es: &'static str) -> Text {
    Text { en, es }
}

pub(crate) const DATE: Text = text("Date", "Fecha");
pub(crate) const TIME: Text = text("Time", "Hora");
pub(crate) const TIME_ZONE: Text = text("Time zone", "Zona horaria");
pub(crate) const SERVICE: Text = text("Service", "Servicio");
pub(crate) const THERAPIST: Text = text("Therapist", "Terapeuta");
pub(crate) const STATUS: Text = text("Status", "Estado");
pub(crate) const PAYMENT: Text = text("Payment", "Pago");
pub(crate) const PRICE: Text = text("Price", "Precio");
pub(crate) const PAID: Text = text("Paid", "Pagado");
pub(crate) const CURRENCY: Text = text("Currency", "Moneda");
pub(crate) const REFERENCE: Text = text("Reference", "Referencia");

const HEADINGS: [Text; 12] = [
    DATE,
    TIME,
    TIME_ZONE,
    text("Patient", "Paciente"),
    SERVICE,
    THERAPIST,
    STATUS,
    PAYMENT,
    PRICE,
    PAID,
    CURRENCY,
    REFERENCE,
];

pub(crate) fn status_word(status: SessionStatus) -> Text {
    match status {
        SessionStatus::Scheduled => text("Scheduled", "Programada"),
        SessionStatus::InProgress => text("In progress", "En curso"),
        SessionStatus::Completed => text("Completed", "Realizada"),
        SessionStatus::NoShow => text("Did not come", "No vino"),
        SessionStatus::Cancelled => text("Cancelled", "Cancelada"),
    }
}

pub(crate) fn payment_word(status: PaymentStatus) -> Text {
    match status {
        PaymentStatus::Pending => text("Pending", "Pendiente"),
        PaymentStatus::PartlyPaid => text("Partly paid", "Pago parcial"),
        PaymentStatus::Paid => text("Paid", "Pagada"),
        PaymentStatus::Refunded => text("Refunded", "Reembolsada"),
        PaymentStatus::Waived => text("Waived", "Sin cargo"),
    }
}
