//! Connected calendars: who has which, and how reading them went.

mod busy;
mod events;
mod feeds;

pub use busy::{BusySpan, Conflict, busy_between, change_busy, conflicts, ours, replace_busy};
pub use events::{EventFacts, claim_event, event_failed, event_forgotten, event_written, plan_all, set_video_link};
pub use feeds::{Feed, FeedOf, FeedSession, feed, feed_of, feed_sessions, renew_feed, stop_feed};

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::calendars::{CalendarKind, CalendarProblem, CalendarState};
use contracts::practice::VideoKind;
use contracts::{CalendarId, PracticeId, TherapistId};
use sqlx::PgConnection;

/// A connection as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionRow {
    pub id: CalendarId,
    pub kind: CalendarKind,
    pub label: String,
    pub state: CalendarState,
    pub problem: Option<CalendarProblem>,
    pub last_synced_at: Option<DateTime<Utc>>,
    pub unreadable: i32,
    pub show_names: bool,
    pub entries_waiting: i64,
}

/// A connection as the worker needs it.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub id: CalendarId,
    pub therapist: TherapistId,
    pub kind: CalendarKind,
    pub credentials: Vec<u8>,
    pub sync_token: Option<String>,
    pub whole_at: Option<DateTime<Utc>>,
    pub attempts: i32,
    /// The therapist's.
    pub time_zone: String,
}

fn kind(text: &str) -> Result<CalendarKind, StoreError> {
    CalendarKind::parse(text).ok_or(StoreError::Unreadable("calendar_connections.kind"))
}

/// # Errors
/// When the database cannot answer, or holds a code this program does not know.
pub async fn list(
    conn: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
) -> Result<Vec<ConnectionRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT c.id, c.kind, c.label, c.state, c.problem, c.last_synced_at, c.unreadable, c.show_names,
                  (SELECT count(*) FROM calendar_events e WHERE e.practice_id = $1 AND e.connection_id = c.id
                     AND e.next_try_at IS NOT NULL) AS "entries_waiting!"
           FROM calendar_connections c WHERE c.practice_id = $1 AND c.therapist_id = $2 ORDER BY c.created_at, c.id"#,
        practice.0,
        therapist.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ConnectionRow {
                id: CalendarId(row.id),
                kind: kind(&row.kind)?,
                label: row.label,
                state: CalendarState::parse(&row.state).ok_or(StoreError::Unreadable("calendar_connections.state"))?,
                problem: row.problem.as_deref().and_then(CalendarProblem::parse),
                last_synced_at: row.last_synced_at,
                unreadable: row.unreadable,
                show_names: row.show_names,
                entries_waiting: row.entries_waiting,
            })
        })
        .collect()
}

/// A calendar that was just connected.
#[derive(Debug, Clone)]
pub struct NewConnection {
    pub id: CalendarId,
    pub therapist: TherapistId,
    pub kind: CalendarKind,
    pub label: String,
    pub credentials: Vec<u8>,
    pub show_names: bool,
}

