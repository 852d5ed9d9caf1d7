//! Therapists ask for another time for a session, an admin or the front desk decides, and then everything moves (001).
//!
//! A request is about one time of a session. When the session changes in any other way while nobody has answered, the
//! database marks the request as outdated in the same transaction (migration 12); once one of both times has come, it is
//! shown as outdated. Neither can be decided any more, and either makes room for another request. Locks follow the order of
//! [`crate::sessions`], and the request comes after its session.

mod asking;
mod deciding;

pub use asking::{create, times, withdraw};
pub use deciding::{approve, reject};

use crate::bookings::practice::{begin, commit, narrowed, own};
use crate::cursor::{self, Cursor};
use crate::sessions;
use crate::{Ctx, Member, Result, ServiceError};
use contracts::booking::Page;
use contracts::limits::PAGE_MAX;
use contracts::lists::RescheduleSort;
use contracts::reschedule::{RescheduleFilter, RescheduleRequest, RescheduleStatus};
use contracts::{ErrorCode, RescheduleRequestId};
use domain::permissions::{Action, Resource, allowed};
use store::reschedule_requests::{self as stored, RequestList};
use store::sessions::SessionRow;
use store::{Tx, occupancy};

/// Requests in the order asked for, a page at a time; a therapist's own only.
///
/// # Errors
/// `NOT_FOUND` for another's therapist; a field error for a cursor that is none.
pub async fn list(ctx: &Ctx, filter: RescheduleFilter) -> Result<Page<RescheduleRequest>> {
    let member = ctx.may(Action::Read, Resource::RescheduleRequests)?;
    let size = cursor::size(filter.limit);
    let narrow = RequestList {
        status: filter.status,
        therapist: narrowed(member, filter.therapist_id)?,
        session: filter.session_id,
        sort: filter.sort,
        after: Cursor::parse(filter.cursor.as_deref(), filter.sort)?.map(Cursor::pair),
        limit: i64::from(size) + 1,
        now: ctx.now,
    };
    let mut tx = begin(ctx, member).await?;
    let rows = stored::list(&mut tx, member.practice_id, &narrow).await?;
    commit(tx).await?;
    Ok(cursor::page(rows, size, filter.sort, |last| Cursor { at: last.asked_at, id: last.id.0 }))
}

/// What waits for the member's answer, the oldest first; nothing for those who do not decide.
///
/// # Errors
/// `UNAUTHORIZED`; when the database cannot answer.
pub async fn to_decide(ctx: &Ctx) -> Result<Vec<RescheduleRequest>> {
    if !allowed(ctx.member()?.role, Action::Update, Resource::RescheduleRequests) {
        return Ok(vec![]);
    }
    let filter = RescheduleFilter {
        status: Some(RescheduleStatus::Pending),
        sort: RescheduleSort::CreatedAt,
        limit: Some(PAGE_MAX),
        ..RescheduleFilter::default()
    };
    Ok(list(ctx, filter).await?.items)
}

/// # Errors
/// `NOT_FOUND` also for another therapist's request.
pub async fn get(ctx: &Ctx, id: RescheduleRequestId) -> Result<RescheduleRequest> {
    let member = ctx.may(Action::Read, Resource::RescheduleRequests)?;
    let mut tx = begin(ctx, member).await?;
    let request = seen(&mut tx, ctx, member, id).await?;
    commit(tx).await?;
    Ok(request)
}

/// The request, if the member may see it.
async fn seen(tx: &mut Tx, ctx: &Ctx, member: &Member, id: RescheduleRequestId) -> Result<RescheduleRequest> {
    let request = stored::get(tx, member.practice_id, id, ctx.now).await?;
    let visible = |request: &RescheduleRequest| own(member).is_none_or(|own| own == request.therapist_id);
    request.filter(visible).ok_or_else(ServiceError::not_found)
}

/// An open request with its session, both locked.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` when it is decided, or another version than the person saw.
async fn open(
    tx: &mut Tx,
    ctx: &Ctx,
    member: &Member,
    id: RescheduleRequestId,
    version: Option<i32>,
) -> Result<(RescheduleRequest, SessionRow)> {
    let request = seen(tx, ctx, member, id).await?;
    occupancy::lock_for_booking(tx, request.therapist_id).await?;
    let session = sessions::lock(tx, member, request.session_id).await?;
    let request = stored::lock(tx, member.practice_id, id, ctx.now).await?.ok_or_else(ServiceError::not_found)?;
    let other = version.is_some_and(|version| version != request.version);
    if request.status != RescheduleStatus::Pending || other {
        return Err(ServiceError::code(ErrorCode::Conflict));
    }
    Ok((request, session))
}

/// The request as it is after what was just written.
async fn reread(tx: &mut Tx, ctx: &Ctx, member: &Member, id: RescheduleRequestId) -> Result<RescheduleRequest> {
    stored::get(tx, member.practice_id, id, ctx.now).await?.ok_or_else(ServiceError::not_found)
}
