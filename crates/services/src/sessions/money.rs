//! Money for sessions that reaches the practice by hand: cash, a transfer, M-Pesa.

use super::view::view;
use super::{conflict, lock, reread};
use crate::bookings::practice::{begin, commit};
use crate::{Ctx, Member, Result, ServiceError, audit};
use chrono::NaiveDate;
use contracts::limits::REFERENCE_MAX;
use contracts::sessions::{RecordPayment, RefundDecision, SessionStatus, SessionView};
use contracts::{ErrorCode, FieldProblem, Money, SessionId};
use domain::permissions::{Action, Resource};
use domain::{slots, validate};
use serde_json::json;
use store::sessions::{NewPayment, SessionRow};
use store::{Tx, sessions};

/// Records what was received; all that is open where no amount is given.
///
/// # Errors
/// `CONFLICT` for a cancelled session; field errors for an amount that is none or more than is open, a day that lies ahead,
/// a reference that is too long.
pub async fn record_payment(ctx: &Ctx, id: SessionId, cmd: RecordPayment) -> Result<SessionView> {
    let member = ctx.may(Action::Create, Resource::Payments)?;
    let mut tx = begin(ctx, member).await?;
    let row = lock(&mut tx, member, id).await?;
    let row = record_in(&mut tx, ctx, member, &row, &cmd).await?;
    let view = view(&mut tx, ctx, &row).await?;
    commit(tx).await?;
    Ok(view)
}

pub(super) async fn record_in(
    tx: &mut Tx,
    ctx: &Ctx,
    member: &Member,
    row: &SessionRow,
    cmd: &RecordPayment,
) -> Result<SessionRow> {
    if row.status == SessionStatus::Cancelled {
        return Err(conflict(row));
    }
    let reference = validate::clean_name(&cmd.reference);
    validate::check_length(&reference, REFERENCE_MAX).map_err(|p| ServiceError::field("reference", p))?;
    let payment = NewPayment {
        id: ctx.new_id(),
        session: row.id,
        patient: row.patient_id,
        method: cmd.method,
        amount_minor: amount(row, cmd.amount.as_deref())?,
        currency: &row.currency,
        received_on: day(ctx, row, cmd.received_on)?,
        reference: &reference,
        recorded_by: Some(member.member_id),
    };
    sessions::insert_payment(tx, row.practice_id, &payment, ctx.now).await?;
    let what = json!({ "minor": payment.amount_minor, "method": cmd.method.as_str() });
    audit::record(tx, ctx, row.practice_id, "session.paid", Some(row.id.0), what).await?;
    reread(tx, row.practice_id, row.id).await
}

/// What is open, or the part of it that was typed.
fn amount(row: &SessionRow, typed: Option<&str>) -> Result<i64> {
    let wrong = |problem| ServiceError::field("amount", problem);
    let open = row.price_minor - row.paid_minor;
    let minor = match typed.map(str::trim).filter(|typed| !typed.is_empty()) {
        None => open,
        Some(typed) => Money::parse(typed, &row.currency).ok_or_else(|| wrong(FieldProblem::InvalidNumber))?.minor,
    };
    if (1..=open).contains(&minor) { Ok(minor) } else { Err(wrong(FieldProblem::OutOfRange)) }
}

/// The day it was received, on the therapist's calendar; today unless told otherwise, and never ahead.
fn day(ctx: &Ctx, row: &SessionRow, received: Option<NaiveDate>) -> Result<NaiveDate> {
    let zone = row.time_zone.parse().map_err(|_| ServiceError::internal("unreadable time zone"))?;
    let today = slots::today(zone, ctx.now);
    match received {
        Some(day) if day > today => Err(ServiceError::field("received_on", FieldProblem::TooFar)),
        Some(day) if day < today - chrono::Duration::days(3_650) => {
            Err(ServiceError::field("received_on", FieldProblem::InPast))
        }
        other => Ok(other.unwrap_or(today)),
    }
}

/// Says what becomes of the money of a cancelled session, where nobody has said it yet: a patient who cancels decides
/// nothing.
///
/// # Errors
/// `NOT_FOUND` for what the member does not see; `CONFLICT` where there is nothing to decide.
pub async fn decide_refund(ctx: &Ctx, id: SessionId, decision: RefundDecision) -> Result<SessionView> {
    let member = ctx.may(Action::Create, Resource::Payments)?;
    let mut tx = begin(ctx, member).await?;
    let row = lock(&mut tx, member, id).await?;
    if row.status != SessionStatus::Cancelled || row.paid_minor <= 0 || row.refund_decision.is_some() {
        return Err(ServiceError::code(ErrorCode::Conflict));
    }
    sessions::decide_refund(&mut tx, row.practice_id, id, decision, ctx.now).await?;
    let how = json!({ "refund": decision.as_str() });
    audit::record(&mut tx, ctx, row.practice_id, "session.refund_decided", Some(id.0), how).await?;
    let row = reread(&mut tx, row.practice_id, id).await?;
    let view = view(&mut tx, ctx, &row).await?;
    commit(tx).await?;
    Ok(view)
}

/// The practice does not ask for the money of this session, or does again.
///
/// # Errors
/// `NOT_FOUND` for what the member does not see.
pub async fn waive(ctx: &Ctx, id: SessionId, waived: bool) -> Result<SessionView> {
    let member = ctx.may(Action::Create, Resource::Payments)?;
    let mut tx = begin(ctx, member).await?;
    let row = lock(&mut tx, member, id).await?;
    sessions::set_waived(&mut tx, row.practice_id, id, waived).await?;
    let action = if waived { "session.waived" } else { "session.charged" };
    audit::record(&mut tx, ctx, row.practice_id, action, Some(id.0), json!({})).await?;
    let row = reread(&mut tx, row.practice_id, id).await?;
    let view = view(&mut tx, ctx, &row).await?;
    commit(tx).await?;
    Ok(view)
}
