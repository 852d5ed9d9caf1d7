//! Dates and times in words, in both languages and without zone tables: what is written here is what a wall clock shows.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use contracts::{Lang, Text};

const fn t(en: &'static str, es: &'static str) -> Text {
    Text { en, es }
}

const WEEKDAYS: [Text; 7] = [
    t("Monday", "lunes"),
    t("Tuesday", "martes"),
    t("Wednesday", "miércoles"),
    t("Thursday", "jueves"),
    t("Friday", "viernes"),
    t("Saturday", "sábado"),
    t("Sunday", "domingo"),
];

const WEEKDAYS_SHORT: [Text; 7] = [
    t("Mon", "lun"),
    t("Tue", "mar"),
    t("Wed", "mié"),
    t("Thu", "jue"),
    t("Fri", "vie"),
    t("Sat", "sáb"),
    t("Sun", "dom"),
];

const MONTHS: [Text; 12] = [
    t("January", "enero"),
    t("February", "febrero"),
    t("March", "marzo"),
    t("April", "abril"),
    t("May", "mayo"),
    t("June", "junio"),
    t("July", "julio"),
    t("August", "agosto"),
    t("September", "septiembre"),
    t("October", "octubre"),
    t("November", "noviembre"),
    t("December", "diciembre"),
];

const MONTHS_SHORT: [Text; 12] = [
    t("Jan", "ene"),
    t("Feb", "feb"),
    t("Mar", "mar"),
    t("Apr", "abr"),
    t("May", "may"),
    t("Jun", "jun"),
    t("Jul", "jul"),
    t("Aug", "ago"),
    t("Sep", "sep"),
    t("Oct", "oct"),
    t("Nov", "nov"),
    t("Dec", "dic"),
];

fn weekday_index(date: NaiveDate) -> usize {
    date.weekday().num_days_from_monday() as usize
}

/// `Tuesday`, `martes`.
pub fn weekday_name(lang: Lang, date: NaiveDate) -> &'static str {
    WEEKDAYS[weekday_index(date)].of(lang)
}

/// `Tue`, `mar`.
pub fn weekday_short(lang: Lang, date: NaiveDate) -> &'static str {
    WEEKDAYS_SHORT[weekday_index(date)].of(lang)
}

/// The name of an ISO weekday, 1 is Monday; for headings of weekly rules. Empty for another number.
pub fn iso_weekday_name(lang: Lang, weekday: i16) -> &'static str {
    let index = usize::try_from(weekday).ok().and_then(|day| day.checked_sub(1));
    index.and_then(|i| WEEKDAYS.get(i)).map_or("", |name| name.of(lang))
}

/// `November`, `noviembre`.
pub fn month_name(lang: Lang, date: NaiveDate) -> &'static str {
    MONTHS[date.month0() as usize].of(lang)
}

/// `November 2026`, `noviembre de 2026`.
pub fn month_title(lang: Lang, date: NaiveDate) -> String {
    let (month, year) = (month_name(lang, date), date.year());
    match lang {
        Lang::En => format!("{month} {year}"),
        Lang::Es => format!("{month} de {year}"),
    }
}

/// `Tuesday 24 November 2026`, `martes 24 de noviembre de 2026`.
pub fn long_date(lang: Lang, date: NaiveDate) -> String {
    let (weekday, day, month) = (weekday_name(lang, date), date.day(), month_title(lang, date));
    match lang {
        Lang::En => format!("{weekday} {day} {month}"),
        Lang::Es => format!("{weekday} {day} de {month}"),
    }
}

/// `Tue 24 Nov`, `mar 24 nov`.
pub fn short_date(lang: Lang, date: NaiveDate) -> String {
    format!("{} {} {}", weekday_short(lang, date), date.day(), MONTHS_SHORT[date.month0() as usize].of(lang))
}

