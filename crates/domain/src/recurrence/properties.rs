//! What must hold for every rule, in every zone, on every day; checked against references that go day by day and minute
//! by minute.

use super::*;
use crate::slots::properties::{Case, case, reference, zone_and_day};
use crate::slots::{self, Schedule, Taken};
use chrono::{NaiveTime, TimeDelta, Utc};
use contracts::booking::SlotStatus;
use contracts::series::Conflict;
use proptest::prelude::*;
use proptest::sample::select;

fn rule() -> impl Strategy<Value = Rule> {
    let kinds = [Frequency::Weekly, Frequency::Biweekly, Frequency::Monthly, Frequency::EveryNDays];
    let anchor = (2024i32..2032, 1u32..=12, 1u32..=31)
        .prop_filter_map("a date", |(year, month, day)| NaiveDate::from_ymd_opt(year, month, day));
    let times = (0i32..1440, 3i32..48);
    (select(kinds.to_vec()), 1i32..=366, anchor, prop::option::of(0i64..900), times).prop_map(
        |(frequency, every, anchor, ends, (starts_min, fives))| Rule {
            frequency,
            interval_days: (frequency == Frequency::EveryNDays).then_some(every),
            anchor,
            ends_on: ends.map(|days| anchor + TimeDelta::days(days)),
            starts_min,
            duration_min: fives * 5,
        },
    )
}

/// The same rule, asked of one day.
fn is_occurrence(rule: &Rule, date: NaiveDate) -> bool {
    let days = (date - rule.anchor).num_days();
    let in_rhythm = match rule.frequency {
        Frequency::Weekly => days % 7 == 0,
        Frequency::Biweekly => days % 14 == 0,
        Frequency::EveryNDays => rule.interval_days.is_some_and(|every| days % i64::from(every) == 0),
        Frequency::Monthly => {
            let last_of_month = date + TimeDelta::days(1);
            date.day() == rule.anchor.day() || (last_of_month.day() == 1 && date.day() < rule.anchor.day())
        }
    };
    in_rhythm && days >= 0 && rule.ends_on.is_none_or(|ends| date <= ends)
}

/// The start, found by asking every minute what the clock shows: the first that shows the time or a later one.
fn slow_start(zone: chrono_tz::Tz, date: NaiveDate, starts_min: i32) -> chrono::DateTime<Utc> {
    let wanted = date.and_time(NaiveTime::MIN) + TimeDelta::minutes(starts_min.into());
    let begin = date.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(27);
    let mut minutes = (0..80 * 60).map(|minute| begin + TimeDelta::minutes(minute));
    minutes.find(|at| slots::local(zone, *at) >= wanted).unwrap_or(begin)
}

/// A case whose every day may be judged: staff need no notice and have no horizon.
fn open_case() -> impl Strategy<Value = Case> {
    case().prop_map(|mut case| {
        case.schedule.notice_min = 0;
        case.schedule.horizon_days = 400;
        case.now = case.day.and_time(NaiveTime::MIN).and_utc() - TimeDelta::days(5);
        case
    })
}

