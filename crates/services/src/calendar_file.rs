//! Sessions as an iCalendar file (RFC 5545): one for the mail that confirms it and for "add to calendar", many for calendars
//! that subscribe.
//!
//! Times are wall-clock times of the session's zone with a VTIMEZONE beside them, so the file stays right in a calendar
//! that knows no zone names. The `icalendar` crate adds a random UID and the machine's clock to every component, which
//! a VTIMEZONE must not have, so the few lines are written here and the tests read them back with that crate.

use chrono::{DateTime, Duration, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::{OffsetComponents, OffsetName, Tz};
use contracts::{BookingId, Lang};
use std::collections::BTreeMap;

/// One session as a calendar entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IcsEvent {
    /// Stable for the session: the same UID with a higher `sequence` replaces the entry.
    pub uid: String,
    pub sequence: i32,
    pub summary: String,
    pub description: String,
    /// Empty for none.
    pub location: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// IANA name; an unknown one gives times in UTC.
    pub time_zone: String,
    /// When this state of the entry was made.
    pub stamp: DateTime<Utc>,
    /// Empty for none.
    pub url: String,
    pub cancelled: bool,
}

/// How far from the session a change of clocks is looked for.
const REACH_DAYS: i64 = 400;
/// RFC 5545 §3.1: octets in a line without its break.
const LINE_OCTETS: usize = 75;
const LOCAL: &str = "%Y%m%dT%H%M%S";
const INSTANT: &str = "%Y%m%dT%H%M%SZ";

/// The entry's name for ever: whichever way a session reaches a calendar, it is there once.
pub fn uid(base_url: &str, booking: BookingId) -> String {
    let host = base_url.split("://").last().and_then(|rest| rest.split(['/', ':']).next()).unwrap_or("calma");
    format!("{booking}@{host}")
}

/// The file's text. `METHOD` is PUBLISH, or CANCEL for a session that does not take place.
pub fn session_ics(event: &IcsEvent) -> String {
    let mut out = Lines::default();
    head(&mut out, if event.cancelled { "CANCEL" } else { "PUBLISH" });
    zones(&mut out, std::slice::from_ref(event));
    entry(&mut out, event, None);
    out.raw("END:VCALENDAR");
    out.0
}

