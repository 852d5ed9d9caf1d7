//! Messages to people, as the practice sees them in the outbox, and what the practice decides about them.

use crate::{BookingId, Lang, MessageId, PatientId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

codes! {
    #[derive(PartialOrd, Ord)]
    MessageStatus {
        Queued = "queued",
        Sent = "sent",
        /// Tried three times, or refused for good; a person has to look.
        Failed = "failed",
        /// It became useless before it could be sent: a reminder of a session that was moved, say.
        Dropped = "dropped",
    }

    /// By which way a message travels.
    #[derive(PartialOrd, Ord)]
    Channel {
        Email = "email",
        Sms = "sms",
        Whatsapp = "whatsapp",
    }

    /// How far it came. Who sends e-mail learns no more than `sent`; texts are told of by their provider.
    #[derive(PartialOrd, Ord)]
    Delivery {
        Queued = "queued",
        Sent = "sent",
        Delivered = "delivered",
        Undelivered = "undelivered",
        Failed = "failed",
    }

    /// What a member is told about inside of Calma.
    #[derive(PartialOrd, Ord)]
    NoticeKind {
        /// A request, or a booking that needed none.
        NewRequest = "new_request",
        ProofToVerify = "proof_to_verify",
        CancelledByPatient = "cancelled_by_patient",
        /// The patient moved their session.
        MovedByPatient = "moved_by_patient",
        /// It could not be delivered in any way.
        MessageFailed = "message_failed",
        /// A date of a series was passed over.
        SeriesSkipped = "series_skipped",
        /// A therapist asks for another time.
        RescheduleRequested = "reschedule_requested",
        RescheduleDecided = "reschedule_decided",
        /// What a calendar says does not fit the diary.
        CalendarConflict = "calendar_conflict",
        /// A calendar has to be connected again.
        CalendarLost = "calendar_lost",
    }
}

impl Channel {
    /// Does it go to a phone number?
    pub fn is_text(self) -> bool {
        self != Self::Email
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageView {
    pub id: MessageId,
    pub booking_id: Option<BookingId>,
    /// To a patient of the practice; members and accounts have none.
    pub patient_id: Option<PatientId>,
    /// Name of the template, e.g. `booking_confirmed`.
    pub template: String,
    pub channel: Channel,
    pub recipient: String,
    pub subject: String,
    pub body: String,
    pub status: MessageStatus,
    pub delivery: Delivery,
    pub attempts: i32,
    /// What the mail server or the provider answered, without addresses.
    pub last_error: Option<String>,
    pub created_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    /// When it goes out, while it waits.
    pub due_at: Option<DateTime<Utc>>,
    /// It tells of a change and waits: a correction takes its place.
    pub correctable: bool,
    /// Its failure was dealt with: it went another way, or somebody called.
    pub settled: bool,
    /// Where it failed: the number to call instead.
    pub call: Option<String>,
    /// The other ways by which it can be sent again.
    pub other_channels: Vec<Channel>,
}

/// Which messages to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MessageFilter {
    pub status: Option<MessageStatus>,
    pub channel: Option<Channel>,
    pub patient: Option<PatientId>,
    pub booking: Option<BookingId>,
}

/// What a practice decides about its messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct MessageSettings {
    /// Patients' messages name neither service nor therapist, and their subjects say nothing.
    pub discreet: bool,
    /// In whose name discreet messages come; empty: Calma.
    pub discreet_name: String,
    /// Minutes from midnight between which only what is urgent is sent; both the same: always.
    pub quiet_from: i32,
    pub quiet_until: i32,
    /// Seconds a change waits before patients are told, so that corrections are one message.
    pub announce_after: i32,
    pub day_reminders: bool,
    pub join_reminders: bool,
    pub payment_reminders: bool,
    /// Hours before the start; a series has its own days.
    pub payment_reminder_hours: i32,
}

impl Default for MessageSettings {
    fn default() -> Self {
        Self {
            discreet: false,
            discreet_name: String::new(),
            quiet_from: 21 * 60,
            quiet_until: 8 * 60,
            announce_after: 60,
            day_reminders: true,
            join_reminders: true,
            payment_reminders: true,
            payment_reminder_hours: 24,
        }
    }
}

/// A message's words for one language and channel, as the practice edits them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TemplateText {
    pub template: String,
    pub language: Lang,
    pub channel: Channel,
    /// E-mail only.
    #[serde(default)]
    pub subject: String,
    pub body: String,
    /// WhatsApp only: the id of the approved template at Twilio that is sent instead of the words; empty: none.
    #[serde(default)]
    pub content_sid: String,
    /// The names of what that template's placeholders stand for, from the first on.
    #[serde(default)]
    pub content_variables: Vec<String>,
}

/// A template with what may stand in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TemplateView {
    pub text: TemplateText,
    /// The practice's own words; otherwise the built-in ones.
    pub own: bool,
    /// Names that may stand between double braces.
    pub variables: Vec<String>,
}

/// How a message would look, with an invented patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TemplatePreview {
    pub subject: String,
    pub body: String,
    /// Parts a text message is charged as; 1 for e-mail.
    pub parts: u32,
}

/// A message that a member writes to a patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SendMessage {
    pub patient_id: PatientId,
    /// The patient's preferred way when it is left out.
    #[serde(default)]
    pub channel: Option<Channel>,
    #[serde(default)]
    pub subject: String,
    pub body: String,
}

/// Where a test message goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SendTest {
    pub channel: Channel,
    /// An address or a number.
    pub to: String,
}

/// Something a member was told about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notice {
    pub id: uuid::Uuid,
    pub kind: NoticeKind,
    /// Whom it is about, as the practice knows them now.
    pub patient_name: Option<String>,
    pub booking_id: Option<BookingId>,
    pub patient_id: Option<PatientId>,
    /// The booking's start.
    pub starts_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub read: bool,
}

/// Whether reminders reach the holder of a booking's link, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReminderChoice {
    pub practice_name: String,
    pub ways: Vec<ReminderWay>,
}

/// One way by which reminders can come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReminderWay {
    pub channel: Channel,
    /// Enough of the address to know it.
    pub hint: String,
    pub wanted: bool,
}
