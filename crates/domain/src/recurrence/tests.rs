//! The rules as people say them.

use super::*;
use contracts::series::Frequency::{Biweekly, EveryNDays, Monthly, Weekly};

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn rule(frequency: Frequency, anchor: &str) -> Rule {
    Rule { frequency, interval_days: None, anchor: date(anchor), ends_on: None, starts_min: 540, duration_min: 50 }
}

fn dates(rule: &Rule, from: &str, until: &str) -> Vec<String> {
    occurrences(rule, date(from), date(until)).map(|d| d.to_string()).collect()
}

#[test]
fn weekly_and_biweekly_count_from_the_anchor() {
    let mondays = rule(Weekly, "2026-01-26");
    assert_eq!(dates(&mondays, "2026-01-01", "2026-02-10"), ["2026-01-26", "2026-02-02", "2026-02-09"]);
    assert_eq!(dates(&mondays, "2026-02-03", "2026-02-08"), Vec::<String>::new());
    let fortnightly = rule(Biweekly, "2026-12-28");
    assert_eq!(
        dates(&fortnightly, "2027-01-04", "2027-02-01"),
        ["2027-01-11", "2027-01-25"],
        "the parity survives the year"
    );
}

#[test]
fn monthly_is_clamped_from_the_anchors_day_each_time() {
    let last = rule(Monthly, "2026-01-31");
    let expected = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"];
    assert_eq!(dates(&last, "2026-01-01", "2026-05-31"), expected);
    assert_eq!(dates(&last, "2028-02-01", "2028-03-01"), ["2028-02-29"]);
    assert_eq!(dates(&rule(Monthly, "2026-03-15"), "2026-03-16", "2026-06-14"), ["2026-04-15", "2026-05-15"]);
    // Asked from behind the clamped day, the next month answers.
    assert_eq!(next_from(&last, date("2026-03-01")), Some(date("2026-03-31")));
    assert_eq!(next_after(&last, date("2026-02-28")), Some(date("2026-03-31")));
}

#[test]
fn every_n_days_and_the_end() {
    let ten = Rule { interval_days: Some(10), ends_on: Some(date("2026-02-01")), ..rule(EveryNDays, "2026-01-05") };
    assert_eq!(dates(&ten, "2026-01-01", "2026-12-31"), ["2026-01-05", "2026-01-15", "2026-01-25"]);
    assert_eq!(next_after(&ten, date("2026-01-25")), None);
    let once = Rule { ends_on: Some(date("2026-01-05")), ..ten };
    assert_eq!(dates(&once, "2026-01-05", "2026-01-05"), ["2026-01-05"], "the end is included");
}

#[test]
fn weekdays_are_found_and_the_day_itself_counts() {
    let sunday = date("2026-03-01");
    assert_eq!(on_weekday(sunday, Some(7)), sunday);
    assert_eq!(on_weekday(sunday, Some(1)), date("2026-03-02"));
    assert_eq!(on_weekday(sunday, Some(6)), date("2026-03-07"));
    assert_eq!(on_weekday(sunday, None), sunday);
}

#[test]
fn it_is_due_seven_days_before_the_next_and_once_after_the_end() {
    let mondays = Rule { ends_on: Some(date("2026-02-04")), ..rule(Weekly, "2026-01-26") };
    assert_eq!(due_on(&mondays, date("2026-01-27")), Some(date("2026-01-26")));
    assert_eq!(due_on(&mondays, date("2026-02-03")), Some(date("2026-02-05")), "the day after the end");
    assert_eq!(due_on(&rule(Weekly, "2026-01-26"), date("2026-01-27")), Some(date("2026-01-26")));
}

