//! Everything that changes a booking. Each change adds one to its version, which tells open pages.

use crate::StoreError;
use crate::patients::Contact;
use chrono::{DateTime, Utc};
use contracts::booking::{BookingStatus, PatientDetails};
use contracts::practice::BookingPolicy;
use contracts::{BookingId, Lang, MemberId, PatientId, PracticeId, ServiceId, TherapistId};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// A slot that was chosen and will be held.
#[derive(Debug, Clone)]
pub struct NewBooking {
    pub id: BookingId,
    pub therapist: TherapistId,
    pub service: ServiceId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub price_minor: i64,
    pub currency: String,
    pub policy: BookingPolicy,
    pub lang: Lang,
    pub visitor_zone: Option<String>,
    pub reference: String,
    pub deadline: Option<DateTime<Utc>>,
}

/// What is known about a booking that is written the moment it is sent.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    pub status: BookingStatus,
    pub patient: PatientId,
    pub details: &'a PatientDetails,
}

/// What became of a booking that was written together with its slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    Done,
    /// Its reference exists already in the practice, so nothing was written.
    ReferenceTaken,
    /// Something else has the slot: the booking stands there without one, and the transaction has to be rolled back.
    SlotTaken,
}

/// Writes a booking that is held, or sent already, and takes its slot, blocked from and until these moments, as
/// [`crate::occupancy::take`] does.
///
/// # Errors
/// When the database cannot answer.
pub async fn insert(
    connection: &mut PgConnection,
    practice: PracticeId,
    new: &NewBooking,
    sent: Option<Sent<'_>>,
    (slot, blocked_from, blocked_until): (Uuid, DateTime<Utc>, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Result<Written, StoreError> {
    let details = sent.map(|sent| sent.details);
    let done = sqlx::query!(
        r#"WITH booked AS (
             INSERT INTO bookings (practice_id, id, therapist_id, service_id, starts_at, ends_at, price_minor, currency,
                                   policy, language, visitor_zone, reference, deadline, created_at, changed_at, status,
                                   patient_id, patient_name, patient_email, patient_phone, first_time, reason, requested_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, $16, $17, $18, $19, $20, $21, $22)
             ON CONFLICT (practice_id, reference) DO NOTHING RETURNING id),
           taken AS (
             INSERT INTO occupancies (practice_id, id, therapist_id, booking_id, firm, starts_at, ends_at, blocked_from,
                                      blocked_until)
             SELECT $1, $23, $3, id, false, $5, $6, $24, $25 FROM booked
             ON CONFLICT DO NOTHING RETURNING id)
           SELECT EXISTS (SELECT FROM booked) AS "booked!", EXISTS (SELECT FROM taken) AS "taken!""#,
        practice.0,
        new.id.0,
        new.therapist.0,
        new.service.0,
        new.starts_at,
        new.ends_at,
        new.price_minor,
        new.currency,
        Json(&new.policy) as _,
        new.lang.code(),
        new.visitor_zone,
        new.reference,
        new.deadline,
        now,
        sent.map_or(BookingStatus::Held, |sent| sent.status).as_str(),
        sent.map(|sent| sent.patient.0),
        details.map(|typed| typed.name.as_str()),
        details.map(|typed| typed.email.as_str()),
        details.map(|typed| typed.phone.as_str()),
        details.is_some_and(|typed| typed.first_time),
        details.map(|typed| typed.reason.as_str()),
        sent.map(|_| now),
        slot,
        blocked_from,
        blocked_until
    )
    .fetch_one(connection)
    .await?;
    Ok(match (done.booked, done.taken) {
        (false, _) => Written::ReferenceTaken,
        (true, false) => Written::SlotTaken,
        (true, true) => Written::Done,
    })
}

/// Writes a booking that the practice makes for a patient: confirmed from the first moment, under the patient's name.
/// `false` when its reference exists already in the practice.
///
/// # Errors
/// When the database cannot answer.
pub async fn insert_confirmed(
    connection: &mut PgConnection,
    practice: PracticeId,
    new: &NewBooking,
    (patient, contact): (PatientId, &Contact),
    by: MemberId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "INSERT INTO bookings (practice_id, id, therapist_id, service_id, status, source, starts_at, ends_at, price_minor,
                               currency, policy, language, reference, patient_id, patient_name, patient_email, patient_phone,
                               created_at, requested_at, changed_at, confirmed_at, changed_by)
         VALUES ($1, $2, $3, $4, 'confirmed', 'staff', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16, $16, $16, $17)
         ON CONFLICT (practice_id, reference) DO NOTHING",
        practice.0,
        new.id.0,
        new.therapist.0,
        new.service.0,
        new.starts_at,
        new.ends_at,
        new.price_minor,
        new.currency,
        Json(&new.policy) as _,
        new.lang.code(),
        new.reference,
        patient.0,
        contact.name,
        contact.email,
        contact.phone,
        now,
        by.0
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps what was typed. Everything must fit the columns already.
///
/// # Errors
/// `NothingChanged` when there is no such booking.
pub async fn save_details(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: BookingId,
    details: &PatientDetails,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE bookings SET patient_name = $3, patient_email = $4, patient_phone = $5, first_time = $6, reason = $7,
                             version = version + 1
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        details.name,
        details.email,
        details.phone,
        details.first_time,
        details.reason
    )
    .execute(connection)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// Sends the request in its patient's name; [`change`] moves it on.
///
/// # Errors
/// `NothingChanged` when there is no such booking.
pub async fn set_requested(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: BookingId,
    patient: PatientId,
    details: &PatientDetails,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE bookings SET patient_name = $3, patient_email = $4, patient_phone = $5, reason = $6, patient_id = $7,
                             requested_at = $8
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        details.name,
        details.email,
        details.phone,
        details.reason,
        patient.0,
        now
    )
    .execute(connection)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// Who ended a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosedBy {
    Member(MemberId),
    Patient,
    System,
}

