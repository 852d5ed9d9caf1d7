//! What decides about a therapist's time: opening hours with the service's terms, what is taken, and the rows that take.

use crate::StoreError;
use crate::lookup::Address;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use contracts::practice::{BookingPolicy, Place};
use contracts::{BookingId, PracticeId, ServiceId, SessionId, TherapistId};
use domain::slots::{DatedException, Schedule, Taken, WeeklyRule};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// Everything but what is taken that the engine needs for one therapist and one of their services.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    pub schedule: Schedule,
    pub policy: BookingPolicy,
    /// As this therapist gives the service.
    pub duration_min: i32,
    pub price_minor: i64,
    pub currency: String,
    pub place: Place,
}

/// A taken time, and when it ends by itself: the deadline of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenUntil {
    pub taken: Taken,
    pub lapses_at: Option<DateTime<Utc>>,
}

struct ScheduleRow {
    therapist_id: Uuid,
    time_zone: String,
    buffer_before_min: i32,
    buffer_after_min: i32,
    slot_step_min: Option<i32>,
    policy: Json<BookingPolicy>,
    rules: Json<Vec<WeeklyRule>>,
    exceptions: Json<Vec<DatedException>>,
}

impl ScheduleRow {
    fn read(self) -> Result<(Schedule, BookingPolicy), StoreError> {
        let policy = self.policy.0;
        let schedule = Schedule {
            zone: self.time_zone.parse().map_err(|_| StoreError::Unreadable("therapists.time_zone"))?,
            rules: self.rules.0,
            exceptions: self.exceptions.0,
            buffer_before_min: self.buffer_before_min,
            buffer_after_min: self.buffer_after_min,
            step_min: self.slot_step_min,
            notice_min: policy.notice_min,
            horizon_days: policy.horizon_days,
        };
        Ok((schedule, policy))
    }
}

/// The terms of a service a therapist gives, in one query; exceptions that end before `from` are left out. `None` when
/// the therapist does not give it or it is not offered any more.
///
/// # Errors
/// When the database cannot answer or the stored zone is unknown.
pub async fn terms(
    connection: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
    service: ServiceId,
    from: NaiveDate,
) -> Result<Option<Terms>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT t.time_zone, t.buffer_before_min, t.buffer_after_min, t.slot_step_min,
                  coalesce(t.policy, p.policy) AS "policy!: Json<BookingPolicy>",
                  coalesce(ts.duration_min, s.duration_min) AS "duration_min!",
                  coalesce(ts.price_minor, s.price_minor) AS "price_minor!", s.currency, s.place,
                  (SELECT coalesce(json_agg(json_build_object('weekday', r.weekday, 'starts_min', r.starts_min,
                                                              'ends_min', r.ends_min)), '[]')
                   FROM availability_rules r WHERE r.practice_id = $1 AND r.therapist_id = $2
                  ) AS "rules!: Json<Vec<WeeklyRule>>",
                  (SELECT coalesce(json_agg(json_build_object('id', e.id, 'kind', e.kind, 'starts_on', e.starts_on,
                            'ends_on', e.ends_on, 'reason', e.reason, 'minutes',
                            CASE WHEN e.starts_min IS NOT NULL THEN json_build_array(e.starts_min, e.ends_min) END)), '[]')
                   FROM availability_exceptions e WHERE e.practice_id = $1 AND e.therapist_id = $2 AND e.ends_on >= $4
                  ) AS "exceptions!: Json<Vec<DatedException>>"
           FROM therapists t
           JOIN practices p ON p.practice_id = t.practice_id
           JOIN therapist_services ts ON ts.practice_id = t.practice_id AND ts.therapist_id = t.id
           JOIN services s ON s.practice_id = ts.practice_id AND s.id = ts.service_id AND s.active
           WHERE t.practice_id = $1 AND t.id = $2 AND ts.service_id = $3"#,
        practice.0,
        therapist.0,
        service.0,
        from
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let place = Place::parse(&row.place).ok_or(StoreError::Unreadable("services.place"))?;
    let (schedule, policy) = ScheduleRow {
        therapist_id: therapist.0,
        time_zone: row.time_zone,
        buffer_before_min: row.buffer_before_min,
        buffer_after_min: row.buffer_after_min,
        slot_step_min: row.slot_step_min,
        policy: row.policy,
        rules: row.rules,
        exceptions: row.exceptions,
    }
    .read()?;
    Ok(Some(Terms {
        schedule,
        policy,
        duration_min: row.duration_min,
        price_minor: row.price_minor,
        currency: row.currency,
        place,
    }))
}

