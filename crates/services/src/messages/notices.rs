//! What members are told inside of Calma: the bell.

use crate::cursor::{self, Cursor};
use crate::{Actor, Ctx, Result, ServiceError};
use contracts::booking::Page;
use contracts::lists::{MessageSort, PageOf};
use contracts::messages::{Notice, NoticeKind};
use contracts::{BookingId, MemberId, PatientId, PracticeId, TherapistId};
use store::messages::DueMessage;
use store::notices::NewNotice;
use store::{StoreError, Tx};
use uuid::Uuid;

/// Something that members should know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inform {
    pub kind: NoticeKind,
    /// Whom it concerns besides owners and front desk.
    pub therapist: Option<TherapistId>,
    pub booking: Option<BookingId>,
    pub patient: Option<PatientId>,
    /// Another thing that it is about, by its kind.
    pub about: Option<Uuid>,
}

/// Tells the therapist, the owners and the front desk; whoever did it knows.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn inform(tx: &mut Tx, ctx: &Ctx, practice: PracticeId, inform: Inform) -> Result<()> {
    let (but, new) = event(ctx, inform);
    Ok(store::notices::tell(tx, practice, inform.therapist, but, &new).await?)
}

/// Who knows already, and what is told.
fn event(ctx: &Ctx, inform: Inform) -> (Option<MemberId>, NewNotice) {
    let but = match &ctx.actor {
        Actor::Member(member) => Some(member.member_id),
        _ => None,
    };
    let new = NewNotice {
        id: ctx.new_uuid(),
        kind: inform.kind,
        booking: inform.booking,
        patient: inform.patient,
        about: inform.about,
        created_at: ctx.now,
    };
    (but, new)
}

/// Tells the therapist and nobody else; whoever did it knows.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn inform_only(
    tx: &mut Tx,
    ctx: &Ctx,
    practice: PracticeId,
    therapist: TherapistId,
    inform: Inform,
) -> Result<()> {
    let (but, new) = event(ctx, inform);
    Ok(store::notices::tell_only(tx, practice, therapist, but, &new).await?)
}

/// A message could not be delivered in any way.
///
/// # Errors
/// When the database cannot answer.
pub(super) async fn message_failed(tx: &mut Tx, ctx: &Ctx, practice: PracticeId, row: &DueMessage) -> Result<()> {
    let about = Inform {
        kind: NoticeKind::MessageFailed,
        therapist: row.therapist_id,
        booking: row.booking_id,
        patient: row.patient_id,
        about: Some(row.id.0),
    };
    inform(tx, ctx, practice, about).await
}

/// What the caller was told.
///
/// # Errors
/// `UNAUTHORIZED`, or a field error on a `cursor` that is none of ours.
pub async fn notices(ctx: &Ctx, of: PageOf<MessageSort>) -> Result<Page<Notice>> {
    let member = ctx.member()?;
    let after = Cursor::parse(of.cursor.as_deref(), of.sort)?.map(Cursor::pair);
    let size = cursor::size(of.limit);
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let limit = i64::from(size) + 1;
    let rows = store::notices::list(&mut tx, member.practice_id, member.member_id, of.sort, after, limit).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(cursor::page(rows, size, of.sort, |last: &Notice| Cursor { at: last.created_at, id: last.id }))
}

/// The zone of the caller's practice, for times that belong to no therapist; every member may know it.
///
/// # Errors
/// `UNAUTHORIZED`.
pub async fn zone(ctx: &Ctx) -> Result<String> {
    let member = ctx.member()?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let practice = store::practices::get(&mut tx, member.practice_id).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(practice.ok_or_else(ServiceError::not_found)?.time_zone)
}

/// How much of it the caller has not read; counting stops at 100.
///
/// # Errors
/// `UNAUTHORIZED`.
pub async fn unread(ctx: &Ctx) -> Result<u32> {
    let member = ctx.member()?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let unread = store::notices::unread(&mut tx, member.practice_id, member.member_id).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(u32::try_from(unread).unwrap_or(u32::MAX))
}

/// The caller has read this one, or all.
///
/// # Errors
/// `UNAUTHORIZED`, `NOT_FOUND`.
pub async fn mark_read(ctx: &Ctx, id: Option<Uuid>) -> Result<()> {
    let member = ctx.member()?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    if !store::notices::mark_read(&mut tx, member.practice_id, member.member_id, id, ctx.now).await? {
        return Err(ServiceError::not_found());
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}
