//! Lists of sessions: filtered, sorted, a page at a time; and what belongs to one session.

use super::{SessionRow, read, session_rows};
use crate::StoreError;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use contracts::lists::SessionSort;
use contracts::practice::PaymentMethod;
use contracts::sessions::{HistoryLine, PaymentStatus, PaymentView, SessionStatus};
use contracts::{BookingId, Money, PatientId, PaymentId, PracticeId, ServiceId, SessionId, TherapistId};
use domain::slots::local;
use sqlx::PgConnection;
use uuid::Uuid;

/// Which sessions, and which page of them.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub from: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
    pub status: Option<SessionStatus>,
    pub payment: Option<PaymentStatus>,
    pub therapist: Option<TherapistId>,
    pub service: Option<ServiceId>,
    /// Sessions of any of these patients.
    pub patients: Option<Vec<PatientId>>,
    /// Or the session of this booking.
    pub booking: Option<BookingId>,
    pub sort: SessionSort,
    /// The row the page before ended with.
    pub after: Option<(DateTime<Utc>, Uuid)>,
    pub limit: i64,
}

/// The page is found first and what it shows is joined afterwards: a search for a name may lead to thousands of sessions.
/// The sorts differ in what they order by, and so in what lies behind a row.
macro_rules! page {
    ($key:literal, $behind:literal, $order:literal, $connection:expr, $practice:expr, $filter:expr, $patients:expr) => {
        session_rows!(
            [
                "JOIN (SELECT se.practice_id, se.id FROM sessions se
                 WHERE se.practice_id = $1 AND ($2::timestamptz IS NULL OR se.starts_at >= $2)
                   AND ($3::timestamptz IS NULL OR se.starts_at < $3) AND ($4::text IS NULL OR se.status = $4)
                   AND ($5::text IS NULL OR se.payment_status = $5) AND ($6::uuid IS NULL OR se.therapist_id = $6)
                   AND ($7::uuid IS NULL OR se.service_id = $7)
                   AND (($8::uuid[] IS NULL AND $9::uuid IS NULL) OR se.patient_id = ANY($8) OR se.booking_id = $9)
                   AND ($10::timestamptz IS NULL OR (",
                $key,
                ", se.id) ",
                $behind,
                " ($10, $11::uuid))
                 ORDER BY ",
                $key,
                " ",
                $order,
                ", se.id ",
                $order,
                " LIMIT $12) page ON page.practice_id = se.practice_id AND page.id = se.id
                 ORDER BY ",
                $key,
                " ",
                $order,
                ", se.id ",
                $order
            ],
            $practice.0,
            $filter.from,
            $filter.until,
            $filter.status.map(SessionStatus::as_str),
            $filter.payment.map(PaymentStatus::as_str),
            $filter.therapist.map(|t| t.0),
            $filter.service.map(|s| s.0),
            $patients as Option<&[Uuid]>,
            $filter.booking.map(|booking| booking.0),
            $filter.after.map(|(at, _)| at),
            $filter.after.map(|(_, id)| id),
            $filter.limit
        )
        .fetch_all($connection)
        .await?
    };
}

/// By payment status the page goes on behind a status, a start and an id.
macro_rules! page_by_payment {
    ($behind:literal, $order:literal, $connection:expr, $practice:expr, $filter:expr, $patients:expr) => {
        session_rows!(
            [
                "JOIN (SELECT se.practice_id, se.id FROM sessions se
                 WHERE se.practice_id = $1 AND ($2::timestamptz IS NULL OR se.starts_at >= $2)
                   AND ($3::timestamptz IS NULL OR se.starts_at < $3) AND ($4::text IS NULL OR se.status = $4)
                   AND ($5::text IS NULL OR se.payment_status = $5) AND ($6::uuid IS NULL OR se.therapist_id = $6)
                   AND ($7::uuid IS NULL OR se.service_id = $7)
                   AND (($8::uuid[] IS NULL AND $9::uuid IS NULL) OR se.patient_id = ANY($8) OR se.booking_id = $9)
                   AND ($10::uuid IS NULL OR (se.payment_status, se.starts_at, se.id) ", $behind, "
                     (SELECT x.payment_status, x.starts_at, x.id FROM sessions x WHERE x.practice_id = $1 AND x.id = $10))
                 ORDER BY se.payment_status ", $order, ", se.starts_at ", $order, ", se.id ", $order, " LIMIT $11) page
                   ON page.practice_id = se.practice_id AND page.id = se.id
                 ORDER BY se.payment_status ", $order, ", se.starts_at ", $order, ", se.id ", $order
            ],
            $practice.0,
            $filter.from,
            $filter.until,
            $filter.status.map(SessionStatus::as_str),
            $filter.payment.map(PaymentStatus::as_str),
            $filter.therapist.map(|t| t.0),
            $filter.service.map(|s| s.0),
            $patients as Option<&[Uuid]>,
            $filter.booking.map(|booking| booking.0),
            $filter.after.map(|(_, id)| id),
            $filter.limit
        )
        .fetch_all($connection)
        .await?
    };
}

/// Sessions in the order asked for.
///
/// # Errors
/// When the database cannot answer.
pub async fn list(
    connection: &mut PgConnection,
    practice: PracticeId,
    filter: &Filter,
) -> Result<Vec<SessionRow>, StoreError> {
    let patients: Option<Vec<Uuid>> = filter.patients.as_ref().map(|ids| ids.iter().map(|id| id.0).collect());
    let patients = patients.as_deref();
    crate::db::plan_for_values(connection).await?;
    let rows = match filter.sort {
        SessionSort::StartsAt => page!("se.starts_at", ">", "ASC", connection, practice, filter, patients),
        SessionSort::StartsAtDown => page!("se.starts_at", "<", "DESC", connection, practice, filter, patients),
        SessionSort::CreatedAt => page!("se.created_at", ">", "ASC", connection, practice, filter, patients),
        SessionSort::CreatedAtDown => page!("se.created_at", "<", "DESC", connection, practice, filter, patients),
        SessionSort::Payment => page_by_payment!(">", "ASC", connection, practice, filter, patients),
        SessionSort::PaymentDown => page_by_payment!("<", "DESC", connection, practice, filter, patients),
    };
    read(rows)
}

/// A therapist's sessions between two moments, in order of time; cancelled ones too.
///
/// # Errors
/// When the database cannot answer.
pub async fn between(
    connection: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<SessionRow>, StoreError> {
    let rows = session_rows!(
        ["WHERE se.practice_id = $1 AND se.therapist_id = $2 AND se.starts_at >= $3 AND se.starts_at < $4
             ORDER BY se.starts_at, se.id"],
        practice.0,
        therapist.0,
        from,
        until
    )
    .fetch_all(connection)
    .await?;
    read(rows)
}

/// The booking with this number.
///
/// # Errors
/// When the database cannot answer.
pub async fn numbered(
    connection: &mut PgConnection,
    practice: PracticeId,
    reference: &str,
) -> Result<Option<BookingId>, StoreError> {
    let id =
        sqlx::query_scalar!("SELECT id FROM bookings WHERE practice_id = $1 AND reference = $2", practice.0, reference)
            .fetch_optional(connection)
            .await?;
    Ok(id.map(BookingId))
}

/// The longest of some words, for the index, and the others.
fn parts(words: &str) -> Option<(String, Vec<String>)> {
    let mut parts: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    let longest = (!parts.is_empty()).then(|| parts.remove(0))?;
    Some((longest, parts))
}

/// All patients whose name, phone or e-mail contains all of these words: a search for sessions that left some of them out
/// would leave out their sessions, on the page and in the file.
///
/// # Errors
/// When the database cannot answer.
pub async fn patients_with(connection: &mut PgConnection, words: &str) -> Result<Vec<PatientId>, StoreError> {
    let Some((longest, others)) = parts(words) else { return Ok(vec![]) };
    let ids =
        sqlx::query_scalar!(r#"SELECT id AS "id!" FROM lookup.patients_with($1, $2, NULL) AS id"#, longest, &others)
            .fetch_all(connection)
            .await?;
    Ok(ids.into_iter().map(PatientId).collect())
}

/// Up to eight of them with name and phone.
///
/// # Errors
/// When the database cannot answer.
pub async fn people_with(
    connection: &mut PgConnection,
    practice: PracticeId,
    words: &str,
) -> Result<Vec<(PatientId, String, Option<String>)>, StoreError> {
    let Some((longest, others)) = parts(words) else { return Ok(vec![]) };
    let rows = sqlx::query!(
        "SELECT p.id, p.name, p.phone FROM lookup.patients_with($2, $3, 8) AS found (id)
         JOIN patients p ON p.practice_id = $1 AND p.id = found.id ORDER BY p.name_key, p.id",
        practice.0,
        longest,
        &others
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (PatientId(row.id), row.name, row.phone)).collect())
}

/// Those of these sessions that there are, by id.
///
/// # Errors
/// When the database cannot answer.
pub async fn known(
    connection: &mut PgConnection,
    practice: PracticeId,
    ids: &[SessionId],
) -> Result<Vec<SessionRow>, StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = session_rows!(["WHERE se.practice_id = $1 AND se.id = ANY($2) ORDER BY se.id"], practice.0, &ids)
        .fetch_all(connection)
        .await?;
    read(rows)
}

/// The money of a session, the oldest first.
///
/// # Errors
/// When the database cannot answer.
pub async fn payments(
    connection: &mut PgConnection,
    practice: PracticeId,
    session: SessionId,
) -> Result<Vec<PaymentView>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.id, p.kind, p.method, p.amount_minor, p.currency, p.received_on, p.reference, p.recorded_at,
                  u.name AS "recorded_by?"
           FROM payments p
           LEFT JOIN members m ON m.practice_id = $1 AND m.id = p.recorded_by
           LEFT JOIN users u ON u.id = m.user_id
           WHERE p.practice_id = $1 AND p.session_id = $2 ORDER BY p.recorded_at, p.id"#,
        practice.0,
        session.0
    )
    .fetch_all(connection)
    .await?;
    let views = rows.into_iter().map(|row| {
        Ok(PaymentView {
            id: PaymentId(row.id),
            refund: row.kind == "refund",
            method: PaymentMethod::parse(&row.method).ok_or(StoreError::Unreadable("payments.method"))?,
            amount: Money::new(row.amount_minor, row.currency),
            received_on: row.received_on,
            reference: row.reference,
            recorded_by: row.recorded_by,
            recorded_at: row.recorded_at,
        })
    });
    views.collect()
}

