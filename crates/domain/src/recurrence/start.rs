//! When an occurrence begins: its time of day on the therapist's wall clock as an instant.

use crate::slots::clock::{Clock, DAY, instant, midnight};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use contracts::series::ClockChange;

/// When an occurrence begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    pub at: DateTime<Utc>,
    /// What the wall clock shows then; another time than the rule's when the clock skips that.
    pub local: NaiveDateTime,
    /// The clock skips the time: the session begins when it goes on.
    pub skipped: bool,
    /// The clock shows the time twice: this is the first.
    pub repeated: bool,
    /// Local time minus UTC, in minutes.
    pub offset_min: i32,
}

/// The start on this date at these minutes from midnight.
pub fn start(zone: Tz, date: NaiveDate, starts_min: i32) -> Start {
    start_by(&Clock::new(zone, date, date), date, starts_min)
}

pub(super) fn start_by(clock: &Clock, date: NaiveDate, starts_min: i32) -> Start {
    let wall = midnight(date) + 60 * i64::from(starts_min);
    let instants = clock.instants(wall);
    // Where the clock skips the time, it goes on at the beginning of the first span that shows a later one.
    let goes_on = || clock.spans(wall, wall + 3 * DAY).first().map_or(wall, |span| span.0);
    let at = instants.first().copied().unwrap_or_else(goes_on);
    Start {
        at: instant(at),
        local: clock.local(at),
        skipped: instants.is_empty(),
        repeated: instants.len() > 1,
        offset_min: i32::try_from((clock.shows(at) - at) / 60).unwrap_or_default(),
    }
}

/// What a person should know about the clocks at a start, given the one before.
pub fn clock_change(start: &Start, before: Option<&Start>) -> Option<ClockChange> {
    let shifted = before.map_or(0, |before| start.offset_min - before.offset_min);
    match start {
        Start { skipped: true, .. } => Some(ClockChange::Skipped),
        Start { repeated: true, .. } => Some(ClockChange::Repeated),
        _ => (shifted != 0).then_some(ClockChange::Shifted { minutes: shifted }),
    }
}
