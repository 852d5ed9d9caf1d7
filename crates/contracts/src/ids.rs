//! One type per kind of id, so that a patient's id can never be passed where a booking's is expected.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(s).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    /// The tenant.
    PracticeId,
    /// A person who can log in; may be a member of several practices.
    UserId,
    /// A user's role in one practice.
    MemberId,
    InvitationId,
    TherapistId,
    ServiceId,
    /// One weekly block of opening hours.
    RuleId,
    /// A dated block or extra opening.
    ExceptionId,
    BookingId,
    SessionId,
    PatientId,
    ProofId,
    FileId,
    MessageId,
    /// Money received or given back.
    PaymentId,
    GuardianId,
    NoteId,
    /// A word of the practice's own for some of its patients.
    TagId,
    /// A file of patients that is being looked at.
    ImportId,
    /// A connected calendar.
    CalendarId,
    /// An address at which calendars subscribe.
    FeedId,
    /// A rule for recurring sessions.
    SeriesId,
    /// A therapist's wish for another time for a session.
    RescheduleRequestId,
}
