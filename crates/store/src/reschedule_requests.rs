//! What therapists ask about the time of their sessions, and what was answered (001).

use crate::StoreError;
use crate::practices::changed_one;
use chrono::{DateTime, Utc};
use contracts::lists::RescheduleSort;
use contracts::reschedule::{RescheduleRequest, RescheduleStatus};
use contracts::{BookingId, MemberId, PatientId, PracticeId, RescheduleRequestId, SessionId, TherapistId};
use domain::slots::local;
use sqlx::PgConnection;
use uuid::Uuid;

/// A request as it is made.
#[derive(Debug, Clone)]
pub struct NewRequest<'a> {
    pub id: RescheduleRequestId,
    pub session: SessionId,
    pub therapist: TherapistId,
    pub asked_by: MemberId,
    pub reason: &'a str,
    pub old_start: DateTime<Utc>,
    pub proposed_start: DateTime<Utc>,
}

/// Which requests, and which page of them.
#[derive(Debug, Clone)]
pub struct RequestList {
    pub status: Option<RescheduleStatus>,
    pub therapist: Option<TherapistId>,
    pub session: Option<SessionId>,
    pub sort: RescheduleSort,
    /// The row the page before ended with.
    pub after: Option<(DateTime<Utc>, Uuid)>,
    pub limit: i64,
    /// What nobody answered until now is outdated.
    pub now: DateTime<Utc>,
}

struct RawRequest {
    id: Uuid,
    session_id: Uuid,
    booking_id: Uuid,
    patient_id: Uuid,
    patient_name: String,
    therapist_id: Uuid,
    therapist_name: String,
    service_name: String,
    time_zone: String,
    status: String,
    reason: String,
    old_start: DateTime<Utc>,
    proposed_start: DateTime<Utc>,
    asked_by: String,
    asked_at: DateTime<Utc>,
    decided_by: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    note: String,
    version: i32,
}

impl RawRequest {
    fn read(self) -> Result<RescheduleRequest, StoreError> {
        let unreadable = StoreError::Unreadable;
        let zone = self.time_zone.parse().map_err(|_| unreadable("therapists.time_zone"))?;
        Ok(RescheduleRequest {
            id: RescheduleRequestId(self.id),
            session_id: SessionId(self.session_id),
            booking_id: BookingId(self.booking_id),
            patient_id: PatientId(self.patient_id),
            patient_name: self.patient_name,
            therapist_id: TherapistId(self.therapist_id),
            therapist_name: self.therapist_name,
            service_name: self.service_name,
            status: RescheduleStatus::parse(&self.status).ok_or(unreadable("reschedule_requests.status"))?,
            reason: self.reason,
            old_start: self.old_start,
            old_local: local(zone, self.old_start),
            proposed_start: self.proposed_start,
            proposed_local: local(zone, self.proposed_start),
            time_zone: self.time_zone,
            asked_by: self.asked_by,
            asked_at: self.asked_at,
            asked_local: local(zone, self.asked_at),
            decided_by: self.decided_by,
            decided_at: self.decided_at,
            note: self.note,
            version: self.version,
        })
    }
}

/// The one query behind all that shows requests; `$1` must be the practice and `$2` the present.
macro_rules! requests {
    ([$($rest:tt),+], $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            RawRequest,
            r#"SELECT r.id, r.session_id, se.booking_id, se.patient_id, p.name AS patient_name, r.therapist_id,
                 t.name AS therapist_name, t.time_zone, s.name AS service_name, x.status AS "status!", r.reason, r.old_start,
                 r.proposed_start, asker.name AS asked_by, r.asked_at, decider.name AS "decided_by?", r.decided_at, r.note,
                 r.version
               FROM reschedule_requests r
               CROSS JOIN LATERAL (SELECT CASE WHEN r.status = 'pending' AND least(r.old_start, r.proposed_start) <= $2
                 THEN 'outdated' ELSE r.status END AS status) x
               JOIN sessions se ON se.practice_id = $1 AND se.id = r.session_id
               JOIN patients p ON p.practice_id = $1 AND p.id = se.patient_id
               JOIN therapists t ON t.practice_id = $1 AND t.id = r.therapist_id
               JOIN services s ON s.practice_id = $1 AND s.id = se.service_id
               JOIN members am ON am.practice_id = $1 AND am.id = r.asked_by
               JOIN users asker ON asker.id = am.user_id
               LEFT JOIN members dm ON dm.practice_id = $1 AND dm.id = r.decided_by
               LEFT JOIN users decider ON decider.id = dm.user_id
               WHERE r.practice_id = $1 "# $(+ $rest)+,
            $($argument),+
        )
    };
}

