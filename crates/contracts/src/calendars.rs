//! Calendars outside, addresses to subscribe to, and video links.

use crate::practice::VideoKind;
use crate::{BookingId, CalendarId, SessionId, TherapistId};
use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

codes! {
    CalendarKind {
        /// Read and written.
        Google = "google",
        /// A published file, read only.
        Ics = "ics",
    }

    CalendarState {
        /// It was not read yet.
        Waiting = "waiting",
        Ok = "ok",
        /// The last try failed; there will be another one. What was read before still counts.
        Failing = "failing",
        /// It must be connected again.
        Revoked = "revoked",
    }

    /// Why a calendar cannot be read or written.
    CalendarProblem {
        /// The permission was taken back.
        Revoked = "revoked",
        /// The permission does not reach far enough.
        Forbidden = "forbidden",
        Unreachable = "unreachable",
        /// Nothing is at that address, or only for those who log in.
        Refused = "refused",
        NotACalendar = "not_a_calendar",
        TooLarge = "too_large",
        /// The address leads into an internal network.
        Internal = "internal_address",
        /// What came back cannot be read.
        Unreadable = "unreadable",
        /// Google made no video room.
        NoRoom = "no_room",
    }

    /// With what somebody came back from Google.
    ConnectOutcome {
        Done = "done",
        /// They did not give the permission.
        Denied = "denied",
        /// They gave one, but not for the calendar.
        NotTicked = "not_ticked",
        Failed = "failed",
        /// It was begun in another browser, or too long ago.
        Expired = "expired",
    }
}

/// A connected calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectedCalendar {
    pub id: CalendarId,
    pub kind: CalendarKind,
    /// Its name, or the host of its address. The address itself is a secret.
    pub label: String,
    pub state: CalendarState,
    pub problem: Option<CalendarProblem>,
    /// When it was last read, and the same on the therapist's wall clock.
    pub last_synced_at: Option<DateTime<Utc>>,
    pub last_synced_local: Option<NaiveDateTime>,
    /// Entries that were not understood.
    pub unreadable: u32,
    /// Do our entries in it name the patient?
    pub show_names: bool,
    /// Sessions that are not in it yet as they should be.
    pub entries_waiting: u32,
}

/// An address at which a calendar subscribes to sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeedView {
    pub url: String,
    /// Patients by name; otherwise by their initials.
    pub show_names: bool,
}

/// A session at a time that is taken in a calendar outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarConflict {
    pub session_id: SessionId,
    pub booking_id: BookingId,
    pub patient_name: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// All four on the therapist's wall clock.
    pub starts_local: NaiveDateTime,
    pub ends_local: NaiveDateTime,
    pub busy_from_local: NaiveDateTime,
    pub busy_until_local: NaiveDateTime,
    /// The calendar that says so.
    pub calendar: String,
}

/// Everything about a therapist's calendars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarsPage {
    pub therapist_id: TherapistId,
    pub therapist_name: String,
    pub time_zone: String,
    /// Can this installation speak to Google?
    pub google_offered: bool,
    pub calendars: Vec<ConnectedCalendar>,
    pub feed: Option<FeedView>,
    /// The next ones, in order of time.
    pub conflicts: Vec<CalendarConflict>,
    /// How the practice makes video links.
    pub video: VideoKind,
    /// This therapist's own room, for practices where each has one.
    pub video_url: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddCalendar {
    pub therapist_id: TherapistId,
    /// `https`, `http` or `webcal`.
    pub url: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RenewFeed {
    pub therapist_id: TherapistId,
    #[serde(default)]
    pub show_names: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaveVideoUrl {
    pub therapist_id: TherapistId,
    /// Empty: no link.
    #[serde(default)]
    pub video_url: String,
}

/// A patient's sessions at one practice as an address to subscribe to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MyFeed {
    pub practice_name: String,
    pub url: String,
}
