//! The outbox: messages to people, written in the transaction of their cause.

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::lists::MessageSort;
use contracts::messages::{MessageStatus, MessageView};
use contracts::{BookingId, Lang, MessageId, PracticeId, TherapistId};
use sqlx::PgConnection;
use uuid::Uuid;

/// A message as it is queued: finished, so that what was sent can be read.
#[derive(Debug, Clone)]
pub struct NewMessage<'a> {
    pub id: MessageId,
    pub booking_id: Option<BookingId>,
    pub template: &'a str,
    pub lang: Lang,
    pub recipient: &'a str,
    pub recipient_name: &'a str,
    pub subject: &'a str,
    pub body_text: &'a str,
    pub body_html: &'a str,
    pub calendar: Option<&'a str>,
    pub created_at: DateTime<Utc>,
}

/// A message that is due, locked by the transaction that claimed it.
#[derive(Debug, Clone)]
pub struct DueMessage {
    pub id: MessageId,
    pub practice_name: String,
    pub recipient: String,
    pub recipient_name: String,
    pub subject: String,
    pub body_text: String,
    pub body_html: String,
    pub calendar: Option<String>,
    /// How often it was tried before.
    pub attempts: i32,
    /// When it last went out, if a member asked to send it again.
    pub sent_at: Option<DateTime<Utc>>,
}

/// Which messages to list, and after which one to go on.
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    pub status: Option<MessageStatus>,
    /// Only messages about this therapist's bookings.
    pub therapist: Option<TherapistId>,
    pub sort: MessageSort,
    /// When the last one of the page before was written, and its id.
    pub after: Option<(DateTime<Utc>, Uuid)>,
    pub limit: i64,
}

/// Queues a message; it is due at once.
///
/// # Errors
/// When the database cannot answer.
pub async fn insert(conn: &mut PgConnection, practice: PracticeId, new: &NewMessage<'_>) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO messages (practice_id, id, booking_id, template, language, recipient, recipient_name, subject,
           body_text, body_html, calendar, status, next_attempt_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'queued', $12, $12)",
        practice.0,
        new.id.0,
        new.booking_id.map(|id| id.0),
        new.template,
        new.lang.code(),
        new.recipient,
        new.recipient_name,
        new.subject,
        new.body_text,
        new.body_html,
        new.calendar,
        new.created_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

struct RawMessage {
    id: Uuid,
    booking_id: Option<Uuid>,
    template: String,
    recipient: String,
    subject: String,
    body_text: String,
    status: String,
    attempts: i32,
    last_error: Option<String>,
    created_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
}

macro_rules! page_of_messages {
    ($behind:tt, $order:tt, $connection:expr, $practice:expr, $filter:expr) => {
        sqlx::query_as!(
            RawMessage,
            "SELECT id, booking_id, template, recipient, subject, body_text, status, attempts, last_error, created_at,
               sent_at
             FROM messages m
             WHERE practice_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) "
                + $behind
                + " ($2, $3::uuid))
               AND ($4::text IS NULL OR status = $4)
               AND ($5::uuid IS NULL OR EXISTS (SELECT FROM bookings b
                 WHERE b.practice_id = m.practice_id AND b.id = m.booking_id AND b.therapist_id = $5))
             ORDER BY created_at "
                + $order
                + ", id "
                + $order
                + " LIMIT $6",
            $practice.0,
            $filter.after.map(|(at, _)| at),
            $filter.after.map(|(_, id)| id),
            $filter.status.map(MessageStatus::as_str),
            $filter.therapist.map(|id| id.0),
            $filter.limit
        )
        .fetch_all($connection)
        .await?
    };
}

