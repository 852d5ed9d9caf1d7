//! Which way a message goes, when, and what a practice's own templates may say.

#[cfg(feature = "zones")]
use chrono::{DateTime, Duration, Utc};
use contracts::FieldProblem;
use contracts::messages::Channel;

/// Why somebody is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// News about their booking: an answer, a confirmation, a change.
    News,
    /// What they know already and may not want to hear again.
    Reminder,
}

/// How a person can be reached.
#[derive(Debug, Clone, Copy)]
pub struct Reach<'a> {
    pub preferred: Channel,
    /// Empty where there is none.
    pub email: &'a str,
    pub phone: &'a str,
    pub opted_out: &'a [Channel],
    /// What this installation can send.
    pub usable: &'a [Channel],
}

impl Reach<'_> {
    /// Where this way leads; empty where nobody is.
    pub fn address(&self, channel: Channel) -> &str {
        if channel.is_text() { self.phone } else { self.email }
    }
}

/// The ways to try, the best first: what the person prefers, then e-mail, then texts. Who opted out of a way is not reached
/// by it, with one exception: news about a booking still comes by e-mail, since it is what was agreed.
pub fn channels(purpose: Purpose, reach: &Reach<'_>) -> Vec<Channel> {
    let mut order = vec![reach.preferred];
    order.extend([Channel::Email, Channel::Whatsapp, Channel::Sms].into_iter().filter(|c| *c != reach.preferred));
    order.retain(|channel| {
        let welcome = !reach.opted_out.contains(channel) || (purpose == Purpose::News && *channel == Channel::Email);
        welcome && reach.usable.contains(channel) && !reach.address(*channel).is_empty()
    });
    order
}

/// The way to go on by: the first that was not tried, `best` before all others where that was not.
pub fn next_way(ways: &[Channel], tried: &[Channel], best: Option<Channel>) -> Option<Channel> {
    let mut left = ways.iter().copied().filter(|channel| !tried.contains(channel));
    let best = best.filter(|best| left.clone().any(|channel| channel == *best));
    best.or_else(|| left.next())
}

/// # Errors
/// `InvalidContentSid` for what is no id of a template at Twilio: `HX` and 32 hexadecimal digits.
pub fn check_content_sid(text: &str) -> Result<(), FieldProblem> {
    let digits = text.strip_prefix("HX").filter(|digits| digits.len() == 32);
    match digits {
        Some(digits) if digits.bytes().all(|b| b.is_ascii_hexdigit()) => Ok(()),
        _ => Err(FieldProblem::InvalidContentSid),
    }
}

/// What may stand in a placeholder of an approved template: one line without long gaps, and never nothing.
pub fn placeholder(value: &str) -> String {
    let line = value.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ");
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { "-".to_owned() } else { line }
}

/// The hours in which only what is urgent is sent, in minutes of the recipient's wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    pub from: i32,
    /// The same as `from`: there are none. Earlier than `from`: the next morning.
    pub until: i32,
}

/// A message that would come later than this before its session is worth disturbing somebody for.
#[cfg(feature = "zones")]
const TOO_LATE_HOURS: i64 = 3;

/// When a message that is due at `at` goes out: in the morning, if that is soon enough for the session it is about.
#[cfg(feature = "zones")]
pub fn send_at(
    quiet: QuietHours,
    zone: chrono_tz::Tz,
    at: DateTime<Utc>,
    session: Option<DateTime<Utc>>,
) -> DateTime<Utc> {
    let morning = quiet_until(quiet, zone, at);
    match session {
        Some(start) if morning + Duration::hours(TOO_LATE_HOURS) > start => at,
        _ => morning,
    }
}

/// The end of the quiet hours that `at` falls into, else `at`.
#[cfg(feature = "zones")]
fn quiet_until(quiet: QuietHours, zone: chrono_tz::Tz, at: DateTime<Utc>) -> DateTime<Utc> {
    use chrono::{NaiveTime, TimeZone, Timelike};
    let local = crate::slots::local(zone, at);
    let minute = i32::try_from(local.hour() * 60 + local.minute()).unwrap_or_default();
    let over_night = quiet.from > quiet.until;
    let inside = if over_night {
        minute >= quiet.from || minute < quiet.until
    } else {
        minute >= quiet.from && minute < quiet.until
    };
    if !inside {
        return at;
    }
    let tomorrow = over_night && minute >= quiet.from;
    let date = if tomorrow { local.date().succ_opt().unwrap_or(local.date()) } else { local.date() };
    let wall = date.and_time(NaiveTime::MIN) + Duration::minutes(quiet.until.into());
    // An hour that the clocks skip ends when they have skipped it.
    let ends =
        [wall, wall + Duration::hours(1)].into_iter().find_map(|wall| zone.from_local_datetime(&wall).earliest());
    ends.map_or(at, |ends| ends.with_timezone(&Utc).max(at))
}

