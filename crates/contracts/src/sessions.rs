//! Sessions in the diary as the practice sees them, and what it can do with them (product §6; 000 §4.1).

use crate::booking::BookingStatus;
use crate::lists::SessionSort;
use crate::messages::{Channel, Delivery, MessageStatus};
use crate::patients::NoteKind;
use crate::{BookingId, Money, NoteId, PatientId, PaymentId, ServiceId, SessionId, TherapistId, practice::*};
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, Utc, Weekday};
use serde::{Deserialize, Serialize};

codes! {
    SessionStatus {
        Scheduled = "scheduled",
        InProgress = "in_progress",
        Completed = "completed",
        NoShow = "no_show",
        Cancelled = "cancelled",
    }

    /// Follows from the session's payments and price.
    PaymentStatus {
        Pending = "pending",
        PartlyPaid = "partly_paid",
        /// Also a session that costs nothing.
        Paid = "paid",
        Refunded = "refunded",
        /// The practice does not ask for it.
        Waived = "waived",
    }

    /// Who made the booking behind a session.
    SessionSource {
        Public = "public",
        Staff = "staff",
        Series = "series",
    }

    /// What becomes of money that was paid for a session that is cancelled.
    RefundDecision {
        Refund = "refund",
        /// Kept for the patient's next session.
        Credit = "credit",
        /// The cancellation rule lets the practice keep it.
        Keep = "keep",
    }
}

impl SessionStatus {
    /// Does a session in this state take its therapist's time?
    pub fn keeps_slot(self) -> bool {
        self != Self::Cancelled
    }
}

impl PaymentStatus {
    /// Is money still expected?
    pub fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::PartlyPaid)
    }
}

/// What a booking's card says of its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionBrief {
    pub id: SessionId,
    pub status: SessionStatus,
    pub payment_status: PaymentStatus,
}

/// A session in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionCard {
    pub id: SessionId,
    pub booking_id: BookingId,
    /// The number people see and write on transfers.
    pub reference: String,
    pub status: SessionStatus,
    pub payment_status: PaymentStatus,
    pub patient_id: PatientId,
    pub patient_name: String,
    pub therapist_id: TherapistId,
    pub therapist_name: String,
    pub service_name: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// The start on the therapist's wall clock.
    pub local: NaiveDateTime,
    pub time_zone: String,
    pub price: Money,
    /// Received minus given back.
    pub paid: Money,
    pub source: SessionSource,
    pub outside_hours: bool,
    pub video_link: Option<String>,
    pub created_at: DateTime<Utc>,
    pub version: i32,
}

/// Money received for a session, or given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentView {
    pub id: PaymentId,
    /// Given back instead of received.
    pub refund: bool,
    pub method: PaymentMethod,
    pub amount: Money,
    pub received_on: NaiveDate,
    pub reference: String,
    /// Nobody where a verified proof did.
    pub recorded_by: Option<String>,
    pub recorded_at: DateTime<Utc>,
}

/// A message about a session and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageLine {
    pub template: String,
    pub subject: String,
    pub recipient: String,
    pub channel: Channel,
    pub status: MessageStatus,
    pub delivery: Delivery,
    /// When it arrived, as far as its provider tells; else when it was sent; else when it was written.
    pub at: DateTime<Utc>,
    /// The same on the therapist's wall clock.
    pub local: NaiveDateTime,
    /// When it goes out, on that clock, while it waits.
    pub due_local: Option<NaiveDateTime>,
    /// It tells of a change and waits: a correction takes its place.
    pub correctable: bool,
    /// Its failure was dealt with: it went another way, or somebody called.
    pub settled: bool,
}

/// A line of a session's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistoryLine {
    pub at: DateTime<Utc>,
    /// The same on the therapist's wall clock.
    pub local: NaiveDateTime,
    /// As in the audit log, e.g. `session.moved`.
    pub action: String,
    /// Nobody for the patient and for the program.
    pub by: Option<String>,
    pub actor_kind: String,
    /// Where it was and where it went on that clock, for a session that was moved.
    pub moved: Option<(NaiveDateTime, NaiveDateTime)>,
}

/// Everything about one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionView {
    pub card: SessionCard,
    pub service_id: ServiceId,
    pub place: Place,
    pub patient_phone: String,
    pub patient_email: String,
    pub cancel_reason: Option<String>,
    pub cancelled_by_patient: bool,
    pub cancelled_at: Option<DateTime<Utc>>,
    pub patient_told: Option<bool>,
    pub refund_decision: Option<RefundDecision>,
    /// Until when a cancellation can be undone, while it can.
    pub undo_until: Option<DateTime<Utc>>,
    /// The same on the therapist's wall clock.
    pub undo_until_local: Option<NaiveDateTime>,
    pub payments: Vec<PaymentView>,
    /// The newest first, at most 50; none for who may not read patients.
    #[serde(default)]
    pub notes: Vec<SessionNote>,
    pub messages: Vec<MessageLine>,
    /// What was written to the patient about the cancellation, where something was.
    pub cancel_message: Option<MessageLine>,
    pub history: Vec<HistoryLine>,
    /// The last request for another time, where there is one and the member may see it.
    pub reschedule_request: Option<crate::reschedule::RescheduleRequest>,
    /// The server's clock.
    pub now: DateTime<Utc>,
}

