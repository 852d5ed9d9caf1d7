//! People who log in, and what they may do.

use crate::{InvitationId, Lang, MemberId, PracticeId, TherapistId, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A member's role in one practice (product §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The owner.
    Admin,
    /// Front desk.
    Operator,
    Therapist,
    /// 002's care team.
    Caregiver,
    Accountant,
    /// Reads, changes nothing.
    Viewer,
}

impl Role {
    pub const ALL: [Role; 6] =
        [Self::Admin, Self::Operator, Self::Therapist, Self::Caregiver, Self::Accountant, Self::Viewer];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Therapist => "therapist",
            Self::Caregiver => "caregiver",
            Self::Accountant => "accountant",
            Self::Viewer => "viewer",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegisterPractice {
    pub practice_name: String,
    /// The owner's own name.
    pub name: String,
    pub email: String,
    pub password: String,
    /// ISO 4217.
    pub currency: String,
    pub time_zone: String,
    pub language: Lang,
    /// Does the owner give sessions themselves? Then a therapist profile is made too.
    #[serde(default)]
    pub is_therapist: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogIn {
    pub email: String,
    pub password: String,
}

/// Cookies and Bearer tokens of one login session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tokens {
    /// JWT, 15 minutes.
    pub access: String,
    pub access_expires_at: DateTime<Utc>,
    /// Rotates with every use, 7 days.
    pub refresh: String,
    pub refresh_expires_at: DateTime<Utc>,
}

/// Who is logged in, and as what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    pub user_id: UserId,
    pub name: String,
    pub email: String,
    pub language: Lang,
    pub practice_id: PracticeId,
    pub practice_name: String,
    pub member_id: MemberId,
    pub role: Role,
    /// The member's own therapist profile, if they give sessions.
    pub therapist_id: Option<TherapistId>,
    /// Other practices the user may switch to.
    pub practices: Vec<(PracticeId, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberView {
    pub id: MemberId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub therapist_id: Option<TherapistId>,
    pub active: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationView {
    pub id: InvitationId,
    pub email: String,
    pub role: Role,
    pub expires_at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MembersPage {
    pub members: Vec<MemberView>,
    pub invitations: Vec<InvitationView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InviteMember {
    pub email: String,
    pub role: Role,
}

/// What an invited person is shown before they accept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationPreview {
    pub practice_name: String,
    pub email: String,
    pub role: Role,
    /// The address has an account already: they only confirm with its password.
    pub has_account: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AcceptInvitation {
    pub token: String,
    #[serde(default)]
    pub name: String,
    pub password: String,
}
