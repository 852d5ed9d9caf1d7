//! Recurring sessions: one wide row for everything that shows or generates them, what became of their dates (`dates`),
//! what the generator writes (`generation`) and what members change (`changes`).

mod changes;
mod dates;
mod generation;

pub use changes::*;
pub use dates::*;
pub use generation::*;

use crate::StoreError;
use chrono::{DateTime, NaiveDate, Utc};
use contracts::practice::Place;
use contracts::series::{Frequency, Rule, SeriesStatus};
use contracts::{Lang, Money, PatientId, PracticeId, SeriesId, ServiceId, TherapistId};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// A series with everything a page says about it and a session takes from it.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesRow {
    pub id: SeriesId,
    pub version: i32,
    pub status: SeriesStatus,
    pub rule: Rule,
    /// No date before this one is decided by the rule as it is now.
    pub holds_from: NaiveDate,
    pub due_on: Option<NaiveDate>,
    pub price_minor: i64,
    pub currency: String,
    pub payment_notice_days: i32,
    /// When its time was agreed: of two that want the same, the earlier has it.
    pub agreed_at: DateTime<Utc>,
    pub patient_id: PatientId,
    pub patient_name: String,
    pub patient_email: Option<String>,
    pub patient_phone: Option<String>,
    pub patient_lang: Lang,
    pub therapist_id: TherapistId,
    pub therapist_name: String,
    /// IANA name of the therapist's zone.
    pub time_zone: String,
    pub service_id: ServiceId,
    pub service_name: String,
    pub place: Place,
    pub practice_name: String,
    pub practice_lang: Lang,
}

/// The row as the queries answer it.
pub(crate) struct RawSeries {
    id: Uuid,
    version: i32,
    status: String,
    frequency: String,
    interval_days: Option<i32>,
    anchor: NaiveDate,
    holds_from: NaiveDate,
    ends_on: Option<NaiveDate>,
    starts_min: i32,
    duration_min: i32,
    due_on: Option<NaiveDate>,
    price_minor: i64,
    currency: String,
    payment_notice_days: i32,
    agreed_at: DateTime<Utc>,
    patient_id: Uuid,
    patient_name: String,
    patient_email: Option<String>,
    patient_phone: Option<String>,
    patient_language: String,
    therapist_id: Uuid,
    therapist_name: String,
    time_zone: String,
    service_id: Uuid,
    service_name: String,
    place: String,
    practice_name: String,
    practice_language: String,
}

/// The one query behind everything that reads series: `series_rows!("WHERE …", arguments…)`. The series is `s`, its
/// patient `pa`, and `$1` must be the practice.
macro_rules! series_rows {
    ($rest:tt, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            $crate::series::RawSeries,
            r#"SELECT s.id, s.version, s.status, s.frequency, s.interval_days, s.anchor, s.holds_from, s.ends_on, s.starts_min,
                 s.duration_min, s.due_on, s.price_minor, s.currency, s.payment_notice_days, s.agreed_at,
                 s.patient_id, pa.name AS patient_name, pa.email AS patient_email, pa.phone AS patient_phone,
                 pa.language AS patient_language, s.therapist_id, t.name AS therapist_name, t.time_zone,
                 s.service_id, v.name AS service_name, v.place, p.name AS practice_name,
                 p.language AS practice_language
               FROM series s
               JOIN patients pa ON pa.practice_id = $1 AND pa.id = s.patient_id
               JOIN therapists t ON t.practice_id = $1 AND t.id = s.therapist_id
               JOIN services v ON v.practice_id = $1 AND v.id = s.service_id
               JOIN practices p ON p.practice_id = $1
               "# + $rest,
            $($argument),+
        )
    };
}
pub(crate) use series_rows;

