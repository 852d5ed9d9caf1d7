//! Administrative notes.

use super::unreadable;
use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::lists::NoteSort;
use contracts::patients::{NoteKind, NoteView, SaveNote};
use contracts::{MemberId, NoteId, PatientId, PracticeId, SessionId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Which notes of a patient.
#[derive(Debug, Clone, Default)]
pub struct NoteList {
    /// Each must be found.
    pub words: Vec<String>,
    pub kind: Option<NoteKind>,
    /// About this session.
    pub session: Option<SessionId>,
    pub pinned: Option<bool>,
    pub sort: NoteSort,
    /// When the last one of the page before was written, and its id.
    pub after: Option<(DateTime<Utc>, Uuid)>,
    pub limit: i64,
}

macro_rules! page_of_notes {
    ($behind:tt, $order:tt, $connection:expr, $practice:expr, $patient:expr, $member:expr, $filter:expr) => {
        sqlx::query_as!(
            RawNote,
            r#"SELECT n.id, n.session_id, n.kind, n.body, n.pinned, u.name AS author, n.author_id = $3 AS "own!", n.created_at,
                 n.changed_at
               FROM notes n
               JOIN members m ON m.practice_id = $1 AND m.id = n.author_id
               JOIN users u ON u.id = m.user_id
               WHERE n.practice_id = $1 AND n.patient_id = $2
                 AND ($4::text IS NULL OR n.kind = $4) AND ($5::boolean IS NULL OR n.pinned = $5)
                 AND ($10::uuid IS NULL OR n.session_id = $10)
                 AND NOT EXISTS (SELECT FROM unnest($6::text[]) AS word WHERE position(fold(word) IN fold(n.body)) = 0)
                 AND ($7::timestamptz IS NULL OR (n.created_at, n.id) "#
                + $behind
                + " ($7, $8::uuid)) ORDER BY n.created_at "
                + $order
                + ", n.id "
                + $order
                + " LIMIT $9",
            $practice.0,
            $patient.0,
            $member.0,
            $filter.kind.map(NoteKind::as_str),
            $filter.pinned,
            &$filter.words,
            $filter.after.map(|(at, _)| at),
            $filter.after.map(|(_, id)| id),
            $filter.limit,
            $filter.session.map(|session| session.0)
        )
        .fetch_all($connection)
        .await?
    };
}

struct RawNote {
    id: Uuid,
    session_id: Option<Uuid>,
    kind: String,
    body: String,
    pinned: bool,
    author: String,
    own: bool,
    created_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
}

/// Notes of a patient in their order; `member` is told which are their own.
///
/// # Errors
/// When the database cannot answer.
pub async fn notes(
    connection: &mut PgConnection,
    practice: PracticeId,
    patient: PatientId,
    member: MemberId,
    filter: &NoteList,
) -> Result<Vec<NoteView>, StoreError> {
    let rows = match filter.sort {
        NoteSort::CreatedAtDown => page_of_notes!("<", "DESC", connection, practice, patient, member, filter),
        NoteSort::CreatedAt => page_of_notes!(">", "ASC", connection, practice, patient, member, filter),
    };
    let mut notes = Vec::with_capacity(rows.len());
    for row in rows {
        notes.push(NoteView {
            id: NoteId(row.id),
            session_id: row.session_id.map(SessionId),
            kind: NoteKind::parse(&row.kind).ok_or(unreadable("notes.kind"))?,
            body: row.body,
            pinned: row.pinned,
            author: row.author,
            own: row.own,
            created_at: row.created_at,
            changed_at: row.changed_at,
        });
    }
    Ok(notes)
}

/// Whose note it is, and who wrote it.
///
/// # Errors
/// When the database cannot answer.
pub async fn note_of(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: NoteId,
) -> Result<Option<(PatientId, MemberId)>, StoreError> {
    let row = sqlx::query!(
        "SELECT patient_id, author_id FROM notes WHERE practice_id = $1 AND id = $2 FOR UPDATE",
        practice.0,
        id.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| (PatientId(row.patient_id), MemberId(row.author_id))))
}

/// # Errors
/// When the database cannot answer.
pub async fn insert_note(
    connection: &mut PgConnection,
    practice: PracticeId,
    patient: PatientId,
    (id, author): (NoteId, MemberId),
    note: &SaveNote,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO notes (practice_id, id, patient_id, session_id, kind, body, pinned, author_id, created_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        practice.0,
        id.0,
        patient.0,
        note.session_id.map(|s| s.0),
        note.kind.as_str(),
        note.body,
        note.pinned,
        author.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// # Errors
/// `NothingChanged` when there is no such note.
pub async fn update_note(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: NoteId,
    note: &SaveNote,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE notes SET kind = $3, body = $4, pinned = $5, changed_at = CASE WHEN (kind, body) = ($3, $4) THEN changed_at ELSE $6 END
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        note.kind.as_str(),
        note.body,
        note.pinned,
        now
    )
    .execute(connection)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// # Errors
/// `NothingChanged` when there is no such note.
pub async fn pin_note(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: NoteId,
    pinned: bool,
) -> Result<(), StoreError> {
    let done =
        sqlx::query!("UPDATE notes SET pinned = $3 WHERE practice_id = $1 AND id = $2", practice.0, id.0, pinned)
            .execute(connection)
            .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// # Errors
/// `NothingChanged` when there is no such note.
pub async fn delete_note(connection: &mut PgConnection, practice: PracticeId, id: NoteId) -> Result<(), StoreError> {
    let done = sqlx::query!("DELETE FROM notes WHERE practice_id = $1 AND id = $2", practice.0, id.0)
        .execute(connection)
        .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// Is this a session of this patient?
///
/// # Errors
/// When the database cannot answer.
pub async fn has_session(
    connection: &mut PgConnection,
    practice: PracticeId,
    patient: PatientId,
    session: SessionId,
) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM sessions WHERE practice_id = $1 AND id = $2 AND patient_id = $3) AS "is!""#,
        practice.0,
        session.0,
        patient.0
    )
    .fetch_one(connection)
    .await?;
    Ok(found)
}
