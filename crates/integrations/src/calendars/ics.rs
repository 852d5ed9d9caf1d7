//! Busy times out of a calendar's file (RFC 5545), from any address that publishes one.

mod fetch;
mod lines;
mod rule;

pub use fetch::{Fetched, IcsClient};

use super::BusyTime;
use super::time::{Offsets, Zone};
use chrono::{DateTime, Days, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use lines::{Component, Property};
use rule::{Budget, Exhausted, Rule, Until};
use std::collections::{HashMap, HashSet};

/// Why a file tells nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IcsError {
    #[error("the address is not one of a calendar")]
    Address,
    #[error("the address leads into an internal network")]
    Internal,
    #[error("the calendar's server cannot be reached")]
    Unreachable,
    /// Nothing is there, or only for those who log in.
    #[error("the calendar's server refuses")]
    Refused,
    #[error("what is there is no calendar")]
    NotACalendar,
    #[error("the calendar is too large")]
    TooLarge,
}

impl From<Exhausted> for IcsError {
    fn from(_: Exhausted) -> Self {
        Self::TooLarge
    }
}

/// What a file tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Read {
    pub busy: Vec<BusyTime>,
    /// Entries of which not everything was understood. Those that repeat by a rule that was not count once.
    pub unreadable: u32,
}

/// Steps of all rules together, and times that are taken.
const STEPS: u32 = 500_000;
const TIMES_MAX: usize = 20_000;

type Window = (DateTime<Utc>, DateTime<Utc>);

/// The times that are taken in the window, in order. `zone` is that of the therapist, for times without one.
///
/// # Errors
/// When it is no calendar, or one that no person has.
pub fn busy_times(text: &str, window: Window, zone: Tz) -> Result<Read, IcsError> {
    let calendars: Vec<Component> = lines::read(text).into_iter().filter(|c| c.name == "VCALENDAR").collect();
    if calendars.is_empty() {
        return Err(IcsError::NotACalendar);
    }
    let mut reader = Reader { window, own: zone, zones: HashMap::new(), budget: Budget(STEPS), read: Read::default() };
    for calendar in &calendars {
        reader.own = calendar.value("X-WR-TIMEZONE").parse().unwrap_or(zone);
        reader.learn_zones(calendar)?;
        let replaced = reader.replaced(calendar);
        for part in &calendar.parts {
            match part.name.as_str() {
                "VEVENT" => reader.event(part, &replaced)?,
                "VFREEBUSY" => reader.free_busy(part),
                _ => {}
            }
            if reader.read.busy.len() > TIMES_MAX {
                return Err(IcsError::TooLarge);
            }
        }
    }
    let mut read = reader.read;
    read.busy.sort_unstable();
    read.busy.dedup();
    Ok(read)
}

/// A moment as it stands in the file.
#[derive(Debug, Clone, Copy)]
enum When {
    Day(NaiveDate),
    Utc(NaiveDateTime),
    Local(NaiveDateTime),
}

impl When {
    fn wall(self) -> NaiveDateTime {
        match self {
            Self::Day(day) => day.and_time(NaiveTime::MIN),
            Self::Utc(at) | Self::Local(at) => at,
        }
    }
}

struct Reader {
    window: Window,
    own: Tz,
    /// Zones that the file describes, by the names it gives them.
    zones: HashMap<String, Offsets>,
    budget: Budget,
    read: Read,
}

/// Which repetitions of which entry were changed or cancelled.
type Replaced = HashSet<(String, DateTime<Utc>)>;

impl Reader {
    fn event(&mut self, event: &Component, replaced: &Replaced) -> Result<(), Exhausted> {
        let cancelled = event.value("STATUS").eq_ignore_ascii_case("CANCELLED");
        let free = event.value("TRANSP").eq_ignore_ascii_case("TRANSPARENT")
            || event.value("X-MICROSOFT-CDO-BUSYSTATUS").eq_ignore_ascii_case("FREE");
        if cancelled || free {
            return Ok(());
        }
        let Some(starts) = event.property("DTSTART").and_then(when) else {
            self.read.unreadable += 1;
            return Ok(());
        };
        let zone_name = event.property("DTSTART").and_then(|p| p.parameter("TZID")).unwrap_or_default().to_owned();
        let entry = event.value("UID").to_owned();
        let own_place = event.property("RECURRENCE-ID").is_some();
        for at in self.beginnings(event, starts, &zone_name)? {
            let zone = self.zone(starts, &zone_name);
            let (Some(begins), Some(ends)) = (zone.instant(at), self.end_of(event, starts, at, zone)) else {
                continue;
            };
            if own_place || !replaced.contains(&(entry.clone(), begins)) {
                self.read.busy.extend(BusyTime::within(&entry, (begins, ends), self.window));
            }
        }
        Ok(())
    }

