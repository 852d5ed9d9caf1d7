//! What invented patients do: each one's story goes on from where it stands.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use contracts::booking::{
    BookingCard, BookingFilter, BookingStatus, BookingView, HoldSlot, PatientDetails, PracticeAction, SubmitProof,
};
use contracts::limits::PAGE_MAX;
use contracts::practice::PaymentMethod;
use contracts::{BookingId, ServiceId};
use services::{Actor, Ctx, Result, ServiceError, bookings, slots, tokens};

/// How far a patient's story goes.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    Requested,
    Approved,
    /// Paid, with this reference.
    Proved(&'static str),
    Confirmed(&'static str),
    /// By the practice, with this reason.
    Declined(&'static str),
    /// By the patient, with this reason.
    Cancelled(&'static str),
}

/// One step of a story.
enum Step {
    Act(PracticeAction),
    Prove(&'static str),
    Cancel(&'static str),
}

/// What comes next in a story; nothing when it is where it should be, or when somebody took it elsewhere.
fn next(status: BookingStatus, until: Until) -> Option<Step> {
    use BookingStatus::{AwaitingPayment, PaymentSubmitted, PendingApproval};
    match (status, until) {
        (PendingApproval, Until::Declined(reason)) => {
            Some(Step::Act(PracticeAction::Decline { reason: reason.to_owned() }))
        }
        (PendingApproval | AwaitingPayment, Until::Cancelled(reason)) => Some(Step::Cancel(reason)),
        (PendingApproval, Until::Approved | Until::Proved(_) | Until::Confirmed(_)) => {
            Some(Step::Act(PracticeAction::Approve))
        }
        (AwaitingPayment, Until::Proved(reference) | Until::Confirmed(reference)) => Some(Step::Prove(reference)),
        (PaymentSubmitted, Until::Confirmed(_)) => Some(Step::Act(PracticeAction::VerifyPayment)),
        _ => None,
    }
}

pub fn patient(name: &str, mailbox: &str, phone: &str) -> PatientDetails {
    PatientDetails {
        name: name.into(),
        email: format!("{mailbox}@example.com"),
        phone: phone.into(),
        first_time: true,
        reason: String::new(),
    }
}

/// Free starts in order of time.
pub struct Free(std::vec::IntoIter<DateTime<Utc>>);

impl Free {
    /// The next one after leaving some out.
    fn next(&mut self, skip: usize) -> Result<DateTime<Utc>> {
        self.0.nth(skip).ok_or_else(|| ServiceError::internal("too few free slots for the demo"))
    }
}

/// Books at one therapist's, in the name of the practice's owner and of patients.
pub struct Diary {
    ctx: Ctx,
    slug: &'static str,
    method: PaymentMethod,
}

impl Diary {
    pub fn of(ctx: &Ctx, slug: &'static str, method: PaymentMethod) -> Self {
        Self { ctx: ctx.clone(), slug, method }
    }

    fn visitor(&self) -> Ctx {
        Ctx { actor: Actor::Visitor, ..self.ctx.clone() }
    }

    /// Free starts from so many hours on, within four weeks.
    pub async fn free(&self, service: ServiceId, hours: i64) -> Result<Free> {
        let from: NaiveDate = self.ctx.now.date_naive();
        let found = slots::availability(&self.visitor(), self.slug, service, from, from + Days::new(28)).await?;
        let earliest = self.ctx.now + TimeDelta::hours(hours);
        let free = found.days.iter().flat_map(|day| day.free()).map(|slot| slot.starts_at);
        let starts: Vec<_> = free.filter(|at| *at >= earliest).collect();
        Ok(Free(starts.into_iter()))
    }

    /// Takes a patient's story as far as it goes, from the beginning or from where it was left.
    pub async fn story(
        &self,
        service: ServiceId,
        free: &mut Free,
        skip: usize,
        who: &PatientDetails,
        until: Until,
    ) -> Result<()> {
        let (id, mut status) = match self.known(&who.email).await? {
            Some(card) => (card.id, card.status),
            None => {
                let sent = self.request(service, free.next(skip)?, who).await?;
                (sent.id, sent.status)
            }
        };
        while let Some(step) = next(status, until) {
            status = self.take(id, step).await?;
        }
        Ok(())
    }

    /// A session some days ago, booked and confirmed as it was then: use cases know no other time than the caller's.
    pub async fn past_session(&self, service: ServiceId, days_ago: i64, who: &PatientDetails) -> Result<()> {
        let now = self.ctx.now - TimeDelta::days(days_ago + 1);
        let then = Self { ctx: Ctx { now, ..self.ctx.clone() }, slug: self.slug, method: self.method };
        let reference = if days_ago > 3 { "OLD00006" } else { "OLD00002" };
        let mut free = then.free(service, 12).await?;
        then.story(service, &mut free, 0, who, Until::Confirmed(reference)).await
    }

    /// What this patient has asked for already.
    async fn known(&self, email: &str) -> Result<Option<BookingCard>> {
        let filter = BookingFilter { limit: Some(PAGE_MAX), ..BookingFilter::default() };
        let page = bookings::list(&self.ctx, filter).await?;
        Ok(page.items.into_iter().find(|card| card.patient.email == email))
    }

    async fn request(
        &self,
        service_id: ServiceId,
        starts_at: DateTime<Utc>,
        who: &PatientDetails,
    ) -> Result<BookingView> {
        let visitor = self.visitor();
        let hold =
            HoldSlot { slug: self.slug.into(), service_id, starts_at, visitor_time_zone: None, instead_of: None };
        let held = bookings::hold(&visitor, hold).await?;
        bookings::save_details(&visitor, &held.token, who.clone()).await?;
        bookings::send_request(&visitor, &held.token).await
    }

    async fn take(&self, id: BookingId, step: Step) -> Result<BookingStatus> {
        let token = tokens::booking_token(&self.ctx.deps.secrets, id);
        match step {
            Step::Act(action) => Ok(bookings::act(&self.ctx, id, action).await?.status),
            Step::Cancel(reason) => Ok(bookings::cancel_by_patient(&self.visitor(), &token, reason).await?.status),
            Step::Prove(reference) => {
                let proof = SubmitProof { token, reference: reference.into(), method: self.method };
                Ok(bookings::submit_proof(&self.visitor(), proof, None).await?.status)
            }
        }
    }
}
