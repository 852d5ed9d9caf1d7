//! Archive, deletion that can be undone, export of everything, erasure.

use super::{begin, commit, reach, reach_with_bookings};
use crate::{Ctx, Member, Result, ServiceError, audit};
use chrono::Months;
use contracts::{ApiError, ErrorCode, FieldProblem, PatientId, PracticeId};
use domain::permissions::{Action, Resource};
use serde_json::{Value, json};
use store::patients as stored;
use store::{StoreError, Tx, lookup};

/// Without a session for so long, patients go into the archive (BR-PP-005).
const DORMANT: Months = Months::new(24);
/// Patients archived in one transaction.
const BATCH: i64 = 200;
/// What stands in place of an erased name.
const ERASED: &str = "[erased]";

/// Puts a patient into the archive, or takes them out; what is so already stays.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn archive(ctx: &Ctx, id: PatientId, archived: bool) -> Result<()> {
    let (member, mut tx, record) = reach(ctx, Action::Update, id).await?;
    if record.archived_at.is_some() == archived {
        return Ok(());
    }
    stored::set_archived(&mut tx, member.practice_id, id, archived.then_some(ctx.now), ctx.now).await?;
    let action = if archived { "patient.archived" } else { "patient.unarchived" };
    audit::record(&mut tx, ctx, member.practice_id, action, Some(id.0), json!({})).await?;
    commit(tx).await
}

/// Deletes a patient; [`restore`] undoes it.
///
/// # Errors
/// `NOT_FOUND`; `BOOKINGS_IN_THE_WAY` with their number while something is to come.
pub async fn delete(ctx: &Ctx, id: PatientId) -> Result<()> {
    let (member, mut tx, _) = reach(ctx, Action::Delete, id).await?;
    nothing_to_come(&mut tx, ctx, member, id).await?;
    stored::set_deleted(&mut tx, member.practice_id, id, Some(ctx.now)).await?;
    audit::record(&mut tx, ctx, member.practice_id, "patient.deleted", Some(id.0), json!({})).await?;
    commit(tx).await
}

async fn nothing_to_come(tx: &mut Tx, ctx: &Ctx, member: &Member, id: PatientId) -> Result<()> {
    let open = stored::still_open(tx, member.practice_id, id, ctx.now).await?;
    if open > 0 {
        let number = Some(u32::try_from(open).unwrap_or(u32::MAX));
        return Err(ApiError { number, ..ApiError::new(ErrorCode::BookingsInTheWay) }.into());
    }
    Ok(())
}

/// Undoes a deletion; a patient who is there already stays.
///
/// # Errors
/// `NOT_FOUND`, also for an erased or merged record; `taken` on `phone` when somebody else has the phone by now.
pub async fn restore(ctx: &Ctx, id: PatientId) -> Result<()> {
    let member = ctx.may(Action::Delete, Resource::Patients)?;
    let mut tx = begin(ctx, member).await?;
    let record = stored::lock(&mut tx, member.practice_id, id, ctx.now).await?.ok_or_else(ServiceError::not_found)?;
    if record.deleted_at.is_none() {
        return Ok(());
    }
    stored::set_deleted(&mut tx, member.practice_id, id, None).await.map_err(|error| {
        if error.is_constraint("patients_phone") {
            ServiceError::field("phone", FieldProblem::Taken)
        } else {
            error.into()
        }
    })?;
    audit::record(&mut tx, ctx, member.practice_id, "patient.restored", Some(id.0), json!({})).await?;
    commit(tx).await
}

/// Everything that is stored about a patient, in one piece.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn export_record(ctx: &Ctx, id: PatientId) -> Result<Value> {
    let (member, mut tx, _) = reach(ctx, Action::Delete, id).await?;
    let mut whole = stored::whole(&mut tx, member.practice_id, id).await?.ok_or_else(ServiceError::not_found)?;
    audit::record(&mut tx, ctx, member.practice_id, "patient.exported", Some(id.0), json!({})).await?;
    commit(tx).await?;
    if let Some(fields) = whole.as_object_mut() {
        fields.insert("exported_at".into(), json!(ctx.now));
    }
    Ok(whole)
}

/// Erases what tells of the person, for ever. Sessions and payments stay without a name, as the law demands (BR-PP-005).
///
/// # Errors
/// As [`delete`].
pub async fn erase(ctx: &Ctx, id: PatientId) -> Result<()> {
    let (member, mut tx, _) = reach_with_bookings(ctx, Action::Delete, id, &[id]).await?;
    nothing_to_come(&mut tx, ctx, member, id).await?;
    stored::erase(&mut tx, member.practice_id, id, ERASED, ctx.now).await?;
    audit::record(&mut tx, ctx, member.practice_id, "patient.erased", Some(id.0), json!({})).await?;
    commit(tx).await
}

/// Archives patients of whom nothing was heard for two years; returns how many.
///
/// # Errors
/// The first error; what was archived before it stays so.
pub async fn archive_dormant(ctx: &Ctx) -> Result<u64> {
    let since = ctx.now.checked_sub_months(DORMANT).unwrap_or(ctx.now);
    let mut connection = ctx.deps.db.connection().await?;
    let practices = lookup::practices_with_dormant_patients(&mut connection, since).await?;
    drop(connection);
    let mut archived = 0;
    for practice in practices {
        while let done @ 1.. = archive_some(ctx, practice, since).await? {
            archived += done;
        }
    }
    Ok(archived)
}

async fn archive_some(ctx: &Ctx, practice: PracticeId, since: chrono::DateTime<chrono::Utc>) -> Result<u64> {
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    let mut done = 0;
    for id in stored::dormant(&mut tx, practice, since, BATCH).await? {
        stored::set_archived(&mut tx, practice, id, Some(ctx.now), ctx.now).await?;
        audit::record(&mut tx, ctx, practice, "patient.archived", Some(id.0), json!({ "because": "dormant" })).await?;
        done += 1;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(done)
}
