//! The states of a session (product §6), and what may still be done with it.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::booking::BookingStatus;
use contracts::practice::BookingPolicy;
use contracts::sessions::SessionStatus::{self, *};
use contracts::sessions::SessionStep;

use crate::booking::{NotAllowed, may_patient_cancel};

/// How long a cancellation by the practice can be undone, while its slot is still free.
pub const UNDO_MIN: i64 = 10;
/// A session may be started this long before its time: people come early.
pub const START_EARLY_MIN: i64 = 60;

/// The state after a step.
///
/// A session is started shortly before its time or later, completed once it was started or its time has begun, and missed
/// once its time has begun. What was marked by mistake is opened again.
///
/// # Errors
/// [`NotAllowed`] when the step cannot be taken in this state at this time.
pub fn next(
    status: SessionStatus,
    step: SessionStep,
    starts_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<SessionStatus, NotAllowed> {
    let begun = starts_at <= now;
    let nearly = starts_at.signed_duration_since(now) <= TimeDelta::minutes(START_EARLY_MIN);
    match (status, step) {
        (Scheduled, SessionStep::Start) if nearly => Ok(InProgress),
        (InProgress, SessionStep::Complete) => Ok(Completed),
        (Scheduled, SessionStep::Complete) if begun => Ok(Completed),
        (Scheduled, SessionStep::NoShow) if begun => Ok(NoShow),
        (InProgress | Completed | NoShow, SessionStep::Reopen) => Ok(Scheduled),
        _ => Err(NotAllowed),
    }
}

/// May the practice still move or cancel it? What has happened stays where it was.
pub fn may_change(status: SessionStatus) -> bool {
    status == Scheduled
}

/// May the patient choose another time by themselves? As long as they may cancel; the same rule for both, since a time
/// that is given back late costs the practice the same.
pub fn may_patient_move(
    booking: BookingStatus,
    session: Option<SessionStatus>,
    policy: &BookingPolicy,
    now: DateTime<Utc>,
    starts_at: DateTime<Utc>,
) -> bool {
    booking == BookingStatus::Confirmed
        && session.is_some_and(may_change)
        && may_patient_cancel(booking, policy, now, starts_at)
}

/// Until when a cancellation can be undone: [`UNDO_MIN`] minutes long, and not once the session would have begun.
pub fn undo_until(cancelled_at: DateTime<Utc>, starts_at: DateTime<Utc>) -> DateTime<Utc> {
    (cancelled_at + TimeDelta::minutes(UNDO_MIN)).min(starts_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(1000) + TimeDelta::minutes(minutes)
    }

    /// Every state and step, an hour and a half before the start, half an hour before, and after it.
    #[test]
    fn steps_and_when_they_can_be_taken() {
        use SessionStep::{Complete, NoShow as Missed, Reopen, Start};
        let all = [Start, Complete, Missed, Reopen];
        for (status, early, shortly, begun) in [
            (
                Scheduled,
                vec![],
                vec![(Start, InProgress)],
                vec![(Start, InProgress), (Complete, Completed), (Missed, NoShow)],
            ),
            (
                InProgress,
                vec![(Complete, Completed), (Reopen, Scheduled)],
                vec![(Complete, Completed), (Reopen, Scheduled)],
                vec![(Complete, Completed), (Reopen, Scheduled)],
            ),
            (Completed, vec![(Reopen, Scheduled)], vec![(Reopen, Scheduled)], vec![(Reopen, Scheduled)]),
            (NoShow, vec![(Reopen, Scheduled)], vec![(Reopen, Scheduled)], vec![(Reopen, Scheduled)]),
            (Cancelled, vec![], vec![], vec![]),
        ] {
            for (minutes, allowed) in [(-90, early), (-30, shortly), (0, begun.clone()), (600, begun)] {
                for step in all {
                    let expected = allowed.iter().find(|(s, _)| *s == step).map(|(_, after)| *after).ok_or(NotAllowed);
                    assert_eq!(next(status, step, at(0), at(minutes)), expected, "{status:?} {step:?} at {minutes}");
                }
            }
        }
    }

    #[test]
    fn only_what_lies_ahead_is_moved_or_cancelled() {
        let may: Vec<_> = SessionStatus::ALL.iter().filter(|s| may_change(**s)).collect();
        assert_eq!(may, [&Scheduled]);
    }

    #[test]
    fn patients_move_as_long_as_they_may_cancel() {
        let policy = BookingPolicy { cancel_until_hours: 24, ..BookingPolicy::default() };
        let may = |booking, session, now| may_patient_move(booking, session, &policy, now, at(0));
        assert!(may(BookingStatus::Confirmed, Some(Scheduled), at(-24 * 60)));
        assert!(!may(BookingStatus::Confirmed, Some(Scheduled), at(-24 * 60 + 1)));
        assert!(!may(BookingStatus::Confirmed, Some(Completed), at(-48 * 60)));
        assert!(!may(BookingStatus::Confirmed, None, at(-48 * 60)));
        assert!(!may(BookingStatus::AwaitingPayment, None, at(-48 * 60)));
    }

    #[test]
    fn undoing_ends_after_ten_minutes_or_with_the_start() {
        assert_eq!(undo_until(at(-100), at(0)), at(-90));
        assert_eq!(undo_until(at(-4), at(0)), at(0));
    }
}
