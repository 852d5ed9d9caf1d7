//! Bookings as the patient and the practice see them, and what either can do with them.

use crate::lists::BookingSort;
use crate::sessions::{DiaryEntry, SessionBrief};
use crate::{BookingId, FileId, Money, ProofId, ServiceId, TherapistId, practice::*};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where a booking stands (product §4). `Confirmed` is the moment a session exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BookingStatus {
    Held,
    PendingApproval,
    AwaitingPayment,
    PaymentSubmitted,
    PaymentProcessing,
    Confirmed,
    Declined,
    Cancelled,
    Expired,
}

impl BookingStatus {
    pub const ALL: [BookingStatus; 9] = [
        Self::Held,
        Self::PendingApproval,
        Self::AwaitingPayment,
        Self::PaymentSubmitted,
        Self::PaymentProcessing,
        Self::Confirmed,
        Self::Declined,
        Self::Cancelled,
        Self::Expired,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::PendingApproval => "pending_approval",
            Self::AwaitingPayment => "awaiting_payment",
            Self::PaymentSubmitted => "payment_submitted",
            Self::PaymentProcessing => "payment_processing",
            Self::Confirmed => "confirmed",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }

    /// Does a booking in this state keep its slot?
    pub fn keeps_slot(self) -> bool {
        !matches!(self, Self::Declined | Self::Cancelled | Self::Expired)
    }
}

/// 004 §6.1: what a patient can do with a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SlotStatus {
    Available,
    /// Taken by a session or a confirmed booking.
    Booked,
    /// Being booked by someone: held, or waiting for approval or payment.
    Locked,
    /// Outside notice or horizon, or blocked.
    Unavailable,
}

/// A bookable time. Buffers are not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Slot {
    #[serde(serialize_with = "crate::moments::instant")]
    pub starts_at: DateTime<Utc>,
    #[serde(serialize_with = "crate::moments::instant")]
    pub ends_at: DateTime<Utc>,
    /// The start on the therapist's wall clock.
    #[serde(serialize_with = "crate::moments::wall_clock")]
    pub local: NaiveDateTime,
    pub status: SlotStatus,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DaySlots {
    pub date: NaiveDate,
    /// In order of time; empty on a closed day.
    pub slots: Vec<Slot>,
}

impl DaySlots {
    pub fn free(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(|s| s.status == SlotStatus::Available)
    }
}

/// The slots of a range of days, normally one calendar month in the therapist's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Availability {
    pub service_id: ServiceId,
    /// IANA name of the therapist's zone.
    pub time_zone: String,
    pub from: NaiveDate,
    /// Inclusive.
    pub until: NaiveDate,
    /// Today in the therapist's zone.
    pub today: NaiveDate,
    /// The last day that can be booked.
    pub horizon: NaiveDate,
    /// Every day of the range, in order.
    pub days: Vec<DaySlots>,
}

/// A therapist as the public sees them, with everything the booking page shows before asking for data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicTherapist {
    pub id: TherapistId,
    pub slug: String,
    pub name: String,
    pub practice_name: String,
    pub title: String,
    pub bio: String,
    pub credentials: Vec<String>,
    /// Languages spoken, by code.
    pub languages: Vec<String>,
    pub photo_url: Option<String>,
    pub time_zone: String,
    pub services: Vec<PublicService>,
    pub policy: BookingPolicy,
    pub methods: Vec<PaymentMethod>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicService {
    pub id: ServiceId,
    pub name: String,
    pub description: String,
    pub duration_min: i32,
    pub price: Money,
    pub place: Place,
}

/// Takes a slot for ten minutes (004 BR-BK-001).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HoldSlot {
    pub slug: String,
    pub service_id: ServiceId,
    pub starts_at: DateTime<Utc>,
    /// IANA name of the visitor's zone, when the browser told it.
    #[serde(default)]
    pub visitor_time_zone: Option<String>,
    /// A booking page that holds another slot already gives it back: one visitor, one hold.
    #[serde(default)]
    pub instead_of: Option<String>,
}

/// What a patient tells about themselves, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PatientDetails {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub email: String,
    #[serde(default)]
    pub phone: String,
    #[serde(default)]
    pub first_time: bool,
    /// Brief reason for the consultation; optional.
    #[serde(default)]
    pub reason: String,
}

/// A booking as its patient sees it under `/b/{token}` and through all steps before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BookingView {
    pub id: BookingId,
    /// The unguessable part of the booking's link.
    pub token: String,
    pub status: BookingStatus,
    /// Was it sent to the practice? One that expired without is a hold that lapsed.
    pub requested: bool,
    pub therapist_name: String,
    pub slug: String,
    pub practice_name: String,
    pub service_id: ServiceId,
    pub service_name: String,
    pub place: Place,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// The start on the therapist's wall clock.
    pub local: NaiveDateTime,
    pub time_zone: String,
    pub price: Money,
    pub paid: bool,
    /// When the present state ends by itself (hold, approval or payment deadline).
    pub deadline: Option<DateTime<Utc>>,
    /// Short code the patient writes on a transfer, e.g. `K7Q2-MX`.
    pub reference: String,
    pub policy: BookingPolicy,
    pub instructions: PaymentInstructions,
    pub proof: Option<ProofView>,
    /// Why it was declined, rejected or cancelled, in the words of whoever did it.
    pub closing_reason: Option<String>,
    pub cancelled_by_patient: bool,
    /// May the patient cancel by themselves now?
    pub can_cancel: bool,
    /// The patient may choose another time by themselves.
    pub can_move: bool,
    pub video_link: Option<String>,
    pub details: PatientDetails,
    /// The server's clock when this was read, for countdowns.
    pub now: DateTime<Utc>,
    /// Grows with every change; a page that holds an older number refetches.
    pub version: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProofState {
    Submitted,
    Verified,
    Rejected,
    /// The money came too late for the slot; the practice keeps it for the patient.
    Credit,
    /// The money came too late for the slot and was returned.
    Refunded,
}

