//! Placing a session into the diary, and moving one.

use super::view::view;
use super::{check_version, conflict, lock, reread};
use crate::bookings::held::{ALTERNATIVE_DAYS, REFERENCE_TRIES, SlotPlace, clear_the_way};
use crate::bookings::notify;
use crate::bookings::practice::{begin, commit};
use crate::bookings::steps::video_link;
use crate::messages::Template;
use crate::{Ctx, Member, Result, ServiceError, audit, calendars};
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use contracts::limits::{DURATION_MAX, DURATION_MIN, DURATION_STEP};
use contracts::sessions::{MoveSession, NewSession, SessionView};
use contracts::{BookingId, ErrorCode, FieldProblem, Money, PatientId, SessionId};
use domain::permissions::{Action, Resource};
use domain::slots::{self, Obstacle, Schedule, Span};
use serde_json::json;
use store::bookings::NewBooking;
use store::occupancy::{self, NewOccupancy, Terms};
use store::patients::Contact;
use store::sessions::SessionRow;
use store::{Tx, sessions};

/// A session that took place without being in the diary may be entered this long after.
const BACK_DAYS: i64 = 31;
/// And none is planned farther ahead than this.
const AHEAD_DAYS: i64 = 400;

/// Places a session: any free time of the opening hours, or, knowingly, one outside them.
///
/// # Errors
/// `NOT_FOUND` for a patient that is none of theirs; `SLOT_TAKEN` with alternatives; `SLOT_UNAVAILABLE` with
/// `outside_hours` on `starts` when the therapist is not open then; field errors.
pub async fn create(ctx: &Ctx, cmd: NewSession) -> Result<SessionView> {
    let member = ctx.may(Action::Create, Resource::Sessions)?;
    let practice = member.practice_id;
    calendars::freshen(ctx, practice, cmd.therapist_id).await;
    let mut tx = begin(ctx, member).await?;
    occupancy::lock_for_booking(&mut tx, cmd.therapist_id).await?;
    let contact = store::patients::contact(&mut tx, practice, cmd.patient_id).await?;
    let contact = contact.ok_or_else(ServiceError::not_found)?;
    let from = (ctx.now - Duration::days(BACK_DAYS + 2)).date_naive();
    let terms = occupancy::terms(&mut tx, practice, cmd.therapist_id, cmd.service_id, from).await?;
    let terms = terms.ok_or_else(|| ServiceError::field("service_id", FieldProblem::InvalidChoice))?;
    let terms = agreed(terms, &cmd, contact.price.as_ref())?;
    let starts_at = instant(ctx, &terms.schedule, cmd.starts)?;
    let ends_at = starts_at + Duration::minutes(i64::from(terms.duration_min));
    let place = SlotPlace { practice, therapist: cmd.therapist_id, service: cmd.service_id, starts_at };
    let times = (starts_at, ends_at);
    let span = free(&mut tx, ctx, &place, &terms.schedule, times, cmd.outside_hours, None).await?;
    let whose = (cmd.patient_id, &contact);
    let booking = insert_booking(&mut tx, ctx, member, &place, &terms, ends_at, whose).await?;
    let session = sessions::NewSession {
        id: ctx.new_id(),
        booking,
        therapist: cmd.therapist_id,
        patient: cmd.patient_id,
        service: cmd.service_id,
        starts_at,
        ends_at,
        price_minor: terms.price_minor,
        currency: terms.currency.clone(),
        video_link: video_link(&mut tx, ctx, practice, cmd.therapist_id, terms.place).await?,
        outside_hours: !slots::is_open(&terms.schedule, times),
    };
    let taken = occupation(ctx, &place, booking, None, times, span);
    if !occupancy::take(&mut tx, practice, &taken).await? {
        tx.rollback().await.map_err(store::StoreError::from)?;
        return Err(place.taken_error(ctx).await);
    }
    // After what takes the time: a new session locks its patient, whose statistics change, and that lock is the last.
    sessions::insert(&mut tx, practice, &session, ctx.now).await?;
    occupancy::make_firm(&mut tx, practice, booking, session.id).await?;
    let how = json!({ "outside_hours": session.outside_hours });
    audit::record(&mut tx, ctx, practice, "session.placed", Some(session.id.0), how).await?;
    if cmd.tell_patient && starts_at > ctx.now {
        let row = store::bookings::get(&mut tx, practice, booking).await?.ok_or_else(ServiceError::not_found)?;
        let calendar = notify::calendar(ctx, &row, false);
        notify::patient(&mut tx, ctx, &row, Template::Confirmed, "", Some(calendar)).await?;
    }
    let row = reread(&mut tx, practice, session.id).await?;
    let view = view(&mut tx, ctx, &row).await?;
    commit(tx).await?;
    Ok(view)
}

