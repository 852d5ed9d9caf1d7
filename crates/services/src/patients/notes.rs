//! Administrative notes on a patient. Clinical ones have no place here (BR-PP-001).

use super::{commit, reach};
use crate::cursor::{self, Cursor};
use crate::{Ctx, Member, Result, ServiceError, audit};
use contracts::booking::Page;
use contracts::patients::{NoteFilter, NoteView, SaveNote};
use contracts::{FieldProblem, NoteId, PatientId, SessionId};
use domain::patients::search_words;
use domain::permissions::{Action, Resource, allowed};
use serde_json::json;
use store::Tx;
use store::patients::{self as stored, NoteList};

/// Notes of a patient, the newest first.
///
/// # Errors
/// `NOT_FOUND`; a field error for a cursor that is none.
pub async fn notes(ctx: &Ctx, id: PatientId, filter: NoteFilter) -> Result<Page<NoteView>> {
    let size = cursor::size(filter.limit);
    let after = Cursor::parse(filter.cursor.as_deref(), filter.sort)?.map(Cursor::pair);
    let (member, mut tx, _) = reach(ctx, Action::Read, id).await?;
    let narrow = NoteList {
        words: search_words(filter.q.as_deref().unwrap_or_default()),
        kind: filter.kind,
        session: None,
        pinned: None,
        sort: filter.sort,
        after,
        limit: i64::from(size) + 1,
    };
    let notes = stored::notes(&mut tx, member.practice_id, id, member.member_id, &narrow).await?;
    commit(tx).await?;
    Ok(cursor::page(notes, size, filter.sort, |last| Cursor { at: last.created_at, id: last.id.0 }))
}

/// Writes a note.
///
/// # Errors
/// Field errors on `body` and `session_id`; `NOT_FOUND`.
pub async fn add_note(ctx: &Ctx, id: PatientId, note: SaveNote) -> Result<NoteId> {
    let (member, mut tx, _) = reach(ctx, Action::Update, id).await?;
    let note = checked(&note)?;
    if let Some(session) = note.session_id
        && !stored::has_session(&mut tx, member.practice_id, id, session).await?
    {
        return Err(ServiceError::field("session_id", FieldProblem::InvalidChoice));
    }
    let note_id: NoteId = ctx.new_id();
    stored::insert_note(&mut tx, member.practice_id, id, (note_id, member.member_id), &note, ctx.now).await?;
    told(&mut tx, ctx, member, id, "patient.note_added", note_id).await?;
    commit(tx).await?;
    Ok(note_id)
}

/// Writes a general note about a session that is there and locked, in the transaction of what it belongs to.
///
/// # Errors
/// `FORBIDDEN` for who may not write about patients; a field error on `notes`.
pub(crate) async fn note_of_session(
    tx: &mut Tx,
    ctx: &Ctx,
    (patient, session): (PatientId, SessionId),
    body: &str,
) -> Result<()> {
    let member = ctx.may(Action::Update, Resource::Patients)?;
    let note = SaveNote { body: body.to_owned(), session_id: Some(session), ..SaveNote::default() };
    let note = domain::patients::note(&note).map_err(|problem| ServiceError::field("notes", problem))?;
    let note_id: NoteId = ctx.new_id();
    stored::insert_note(tx, member.practice_id, patient, (note_id, member.member_id), &note, ctx.now).await?;
    told(tx, ctx, member, patient, "patient.note_added", note_id).await
}

/// Changes a note; the session it is about stays. Who wrote it may, and who may delete patients.
///
/// # Errors
/// As [`add_note`]; `FORBIDDEN` for another's note.
pub async fn save_note(ctx: &Ctx, id: PatientId, note_id: NoteId, note: SaveNote) -> Result<()> {
    let (member, mut tx) = reach_note(ctx, id, note_id, true).await?;
    let note = checked(&note)?;
    stored::update_note(&mut tx, member.practice_id, note_id, &note, ctx.now).await?;
    told(&mut tx, ctx, member, id, "patient.note_changed", note_id).await?;
    commit(tx).await
}

/// Pins a note to the overview, or takes it off.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn pin_note(ctx: &Ctx, id: PatientId, note_id: NoteId, pinned: bool) -> Result<()> {
    let (member, mut tx) = reach_note(ctx, id, note_id, false).await?;
    stored::pin_note(&mut tx, member.practice_id, note_id, pinned).await?;
    stored::touch(&mut tx, member.practice_id, id).await?;
    commit(tx).await
}

/// Deletes a note. Who wrote it may, and who may delete patients.
///
/// # Errors
/// `NOT_FOUND`; `FORBIDDEN` for another's note.
pub async fn delete_note(ctx: &Ctx, id: PatientId, note_id: NoteId) -> Result<()> {
    let (member, mut tx) = reach_note(ctx, id, note_id, true).await?;
    stored::delete_note(&mut tx, member.practice_id, note_id).await?;
    told(&mut tx, ctx, member, id, "patient.note_deleted", note_id).await?;
    commit(tx).await
}

/// A note of a patient, locked; `to_change` its text, if the member may.
async fn reach_note(ctx: &Ctx, id: PatientId, note: NoteId, to_change: bool) -> Result<(&Member, Tx)> {
    let (member, mut tx, _) = reach(ctx, Action::Update, id).await?;
    let (patient, author) =
        stored::note_of(&mut tx, member.practice_id, note).await?.ok_or_else(ServiceError::not_found)?;
    if patient != id {
        return Err(ServiceError::not_found());
    }
    if to_change && author != member.member_id && !allowed(member.role, Action::Delete, Resource::Patients) {
        return Err(ServiceError::code(contracts::ErrorCode::Forbidden));
    }
    Ok((member, tx))
}

fn checked(note: &SaveNote) -> Result<SaveNote> {
    domain::patients::note(note).map_err(|problem| ServiceError::field("body", problem))
}

async fn told(
    tx: &mut Tx,
    ctx: &Ctx,
    member: &Member,
    id: PatientId,
    action: &'static str,
    note: NoteId,
) -> Result<()> {
    stored::touch(tx, member.practice_id, id).await?;
    audit::record(tx, ctx, member.practice_id, action, Some(id.0), json!({ "note": note })).await
}
