//! The slot engine (product §5; 004 §4.1 and §6.1): which times can be booked, and why others cannot.
//!
//! One set of rules answers every question: [`slots`] for display, [`check`] at booking, [`nearest_free`] for
//! alternatives and [`why`] for explanations cannot disagree.
//!
//! - Opening hours are times on the therapist's wall clock; everything else is instants. An opening lasts as long as the
//!   clock shows its times: a skipped hour takes no time, a repeated hour is open twice. Within an opening time is real
//!   time, so a 50-minute session lasts 50 minutes on every night of the year.
//! - The grid begins with each opening. Where an exception cuts an opening, what remains are openings of their own, each
//!   with its own grid: after a doctor's appointment until 10:20 the next session can begin at 10:20.
//! - A session lies inside its opening; its buffers may stick out, and then collide only with what is taken there.
//! - All spans are half-open: what ends at 10:00 does not disturb what begins at 10:00.
//! - An opening belongs to its date; no session runs past midnight.

pub(crate) mod busy;
pub(crate) mod clock;
pub(crate) mod openings;
mod placing;
mod why;

#[cfg(test)]
pub(crate) mod properties;
#[cfg(test)]
mod tests;

pub use openings::{buffer_warning, day_state, openings};
pub use placing::{Obstacle, Span, instant_of, is_open, place};
pub use why::why;

use busy::{Busy, Nearness};
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use clock::{Clock, ceil, floor, instant, midnight};
use contracts::availability::ExceptionKind;
use contracts::booking::{DaySlots, Slot, SlotStatus};
use contracts::{BookingId, ExceptionId};
use serde::{Deserialize, Serialize};

/// Everything about a therapist that slots follow from, apart from what is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    pub zone: Tz,
    pub rules: Vec<WeeklyRule>,
    pub exceptions: Vec<DatedException>,
    /// Minutes kept free before and after each session (BR-AV-004).
    pub buffer_before_min: i32,
    pub buffer_after_min: i32,
    /// Minutes between the starts of slots; absent: duration plus both buffers.
    pub step_min: Option<i32>,
    /// BR-BK-002.
    pub notice_min: i32,
    /// BR-BK-003.
    pub horizon_days: i32,
}

/// A weekly block of opening hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeeklyRule {
    /// ISO: 1 is Monday, 7 is Sunday.
    pub weekday: i16,
    /// Minutes from midnight.
    pub starts_min: i32,
    /// Minutes from midnight; 1440 is the end of the day.
    pub ends_min: i32,
}

/// A dated block or extra opening.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedException {
    pub id: ExceptionId,
    pub kind: ExceptionKind,
    pub starts_on: NaiveDate,
    /// Inclusive.
    pub ends_on: NaiveDate,
    /// Minutes from midnight on each of the days; absent: the whole day.
    pub minutes: Option<(i32, i32)>,
    pub reason: String,
}

/// Something that takes the therapist's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// With its own buffers.
    pub blocked_from: DateTime<Utc>,
    pub blocked_until: DateTime<Utc>,
    /// Certain; otherwise it is being booked.
    pub firm: bool,
    pub booking: Option<BookingId>,
}

/// Why a time cannot be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It would be offered, but something is there or too near.
    Taken,
    /// It is not offered: not open, not on the grid, too early or too far away.
    Unavailable,
}

impl Schedule {
    pub(crate) fn before_min(&self) -> i64 {
        i64::from(self.buffer_before_min.max(0))
    }

    pub(crate) fn after_min(&self) -> i64 {
        i64::from(self.buffer_after_min.max(0))
    }
}

/// The rules of one question, with everything counted in seconds.
struct Engine<'a> {
    schedule: &'a Schedule,
    clock: Clock,
    busy: Busy<'a>,
    duration: i64,
    step: i64,
    earliest: DateTime<Utc>,
    last_day: NaiveDate,
}

impl<'a> Engine<'a> {
    /// For slots on these days. Nothing is offered for a duration below one minute.
    fn new(
        schedule: &'a Schedule,
        taken: &'a [Taken],
        duration_min: i32,
        (from, until): (NaiveDate, NaiveDate),
        now: DateTime<Utc>,
    ) -> Self {
        let duration = i64::from(duration_min);
        let step = match schedule.step_min {
            Some(step) if step > 0 => i64::from(step),
            _ => duration.max(1) + schedule.before_min() + schedule.after_min(),
        };
        Self {
            schedule,
            clock: Clock::new(schedule.zone, from, until),
            busy: Busy::new(taken),
            duration: duration * 60,
            step: step * 60,
            earliest: earliest(schedule, now),
            last_day: last_day(schedule, now),
        }
    }

    fn openings(&self, date: NaiveDate) -> Vec<(i64, i64)> {
        openings::real_openings(self.schedule, &self.clock, date)
    }

    fn fits(&self, start: i64, opening_ends: i64) -> bool {
        self.duration > 0 && start + self.duration <= opening_ends
    }

    fn in_the_way(&self, start: i64) -> Option<(Nearness, &'a Taken)> {
        let end = start + self.duration;
        let needs = (start - 60 * self.schedule.before_min(), end + 60 * self.schedule.after_min());
        self.busy.in_the_way((start, end), needs)
    }

    fn too_soon(&self, start: i64) -> bool {
        start < ceil(self.earliest)
    }

