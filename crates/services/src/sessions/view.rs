//! From stored rows to what the practice sees.

use crate::messages::Template;
use crate::{Actor, Ctx, Result, ServiceError};
use chrono_tz::Tz;
use contracts::Money;
use contracts::patients::NoteView;
use contracts::sessions::{MessageLine, SessionCard, SessionNote, SessionStatus, SessionView};
use domain::permissions::{Action, Resource, allowed};
use domain::sessions::undo_until;
use store::patients::NoteList;
use store::sessions::SessionRow;
use store::{Tx, sessions};

pub(crate) fn card(row: &SessionRow) -> Result<SessionCard> {
    let zone = row.time_zone.parse().map_err(|_| ServiceError::internal("unreadable time zone"))?;
    Ok(SessionCard {
        id: row.id,
        booking_id: row.booking_id,
        reference: row.reference.clone(),
        status: row.status,
        payment_status: row.payment_status,
        patient_id: row.patient_id,
        patient_name: row.patient_name.clone(),
        therapist_id: row.therapist_id,
        therapist_name: row.therapist_name.clone(),
        service_name: row.service_name.clone(),
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        local: domain::slots::local(zone, row.starts_at),
        time_zone: row.time_zone.clone(),
        price: Money::new(row.price_minor, row.currency.clone()),
        paid: Money::new(row.paid_minor, row.currency.clone()),
        source: row.source,
        outside_hours: row.outside_hours,
        video_link: row.video_link.clone().filter(|_| row.status.keeps_slot()),
        created_at: row.created_at,
        version: row.version,
    })
}

pub(crate) fn cards(rows: &[SessionRow]) -> Result<Vec<SessionCard>> {
    rows.iter().map(card).collect()
}

/// Notes that are shown with a session; the patient's page has all of them.
const NOTES: i64 = 50;

/// What was noted about a session, for who may read patients.
async fn notes(tx: &mut Tx, ctx: &Ctx, row: &SessionRow, zone: Tz) -> Result<Vec<SessionNote>> {
    let Ok(member) = ctx.may(Action::Read, Resource::Patients) else { return Ok(vec![]) };
    let filter = NoteList { session: Some(row.id), limit: NOTES, ..NoteList::default() };
    let notes = store::patients::notes(tx, row.practice_id, row.patient_id, member.member_id, &filter).await?;
    let line = |note: NoteView| SessionNote {
        id: note.id,
        kind: note.kind,
        body: note.body,
        author: note.author,
        at: note.created_at,
        local: domain::slots::local(zone, note.created_at),
    };
    Ok(notes.into_iter().map(line).collect())
}

/// Everything about a session, in five queries more.
pub(super) async fn view(tx: &mut Tx, ctx: &Ctx, row: &SessionRow) -> Result<SessionView> {
    let undo = row.cancelled_at.map(|at| undo_until(at, row.starts_at));
    let zone = row.time_zone.parse().map_err(|_| ServiceError::internal("unreadable time zone"))?;
    let by_member = row.cancelled_by_kind.as_deref() == Some("member");
    let undo = undo.filter(|at| by_member && *at > ctx.now && row.status == SessionStatus::Cancelled);
    let reschedule_request = match &ctx.actor {
        Actor::Member(member) if allowed(member.role, Action::Read, Resource::RescheduleRequests) => {
            store::reschedule_requests::last_of(tx, row.practice_id, row.id, ctx.now).await?
        }
        _ => None,
    };
    let messages = store::messages::lines(tx, row.practice_id, row.booking_id, zone).await?;
    let cancelled_at = row.cancelled_at.filter(|_| row.status == SessionStatus::Cancelled);
    let of_cancelling = |line: &&MessageLine| {
        line.template == Template::Cancelled.as_str() && cancelled_at.is_some_and(|at| line.at >= at)
    };
    Ok(SessionView {
        reschedule_request,
        card: card(row)?,
        service_id: row.service_id,
        place: row.place,
        patient_phone: row.patient_phone.clone(),
        patient_email: row.patient_email.clone(),
        cancel_reason: row.cancel_reason.clone(),
        cancelled_by_patient: row.cancelled_by_kind.as_deref() == Some("patient"),
        cancelled_at: row.cancelled_at,
        patient_told: row.patient_told,
        refund_decision: row.refund_decision,
        undo_until: undo,
        undo_until_local: undo.map(|at| domain::slots::local(zone, at)),
        payments: sessions::payments(tx, row.practice_id, row.id).await?,
        notes: notes(tx, ctx, row, zone).await?,
        cancel_message: messages.iter().find(of_cancelling).cloned(),
        messages,
        history: sessions::history(tx, row.practice_id, row.id, row.booking_id, zone).await?,
        now: ctx.now,
    })
}
