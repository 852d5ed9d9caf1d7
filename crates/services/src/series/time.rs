//! A therapist's time around some days, as the generator and the preview judge it.

use crate::{Ctx, Result, ServiceError};
use chrono::{Days, NaiveDate};
use contracts::{PracticeId, TherapistId};
use domain::slots::{self, Taken};
use store::occupancy::{self, TherapistSchedule};
use store::{Tx, series as stored};

/// Days around a date in which another time is looked for, with one for midnight.
pub(super) const AROUND_DAYS: u64 = 7;

/// Opening hours and rules, with the exceptions of today and later.
pub(super) async fn schedule(
    tx: &mut Tx,
    ctx: &Ctx,
    practice: PracticeId,
    therapist: TherapistId,
) -> Result<TherapistSchedule> {
    let from = ctx.now.date_naive() - Days::new(2);
    let found = occupancy::schedules_of(tx, practice, Some(&[therapist]), from).await?;
    found.into_iter().next().ok_or_else(ServiceError::not_found)
}

pub(super) fn today(ctx: &Ctx, of: &TherapistSchedule) -> NaiveDate {
    slots::today(of.schedule.zone, ctx.now)
}

/// What takes the therapist's time on these days.
pub(super) async fn taken(
    tx: &mut Tx,
    ctx: &Ctx,
    practice: PracticeId,
    of: &TherapistSchedule,
    (from, until): (NaiveDate, NaiveDate),
) -> Result<Vec<Taken>> {
    let span = slots::span(&of.schedule, from, until);
    let taken = occupancy::taken(tx, practice, of.therapist, span, ctx.now).await?;
    Ok(taken.into_iter().map(|t| t.taken).collect())
}

/// The therapist's other series that are running.
pub(super) async fn others(
    tx: &mut Tx,
    practice: PracticeId,
    therapist: TherapistId,
    without: Option<contracts::SeriesId>,
) -> Result<Vec<stored::SeriesRow>> {
    Ok(stored::active_of_therapist(tx, practice, therapist, without).await?)
}
