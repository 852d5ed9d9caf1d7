//! What the generator reads and writes: many rows at once, so that a night's work is a few statements per therapist.

use super::{RawSeries, SeriesRow, series_rows};
use crate::StoreError;
use chrono::{DateTime, NaiveDate, Utc};
use contracts::practice::BookingPolicy;
use contracts::series::Conflict;
use contracts::{BookingId, Lang, PatientId, PracticeId, SeriesId, ServiceId, SessionId, TherapistId};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// The series of a therapist that are due on this day or before, locked; those agreed first come first. Those that somebody is just
/// changing, or another server has, are passed over, and so are those of patients who were deleted.
///
/// # Errors
/// When the database cannot answer.
pub async fn lock_due(
    connection: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
    until: NaiveDate,
) -> Result<Vec<SeriesRow>, StoreError> {
    let rows = series_rows!(
        "WHERE s.practice_id = $1 AND s.therapist_id = $2 AND s.status = 'active' AND s.due_on <= $3
           AND pa.deleted_at IS NULL
         ORDER BY s.agreed_at, s.id FOR UPDATE OF s SKIP LOCKED",
        practice.0,
        therapist.0,
        until
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(RawSeries::read).collect()
}

/// A date that becomes a session.
#[derive(Debug, Clone)]
pub struct NewOccurrence {
    pub series: SeriesId,
    pub date: NaiveDate,
    pub booking: BookingId,
    pub session: SessionId,
    pub occupancy: Uuid,
    pub service: ServiceId,
    pub patient: PatientId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub blocked_from: DateTime<Utc>,
    pub blocked_until: DateTime<Utc>,
    pub price_minor: i64,
    pub currency: String,
    pub reference: String,
    pub lang: Lang,
    pub patient_name: String,
    pub patient_email: Option<String>,
    pub patient_phone: Option<String>,
    pub video_link: Option<String>,
    pub payment_notice_hours: i32,
}

/// One column of many rows.
fn column<T, U>(rows: &[T], value: impl Fn(&T) -> U) -> Vec<U> {
    rows.iter().map(value).collect()
}

/// Writes booking, session, occupancy and the decision about the date for each of these whose time is free, and answers
/// whose was. The exclusion constraint decides; those that lose are left undecided.
///
/// The occupancies come first and in order of time: whoever places several things of one therapist does so in this order,
/// so nobody waits in a circle.
///
/// # Errors
/// `NothingChanged` when a date was decided already; constraint `bookings_practice_id_reference_key` when somebody else has
/// taken one of the references meanwhile.
pub async fn place(
    connection: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
    policy: &BookingPolicy,
    new: &[NewOccurrence],
    now: DateTime<Utc>,
) -> Result<Vec<BookingId>, StoreError> {
    let won = sqlx::query!(
        r#"WITH wanted AS (
             SELECT * FROM unnest($5::uuid[], $6::date[], $7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[], $11::uuid[],
               $12::timestamptz[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[], $16::bigint[], $17::text[],
               $18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $23::text[], $24::integer[])
             AS n (series, on_date, booking, session, occupancy, service, patient, starts_at, ends_at, blocked_from,
                   blocked_until, price_minor, currency, reference, language, name, email, phone, video_link, notice)),
           won AS (
             INSERT INTO occupancies (practice_id, id, therapist_id, booking_id, session_id, firm, starts_at, ends_at,
                                      blocked_from, blocked_until)
             SELECT $1, occupancy, $2, booking, session, true, starts_at, ends_at, blocked_from, blocked_until
             FROM wanted ORDER BY starts_at
             ON CONFLICT DO NOTHING RETURNING booking_id AS booking),
           agreed AS (
             INSERT INTO bookings (practice_id, id, therapist_id, service_id, status, source, starts_at, ends_at,
                                   price_minor, currency, policy, language, reference, patient_id, patient_name,
                                   patient_email, patient_phone, created_at, requested_at, changed_at, confirmed_at)
             SELECT $1, booking, $2, service, 'confirmed', 'series', starts_at, ends_at, price_minor, currency, $3, language,
                    reference, patient, name, email, phone, $4, $4, $4, $4
             FROM wanted JOIN won USING (booking)),
           kept AS (
             INSERT INTO sessions (practice_id, id, booking_id, therapist_id, patient_id, service_id, status, starts_at,
                                   ends_at, price_minor, currency, video_link, created_at, changed_at, payment_notice_hours)
             SELECT $1, session, booking, $2, patient, service, 'scheduled', starts_at, ends_at, price_minor, currency,
                    video_link, $4, $4, notice
             FROM wanted JOIN won USING (booking)),
           noted AS (
             INSERT INTO series_occurrences (practice_id, series_id, on_date, state, session_id, decided_at)
             SELECT $1, series, on_date, 'created', session, $4 FROM wanted JOIN won USING (booking)
             ON CONFLICT (practice_id, series_id, on_date)
               DO UPDATE SET state = 'created', session_id = EXCLUDED.session_id, decided_at = EXCLUDED.decided_at
               WHERE series_occurrences.state = 'skipped'
             RETURNING 1)
           SELECT booking AS "booking!", (SELECT count(*) FROM noted) AS "noted!" FROM won"#,
        practice.0,
        therapist.0,
        Json(policy) as _,
        now,
        &column(new, |n| n.series.0),
        &column(new, |n| n.date),
        &column(new, |n| n.booking.0),
        &column(new, |n| n.session.0),
        &column(new, |n| n.occupancy),
        &column(new, |n| n.service.0),
        &column(new, |n| n.patient.0),
        &column(new, |n| n.starts_at),
        &column(new, |n| n.ends_at),
        &column(new, |n| n.blocked_from),
        &column(new, |n| n.blocked_until),
        &column(new, |n| n.price_minor),
        &column(new, |n| n.currency.clone()),
        &column(new, |n| n.reference.clone()),
        &column(new, |n| n.lang.code().to_owned()),
        &column(new, |n| n.patient_name.clone()),
        &column(new, |n| n.patient_email.clone()) as &[Option<String>],
        &column(new, |n| n.patient_phone.clone()) as &[Option<String>],
        &column(new, |n| n.video_link.clone()) as &[Option<String>],
        &column(new, |n| n.payment_notice_hours)
    )
    .fetch_all(connection)
    .await?;
    // A session without its decision would be made again tomorrow.
    if won.iter().any(|row| usize::try_from(row.noted) != Ok(won.len())) {
        return Err(StoreError::NothingChanged);
    }
    Ok(won.into_iter().map(|row| BookingId(row.booking)).collect())
}

/// Those of these references that the practice has used already.
///
/// # Errors
/// When the database cannot answer.
pub async fn references_taken(
    connection: &mut PgConnection,
    practice: PracticeId,
    references: &[String],
) -> Result<Vec<String>, StoreError> {
    let taken = sqlx::query_scalar!(
        "SELECT reference FROM bookings WHERE practice_id = $1 AND reference = ANY($2)",
        practice.0,
        references
    )
    .fetch_all(connection)
    .await?;
    Ok(taken)
}

/// A date that cannot become a session.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSkip {
    pub series: SeriesId,
    pub date: NaiveDate,
    pub conflicts: Vec<Conflict>,
}