macro_rules! page {
    ($behind:tt, $order:tt, $connection:expr, $practice:expr, $list:expr) => {
        requests!(
            [
                "AND ($3::text IS NULL OR x.status = $3) AND ($4::uuid IS NULL OR r.therapist_id = $4)
                 AND ($5::uuid IS NULL OR r.session_id = $5)
                 AND ($6::timestamptz IS NULL OR (r.asked_at, r.id) ",
                $behind,
                " ($6, $7::uuid)) ORDER BY r.asked_at ",
                $order,
                ", r.id ",
                $order,
                " LIMIT $8"
            ],
            $practice.0,
            $list.now,
            $list.status.map(RescheduleStatus::as_str),
            $list.therapist.map(|t| t.0),
            $list.session.map(|s| s.0),
            $list.after.map(|(at, _)| at),
            $list.after.map(|(_, id)| id),
            $list.limit
        )
        .fetch_all($connection)
        .await?
    };
}

/// Requests in the order asked for.
///
/// # Errors
/// When the database cannot answer.
pub async fn list(
    connection: &mut PgConnection,
    practice: PracticeId,
    list: &RequestList,
) -> Result<Vec<RescheduleRequest>, StoreError> {
    let rows = match list.sort {
        RescheduleSort::CreatedAt => page!(">", "ASC", connection, practice, list),
        RescheduleSort::CreatedAtDown => page!("<", "DESC", connection, practice, list),
    };
    rows.into_iter().map(RawRequest::read).collect()
}

/// # Errors
/// When the database cannot answer.
pub async fn get(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: RescheduleRequestId,
    now: DateTime<Utc>,
) -> Result<Option<RescheduleRequest>, StoreError> {
    let row = requests!(["AND r.id = $3"], practice.0, now, id.0).fetch_optional(connection).await?;
    row.map(RawRequest::read).transpose()
}

/// The request, and nobody else decides it before the transaction ends. Its session is locked before: everybody who changes
/// a session may outdate its request.
///
/// # Errors
/// When the database cannot answer.
pub async fn lock(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: RescheduleRequestId,
    now: DateTime<Utc>,
) -> Result<Option<RescheduleRequest>, StoreError> {
    sqlx::query!("SELECT id FROM reschedule_requests WHERE practice_id = $1 AND id = $2 FOR UPDATE", practice.0, id.0)
        .fetch_optional(&mut *connection)
        .await?;
    get(connection, practice, id, now).await
}

/// The last request about a session; the open one, where there is one.
///
/// # Errors
/// When the database cannot answer.
pub async fn last_of(
    connection: &mut PgConnection,
    practice: PracticeId,
    session: SessionId,
    now: DateTime<Utc>,
) -> Result<Option<RescheduleRequest>, StoreError> {
    let row = requests!(
        ["AND r.session_id = $3 ORDER BY (r.status = 'pending') DESC, r.asked_at DESC, r.id DESC LIMIT 1"],
        practice.0,
        now,
        session.0
    )
    .fetch_optional(connection)
    .await?;
    row.map(RawRequest::read).transpose()
}

/// Writes a request; `false` when one about this session is open. One that lapsed unanswered makes room.
///
/// # Errors
/// When the database cannot answer.
pub async fn insert(
    connection: &mut PgConnection,
    practice: PracticeId,
    new: &NewRequest<'_>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    sqlx::query!(
        "UPDATE reschedule_requests SET status = 'outdated', decided_at = $3, version = version + 1
         WHERE practice_id = $1 AND session_id = $2 AND status = 'pending' AND least(old_start, proposed_start) <= $3",
        practice.0,
        new.session.0,
        now
    )
    .execute(&mut *connection)
    .await?;
    let done = sqlx::query!(
        "INSERT INTO reschedule_requests (practice_id, id, session_id, therapist_id, asked_by, asked_at, reason, old_start,
                                          proposed_start, status)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending') ON CONFLICT DO NOTHING",
        practice.0,
        new.id.0,
        new.session.0,
        new.therapist.0,
        new.asked_by.0,
        now,
        new.reason,
        new.old_start,
        new.proposed_start
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// How a request ended.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    pub status: RescheduleStatus,
    pub by: MemberId,
    pub note: &'a str,
}

/// Decides an open request.
///
/// # Errors
/// `NothingChanged` when it is not open.
pub async fn decide(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: RescheduleRequestId,
    decision: Decision<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE reschedule_requests SET status = $3, decided_by = $4, note = $5, decided_at = $6, version = version + 1
         WHERE practice_id = $1 AND id = $2 AND status = 'pending'",
        practice.0,
        id.0,
        decision.status.as_str(),
        decision.by.0,
        decision.note,
        now
    )
    .execute(connection)
    .await?;
    changed_one(done.rows_affected())
}

/// Forgets what was written about a patient who is erased; that a session was moved stays.
///
/// # Errors
/// When the database cannot answer.
pub async fn forget_words(
    connection: &mut PgConnection,
    practice: PracticeId,
    patient: PatientId,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE reschedule_requests r SET reason = '', note = '', version = r.version + 1
         FROM sessions s WHERE r.practice_id = $1 AND s.practice_id = $1 AND s.id = r.session_id AND s.patient_id = $2",
        practice.0,
        patient.0
    )
    .execute(connection)
    .await?;
    Ok(())
}
