//! What happens to a session: it is started, completed, missed, cancelled, and a cancellation taken back.

use super::placing::retake;
use super::view::view;
use super::{check_version, conflict, lock, may_update, reread};
use crate::bookings::notify::{self, Undone};
use crate::bookings::practice::{begin, cleaned, commit};
use crate::bookings::steps::{self, Ending};
use crate::messages::Template;
use crate::patients::note_of_session;
use crate::{Ctx, Result, ServiceError, audit};
use contracts::sessions::{CancelSession, CompleteSession, RefundDecision, SessionStatus, SessionStep, SessionView};
use contracts::{FieldProblem, SessionId};
use domain::booking::Event;
use domain::sessions::{may_change, next, undo_until};
use serde_json::json;
use store::bookings::{Change, ClosedBy};
use store::sessions::SessionRow;
use store::{Tx, bookings, occupancy, sessions};

/// Starts, completes, marks as missed, or opens again.
///
/// # Errors
/// `NOT_FOUND` for what the member does not see; `CONFLICT` when it cannot be, or somebody was faster.
pub async fn take_step(ctx: &Ctx, id: SessionId, step: SessionStep, seen: Option<i32>) -> Result<SessionView> {
    let member = may_update(ctx)?;
    let mut tx = begin(ctx, member).await?;
    let row = lock(&mut tx, member, id).await?;
    check_version(&row, seen)?;
    let row = step_in(&mut tx, ctx, &row, step).await?;
    let view = view(&mut tx, ctx, &row).await?;
    commit(tx).await?;
    Ok(view)
}

/// Completes a session of the therapist who asks, with a note where they give one (001).
///
/// # Errors
/// `NOT_FOUND` for what is not their own; `CONFLICT` as [`take_step`]; a field error on `notes`.
pub async fn complete_own(ctx: &Ctx, id: SessionId, cmd: CompleteSession) -> Result<SessionView> {
    let member = may_update(ctx)?;
    let own = member.therapist_id.ok_or_else(ServiceError::not_found)?;
    let mut tx = begin(ctx, member).await?;
    let row = lock(&mut tx, member, id).await?;
    if row.therapist_id != own {
        return Err(ServiceError::not_found());
    }
    check_version(&row, cmd.version)?;
    let row = step_in(&mut tx, ctx, &row, SessionStep::Complete).await?;
    if !cmd.notes.trim().is_empty() {
        note_of_session(&mut tx, ctx, (row.patient_id, id), &cmd.notes).await?;
    }
    let view = view(&mut tx, ctx, &row).await?;
    commit(tx).await?;
    Ok(view)
}

pub(super) async fn step_in(tx: &mut Tx, ctx: &Ctx, row: &SessionRow, step: SessionStep) -> Result<SessionRow> {
    let status = next(row.status, step, row.starts_at, ctx.now).map_err(|_| conflict(row))?;
    sessions::set_status(tx, row.practice_id, row.id, status, ctx.now).await?;
    let action = match step {
        SessionStep::Start => "session.started",
        SessionStep::Complete => "session.completed",
        SessionStep::NoShow => "session.missed",
        SessionStep::Reopen => "session.reopened",
    };
    audit::record(tx, ctx, row.practice_id, action, Some(row.id.0), json!({ "was": row.status.as_str() })).await?;
    reread(tx, row.practice_id, row.id).await
}

/// Cancels with a reason, tells the patient or does not, and decides about money that was paid (000 §4.1).
///
/// # Errors
/// `CONFLICT` for one that was held, missed or cancelled; field errors for a reason that is too long or a decision about
/// money that is missing.
pub async fn cancel(ctx: &Ctx, id: SessionId, cmd: CancelSession) -> Result<SessionView> {
    let member = may_update(ctx)?;
    let mut tx = begin(ctx, member).await?;
    let row = lock(&mut tx, member, id).await?;
    let row = cancel_in(&mut tx, ctx, &row, &cmd).await?;
    let view = view(&mut tx, ctx, &row).await?;
    commit(tx).await?;
    Ok(view)
}

