//! The practice's own row, and the services it offers.

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::practice::{
    BookingPolicy, PaymentInstructions, Place, PracticeSettings, ServiceView, TherapistTerms, VideoKind,
};
use contracts::{Lang, Money, PracticeId, ServiceId, TherapistId};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// What the practice knows about itself.
pub async fn get(conn: &mut PgConnection, practice: PracticeId) -> Result<Option<PracticeSettings>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT name, currency, language, time_zone, video_base, video_kind,
                  instructions AS "instructions: Json<PaymentInstructions>", policy AS "policy: Json<BookingPolicy>"
           FROM practices WHERE practice_id = $1"#,
        practice.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(PracticeSettings {
            name: row.name,
            currency: row.currency,
            language: Lang::from_code(&row.language).ok_or(StoreError::Unreadable("practices.language"))?,
            time_zone: row.time_zone,
            instructions: row.instructions.0,
            policy: row.policy.0,
            video_base: row.video_base,
            video: VideoKind::parse(&row.video_kind).ok_or(StoreError::Unreadable("practices.video_kind"))?,
        })
    })
    .transpose()
}

/// The same, and nobody else changes it before this transaction ends.
pub async fn lock(conn: &mut PgConnection, practice: PracticeId) -> Result<Option<PracticeSettings>, StoreError> {
    sqlx::query!("SELECT 1 AS one FROM practices WHERE practice_id = $1 FOR NO KEY UPDATE", practice.0)
        .fetch_optional(&mut *conn)
        .await?;
    get(conn, practice).await
}

/// Saves everything but instructions and policy.
pub async fn save_settings(
    conn: &mut PgConnection,
    practice: PracticeId,
    settings: &PracticeSettings,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE practices SET name = $2, currency = $3, language = $4, time_zone = $5, video_base = $6,
                              video_kind = $7
         WHERE practice_id = $1",
        practice.0,
        settings.name,
        settings.currency,
        settings.language.code(),
        settings.time_zone,
        settings.video_base,
        settings.video.as_str()
    )
    .execute(conn)
    .await?;
    changed_one(done.rows_affected())
}

pub async fn save_instructions(
    conn: &mut PgConnection,
    practice: PracticeId,
    instructions: &PaymentInstructions,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE practices SET instructions = $2 WHERE practice_id = $1",
        practice.0,
        Json(instructions) as _
    )
    .execute(conn)
    .await?;
    changed_one(done.rows_affected())
}

pub async fn save_policy(
    conn: &mut PgConnection,
    practice: PracticeId,
    policy: &BookingPolicy,
) -> Result<(), StoreError> {
    let done = sqlx::query!("UPDATE practices SET policy = $2 WHERE practice_id = $1", practice.0, Json(policy) as _)
        .execute(conn)
        .await?;
    changed_one(done.rows_affected())
}

/// Gives every service and every open series of the practice another currency; a price is multiplied and then divided,
/// which moves it to a currency with another number of decimals.
pub async fn redenominate(
    conn: &mut PgConnection,
    practice: PracticeId,
    currency: &str,
    multiply: i64,
    divide: i64,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE services SET currency = $2, price_minor = round(price_minor::numeric * $3::bigint / $4::bigint)::bigint
         WHERE practice_id = $1",
        practice.0,
        currency,
        multiply,
        divide
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE therapist_services SET price_minor = round(price_minor::numeric * $2::bigint / $3::bigint)::bigint
         WHERE practice_id = $1 AND price_minor IS NOT NULL",
        practice.0,
        multiply,
        divide
    )
    .execute(&mut *conn)
    .await?;
    // Sessions that exist keep the price they were made with.
    sqlx::query!(
        "UPDATE series SET currency = $2, price_minor = round(price_minor::numeric * $3::bigint / $4::bigint)::bigint,
           version = version + 1
         WHERE practice_id = $1 AND status IN ('active', 'paused')",
        practice.0,
        currency,
        multiply,
        divide
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// All services, the active ones first, in the practice's order.
pub async fn services(conn: &mut PgConnection, practice: PracticeId) -> Result<Vec<ServiceView>, StoreError> {
    services_where(conn, practice, None).await
}

pub async fn service(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: ServiceId,
) -> Result<Option<ServiceView>, StoreError> {
    Ok(services_where(conn, practice, Some(id)).await?.pop())
}

async fn services_where(
    conn: &mut PgConnection,
    practice: PracticeId,
    only: Option<ServiceId>,
) -> Result<Vec<ServiceView>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT s.id, s.name, s.description, s.duration_min, s.price_minor, s.currency, s.place, s.active,
                  ARRAY(SELECT ts.therapist_id FROM therapist_services ts
                        WHERE ts.practice_id = s.practice_id AND ts.service_id = s.id
                        ORDER BY ts.therapist_id) AS "therapists!"
           FROM services s WHERE s.practice_id = $1 AND ($2::uuid IS NULL OR s.id = $2)
           ORDER BY s.active DESC, s.position, s.name, s.id"#,
        practice.0,
        only.map(|id| id.0)
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ServiceView {
                id: ServiceId(row.id),
                name: row.name,
                description: row.description,
                duration_min: row.duration_min,
                price: Money::new(row.price_minor, row.currency),
                place: Place::parse(&row.place).ok_or(StoreError::Unreadable("services.place"))?,
                active: row.active,
                therapists: row.therapists.into_iter().map(TherapistId).collect(),
            })
        })
        .collect()
}