impl ClosedBy {
    /// The stored word.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Member(_) => "member",
            Self::Patient => "patient",
            Self::System => "system",
        }
    }
}

/// A step from one state to the next.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    pub status: BookingStatus,
    pub deadline: Option<DateTime<Utc>>,
    pub by: ClosedBy,
    /// Why it was declined or cancelled.
    pub reason: Option<&'a str>,
    /// The money is there.
    pub paid: bool,
}

/// # Errors
/// `NothingChanged` when there is no such booking.
pub async fn change(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: BookingId,
    change: &Change<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let closed = !change.status.keeps_slot();
    let member = match change.by {
        ClosedBy::Member(member) => Some(member.0),
        ClosedBy::Patient | ClosedBy::System => None,
    };
    let done = sqlx::query!(
        "UPDATE bookings SET status = $3, deadline = $4, version = version + 1, changed_at = $5, changed_by = $6,
           closed_at = $7, closed_by_kind = $8, closing_reason = $9,
           confirmed_at = CASE WHEN $10 THEN $5 ELSE confirmed_at END, paid_at = CASE WHEN $11 THEN $5 ELSE paid_at END
         WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        change.status.as_str(),
        change.deadline,
        now,
        member,
        closed.then_some(now),
        closed.then_some(change.by.kind()),
        change.reason.filter(|_| closed),
        change.status == BookingStatus::Confirmed,
        change.paid
    )
    .execute(connection)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// Something about the booking changed that is not its state: a late proof came or was decided.
///
/// # Errors
/// `NothingChanged` when there is no such booking.
pub async fn touch(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: BookingId,
    paid_at: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE bookings SET version = version + 1, paid_at = coalesce($3, paid_at) WHERE practice_id = $1 AND id = $2",
        practice.0,
        id.0,
        paid_at
    )
    .execute(connection)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}