/// A calendar of many sessions to subscribe to. Calendars that listen come back every hour.
pub fn feed_ics(name: &str, events: &[IcsEvent], now: DateTime<Utc>) -> String {
    let mut out = Lines::default();
    head(&mut out, "PUBLISH");
    out.text("X-WR-CALNAME", name);
    out.raw("REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    out.raw("X-PUBLISHED-TTL:PT1H");
    zones(&mut out, events);
    for event in events {
        entry(&mut out, event, Some(now));
    }
    out.raw("END:VCALENDAR");
    out.0
}

fn head(out: &mut Lines, method: &str) {
    out.raw("BEGIN:VCALENDAR");
    out.raw("VERSION:2.0");
    out.raw("PRODID:-//Calma//Calma//EN");
    out.raw("CALSCALE:GREGORIAN");
    out.raw(&format!("METHOD:{method}"));
}

fn zone_of(event: &IcsEvent) -> Option<Tz> {
    event.time_zone.parse::<Tz>().ok().filter(|zone| *zone != Tz::UTC)
}

/// Each zone once, for all the time in which it is used.
fn zones(out: &mut Lines, events: &[IcsEvent]) {
    let mut used: BTreeMap<&str, (Tz, DateTime<Utc>, DateTime<Utc>)> = BTreeMap::new();
    for event in events {
        let Some(zone) = zone_of(event) else { continue };
        let span = used.entry(zone.name()).or_insert((zone, event.starts_at, event.ends_at));
        span.1 = span.1.min(event.starts_at);
        span.2 = span.2.max(event.ends_at);
    }
    for (zone, starts_at, ends_at) in used.into_values() {
        time_zone(out, zone, starts_at, ends_at);
    }
}

/// In a calendar that is fetched, the stamp is when it was made (RFC 5545 §3.8.7.2); the change has its own line.
fn entry(out: &mut Lines, event: &IcsEvent, made: Option<DateTime<Utc>>) {
    let zone = zone_of(event);
    out.raw("BEGIN:VEVENT");
    out.text("UID", &event.uid);
    out.raw(&format!("SEQUENCE:{}", event.sequence.max(0)));
    out.raw(&format!("DTSTAMP:{}", made.unwrap_or(event.stamp).format(INSTANT)));
    if made.is_some() {
        out.raw(&format!("LAST-MODIFIED:{}", event.stamp.format(INSTANT)));
    }
    out.raw(&moment("DTSTART", zone, event.starts_at));
    out.raw(&moment("DTEND", zone, event.ends_at));
    out.text("SUMMARY", &event.summary);
    out.text("DESCRIPTION", &event.description);
    out.text("LOCATION", &event.location);
    if !event.url.is_empty() {
        // A URI is not TEXT: nothing is escaped, but a line break must not begin another property.
        out.raw(&format!("URL:{}", event.url.chars().filter(|c| !c.is_control()).collect::<String>()));
    }
    out.raw(if event.cancelled { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
    out.raw("TRANSP:OPAQUE");
    // Calendars that show an entry to others then show only that the time is taken.
    out.raw("CLASS:PRIVATE");
    out.raw("END:VEVENT");
}

/// The same file without what tells a reader what the appointment is.
pub fn discreet(file: &str, lang: Lang) -> String {
    let summary = match lang {
        Lang::En => "Appointment",
        Lang::Es => "Cita",
    };
    let mut out = Lines::default();
    for line in file.replace("\r\n ", "").lines() {
        if line.starts_with("SUMMARY:") {
            out.text("SUMMARY", summary);
        } else if !line.starts_with("DESCRIPTION:") {
            out.raw(line);
        }
    }
    out.0
}

/// A property that holds an instant, on the zone's wall clock where there is one.
fn moment(name: &str, zone: Option<Tz>, at: DateTime<Utc>) -> String {
    match zone {
        Some(zone) => format!("{name};TZID={}:{}", zone.name(), at.with_timezone(&zone).format(LOCAL)),
        None => format!("{name}:{}", at.format(INSTANT)),
    }
}

/// The zone's offsets around the session: the one in force before it, and every change within reach after that.
fn time_zone(out: &mut Lines, zone: Tz, starts_at: DateTime<Utc>, ends_at: DateTime<Utc>) {
    out.raw("BEGIN:VTIMEZONE");
    out.raw(&format!("TZID:{}", zone.name()));
    let changes = changes_around(zone, starts_at, ends_at);
    if changes.first().is_none_or(|first| *first > starts_at) {
        observance(out, zone, starts_at, DateTime::UNIX_EPOCH.naive_utc(), offset_seconds(zone, starts_at));
    }
    for change in changes {
        let before = offset_seconds(zone, change - Duration::seconds(1));
        // RFC 5545 §3.6.5: the onset is told on the clock that was in force before it.
        let onset = change.naive_utc() + Duration::seconds(i64::from(before));
        observance(out, zone, change, onset, before);
    }
    out.raw("END:VTIMEZONE");
}

/// One offset and since when it holds.
fn observance(out: &mut Lines, zone: Tz, at: DateTime<Utc>, onset: NaiveDateTime, before: i32) {
    let offset = zone.offset_from_utc_datetime(&at.naive_utc());
    let kind = if offset.dst_offset() > Duration::zero() { "DAYLIGHT" } else { "STANDARD" };
    out.raw(&format!("BEGIN:{kind}"));
    out.raw(&format!("DTSTART:{}", onset.format(LOCAL)));
    out.raw(&format!("TZOFFSETFROM:{}", utc_offset(before)));
    out.raw(&format!("TZOFFSETTO:{}", utc_offset(offset.fix().local_minus_utc())));
    if let Some(name) = offset.abbreviation() {
        out.text("TZNAME", name);
    }
    out.raw(&format!("END:{kind}"));
}

/// The instants at which the clocks change, in order: the last before the session, those in it and the next after it.
fn changes_around(zone: Tz, starts_at: DateTime<Utc>, ends_at: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let day = Duration::days(1);
    let differs = |from: DateTime<Utc>| offset_seconds(zone, from) != offset_seconds(zone, from + day);
    let days_before = (1..=REACH_DAYS).map(|n| starts_at - day * n as i32);
    let reach_after = (ends_at - starts_at).num_days().max(0) + REACH_DAYS;
    let days_after = (0..=reach_after).map(|n| starts_at + day * n as i32);

    let mut changes: Vec<_> =
        days_before.filter(|from| differs(*from)).map(|from| change_within(zone, from)).take(1).collect();
    for change in days_after.filter(|from| differs(*from)).map(|from| change_within(zone, from)) {
        changes.push(change);
        if change >= ends_at {
            break;
        }
    }
    changes
}

/// The second at which the offset changes within the day that begins at `from`.
fn change_within(zone: Tz, from: DateTime<Utc>) -> DateTime<Utc> {
    let before = offset_seconds(zone, from);
    let (mut low, mut high) = (from, from + Duration::days(1));
    while high - low > Duration::seconds(1) {
        let middle = low + Duration::seconds((high - low).num_seconds() / 2);
        if offset_seconds(zone, middle) == before { low = middle } else { high = middle }
    }
    high
}

fn offset_seconds(zone: Tz, at: DateTime<Utc>) -> i32 {
    zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc()
}

/// `-0300`; seconds only where an old zone has them.
fn utc_offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let size = seconds.abs();
    let text = format!("{sign}{:02}{:02}", size / 3600, size / 60 % 60);
    if size % 60 == 0 { text } else { format!("{text}{:02}", size % 60) }
}

/// The file while it is written: every line folded and ended as the standard wants.
#[derive(Default)]
struct Lines(String);

impl Lines {
    /// A property of type TEXT; left out when empty.
    fn text(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.raw(&format!("{name}:{}", escaped(value)));
        }
    }

    /// A finished line, folded at 75 octets and never inside a character.
    fn raw(&mut self, line: &str) {
        let mut octets = 0;
        for character in line.chars() {
            if octets + character.len_utf8() > LINE_OCTETS {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(character);
            octets += character.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// RFC 5545 §3.3.11.
fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 8);
    for character in value.replace("\r\n", "\n").chars() {
        match character {
            '\\' | ',' | ';' => out.extend(['\\', character]),
            '\n' | '\r' => out.push_str("\\n"),
            '\t' => out.push(' '),
            other if other.is_control() => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use icalendar::{Calendar, Component};

    fn event(zone: &str, starts_at: &str) -> IcsEvent {
        let starts_at: DateTime<Utc> = starts_at.parse().unwrap();
        IcsEvent {
            uid: "018f-1@calma.example".into(),
            sequence: 2,
            summary: "Session with Ana".into(),
            description: String::new(),
            location: String::new(),
            starts_at,
            ends_at: starts_at + Duration::minutes(50),
            time_zone: zone.into(),
            stamp: "2026-03-01T09:00:00Z".parse().unwrap(),
            url: "https://calma.example/b/x".into(),
            cancelled: false,
        }
    }

    fn unfolded(ics: &str) -> Vec<String> {
        ics.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn a_discreet_file_names_nothing_and_stays_a_calendar() {
        let told = IcsEvent {
            summary: "Couples therapy · Dr Ana ".repeat(8),
            description: "Centro".into(),
            ..event("UTC", "2026-07-01T08:00:00Z")
        };
        let ics = discreet(&session_ics(&told), Lang::Es);
        assert!(ics.contains("SUMMARY:Cita\r\n") && ics.contains("UID:018f-1@calma.example\r\n"), "{ics}");
        assert!(!ics.contains("therapy") && !ics.contains("Ana") && !ics.contains("Centro"), "{ics}");
        assert_eq!(ics.parse::<Calendar>().unwrap().components.len(), 1);
        assert_eq!(discreet(&ics, Lang::Es), ics);
    }

    #[test]
    fn a_zone_with_daylight_time_tells_both_offsets() {
        let ics = session_ics(&event("Europe/Madrid", "2026-07-01T08:00:00Z"));
        assert!(ics.contains("DTSTART;TZID=Europe/Madrid:20260701T100000\r\n"), "{ics}");
        assert!(ics.contains("DTEND;TZID=Europe/Madrid:20260701T105000\r\n"), "{ics}");
        let summer = "BEGIN:DAYLIGHT\r\nDTSTART:20260329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nEND:DAYLIGHT\r\n";
        let winter = "BEGIN:STANDARD\r\nDTSTART:20261025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nEND:STANDARD\r\n";
        assert!(ics.contains(&format!("TZID:Europe/Madrid\r\n{summer}{winter}END:VTIMEZONE")), "{ics}");
    }

    #[test]
    fn a_session_over_the_change_of_clocks_keeps_both_sides() {
        let mut over = event("Europe/Madrid", "2026-10-25T00:30:00Z");
        over.ends_at = "2026-10-25T02:00:00Z".parse().unwrap();
        let ics = session_ics(&over);
        assert!(ics.contains("DTSTART;TZID=Europe/Madrid:20261025T023000"), "{ics}");
        assert!(ics.contains("DTEND;TZID=Europe/Madrid:20261025T030000"), "{ics}");
        assert_eq!(ics.matches("BEGIN:STANDARD").count(), 1, "the change inside the session: {ics}");
        assert_eq!(ics.matches("BEGIN:DAYLIGHT").count(), 2, "the one before and the one after: {ics}");
    }

    #[test]
    fn a_zone_without_changes_has_one_offset() {
        let ics = session_ics(&event("America/Argentina/Buenos_Aires", "2026-11-24T13:00:00Z"));
        assert!(ics.contains("DTSTART;TZID=America/Argentina/Buenos_Aires:20261124T100000\r\n"), "{ics}");
        assert_eq!(ics.matches("TZOFFSETTO:-0300").count(), 1);
        assert_eq!(ics.matches("BEGIN:STANDARD").count(), 1);
        assert!(!ics.contains("BEGIN:DAYLIGHT"));
    }

    #[test]
    fn utc_and_unknown_zones_use_instants() {
        for zone in ["UTC", "Nowhere/Atlantis"] {
            let ics = session_ics(&event(zone, "2026-11-24T13:00:00Z"));
            assert!(ics.contains("DTSTART:20261124T130000Z\r\n"), "{ics}");
            assert!(!ics.contains("VTIMEZONE"));
        }
    }

    /// In every zone, one of the described offsets is in force at the session and gives back its instant.
    #[test]
    fn every_zone_describes_the_offset_of_its_session() {
        for zone in chrono_tz::TZ_VARIANTS {
            for day in ["2026-01-15T12:00:00Z", "2026-07-15T12:00:00Z"] {
                let event = event(zone.name(), day);
                let ics = session_ics(&event);
                let wanted = utc_offset(offset_seconds(zone, event.starts_at));
                assert!(zone == Tz::UTC || ics.contains(&format!("TZOFFSETTO:{wanted}\r\n")), "{zone}: {ics}");
            }
        }
    }

    #[test]
    fn text_is_escaped_and_reads_back() {
        let mut tricky = event("Europe/Madrid", "2026-07-01T08:00:00Z");
        tricky.summary = "Ana; Díaz, \"pair\" \\ 50 min".into();
        tricky.description = "First line\r\nSecond\u{7} line".into();
        tricky.url = "https://calma.example/b/x\r\nATTENDEE:mailto:x".into();
        let ics = session_ics(&tricky);
        assert!(ics.contains("SUMMARY:Ana\\; Díaz\\, \"pair\" \\\\ 50 min\r\n"), "{ics}");
        assert!(unfolded(&ics).contains(&"DESCRIPTION:First line\\nSecond line".to_owned()), "{ics}");
        assert!(!ics.contains("\r\nATTENDEE"));
        let read: Calendar = ics.parse().unwrap();
        let read = read.events().next().unwrap();
        assert_eq!(read.get_summary(), Some(tricky.summary.as_str()));
        assert_eq!(read.get_description(), Some("First line\nSecond line"));
        assert_eq!(read.get_sequence(), Some(2));
    }

    #[test]
    fn long_lines_fold_between_characters() {
        let mut long = event("Europe/Madrid", "2026-07-01T08:00:00Z");
        long.description = "ñandú 老虎 ".repeat(40);
        let ics = session_ics(&long);
        assert!(ics.ends_with("END:VCALENDAR\r\n"));
        assert!(ics.split("\r\n").all(|line| line.len() <= LINE_OCTETS && !line.contains('\n')));
        assert!(unfolded(&ics).contains(&format!("DESCRIPTION:{}", long.description)));
    }

    #[test]
    fn a_cancelled_session_says_so() {
        let mut cancelled = event("Europe/Madrid", "2026-07-01T08:00:00Z");
        cancelled.cancelled = true;
        let ics = session_ics(&cancelled);
        assert!(ics.contains("METHOD:CANCEL\r\n") && ics.contains("STATUS:CANCELLED\r\n"));
        assert!(session_ics(&event("UTC", "2026-07-01T08:00:00Z")).contains("METHOD:PUBLISH\r\n"));
    }
}
