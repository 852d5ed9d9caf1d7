//! Dates that were skipped, and what a member decides about them.

use super::generate::{occurrence, references};
use super::time::{self, AROUND_DAYS};
use super::{begin, commit, is_active, open, own, view};
use crate::{Ctx, Result, ServiceError, audit};
use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use contracts::booking::{Slot, SlotStatus};
use contracts::series::{Occurrence, OccurrenceState, Resolve, SkippedOccurrence};
use contracts::{ErrorCode, FieldProblem, PracticeId, SeriesId, TherapistId};
use domain::permissions::{Action, Resource};
use domain::recurrence::{Diary, alternatives, start};
use domain::slots::{self, Taken};
use serde_json::json;
use std::collections::HashMap;
use store::occupancy::{self, TherapistSchedule};
use store::series::{self as stored, SeriesRow, SkippedRow};
use store::{StoreError, Tx};

/// Dates that are listed; they lie within the next seven days, so there are never many.
const AT_MOST: i64 = 100;
/// How far from today a skipped session may be placed.
const FARTHEST_DAYS: i64 = 62;

/// Dates to come that could not become a session, in order, each with the nearest times that could. Five queries, however
/// many they are.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`.
pub async fn skipped(ctx: &Ctx) -> Result<Vec<SkippedOccurrence>> {
    let member = ctx.may(Action::Read, Resource::Series)?;
    let practice = member.practice_id;
    let mut tx = begin(ctx, member).await?;
    let from = ctx.now.date_naive() - Days::new(1);
    let rows = stored::skipped(&mut tx, practice, own(member), from, AT_MOST).await?;
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        commit(tx).await?;
        return Ok(vec![]);
    };
    let days = (first.date - Days::new(AROUND_DAYS), last.date + Days::new(AROUND_DAYS));
    let ids: Vec<SeriesId> = rows.iter().map(|row| row.series).collect();
    let series = stored::of_ids(&mut tx, practice, &ids).await?;
    let times = times(&mut tx, ctx, practice, &series, days).await?;
    tx.commit().await.map_err(StoreError::from)?;
    let series: HashMap<SeriesId, SeriesRow> = series.into_iter().map(|row| (row.id, row)).collect();
    let shown = rows.iter().filter_map(|row| {
        let of = series.get(&row.series)?;
        let (open, taken) = times.get(&of.therapist_id)?;
        shown(ctx, of, row, open, taken)
    });
    Ok(shown.collect())
}

/// Opening hours and what is taken, of the therapists of these series.
async fn times(
    tx: &mut Tx,
    ctx: &Ctx,
    practice: PracticeId,
    series: &[SeriesRow],
    (from, until): (NaiveDate, NaiveDate),
) -> Result<HashMap<TherapistId, (TherapistSchedule, Vec<Taken>)>> {
    let mut therapists: Vec<TherapistId> = series.iter().map(|row| row.therapist_id).collect();
    therapists.sort_unstable();
    therapists.dedup();
    let schedules = occupancy::schedules_of(tx, practice, Some(&therapists), from).await?;
    let mut times: HashMap<TherapistId, (TherapistSchedule, Vec<Taken>)> =
        schedules.into_iter().map(|open| (open.therapist, (open, vec![]))).collect();
    // A day more on both sides holds these days in every zone.
    let span = (slots::day_begins(Tz::UTC, from - Days::new(1)), slots::day_begins(Tz::UTC, until + Days::new(2)));
    for (therapist, taken) in occupancy::taken_of(tx, practice, &therapists, span, ctx.now).await? {
        if let Some((_, all)) = times.get_mut(&therapist) {
            all.push(taken.taken);
        }
    }
    Ok(times)
}

/// A skipped date with its alternatives; none once its time has passed.
fn shown(
    ctx: &Ctx,
    of: &SeriesRow,
    row: &SkippedRow,
    open: &TherapistSchedule,
    taken: &[Taken],
) -> Option<SkippedOccurrence> {
    let start = start(open.schedule.zone, row.date, of.rule.starts_min);
    if start.at <= ctx.now {
        return None;
    }
    Some(SkippedOccurrence {
        series_id: of.id,
        date: row.date,
        local: start.local,
        patient_id: of.patient_id,
        patient_name: of.patient_name.clone(),
        therapist_id: of.therapist_id,
        therapist_name: of.therapist_name.clone(),
        service_name: of.service_name.clone(),
        time_zone: of.time_zone.clone(),
        conflicts: row.conflicts.clone(),
        alternatives: choices(ctx, of, open, taken, start.at),
    })
}