/// Is every mark of a practice's own template one that it may use? There are variables, `{{ name }}`, and conditions on
/// them, `{% if name %}…{% else %}…{% endif %}`; nothing that repeats, computes or reads anything else.
///
/// # Errors
/// `UnknownVariable` for a name that is none, `InvalidTemplate` for any other mark.
pub fn check_template(text: &str, known: &[&str]) -> Result<(), FieldProblem> {
    // For each open condition: did its `else` come?
    let mut open: Vec<bool> = Vec::new();
    let mut rest = text;
    while let Some((at, mark)) = next_mark(rest) {
        let (_, behind) = rest.split_at(at + 2);
        let (inside, after) = behind.split_once(mark.end()).ok_or(FieldProblem::InvalidTemplate)?;
        let words: Vec<&str> = inside.split_whitespace().collect();
        match (mark, words.as_slice()) {
            (Mark::Value, [name]) => check_name(name, known)?,
            (Mark::Tag, ["if", name] | ["if", "not", name]) => {
                check_name(name, known)?;
                open.push(false);
            }
            (Mark::Tag, ["else"]) => match open.last_mut() {
                Some(had_else) if !*had_else => *had_else = true,
                _ => return Err(FieldProblem::InvalidTemplate),
            },
            (Mark::Tag, ["endif"]) => {
                open.pop().ok_or(FieldProblem::InvalidTemplate)?;
            }
            _ => return Err(FieldProblem::InvalidTemplate),
        }
        rest = after;
    }
    if open.is_empty() { Ok(()) } else { Err(FieldProblem::InvalidTemplate) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Value,
    Tag,
    Remark,
}

impl Mark {
    fn end(self) -> &'static str {
        match self {
            Self::Value => "}}",
            Self::Tag => "%}",
            Self::Remark => "#}",
        }
    }
}

fn next_mark(text: &str) -> Option<(usize, Mark)> {
    [("{{", Mark::Value), ("{%", Mark::Tag), ("{#", Mark::Remark)]
        .into_iter()
        .filter_map(|(begin, mark)| text.find(begin).map(|at| (at, mark)))
        .min_by_key(|(at, _)| *at)
}

fn check_name(name: &str, known: &[&str]) -> Result<(), FieldProblem> {
    let plain = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if !plain {
        return Err(FieldProblem::InvalidTemplate);
    }
    if known.contains(&name) { Ok(()) } else { Err(FieldProblem::UnknownVariable) }
}

/// Letters of the alphabet that phones have always had (GSM 03.38) besides the ASCII ones.
const GSM: &str = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
/// ASCII that is not in that alphabet, or counts twice there.
const NOT_GSM: &str = "`";
const TWICE: &str = "[]{}\\^~|€";

