//! The therapist's side: which times there are, asking for one, taking it back.

use super::{open, reread};
use crate::bookings::practice::{begin, cleaned, commit};
use crate::messages::{Inform, inform};
use crate::sessions::{self, placing};
use crate::{Ctx, Member, Result, ServiceError, audit};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use contracts::messages::NoticeKind;
use contracts::reschedule::{AskReschedule, RescheduleRequest, RescheduleStatus, RescheduleTimes};
use contracts::{ErrorCode, FieldError, FieldProblem, RescheduleRequestId, SessionId};
use domain::permissions::{Action, Resource};
use domain::reschedule::{CannotAsk, ask_until, may_ask};
use domain::slots::{self, Refusal, Schedule};
use serde_json::json;
use store::reschedule_requests::{self as stored, Decision, NewRequest};
use store::sessions::SessionRow;
use store::{Tx, occupancy};

/// Days of times to choose from at once.
const TIMES_DAYS: i64 = 14;
/// How far ahead another time can be asked for.
const AHEAD_DAYS: i32 = 365;
/// Days around a time that is taken in which others are looked for.
const ALTERNATIVE_DAYS: i32 = 14;

/// The free times of the session's therapist, two weeks from a day on: what staff could move it to. The session's own time
/// is not in the way.
///
/// # Errors
/// `NOT_FOUND` for a session the member does not see.
pub async fn times(ctx: &Ctx, id: SessionId, from: Option<NaiveDate>) -> Result<RescheduleTimes> {
    let member = ctx.may(Action::Create, Resource::RescheduleRequests)?;
    let mut tx = begin(ctx, member).await?;
    let row = sessions::seen(&mut tx, member, id).await?;
    let schedule = for_staff(placing::schedule(&mut tx, ctx, &row).await?);
    let today = slots::today(schedule.zone, ctx.now);
    let last = slots::last_day(&schedule, ctx.now);
    let from = from.unwrap_or(today).clamp(today, last);
    let until = (from + Duration::days(TIMES_DAYS - 1)).min(last);
    let span = slots::span(&schedule, from, until);
    let taken = occupancy::taken(&mut tx, member.practice_id, row.therapist_id, span, ctx.now).await?;
    let pending = stored::last_of(&mut tx, member.practice_id, id, ctx.now).await?;
    commit(tx).await?;
    let others = taken.into_iter().map(|one| one.taken).filter(|one| one.booking != Some(row.booking_id));
    let taken: Vec<_> = others.collect();
    let mut days = slots::slots(&schedule, &taken, minutes(&row), from, until, ctx.now);
    for day in &mut days {
        // What begins this very moment cannot be asked for any more.
        let choices = day.free().filter(|slot| slot.starts_at != row.starts_at && slot.starts_at > ctx.now);
        day.slots = choices.copied().collect();
    }
    days.retain(|day| !day.slots.is_empty());
    let pending = pending.filter(|request| request.status == RescheduleStatus::Pending);
    Ok(RescheduleTimes {
        may_ask: pending.is_none() && may_ask(row.status, row.starts_at, ctx.now).is_ok(),
        ask_until: slots::local(schedule.zone, ask_until(row.starts_at)),
        session: sessions::card(&row)?,
        from,
        until,
        today,
        last,
        pending,
        days,
    })
}