    /// On the wall clock of the entry's beginning, when it happens.
    fn beginnings(
        &mut self,
        event: &Component,
        starts: When,
        zone_name: &str,
    ) -> Result<Vec<NaiveDateTime>, Exhausted> {
        let rule = event.property("RRULE").map(|property| Rule::parse(&property.value));
        let mut at = match rule {
            None => vec![starts.wall()],
            Some(None) => {
                self.read.unreadable += 1;
                vec![starts.wall()]
            }
            Some(Some(rule)) => {
                let (until, wall_window) = {
                    let zone = self.zone(starts, zone_name);
                    let until = rule.until.map(|until| match until {
                        Until::Local(at) => at,
                        Until::Utc(at) => zone.local(at),
                    });
                    let length = self.end_of(event, starts, starts.wall(), zone).zip(zone.instant(starts.wall()));
                    let length = length.map_or(Duration::zero(), |(ends, begins)| ends - begins).max(Duration::zero());
                    // What began before the window may reach into it.
                    let from = self.window.0.checked_sub_signed(length + Duration::days(1)).unwrap_or(self.window.0);
                    (until, (zone.local(from.naive_utc()), zone.local(self.window.1.naive_utc())))
                };
                rule.occurrences(starts.wall(), until, wall_window, &mut self.budget)?
            }
        };
        at.extend(event.all("RDATE").flat_map(moments).map(When::wall));
        let excluded: HashSet<DateTime<Utc>> =
            event.all("EXDATE").flat_map(|property| self.instants(property, starts)).collect();
        let zone = self.zone(starts, zone_name);
        at.retain(|at| zone.instant(*at).is_none_or(|at| !excluded.contains(&at)));
        at.sort_unstable();
        at.dedup();
        Ok(at)
    }

    /// When the repetition that begins at `at` ends.
    fn end_of(&self, event: &Component, starts: When, at: NaiveDateTime, zone: Zone) -> Option<DateTime<Utc>> {
        if let Some(end) = event.property("DTEND") {
            let ends = when(end)?;
            if let (When::Day(first), When::Day(last)) = (starts, ends) {
                return zone.instant(at.checked_add_signed(last - first)?);
            }
            let end_zone = self.zone(ends, end.parameter("TZID").unwrap_or_default());
            let length = end_zone.instant(ends.wall())? - zone.instant(starts.wall())?;
            return zone.instant(at)?.checked_add_signed(length);
        }
        match (event.property("DURATION"), starts) {
            (Some(length), _) => zone.instant(at)?.checked_add_signed(duration(&length.value)?),
            (None, When::Day(_)) => zone.instant(at.checked_add_days(Days::new(1))?),
            // A moment takes no time.
            (None, _) => zone.instant(at),
        }
    }

    /// Periods that are published without telling anything else.
    fn free_busy(&mut self, part: &Component) {
        for property in part.all("FREEBUSY") {
            if property.parameter("FBTYPE").is_some_and(|kind| kind.eq_ignore_ascii_case("FREE")) {
                continue;
            }
            for text in property.value.split(',') {
                match period(text) {
                    Some(span) => self.read.busy.extend(BusyTime::within(part.value("UID"), span, self.window)),
                    None => self.read.unreadable += 1,
                }
            }
        }
    }

    /// All repetitions that have an entry of their own.
    fn replaced(&self, calendar: &Component) -> Replaced {
        let changed = calendar.parts.iter().filter(|part| part.name == "VEVENT");
        let changed = changed.flat_map(|event| {
            let starts = event.property("DTSTART").and_then(when);
            let which = event.property("RECURRENCE-ID");
            let at = which.into_iter().flat_map(move |which| {
                let like = starts.or_else(|| when(which));
                like.map(|like| self.instants(which, like)).unwrap_or_default()
            });
            at.map(|at| (event.value("UID").to_owned(), at))
        });
        changed.collect()
    }

    /// The instants of a list of moments; a day is its midnight.
    fn instants(&self, property: &Property, like: When) -> Vec<DateTime<Utc>> {
        let zone_name = property.parameter("TZID").unwrap_or_default();
        let instant = |at: When| match (at, like) {
            // A whole day named by its midnight in UTC, as some calendars do.
            (When::Utc(at), When::Day(_)) => self.zone(like, "").instant(at.date().and_time(NaiveTime::MIN)),
            _ => self.zone(at, zone_name).instant(at.wall()),
        };
        moments(property).filter_map(instant).collect()
    }

