//! States and problems of calendars in words.

use crate::texts::calendars as words;
use contracts::Text;
use contracts::calendars::{CalendarKind, CalendarProblem, CalendarState, ConnectOutcome};
use ui::Tone;

pub fn kind(kind: CalendarKind) -> Text {
    match kind {
        CalendarKind::Google => words::GOOGLE,
        CalendarKind::Ics => words::ICS,
    }
}

pub fn state(state: CalendarState) -> (Tone, Text) {
    match state {
        CalendarState::Waiting => (Tone::Info, words::STATE_WAITING),
        CalendarState::Ok => (Tone::Success, words::STATE_OK),
        CalendarState::Failing => (Tone::Warning, words::STATE_FAILING),
        CalendarState::Revoked => (Tone::Danger, words::STATE_REVOKED),
    }
}

/// What happened and what to do.
pub fn problem(problem: CalendarProblem) -> Text {
    match problem {
        CalendarProblem::Revoked => words::PROBLEM_REVOKED,
        CalendarProblem::Forbidden => words::PROBLEM_FORBIDDEN,
        CalendarProblem::Unreachable => words::PROBLEM_UNREACHABLE,
        CalendarProblem::Refused => words::PROBLEM_REFUSED,
        CalendarProblem::NotACalendar => words::PROBLEM_NOT_A_CALENDAR,
        CalendarProblem::TooLarge => words::PROBLEM_TOO_LARGE,
        CalendarProblem::Internal => words::PROBLEM_INTERNAL,
        CalendarProblem::Unreadable => words::PROBLEM_UNREADABLE,
        CalendarProblem::NoRoom => words::PROBLEM_NO_ROOM,
    }
}

pub fn outcome(outcome: ConnectOutcome) -> (Tone, Text) {
    match outcome {
        ConnectOutcome::Done => (Tone::Success, words::GOOGLE_DONE),
        ConnectOutcome::Denied => (Tone::Warning, words::GOOGLE_DENIED),
        ConnectOutcome::NotTicked => (Tone::Warning, words::GOOGLE_NOT_TICKED),
        ConnectOutcome::Failed => (Tone::Danger, words::GOOGLE_FAILED),
        ConnectOutcome::Expired => (Tone::Warning, words::GOOGLE_EXPIRED),
    }
}
