//! Recurring sessions: a rule, the dates it names, and what becomes of each (product §6; 004 §4.4).

use crate::booking::Slot;
use crate::sessions::{PaymentStatus, SessionStatus};
use crate::{BookingId, Money, PatientId, SeriesId, ServiceId, SessionId, TherapistId};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

codes! {
    Frequency {
        Weekly = "weekly",
        Biweekly = "biweekly",
        /// On the day of the month of the first one; where a month is shorter, on its last day.
        Monthly = "monthly",
        EveryNDays = "every_n_days",
    }

    SeriesStatus {
        Active = "active",
        Paused = "paused",
        /// By a member, for good.
        Stopped = "stopped",
        /// Its end date has passed (BR-RS-006).
        Completed = "completed",
    }

    /// What became of a date.
    OccurrenceState {
        /// It will be decided seven days before.
        Planned = "planned",
        /// There is a session.
        Created = "created",
        /// Something was in the way; nobody has decided about it yet.
        Skipped = "skipped",
        /// A member decided to do without.
        Dismissed = "dismissed",
    }
}

impl SeriesStatus {
    /// Can it still bring sessions about?
    pub fn is_open(self) -> bool {
        matches!(self, Self::Active | Self::Paused)
    }
}

/// What is in the way of an occurrence; times are on the therapist's wall clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "conflict")]
pub enum Conflict {
    /// The weekly opening hours do not hold it; the openings of that day, in minutes.
    OutsideHours { openings: Vec<(i32, i32)> },
    /// A closed exception meets it (EC-AV-004).
    Exception { reason: String },
    /// Something else is there.
    Overlap { starts: NaiveDateTime, ends: NaiveDateTime },
    /// It is free, but too near to something else.
    Buffer { starts: NaiveDateTime, ends: NaiveDateTime },
    /// Another series will be there; the one that agreed on it first has the time.
    OtherSeries { starts: NaiveDateTime, ends: NaiveDateTime },
}

impl Conflict {
    /// The code, for logs that tell nothing else.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OutsideHours { .. } => "outside_hours",
            Self::Exception { .. } => "exception",
            Self::Overlap { .. } => "overlap",
            Self::Buffer { .. } => "buffer",
            Self::OtherSeries { .. } => "other_series",
        }
    }
}

/// What the clocks do on or before a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum ClockChange {
    /// The clock skips this time: the session begins when it goes on.
    Skipped,
    /// The clock shows this time twice: the session begins at the first.
    Repeated,
    /// The therapist's clock was changed since the occurrence before by so many minutes. The session keeps its time of
    /// day; for people in other zones it moves.
    Shifted { minutes: i32 },
}

/// What will be done about a date when the preview is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "becomes")]
pub enum Becomes {
    /// A session, at once: it is within the next seven days.
    Session,
    /// A session, seven days before, unless something comes in the way.
    Later,
    /// Nothing: something is in the way. Within the next seven days it stands on the dashboard to be decided.
    Skipped,
    /// Nothing: the time has passed.
    Passed,
    /// A session that is there already moves here, or only gets its new price or length.
    Moved { from: NaiveDateTime },
    /// A session that is there already stays as it is.
    Stays { at: NaiveDateTime, paid: bool },
    /// A session that is there already is cancelled: the new rule has no date for it.
    Cancelled { at: NaiveDateTime },
}

/// A date of the preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PreviewDate {
    pub date: NaiveDate,
    pub starts_at: DateTime<Utc>,
    /// The start on the therapist's wall clock.
    pub local: NaiveDateTime,
    pub becomes: Becomes,
    /// Why it is skipped, or stays where it is.
    pub conflicts: Vec<Conflict>,
    pub clock: Option<ClockChange>,
    /// For a date with conflicts: the nearest free times, in order.
    pub alternatives: Vec<Slot>,
}

/// What saving a series will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preview {
    /// The series as it will be; its occurrences stand in `dates`.
    pub series: SeriesDraft,
    pub dates: Vec<PreviewDate>,
    /// There are dates behind the last one shown.
    pub more: bool,
    /// Sessions within the next seven days that are not paid and may follow the change (BR-RS-005).
    pub unpaid_sessions: u32,
    /// Today on the therapist's calendar.
    pub today: NaiveDate,
}

/// A rule that is not saved yet, with what follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeriesDraft {
    pub patient_id: PatientId,
    pub patient_name: String,
    pub therapist_id: TherapistId,
    pub therapist_name: String,
    pub service_id: ServiceId,
    pub service_name: String,
    pub rule: Rule,
    pub price: Money,
    pub payment_notice_days: i32,
    /// IANA name of the therapist's zone.
    pub time_zone: String,
}