fn diary<'a>(schedule: &'a Schedule, taken: &[Taken], day: NaiveDate) -> Diary<'a> {
    Diary::new(schedule, taken.to_vec(), day - TimeDelta::days(7), day + TimeDelta::days(14))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn dates_agree_with_the_reference(rule in rule(), first in -60i64..700, days in 0i64..500) {
        let from = rule.anchor + TimeDelta::days(first);
        let until = from + TimeDelta::days(days);
        let expected: Vec<NaiveDate> = from.iter_days().take_while(|d| *d <= until).filter(|d| is_occurrence(&rule, *d)).collect();
        let found: Vec<NaiveDate> = occurrences(&rule, from, until).collect();
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(next_from(&rule, from).filter(|d| *d <= until), expected.first().copied());
        prop_assert!(found.iter().all(|date| names(&rule, *date)));
    }

    #[test]
    fn ranges_may_be_cut_anywhere(rule in rule(), first in -60i64..700, days in 0i64..400, cut in 0i64..400) {
        let from = rule.anchor + TimeDelta::days(first);
        let (until, cut) = (from + TimeDelta::days(days), from + TimeDelta::days(cut.min(days)));
        let whole: Vec<NaiveDate> = occurrences(&rule, from, until).collect();
        let mut parts: Vec<NaiveDate> = occurrences(&rule, from, cut).collect();
        parts.extend(cut.succ_opt().into_iter().flat_map(|next| occurrences(&rule, next, until)));
        prop_assert_eq!(parts, whole);
    }

    #[test]
    fn the_rhythm_holds(rule in rule(), days in 0i64..900) {
        let dates: Vec<NaiveDate> = occurrences(&rule, rule.anchor, rule.anchor + TimeDelta::days(days)).collect();
        for pair in dates.windows(2) {
            let gap = (pair[1] - pair[0]).num_days();
            match rule.frequency {
                Frequency::Weekly => prop_assert_eq!(gap, 7),
                Frequency::Biweekly => prop_assert_eq!(gap, 14),
                Frequency::EveryNDays => prop_assert_eq!(gap, i64::from(rule.interval_days.unwrap())),
                Frequency::Monthly => prop_assert!((28..=31).contains(&gap)),
            }
        }
        if matches!(rule.frequency, Frequency::Weekly | Frequency::Biweekly) {
            prop_assert!(dates.iter().all(|date| date.weekday() == rule.anchor.weekday()));
        }
        if rule.frequency == Frequency::Monthly {
            prop_assert!(dates.iter().all(|date| date.day() <= rule.anchor.day()), "never behind the anchor's day");
        }
    }

    #[test]
    fn a_due_day_leaves_nothing_behind(rule in rule(), first in 0i64..900) {
        let undecided = rule.anchor + TimeDelta::days(first);
        match (due_on(&rule, undecided), next_from(&rule, undecided)) {
            (Some(due), Some(next)) => prop_assert_eq!((next - due).num_days(), 7),
            (Some(due), None) => prop_assert_eq!(Some(due), rule.ends_on.and_then(|ends| ends.succ_opt())),
            (None, next) => prop_assert_eq!(next, None),
        }
    }

    #[test]
    fn starts_agree_with_the_wall_clock((zone, date) in zone_and_day(), starts_min in 0i32..1440) {
        let found = start(zone, date, starts_min);
        prop_assert_eq!(found.at, slow_start(zone, date, starts_min));
        prop_assert_eq!(found.local, slots::local(zone, found.at));
        let wanted = date.and_time(NaiveTime::MIN) + TimeDelta::minutes(starts_min.into());
        prop_assert_eq!(found.skipped, found.local != wanted);
        let twice = (1..=24 * 12).any(|n| slots::local(zone, found.at + TimeDelta::minutes(n * 5)) == wanted);
        prop_assert_eq!(found.repeated, twice);
        prop_assert_eq!(i64::from(found.offset_min), (found.local - found.at.naive_utc()).num_minutes());
    }

    #[test]
    fn conflicts_agree_with_the_slots(case in open_case()) {
        let diary = diary(&case.schedule, &case.taken, case.day);
        for day in slots::slots(&case.schedule, &case.taken, case.duration, case.day - TimeDelta::days(1), case.day + TimeDelta::days(1), case.now) {
            for slot in day.slots {
                let codes: Vec<&str> = diary.conflicts(slot.starts_at, case.duration).iter().map(Conflict::code).collect();
                match slot.status {
                    SlotStatus::Available => prop_assert_eq!(codes, Vec::<&str>::new()),
                    SlotStatus::Booked | SlotStatus::Locked => prop_assert!(codes.contains(&"overlap"), "{:?}", codes),
                    SlotStatus::Unavailable => prop_assert!(codes.iter().all(|c| *c == "buffer") && !codes.is_empty(), "{:?}", codes),
                }
            }
        }
    }

    #[test]
    fn hours_agree_with_the_minutes(case in open_case(), starts_min in 0i32..1440) {
        let start = start(case.schedule.zone, case.day, starts_min);
        let date = start.local.date();
        let ends = start.at + TimeDelta::minutes(case.duration.into());
        let minutes = reference::real_minutes(&case.schedule, date);
        let mine: Vec<Option<usize>> = minutes.into_iter().filter(|(at, _)| start.at <= *at && *at < ends).map(|(_, o)| o).collect();
        let open = mine[0].is_some() && mine.iter().all(|opening| *opening == mine[0]);
        let found = diary(&case.schedule, &[], case.day).conflicts(start.at, case.duration);
        prop_assert_eq!(found.is_empty(), open, "{:?}", found);
        prop_assert!(found.iter().all(|c| ["outside_hours", "exception"].contains(&c.code())));
    }

    #[test]
    fn neither_order_nor_cuts_change_what_is_generated(case in open_case(), fives in prop::collection::vec((0i64..8, 0i32..288), 0..20), cut in 0i64..8) {
        let candidates: Vec<Candidate> = fives.iter().map(|(day, five)| {
            Candidate { date: case.day + TimeDelta::days(*day), starts_min: five * 5, duration_min: case.duration }
        }).collect();
        let free = |diary: &mut Diary<'_>, candidates: &[Candidate]| -> Vec<chrono::DateTime<Utc>> {
            judge(diary, candidates, case.now).into_iter().filter(Judged::is_free).map(|j| j.start.at).collect()
        };
        let whole = free(&mut diary(&case.schedule, &case.taken, case.day), &candidates);
        // Who was first counts within a day only.
        let mut turned = candidates.clone();
        turned.sort_by_key(|c| std::cmp::Reverse(c.date));
        prop_assert_eq!(&free(&mut diary(&case.schedule, &case.taken, case.day), &turned), &whole);
        let mut nightly = diary(&case.schedule, &case.taken, case.day);
        let last = case.day + TimeDelta::days(cut);
        let (first, second): (Vec<Candidate>, Vec<Candidate>) = candidates.iter().partition(|c| c.date <= last);
        let mut nights = free(&mut nightly, &first);
        nights.extend(free(&mut nightly, &second));
        prop_assert_eq!(nights, whole);
    }

    #[test]
    fn alternatives_are_free_and_near(case in open_case(), starts_min in 0i32..1440) {
        let around = start(case.schedule.zone, case.day, starts_min).at;
        let diary = diary(&case.schedule, &case.taken, case.day);
        let found = alternatives(&case.schedule, &case.taken, case.duration, around, case.now);
        prop_assert!(found.len() <= 3 && found.windows(2).all(|w| w[0].starts_at < w[1].starts_at));
        for slot in found {
            prop_assert_eq!(diary.conflicts(slot.starts_at, case.duration), vec![]);
            prop_assert!((slot.local.date() - slots::local(case.schedule.zone, around).date()).num_days().abs() <= 6);
        }
    }

    #[test]
    fn pairs_are_dates_of_the_rule_and_nobody_shares_one(rule in rule(), first in -10i64..60, old in prop::collection::btree_set(0i64..30, 0..9)) {
        let from = rule.anchor + TimeDelta::days(first);
        let old: Vec<NaiveDate> = old.into_iter().map(|days| from + TimeDelta::days(days)).collect();
        let pairs = pair(&rule, from, &old, &[]);
        prop_assert_eq!(pairs.len(), old.len());
        let mut new: Vec<NaiveDate> = pairs.iter().filter_map(|p| p.new).collect();
        prop_assert!(new.iter().all(|date| *date >= from && is_occurrence(&rule, *date)));
        prop_assert!(pairs.iter().all(|p| p.new.is_none_or(|new| (new - p.old).num_days().abs() <= PAIR_DAYS)));
        new.sort_unstable();
        new.dedup();
        prop_assert_eq!(new.len(), pairs.iter().filter(|p| p.new.is_some()).count());
    }
}
