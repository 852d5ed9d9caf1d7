//! Claiming what is due, and what became of it.

use super::changed_one;
use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::messages::{Channel, Delivery};
use contracts::{BookingId, Lang, MessageId, PatientId, PracticeId, SessionId, TherapistId};
use sqlx::PgConnection;
use sqlx::types::JsonValue;

/// Which messages a worker sends: those who take them know nothing of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Mail,
    Text,
}

/// A message that is due, locked by the transaction that claimed it.
#[derive(Debug, Clone)]
pub struct DueMessage {
    pub id: MessageId,
    pub booking_id: Option<BookingId>,
    pub patient_id: Option<PatientId>,
    pub session_id: Option<SessionId>,
    /// Of the booking it is about.
    pub therapist_id: Option<TherapistId>,
    pub template: String,
    pub lang: Lang,
    pub channel: Channel,
    pub sender_name: String,
    pub recipient: String,
    pub recipient_name: String,
    pub subject: String,
    pub body_text: String,
    pub body_html: String,
    pub calendar: Option<String>,
    pub facts: Option<JsonValue>,
    /// The approved template that goes out instead of the words.
    pub content_sid: Option<String>,
    pub content_variables: Option<JsonValue>,
    pub reminds_of: Option<DateTime<Utc>>,
    /// How often it was tried before.
    pub attempts: i32,
    /// When it last went out, if a member asked to send it again.
    pub sent_at: Option<DateTime<Utc>>,
    /// Somebody gave it to the provider then and never said what came of it.
    pub handed_over_at: Option<DateTime<Utc>>,
    /// It still has to be sent.
    pub queued: bool,
    /// It reminds of what is no longer so.
    pub useless: bool,
}

struct RawDue {
    id: uuid::Uuid,
    booking_id: Option<uuid::Uuid>,
    patient_id: Option<uuid::Uuid>,
    session_id: Option<uuid::Uuid>,
    therapist_id: Option<uuid::Uuid>,
    template: String,
    language: String,
    channel: String,
    sender_name: String,
    recipient: String,
    recipient_name: String,
    subject: String,
    body_text: String,
    body_html: String,
    calendar: Option<String>,
    facts: Option<JsonValue>,
    content_sid: Option<String>,
    content_variables: Option<JsonValue>,
    reminds_of: Option<DateTime<Utc>>,
    attempts: i32,
    sent_at: Option<DateTime<Utc>>,
    handed_over_at: Option<DateTime<Utc>>,
    queued: bool,
    useless: bool,
}

impl RawDue {
    fn read(self) -> Result<DueMessage, StoreError> {
        Ok(DueMessage {
            id: MessageId(self.id),
            booking_id: self.booking_id.map(BookingId),
            patient_id: self.patient_id.map(PatientId),
            session_id: self.session_id.map(SessionId),
            therapist_id: self.therapist_id.map(TherapistId),
            template: self.template,
            lang: Lang::from_code(&self.language).ok_or(StoreError::Unreadable("messages.language"))?,
            channel: Channel::parse(&self.channel).ok_or(StoreError::Unreadable("messages.channel"))?,
            sender_name: self.sender_name,
            recipient: self.recipient,
            recipient_name: self.recipient_name,
            subject: self.subject,
            body_text: self.body_text,
            body_html: self.body_html,
            calendar: self.calendar,
            facts: self.facts,
            content_sid: self.content_sid,
            content_variables: self.content_variables,
            reminds_of: self.reminds_of,
            attempts: self.attempts,
            sent_at: self.sent_at,
            handed_over_at: self.handed_over_at,
            queued: self.queued,
            useless: self.useless,
        })
    }
}

macro_rules! due_rows {
    ($rest:tt, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            RawDue,
            r#"SELECT m.id, m.booking_id, m.patient_id, m.session_id, b.therapist_id AS "therapist_id?", m.template,
                 m.language, m.channel,
                 CASE WHEN m.sender_name = '' THEN p.name ELSE m.sender_name END AS "sender_name!",
                 m.recipient, m.recipient_name, m.subject, m.body_text, m.body_html, m.calendar, m.facts, m.content_sid,
                 m.content_variables, m.reminds_of,
                 m.attempts, m.sent_at, m.handed_over_at, m.status = 'queued' AS "queued!",
                 (m.reminds_of IS NOT NULL AND (m.reminds_of <= $2 OR s.id IS NULL
                   OR NOT (s.status = 'scheduled' OR (s.status = 'in_progress' AND m.template = 'join_reminder'))
                   OR s.starts_at <> m.reminds_of
                   OR (m.template = 'payment_reminder' AND s.payment_status NOT IN ('pending', 'partly_paid')))) AS "useless!"
               FROM messages m JOIN practices p ON p.practice_id = m.practice_id
               LEFT JOIN bookings b ON b.practice_id = m.practice_id AND b.id = m.booking_id
               LEFT JOIN sessions s ON s.practice_id = m.practice_id AND s.id = m.session_id
               WHERE m.practice_id = $1 AND "# + $rest,
            $($argument),+
        )
    };
}