/// An administrative note about a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionNote {
    pub id: NoteId,
    pub kind: NoteKind,
    pub body: String,
    pub author: String,
    pub at: DateTime<Utc>,
    /// The same on the therapist's wall clock.
    pub local: NaiveDateTime,
}

/// Which sessions; everything that is left out does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionFilter {
    /// Starting at this moment or later.
    pub from: Option<DateTime<Utc>>,
    /// Starting before this moment.
    pub until: Option<DateTime<Utc>>,
    pub status: Option<SessionStatus>,
    pub payment: Option<PaymentStatus>,
    pub therapist_id: Option<TherapistId>,
    pub service_id: Option<ServiceId>,
    pub patient_id: Option<PatientId>,
    /// A part of the patient's name, or the session's number.
    pub search: Option<String>,
    pub sort: SessionSort,
    pub cursor: Option<String>,
    pub limit: Option<u32>,
}

/// A session the practice places into the diary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSession {
    pub patient_id: PatientId,
    pub therapist_id: TherapistId,
    pub service_id: ServiceId,
    /// On the therapist's wall clock.
    pub starts: NaiveDateTime,
    /// Minutes; the service's own where it is left out.
    #[serde(default)]
    pub duration_min: Option<i32>,
    /// As people type it; the service's own where it is left out.
    #[serde(default)]
    pub price: Option<String>,
    /// Yes, although the therapist is not open then.
    #[serde(default)]
    pub outside_hours: bool,
    /// Tell the patient.
    #[serde(default = "yes")]
    pub tell_patient: bool,
}

fn yes() -> bool {
    true
}

/// Another time for a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MoveSession {
    /// On the therapist's wall clock.
    pub starts: NaiveDateTime,
    #[serde(default)]
    pub outside_hours: bool,
    #[serde(default = "yes")]
    pub tell_patient: bool,
    /// The version the person saw; another one means somebody was faster.
    #[serde(default)]
    pub version: Option<i32>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CancelSession {
    #[serde(default)]
    pub reason: String,
    #[serde(default = "yes")]
    pub tell_patient: bool,
    /// Needed where something was paid.
    #[serde(default)]
    pub refund: Option<RefundDecision>,
}

/// A therapist says that their session took place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CompleteSession {
    /// An administrative note about the session; empty: none.
    #[serde(default)]
    pub notes: String,
    /// The version the person saw; another one means somebody was faster.
    #[serde(default)]
    pub version: Option<i32>,
}

/// What happens in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SessionStep {
    Start,
    Complete,
    NoShow,
    /// It was marked by mistake: scheduled again.
    Reopen,
}

/// Money received outside of any gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordPayment {
    /// As people type it; what is still open where it is left out.
    #[serde(default)]
    pub amount: Option<String>,
    pub method: PaymentMethod,
    /// Today where it is left out.
    #[serde(default)]
    pub received_on: Option<NaiveDate>,
    #[serde(default)]
    pub reference: String,
}

/// The same for several sessions at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "action")]
pub enum BulkAction {
    Complete,
    NoShow,
    /// What is open, received today.
    MarkPaid {
        method: PaymentMethod,
    },
    Cancel {
        #[serde(default)]
        reason: String,
        #[serde(default = "yes")]
        tell_patient: bool,
    },
}

/// What became of a bulk action.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkDone {
    pub done: u32,
    /// References of those it could not be done with.
    pub left: Vec<String>,
}

/// How much of the diary is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DiarySpan {
    Day,
    #[default]
    Week,
    /// The six weeks around it.
    Month,
}

impl DiarySpan {
    /// The first and the last day of the span that contains this one.
    pub fn days(self, day: NaiveDate) -> (NaiveDate, NaiveDate) {
        let monday = |day: NaiveDate| day.week(Weekday::Mon).first_day();
        match self {
            Self::Day => (day, day),
            Self::Week => (monday(day), monday(day) + Days::new(6)),
            Self::Month => {
                let first = monday(day.with_day(1).unwrap_or(day));
                (first, first + Days::new(41))
            }
        }
    }
}

/// What takes a therapist's time, as the diary shows it: a booking that keeps its slot, or the session it became.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DiaryEntry {
    /// The booking's.
    pub id: BookingId,
    pub status: BookingStatus,
    /// Once it is confirmed.
    pub session: Option<SessionBrief>,
    pub therapist_id: TherapistId,
    pub therapist_name: String,
    pub service_name: String,
    /// Empty after erasure.
    pub patient_name: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// The start on the therapist's wall clock.
    pub local: NaiveDateTime,
}

/// Some days of the diary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarView {
    pub first: NaiveDate,
    pub last: NaiveDate,
    pub today: NaiveDate,
    /// Whose wall clock the days are told on.
    pub time_zone: String,
    /// Bookings that keep their slot and sessions, as one list.
    pub entries: Vec<DiaryEntry>,
    /// Opening hours, in minutes from midnight.
    pub openings: Vec<(NaiveDate, i32, i32)>,
    /// What is taken in calendars outside, likewise; for one therapist only, since of several it would say nobody's.
    #[serde(default)]
    pub taken_outside: Vec<(NaiveDate, i32, i32)>,
}
