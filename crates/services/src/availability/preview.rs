//! What the therapist is shown: the page, "as a patient sees it", "why is 10:00 missing?".

use super::{begin, schedule_of, zone_of};
use crate::{Ctx, Result, ServiceError};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime};
use contracts::availability::{AvailabilityPage, OverviewDay, Why};
use contracts::booking::Availability;
use contracts::{FieldProblem, PracticeId, ServiceId, TherapistId};
use domain::slots::{Schedule, Taken, day_begins, day_state, last_day, local, slots, span, today};
use std::collections::HashMap;
use std::ops::RangeInclusive;
use store::{Tx, occupancy, schedule as stored};

/// 004 §4.1: the calendar shows the next 90 days.
const OVERVIEW_DAYS: u64 = 90;
/// 004 §4.1: "shows next 7 days of available slots".
const AS_PATIENT_DAYS: u64 = 7;
/// Years one can ask about; beyond them calendars and databases have their ends.
const YEARS: RangeInclusive<i32> = 1970..=2200;

/// Everything the availability page shows.
pub async fn page(ctx: &Ctx, therapist: TherapistId) -> Result<AvailabilityPage> {
    let (member, mut tx, profile) = begin(ctx, therapist).await?;
    let practice = member.practice_id;
    let (schedule, today) = schedule_of(ctx, &mut tx, member, &profile).await?;
    let until = day_begins(schedule.zone, today + Days::new(OVERVIEW_DAYS));
    let times = (day_begins(schedule.zone, today), until);
    let taken = occupancy::taken(&mut tx, practice, therapist, times, ctx.now).await?;
    Ok(AvailabilityPage {
        therapist_id: therapist,
        rules: stored::rules(&mut tx, practice, therapist).await?,
        exceptions: stored::exceptions(&mut tx, practice, therapist, today).await?,
        services: stored::services_of(&mut tx, practice, therapist).await?,
        overview: overview(&schedule, today, taken.iter().map(|t| &t.taken)),
        today,
        therapist_name: profile.name,
        slug: profile.slug,
        time_zone: profile.time_zone,
        buffer_before_min: profile.buffer_before_min,
        buffer_after_min: profile.buffer_after_min,
        slot_step_min: profile.slot_step_min,
    })
}

fn overview<'a>(schedule: &Schedule, today: NaiveDate, taken: impl Iterator<Item = &'a Taken>) -> Vec<OverviewDay> {
    let mut bookings: HashMap<NaiveDate, u32> = HashMap::new();
    for booked in taken {
        *bookings.entry(local(schedule.zone, booked.starts_at).date()).or_default() += 1;
    }
    let last = today + Days::new(OVERVIEW_DAYS - 1);
    let day = |date| OverviewDay {
        date,
        state: day_state(schedule, date),
        bookings: bookings.get(&date).copied().unwrap_or_default(),
    };
    today.iter_days().take_while(|date| *date <= last).map(day).collect()
}

/// The next seven days exactly as the public page would show them, even while unpublished.
pub async fn as_patient(ctx: &Ctx, therapist: TherapistId, service: ServiceId) -> Result<Availability> {
    let (member, mut tx, profile) = begin(ctx, therapist).await?;
    let from = today(zone_of(&profile)?, ctx.now);
    let until = from + Days::new(AS_PATIENT_DAYS - 1);
    let loaded = load(ctx, &mut tx, member.practice_id, therapist, service, (from, until)).await?;
    Ok(Availability {
        service_id: service,
        time_zone: profile.time_zone,
        from,
        until,
        today: from,
        horizon: last_day(&loaded.schedule, ctx.now),
        days: slots(&loaded.schedule, &loaded.taken, loaded.duration_min, from, until, ctx.now),
    })
}

/// "Why is 10:00 missing?" at a wall-clock time of the therapist.
///
/// # Errors
/// `VALIDATION_ERROR` for `local` in a year the calendar of a practice cannot mean.
pub async fn why(ctx: &Ctx, therapist: TherapistId, service: ServiceId, local: NaiveDateTime) -> Result<Why> {
    let (member, mut tx, _) = begin(ctx, therapist).await?;
    if !YEARS.contains(&local.year()) {
        return Err(ServiceError::field("local", FieldProblem::InvalidDate));
    }
    let day = (local.date(), local.date());
    let loaded = load(ctx, &mut tx, member.practice_id, therapist, service, day).await?;
    Ok(domain::slots::why(&loaded.schedule, &loaded.taken, loaded.duration_min, local, ctx.now))
}

/// What the engine needs for some days.
struct Loaded {
    schedule: Schedule,
    duration_min: i32,
    taken: Vec<Taken>,
}

async fn load(
    ctx: &Ctx,
    tx: &mut Tx,
    practice: PracticeId,
    therapist: TherapistId,
    service: ServiceId,
    (from, until): (NaiveDate, NaiveDate),
) -> Result<Loaded> {
    let terms = occupancy::terms(tx, practice, therapist, service, from).await?.ok_or_else(ServiceError::not_found)?;
    let times = span(&terms.schedule, from, until);
    let taken = occupancy::taken(tx, practice, therapist, times, ctx.now).await?;
    let taken = taken.into_iter().map(|t| t.taken).collect();
    Ok(Loaded { schedule: terms.schedule, duration_min: terms.duration_min, taken })
}
