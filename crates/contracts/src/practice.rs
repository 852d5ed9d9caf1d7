//! The practice's own settings: profile, services, payment instructions, booking policy.

use crate::{FileId, Lang, Money, ServiceId, TherapistId};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Place {
    #[default]
    Online,
    InPerson,
}

impl Place {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::InPerson => "in_person",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Online, Self::InPerson].into_iter().find(|p| p.as_str() == text)
    }
}

/// Ways to pay that a person checks by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    Mpesa,
    BankTransfer,
    Cash,
}

impl PaymentMethod {
    pub const ALL: [PaymentMethod; 3] = [Self::Mpesa, Self::BankTransfer, Self::Cash];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mpesa => "mpesa",
            Self::BankTransfer => "bank_transfer",
            Self::Cash => "cash",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.as_str() == text)
    }
}

/// How a practice is paid. A method is offered when its field is filled.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentInstructions {
    /// Phone number or till, as shown to patients.
    #[serde(default)]
    pub mpesa: String,
    /// Bank, account, holder: several lines.
    #[serde(default)]
    pub bank_account: String,
    #[serde(default)]
    pub cash: bool,
    /// Anything else the patient should know.
    #[serde(default)]
    pub note: String,
}

impl PaymentInstructions {
    pub fn methods(&self) -> Vec<PaymentMethod> {
        let offered = |m: &PaymentMethod| match m {
            PaymentMethod::Mpesa => !self.mpesa.trim().is_empty(),
            PaymentMethod::BankTransfer => !self.bank_account.trim().is_empty(),
            PaymentMethod::Cash => self.cash,
        };
        PaymentMethod::ALL.into_iter().filter(offered).collect()
    }
}

/// When the patient pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentTiming {
    /// Before the booking is confirmed, within the payment window.
    #[default]
    BeforeConfirmation,
    /// At the session; the booking confirms without payment.
    AtSession,
}

impl PaymentTiming {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BeforeConfirmation => "before_confirmation",
            Self::AtSession => "at_session",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::BeforeConfirmation, Self::AtSession].into_iter().find(|t| t.as_str() == text)
    }
}

/// How bookings work (product §4). A therapist may have their own; each booking keeps the one it was made under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BookingPolicy {
    /// A member approves each request first.
    pub needs_approval: bool,
    pub payment_timing: PaymentTiming,
    /// Minutes a slot is held while the form is filled (BR-BK-001).
    pub hold_min: i32,
    /// Minutes the practice has to approve.
    pub approval_window_min: i32,
    /// Minutes the patient has to pay.
    pub payment_window_min: i32,
    /// Minutes before the start until which one can book (BR-BK-002).
    pub notice_min: i32,
    /// Days ahead that can be booked (BR-BK-003).
    pub horizon_days: i32,
    /// Hours before the start until which a patient cancels by themselves.
    pub cancel_until_hours: i32,
    /// What the practice says about cancelling, shown before any data is asked. Empty: the rule in Calma's words.
    #[serde(default)]
    pub cancel_text: String,
}

impl Default for BookingPolicy {
    fn default() -> Self {
        Self {
            needs_approval: true,
            payment_timing: PaymentTiming::BeforeConfirmation,
            hold_min: 10,
            approval_window_min: 24 * 60,
            payment_window_min: 24 * 60,
            notice_min: 120,
            horizon_days: 60,
            cancel_until_hours: 24,
            cancel_text: String::new(),
        }
    }
}

/// How online sessions get their video link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum VideoKind {
    /// A room of its own at the practice's video service, such as Jitsi; none without one.
    #[default]
    Server,
    /// Google Meet, for therapists who connected their Google calendar; for others as `server`.
    Meet,
    /// Each therapist's own address.
    Own,
}

impl VideoKind {
    pub const ALL: [VideoKind; 3] = [Self::Server, Self::Meet, Self::Own];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Meet => "meet",
            Self::Own => "own",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What a practice knows about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PracticeSettings {
    pub name: String,
    pub currency: String,
    pub language: Lang,
    pub time_zone: String,
    pub instructions: PaymentInstructions,
    pub policy: BookingPolicy,
    /// Base address of a video service for online sessions, e.g. `https://meet.jit.si/`; empty for none.
    #[serde(default)]
    pub video_base: String,
    #[serde(default)]
    pub video: VideoKind,
}

/// A therapist's profile as they edit it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TherapistProfile {
    pub id: TherapistId,
    pub slug: String,
    pub name: String,
    pub title: String,
    pub bio: String,
    pub credentials: Vec<String>,
    pub languages: Vec<String>,
    pub time_zone: String,
    pub photo: Option<FileId>,
    pub published: bool,
    pub buffer_before_min: i32,
    pub buffer_after_min: i32,
    /// Minutes between the starts of slots; absent: duration plus buffers.
    pub slot_step_min: Option<i32>,
    /// The therapist's own policy; absent: the practice's.
    pub policy: Option<BookingPolicy>,
}

/// What a therapist can change in their profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaveProfile {
    pub slug: String,
    pub name: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub bio: String,
    /// One per line.
    #[serde(default)]
    pub credentials: String,
    /// Codes, separated by commas.
    #[serde(default)]
    pub languages: String,
    pub time_zone: String,
    #[serde(default)]
    pub published: bool,
}

/// A service the practice offers, with what applies to one therapist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceView {
    pub id: ServiceId,
    pub name: String,
    pub description: String,
    pub duration_min: i32,
    pub price: Money,
    pub place: Place,
    pub active: bool,
    /// Therapists who give it.
    pub therapists: Vec<TherapistId>,
}

/// How one therapist gives a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TherapistTerms {
    pub therapist_id: TherapistId,
    /// What patients book: the therapist's own, else the service's.
    pub duration_min: i32,
    pub price: Money,
    /// Is the duration the therapist's own?
    pub own_duration: bool,
    /// Is the price the therapist's own?
    pub own_price: bool,
}

/// What differs for one therapist; what is left out is as the service says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaveTerms {
    #[serde(default)]
    pub duration_min: Option<i32>,
    /// As typed: `2000` or `2.000,50`, in the practice's currency.
    #[serde(default)]
    pub price: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaveService {
    /// Absent: a new one.
    #[serde(default)]
    pub id: Option<ServiceId>,
    pub name: String,
    #[serde(default)]
    pub description: String,
    pub duration_min: i32,
    /// As typed: `2000` or `2.000,50`, in the practice's currency.
    pub price: String,
    #[serde(default)]
    pub place: Place,
    #[serde(default)]
    pub active: bool,
}
