//! The answer of an admin or the front desk.

use super::{open, reread};
use crate::bookings::notify;
use crate::bookings::practice::{begin, commit};
use crate::messages::{Inform, Template, inform_only};
use crate::sessions::placing;
use crate::{Ctx, Member, Result, ServiceError, audit};
use contracts::limits::REASON_MAX;
use contracts::messages::NoticeKind;
use contracts::reschedule::{DecideReschedule, RescheduleRequest, RescheduleStatus};
use contracts::{FieldProblem, RescheduleRequestId};
use domain::permissions::{Action, Resource};
use domain::validate;
use serde_json::json;
use store::Tx;
use store::reschedule_requests::{self as stored, Decision};
use store::sessions::SessionRow;

/// Moves the session to the time that was asked for, in one transaction with the answer: as any move by the practice, so its
/// booking, link, calendar entry and reminders go along and the patient is told. The therapist is told too.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` for what is decided or outdated; `SLOT_TAKEN` with alternatives and `SLOT_UNAVAILABLE` when the
/// time is gone or closed by now, and then the request stays as it was.
pub async fn approve(ctx: &Ctx, id: RescheduleRequestId, cmd: DecideReschedule) -> Result<RescheduleRequest> {
    let member = ctx.may(Action::Update, Resource::RescheduleRequests)?;
    let note = noted(&cmd.note, false)?;
    let mut tx = begin(ctx, member).await?;
    let (request, session) = open(&mut tx, ctx, member, id, cmd.version).await?;
    // Decided before the session moves, which would outdate it otherwise.
    let decision = Decision { status: RescheduleStatus::Approved, by: member.member_id, note: &note };
    stored::decide(&mut tx, member.practice_id, id, decision, ctx.now).await?;
    let schedule = placing::schedule(&mut tx, ctx, &session).await?;
    let how = placing::Moving { outside_hours: false, tell_patient: true };
    let moved = placing::move_in(&mut tx, ctx, &session, &schedule, request.proposed_start, how).await?;
    decided(&mut tx, ctx, member, &request, &moved, &note).await?;
    let request = reread(&mut tx, ctx, member, id).await?;
    commit(tx).await?;
    Ok(request)
}

/// Leaves the session where it is and says why.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` for what is decided or outdated; a field error on `note`.
pub async fn reject(ctx: &Ctx, id: RescheduleRequestId, cmd: DecideReschedule) -> Result<RescheduleRequest> {
    let member = ctx.may(Action::Update, Resource::RescheduleRequests)?;
    let mut tx = begin(ctx, member).await?;
    let (request, session) = open(&mut tx, ctx, member, id, cmd.version).await?;
    let note = noted(&cmd.note, true)?;
    let decision = Decision { status: RescheduleStatus::Rejected, by: member.member_id, note: &note };
    stored::decide(&mut tx, member.practice_id, id, decision, ctx.now).await?;
    decided(&mut tx, ctx, member, &request, &session, &note).await?;
    let request = reread(&mut tx, ctx, member, id).await?;
    commit(tx).await?;
    Ok(request)
}

/// Writes it down and tells the therapist, by notice and by mail. `session` is as it is now.
async fn decided(
    tx: &mut Tx,
    ctx: &Ctx,
    member: &Member,
    request: &RescheduleRequest,
    session: &SessionRow,
    note: &str,
) -> Result<()> {
    let moved = session.starts_at == request.proposed_start;
    let (action, template, other) = if moved {
        ("reschedule.approved", Template::RescheduleApproved, request.old_start)
    } else {
        ("reschedule.rejected", Template::RescheduleRejected, request.proposed_start)
    };
    let what = json!({ "request": request.id, "from": request.old_start, "to": request.proposed_start });
    audit::record(tx, ctx, member.practice_id, action, Some(session.id.0), what).await?;
    let told = Inform {
        kind: NoticeKind::RescheduleDecided,
        therapist: Some(session.therapist_id),
        booking: Some(session.booking_id),
        patient: Some(session.patient_id),
        about: Some(request.id.0),
    };
    inform_only(tx, ctx, member.practice_id, session.therapist_id, told).await?;
    let booking = store::bookings::get(tx, session.practice_id, session.booking_id).await?;
    let booking = booking.ok_or_else(ServiceError::not_found)?;
    notify::request_decided(tx, ctx, &booking, template, note, other).await
}

fn noted(note: &str, required: bool) -> Result<String> {
    let note = validate::clean_text(note);
    if required && note.is_empty() {
        return Err(ServiceError::field("note", FieldProblem::Required));
    }
    validate::check_length(&note, REASON_MAX).map_err(|problem| ServiceError::field("note", problem))?;
    Ok(note)
}