/// Messages in the order asked for, then by id.
///
/// # Errors
/// When the database cannot answer, or a status is unknown.
pub async fn list(
    conn: &mut PgConnection,
    practice: PracticeId,
    filter: &Filter,
) -> Result<Vec<MessageView>, StoreError> {
    let rows = match filter.sort {
        MessageSort::CreatedAt => page_of_messages!(">", "ASC", conn, practice, filter),
        MessageSort::CreatedAtDown => page_of_messages!("<", "DESC", conn, practice, filter),
    };
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        views.push(MessageView {
            id: MessageId(row.id),
            booking_id: row.booking_id.map(BookingId),
            template: row.template,
            recipient: row.recipient,
            subject: row.subject,
            body: row.body_text,
            status: MessageStatus::parse(&row.status).ok_or(StoreError::Unreadable("messages.status"))?,
            attempts: row.attempts,
            last_error: row.last_error,
            created_at: row.created_at,
            sent_at: row.sent_at,
        });
    }
    Ok(views)
}

/// Does this message exist (for this therapist, if one is given), and is there still somebody to send it to?
/// `Some(false)` when its personal data was erased.
///
/// # Errors
/// When the database cannot answer.
pub async fn can_be_sent(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: MessageId,
    therapist: Option<TherapistId>,
) -> Result<Option<bool>, StoreError> {
    let row = sqlx::query_scalar!(
        r#"SELECT recipient <> '' AS "has_recipient!" FROM messages m
           WHERE practice_id = $1 AND id = $2 AND ($3::uuid IS NULL OR EXISTS (SELECT FROM bookings b
             WHERE b.practice_id = m.practice_id AND b.id = m.booking_id AND b.therapist_id = $3))"#,
        practice.0,
        id.0,
        therapist.map(|id| id.0)
    )
    .fetch_optional(conn)
    .await?;
    Ok(row)
}

/// Queues a message again, due at once. `false` when it is being sent at this moment.
///
/// # Errors
/// When the database cannot answer.
pub async fn requeue(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: MessageId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE messages SET status = 'queued', attempts = 0, next_attempt_at = $3, last_error = NULL
         WHERE practice_id = $1 AND id = (SELECT id FROM messages WHERE practice_id = $1 AND id = $2 FOR UPDATE SKIP LOCKED)",
        practice.0,
        id.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Locks the message that is due longest and that no other worker has; the lock ends with the transaction.
///
/// # Errors
/// When the database cannot answer.
pub async fn claim_due(
    conn: &mut PgConnection,
    practice: PracticeId,
    now: DateTime<Utc>,
) -> Result<Option<DueMessage>, StoreError> {
    let row = sqlx::query!(
        "SELECT m.id, p.name AS practice_name, m.recipient, m.recipient_name, m.subject, m.body_text, m.body_html,
           m.calendar, m.attempts, m.sent_at
         FROM messages m JOIN practices p ON p.practice_id = m.practice_id
         WHERE m.practice_id = $1 AND m.status = 'queued' AND m.next_attempt_at <= $2
         ORDER BY m.next_attempt_at, m.id LIMIT 1 FOR UPDATE OF m SKIP LOCKED",
        practice.0,
        now
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| DueMessage {
        id: MessageId(row.id),
        practice_name: row.practice_name,
        recipient: row.recipient,
        recipient_name: row.recipient_name,
        subject: row.subject,
        body_text: row.body_text,
        body_html: row.body_html,
        calendar: row.calendar,
        attempts: row.attempts,
        sent_at: row.sent_at,
    }))
}

/// # Errors
/// [`StoreError::NothingChanged`] when the message is not there.
pub async fn mark_sent(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: MessageId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE messages SET status = 'sent', attempts = attempts + 1, next_attempt_at = NULL, last_error = NULL, sent_at = $3
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        now
    )
    .execute(conn)
    .await?;
    changed_one(done.rows_affected())
}

/// Notes a try that failed: with `next` it is tried again then, without it stays failed until a person acts.
///
/// # Errors
/// [`StoreError::NothingChanged`] when the message is not there.
pub async fn mark_failed(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: MessageId,
    error: &str,
    next: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE messages SET status = CASE WHEN $4::timestamptz IS NULL THEN 'failed' ELSE 'queued' END,
           attempts = attempts + 1, next_attempt_at = $4, last_error = $3
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        error,
        next
    )
    .execute(conn)
    .await?;
    changed_one(done.rows_affected())
}

fn changed_one(rows: u64) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::NothingChanged) }
}