    /// Notice and horizon come first: a past session is nobody's business any more.
    fn status(&self, date: NaiveDate, start: i64) -> SlotStatus {
        if self.too_soon(start) || date > self.last_day {
            return SlotStatus::Unavailable;
        }
        match self.in_the_way(start) {
            None => SlotStatus::Available,
            Some((Nearness::Booked, _)) => SlotStatus::Booked,
            Some((Nearness::Locked, _)) => SlotStatus::Locked,
            Some((Nearness::Buffer, _)) => SlotStatus::Unavailable,
        }
    }

    fn slot(&self, date: NaiveDate, start: i64) -> Slot {
        Slot {
            starts_at: instant(start),
            ends_at: instant(start + self.duration),
            local: self.clock.local(start),
            status: self.status(date, start),
        }
    }

    fn day(&self, date: NaiveDate) -> DaySlots {
        let mut slots = vec![];
        for (mut start, ends) in self.openings(date) {
            while self.fits(start, ends) {
                slots.push(self.slot(date, start));
                start += self.step;
            }
        }
        DaySlots { date, slots }
    }
}

/// The slots of every day from `from` to `until`, both included, on the therapist's calendar.
pub fn slots(
    schedule: &Schedule,
    taken: &[Taken],
    duration_min: i32,
    from: NaiveDate,
    until: NaiveDate,
    now: DateTime<Utc>,
) -> Vec<DaySlots> {
    let engine = Engine::new(schedule, taken, duration_min, (from, until), now);
    from.iter_days().take_while(|date| *date <= until).map(|date| engine.day(date)).collect()
}

/// May this be booked? True exactly when [`slots`] shows it as available.
///
/// # Errors
/// Whether something is in the way or the time is not offered at all.
pub fn check(
    schedule: &Schedule,
    taken: &[Taken],
    duration_min: i32,
    starts_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Slot, Refusal> {
    let date = local(schedule.zone, starts_at).date();
    let engine = Engine::new(schedule, taken, duration_min, (date, date), now);
    let start = floor(starts_at);
    let on_grid =
        |&(from, ends): &(i64, i64)| start >= from && (start - from) % engine.step == 0 && engine.fits(start, ends);
    let offered = instant(start) == starts_at && engine.openings(date).iter().any(on_grid);
    if !offered || engine.too_soon(start) || date > engine.last_day {
        return Err(Refusal::Unavailable);
    }
    let slot = engine.slot(date, start);
    if slot.status == SlotStatus::Available { Ok(slot) } else { Err(Refusal::Taken) }
}

/// The `n` free slots nearest to an instant, at most `search_days` away from its day; in order of time.
pub fn nearest_free(
    schedule: &Schedule,
    taken: &[Taken],
    duration_min: i32,
    around: DateTime<Utc>,
    now: DateTime<Utc>,
    n: usize,
    search_days: i32,
) -> Vec<Slot> {
    let day = local(schedule.zone, around).date();
    let reach = Days::new(u64::try_from(search_days).unwrap_or_default());
    let first = local(schedule.zone, earliest(schedule, now)).date();
    let from = day.checked_sub_days(reach).unwrap_or(NaiveDate::MIN).max(first);
    let until = day.checked_add_days(reach).unwrap_or(NaiveDate::MAX).min(last_day(schedule, now));
    let days = slots(schedule, taken, duration_min, from, until, now);
    let mut free: Vec<Slot> = days.iter().flat_map(DaySlots::free).copied().collect();
    free.sort_by_key(|slot| (slot.starts_at.signed_duration_since(around).abs(), slot.starts_at));
    free.truncate(n);
    free.sort_by_key(|slot| slot.starts_at);
    free
}

/// The first instant that can be booked (BR-BK-002).
pub fn earliest(schedule: &Schedule, now: DateTime<Utc>) -> DateTime<Utc> {
    let notice = TimeDelta::minutes(i64::from(schedule.notice_min.max(0)));
    now.checked_add_signed(notice).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Today in this zone.
pub fn today(zone: Tz, now: DateTime<Utc>) -> NaiveDate {
    local(zone, now).date()
}

/// The last day that can be booked (BR-BK-003).
pub fn last_day(schedule: &Schedule, now: DateTime<Utc>) -> NaiveDate {
    let horizon = Days::new(u64::try_from(schedule.horizon_days).unwrap_or_default());
    today(schedule.zone, now).checked_add_days(horizon).unwrap_or(NaiveDate::MAX)
}

/// The wall clock in this zone.
pub fn local(zone: Tz, at: DateTime<Utc>) -> NaiveDateTime {
    let utc = at.naive_utc();
    let offset = chrono::Offset::fix(&zone.offset_from_utc_datetime(&utc));
    utc.checked_add_offset(offset).unwrap_or(utc)
}

/// The first instant of this date in this zone; where the calendar skips the date, of the next one.
pub fn day_begins(zone: Tz, date: NaiveDate) -> DateTime<Utc> {
    let wall = midnight(date);
    let spans = Clock::new(zone, date, date).spans(wall, wall + 2 * clock::DAY);
    instant(spans.first().map_or(wall, |span| span.0))
}

/// The time that matters for slots on these days: what is taken outside it changes nothing.
pub fn span(schedule: &Schedule, from: NaiveDate, until: NaiveDate) -> (DateTime<Utc>, DateTime<Utc>) {
    let clock = Clock::new(schedule.zone, from, until);
    let begins = clock.spans(midnight(from), midnight(from) + 2 * clock::DAY);
    let ends = clock.spans(midnight(until) - clock::DAY, midnight(until) + clock::DAY);
    (
        instant(begins.first().map_or(midnight(from), |s| s.0) - 60 * schedule.before_min()),
        instant(ends.last().map_or(midnight(until) + clock::DAY, |s| s.1) + 60 * schedule.after_min()),
    )
}
