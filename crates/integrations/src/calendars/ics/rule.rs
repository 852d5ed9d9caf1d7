//! Recurrence rules (RFC 5545 §3.3.10) as calendars use them: by days, weeks, months and years.
//!
//! Everything is reckoned on the wall clock; the caller turns what comes out into instants. Rules by the hour, by week
//! numbers or by days of the year are not understood and say so.

use chrono::{Datelike, Days, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// When a rule ends, as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    Utc(NaiveDateTime),
    Local(NaiveDateTime),
}

impl Until {
    /// The digits, whatever clock they are of.
    pub fn written(self) -> NaiveDateTime {
        match self {
            Self::Utc(at) | Self::Local(at) => at,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    frequency: Frequency,
    interval: u32,
    count: Option<u32>,
    pub until: Option<Until>,
    /// Which of the weekdays in the month or year, counted from its end when negative; 0: each.
    by_day: Vec<(i32, Weekday)>,
    by_month_day: Vec<i32>,
    by_month: Vec<u32>,
    by_position: Vec<i32>,
    week_start: Weekday,
}

/// Steps that all rules of one file may take together; a file that needs more is no calendar of a person.
#[derive(Debug)]
pub struct Budget(pub u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exhausted;

impl Budget {
    pub fn spend(&mut self, steps: usize) -> Result<(), Exhausted> {
        let left = self.0.checked_sub(u32::try_from(steps).unwrap_or(u32::MAX)).ok_or(Exhausted)?;
        self.0 = left;
        Ok(())
    }
}

impl Rule {
    /// `None` for what is not understood.
    pub fn parse(text: &str) -> Option<Self> {
        let mut frequency = None;
        let mut rule = Self {
            frequency: Frequency::Daily,
            interval: 1,
            count: None,
            until: None,
            by_day: vec![],
            by_month_day: vec![],
            by_month: vec![],
            by_position: vec![],
            week_start: Weekday::Mon,
        };
        for part in text.trim().split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            match name.to_ascii_uppercase().as_str() {
                "FREQ" => frequency = Some(self::frequency(value)?),
                "INTERVAL" => rule.interval = value.parse().ok().filter(|n| (1..=10_000).contains(n))?,
                "COUNT" => rule.count = Some(value.parse().ok()?),
                "UNTIL" => rule.until = Some(until(value)?),
                "BYDAY" => rule.by_day = list(value, ordinal_day)?,
                "BYMONTHDAY" => rule.by_month_day = list(value, |n| within(n, 31))?,
                "BYMONTH" => rule.by_month = list(value, |n| n.parse().ok().filter(|n| (1..=12).contains(n)))?,
                "BYSETPOS" => rule.by_position = list(value, |n| within(n, 366))?,
                "WKST" => rule.week_start = weekday(value)?,
                _ => return None,
            }
        }
        rule.frequency = frequency?;
        Some(rule)
    }

    /// The beginnings of an entry that first begins at `starts`, up to the end of the window and from about its
    /// beginning. `until` is where the rule itself ends, on the same wall clock.
    ///
    /// # Errors
    /// When it takes more steps than are left.
    pub fn occurrences(
        &self,
        starts: NaiveDateTime,
        until: Option<NaiveDateTime>,
        (from, to): (NaiveDateTime, NaiveDateTime),
        budget: &mut Budget,
    ) -> Result<Vec<NaiveDateTime>, Exhausted> {
        let last = until.map_or(to, |until| until.min(to));
        let mut left = self.count.unwrap_or(u32::MAX);
        let mut found = Vec::new();
        // Whatever the rule says, the first is the one that is written down.
        if left > 0 && starts <= last {
            left -= 1;
            found.push(starts);
        }
        let mut period = if self.count.is_some() { 0 } else { self.periods_before(starts.date(), from.date()) };
        while left > 0 {
            let Some((begins, days)) = self.days_of(starts.date(), period) else { break };
            budget.spend(1 + days.len())?;
            if begins > last.date() {
                break;
            }
            for day in days {
                let at = day.and_time(starts.time());
                if at > starts && at <= last && left > 0 {
                    left -= 1;
                    found.push(at);
                }
            }
            period += 1;
        }
        Ok(found)
    }

    /// So many whole periods end before the window begins, with one to spare.
    fn periods_before(&self, starts: NaiveDate, from: NaiveDate) -> u32 {
        let days = (from - starts).num_days().max(0);
        let per_period = match self.frequency {
            Frequency::Daily => 1,
            Frequency::Weekly => 7,
            Frequency::Monthly => 31,
            Frequency::Yearly => 366,
        };
        let periods = days / (per_period * i64::from(self.interval));
        u32::try_from(periods - 1).unwrap_or(0)
    }

    /// The beginning of a period and its days, in order.
    fn days_of(&self, starts: NaiveDate, period: u32) -> Option<(NaiveDate, Vec<NaiveDate>)> {
        let step = period.checked_mul(self.interval)?;
        let (begins, mut days) = match self.frequency {
            Frequency::Daily => {
                let day = starts.checked_add_days(Days::new(step.into()))?;
                (day, if self.allows(day) { vec![day] } else { vec![] })
            }
            Frequency::Weekly => {
                let begins = starts.week(self.week_start).checked_first_day()?;
                let begins = begins.checked_add_days(Days::new(u64::from(step) * 7))?;
                (begins, self.week(begins, starts.weekday()))
            }
            Frequency::Monthly => {
                let begins = starts.with_day(1)?.checked_add_months(Months::new(step))?;
                (begins, if self.in_month(begins) { self.month(begins, starts.day()) } else { vec![] })
            }
            Frequency::Yearly => {
                let year = starts.year().checked_add(i32::try_from(step).ok()?)?;
                let begins = NaiveDate::from_ymd_opt(year, 1, 1)?;
                (begins, self.year(begins, starts))
            }
        };
        days.sort_unstable();
        days.dedup();
        Some((begins, self.positions(days)))
    }

    fn in_month(&self, day: NaiveDate) -> bool {
        self.by_month.is_empty() || self.by_month.contains(&day.month())
    }

    fn on_weekday(&self, day: NaiveDate) -> bool {
        self.by_day.is_empty() || self.by_day.iter().any(|(_, weekday)| *weekday == day.weekday())
    }

    fn on_month_day(&self, day: NaiveDate) -> bool {
        let from_end = || i32::try_from(day.day()).unwrap_or(0) - i32::try_from(days_in_month(day)).unwrap_or(0) - 1;
        let number = i32::try_from(day.day()).unwrap_or(0);
        self.by_month_day.is_empty() || self.by_month_day.iter().any(|n| *n == number || *n == from_end())
    }

    fn allows(&self, day: NaiveDate) -> bool {
        self.in_month(day) && self.on_weekday(day) && self.on_month_day(day)
    }

    fn week(&self, begins: NaiveDate, first: Weekday) -> Vec<NaiveDate> {
        let fits = |day: &NaiveDate| {
            let weekday = if self.by_day.is_empty() { day.weekday() == first } else { self.on_weekday(*day) };
            weekday && self.in_month(*day)
        };
        begins.iter_days().take(7).filter(fits).collect()
    }

    fn month(&self, begins: NaiveDate, first: u32) -> Vec<NaiveDate> {
        let days: Vec<NaiveDate> = begins.iter_days().take(days_in_month(begins) as usize).collect();
        match (self.by_month_day.is_empty(), self.by_day.is_empty()) {
            (true, true) => days.into_iter().filter(|day| day.day() == first).collect(),
            (true, false) => self.numbered_weekdays(&days),
            (false, _) => days.into_iter().filter(|day| self.on_month_day(*day) && self.on_weekday(*day)).collect(),
        }
    }

    fn year(&self, begins: NaiveDate, starts: NaiveDate) -> Vec<NaiveDate> {
        let months = (1..=12).filter_map(|month| begins.with_month(month));
        if !self.by_month.is_empty() {
            return months.filter(|m| self.in_month(*m)).flat_map(|m| self.month(m, starts.day())).collect();
        }
        if !self.by_month_day.is_empty() {
            return months.flat_map(|month| self.month(month, starts.day())).collect();
        }
        if self.by_day.is_empty() {
            return NaiveDate::from_ymd_opt(begins.year(), starts.month(), starts.day()).into_iter().collect();
        }
        let days: Vec<NaiveDate> = begins.iter_days().take_while(|day| day.year() == begins.year()).collect();
        self.numbered_weekdays(&days)
    }

    /// "Each Monday" or "the last Friday" of these days.
    fn numbered_weekdays(&self, days: &[NaiveDate]) -> Vec<NaiveDate> {
        let chosen = self.by_day.iter().flat_map(|(number, weekday)| {
            let all: Vec<NaiveDate> = days.iter().copied().filter(|day| day.weekday() == *weekday).collect();
            if *number == 0 { all } else { nth(&all, *number).into_iter().collect() }
        });
        chosen.collect()
    }

    fn positions(&self, days: Vec<NaiveDate>) -> Vec<NaiveDate> {
        if self.by_position.is_empty() {
            return days;
        }
        let mut chosen: Vec<NaiveDate> = self.by_position.iter().filter_map(|n| nth(&days, *n)).collect();
        chosen.sort_unstable();
        chosen.dedup();
        chosen
    }
}

/// Counted from one, from the end when negative.
fn nth(days: &[NaiveDate], number: i32) -> Option<NaiveDate> {
    let place = usize::try_from(number.unsigned_abs()).ok()?.checked_sub(1)?;
    if number > 0 { days.get(place).copied() } else { days.iter().rev().nth(place).copied() }
}

fn days_in_month(day: NaiveDate) -> u32 {
    day.with_day(1)
        .and_then(|first| first.checked_add_months(Months::new(1)))
        .and_then(|next| next.pred_opt())
        .map_or(31, |last| last.day())
}

fn list<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').map(|one| read(one.trim())).collect()
}

fn within(text: &str, most: i32) -> Option<i32> {
    text.parse().ok().filter(|n: &i32| *n != 0 && (-most..=most).contains(n))
}

fn frequency(text: &str) -> Option<Frequency> {
    match text.to_ascii_uppercase().as_str() {
        "DAILY" => Some(Frequency::Daily),
        "WEEKLY" => Some(Frequency::Weekly),
        "MONTHLY" => Some(Frequency::Monthly),
        "YEARLY" => Some(Frequency::Yearly),
        _ => None,
    }
}

fn weekday(text: &str) -> Option<Weekday> {
    match text.to_ascii_uppercase().as_str() {
        "MO" => Some(Weekday::Mon),
        "TU" => Some(Weekday::Tue),
        "WE" => Some(Weekday::Wed),
        "TH" => Some(Weekday::Thu),
        "FR" => Some(Weekday::Fri),
        "SA" => Some(Weekday::Sat),
        "SU" => Some(Weekday::Sun),
        _ => None,
    }
}

/// `MO`, `2TU`, `-1FR`.
fn ordinal_day(text: &str) -> Option<(i32, Weekday)> {
    let (number, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let number = if number.is_empty() { 0 } else { within(number, 53)? };
    Some((number, weekday(day)?))
}

/// A date is good until its end.
fn until(text: &str) -> Option<Until> {
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y%m%d") {
        return Some(Until::Local(date.and_time(NaiveTime::MIN) + Duration::seconds(86_399)));
    }
    let read = |text| NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").ok();
    match text.strip_suffix(['Z', 'z']) {
        Some(text) => read(text).map(Until::Utc),
        None => read(text).map(Until::Local),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn dates(rule: &str, starts: &str, window: (&str, &str)) -> Vec<String> {
        let rule = Rule::parse(rule).unwrap();
        let until = rule.until.map(Until::written);
        let window = (at(window.0), at(window.1));
        let found = rule.occurrences(at(starts), until, window, &mut Budget(100_000)).unwrap();
        found.into_iter().filter(|day| *day >= window.0).map(|day| day.date().to_string()).collect()
    }

    /// Of RFC 5545 §3.8.5.3 and of what calendars send; each with its first dates.
    #[test]
    fn rules_name_their_dates() {
        let year = ("1997-01-01T00:00:00", "1999-12-31T00:00:00");
        for (rule, starts, expected) in [
            ("FREQ=DAILY;COUNT=3", "1997-09-02T09:00:00", &["1997-09-02", "1997-09-03", "1997-09-04"][..]),
            ("FREQ=DAILY;INTERVAL=10;COUNT=3", "1997-09-02T09:00:00", &["1997-09-02", "1997-09-12", "1997-09-22"]),
            ("FREQ=WEEKLY;UNTIL=19970917", "1997-09-02T09:00:00", &["1997-09-02", "1997-09-09", "1997-09-16"]),
            (
                "FREQ=WEEKLY;INTERVAL=2;COUNT=4;WKST=SU;BYDAY=TU,TH",
                "1997-09-02T09:00:00",
                &["1997-09-02", "1997-09-04", "1997-09-16", "1997-09-18"],
            ),
            // The example in which the first day of the week decides.
            (
                "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
                "1997-08-05T09:00:00",
                &["1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"],
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
                "1997-08-05T09:00:00",
                &["1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"],
            ),
            ("FREQ=MONTHLY;COUNT=3;BYDAY=1FR", "1997-09-05T09:00:00", &["1997-09-05", "1997-10-03", "1997-11-07"]),
            ("FREQ=MONTHLY;COUNT=3;BYDAY=-2MO", "1997-09-22T09:00:00", &["1997-09-22", "1997-10-20", "1997-11-17"]),
            ("FREQ=MONTHLY;BYMONTHDAY=-3;COUNT=3", "1997-09-28T09:00:00", &["1997-09-28", "1997-10-29", "1997-11-28"]),
            ("FREQ=MONTHLY;COUNT=3", "1997-01-31T09:00:00", &["1997-01-31", "1997-03-31", "1997-05-31"]),
            (
                "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
                "1997-09-04T09:00:00",
                &["1997-09-04", "1997-10-07", "1997-11-06"],
            ),
            (
                "FREQ=MONTHLY;COUNT=3;BYDAY=FR;BYMONTHDAY=13",
                "1998-02-13T09:00:00",
                &["1998-02-13", "1998-03-13", "1998-11-13"],
            ),
            ("FREQ=YEARLY;COUNT=3;BYMONTH=6,7", "1997-06-10T09:00:00", &["1997-06-10", "1997-07-10", "1998-06-10"]),
            ("FREQ=YEARLY;COUNT=2;BYDAY=20MO", "1997-05-19T09:00:00", &["1997-05-19", "1998-05-18"]),
            ("FREQ=YEARLY;COUNT=2;BYMONTH=3;BYDAY=-1SU", "1997-03-30T02:00:00", &["1997-03-30", "1998-03-29"]),
        ] {
            assert_eq!(dates(rule, starts, year), expected, "{rule}");
        }
    }

    #[test]
    fn an_old_endless_rule_reaches_the_window_at_once() {
        let window = ("2026-03-01T00:00:00", "2026-03-20T00:00:00");
        assert_eq!(dates("FREQ=WEEKLY;BYDAY=MO,WE", "1990-01-01T09:00:00", window).len(), 6);
        let rule = Rule::parse("FREQ=DAILY").unwrap();
        let span = (at(window.0), at(window.1));
        assert!(rule.occurrences(at("1970-01-01T09:00:00"), None, span, &mut Budget(100)).is_ok());
        let counted = Rule::parse("FREQ=DAILY;COUNT=100000").unwrap();
        assert_eq!(counted.occurrences(at("1970-01-01T09:00:00"), None, span, &mut Budget(100)), Err(Exhausted));
    }

    #[test]
    fn what_is_not_understood_says_so() {
        for rule in ["", "FREQ=HOURLY", "FREQ=DAILY;INTERVAL=0", "FREQ=YEARLY;BYWEEKNO=20", "FREQ=DAILY;BYDAY=XX", "X"]
        {
            assert_eq!(Rule::parse(rule), None, "{rule}");
        }
    }

    fn rules() -> impl Strategy<Value = String> {
        let parts = prop::sample::subsequence(
            vec![
                "INTERVAL=3",
                "COUNT=500",
                "UNTIL=20280101T000000Z",
                "BYDAY=MO,-1FR,5TU",
                "BYMONTHDAY=1,-31,31",
                "BYMONTH=2,11",
                "BYSETPOS=-1,2",
                "WKST=SU",
            ],
            0..=8,
        );
        (prop::sample::select(vec!["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]), parts)
            .prop_map(|(frequency, parts)| format!("FREQ={frequency};{}", parts.join(";")))
    }

    proptest! {
        #[test]
        fn occurrences_are_in_order_and_within(rule in rules(), day in 0_u64..20_000, back in 0_u64..800) {
            let starts = NaiveDate::from_ymd_opt(1975, 1, 1).unwrap() + Days::new(day);
            let starts = starts.and_hms_opt(9, 30, 0).unwrap();
            let from = starts.checked_add_days(Days::new(800 - back)).unwrap();
            let window = (from, from + Duration::days(400));
            let parsed = Rule::parse(&rule).unwrap();
            let found = parsed.occurrences(starts, None, window, &mut Budget(1_000_000)).unwrap();
            prop_assert!(found.is_sorted() && found.windows(2).all(|two| two[0] < two[1]));
            prop_assert!(found.iter().all(|at| *at >= starts && *at <= window.1));
            // Beginning near the window loses nothing.
            if parsed.count.is_none() {
                let all = parsed.occurrences(starts, None, (starts, window.1), &mut Budget(1_000_000)).unwrap();
                let late = |list: Vec<NaiveDateTime>| list.into_iter().filter(|at| *at >= window.0).collect::<Vec<_>>();
                prop_assert_eq!(late(all), late(found));
            }
        }

        #[test]
        fn garbage_never_panics(text in "(FREQ=|BYDAY=|UNTIL=|[A-Z0-9=;,+-]){0,12}") {
            if let Some(rule) = Rule::parse(&text) {
                let starts = at("2026-01-31T23:30:00");
                let _ = rule.occurrences(starts, None, (starts, NaiveDateTime::MAX), &mut Budget(20_000));
            }
        }
    }
}
