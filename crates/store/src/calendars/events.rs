//! Sessions as entries of calendars outside: what should be there and what is.

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::calendars::CalendarProblem;
use contracts::practice::{Place, VideoKind};
use contracts::{BookingId, CalendarId, Lang, PatientId, PracticeId, SessionId, TherapistId};
use sqlx::PgConnection;

/// Everything about a session's entry.
#[derive(Debug, Clone)]
pub struct EventFacts {
    pub session: SessionId,
    pub booking: BookingId,
    pub connection: CalendarId,
    pub credentials: Vec<u8>,
    pub show_names: bool,
    /// The calendar is the session's therapist's.
    pub right_calendar: bool,
    /// The calendar the session's therapist has, where that is another one.
    pub other_calendar: Option<CalendarId>,
    pub version: i32,
    pub cancelled: bool,
    pub placed: bool,
    pub attempts: i32,
    pub room_requests: i32,
    pub therapist: TherapistId,
    pub patient: PatientId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub time_zone: String,
    pub lang: Lang,
    /// Nothing may tell of the patient any more.
    pub erased: bool,
    pub patient_name: String,
    pub patient_phone: String,
    pub service_name: String,
    pub place: Place,
    pub video: VideoKind,
    pub video_base: String,
    pub video_link: Option<String>,
}

/// Takes a due entry for writing; `None` when another server has it.
///
/// # Errors
/// When the database cannot answer.
pub async fn claim_event(
    conn: &mut PgConnection,
    practice: PracticeId,
    session: SessionId,
    now: DateTime<Utc>,
    lease: DateTime<Utc>,
) -> Result<Option<EventFacts>, StoreError> {
    let claimed = sqlx::query!(
        "UPDATE calendar_events SET claimed_until = $4, outdated = false
         WHERE practice_id = $1 AND session_id = $2 AND next_try_at <= $3
           AND (claimed_until IS NULL OR claimed_until <= $3)",
        practice.0,
        session.0,
        now,
        lease
    )
    .execute(&mut *conn)
    .await?;
    if claimed.rows_affected() == 0 {
        return Ok(None);
    }
    event_facts(conn, practice, session).await
}

/// In a statement of its own: who was erased while the entry was waited for must be seen so.
async fn event_facts(
    conn: &mut PgConnection,
    practice: PracticeId,
    session: SessionId,
) -> Result<Option<EventFacts>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT e.connection_id, e.placed, e.attempts, e.room_requests, c.credentials, c.show_names,
                  c.therapist_id = s.therapist_id AS "right_calendar!",
                  (SELECT o.id FROM calendar_connections o WHERE o.practice_id = $1 AND o.therapist_id = s.therapist_id
                     AND o.kind = 'google' AND o.id <> c.id) AS other_calendar,
                  s.version, s.status = 'cancelled' AS "cancelled!", s.booking_id, s.therapist_id, s.patient_id, s.starts_at,
                  s.ends_at, s.video_link, t.time_zone, p.language, p.video_kind, p.video_base, pa.name AS patient_name,
                  pa.erased_at IS NOT NULL AS "erased!", pa.phone AS "phone?", sv.name AS service_name, sv.place
           FROM calendar_events e
           JOIN sessions s ON s.practice_id = $1 AND s.id = $2
           JOIN calendar_connections c ON c.practice_id = $1 AND c.id = e.connection_id
           JOIN therapists t ON t.practice_id = $1 AND t.id = s.therapist_id
           JOIN practices p ON p.practice_id = $1
           JOIN patients pa ON pa.practice_id = $1 AND pa.id = s.patient_id
           JOIN services sv ON sv.practice_id = $1 AND sv.id = s.service_id
           WHERE e.practice_id = $1 AND e.session_id = $2"#,
        practice.0,
        session.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(EventFacts {
            session,
            booking: BookingId(row.booking_id),
            connection: CalendarId(row.connection_id),
            credentials: row.credentials,
            show_names: row.show_names,
            right_calendar: row.right_calendar,
            other_calendar: row.other_calendar.map(CalendarId),
            version: row.version,
            cancelled: row.cancelled,
            placed: row.placed,
            attempts: row.attempts,
            room_requests: row.room_requests,
            therapist: TherapistId(row.therapist_id),
            patient: PatientId(row.patient_id),
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            time_zone: row.time_zone,
            lang: Lang::from_code(&row.language).ok_or(StoreError::Unreadable("practices.language"))?,
            erased: row.erased,
            patient_name: row.patient_name,
            patient_phone: row.phone.unwrap_or_default(),
            service_name: row.service_name,
            place: Place::parse(&row.place).ok_or(StoreError::Unreadable("services.place"))?,
            video: VideoKind::parse(&row.video_kind).ok_or(StoreError::Unreadable("practices.video_kind"))?,
            video_base: row.video_base,
            video_link: row.video_link,
        })
    })
    .transpose()
}

