//! What the practice looks at: lists, one session, some days of the diary, and a table to take away.

use super::seen;
use super::view::{cards, view};
use crate::bookings::diary::{days, today_of};
use crate::bookings::practice::{begin, commit, narrowed};
use crate::cursor::{self, Cursor};
use crate::{Ctx, Result, ServiceError};
use chrono::{NaiveDate, NaiveDateTime};
use contracts::booking::Page;
use contracts::lists::SessionSort;
use contracts::sessions::{CalendarView, DiarySpan, SessionCard, SessionFilter, SessionView};
use contracts::{FieldProblem, PatientId, ServiceId, SessionId, TherapistId};
use domain::permissions::{Action, Resource};
use domain::slots;
use store::sessions::{self, Filter};
use store::{Tx, occupancy};

/// Longest part of a search that is looked at.
const SEARCH_MAX: usize = 120;
/// Days of the diary at once: a month's grid shows six weeks.
const DAYS_MAX: i64 = 42;
/// How far ahead free times are looked up.
const FREE_DAYS: i64 = 400;

/// Sessions in the order asked for, a page at a time.
///
/// # Errors
/// `NOT_FOUND` for another's therapist; field errors for a cursor that is none.
pub async fn list(ctx: &Ctx, filter: SessionFilter) -> Result<Page<SessionCard>> {
    let member = ctx.may(Action::Read, Resource::Sessions)?;
    let mut tx = begin(ctx, member).await?;
    let size = cursor::size(filter.limit);
    let narrow = narrow(&mut tx, ctx, &filter, i64::from(size) + 1).await?;
    let rows = sessions::list(&mut tx, member.practice_id, &narrow).await?;
    commit(tx).await?;
    Ok(cursor::page(cards(&rows)?, size, filter.sort, |card| place(card, filter.sort)))
}

/// Where a card stands in a list of this order.
pub(super) fn place(card: &SessionCard, sort: SessionSort) -> Cursor {
    let at = match sort {
        SessionSort::CreatedAt | SessionSort::CreatedAtDown => card.created_at,
        _ => card.starts_at,
    };
    Cursor { at, id: card.id.0 }
}

/// The filter as the store asks it. Words are looked for in the patients' names, phones and addresses, and as a number.
pub(super) async fn narrow(tx: &mut Tx, ctx: &Ctx, filter: &SessionFilter, limit: i64) -> Result<Filter> {
    let member = ctx.member()?;
    let mut narrow = Filter {
        from: filter.from,
        until: filter.until,
        status: filter.status,
        payment: filter.payment,
        therapist: narrowed(member, filter.therapist_id)?,
        service: filter.service_id,
        patients: filter.patient_id.map(|id| vec![id]),
        booking: None,
        sort: filter.sort,
        after: Cursor::parse(filter.cursor.as_deref(), filter.sort)?.map(Cursor::pair),
        limit,
    };
    let words = filter.search.as_deref().map(str::trim).filter(|words| !words.is_empty());
    if let Some(words) = words {
        let words = searched(words);
        let mut found = sessions::patients_with(tx, &words).await?;
        found.retain(|id| filter.patient_id.is_none_or(|only| only == *id));
        narrow.patients = Some(found);
        narrow.booking = sessions::numbered(tx, member.practice_id, &words.to_uppercase()).await?;
    }
    Ok(narrow)
}

/// # Errors
/// `NOT_FOUND` also for another therapist's session.
pub async fn get(ctx: &Ctx, id: SessionId) -> Result<SessionView> {
    let member = ctx.may(Action::Read, Resource::Sessions)?;
    let mut tx = begin(ctx, member).await?;
    let row = seen(&mut tx, member, id).await?;
    let view = view(&mut tx, ctx, &row).await?;
    commit(tx).await?;
    Ok(view)
}

/// Some days of the diary: bookings that keep their slot, sessions, and when it is open.
///
/// # Errors
/// `NOT_FOUND` for another's therapist; a field error for days that are none, too many, or out of all calendars.
pub async fn calendar(
    ctx: &Ctx,
    first: NaiveDate,
    last: NaiveDate,
    therapist: Option<TherapistId>,
) -> Result<CalendarView> {
    let length = (last - first).num_days();
    let far = (first - ctx.now.date_naive()).num_days().abs();
    if !(0..DAYS_MAX).contains(&length) || far > 36_500 {
        return Err(ServiceError::field("last", FieldProblem::OutOfRange));
    }
    let member = ctx.may(Action::Read, Resource::Sessions)?;
    let therapist = narrowed(member, therapist)?;
    let mut tx = begin(ctx, member).await?;
    let view = days(&mut tx, ctx, member, (first, last), therapist).await?;
    commit(tx).await?;
    Ok(view)
}

