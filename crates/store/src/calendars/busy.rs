//! What is taken in calendars outside.

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::{BookingId, CalendarId, PracticeId, SessionId, TherapistId};
use sqlx::PgConnection;
use uuid::Uuid;

/// A time that is taken, at most a day long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BusySpan {
    /// A hash of what the calendar calls the entry.
    pub entry: [u8; 16],
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

struct Columns {
    entries: Vec<Vec<u8>>,
    starts: Vec<DateTime<Utc>>,
    ends: Vec<DateTime<Utc>>,
}

fn columns(spans: &[BusySpan]) -> Columns {
    Columns {
        entries: spans.iter().map(|span| span.entry.to_vec()).collect(),
        starts: spans.iter().map(|span| span.starts_at).collect(),
        ends: spans.iter().map(|span| span.ends_at).collect(),
    }
}

/// These and no others are taken in this calendar. Rows that are right already are left alone, so that reading an
/// unchanged calendar disturbs nobody.
///
/// # Errors
/// When the database cannot answer.
pub async fn replace_busy(
    conn: &mut PgConnection,
    practice: PracticeId,
    connection: CalendarId,
    therapist: TherapistId,
    spans: &[BusySpan],
) -> Result<(), StoreError> {
    let Columns { entries, starts, ends } = columns(spans);
    sqlx::query!(
        "DELETE FROM external_busy e WHERE e.practice_id = $1 AND e.connection_id = $2 AND NOT EXISTS (
           SELECT 1 FROM unnest($3::bytea[], $4::timestamptz[], $5::timestamptz[]) AS n (entry, starts_at, ends_at)
           WHERE n.entry = e.entry AND n.starts_at = e.starts_at AND n.ends_at = e.ends_at)",
        practice.0,
        connection.0,
        &entries,
        &starts,
        &ends
    )
    .execute(&mut *conn)
    .await?;
    insert(conn, practice, connection, therapist, &Columns { entries, starts, ends }).await
}

async fn insert(
    conn: &mut PgConnection,
    practice: PracticeId,
    connection: CalendarId,
    therapist: TherapistId,
    Columns { entries, starts, ends }: &Columns,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO external_busy (practice_id, connection_id, therapist_id, entry, starts_at, ends_at)
         SELECT $1, $2, $3, n.entry, n.starts_at, n.ends_at
         FROM unnest($4::bytea[], $5::timestamptz[], $6::timestamptz[]) AS n (entry, starts_at, ends_at)
         ON CONFLICT DO NOTHING",
        practice.0,
        connection.0,
        therapist.0,
        entries,
        starts,
        ends
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Of these entries these times are taken, whatever was known of them before.
///
/// # Errors
/// When the database cannot answer.
pub async fn change_busy(
    conn: &mut PgConnection,
    practice: PracticeId,
    connection: CalendarId,
    therapist: TherapistId,
    changed: &[[u8; 16]],
    spans: &[BusySpan],
) -> Result<(), StoreError> {
    let changed: Vec<Vec<u8>> = changed.iter().map(|entry| entry.to_vec()).collect();
    sqlx::query!(
        "DELETE FROM external_busy WHERE practice_id = $1 AND connection_id = $2 AND entry = ANY($3)",
        practice.0,
        connection.0,
        &changed
    )
    .execute(&mut *conn)
    .await?;
    insert(conn, practice, connection, therapist, &columns(spans)).await
}

/// Which of these ids are sessions or bookings of this practice: entries with them are ours, and their time is taken by
/// the session itself.
///
/// # Errors
/// When the database cannot answer.
pub async fn ours(conn: &mut PgConnection, practice: PracticeId, ids: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM sessions WHERE practice_id = $1 AND id = ANY($2)
           UNION SELECT id FROM bookings WHERE practice_id = $1 AND id = ANY($2)"#,
        practice.0,
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(ids)
}

/// When the therapist, or anybody of the practice, is taken outside between two moments; in order.
///
/// # Errors
/// When the database cannot answer.
pub async fn busy_between(
    conn: &mut PgConnection,
    practice: PracticeId,
    therapist: Option<TherapistId>,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<(DateTime<Utc>, DateTime<Utc>)>, StoreError> {
    let rows = sqlx::query!(
        "SELECT e.starts_at, e.ends_at FROM external_busy e
         JOIN therapists t ON t.practice_id = $1 AND t.id = e.therapist_id
         WHERE e.practice_id = $1 AND ($2::uuid IS NULL OR t.id = $2) AND e.ends_at > $3
           AND e.ends_at < $4::timestamptz + interval '24 hours' AND e.starts_at < $4
         ORDER BY e.starts_at, e.ends_at",
        practice.0,
        therapist.map(|t| t.0),
        from,
        until
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.starts_at, row.ends_at)).collect())
}

/// A session at a time that is taken outside.
#[derive(Debug, Clone)]
pub struct Conflict {
    pub session: SessionId,
    pub booking: BookingId,
    pub patient_name: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub busy_from: DateTime<Utc>,
    pub busy_until: DateTime<Utc>,
    pub calendar: String,
}

/// The next sessions that stand at times which are taken outside, in order; each once for every calendar that says so.
///
/// # Errors
/// When the database cannot answer.
pub async fn conflicts(
    conn: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
    now: DateTime<Utc>,
    at_most: i64,
) -> Result<Vec<Conflict>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT s.id, s.booking_id, p.name, s.starts_at, s.ends_at, c.label,
                  min(e.starts_at) AS "busy_from!", max(e.ends_at) AS "busy_until!"
           FROM sessions s
           JOIN external_busy e ON e.practice_id = $1 AND e.therapist_id = $2 AND e.ends_at > s.starts_at
             AND e.ends_at < s.ends_at + interval '24 hours' AND e.starts_at < s.ends_at
           JOIN calendar_connections c ON c.practice_id = $1 AND c.id = e.connection_id
           JOIN patients p ON p.practice_id = $1 AND p.id = s.patient_id
           WHERE s.practice_id = $1 AND s.therapist_id = $2 AND s.status = 'scheduled' AND s.starts_at > $3
           GROUP BY s.id, s.booking_id, p.name, s.starts_at, s.ends_at, c.id, c.label
           ORDER BY s.starts_at, s.id, c.id LIMIT $4"#,
        practice.0,
        therapist.0,
        now,
        at_most
    )
    .fetch_all(conn)
    .await?;
    let conflicts = rows.into_iter().map(|row| Conflict {
        session: SessionId(row.id),
        booking: BookingId(row.booking_id),
        patient_name: row.name,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        busy_from: row.busy_from,
        busy_until: row.busy_until,
        calendar: row.label,
    });
    Ok(conflicts.collect())
}
