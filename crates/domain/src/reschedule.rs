//! When a therapist may ask for another time for a session (001).

use chrono::{DateTime, TimeDelta, Utc};
use contracts::sessions::SessionStatus;

use crate::sessions::may_change;

/// 001: "Reschedule requests must be submitted at least 48 hours before the scheduled session".
pub const NOTICE_HOURS: i64 = 48;

/// Why it cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CannotAsk {
    /// It was held, missed or cancelled.
    NotAhead,
    /// Less than [`NOTICE_HOURS`] are left.
    TooLate,
}

/// The last moment at which another time can be asked for.
pub fn ask_until(starts_at: DateTime<Utc>) -> DateTime<Utc> {
    starts_at.checked_sub_signed(TimeDelta::hours(NOTICE_HOURS)).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// May another time be asked for? Up to the very moment that is 48 hours before the start.
///
/// # Errors
/// [`CannotAsk`].
pub fn may_ask(status: SessionStatus, starts_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), CannotAsk> {
    match () {
        () if !may_change(status) => Err(CannotAsk::NotAhead),
        () if now > ask_until(starts_at) => Err(CannotAsk::TooLate),
        () => Ok(()),
    }
}

/// A question that nobody answered in time: the session has begun where it was, or the time that was asked for has come.
pub fn has_lapsed(old_start: DateTime<Utc>, proposed_start: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    old_start.min(proposed_start) <= now
}

#[cfg(test)]
mod tests {
    use super::*;
    use SessionStatus::*;

    /// The session starts at 0.
    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(1000) + TimeDelta::seconds(seconds)
    }

    #[test]
    fn forty_eight_hours_are_enough_and_a_second_less_is_not() {
        const HOUR: i64 = 3600;
        for (status, now, expected) in [
            (Scheduled, -400 * HOUR, Ok(())),
            (Scheduled, -49 * HOUR, Ok(())),
            (Scheduled, -48 * HOUR - 1, Ok(())),
            (Scheduled, -48 * HOUR, Ok(())),
            (Scheduled, -48 * HOUR + 1, Err(CannotAsk::TooLate)),
            (Scheduled, -47 * HOUR, Err(CannotAsk::TooLate)),
            (Scheduled, 0, Err(CannotAsk::TooLate)),
            (Scheduled, 500 * HOUR, Err(CannotAsk::TooLate)),
            (InProgress, -49 * HOUR, Err(CannotAsk::NotAhead)),
            (Completed, -49 * HOUR, Err(CannotAsk::NotAhead)),
            (NoShow, -49 * HOUR, Err(CannotAsk::NotAhead)),
            (Cancelled, -49 * HOUR, Err(CannotAsk::NotAhead)),
            (Cancelled, 0, Err(CannotAsk::NotAhead)),
        ] {
            assert_eq!(may_ask(status, at(0), at(now)), expected, "{status:?} {now} s before");
        }
    }

    #[test]
    fn a_question_lapses_with_the_earlier_of_both_times() {
        for (old, proposed, now, lapsed) in
            [(10, 20, 9, false), (10, 20, 10, true), (20, 10, 9, false), (20, 10, 10, true), (10, 20, 15, true)]
        {
            assert_eq!(has_lapsed(at(old), at(proposed), at(now)), lapsed, "{old} {proposed} {now}");
        }
    }

    #[test]
    fn the_ends_of_time_are_no_trouble() {
        assert_eq!(ask_until(DateTime::<Utc>::MIN_UTC), DateTime::<Utc>::MIN_UTC);
        assert!(may_ask(Scheduled, DateTime::<Utc>::MAX_UTC, at(0)).is_ok());
    }
}