/// Adds a service at the end of the practice's order. Who gives it is said by [`set_service_therapists`].
pub async fn insert_service(
    conn: &mut PgConnection,
    practice: PracticeId,
    service: &ServiceView,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO services (practice_id, id, name, description, duration_min, price_minor, currency, place, active,
                               position, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,
                 (SELECT coalesce(max(position), 0) + 1 FROM services WHERE practice_id = $1), $10)",
        practice.0,
        service.id.0,
        service.name,
        service.description,
        service.duration_min,
        service.price.minor,
        service.price.currency,
        service.place.as_str(),
        service.active,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Saves everything but who gives it.
pub async fn update_service(
    conn: &mut PgConnection,
    practice: PracticeId,
    service: &ServiceView,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE services SET name = $3, description = $4, duration_min = $5, price_minor = $6, currency = $7,
                             place = $8, active = $9
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        service.id.0,
        service.name,
        service.description,
        service.duration_min,
        service.price.minor,
        service.price.currency,
        service.place.as_str(),
        service.active
    )
    .execute(conn)
    .await?;
    changed_one(done.rows_affected())
}

/// These therapists give the service and nobody else; who gave it before keeps their own duration and price.
pub async fn set_service_therapists(
    conn: &mut PgConnection,
    practice: PracticeId,
    service: ServiceId,
    therapists: &[TherapistId],
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = therapists.iter().map(|id| id.0).collect();
    sqlx::query!(
        "DELETE FROM therapist_services WHERE practice_id = $1 AND service_id = $2 AND therapist_id <> ALL($3)",
        practice.0,
        service.0,
        &ids
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "INSERT INTO therapist_services (practice_id, therapist_id, service_id)
         SELECT $1, given.id, $2 FROM unnest($3::uuid[]) AS given (id)
         ON CONFLICT (practice_id, therapist_id, service_id) DO NOTHING",
        practice.0,
        service.0,
        &ids
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How the therapists of a service give it.
pub async fn terms(
    conn: &mut PgConnection,
    practice: PracticeId,
    service: ServiceId,
) -> Result<Vec<TherapistTerms>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT ts.therapist_id, coalesce(ts.duration_min, s.duration_min) AS "duration_min!",
                  coalesce(ts.price_minor, s.price_minor) AS "price_minor!", s.currency,
                  ts.duration_min IS NOT NULL AS "own_duration!", ts.price_minor IS NOT NULL AS "own_price!"
           FROM therapist_services ts JOIN services s ON s.practice_id = ts.practice_id AND s.id = ts.service_id
           WHERE ts.practice_id = $1 AND ts.service_id = $2 ORDER BY ts.therapist_id"#,
        practice.0,
        service.0
    )
    .fetch_all(conn)
    .await?;
    let terms = rows.into_iter().map(|row| TherapistTerms {
        therapist_id: TherapistId(row.therapist_id),
        duration_min: row.duration_min,
        price: Money::new(row.price_minor, row.currency),
        own_duration: row.own_duration,
        own_price: row.own_price,
    });
    Ok(terms.collect())
}

/// What differs for one therapist; `None` is as the service says.
///
/// # Errors
/// [`StoreError::NothingChanged`] when the therapist does not give the service.
pub async fn set_terms(
    conn: &mut PgConnection,
    practice: PracticeId,
    service: ServiceId,
    therapist: TherapistId,
    duration_min: Option<i32>,
    price_minor: Option<i64>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE therapist_services SET duration_min = $4, price_minor = $5
         WHERE practice_id = $1 AND service_id = $2 AND therapist_id = $3",
        practice.0,
        service.0,
        therapist.0,
        duration_min,
        price_minor
    )
    .execute(conn)
    .await?;
    changed_one(done.rows_affected())
}

/// A write that must hit one row did.
pub(crate) fn changed_one(rows: u64) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::NothingChanged) }
}
