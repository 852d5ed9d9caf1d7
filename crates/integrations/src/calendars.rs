//! Calendars outside: what is taken in them, and entries of ours in them.
//!
//! The default needs none of this: every therapist and patient has an address that calendars subscribe to, which the server
//! makes itself. What is here reads any calendar that is published as a file ([`ics`]) and keeps one at Google ([`google`]).

pub mod google;
pub mod ics;
mod time;

use chrono::{DateTime, Utc};

/// A time that is taken in a calendar outside. What it is for is never kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BusyTime {
    /// What the calendar calls the entry; several times of one entry share it.
    pub entry: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

impl BusyTime {
    /// The part of a span that lies in the window, if it takes any time there.
    fn within(
        entry: &str,
        (starts_at, ends_at): (DateTime<Utc>, DateTime<Utc>),
        window: (DateTime<Utc>, DateTime<Utc>),
    ) -> Option<Self> {
        let (starts_at, ends_at) = (starts_at.max(window.0), ends_at.min(window.1));
        (starts_at < ends_at).then(|| Self { entry: entry.to_owned(), starts_at, ends_at })
    }
}

/// What of this an installation has.
#[derive(Clone)]
pub struct Calendars {
    /// Only for installations that are registered with Google.
    pub google: Option<google::Google>,
    pub ics: ics::IcsClient,
}
