//! "Why is 10:00 missing?": the first rule that removed a time, in the order of BR-AV-005.

use super::busy::Nearness;
use super::clock::wall;
use super::openings::{Minutes, exceptions, openings, weekly};
use super::{DatedException, Engine, Schedule, Taken};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Timelike, Utc};
use contracts::availability::{ExceptionKind, Why};

/// Why a session of this length is or is not offered at a time on the therapist's wall clock.
///
/// [`Why::Offered`] exactly when `slots` shows a slot at that time as available. The order is BR-AV-005's: weekly hours,
/// exceptions, what is taken, buffers; then notice and horizon. A time that the clock shows twice is offered when either
/// of the two is; otherwise the answer is about the one that came furthest.
pub fn why(schedule: &Schedule, taken: &[Taken], duration_min: i32, local: NaiveDateTime, now: DateTime<Utc>) -> Why {
    let date = local.date();
    let engine = Engine::new(schedule, taken, duration_min, (date, date), now);
    let instants = engine.clock.instants(wall(local));
    if instants.is_empty() {
        return Why::SkippedByClockChange;
    }
    let minute = minute_of(local);
    let spans = engine.openings(date);
    let open = instants.into_iter().filter_map(|at| Some((at, *spans.iter().find(|s| (s.0..s.1).contains(&at))?)));
    let answers = open.map(|(at, opening)| engine.explain(date, minute, at, opening));
    // The first of the furthest: max_by_key alone would take the last.
    answers.rev().max_by_key(how_far).unwrap_or_else(|| not_open(schedule, date, minute))
}

fn minute_of(local: NaiveDateTime) -> i32 {
    i32::try_from(local.num_seconds_from_midnight() / 60).unwrap_or_default()
}

/// How many rules a time passed.
fn how_far(why: &Why) -> u8 {
    match why {
        Why::Offered => 2,
        Why::Taken { .. } | Why::InBuffer { .. } | Why::TooSoon { .. } | Why::TooFar { .. } => 1,
        _ => 0,
    }
}

fn contains(spans: &[Minutes], from: i32, until: i32) -> bool {
    spans.iter().any(|s| s.0 <= from && until <= s.1)
}

fn blocked(exception: &DatedException) -> Why {
    Why::Blocked { exception: exception.id, reason: exception.reason.clone() }
}

/// The closed exception that takes something of these minutes.
fn closed_during(schedule: &Schedule, date: NaiveDate, from: i32, until: i32) -> Option<&DatedException> {
    exceptions(schedule, date, ExceptionKind::Closed).find(|e| {
        let (starts, ends) = e.minutes_or_day();
        starts < ends && starts < until && ends > from
    })
}

/// For a minute outside every opening.
fn not_open(schedule: &Schedule, date: NaiveDate, minute: i32) -> Why {
    let weekly = weekly(schedule, date);
    let remaining = openings(schedule, date);
    if weekly.is_empty() && remaining.is_empty() {
        return Why::ClosedThatDay;
    }
    let asked = contains(&weekly, minute, minute + 1);
    let cause = if asked {
        closed_during(schedule, date, minute, minute + 1)
    } else if remaining.is_empty() {
        // It would not have been open then anyway, but nothing is left of the day to point at.
        exceptions(schedule, date, ExceptionKind::Closed).next()
    } else {
        None
    };
    cause.map_or(Why::OutsideOpenings { openings: remaining }, blocked)
}

impl Engine<'_> {
    /// For an instant inside an opening.
    fn explain(&self, date: NaiveDate, minute: i32, at: i64, (opens, closes): (i64, i64)) -> Why {
        if !self.fits(at, closes) {
            let until = minute.saturating_add(i32::try_from(self.duration / 60).unwrap_or(i32::MAX));
            let would_fit = contains(&weekly(self.schedule, date), minute, until);
            let cause = closed_during(self.schedule, date, minute, until).filter(|_| would_fit);
            return cause.map_or(Why::DoesNotFit { opening_ends_min: self.minute_when(date, closes) }, blocked);
        }
        let past = (at - opens) % self.step;
        if past != 0 {
            let start = |at: i64| self.fits(at, closes).then(|| self.clock.local(at));
            return Why::OffGrid { before: start(at - past), after: start(at - past + self.step) };
        }
        if let Some((nearness, taken)) = self.in_the_way(at) {
            let Taken { booking, starts_at, ends_at, .. } = *taken;
            return match nearness {
                Nearness::Buffer => Why::InBuffer { booking, starts_at, ends_at },
                Nearness::Locked | Nearness::Booked => Why::Taken { booking, starts_at, ends_at },
            };
        }
        if self.too_soon(at) {
            Why::TooSoon { earliest: self.earliest }
        } else if date > self.last_day {
            Why::TooFar { last_day: self.last_day }
        } else {
            Why::Offered
        }
    }

    /// Minutes from midnight of a date at which an opening ends, as the clock shows it up to then: 24:00, not 0:00.
    fn minute_when(&self, date: NaiveDate, closes: i64) -> i32 {
        let shown = self.clock.shows(closes - 1) + 1;
        i32::try_from((shown - super::midnight(date)) / 60).unwrap_or_default()
    }
}
