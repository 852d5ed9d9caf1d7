//! From dates to what becomes of them: for the generator, for the preview, and for those that were skipped.

use super::AHEAD_DAYS;
use super::conflicts::Diary;
use super::start::{Start, clock_change};
use crate::slots::{Schedule, Taken, nearest_free};
use chrono::{DateTime, Days, NaiveDate, Utc};
use contracts::booking::Slot;
use contracts::series::{Becomes, Conflict, PreviewDate, Rule};

/// Times that are offered instead of one that is not free.
const ALTERNATIVES: usize = 3;
/// How many days before and after they may lie: a weekly patient's next session must not be nearer.
const ALTERNATIVE_DAYS: i32 = 6;

/// A date that may become a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    pub date: NaiveDate,
    pub starts_min: i32,
    pub duration_min: i32,
}

/// What was found out about a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Its place among the candidates.
    pub which: usize,
    pub start: Start,
    pub passed: bool,
    pub conflicts: Vec<Conflict>,
}

impl Judged {
    /// Can it become a session?
    pub fn is_free(&self) -> bool {
        !self.passed && self.conflicts.is_empty()
    }
}

/// Judges candidates day by day, those of one day in the order given: what was agreed first comes first. What is free takes
/// its time, so that what comes after finds it taken.
pub fn judge(diary: &mut Diary<'_>, candidates: &[Candidate], now: DateTime<Utc>) -> Vec<Judged> {
    let starts = candidates.iter().map(|c| diary.start(c.date, c.starts_min));
    let mut order: Vec<(usize, Start)> = starts.enumerate().collect();
    order.sort_by_key(|(which, start)| (start.local.date(), *which));
    let mut judged = Vec::with_capacity(order.len());
    for (which, start) in order {
        let passed = start.at <= now;
        let duration = candidates[which].duration_min;
        let conflicts = if passed { vec![] } else { diary.conflicts(start.at, duration) };
        if !passed && conflicts.is_empty() {
            diary.place(start.at, duration);
        }
        judged.push(Judged { which, start, passed, conflicts });
    }
    judged
}

/// What becomes of these dates of a rule, which are not decided yet.
pub fn preview(
    diary: &mut Diary<'_>,
    rule: &Rule,
    dates: &[NaiveDate],
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Vec<PreviewDate> {
    let candidate =
        |date: &NaiveDate| Candidate { date: *date, starts_min: rule.starts_min, duration_min: rule.duration_min };
    let candidates: Vec<Candidate> = dates.iter().map(candidate).collect();
    let judged = judge(diary, &candidates, now);
    let soon = today.checked_add_days(Days::new(AHEAD_DAYS)).unwrap_or(today);
    let mut before: Option<Start> = None;
    let shown = judged.into_iter().map(|judged| {
        let date = dates[judged.which];
        let becomes = match () {
            () if judged.passed => Becomes::Passed,
            () if !judged.conflicts.is_empty() => Becomes::Skipped,
            () if date <= soon => Becomes::Session,
            () => Becomes::Later,
        };
        let clock = clock_change(&judged.start, before.as_ref());
        before = Some(judged.start);
        let Start { at, local, .. } = judged.start;
        PreviewDate { date, starts_at: at, local, becomes, conflicts: judged.conflicts, clock, alternatives: vec![] }
    });
    let mut shown: Vec<PreviewDate> = shown.collect();
    let taken = diary.everything();
    for date in shown.iter_mut().filter(|date| !date.conflicts.is_empty()) {
        date.alternatives = alternatives(diary.schedule(), &taken, rule.duration_min, date.starts_at, now);
    }
    shown
}

/// The free times nearest to one that is not: on that day or near it, in order of time. Notice and horizon are for
/// patients; a member may place a session at once and far ahead.
pub fn alternatives(
    schedule: &Schedule,
    taken: &[Taken],
    duration_min: i32,
    around: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Vec<Slot> {
    let days_ahead = i32::try_from((around - now).num_days().max(0)).unwrap_or(i32::MAX);
    let mine =
        Schedule { notice_min: 0, horizon_days: days_ahead.saturating_add(2 * ALTERNATIVE_DAYS), ..schedule.clone() };
    nearest_free(&mine, taken, duration_min, around, now, ALTERNATIVES, ALTERNATIVE_DAYS)
}
