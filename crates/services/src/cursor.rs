//! Where a page of a list ended: the order of the list, a moment and an id, as one word for the address of the next page.

use crate::{Result, ServiceError};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use contracts::FieldProblem;
use contracts::booking::Page;
use contracts::limits::{PAGE_DEFAULT, PAGE_MAX};
use contracts::lists::SortKey;
use uuid::Uuid;

/// The last row of a page; the next page holds what comes behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub at: DateTime<Utc>,
    pub id: Uuid,
}

impl Cursor {
    /// The row the page before ended with; none for the first page.
    ///
    /// # Errors
    /// A field error on `cursor`: `other_sort` when it was made in another order, `invalid_choice` when not by us.
    pub fn parse<S: SortKey>(text: Option<&str>, sort: S) -> Result<Option<Self>> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
        let wrong = |problem| ServiceError::field("cursor", problem);
        let (made_in, cursor) = Self::read(text).ok_or_else(|| wrong(FieldProblem::InvalidChoice))?;
        if made_in != sort.as_str() {
            return Err(wrong(FieldProblem::OtherSort));
        }
        Ok(Some(cursor))
    }

    fn read(text: &str) -> Option<(String, Self)> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (at, rest) = bytes.split_first_chunk::<8>()?;
        let (id, sort) = rest.split_first_chunk::<16>()?;
        let at = DateTime::from_timestamp_micros(i64::from_be_bytes(*at))?;
        // The database keeps years of at most six digits; nobody pages through those.
        (at.timestamp() < 253_402_300_800 && at.timestamp() >= 0).then_some(())?;
        Some((String::from_utf8(sort.to_vec()).ok()?, Self { at, id: Uuid::from_bytes(*id) }))
    }

    fn word<S: SortKey>(&self, sort: S) -> String {
        let mut bytes = self.at.timestamp_micros().to_be_bytes().to_vec();
        bytes.extend(self.id.as_bytes());
        bytes.extend(sort.as_str().as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    pub fn pair(self) -> (DateTime<Utc>, Uuid) {
        (self.at, self.id)
    }
}

/// How many to a page: product §12.
pub(crate) fn size(asked: Option<u32>) -> u32 {
    asked.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX)
}

/// A page out of rows of which one more was asked for than the page holds: if it is there, there is a next page.
pub(crate) fn page<T, S: SortKey>(mut items: Vec<T>, size: u32, sort: S, cursor: impl Fn(&T) -> Cursor) -> Page<T> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let more = items.len() > size;
    items.truncate(size);
    let next = items.last().filter(|_| more).map(|last| cursor(last).word(sort));
    Page { items, next }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::lists::{AuditSort, BookingSort};

    #[test]
    fn cursors_read_back_and_nonsense_is_refused() {
        let cursor = Cursor { at: "2026-11-24T10:00:00.123456Z".parse().unwrap(), id: Uuid::from_u128(7) };
        for sort in BookingSort::ALL {
            assert_eq!(Cursor::parse(Some(&cursor.word(*sort)), *sort).unwrap(), Some(cursor));
        }
        let long = "A".repeat(400);
        for nonsense in ["x", "AAAA", "__________________________________________", "' OR 1=1", &long] {
            let error = Cursor::parse(Some(nonsense), AuditSort::At).unwrap_err();
            let problem = error.public.problem_of("cursor");
            let refused = matches!(problem, Some(FieldProblem::InvalidChoice | FieldProblem::OtherSort));
            assert!(refused, "{nonsense}: {problem:?}");
        }
        assert_eq!(Cursor::parse(None, AuditSort::At).unwrap(), None);
        assert_eq!(Cursor::parse(Some(""), AuditSort::At).unwrap(), None);
    }

    #[test]
    fn a_cursor_goes_on_in_its_own_order_only() {
        let cursor = Cursor { at: DateTime::UNIX_EPOCH, id: Uuid::nil() };
        let error = Cursor::parse(Some(&cursor.word(BookingSort::StartsAt)), BookingSort::CreatedAt).unwrap_err();
        assert_eq!(error.public.problem_of("cursor"), Some(FieldProblem::OtherSort));
    }

    #[test]
    fn a_page_has_a_next_one_only_when_there_is_more() {
        let at = |n: &u128| Cursor { at: DateTime::UNIX_EPOCH, id: Uuid::from_u128(*n) };
        assert_eq!(page(vec![1, 2], 2, AuditSort::At, at).next, None);
        let first = page(vec![1, 2, 3], 2, AuditSort::At, at);
        assert_eq!((first.items.as_slice(), first.next), ([1, 2].as_slice(), Some(at(&2).word(AuditSort::At))));
        assert_eq!([size(None), size(Some(0)), size(Some(1_000))], [25, 1, 100]);
    }
}
