//! A therapist's own first page (001): today, the week, the patients, and what waits. Always five queries, however much
//! there is.

use crate::bookings::practice::{begin, commit};
use crate::sessions::{card, cards};
use crate::{Ctx, Result, ServiceError};
use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use contracts::lists::RescheduleSort;
use contracts::reschedule::RescheduleStatus;
use contracts::sessions::SessionStatus;
use contracts::therapist_day::{CarePatient, DueReport, Minutes, TherapistDay, WeekDay};
use domain::permissions::{Action, Resource};
use domain::slots::{self, Schedule, Span, local};
use domain::workload::day_load;
use store::reschedule_requests::RequestList;
use store::sessions::SessionRow;
use store::therapist_day::CareRow;
use store::{calendars, occupancy, reschedule_requests, sessions, therapist_day};

/// Patients on the page; all of them have a page of their own.
const PATIENTS: i64 = 50;
/// Open requests on the page.
const REQUESTS: i64 = 50;

/// The day of the therapist who asks.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`; `NOT_FOUND` for a member who gives no sessions.
pub async fn mine(ctx: &Ctx) -> Result<TherapistDay> {
    let member = ctx.may(Action::Read, Resource::Sessions)?;
    let therapist = member.therapist_id.ok_or_else(ServiceError::not_found)?;
    let practice = member.practice_id;
    let mut tx = begin(ctx, member).await?;
    let from = (ctx.now - Duration::days(8)).date_naive();
    let schedule = occupancy::schedules(&mut tx, practice, Some(therapist), from).await?.into_iter().next();
    let schedule = schedule.ok_or_else(ServiceError::not_found)?;
    let zone = schedule.zone;
    let today = slots::today(zone, ctx.now);
    let monday = domain::dates::monday(today);
    let week = (slots::day_begins(zone, monday), slots::day_begins(zone, monday + Duration::days(7)));
    let soon = ctx.now + Duration::hours(24);
    let rows = sessions::between(&mut tx, practice, therapist, (week.0, week.1.max(soon))).await?;
    let busy = calendars::busy_between(&mut tx, practice, Some(therapist), week).await?;
    let care = therapist_day::care(&mut tx, practice, therapist, member.member_id, PATIENTS).await?;
    let open = RequestList {
        status: Some(RescheduleStatus::Pending),
        therapist: Some(therapist),
        session: None,
        sort: RescheduleSort::CreatedAtDown,
        after: None,
        limit: REQUESTS,
        now: ctx.now,
    };
    let requests = reschedule_requests::list(&mut tx, practice, &open).await?;
    commit(tx).await?;
    let is_today = |row: &&SessionRow| local(zone, row.starts_at).date() == today;
    let ahead =
        |row: &&SessionRow| row.status == SessionStatus::Scheduled && row.starts_at > ctx.now && row.starts_at <= soon;
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(TherapistDay {
        therapist_id: therapist,
        now: ctx.now,
        today,
        time_zone: zone.name().to_owned(),
        sessions: rows.iter().filter(is_today).map(card).collect::<Result<_>>()?,
        next: cards(&rows.iter().filter(ahead).cloned().collect::<Vec<_>>())?,
        week: monday.iter_days().take(7).map(|date| week_day(&schedule, date, &rows, &busy)).collect(),
        patients: care.patients.into_iter().map(|row| patient(zone, row)).collect(),
        patients_total: count(care.total),
        reports_due: count(care.due),
        requests,
    })
}

/// The same for whoever gives sessions; nothing for others.
///
/// # Errors
/// `UNAUTHORIZED`; when the database cannot answer.
pub async fn of_therapist(ctx: &Ctx) -> Result<Option<TherapistDay>> {
    let member = ctx.member()?;
    if member.therapist_id.is_some() { mine(ctx).await.map(Some) } else { Ok(None) }
}

fn week_day(schedule: &Schedule, date: NaiveDate, rows: &[SessionRow], busy: &[Span]) -> WeekDay {
    let openings = slots::openings(schedule, date);
    let kept = rows.iter().filter(|row| row.status.keeps_slot());
    let sessions: Vec<Minutes> =
        kept.filter_map(|row| on_day(schedule.zone, date, (row.starts_at, row.ends_at), true)).collect();
    let outside: Vec<Minutes> = busy.iter().filter_map(|span| on_day(schedule.zone, date, *span, false)).collect();
    WeekDay { date, open: !openings.is_empty(), load: day_load(&openings, &sessions, &outside) }
}

/// The part of a span that a day's wall clock shows, in minutes from midnight. A session counts on the day it begins.
fn on_day(zone: Tz, date: NaiveDate, (from, until): (DateTime<Utc>, DateTime<Utc>), begins: bool) -> Option<Minutes> {
    let minute = |at: NaiveDateTime| i32::try_from((at - date.and_time(NaiveTime::MIN)).num_minutes()).unwrap_or(-1);
    let (starts, ends) = (minute(local(zone, from)), minute(local(zone, until)));
    let here = if begins { (0..24 * 60).contains(&starts) } else { starts < 24 * 60 && ends > 0 };
    let shown = (starts.clamp(0, 24 * 60), ends.clamp(0, 24 * 60));
    (here && shown.0 < shown.1).then_some(shown)
}

fn patient(zone: Tz, row: CareRow) -> CarePatient {
    CarePatient {
        id: row.id,
        name: row.name,
        last_session: row.last_session_at.map(|at| local(zone, at)),
        next_session: row.next_session_at.map(|at| local(zone, at)),
        report: row.due.map(|(session_id, starts_at)| DueReport {
            session_id,
            starts_at,
            local: local(zone, starts_at),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_lie_on_the_days_that_show_them() {
        let at = |text: &str| text.parse().unwrap();
        let day = |text: &str| text.parse().unwrap();
        let zone = "Africa/Nairobi".parse().unwrap();
        let late = (at("2026-03-03T20:30:00Z"), at("2026-03-03T21:30:00Z"));
        assert_eq!(on_day(zone, day("2026-03-03"), late, true), Some((23 * 60 + 30, 24 * 60)));
        assert_eq!(on_day(zone, day("2026-03-04"), late, true), None, "it began the day before");
        assert_eq!(on_day(zone, day("2026-03-04"), late, false), Some((0, 30)));
        assert_eq!(on_day(zone, day("2026-03-05"), late, false), None);
    }
}