/// What the free times of a public page are computed from.
#[derive(Debug, Clone, PartialEq)]
pub struct PublicSlots {
    pub address: Address,
    pub terms: Terms,
    pub taken: Vec<TakenUntil>,
    /// Holds among these days have lapsed, and nobody has written it down yet: they are not in `taken`, but in the way.
    pub lapsed: bool,
}

/// What [`public_slots`] is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Show,
    /// Waits for whoever is changing the opening hours, as [`lock_for_booking`] does; only inside of a transaction.
    Book,
}

/// All of it in one round trip, by the address alone; exceptions that end before `since` are left out. `None` when the
/// address leads nowhere, or the therapist does not give the service. A transaction in which it is asked works for the
/// practice from there on.
///
/// # Errors
/// When the database cannot answer or the stored zone is unknown.
pub async fn public_slots(
    connection: &mut PgConnection,
    (slug, service): (&str, ServiceId),
    since: NaiveDate,
    (from, until): (NaiveDate, NaiveDate),
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Option<PublicSlots>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT practice AS "practice!", therapist AS "therapist!", address AS "address!", time_zone AS "time_zone!",
                  buffer_before_min AS "buffer_before_min!", buffer_after_min AS "buffer_after_min!", slot_step_min,
                  policy AS "policy!: Json<BookingPolicy>", duration_min AS "duration_min!", price_minor AS "price_minor!",
                  currency AS "currency!", place AS "place!",
                  rules AS "rules!: Json<Vec<WeeklyRule>>", exceptions AS "exceptions!: Json<Vec<DatedException>>",
                  starts_at AS "starts_at!", ends_at AS "ends_at!", blocked_from AS "blocked_from!",
                  blocked_until AS "blocked_until!", firm AS "firm!", booking AS "booking!: Vec<Option<Uuid>>",
                  lapses_at AS "lapses_at!: Vec<Option<DateTime<Utc>>>"
           FROM public_slots($1, $2, $3, $4, $5, $6)"#,
        slug,
        service.0,
        since,
        from,
        until,
        purpose == Purpose::Book
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let starts = row.starts_at.into_iter().zip(row.ends_at);
    let blocks = row.blocked_from.into_iter().zip(row.blocked_until);
    let rest = row.firm.into_iter().zip(row.booking).zip(row.lapses_at);
    let taken = starts.zip(blocks).zip(rest).map(|((times, blocked), ((firm, booking), lapses_at))| TakenUntil {
        taken: Taken {
            starts_at: times.0,
            ends_at: times.1,
            blocked_from: blocked.0,
            blocked_until: blocked.1,
            firm,
            booking: booking.map(BookingId),
        },
        lapses_at,
    });
    let (taken, lapsed): (Vec<_>, Vec<_>) = taken.partition(|one| one.lapses_at.is_none_or(|at| at > now));
    let address = Address { practice: row.practice.into(), therapist: row.therapist.into(), slug: row.address };
    let place = Place::parse(&row.place).ok_or(StoreError::Unreadable("services.place"))?;
    let (schedule, policy) = ScheduleRow {
        therapist_id: row.therapist,
        time_zone: row.time_zone,
        buffer_before_min: row.buffer_before_min,
        buffer_after_min: row.buffer_after_min,
        slot_step_min: row.slot_step_min,
        policy: row.policy,
        rules: row.rules,
        exceptions: row.exceptions,
    }
    .read()?;
    let terms = Terms {
        schedule,
        policy,
        duration_min: row.duration_min,
        price_minor: row.price_minor,
        currency: row.currency,
        place,
    };
    Ok(Some(PublicSlots { address, terms, taken, lapsed: !lapsed.is_empty() }))
}

/// The schedules of all therapists of the practice, or of one; exceptions that end before `from` are left out.
///
/// # Errors
/// When the database cannot answer or a stored zone is unknown.
pub async fn schedules(
    connection: &mut PgConnection,
    practice: PracticeId,
    therapist: Option<TherapistId>,
    from: NaiveDate,
) -> Result<Vec<Schedule>, StoreError> {
    let one = therapist.map(|t| [t]);
    let found = schedules_of(connection, practice, one.as_ref().map(<[_; 1]>::as_slice), from).await?;
    Ok(found.into_iter().map(|one| one.schedule).collect())
}

/// When a therapist is open, and the rules for bookings with them.
#[derive(Debug, Clone, PartialEq)]
pub struct TherapistSchedule {
    pub therapist: TherapistId,
    pub schedule: Schedule,
    pub policy: BookingPolicy,
}

