//! The outbox as lists.

use crate::StoreError;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use contracts::lists::MessageSort;
use contracts::messages::{Channel, Delivery, MessageFilter, MessageStatus, MessageView};
use contracts::sessions::MessageLine;
use contracts::{BookingId, MessageId, PatientId, PracticeId, TherapistId};
use domain::slots::local;
use sqlx::PgConnection;
use uuid::Uuid;

/// Which messages to list, and after which one to go on.
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    pub only: MessageFilter,
    pub id: Option<MessageId>,
    /// Only messages about this therapist's bookings and to their patients.
    pub therapist: Option<TherapistId>,
    pub sort: MessageSort,
    /// When the last one of the page before was written, and its id.
    pub after: Option<(DateTime<Utc>, Uuid)>,
    pub limit: i64,
}

/// A message with how else its patient could be reached.
#[derive(Debug, Clone)]
pub struct Listed {
    pub view: MessageView,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// It can be written again for another channel.
    pub rewritable: bool,
}

struct RawMessage {
    id: Uuid,
    booking_id: Option<Uuid>,
    patient_id: Option<Uuid>,
    template: String,
    channel: String,
    recipient: String,
    subject: String,
    body_text: String,
    status: String,
    delivery: Option<String>,
    attempts: i32,
    last_error: Option<String>,
    created_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
    delivered_at: Option<DateTime<Utc>>,
    due_at: Option<DateTime<Utc>>,
    correctable: bool,
    settled: bool,
    email: Option<String>,
    phone: Option<String>,
    rewritable: bool,
}

impl RawMessage {
    fn read(self) -> Result<Listed, StoreError> {
        let status = MessageStatus::parse(&self.status).ok_or(StoreError::Unreadable("messages.status"))?;
        let view = MessageView {
            id: MessageId(self.id),
            booking_id: self.booking_id.map(BookingId),
            patient_id: self.patient_id.map(PatientId),
            template: self.template,
            channel: Channel::parse(&self.channel).ok_or(StoreError::Unreadable("messages.channel"))?,
            recipient: self.recipient,
            subject: self.subject,
            body: self.body_text,
            status,
            delivery: delivery(status, self.delivery.as_deref()),
            attempts: self.attempts,
            last_error: self.last_error,
            created_at: self.created_at,
            sent_at: self.sent_at,
            delivered_at: self.delivered_at,
            due_at: self.due_at,
            correctable: self.correctable,
            settled: self.settled,
            call: None,
            other_channels: vec![],
        };
        Ok(Listed { view, email: self.email, phone: self.phone, rewritable: self.rewritable })
    }
}

/// What is known of its way: the provider's word, else our own.
fn delivery(status: MessageStatus, told: Option<&str>) -> Delivery {
    match (told.and_then(Delivery::parse), status) {
        (Some(told), MessageStatus::Sent | MessageStatus::Failed) => told,
        (_, MessageStatus::Sent) => Delivery::Sent,
        (_, MessageStatus::Failed) => Delivery::Failed,
        (_, MessageStatus::Queued | MessageStatus::Dropped) => Delivery::Queued,
    }
}

