//! The steps a booking takes, each inside the caller's transaction and with the booking locked.

use super::notify;
use super::view::{conflict, zone};
use crate::messages::Template;
use crate::{Ctx, Result, ServiceError, audit};
use contracts::booking::BookingStatus;
use contracts::practice::{Place, VideoKind};
use contracts::sessions::RefundDecision;
use contracts::{BookingId, MemberId, PatientId, PracticeId, SessionId, TherapistId};
use domain::booking::{Event, deadline, next};
use serde_json::json;
use store::bookings::{self, BookingRow, Change, ClosedBy};
use store::calendars::Video;
use store::sessions::{self, Cancellation, NewPayment, NewSession};
use store::{Tx, occupancy};

/// The state after an event.
///
/// # Errors
/// `CONFLICT` with the present status when it cannot happen.
pub(crate) fn after(row: &BookingRow, event: Event) -> Result<BookingStatus> {
    next(row.status, event, &row.policy, row.price_minor).map_err(|_| conflict(row.status))
}

/// The booking, locked.
pub(super) async fn lock(tx: &mut Tx, practice: PracticeId, id: BookingId) -> Result<BookingRow> {
    bookings::lock(tx, practice, id).await?.ok_or_else(ServiceError::not_found)
}

/// The booking as it is after what was just written.
pub(crate) async fn reread(tx: &mut Tx, row: &BookingRow) -> Result<BookingRow> {
    bookings::get(tx, row.practice_id, row.id).await?.ok_or_else(ServiceError::not_found)
}

/// Has the present state ended by itself, though no worker has written it down yet?
pub(super) fn is_over(ctx: &Ctx, row: &BookingRow) -> bool {
    row.deadline.is_some_and(|at| at <= ctx.now)
}

/// Moves an open booking to another open state with its own deadline.
pub(super) async fn advance(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &BookingRow,
    status: BookingStatus,
    by: ClosedBy,
) -> Result<BookingRow> {
    let deadline = deadline(status, &row.policy, ctx.now, row.starts_at);
    let change = Change { status, deadline, by, reason: None, paid: false };
    bookings::change(tx, row.practice_id, row.id, &change, ctx.now).await?;
    reread(tx, row).await
}

/// The booking becomes a session: patient, session and slot in one transaction, the slot never free in between.
pub(super) async fn confirm(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &BookingRow,
    patient: PatientId,
    paid: bool,
    by: ClosedBy,
) -> Result<BookingRow> {
    let session = NewSession {
        id: ctx.new_id::<SessionId>(),
        booking: row.id,
        therapist: row.therapist_id,
        patient,
        service: row.service_id,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        price_minor: row.price_minor,
        currency: row.currency.clone(),
        video_link: video_link(tx, ctx, row.practice_id, row.therapist_id, row.place).await?,
        outside_hours: false,
    };
    sessions::insert(tx, row.practice_id, &session, ctx.now).await?;
    occupancy::make_firm(tx, row.practice_id, row.id, session.id).await?;
    if paid {
        record_proof(tx, ctx, row, &session, by).await?;
    }
    let change = Change { status: BookingStatus::Confirmed, deadline: None, by, reason: None, paid };
    bookings::change(tx, row.practice_id, row.id, &change, ctx.now).await?;
    let row = reread(tx, row).await?;
    let calendar = notify::calendar(ctx, &row, false);
    notify::patient(tx, ctx, &row, Template::Confirmed, "", Some(calendar)).await?;
    Ok(row)
}

/// The money of a verified proof counts for the session it was sent for.
async fn record_proof(tx: &mut Tx, ctx: &Ctx, row: &BookingRow, session: &NewSession, by: ClosedBy) -> Result<()> {
    let Some(proof) = row.proof.as_ref().filter(|_| row.price_minor > 0) else { return Ok(()) };
    let payment = NewPayment {
        id: ctx.new_id(),
        session: session.id,
        patient: session.patient,
        method: proof.method,
        amount_minor: row.price_minor,
        currency: &row.currency,
        // The day it is on the therapist's calendar, as for money that is recorded by hand.
        received_on: domain::slots::today(zone(row)?, ctx.now),
        reference: &proof.reference,
        recorded_by: member_of(by),
    };
    Ok(sessions::insert_payment(tx, row.practice_id, &payment, ctx.now).await?)
}

fn member_of(by: ClosedBy) -> Option<MemberId> {
    match by {
        ClosedBy::Member(member) => Some(member),
        ClosedBy::Patient | ClosedBy::System => None,
    }
}

/// Where an online session takes place.
pub(crate) async fn video_link(
    tx: &mut Tx,
    ctx: &Ctx,
    practice: PracticeId,
    therapist: TherapistId,
    place: Place,
) -> Result<Option<String>> {
    if place != Place::Online {
        return Ok(None);
    }
    let video = store::calendars::video(tx, practice, therapist).await?.ok_or_else(ServiceError::not_found)?;
    Ok(link_of(&video, place, ctx.random()))
}

