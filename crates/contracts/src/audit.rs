//! The audit log as the practice reads it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Place in the practice's chain; absent until it is sealed, a moment after it was written.
    pub seq: Option<i64>,
    pub at: DateTime<Utc>,
    /// "member", "patient" or "system".
    pub actor_kind: String,
    pub actor_name: Option<String>,
    /// E.g. `booking.approved`.
    pub action: String,
    pub entity_id: Option<Uuid>,
}

/// Does the chain hold?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditCheck {
    pub entries: i64,
    /// The first entry whose hash does not follow from the one before.
    pub broken_at: Option<i64>,
    /// When the chain was last recomputed from its first entry and held; since then only what is new was. Absent when it
    /// never did.
    #[serde(default)]
    pub whole_at: Option<DateTime<Utc>>,
}
