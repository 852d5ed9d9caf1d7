//! Rules, states and conflicts in people's words.

use crate::context::{lang, t, tf};
use crate::texts::series as words;
use chrono::NaiveDateTime;
use contracts::Text;
use contracts::series::{
    Becomes, ClockChange, Conflict, Frequency, Occurrence, OccurrenceState, PreviewDate, SeriesStatus,
};
use contracts::sessions::{PaymentStatus, SessionStatus};
use domain::dates;
use domain::validate::show_clock;

pub fn frequency(frequency: Frequency) -> Text {
    match frequency {
        Frequency::Weekly => words::WEEKLY,
        Frequency::Biweekly => words::BIWEEKLY,
        Frequency::Monthly => words::MONTHLY,
        Frequency::EveryNDays => words::EVERY_N_DAYS,
    }
}

/// A word for where a series stands, and the colours of its badge.
pub fn status(status: SeriesStatus) -> (Text, &'static str) {
    match status {
        SeriesStatus::Active => (words::IS_ACTIVE, "confirmed"),
        SeriesStatus::Paused => (words::IS_PAUSED, "pending"),
        SeriesStatus::Stopped => (words::IS_STOPPED, "closed"),
        SeriesStatus::Completed => (words::IS_COMPLETED, "expired"),
    }
}

/// "Mon 30 Mar at 09:00".
pub fn when(local: NaiveDateTime) -> String {
    let (date, time) = (dates::short_date(lang(), local.date()), dates::clock(local.time()));
    tf(words::DATE_AT, &[("date", &date), ("time", &time)])
}

/// What became of a date: the word and the colours of its badge. Of a session that is ahead, its payment.
pub fn occurrence(one: &Occurrence) -> (Text, &'static str) {
    match (one.state, one.session) {
        (OccurrenceState::Skipped, _) => (words::STATE_SKIPPED, "closed"),
        (OccurrenceState::Dismissed, _) => (words::STATE_DISMISSED, "expired"),
        (_, Some(session)) => match session.status {
            SessionStatus::Scheduled => payment(session.payment_status),
            SessionStatus::InProgress => (words::STATE_IN_PROGRESS, "review"),
            SessionStatus::Completed => (words::STATE_COMPLETED, "confirmed"),
            SessionStatus::NoShow => (words::STATE_NO_SHOW, "closed"),
            SessionStatus::Cancelled => (words::STATE_CANCELLED, "closed"),
        },
        (_, None) => (words::STATE_PLANNED, "expired"),
    }
}

fn payment(status: PaymentStatus) -> (Text, &'static str) {
    match status {
        PaymentStatus::Pending => (words::PAY_PENDING, "pending"),
        PaymentStatus::PartlyPaid => (words::PAY_PARTLY, "pending"),
        PaymentStatus::Paid => (words::PAY_PAID, "confirmed"),
        PaymentStatus::Refunded => (words::PAY_REFUNDED, "expired"),
        PaymentStatus::Waived => (words::PAY_WAIVED, "confirmed"),
    }
}

/// What is in the way.
pub fn conflict(conflict: &Conflict) -> String {
    let span = |text: Text, starts: &NaiveDateTime, ends: &NaiveDateTime| {
        tf(text, &[("from", &dates::clock(starts.time())), ("until", &dates::clock(ends.time()))])
    };
    match conflict {
        Conflict::OutsideHours { openings } if openings.is_empty() => t(words::CLOSED_DAY).to_owned(),
        Conflict::OutsideHours { openings } => {
            let hours = openings
                .iter()
                .map(|(from, until)| tf(words::HOURS, &[("from", &show_clock(*from)), ("until", &show_clock(*until))]));
            tf(words::OUTSIDE_HOURS, &[("openings", &hours.collect::<Vec<_>>().join(", "))])
        }
        Conflict::Exception { reason } if reason.is_empty() => t(words::EXCEPTION_PLAIN).to_owned(),
        Conflict::Exception { reason } => tf(words::EXCEPTION, &[("reason", reason)]),
        Conflict::Overlap { starts, ends } => span(words::OVERLAP, starts, ends),
        Conflict::Buffer { starts, ends } => span(words::BUFFER, starts, ends),
        Conflict::OtherSeries { starts, ends } => span(words::OTHER_SERIES, starts, ends),
    }
}

/// What the clocks do; nothing where it needs no word.
pub fn clock(change: ClockChange) -> &'static str {
    t(match change {
        ClockChange::Skipped => words::CLOCK_SKIPPED,
        ClockChange::Repeated => words::CLOCK_REPEATED,
        ClockChange::Shifted { .. } => words::CLOCK_SHIFTED,
    })
}

/// What saving does about a date, and the colours of its badge.
pub fn becomes(date: &PreviewDate) -> (String, &'static str) {
    let (text, tone) = match date.becomes {
        Becomes::Session => (words::BECOMES_SESSION, "confirmed"),
        Becomes::Later => (words::BECOMES_LATER, "review"),
        Becomes::Skipped => (words::BECOMES_SKIPPED, "closed"),
        Becomes::Passed => (words::BECOMES_PASSED, "expired"),
        Becomes::Moved { from } if from != date.local => {
            return (tf(words::BECOMES_MOVED, &[("when", &when(from))]), "confirmed");
        }
        Becomes::Moved { .. } => (words::BECOMES_TERMS, "confirmed"),
        Becomes::Stays { paid: true, .. } => (words::BECOMES_STAYS_PAID, "expired"),
        Becomes::Stays { .. } => (words::BECOMES_STAYS, "expired"),
        Becomes::Cancelled { .. } => (words::BECOMES_CANCELLED, "closed"),
    };
    (t(text).to_owned(), tone)
}
