//! The outbox: messages are written in the transaction of their cause and sent by the worker.
//!
//! Members and accounts are written to by e-mail ([`enqueue`]). Patients are written to by the way they prefer
//! ([`to_patient`]); a change they should hear of waits a moment first ([`announce`]).

mod delivery;
mod notices;
mod opting;
mod outbox;
mod patients;
pub(crate) mod reminders;
mod render;
mod sending;
mod settings;
mod templates;
mod writing;

use crate::{Ctx, Result, ServiceError};
use contracts::messages::Channel;
use contracts::*;
use domain::messages::Purpose;

pub use delivery::{delivery_told, text_received};
pub(crate) use notices::{Inform, inform, inform_only};
pub use notices::{mark_read, notices, unread, zone};
pub use opting::{choose_reminders, reminder_choice};
pub use outbox::{get, list, of_patient, page, resend, resend_by, settle, timeline};
pub(crate) use patients::{Timing, ToPatient, announce, lay_aside, take_up, to_patient, withdraw};
pub use sending::{send_due, send_mail, send_texts};
pub use settings::{save_settings, settings};
pub use templates::{OWN_WORDS, preview, reset_template, save_template, template};
pub use writing::{send_test, write};

macro_rules! templates {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// What a message is about. Each has one text per language in `templates/`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Template { $($(#[$doc])* $variant),+ }

        impl Template {
            pub const ALL: &[Template] = &[$(Template::$variant),+];
            /// The name of its file and its row.
            pub fn as_str(self) -> &'static str { match self { $(Template::$variant => $name),+ } }
        }

        /// Every text, by the name it is rendered under.
        const SOURCES: &[(&str, &str)] = &[$(
            (concat!("en/", $name, ".txt"), include_str!(concat!("../../templates/en/", $name, ".txt"))),
            (concat!("es/", $name, ".txt"), include_str!(concat!("../../templates/es/", $name, ".txt")))
        ),+];
    };
}

templates! {
    RequestReceived = "request_received",
    /// The time is kept; how and until when to pay.
    Approved = "approved",
    Declined = "declined",
    ProofReceived = "proof_received",
    PaymentRejected = "payment_rejected",
    Confirmed = "confirmed",
    Cancelled = "cancelled",
    /// The session has another time.
    Rescheduled = "rescheduled",
    Expired = "expired",
    /// A proof came after the booking had ended and the time is gone.
    LatePaymentReceived = "late_payment_received",
    /// The practice keeps late money for the patient.
    LatePaymentKept = "late_payment_kept",
    /// The practice gave late money back.
    LatePaymentReturned = "late_payment_returned",
    /// To the therapist.
    NewRequest = "new_request",
    /// To the therapist.
    ProofToVerify = "proof_to_verify",
    /// To the therapist.
    CancelledByPatient = "cancelled_by_patient",
    /// To the therapist: the end date of a series has passed (004 BR-RS-006).
    SeriesCompleted = "series_completed",
    /// Recurring sessions were set up.
    SeriesAgreed = "series_agreed",
    /// To the therapist.
    MovedByPatient = "moved_by_patient",
    /// To the therapist: the session moved as they asked (001).
    RescheduleApproved = "reschedule_approved",
    /// To the therapist: the session stays where it is (001).
    RescheduleRejected = "reschedule_rejected",
    ConfirmEmail = "confirm_email",
    /// Somebody registered with an address that has an account.
    AccountExists = "account_exists",
    ResetPassword = "reset_password",
    Invitation = "invitation",
    PatientSignIn = "patient_sign_in",
    /// A day ahead.
    SessionReminder = "session_reminder",
    /// A quarter of an hour ahead, with the room's link.
    JoinReminder = "join_reminder",
    PaymentReminder = "payment_reminder",
    /// A member wrote it.
    Written = "written",
    Test = "test",
}

impl Template {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|template| template.as_str() == name)
    }

    /// Is it news, or what people know already?
    pub(crate) fn purpose(self) -> Purpose {
        match self {
            Self::SessionReminder | Self::JoinReminder | Self::PaymentReminder => Purpose::Reminder,
            _ => Purpose::News,
        }
    }
}

/// What a template may mention; empty strings are left out by the templates.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Facts {
    pub patient_name: String,
    pub therapist_name: String,
    pub practice_name: String,
    pub service_name: String,
    /// The start for people, with weekday, in the therapist's zone, e.g. "Tuesday 24 November 2026, 10:00".
    pub when: String,
    /// The start before it was moved, like `when`.
    pub old_when: String,
    pub time_zone: String,
    pub price: String,
    pub reference: String,
    /// For people, like `when`.
    pub deadline: String,
    pub instructions: PaymentInstructionsText,
    pub reason: String,
    pub video_link: String,
    pub cancel_rule: String,
    /// Absolute address to act on: the booking's link, the dashboard, the one-use link.
    pub link: String,
    pub role: String,
    /// The proof came after the booking had ended.
    pub late: bool,
    /// One pays at the session, so that nothing is late before it.
    pub at_session: bool,
    /// The booking keeps no time any more.
    pub time_gone: bool,
    /// Of recurring sessions, for people.
    pub rhythm: String,
    /// The dates after the first, a line each, like `when`.
    pub next_dates: String,
    /// Where reminders can be switched off.
    pub stop_link: String,
    /// What a member wrote.
    pub subject: String,
    pub body: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct PaymentInstructionsText {
    pub mpesa: String,
    pub bank_account: String,
    pub cash: bool,
    pub note: String,
}

pub struct NewMessage {
    pub practice_id: PracticeId,
    pub booking_id: Option<BookingId>,
    pub to: String,
    pub to_name: String,
    pub lang: Lang,
    pub template: Template,
    pub facts: Facts,
    /// An .ics to attach.
    pub calendar: Option<String>,
}

/// Renders and queues an e-mail; call it in the transaction of the cause. Without an address there is nobody to write to,
/// and nothing is queued.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn enqueue(tx: &mut store::Tx, ctx: &Ctx, message: NewMessage) -> Result<()> {
    let recipient = message.to.trim();
    if recipient.is_empty() {
        return Ok(());
    }
    let sheet = render::Sheet {
        template: message.template,
        lang: message.lang,
        to_name: &message.to_name,
        facts: &message.facts,
        has_calendar: message.calendar.is_some(),
        own: None,
        discreet: false,
    };
    let rendered = render::email(&sheet).map_err(|error| broken(message.template, &error))?;
    let row = store::messages::NewMessage {
        id: ctx.new_id(),
        booking_id: message.booking_id,
        patient_id: None,
        session_id: None,
        series_id: None,
        template: message.template.as_str(),
        lang: message.lang,
        channel: Channel::Email,
        recipient,
        recipient_name: message.to_name.trim(),
        sender_name: "",
        subject: &rendered.subject,
        body_text: &rendered.text,
        body_html: &rendered.html,
        calendar: message.calendar.as_deref(),
        facts: None,
        content: None,
        fallback_of: None,
        announces: None,
        reminds_of: None,
        send_at: ctx.now,
        created_at: ctx.now,
    };
    Ok(store::messages::insert(tx, message.practice_id, &row).await?)
}

/// Says which template it was, and nothing of what was put into it.
fn broken(template: Template, error: &minijinja::Error) -> ServiceError {
    ServiceError::internal(format!("template {}: {:?}", template.as_str(), error.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_templates_are_unique_and_read_back() {
        for template in Template::ALL {
            assert_eq!(Template::parse(template.as_str()), Some(*template));
        }
    }
}
