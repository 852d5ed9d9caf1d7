//! Who is in care: contact, the people around them, preferences, notes and statistics (004 §4.3, 001's Patient).

use crate::lists::{NoteSort, PatientSessionSort, PatientSort};
use crate::sessions::{PaymentStatus, SessionStatus};
use crate::{BookingId, GuardianId, Lang, Money, NoteId, PatientId, SessionId, TagId, TherapistId};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

codes! {
    /// How far the practice trusts that a patient comes and pays.
    #[derive(Default)]
    TrustLevel {
        New = "new",
        #[default]
        Standard = "standard",
        Trusted = "trusted",
        /// Did not come, or did not pay, before.
        Careful = "careful",
    }

    /// How a patient likes to be told things.
    #[derive(Default)]
    ContactChannel {
        #[default]
        Email = "email",
        Sms = "sms",
        Whatsapp = "whatsapp",
    }

    #[derive(Default)]
    DayPart {
        #[default]
        Morning = "morning",
        Afternoon = "afternoon",
        Evening = "evening",
    }

    /// What an administrative note is about. None is clinical (BR-PP-001).
    #[derive(Default)]
    NoteKind {
        #[default]
        General = "general",
        Preferences = "preferences",
        Administrative = "administrative",
    }

    /// Which patients a list shows.
    #[derive(Default)]
    PatientState {
        #[default]
        Active = "active",
        Archived = "archived",
        All = "all",
    }
}

/// What a patient likes, kept as one value that grows (004 §4.3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preferences {
    /// Absent: the practice's usual way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ContactChannel>,
    /// ISO weekdays, 1 is Monday.
    #[serde(default)]
    pub weekdays: Vec<i16>,
    #[serde(default)]
    pub day_parts: Vec<DayPart>,
    /// What the practice should mind: a ramp, a quiet room, an interpreter.
    #[serde(default)]
    pub accommodations: String,
    /// What this patient pays instead of the service's price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_price: Option<Money>,
}

/// Preferences as they are typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavePreferences {
    #[serde(default)]
    pub channel: Option<ContactChannel>,
    #[serde(default)]
    pub weekdays: Vec<i16>,
    #[serde(default)]
    pub day_parts: Vec<DayPart>,
    #[serde(default)]
    pub accommodations: String,
    /// In the practice's currency, as people type it; empty for the service's price.
    #[serde(default)]
    pub custom_price: String,
    /// The language messages are written in.
    pub language: Lang,
}

/// A parent or somebody else who acts for a patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Guardian {
    pub id: GuardianId,
    pub name: String,
    pub relationship: String,
    pub phone: Option<String>,
    pub email: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaveGuardian {
    pub name: String,
    #[serde(default)]
    pub relationship: String,
    #[serde(default)]
    pub phone: String,
    #[serde(default)]
    pub email: String,
}

/// A word of the practice's own for some of its patients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tag {
    pub id: TagId,
    pub name: String,
}

/// A patient as they are entered or edited. Guardians and tags replace those there were.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavePatient {
    pub name: String,
    /// With its country code. The patient, or a guardian, has a phone or an e-mail address.
    #[serde(default)]
    pub phone: String,
    #[serde(default)]
    pub email: String,
    /// Absent: the practice's.
    #[serde(default)]
    pub language: Option<Lang>,
    #[serde(default)]
    pub date_of_birth: Option<NaiveDate>,
    #[serde(default)]
    pub gender: String,
    #[serde(default)]
    pub occupation: String,
    #[serde(default)]
    pub city: String,
    #[serde(default)]
    pub address: String,
    #[serde(default)]
    pub referral_source: String,
    #[serde(default)]
    pub emergency_name: String,
    #[serde(default)]
    pub emergency_phone: String,
    #[serde(default)]
    pub guardians: Vec<SaveGuardian>,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub trust_level: TrustLevel,
    /// Others share this e-mail address, and that is right: a family, say.
    #[serde(default)]
    pub shared_email: bool,
    /// The version that was edited; somebody else's change meanwhile is then a conflict instead of lost.
    #[serde(default)]
    pub version: Option<i32>,
}

/// Kept by the database (BR-PP-002).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Statistics {
    pub attended: i32,
    pub cancelled: i32,
    pub no_show: i32,
    /// Attended of all that took place or should have; absent before the first.
    pub attendance_percent: Option<i32>,
    pub first_session_at: Option<DateTime<Utc>>,
    pub last_session_at: Option<DateTime<Utc>>,
    pub next_session_at: Option<DateTime<Utc>>,
    /// Received minus given back; absent for who may not see payments.
    pub revenue: Option<Money>,
    /// What sessions that took place still cost; absent for who may not see payments.
    pub owed: Option<Money>,
}

/// A therapist who sees the patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AssignedTherapist {
    pub id: TherapistId,
    pub name: String,
}

/// A patient in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PatientCard {
    pub id: PatientId,
    pub name: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub trust_level: TrustLevel,
    pub archived: bool,
    pub tags: Vec<Tag>,
    pub therapists: Vec<AssignedTherapist>,
    pub statistics: Statistics,
    pub created_at: DateTime<Utc>,
}

/// What a list of patients is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PatientFilter {
    /// Any part of the name, the phone number or the e-mail address; each word must be found.
    #[serde(default)]
    pub q: Option<String>,
    #[serde(default)]
    pub state: PatientState,
    #[serde(default)]
    pub tag: Option<TagId>,
    #[serde(default)]
    pub therapist_id: Option<TherapistId>,
    /// With (or without) a session that is to come.
    #[serde(default)]
    pub has_next: Option<bool>,
    /// Only who owes money.
    #[serde(default)]
    pub owes: bool,
    #[serde(default)]
    pub sort: PatientSort,
    #[serde(default)]
    pub cursor: Option<String>,
    #[serde(default)]
    pub limit: Option<u32>,
}

