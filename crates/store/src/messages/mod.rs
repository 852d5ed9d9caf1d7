//! The outbox: messages to people, written in the transaction of their cause.

mod lists;
mod reach;
mod sending;

pub use lists::*;
pub use reach::*;
pub use sending::*;

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::messages::Channel;
use contracts::{BookingId, Lang, MessageId, PatientId, PracticeId, SeriesId, SessionId};
use sqlx::PgConnection;
use sqlx::types::JsonValue;

/// A message as it is queued: finished, so that what was sent can be read.
#[derive(Debug, Clone)]
pub struct NewMessage<'a> {
    pub id: MessageId,
    pub booking_id: Option<BookingId>,
    pub patient_id: Option<PatientId>,
    pub session_id: Option<SessionId>,
    pub series_id: Option<SeriesId>,
    pub template: &'a str,
    pub lang: Lang,
    pub channel: Channel,
    pub recipient: &'a str,
    pub recipient_name: &'a str,
    /// Empty: the practice's.
    pub sender_name: &'a str,
    pub subject: &'a str,
    pub body_text: &'a str,
    pub body_html: &'a str,
    pub calendar: Option<&'a str>,
    /// What it was written from.
    pub facts: Option<JsonValue>,
    /// The approved template that goes out instead of the words, and what its placeholders stand for.
    pub content: Option<(&'a str, JsonValue)>,
    /// The message in whose place it goes out.
    pub fallback_of: Option<MessageId>,
    /// For an announcement: the start that the patient was told last, if it is about a start.
    pub announces: Option<Announced>,
    /// For a reminder: the start it reminds of.
    pub reminds_of: Option<DateTime<Utc>>,
    pub send_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
}

/// What an announcement remembers of the one it replaces.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Announced {
    /// The start that the patient knows.
    pub known_start: Option<DateTime<Utc>>,
}

/// Queues a message.
///
/// # Errors
/// When the database cannot answer.
pub async fn insert(conn: &mut PgConnection, practice: PracticeId, new: &NewMessage<'_>) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO messages (practice_id, id, booking_id, patient_id, session_id, series_id, template, language, channel, recipient,
           recipient_name, sender_name, subject, body_text, body_html, calendar, facts, fallback_of, announces,
           known_start, reminds_of, content_sid, content_variables, status, next_attempt_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, 'queued', $24, $25)",
        practice.0,
        new.id.0,
        new.booking_id.map(|id| id.0),
        new.patient_id.map(|id| id.0),
        new.session_id.map(|id| id.0),
        new.series_id.map(|id| id.0),
        new.template,
        new.lang.code(),
        new.channel.as_str(),
        new.recipient,
        new.recipient_name,
        new.sender_name,
        new.subject,
        new.body_text,
        new.body_html,
        new.calendar,
        new.facts,
        new.fallback_of.map(|id| id.0),
        new.announces.is_some(),
        new.announces.and_then(|announced| announced.known_start),
        new.reminds_of,
        new.content.as_ref().map(|(sid, _)| *sid),
        new.content.as_ref().map(|(_, variables)| variables),
        new.send_at,
        new.created_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes back what was going to be announced about this booking and was not tried yet; answers what the newest of it
/// remembered. What is being sent at this moment is not waited for: it goes out.
///
/// # Errors
/// When the database cannot answer.
pub async fn withdraw(
    conn: &mut PgConnection,
    practice: PracticeId,
    booking: BookingId,
) -> Result<Option<Announced>, StoreError> {
    let mut taken = sqlx::query!(
        "DELETE FROM messages WHERE practice_id = $1 AND id IN (
           SELECT id FROM messages WHERE practice_id = $1 AND booking_id = $2 AND announces AND status = 'queued'
             AND attempts = 0 AND handed_over_at IS NULL FOR UPDATE SKIP LOCKED)
         RETURNING created_at, known_start",
        practice.0,
        booking.0
    )
    .fetch_all(conn)
    .await?;
    taken.sort_by_key(|row| row.created_at);
    Ok(taken.last().map(|row| Announced { known_start: row.known_start }))
}

/// Takes back what was going to be announced about this series and was not tried yet; `true` when there was something.
///
/// # Errors
/// When the database cannot answer.
pub async fn withdraw_of_series(
    conn: &mut PgConnection,
    practice: PracticeId,
    series: SeriesId,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "DELETE FROM messages WHERE practice_id = $1 AND id IN (
           SELECT id FROM messages WHERE practice_id = $1 AND series_id = $2 AND announces AND status = 'queued'
             AND attempts = 0 AND handed_over_at IS NULL FOR UPDATE SKIP LOCKED)",
        practice.0,
        series.0
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Leaves unsent what was going to be announced about this booking and was not tried yet; what it remembered is kept for
/// [`take_up`].
///
/// # Errors
/// When the database cannot answer.
pub async fn lay_aside(conn: &mut PgConnection, practice: PracticeId, booking: BookingId) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE messages SET status = 'dropped', next_attempt_at = NULL WHERE practice_id = $1 AND id IN (
           SELECT id FROM messages WHERE practice_id = $1 AND booking_id = $2 AND announces AND status = 'queued'
             AND attempts = 0 AND handed_over_at IS NULL FOR UPDATE SKIP LOCKED)",
        practice.0,
        booking.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes away what [`lay_aside`] left unsent about this booking; answers what it remembered.
///
/// # Errors
/// When the database cannot answer.
pub async fn take_up(
    conn: &mut PgConnection,
    practice: PracticeId,
    booking: BookingId,
) -> Result<Option<Announced>, StoreError> {
    let mut taken = sqlx::query!(
        "DELETE FROM messages WHERE practice_id = $1 AND booking_id = $2 AND announces AND status = 'dropped'
         RETURNING created_at, known_start",
        practice.0,
        booking.0
    )
    .fetch_all(conn)
    .await?;
    taken.sort_by_key(|row| row.created_at);
    Ok(taken.last().map(|row| Announced { known_start: row.known_start }))
}

fn changed_one(rows: u64) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::NothingChanged) }
}
