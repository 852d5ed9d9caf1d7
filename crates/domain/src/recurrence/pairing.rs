//! When a rule changes, which session that exists already belongs to which date of the new rule (BR-RS-005).

use super::names;
use chrono::NaiveDate;
use contracts::series::Rule;

/// How far a session may move with a change: within its week, never to the next one's day.
pub const PAIR_DAYS: i64 = 6;

/// A session's date under the old rule, and under the new one; none when the new rule has no date for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pairing {
    pub old: NaiveDate,
    pub new: Option<NaiveDate>,
}

/// Finds a date of the new rule for each old one, no date twice: the same one where it still is one, else the nearest on
/// `from` or after it. Dates in `decided` are given to nobody.
pub fn pair(rule: &Rule, from: NaiveDate, old: &[NaiveDate], decided: &[NaiveDate]) -> Vec<Pairing> {
    let is_free = |date: NaiveDate| date >= from && names(rule, date) && !decided.contains(&date);
    let mut pairs: Vec<Pairing> =
        old.iter().map(|date| Pairing { old: *date, new: Some(*date).filter(|date| is_free(*date)) }).collect();
    for index in 0..pairs.len() {
        if pairs[index].new.is_none() {
            let given: Vec<NaiveDate> = pairs.iter().filter_map(|pair| pair.new).collect();
            pairs[index].new = nearest(pairs[index].old, |date| is_free(date) && !given.contains(&date));
        }
    }
    pairs
}

/// The nearest date that is free, the earlier of two.
fn nearest(old: NaiveDate, is_free: impl Fn(NaiveDate) -> bool) -> Option<NaiveDate> {
    let near = |days: i64| old.checked_add_signed(chrono::TimeDelta::days(days));
    (1..=PAIR_DAYS).flat_map(|days| [near(-days), near(days)]).flatten().find(|date| is_free(*date))
}