/// Moves a session to another time of its therapist: the same session, with its booking, link, calendar entry and
/// reminders. The patient is told.
///
/// # Errors
/// As [`create`]; `CONFLICT` for one that was held, missed or cancelled, or that somebody else changed first.
pub async fn move_to(ctx: &Ctx, id: SessionId, cmd: MoveSession) -> Result<SessionView> {
    let member = ctx.may(Action::Create, Resource::Sessions)?;
    let mut tx = begin(ctx, member).await?;
    let seen = sessions::get(&mut tx, member.practice_id, id).await?.ok_or_else(ServiceError::not_found)?;
    occupancy::lock_for_booking(&mut tx, seen.therapist_id).await?;
    let row = lock(&mut tx, member, id).await?;
    check_version(&row, cmd.version)?;
    if !domain::sessions::may_change(row.status) {
        return Err(conflict(&row));
    }
    let schedule = schedule(&mut tx, ctx, &row).await?;
    let starts_at = instant(ctx, &schedule, cmd.starts)?;
    let how = Moving { outside_hours: cmd.outside_hours, tell_patient: cmd.tell_patient };
    let row = move_in(&mut tx, ctx, &row, &schedule, starts_at, how).await?;
    let view = view(&mut tx, ctx, &row).await?;
    commit(tx).await?;
    Ok(view)
}

/// How the practice moves a session.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moving {
    /// Yes, although the therapist is not open then.
    pub outside_hours: bool,
    pub tell_patient: bool,
}

/// Moves a locked session with everything that belongs to it, whoever decided so. The caller holds the therapist's lock.
///
/// # Errors
/// As [`move_to`].
pub(crate) async fn move_in(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &SessionRow,
    schedule: &Schedule,
    starts_at: DateTime<Utc>,
    how: Moving,
) -> Result<SessionRow> {
    if !domain::sessions::may_change(row.status) {
        return Err(conflict(row));
    }
    if starts_at == row.starts_at {
        return Ok(row.clone());
    }
    let place = place_of(row, starts_at);
    let times = (starts_at, starts_at + (row.ends_at - row.starts_at));
    let span = free(tx, ctx, &place, schedule, times, how.outside_hours, Some(row.booking_id)).await?;
    let outside_hours = !slots::is_open(schedule, times);
    let moved = relocate(tx, ctx, row, &place, span, outside_hours).await?;
    if how.tell_patient {
        tell_moved(tx, ctx, &moved, row.starts_at).await?;
    } else {
        correct(tx, ctx, &moved).await?;
    }
    Ok(moved)
}

/// Moves what takes the time, the session and its booking together; the old time is free once all of it is.
pub(crate) async fn relocate(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &SessionRow,
    place: &SlotPlace,
    span: Span,
    outside_hours: bool,
) -> Result<SessionRow> {
    let times = (place.starts_at, place.starts_at + (row.ends_at - row.starts_at));
    occupancy::free(tx, row.practice_id, &[row.booking_id]).await?;
    let new = occupation(ctx, place, row.booking_id, Some(row.id), times, span);
    if !occupancy::take(tx, row.practice_id, &new).await? {
        return Err(ServiceError::code(ErrorCode::SlotTaken));
    }
    sessions::set_time(tx, row.practice_id, row.id, times, outside_hours, ctx.now).await?;
    let moved = json!({ "from": row.starts_at, "to": times.0 });
    audit::record(tx, ctx, row.practice_id, "session.moved", Some(row.id.0), moved).await?;
    reread(tx, row.practice_id, row.id).await
}

/// Tells the patient the new time and the old one.
pub(crate) async fn tell_moved(tx: &mut Tx, ctx: &Ctx, row: &SessionRow, was: DateTime<Utc>) -> Result<()> {
    let booking = store::bookings::get(tx, row.practice_id, row.booking_id).await?;
    let booking = booking.ok_or_else(ServiceError::not_found)?;
    notify::announce_move(tx, ctx, &booking, was, "").await.map(|_| ())
}

/// The patient is not told of this move; a move that is still going to be announced is then announced with the time as it is
/// now, for nobody is told a time that is wrong.
async fn correct(tx: &mut Tx, ctx: &Ctx, row: &SessionRow) -> Result<()> {
    let booking = store::bookings::get(tx, row.practice_id, row.booking_id).await?;
    let booking = booking.ok_or_else(ServiceError::not_found)?;
    notify::undo_announcement(tx, ctx, &booking).await.map(|_| ())
}

/// Takes back the time of a session whose cancellation is undone.
pub(super) async fn retake(tx: &mut Tx, ctx: &Ctx, row: &SessionRow) -> Result<()> {
    let schedule = schedule(tx, ctx, row).await?;
    let place = place_of(row, row.starts_at);
    let times = (row.starts_at, row.ends_at);
    let span = free(tx, ctx, &place, &schedule, times, row.outside_hours, None).await?;
    let again = occupation(ctx, &place, row.booking_id, Some(row.id), times, span);
    if occupancy::take(tx, row.practice_id, &again).await? {
        Ok(())
    } else {
        Err(ServiceError::code(ErrorCode::SlotTaken))
    }
}

