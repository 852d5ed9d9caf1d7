//! The diary: what takes the time of one or all therapists on some days, and when they are open.

use super::practice::{begin, commit, narrowed, settings};
use super::view::cards;
use crate::{Ctx, Member, Result, ServiceError};
use chrono::{Duration, NaiveDate};
use contracts::booking::WeekView;
use contracts::sessions::CalendarView;
use contracts::{FieldProblem, TherapistId};
use domain::permissions::{Action, Resource};
use domain::slots;
use store::{Tx, bookings, occupancy};

/// The week that contains this day; all therapists the member may see, or one of them.
///
/// # Errors
/// `NOT_FOUND` for another's therapist; a field error for a day out of all calendars.
pub async fn week(ctx: &Ctx, day: Option<NaiveDate>, therapist: Option<TherapistId>) -> Result<WeekView> {
    let member = ctx.may(Action::Read, Resource::Bookings)?;
    let therapist = narrowed(member, therapist)?;
    let far = (ctx.now - Duration::days(36_500)).date_naive()..(ctx.now + Duration::days(36_500)).date_naive();
    if day.is_some_and(|day| !far.contains(&day)) {
        return Err(ServiceError::field("day", FieldProblem::InvalidDate));
    }
    let mut tx = begin(ctx, member).await?;
    let monday = match day {
        Some(day) => domain::dates::monday(day),
        None => domain::dates::monday(today_of(&mut tx, ctx, member, therapist).await?),
    };
    let view = days(&mut tx, ctx, member, (monday, monday + Duration::days(6)), therapist).await?;
    commit(tx).await?;
    let CalendarView { today, time_zone, entries, openings, .. } = view;
    Ok(WeekView { monday, today, time_zone, bookings: entries, openings })
}

/// Today on the clock the diary is told on.
pub(crate) async fn today_of(
    tx: &mut Tx,
    ctx: &Ctx,
    member: &Member,
    therapist: Option<TherapistId>,
) -> Result<NaiveDate> {
    let (_, practice_zone) = settings(tx, member.practice_id).await?;
    let schedules = occupancy::schedules(tx, member.practice_id, therapist, ctx.now.date_naive()).await?;
    let zone = schedules.first().filter(|_| schedules.len() == 1).map_or(practice_zone, |one| one.zone);
    Ok(slots::today(zone, ctx.now))
}

/// These days, the last one included.
pub(crate) async fn days(
    tx: &mut Tx,
    ctx: &Ctx,
    member: &Member,
    (first, last): (NaiveDate, NaiveDate),
    therapist: Option<TherapistId>,
) -> Result<CalendarView> {
    let (settings, practice_zone) = settings(tx, member.practice_id).await?;
    let schedules = occupancy::schedules(tx, member.practice_id, therapist, first - Duration::days(7)).await?;
    // One therapist's days are told on their own clock, several ones' on the practice's.
    let (zone, time_zone) = match schedules.as_slice() {
        [one] => (one.zone, one.zone.name().to_owned()),
        _ => (practice_zone, settings.time_zone),
    };
    let from = slots::day_begins(zone, first);
    let until = slots::day_begins(zone, last + Duration::days(1));
    let rows = bookings::between(tx, member.practice_id, therapist, from, until).await?;
    let openings = first.iter_days().take_while(|date| *date <= last).flat_map(|date| {
        let all = schedules.iter().flat_map(move |schedule| slots::openings(schedule, date)).collect();
        merged(all).into_iter().map(move |(starts, ends)| (date, starts, ends))
    });
    let openings = openings.collect();
    Ok(CalendarView { first, last, today: slots::today(zone, ctx.now), time_zone, entries: cards(&rows)?, openings })
}

/// Spans in order, those that touch as one.
fn merged(mut spans: Vec<(i32, i32)>) -> Vec<(i32, i32)> {
    spans.sort_unstable();
    let mut out: Vec<(i32, i32)> = vec![];
    for (starts, ends) in spans {
        match out.last_mut() {
            Some(last) if starts <= last.1 => last.1 = last.1.max(ends),
            _ => out.push((starts, ends)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::merged;

    #[test]
    fn openings_of_several_therapists_are_one_shade() {
        assert_eq!(merged(vec![(600, 700), (540, 600), (650, 720), (800, 810)]), [(540, 720), (800, 810)]);
        assert_eq!(merged(vec![]), []);
    }
}
