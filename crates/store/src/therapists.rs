//! Therapists' profiles, their public addresses, and what the public sees of them.

use crate::StoreError;
use crate::practices::changed_one;
use chrono::{DateTime, Utc};
use contracts::booking::{PublicService, PublicTherapist};
use contracts::practice::{BookingPolicy, PaymentInstructions, TherapistProfile};
use contracts::{FileId, MemberId, PracticeId, TherapistId};
use sqlx::PgConnection;
use sqlx::types::Json;

/// A therapist as they are first written; buffers are the database's defaults (004 §4.1: 0 and 10 minutes).
#[derive(Debug, Clone)]
pub struct NewTherapist {
    pub id: TherapistId,
    pub member: Option<MemberId>,
    pub name: String,
    /// Without number; the first free of `slug`, `slug-2`, `slug-3`… is taken.
    pub slug: String,
    pub languages: Vec<String>,
    pub time_zone: String,
}

/// All therapists of the practice by name.
pub async fn list(conn: &mut PgConnection, practice: PracticeId) -> Result<Vec<TherapistProfile>, StoreError> {
    profiles(conn, practice, None).await
}

pub async fn get(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: TherapistId,
) -> Result<Option<TherapistProfile>, StoreError> {
    Ok(profiles(conn, practice, Some(id)).await?.pop())
}

async fn profiles(
    conn: &mut PgConnection,
    practice: PracticeId,
    only: Option<TherapistId>,
) -> Result<Vec<TherapistProfile>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id, slug, name, title, bio, credentials, languages, time_zone, photo_file_id, published,
                  buffer_before_min, buffer_after_min, slot_step_min, policy AS "policy: Json<BookingPolicy>"
           FROM therapists WHERE practice_id = $1 AND ($2::uuid IS NULL OR id = $2) ORDER BY name, id"#,
        practice.0,
        only.map(|id| id.0)
    )
    .fetch_all(conn)
    .await?;
    let profile = rows.into_iter().map(|row| TherapistProfile {
        id: TherapistId(row.id),
        slug: row.slug,
        name: row.name,
        title: row.title,
        bio: row.bio,
        credentials: row.credentials,
        languages: row.languages,
        time_zone: row.time_zone,
        photo: row.photo_file_id.map(FileId),
        published: row.published,
        buffer_before_min: row.buffer_before_min,
        buffer_after_min: row.buffer_after_min,
        slot_step_min: row.slot_step_min,
        policy: row.policy.map(|policy| policy.0),
    });
    Ok(profile.collect())
}

/// Writes the profile under the first free address and answers with that address.
pub async fn insert(
    conn: &mut PgConnection,
    practice: PracticeId,
    new: &NewTherapist,
    now: DateTime<Utc>,
) -> Result<String, StoreError> {
    let mut slug = free_slug(conn, &new.slug).await?;
    sqlx::query!(
        "INSERT INTO therapists (practice_id, id, member_id, slug, name, languages, time_zone, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        practice.0,
        new.id.0,
        new.member.map(|id| id.0),
        slug,
        new.name,
        &new.languages,
        new.time_zone,
        now
    )
    .execute(&mut *conn)
    .await?;
    // Another practice may take the address between the question and the insert: then the next one.
    while !claim_slug(conn, practice, new.id, &slug).await? {
        slug = free_slug(conn, &new.slug).await?;
        sqlx::query!("UPDATE therapists SET slug = $3 WHERE practice_id = $1 AND id = $2", practice.0, new.id.0, slug)
            .execute(&mut *conn)
            .await?;
    }
    Ok(slug)
}

/// The first of `base`, `base-2`, `base-3`… that nobody in the installation has.
async fn free_slug(conn: &mut PgConnection, base: &str) -> Result<String, StoreError> {
    let taken = sqlx::query_scalar!("SELECT slug FROM slugs WHERE slug = $1 OR starts_with(slug, $1 || '-')", base)
        .fetch_all(conn)
        .await?;
    Ok(first_free(base, &taken))
}

fn first_free(base: &str, taken: &[String]) -> String {
    let numbered = (2_u32..).map(|number| format!("{base}-{number}"));
    std::iter::once(base.to_owned())
        .chain(numbered)
        .find(|slug| !taken.contains(slug))
        .unwrap_or_else(|| base.to_owned())
}

async fn claim_slug(
    conn: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
    slug: &str,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "INSERT INTO slugs (slug, practice_id, therapist_id) VALUES ($1, $2, $3) ON CONFLICT (slug) DO NOTHING",
        slug,
        practice.0,
        therapist.0
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Saves what a therapist edits in their profile: everything but photo, buffers and policy. An address that is given up
/// stays theirs and leads to the new one.
///
/// # Errors
/// Constraint `slugs_pkey` when someone in the installation has the address.
pub async fn save_profile(
    conn: &mut PgConnection,
    practice: PracticeId,
    profile: &TherapistProfile,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE therapists SET slug = $3, name = $4, title = $5, bio = $6, credentials = $7, languages = $8,
                               time_zone = $9, published = $10
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        profile.id.0,
        profile.slug,
        profile.name,
        profile.title,
        profile.bio,
        &profile.credentials,
        &profile.languages,
        profile.time_zone,
        profile.published
    )
    .execute(&mut *conn)
    .await?;
    changed_one(done.rows_affected())?;
    move_to(conn, practice, profile.id, &profile.slug, now).await
}

