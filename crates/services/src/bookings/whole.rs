//! A booking in one piece: who knows what they want and who they are needs no hold. Everything happens in one transaction,
//! in a third of the statements that holding, filling in and sending take.

use super::held::{SlotPlace, blocked, clear_the_way, insert};
use super::public::{checked, tell_requested};
use super::steps;
use super::view::view;
use crate::{Ctx, Result, ServiceError, calendars, slots as shown};
use chrono::Duration;
use contracts::booking::{BookingStatus, BookingView, HoldSlot, PatientDetails};
use contracts::{BookingId, PatientId};
use domain::booking::{Event, next};
use domain::slots::Taken;
use store::bookings::{self, BookingRow, ClosedBy, Sent};
use store::occupancy::{self, PublicSlots, Purpose};
use store::patients::{self, NewPatient};
use store::{StoreError, Tx};

/// Takes a slot and sends the request for it. `instead_of` is not looked at: there is no hold.
///
/// # Errors
/// Field errors when what was typed is wrong; otherwise as [`super::hold`]. Nothing is kept then.
pub async fn book(ctx: &Ctx, cmd: HoldSlot, details: PatientDetails) -> Result<BookingView> {
    let details = checked(&details)?;
    SlotPlace::within_reach(ctx, cmd.starts_at)?;
    freshen(ctx, &cmd.slug).await?;
    let mut tx = ctx.deps.db.anywhere().await?;
    let day = cmd.starts_at.date_naive();
    let since = cmd.starts_at.min(ctx.now).date_naive() - Duration::days(2);
    let asked = (cmd.slug.as_str(), cmd.service_id);
    let found = occupancy::public_slots(&mut tx, asked, since, (day, day), Purpose::Book, ctx.now).await?;
    let found = found.ok_or_else(ServiceError::not_found)?;
    let place = SlotPlace {
        practice: found.address.practice,
        therapist: found.address.therapist,
        service: cmd.service_id,
        starts_at: cmd.starts_at,
    };
    // Boxed: while it waits for a connection, as thousands may, it is not there yet.
    match Box::pin(take_and_send(&mut tx, ctx, &place, &found, (cmd.visitor_time_zone, &details))).await? {
        Some(row) => {
            tx.commit().await.map_err(StoreError::from)?;
            view(ctx, &row)
        }
        None => {
            tx.rollback().await.map_err(StoreError::from)?;
            Err(place.taken_error(ctx).await)
        }
    }
}

/// The therapist's calendar outside is asked first, where there may be one.
async fn freshen(ctx: &Ctx, slug: &str) -> Result<()> {
    if ctx.deps.calendars.google.is_none() {
        return Ok(());
    }
    let address = shown::address_of(ctx, slug).await?.ok_or_else(ServiceError::not_found)?;
    calendars::freshen(ctx, address.practice, address.therapist).await;
    Ok(())
}

/// `None` when somebody else has the slot.
async fn take_and_send(
    tx: &mut Tx,
    ctx: &Ctx,
    place: &SlotPlace,
    found: &PublicSlots,
    (visitor_zone, details): (Option<String>, &PatientDetails),
) -> Result<Option<BookingRow>> {
    let taken: Vec<Taken> = found.taken.iter().map(|one| one.taken).collect();
    let Some(slot) = place.offered(ctx, &found.terms, &taken)? else { return Ok(None) };
    // Patients before slots, as everywhere: two who give the same number and want the same time never wait in a circle.
    let patient = patient(tx, ctx, place, details).await?;
    let span = blocked(&found.terms.schedule, slot.starts_at, slot.ends_at);
    if found.lapsed {
        clear_the_way(tx, ctx, place, span, None).await?;
    }
    let status = next(BookingStatus::Held, Event::SendRequest, &found.terms.policy, found.terms.price_minor)
        .map_err(|_| ServiceError::internal("a held booking can be sent"))?;
    // A session is made from a booking that is there; anything else is what it will be from the first moment.
    let first = if status == BookingStatus::Confirmed { BookingStatus::Held } else { status };
    let sent = Sent { status: first, patient, details };
    let written = insert(tx, ctx, place, &found.terms, (&slot, span), visitor_zone, Some(sent)).await?;
    let Some(id) = written else { return Ok(None) };
    told(tx, ctx, place, id, (patient, status)).await.map(Some)
}

async fn patient(tx: &mut Tx, ctx: &Ctx, place: &SlotPlace, details: &PatientDetails) -> Result<PatientId> {
    let new = NewPatient {
        id: ctx.new_id(),
        name: &details.name,
        phone: &details.phone,
        email: &details.email,
        lang: ctx.lang,
    };
    Ok(patients::find_or_create(tx, place.practice, &new, ctx.now).await?)
}

/// Confirms what needs no approval, and tells everybody.
async fn told(
    tx: &mut Tx,
    ctx: &Ctx,
    place: &SlotPlace,
    id: BookingId,
    (patient, status): (PatientId, BookingStatus),
) -> Result<BookingRow> {
    let row = bookings::get(tx, place.practice, id).await?.ok_or_else(ServiceError::not_found)?;
    let row = if status == BookingStatus::Confirmed {
        steps::confirm(tx, ctx, &row, patient, false, ClosedBy::Patient).await?
    } else {
        row
    };
    tell_requested(tx, ctx, &row).await?;
    Ok(row)
}
