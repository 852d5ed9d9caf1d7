//! Examples of the engine's rules, each small enough to check by eye.

use super::*;
use contracts::availability::{DayState, Why};
use uuid::Uuid;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn wall(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

/// Nairobi (UTC+3, never changes), Tuesdays 9 to 12, ten minutes after each session.
fn nairobi() -> Schedule {
    Schedule {
        zone: Tz::Africa__Nairobi,
        rules: vec![WeeklyRule { weekday: 2, starts_min: 540, ends_min: 720 }],
        exceptions: vec![],
        buffer_before_min: 0,
        buffer_after_min: 10,
        step_min: None,
        notice_min: 120,
        horizon_days: 60,
    }
}

fn exception(kind: ExceptionKind, from: &str, until: &str, minutes: Option<(i32, i32)>) -> DatedException {
    let id = ExceptionId(Uuid::from_u128(7));
    DatedException { id, kind, starts_on: date(from), ends_on: date(until), minutes, reason: "Doctor".into() }
}

fn closed(minutes: Option<(i32, i32)>) -> DatedException {
    exception(ExceptionKind::Closed, "2026-11-24", "2026-11-24", minutes)
}

fn taken(from: &str, until: &str, firm: bool) -> Taken {
    let (starts_at, ends_at) = (at(from), at(until));
    let blocked_until = ends_at + TimeDelta::minutes(10);
    Taken { starts_at, ends_at, blocked_from: starts_at, blocked_until, firm, booking: None }
}

const NOW: &str = "2026-11-20T08:00:00Z";

/// The Tuesday's starts, marked: nothing available, `B` booked, `L` locked, `-` unavailable.
fn tuesday(schedule: &Schedule, taken: &[Taken], duration: i32, now: &str) -> String {
    show(schedule, taken, duration, "2026-11-24", now)
}

fn show(schedule: &Schedule, taken: &[Taken], duration: i32, day: &str, now: &str) -> String {
    let days = slots(schedule, taken, duration, date(day), date(day), at(now));
    let mark = |s: &Slot| match s.status {
        SlotStatus::Available => "",
        SlotStatus::Booked => "B",
        SlotStatus::Locked => "L",
        SlotStatus::Unavailable => "-",
    };
    let show = |s: &Slot| format!("{}{}", s.local.format("%H:%M"), mark(s));
    days.iter().flat_map(|d| &d.slots).map(show).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_grid_starts_with_the_opening_and_steps_over_the_buffers() {
    assert_eq!(tuesday(&nairobi(), &[], 50, NOW), "09:00 10:00 11:00");
    assert_eq!(tuesday(&nairobi(), &[], 60, NOW), "09:00 10:10");
    assert_eq!(tuesday(&Schedule { step_min: Some(30), ..nairobi() }, &[], 60, NOW), "09:00 09:30 10:00 10:30 11:00");
    assert_eq!(show(&nairobi(), &[], 50, "2026-11-25", NOW), "");
    assert_eq!(tuesday(&nairobi(), &[], 0, NOW), "");
    assert_eq!(tuesday(&nairobi(), &[], -5, NOW), "");
    let slot = slots(&nairobi(), &[], 50, date("2026-11-24"), date("2026-11-24"), at(NOW))[0].slots[0];
    assert_eq!((slot.starts_at, slot.ends_at), (at("2026-11-24T06:00:00Z"), at("2026-11-24T06:50:00Z")));
}

#[test]
fn the_example_of_004() {
    let rules = vec![WeeklyRule { weekday: 2, starts_min: 540, ends_min: 1020 }];
    assert_eq!(
        tuesday(&Schedule { rules, ..nairobi() }, &[], 50, NOW),
        "09:00 10:00 11:00 12:00 13:00 14:00 15:00 16:00"
    );
}

#[test]
fn exceptions_cut_and_restart_the_grid() {
    let with = |exceptions| Schedule { exceptions, ..nairobi() };
    assert_eq!(tuesday(&with(vec![closed(None)]), &[], 50, NOW), "");
    assert_eq!(tuesday(&with(vec![closed(Some((550, 620)))]), &[], 30, NOW), "10:20 11:00");
    // An extra opening wins over a closed day, and joins what it touches.
    let extra = exception(ExceptionKind::Open, "2026-11-24", "2026-11-24", Some((600, 660)));
    assert_eq!(tuesday(&with(vec![closed(None), extra.clone()]), &[], 50, NOW), "10:00");
    let touching = exception(ExceptionKind::Open, "2026-11-23", "2026-11-25", Some((720, 780)));
    assert_eq!(openings(&with(vec![touching.clone(), extra]), date("2026-11-24")), [(540, 780)]);
    assert_eq!(openings(&with(vec![touching]), date("2026-11-25")), [(720, 780)]);
}

#[test]
fn days_have_states() {
    let mut schedule = nairobi();
    assert_eq!(day_state(&schedule, date("2026-11-24")), DayState::Open);
    assert_eq!(day_state(&schedule, date("2026-11-25")), DayState::Closed);
    schedule.exceptions = vec![exception(ExceptionKind::Closed, "2026-11-24", "2026-11-26", None)];
    assert_eq!(day_state(&schedule, date("2026-11-24")), DayState::Blocked);
    assert_eq!(day_state(&schedule, date("2026-11-25")), DayState::Blocked);
    schedule.exceptions = vec![closed(Some((500, 720)))];
    assert_eq!(day_state(&schedule, date("2026-11-24")), DayState::Blocked);
    schedule.exceptions = vec![closed(Some((500, 700)))];
    assert_eq!(day_state(&schedule, date("2026-11-24")), DayState::Open);
}

#[test]
fn what_is_taken_shows_by_its_kind() {
    let booked = taken("2026-11-24T07:00:00Z", "2026-11-24T07:50:00Z", true);
    assert_eq!(tuesday(&nairobi(), &[booked], 50, NOW), "09:00 10:00B 11:00");
    let held = Taken { firm: false, ..booked };
    assert_eq!(tuesday(&nairobi(), &[held], 50, NOW), "09:00 10:00L 11:00");
    // A session of another length: its buffer reaches into 11:00, and 9:00's buffer into it.
    let long = taken("2026-11-24T06:55:00Z", "2026-11-24T07:55:00Z", true);
    assert_eq!(tuesday(&nairobi(), &[long], 50, NOW), "09:00- 10:00B 11:00-");
}

#[test]
fn notice_and_horizon() {
    assert_eq!(tuesday(&nairobi(), &[], 50, "2026-11-24T05:00:00Z"), "09:00- 10:00 11:00");
    assert_eq!(tuesday(&nairobi(), &[], 50, "2026-11-24T04:00:00Z"), "09:00 10:00 11:00");
    assert_eq!(tuesday(&nairobi(), &[], 50, "2026-11-24T04:00:00.000001Z"), "09:00- 10:00 11:00");
    let near = Schedule { horizon_days: 3, ..nairobi() };
    assert_eq!(tuesday(&near, &[], 50, NOW), "09:00- 10:00- 11:00-");
    // It is the 21st in Nairobi before it is in Greenwich.
    assert_eq!(tuesday(&near, &[], 50, "2026-11-20T21:00:00Z"), "09:00 10:00 11:00");
}

/// New York: on 2026-03-08 two o'clock is skipped, on 2026-11-01 one o'clock comes twice.
#[test]
fn clock_changes() {
    let rules = vec![WeeklyRule { weekday: 7, starts_min: 60, ends_min: 240 }];
    let zone = Tz::America__New_York;
    let night = Schedule { zone, rules, buffer_after_min: 0, notice_min: 0, horizon_days: 365, ..nairobi() };
    assert_eq!(show(&night, &[], 60, "2026-03-01", "2026-01-01T00:00:00Z"), "01:00 02:00 03:00");
    assert_eq!(show(&night, &[], 60, "2026-03-08", "2026-01-01T00:00:00Z"), "01:00 03:00");
    assert_eq!(show(&night, &[], 45, "2026-03-08", "2026-01-01T00:00:00Z"), "01:00 01:45");
    assert_eq!(show(&night, &[], 60, "2026-11-01", "2026-01-01T00:00:00Z"), "01:00 01:00 02:00 03:00");
    // Half an opening inside the repeated hour happens twice, as two openings.
    let short = Schedule { rules: vec![WeeklyRule { weekday: 7, starts_min: 60, ends_min: 90 }], ..night.clone() };
    assert_eq!(show(&short, &[], 30, "2026-11-01", "2026-01-01T00:00:00Z"), "01:00 01:00");
    let ask = |local| why(&night, &[], 60, wall(local), at("2026-01-01T00:00:00Z"));
    assert_eq!(ask("2026-03-08T02:00:00"), Why::SkippedByClockChange);
    assert_eq!(ask("2026-03-08T03:00:00"), Why::Offered);
    assert_eq!(ask("2026-11-01T01:00:00"), Why::Offered);
    // The whole day is 25 hours long.
    let all_day = Schedule { rules: vec![WeeklyRule { weekday: 7, starts_min: 0, ends_min: 1440 }], ..night };
    assert_eq!(show(&all_day, &[], 60, "2026-11-01", "2026-01-01T00:00:00Z").split(' ').count(), 25);
    assert_eq!(show(&all_day, &[], 60, "2026-03-08", "2026-01-01T00:00:00Z").split(' ').count(), 23);
}

/// Samoa left out 2011-12-30; Havana repeats the hour after midnight, Lord Howe half an hour.
#[test]
fn stranger_calendars() {
    assert_eq!(day_begins(Tz::Pacific__Apia, date("2011-12-30")), at("2011-12-30T10:00:00Z"));
    assert_eq!(day_begins(Tz::Pacific__Apia, date("2011-12-31")), at("2011-12-30T10:00:00Z"));
    assert_eq!(day_begins(Tz::America__Havana, date("2026-11-01")), at("2026-11-01T04:00:00Z"));
    let zone = Tz::Pacific__Apia;
    let rules = vec![WeeklyRule { weekday: 5, starts_min: 0, ends_min: 1440 }];
    let schedule = Schedule { zone, rules, ..nairobi() };
    assert_eq!(show(&schedule, &[], 60, "2011-12-30", "2011-12-01T00:00:00Z"), "");
    let rules = vec![WeeklyRule { weekday: 7, starts_min: 60, ends_min: 150 }];
    let lord_howe = Schedule { zone: Tz::Australia__Lord_Howe, rules, buffer_after_min: 0, ..nairobi() };
    assert_eq!(show(&lord_howe, &[], 30, "2026-04-05", "2026-04-01T00:00:00Z"), "01:00 01:30 01:30 02:00");
}

#[test]
fn why_names_the_first_rule() {
    let schedule =
        Schedule { exceptions: vec![exception(ExceptionKind::Closed, "2026-12-01", "2026-12-01", None)], ..nairobi() };
    let busy = [Taken {
        booking: Some(BookingId(Uuid::from_u128(1))),
        ..taken("2026-11-24T07:00:00Z", "2026-11-24T07:45:00Z", true)
    }];
    let ask = |local: &str| why(&schedule, &busy, 50, wall(local), at(NOW));
    assert_eq!(ask("2026-11-24T09:00:00"), Why::Offered);
    assert_eq!(ask("2026-11-25T09:00:00"), Why::ClosedThatDay);
    assert_eq!(ask("2026-11-24T12:00:00"), Why::OutsideOpenings { openings: vec![(540, 720)] });
    assert_eq!(ask("2026-11-24T11:20:00"), Why::DoesNotFit { opening_ends_min: 720 });
    let near = (Some(wall("2026-11-24T09:00:00")), Some(wall("2026-11-24T10:00:00")));
    assert_eq!(ask("2026-11-24T09:30:00"), Why::OffGrid { before: near.0, after: near.1 });
    let Taken { booking, starts_at, ends_at, .. } = busy[0];
    assert_eq!(ask("2026-11-24T10:00:00"), Why::Taken { booking, starts_at, ends_at });
    for local in ["2026-12-01T09:00:00", "2026-12-01T20:00:00"] {
        assert!(matches!(ask(local), Why::Blocked { .. }), "{local}");
    }
    assert_eq!(ask("2026-11-17T09:00:00"), Why::TooSoon { earliest: at("2026-11-20T10:00:00Z") });
    assert_eq!(ask("2027-01-26T09:00:00"), Why::TooFar { last_day: date("2027-01-19") });
    let later = [taken("2026-11-24T07:55:00Z", "2026-11-24T08:30:00Z", true)];
    let (starts_at, ends_at) = (later[0].starts_at, later[0].ends_at);
    assert_eq!(
        why(&schedule, &later, 50, wall("2026-11-24T10:00:00"), at(NOW)),
        Why::InBuffer { booking: None, starts_at, ends_at }
    );
    // It fits the weekly hours; the exception is what cuts it short.
    let cut = Schedule { exceptions: vec![closed(Some((570, 600)))], ..nairobi() };
    assert!(matches!(why(&cut, &[], 50, wall("2026-11-24T09:00:00"), at(NOW)), Why::Blocked { .. }));
}

#[test]
fn checking_says_what_kind_of_no() {
    let busy = [taken("2026-11-24T07:00:00Z", "2026-11-24T07:50:00Z", false)];
    let ask = |start: &str| check(&nairobi(), &busy, 50, at(start), at(NOW)).map(|s| s.status);
    assert_eq!(ask("2026-11-24T06:00:00Z"), Ok(SlotStatus::Available));
    assert_eq!(ask("2026-11-24T07:00:00Z"), Err(Refusal::Taken));
    for start in ["2026-11-24T06:30:00Z", "2026-11-24T06:00:00.5Z", "2026-11-25T06:00:00Z", "2026-11-17T06:00:00Z"] {
        assert_eq!(ask(start), Err(Refusal::Unavailable), "{start}");
    }
}

#[test]
fn the_nearest_free_ones_in_order_of_time() {
    let busy = [taken("2026-11-24T07:00:00Z", "2026-11-24T07:50:00Z", true)];
    let near = |n, days| -> Vec<String> {
        let found = nearest_free(&nairobi(), &busy, 50, at("2026-11-24T07:00:00Z"), at(NOW), n, days);
        found.iter().map(|s| s.local.format("%d. %H:%M").to_string()).collect()
    };
    assert_eq!(near(3, 14), ["24. 09:00", "24. 11:00", "01. 09:00"]);
    assert_eq!(near(3, 2), ["24. 09:00", "24. 11:00"]);
    assert_eq!(near(0, 14), [""; 0]);
}

#[test]
fn buffers_that_leave_no_room_are_noticed() {
    assert!(!buffer_warning(&nairobi(), 60));
    let rules = vec![WeeklyRule { weekday: 1, starts_min: 540, ends_min: 600 }];
    let hour = Schedule { rules, buffer_after_min: 15, ..nairobi() };
    assert!(buffer_warning(&hour, 50));
    assert!(!buffer_warning(&Schedule { buffer_after_min: 10, ..hour }, 50));
}

#[test]
fn a_schedule_survives_the_cache() {
    let schedule = Schedule { exceptions: vec![closed(Some((1, 2)))], ..nairobi() };
    let json = serde_json::to_string(&schedule).unwrap();
    assert!(json.contains("\"Africa/Nairobi\""));
    assert_eq!(serde_json::from_str::<Schedule>(&json).unwrap(), schedule);
}

#[test]
fn the_span_to_load_is_the_days_with_buffers() {
    let (from, until) = span(&nairobi(), date("2026-11-24"), date("2026-11-25"));
    assert_eq!((from, until), (at("2026-11-23T21:00:00Z"), at("2026-11-25T21:10:00Z")));
}

/// Nothing here may panic, whatever the numbers.
#[test]
fn senseless_numbers_are_survived() {
    let rules = vec![WeeklyRule { weekday: 2, starts_min: i32::MIN, ends_min: i32::MAX }];
    let wild = |n| Schedule {
        buffer_before_min: n,
        buffer_after_min: n,
        step_min: Some(n),
        notice_min: n,
        horizon_days: n,
        rules: rules.clone(),
        exceptions: vec![closed(Some((n, i32::MIN))), closed(Some((n, n)))],
        ..nairobi()
    };
    for n in [i32::MIN, -1, 0, i32::MAX] {
        for duration in [i32::MIN, 0, i32::MAX, 60] {
            let (schedule, day) = (wild(n), date("2026-11-24"));
            slots(&schedule, &[], duration, day, day, at(NOW));
            let _ = check(&schedule, &[], duration, at("2026-11-24T06:00:00Z"), at(NOW));
            why(&schedule, &[], duration, wall("2026-11-24T09:00:00"), at(NOW));
            nearest_free(&schedule, &[], duration, at(NOW), at(NOW), 3, 14);
            buffer_warning(&schedule, duration);
            openings(&schedule, day);
        }
    }
    assert_eq!(slots(&nairobi(), &[], 50, date("2026-11-24"), date("2026-11-23"), at(NOW)), []);
}