#[test]
fn a_rule_that_cannot_be_is_refused() {
    let today = date("2026-03-02");
    let problems =
        |rule: &Rule, notice| check(rule, notice, today).into_iter().map(|e| (e.field, e.problem)).collect::<Vec<_>>();
    let good = rule(Weekly, "2026-03-02");
    assert_eq!(problems(&good, 3), []);
    let wrong = |field: &str, problem| vec![(field.to_owned(), problem)];
    use FieldProblem::*;
    assert_eq!(problems(&good, 0), wrong("payment_notice_days", OutOfRange));
    assert_eq!(problems(&good, 15), wrong("payment_notice_days", OutOfRange));
    assert_eq!(problems(&Rule { duration_min: 52, ..good }, 3), wrong("duration_min", NotStepOfFive));
    assert_eq!(problems(&Rule { duration_min: 245, ..good }, 3), wrong("duration_min", OutOfRange));
    assert_eq!(problems(&Rule { frequency: EveryNDays, ..good }, 3), wrong("interval_days", Required));
    let often = Rule { frequency: EveryNDays, interval_days: Some(0), ..good };
    assert_eq!(problems(&often, 3), wrong("interval_days", OutOfRange));
    assert_eq!(problems(&Rule { ends_on: Some(date("2026-03-01")), ..good }, 3), wrong("ends_on", EndBeforeStart));
    assert_eq!(problems(&Rule { anchor: date("2046-03-02"), ..good }, 3), wrong("starts_on", OutOfRange));
}

