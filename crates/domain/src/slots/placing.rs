//! Where the practice itself may put a session. It is not bound to the grid, the notice and the horizon that patients are
//! held to, but nothing ever overlaps.

use super::clock::{Clock, ceil, floor, instant, wall};
use super::{Engine, Schedule, Taken, local};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;

/// Why a session cannot be put there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// The therapist is not open then; who places it may do so knowingly.
    Closed,
    /// Something is there, or so near that the buffers touch.
    Taken,
}

/// From when until when something takes a therapist's time, buffers included.
pub type Span = (DateTime<Utc>, DateTime<Utc>);

/// When the wall clock of a zone shows this time: the first of two where it does so twice, `None` where it skips it.
pub fn instant_of(zone: Tz, shown: NaiveDateTime) -> Option<DateTime<Utc>> {
    let date = shown.date();
    Clock::new(zone, date, date).instants(wall(shown)).first().copied().map(instant)
}

/// The span a session would take, if it may be put there.
///
/// Knowingly outside the opening hours, its own buffers go too: who squeezes a session in has decided about them. Those of
/// its neighbours stay.
///
/// # Errors
/// [`Obstacle`]; what is taken comes first, since nobody can decide it away.
pub fn place(
    schedule: &Schedule,
    taken: &[Taken],
    (starts_at, ends_at): Span,
    outside_hours: bool,
) -> Result<Span, Obstacle> {
    let minutes = |n: i64| TimeDelta::minutes(if outside_hours { 0 } else { n });
    let span = (starts_at - minutes(schedule.before_min()), ends_at + minutes(schedule.after_min()));
    if taken.iter().any(|t| t.blocked_from < span.1 && span.0 < t.blocked_until) {
        return Err(Obstacle::Taken);
    }
    if !outside_hours && !is_open(schedule, (starts_at, ends_at)) {
        return Err(Obstacle::Closed);
    }
    Ok(span)
}

/// Does this lie inside one opening?
pub fn is_open(schedule: &Schedule, (starts_at, ends_at): Span) -> bool {
    let date = local(schedule.zone, starts_at).date();
    let engine = Engine::new(schedule, &[], 1, (date, date), starts_at);
    engine.openings(date).iter().any(|(from, until)| *from <= floor(starts_at) && ceil(ends_at) <= *until)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slots::WeeklyRule;

    fn schedule() -> Schedule {
        Schedule {
            zone: Tz::America__Argentina__Buenos_Aires,
            rules: vec![WeeklyRule { weekday: 2, starts_min: 9 * 60, ends_min: 12 * 60 }],
            exceptions: vec![],
            buffer_before_min: 0,
            buffer_after_min: 10,
            step_min: None,
            notice_min: 120,
            horizon_days: 60,
        }
    }

    /// Tuesday 3 March 2026 on the wall clock.
    fn tuesday(hour: u32, minute: u32) -> DateTime<Utc> {
        let shown = chrono::NaiveDate::from_ymd_opt(2026, 3, 3).unwrap().and_hms_opt(hour, minute, 0).unwrap();
        instant_of(schedule().zone, shown).unwrap()
    }

    fn taken(from: (u32, u32), until: (u32, u32)) -> Taken {
        let (starts_at, ends_at) = (tuesday(from.0, from.1), tuesday(until.0, until.1));
        Taken {
            starts_at,
            ends_at,
            blocked_from: starts_at,
            blocked_until: ends_at + TimeDelta::minutes(10),
            firm: true,
            booking: None,
        }
    }

    #[test]
    fn inside_the_hours_and_off_the_grid() {
        let span = place(&schedule(), &[], (tuesday(9, 7), tuesday(9, 57)), false);
        assert_eq!(span, Ok((tuesday(9, 7), tuesday(10, 7))));
        assert_eq!(place(&schedule(), &[], (tuesday(11, 30), tuesday(12, 20)), false), Err(Obstacle::Closed));
        assert_eq!(
            place(&schedule(), &[], (tuesday(11, 30), tuesday(12, 20)), true),
            Ok((tuesday(11, 30), tuesday(12, 20)))
        );
    }

    #[test]
    fn nothing_overlaps_and_buffers_count_on_both_sides() {
        let there = [taken((10, 0), (10, 50))];
        for (from, until, knowingly, expected) in [
            ((9, 0), (9, 50), false, true),
            // Its own buffer of ten minutes reaches into what is there; who decides so does without it.
            ((9, 5), (9, 55), false, false),
            ((9, 5), (9, 55), true, true),
            ((9, 30), (10, 20), true, false),
            // The neighbour's buffer stays.
            ((10, 55), (11, 45), true, false),
            ((11, 0), (11, 50), false, true),
        ] {
            let placed = place(&schedule(), &there, (tuesday(from.0, from.1), tuesday(until.0, until.1)), knowingly);
            assert_eq!(placed.is_ok(), expected, "{from:?} {knowingly}");
        }
    }

    #[test]
    fn a_skipped_time_is_no_time_and_a_repeated_one_the_first() {
        let shown = |text: &str| text.parse::<NaiveDateTime>().unwrap();
        assert_eq!(instant_of(Tz::Europe__Madrid, shown("2026-03-29T02:30:00")), None);
        let first = instant_of(Tz::Europe__Madrid, shown("2026-10-25T02:30:00")).unwrap();
        assert_eq!(first.to_rfc3339(), "2026-10-25T00:30:00+00:00");
    }
}
