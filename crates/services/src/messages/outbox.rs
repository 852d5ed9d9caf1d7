//! What was written, as the practice reads it, and what it does about a message that did not arrive.

use super::patients::{self, usable};
use crate::cursor::{self, Cursor};
use crate::{Ctx, Member, Result, ServiceError, audit};
use contracts::accounts::Role;
use contracts::booking::Page;
use contracts::lists::{MessageSort, PageOf};
use contracts::messages::*;
use contracts::*;
use domain::permissions::{Action, Resource, sees_only_own};
use serde_json::json;
use store::messages::{Filter, Listed};
use store::{StoreError, Tx};

/// The outbox, newest first, 25 to a page. Therapists see what was written about their own bookings.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`, or a field error on a `cursor` that is none of ours.
pub async fn list(ctx: &Ctx, status: Option<MessageStatus>, cursor: Option<String>) -> Result<Page<MessageView>> {
    page(ctx, MessageFilter { status, ..MessageFilter::default() }, PageOf::after(cursor)).await
}

/// The outbox in the order and size asked for. Failures that were dealt with are not among the failed ones any more.
///
/// # Errors
/// As [`list`].
pub async fn page(ctx: &Ctx, only: MessageFilter, of: PageOf<MessageSort>) -> Result<Page<MessageView>> {
    let member = ctx.may(Action::Read, Resource::Messages)?;
    let Some(therapist) = visible_to(member) else { return Ok(Page { items: vec![], next: None }) };
    let after = Cursor::parse(of.cursor.as_deref(), of.sort)?.map(Cursor::pair);
    let size = cursor::size(of.limit);
    let filter = Filter { only, id: None, therapist, sort: of.sort, after, limit: i64::from(size) + 1 };
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let items = store::messages::list(&mut tx, member.practice_id, &filter).await?;
    tx.commit().await.map_err(StoreError::from)?;
    let items = items.into_iter().map(|item| shown(ctx, member, item)).collect();
    Ok(cursor::page(items, size, of.sort, |last: &MessageView| Cursor { at: last.created_at, id: last.id.0 }))
}

/// One message.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`, `NOT_FOUND`.
pub async fn get(ctx: &Ctx, id: MessageId) -> Result<MessageView> {
    let member = ctx.may(Action::Read, Resource::Messages)?;
    let therapist = visible_to(member).ok_or_else(ServiceError::not_found)?;
    let filter = Filter { only: MessageFilter::default(), id: Some(id), therapist, ..first(1) };
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let found = store::messages::list(&mut tx, member.practice_id, &filter).await?.pop();
    tx.commit().await.map_err(StoreError::from)?;
    found.map(|item| shown(ctx, member, item)).ok_or_else(ServiceError::not_found)
}

/// Messages about one booking are at most this many; nobody reads more.
const TIMELINE: i64 = 100;

fn first(limit: i64) -> Filter {
    let sort = MessageSort::CreatedAtDown;
    Filter { only: MessageFilter::default(), id: None, therapist: None, sort, after: None, limit }
}

/// What was written about a booking, the newest first.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`, or `NOT_FOUND` for a booking that the member does not see.
pub async fn timeline(ctx: &Ctx, booking: BookingId) -> Result<Vec<MessageView>> {
    let member = ctx.may(Action::Read, Resource::Messages)?;
    let therapist = visible_to(member).ok_or_else(ServiceError::not_found)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let row = store::bookings::get(&mut tx, member.practice_id, booking).await?;
    row.filter(|row| therapist.is_none_or(|own| own == row.therapist_id)).ok_or_else(ServiceError::not_found)?;
    let only = MessageFilter { booking: Some(booking), ..MessageFilter::default() };
    let items = store::messages::list(&mut tx, member.practice_id, &Filter { only, ..first(TIMELINE) }).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(items.into_iter().map(|item| shown(ctx, member, item)).collect())
}

/// What was written to a patient.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`, `NOT_FOUND` for a patient that the member does not see, or a field error on a `cursor`.
pub async fn of_patient(ctx: &Ctx, patient: PatientId, of: PageOf<MessageSort>) -> Result<Page<MessageView>> {
    let member = ctx.may(Action::Read, Resource::Messages)?;
    let therapist = visible_to(member).ok_or_else(ServiceError::not_found)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let person = store::messages::person(&mut tx, member.practice_id, patient, therapist).await?;
    person.ok_or_else(ServiceError::not_found)?;
    tx.commit().await.map_err(StoreError::from)?;
    page(ctx, MessageFilter { patient: Some(patient), ..MessageFilter::default() }, of).await
}

