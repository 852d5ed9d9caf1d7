//! Moments as JSON, written quickly: a month of slots holds thousands of them, and writing them through the general
//! formatter took longer than computing them. What is written is what chrono writes.

use chrono::{DateTime, Datelike, NaiveDateTime, Timelike, Utc};
use serde::Serializer;

/// `2026-03-12T10:00:00`, with room for a `Z`.
const LENGTH: usize = 19;

/// The moment's digits; `None` for one that needs a fraction of a second or a year that has not four digits.
fn digits(at: NaiveDateTime) -> Option<[u8; LENGTH + 1]> {
    let year = u32::try_from(at.year()).ok().filter(|year| (1..=9999).contains(year))?;
    if at.nanosecond() != 0 {
        return None;
    }
    let mut text = *b"0000-00-00T00:00:00Z";
    let mut put = |place: usize, number: u32| {
        for (at, digit) in [(place, number / 10 % 10), (place + 1, number % 10)] {
            if let (Some(byte), Ok(digit)) = (text.get_mut(at), u8::try_from(digit)) {
                *byte = b'0' + digit;
            }
        }
    };
    put(0, year / 100);
    put(2, year % 100);
    put(5, at.month());
    put(8, at.day());
    put(11, at.hour());
    put(14, at.minute());
    put(17, at.second());
    Some(text)
}

/// For `serialize_with`: an instant.
///
/// # Errors
/// When the serializer fails.
pub fn instant<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    match digits(at.naive_utc()).as_ref().map(|text| str::from_utf8(text)) {
        Some(Ok(text)) => serializer.serialize_str(text),
        _ => serde::Serialize::serialize(at, serializer),
    }
}

/// For `serialize_with`: a time on a wall clock.
///
/// # Errors
/// When the serializer fails.
pub fn wall_clock<S: Serializer>(at: &NaiveDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    match digits(*at).as_ref().and_then(|text| text.get(..LENGTH)).map(str::from_utf8) {
        Some(Ok(text)) => serializer.serialize_str(text),
        _ => serde::Serialize::serialize(at, serializer),
    }
}

#[cfg(test)]
mod tests {
    use crate::booking::{Slot, SlotStatus};
    use chrono::{DateTime, Duration};

    #[test]
    fn moments_are_written_as_everywhere() {
        let edges = [0, 951_782_400, 1_772_359_199, 4_107_542_399, -62_135_596_800, 253_402_300_800, -1];
        let ordinary = (0..2_000).map(|n| n * 1_234_567 + 86_399);
        for second in edges.into_iter().chain(ordinary) {
            for nanos in [0, 250_000_000] {
                let at = DateTime::from_timestamp(second, nanos).unwrap();
                let slot = Slot {
                    starts_at: at,
                    ends_at: at + Duration::minutes(50),
                    local: at.naive_utc(),
                    status: SlotStatus::Available,
                };
                let written = serde_json::to_value(slot).unwrap();
                assert_eq!(written["starts_at"], serde_json::to_value(slot.starts_at).unwrap());
                assert_eq!(written["ends_at"], serde_json::to_value(slot.ends_at).unwrap());
                assert_eq!(written["local"], serde_json::to_value(slot.local).unwrap());
                assert_eq!(serde_json::from_value::<Slot>(written).unwrap(), slot);
            }
        }
    }
}
