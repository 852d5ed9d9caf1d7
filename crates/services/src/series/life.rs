//! Pause, resume, stop (BR-RS-003 and 004). Sessions that exist stay as they are.

use super::generate::generate_in;
use super::{commit, is_active, open, still_open, time, view};
use crate::{Ctx, Result, audit};
use contracts::SeriesId;
use contracts::series::{SeriesStatus, SeriesView};
use domain::permissions::Action;
use serde_json::json;
use store::series as stored;

/// No more sessions are made until it is resumed. Pausing what is paused changes nothing.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` for one that has ended.
pub async fn pause(ctx: &Ctx, id: SeriesId) -> Result<SeriesView> {
    let (member, mut tx, row) = open(ctx, Action::Update, id).await?;
    still_open(&row)?;
    if is_active(&row) {
        stored::set_status(&mut tx, member.practice_id, id, SeriesStatus::Paused, None, ctx.now).await?;
        audit::record(&mut tx, ctx, member.practice_id, "series.paused", Some(id.0), json!({})).await?;
    }
    let view = view::one(&mut tx, ctx, member.practice_id, id).await?;
    commit(tx).await?;
    Ok(view)
}

/// Goes on from today, in the old rhythm; what fell into the pause is not made up for. What is within the next seven days
/// is made at once. Resuming what runs changes nothing.
///
/// # Errors
/// As [`pause`].
pub async fn resume(ctx: &Ctx, id: SeriesId) -> Result<SeriesView> {
    let (member, mut tx, row) = open(ctx, Action::Update, id).await?;
    let practice = member.practice_id;
    still_open(&row)?;
    if !is_active(&row) {
        let open = time::schedule(&mut tx, ctx, practice, row.therapist_id).await?;
        let today = time::today(ctx, &open);
        // What was skipped before the pause is looked at anew.
        stored::forget_skipped(&mut tx, practice, id, today).await?;
        stored::set_status(&mut tx, practice, id, SeriesStatus::Active, Some(today), ctx.now).await?;
        audit::record(&mut tx, ctx, practice, "series.resumed", Some(id.0), json!({})).await?;
        generate_in(&mut tx, ctx, practice, &open, &[row]).await?;
    }
    let view = view::one(&mut tx, ctx, practice, id).await?;
    commit(tx).await?;
    Ok(view)
}

/// Ends it for good. Stopping what has ended changes nothing.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn stop(ctx: &Ctx, id: SeriesId) -> Result<()> {
    let (member, mut tx, row) = open(ctx, Action::Delete, id).await?;
    if row.status.is_open() {
        stored::set_status(&mut tx, member.practice_id, id, SeriesStatus::Stopped, None, ctx.now).await?;
        // Nobody is told of what ended before they knew of it.
        store::messages::withdraw_of_series(&mut tx, member.practice_id, id).await?;
        audit::record(&mut tx, ctx, member.practice_id, "series.stopped", Some(id.0), json!({})).await?;
    }
    commit(tx).await
}