/// Makes this the therapist's present address: one they had before, or one that nobody ever had.
async fn move_to(
    conn: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
    slug: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE slugs SET retired_at = $4
         WHERE practice_id = $1 AND therapist_id = $2 AND slug <> $3 AND retired_at IS NULL",
        practice.0,
        therapist.0,
        slug,
        now
    )
    .execute(&mut *conn)
    .await?;
    let own = sqlx::query!(
        "UPDATE slugs SET retired_at = NULL WHERE practice_id = $1 AND therapist_id = $2 AND slug = $3",
        practice.0,
        therapist.0,
        slug
    )
    .execute(&mut *conn)
    .await?;
    if own.rows_affected() == 0 {
        sqlx::query!(
            "INSERT INTO slugs (slug, practice_id, therapist_id) VALUES ($1, $2, $3)",
            slug,
            practice.0,
            therapist.0
        )
        .execute(conn)
        .await?;
    }
    Ok(())
}

pub async fn set_photo(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: TherapistId,
    photo: Option<FileId>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE therapists SET photo_file_id = $3 WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        photo.map(|file| file.0)
    )
    .execute(conn)
    .await?;
    changed_one(done.rows_affected())
}

/// `None`: the practice's policy holds.
pub async fn set_policy(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: TherapistId,
    policy: Option<&BookingPolicy>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE therapists SET policy = $3 WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        policy.map(Json) as _
    )
    .execute(conn)
    .await?;
    changed_one(done.rows_affected())
}

/// Minutes; no step means duration plus buffers.
pub async fn set_buffers(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: TherapistId,
    before: i32,
    after: i32,
    step: Option<i32>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE therapists SET buffer_before_min = $3, buffer_after_min = $4, slot_step_min = $5
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        before,
        after,
        step
    )
    .execute(conn)
    .await?;
    changed_one(done.rows_affected())
}

/// Everything the public page says about a therapist, with the active services they give, in one query. The photo is
/// given by its file: the address is made by the caller.
pub async fn public(
    conn: &mut PgConnection,
    practice: PracticeId,
    id: TherapistId,
) -> Result<Option<(PublicTherapist, Option<FileId>)>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT t.slug, t.name, t.title, t.bio, t.credentials, t.languages, t.photo_file_id, t.time_zone,
                  p.name AS practice_name, p.instructions AS "instructions: Json<PaymentInstructions>",
                  coalesce(t.policy, p.policy) AS "policy!: Json<BookingPolicy>",
                  coalesce((SELECT jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name,
                              'description', s.description, 'place', s.place,
                              'duration_min', coalesce(ts.duration_min, s.duration_min),
                              'price', jsonb_build_object('minor', coalesce(ts.price_minor, s.price_minor),
                                                          'currency', s.currency))
                              ORDER BY s.position, s.name, s.id)
                            FROM therapist_services ts
                            JOIN services s ON s.practice_id = ts.practice_id AND s.id = ts.service_id AND s.active
                            WHERE ts.practice_id = t.practice_id AND ts.therapist_id = t.id), '[]')
                    AS "services!: Json<Vec<PublicService>>"
           FROM therapists t JOIN practices p ON p.practice_id = t.practice_id
           WHERE t.practice_id = $1 AND t.id = $2"#,
        practice.0,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| {
        let public = PublicTherapist {
            id,
            slug: row.slug,
            name: row.name,
            practice_name: row.practice_name,
            title: row.title,
            bio: row.bio,
            credentials: row.credentials,
            languages: row.languages,
            photo_url: None,
            time_zone: row.time_zone,
            services: row.services.0,
            policy: row.policy.0,
            methods: row.instructions.0.methods(),
        };
        (public, row.photo_file_id.map(FileId))
    }))
}

/// The therapist of this practice with this address, published or not.
pub async fn by_slug(
    conn: &mut PgConnection,
    practice: PracticeId,
    slug: &str,
) -> Result<Option<TherapistId>, StoreError> {
    let id = sqlx::query_scalar!("SELECT id FROM therapists WHERE practice_id = $1 AND slug = $2", practice.0, slug)
        .fetch_optional(conn)
        .await?;
    Ok(id.map(TherapistId))
}

#[cfg(test)]
mod tests {
    use super::first_free;

    #[test]
    fn the_first_free_address_is_taken() {
        let taken = ["ana-ruiz".to_owned(), "ana-ruiz-2".to_owned(), "ana-ruiz-9".to_owned()];
        assert_eq!(first_free("ana-ruiz", &taken), "ana-ruiz-3");
        assert_eq!(first_free("ana", &taken), "ana");
    }
}