/// When a series meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rule {
    pub frequency: Frequency,
    /// For `every_n_days`.
    pub interval_days: Option<i32>,
    /// A date of the series: it fixes the weekday, the parity of weeks, the day of the month.
    pub anchor: NaiveDate,
    /// The last day on which there may be an occurrence.
    pub ends_on: Option<NaiveDate>,
    /// The therapist's wall clock, in minutes from midnight.
    pub starts_min: i32,
    pub duration_min: i32,
}

/// A series with what is next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeriesView {
    pub id: SeriesId,
    pub version: i32,
    pub status: SeriesStatus,
    pub patient_id: PatientId,
    pub patient_name: String,
    pub therapist_id: TherapistId,
    pub therapist_name: String,
    pub service_id: ServiceId,
    pub service_name: String,
    pub rule: Rule,
    pub price: Money,
    /// Days before each session at which its payment is reminded of (BR-RS-007).
    pub payment_notice_days: i32,
    pub time_zone: String,
    /// Today on the therapist's calendar.
    pub today: NaiveDate,
    /// The next ones, today's included.
    pub next: Vec<Occurrence>,
}

/// A date of a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Occurrence {
    /// The date the rule names.
    pub date: NaiveDate,
    /// The start on the therapist's wall clock; of the session where there is one, which may have been moved.
    pub local: NaiveDateTime,
    pub state: OccurrenceState,
    pub session: Option<OccurrenceSession>,
    pub conflicts: Vec<Conflict>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OccurrenceSession {
    pub id: SessionId,
    pub booking_id: BookingId,
    pub status: SessionStatus,
    pub payment_status: PaymentStatus,
}

/// A date that could not become a session and waits for a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SkippedOccurrence {
    pub series_id: SeriesId,
    pub date: NaiveDate,
    pub local: NaiveDateTime,
    pub patient_id: PatientId,
    pub patient_name: String,
    pub therapist_id: TherapistId,
    pub therapist_name: String,
    pub service_name: String,
    pub time_zone: String,
    pub conflicts: Vec<Conflict>,
    /// Its own time first where that has become free, then the nearest free ones.
    pub alternatives: Vec<Slot>,
}

/// A new series, or how one is changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateSeries {
    pub patient_id: PatientId,
    pub therapist_id: TherapistId,
    /// The first day on which there may be an occurrence.
    pub starts_on: NaiveDate,
    #[serde(flatten)]
    pub terms: SeriesTerms,
    /// Tell the patient what was agreed.
    #[serde(default = "yes")]
    pub tell_patient: bool,
}

fn yes() -> bool {
    true
}

/// What the patient and the practice agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeriesTerms {
    pub service_id: ServiceId,
    pub frequency: Frequency,
    /// For `every_n_days`: 1 to 366.
    #[serde(default)]
    pub interval_days: Option<i32>,
    /// For `weekly` and `biweekly`; 1 is Monday. Absent: that of the first day.
    #[serde(default)]
    pub weekday: Option<i16>,
    /// `09:00` on the therapist's wall clock.
    pub starts: String,
    /// Minutes; absent: as this therapist gives the service.
    #[serde(default)]
    pub duration_min: Option<i32>,
    /// As typed, in the practice's currency; absent or empty: as this therapist gives the service.
    #[serde(default)]
    pub price: Option<String>,
    /// The last day on which there may be an occurrence; absent: until it is stopped.
    #[serde(default)]
    pub ends_on: Option<NaiveDate>,
    /// 1 to 14; absent: 3.
    #[serde(default)]
    pub payment_notice_days: Option<i32>,
}

/// How a series goes on. Sessions that exist stay as they are, unless `also_unpaid`; paid ones always do (BR-RS-005).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeSeries {
    /// The version that was shown; another one answers `CONFLICT`.
    pub version: i32,
    /// The first date in the new rhythm. Absent: as soon as possible, in the old rhythm where frequency and weekday stay.
    #[serde(default)]
    pub starts_on: Option<NaiveDate>,
    #[serde(flatten)]
    pub terms: SeriesTerms,
    /// Move generated sessions too that are not paid.
    #[serde(default)]
    pub also_unpaid: bool,
}

/// A series that is asked about before it is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum AskPreview {
    Create(CreateSeries),
    Change { id: SeriesId, to: ChangeSeries },
}

/// What becomes of a skipped date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum Resolve {
    /// A session at this time instead; absent: at the nearest free one.
    Book {
        #[serde(default)]
        starts_at: Option<DateTime<Utc>>,
    },
    /// No session this time.
    Dismiss,
}

/// What the form of a new series offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeriesForm {
    pub patient_id: PatientId,
    pub patient_name: String,
    pub offers: Vec<SeriesOffer>,
    /// Three capital letters.
    pub currency: String,
    /// Today on the practice's calendar.
    pub today: NaiveDate,
}

/// A service as a therapist gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeriesOffer {
    pub therapist_id: TherapistId,
    pub therapist_name: String,
    pub service_id: ServiceId,
    pub service_name: String,
    pub duration_min: i32,
    pub price: Money,
}
