//! Recurring sessions (product §6; 004 §4.4 and §6.3): which dates a rule names, when they begin, and what is in their way.
//!
//! - A rule names dates. Weekly and biweekly ones are counted in days from the anchor; monthly ones lie on the anchor's
//!   day, or on the last day of a shorter month: 31 January, 28 February, 31 March.
//! - A session begins at its time on the therapist's wall clock. A time that the clock skips begins when the clock goes
//!   on; of a time that it shows twice the first is meant.
//! - Whatever is there already wins over a series (BR-RS-002). Of series that want the same, the one agreed first has it.

#[cfg(feature = "zones")]
mod conflicts;
mod pairing;
#[cfg(feature = "zones")]
mod preview;
mod rhythm;
#[cfg(feature = "zones")]
mod start;

#[cfg(all(test, feature = "zones"))]
mod properties;
#[cfg(test)]
mod tests;

#[cfg(feature = "zones")]
pub use self::{
    conflicts::Diary,
    preview::{Candidate, Judged, alternatives, judge, preview},
    start::{Start, clock_change, start},
};
pub use pairing::{PAIR_DAYS, Pairing, pair};
pub use rhythm::rhythm;

use chrono::{Datelike, Days, Months, NaiveDate};
use contracts::series::{Frequency, Rule};
use contracts::{FieldError, FieldProblem, limits};

/// Sessions are made so many days ahead (BR-RS-001).
pub const AHEAD_DAYS: u64 = 7;
/// How far ahead a series can begin or end: further is a slip of the keyboard.
const FAR_DAYS: i64 = 10 * 366;

/// The dates of a rule from one day to another, both included, in order.
pub fn occurrences(rule: &Rule, from: NaiveDate, until: NaiveDate) -> impl Iterator<Item = NaiveDate> + use<> {
    let rule = *rule;
    let from = from.max(rule.anchor);
    let until = rule.ends_on.map_or(until, |ends| ends.min(until));
    let first = first_step(&rule, from);
    (first..)
        .map_while(move |step| nth(&rule, step))
        .skip_while(move |date| *date < from)
        .take_while(move |d| *d <= until)
}

/// The first date of the rule on this day or after it.
pub fn next_from(rule: &Rule, from: NaiveDate) -> Option<NaiveDate> {
    occurrences(rule, from, NaiveDate::MAX).next()
}

/// The first date of the rule after this day.
pub fn next_after(rule: &Rule, day: NaiveDate) -> Option<NaiveDate> {
    next_from(rule, day.succ_opt()?)
}

/// Is it a date of the rule?
pub fn names(rule: &Rule, date: NaiveDate) -> bool {
    next_from(rule, date) == Some(date)
}

/// Days from one date to the next; absent for months.
fn days_between(rule: &Rule) -> Option<u64> {
    match rule.frequency {
        Frequency::Weekly => Some(7),
        Frequency::Biweekly => Some(14),
        Frequency::Monthly => None,
        Frequency::EveryNDays => Some(rule.interval_days.and_then(|n| u64::try_from(n).ok()).unwrap_or(1).max(1)),
    }
}

/// A number of steps from the anchor that does not lead behind the first date on `from` or after it.
fn first_step(rule: &Rule, from: NaiveDate) -> u32 {
    let steps = match days_between(rule) {
        Some(days) => u64::try_from((from - rule.anchor).num_days()).unwrap_or_default().div_ceil(days),
        None => {
            let months = |date: NaiveDate| i64::from(date.year()) * 12 + i64::from(date.month0());
            u64::try_from(months(from) - months(rule.anchor)).unwrap_or_default()
        }
    };
    u32::try_from(steps).unwrap_or(u32::MAX)
}

/// The anchor, so many steps later; none behind the end of the calendar.
fn nth(rule: &Rule, step: u32) -> Option<NaiveDate> {
    match days_between(rule) {
        Some(days) => rule.anchor.checked_add_days(Days::new(days.checked_mul(u64::from(step))?)),
        None => rule.anchor.checked_add_months(Months::new(step)),
    }
}

/// The first day on `from` or after it that has this weekday (1 is Monday); `from` itself where none is asked for.
pub fn on_weekday(from: NaiveDate, weekday: Option<i16>) -> NaiveDate {
    let Some(wanted) = weekday else { return from };
    let from_monday = i64::from(from.weekday().num_days_from_monday());
    let ahead = u64::try_from((i64::from(wanted) - 1 - from_monday).rem_euclid(7)).unwrap_or_default();
    from.checked_add_days(Days::new(ahead)).unwrap_or(from)
}

/// The day on which there is something to do: seven days before the first date on `undecided` or after it; when there is
/// none, the day after the series has ended. None when there never will be.
pub fn due_on(rule: &Rule, undecided: NaiveDate) -> Option<NaiveDate> {
    match next_from(rule, undecided) {
        Some(date) => date.checked_sub_days(Days::new(AHEAD_DAYS)),
        None => rule.ends_on.and_then(|ends| ends.succ_opt()),
    }
}

/// What is wrong with a rule that is about to be saved.
pub fn check(rule: &Rule, payment_notice_days: i32, today: NaiveDate) -> Vec<FieldError> {
    let mut wrong = vec![];
    let mut refuse = |field: &str, problem| wrong.push(FieldError { field: field.into(), problem });
    if rule.frequency == Frequency::EveryNDays && !(1..=366).contains(&rule.interval_days.unwrap_or_default()) {
        refuse(
            "interval_days",
            if rule.interval_days.is_none() { FieldProblem::Required } else { FieldProblem::OutOfRange },
        );
    }
    if !(limits::SERIES_DURATION_MIN..=limits::SERIES_DURATION_MAX).contains(&rule.duration_min) {
        refuse("duration_min", FieldProblem::OutOfRange);
    } else if rule.duration_min % limits::DURATION_STEP != 0 {
        refuse("duration_min", FieldProblem::NotStepOfFive);
    }
    if !(limits::PAYMENT_NOTICE_MIN..=limits::PAYMENT_NOTICE_MAX).contains(&payment_notice_days) {
        refuse("payment_notice_days", FieldProblem::OutOfRange);
    }
    let far = |date: NaiveDate| (date - today).num_days() > FAR_DAYS;
    if far(rule.anchor) {
        refuse("starts_on", FieldProblem::OutOfRange);
    }
    if let Some(ends) = rule.ends_on {
        if ends < rule.anchor || ends < today {
            refuse("ends_on", FieldProblem::EndBeforeStart);
        } else if far(ends) {
            refuse("ends_on", FieldProblem::OutOfRange);
        }
    }
    wrong
}