pub(super) async fn cancel_in(tx: &mut Tx, ctx: &Ctx, row: &SessionRow, cmd: &CancelSession) -> Result<SessionRow> {
    let member = ctx.member()?;
    let reason = cleaned(&cmd.reason, false)?;
    if !may_change(row.status) {
        return Err(conflict(row));
    }
    if row.paid_minor > 0 && cmd.refund.is_none() {
        return Err(ServiceError::field("refund", FieldProblem::Required));
    }
    let refund = cmd.refund.filter(|_| row.paid_minor > 0);
    let booking = booking(tx, row).await?;
    let status = steps::after(&booking, Event::CancelByPractice)?;
    let ending = Ending {
        by: ClosedBy::Member(member.member_id),
        reason: Some(reason.as_str()).filter(|reason| !reason.is_empty()),
        patient_told: cmd.tell_patient,
        refund,
    };
    let closed = steps::close(tx, ctx, &booking, status, ending).await?;
    if cmd.tell_patient {
        let calendar = notify::calendar(ctx, &closed, true);
        notify::announce(tx, ctx, &closed, Template::Cancelled, &reason, Some(calendar)).await?;
    } else {
        notify::say_nothing(tx, &closed).await?;
    }
    let how = json!({ "told": cmd.tell_patient, "refund": refund.map(RefundDecision::as_str) });
    audit::record(tx, ctx, row.practice_id, "session.cancelled", Some(row.id.0), how).await?;
    reread(tx, row.practice_id, row.id).await
}

/// Takes the practice's own cancellation back while that is honest: for a few minutes, and only if the time is still free.
/// If the patient was not told yet, they will not be.
///
/// # Errors
/// `CONFLICT` when it is too late; `SLOT_TAKEN` when the time is somebody else's by now.
pub async fn restore(ctx: &Ctx, id: SessionId) -> Result<SessionView> {
    let member = may_update(ctx)?;
    let mut tx = begin(ctx, member).await?;
    let seen = sessions::get(&mut tx, member.practice_id, id).await?.ok_or_else(ServiceError::not_found)?;
    occupancy::lock_for_booking(&mut tx, seen.therapist_id).await?;
    let row = lock(&mut tx, member, id).await?;
    let undone_in_time = row.cancelled_at.is_some_and(|at| undo_until(at, row.starts_at) > ctx.now)
        && row.cancelled_by_kind.as_deref() == Some("member")
        && row.status == SessionStatus::Cancelled;
    if !undone_in_time {
        return Err(conflict(&row));
    }
    retake(&mut tx, ctx, &row).await?;
    let before = booking(&mut tx, &row).await?;
    let status = steps::after(&before, Event::Restore)?;
    let change = Change { status, deadline: None, by: ClosedBy::Member(member.member_id), reason: None, paid: false };
    bookings::change(&mut tx, row.practice_id, row.booking_id, &change, ctx.now).await?;
    sessions::restore(&mut tx, row.practice_id, id, ctx.now).await?;
    let again = booking(&mut tx, &row).await?;
    let left = notify::undo_announcement(&mut tx, ctx, &again).await?;
    if left == Undone::MayBeTold && row.patient_told == Some(true) {
        let calendar = notify::calendar(ctx, &again, false);
        notify::patient(&mut tx, ctx, &again, Template::Confirmed, "", Some(calendar)).await?;
    }
    audit::record(&mut tx, ctx, row.practice_id, "session.restored", Some(id.0), json!({})).await?;
    let row = reread(&mut tx, row.practice_id, id).await?;
    let view = view(&mut tx, ctx, &row).await?;
    commit(tx).await?;
    Ok(view)
}

/// The booking behind a session.
pub(super) async fn booking(tx: &mut Tx, row: &SessionRow) -> Result<bookings::BookingRow> {
    bookings::get(tx, row.practice_id, row.booking_id).await?.ok_or_else(ServiceError::not_found)
}
