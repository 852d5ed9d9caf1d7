//! Where a page of a list ended: a moment and an id, as one word for the address of the next page.

use crate::{Result, ServiceError};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use contracts::FieldProblem;
use std::fmt;
use uuid::Uuid;

/// The last row of a page; the next page holds what is older.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub at: DateTime<Utc>,
    pub id: Uuid,
}

impl Cursor {
    /// The cursor of the page before, or one that is newer than every row.
    ///
    /// # Errors
    /// A field error on `cursor` when it was not made by us.
    pub fn parse_or_newest(text: Option<&str>) -> Result<Self> {
        match text.filter(|text| !text.is_empty()) {
            None => Ok(Self { at: DateTime::from_timestamp_nanos(i64::MAX), id: Uuid::max() }),
            Some(text) => Self::parse(text).ok_or_else(|| ServiceError::field("cursor", FieldProblem::InvalidChoice)),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 24] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (at, id) = bytes.split_at(8);
        let at = DateTime::from_timestamp_micros(i64::from_be_bytes(at.try_into().ok()?))?;
        // The database keeps years of at most six digits; nobody pages through those.
        (at.timestamp() < 253_402_300_800 && at.timestamp() >= 0).then_some(())?;
        Some(Self { at, id: Uuid::from_slice(id).ok()? })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.at.timestamp_micros().to_be_bytes().to_vec();
        bytes.extend(self.id.as_bytes());
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_read_back_and_nonsense_is_refused() {
        let cursor = Cursor { at: "2026-11-24T10:00:00.123456Z".parse().unwrap(), id: Uuid::from_u128(7) };
        assert_eq!(Cursor::parse_or_newest(Some(&cursor.to_string())).unwrap(), cursor);
        for nonsense in ["x", "AAAA", "__________________________________________", "' OR 1=1"] {
            let error = Cursor::parse_or_newest(Some(nonsense)).unwrap_err();
            assert_eq!(error.public.problem_of("cursor"), Some(FieldProblem::InvalidChoice), "{nonsense}");
        }
        assert!(Cursor::parse_or_newest(None).unwrap().at > cursor.at);
    }
}
