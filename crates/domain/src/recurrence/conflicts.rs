//! What is in the way of an occurrence: opening hours, exceptions, what is taken, and other series.

use super::start::{Start, start_by};
use crate::slots::busy::{Busy, Nearness};
use crate::slots::clock::{Clock, ceil, floor, midnight};
use crate::slots::openings::{exceptions, openings, real_openings};
use crate::slots::{Schedule, Taken};
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use contracts::availability::ExceptionKind;
use contracts::series::Conflict;

/// A therapist's time on some days, as one run of the generator or one preview sees it. What it places takes time too.
pub struct Diary<'a> {
    schedule: &'a Schedule,
    clock: Clock,
    taken: Vec<Taken>,
    /// What other series will take, which nothing holds yet.
    planned: Vec<Taken>,
    /// What this run has placed.
    placed: Vec<Taken>,
}

impl<'a> Diary<'a> {
    /// For these days, both included.
    pub fn new(schedule: &'a Schedule, taken: Vec<Taken>, from: NaiveDate, until: NaiveDate) -> Self {
        Self { schedule, clock: Clock::new(schedule.zone, from, until), taken, planned: vec![], placed: vec![] }
    }

    /// When an occurrence begins.
    pub fn start(&self, date: NaiveDate, starts_min: i32) -> Start {
        start_by(&self.clock, date, starts_min)
    }

    /// With its therapist's buffers.
    pub fn span(&self, starts_at: DateTime<Utc>, duration_min: i32) -> Taken {
        let ends_at = starts_at + TimeDelta::minutes(duration_min.into());
        Taken {
            starts_at,
            ends_at,
            blocked_from: starts_at - TimeDelta::minutes(self.schedule.before_min()),
            blocked_until: ends_at + TimeDelta::minutes(self.schedule.after_min()),
            firm: true,
            booking: None,
        }
    }

    /// This time belongs to another series from now on.
    pub fn plan(&mut self, starts_at: DateTime<Utc>, duration_min: i32) {
        let span = self.span(starts_at, duration_min);
        self.planned.push(span);
    }

    /// This time is taken from now on.
    pub fn place(&mut self, starts_at: DateTime<Utc>, duration_min: i32) {
        let span = self.span(starts_at, duration_min);
        self.placed.push(span);
    }

    /// Everything that takes time, planned or not.
    pub fn everything(&self) -> Vec<Taken> {
        [self.taken.as_slice(), &self.planned, &self.placed].concat()
    }

    /// Everything in the way of a session, hours first.
    pub fn conflicts(&self, starts_at: DateTime<Utc>, duration_min: i32) -> Vec<Conflict> {
        let span = self.span(starts_at, duration_min);
        let mut found = self.not_open(&span);
        let local = |at: DateTime<Utc>| self.clock.local(floor(at));
        let certain = [around(&self.taken, &span), around(&self.placed, &span)].concat();
        found.extend(in_the_way(&certain, &span).into_iter().map(|(nearness, other)| near(nearness, other, local)));
        let other =
            |(_, o): (Nearness, &Taken)| Conflict::OtherSeries { starts: local(o.starts_at), ends: local(o.ends_at) };
        found.extend(in_the_way(&around(&self.planned, &span), &span).into_iter().map(other));
        found
    }

    /// Why the therapist is not open for a session; nothing when they are.
    fn not_open(&self, span: &Taken) -> Vec<Conflict> {
        let (starts, ends) = (floor(span.starts_at), ceil(span.ends_at));
        let date = self.clock.local(starts).date();
        let holds = |schedule: &Schedule| {
            real_openings(schedule, &self.clock, date).iter().any(|open| open.0 <= starts && ends <= open.1)
        };
        if holds(self.schedule) {
            return vec![];
        }
        let mut found = self.closed_during(date, starts, ends);
        let without_closings = Schedule {
            exceptions: self.schedule.exceptions.iter().filter(|e| e.kind == ExceptionKind::Open).cloned().collect(),
            ..self.schedule.clone()
        };
        if found.is_empty() || !holds(&without_closings) {
            found.insert(0, Conflict::OutsideHours { openings: openings(self.schedule, date) });
        }
        found
    }

    /// The closed exceptions of this date that take something of a session.
    fn closed_during(&self, date: NaiveDate, starts: i64, ends: i64) -> Vec<Conflict> {
        let at = |minute: i32| midnight(date) + 60 * i64::from(minute);
        let meets = |(from, until): (i32, i32)| {
            self.clock.spans(at(from), at(until)).iter().any(|s| s.0 < ends && s.1 > starts)
        };
        exceptions(self.schedule, date, ExceptionKind::Closed)
            .filter(|e| meets(e.minutes_or_day()))
            .map(|e| Conflict::Exception { reason: e.reason.clone() })
            .collect()
    }

    /// The wall clock at an instant.
    pub fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        self.clock.local(floor(at))
    }

    pub(super) fn schedule(&self) -> &'a Schedule {
        self.schedule
    }
}

/// What is near enough to be in the way of a session with its buffers.
fn around(taken: &[Taken], span: &Taken) -> Vec<Taken> {
    let near = |t: &&Taken| {
        t.blocked_from.min(t.starts_at) < span.blocked_until && t.blocked_until.max(t.ends_at) > span.blocked_from
    };
    taken.iter().filter(near).copied().collect()
}

/// What is in the way of a session, in order of time.
fn in_the_way<'t>(near: &'t [Taken], span: &Taken) -> Vec<(Nearness, &'t Taken)> {
    let session = (floor(span.starts_at), ceil(span.ends_at));
    let needs = (floor(span.blocked_from), ceil(span.blocked_until));
    let mut found: Vec<_> = Busy::new(near).all_in_the_way(session, needs).collect();
    found.sort_by_key(|(_, other)| (other.starts_at, other.ends_at));
    found
}

fn near(nearness: Nearness, other: &Taken, local: impl Fn(DateTime<Utc>) -> NaiveDateTime) -> Conflict {
    let (starts, ends) = (local(other.starts_at), local(other.ends_at));
    match nearness {
        Nearness::Buffer => Conflict::Buffer { starts, ends },
        Nearness::Locked | Nearness::Booked => Conflict::Overlap { starts, ends },
    }
}