/// Everything about one patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PatientView {
    pub id: PatientId,
    pub version: i32,
    pub name: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub language: Lang,
    pub date_of_birth: Option<NaiveDate>,
    /// In full years, today in the practice's zone.
    pub age: Option<i32>,
    pub gender: String,
    pub occupation: String,
    pub city: String,
    pub address: String,
    pub referral_source: String,
    pub emergency_name: String,
    pub emergency_phone: Option<String>,
    pub guardians: Vec<Guardian>,
    pub tags: Vec<Tag>,
    pub trust_level: TrustLevel,
    pub preferences: Preferences,
    pub therapists: Vec<AssignedTherapist>,
    pub statistics: Statistics,
    pub archived_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    /// The practice's currency and zone, for amounts and times of this page.
    pub currency: String,
    pub time_zone: String,
}

/// Why somebody may be the same person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    Phone,
    Email,
    Name,
}

/// Somebody who may be the same person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Duplicate {
    pub id: PatientId,
    pub name: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub likeness: Likeness,
    pub archived: bool,
}

/// What was typed so far, to look for the same person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FindDuplicates {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub phone: String,
    #[serde(default)]
    pub email: String,
    /// The patient that is edited, who is no duplicate of themselves.
    #[serde(default)]
    pub except: Option<PatientId>,
}

impl FindDuplicates {
    /// Records that may be the same person as one that is known.
    pub fn like(patient: &PatientView) -> Self {
        Self {
            name: patient.name.clone(),
            phone: patient.phone.clone().unwrap_or_default(),
            email: patient.email.clone().unwrap_or_default(),
            except: Some(patient.id),
        }
    }
}

/// An administrative note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoteView {
    pub id: NoteId,
    pub session_id: Option<SessionId>,
    pub kind: NoteKind,
    pub body: String,
    pub pinned: bool,
    pub author: String,
    /// Did the member who asks write it?
    pub own: bool,
    pub created_at: DateTime<Utc>,
    /// Later than `created_at` when it was edited.
    pub changed_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaveNote {
    #[serde(default)]
    pub kind: NoteKind,
    pub body: String,
    #[serde(default)]
    pub pinned: bool,
    /// The session it is about, if it is about one.
    #[serde(default)]
    pub session_id: Option<SessionId>,
}

/// Which notes of a patient; pinned ones stand first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoteFilter {
    /// Words that the note contains.
    #[serde(default)]
    pub q: Option<String>,
    #[serde(default)]
    pub kind: Option<NoteKind>,
    #[serde(default)]
    pub sort: NoteSort,
    #[serde(default)]
    pub cursor: Option<String>,
    #[serde(default)]
    pub limit: Option<u32>,
}

/// A session in a patient's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PatientSession {
    pub id: SessionId,
    pub booking_id: BookingId,
    /// The number people see and write on transfers.
    pub reference: String,
    pub status: SessionStatus,
    /// Absent for who may not see payments, as is `paid`.
    pub payment_status: Option<PaymentStatus>,
    pub service_name: String,
    pub therapist_name: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// The start on the therapist's wall clock.
    pub local: NaiveDateTime,
    pub time_zone: String,
    pub price: Money,
    /// Received minus given back.
    pub paid: Option<Money>,
}

/// Which sessions of a patient.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistoryFilter {
    #[serde(default)]
    pub status: Option<SessionStatus>,
    #[serde(default)]
    pub payment: Option<PaymentStatus>,
    /// From this day in the practice's zone.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// Until this day, inclusive.
    #[serde(default)]
    pub until: Option<NaiveDate>,
    #[serde(default)]
    pub sort: PatientSessionSort,
    #[serde(default)]
    pub cursor: Option<String>,
    #[serde(default)]
    pub limit: Option<u32>,
}

/// A line of what happened lately with a patient: an audit entry about them or their bookings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Activity {
    pub at: DateTime<Utc>,
    /// E.g. `booking.approved`.
    pub action: String,
    pub actor_name: Option<String>,
    pub booking_id: Option<BookingId>,
}

/// The first tab of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PatientOverview {
    pub upcoming: Vec<PatientSession>,
    pub pinned: Vec<NoteView>,
    pub activity: Vec<Activity>,
}

/// A row of a file that is imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportRow {
    /// Its line in the file; the headings are line 1.
    pub line: u32,
    pub name: String,
    pub phone: String,
    pub email: String,
    /// What is wrong with it, by column; such a row is left out.
    pub problems: Vec<crate::FieldError>,
    /// Somebody who is in the practice already; such a row is left out too.
    pub duplicate: Option<Duplicate>,
    /// The line of the same file that has the same phone or address before.
    pub same_as_line: Option<u32>,
}

impl ImportRow {
    /// Will it be imported?
    pub fn is_good(&self) -> bool {
        self.problems.is_empty() && self.duplicate.is_none() && self.same_as_line.is_none()
    }
}

/// What an import would do, or did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportReport {
    pub rows: Vec<ImportRow>,
    /// Rows that will be, or were, imported.
    pub good: u32,
    /// Headings nobody knows; their columns are left out.
    pub unknown_columns: Vec<String>,
    /// Was it done, or only looked at?
    pub done: bool,
}
