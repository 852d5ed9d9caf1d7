//! The few doors from outside into a practice: which practice does a slug, a booking, a person belong to?
//!
//! Each is a SECURITY DEFINER function of the database that tells ids and nothing more, so it works in a transaction
//! without a practice ([`crate::Db::anywhere`]). What is found is then read in a transaction of that practice.

use crate::StoreError;
use crate::messages::Way;
use chrono::{DateTime, NaiveDate, Utc};
use contracts::accounts::Role;
use contracts::{BookingId, CalendarId, FeedId, MemberId, PracticeId, SessionId, TherapistId, UserId};
use sqlx::PgConnection;

/// A user's place in one practice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub practice_id: PracticeId,
    pub practice_name: String,
    /// Has the owner confirmed the e-mail address?
    pub confirmed: bool,
    pub member_id: MemberId,
    pub role: Role,
    /// The member's own therapist profile.
    pub therapist_id: Option<TherapistId>,
}

/// Whose a public address is, and which is their present one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub practice: PracticeId,
    pub therapist: TherapistId,
    /// Another one than was asked for when the therapist has moved on from that.
    pub slug: String,
}

/// The published therapist of a confirmed practice behind a public address, the present or an old one.
///
/// # Errors
/// When the database cannot answer.
pub async fn address(connection: &mut PgConnection, slug: &str) -> Result<Option<Address>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT practice_id AS "practice_id!", therapist_id AS "therapist_id!", present AS "present!"
           FROM lookup.therapist_by_slug($1)"#,
        slug
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|r| Address { practice: r.practice_id.into(), therapist: r.therapist_id.into(), slug: r.present }))
}

/// The same without the address.
///
/// # Errors
/// When the database cannot answer.
pub async fn therapist_by_slug(
    connection: &mut PgConnection,
    slug: &str,
) -> Result<Option<(PracticeId, TherapistId)>, StoreError> {
    Ok(address(connection, slug).await?.map(|found| (found.practice, found.therapist)))
}

/// Every published address, in order.
///
/// # Errors
/// When the database cannot answer.
pub async fn published_slugs(connection: &mut PgConnection) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar!(r#"SELECT slug AS "slug!" FROM lookup.published_slugs() AS slug"#)
        .fetch_all(connection)
        .await?)
}

/// The practice a booking was made with.
///
/// # Errors
/// When the database cannot answer.
pub async fn practice_of_booking(
    connection: &mut PgConnection,
    booking: BookingId,
) -> Result<Option<PracticeId>, StoreError> {
    let practice =
        sqlx::query_scalar!(r#"SELECT lookup.practice_of_booking($1)"#, booking.0).fetch_one(connection).await?;
    Ok(practice.map(PracticeId))
}

/// The practices in which this address has bookings that were sent and are not erased.
///
/// # Errors
/// When the database cannot answer.
pub async fn practices_of_patient(connection: &mut PgConnection, email: &str) -> Result<Vec<PracticeId>, StoreError> {
    let ids = sqlx::query_scalar!(r#"SELECT id AS "id!" FROM lookup.practices_of_patient($1) AS id ORDER BY 1"#, email)
        .fetch_all(connection)
        .await?;
    Ok(ids.into_iter().map(PracticeId).collect())
}

/// The practice that sent the invitation with this token (as its SHA-256).
///
/// # Errors
/// When the database cannot answer.
pub async fn practice_of_invitation(
    connection: &mut PgConnection,
    token_hash: &[u8],
) -> Result<Option<PracticeId>, StoreError> {
    let practice =
        sqlx::query_scalar!(r#"SELECT lookup.practice_of_invitation($1)"#, token_hash).fetch_one(connection).await?;
    Ok(practice.map(PracticeId))
}

/// Where a user is an active member, the oldest membership first.
///
/// # Errors
/// When the database cannot answer, or a role is unknown.
pub async fn memberships(connection: &mut PgConnection, user: UserId) -> Result<Vec<Membership>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT practice_id AS "practice_id!", practice_name AS "practice_name!", confirmed AS "confirmed!",
                  member_id AS "member_id!", role AS "role!", therapist_id AS "therapist_id?"
           FROM lookup.memberships($1)"#,
        user.0
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(Membership {
                practice_id: r.practice_id.into(),
                practice_name: r.practice_name,
                confirmed: r.confirmed,
                member_id: r.member_id.into(),
                role: Role::parse(&r.role).ok_or(StoreError::Unreadable("members.role"))?,
                therapist_id: r.therapist_id.map(TherapistId),
            })
        })
        .collect()
}

/// Practices with a booking whose deadline has passed at `at`.
///
/// # Errors
/// When the database cannot answer.
pub async fn practices_with_due_bookings(
    connection: &mut PgConnection,
    at: DateTime<Utc>,
) -> Result<Vec<PracticeId>, StoreError> {
    let ids =
        sqlx::query_scalar!(r#"SELECT id AS "id!" FROM lookup.practices_with_due_bookings($1) AS id ORDER BY 1"#, at)
            .fetch_all(connection)
            .await?;
    Ok(ids.into_iter().map(PracticeId).collect())
}

/// Practices with a never-paid booking that was closed at `closed_before` or earlier and still holds personal data.
///
/// # Errors
/// When the database cannot answer.
pub async fn practices_with_erasable_bookings(
    connection: &mut PgConnection,
    closed_before: DateTime<Utc>,
) -> Result<Vec<PracticeId>, StoreError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM lookup.practices_with_erasable_bookings($1) AS id ORDER BY 1"#,
        closed_before
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(PracticeId).collect())
}

