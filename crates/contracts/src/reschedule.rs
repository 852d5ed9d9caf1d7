//! A therapist's wish for another time for one of their sessions, and the answer (001).

use crate::booking::DaySlots;
use crate::lists::RescheduleSort;
use crate::sessions::SessionCard;
use crate::{BookingId, PatientId, RescheduleRequestId, SessionId, TherapistId};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

codes! {
    RescheduleStatus {
        Pending = "pending",
        /// The session was moved.
        Approved = "approved",
        Rejected = "rejected",
        /// The therapist took it back.
        Withdrawn = "withdrawn",
        /// The session changed otherwise, or one of both times has come, before anybody answered.
        Outdated = "outdated",
    }
}

/// A request with everything a page says about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RescheduleRequest {
    pub id: RescheduleRequestId,
    pub session_id: SessionId,
    pub booking_id: BookingId,
    pub patient_id: PatientId,
    pub patient_name: String,
    pub therapist_id: TherapistId,
    pub therapist_name: String,
    pub service_name: String,
    pub status: RescheduleStatus,
    pub reason: String,
    /// Where the session was when it was asked.
    pub old_start: DateTime<Utc>,
    /// The same on the therapist's wall clock.
    pub old_local: NaiveDateTime,
    pub proposed_start: DateTime<Utc>,
    /// The same on the therapist's wall clock.
    pub proposed_local: NaiveDateTime,
    pub time_zone: String,
    pub asked_by: String,
    pub asked_at: DateTime<Utc>,
    /// The same on the therapist's wall clock.
    pub asked_local: NaiveDateTime,
    /// Nobody where the program did, or where it is not decided.
    pub decided_by: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    /// What who decided wrote to the therapist.
    pub note: String,
    pub version: i32,
}

/// Another time, as a therapist asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskReschedule {
    pub session_id: SessionId,
    /// One of the free times of the therapist.
    pub starts_at: DateTime<Utc>,
    /// Whoever decides reads it; the patient does not.
    pub reason: String,
}

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DecideReschedule {
    /// The therapist reads it. A rejection needs one.
    #[serde(default)]
    pub note: String,
    /// The version the person saw; another one means somebody was faster.
    #[serde(default)]
    pub version: Option<i32>,
}

/// Which requests; everything that is left out does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RescheduleFilter {
    pub status: Option<RescheduleStatus>,
    pub therapist_id: Option<TherapistId>,
    pub session_id: Option<SessionId>,
    pub sort: RescheduleSort,
    pub cursor: Option<String>,
    pub limit: Option<u32>,
}

/// The times a session could be moved to, some days at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RescheduleTimes {
    pub session: SessionCard,
    pub from: NaiveDate,
    /// Inclusive.
    pub until: NaiveDate,
    /// Today in the therapist's zone.
    pub today: NaiveDate,
    /// The last day that can be asked for.
    pub last: NaiveDate,
    /// Until when it can be asked, on the therapist's wall clock.
    pub ask_until: NaiveDateTime,
    /// Can it be asked now? Not too late, not done, and nothing is asked already.
    pub may_ask: bool,
    /// What is asked already.
    pub pending: Option<RescheduleRequest>,
    /// Days with at least one free time.
    pub days: Vec<DaySlots>,
}