/// The schedules of these therapists, or of all; exceptions that end before `from` are left out.
///
/// # Errors
/// When the database cannot answer or a stored zone is unknown.
pub async fn schedules_of(
    connection: &mut PgConnection,
    practice: PracticeId,
    therapists: Option<&[TherapistId]>,
    from: NaiveDate,
) -> Result<Vec<TherapistSchedule>, StoreError> {
    let ids = therapists.map(|ids| ids.iter().map(|t| t.0).collect::<Vec<_>>());
    let rows = sqlx::query_as!(
        ScheduleRow,
        r#"SELECT t.id AS therapist_id, t.time_zone, t.buffer_before_min, t.buffer_after_min, t.slot_step_min,
                  coalesce(t.policy, p.policy) AS "policy!: Json<BookingPolicy>",
                  (SELECT coalesce(json_agg(json_build_object('weekday', r.weekday, 'starts_min', r.starts_min,
                                                              'ends_min', r.ends_min)), '[]')
                   FROM availability_rules r WHERE r.practice_id = $1 AND r.therapist_id = t.id
                  ) AS "rules!: Json<Vec<WeeklyRule>>",
                  (SELECT coalesce(json_agg(json_build_object('id', e.id, 'kind', e.kind, 'starts_on', e.starts_on,
                            'ends_on', e.ends_on, 'reason', e.reason, 'minutes',
                            CASE WHEN e.starts_min IS NOT NULL THEN json_build_array(e.starts_min, e.ends_min) END)), '[]')
                   FROM availability_exceptions e WHERE e.practice_id = $1 AND e.therapist_id = t.id AND e.ends_on >= $3
                  ) AS "exceptions!: Json<Vec<DatedException>>"
           FROM therapists t
           JOIN practices p ON p.practice_id = t.practice_id
           WHERE t.practice_id = $1 AND ($2::uuid[] IS NULL OR t.id = ANY($2))
           ORDER BY t.id"#,
        practice.0,
        ids.as_deref(),
        from
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let therapist = TherapistId(row.therapist_id);
            row.read().map(|(schedule, policy)| TherapistSchedule { therapist, schedule, policy })
        })
        .collect()
}

/// No occupancy is longer than this: two hours and two buffers of two hours, with room.
fn longest() -> Duration {
    Duration::hours(24)
}