/// Sends a message again, now, with a new set of tries. While it is being sent this changes nothing.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`, `NOT_FOUND`, or `CONFLICT` when its recipient was erased.
pub async fn resend(ctx: &Ctx, id: MessageId) -> Result<()> {
    let (mut tx, member) = open(ctx, id).await?;
    if store::messages::requeue(&mut tx, member.practice_id, id, ctx.now).await? {
        audit::record(&mut tx, ctx, member.practice_id, "message.resent", Some(id.0), json!({})).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Writes a message again for another way and sends that; what did not arrive counts as dealt with.
///
/// # Errors
/// As [`resend`], and `CONFLICT` while it still waits to be sent; a field error on `channel` when the patient cannot be
/// reached that way.
pub async fn resend_by(ctx: &Ctx, id: MessageId, channel: Channel) -> Result<()> {
    let (mut tx, member) = open(ctx, id).await?;
    let practice = member.practice_id;
    let row = store::messages::lock(&mut tx, practice, id, ctx.now).await?.ok_or_else(ServiceError::not_found)?;
    if row.queued {
        return Err(ServiceError::code(ErrorCode::Conflict));
    }
    if !patients::write_again(&mut tx, ctx, practice, &row, channel).await? {
        return Err(ServiceError::field("channel", FieldProblem::InvalidChoice));
    }
    store::messages::settle(&mut tx, practice, id, ctx.now).await?;
    let how = json!({ "channel": channel.as_str() });
    audit::record(&mut tx, ctx, practice, "message.resent", Some(id.0), how).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Somebody called instead, or decided that nothing needs to be done.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`, `NOT_FOUND`, or `CONFLICT` when its recipient was erased.
pub async fn settle(ctx: &Ctx, id: MessageId) -> Result<()> {
    let (mut tx, member) = open(ctx, id).await?;
    if store::messages::settle(&mut tx, member.practice_id, id, ctx.now).await? {
        audit::record(&mut tx, ctx, member.practice_id, "message.settled", Some(id.0), json!({})).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// A transaction in which this member may do something about this message.
async fn open(ctx: &Ctx, id: MessageId) -> Result<(Tx, &Member)> {
    let member = ctx.may(Action::Update, Resource::Messages)?;
    let therapist = visible_to(member).ok_or_else(ServiceError::not_found)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    match store::messages::can_be_sent(&mut tx, member.practice_id, id, therapist).await? {
        None => Err(ServiceError::not_found()),
        Some(false) => Err(ServiceError::code(ErrorCode::Conflict)),
        Some(true) => Ok((tx, member)),
    }
}

/// Whose messages this member sees: everybody's (`Some(None)`), one therapist's, or none.
pub(super) fn visible_to(member: &Member) -> Option<Option<TherapistId>> {
    if sees_only_own(member.role) { member.therapist_id.map(Some) } else { Some(None) }
}

/// A message as this member may read it.
fn shown(ctx: &Ctx, member: &Member, listed: Listed) -> MessageView {
    let mut view = listed.view;
    let open = view.status == MessageStatus::Failed && !view.settled;
    let reachable = |channel: &Channel| {
        let address = if channel.is_text() { &listed.phone } else { &listed.email };
        *channel != view.channel && address.as_ref().is_some_and(|address| !address.is_empty())
    };
    if open && listed.rewritable {
        view.other_channels = usable(&ctx.deps).into_iter().filter(reachable).collect();
    }
    view.call = listed.phone.filter(|phone| open && !phone.is_empty());
    if !may_follow_links(ctx, member) {
        view.body = without_links(&view.body, &ctx.deps.base_url);
    }
    view
}

/// Links in messages let whoever holds them act as their recipient: reset a password, cancel a booking. So nobody reads
/// them here, with one exception: where mail does not leave the machine this page is the only place to read it, and the
/// owner may.
fn may_follow_links(ctx: &Ctx, member: &Member) -> bool {
    !ctx.deps.mail.leaves_the_machine() && member.role == Role::Admin
}

/// The text with our own addresses cut to their beginning.
fn without_links(body: &str, base_url: &str) -> String {
    let shortened = body.split_inclusive(char::is_whitespace).map(|word| match word.strip_prefix(base_url) {
        Some(path) if path.starts_with('/') => {
            let end = word.trim_end().len();
            format!("{base_url}/…{}", &word[end..])
        }
        _ => word.to_owned(),
    });
    shortened.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_cut_and_the_rest_stays() {
        let body = "See it:\nhttps://calma.example/b/secret-1\n\nRoom: https://meet.example/room\n";
        let cut = without_links(body, "https://calma.example");
        assert_eq!(cut, "See it:\nhttps://calma.example/…\n\nRoom: https://meet.example/room\n");
    }
}
