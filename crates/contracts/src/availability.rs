//! Opening hours, exceptions, buffers, and the answers to "what will patients see?" and "why is 10:00 missing?".

use crate::{BookingId, ExceptionId, RuleId, ServiceId, TherapistId};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

/// One weekly block of opening hours, on the therapist's wall clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rule {
    pub id: RuleId,
    /// ISO: 1 is Monday, 7 is Sunday.
    pub weekday: i16,
    /// Minutes from midnight.
    pub starts_min: i32,
    /// Minutes from midnight; 1440 is the end of the day.
    pub ends_min: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddRule {
    pub therapist_id: TherapistId,
    pub weekday: i16,
    /// `09:00`.
    pub starts: String,
    /// `17:00`; `24:00` is the end of the day.
    pub ends: String,
}

/// Other hours for a weekly block, or another day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeRule {
    pub weekday: i16,
    /// `09:00`.
    pub starts: String,
    /// `17:00`; `24:00` is the end of the day.
    pub ends: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExceptionKind {
    /// Nothing can be booked.
    Closed,
    /// Extra opening hours, on top of the weekly ones.
    Open,
}

impl ExceptionKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Closed, Self::Open].into_iter().find(|k| k.as_str() == text)
    }
}

/// A dated block or extra opening, for one day or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Exception {
    pub id: ExceptionId,
    pub kind: ExceptionKind,
    pub starts_on: NaiveDate,
    /// Inclusive.
    pub ends_on: NaiveDate,
    /// Minutes from midnight on each of the days; absent: the whole day.
    pub minutes: Option<(i32, i32)>,
    pub reason: String,
}

/// EC-AV-002: what happens to bookings on a day that is being blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BookingsInTheWay {
    /// Answer `BOOKINGS_IN_THE_WAY` and change nothing.
    #[default]
    Ask,
    Keep,
    Cancel,
}

impl BookingsInTheWay {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Keep => "keep",
            Self::Cancel => "cancel",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Ask, Self::Keep, Self::Cancel].into_iter().find(|k| k.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddException {
    pub therapist_id: TherapistId,
    pub kind: ExceptionKind,
    pub starts_on: NaiveDate,
    /// Absent: the same day.
    #[serde(default)]
    pub ends_on: Option<NaiveDate>,
    /// `09:00`; both absent: the whole day.
    #[serde(default)]
    pub starts: Option<String>,
    #[serde(default)]
    pub ends: Option<String>,
    #[serde(default)]
    pub reason: String,
    #[serde(default)]
    pub bookings: BookingsInTheWay,
}

/// What an exception becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeException {
    pub kind: ExceptionKind,
    pub starts_on: NaiveDate,
    /// Absent: the same day.
    #[serde(default)]
    pub ends_on: Option<NaiveDate>,
    /// `09:00`; both absent: the whole day.
    #[serde(default)]
    pub starts: Option<String>,
    #[serde(default)]
    pub ends: Option<String>,
    #[serde(default)]
    pub reason: String,
    /// What becomes of bookings that were not in its way before.
    #[serde(default)]
    pub bookings: BookingsInTheWay,
}

/// Everything the availability page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AvailabilityPage {
    pub therapist_id: TherapistId,
    pub therapist_name: String,
    pub slug: String,
    pub time_zone: String,
    pub today: NaiveDate,
    pub rules: Vec<Rule>,
    /// Today and later.
    pub exceptions: Vec<Exception>,
    pub buffer_before_min: i32,
    pub buffer_after_min: i32,
    pub slot_step_min: Option<i32>,
    /// The next 90 days.
    pub overview: Vec<OverviewDay>,
    /// Services to preview with: id, name, minutes.
    pub services: Vec<(ServiceId, String, i32)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DayState {
    /// Open by the weekly rules or an extra opening.
    Open,
    /// Not open by the weekly rules.
    Closed,
    /// An exception blocks the whole day.
    Blocked,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OverviewDay {
    pub date: NaiveDate,
    pub state: DayState,
    pub bookings: u32,
}

/// What other buffers would do to a usual day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BufferPreview {
    /// Slots in the next 7 days as saved now.
    pub slots_now: u32,
    /// Slots in the next 7 days with the buffers asked about.
    pub slots_then: u32,
    /// The starts on the first open day with the buffers asked about, as `09:00`.
    pub first_day: Vec<String>,
    /// EC-AV-003: some opening is too short for even one session with these buffers.
    pub warning: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaveBuffers {
    pub therapist_id: TherapistId,
    pub before_min: i32,
    pub after_min: i32,
    #[serde(default)]
    pub step_min: Option<i32>,
}

/// Why a time is or is not offered; the first reason in BR-AV-005's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum Why {
    /// It is offered.
    Offered,
    /// The clock skips this time on that day.
    SkippedByClockChange,
    /// No opening on that weekday at all.
    ClosedThatDay,
    /// Open that day, but not at that time; the openings, in minutes.
    OutsideOpenings { openings: Vec<(i32, i32)> },
    /// An exception blocks it.
    Blocked { exception: ExceptionId, reason: String },
    /// The session would end after the opening does.
    DoesNotFit { opening_ends_min: i32 },
    /// The opening offers other starts; the nearest before and after.
    OffGrid { before: Option<NaiveDateTime>, after: Option<NaiveDateTime> },
    /// Something else is there.
    Taken { booking: Option<BookingId>, starts_at: DateTime<Utc>, ends_at: DateTime<Utc> },
    /// Free, but too near to something else: its buffer or this session's own.
    InBuffer { booking: Option<BookingId>, starts_at: DateTime<Utc>, ends_at: DateTime<Utc> },
    /// BR-BK-002; also everything in the past.
    TooSoon { earliest: DateTime<Utc> },
    /// BR-BK-003.
    TooFar { last_day: NaiveDate },
}
