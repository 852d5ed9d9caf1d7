//! What a therapist's own first page asks for.

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::{MemberId, PatientId, PracticeId, SessionId, TherapistId};
use sqlx::PgConnection;

/// Somebody in a therapist's care.
#[derive(Debug, Clone)]
pub struct CareRow {
    pub id: PatientId,
    pub name: String,
    pub last_session_at: Option<DateTime<Utc>>,
    pub next_session_at: Option<DateTime<Utc>>,
    /// The session that a report is missing about.
    pub due: Option<(SessionId, DateTime<Utc>)>,
}

/// Who is in care, and how many are and need a report in all.
#[derive(Debug, Clone, Default)]
pub struct Care {
    pub patients: Vec<CareRow>,
    pub total: i64,
    pub due: i64,
}

/// The patients of a therapist, those first whose newest completed session with them began after the last general note that
/// `author` wrote about them. Notes about preferences and administration say nothing about a session, and notes of the front
/// desk are no report.
///
/// # Errors
/// When the database cannot answer.
pub async fn care(
    connection: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
    author: MemberId,
    at_most: i64,
) -> Result<Care, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.id, p.name, p.last_session_at, p.next_session_at, due.id AS "due_id?", due.starts_at AS "due_at?",
                  count(*) OVER () AS "total!", count(due.id) OVER () AS "due_total!"
           FROM patient_therapists pt
           JOIN patients p ON p.practice_id = $1 AND p.id = pt.patient_id AND p.deleted_at IS NULL AND p.archived_at IS NULL
           LEFT JOIN LATERAL (
             SELECT x.id, x.starts_at FROM sessions x
             WHERE x.practice_id = $1 AND x.patient_id = p.id AND x.therapist_id = $2 AND x.status = 'completed'
               AND NOT EXISTS (SELECT FROM notes n WHERE n.practice_id = $1 AND n.patient_id = p.id AND n.author_id = $3
                 AND n.kind = 'general' AND n.created_at >= x.starts_at)
             ORDER BY x.starts_at DESC LIMIT 1) due ON true
           WHERE pt.practice_id = $1 AND pt.therapist_id = $2
           ORDER BY due.starts_at NULLS LAST, p.name_key, p.id LIMIT $4"#,
        practice.0,
        therapist.0,
        author.0,
        at_most
    )
    .fetch_all(connection)
    .await?;
    let (total, due) = rows.first().map_or((0, 0), |row| (row.total, row.due_total));
    let patients = rows.into_iter().map(|row| CareRow {
        id: PatientId(row.id),
        name: row.name,
        last_session_at: row.last_session_at,
        next_session_at: row.next_session_at,
        due: row.due_id.map(SessionId).zip(row.due_at),
    });
    Ok(Care { patients: patients.collect(), total, due })
}