/// The day, week or six weeks around a month that contain this day; today where there is none.
///
/// # Errors
/// As [`calendar`].
pub async fn around(
    ctx: &Ctx,
    span: DiarySpan,
    day: Option<NaiveDate>,
    therapist: Option<TherapistId>,
) -> Result<CalendarView> {
    let day = match day {
        Some(day) => day,
        None => {
            let member = ctx.may(Action::Read, Resource::Sessions)?;
            let therapist = narrowed(member, therapist)?;
            let mut tx = begin(ctx, member).await?;
            let day = today_of(&mut tx, ctx, member, therapist).await?;
            commit(tx).await?;
            day
        }
    };
    let (first, last) = span.days(day);
    calendar(ctx, first, last, therapist).await
}

/// Today, on the clock of the therapist who asks, or of the practice.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`.
pub async fn today(ctx: &Ctx) -> Result<CalendarView> {
    let member = ctx.may(Action::Read, Resource::Sessions)?;
    let therapist = narrowed(member, member.therapist_id)?;
    let mut tx = begin(ctx, member).await?;
    let day = today_of(&mut tx, ctx, member, therapist).await?;
    let view = days(&mut tx, ctx, member, (day, day), therapist).await?;
    commit(tx).await?;
    Ok(view)
}

/// A patient to choose for a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub id: PatientId,
    pub name: String,
    pub phone: String,
}

/// Up to eight patients whose name, phone or e-mail contains all of these words.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN` for who may not place sessions.
pub async fn find_patients(ctx: &Ctx, words: &str) -> Result<Vec<Found>> {
    let member = ctx.may(Action::Create, Resource::Sessions)?;
    let mut tx = begin(ctx, member).await?;
    let found = sessions::people_with(&mut tx, member.practice_id, &searched(words)).await?;
    commit(tx).await?;
    Ok(found.into_iter().map(|(id, name, phone)| Found { id, name, phone: phone.unwrap_or_default() }).collect())
}

/// Words as they are looked for: not endless, and nothing PostgreSQL has no room for.
fn searched(words: &str) -> String {
    words.trim().chars().take(SEARCH_MAX).filter(|c| *c != '\0').collect()
}

/// The free times of a therapist's day for one of their services. Notice and horizon bind patients, not the practice.
///
/// # Errors
/// `NOT_FOUND` for a service the therapist does not give; a field error for a day out of reach.
pub async fn free_times(
    ctx: &Ctx,
    therapist: TherapistId,
    service: ServiceId,
    day: NaiveDate,
) -> Result<Vec<NaiveDateTime>> {
    let member = ctx.may(Action::Create, Resource::Sessions)?;
    if (day - ctx.now.date_naive()).num_days().abs() > FREE_DAYS {
        return Err(ServiceError::field("day", FieldProblem::OutOfRange));
    }
    let mut tx = begin(ctx, member).await?;
    let from = day.min(ctx.now.date_naive()) - chrono::Duration::days(2);
    let terms = occupancy::terms(&mut tx, member.practice_id, therapist, service, from).await?;
    let mut terms = terms.ok_or_else(ServiceError::not_found)?;
    terms.schedule.notice_min = 0;
    terms.schedule.horizon_days = i32::try_from(FREE_DAYS).unwrap_or(i32::MAX) + 1;
    let span = slots::span(&terms.schedule, day, day);
    let taken = occupancy::taken(&mut tx, member.practice_id, therapist, span, ctx.now).await?;
    commit(tx).await?;
    let taken: Vec<_> = taken.into_iter().map(|one| one.taken).collect();
    let days = slots::slots(&terms.schedule, &taken, terms.duration_min, day, day, ctx.now);
    Ok(days.iter().flat_map(|day| day.free()).map(|slot| slot.local).collect())
}

/// The name of a patient a session is to be placed for.
///
/// # Errors
/// `NOT_FOUND` for one who is not there.
pub async fn patient_name(ctx: &Ctx, id: PatientId) -> Result<String> {
    let member = ctx.may(Action::Create, Resource::Sessions)?;
    let mut tx = begin(ctx, member).await?;
    let contact = store::patients::contact(&mut tx, member.practice_id, id).await?;
    commit(tx).await?;
    Ok(contact.ok_or_else(ServiceError::not_found)?.name)
}