    fn zone(&self, at: When, name: &str) -> Zone<'_> {
        match (at, self.zones.get(name)) {
            (When::Utc(_), _) => Zone::Named(Tz::UTC),
            (When::Day(_), _) => Zone::Named(self.own),
            (When::Local(_), described) => {
                let named = known_zone(name).map(Zone::Named);
                named.or(described.map(Zone::Described)).unwrap_or(Zone::Named(self.own))
            }
        }
    }

    /// Reads the zones that are described in the file and have no name that everybody knows.
    fn learn_zones(&mut self, calendar: &Component) -> Result<(), Exhausted> {
        for part in calendar.parts.iter().filter(|part| part.name == "VTIMEZONE") {
            let name = part.value("TZID").to_owned();
            if known_zone(&name).is_none() {
                let offsets = self.offsets(part)?;
                self.zones.insert(name, offsets);
            }
        }
        Ok(())
    }

    fn offsets(&mut self, zone: &Component) -> Result<Offsets, Exhausted> {
        let two_years = Duration::days(731);
        let from = self.window.0.checked_sub_signed(two_years).unwrap_or(self.window.0).naive_utc();
        let window = (from, self.window.1.naive_utc());
        let mut onsets = Vec::new();
        let mut before = None;
        for part in &zone.parts {
            let first = part.property("DTSTART").and_then(when).map(When::wall);
            let offsets = offset(part.value("TZOFFSETFROM")).zip(offset(part.value("TZOFFSETTO")));
            let (Some(first), Some((was, is))) = (first, offsets) else { continue };
            let rule = part.property("RRULE").and_then(|property| Rule::parse(&property.value));
            let at = match rule {
                None => vec![first],
                Some(rule) => {
                    let until = rule.until.map(Until::written);
                    rule.occurrences(first, until, window, &mut self.budget)?
                }
            };
            let also = part.all("RDATE").flat_map(moments).map(When::wall);
            onsets.extend(at.into_iter().chain(also).map(|at| (at, is)));
            if before.is_none_or(|(known, _)| first < known) {
                before = Some((first, was));
            }
        }
        onsets.sort_unstable();
        Ok(Offsets { onsets, before: before.map_or(0, |(_, was)| was) })
    }
}

/// A name of the zone table, also at the end of a path that some programs put before it.
fn known_zone(name: &str) -> Option<Tz> {
    let name = name.trim().trim_matches('/');
    let ends = name.match_indices('/').map(|(place, _)| &name[place + 1..]);
    std::iter::once(name).chain(ends).find_map(|name| name.parse().ok())
}

fn when(property: &Property) -> Option<When> {
    moment(property.value.trim())
}

fn moments(property: &Property) -> impl Iterator<Item = When> {
    // Of a period only its beginning.
    property.value.split(',').filter_map(|text| moment(text.trim().split('/').next().unwrap_or_default()))
}

fn moment(text: &str) -> Option<When> {
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y%m%d") {
        return in_our_time(day).then_some(When::Day(day));
    }
    let (text, utc) = text.strip_suffix(['Z', 'z']).map_or((text, false), |text| (text, true));
    let at = NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").ok().filter(|at| in_our_time(at.date()))?;
    Some(if utc { When::Utc(at) } else { When::Local(at) })
}

/// Years of four digits: with these no reckoning leaves the range of dates.
fn in_our_time(day: NaiveDate) -> bool {
    NaiveDate::from_ymd_opt(1000, 1, 1).is_some_and(|first| day >= first)
        && NaiveDate::from_ymd_opt(9000, 1, 1).is_some_and(|last| day < last)
}

/// `20260701T080000Z/20260701T090000Z` or `20260701T080000Z/PT1H`.
fn period(text: &str) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let (starts, ends) = text.trim().split_once('/')?;
    let When::Utc(starts) = moment(starts)? else { return None };
    let ends = match moment(ends) {
        Some(When::Utc(ends)) => ends,
        _ => starts.checked_add_signed(duration(ends)?)?,
    };
    Some((starts.and_utc(), ends.and_utc()))
}

/// `+0200`, `-033000`.
fn offset(text: &str) -> Option<i32> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text.strip_prefix('+').unwrap_or(text)), |rest| (-1, rest));
    let pair = |from: usize| digits.get(from..from + 2).and_then(|two| two.parse::<i32>().ok());
    let seconds = pair(0)? * 3600 + pair(2)? * 60 + pair(4).unwrap_or(0);
    (seconds < 86_400).then_some(sign * seconds)
}

/// `PT1H30M`, `P2D`, `P1W`. One that goes backwards takes no time.
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim().trim_start_matches('+').strip_prefix('P')?;
    let mut total = Duration::zero();
    let mut digits = String::new();
    for character in text.chars() {
        let unit = match character {
            '0'..='9' if digits.len() < 9 => {
                digits.push(character);
                continue;
            }
            'T' if digits.is_empty() => continue,
            'W' => 7 * 86_400,
            'D' => 86_400,
            'H' => 3_600,
            'M' => 60,
            'S' => 1,
            _ => return None,
        };
        let number: i64 = digits.parse().ok()?;
        total = total.checked_add(&Duration::seconds(number * unit))?;
        digits.clear();
    }
    digits.is_empty().then_some(total)
}

#[cfg(test)]
mod tests;