/// Notes what could not become a session, and why. Dates that are decided already stay as they are.
///
/// # Errors
/// When the database cannot answer.
pub async fn skip(
    connection: &mut PgConnection,
    practice: PracticeId,
    skips: &[NewSkip],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if skips.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO series_occurrences (practice_id, series_id, on_date, state, conflicts, decided_at)
         SELECT $1, n.series, n.on_date, 'skipped', n.conflicts, $2
         FROM unnest($3::uuid[], $4::date[], $5::jsonb[]) AS n (series, on_date, conflicts)
         ON CONFLICT DO NOTHING",
        practice.0,
        now,
        &column(skips, |s| s.series.0),
        &column(skips, |s| s.date),
        &column(skips, |s| Json(s.conflicts.clone())) as &[Json<Vec<Conflict>>]
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// When a series is due next; `None` when it is completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advance {
    pub series: SeriesId,
    pub due_on: Option<NaiveDate>,
}

/// Moves series on to their next due day; those without one are completed.
///
/// # Errors
/// When the database cannot answer.
pub async fn advance(
    connection: &mut PgConnection,
    practice: PracticeId,
    to: &[Advance],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE series s SET due_on = n.due_on,
           status = CASE WHEN n.due_on IS NULL THEN 'completed' ELSE s.status END,
           version = CASE WHEN n.due_on IS NULL THEN s.version + 1 ELSE s.version END,
           changed_at = CASE WHEN n.due_on IS NULL THEN $2 ELSE s.changed_at END
         FROM unnest($3::uuid[], $4::date[]) AS n (id, due_on)
         WHERE s.practice_id = $1 AND s.id = n.id",
        practice.0,
        now,
        &column(to, |a| a.series.0),
        &column(to, |a| a.due_on) as &[Option<NaiveDate>]
    )
    .execute(connection)
    .await?;
    Ok(())
}
