//! What must hold for every schedule, in every zone, on every day; checked against a reference that goes minute by minute.

use super::*;
use chrono::{Datelike, Timelike};
use chrono_tz::TZ_VARIANTS;
use contracts::availability::Why;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

/// The same rules, written as slowly and obviously as possible.
pub(crate) mod reference {
    use super::*;

    /// The openings of a date: each minute of the day with the number of the opening it belongs to.
    fn open_minutes(schedule: &Schedule, date: NaiveDate) -> Vec<Option<usize>> {
        let covers = |e: &&DatedException| e.starts_on <= date && date <= e.ends_on;
        let inside = |(from, until): (i32, i32), minute: i32| from <= minute && minute < until;
        let of_kind = |kind, minute| {
            let mut all = schedule.exceptions.iter().filter(covers).filter(move |e| e.kind == kind);
            all.any(|e| e.minutes.is_none_or(|m| inside(m, minute)))
        };
        let weekday = date.weekday().number_from_monday() as i16;
        let mut number = 0;
        let mut before = false;
        (0..1440)
            .map(|minute| {
                let weekly =
                    schedule.rules.iter().any(|r| r.weekday == weekday && inside((r.starts_min, r.ends_min), minute));
                let open = of_kind(ExceptionKind::Open, minute) || (weekly && !of_kind(ExceptionKind::Closed, minute));
                number += usize::from(open && !before);
                before = open;
                open.then_some(number)
            })
            .collect()
    }

    /// Every real minute around a date that lies in an opening of that date, with the opening's number.
    pub(crate) fn real_minutes(schedule: &Schedule, date: NaiveDate) -> Vec<(DateTime<Utc>, Option<usize>)> {
        let open = open_minutes(schedule, date);
        let begin = date.and_time(chrono::NaiveTime::MIN).and_utc() - TimeDelta::hours(27);
        (0..78 * 60)
            .map(|m| {
                let at = begin + TimeDelta::minutes(m);
                let wall = at.with_timezone(&schedule.zone).naive_local();
                let minute = (wall.hour() * 60 + wall.minute()) as usize;
                (at, if wall.date() == date { open[minute] } else { None })
            })
            .collect()
    }

    fn status(schedule: &Schedule, taken: &[Taken], slot: &Slot, now: DateTime<Utc>) -> SlotStatus {
        let today = now.with_timezone(&schedule.zone).date_naive();
        let far = (slot.local.date() - today).num_days() > i64::from(schedule.horizon_days);
        if far || slot.starts_at < now + TimeDelta::minutes(schedule.notice_min.into()) {
            return SlotStatus::Unavailable;
        }
        let from = slot.starts_at - TimeDelta::minutes(schedule.buffer_before_min.into());
        let until = slot.ends_at + TimeDelta::minutes(schedule.buffer_after_min.into());
        let hits: Vec<&Taken> = taken.iter().filter(|t| t.blocked_from < until && from < t.blocked_until).collect();
        let own = |t: &&&Taken| t.starts_at < slot.ends_at && slot.starts_at < t.ends_at;
        match (hits.iter().filter(own).any(|t| t.firm), hits.iter().filter(own).count(), hits.len()) {
            (true, ..) => SlotStatus::Booked,
            (_, 1.., _) => SlotStatus::Locked,
            (_, _, 1..) => SlotStatus::Unavailable,
            _ => SlotStatus::Available,
        }
    }

    pub fn day(schedule: &Schedule, taken: &[Taken], duration: i32, date: NaiveDate, now: DateTime<Utc>) -> DaySlots {
        let step = schedule.step_min.unwrap_or(duration + schedule.buffer_before_min + schedule.buffer_after_min);
        let mut slots = vec![];
        for opening in real_minutes(schedule, date).chunk_by(|a, b| a.1 == b.1).filter(|o| o[0].1.is_some()) {
            let mut start = 0;
            while start + duration as usize <= opening.len() {
                let starts_at = opening[start].0;
                let mut slot = Slot {
                    starts_at,
                    ends_at: starts_at + TimeDelta::minutes(duration.into()),
                    local: starts_at.with_timezone(&schedule.zone).naive_local(),
                    status: SlotStatus::Unavailable,
                };
                slot.status = status(schedule, taken, &slot, now);
                slots.push(slot);
                start += step as usize;
            }
        }
        DaySlots { date, slots }
    }
}

