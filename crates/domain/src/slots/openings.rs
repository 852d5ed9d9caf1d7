//! When the practice is open: weekly blocks, dated exceptions, and what remains of both on one day.

use super::clock::{Clock, midnight};
use super::{DatedException, Schedule};
use chrono::{Datelike, NaiveDate};
use contracts::availability::{DayState, ExceptionKind};

const DAY_MIN: i32 = 24 * 60;

/// A span of minutes of one day, half-open.
pub(crate) type Minutes = (i32, i32);

impl DatedException {
    pub(super) fn covers(&self, date: NaiveDate) -> bool {
        (self.starts_on..=self.ends_on).contains(&date)
    }

    pub(crate) fn minutes_or_day(&self) -> Minutes {
        self.minutes.unwrap_or((0, DAY_MIN))
    }
}

/// The exceptions of this kind on this day.
pub(crate) fn exceptions(
    schedule: &Schedule,
    date: NaiveDate,
    kind: ExceptionKind,
) -> impl Iterator<Item = &DatedException> {
    schedule.exceptions.iter().filter(move |e| e.kind == kind && e.covers(date))
}

/// In order, without overlaps; what touches becomes one.
fn merged(mut spans: Vec<Minutes>) -> Vec<Minutes> {
    spans.retain_mut(|span| {
        *span = (span.0.max(0), span.1.min(DAY_MIN));
        span.0 < span.1
    });
    spans.sort_unstable();
    let mut out: Vec<Minutes> = vec![];
    for span in spans {
        match out.last_mut() {
            Some(last) if span.0 <= last.1 => last.1 = last.1.max(span.1),
            _ => out.push(span),
        }
    }
    out
}

fn without(spans: Vec<Minutes>, cut: Minutes) -> Vec<Minutes> {
    let left = |s: Minutes| (s.0, s.1.min(cut.0));
    let right = |s: Minutes| (s.0.max(cut.1), s.1);
    spans.into_iter().flat_map(|s| [left(s), right(s)]).filter(|s| s.0 < s.1).collect()
}

/// The weekly blocks of this date, exceptions left aside.
pub(super) fn weekly(schedule: &Schedule, date: NaiveDate) -> Vec<Minutes> {
    let weekday = i64::from(date.weekday().number_from_monday());
    let rules = schedule.rules.iter().filter(|r| i64::from(r.weekday) == weekday);
    merged(rules.map(|r| (r.starts_min, r.ends_min)).collect())
}

/// The openings of a date on the wall clock, in minutes from midnight: in order, never touching (BR-AV-003).
///
/// A date is stronger than a weekday: closed exceptions cut the weekly blocks. An extra opening is stronger than both,
/// because someone asked for exactly that time: "closed this week, but open on Wednesday from 10 to 12".
pub fn openings(schedule: &Schedule, date: NaiveDate) -> Vec<(i32, i32)> {
    let mut open = weekly(schedule, date);
    for closed in exceptions(schedule, date, ExceptionKind::Closed) {
        let (from, until) = closed.minutes_or_day();
        if from < until {
            open = without(open, (from, until));
        }
    }
    open.extend(exceptions(schedule, date, ExceptionKind::Open).map(DatedException::minutes_or_day));
    merged(open)
}

/// What the overview says about a date. A day without weekly hours inside a closed range is blocked too, so that a
/// holiday is one piece.
pub fn day_state(schedule: &Schedule, date: NaiveDate) -> DayState {
    if !openings(schedule, date).is_empty() {
        return DayState::Open;
    }
    let whole_day = |e: &DatedException| e.minutes_or_day().0 <= 0 && e.minutes_or_day().1 >= DAY_MIN;
    if !weekly(schedule, date).is_empty() || exceptions(schedule, date, ExceptionKind::Closed).any(whole_day) {
        DayState::Blocked
    } else {
        DayState::Closed
    }
}

/// The openings of a date as real time, in seconds and in order.
///
/// An opening belongs to its date: one that ends at 24:00 does not join one that begins at 0:00, so a day's slots never
/// depend on the day before. Where clocks change it is the time during which the clock shows an opening's times (see
/// [`Clock::spans`]).
pub(crate) fn real_openings(schedule: &Schedule, clock: &Clock, date: NaiveDate) -> Vec<(i64, i64)> {
    let day = midnight(date);
    let at = |minute: i32| day + 60 * i64::from(minute);
    let mut spans: Vec<(i64, i64)> =
        openings(schedule, date).into_iter().flat_map(|(from, until)| clock.spans(at(from), at(until))).collect();
    spans.sort_unstable();
    spans
}

/// EC-AV-003: is some opening too short for even one session with its buffers? Weekly blocks and extra openings count.
pub fn buffer_warning(schedule: &Schedule, duration_min: i32) -> bool {
    let block = i64::from(duration_min) + schedule.before_min() + schedule.after_min();
    let weekly = (1..=7).flat_map(|weekday| {
        let rules = schedule.rules.iter().filter(move |r| r.weekday == weekday);
        merged(rules.map(|r| (r.starts_min, r.ends_min)).collect())
    });
    let extra = schedule.exceptions.iter().filter(|e| e.kind == ExceptionKind::Open).filter_map(|e| e.minutes);
    weekly.chain(extra).any(|(from, until)| from < until && i64::from(until) - i64::from(from) < block)
}
