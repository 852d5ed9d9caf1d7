//! Taking a slot, giving it back, and taking it again (004 BR-BK-001).

use super::steps::{Ending, is_over, lock, reread};
use super::view::{conflict, details, view};
use super::{open, steps};
use crate::{Ctx, Result, ServiceError, calendars, tokens};
use chrono::{DateTime, Duration, Utc};
use contracts::booking::{BookingStatus, BookingView, HoldSlot, PatientDetails, Slot};
use contracts::{BookingId, ErrorCode, FieldError, FieldProblem, PracticeId, ServiceId, TherapistId};
use domain::booking::{Event, deadline};
use domain::slots::{self, Refusal, Schedule, Taken};
use store::bookings::{self, BookingRow, ClosedBy, NewBooking, Sent, Written};
use store::occupancy::{self, NewOccupancy, Terms};
use store::{Tx, lookup};

/// References are short; two that meet are as rare as this many in a row are impossible.
pub(crate) const REFERENCE_TRIES: usize = 8;
const ALTERNATIVES: usize = 3;
pub(crate) const ALTERNATIVE_DAYS: i32 = 14;
/// No horizon reaches further than a year; beyond it a time is garbage.
const FARTHEST_DAYS: i64 = 400;

/// Takes a slot for as long as the policy holds it.
///
/// Choosing the slot one holds already answers with that hold; choosing another gives the old one back in the same
/// transaction and keeps what was typed.
///
/// # Errors
/// `NOT_FOUND` for an unknown address or service, `SLOT_UNAVAILABLE` for a time that is not offered, `SLOT_TAKEN` with
/// the nearest free slots when somebody else has it.
pub async fn hold(ctx: &Ctx, cmd: HoldSlot) -> Result<BookingView> {
    let mut connection = ctx.deps.db.connection().await?;
    let found = lookup::therapist_by_slug(&mut connection, &cmd.slug).await?;
    drop(connection);
    let (practice, therapist) = found.ok_or_else(ServiceError::not_found)?;
    let place = SlotPlace { practice, therapist, service: cmd.service_id, starts_at: cmd.starts_at };
    calendars::freshen(ctx, practice, therapist).await;
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    occupancy::lock_for_booking(&mut tx, therapist).await?;
    let old = own_hold(&mut tx, ctx, practice, cmd.instead_of.as_deref()).await?;
    if let Some(old) = old.as_ref().filter(|old| place.is_of(old) && !is_over(ctx, old)) {
        return view(ctx, old);
    }

    let old_id = old.as_ref().map(|old| old.id);
    let (terms, slot) = place.check(&mut tx, ctx, None, old_id).await?;
    let span = blocked(&terms.schedule, slot.starts_at, slot.ends_at);
    clear_the_way(&mut tx, ctx, &place, span, old_id).await?;
    let Some(id) = insert(&mut tx, ctx, &place, &terms, (&slot, span), cmd.visitor_time_zone, None).await? else {
        tx.rollback().await.map_err(store::StoreError::from)?;
        return Err(place.taken_error(ctx).await);
    };
    if let Some(typed) = old.as_ref().map(details).filter(|typed| *typed != PatientDetails::default()) {
        bookings::save_details(&mut tx, practice, id, &typed).await?;
    }
    finish(tx, ctx, practice, id).await
}