/// How many text messages a text is charged as.
pub fn text_parts(text: &str) -> u32 {
    let gsm = |c: char| (c.is_ascii() && !NOT_GSM.contains(c)) || GSM.contains(c) || TWICE.contains(c);
    let (length, one, many) = if text.chars().all(gsm) {
        (text.chars().map(|c| if TWICE.contains(c) { 2 } else { 1 }).sum::<usize>(), 160, 153)
    } else {
        (text.encode_utf16().count(), 70, 67)
    };
    let parts = if length <= one { 1 } else { length.div_ceil(many) };
    u32::try_from(parts).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: &[Channel] = Channel::ALL;

    fn reach<'a>(preferred: Channel, opted_out: &'a [Channel], usable: &'a [Channel]) -> Reach<'a> {
        Reach { preferred, email: "ana@example.com", phone: "+254700000111", opted_out, usable }
    }

    #[test]
    fn what_cannot_be_delivered_goes_on_by_the_next_way_or_the_best_one() {
        use Channel::{Email, Sms, Whatsapp};
        let all = [Whatsapp, Email, Sms];
        for (ways, tried, best, expected) in [
            (&all[..], &[Whatsapp][..], None, Some(Email)),
            (&all, &[Whatsapp], Some(Sms), Some(Sms)),
            (&all, &[Whatsapp, Sms], Some(Sms), Some(Email)),
            (&[Whatsapp, Email], &[Whatsapp], Some(Sms), Some(Email)),
            (&all, &all, Some(Sms), None),
            (&[], &[], Some(Sms), None),
        ] {
            assert_eq!(next_way(ways, tried, best), expected, "{ways:?} {tried:?} {best:?}");
        }
    }

    #[test]
    fn content_sids_and_placeholders_are_as_twilio_takes_them() {
        assert_eq!(check_content_sid("HX0123456789abcdefABCDEF0123456789"), Ok(()));
        for wrong in [
            "",
            "HX",
            "HX0123456789abcdef0123456789abcde",
            "HX0123456789abcdef0123456789abcdefa",
            "MG0123456789abcdef0123456789abcdef",
            "hx0123456789abcdef0123456789abcdef",
            "HX0123456789abcdef0123456789abcdeg",
        ] {
            assert_eq!(check_content_sid(wrong), Err(FieldProblem::InvalidContentSid), "{wrong}");
        }
        for (value, expected) in
            [("Ana", "Ana"), ("", "-"), (" \n ", "-"), ("M-Pesa: 1\n\nCash:    here\t!", "M-Pesa: 1, Cash: here !")]
        {
            assert_eq!(placeholder(value), expected);
        }
    }

    #[test]
    fn the_preferred_way_goes_first_and_closed_ways_are_left_out() {
        use Channel::*;
        use Purpose::{News, Reminder};
        for (purpose, preferred, opted_out, usable, expected) in [
            (News, Email, &[][..], ALL, &[Email, Whatsapp, Sms][..]),
            (News, Sms, &[], ALL, &[Sms, Email, Whatsapp]),
            (News, Whatsapp, &[Whatsapp], ALL, &[Email, Sms]),
            (Reminder, Whatsapp, &[Whatsapp, Email], ALL, &[Sms]),
            // News still comes by e-mail.
            (News, Whatsapp, &[Whatsapp, Email], ALL, &[Email, Sms]),
            (News, Sms, &[Sms, Whatsapp, Email], ALL, &[Email]),
            (Reminder, Email, &[Email, Sms, Whatsapp], ALL, &[]),
            (Reminder, Sms, &[], &[Email], &[Email]),
        ] {
            let found = channels(purpose, &reach(preferred, opted_out, usable));
            assert_eq!(found, expected, "{purpose:?} {preferred:?} without {opted_out:?}");
        }
        let no_mail = Reach { email: "", ..reach(Email, &[], ALL) };
        assert_eq!(channels(News, &no_mail), [Whatsapp, Sms]);
        let nobody = Reach { email: "", phone: "", ..reach(Sms, &[], ALL) };
        assert!(channels(News, &nobody).is_empty());
    }

    #[cfg(feature = "zones")]
    mod quiet {
        use super::*;

        const NIGHT: QuietHours = QuietHours { from: 21 * 60, until: 8 * 60 };

        fn at(text: &str) -> DateTime<Utc> {
            text.parse().unwrap()
        }

        #[test]
        fn what_is_not_urgent_waits_until_morning_where_the_recipient_lives() {
            let nairobi = chrono_tz::Africa::Nairobi;
            for (due, sent) in [
                ("2026-03-03T17:59:00Z", "2026-03-03T17:59:00Z"),
                ("2026-03-03T18:00:00Z", "2026-03-04T05:00:00Z"),
                ("2026-03-03T23:00:00Z", "2026-03-04T05:00:00Z"),
                ("2026-03-04T04:59:59Z", "2026-03-04T05:00:00Z"),
                ("2026-03-04T05:00:00Z", "2026-03-04T05:00:00Z"),
            ] {
                assert_eq!(send_at(NIGHT, nairobi, at(due), None), at(sent), "{due}");
            }
            let noon = QuietHours { from: 12 * 60, until: 14 * 60 };
            let due = at("2026-03-03T09:30:00Z");
            assert_eq!(send_at(noon, nairobi, due, None), at("2026-03-03T11:00:00Z"));
            assert_eq!(send_at(QuietHours { from: 480, until: 480 }, nairobi, due, None), due);
        }

        #[test]
        fn what_the_morning_is_too_late_for_is_sent_at_night() {
            let zone = chrono_tz::Africa::Nairobi;
            let due = at("2026-03-03T20:00:00Z");
            for (start, sent) in [
                ("2026-03-04T06:00:00Z", due),
                ("2026-03-04T07:59:00Z", due),
                ("2026-03-04T08:00:00Z", at("2026-03-04T05:00:00Z")),
            ] {
                assert_eq!(send_at(NIGHT, zone, due, Some(at(start))), sent, "{start}");
            }
        }

        #[test]
        fn a_morning_that_the_clocks_skip_comes_when_they_have() {
            // On 29 March 2026 clocks in Madrid go from 02:00 to 03:00.
            let short = QuietHours { from: 23 * 60, until: 2 * 60 + 30 };
            let sent = send_at(short, chrono_tz::Europe::Madrid, at("2026-03-29T00:10:00Z"), None);
            assert_eq!(sent, at("2026-03-29T01:30:00Z"));
        }

        proptest! {
            #[test]
            fn nothing_is_sent_before_it_is_due_nor_more_than_a_day_later(
                zone in proptest::sample::select(&chrono_tz::TZ_VARIANTS[..]),
                from in 0i32..1440, until in 0i32..1440, second in 1_700_000_000i64..2_000_000_000,
            ) {
                let due = DateTime::from_timestamp(second, 0).unwrap();
                let quiet = QuietHours { from, until };
                let sent = send_at(quiet, zone, due, None);
                prop_assert!(sent >= due && sent - due <= Duration::hours(26), "{due} {sent}");
                // What waited does not wait again.
                prop_assert!(send_at(quiet, zone, sent, None) - sent <= Duration::hours(1));
            }
        }
    }

    #[test]
    fn templates_may_name_and_ask_and_nothing_else() {
        let known = ["patient_name", "when"];
        for good in [
            "",
            "Hello",
            "Hello {{ patient_name }}, {{when}}",
            "{% if when %}At {{ when }}{% endif %}",
            "{% if not when %}Soon{% else %}{% if patient_name %}x{% endif %}{% endif %}",
            "100 % } {",
        ] {
            assert_eq!(check_template(good, &known), Ok(()), "{good}");
        }
        assert_eq!(check_template("{{ password }}", &known), Err(FieldProblem::UnknownVariable));
        assert_eq!(check_template("{% if secret %}{% endif %}", &known), Err(FieldProblem::UnknownVariable));
        for bad in [
            "{{ patient_name",
            "{{ }}",
            "{{ patient_name.x }}",
            "{{ patient_name | upper }}",
            "{{ 'x' * 999999999 }}",
            "{{ range(9) }}",
            "{% for x in when %}{% endfor %}",
            "{% set x = 1 %}",
            "{% include 'x' %}",
            "{% if when %}",
            "{% endif %}",
            "{% else %}",
            "{% if when %}{% else %}{% else %}{% endif %}",
            "{# remark #}",
            "{%- if when %}{% endif %}",
            "{% raw %}{{ x }}{% endraw %}",
        ] {
            assert_eq!(check_template(bad, &known), Err(FieldProblem::InvalidTemplate), "{bad}");
        }
    }

    #[test]
    fn texts_are_counted_as_they_are_charged() {
        for (text, parts) in [
            (String::new(), 1),
            ("a".repeat(160), 1),
            ("a".repeat(161), 2),
            ("a".repeat(306), 2),
            ("a".repeat(307), 3),
            ("ñ".repeat(160), 1),
            ("€".repeat(80), 1),
            ("€".repeat(81), 2),
            ("í".repeat(70), 1),
            ("í".repeat(71), 2),
            ("😀".repeat(36), 2),
        ] {
            assert_eq!(text_parts(&text), parts, "{} × {:?}", text.chars().count(), text.chars().next());
        }
    }

    proptest! {
        #[test]
        fn checking_never_panics(text: String) {
            let _ = (check_template(&text, &["when"]), text_parts(&text));
        }
    }
}