/// Its own time first where nothing is in the way any more, then the nearest others.
fn choices(
    ctx: &Ctx,
    of: &SeriesRow,
    open: &TherapistSchedule,
    taken: &[Taken],
    own_start: DateTime<Utc>,
) -> Vec<Slot> {
    let zone = open.schedule.zone;
    let day = slots::local(zone, own_start).date();
    let duration = of.rule.duration_min;
    let diary = Diary::new(&open.schedule, taken.to_vec(), day, day);
    let mut found = alternatives(&open.schedule, taken, duration, own_start, ctx.now);
    found.retain(|slot| slot.starts_at != own_start);
    if diary.conflicts(own_start, duration).is_empty() {
        let ends_at = diary.span(own_start, duration).ends_at;
        let own = Slot { starts_at: own_start, ends_at, local: diary.local(own_start), status: SlotStatus::Available };
        found.insert(0, own);
    }
    found
}

/// Decides about a skipped date: a session at another time, or none.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` when the date does not wait for a decision (any more); `SLOT_TAKEN` with other times when
/// something is in the way of the one that was chosen; a field error on `starts_at` for one that has passed or is far away.
pub async fn resolve(ctx: &Ctx, id: SeriesId, date: NaiveDate, how: Resolve) -> Result<Occurrence> {
    let (member, mut tx, row) = open(ctx, Action::Update, id).await?;
    let practice = member.practice_id;
    if (date - ctx.now.date_naive()).num_days().abs() > FARTHEST_DAYS {
        return Err(ServiceError::not_found());
    }
    let waiting = stored::dates(&mut tx, practice, &[id], date).await?.into_iter().find(|d| d.date == date);
    if !is_active(&row) || waiting.is_none_or(|d| d.state != OccurrenceState::Skipped) {
        return Err(ServiceError::code(ErrorCode::Conflict));
    }
    let done = match how {
        Resolve::Dismiss => {
            stored::dismiss(&mut tx, practice, id, date, ctx.now).await?;
            "series.dismissed"
        }
        Resolve::Book { starts_at } => {
            book(&mut tx, ctx, practice, &row, date, starts_at).await?;
            "series.rebooked"
        }
    };
    audit::record(&mut tx, ctx, practice, done, Some(id.0), json!({ "date": date })).await?;
    let zone: Tz = row.time_zone.parse().map_err(|_| ServiceError::internal("unreadable time zone"))?;
    let decided = stored::dates(&mut tx, practice, &[id], date).await?.into_iter().find(|d| d.date == date);
    let decided = decided.ok_or_else(ServiceError::not_found)?;
    commit(tx).await?;
    Ok(view::occurrence(&row, zone, decided))
}

/// Makes the session of a skipped date at another time.
async fn book(
    tx: &mut Tx,
    ctx: &Ctx,
    practice: PracticeId,
    row: &SeriesRow,
    date: NaiveDate,
    wanted: Option<DateTime<Utc>>,
) -> Result<()> {
    let open = time::schedule(tx, ctx, practice, row.therapist_id).await?;
    let zone = open.schedule.zone;
    let own_start = start(zone, date, row.rule.starts_min).at;
    if let Some(at) = wanted {
        let problem = match () {
            () if at <= ctx.now => Some(FieldProblem::InPast),
            () if (at - ctx.now).num_days() > FARTHEST_DAYS => Some(FieldProblem::TooFar),
            () => None,
        };
        problem.map_or(Ok(()), |problem| Err(ServiceError::field("starts_at", problem)))?;
    }
    let around = wanted.map_or(date, |at| slots::local(zone, at).date());
    let days = (date.min(around) - Days::new(AROUND_DAYS), date.max(around) + Days::new(AROUND_DAYS));
    let taken = time::taken(tx, ctx, practice, &open, days).await?;
    let choices = choices(ctx, row, &open, &taken, own_start);
    let refused = || {
        let mut error = ServiceError::code(ErrorCode::SlotTaken);
        error.public.alternatives.clone_from(&choices);
        error
    };
    let nearest = || choices.iter().min_by_key(|slot| (slot.starts_at - own_start).abs()).map(|slot| slot.starts_at);
    let at = wanted.or_else(nearest).ok_or_else(refused)?;
    let diary = Diary::new(&open.schedule, taken.clone(), around, around);
    if !diary.conflicts(at, row.rule.duration_min).is_empty() {
        return Err(refused());
    }
    let reference = references(tx, ctx, practice, 1).await?.pop().unwrap_or_default();
    let video = store::calendars::video(tx, practice, row.therapist_id).await?;
    let video = video.ok_or_else(ServiceError::not_found)?;
    let new = occurrence(ctx, (&open, &video), row, (date, at), reference);
    let won = stored::place(tx, practice, row.therapist_id, &open.policy, &[new], ctx.now).await?;
    if won.is_empty() { Err(refused()) } else { Ok(()) }
}
