//! What a wall clock shows, and when. Built once for a range of days, so that nothing below asks the zone tables again.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;

pub(crate) const DAY: i64 = 86_400;

/// Zones do not change their clocks twice within this many seconds, so a change cannot hide between two looks.
const LOOK: i64 = 12 * 3_600;

/// A stretch of time during which the clock does not change; everything in seconds.
#[derive(Debug)]
struct Stretch {
    from: i64,
    until: i64,
    /// Local time minus UTC.
    offset: i64,
}

/// The clock of one zone around some days.
#[derive(Debug)]
pub(crate) struct Clock {
    /// In order of time, without holes; never empty.
    stretches: Vec<Stretch>,
}

/// Seconds of an instant, rounded down.
pub(crate) fn floor(at: DateTime<Utc>) -> i64 {
    at.timestamp()
}

/// Seconds of an instant, rounded up.
pub(crate) fn ceil(at: DateTime<Utc>) -> i64 {
    at.timestamp() + i64::from(at.timestamp_subsec_nanos() > 0)
}

/// A wall-clock time as a number of seconds.
pub(crate) fn wall(local: NaiveDateTime) -> i64 {
    local.and_utc().timestamp()
}

/// Midnight on the wall.
pub(crate) fn midnight(date: NaiveDate) -> i64 {
    wall(date.and_time(NaiveTime::MIN))
}

/// The instant; the edge of the calendar for seconds outside it.
pub(crate) fn instant(seconds: i64) -> DateTime<Utc> {
    let edge = if seconds < 0 { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
    DateTime::from_timestamp(seconds, 0).unwrap_or(edge)
}

fn offset_at(zone: Tz, seconds: i64) -> i64 {
    i64::from(zone.offset_from_utc_datetime(&instant(seconds).naive_utc()).fix().local_minus_utc())
}

impl Clock {
    /// Right for everything that happens on these days, wherever the zone is, and for two days around them.
    pub fn new(zone: Tz, from: NaiveDate, until: NaiveDate) -> Self {
        let mut at = midnight(from) - 3 * DAY;
        let end = midnight(until.max(from)) + 4 * DAY;
        let mut stretches = vec![];
        let mut begun = at;
        let mut offset = offset_at(zone, at);
        while at < end {
            let probe = (at + LOOK).min(end);
            if offset_at(zone, probe) == offset {
                at = probe;
                continue;
            }
            // The change is after `at` and not after `change`.
            let mut change = probe;
            while change - at > 1 {
                let middle = at + (change - at) / 2;
                if offset_at(zone, middle) == offset { at = middle } else { change = middle }
            }
            stretches.push(Stretch { from: begun, until: change, offset });
            (at, begun, offset) = (change, change, offset_at(zone, change));
        }
        stretches.push(Stretch { from: begun, until: end, offset });
        Self { stretches }
    }

    /// The wall clock at an instant, in seconds.
    pub fn shows(&self, at: i64) -> i64 {
        let after = self.stretches.partition_point(|s| s.from <= at);
        at + self.stretches[after.saturating_sub(1)].offset
    }

    pub fn local(&self, at: i64) -> NaiveDateTime {
        instant(self.shows(at)).naive_utc()
    }

    /// The real time during which the wall clock shows a time in `[from, until)`.
    ///
    /// Usually one span of the same length. Times that the clock skips take no time, so the span closes over them; times
    /// that it shows twice are there twice, in one span or, when the clock leaves `[from, until)` in between, in two.
    pub fn spans(&self, from: i64, until: i64) -> Vec<(i64, i64)> {
        let mut spans: Vec<(i64, i64)> = vec![];
        for stretch in &self.stretches {
            let start = (from - stretch.offset).max(stretch.from);
            let end = (until - stretch.offset).min(stretch.until);
            if start >= end {
                continue;
            }
            match spans.last_mut() {
                Some(last) if last.1 == start => last.1 = end,
                _ => spans.push((start, end)),
            }
        }
        spans
    }

    /// When the wall clock shows exactly this: never, once or twice.
    pub fn instants(&self, wall: i64) -> Vec<i64> {
        self.stretches
            .iter()
            .map(|s| (wall - s.offset, s))
            .filter(|(t, s)| (s.from..s.until).contains(t))
            .map(|(t, _)| t)
            .collect()
    }
}