/// After the hold lapsed: takes the slot again if it is still free, with everything that was typed.
///
/// # Errors
/// As [`hold`]; `CONFLICT` for a booking that was sent, `NOT_FOUND` for one that was erased.
pub async fn hold_again(ctx: &Ctx, token: &str) -> Result<BookingView> {
    let (mut tx, practice, id) = open(ctx, token).await?;
    let seen = bookings::get(&mut tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
    occupancy::lock_for_booking(&mut tx, seen.therapist_id).await?;
    let place =
        SlotPlace { practice, therapist: seen.therapist_id, service: seen.service_id, starts_at: seen.starts_at };
    if seen.status == BookingStatus::Held && !is_over(ctx, &seen) {
        return view(ctx, &seen);
    }
    if seen.requested_at.is_some() {
        return Err(conflict(seen.status));
    }
    if seen.erased {
        return Err(ServiceError::not_found());
    }
    let (terms, slot) = place.check(&mut tx, ctx, Some(seen.ends_at), Some(id)).await?;
    let span = blocked(&terms.schedule, slot.starts_at, slot.ends_at);
    // The hold itself is among those that lapsed, if nobody has written that down yet.
    clear_the_way(&mut tx, ctx, &place, span, None).await?;
    let row = lock(&mut tx, practice, id).await?;
    let status = steps::after(&row, Event::HoldAgain)?;
    let row = steps::advance(&mut tx, ctx, &row, status, ClosedBy::Patient).await?;
    if !take(&mut tx, ctx, &place, id, &slot, span).await? {
        tx.rollback().await.map_err(store::StoreError::from)?;
        return Err(place.taken_error(ctx).await);
    }
    let row = reread(&mut tx, &row).await?;
    tx.commit().await.map_err(store::StoreError::from)?;
    view(ctx, &row)
}

/// Gives a held slot back. Doing so twice, or after it lapsed, changes nothing.
///
/// # Errors
/// `CONFLICT` for a booking that was sent.
pub async fn release(ctx: &Ctx, token: &str) -> Result<()> {
    let (mut tx, practice, id) = open(ctx, token).await?;
    let row = lock(&mut tx, practice, id).await?;
    if row.requested_at.is_some() {
        return Err(conflict(row.status));
    }
    if row.status == BookingStatus::Held {
        let status = steps::after(&row, Event::CancelByPatient)?;
        steps::close(&mut tx, ctx, &row, status, Ending::told(ClosedBy::Patient, None)).await?;
        tx.commit().await.map_err(store::StoreError::from)?;
    }
    Ok(())
}

/// A hold of the same visitor and practice that the new one takes the place of.
async fn own_hold(tx: &mut Tx, ctx: &Ctx, practice: PracticeId, token: Option<&str>) -> Result<Option<BookingRow>> {
    let Some(id) = token.and_then(|token| tokens::booking_of(&ctx.deps.secrets, token)) else { return Ok(None) };
    let row = bookings::get(tx, practice, id).await?;
    Ok(row.filter(|row| row.status == BookingStatus::Held))
}

/// A session with its therapist's buffers.
pub(crate) fn blocked(
    schedule: &Schedule,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
) -> (DateTime<Utc>, DateTime<Utc>) {
    let minutes = |n: i32| Duration::minutes(i64::from(n));
    (starts_at - minutes(schedule.buffer_before_min), ends_at + minutes(schedule.buffer_after_min))
}

/// Where somebody wants to be booked.
pub(crate) struct SlotPlace {
    pub practice: PracticeId,
    pub therapist: TherapistId,
    pub service: ServiceId,
    pub starts_at: DateTime<Utc>,
}

/// Not offered, and where the visitor can choose better for it, why.
fn unavailable(problem: Option<FieldProblem>) -> ServiceError {
    let mut error = ServiceError::code(ErrorCode::SlotUnavailable);
    error.public.fields.extend(problem.map(|problem| FieldError { field: "starts_at".into(), problem }));
    error
}

fn why_not(schedule: &Schedule, starts_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<FieldProblem> {
    match () {
        () if starts_at <= now => Some(FieldProblem::InPast),
        () if starts_at < slots::earliest(schedule, now) => Some(FieldProblem::TooSoon),
        () if slots::local(schedule.zone, starts_at).date() > slots::last_day(schedule, now) => {
            Some(FieldProblem::TooFar)
        }
        () => None,
    }
}

impl SlotPlace {
    fn is_of(&self, row: &BookingRow) -> bool {
        (row.therapist_id, row.service_id, row.starts_at) == (self.therapist, self.service, self.starts_at)
    }

    /// Is it offered and free? The same engine and the same rows as for display; `ends_at` keeps the length of an older
    /// hold, and the visitor's own hold is not in the way. Nothing is written yet, so a storm on one slot stays cheap.
    pub(crate) async fn check(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        ends_at: Option<DateTime<Utc>>,
        own: Option<BookingId>,
    ) -> Result<(Terms, Slot)> {
        Self::within_reach(ctx, self.starts_at)?;
        let mut terms = self.terms(tx, ctx).await?;
        if let Some(ends_at) = ends_at {
            terms.duration_min = i32::try_from((ends_at - self.starts_at).num_minutes()).unwrap_or(terms.duration_min);
        }
        let taken = self.taken(tx, ctx, &terms.schedule, 0, own).await?;
        match self.offered(ctx, &terms, &taken)? {
            Some(slot) => Ok((terms, slot)),
            None => {
                let around = self.taken(tx, ctx, &terms.schedule, ALTERNATIVE_DAYS, own).await?;
                Err(self.slot_taken(ctx, &terms.schedule, terms.duration_min, &around))
            }
        }
    }

    /// Times nobody can mean are refused before anything is asked.
    pub(super) fn within_reach(ctx: &Ctx, starts_at: DateTime<Utc>) -> Result<()> {
        let far = starts_at - ctx.now;
        if far.num_days().abs() <= FARTHEST_DAYS {
            return Ok(());
        }
        let problem = if far < Duration::zero() { FieldProblem::InPast } else { FieldProblem::TooFar };
        Err(unavailable(Some(problem)))
    }

    /// The slot, if it is offered; `None` when something else has it.
    pub(super) fn offered(&self, ctx: &Ctx, terms: &Terms, taken: &[Taken]) -> Result<Option<Slot>> {
        match slots::check(&terms.schedule, taken, terms.duration_min, self.starts_at, ctx.now) {
            Ok(slot) => Ok(Some(slot)),
            Err(Refusal::Unavailable) => Err(unavailable(why_not(&terms.schedule, self.starts_at, ctx.now))),
            Err(Refusal::Taken) => Ok(None),
        }
    }

    async fn terms(&self, tx: &mut Tx, ctx: &Ctx) -> Result<Terms> {
        let from = self.starts_at.min(ctx.now).date_naive() - Duration::days(2);
        let terms = occupancy::terms(tx, self.practice, self.therapist, self.service, from).await?;
        terms.ok_or_else(ServiceError::not_found)
    }

    /// What is taken on the day of the slot, and on so many days before and after.
    pub(crate) async fn taken(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        schedule: &Schedule,
        days: i32,
        own: Option<BookingId>,
    ) -> Result<Vec<Taken>> {
        let day = slots::local(schedule.zone, self.starts_at).date();
        let days = Duration::days(i64::from(days));
        let span = slots::span(schedule, day - days, day + days);
        let taken = occupancy::taken(tx, self.practice, self.therapist, span, ctx.now).await?;
        let others = taken.into_iter().map(|t| t.taken).filter(|t| t.booking.is_none() || t.booking != own);
        Ok(others.collect())
    }

    pub(crate) fn slot_taken(
        &self,
        ctx: &Ctx,
        schedule: &Schedule,
        duration_min: i32,
        taken: &[Taken],
    ) -> ServiceError {
        let mut error = ServiceError::code(ErrorCode::SlotTaken);
        error.public.alternatives =
            slots::nearest_free(schedule, taken, duration_min, self.starts_at, ctx.now, ALTERNATIVES, ALTERNATIVE_DAYS);
        error
    }

    /// Somebody was faster, between the check and the constraint: says so with alternatives read afterwards.
    pub(crate) async fn taken_error(&self, ctx: &Ctx) -> ServiceError {
        let read = async {
            let mut tx = ctx.deps.db.practice(self.practice, None).await?;
            let terms = self.terms(&mut tx, ctx).await?;
            let taken = self.taken(&mut tx, ctx, &terms.schedule, ALTERNATIVE_DAYS, None).await?;
            tx.commit().await.map_err(store::StoreError::from)?;
            Ok::<_, ServiceError>(self.slot_taken(ctx, &terms.schedule, terms.duration_min, &taken))
        };
        read.await.unwrap_or_else(|error| error)
    }
}

/// Ends the lapsed holds in the way of a span, and the visitor's own one.
pub(crate) async fn clear_the_way(
    tx: &mut Tx,
    ctx: &Ctx,
    place: &SlotPlace,
    span: (DateTime<Utc>, DateTime<Utc>),
    own: Option<BookingId>,
) -> Result<()> {
    let lapsed = occupancy::lock_lapsed(tx, place.practice, place.therapist, span, own, ctx.now).await?;
    if !lapsed.is_empty() {
        bookings::lapse(tx, place.practice, &lapsed, ctx.now).await?;
        occupancy::free(tx, place.practice, &lapsed).await?;
    }
    Ok(())
}

/// Writes the booking, held or sent, under a reference nobody has, and takes its slot; `None` when something else has that,
/// and what was written has to be rolled back.
pub(super) async fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    place: &SlotPlace,
    terms: &Terms,
    (slot, (blocked_from, blocked_until)): (&Slot, (DateTime<Utc>, DateTime<Utc>)),
    visitor_zone: Option<String>,
    sent: Option<Sent<'_>>,
) -> Result<Option<BookingId>> {
    let status = sent.map_or(BookingStatus::Held, |sent| sent.status);
    let mut new = NewBooking {
        id: ctx.new_id(),
        therapist: place.therapist,
        service: place.service,
        starts_at: slot.starts_at,
        ends_at: slot.ends_at,
        price_minor: terms.price_minor,
        currency: terms.currency.clone(),
        policy: terms.policy.clone(),
        lang: ctx.lang,
        visitor_zone: visitor_zone.filter(|zone| zone.parse::<chrono_tz::Tz>().is_ok()),
        reference: String::new(),
        deadline: deadline(status, &terms.policy, ctx.now, slot.starts_at),
    };
    let blocked = (ctx.new_uuid(), blocked_from, blocked_until);
    for _ in 0..REFERENCE_TRIES {
        new.reference = domain::reference::reference(ctx.random());
        match bookings::insert(tx, place.practice, &new, sent, blocked, ctx.now).await? {
            Written::Done => return Ok(Some(new.id)),
            Written::SlotTaken => return Ok(None),
            Written::ReferenceTaken => {}
        }
    }
    Err(ServiceError::internal("no free booking reference"))
}

/// Takes the slot for a booking; `false` when something else has it.
pub(super) async fn take(
    tx: &mut Tx,
    ctx: &Ctx,
    place: &SlotPlace,
    booking: BookingId,
    slot: &Slot,
    (blocked_from, blocked_until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<bool> {
    let new = NewOccupancy {
        id: ctx.new_uuid(),
        therapist: place.therapist,
        booking,
        session: None,
        starts_at: slot.starts_at,
        ends_at: slot.ends_at,
        blocked_from,
        blocked_until,
    };
    Ok(occupancy::take(tx, place.practice, &new).await?)
}

async fn finish(mut tx: Tx, ctx: &Ctx, practice: PracticeId, id: BookingId) -> Result<BookingView> {
    let row = bookings::get(&mut tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
    tx.commit().await.map_err(store::StoreError::from)?;
    view(ctx, &row)
}