/// The entry is as this version of the session wants it; a later version, or a patient who changed meanwhile, is written at
/// once. With `again`, something about it is still to come.
///
/// # Errors
/// When the database cannot answer.
pub async fn event_written(
    conn: &mut PgConnection,
    practice: PracticeId,
    session: SessionId,
    (version, placed): (i32, bool),
    (room_requests, again): (i32, Option<DateTime<Utc>>),
    problem: Option<CalendarProblem>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE calendar_events SET synced_version = $3, placed = $4, room_requests = $5, attempts = 0, problem = $7, claimed_until = NULL,
                next_try_at = CASE WHEN wanted_version > $3 OR outdated THEN $8::timestamptz ELSE $6::timestamptz END
         WHERE practice_id = $1 AND session_id = $2",
        practice.0,
        session.0,
        version,
        placed,
        room_requests,
        again,
        problem.map(CalendarProblem::as_str),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The entry could not be written; without a next time it is given up, unless the patient changed meanwhile.
///
/// # Errors
/// When the database cannot answer.
pub async fn event_failed(
    conn: &mut PgConnection,
    practice: PracticeId,
    session: SessionId,
    problem: CalendarProblem,
    next: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE calendar_events SET attempts = attempts + 1, problem = $3, claimed_until = NULL,
                next_try_at = CASE WHEN outdated THEN coalesce($4::timestamptz, next_try_at) ELSE $4::timestamptz END
         WHERE practice_id = $1 AND session_id = $2",
        practice.0,
        session.0,
        problem.as_str(),
        next
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The entry was taken out of its calendar: it goes into another one, or nowhere.
///
/// # Errors
/// When the database cannot answer.
pub async fn event_forgotten(
    conn: &mut PgConnection,
    practice: PracticeId,
    session: SessionId,
    into: Option<CalendarId>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    match into {
        Some(into) => {
            sqlx::query!(
            "UPDATE calendar_events SET connection_id = $3, placed = false, synced_version = NULL, room_requests = 0,
                    attempts = 0, next_try_at = $4, claimed_until = NULL
             WHERE practice_id = $1 AND session_id = $2",
            practice.0,
            session.0,
            into.0,
            now
        )
            .execute(conn)
            .await?
        }
        None => {
            sqlx::query!(
                "DELETE FROM calendar_events WHERE practice_id = $1 AND session_id = $2",
                practice.0,
                session.0
            )
            .execute(conn)
            .await?
        }
    };
    Ok(())
}

/// Every coming session of the therapist is to be in this calendar, as it is now.
///
/// # Errors
/// When the database cannot answer.
pub async fn plan_all(
    conn: &mut PgConnection,
    practice: PracticeId,
    connection: CalendarId,
    therapist: TherapistId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO calendar_events (practice_id, session_id, connection_id, wanted_version, next_try_at)
         SELECT $1, s.id, $2, s.version, $4 FROM sessions s
         WHERE s.practice_id = $1 AND s.therapist_id = $3 AND s.starts_at > $4 AND s.status = 'scheduled'
         ON CONFLICT (practice_id, session_id) DO UPDATE SET wanted_version = EXCLUDED.wanted_version, outdated = true,
           next_try_at = EXCLUDED.next_try_at, attempts = 0",
        practice.0,
        connection.0,
        therapist.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The session's video room, once it is made. Whoever looks at the session or its booking is told.
///
/// # Errors
/// When the database cannot answer.
pub async fn set_video_link(
    conn: &mut PgConnection,
    practice: PracticeId,
    session: SessionId,
    link: &str,
) -> Result<(), StoreError> {
    sqlx::query!(
        "WITH s AS (
           UPDATE sessions SET video_link = $3, version = version + 1
           WHERE practice_id = $1 AND id = $2 AND video_link IS NULL RETURNING booking_id)
         UPDATE bookings SET version = version + 1 FROM s WHERE practice_id = $1 AND id = s.booking_id",
        practice.0,
        session.0,
        link
    )
    .execute(conn)
    .await?;
    Ok(())
}