/// Ends holds that lapsed; what was typed stays until it is erased.
///
/// # Errors
/// When the database cannot answer.
pub async fn lapse(
    connection: &mut PgConnection,
    practice: PracticeId,
    ids: &[BookingId],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|b| b.0).collect();
    sqlx::query!(
        "UPDATE bookings SET status = 'expired', deadline = NULL, version = version + 1, changed_at = $3, closed_at = $3,
           closed_by_kind = 'system'
         WHERE practice_id = $1 AND id = ANY($2) AND status = 'held'",
        practice.0,
        &ids,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Locks the booking unless another server is busy with it; the lock ends with the transaction.
///
/// # Errors
/// When the database cannot answer.
pub async fn try_lock(connection: &mut PgConnection, practice: PracticeId, id: BookingId) -> Result<bool, StoreError> {
    let row = sqlx::query_scalar!(
        "SELECT id FROM bookings WHERE practice_id = $1 AND id = $2 FOR UPDATE SKIP LOCKED",
        practice.0,
        id.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}

/// Bookings whose deadline has passed, by deadline and id, behind the one given.
///
/// # Errors
/// When the database cannot answer.
pub async fn due(
    connection: &mut PgConnection,
    practice: PracticeId,
    now: DateTime<Utc>,
    after: Option<(DateTime<Utc>, BookingId)>,
    limit: i64,
) -> Result<Vec<(DateTime<Utc>, BookingId)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT deadline AS "deadline!", id FROM bookings
           WHERE practice_id = $1 AND deadline <= $2
             AND ($3::timestamptz IS NULL OR (deadline, id) > ($3, $4::uuid))
           ORDER BY deadline, id LIMIT $5"#,
        practice.0,
        now,
        after.map(|(at, _)| at),
        after.map(|(_, id)| id.0),
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.deadline, BookingId(row.id))).collect())
}

/// A closed booking that holds personal data for no reason any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasable {
    pub id: BookingId,
    pub closed_at: DateTime<Utc>,
    /// Nobody for a hold that was never sent.
    pub patient: Option<PatientId>,
}

/// Closed, never paid bookings that still hold personal data and were closed by `closed_before`, leaving out those whose
/// proof still waits for a decision and those whose last message is still on its way (that late money was returned, say);
/// by closing and id, behind the one given. `only` asks about one booking.
///
/// # Errors
/// When the database cannot answer.
pub async fn erasable(
    connection: &mut PgConnection,
    practice: PracticeId,
    closed_before: DateTime<Utc>,
    only: Option<BookingId>,
    after: Option<(DateTime<Utc>, BookingId)>,
    limit: i64,
) -> Result<Vec<Erasable>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT b.id, b.closed_at AS "closed_at!", b.patient_id FROM bookings b
           WHERE b.practice_id = $1 AND b.erased_at IS NULL AND b.paid_at IS NULL
             AND b.status IN ('expired', 'declined', 'cancelled') AND b.closed_at <= $2
             AND ($3::uuid IS NULL OR b.id = $3)
             AND ($4::timestamptz IS NULL OR (b.closed_at, b.id) > ($4, $5::uuid))
             AND NOT EXISTS (SELECT 1 FROM payment_proofs x
                             WHERE x.practice_id = $1 AND x.booking_id = b.id AND x.state = 'submitted')
             AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.practice_id = $1 AND s.booking_id = b.id)
             AND NOT EXISTS (SELECT 1 FROM messages m
                             WHERE m.practice_id = $1 AND m.booking_id = b.id AND m.status = 'queued')
           ORDER BY b.closed_at, b.id LIMIT $6"#,
        practice.0,
        closed_before,
        only.map(|id| id.0),
        after.map(|(at, _)| at),
        after.map(|(_, id)| id.0),
        limit
    )
    .fetch_all(connection)
    .await?;
    let found = rows.into_iter().map(|row| Erasable {
        id: BookingId(row.id),
        closed_at: row.closed_at,
        patient: row.patient_id.map(PatientId),
    });
    Ok(found.collect())
}

/// Erases what these bookings and the messages about them tell of a person.
///
/// # Errors
/// When the database cannot answer.
pub async fn erase(
    connection: &mut PgConnection,
    practice: PracticeId,
    ids: &[BookingId],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|b| b.0).collect();
    sqlx::query!(
        "UPDATE bookings SET patient_name = NULL, patient_email = NULL, patient_phone = NULL, reason = NULL,
           closing_reason = NULL, visitor_zone = NULL, patient_id = NULL, erased_at = $3, version = version + 1
         WHERE practice_id = $1 AND id = ANY($2)",
        practice.0,
        &ids,
        now
    )
    .execute(&mut *connection)
    .await?;
    // What was never delivered will not be: there is nobody left to deliver it to.
    sqlx::query!(
        "DELETE FROM messages WHERE practice_id = $1 AND booking_id = ANY($2) AND status <> 'sent'",
        practice.0,
        &ids
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE messages SET recipient = '', recipient_name = '', subject = '', body_text = '', body_html = '', calendar = NULL,
           patient_id = NULL
         WHERE practice_id = $1 AND booking_id = ANY($2)",
        practice.0,
        &ids
    )
    .execute(connection)
    .await?;
    Ok(())
}