impl RawSeries {
    pub(crate) fn read(self) -> Result<SeriesRow, StoreError> {
        let lang = |text: &str| Lang::from_code(text).ok_or(StoreError::Unreadable("language"));
        Ok(SeriesRow {
            id: SeriesId(self.id),
            version: self.version,
            status: SeriesStatus::parse(&self.status).ok_or(StoreError::Unreadable("series.status"))?,
            rule: Rule {
                frequency: Frequency::parse(&self.frequency).ok_or(StoreError::Unreadable("series.frequency"))?,
                interval_days: self.interval_days,
                anchor: self.anchor,
                ends_on: self.ends_on,
                starts_min: self.starts_min,
                duration_min: self.duration_min,
            },
            holds_from: self.holds_from,
            due_on: self.due_on,
            price_minor: self.price_minor,
            currency: self.currency,
            payment_notice_days: self.payment_notice_days,
            agreed_at: self.agreed_at,
            patient_id: PatientId(self.patient_id),
            patient_name: self.patient_name,
            patient_email: self.patient_email,
            patient_phone: self.patient_phone,
            patient_lang: lang(&self.patient_language)?,
            therapist_id: TherapistId(self.therapist_id),
            therapist_name: self.therapist_name,
            time_zone: self.time_zone,
            service_id: ServiceId(self.service_id),
            service_name: self.service_name,
            place: Place::parse(&self.place).ok_or(StoreError::Unreadable("services.place"))?,
            practice_name: self.practice_name,
            practice_lang: lang(&self.practice_language)?,
        })
    }
}

fn read(rows: Vec<RawSeries>) -> Result<Vec<SeriesRow>, StoreError> {
    rows.into_iter().map(RawSeries::read).collect()
}

/// # Errors
/// When the database cannot answer.
pub async fn get(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: SeriesId,
) -> Result<Option<SeriesRow>, StoreError> {
    let row =
        series_rows!("WHERE s.practice_id = $1 AND s.id = $2", practice.0, id.0).fetch_optional(connection).await?;
    row.map(RawSeries::read).transpose()
}

/// The same, and nobody else changes it before the transaction ends. The caller holds its therapist's lock.
///
/// # Errors
/// When the database cannot answer.
pub async fn lock(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: SeriesId,
) -> Result<Option<SeriesRow>, StoreError> {
    sqlx::query!("SELECT id FROM series WHERE practice_id = $1 AND id = $2 FOR UPDATE", practice.0, id.0)
        .fetch_optional(&mut *connection)
        .await?;
    get(connection, practice, id).await
}

/// Everything that was ever agreed with a patient, what is open first, then the newest; with one therapist, if asked for.
///
/// # Errors
/// When the database cannot answer.
pub async fn of_patient(
    connection: &mut PgConnection,
    practice: PracticeId,
    patient: PatientId,
    therapist: Option<TherapistId>,
) -> Result<Vec<SeriesRow>, StoreError> {
    let rows = series_rows!(
        "WHERE s.practice_id = $1 AND s.patient_id = $2 AND ($3::uuid IS NULL OR s.therapist_id = $3)
         ORDER BY s.status IN ('active', 'paused') DESC, s.created_at DESC, s.id DESC LIMIT 100",
        practice.0,
        patient.0,
        therapist.map(|t| t.0)
    )
    .fetch_all(connection)
    .await?;
    read(rows)
}

/// The active series of a therapist, without one of them.
///
/// # Errors
/// When the database cannot answer.
pub async fn active_of_therapist(
    connection: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
    without: Option<SeriesId>,
) -> Result<Vec<SeriesRow>, StoreError> {
    let rows = series_rows!(
        "WHERE s.practice_id = $1 AND s.therapist_id = $2 AND s.status = 'active' AND pa.deleted_at IS NULL
           AND ($3::uuid IS NULL OR s.id <> $3)
         ORDER BY s.agreed_at, s.id",
        practice.0,
        therapist.0,
        without.map(|s| s.0)
    )
    .fetch_all(connection)
    .await?;
    read(rows)
}

