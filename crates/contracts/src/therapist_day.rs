//! A therapist's own first page (001): today, the week, who is in their care, and what waits for them.

use crate::reschedule::RescheduleRequest;
use crate::sessions::SessionCard;
use crate::{PatientId, SessionId, TherapistId};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

/// From and until, in minutes from midnight.
pub type Minutes = (i32, i32);

/// How full a day is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayLoad {
    pub sessions: u32,
    /// Free stretches of the opening hours between two sessions, in minutes from midnight.
    pub gaps: Vec<(i32, i32)>,
    /// Sessions outside of the opening hours, or over something in a calendar outside.
    pub conflicts: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WeekDay {
    pub date: NaiveDate,
    /// Are there opening hours?
    pub open: bool,
    pub load: DayLoad,
}

/// A completed session that nothing was written about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DueReport {
    pub session_id: SessionId,
    pub starts_at: DateTime<Utc>,
    /// The same on the therapist's wall clock.
    pub local: NaiveDateTime,
}

/// Somebody in the therapist's care.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CarePatient {
    pub id: PatientId,
    pub name: String,
    /// On the therapist's wall clock.
    pub last_session: Option<NaiveDateTime>,
    pub next_session: Option<NaiveDateTime>,
    /// The newest completed session with this therapist that began after their last general note about the patient.
    pub report: Option<DueReport>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TherapistDay {
    pub therapist_id: TherapistId,
    pub now: DateTime<Utc>,
    /// On the therapist's calendar.
    pub today: NaiveDate,
    pub time_zone: String,
    /// Today's, in order of time; cancelled ones too, so that a free hour explains itself.
    pub sessions: Vec<SessionCard>,
    /// Those of the next 24 hours that lie ahead.
    pub next: Vec<SessionCard>,
    /// Monday to Sunday.
    pub week: Vec<WeekDay>,
    /// Who needs a report first, then by name; at most 50.
    pub patients: Vec<CarePatient>,
    /// How many there are.
    pub patients_total: u32,
    /// How many of them need a report.
    pub reports_due: u32,
    /// What the therapist asked for and nobody decided yet.
    pub requests: Vec<RescheduleRequest>,
}