/// What takes the therapist's time between two instants, in order, found through the index on the end of each span, so
/// that past sessions cost nothing. A hold whose deadline has passed at `now` is left out, swept away or not. What is taken
/// in calendars outside is certain and needs no buffers of its own.
///
/// # Errors
/// When the database cannot answer.
pub async fn taken(
    connection: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
    span: (DateTime<Utc>, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Result<Vec<TakenUntil>, StoreError> {
    let found = taken_of(connection, practice, &[therapist], span, now).await?;
    Ok(found.into_iter().map(|(_, taken)| taken).collect())
}

/// The same for several therapists at once.
///
/// # Errors
/// When the database cannot answer.
pub async fn taken_of(
    connection: &mut PgConnection,
    practice: PracticeId,
    therapists: &[TherapistId],
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Result<Vec<(TherapistId, TakenUntil)>, StoreError> {
    let ids: Vec<Uuid> = therapists.iter().map(|t| t.0).collect();
    let rows = sqlx::query!(
        r#"SELECT o.therapist_id AS "therapist_id!", o.starts_at AS "starts_at!", o.ends_at AS "ends_at!",
                  o.blocked_from AS "blocked_from!", o.blocked_until AS "blocked_until!", o.firm AS "firm!",
                  o.booking_id AS "booking_id?",
                  CASE WHEN NOT o.firm THEN (SELECT b.deadline FROM bookings b
                       WHERE b.practice_id = $1 AND b.id = o.booking_id AND b.status = 'held') END AS lapses_at
           FROM occupancies o
           WHERE o.practice_id = $1 AND o.therapist_id = ANY($2) AND o.blocked_until > $3 AND o.blocked_until < $4
             AND o.blocked_from < $5
           UNION ALL
           SELECT e.therapist_id, e.starts_at, e.ends_at, e.starts_at, e.ends_at, true, NULL, NULL
           FROM external_busy e
           WHERE e.practice_id = $1 AND e.therapist_id = ANY($2) AND e.ends_at > $3 AND e.ends_at < $4 AND e.starts_at < $5
           ORDER BY 5"#,
        practice.0,
        &ids,
        from,
        until.checked_add_signed(longest()).unwrap_or(until),
        until
    )
    .fetch_all(connection)
    .await?;
    let taken = rows.into_iter().filter(|row| row.lapses_at.is_none_or(|at| at > now)).map(|row| {
        let taken = Taken {
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            blocked_from: row.blocked_from,
            blocked_until: row.blocked_until,
            firm: row.firm,
            booking: row.booking_id.map(BookingId),
        };
        (TherapistId(row.therapist_id), TakenUntil { taken, lapses_at: row.lapses_at })
    });
    Ok(taken.collect())
}

/// Held by everybody who books this therapist until the transaction ends; who changes the opening hours takes it alone
/// ([`crate::schedule::lock`]), so a booking and an exception can never pass each other.
///
/// # Errors
/// When the database cannot answer.
pub async fn lock_for_booking(connection: &mut PgConnection, therapist: TherapistId) -> Result<(), StoreError> {
    sqlx::query!(
        r#"SELECT pg_advisory_xact_lock_shared(hashtextextended($1::uuid::text, 0))::text AS "locked?""#,
        therapist.0
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// Locks the holds that overlap a span and have lapsed, and `also` (a hold the visitor gives back, if it still is one), in
/// the order of their ids: everybody who needs several locks them in this order, so nobody waits in a circle.
///
/// # Errors
/// When the database cannot answer.
pub async fn lock_lapsed(
    connection: &mut PgConnection,
    practice: PracticeId,
    therapist: TherapistId,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    also: Option<BookingId>,
    now: DateTime<Utc>,
) -> Result<Vec<BookingId>, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT b.id FROM bookings b
         WHERE b.practice_id = $1 AND b.status = 'held' AND (b.id = $6 OR (b.deadline <= $7 AND b.id IN (
           SELECT o.booking_id FROM occupancies o WHERE o.practice_id = $1 AND o.therapist_id = $2 AND NOT o.firm
             AND o.blocked_until > $3 AND o.blocked_until < $5 AND o.blocked_from < $4)))
         ORDER BY b.id FOR UPDATE OF b",
        practice.0,
        therapist.0,
        from,
        until,
        until.checked_add_signed(longest()).unwrap_or(until),
        also.map(|b| b.0),
        now
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(BookingId).collect())
}

/// A slot with its buffers, for one booking and, once it is certain, its session.
#[derive(Debug, Clone, Copy)]
pub struct NewOccupancy {
    pub id: Uuid,
    pub therapist: TherapistId,
    pub booking: BookingId,
    pub session: Option<SessionId>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub blocked_from: DateTime<Utc>,
    pub blocked_until: DateTime<Utc>,
}

/// Takes the slot; `false` when something else has it. The exclusion constraint decides, and because of
/// `ON CONFLICT DO NOTHING` losers neither fail nor wait for each other in a circle.
///
/// # Errors
/// When the database cannot answer.
pub async fn take(connection: &mut PgConnection, practice: PracticeId, new: &NewOccupancy) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "INSERT INTO occupancies (practice_id, id, therapist_id, booking_id, session_id, firm, starts_at, ends_at, blocked_from,
                                  blocked_until)
         VALUES ($1, $2, $3, $4, $5, $5::uuid IS NOT NULL, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        practice.0,
        new.id,
        new.therapist.0,
        new.booking.0,
        new.session.map(|s| s.0),
        new.starts_at,
        new.ends_at,
        new.blocked_from,
        new.blocked_until
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Frees the slots of these bookings; those that keep none are passed over.
///
/// # Errors
/// When the database cannot answer.
pub async fn free(
    connection: &mut PgConnection,
    practice: PracticeId,
    bookings: &[BookingId],
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = bookings.iter().map(|b| b.0).collect();
    sqlx::query!("DELETE FROM occupancies WHERE practice_id = $1 AND booking_id = ANY($2)", practice.0, &ids)
        .execute(connection)
        .await?;
    Ok(())
}

/// The booking's slot becomes its session's: the same row, never free in between.
///
/// # Errors
/// `NothingChanged` when the booking keeps no slot.
pub async fn make_firm(
    connection: &mut PgConnection,
    practice: PracticeId,
    booking: BookingId,
    session: SessionId,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE occupancies SET firm = true, session_id = $3 WHERE practice_id = $1 AND booking_id = $2",
        practice.0,
        booking.0,
        session.0
    )
    .execute(connection)
    .await?;
    crate::practices::changed_one(done.rows_affected())
}
