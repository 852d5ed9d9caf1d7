//! What members change about series and about the sessions they have brought about.

use crate::StoreError;
use chrono::{DateTime, NaiveDate, Utc};
use contracts::series::{Rule, SeriesStatus};
use contracts::{BookingId, MemberId, PatientId, PracticeId, SeriesId, ServiceId, SessionId, TherapistId};
use sqlx::PgConnection;
use uuid::Uuid;

/// What was agreed.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreed {
    pub service: ServiceId,
    pub rule: Rule,
    pub holds_from: NaiveDate,
    pub due_on: Option<NaiveDate>,
    pub price_minor: i64,
    pub currency: String,
    pub payment_notice_days: i32,
}

/// A new series, active from the first moment.
///
/// # Errors
/// Constraint `series_made_twice` when the same one exists.
pub async fn insert(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: SeriesId,
    (patient, therapist): (PatientId, TherapistId),
    agreed: &Agreed,
    by: MemberId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO series (practice_id, id, patient_id, therapist_id, service_id, status, frequency, interval_days, anchor,
                             holds_from, ends_on, starts_min, duration_min, price_minor, currency, payment_notice_days,
                             due_on, created_at, created_by, agreed_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, 'active', $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $17, $17)",
        practice.0,
        id.0,
        patient.0,
        therapist.0,
        agreed.service.0,
        agreed.rule.frequency.as_str(),
        agreed.rule.interval_days,
        agreed.rule.anchor,
        agreed.holds_from,
        agreed.rule.ends_on,
        agreed.rule.starts_min,
        agreed.rule.duration_min,
        agreed.price_minor,
        agreed.currency,
        agreed.payment_notice_days,
        agreed.due_on,
        now,
        by.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Other terms from now on; `agreed_at` is when their time was agreed.
///
/// # Errors
/// `NothingChanged` when there is no such series; constraint `series_made_twice` when another is the same then.
pub async fn update(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: SeriesId,
    agreed: &Agreed,
    agreed_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE series SET service_id = $3, frequency = $4, interval_days = $5, anchor = $6, holds_from = $7, ends_on = $8,
           starts_min = $9, duration_min = $10, price_minor = $11, currency = $12, payment_notice_days = $13, due_on = $14,
           version = version + 1, agreed_at = $16, changed_at = $15
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        agreed.service.0,
        agreed.rule.frequency.as_str(),
        agreed.rule.interval_days,
        agreed.rule.anchor,
        agreed.holds_from,
        agreed.rule.ends_on,
        agreed.rule.starts_min,
        agreed.rule.duration_min,
        agreed.price_minor,
        agreed.currency,
        agreed.payment_notice_days,
        agreed.due_on,
        now,
        agreed_at
    )
    .execute(connection)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// Pauses, resumes or stops a series.
///
/// # Errors
/// `NothingChanged` when there is no such series.
pub async fn set_status(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: SeriesId,
    status: SeriesStatus,
    due_on: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE series SET status = $3, due_on = $4, version = version + 1, changed_at = $5
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        status.as_str(),
        due_on,
        now
    )
    .execute(connection)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// A generated session at its new date.
#[derive(Debug, Clone)]
pub struct Move {
    pub old_date: NaiveDate,
    pub new_date: NaiveDate,
    pub booking: BookingId,
    pub session: SessionId,
    pub occupancy: Uuid,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub blocked_from: DateTime<Utc>,
    pub blocked_until: DateTime<Utc>,
}

/// Locks these bookings, by id: steps on them and this change do not pass each other.
///
/// # Errors
/// When the database cannot answer.
pub async fn lock_bookings(
    connection: &mut PgConnection,
    practice: PracticeId,
    bookings: &[BookingId],
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = bookings.iter().map(|b| b.0).collect();
    sqlx::query!(
        "SELECT id FROM bookings WHERE practice_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE",
        practice.0,
        &ids
    )
    .fetch_all(connection)
    .await?;
    Ok(())
}

/// Moves sessions of a series to new times and terms, with their bookings and decisions. `false` when a time was taken
/// meanwhile; the transaction must then be rolled back.
///
/// # Errors
/// When the database cannot answer.
pub async fn move_sessions(
    connection: &mut PgConnection,
    practice: PracticeId,
    (series, therapist): (SeriesId, TherapistId),
    agreed: &Agreed,
    moves: &[Move],
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let bookings: Vec<Uuid> = moves.iter().map(|m| m.booking.0).collect();
    sqlx::query!("DELETE FROM occupancies WHERE practice_id = $1 AND booking_id = ANY($2)", practice.0, &bookings)
        .execute(&mut *connection)
        .await?;
    for one in moves {
        let taken = sqlx::query!(
            "INSERT INTO occupancies (practice_id, id, therapist_id, booking_id, session_id, firm, starts_at, ends_at,
                                      blocked_from, blocked_until)
             VALUES ($1, $2, $3, $4, $5, true, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            practice.0,
            one.occupancy,
            therapist.0,
            one.booking.0,
            one.session.0,
            one.starts_at,
            one.ends_at,
            one.blocked_from,
            one.blocked_until
        )
        .execute(&mut *connection)
        .await?;
        if taken.rows_affected() != 1 {
            return Ok(false);
        }
    }
    write_moves(connection, practice, agreed, moves, now).await?;
    redate(connection, practice, series, moves, now).await?;
    Ok(true)
}

/// The new times and terms, in booking and session.
async fn write_moves(
    connection: &mut PgConnection,
    practice: PracticeId,
    agreed: &Agreed,
    moves: &[Move],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let bookings: Vec<Uuid> = moves.iter().map(|m| m.booking.0).collect();
    let starts: Vec<DateTime<Utc>> = moves.iter().map(|m| m.starts_at).collect();
    let ends: Vec<DateTime<Utc>> = moves.iter().map(|m| m.ends_at).collect();
    sqlx::query!(
        "UPDATE bookings b SET starts_at = n.starts_at, ends_at = n.ends_at, service_id = $2, price_minor = $3, currency = $4,
           version = b.version + 1, changed_at = $5
         FROM unnest($6::uuid[], $7::timestamptz[], $8::timestamptz[]) AS n (id, starts_at, ends_at)
         WHERE b.practice_id = $1 AND b.id = n.id",
        practice.0,
        agreed.service.0,
        agreed.price_minor,
        agreed.currency,
        now,
        &bookings,
        &starts,
        &ends
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE sessions x SET starts_at = n.starts_at, ends_at = n.ends_at, service_id = $2, price_minor = $3, currency = $4,
           payment_notice_hours = $9, version = x.version + 1, changed_at = $5
         FROM unnest($6::uuid[], $7::timestamptz[], $8::timestamptz[]) AS n (booking_id, starts_at, ends_at)
         WHERE x.practice_id = $1 AND x.booking_id = n.booking_id",
        practice.0,
        agreed.service.0,
        agreed.price_minor,
        agreed.currency,
        now,
        &bookings,
        &starts,
        &ends,
        agreed.payment_notice_days * 24
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The decisions follow their sessions. All at once: two dates may change places.
async fn redate(
    connection: &mut PgConnection,
    practice: PracticeId,
    series: SeriesId,
    moves: &[Move],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let moved: Vec<&Move> = moves.iter().filter(|m| m.old_date != m.new_date).collect();
    let old: Vec<NaiveDate> = moved.iter().map(|m| m.old_date).collect();
    let new: Vec<NaiveDate> = moved.iter().map(|m| m.new_date).collect();
    let sessions: Vec<Uuid> = moved.iter().map(|m| m.session.0).collect();
    sqlx::query!(
        "DELETE FROM series_occurrences WHERE practice_id = $1 AND series_id = $2 AND on_date = ANY($3)",
        practice.0,
        series.0,
        &old
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO series_occurrences (practice_id, series_id, on_date, state, session_id, decided_at)
         SELECT $1, $2, n.on_date, 'created', n.session_id, $5
         FROM unnest($3::date[], $4::uuid[]) AS n (on_date, session_id)",
        practice.0,
        series.0,
        &new,
        &sessions,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}