/// Asks for another time: at least 48 hours before the session, and one that is offered and free now.
///
/// # Errors
/// `NOT_FOUND` for a session the member does not see; `too_late` on `session_id`; `CONFLICT` for one that does not lie ahead
/// or about which something is asked already; `SLOT_TAKEN` with alternatives, `SLOT_UNAVAILABLE`; field errors on `reason`.
pub async fn create(ctx: &Ctx, cmd: AskReschedule) -> Result<RescheduleRequest> {
    let member = ctx.may(Action::Create, Resource::RescheduleRequests)?;
    let mut tx = begin(ctx, member).await?;
    let seen = sessions::seen(&mut tx, member, cmd.session_id).await?;
    occupancy::lock_for_booking(&mut tx, seen.therapist_id).await?;
    let row = sessions::lock(&mut tx, member, cmd.session_id).await?;
    let reason = cleaned(&cmd.reason, true)?;
    may_ask(row.status, row.starts_at, ctx.now).map_err(|why| match why {
        CannotAsk::NotAhead => ServiceError::code(ErrorCode::Conflict),
        CannotAsk::TooLate => ServiceError::field("session_id", FieldProblem::TooLate),
    })?;
    offered(&mut tx, ctx, &row, cmd.starts_at).await?;
    let new = NewRequest {
        id: ctx.new_id(),
        session: row.id,
        therapist: row.therapist_id,
        asked_by: member.member_id,
        reason: &reason,
        old_start: row.starts_at,
        proposed_start: cmd.starts_at,
    };
    if !stored::insert(&mut tx, member.practice_id, &new, ctx.now).await? {
        return Err(ServiceError::code(ErrorCode::Conflict));
    }
    let what = json!({ "request": new.id, "from": row.starts_at, "to": cmd.starts_at });
    audit::record(&mut tx, ctx, member.practice_id, "reschedule.requested", Some(row.id.0), what).await?;
    // Owners and front desk; the therapist asks and knows.
    let told = Inform {
        kind: NoticeKind::RescheduleRequested,
        therapist: None,
        booking: Some(row.booking_id),
        patient: Some(row.patient_id),
        about: Some(new.id.0),
    };
    inform(&mut tx, ctx, member.practice_id, told).await?;
    let request = reread(&mut tx, ctx, member, new.id).await?;
    commit(tx).await?;
    Ok(request)
}

/// Takes a request back that nobody answered.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` when it is decided.
pub async fn withdraw(ctx: &Ctx, id: RescheduleRequestId) -> Result<RescheduleRequest> {
    let member = ctx.may(Action::Delete, Resource::RescheduleRequests)?;
    let mut tx = begin(ctx, member).await?;
    let (request, session) = open(&mut tx, ctx, member, id, None).await?;
    withdraw_in(&mut tx, ctx, member, &request, &session).await?;
    let request = reread(&mut tx, ctx, member, id).await?;
    commit(tx).await?;
    Ok(request)
}

async fn withdraw_in(
    tx: &mut Tx,
    ctx: &Ctx,
    member: &Member,
    request: &RescheduleRequest,
    session: &SessionRow,
) -> Result<()> {
    let decision = Decision { status: RescheduleStatus::Withdrawn, by: member.member_id, note: "" };
    stored::decide(tx, member.practice_id, request.id, decision, ctx.now).await?;
    let what = json!({ "request": request.id });
    audit::record(tx, ctx, member.practice_id, "reschedule.withdrawn", Some(session.id.0), what).await
}

/// Is it one of the times the slot engine shows, and free? Checked once more when the request is approved.
async fn offered(tx: &mut Tx, ctx: &Ctx, row: &SessionRow, starts_at: DateTime<Utc>) -> Result<()> {
    let unavailable = |problem: Option<FieldProblem>| {
        let mut error = ServiceError::code(ErrorCode::SlotUnavailable);
        error.public.fields.extend(problem.map(|problem| FieldError { field: "starts_at".into(), problem }));
        error
    };
    if starts_at <= ctx.now {
        return Err(unavailable(Some(FieldProblem::InPast)));
    }
    if starts_at - ctx.now > Duration::days(i64::from(AHEAD_DAYS) + 2) {
        return Err(unavailable(Some(FieldProblem::TooFar)));
    }
    if starts_at == row.starts_at {
        return Err(unavailable(Some(FieldProblem::InvalidChoice)));
    }
    let schedule = for_staff(placing::schedule(tx, ctx, row).await?);
    let place = placing::place_of(row, starts_at);
    let taken = place.taken(tx, ctx, &schedule, 0, Some(row.booking_id)).await?;
    match slots::check(&schedule, &taken, minutes(row), starts_at, ctx.now) {
        Ok(_) => Ok(()),
        Err(Refusal::Unavailable) => Err(unavailable(None)),
        Err(Refusal::Taken) => {
            let around = place.taken(tx, ctx, &schedule, ALTERNATIVE_DAYS, Some(row.booking_id)).await?;
            Err(place.slot_taken(ctx, &schedule, minutes(row), &around))
        }
    }
}

/// Notice and horizon bind patients, not the practice.
fn for_staff(schedule: Schedule) -> Schedule {
    Schedule { notice_min: 0, horizon_days: AHEAD_DAYS, ..schedule }
}

/// The length the session was agreed for stays.
fn minutes(row: &SessionRow) -> i32 {
    i32::try_from((row.ends_at - row.starts_at).num_minutes()).unwrap_or_default()
}