/// Practices with a message to send this way at `at`.
///
/// # Errors
/// When the database cannot answer.
pub async fn practices_with_due_messages(
    connection: &mut PgConnection,
    way: Way,
    at: DateTime<Utc>,
) -> Result<Vec<PracticeId>, StoreError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM lookup.practices_with_due_messages($1, $2) AS id ORDER BY 1"#,
        at,
        way == Way::Text
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(PracticeId).collect())
}

/// Practices in which a reminder of a session is due at `at`.
///
/// # Errors
/// When the database cannot answer.
pub async fn practices_with_due_reminders(
    connection: &mut PgConnection,
    at: DateTime<Utc>,
) -> Result<Vec<PracticeId>, StoreError> {
    let ids =
        sqlx::query_scalar!(r#"SELECT id AS "id!" FROM lookup.practices_with_due_reminders($1) AS id ORDER BY 1"#, at)
            .fetch_all(connection)
            .await?;
    Ok(ids.into_iter().map(PracticeId).collect())
}

/// Practices that have a patient with this number, or wrote to it.
///
/// # Errors
/// When the database cannot answer.
pub async fn practices_of_phone(connection: &mut PgConnection, phone: &str) -> Result<Vec<PracticeId>, StoreError> {
    let ids = sqlx::query_scalar!(r#"SELECT id AS "id!" FROM lookup.practices_of_phone($1) AS id ORDER BY 1"#, phone)
        .fetch_all(connection)
        .await?;
    Ok(ids.into_iter().map(PracticeId).collect())
}

/// Practices whose audit log has entries that are not sealed yet.
///
/// # Errors
/// When the database cannot answer.
pub async fn practices_with_unsealed_audit(connection: &mut PgConnection) -> Result<Vec<PracticeId>, StoreError> {
    let ids = sqlx::query_scalar!(r#"SELECT id AS "id!" FROM lookup.practices_with_unsealed_audit() AS id ORDER BY 1"#)
        .fetch_all(connection)
        .await?;
    Ok(ids.into_iter().map(PracticeId).collect())
}

/// A therapist with a series that may be due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueTherapist {
    pub practice: PracticeId,
    pub therapist: TherapistId,
    /// IANA name of the therapist's zone.
    pub time_zone: String,
    /// The first day on which one of their series is due, on their calendar.
    pub due_on: NaiveDate,
}

/// Therapists with a series that is due on this day or before.
///
/// # Errors
/// When the database cannot answer.
pub async fn therapists_with_due_series(
    connection: &mut PgConnection,
    until: NaiveDate,
) -> Result<Vec<DueTherapist>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT practice_id AS "practice_id!", therapist_id AS "therapist_id!", time_zone AS "time_zone!", due_on AS "due_on!"
           FROM lookup.therapists_with_due_series($1) ORDER BY 1, 2"#,
        until
    )
    .fetch_all(connection)
    .await?;
    let due = rows.into_iter().map(|row| DueTherapist {
        practice: PracticeId(row.practice_id),
        therapist: TherapistId(row.therapist_id),
        time_zone: row.time_zone,
        due_on: row.due_on,
    });
    Ok(due.collect())
}

/// Practices with patients of whom nothing was heard since then.
///
/// # Errors
/// When the database cannot answer.
pub async fn practices_with_dormant_patients(
    connection: &mut PgConnection,
    since: DateTime<Utc>,
) -> Result<Vec<PracticeId>, StoreError> {
    let ids = sqlx::query_scalar!(r#"SELECT id AS "id!" FROM lookup.practices_with_dormant_patients($1) AS id"#, since)
        .fetch_all(connection)
        .await?;
    Ok(ids.into_iter().map(PracticeId).collect())
}

/// Practices with files of patients that were uploaded by then and never imported.
///
/// # Errors
/// When the database cannot answer.
pub async fn practices_with_old_imports(
    connection: &mut PgConnection,
    before: DateTime<Utc>,
) -> Result<Vec<PracticeId>, StoreError> {
    let ids = sqlx::query_scalar!(r#"SELECT id AS "id!" FROM lookup.practices_with_old_imports($1) AS id"#, before)
        .fetch_all(connection)
        .await?;
    Ok(ids.into_iter().map(PracticeId).collect())
}

/// Calendars to read at `at`, those that wait longest first.
///
/// # Errors
/// When the database cannot answer.
pub async fn due_calendars(
    connection: &mut PgConnection,
    at: DateTime<Utc>,
    at_most: i32,
) -> Result<Vec<(PracticeId, CalendarId)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT practice_id AS "practice_id!", id AS "id!" FROM lookup.due_calendars($1, $2)"#,
        at,
        at_most
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (PracticeId(row.practice_id), CalendarId(row.id))).collect())
}

/// Sessions whose entries in calendars outside are to be written at `at`, those that wait longest first.
///
/// # Errors
/// When the database cannot answer.
pub async fn due_calendar_events(
    connection: &mut PgConnection,
    at: DateTime<Utc>,
    at_most: i32,
) -> Result<Vec<(PracticeId, SessionId)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT practice_id AS "practice_id!", session_id AS "session_id!" FROM lookup.due_calendar_events($1, $2)"#,
        at,
        at_most
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (PracticeId(row.practice_id), SessionId(row.session_id))).collect())
}

/// Whose an address to subscribe to is.
///
/// # Errors
/// When the database cannot answer.
pub async fn practice_of_feed(connection: &mut PgConnection, feed: FeedId) -> Result<Option<PracticeId>, StoreError> {
    let practice = sqlx::query_scalar!("SELECT lookup.practice_of_feed($1)", feed.0).fetch_one(connection).await?;
    Ok(practice.map(PracticeId))
}