/// Locks the message that is due longest and that no other worker has; the lock ends with the transaction.
///
/// # Errors
/// When the database cannot answer.
pub async fn claim_due(
    conn: &mut PgConnection,
    practice: PracticeId,
    way: Way,
    now: DateTime<Utc>,
) -> Result<Option<DueMessage>, StoreError> {
    // Each way has its own text, so that each has its own index: among a thousand mails no text would be found quickly.
    let row = match way {
        Way::Mail => {
            due_rows!(
                "m.status = 'queued' AND m.channel = 'email' AND m.next_attempt_at <= $2
                 ORDER BY m.next_attempt_at, m.id LIMIT 1 FOR UPDATE OF m SKIP LOCKED",
                practice.0,
                now
            )
            .fetch_optional(conn)
            .await?
        }
        Way::Text => {
            due_rows!(
                "m.status = 'queued' AND m.channel <> 'email' AND m.next_attempt_at <= $2
                 ORDER BY m.next_attempt_at, m.id LIMIT 1 FOR UPDATE OF m SKIP LOCKED",
                practice.0,
                now
            )
            .fetch_optional(conn)
            .await?
        }
    };
    row.map(RawDue::read).transpose()
}

/// Keeps up to so many e-mails that are due, in one statement, for an installation whose mails stay here: written down as
/// sent, they are read on the outbox page. Reminders are left, since each has to be looked at first. Answers how many.
///
/// # Errors
/// When the database cannot answer.
pub async fn keep_mails(
    conn: &mut PgConnection,
    practice: PracticeId,
    at_most: i64,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let done = sqlx::query!(
        "UPDATE messages SET status = 'sent', attempts = attempts + 1, next_attempt_at = NULL, sent_at = $2, last_error = NULL
         WHERE practice_id = $1 AND id IN (SELECT id FROM messages WHERE practice_id = $1 AND status = 'queued'
           AND channel = 'email' AND reminds_of IS NULL AND next_attempt_at <= $2
           ORDER BY next_attempt_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)",
        practice.0,
        now,
        at_most
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Locks one message, whatever became of it; `None` when it is not there.
///
/// # Errors
/// When the database cannot answer.
pub async fn lock(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: MessageId,
    now: DateTime<Utc>,
) -> Result<Option<DueMessage>, StoreError> {
    let row = due_rows!("m.id = $3 FOR UPDATE OF m", practice.0, now, id.0).fetch_optional(conn).await?;
    row.map(RawDue::read).transpose()
}

/// Notes that the message is being given to its provider; nobody else claims it before `until`.
///
/// # Errors
/// [`StoreError::NothingChanged`] when the message is not there.
pub async fn hand_over(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: MessageId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE messages SET handed_over_at = coalesce(handed_over_at, $3), next_attempt_at = $4
         WHERE practice_id = $1 AND id = $2 AND status = 'queued'",
        practice.0,
        id.0,
        now,
        until
    )
    .execute(conn)
    .await?;
    changed_one(done.rows_affected())
}

/// The mail server or the provider took it. What the provider has said about it meanwhile stays.
///
/// # Errors
/// [`StoreError::NothingChanged`] when the message is not there.
pub async fn mark_sent(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: MessageId,
    provider_id: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE messages SET attempts = attempts + 1, next_attempt_at = NULL, sent_at = $3, handed_over_at = NULL,
           provider_id = coalesce($4, provider_id),
           status = CASE WHEN delivery IN ('undelivered', 'failed') THEN 'failed' ELSE 'sent' END,
           last_error = CASE WHEN delivery IN ('undelivered', 'failed') THEN last_error END
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        now,
        provider_id
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
           attempts = attempts + 1, next_attempt_at = $4, last_error = $3, handed_over_at = NULL
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

/// Nobody knows whether the provider has it: it is asked then, before anything is sent again.
///
/// # Errors
/// [`StoreError::NothingChanged`] when the message is not there.
pub async fn mark_lost(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: MessageId,
    error: &str,
    next: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE messages SET attempts = attempts + 1, next_attempt_at = $4, last_error = $3
         WHERE practice_id = $1 AND id = $2 AND status = 'queued'",
        practice.0,
        id.0,
        error,
        next
    )
    .execute(conn)
    .await?;
    changed_one(done.rows_affected())
}

/// The ways that were tried for this message and for those in whose place it was written.
///
/// # Errors
/// When the database cannot answer, or a channel is unknown.
pub async fn tried(conn: &mut PgConnection, practice: PracticeId, id: MessageId) -> Result<Vec<Channel>, StoreError> {
    let channels = sqlx::query_scalar!(
        r#"WITH RECURSIVE chain AS (
             SELECT m.id, m.channel, m.fallback_of FROM messages m WHERE m.practice_id = $1 AND m.id = $2
             UNION SELECT m.id, m.channel, m.fallback_of FROM messages m JOIN chain c ON m.practice_id = $1 AND m.id = c.fallback_of)
           SELECT channel AS "channel!" FROM chain"#,
        practice.0,
        id.0
    )
    .fetch_all(conn)
    .await?;
    channels.iter().map(|channel| Channel::parse(channel).ok_or(StoreError::Unreadable("messages.channel"))).collect()
}