/// A payment proof a patient submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProofView {
    pub id: ProofId,
    pub reference: String,
    pub method: PaymentMethod,
    /// The receipt, when one was attached.
    pub file: Option<FileId>,
    pub submitted_at: DateTime<Utc>,
    pub state: ProofState,
    pub reject_reason: Option<String>,
    /// It arrived after the booking had expired.
    pub late: bool,
    /// The same reference or receipt was used for another booking of the practice.
    pub duplicate: bool,
}

/// A booking as the practice sees it in lists and on the dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BookingCard {
    pub id: BookingId,
    pub status: BookingStatus,
    pub therapist_id: TherapistId,
    pub therapist_name: String,
    pub service_name: String,
    pub place: Place,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub local: NaiveDateTime,
    pub time_zone: String,
    pub price: Money,
    /// When it has to be paid, by the rules it was made under.
    pub payment_timing: PaymentTiming,
    pub paid: bool,
    pub reference: String,
    /// Empty while only held, and after erasure.
    pub patient: PatientDetails,
    pub requested_at: Option<DateTime<Utc>>,
    /// When the present state began.
    pub changed_at: DateTime<Utc>,
    pub deadline: Option<DateTime<Utc>>,
    pub proof: Option<ProofView>,
    pub closing_reason: Option<String>,
    pub cancelled_by_patient: bool,
    pub video_link: Option<String>,
    /// Once it is confirmed.
    pub session: Option<SessionBrief>,
    pub version: i32,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Counts {
    pub pending_approval: u32,
    pub payment_submitted: u32,
    /// Proofs that came too late and wait for credit or refund.
    pub late_proofs: u32,
    pub awaiting_payment: u32,
    /// Confirmed and not yet over.
    pub upcoming: u32,
    /// Messages that could not be delivered.
    pub failed_messages: u32,
}

impl Counts {
    /// What the badge shows: everything that waits for the practice.
    pub fn needs_action(&self) -> u32 {
        self.pending_approval + self.payment_submitted + self.late_proofs + self.failed_messages
    }
}

/// The practice's first page (003): what needs action, today, and the rest by status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Dashboard {
    pub now: DateTime<Utc>,
    /// Today in the practice's zone.
    pub today: NaiveDate,
    pub counts: Counts,
    /// Pending approvals, proofs to verify and late proofs; the most urgent first.
    pub needs_action: Vec<BookingCard>,
    pub awaiting_payment: Vec<BookingCard>,
    /// Confirmed, today and later, in order of time.
    pub upcoming: Vec<BookingCard>,
    /// Recently closed, newest first.
    pub closed: Vec<BookingCard>,
}

impl Dashboard {
    /// Bookings that wait for the practice, also those that the list has no room for.
    pub fn to_decide(&self) -> u32 {
        self.counts.pending_approval + self.counts.payment_submitted + self.counts.late_proofs
    }

    /// Sessions after today, also those that the list has no room for.
    pub fn coming_up(&self) -> u32 {
        let today = self.upcoming.iter().filter(|card| card.local.date() <= self.today && card.ends_at > self.now);
        self.counts.upcoming.saturating_sub(u32::try_from(today.count()).unwrap_or(u32::MAX))
    }
}

/// One week of the diary: everything that takes time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WeekView {
    /// A Monday.
    pub monday: NaiveDate,
    pub today: NaiveDate,
    pub time_zone: String,
    pub bookings: Vec<DiaryEntry>,
    /// Opening hours per day, as wall-clock minutes from midnight, for shading: (date, from, until).
    pub openings: Vec<(NaiveDate, i32, i32)>,
}

/// What a list of bookings is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BookingFilter {
    #[serde(default)]
    pub status: Option<BookingStatus>,
    #[serde(default)]
    pub therapist_id: Option<TherapistId>,
    #[serde(default)]
    pub from: Option<DateTime<Utc>>,
    #[serde(default)]
    pub until: Option<DateTime<Utc>>,
    /// Where the page before ended.
    #[serde(default)]
    pub cursor: Option<String>,
    #[serde(default)]
    pub limit: Option<u32>,
    #[serde(default)]
    pub sort: BookingSort,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Pass it as `cursor` to go on; absent at the end.
    pub next: Option<String>,
}

/// What the practice can do with a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "action")]
pub enum PracticeAction {
    Approve,
    Decline {
        reason: String,
    },
    VerifyPayment,
    RejectPayment {
        reason: String,
    },
    Cancel {
        reason: String,
    },
    /// A late proof's money is kept for the patient.
    LateCredit,
    /// A late proof's money was given back.
    LateRefund,
}

/// What a patient submits as proof of payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubmitProof {
    pub token: String,
    pub reference: String,
    pub method: PaymentMethod,
}

/// "My bookings": what a signed-in patient has, by status, across the practices of this installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MyBookings {
    pub email: String,
    pub bookings: Vec<BookingView>,
}
