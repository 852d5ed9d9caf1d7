//! Payment proofs from patients, in time or late. Money is never lost (product §4).

use super::held::{SlotPlace, blocked, clear_the_way, take};
use super::steps::{self, is_over, lock, reread};
use super::view::{conflict, local, view};
use super::{notify, open};
use crate::messages::Template;
use crate::{Ctx, Result, ServiceError, audit, files};
use contracts::FieldProblem;
use contracts::booking::{BookingStatus, BookingView, ProofState, Slot, SlotStatus, SubmitProof};
use contracts::limits::REFERENCE_MAX;
use domain::booking::Event;
use domain::validate;
use serde_json::json;
use store::bookings::{self, BookingRow, ClosedBy};
use store::proofs::{self, NewProof};
use store::{StoreError, Tx, occupancy};

/// Does this link lead to a booking that a proof can be submitted for, or that has one? For asking before a receipt is
/// read; [`submit_proof`] decides.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` when no payment is awaited.
pub async fn awaits_proof(ctx: &Ctx, token: &str) -> Result<()> {
    let (mut tx, practice, id) = open(ctx, token).await?;
    let row = bookings::get(&mut tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
    tx.commit().await.map_err(StoreError::from)?;
    let in_time = steps::after(&row, Event::SubmitProof).is_ok();
    let late = is_late(ctx, &row) && row.requested_at.is_some() && !row.erased;
    if in_time || late || open_proof(&row).is_some() { Ok(()) } else { Err(conflict(row.status)) }
}

/// Records what the patient says they paid. After expiry it is recorded as late, and the booking revives if its slot is
/// still free; else the proof waits for the practice to decide about the money. Submitting the same reference again
/// answers the same.
///
/// # Errors
/// Field errors; what [`files`] says about the receipt; `CONFLICT` when no payment is awaited.
pub async fn submit_proof(ctx: &Ctx, cmd: SubmitProof, receipt: Option<Vec<u8>>) -> Result<BookingView> {
    let (mut tx, practice, id) = open(ctx, &cmd.token).await?;
    let reference = validate::clean_name(&cmd.reference);
    let seen = bookings::get(&mut tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
    if open_proof(&seen).is_some_and(|open| open == reference) {
        return view(ctx, &seen);
    }
    if reference.is_empty() {
        return Err(ServiceError::field("reference", FieldProblem::Required));
    }
    validate::check_length(&reference, REFERENCE_MAX).map_err(|p| ServiceError::field("reference", p))?;
    if !seen.instructions.methods().contains(&cmd.method) {
        return Err(ServiceError::field("method", FieldProblem::InvalidChoice));
    }

    let place =
        SlotPlace { practice, therapist: seen.therapist_id, service: seen.service_id, starts_at: seen.starts_at };
    let span = buffered(&mut tx, ctx, &seen).await?;
    if is_late(ctx, &seen) {
        // Locks in their order: the therapist, the holds in the way, then this booking.
        occupancy::lock_for_booking(&mut tx, seen.therapist_id).await?;
        clear_the_way(&mut tx, ctx, &place, span, None).await?;
    }
    let mut row = lock(&mut tx, practice, id).await?;
    if open_proof(&row).is_some_and(|open| open == reference) {
        return view(ctx, &row);
    }
    let late = is_late(ctx, &row);
    if row.status == BookingStatus::AwaitingPayment && late {
        row = steps::expire(&mut tx, ctx, &row).await?;
    }
    let awaited = if late { may_come_late(&row) } else { steps::after(&row, Event::SubmitProof).is_ok() };
    if !awaited || open_proof(&row).is_some() {
        return Err(conflict(row.status));
    }

    let file = match receipt {
        Some(bytes) => Some(files::keep(&mut tx, ctx, practice, files::PAYMENT_PROOF, bytes).await?),
        None => None,
    };
    let proof = NewProof { id: ctx.new_id(), booking: id, method: cmd.method, reference, file, late };
    proofs::insert(&mut tx, practice, &proof, ctx.now).await?;
    let row = if late {
        arrived_late(&mut tx, ctx, &row, &place, span).await?
    } else {
        let status = steps::after(&row, Event::SubmitProof)?;
        let row = steps::advance(&mut tx, ctx, &row, status, ClosedBy::Patient).await?;
        notify::patient(&mut tx, ctx, &row, Template::ProofReceived, "", None).await?;
        row
    };
    notify::therapist(&mut tx, ctx, &row, Template::ProofToVerify, "").await?;
    let how = json!({ "late": late, "status": row.status.as_str(), "receipt": file.is_some() });
    audit::record(&mut tx, ctx, practice, "booking.proof_submitted", Some(id.0), how).await?;
    tx.commit().await.map_err(StoreError::from)?;
    view(ctx, &row)
}

/// The reference of a proof that waits for a decision.
fn open_proof(row: &BookingRow) -> Option<&str> {
    row.proof.as_ref().filter(|proof| proof.state == ProofState::Submitted).map(|proof| proof.reference.as_str())
}

fn is_late(ctx: &Ctx, row: &BookingRow) -> bool {
    row.status == BookingStatus::Expired || (row.status == BookingStatus::AwaitingPayment && is_over(ctx, row))
}

/// A payment makes sense for a request that was sent, costs something and whose sender is still known.
fn may_come_late(row: &BookingRow) -> bool {
    row.status == BookingStatus::Expired
        && row.requested_at.is_some()
        && !row.erased
        && steps::after(row, Event::Revive).is_ok()
}

/// The booking's time with the buffers its therapist has now.
async fn buffered(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &BookingRow,
) -> Result<(chrono::DateTime<chrono::Utc>, chrono::DateTime<chrono::Utc>)> {
    let today = ctx.now.date_naive();
    let schedules = occupancy::schedules(tx, row.practice_id, Some(row.therapist_id), today).await?;
    let schedule = schedules.first().ok_or_else(ServiceError::not_found)?;
    Ok(blocked(schedule, row.starts_at, row.ends_at))
}

/// Revives the booking if its slot is still free, else leaves the money to be decided on.
async fn arrived_late(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &BookingRow,
    place: &SlotPlace,
    span: (chrono::DateTime<chrono::Utc>, chrono::DateTime<chrono::Utc>),
) -> Result<BookingRow> {
    let slot =
        Slot { starts_at: row.starts_at, ends_at: row.ends_at, local: local(row)?, status: SlotStatus::Available };
    if row.starts_at > ctx.now && take(tx, ctx, place, row.id, &slot, span).await? {
        let status = steps::after(row, Event::Revive)?;
        let row = steps::advance(tx, ctx, row, status, ClosedBy::Patient).await?;
        notify::patient(tx, ctx, &row, Template::ProofReceived, "", None).await?;
        return Ok(row);
    }
    bookings::touch(tx, row.practice_id, row.id, None).await?;
    let row = reread(tx, row).await?;
    notify::patient(tx, ctx, &row, Template::LatePaymentReceived, "", None).await?;
    Ok(row)
}