/// `10:00`.
pub fn clock(time: NaiveTime) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// Today, tomorrow or yesterday; other days have no such word.
pub fn relative_day(lang: Lang, date: NaiveDate, today: NaiveDate) -> Option<&'static str> {
    let word = match date.signed_duration_since(today).num_days() {
        -1 => t("yesterday", "ayer"),
        0 => t("today", "hoy"),
        1 => t("tomorrow", "mañana"),
        _ => return None,
    };
    Some(word.of(lang))
}

/// `America/Argentina/Buenos_Aires` as people say it: `Buenos Aires`.
pub fn zone_name(zone: &str) -> String {
    zone.rsplit('/').next().unwrap_or(zone).replace('_', " ")
}

/// `Tuesday 24 November 2026, 10:00`.
pub fn long_when(lang: Lang, when: NaiveDateTime) -> String {
    format!("{}, {}", long_date(lang, when.date()), clock(when.time()))
}

/// `Tue 24 Nov, 10:00`.
pub fn short_when(lang: Lang, when: NaiveDateTime) -> String {
    format!("{}, {}", short_date(lang, when.date()), clock(when.time()))
}

pub fn first_of_month(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

pub fn last_of_month(date: NaiveDate) -> NaiveDate {
    let next = first_of_month(date).checked_add_months(Months::new(1));
    next.and_then(|first| first.pred_opt()).unwrap_or(date)
}

/// The same day in a later or earlier month, clamped to that month's last day.
pub fn add_months(date: NaiveDate, months: i32) -> NaiveDate {
    let count = Months::new(months.unsigned_abs());
    let moved = if months < 0 { date.checked_sub_months(count) } else { date.checked_add_months(count) };
    moved.unwrap_or(date)
}

/// The Monday of this week.
pub fn monday(date: NaiveDate) -> NaiveDate {
    date.checked_sub_days(Days::new(weekday_index(date) as u64)).unwrap_or(date)
}

/// The weeks, Monday to Sunday, that together show the month of this date: four to six.
pub fn weeks(month: NaiveDate) -> Vec<[NaiveDate; 7]> {
    let last = last_of_month(month);
    let mondays = monday(first_of_month(month)).iter_weeks().take_while(|monday| *monday <= last);
    let day = |monday: NaiveDate, i: u64| monday.checked_add_days(Days::new(i)).unwrap_or(monday);
    mondays.map(|monday| [0, 1, 2, 3, 4, 5, 6].map(|i| day(monday, i))).collect()
}

/// How long since: `just now`, `12 s ago`, `5 min ago`, `3 h ago`, `2 days ago`.
pub fn ago(lang: Lang, seconds: i64) -> String {
    let (count, text) = match seconds {
        ..3 => return t("just now", "ahora mismo").of(lang).into(),
        3..60 => (seconds, t("{n} s ago", "hace {n} s")),
        60..3_600 => (seconds / 60, t("{n} min ago", "hace {n} min")),
        3_600..86_400 => (seconds / 3_600, t("{n} h ago", "hace {n} h")),
        86_400..172_800 => (1, t("{n} day ago", "hace {n} día")),
        _ => (seconds / 86_400, t("{n} days ago", "hace {n} días")),
    };
    text.with(lang, &[("n", &count.to_string())])
}

/// Time that is left: `9:59`, `1:05:00`; over is `0:00`.
pub fn countdown(seconds: i64) -> String {
    let left = seconds.max(0);
    let (hours, minutes, seconds) = (left / 3_600, left / 60 % 60, left % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Time that is left, in words, for longer deadlines: `10 min`, `23 h`, `2 days`; rounded down, `0 min` when over.
pub fn time_left(lang: Lang, seconds: i64) -> String {
    let (count, text) = match seconds.max(0) {
        s @ ..3_600 => (s / 60, t("{n} min", "{n} min")),
        s @ 3_600..172_800 => (s / 3_600, t("{n} h", "{n} h")),
        s => (s / 86_400, t("{n} days", "{n} días")),
    };
    text.with(lang, &[("n", &count.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use Lang::{En, Es};
    use proptest::prelude::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn dates_in_words() {
        let day = date("2026-11-24");
        assert_eq!(long_date(En, day), "Tuesday 24 November 2026");
        assert_eq!(long_date(Es, day), "martes 24 de noviembre de 2026");
        assert_eq!(short_date(En, day), "Tue 24 Nov");
        assert_eq!(short_date(Es, day), "mar 24 nov");
        assert_eq!(month_title(Es, day), "noviembre de 2026");
        assert_eq!(
            (iso_weekday_name(Es, 1), iso_weekday_name(En, 7), iso_weekday_name(En, 8)),
            ("lunes", "Sunday", "")
        );
        assert_eq!(iso_weekday_name(En, 0), "");
        let when = day.and_hms_opt(9, 5, 59).unwrap();
        assert_eq!(long_when(En, when), "Tuesday 24 November 2026, 09:05");
        assert_eq!(short_when(Es, when), "mar 24 nov, 09:05");
        assert_eq!(relative_day(Es, date("2026-12-01"), date("2026-11-30")), Some("mañana"));
        assert_eq!(relative_day(En, day, day), Some("today"));
        assert_eq!(relative_day(En, day, date("2026-11-26")), None);
    }

    #[test]
    fn months() {
        assert_eq!(last_of_month(date("2028-02-10")), date("2028-02-29"));
        assert_eq!(add_months(date("2026-01-31"), 1), date("2026-02-28"));
        assert_eq!(add_months(date("2026-01-31"), -2), date("2025-11-30"));
        let november = weeks(date("2026-11-24"));
        assert_eq!((november[0][0], november[november.len() - 1][6]), (date("2026-10-26"), date("2026-12-06")));
        assert_eq!((november.len(), weeks(date("2027-02-01")).len()), (6, 4));
    }

    #[test]
    fn lengths_in_words() {
        for (seconds, en, es) in [
            (-5, "just now", "ahora mismo"),
            (12, "12 s ago", "hace 12 s"),
            (60, "1 min ago", "hace 1 min"),
            (7_199, "1 h ago", "hace 1 h"),
            (86_400, "1 day ago", "hace 1 día"),
            (200_000, "2 days ago", "hace 2 días"),
        ] {
            assert_eq!((ago(En, seconds).as_str(), ago(Es, seconds).as_str()), (en, es));
        }
        for (seconds, shown) in [(-1, "0:00"), (599, "9:59"), (3_900, "1:05:00")] {
            assert_eq!(countdown(seconds), shown);
        }
        for (seconds, shown) in [(-1, "0 min"), (660, "11 min"), (86_399, "23 h"), (172_800, "2 días")] {
            assert_eq!(time_left(Es, seconds), shown);
        }
    }

    proptest! {
        #[test]
        fn weeks_hold_the_month_once(days in 0i32..100_000) {
            let day = NaiveDate::from_num_days_from_ce_opt(700_000 + days).unwrap();
            let all: Vec<NaiveDate> = weeks(day).into_iter().flatten().collect();
            prop_assert!(all.windows(2).all(|w| w[0].succ_opt() == Some(w[1])));
            prop_assert_eq!(all[0].weekday(), chrono::Weekday::Mon);
            prop_assert!(all.contains(&first_of_month(day)) && all.contains(&last_of_month(day)) && all.contains(&day));
            prop_assert_eq!(monday(day), monday(monday(day)));
            prop_assert_eq!(first_of_month(add_months(day, 1)), last_of_month(day).succ_opt().unwrap());
        }

        #[test]
        fn nothing_panics(seconds: i64, weekday: i16, months: i32) {
            let _ = (ago(En, seconds), countdown(seconds), time_left(Es, seconds), add_months(date("2026-11-24"), months));
            let _ = iso_weekday_name(En, weekday);
            for edge in [NaiveDate::MIN, NaiveDate::MAX] {
                let _ = (weeks(edge), monday(edge), last_of_month(edge), long_date(Es, edge));
            }
        }
    }
}
