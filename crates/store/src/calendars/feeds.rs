//! Addresses at which calendars subscribe to sessions.

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::{BookingId, FeedId, Lang, PatientId, PracticeId, SessionId, TherapistId};
use sqlx::PgConnection;

/// Whose sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedOf {
    Therapist(TherapistId),
    Patient(PatientId),
}

impl FeedOf {
    fn columns(self) -> (Option<uuid::Uuid>, Option<uuid::Uuid>) {
        match self {
            Self::Therapist(id) => (Some(id.0), None),
            Self::Patient(id) => (None, Some(id.0)),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feed {
    pub id: FeedId,
    pub of: FeedOf,
    pub show_names: bool,
}

/// The address somebody has.
///
/// # Errors
/// When the database cannot answer.
pub async fn feed_of(conn: &mut PgConnection, practice: PracticeId, of: FeedOf) -> Result<Option<Feed>, StoreError> {
    let (therapist, patient) = of.columns();
    let row = sqlx::query!(
        "SELECT id, show_names FROM calendar_feeds WHERE practice_id = $1 AND (therapist_id = $2 OR patient_id = $3)",
        practice.0,
        therapist,
        patient
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Feed { id: FeedId(row.id), of, show_names: row.show_names }))
}

/// What an address shows; nothing of a patient who was deleted. Of a record that became another one, the other's sessions:
/// it is the same person, whose calendar would stop otherwise.
///
/// # Errors
/// When the database cannot answer.
pub async fn feed(conn: &mut PgConnection, practice: PracticeId, id: FeedId) -> Result<Option<Feed>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT f.therapist_id, p.id AS "patient_id?", f.show_names FROM calendar_feeds f
           LEFT JOIN patients own ON own.practice_id = $1 AND own.id = f.patient_id
           LEFT JOIN patients p ON p.practice_id = $1 AND p.id = coalesce(own.merged_into, own.id)
           WHERE f.practice_id = $1 AND f.id = $2 AND p.deleted_at IS NULL"#,
        practice.0,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.and_then(|row| {
        let therapist = row.therapist_id.map(|id| FeedOf::Therapist(TherapistId(id)));
        let of = therapist.or(row.patient_id.map(|id| FeedOf::Patient(PatientId(id))))?;
        Some(Feed { id, of, show_names: row.show_names })
    }))
}

/// Gives somebody a new address; the one they had leads nowhere from now on.
///
/// # Errors
/// When the database cannot answer.
pub async fn renew_feed(
    conn: &mut PgConnection,
    practice: PracticeId,
    feed: Feed,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    stop_feed(&mut *conn, practice, feed.of).await?;
    let (therapist, patient) = feed.of.columns();
    sqlx::query!(
        "INSERT INTO calendar_feeds (practice_id, id, therapist_id, patient_id, show_names, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        practice.0,
        feed.id.0,
        therapist,
        patient,
        feed.show_names,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes somebody's address away, and those of records that became theirs.
///
/// # Errors
/// When the database cannot answer.
pub async fn stop_feed(conn: &mut PgConnection, practice: PracticeId, of: FeedOf) -> Result<(), StoreError> {
    let (therapist, patient) = of.columns();
    sqlx::query!(
        "DELETE FROM calendar_feeds WHERE practice_id = $1 AND (therapist_id = $2 OR patient_id = $3
           OR patient_id IN (SELECT id FROM patients WHERE practice_id = $1 AND merged_into = $3))",
        practice.0,
        therapist,
        patient
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A session as a calendar shows it.
#[derive(Debug, Clone)]
pub struct FeedSession {
    pub session: SessionId,
    pub booking: BookingId,
    pub version: i32,
    pub changed_at: DateTime<Utc>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub time_zone: String,
    pub video_link: Option<String>,
    pub patient_name: String,
    pub therapist_name: String,
    pub service_name: String,
    pub practice_name: String,
    pub lang: Lang,
}

/// Their sessions between two moments, in order; cancelled ones are left out, and with that taken out of the calendar.
///
/// # Errors
/// When the database cannot answer.
pub async fn feed_sessions(
    conn: &mut PgConnection,
    practice: PracticeId,
    of: FeedOf,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    at_most: i64,
) -> Result<Vec<FeedSession>, StoreError> {
    let (therapist, patient) = of.columns();
    let rows = sqlx::query!(
        r#"SELECT s.id, s.booking_id, b.version, s.changed_at, s.starts_at, s.ends_at, t.time_zone, s.video_link,
                  pa.name AS patient_name, t.name AS therapist_name, sv.name AS service_name, p.name AS practice_name,
                  CASE WHEN $3::uuid IS NULL THEN p.language ELSE b.language END AS "language!"
           FROM sessions s
           JOIN bookings b ON b.practice_id = $1 AND b.id = s.booking_id
           JOIN therapists t ON t.practice_id = $1 AND t.id = s.therapist_id
           JOIN practices p ON p.practice_id = $1
           JOIN patients pa ON pa.practice_id = $1 AND pa.id = s.patient_id
           JOIN services sv ON sv.practice_id = $1 AND sv.id = s.service_id
           WHERE s.practice_id = $1 AND (s.therapist_id = $2 OR s.patient_id = $3) AND s.starts_at BETWEEN $4 AND $5
             AND s.status <> 'cancelled'
           ORDER BY s.starts_at, s.id LIMIT $6"#,
        practice.0,
        therapist,
        patient,
        from,
        until,
        at_most
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(FeedSession {
                session: SessionId(row.id),
                booking: BookingId(row.booking_id),
                version: row.version,
                changed_at: row.changed_at,
                starts_at: row.starts_at,
                ends_at: row.ends_at,
                time_zone: row.time_zone,
                video_link: row.video_link,
                patient_name: row.patient_name,
                therapist_name: row.therapist_name,
                service_name: row.service_name,
                practice_name: row.practice_name,
                lang: Lang::from_code(&row.language).ok_or(StoreError::Unreadable("language"))?,
            })
        })
        .collect()
}
