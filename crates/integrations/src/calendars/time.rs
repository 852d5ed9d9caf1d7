//! From a wall clock to instants.

use chrono::{DateTime, Duration, LocalResult, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

/// The offsets of a zone in a calendar's file: from each moment of its wall clock on, so many seconds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Offsets {
    /// In order.
    pub onsets: Vec<(NaiveDateTime, i32)>,
    /// Before the first of them.
    pub before: i32,
}

impl Offsets {
    fn at(&self, local: NaiveDateTime) -> i32 {
        match self.onsets.partition_point(|(onset, _)| *onset <= local) {
            0 => self.before,
            place => self.onsets[place - 1].1,
        }
    }
}

/// How a wall clock becomes an instant.
#[derive(Debug, Clone, Copy)]
pub(super) enum Zone<'a> {
    Named(Tz),
    /// A zone that only the file knows.
    Described(&'a Offsets),
}

impl Zone<'_> {
    /// A time the clock shows twice is the first of them; one that it skips counts with the offset before the gap
    /// (RFC 5545 §3.3.5).
    pub fn instant(self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        match self {
            Self::Described(offsets) => minus(local, offsets.at(local)),
            Self::Named(zone) => match zone.from_local_datetime(&local) {
                LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.to_utc()),
                LocalResult::None => {
                    let earlier = local.checked_sub_signed(Duration::hours(6))?;
                    let at = zone.from_local_datetime(&earlier).earliest()?.to_utc();
                    at.checked_add_signed(Duration::hours(6))
                }
            },
        }
    }

    pub fn local(self, utc: NaiveDateTime) -> NaiveDateTime {
        match self {
            Self::Named(zone) => zone.from_utc_datetime(&utc).naive_local(),
            // The offset is told by the wall clock, which is near enough to ask it.
            Self::Described(offsets) => plus(utc, offsets.at(plus(utc, offsets.at(utc)))),
        }
    }
}

fn minus(local: NaiveDateTime, seconds: i32) -> Option<DateTime<Utc>> {
    Some(local.checked_sub_signed(Duration::seconds(i64::from(seconds)))?.and_utc())
}

fn plus(utc: NaiveDateTime, seconds: i32) -> NaiveDateTime {
    utc.checked_add_signed(Duration::seconds(i64::from(seconds))).unwrap_or(utc)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn skipped_and_repeated_times_have_one_meaning() {
        let madrid = Zone::Named("Europe/Madrid".parse().unwrap());
        for (local, utc) in [
            ("2026-07-01T10:00:00", "2026-07-01T08:00:00Z"),
            // 02:30 does not exist; with the offset of winter it is 01:30 UTC.
            ("2026-03-29T02:30:00", "2026-03-29T01:30:00Z"),
            // 02:30 exists twice; the first is summer's.
            ("2026-10-25T02:30:00", "2026-10-25T00:30:00Z"),
        ] {
            assert_eq!(madrid.instant(at(local)).unwrap(), utc.parse::<DateTime<Utc>>().unwrap(), "{local}");
        }
        assert_eq!(madrid.local(at("2026-07-01T08:00:00")), at("2026-07-01T10:00:00"));
    }

    #[test]
    fn a_described_zone_changes_at_its_onsets() {
        let offsets = Offsets {
            onsets: vec![(at("2026-03-29T02:00:00"), 7200), (at("2026-10-25T03:00:00"), 3600)],
            before: 3600,
        };
        let zone = Zone::Described(&offsets);
        for (local, utc) in [
            ("2026-01-05T10:00:00", "2026-01-05T09:00:00Z"),
            ("2026-07-01T10:00:00", "2026-07-01T08:00:00Z"),
            ("2026-12-01T10:00:00", "2026-12-01T09:00:00Z"),
        ] {
            assert_eq!(zone.instant(at(local)).unwrap(), utc.parse::<DateTime<Utc>>().unwrap());
            assert_eq!(zone.local(utc.parse::<DateTime<Utc>>().unwrap().naive_utc()), at(local));
        }
        let far = NaiveDateTime::MAX;
        assert_eq!(Zone::Described(&Offsets { before: -3600, ..Offsets::default() }).instant(far), None);
    }
}
