//! Lists of bookings: the dashboard, the diary, a patient's own.

use super::{BookingRow, RawBooking, booking_rows};
use crate::StoreError;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use contracts::booking::{BookingStatus, Counts};
use contracts::lists::BookingSort;
use contracts::sessions::DiaryEntry;
use contracts::{BookingId, PracticeId, TherapistId};
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

fn read(rows: Vec<RawBooking>) -> Result<Vec<BookingRow>, StoreError> {
    rows.into_iter().map(RawBooking::read).collect()
}

/// What the dashboard looks at.
#[derive(Debug, Clone, Copy)]
pub struct DashboardSpan {
    /// `None`: all therapists.
    pub therapist: Option<TherapistId>,
    /// Confirmed bookings from this instant.
    pub upcoming_from: DateTime<Utc>,
    /// Closed bookings from this instant.
    pub closed_from: DateTime<Utc>,
}

/// Everything the dashboard shows, in one query and no particular order: what is open, closed bookings with a proof that
/// waits for a decision, the next 100 confirmed ones and the 20 that were closed last.
///
/// # Errors
/// When the database cannot answer.
pub async fn dashboard(
    connection: &mut PgConnection,
    practice: PracticeId,
    span: DashboardSpan,
) -> Result<Vec<BookingRow>, StoreError> {
    let rows = booking_rows!(
        "WHERE b.practice_id = $1 AND b.id = ANY(ARRAY(
           SELECT id FROM ((SELECT id FROM bookings WHERE practice_id = $1 AND ($2::uuid IS NULL OR therapist_id = $2)
               AND status IN ('pending_approval', 'awaiting_payment', 'payment_submitted', 'payment_processing')
             ORDER BY starts_at LIMIT 300)
           UNION (SELECT x.booking_id FROM payment_proofs x
               JOIN bookings closed ON closed.practice_id = $1 AND closed.id = x.booking_id
               WHERE x.practice_id = $1 AND x.state = 'submitted' AND ($2::uuid IS NULL OR closed.therapist_id = $2)
                 AND closed.status IN ('expired', 'cancelled', 'declined') LIMIT 100)
           UNION (SELECT id FROM bookings WHERE practice_id = $1 AND ($2::uuid IS NULL OR therapist_id = $2)
               AND status = 'confirmed' AND starts_at >= $3 ORDER BY starts_at LIMIT 100)
           UNION (SELECT id FROM bookings WHERE practice_id = $1 AND ($2::uuid IS NULL OR therapist_id = $2)
               AND status IN ('declined', 'cancelled', 'expired') AND requested_at IS NOT NULL AND changed_at >= $4
             ORDER BY changed_at DESC LIMIT 20)) shown))",
        practice.0,
        span.therapist.map(|t| t.0),
        span.upcoming_from,
        span.closed_from
    )
    .fetch_all(connection)
    .await?;
    read(rows)
}

