//! Users, and the practice a new one brings.

use crate::StoreError;
use crate::practices::changed_one;
use chrono::{DateTime, Utc};
use contracts::practice::{BookingPolicy, PaymentInstructions};
use contracts::{Lang, PracticeId, UserId};
use sqlx::PgConnection;
use sqlx::types::Json;

/// A person who can log in.
#[derive(Debug, Clone)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub password_hash: String,
    pub language: Lang,
    /// Absent until the address is confirmed.
    pub email_confirmed_at: Option<DateTime<Utc>>,
}

/// Writes a user; false when the address has one already.
///
/// # Errors
/// When the database cannot answer.
pub async fn insert(connection: &mut PgConnection, user: &User, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "INSERT INTO users (id, email, name, password_hash, language, email_confirmed_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (email) DO NOTHING",
        user.id.0,
        user.email,
        user.name,
        user.password_hash,
        user.language.code(),
        user.email_confirmed_at,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// # Errors
/// When the database cannot answer.
pub async fn by_email(connection: &mut PgConnection, email: &str) -> Result<Option<User>, StoreError> {
    let row = sqlx::query_as!(
        UserRow,
        "SELECT id, email, name, password_hash, language, email_confirmed_at FROM users WHERE email = $1",
        email
    )
    .fetch_optional(connection)
    .await?;
    row.map(UserRow::read).transpose()
}

/// # Errors
/// When the database cannot answer.
pub async fn by_id(connection: &mut PgConnection, id: UserId) -> Result<Option<User>, StoreError> {
    let row = sqlx::query_as!(
        UserRow,
        "SELECT id, email, name, password_hash, language, email_confirmed_at FROM users WHERE id = $1",
        id.0
    )
    .fetch_optional(connection)
    .await?;
    row.map(UserRow::read).transpose()
}

/// # Errors
/// `NothingChanged` when there is no such user.
pub async fn set_password(connection: &mut PgConnection, id: UserId, hash: &str) -> Result<(), StoreError> {
    let done =
        sqlx::query!("UPDATE users SET password_hash = $2 WHERE id = $1", id.0, hash).execute(connection).await?;
    changed_one(done.rows_affected())
}

/// # Errors
/// `NothingChanged` when there is no such user.
pub async fn set_name(connection: &mut PgConnection, id: UserId, name: &str) -> Result<(), StoreError> {
    let done = sqlx::query!("UPDATE users SET name = $2 WHERE id = $1", id.0, name).execute(connection).await?;
    changed_one(done.rows_affected())
}

/// Notes that the user has shown to own the address; the first time counts. False when it was known.
///
/// # Errors
/// When the database cannot answer.
pub async fn confirm_email(connection: &mut PgConnection, id: UserId, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE users SET email_confirmed_at = $2 WHERE id = $1 AND email_confirmed_at IS NULL",
        id.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A practice as it is first written: default policy, no way to pay, not public.
#[derive(Debug, Clone)]
pub struct NewPractice {
    pub id: PracticeId,
    pub name: String,
    pub currency: String,
    pub language: Lang,
    pub time_zone: String,
}

/// # Errors
/// When the database cannot answer.
pub async fn insert_practice(
    connection: &mut PgConnection,
    practice: &NewPractice,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO practices (practice_id, name, currency, language, time_zone, instructions, policy, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        practice.id.0,
        practice.name,
        practice.currency,
        practice.language.code(),
        practice.time_zone,
        Json(PaymentInstructions::default()) as _,
        Json(BookingPolicy::default()) as _,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// From now on the practice can be public. False when it was confirmed before.
///
/// # Errors
/// When the database cannot answer.
pub async fn confirm_practice(
    connection: &mut PgConnection,
    practice: PracticeId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE practices SET confirmed_at = $2 WHERE practice_id = $1 AND confirmed_at IS NULL",
        practice.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

struct UserRow {
    id: uuid::Uuid,
    email: String,
    name: String,
    password_hash: String,
    language: String,
    email_confirmed_at: Option<DateTime<Utc>>,
}

impl UserRow {
    fn read(self) -> Result<User, StoreError> {
        Ok(User {
            id: UserId(self.id),
            email: self.email,
            name: self.name,
            password_hash: self.password_hash,
            language: Lang::from_code(&self.language).ok_or(StoreError::Unreadable("users.language"))?,
            email_confirmed_at: self.email_confirmed_at,
        })
    }
}