/// It will not be sent: what it says is no longer so.
///
/// # Errors
/// [`StoreError::NothingChanged`] when the message is not there.
pub async fn mark_dropped(conn: &mut PgConnection, practice: PracticeId, id: MessageId) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE messages SET status = 'dropped', next_attempt_at = NULL, handed_over_at = NULL
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0
    )
    .execute(conn)
    .await?;
    changed_one(done.rows_affected())
}

/// What the provider says about a message it took. Words come late, twice and in any order: one that says less than is
/// known already changes nothing. `Some(true)` when the message has just failed by it; `None` when there is no such message.
///
/// # Errors
/// When the database cannot answer.
pub async fn note_delivery(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: MessageId,
    provider_id: &str,
    delivery: Delivery,
    error: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<bool>, StoreError> {
    let known = sqlx::query!(
        "SELECT status, delivery, provider_id FROM messages WHERE practice_id = $1 AND id = $2 FOR UPDATE",
        practice.0,
        id.0
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(known) = known else { return Ok(None) };
    let before = known.delivery.as_deref().and_then(Delivery::parse);
    let other = known.provider_id.is_some_and(|known| known != provider_id);
    // A message that was sent again has a new id with the provider; words about the first sending are old.
    if other || !says_more(before, delivery) {
        return Ok(Some(false));
    }
    let failed = matches!(delivery, Delivery::Undelivered | Delivery::Failed);
    sqlx::query!(
        "UPDATE messages SET delivery = $3, provider_id = $4,
           status = CASE WHEN status = 'dropped' THEN status WHEN $5 THEN 'failed' ELSE 'sent' END,
           -- Who gave it to the provider may have died before writing down that it was taken.
           next_attempt_at = NULL, handed_over_at = NULL, sent_at = coalesce(sent_at, $7),
           last_error = CASE WHEN $5 THEN $6 ELSE last_error END,
           delivered_at = CASE WHEN $3 = 'delivered' THEN $7 ELSE delivered_at END
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        delivery.as_str(),
        provider_id,
        failed,
        error,
        now
    )
    .execute(conn)
    .await?;
    Ok(Some(failed))
}

/// Does the newer word tell more than the one before? A final word stays.
fn says_more(before: Option<Delivery>, newer: Delivery) -> bool {
    let rank = |delivery| match delivery {
        Delivery::Queued => 1,
        Delivery::Sent => 2,
        Delivery::Delivered | Delivery::Undelivered | Delivery::Failed => 3,
    };
    before.map_or(0, rank) < rank(newer)
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
           WHERE practice_id = $1 AND id = $2 AND ($3::uuid IS NULL
             OR EXISTS (SELECT FROM bookings b
                WHERE b.practice_id = m.practice_id AND b.id = m.booking_id AND b.therapist_id = $3)
             OR (m.booking_id IS NULL AND EXISTS (SELECT FROM patient_therapists a
                WHERE a.practice_id = m.practice_id AND a.patient_id = m.patient_id AND a.therapist_id = $3)))"#,
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
        "UPDATE messages SET status = 'queued', attempts = 0, next_attempt_at = $3, last_error = NULL, delivery = NULL,
           provider_id = NULL, settled_at = NULL
         WHERE practice_id = $1 AND id = (SELECT id FROM messages WHERE practice_id = $1 AND id = $2
           AND handed_over_at IS NULL FOR UPDATE SKIP LOCKED)",
        practice.0,
        id.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Its failure was dealt with. `false` when it has not failed, or that was done already.
///
/// # Errors
/// When the database cannot answer.
pub async fn settle(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: MessageId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE messages SET settled_at = $3
         WHERE practice_id = $1 AND id = $2 AND status = 'failed' AND settled_at IS NULL",
        practice.0,
        id.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_final_word_stays_and_late_words_change_nothing() {
        use Delivery::*;
        assert!(says_more(None, Queued) && says_more(Some(Queued), Sent) && says_more(Some(Sent), Delivered));
        assert!(says_more(None, Undelivered) && says_more(Some(Sent), Failed));
        for (before, newer) in
            [(Sent, Queued), (Delivered, Sent), (Delivered, Undelivered), (Failed, Delivered), (Sent, Sent)]
        {
            assert!(!says_more(Some(before), newer), "{before:?} {newer:?}");
        }
    }
}