/// The numbers on the badges, in one query; holds are in none of them.
///
/// # Errors
/// When the database cannot answer.
pub async fn counts(
    connection: &mut PgConnection,
    practice: PracticeId,
    therapist: Option<TherapistId>,
    now: DateTime<Utc>,
) -> Result<Counts, StoreError> {
    let row = sqlx::query!(
        r#"SELECT
             (SELECT count(*) FROM bookings b WHERE b.practice_id = $1 AND b.status = 'pending_approval'
                AND ($2::uuid IS NULL OR b.therapist_id = $2)) AS "pending_approval!",
             (SELECT count(*) FROM bookings b WHERE b.practice_id = $1 AND b.status = 'payment_submitted'
                AND ($2::uuid IS NULL OR b.therapist_id = $2)) AS "payment_submitted!",
             (SELECT count(*) FROM bookings b WHERE b.practice_id = $1 AND b.status IN ('awaiting_payment', 'payment_processing')
                AND ($2::uuid IS NULL OR b.therapist_id = $2)) AS "awaiting_payment!",
             (SELECT count(*) FROM bookings b WHERE b.practice_id = $1 AND b.status = 'confirmed' AND b.starts_at > $4
                AND b.ends_at > $3 AND ($2::uuid IS NULL OR b.therapist_id = $2)) AS "upcoming!",
             (SELECT count(*) FROM payment_proofs x JOIN bookings b ON b.practice_id = $1 AND b.id = x.booking_id
                WHERE x.practice_id = $1 AND x.state = 'submitted' AND b.status IN ('expired', 'cancelled', 'declined')
                AND ($2::uuid IS NULL OR b.therapist_id = $2)) AS "late_proofs!",
             (SELECT count(*) FROM messages m LEFT JOIN bookings b ON b.practice_id = $1 AND b.id = m.booking_id
                WHERE m.practice_id = $1 AND m.status = 'failed' AND m.settled_at IS NULL
                AND ($2::uuid IS NULL OR b.therapist_id = $2)) AS "failed_messages!""#,
        practice.0,
        therapist.map(|t| t.0),
        now,
        // No session lasts a day, so the index on the start finds the ones that are not over.
        now - chrono::Duration::days(1)
    )
    .fetch_one(connection)
    .await?;
    let number = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(Counts {
        pending_approval: number(row.pending_approval),
        payment_submitted: number(row.payment_submitted),
        late_proofs: number(row.late_proofs),
        awaiting_payment: number(row.awaiting_payment),
        upcoming: number(row.upcoming),
        failed_messages: number(row.failed_messages),
    })
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct ListFilter {
    pub status: Option<BookingStatus>,
    pub therapist: Option<TherapistId>,
    pub from: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
    pub sort: BookingSort,
    /// What the list is sorted by and the id, of the last one of the page before.
    pub after: Option<(DateTime<Utc>, Uuid)>,
    pub limit: i64,
}

/// The ids of one page of sent requests. Each order is a query of its own, so that each has its index.
macro_rules! page_of_ids {
    ($column:tt, $behind:tt, $order:tt, $connection:expr, $practice:expr, $filter:expr) => {
        sqlx::query_scalar!(
            "SELECT b.id FROM bookings b
             WHERE b.practice_id = $1 AND b.status <> 'held' AND b.requested_at IS NOT NULL
               AND ($2::text IS NULL OR b.status = $2) AND ($3::uuid IS NULL OR b.therapist_id = $3)
               AND ($4::timestamptz IS NULL OR b.starts_at >= $4) AND ($5::timestamptz IS NULL OR b.starts_at < $5)
               AND ($6::timestamptz IS NULL OR (b."
                + $column
                + ", b.id) "
                + $behind
                + " ($6, $7::uuid))
             ORDER BY b."
                + $column
                + " "
                + $order
                + ", b.id "
                + $order
                + " LIMIT $8",
            $practice.0,
            $filter.status.map(BookingStatus::as_str),
            $filter.therapist.map(|t| t.0),
            $filter.from,
            $filter.until,
            $filter.after.map(|(at, _)| at),
            $filter.after.map(|(_, id)| id),
            $filter.limit
        )
        .fetch_all($connection)
        .await?
    };
}

/// Sent requests in the order asked for, then by id.
///
/// # Errors
/// When the database cannot answer.
pub async fn list(
    connection: &mut PgConnection,
    practice: PracticeId,
    filter: &ListFilter,
) -> Result<Vec<BookingRow>, StoreError> {
    crate::db::plan_for_values(connection).await?;
    let ids = match filter.sort {
        BookingSort::StartsAt => page_of_ids!("starts_at", ">", "ASC", &mut *connection, practice, filter),
        BookingSort::StartsAtDown => page_of_ids!("starts_at", "<", "DESC", &mut *connection, practice, filter),
        BookingSort::CreatedAt => page_of_ids!("requested_at", ">", "ASC", &mut *connection, practice, filter),
        BookingSort::CreatedAtDown => page_of_ids!("requested_at", "<", "DESC", &mut *connection, practice, filter),
    };
    let place: HashMap<Uuid, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    let ids: Vec<BookingId> = ids.into_iter().map(BookingId).collect();
    let mut rows = of_ids(connection, practice, &ids).await?;
    rows.sort_by_key(|row| place.get(&row.id.0).copied());
    Ok(rows)
}

/// Bookings that keep their slot and start between two instants, in order; at most 5,000. A week of a big practice has
/// hundreds, so only what the diary shows is read.
///
/// # Errors
/// When the database cannot answer or a stored word or zone is unknown.
pub async fn between(
    connection: &mut PgConnection,
    practice: PracticeId,
    therapist: Option<TherapistId>,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<DiaryEntry>, StoreError> {
    crate::db::plan_for_values(connection).await?;
    let rows = sqlx::query!(
        r#"SELECT b.id, b.status, b.therapist_id, t.name AS therapist_name, t.time_zone, s.name AS service_name,
             coalesce(b.patient_name, '') AS "patient_name!", b.starts_at, b.ends_at,
             se.id AS "session?", se.status AS "session_status?", se.payment_status AS "payment_status?"
           FROM bookings b
           JOIN therapists t ON t.practice_id = $1 AND t.id = b.therapist_id
           JOIN services s ON s.practice_id = $1 AND s.id = b.service_id
           -- One by one: who expects too many of them reads all sessions of the practice.
           LEFT JOIN LATERAL (SELECT x.id, x.status, x.payment_status FROM sessions x
                              WHERE x.practice_id = $1 AND x.booking_id = b.id LIMIT 1) se ON true
           WHERE b.practice_id = $1 AND ($2::uuid IS NULL OR b.therapist_id = $2) AND b.starts_at >= $3 AND b.starts_at < $4
             AND b.status IN ('pending_approval', 'awaiting_payment', 'payment_submitted', 'payment_processing', 'confirmed')
           ORDER BY b.starts_at, b.id LIMIT 5000"#,
        practice.0,
        therapist.map(|t| t.0),
        from,
        until
    )
    .fetch_all(connection)
    .await?;
    let zones: HashMap<String, Tz> =
        rows.iter().filter_map(|row| Some((row.time_zone.clone(), row.time_zone.parse().ok()?))).collect();
    let read = rows.into_iter().map(|row| {
        let zone = zones.get(&row.time_zone).ok_or(StoreError::Unreadable("therapists.time_zone"))?;
        Ok(DiaryEntry {
            id: BookingId(row.id),
            status: BookingStatus::parse(&row.status).ok_or(StoreError::Unreadable("bookings.status"))?,
            session: super::session_brief(row.session, row.session_status.as_deref(), row.payment_status.as_deref())?,
            therapist_id: TherapistId(row.therapist_id),
            therapist_name: row.therapist_name,
            service_name: row.service_name,
            patient_name: row.patient_name,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            local: domain::slots::local(*zone, row.starts_at),
        })
    });
    read.collect()
}

/// What this address asked for, the newest first; at most 100.
///
/// # Errors
/// When the database cannot answer.
pub async fn of_email(
    connection: &mut PgConnection,
    practice: PracticeId,
    email: &str,
) -> Result<Vec<BookingRow>, StoreError> {
    let rows = booking_rows!(
        "WHERE b.practice_id = $1 AND b.patient_email = $2 AND b.requested_at IS NOT NULL AND b.erased_at IS NULL
         ORDER BY b.starts_at DESC, b.id DESC LIMIT 100",
        practice.0,
        email
    )
    .fetch_all(connection)
    .await?;
    read(rows)
}

/// These bookings, in no particular order.
///
/// # Errors
/// When the database cannot answer.
pub async fn of_ids(
    connection: &mut PgConnection,
    practice: PracticeId,
    ids: &[BookingId],
) -> Result<Vec<BookingRow>, StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|b| b.0).collect();
    let rows =
        booking_rows!("WHERE b.practice_id = $1 AND b.id = ANY($2)", practice.0, &ids).fetch_all(connection).await?;
    read(rows)
}

/// Who is told about a therapist's bookings: the therapist, else the practice's first admin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub email: String,
    pub name: String,
    pub language: String,
}

/// # Errors
/// When the database cannot answer.
pub async fn recipient_for(
    connection: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
) -> Result<Option<Recipient>, StoreError> {
    let row = sqlx::query_as!(
        Recipient,
        "SELECT u.email, u.name, u.language FROM members m JOIN users u ON u.id = m.user_id
         LEFT JOIN therapists t ON t.practice_id = $1 AND t.member_id = m.id AND t.id = $2
         WHERE m.practice_id = $1 AND m.disabled_at IS NULL AND (t.id IS NOT NULL OR m.role = 'admin')
         ORDER BY (t.id IS NOT NULL) DESC, m.created_at, m.id LIMIT 1",
        practice.0,
        therapist.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(row)
}
