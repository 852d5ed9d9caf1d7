//! What the server pushes to open pages. Events carry ids and kinds only; a page that cares fetches what changed.

use crate::{BookingId, PracticeId, TherapistId};
use serde::{Deserialize, Serialize};

/// Something changed. Sent over `NOTIFY` between servers and over server-sent events to browsers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveEvent {
    #[serde(rename = "p")]
    pub practice_id: PracticeId,
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub therapist_id: Option<TherapistId>,
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub booking_id: Option<BookingId>,
    #[serde(rename = "k")]
    pub kind: LiveKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiveKind {
    /// What is taken changed: slots must be computed again.
    Slots,
    /// Opening hours, exceptions, buffers, services or policy changed.
    Schedule,
    /// A booking changed its state.
    Booking,
    /// A message was sent or failed.
    Message,
    /// A session was made, moved, changed its state or was paid.
    Session,
    /// A patient's record changed.
    Patient,
    /// A calendar was connected, failed, recovered or was removed.
    Calendar,
    /// A rule for recurring sessions was made or changed.
    Series,
    /// Members were told of something, or read it.
    Notice,
}