/// The same where it is known how the therapist's sessions get their link. None for now where Google makes the room, which
/// comes with the calendar's entry.
pub(crate) fn link_of(video: &Video, place: Place, random: [u8; 12]) -> Option<String> {
    match video.kind {
        _ if place != Place::Online => None,
        VideoKind::Own => Some(video.own_room.clone()).filter(|url| !url.is_empty()),
        VideoKind::Meet if video.has_google => None,
        VideoKind::Meet | VideoKind::Server => room(&video.base, random),
    }
}

/// A room nobody can guess, where the practice has a video service.
pub(crate) fn room(base: &str, random: [u8; 12]) -> Option<String> {
    let base = base.trim();
    if base.is_empty() {
        return None;
    }
    let room: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(format!("{}/calma-{room}", base.trim_end_matches('/')))
}

/// How a booking ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ending<'a> {
    pub by: ClosedBy,
    pub reason: Option<&'a str>,
    pub patient_told: bool,
    /// What becomes of money that was paid.
    pub refund: Option<RefundDecision>,
}

impl<'a> Ending<'a> {
    /// With the patient told, and no money to decide about.
    pub fn told(by: ClosedBy, reason: Option<&'a str>) -> Self {
        Self { by, reason, patient_told: true, refund: None }
    }
}

/// Ends a booking and frees its slot; a session it had is cancelled.
pub(crate) async fn close(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &BookingRow,
    status: BookingStatus,
    how: Ending<'_>,
) -> Result<BookingRow> {
    // The booking is what the patient reads; a reason that is not for them stays with the session.
    let reason = how.reason.filter(|_| how.patient_told);
    let change = Change { status, deadline: None, by: how.by, reason, paid: false };
    bookings::change(tx, row.practice_id, row.id, &change, ctx.now).await?;
    occupancy::free(tx, row.practice_id, &[row.id]).await?;
    if row.status == BookingStatus::Confirmed {
        let Ending { by, reason, patient_told, refund } = how;
        let cancellation = Cancellation { by, reason, patient_told, refund };
        sessions::cancel(tx, row.practice_id, row.id, &cancellation, ctx.now).await?;
    }
    reread(tx, row).await
}

/// Ends a locked booking whose deadline has passed. A hold lapses in silence; a request that was sent is told to its
/// patient.
pub(crate) async fn expire(tx: &mut Tx, ctx: &Ctx, row: &BookingRow) -> Result<BookingRow> {
    let status = after(row, Event::DeadlinePassed)?;
    let closed = close(tx, ctx, row, status, Ending::told(ClosedBy::System, None)).await?;
    if row.status != BookingStatus::Held {
        notify::patient(tx, ctx, &closed, Template::Expired, "", None).await?;
        let was = json!({ "was": row.status.as_str() });
        audit::record(tx, ctx, row.practice_id, "booking.expired", Some(row.id.0), was).await?;
    }
    Ok(closed)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use contracts::practice::{BookingPolicy, PaymentInstructions};
    use contracts::{Lang, ServiceId, TherapistId};
    use uuid::Uuid;

    pub fn row() -> BookingRow {
        let starts_at = "2026-11-24T13:00:00Z".parse().unwrap();
        BookingRow {
            id: BookingId(Uuid::from_u128(1)),
            practice_id: PracticeId(Uuid::from_u128(2)),
            therapist_id: TherapistId(Uuid::from_u128(3)),
            service_id: ServiceId(Uuid::from_u128(4)),
            status: BookingStatus::PendingApproval,
            version: 2,
            starts_at,
            ends_at: starts_at + chrono::Duration::minutes(50),
            price_minor: 1_000,
            currency: "KES".into(),
            policy: BookingPolicy::default(),
            lang: Lang::En,
            reference: "K7Q2-MX".into(),
            patient_name: "Ana".into(),
            patient_email: "ana@example.com".into(),
            patient_phone: "+5491112345678".into(),
            first_time: false,
            reason: String::new(),
            patient_id: None,
            deadline: None,
            requested_at: Some(starts_at),
            changed_at: starts_at,
            paid_at: None,
            closing_reason: None,
            closed_by_patient: false,
            erased: false,
            therapist_name: "T".into(),
            slug: "t".into(),
            time_zone: "UTC".into(),
            service_name: "S".into(),
            place: Place::Online,
            practice_name: "P".into(),
            practice_lang: Lang::Es,
            instructions: PaymentInstructions::default(),
            video_link: None,
            session: None,
            proof: None,
        }
    }

    #[test]
    fn a_room_is_at_the_practices_service() {
        let here = format!("https://meet.example/calma-{}", "07".repeat(12));
        assert_eq!(room(" https://meet.example/ ", [7; 12]), Some(here));
        assert_eq!(room("", [7; 12]), None);
    }

    #[test]
    fn what_cannot_happen_says_what_the_booking_is() {
        let error = after(&BookingRow { status: BookingStatus::Declined, ..row() }, Event::Approve).unwrap_err();
        assert_eq!(error.public.current_status, Some(BookingStatus::Declined));
    }
}