/// What was done with a session and its booking, the newest first; at most 100. Moments are told on the clock of a zone.
///
/// # Errors
/// When the database cannot answer.
pub async fn history(
    connection: &mut PgConnection,
    practice: PracticeId,
    session: SessionId,
    booking: BookingId,
    zone: Tz,
) -> Result<Vec<HistoryLine>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT a.at, a.action, a.actor_kind, u.name AS "by?",
                  (a.details->>'from')::timestamptz AS moved_from, (a.details->>'to')::timestamptz AS moved_to
           FROM audit_log a
           LEFT JOIN members m ON m.practice_id = $1 AND m.id = a.actor_id
           LEFT JOIN users u ON u.id = m.user_id
           WHERE a.practice_id = $1 AND a.entity_id = ANY($2) ORDER BY a.at DESC, a.id DESC LIMIT 100"#,
        practice.0,
        &[session.0, booking.0]
    )
    .fetch_all(connection)
    .await?;
    let lines = rows.into_iter().map(|row| HistoryLine {
        at: row.at,
        local: local(zone, row.at),
        action: row.action,
        by: row.by,
        actor_kind: row.actor_kind,
        moved: row.moved_from.zip(row.moved_to).map(|(from, to)| (local(zone, from), local(zone, to))),
    });
    Ok(lines.collect())
}
