//! The diary: what takes the time of one or all therapists on some days, and when they are open.

use super::practice::{begin, commit, narrowed, settings};
use crate::{Ctx, Member, Result, ServiceError};
use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use contracts::booking::WeekView;
use contracts::sessions::CalendarView;
use contracts::{FieldProblem, TherapistId};
use domain::permissions::{Action, Resource};
use domain::slots;
use store::{Tx, bookings, calendars, occupancy};

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
    let entries = bookings::between(tx, member.practice_id, therapist, from, until).await?;
    let openings = first.iter_days().take_while(|date| *date <= last).flat_map(|date| {
        let all = schedules.iter().flat_map(move |schedule| slots::openings(schedule, date)).collect();
        merged(all).into_iter().map(move |(starts, ends)| (date, starts, ends))
    });
    let openings = openings.collect();
    let taken_outside = match (therapist, schedules.as_slice()) {
        (None, [_, _, ..]) => vec![],
        _ => {
            let spans = calendars::busy_between(tx, member.practice_id, therapist, (from, until)).await?;
            on_days(zone, &spans, (first, last))
        }
    };
    let today = slots::today(zone, ctx.now);
    Ok(CalendarView { first, last, today, time_zone, entries, openings, taken_outside })
}

/// Spans as minutes of the days on which the clock shows them; those that touch are one.
fn on_days(
    zone: Tz,
    spans: &[(DateTime<Utc>, DateTime<Utc>)],
    (first, last): (NaiveDate, NaiveDate),
) -> Vec<(NaiveDate, i32, i32)> {
    let days = first.iter_days().take_while(|day| *day <= last);
    let of_day = |day: NaiveDate| {
        let minute = |at: NaiveDateTime| i32::try_from((at - day.and_time(NaiveTime::MIN)).num_minutes()).unwrap_or(0);
        let shown = |at: DateTime<Utc>| minute(slots::local(zone, at)).clamp(0, 24 * 60);
        let here = spans.iter().map(|(from, until)| (shown(*from), shown(*until))).filter(|(from, until)| from < until);
        merged(here.collect()).into_iter().map(move |(from, until)| (day, from, until))
    };
    days.flat_map(of_day).collect()
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
    use super::{merged, on_days};

    #[test]
    fn what_is_taken_outside_lies_on_the_days_that_show_it() {
        let at = |text: &str| text.parse().unwrap();
        let day = |text: &str| text.parse().unwrap();
        let spans = [
            (at("2026-03-03T20:00:00Z"), at("2026-03-04T06:00:00Z")),
            (at("2026-03-04T06:00:00Z"), at("2026-03-04T06:30:00Z")),
            (at("2026-03-06T06:00:00Z"), at("2026-03-06T07:00:00Z")),
        ];
        let shown = on_days("Africa/Nairobi".parse().unwrap(), &spans, (day("2026-03-03"), day("2026-03-05")));
        assert_eq!(shown, [(day("2026-03-03"), 23 * 60, 24 * 60), (day("2026-03-04"), 0, 9 * 60 + 30)]);
    }

    #[test]
    fn openings_of_several_therapists_are_one_shade() {
        assert_eq!(merged(vec![(600, 700), (540, 600), (650, 720), (800, 810)]), [(540, 720), (800, 810)]);
        assert_eq!(merged(vec![]), []);
    }
}
