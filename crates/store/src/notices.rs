//! What members are told inside of Calma.

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::lists::MessageSort;
use contracts::messages::{Notice, NoticeKind};
use contracts::{BookingId, MemberId, PatientId, PracticeId, TherapistId};
use sqlx::PgConnection;
use uuid::Uuid;

/// An event, as it is told.
#[derive(Debug, Clone, Copy)]
pub struct NewNotice {
    pub id: Uuid,
    pub kind: NoticeKind,
    pub booking: Option<BookingId>,
    pub patient: Option<PatientId>,
    /// Another thing that it is about.
    pub about: Option<Uuid>,
    pub created_at: DateTime<Utc>,
}

/// Tells the therapist it concerns, the owners and the front desk; not whoever did it themselves.
///
/// # Errors
/// When the database cannot answer.
pub async fn tell(
    conn: &mut PgConnection,
    practice: PracticeId,
    therapist: Option<TherapistId>,
    but: Option<MemberId>,
    new: &NewNotice,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO notifications (practice_id, member_id, id, kind, booking_id, patient_id, about_id, created_at)
         SELECT $1, m.id, $2, $3, $4, $5, $6, $7 FROM members m
         WHERE m.practice_id = $1 AND m.disabled_at IS NULL AND ($9::uuid IS NULL OR m.id <> $9)
           AND (m.role IN ('admin', 'operator') OR EXISTS (SELECT FROM therapists t
             WHERE t.practice_id = $1 AND t.member_id = m.id AND t.id = $8))
         ON CONFLICT DO NOTHING",
        practice.0,
        new.id,
        new.kind.as_str(),
        new.booking.map(|id| id.0),
        new.patient.map(|id| id.0),
        new.about,
        new.created_at,
        therapist.map(|id| id.0),
        but.map(|id| id.0)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Tells the therapist and nobody else; not if they did it themselves.
///
/// # Errors
/// When the database cannot answer.
pub async fn tell_only(
    conn: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
    but: Option<MemberId>,
    new: &NewNotice,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO notifications (practice_id, member_id, id, kind, booking_id, patient_id, about_id, created_at)
         SELECT $1, m.id, $2, $3, $4, $5, $6, $7 FROM members m
         WHERE m.practice_id = $1 AND m.disabled_at IS NULL AND ($9::uuid IS NULL OR m.id <> $9)
           AND EXISTS (SELECT FROM therapists t WHERE t.practice_id = $1 AND t.member_id = m.id AND t.id = $8)
         ON CONFLICT DO NOTHING",
        practice.0,
        new.id,
        new.kind.as_str(),
        new.booking.map(|id| id.0),
        new.patient.map(|id| id.0),
        new.about,
        new.created_at,
        therapist.0,
        but.map(|id| id.0)
    )
    .execute(conn)
    .await?;
    Ok(())
}

struct RawNotice {
    id: Uuid,
    kind: String,
    booking_id: Option<Uuid>,
    patient_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    read: bool,
    patient_name: Option<String>,
    starts_at: Option<DateTime<Utc>>,
}

impl RawNotice {
    fn read(self) -> Result<Notice, StoreError> {
        Ok(Notice {
            id: self.id,
            kind: NoticeKind::parse(&self.kind).ok_or(StoreError::Unreadable("notifications.kind"))?,
            patient_name: self.patient_name,
            booking_id: self.booking_id.map(BookingId),
            patient_id: self.patient_id.map(PatientId),
            starts_at: self.starts_at,
            created_at: self.created_at,
            read: self.read,
        })
    }
}

macro_rules! page_of_notices {
    ($behind:tt, $order:tt, $connection:expr, $practice:expr, $member:expr, $after:expr, $limit:expr) => {
        sqlx::query_as!(
            RawNotice,
            r#"SELECT n.id, n.kind, n.booking_id, n.patient_id, n.created_at, n.read_at IS NOT NULL AS "read!",
                 coalesce(pt.name, b.patient_name) AS patient_name, b.starts_at AS "starts_at?"
               FROM notifications n
               LEFT JOIN bookings b ON b.practice_id = $1 AND b.id = n.booking_id
               LEFT JOIN patients pt ON pt.practice_id = $1 AND pt.id = coalesce(n.patient_id, b.patient_id)
               WHERE n.practice_id = $1 AND n.member_id = $2
                 AND ($3::timestamptz IS NULL OR (n.created_at, n.id) "#
                + $behind
                + " ($3, $4::uuid)) ORDER BY n.created_at "
                + $order
                + ", n.id "
                + $order
                + " LIMIT $5",
            $practice.0,
            $member.0,
            $after.map(|(at, _)| at),
            $after.map(|(_, id)| id),
            $limit
        )
        .fetch_all($connection)
        .await?
    };
}

/// What a member was told, in the order asked for, behind the one given.
///
/// # Errors
/// When the database cannot answer, or a kind is unknown.
pub async fn list(
    conn: &mut PgConnection,
    practice: PracticeId,
    member: MemberId,
    sort: MessageSort,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Notice>, StoreError> {
    let rows = match sort {
        MessageSort::CreatedAt => page_of_notices!(">", "ASC", conn, practice, member, after, limit),
        MessageSort::CreatedAtDown => page_of_notices!("<", "DESC", conn, practice, member, after, limit),
    };
    rows.into_iter().map(RawNotice::read).collect()
}

/// How many a member has not read; counting stops at 100.
///
/// # Errors
/// When the database cannot answer.
pub async fn unread(conn: &mut PgConnection, practice: PracticeId, member: MemberId) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM (SELECT FROM notifications
             WHERE practice_id = $1 AND member_id = $2 AND read_at IS NULL LIMIT 100) unread"#,
        practice.0,
        member.0
    )
    .fetch_one(conn)
    .await?)
}

/// The member has read this one, or all. `false` when there is no such one; one that was read stays as it is.
///
/// # Errors
/// When the database cannot answer.
pub async fn mark_read(
    conn: &mut PgConnection,
    practice: PracticeId,
    member: MemberId,
    id: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM notifications WHERE practice_id = $1 AND member_id = $2 AND id = $3) AS "found!""#,
        practice.0,
        member.0,
        id
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE notifications SET read_at = $4
         WHERE practice_id = $1 AND member_id = $2 AND ($3::uuid IS NULL OR id = $3) AND read_at IS NULL",
        practice.0,
        member.0,
        id,
        now
    )
    .execute(conn)
    .await?;
    Ok(id.is_none() || found)
}
