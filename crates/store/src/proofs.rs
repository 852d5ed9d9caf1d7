//! Payment proofs: what patients say they paid, and what the practice found.

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::booking::ProofState;
use contracts::practice::PaymentMethod;
use contracts::{BookingId, FileId, MemberId, PracticeId, ProofId};
use sqlx::PgConnection;
use uuid::Uuid;

#[derive(Debug, Clone)]
pub struct NewProof {
    pub id: ProofId,
    pub booking: BookingId,
    pub method: PaymentMethod,
    pub reference: String,
    pub file: Option<FileId>,
    /// The booking had expired when it came.
    pub late: bool,
}

/// The stored word for a state.
pub(crate) fn state_text(state: ProofState) -> &'static str {
    match state {
        ProofState::Submitted => "submitted",
        ProofState::Verified => "verified",
        ProofState::Rejected => "rejected",
        ProofState::Credit => "credit",
        ProofState::Refunded => "refunded",
    }
}

pub(crate) fn parse_state(text: &str) -> Result<ProofState, StoreError> {
    use ProofState::*;
    [Submitted, Verified, Rejected, Credit, Refunded]
        .into_iter()
        .find(|state| state_text(*state) == text)
        .ok_or(StoreError::Unreadable("payment_proofs.state"))
}

/// # Errors
/// Constraint `payment_proofs_one_open` when another proof of the booking waits for a decision.
pub async fn insert(
    connection: &mut PgConnection,
    practice: PracticeId,
    new: &NewProof,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO payment_proofs (practice_id, id, booking_id, method, reference, file_id, state, late, submitted_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'submitted', $7, $8)",
        practice.0,
        new.id.0,
        new.booking.0,
        new.method.as_str(),
        new.reference,
        new.file.map(|f| f.0),
        new.late,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Decides about the booking's open proof.
///
/// # Errors
/// `NothingChanged` when none is open.
pub async fn decide(
    connection: &mut PgConnection,
    practice: PracticeId,
    booking: BookingId,
    state: ProofState,
    by: Option<MemberId>,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE payment_proofs SET state = $3, decided_by = $4, reject_reason = $5, decided_at = $6
         WHERE practice_id = $1 AND booking_id = $2 AND state = 'submitted'",
        practice.0,
        booking.0,
        state_text(state),
        by.map(|m| m.0),
        reason,
        now
    )
    .execute(connection)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// Deletes rejected proofs of these bookings, which are being erased, and the rows of their receipts; the receipts are
/// the answer. Proofs of money that moved stay.
///
/// # Errors
/// When the database cannot answer.
pub async fn erase_rejected(
    connection: &mut PgConnection,
    practice: PracticeId,
    bookings: &[BookingId],
) -> Result<Vec<FileId>, StoreError> {
    let ids: Vec<Uuid> = bookings.iter().map(|b| b.0).collect();
    let files = sqlx::query_scalar!(
        "DELETE FROM payment_proofs WHERE practice_id = $1 AND booking_id = ANY($2) AND state = 'rejected' RETURNING file_id",
        practice.0,
        &ids
    )
    .fetch_all(&mut *connection)
    .await?;
    let files: Vec<Uuid> = files.into_iter().flatten().collect();
    if !files.is_empty() {
        sqlx::query!("DELETE FROM files WHERE practice_id = $1 AND id = ANY($2)", practice.0, &files)
            .execute(connection)
            .await?;
    }
    Ok(files.into_iter().map(FileId).collect())
}