/// Instants in these years at which the zone's clock changes, found by looking at every hour.
fn transitions(zone: Tz, years: std::ops::Range<i32>) -> Vec<DateTime<Utc>> {
    let begin = NaiveDate::from_ymd_opt(years.start, 1, 1).unwrap().and_time(chrono::NaiveTime::MIN).and_utc();
    let offset = |h: i64| local(zone, begin + TimeDelta::hours(h)) - (begin + TimeDelta::hours(h)).naive_utc();
    let hours = i64::from(years.end - years.start) * 366 * 24;
    let mut found = vec![];
    let mut before = offset(0);
    for hour in (0..hours).step_by(6) {
        let after = offset(hour);
        if after != before {
            found.push(begin + TimeDelta::hours(hour));
            before = after;
        }
    }
    found
}

fn rule() -> impl Strategy<Value = WeeklyRule> {
    (1i16..=7, 0i32..288, 1i32..144).prop_map(|(weekday, start, length)| WeeklyRule {
        weekday,
        starts_min: start * 5,
        ends_min: ((start + length) * 5).min(1440),
    })
}

fn exception(around: NaiveDate) -> impl Strategy<Value = DatedException> {
    let minutes = prop::option::weighted(0.7, (0i32..1400, 1i32..400).prop_map(|(a, n)| (a, (a + n).min(1440))));
    (any::<u128>(), any::<bool>(), -4i64..4, 0i64..3, minutes).prop_map(move |(id, open, first, days, minutes)| {
        let kind = if open { ExceptionKind::Open } else { ExceptionKind::Closed };
        let starts_on = around + TimeDelta::days(first);
        let ends_on = starts_on + TimeDelta::days(days);
        DatedException { id: ExceptionId(Uuid::from_u128(id)), kind, starts_on, ends_on, minutes, reason: "r".into() }
    })
}

fn busy(around: NaiveDate) -> impl Strategy<Value = Taken> {
    (-6_000i64..6_000, 1i64..200, 0i64..40, 0i64..40, any::<bool>(), any::<u128>()).prop_map(
        move |(start, length, before, after, firm, id)| {
            let starts_at = around.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::minutes(start);
            let ends_at = starts_at + TimeDelta::minutes(length);
            let blocked_from = starts_at - TimeDelta::minutes(before);
            let blocked_until = ends_at + TimeDelta::minutes(after);
            Taken {
                starts_at,
                ends_at,
                blocked_from,
                blocked_until,
                firm,
                booking: Some(BookingId(Uuid::from_u128(id))),
            }
        },
    )
}

#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) schedule: Schedule,
    pub(crate) taken: Vec<Taken>,
    pub(crate) duration: i32,
    pub(crate) day: NaiveDate,
    pub(crate) now: DateTime<Utc>,
}

/// Any zone and day; every second one beside a change of that zone's clock, if it has any.
pub(crate) fn zone_and_day() -> impl Strategy<Value = (Tz, NaiveDate)> {
    (select(TZ_VARIANTS.to_vec()), 2020i32..2032, 0i64..366, any::<bool>(), -1i64..=1).prop_map(
        |(zone, year, day, beside, shift)| {
            let random = NaiveDate::from_ymd_opt(year, 1, 1).unwrap() + TimeDelta::days(day);
            let change = transitions(zone, year..year + 1).get(usize::from(day > 180)).map(|at| today(zone, *at));
            (zone, change.filter(|_| beside).map_or(random, |date| date + TimeDelta::days(shift)))
        },
    )
}

