//! Users' places in a practice.

use crate::StoreError;
use crate::practices::changed_one;
use chrono::{DateTime, Utc};
use contracts::accounts::{MemberView, Role};
use contracts::lists::{MemberSort, SortKey};
use contracts::{MemberId, PracticeId, TherapistId, UserId};
use sqlx::PgConnection;

/// Makes the user a member. Who was one and is disabled comes back, under the old id with the new role. `None` when the
/// user is an active member already.
///
/// # Errors
/// When the database cannot answer.
pub async fn insert(
    connection: &mut PgConnection,
    practice: PracticeId,
    new_id: MemberId,
    user: UserId,
    role: Role,
    now: DateTime<Utc>,
) -> Result<Option<MemberId>, StoreError> {
    let id = sqlx::query_scalar!(
        "INSERT INTO members (practice_id, id, user_id, role, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (practice_id, user_id) DO UPDATE SET role = excluded.role, disabled_at = NULL
         WHERE members.disabled_at IS NOT NULL
         RETURNING id",
        practice.0,
        new_id.0,
        user.0,
        role.as_str(),
        now
    )
    .fetch_optional(connection)
    .await?;
    Ok(id.map(MemberId))
}

/// All members of the practice in the order asked for.
///
/// # Errors
/// When the database cannot answer.
pub async fn list(
    connection: &mut PgConnection,
    practice: PracticeId,
    sort: MemberSort,
) -> Result<Vec<MemberView>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT m.id, u.name, u.email, m.role, t.id AS "therapist_id?", m.disabled_at IS NULL AS "active!"
           FROM members m JOIN users u ON u.id = m.user_id
           LEFT JOIN therapists t ON t.practice_id = m.practice_id AND t.member_id = m.id
           WHERE m.practice_id = $1
           ORDER BY $2::text = '-active' AND m.disabled_at IS NOT NULL,
             CASE WHEN $2 IN ('-active', 'name') THEN u.name END, CASE WHEN $2 = '-name' THEN u.name END DESC,
             CASE WHEN $2 = 'created_at' THEN m.created_at END, CASE WHEN $2 = '-created_at' THEN m.created_at END DESC,
             m.id"#,
        practice.0,
        sort.as_str()
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(MemberView {
                id: MemberId(row.id),
                name: row.name,
                email: row.email,
                role: Role::parse(&row.role).ok_or(StoreError::Unreadable("members.role"))?,
                therapist_id: row.therapist_id.map(TherapistId),
                active: row.active,
            })
        })
        .collect()
}

/// Is this address that of an active member?
///
/// # Errors
/// When the database cannot answer.
pub async fn has_email(connection: &mut PgConnection, practice: PracticeId, email: &str) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM members m JOIN users u ON u.id = m.user_id
           WHERE m.practice_id = $1 AND u.email = $2 AND m.disabled_at IS NULL) AS "exists!""#,
        practice.0,
        email
    )
    .fetch_one(connection)
    .await?)
}

/// The user behind a member, the role, and whether they are active.
///
/// # Errors
/// When the database cannot answer, or the role is unknown.
pub async fn get(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: MemberId,
) -> Result<Option<(UserId, Role, bool)>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT user_id, role, disabled_at IS NULL AS "active!" FROM members WHERE practice_id = $1 AND id = $2"#,
        practice.0,
        id.0
    )
    .fetch_optional(connection)
    .await?;
    row.map(|r| Ok((UserId(r.user_id), Role::parse(&r.role).ok_or(StoreError::Unreadable("members.role"))?, r.active)))
        .transpose()
}

/// How many active admins the practice has.
///
/// # Errors
/// When the database cannot answer.
pub async fn count_admins(connection: &mut PgConnection, practice: PracticeId) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM members WHERE practice_id = $1 AND role = 'admin' AND disabled_at IS NULL"#,
        practice.0
    )
    .fetch_one(connection)
    .await?)
}

/// Disables (`Some(when)`) or enables (`None`) a member.
///
/// # Errors
/// `NothingChanged` when there is no such member.
pub async fn set_disabled(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: MemberId,
    disabled_at: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE members SET disabled_at = $3 WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        disabled_at
    )
    .execute(connection)
    .await?;
    changed_one(done.rows_affected())
}

/// The therapist profile of a member, if they have one.
///
/// # Errors
/// When the database cannot answer.
pub async fn therapist_of(
    connection: &mut PgConnection,
    practice: PracticeId,
    member: MemberId,
) -> Result<Option<TherapistId>, StoreError> {
    let id = sqlx::query_scalar!(
        "SELECT id FROM therapists WHERE practice_id = $1 AND member_id = $2",
        practice.0,
        member.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(id.map(TherapistId))
}