#[test]
fn sessions_move_within_their_week_and_never_two_to_one_date() {
    let today = date("2026-03-02");
    let old = [date("2026-03-09")];
    let pairs = |rule: &Rule, old: &[NaiveDate], decided: &[NaiveDate]| {
        pair(rule, today, old, decided).into_iter().map(|p| p.new.map(|d| d.to_string())).collect::<Vec<_>>()
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(pairs(&rule(Weekly, "2026-03-02"), &old, &[]), [some("2026-03-09")], "the same date stays");
    assert_eq!(pairs(&rule(Weekly, "2026-03-05"), &old, &[]), [some("2026-03-12")], "Monday becomes Thursday");
    assert_eq!(pairs(&rule(Weekly, "2026-03-05"), &old, &[date("2026-03-12")]), [some("2026-03-05")]);
    assert_eq!(pairs(&rule(Monthly, "2026-03-31"), &old, &[]), [None], "no date in that week");
    let every_other = Rule { interval_days: Some(2), ..rule(EveryNDays, "2026-03-02") };
    let daily: Vec<NaiveDate> = (2..6).map(|day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap()).collect();
    let expected = [some("2026-03-02"), some("2026-03-06"), some("2026-03-04"), some("2026-03-08")];
    assert_eq!(pairs(&every_other, &daily, &[]), expected);
}

#[cfg(feature = "zones")]
mod clocks {
    use super::*;
    use contracts::series::ClockChange;

    fn at(zone: &str, day: &str, minutes: i32) -> (Start, String) {
        let start = start(zone.parse().unwrap(), date(day), minutes);
        (start, format!("{}", start.at))
    }

    #[test]
    fn a_skipped_time_begins_when_the_clock_goes_on() {
        // Madrid, 29 March 2026: 01:59 is followed by 03:00.
        let (start, utc) = at("Europe/Madrid", "2026-03-29", 150);
        assert_eq!((start.skipped, start.repeated, utc.as_str()), (true, false, "2026-03-29 01:00:00 UTC"));
        assert_eq!(start.local.to_string(), "2026-03-29 03:00:00");
        assert_eq!(clock_change(&start, None), Some(ClockChange::Skipped));
        let (start, _) = at("Europe/Madrid", "2026-03-29", 180);
        assert!(!start.skipped);
    }

    #[test]
    fn of_a_repeated_time_the_first_is_meant() {
        // Madrid, 25 October 2026: 02:59 is followed by 02:00.
        let (start, utc) = at("Europe/Madrid", "2026-10-25", 150);
        assert_eq!((start.skipped, start.repeated, utc.as_str()), (false, true, "2026-10-25 00:30:00 UTC"));
        assert_eq!(clock_change(&start, None), Some(ClockChange::Repeated));
    }

    #[test]
    fn a_day_without_change_says_so_only_beside_the_one_before() {
        let (winter, _) = at("Europe/Madrid", "2026-03-23", 540);
        let (summer, _) = at("Europe/Madrid", "2026-03-30", 540);
        assert_eq!(clock_change(&summer, Some(&winter)), Some(ClockChange::Shifted { minutes: 60 }));
        assert_eq!(clock_change(&winter, Some(&summer)), Some(ClockChange::Shifted { minutes: -60 }));
        assert_eq!(clock_change(&summer, None), None);
    }

    #[test]
    fn midnight_that_is_skipped_and_a_day_that_is() {
        // Beirut, 29 March 2026: 23:59 is followed by 01:00.
        let (start, _) = at("Asia/Beirut", "2026-03-29", 0);
        assert_eq!((start.skipped, start.local.to_string().as_str()), (true, "2026-03-29 01:00:00"));
        // Samoa left out 30 December 2011.
        let (start, _) = at("Pacific/Apia", "2011-12-30", 540);
        assert_eq!((start.skipped, start.local.to_string().as_str()), (true, "2011-12-31 00:00:00"));
    }
}

#[cfg(feature = "zones")]
mod ways {
    use super::*;
    use crate::slots::{DatedException, Schedule, Taken, WeeklyRule};
    use chrono::{DateTime, TimeDelta, Utc};
    use contracts::ExceptionId;
    use contracts::availability::ExceptionKind;
    use contracts::series::{Becomes, Conflict};

    /// Open on weekdays from 9 to 17, with ten minutes after each session.
    fn schedule(exceptions: Vec<DatedException>) -> Schedule {
        let weekly = |weekday| WeeklyRule { weekday, starts_min: 540, ends_min: 1020 };
        Schedule {
            zone: "Africa/Nairobi".parse().unwrap(),
            rules: (1..=5).map(weekly).collect(),
            exceptions,
            buffer_before_min: 0,
            buffer_after_min: 10,
            step_min: None,
            notice_min: 2_880,
            horizon_days: 5,
        }
    }

    fn exception(kind: ExceptionKind, day: &str, minutes: Option<(i32, i32)>) -> DatedException {
        let (starts_on, id) = (date(day), ExceptionId(uuid::Uuid::nil()));
        DatedException { id, kind, starts_on, ends_on: starts_on, minutes, reason: "Vacation".into() }
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn taken(from: &str, minutes: i64) -> Taken {
        let (starts_at, ends_at) = (utc(from), utc(from) + TimeDelta::minutes(minutes));
        let blocked_until = ends_at + TimeDelta::minutes(10);
        Taken { starts_at, ends_at, blocked_from: starts_at, blocked_until, firm: true, booking: None }
    }

    /// Conflicts of a session of 50 minutes at 09:00 in Nairobi on Monday 9 March 2026.
    fn conflicts(schedule: &Schedule, taken: Vec<Taken>) -> Vec<Conflict> {
        let day = date("2026-03-09");
        Diary::new(schedule, taken, day, day).conflicts(utc("2026-03-09T06:00:00Z"), 50)
    }

    #[test]
    fn everything_in_the_way_is_told() {
        use ExceptionKind::{Closed, Open};
        assert_eq!(conflicts(&schedule(vec![]), vec![]), []);
        let codes =
            |exceptions, taken| conflicts(&schedule(exceptions), taken).iter().map(Conflict::code).collect::<Vec<_>>();
        assert_eq!(codes(vec![exception(Closed, "2026-03-09", None)], vec![]), ["exception"]);
        assert_eq!(codes(vec![exception(Closed, "2026-03-09", Some((580, 600)))], vec![]), ["exception"]);
        assert_eq!(
            codes(vec![exception(Closed, "2026-03-09", Some((590, 700)))], vec![]),
            Vec::<&str>::new(),
            "it ends before"
        );
        assert_eq!(codes(vec![exception(Closed, "2026-03-10", None)], vec![]), Vec::<&str>::new());
        let reopened = vec![exception(Closed, "2026-03-09", None), exception(Open, "2026-03-09", Some((540, 600)))];
        assert_eq!(codes(reopened, vec![]), Vec::<&str>::new(), "an extra opening is stronger");
        assert_eq!(codes(vec![], vec![taken("2026-03-09T06:30:00Z", 50)]), ["overlap"]);
        assert_eq!(codes(vec![], vec![taken("2026-03-09T06:55:00Z", 50)]), ["buffer"], "its own ten minutes after");
        assert_eq!(codes(vec![], vec![taken("2026-03-09T07:00:00Z", 50)]), Vec::<&str>::new());
        let all = codes(vec![exception(Closed, "2026-03-09", None)], vec![taken("2026-03-09T06:00:00Z", 50)]);
        assert_eq!(all, ["exception", "overlap"]);
    }

    #[test]
    fn hours_and_times_are_told_on_the_wall_clock() {
        let day = date("2026-03-08");
        let open = schedule(vec![]);
        let diary = Diary::new(&open, vec![], day, date("2026-03-09"));
        assert_eq!(diary.conflicts(utc("2026-03-08T06:00:00Z"), 50), [Conflict::OutsideHours { openings: vec![] }]);
        let late = diary.conflicts(utc("2026-03-09T13:30:00Z"), 50);
        assert_eq!(late, [Conflict::OutsideHours { openings: vec![(540, 1020)] }]);
        let other = Diary::new(&open, vec![taken("2026-03-09T06:30:00Z", 50)], day, date("2026-03-09"));
        let at = |hour, minute| date("2026-03-09").and_hms_opt(hour, minute, 0).unwrap();
        let there = Conflict::Overlap { starts: at(9, 30), ends: at(10, 20) };
        assert_eq!(other.conflicts(utc("2026-03-09T06:00:00Z"), 50), [there]);
    }

    #[test]
    fn existing_things_win_and_then_what_was_agreed_first() {
        let open = schedule(vec![]);
        let day = date("2026-03-09");
        let mut diary = Diary::new(&open, vec![taken("2026-03-09T10:00:00Z", 50)], day, day);
        let candidate = |starts_min| Candidate { date: day, starts_min, duration_min: 50 };
        let candidates = [candidate(780), candidate(600), candidate(570), candidate(600), candidate(660)];
        let judged = judge(&mut diary, &candidates, utc("2026-03-02T08:00:00Z"));
        let free: Vec<usize> = judged.iter().filter(|j| j.is_free()).map(|j| j.which).collect();
        // 13:00 is taken; the first at 10:00 keeps 09:30 and the second away; 11:00 is free.
        assert_eq!(free, [1, 4]);
        let same = judge(
            &mut Diary::new(&open, vec![], day, day),
            &[candidate(600), candidate(600)],
            utc("2026-03-02T08:00:00Z"),
        );
        assert_eq!(same.iter().map(Judged::is_free).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn a_preview_tells_what_becomes_of_every_date() {
        let open = schedule(vec![exception(ExceptionKind::Closed, "2026-03-16", None)]);
        let rule = Rule { ends_on: Some(date("2026-03-31")), ..rule(Weekly, "2026-03-02") };
        let (from, until) = (date("2026-03-02"), date("2027-03-01"));
        let mut diary = Diary::new(&open, vec![], from, until);
        diary.plan(utc("2026-03-23T06:30:00Z"), 50);
        let named: Vec<NaiveDate> = occurrences(&rule, from, until).collect();
        let dates = preview(&mut diary, &rule, &named, from, utc("2026-03-02T08:00:00Z"));
        let becomes: Vec<Becomes> = dates.iter().map(|d| d.becomes).collect();
        use Becomes::*;
        assert_eq!(becomes, [Passed, Session, Skipped, Skipped, Later]);
        let codes: Vec<&str> = dates.iter().flat_map(|d| &d.conflicts).map(Conflict::code).collect();
        assert_eq!(codes, ["exception", "other_series"]);
        assert_eq!(dates[2].alternatives.len(), 3);
        assert_eq!(dates[2].alternatives[0].local.to_string(), "2026-03-17 09:00:00", "the day after is nearest");
    }
}
