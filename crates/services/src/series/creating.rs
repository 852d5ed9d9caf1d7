//! A new series.

use super::generate::generate_in;
use super::{begin, commit, draft, telling, view};
use crate::{Ctx, Result, ServiceError, audit};
use contracts::SeriesId;
use contracts::series::{CreateSeries, SeriesView};
use domain::permissions::{Action, Resource};
use serde_json::json;
use store::{occupancy, series as stored};

/// Saves a series and makes its sessions of the next seven days, all at once. The patient is told once, unless they are not
/// to be.
///
/// # Errors
/// `NOT_FOUND` for a patient, therapist or service of nobody here; field errors, `taken` on `starts` for one that exists.
pub async fn create(ctx: &Ctx, cmd: CreateSeries) -> Result<SeriesView> {
    let member = ctx.may(Action::Create, Resource::Series)?;
    let practice = member.practice_id;
    let mut tx = begin(ctx, member).await?;
    occupancy::lock_for_booking(&mut tx, cmd.therapist_id).await?;
    let draft = draft::new(&mut tx, ctx, member, &cmd).await?;
    let id: SeriesId = ctx.new_id();
    let whose = (draft.patient_id, cmd.therapist_id);
    stored::insert(&mut tx, practice, id, whose, &draft.agreed, member.member_id, ctx.now)
        .await
        .map_err(draft::made_twice)?;
    let row = stored::lock(&mut tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
    let mut details = json!({ "patient_id": row.patient_id, "therapist_id": row.therapist_id,
                              "frequency": row.rule.frequency.as_str() });
    generate_in(&mut tx, ctx, practice, &draft.open, &[row]).await?;
    let view = view::one(&mut tx, ctx, practice, id).await?;
    details["told"] = (cmd.tell_patient && telling::agreed(&mut tx, ctx, practice, &view).await?).into();
    audit::record(&mut tx, ctx, practice, "series.created", Some(id.0), details).await?;
    commit(tx).await?;
    Ok(view)
}
