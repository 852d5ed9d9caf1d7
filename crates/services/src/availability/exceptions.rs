//! Dated exceptions, and what becomes of the bookings they meet (EC-AV-002).

use super::{begin_change, minutes, zone_of};
use crate::form::Problems;
use crate::{Ctx, Result, ServiceError, audit, bookings, practice};
use chrono::{Days, Duration, NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use contracts::availability::{AddException, BookingsInTheWay, ChangeException, Exception, ExceptionKind};
use contracts::{ApiError, BookingId, ErrorCode, ExceptionId, FieldProblem, PracticeId, TherapistId};
use domain::permissions::{Action, Resource};
use domain::slots::{Taken, day_begins, local, today};
use domain::validate::{check_block, check_length, clean_name};
use serde_json::json;
use store::{StoreError, Tx, occupancy, schedule};

/// Characters of the therapist's note on an exception.
const NOTE_MAX: u32 = 200;
/// The longest exception; the database knows the same limit.
const DAYS_MAX: i64 = 366;
/// How far ahead an exception can end: further is a slip of the keyboard.
const AHEAD_DAYS_MAX: i64 = 10 * 366;

/// EC-AV-002: with bookings in the way and `Ask`, answers BOOKINGS_IN_THE_WAY (number = how many) and changes nothing.
///
/// In the way is what keeps a slot, is not over and meets the exception's hours. The reason of an exception is the
/// therapist's own note: patients whose booking is cancelled are not told it.
///
/// # Errors
/// `VALIDATION_ERROR` for `starts_on`, `ends_on`, `starts`, `ends`, `reason`.
pub async fn add_exception(ctx: &Ctx, cmd: AddException) -> Result<Exception> {
    let therapist = cmd.therapist_id;
    let (member, mut tx, profile) = begin_change(ctx, Action::Create, therapist).await?;
    let practice = member.practice_id;
    let zone = zone_of(&profile)?;
    let exception = checked(ctx.new_id(), &cmd, today(zone, ctx.now))?;
    let met = in_the_way(&mut tx, ctx, practice, therapist, zone, &exception).await?;
    if cmd.bookings == BookingsInTheWay::Ask && !met.is_empty() {
        let number = u32::try_from(met.len()).ok();
        return Err(ApiError { number, ..ApiError::new(ErrorCode::BookingsInTheWay) }.into());
    }
    schedule::insert_exception(&mut tx, practice, therapist, &exception, ctx.now).await?;
    let details = json!({ "therapist_id": therapist, "kind": exception.kind.as_str(), "bookings_met": met.len(),
                          "bookings": cmd.bookings.as_str() });
    audit::record(&mut tx, ctx, practice, "availability.exception_added", Some(exception.id.0), details).await?;
    if cmd.bookings == BookingsInTheWay::Cancel && !met.is_empty() {
        bookings::cancel_in(&mut tx, ctx, practice, &met, "").await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(exception)
}

/// Changes an exception. EC-AV-002 holds as in [`add_exception`], for bookings that were not in its way before.
///
/// # Errors
/// As [`add_exception`]; `NOT_FOUND` for one that is not there.
pub async fn change_exception(ctx: &Ctx, id: ExceptionId, cmd: ChangeException) -> Result<Exception> {
    let member = ctx.may(Action::Update, Resource::Availability)?;
    let practice = member.practice_id;
    let mut tx = ctx.deps.db.practice(practice, Some(member.user_id)).await?;
    let therapist =
        schedule::therapist_of_exception(&mut tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
    practice::reaches(member, therapist)?;
    schedule::lock(&mut tx, therapist).await?;
    let before = schedule::exception(&mut tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
    let profile = store::therapists::get(&mut tx, practice, therapist).await?.ok_or_else(ServiceError::not_found)?;
    let zone = zone_of(&profile)?;
    let wanted = AddException {
        therapist_id: therapist,
        kind: cmd.kind,
        starts_on: cmd.starts_on,
        ends_on: cmd.ends_on,
        starts: cmd.starts,
        ends: cmd.ends,
        reason: cmd.reason,
        bookings: cmd.bookings,
    };
    let exception = checked(id, &wanted, today(zone, ctx.now))?;
    let known = in_the_way(&mut tx, ctx, practice, therapist, zone, &before).await?;
    let mut met = in_the_way(&mut tx, ctx, practice, therapist, zone, &exception).await?;
    met.retain(|booking| !known.contains(booking));
    if cmd.bookings == BookingsInTheWay::Ask && !met.is_empty() {
        let number = u32::try_from(met.len()).ok();
        return Err(ApiError { number, ..ApiError::new(ErrorCode::BookingsInTheWay) }.into());
    }
    schedule::update_exception(&mut tx, practice, &exception).await?;
    let details = json!({ "therapist_id": therapist, "kind": exception.kind.as_str(), "bookings_met": met.len(),
                          "bookings": cmd.bookings.as_str() });
    audit::record(&mut tx, ctx, practice, "availability.exception_changed", Some(id.0), details).await?;
    if cmd.bookings == BookingsInTheWay::Cancel && !met.is_empty() {
        bookings::cancel_in(&mut tx, ctx, practice, &met, "").await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(exception)
}

/// The bookings that an exception blocks; an extra opening blocks none.
async fn in_the_way(
    tx: &mut Tx,
    ctx: &Ctx,
    practice: PracticeId,
    therapist: TherapistId,
    zone: Tz,
    exception: &Exception,
) -> Result<Vec<BookingId>> {
    match exception.kind {
        ExceptionKind::Closed => bookings_met(tx, ctx, practice, therapist, zone, exception).await,
        ExceptionKind::Open => Ok(vec![]),
    }
}

fn checked(id: ExceptionId, cmd: &AddException, today: NaiveDate) -> Result<Exception> {
    let ends_on = cmd.ends_on.unwrap_or(cmd.starts_on);
    let reason = clean_name(&cmd.reason);
    let mut problems = Problems::default();
    if ends_on < cmd.starts_on {
        problems.add("ends_on", FieldProblem::EndBeforeStart);
    } else if ends_on < today {
        problems.add(if cmd.ends_on.is_some() { "ends_on" } else { "starts_on" }, FieldProblem::InvalidDate);
    } else if (ends_on - cmd.starts_on).num_days() > DAYS_MAX || (ends_on - today).num_days() > AHEAD_DAYS_MAX {
        problems.add("ends_on", FieldProblem::OutOfRange);
    }
    problems.check("reason", check_length(&reason, NOTE_MAX));
    let minutes = hours(cmd, &mut problems);
    problems.finish()?;
    Ok(Exception { id, kind: cmd.kind, starts_on: cmd.starts_on, ends_on, minutes, reason })
}

/// The hours of an exception; none is the whole day, which an extra opening cannot be.
fn hours(cmd: &AddException, problems: &mut Problems) -> Option<(i32, i32)> {
    let (starts, ends) = (cmd.starts.as_deref().unwrap_or(""), cmd.ends.as_deref().unwrap_or(""));
    let whole_day = starts.trim().is_empty() && ends.trim().is_empty();
    if whole_day && cmd.kind == ExceptionKind::Closed {
        return None;
    }
    let (starts, ends) = (minutes(starts, false), minutes(ends, true));
    problems.check("starts", starts.map(|_| ()));
    problems.check("ends", ends.map(|_| ()));
    let (Ok(starts), Ok(ends)) = (starts, ends) else {
        return None;
    };
    match cmd.kind {
        // Opening for less than any session lasts would be of no use (BR-AV-001); closing for it is.
        ExceptionKind::Open => problems.check("ends", check_block(starts, ends)),
        ExceptionKind::Closed if ends <= starts => problems.add("ends", FieldProblem::EndBeforeStart),
        ExceptionKind::Closed => {}
    }
    Some((starts, ends))
}

async fn bookings_met(
    tx: &mut Tx,
    ctx: &Ctx,
    practice: PracticeId,
    therapist: TherapistId,
    zone: Tz,
    exception: &Exception,
) -> Result<Vec<BookingId>> {
    let from = day_begins(zone, exception.starts_on);
    let until = day_begins(zone, exception.ends_on.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX));
    let taken = occupancy::taken(tx, practice, therapist, (from, until), ctx.now).await?;
    let met = taken.iter().map(|t| &t.taken).filter(|t| t.ends_at > ctx.now && meets(zone, exception, t));
    Ok(met.filter_map(|t| t.booking).collect())
}

/// Does a session, without its buffers, share time with an exception?
///
/// Both are compared on the wall clock. In the night in which the clock goes back, an hour is there twice; the session
/// is then taken to last as long as either reading says, so that nothing in the way is missed.
fn meets(zone: Tz, exception: &Exception, taken: &Taken) -> bool {
    let length = taken.ends_at - taken.starts_at;
    let (starts, ends) = (local(zone, taken.starts_at), local(zone, taken.ends_at));
    let (starts, ends) = (starts.min(ends - length), ends.max(starts + length));
    let (from, until) = exception.minutes.unwrap_or((0, 24 * 60));
    let first = starts.date().max(exception.starts_on);
    let last = ends.date().min(exception.ends_on);
    first.iter_days().take_while(|day| *day <= last).any(|day| at(day, from) < ends && at(day, until) > starts)
}

fn at(day: NaiveDate, minutes: i32) -> NaiveDateTime {
    day.and_time(NaiveTime::MIN) + Duration::minutes(minutes.into())
}

/// Takes an exception back; bookings that were cancelled for it stay cancelled.
pub async fn delete_exception(ctx: &Ctx, id: ExceptionId) -> Result<()> {
    let member = ctx.may(Action::Delete, Resource::Availability)?;
    let practice = member.practice_id;
    let mut tx = ctx.deps.db.practice(practice, Some(member.user_id)).await?;
    let therapist =
        schedule::therapist_of_exception(&mut tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
    practice::reaches(member, therapist)?;
    schedule::lock(&mut tx, therapist).await?;
    schedule::delete_exception(&mut tx, practice, id).await?;
    let details = json!({ "therapist_id": therapist });
    audit::record(&mut tx, ctx, practice, "availability.exception_deleted", Some(id.0), details).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};
    use uuid::Uuid;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn cmd(kind: ExceptionKind, days: (&str, Option<&str>), hours: Option<(&str, &str)>) -> AddException {
        AddException {
            therapist_id: TherapistId(Uuid::nil()),
            kind,
            starts_on: date(days.0),
            ends_on: days.1.map(date),
            starts: hours.map(|h| h.0.into()),
            ends: hours.map(|h| h.1.into()),
            reason: String::new(),
            bookings: BookingsInTheWay::Ask,
        }
    }

    fn problem(cmd: &AddException, field: &str) -> Option<FieldProblem> {
        let id = ExceptionId(Uuid::nil());
        checked(id, cmd, date("2026-11-21")).err().and_then(|error| error.public.problem_of(field))
    }

    #[test]
    fn days_and_hours_are_checked() {
        use ExceptionKind::{Closed, Open};
        assert_eq!(problem(&cmd(Closed, ("2026-11-21", None), None), "starts_on"), None);
        assert_eq!(problem(&cmd(Closed, ("2026-11-20", None), None), "starts_on"), Some(FieldProblem::InvalidDate));
        assert_eq!(problem(&cmd(Closed, ("2026-11-20", Some("2026-11-22")), None), "ends_on"), None);
        let backwards = cmd(Closed, ("2026-11-23", Some("2026-11-22")), None);
        assert_eq!(problem(&backwards, "ends_on"), Some(FieldProblem::EndBeforeStart));
        let long = cmd(Closed, ("2026-11-23", Some("2028-11-22")), None);
        assert_eq!(problem(&long, "ends_on"), Some(FieldProblem::OutOfRange));
        let far = cmd(Closed, ("9999-12-31", None), None);
        assert_eq!(problem(&far, "ends_on"), Some(FieldProblem::OutOfRange));
        let one_sided = cmd(Closed, ("2026-11-23", None), Some(("09:00", "")));
        assert_eq!(problem(&one_sided, "ends"), Some(FieldProblem::Required));
        let reversed = cmd(Closed, ("2026-11-23", None), Some(("10:00", "09:00")));
        assert_eq!(problem(&reversed, "ends"), Some(FieldProblem::EndBeforeStart));
        assert_eq!(problem(&cmd(Open, ("2026-11-23", None), None), "starts"), Some(FieldProblem::Required));
        let short = cmd(Open, ("2026-11-23", None), Some(("09:00", "09:20")));
        assert_eq!(problem(&short, "ends"), Some(FieldProblem::BlockTooShort));
    }

    fn session(starts: &str, ends: &str) -> Taken {
        let instant = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        Taken {
            starts_at: instant(starts),
            ends_at: instant(ends),
            blocked_from: instant(starts) - Duration::minutes(30),
            blocked_until: instant(ends) + Duration::minutes(30),
            firm: true,
            booking: None,
        }
    }

    #[test]
    fn a_session_is_in_the_way_when_it_shares_time_on_the_wall_clock() {
        let zone: Tz = "America/Argentina/Buenos_Aires".parse().unwrap();
        let exception = |minutes| Exception {
            id: ExceptionId(Uuid::nil()),
            kind: ExceptionKind::Closed,
            starts_on: date("2026-11-24"),
            ends_on: date("2026-11-25"),
            minutes,
            reason: String::new(),
        };
        // 10:00 to 10:50 on the 24th there.
        let morning = session("2026-11-24T13:00:00Z", "2026-11-24T13:50:00Z");
        assert!(meets(zone, &exception(None), &morning));
        assert!(meets(zone, &exception(Some((600, 610))), &morning));
        assert!(!meets(zone, &exception(Some((650, 700))), &morning), "buffers are not in the way");
        assert!(!meets(zone, &exception(Some((540, 600))), &morning));
        // 23:30 on the 23rd to 00:20 on the 24th, and 23:30 on the 25th to 00:20 on the 26th.
        assert!(meets(zone, &exception(None), &session("2026-11-24T02:30:00Z", "2026-11-24T03:20:00Z")));
        assert!(meets(zone, &exception(None), &session("2026-11-26T02:30:00Z", "2026-11-26T03:20:00Z")));
        // 23:00 to 23:50 on the 23rd.
        assert!(!meets(zone, &exception(None), &session("2026-11-24T02:00:00Z", "2026-11-24T02:50:00Z")));
    }

    #[test]
    fn the_hour_that_is_there_twice_hides_nothing() {
        let zone: Tz = "Europe/Madrid".parse().unwrap();
        let exception = Exception {
            id: ExceptionId(Uuid::nil()),
            kind: ExceptionKind::Closed,
            starts_on: date("2026-10-25"),
            ends_on: date("2026-10-25"),
            minutes: Some((165, 170)),
            reason: String::new(),
        };
        // 02:40 summer time to 02:30 winter time: over 02:45 on the way.
        assert!(meets(zone, &exception, &session("2026-10-25T00:40:00Z", "2026-10-25T01:30:00Z")));
    }
}
