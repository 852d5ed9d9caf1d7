//! Invitations to become a member. An address has at most one that is open.

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::accounts::{InvitationView, Role};
use contracts::{InvitationId, MemberId, PracticeId};
use sqlx::PgConnection;
use uuid::Uuid;

#[derive(Debug, Clone)]
pub struct NewInvitation<'a> {
    pub id: InvitationId,
    pub email: &'a str,
    pub role: Role,
    pub token_hash: &'a [u8],
    pub invited_by: MemberId,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Writes an invitation; an open one to the same address is replaced, its link stops working and its id stays.
///
/// # Errors
/// When the database cannot answer.
pub async fn insert(
    connection: &mut PgConnection,
    practice: PracticeId,
    new: &NewInvitation<'_>,
) -> Result<InvitationId, StoreError> {
    let id = sqlx::query_scalar!(
        "INSERT INTO invitations (practice_id, id, email, role, token_hash, invited_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (practice_id, email) WHERE accepted_at IS NULL DO UPDATE
         SET role = excluded.role, token_hash = excluded.token_hash, invited_by = excluded.invited_by,
             created_at = excluded.created_at, expires_at = excluded.expires_at
         RETURNING id",
        practice.0,
        new.id.0,
        new.email,
        new.role.as_str(),
        new.token_hash,
        new.invited_by.0,
        new.created_at,
        new.expires_at
    )
    .fetch_one(connection)
    .await?;
    Ok(InvitationId(id))
}

/// Invitations nobody accepted yet, newest first; those too old to be accepted too.
///
/// # Errors
/// When the database cannot answer, or a role is unknown.
pub async fn open(connection: &mut PgConnection, practice: PracticeId) -> Result<Vec<InvitationView>, StoreError> {
    let rows = sqlx::query_as!(
        InvitationRow,
        "SELECT id, email, role, expires_at FROM invitations WHERE practice_id = $1 AND accepted_at IS NULL
         ORDER BY created_at DESC, id DESC",
        practice.0
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(InvitationRow::read).collect()
}

/// The open invitation with this token that is still good at `now`; no other transaction can accept it meanwhile.
///
/// # Errors
/// When the database cannot answer, or the role is unknown.
pub async fn lock_by_token(
    connection: &mut PgConnection,
    practice: PracticeId,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<InvitationView>, StoreError> {
    let row = sqlx::query_as!(
        InvitationRow,
        "SELECT id, email, role, expires_at FROM invitations
         WHERE practice_id = $1 AND token_hash = $2 AND accepted_at IS NULL AND expires_at > $3 FOR UPDATE",
        practice.0,
        token_hash,
        now
    )
    .fetch_optional(connection)
    .await?;
    row.map(InvitationRow::read).transpose()
}

/// False when it was accepted before or is not there.
///
/// # Errors
/// When the database cannot answer.
pub async fn accept(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: InvitationId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE invitations SET accepted_at = $3 WHERE practice_id = $1 AND id = $2 AND accepted_at IS NULL",
        practice.0,
        id.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// False when there is no such open invitation.
///
/// # Errors
/// When the database cannot answer.
pub async fn revoke(connection: &mut PgConnection, practice: PracticeId, id: InvitationId) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "DELETE FROM invitations WHERE practice_id = $1 AND id = $2 AND accepted_at IS NULL",
        practice.0,
        id.0
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

struct InvitationRow {
    id: Uuid,
    email: String,
    role: String,
    expires_at: DateTime<Utc>,
}

impl InvitationRow {
    fn read(self) -> Result<InvitationView, StoreError> {
        Ok(InvitationView {
            id: InvitationId(self.id),
            email: self.email,
            role: Role::parse(&self.role).ok_or(StoreError::Unreadable("invitations.role"))?,
            expires_at: self.expires_at,
        })
    }
}