/// Connects a calendar; it is read at once.
///
/// # Errors
/// When the database cannot answer.
pub async fn connect(
    conn: &mut PgConnection,
    practice: PracticeId,
    new: &NewConnection,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO calendar_connections (practice_id, id, therapist_id, kind, label, credentials, show_names, state,
                                           next_sync_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $8)",
        practice.0,
        new.id.0,
        new.therapist.0,
        new.kind.as_str(),
        new.label,
        new.credentials,
        new.show_names,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The therapist's calendar at Google, locked until the transaction ends.
///
/// # Errors
/// When the database cannot answer.
pub async fn lock_google(
    conn: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
) -> Result<Option<CalendarId>, StoreError> {
    let id = sqlx::query_scalar!(
        "SELECT id FROM calendar_connections WHERE practice_id = $1 AND therapist_id = $2 AND kind = 'google' FOR UPDATE",
        practice.0,
        therapist.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(CalendarId))
}

/// The same calendar with a new permission: it may be another account's, so everything is read anew.
///
/// # Errors
/// `NothingChanged` when it is gone.
pub async fn reconnect(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: CalendarId,
    credentials: &[u8],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE calendar_connections SET credentials = $3, state = 'waiting', problem = NULL, attempts = 0,
                sync_token = NULL, whole_at = NULL, next_sync_at = $4, claimed_until = NULL
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        credentials,
        now
    )
    .execute(conn)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// Whose it is, and the secret that belongs to it; locked until the transaction ends.
///
/// # Errors
/// When the database cannot answer.
pub async fn lock(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: CalendarId,
) -> Result<Option<(TherapistId, CalendarKind, Vec<u8>)>, StoreError> {
    let row = sqlx::query!(
        "SELECT therapist_id, kind, credentials FROM calendar_connections WHERE practice_id = $1 AND id = $2 FOR UPDATE",
        practice.0,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok((TherapistId(row.therapist_id), kind(&row.kind)?, row.credentials))).transpose()
}

/// Removes a locked calendar with everything that came from it.
///
/// # Errors
/// `NothingChanged` when it is gone.
pub async fn disconnect(conn: &mut PgConnection, practice: PracticeId, id: CalendarId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM external_busy WHERE practice_id = $1 AND connection_id = $2", practice.0, id.0)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("DELETE FROM calendar_events WHERE practice_id = $1 AND connection_id = $2", practice.0, id.0)
        .execute(&mut *conn)
        .await?;
    let done = sqlx::query!("DELETE FROM calendar_connections WHERE practice_id = $1 AND id = $2", practice.0, id.0)
        .execute(conn)
        .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// Asks for a calendar to be read now. One whose permission is gone is not.
///
/// # Errors
/// `NothingChanged` when there is nothing to read.
pub async fn read_now(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: CalendarId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE calendar_connections SET next_sync_at = $3 WHERE practice_id = $1 AND id = $2 AND state <> 'revoked'",
        practice.0,
        id.0,
        now
    )
    .execute(conn)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// # Errors
/// `NothingChanged` when it is gone.
pub async fn set_show_names(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: CalendarId,
    show: bool,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE calendar_connections SET show_names = $3 WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        show
    )
    .execute(conn)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// Takes a calendar for reading that is due, or was last read before a moment; `None` when another server has it. It comes
/// back by itself at `lease`, should this server not.
///
/// # Errors
/// When the database cannot answer.
pub async fn claim(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: CalendarId,
    read_before: Option<DateTime<Utc>>,
    (now, lease): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Option<Claimed>, StoreError> {
    let row = sqlx::query!(
        "UPDATE calendar_connections c SET claimed_until = $4 FROM therapists t
         WHERE c.practice_id = $1 AND c.id = $2 AND (c.next_sync_at <= $3 OR c.last_synced_at < $5)
           AND c.state <> 'revoked' AND (c.claimed_until IS NULL OR c.claimed_until <= $3)
           AND t.practice_id = $1 AND t.id = c.therapist_id
         RETURNING c.therapist_id, c.kind, c.credentials, c.sync_token, c.whole_at, c.attempts, t.time_zone",
        practice.0,
        id.0,
        now,
        lease,
        read_before
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Claimed {
            id,
            therapist: TherapistId(row.therapist_id),
            kind: kind(&row.kind)?,
            credentials: row.credentials,
            sync_token: row.sync_token,
            whole_at: row.whole_at,
            attempts: row.attempts,
            time_zone: row.time_zone,
        })
    })
    .transpose()
}

/// The therapist's calendar at Google, if it was last read before a moment and nobody is reading it. One that failed is
/// left to its own next try: who books must not wait for a server that is down.
///
/// # Errors
/// When the database cannot answer.
pub async fn stale_google(
    conn: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
    read_before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Option<CalendarId>, StoreError> {
    let id = sqlx::query_scalar!(
        "SELECT id FROM calendar_connections
         WHERE practice_id = $1 AND therapist_id = $2 AND kind = 'google' AND state = 'ok' AND last_synced_at < $3
           AND (claimed_until IS NULL OR claimed_until <= $4)",
        practice.0,
        therapist.0,
        read_before,
        now
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(CalendarId))
}

/// How reading went well.
#[derive(Debug, Clone)]
pub struct ReadWell {
    /// Renewed on the way.
    pub credentials: Option<Vec<u8>>,
    pub label: Option<String>,
    pub sync_token: Option<String>,
    /// Was it everything?
    pub whole: bool,
    pub unreadable: Option<i32>,
    pub next: DateTime<Utc>,
}

/// # Errors
/// `NothingChanged` when it was removed meanwhile.
pub async fn read_well(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: CalendarId,
    well: &ReadWell,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE calendar_connections SET state = 'ok', problem = NULL, attempts = 0, last_synced_at = $3, next_sync_at = $4, claimed_until = NULL,
                credentials = coalesce($5, credentials), label = coalesce($6, label), sync_token = $7,
                whole_at = CASE WHEN $8 THEN $3 ELSE whole_at END, unreadable = coalesce($9, unreadable)
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        now,
        well.next,
        well.credentials,
        well.label,
        well.sync_token,
        well.whole,
        well.unreadable
    )
    .execute(conn)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// Reading failed. What was read before stays, and so does the word of an entry that found the permission gone meanwhile.
///
/// # Errors
/// When the database cannot answer.
pub async fn read_badly(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: CalendarId,
    problem: CalendarProblem,
    next: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE calendar_connections SET state = 'failing', problem = $3, next_sync_at = $4, attempts = attempts + 1,
                claimed_until = NULL
         WHERE practice_id = $1 AND id = $2 AND state <> 'revoked'",
        practice.0,
        id.0,
        problem.as_str(),
        next
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A calendar may not be used any more until somebody connects it again. What was read before stays. Is this news?
///
/// # Errors
/// When the database cannot answer.
pub async fn lose(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: CalendarId,
    problem: CalendarProblem,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE calendar_connections SET state = 'revoked', problem = $3, next_sync_at = NULL, attempts = attempts + 1,
                claimed_until = NULL
         WHERE practice_id = $1 AND id = $2 AND state <> 'revoked'",
        practice.0,
        id.0,
        problem.as_str()
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps credentials that were renewed outside of reading.
///
/// # Errors
/// When the database cannot answer.
pub async fn keep_credentials(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: CalendarId,
    credentials: &[u8],
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE calendar_connections SET credentials = $3 WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        credentials
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The therapist's own video room.
///
/// # Errors
/// `NothingChanged` when there is no such therapist.
pub async fn set_video_url(
    conn: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
    url: &str,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE therapists SET video_url = $3 WHERE practice_id = $1 AND id = $2",
        practice.0,
        therapist.0,
        url
    )
    .execute(conn)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// How a therapist's online sessions get their link.
#[derive(Debug, Clone)]
pub struct Video {
    pub kind: VideoKind,
    /// Of the practice's service; empty for none.
    pub base: String,
    /// The therapist's own; empty for none.
    pub own_room: String,
    /// Is there a calendar that can make rooms?
    pub has_google: bool,
}

/// # Errors
/// When the database cannot answer.
pub async fn video(
    conn: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
) -> Result<Option<Video>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT p.video_kind, p.video_base, t.video_url,
                  EXISTS (SELECT 1 FROM calendar_connections c WHERE c.practice_id = $1 AND c.therapist_id = $2
                    AND c.kind = 'google' AND c.state <> 'revoked') AS "has_google!"
           FROM therapists t JOIN practices p ON p.practice_id = $1
           WHERE t.practice_id = $1 AND t.id = $2"#,
        practice.0,
        therapist.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Video {
            kind: VideoKind::parse(&row.video_kind).ok_or(StoreError::Unreadable("practices.video_kind"))?,
            base: row.video_base,
            own_room: row.video_url,
            has_google: row.has_google,
        })
    })
    .transpose()
}