macro_rules! page_of_messages {
    ($behind:tt, $order:tt, $connection:expr, $practice:expr, $filter:expr) => {
        sqlx::query_as!(
            RawMessage,
            r#"SELECT m.id, m.booking_id, m.patient_id, m.template, m.channel, m.recipient, m.subject, m.body_text, m.status,
               m.delivery, m.attempts, m.last_error, m.created_at, m.sent_at, m.delivered_at,
               CASE WHEN m.status = 'queued' AND m.handed_over_at IS NULL THEN m.next_attempt_at END AS due_at,
               (m.announces AND m.status = 'queued' AND m.attempts = 0 AND m.handed_over_at IS NULL) AS "correctable!",
               m.settled_at IS NOT NULL AS "settled!",
               CASE WHEN m.patient_id IS NOT NULL THEN coalesce(nullif(b.patient_email, ''), pt.email) END AS email,
               CASE WHEN m.patient_id IS NOT NULL THEN coalesce(nullif(b.patient_phone, ''), pt.phone) END AS phone,
               m.facts IS NOT NULL AS "rewritable!"
             FROM messages m
             LEFT JOIN bookings b ON b.practice_id = $1 AND b.id = m.booking_id
             LEFT JOIN patients pt ON pt.practice_id = $1 AND pt.id = m.patient_id
             WHERE m.practice_id = $1 AND ($2::timestamptz IS NULL OR (m.created_at, m.id) "#
                + $behind
                + " ($2, $3::uuid))
               AND ($4::text IS NULL OR (m.status = $4 AND ($4 <> 'failed' OR m.settled_at IS NULL)))
               AND ($5::uuid IS NULL OR b.therapist_id = $5
                 OR (m.booking_id IS NULL AND EXISTS (SELECT FROM patient_therapists a
                   WHERE a.practice_id = $1 AND a.patient_id = m.patient_id AND a.therapist_id = $5)))
               AND ($6::text IS NULL OR m.channel = $6)
               AND ($7::uuid IS NULL OR m.booking_id = $7)
               AND ($8::uuid IS NULL OR m.patient_id IN (SELECT same.id FROM patients same
                   WHERE same.practice_id = $1 AND (same.id = $8 OR same.merged_into = $8))
                 OR (m.patient_id IS NULL AND b.patient_id = $8 AND m.recipient = b.patient_email))
               AND ($9::uuid IS NULL OR m.id = $9)
             ORDER BY m.created_at "
                + $order
                + ", m.id "
                + $order
                + " LIMIT $10",
            $practice.0,
            $filter.after.map(|(at, _)| at),
            $filter.after.map(|(_, id)| id),
            $filter.only.status.map(MessageStatus::as_str),
            $filter.therapist.map(|id| id.0),
            $filter.only.channel.map(Channel::as_str),
            $filter.only.booking.map(|id| id.0),
            $filter.only.patient.map(|id| id.0),
            $filter.id.map(|id| id.0),
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
pub async fn list(conn: &mut PgConnection, practice: PracticeId, filter: &Filter) -> Result<Vec<Listed>, StoreError> {
    let rows = match filter.sort {
        MessageSort::CreatedAt => page_of_messages!(">", "ASC", conn, practice, filter),
        MessageSort::CreatedAtDown => page_of_messages!("<", "DESC", conn, practice, filter),
    };
    rows.into_iter().map(RawMessage::read).collect()
}

/// What people were told about a booking, the newest first; at most 50. Moments are told on the clock of a zone too.
///
/// # Errors
/// When the database cannot answer, or a status is unknown.
pub async fn lines(
    conn: &mut PgConnection,
    practice: PracticeId,
    booking: BookingId,
    zone: Tz,
) -> Result<Vec<MessageLine>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT template, subject, recipient, channel, status, delivery,
             coalesce(delivered_at, sent_at, created_at) AS "at!",
             CASE WHEN status = 'queued' AND handed_over_at IS NULL THEN next_attempt_at END AS due_at,
             (announces AND status = 'queued' AND attempts = 0 AND handed_over_at IS NULL) AS "correctable!",
             settled_at IS NOT NULL AS "settled!"
           FROM messages WHERE practice_id = $1 AND booking_id = $2 ORDER BY created_at DESC, id DESC LIMIT 50"#,
        practice.0,
        booking.0
    )
    .fetch_all(conn)
    .await?;
    let lines = rows.into_iter().map(|row| {
        let status = MessageStatus::parse(&row.status).ok_or(StoreError::Unreadable("messages.status"))?;
        Ok(MessageLine {
            template: row.template,
            subject: row.subject,
            recipient: row.recipient,
            channel: Channel::parse(&row.channel).ok_or(StoreError::Unreadable("messages.channel"))?,
            status,
            delivery: delivery(status, row.delivery.as_deref()),
            at: row.at,
            local: local(zone, row.at),
            due_local: row.due_at.map(|at| local(zone, at)),
            correctable: row.correctable,
            settled: row.settled,
        })
    });
    lines.collect()
}