/// A patient for whom a series can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientBrief {
    pub id: PatientId,
    pub name: String,
    /// Theirs instead of the service's.
    pub price: Option<Money>,
}

/// The patient, unless deleted; for one therapist only when assigned to them.
///
/// # Errors
/// When the database cannot answer.
pub async fn patient(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: PatientId,
    assigned_to: Option<TherapistId>,
) -> Result<Option<PatientBrief>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT p.id, p.name, p.preferences->'custom_price' AS "price?: Json<Money>"
           FROM patients p WHERE p.practice_id = $1 AND p.id = $2 AND p.deleted_at IS NULL
             AND ($3::uuid IS NULL OR EXISTS (SELECT 1 FROM patient_therapists a
                   WHERE a.practice_id = $1 AND a.patient_id = p.id AND a.therapist_id = $3))"#,
        practice.0,
        id.0,
        assigned_to.map(|t| t.0)
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| PatientBrief { id: PatientId(row.id), name: row.name, price: row.price.map(|price| price.0) }))
}

/// A service as one therapist gives it, for a series that is to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub therapist_id: TherapistId,
    pub therapist_name: String,
    pub service_id: ServiceId,
    pub service_name: String,
    pub duration_min: i32,
    pub price_minor: i64,
    pub currency: String,
    /// The service is active and this therapist gives it.
    pub given: bool,
}

/// A service and a therapist of the practice.
///
/// # Errors
/// When the database cannot answer.
pub async fn offer(
    connection: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
    service: ServiceId,
) -> Result<Option<Offer>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT t.name AS therapist_name, v.name AS service_name, v.currency,
                  coalesce(g.duration_min, v.duration_min) AS "duration_min!",
                  coalesce(g.price_minor, v.price_minor) AS "price_minor!",
                  v.active AND g.service_id IS NOT NULL AS "given!"
           FROM therapists t
           JOIN services v ON v.practice_id = $1 AND v.id = $3
           LEFT JOIN therapist_services g ON g.practice_id = $1 AND g.therapist_id = t.id AND g.service_id = v.id
           WHERE t.practice_id = $1 AND t.id = $2"#,
        practice.0,
        therapist.0,
        service.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Offer {
        therapist_id: therapist,
        therapist_name: row.therapist_name,
        service_id: service,
        service_name: row.service_name,
        duration_min: row.duration_min,
        price_minor: row.price_minor,
        currency: row.currency,
        given: row.given,
    }))
}

/// Everything therapists of the practice give, by therapist and service.
///
/// # Errors
/// When the database cannot answer.
pub async fn offers(
    connection: &mut PgConnection,
    practice: PracticeId,
    therapist: Option<TherapistId>,
) -> Result<Vec<Offer>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT t.id AS therapist_id, t.name AS therapist_name, v.id AS service_id, v.name AS service_name, v.currency,
                  coalesce(g.duration_min, v.duration_min) AS "duration_min!",
                  coalesce(g.price_minor, v.price_minor) AS "price_minor!"
           FROM therapist_services g
           JOIN therapists t ON t.practice_id = $1 AND t.id = g.therapist_id
           JOIN services v ON v.practice_id = $1 AND v.id = g.service_id AND v.active
           WHERE g.practice_id = $1 AND ($2::uuid IS NULL OR t.id = $2)
           ORDER BY t.name, t.id, v.position, v.name, v.id"#,
        practice.0,
        therapist.map(|t| t.0)
    )
    .fetch_all(connection)
    .await?;
    let offer = rows.into_iter().map(|row| Offer {
        therapist_id: TherapistId(row.therapist_id),
        therapist_name: row.therapist_name,
        service_id: ServiceId(row.service_id),
        service_name: row.service_name,
        duration_min: row.duration_min,
        price_minor: row.price_minor,
        currency: row.currency,
        given: true,
    });
    Ok(offer.collect())
}
