//! Series as the practice sees them, with what is next.

use super::draft::for_patient;
use super::{begin, commit, own, visible};
use crate::{Ctx, Result, ServiceError};
use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use contracts::series::{
    Occurrence, OccurrenceSession, OccurrenceState, SeriesForm, SeriesOffer, SeriesStatus, SeriesView,
};
use contracts::{Money, PatientId, PracticeId, SeriesId};
use domain::permissions::{Action, Resource};
use domain::recurrence::{occurrences, start};
use domain::slots;
use std::collections::HashMap;
use store::series::{self as stored, DateRow, SeriesRow};
use store::{StoreError, Tx};

/// Occurrences that are shown.
const NEXT: usize = 8;

/// Everything that was agreed with a patient, what is open first.
///
/// # Errors
/// `NOT_FOUND` for another practice's patient and, to a therapist, for one who is not assigned to them.
pub async fn list(ctx: &Ctx, patient: PatientId) -> Result<Vec<SeriesView>> {
    let member = ctx.may(Action::Read, Resource::Series)?;
    let mut tx = begin(ctx, member).await?;
    let found = stored::patient(&mut tx, member.practice_id, patient, own(member)).await?;
    found.ok_or_else(ServiceError::not_found)?;
    let rows = stored::of_patient(&mut tx, member.practice_id, patient, own(member)).await?;
    let views = views(&mut tx, ctx, member.practice_id, &rows).await?;
    commit(tx).await?;
    Ok(views)
}

/// # Errors
/// `NOT_FOUND` for another practice's and, to a therapist, for a colleague's.
pub async fn get(ctx: &Ctx, id: SeriesId) -> Result<SeriesView> {
    let member = ctx.may(Action::Read, Resource::Series)?;
    let mut tx = begin(ctx, member).await?;
    let row = stored::get(&mut tx, member.practice_id, id).await?;
    let row = row.filter(|row| visible(member, row)).ok_or_else(ServiceError::not_found)?;
    let view = views(&mut tx, ctx, member.practice_id, &[row]).await?.pop();
    commit(tx).await?;
    view.ok_or_else(ServiceError::not_found)
}

/// What the form of a new series offers.
///
/// # Errors
/// `FORBIDDEN`; `NOT_FOUND` for a patient of nobody here.
pub async fn form(ctx: &Ctx, patient: PatientId) -> Result<SeriesForm> {
    let member = ctx.may(Action::Create, Resource::Series)?;
    let mut tx = begin(ctx, member).await?;
    let patient = stored::patient(&mut tx, member.practice_id, patient, own(member)).await?;
    let patient = patient.ok_or_else(ServiceError::not_found)?;
    let settings = store::practices::get(&mut tx, member.practice_id).await?.ok_or_else(ServiceError::not_found)?;
    let offers = stored::offers(&mut tx, member.practice_id, own(member)).await?;
    tx.commit().await.map_err(StoreError::from)?;
    let zone: Tz = settings.time_zone.parse().map_err(|_| ServiceError::internal("unreadable time zone"))?;
    let offer = |offer: stored::Offer| SeriesOffer {
        therapist_id: offer.therapist_id,
        therapist_name: offer.therapist_name,
        service_id: offer.service_id,
        service_name: offer.service_name,
        duration_min: offer.duration_min,
        price: Money::new(offer.price_minor, offer.currency),
    };
    let offers = offers.into_iter().map(|one| offer(for_patient(one, patient.price.as_ref()))).collect();
    Ok(SeriesForm {
        patient_id: patient.id,
        patient_name: patient.name,
        offers,
        currency: settings.currency,
        today: slots::today(zone, ctx.now),
    })
}

/// One that was just written.
pub(super) async fn one(tx: &mut Tx, ctx: &Ctx, practice: PracticeId, id: SeriesId) -> Result<SeriesView> {
    let row = stored::get(tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
    views(tx, ctx, practice, &[row]).await?.pop().ok_or_else(ServiceError::not_found)
}

async fn views(tx: &mut Tx, ctx: &Ctx, practice: PracticeId, rows: &[SeriesRow]) -> Result<Vec<SeriesView>> {
    let ids: Vec<SeriesId> = rows.iter().map(|row| row.id).collect();
    // Today in the zone that is furthest behind.
    let from = ctx.now.date_naive() - Days::new(1);
    let mut dates: HashMap<SeriesId, Vec<DateRow>> = HashMap::new();
    for date in stored::dates(tx, practice, &ids, from).await? {
        dates.entry(date.series).or_default().push(date);
    }
    rows.iter().map(|row| view(ctx, row, dates.remove(&row.id).unwrap_or_default())).collect()
}

fn view(ctx: &Ctx, row: &SeriesRow, dates: Vec<DateRow>) -> Result<SeriesView> {
    let zone: Tz = row.time_zone.parse().map_err(|_| ServiceError::internal("unreadable time zone"))?;
    let today = slots::today(zone, ctx.now);
    Ok(SeriesView {
        id: row.id,
        version: row.version,
        status: row.status,
        patient_id: row.patient_id,
        patient_name: row.patient_name.clone(),
        therapist_id: row.therapist_id,
        therapist_name: row.therapist_name.clone(),
        service_id: row.service_id,
        service_name: row.service_name.clone(),
        rule: row.rule,
        price: Money::new(row.price_minor, row.currency.clone()),
        payment_notice_days: row.payment_notice_days,
        time_zone: row.time_zone.clone(),
        today,
        next: next(ctx, row, zone, today, dates),
    })
}

/// What is decided from today on, and, while the series runs, the dates that will be decided.
fn next(ctx: &Ctx, row: &SeriesRow, zone: Tz, today: NaiveDate, dates: Vec<DateRow>) -> Vec<Occurrence> {
    let decided: Vec<NaiveDate> = dates.iter().map(|date| date.date).collect();
    let mut next: Vec<Occurrence> = dates.into_iter().map(|date| occurrence(row, zone, date)).collect();
    next.retain(|one| one.local.date() >= today || one.date >= today);
    if row.status == SeriesStatus::Active {
        let coming = occurrences(&row.rule, today.max(row.holds_from), NaiveDate::MAX);
        let undecided = coming.filter(|date| !decided.contains(date));
        let starts = undecided.map(|date| (date, start(zone, date, row.rule.starts_min)));
        next.extend(starts.filter(|(_, start)| start.at > ctx.now).take(NEXT).map(|(date, start)| Occurrence {
            date,
            local: start.local,
            state: OccurrenceState::Planned,
            session: None,
            conflicts: vec![],
        }));
    }
    next.sort_by_key(|one| one.local);
    next.truncate(NEXT);
    next
}

pub(super) fn occurrence(row: &SeriesRow, zone: Tz, date: DateRow) -> Occurrence {
    let local = match &date.session {
        Some(session) => slots::local(zone, session.starts_at),
        None => start(zone, date.date, row.rule.starts_min).local,
    };
    Occurrence {
        date: date.date,
        local,
        state: date.state,
        session: date.session.map(|session| OccurrenceSession {
            id: session.id,
            booking_id: session.booking,
            status: session.status,
            payment_status: session.payment_status,
        }),
        conflicts: date.conflicts,
    }
}
