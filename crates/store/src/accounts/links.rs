//! Links that work once, and the patients who followed one. Only hashes of their tokens are stored.

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::UserId;
use sqlx::PgConnection;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    ConfirmEmail,
    ResetPassword,
    PatientSignIn,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::ConfirmEmail => "confirm_email",
            Self::ResetPassword => "reset_password",
            Self::PatientSignIn => "patient_sign_in",
        }
    }
}

/// Whom a link is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    User(UserId),
    /// A patient's address.
    Email(String),
}

/// # Errors
/// When the database cannot answer.
pub async fn insert(
    connection: &mut PgConnection,
    token_hash: &[u8],
    purpose: Purpose,
    holder: &Holder,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (user, email) = match holder {
        Holder::User(user) => (Some(user.0), None),
        Holder::Email(email) => (None, Some(email.as_str())),
    };
    sqlx::query!(
        "INSERT INTO one_time_links (token_hash, purpose, user_id, email, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        token_hash,
        purpose.as_str(),
        user,
        email,
        now,
        expires_at
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whom an unused, unexpired link is for, without using it up.
///
/// # Errors
/// When the database cannot answer.
pub async fn peek(
    connection: &mut PgConnection,
    token_hash: &[u8],
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Option<Holder>, StoreError> {
    let row = sqlx::query!(
        "SELECT user_id, email FROM one_time_links
         WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3",
        token_hash,
        purpose.as_str(),
        now
    )
    .fetch_optional(connection)
    .await?;
    row.map(|r| holder(r.user_id, r.email)).transpose()
}

/// Has the user a link of this purpose that is still good?
///
/// # Errors
/// When the database cannot answer.
pub async fn has_open(
    connection: &mut PgConnection,
    user: UserId,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM one_time_links
           WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3) AS "exists!""#,
        user.0,
        purpose.as_str(),
        now
    )
    .fetch_one(connection)
    .await?)
}

/// Uses a link up and tells whom it is for. Of two at once, one gets `None`.
///
/// # Errors
/// When the database cannot answer.
pub async fn consume(
    connection: &mut PgConnection,
    token_hash: &[u8],
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Option<Holder>, StoreError> {
    let row = sqlx::query!(
        "UPDATE one_time_links SET used_at = $3
         WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3 RETURNING user_id, email",
        token_hash,
        purpose.as_str(),
        now
    )
    .fetch_optional(connection)
    .await?;
    row.map(|r| holder(r.user_id, r.email)).transpose()
}

fn holder(user: Option<uuid::Uuid>, email: Option<String>) -> Result<Holder, StoreError> {
    match (user, email) {
        (Some(user), _) => Ok(Holder::User(UserId(user))),
        (None, Some(email)) => Ok(Holder::Email(email)),
        (None, None) => Err(StoreError::Unreadable("one_time_links.email")),
    }
}

/// Makes all links of a user useless; returns how many were still good.
///
/// # Errors
/// When the database cannot answer.
pub async fn use_up(connection: &mut PgConnection, user: UserId, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let done =
        sqlx::query!("UPDATE one_time_links SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL", user.0, now)
            .execute(connection)
            .await?;
    Ok(done.rows_affected())
}

/// A patient followed a sign-in link; the cookie holds the token behind this hash.
///
/// # Errors
/// When the database cannot answer.
pub async fn insert_patient_login(
    connection: &mut PgConnection,
    token_hash: &[u8],
    email: &str,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO patient_logins (token_hash, email, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        token_hash,
        email,
        now,
        expires_at
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The address behind a patient's cookie that is good at `now`.
///
/// # Errors
/// When the database cannot answer.
pub async fn patient_of(
    connection: &mut PgConnection,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar!(
        "SELECT email FROM patient_logins WHERE token_hash = $1 AND expires_at > $2",
        token_hash,
        now
    )
    .fetch_optional(connection)
    .await?)
}

/// False when nobody was signed in with it.
///
/// # Errors
/// When the database cannot answer.
pub async fn delete_patient_login(connection: &mut PgConnection, token_hash: &[u8]) -> Result<bool, StoreError> {
    let done = sqlx::query!("DELETE FROM patient_logins WHERE token_hash = $1", token_hash).execute(connection).await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets links and patients' logins that expired; returns how many rows went.
///
/// # Errors
/// When the database cannot answer.
pub async fn forget_expired(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let links =
        sqlx::query!("DELETE FROM one_time_links WHERE expires_at <= $1", now).execute(&mut *connection).await?;
    let logins = sqlx::query!("DELETE FROM patient_logins WHERE expires_at <= $1", now).execute(connection).await?;
    Ok(links.rows_affected() + logins.rows_affected())
}
