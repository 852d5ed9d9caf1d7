//! What became of the dates of series.

use crate::StoreError;
use chrono::{DateTime, NaiveDate, Utc};
use contracts::series::{Conflict, OccurrenceState};
use contracts::sessions::{PaymentStatus, SessionStatus};
use contracts::{BookingId, PracticeId, SeriesId, SessionId, TherapistId};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// A date that is decided, with its session where there is one.
#[derive(Debug, Clone, PartialEq)]
pub struct DateRow {
    pub series: SeriesId,
    pub date: NaiveDate,
    pub state: OccurrenceState,
    pub conflicts: Vec<Conflict>,
    pub session: Option<DateSession>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateSession {
    pub id: SessionId,
    pub booking: BookingId,
    pub status: SessionStatus,
    pub payment_status: PaymentStatus,
    /// Money was received for it.
    pub paid: bool,
    pub starts_at: DateTime<Utc>,
}

/// The dates of these series that are decided, from one day on, in order.
///
/// # Errors
/// When the database cannot answer.
pub async fn dates(
    connection: &mut PgConnection,
    practice: PracticeId,
    series: &[SeriesId],
    from: NaiveDate,
) -> Result<Vec<DateRow>, StoreError> {
    let ids: Vec<Uuid> = series.iter().map(|s| s.0).collect();
    let rows = sqlx::query!(
        r#"SELECT o.series_id, o.on_date, o.state, o.conflicts AS "conflicts: Json<Vec<Conflict>>",
                  x.id AS "session_id?", x.booking_id AS "booking_id?", x.status AS "status?",
                  x.payment_status AS "payment_status?", x.paid_minor AS "paid_minor?", x.starts_at AS "starts_at?"
           FROM series_occurrences o
           LEFT JOIN sessions x ON x.practice_id = $1 AND x.id = o.session_id
           WHERE o.practice_id = $1 AND o.series_id = ANY($2) AND o.on_date >= $3
           ORDER BY o.on_date, o.series_id"#,
        practice.0,
        &ids,
        from
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let status = |text: &str| SessionStatus::parse(text).ok_or(StoreError::Unreadable("sessions.status"));
            let payment =
                |text: &str| PaymentStatus::parse(text).ok_or(StoreError::Unreadable("sessions.payment_status"));
            let session = match (row.session_id, row.booking_id, row.status, row.payment_status, row.starts_at) {
                (Some(id), Some(booking), Some(is), Some(money), Some(starts_at)) => Some(DateSession {
                    id: SessionId(id),
                    booking: BookingId(booking),
                    status: status(&is)?,
                    payment_status: payment(&money)?,
                    paid: row.paid_minor.unwrap_or_default() > 0,
                    starts_at,
                }),
                _ => None,
            };
            Ok(DateRow {
                series: SeriesId(row.series_id),
                date: row.on_date,
                state: OccurrenceState::parse(&row.state).ok_or(StoreError::Unreadable("series_occurrences.state"))?,
                conflicts: row.conflicts.0,
                session,
            })
        })
        .collect()
}

/// A date that was skipped and waits for a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct SkippedRow {
    pub series: SeriesId,
    pub date: NaiveDate,
    pub conflicts: Vec<Conflict>,
}

/// Skipped dates of active series from one day on, in order; of one therapist, if asked for.
///
/// # Errors
/// When the database cannot answer.
pub async fn skipped(
    connection: &mut PgConnection,
    practice: PracticeId,
    therapist: Option<TherapistId>,
    from: NaiveDate,
    limit: i64,
) -> Result<Vec<SkippedRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT o.series_id, o.on_date, o.conflicts AS "conflicts: Json<Vec<Conflict>>"
           FROM series_occurrences o
           JOIN series s ON s.practice_id = $1 AND s.id = o.series_id AND s.status = 'active'
           JOIN patients p ON p.practice_id = $1 AND p.id = s.patient_id AND p.deleted_at IS NULL
           WHERE o.practice_id = $1 AND o.state = 'skipped' AND o.on_date >= $3
             AND ($2::uuid IS NULL OR s.therapist_id = $2)
           ORDER BY o.on_date, s.starts_min, o.series_id LIMIT $4"#,
        practice.0,
        therapist.map(|t| t.0),
        from,
        limit
    )
    .fetch_all(connection)
    .await?;
    let row = rows.into_iter().map(|row| SkippedRow {
        series: SeriesId(row.series_id),
        date: row.on_date,
        conflicts: row.conflicts.0,
    });
    Ok(row.collect())
}

/// These series, in no particular order.
///
/// # Errors
/// When the database cannot answer.
pub async fn of_ids(
    connection: &mut PgConnection,
    practice: PracticeId,
    ids: &[SeriesId],
) -> Result<Vec<super::SeriesRow>, StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|s| s.0).collect();
    let rows = super::series_rows!("WHERE s.practice_id = $1 AND s.id = ANY($2)", practice.0, &ids)
        .fetch_all(connection)
        .await?;
    super::read(rows)
}

/// Decides about a skipped date that it stays without a session; `false` when it is not waiting for a decision.
///
/// # Errors
/// When the database cannot answer.
pub async fn dismiss(
    connection: &mut PgConnection,
    practice: PracticeId,
    series: SeriesId,
    date: NaiveDate,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE series_occurrences SET state = 'dismissed', decided_at = $4
         WHERE practice_id = $1 AND series_id = $2 AND on_date = $3 AND state = 'skipped'",
        practice.0,
        series.0,
        date,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Opens skipped dates from one day on again: something about the series changed, so they are decided anew.
///
/// # Errors
/// When the database cannot answer.
pub async fn forget_skipped(
    connection: &mut PgConnection,
    practice: PracticeId,
    series: SeriesId,
    from: NaiveDate,
) -> Result<(), StoreError> {
    sqlx::query!(
        "DELETE FROM series_occurrences
         WHERE practice_id = $1 AND series_id = $2 AND on_date >= $3 AND state = 'skipped'",
        practice.0,
        series.0,
        from
    )
    .execute(connection)
    .await?;
    Ok(())
}