pub(crate) fn place_of(row: &SessionRow, starts_at: DateTime<Utc>) -> SlotPlace {
    SlotPlace { practice: row.practice_id, therapist: row.therapist_id, service: row.service_id, starts_at }
}

/// The therapist's schedule around now and the session.
pub(crate) async fn schedule(tx: &mut Tx, ctx: &Ctx, row: &SessionRow) -> Result<Schedule> {
    let from = (ctx.now - Duration::days(BACK_DAYS + 2)).date_naive();
    let schedules = occupancy::schedules(tx, row.practice_id, Some(row.therapist_id), from).await?;
    schedules.into_iter().next().ok_or_else(ServiceError::not_found)
}

/// The service as it was agreed for this session: its own length and price where they are given, else the price that was
/// agreed with the patient.
fn agreed(mut terms: Terms, cmd: &NewSession, own_price: Option<&Money>) -> Result<Terms> {
    if let Some(minutes) = cmd.duration_min {
        let allowed = (DURATION_MIN..=DURATION_MAX).contains(&minutes) && minutes % DURATION_STEP == 0;
        if !allowed {
            return Err(ServiceError::field("duration_min", FieldProblem::OutOfRange));
        }
        terms.duration_min = minutes;
    }
    terms.price_minor = domain::patients::usual_price(own_price, terms.price_minor, &terms.currency);
    if let Some(typed) = cmd.price.as_deref().map(str::trim).filter(|typed| !typed.is_empty()) {
        let price = Money::parse(typed, &terms.currency).filter(|price| price.minor >= 0);
        terms.price_minor = price.ok_or_else(|| ServiceError::field("price", FieldProblem::InvalidNumber))?.minor;
    }
    Ok(terms)
}

/// The instant of a time on the therapist's wall clock, within what can be planned.
fn instant(ctx: &Ctx, schedule: &Schedule, shown: NaiveDateTime) -> Result<DateTime<Utc>> {
    let wrong = |problem| ServiceError::field("starts", problem);
    let far = shown.and_utc() - ctx.now;
    if far > Duration::days(AHEAD_DAYS) {
        return Err(wrong(FieldProblem::TooFar));
    }
    if far < Duration::days(-BACK_DAYS) {
        return Err(wrong(FieldProblem::InPast));
    }
    slots::instant_of(schedule.zone, shown).ok_or_else(|| wrong(FieldProblem::SkippedTime))
}

/// The span a session takes there, if it may; holds that lapsed are swept out of the way, and its own booking is none.
pub(super) async fn free(
    tx: &mut Tx,
    ctx: &Ctx,
    place: &SlotPlace,
    schedule: &Schedule,
    times: Span,
    outside_hours: bool,
    own: Option<BookingId>,
) -> Result<Span> {
    let taken = place.taken(tx, ctx, schedule, 1, own).await?;
    match slots::place(schedule, &taken, times, outside_hours) {
        Ok(span) => {
            clear_the_way(tx, ctx, place, span, None).await?;
            Ok(span)
        }
        Err(Obstacle::Closed) => {
            let mut error = ServiceError::field("starts", FieldProblem::OutsideHours);
            error.public.code = ErrorCode::SlotUnavailable;
            Err(error)
        }
        Err(Obstacle::Taken) => {
            let around = place.taken(tx, ctx, schedule, ALTERNATIVE_DAYS, own).await?;
            let minutes = i32::try_from((times.1 - times.0).num_minutes()).unwrap_or_default();
            Err(place.slot_taken(ctx, schedule, minutes, &around))
        }
    }
}

fn occupation(
    ctx: &Ctx,
    place: &SlotPlace,
    booking: BookingId,
    session: Option<SessionId>,
    (starts_at, ends_at): Span,
    (blocked_from, blocked_until): Span,
) -> NewOccupancy {
    NewOccupancy {
        id: ctx.new_uuid(),
        therapist: place.therapist,
        booking,
        session,
        starts_at,
        ends_at,
        blocked_from,
        blocked_until,
    }
}

/// The booking behind a session that the practice places, under a reference nobody has.
async fn insert_booking(
    tx: &mut Tx,
    ctx: &Ctx,
    member: &Member,
    place: &SlotPlace,
    terms: &Terms,
    ends_at: DateTime<Utc>,
    (patient, contact): (PatientId, &Contact),
) -> Result<BookingId> {
    let mut new = NewBooking {
        id: ctx.new_id(),
        therapist: place.therapist,
        service: place.service,
        starts_at: place.starts_at,
        ends_at,
        price_minor: terms.price_minor,
        currency: terms.currency.clone(),
        policy: terms.policy.clone(),
        lang: contact.lang,
        visitor_zone: None,
        reference: String::new(),
        deadline: None,
    };
    for _ in 0..REFERENCE_TRIES {
        new.reference = domain::reference::reference(ctx.random());
        let by = member.member_id;
        if store::bookings::insert_confirmed(tx, place.practice, &new, (patient, contact), by, ctx.now).await? {
            return Ok(new.id);
        }
    }
    Err(ServiceError::internal("no free booking reference"))
}
