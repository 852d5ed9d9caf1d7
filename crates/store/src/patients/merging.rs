//! Two records of one person become one.

use super::follow_contact;
use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::{PatientId, PracticeId};
use sqlx::PgConnection;

/// Everything of `from` becomes `into`'s. What `into` does not know is taken over; where both know something, `into`'s
/// stays, but care asked for on either record is asked for. Both are locked by the caller.
///
/// # Errors
/// When the database cannot answer.
pub async fn merge(
    connection: &mut PgConnection,
    practice: PracticeId,
    from: PatientId,
    into: PatientId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    move_rows(connection, practice, from, into).await?;
    // First out of the way: the phone belongs to one patient only.
    sqlx::query!(
        "UPDATE patients SET deleted_at = $4, merged_into = $3, version = version + 1
         WHERE practice_id = $1 AND (id = $2 OR merged_into = $2)",
        practice.0,
        from.0,
        into.0,
        now
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE patients p SET phone = coalesce(p.phone, f.phone), email = coalesce(p.email, f.email),
           date_of_birth = coalesce(p.date_of_birth, f.date_of_birth),
           gender = CASE WHEN p.gender = '' THEN f.gender ELSE p.gender END,
           occupation = CASE WHEN p.occupation = '' THEN f.occupation ELSE p.occupation END,
           city = CASE WHEN p.city = '' THEN f.city ELSE p.city END,
           address = CASE WHEN p.address = '' THEN f.address ELSE p.address END,
           referral_source = CASE WHEN p.referral_source = '' THEN f.referral_source ELSE p.referral_source END,
           emergency_name = CASE WHEN p.emergency_phone IS NULL THEN f.emergency_name ELSE p.emergency_name END,
           emergency_phone = coalesce(p.emergency_phone, f.emergency_phone),
           preferences = f.preferences || p.preferences, by_staff = true,
           trust_level = CASE WHEN f.trust_level = 'careful' THEN f.trust_level ELSE p.trust_level END,
           archived_at = CASE WHEN f.archived_at IS NULL THEN NULL ELSE p.archived_at END,
           active_since = greatest(p.active_since, f.active_since), created_at = least(p.created_at, f.created_at),
           version = p.version + 1
         FROM patients f WHERE f.practice_id = $1 AND f.id = $2 AND p.practice_id = $1 AND p.id = $3",
        practice.0,
        from.0,
        into.0
    )
    .execute(&mut *connection)
    .await?;
    follow_contact(connection, practice, into).await?;
    Ok(())
}

/// Runs statements one after the other, each with the same ids as its parameters.
macro_rules! run_each {
    (@one $connection:ident, ($($id:ident),+), $sql:tt) => {
        sqlx::query!($sql, $($id.0),+).execute(&mut *$connection).await?;
    };
    ($connection:ident, $ids:tt, $($sql:tt),+ $(,)?) => {
        $(run_each!(@one $connection, $ids, $sql);)+
    };
}

async fn move_rows(
    connection: &mut PgConnection,
    practice: PracticeId,
    from: PatientId,
    into: PatientId,
) -> Result<(), StoreError> {
    run_each!(
        connection,
        (practice, from, into),
        "UPDATE bookings SET patient_id = $3, version = version + 1 WHERE practice_id = $1 AND patient_id = $2",
        "UPDATE sessions SET patient_id = $3, version = version + 1 WHERE practice_id = $1 AND patient_id = $2",
        "UPDATE payments SET patient_id = $3 WHERE practice_id = $1 AND patient_id = $2",
        "UPDATE series SET patient_id = $3, version = version + 1 WHERE practice_id = $1 AND patient_id = $2",
        "UPDATE notes SET patient_id = $3 WHERE practice_id = $1 AND patient_id = $2",
        "UPDATE messages SET patient_id = $3 WHERE practice_id = $1 AND patient_id = $2",
        "UPDATE notifications SET patient_id = $3 WHERE practice_id = $1 AND patient_id = $2",
        // Where both have an address, the one that stays behind leads to the record that stayed.
        "UPDATE calendar_feeds SET patient_id = $3 WHERE practice_id = $1 AND patient_id = $2 AND NOT EXISTS (
           SELECT FROM calendar_feeds o WHERE o.practice_id = $1 AND o.patient_id = $3)",
        // Behind those that are there; the same person is not listed twice.
        "DELETE FROM guardians g WHERE g.practice_id = $1 AND g.patient_id = $2 AND EXISTS (SELECT FROM guardians o
           WHERE o.practice_id = $1 AND o.patient_id = $3 AND (o.phone = g.phone OR o.email = g.email OR fold(o.name) = fold(g.name)))",
        "UPDATE guardians SET patient_id = $3, position = position + 100 WHERE practice_id = $1 AND patient_id = $2",
        "INSERT INTO patient_tags (practice_id, patient_id, tag_id)
         SELECT practice_id, $3, tag_id FROM patient_tags WHERE practice_id = $1 AND patient_id = $2 ON CONFLICT DO NOTHING",
        "INSERT INTO patient_therapists (practice_id, patient_id, therapist_id, assigned_at)
         SELECT practice_id, $3, therapist_id, assigned_at FROM patient_therapists WHERE practice_id = $1 AND patient_id = $2
         ON CONFLICT DO NOTHING",
    );
    run_each!(
        connection,
        (practice, from),
        "DELETE FROM patient_tags WHERE practice_id = $1 AND patient_id = $2",
        "DELETE FROM patient_therapists WHERE practice_id = $1 AND patient_id = $2",
    );
    Ok(())
}