pub(crate) fn case() -> impl Strategy<Value = Case> {
    zone_and_day().prop_flat_map(|(zone, day)| {
        let lists = (
            prop::collection::vec(rule(), 0..14),
            prop::collection::vec(exception(day), 0..5),
            prop::collection::vec(busy(day), 0..30),
        );
        let numbers =
            (0i32..40, 0i32..40, prop::option::of(5i32..120), 0i32..3_000, 0i32..8, 5i32..130, -9_000i64..3_000);
        (lists, numbers).prop_map(
            move |((rules, exceptions, taken), (before, after, step, notice, horizon, duration, now))| Case {
                schedule: Schedule {
                    zone,
                    rules,
                    exceptions,
                    buffer_before_min: before,
                    buffer_after_min: after,
                    step_min: step,
                    notice_min: notice,
                    horizon_days: horizon,
                },
                taken,
                duration,
                day,
                now: day.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::minutes(now),
            },
        )
    })
}

impl Case {
    fn slots(&self, from: i64, until: i64) -> Vec<DaySlots> {
        let day = |n| self.day + TimeDelta::days(n);
        slots(&self.schedule, &self.taken, self.duration, day(from), day(until), self.now)
    }

    fn why(&self, local: NaiveDateTime) -> Why {
        why(&self.schedule, &self.taken, self.duration, local, self.now)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn agrees_with_the_reference(case in case()) {
        for computed in case.slots(-1, 1) {
            let expected = reference::day(&case.schedule, &case.taken, case.duration, computed.date, case.now);
            prop_assert_eq!(computed, expected);
        }
    }

    #[test]
    fn free_slots_keep_every_promise(case in case()) {
        let schedule = &case.schedule;
        for day in case.slots(-3, 5) {
            let open = openings(schedule, day.date);
            prop_assert!(open.windows(2).all(|w| w[0].1 < w[1].0), "in order, not touching: {open:?}");
            prop_assert!(day.slots.windows(2).all(|w| w[0].starts_at < w[1].starts_at));
            for slot in &day.slots {
                let last_second = local(schedule.zone, slot.ends_at - TimeDelta::seconds(1));
                for wall in [slot.local, last_second] {
                    let minute = (wall.num_seconds_from_midnight() / 60) as i32;
                    prop_assert_eq!(wall.date(), day.date);
                    prop_assert!(open.iter().any(|o| o.0 <= minute && minute < o.1), "{wall} is in {open:?}");
                }
                prop_assert_eq!(slot.ends_at - slot.starts_at, TimeDelta::minutes(case.duration.into()));
            }
            for slot in day.free() {
                prop_assert!(slot.starts_at >= case.now + TimeDelta::minutes(schedule.notice_min.into()));
                prop_assert!(day.date <= today(schedule.zone, case.now) + TimeDelta::days(schedule.horizon_days.into()));
                let from = slot.starts_at - TimeDelta::minutes(schedule.buffer_before_min.into());
                let until = slot.ends_at + TimeDelta::minutes(schedule.buffer_after_min.into());
                prop_assert!(case.taken.iter().all(|t| t.blocked_until <= from || until <= t.blocked_from));
            }
        }
    }

    #[test]
    fn order_and_chunks_do_not_matter(case in case(), cut in -4i64..6, seed: u64) {
        let whole = case.slots(-4, 6);
        let mut parts = case.slots(-4, cut - 1);
        parts.extend(case.slots(cut, 6));
        prop_assert_eq!(&parts, &whole);
        // The lists in another order.
        let mut mixed = case.clone();
        let turn = |len: usize| usize::try_from(seed).unwrap_or_default() % len.max(1);
        mixed.taken.rotate_left(turn(case.taken.len()));
        mixed.schedule.rules.rotate_left(turn(case.schedule.rules.len()));
        mixed.schedule.exceptions.reverse();
        prop_assert_eq!(&mixed.slots(-4, 6), &whole);
        // What is taken outside the span that has to be loaded changes nothing.
        let (from, until) = span(&case.schedule, case.day, case.day);
        let mut near = case.clone();
        near.taken.retain(|t| t.blocked_from < until && t.blocked_until > from);
        prop_assert_eq!(near.slots(0, 0), case.slots(0, 0));
    }

    #[test]
    fn booking_and_display_agree(case in case(), minute in 0i64..4_320) {
        let days = case.slots(-1, 1);
        let check = |at| check(&case.schedule, &case.taken, case.duration, at, case.now);
        for slot in days.iter().flat_map(|d| &d.slots) {
            match slot.status {
                SlotStatus::Available => prop_assert_eq!(check(slot.starts_at), Ok(*slot)),
                SlotStatus::Booked | SlotStatus::Locked => prop_assert_eq!(check(slot.starts_at), Err(Refusal::Taken)),
                SlotStatus::Unavailable => prop_assert!(check(slot.starts_at).is_err()),
            }
        }
        let anywhere = (case.day - TimeDelta::days(1)).and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::minutes(minute);
        let shown = case.slots(-3, 3).iter().any(|d| d.slots.iter().any(|s| s.starts_at == anywhere));
        prop_assert!(shown || check(anywhere) == Err(Refusal::Unavailable));
    }

    #[test]
    fn explanations_and_display_agree(case in case(), minute in 0i64..1_440) {
        let day = case.slots(0, 0).remove(0);
        for slot in &day.slots {
            let others: Vec<SlotStatus> = day.slots.iter().filter(|s| s.local == slot.local).map(|s| s.status).collect();
            let offered = others.contains(&SlotStatus::Available);
            let why = case.why(slot.local);
            prop_assert_eq!(why == Why::Offered, offered);
            if others.iter().all(|s| matches!(s, SlotStatus::Booked | SlotStatus::Locked)) {
                prop_assert!(matches!(why, Why::Taken { .. }), "{:?}", why);
            }
        }
        let local = case.day.and_time(chrono::NaiveTime::MIN) + TimeDelta::minutes(minute);
        let here: Vec<&Slot> = day.slots.iter().filter(|s| s.local == local).collect();
        let open = openings(&case.schedule, case.day).iter().any(|o| (o.0..o.1).contains(&(minute as i32)));
        match case.why(local) {
            Why::Offered => prop_assert!(here.iter().any(|s| s.status == SlotStatus::Available)),
            Why::Taken { .. } | Why::InBuffer { .. } | Why::TooSoon { .. } | Why::TooFar { .. } => prop_assert!(!here.is_empty()),
            Why::OffGrid { before, after } => {
                prop_assert!(here.is_empty() && open);
                for near in [before, after].into_iter().flatten() {
                    prop_assert!(day.slots.iter().any(|s| s.local == near), "{near} is a start");
                }
            }
            Why::DoesNotFit { .. } => prop_assert!(here.is_empty() && open),
            Why::Blocked { .. } | Why::SkippedByClockChange => prop_assert!(here.is_empty()),
            Why::ClosedThatDay | Why::OutsideOpenings { .. } => prop_assert!(here.is_empty() && !open),
        }
    }

    #[test]
    fn alternatives_are_free_and_nearest(case in case(), minute in -3_000i64..3_000, n in 0usize..6) {
        let around = case.day.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::minutes(minute);
        let found = nearest_free(&case.schedule, &case.taken, case.duration, around, case.now, n, 3);
        let reach = TimeDelta::days(3);
        let day = today(case.schedule.zone, around);
        let mut free: Vec<Slot> = slots(&case.schedule, &case.taken, case.duration, day - reach, day + reach, case.now)
            .iter().flat_map(DaySlots::free).copied().collect();
        prop_assert_eq!(found.len(), n.min(free.len()));
        prop_assert!(found.windows(2).all(|w| w[0].starts_at < w[1].starts_at));
        free.retain(|slot| !found.contains(slot));
        let distance = |slot: &Slot| (slot.starts_at - around).abs();
        let furthest = found.iter().map(distance).max();
        prop_assert!(free.iter().all(|slot| furthest.is_none_or(|f| distance(slot) >= f)));
    }
}

/// Every zone, every change of its clock in four years, the day before, the day itself and the day after: open around the
/// clock, and in blocks whose edges fall into the hours that are skipped or repeated.
#[test]
fn every_zone_and_every_change() {
    let all_week = |spans: &[(i32, i32)]| -> Vec<WeeklyRule> {
        let rules =
            |weekday| spans.iter().map(move |&(starts_min, ends_min)| WeeklyRule { weekday, starts_min, ends_min });
        (1..=7).flat_map(rules).collect()
    };
    let weeks = [all_week(&[(0, 1440)]), all_week(&[(0, 20), (30, 90), (95, 150), (170, 1410), (1420, 1440)])];
    let mut changes = 0;
    for zone in TZ_VARIANTS {
        for change in transitions(zone, 2025..2029) {
            changes += 1;
            for (rules, shift) in weeks.iter().flat_map(|rules| [-1, 0, 1].map(|shift| (rules, shift))) {
                let day = today(zone, change) + TimeDelta::days(shift);
                let schedule = Schedule {
                    zone,
                    rules: rules.clone(),
                    exceptions: vec![],
                    buffer_before_min: 5,
                    buffer_after_min: 10,
                    step_min: None,
                    notice_min: 0,
                    horizon_days: 60,
                };
                let taken_at = change + TimeDelta::minutes(20);
                let taken = [Taken {
                    starts_at: taken_at,
                    ends_at: taken_at + TimeDelta::minutes(50),
                    blocked_from: taken_at - TimeDelta::minutes(5),
                    blocked_until: taken_at + TimeDelta::minutes(60),
                    firm: true,
                    booking: None,
                }];
                let now = change - TimeDelta::days(9);
                let computed = slots(&schedule, &taken, 20, day, day, now).remove(0);
                assert_eq!(computed, reference::day(&schedule, &taken, 20, day, now), "{zone} {day}");
                for slot in &computed.slots {
                    let same = |s: &&Slot| s.local == slot.local && s.status == SlotStatus::Available;
                    let offered = computed.slots.iter().find(same).is_some();
                    assert_eq!(why(&schedule, &taken, 20, slot.local, now) == Why::Offered, offered, "{zone} {slot:?}");
                }
            }
        }
    }
    assert!(changes > 1_000, "{changes} changes were looked at");
}

/// A month with a thousand sessions in it is computed in about a millisecond, even unoptimised in a few.
#[test]
fn a_full_month_is_quick() {
    let zone = Tz::America__Argentina__Buenos_Aires;
    let day = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
    let rules = (1..=7).map(|weekday| WeeklyRule { weekday, starts_min: 0, ends_min: 1440 }).collect();
    let schedule = Schedule {
        zone,
        rules,
        exceptions: vec![],
        buffer_before_min: 0,
        buffer_after_min: 0,
        step_min: Some(15),
        notice_min: 0,
        horizon_days: 365,
    };
    let begin = day_begins(zone, day);
    let taken: Vec<Taken> = (0..1_000)
        .map(|n| {
            let starts_at = begin + TimeDelta::minutes(n * 40);
            let ends_at = starts_at + TimeDelta::minutes(30);
            Taken { starts_at, ends_at, blocked_from: starts_at, blocked_until: ends_at, firm: true, booking: None }
        })
        .collect();
    let begun = std::time::Instant::now();
    let days = slots(&schedule, &taken, 30, day, day + TimeDelta::days(30), begin - TimeDelta::days(2));
    let took = begun.elapsed();
    eprintln!("{} slots in {took:?}", days.iter().map(|d| d.slots.len()).sum::<usize>());
    assert!(took < std::time::Duration::from_millis(250), "{took:?}");
}
