//! Opening hours and exceptions, and the lock that keeps them and bookings from passing each other.

use crate::StoreError;
use chrono::{DateTime, NaiveDate, Utc};
use contracts::availability::{Exception, ExceptionKind, Rule};
use contracts::{ExceptionId, PracticeId, RuleId, ServiceId, TherapistId};
use sqlx::PgConnection;

/// Nobody books this therapist and nobody else changes their opening hours until the transaction ends. Bookings take
/// the shared form of the same lock.
pub async fn lock(conn: &mut PgConnection, therapist: TherapistId) -> Result<(), StoreError> {
    sqlx::query!(
        r#"SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0))::text AS "locked?""#,
        therapist.0
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// The weekly blocks in order of time.
pub async fn rules(
    conn: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
) -> Result<Vec<Rule>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, weekday, starts_min, ends_min FROM availability_rules
         WHERE practice_id = $1 AND therapist_id = $2 ORDER BY weekday, starts_min",
        practice.0,
        therapist.0
    )
    .fetch_all(conn)
    .await?;
    let rule = rows.into_iter().map(|row| Rule {
        id: RuleId(row.id),
        weekday: row.weekday,
        starts_min: row.starts_min,
        ends_min: row.ends_min,
    });
    Ok(rule.collect())
}

/// # Errors
/// Constraint `availability_rules_overlap` when another block of that weekday is there (EC-AV-001).
pub async fn insert_rule(
    conn: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
    rule: &Rule,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO availability_rules (practice_id, id, therapist_id, weekday, starts_min, ends_min)
         VALUES ($1, $2, $3, $4, $5, $6)",
        practice.0,
        rule.id.0,
        therapist.0,
        rule.weekday,
        rule.starts_min,
        rule.ends_min
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// # Errors
/// As [`insert_rule`]; [`StoreError::NothingChanged`] when the block is not there.
pub async fn update_rule(conn: &mut PgConnection, practice: PracticeId, rule: &Rule) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE availability_rules SET weekday = $3, starts_min = $4, ends_min = $5 WHERE practice_id = $1 AND id = $2",
        practice.0,
        rule.id.0,
        rule.weekday,
        rule.starts_min,
        rule.ends_min
    )
    .execute(conn)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// Whose weekly block it is.
pub async fn therapist_of_rule(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: RuleId,
) -> Result<Option<TherapistId>, StoreError> {
    let therapist = sqlx::query_scalar!(
        "SELECT therapist_id FROM availability_rules WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(therapist.map(TherapistId))
}

pub async fn delete_rule(conn: &mut PgConnection, practice: PracticeId, id: RuleId) -> Result<(), StoreError> {
    let done = sqlx::query!("DELETE FROM availability_rules WHERE practice_id = $1 AND id = $2", practice.0, id.0)
        .execute(conn)
        .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// Exceptions that are not over before this day, in order of time.
pub async fn exceptions(
    conn: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
    from: NaiveDate,
) -> Result<Vec<Exception>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, kind, starts_on, ends_on, starts_min, ends_min, reason FROM availability_exceptions
         WHERE practice_id = $1 AND therapist_id = $2 AND ends_on >= $3
         ORDER BY starts_on, starts_min NULLS FIRST, id",
        practice.0,
        therapist.0,
        from
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Exception {
                id: ExceptionId(row.id),
                kind: ExceptionKind::parse(&row.kind).ok_or(StoreError::Unreadable("availability_exceptions.kind"))?,
                starts_on: row.starts_on,
                ends_on: row.ends_on,
                minutes: row.starts_min.zip(row.ends_min),
                reason: row.reason,
            })
        })
        .collect()
}

pub async fn insert_exception(
    conn: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
    exception: &Exception,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO availability_exceptions (practice_id, id, therapist_id, kind, starts_on, ends_on, starts_min,
                                              ends_min, reason, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        practice.0,
        exception.id.0,
        therapist.0,
        exception.kind.as_str(),
        exception.starts_on,
        exception.ends_on,
        exception.minutes.map(|(starts, _)| starts),
        exception.minutes.map(|(_, ends)| ends),
        exception.reason,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// # Errors
/// [`StoreError::NothingChanged`] when the exception is not there.
pub async fn update_exception(
    conn: &mut PgConnection,
    practice: PracticeId,
    exception: &Exception,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE availability_exceptions SET kind = $3, starts_on = $4, ends_on = $5, starts_min = $6, ends_min = $7,
           reason = $8
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        exception.id.0,
        exception.kind.as_str(),
        exception.starts_on,
        exception.ends_on,
        exception.minutes.map(|(starts, _)| starts),
        exception.minutes.map(|(_, ends)| ends),
        exception.reason
    )
    .execute(conn)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// One exception.
///
/// # Errors
/// When the database cannot answer, or its kind is unknown.
pub async fn exception(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: ExceptionId,
) -> Result<Option<Exception>, StoreError> {
    let row = sqlx::query!(
        "SELECT id, kind, starts_on, ends_on, starts_min, ends_min, reason FROM availability_exceptions
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Exception {
            id: ExceptionId(row.id),
            kind: ExceptionKind::parse(&row.kind).ok_or(StoreError::Unreadable("availability_exceptions.kind"))?,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            minutes: row.starts_min.zip(row.ends_min),
            reason: row.reason,
        })
    })
    .transpose()
}

/// Whose exception it is.
pub async fn therapist_of_exception(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: ExceptionId,
) -> Result<Option<TherapistId>, StoreError> {
    let therapist = sqlx::query_scalar!(
        "SELECT therapist_id FROM availability_exceptions WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(therapist.map(TherapistId))
}

pub async fn delete_exception(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: ExceptionId,
) -> Result<(), StoreError> {
    let done = sqlx::query!("DELETE FROM availability_exceptions WHERE practice_id = $1 AND id = $2", practice.0, id.0)
        .execute(conn)
        .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// Active services a therapist gives: id, name, and minutes as this therapist gives it.
pub async fn services_of(
    conn: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
) -> Result<Vec<(ServiceId, String, i32)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT s.id, s.name, coalesce(ts.duration_min, s.duration_min) AS "minutes!" FROM therapist_services ts
           JOIN services s ON s.practice_id = ts.practice_id AND s.id = ts.service_id AND s.active
           WHERE ts.practice_id = $1 AND ts.therapist_id = $2 ORDER BY s.position, s.name, s.id"#,
        practice.0,
        therapist.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (ServiceId(row.id), row.name, row.minutes)).collect())
}
