//! From what a form says to a rule and its terms, with everything that is wrong told at once.

use super::{own, time};
use crate::form::Problems;
use crate::{Ctx, Member, Result, ServiceError};
use chrono::NaiveDate;
use contracts::limits::PAYMENT_NOTICE_MIN;
use contracts::series::{ChangeSeries, CreateSeries, Frequency, Rule, SeriesDraft, SeriesTerms};
use contracts::{FieldProblem, Money, PatientId, ServiceId};
use domain::recurrence::{check, on_weekday};
use domain::validate::parse_clock;
use store::occupancy::TherapistSchedule;
use store::series::{self as stored, Agreed, Offer, SeriesRow};
use store::{StoreError, Tx};

/// BR-RS-007: two to three days, unless the practice says otherwise.
const PAYMENT_NOTICE_DAYS: i32 = 3;
/// Minor units; the database knows the same limit.
const PRICE_MAX: i64 = 100_000_000_000;

/// A series that could be saved.
pub(super) struct Draft {
    pub patient_id: PatientId,
    pub patient_name: String,
    pub offer: Offer,
    pub open: TherapistSchedule,
    pub today: NaiveDate,
    pub agreed: Agreed,
}

impl Draft {
    pub fn shown(&self) -> SeriesDraft {
        SeriesDraft {
            patient_id: self.patient_id,
            patient_name: self.patient_name.clone(),
            therapist_id: self.offer.therapist_id,
            therapist_name: self.offer.therapist_name.clone(),
            service_id: self.offer.service_id,
            service_name: self.offer.service_name.clone(),
            rule: self.agreed.rule,
            price: Money::new(self.agreed.price_minor, self.agreed.currency.clone()),
            payment_notice_days: self.agreed.payment_notice_days,
            time_zone: self.open.schedule.zone.name().to_owned(),
        }
    }
}

/// # Errors
/// `NOT_FOUND` for a patient, therapist or service of nobody here; field errors for the rest.
pub(super) async fn new(tx: &mut Tx, ctx: &Ctx, member: &Member, cmd: &CreateSeries) -> Result<Draft> {
    let practice = member.practice_id;
    let patient = stored::patient(tx, practice, cmd.patient_id, own(member)).await?;
    let patient = patient.ok_or_else(ServiceError::not_found)?;
    let offer = stored::offer(tx, practice, cmd.therapist_id, cmd.terms.service_id).await?;
    let offer = offer.ok_or_else(ServiceError::not_found)?;
    let open = time::schedule(tx, ctx, practice, cmd.therapist_id).await?;
    let today = time::today(ctx, &open);
    let anchor = on_weekday(cmd.starts_on, wanted_weekday(&cmd.terms));
    let mut problems = Problems::default();
    if cmd.starts_on < today {
        problems.add("starts_on", FieldProblem::InPast);
    }
    let offer = for_patient(offer, patient.price.as_ref());
    let agreed = agreed(&cmd.terms, &offer, None, (anchor, anchor), today, problems)?;
    Ok(Draft { patient_id: patient.id, patient_name: patient.name, offer, open, today, agreed })
}

/// The same for a change. Where the rhythm begins and holds from is the caller's to say.
///
/// # Errors
/// As [`new`].
pub(super) async fn changed(
    tx: &mut Tx,
    ctx: &Ctx,
    member: &Member,
    row: &SeriesRow,
    cmd: &ChangeSeries,
    begins: impl FnOnce(NaiveDate) -> (NaiveDate, NaiveDate),
) -> Result<Draft> {
    let practice = member.practice_id;
    let offer = stored::offer(tx, practice, row.therapist_id, cmd.terms.service_id).await?;
    let offer = offer.ok_or_else(ServiceError::not_found)?;
    let patient = stored::patient(tx, practice, row.patient_id, None).await?;
    let offer = for_patient(offer, patient.and_then(|patient| patient.price).as_ref());
    let open = time::schedule(tx, ctx, practice, row.therapist_id).await?;
    let today = time::today(ctx, &open);
    let mut problems = Problems::default();
    if cmd.starts_on.is_some_and(|day| day < today) {
        problems.add("starts_on", FieldProblem::InPast);
    }
    let agreed = agreed(&cmd.terms, &offer, Some(row.service_id), begins(today), today, problems)?;
    Ok(Draft { patient_id: row.patient_id, patient_name: row.patient_name.clone(), offer, open, today, agreed })
}

/// The weekday that was chosen, where the rule has one.
pub(super) fn wanted_weekday(terms: &SeriesTerms) -> Option<i16> {
    let weekly = matches!(terms.frequency, Frequency::Weekly | Frequency::Biweekly);
    terms.weekday.filter(|day| weekly && (1..=7).contains(day))
}

/// The service at the price this patient usually pays.
pub(super) fn for_patient(mut offer: Offer, own_price: Option<&Money>) -> Offer {
    offer.price_minor = domain::patients::usual_price(own_price, offer.price_minor, &offer.currency);
    offer
}

/// `kept` is a service that need not be on offer any more.
fn agreed(
    terms: &SeriesTerms,
    offer: &Offer,
    kept: Option<ServiceId>,
    (anchor, holds_from): (NaiveDate, NaiveDate),
    today: NaiveDate,
    mut problems: Problems,
) -> Result<Agreed> {
    if !offer.given && kept != Some(offer.service_id) {
        problems.add("service_id", FieldProblem::InvalidChoice);
    }
    if terms.weekday.is_some_and(|day| !(1..=7).contains(&day)) {
        problems.add("weekday", FieldProblem::InvalidChoice);
    }
    let starts_min = parse_clock(&terms.starts).filter(|minutes| *minutes < 24 * 60);
    if starts_min.is_none() {
        let typed = terms.starts.trim();
        problems.add("starts", if typed.is_empty() { FieldProblem::Required } else { FieldProblem::InvalidTime });
    }
    let price_minor = price(terms.price.as_deref(), offer).unwrap_or_else(|problem| {
        problems.add("price", problem);
        0
    });
    let rule = Rule {
        frequency: terms.frequency,
        interval_days: terms.interval_days.filter(|_| terms.frequency == Frequency::EveryNDays),
        anchor,
        ends_on: terms.ends_on,
        starts_min: starts_min.unwrap_or_default(),
        duration_min: terms.duration_min.unwrap_or(offer.duration_min),
    };
    let payment_notice_days = terms.payment_notice_days.unwrap_or(PAYMENT_NOTICE_DAYS.max(PAYMENT_NOTICE_MIN));
    problems.extend(check(&rule, payment_notice_days, today));
    problems.finish()?;
    Ok(Agreed {
        service: offer.service_id,
        rule,
        holds_from,
        due_on: Some(today),
        price_minor,
        currency: offer.currency.clone(),
        payment_notice_days,
    })
}

fn price(typed: Option<&str>, offer: &Offer) -> std::result::Result<i64, FieldProblem> {
    let Some(typed) = typed.map(str::trim).filter(|typed| !typed.is_empty()) else { return Ok(offer.price_minor) };
    let money = Money::parse(typed, &offer.currency).ok_or(FieldProblem::InvalidNumber)?;
    if money.minor <= PRICE_MAX { Ok(money.minor) } else { Err(FieldProblem::OutOfRange) }
}

/// A series that is there already is told beside its time.
pub(super) fn made_twice(error: StoreError) -> ServiceError {
    if error.is_constraint("series_made_twice") {
        return ServiceError::field("starts", FieldProblem::Taken);
    }
    error.into()
}
