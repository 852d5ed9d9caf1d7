//! A rule in people's words.

use crate::dates;
use crate::validate::show_clock;
use chrono::Datelike;
use contracts::series::{Frequency, Rule};
use contracts::{Lang, Text};

const WEEKLY: Text = Text { en: "Every {weekday} at {time}", es: "Cada {weekday} a las {time}" };
const BIWEEKLY: Text = Text { en: "Every second {weekday} at {time}", es: "Cada dos semanas, {weekday} a las {time}" };
const MONTHLY: Text = Text { en: "Every month on day {day} at {time}", es: "Cada mes el día {day} a las {time}" };
const MONTHLY_LAST: Text = Text {
    en: "Every month on day {day}, or on the last, at {time}",
    es: "Cada mes el día {day}, o el último, a las {time}",
};
const EVERY_DAY: Text = Text { en: "Every day at {time}", es: "Cada día a las {time}" };
const EVERY_N: Text =
    Text { en: "Every {n} days at {time}, counted from {date}", es: "Cada {n} días a las {time}, desde el {date}" };

/// "Every Monday at 09:00".
pub fn rhythm(rule: &Rule, lang: Lang) -> String {
    let time = show_clock(rule.starts_min);
    let weekday = dates::weekday_name(lang, rule.anchor);
    let day = rule.anchor.day();
    match rule.frequency {
        Frequency::Weekly => WEEKLY.with(lang, &[("weekday", weekday), ("time", &time)]),
        Frequency::Biweekly => BIWEEKLY.with(lang, &[("weekday", weekday), ("time", &time)]),
        Frequency::Monthly => {
            let text = if day > 28 { MONTHLY_LAST } else { MONTHLY };
            text.with(lang, &[("day", &day.to_string()), ("time", &time)])
        }
        Frequency::EveryNDays if rule.interval_days == Some(1) => EVERY_DAY.with(lang, &[("time", &time)]),
        Frequency::EveryNDays => {
            let n = rule.interval_days.unwrap_or(1).to_string();
            EVERY_N.with(lang, &[("n", &n), ("time", &time), ("date", &dates::long_date(lang, rule.anchor))])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn every_rule_has_words_in_every_language() {
        for (frequency, interval_days, anchor, en, es) in [
            (Frequency::Weekly, None, "2026-03-09", "Every Monday at 09:00", "Cada lunes a las 09:00"),
            (
                Frequency::Biweekly,
                None,
                "2026-03-09",
                "Every second Monday at 09:00",
                "Cada dos semanas, lunes a las 09:00",
            ),
            (Frequency::Monthly, None, "2026-03-09", "Every month on day 9 at 09:00", "Cada mes el día 9 a las 09:00"),
            (
                Frequency::Monthly,
                None,
                "2026-03-31",
                "Every month on day 31, or on the last, at 09:00",
                "Cada mes el día 31, o el último, a las 09:00",
            ),
            (Frequency::EveryNDays, Some(1), "2026-03-09", "Every day at 09:00", "Cada día a las 09:00"),
            (
                Frequency::EveryNDays,
                Some(10),
                "2026-03-09",
                "Every 10 days at 09:00, counted from Monday 9 March 2026",
                "Cada 10 días a las 09:00, desde el lunes 9 de marzo de 2026",
            ),
        ] {
            let anchor: NaiveDate = anchor.parse().unwrap();
            let rule = Rule { frequency, interval_days, anchor, ends_on: None, starts_min: 540, duration_min: 50 };
            assert_eq!([rhythm(&rule, Lang::En), rhythm(&rule, Lang::Es)], [en, es]);
        }
    }
}
