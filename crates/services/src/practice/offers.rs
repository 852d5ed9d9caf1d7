//! The services a practice offers. None is ever deleted, since bookings refer to it: one that is no longer offered is
//! saved as inactive.

use crate::form::Problems;
use crate::{Ctx, Result, ServiceError, audit};
use contracts::limits::REASON_MAX;
use contracts::practice::{SaveService, SaveTerms, ServiceView, TherapistTerms};
use contracts::{FieldProblem, Money, ServiceId, TherapistId};
use domain::permissions::{Action, Resource, sees_only_own};
use domain::validate::{check_duration, check_length, check_name, clean_name, clean_text};
use serde_json::json;
use store::{StoreError, practices, therapists as stored};

/// Minor units; the database knows the same limit.
const PRICE_MAX: i64 = 100_000_000_000;

/// All services, the inactive ones last.
pub async fn services(ctx: &Ctx) -> Result<Vec<ServiceView>> {
    let member = ctx.may(Action::Read, Resource::Services)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let mut all = practices::services(&mut tx, member.practice_id).await?;
    if sees_only_own(member.role) {
        all.iter_mut().for_each(|service| service.therapists.retain(|id| member.therapist_id == Some(*id)));
    }
    Ok(all)
}

/// Adds or changes a service; the price is read in the practice's currency. Bookings that exist keep what they were made
/// with. One that exists and is not this practice's is a 404.
///
/// # Errors
/// `VALIDATION_ERROR` for `name`, `description`, `duration_min` (BR-AV-002), `price`, `therapists`.
pub async fn save_service(ctx: &Ctx, cmd: SaveService, therapists: Vec<TherapistId>) -> Result<ServiceView> {
    let action = if cmd.id.is_some() { Action::Update } else { Action::Create };
    let member = ctx.may(action, Resource::Services)?;
    let practice = member.practice_id;
    let mut tx = ctx.deps.db.practice(practice, Some(member.user_id)).await?;
    let settings = practices::get(&mut tx, practice).await?.ok_or_else(ServiceError::not_found)?;
    let existing: Vec<_> = stored::list(&mut tx, practice).await?.into_iter().map(|t| t.id).collect();
    let known = therapists.iter().all(|id| existing.contains(id));
    let is_new = cmd.id.is_none();
    let service = checked(ctx, cmd, &settings.currency, therapists, known)?;

    if is_new {
        practices::insert_service(&mut tx, practice, &service, ctx.now).await?;
    } else {
        practices::update_service(&mut tx, practice, &service).await?;
    }
    practices::set_service_therapists(&mut tx, practice, service.id, &service.therapists).await?;
    let details = json!({ "active": service.active, "duration_min": service.duration_min,
                          "price_minor": service.price.minor, "currency": service.price.currency });
    audit::record(&mut tx, ctx, practice, "service.saved", Some(service.id.0), details).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(service)
}

/// How each therapist gives a service (product §1: duration and price may differ); a therapist sees their own.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`, `NOT_FOUND`.
pub async fn terms(ctx: &Ctx, service: ServiceId) -> Result<Vec<TherapistTerms>> {
    let member = ctx.may(Action::Read, Resource::Services)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    practices::service(&mut tx, member.practice_id, service).await?.ok_or_else(ServiceError::not_found)?;
    let mut all = practices::terms(&mut tx, member.practice_id, service).await?;
    if sees_only_own(member.role) {
        all.retain(|terms| member.therapist_id == Some(terms.therapist_id));
    }
    Ok(all)
}

/// Gives a therapist a duration or a price of their own for a service, or returns them to the service's. Bookings that
/// exist keep what they were made with.
///
/// # Errors
/// `VALIDATION_ERROR` for `duration_min` (BR-AV-002) and `price`; `NOT_FOUND` when the therapist does not give it.
pub async fn save_terms(
    ctx: &Ctx,
    service: ServiceId,
    therapist: TherapistId,
    cmd: SaveTerms,
) -> Result<TherapistTerms> {
    let member = ctx.may(Action::Update, Resource::Services)?;
    let practice = member.practice_id;
    let mut tx = ctx.deps.db.practice(practice, Some(member.user_id)).await?;
    let known = practices::service(&mut tx, practice, service).await?.ok_or_else(ServiceError::not_found)?;
    let mut problems = Problems::default();
    problems.check("duration_min", cmd.duration_min.map_or(Ok(()), check_duration));
    let own = cmd.price.as_deref().map(|typed| price(typed, &known.price.currency)).transpose();
    problems.check("price", own.as_ref().map(|_| ()).map_err(|problem| *problem));
    problems.finish()?;
    let minor = own.ok().flatten().map(|price| price.minor);
    practices::set_terms(&mut tx, practice, service, therapist, cmd.duration_min, minor).await?;
    let saved = practices::terms(&mut tx, practice, service).await?;
    let saved = saved.into_iter().find(|t| t.therapist_id == therapist).ok_or_else(ServiceError::not_found)?;
    let details = json!({ "therapist_id": therapist, "duration_min": cmd.duration_min, "price_minor": minor });
    audit::record(&mut tx, ctx, practice, "service.terms_saved", Some(service.0), details).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(saved)
}

fn checked(
    ctx: &Ctx,
    cmd: SaveService,
    currency: &str,
    mut therapists: Vec<TherapistId>,
    known: bool,
) -> Result<ServiceView> {
    therapists.sort_unstable();
    therapists.dedup();
    let name = clean_name(&cmd.name);
    let description = clean_text(&cmd.description);
    let mut problems = Problems::default();
    problems.check("name", check_name(&name));
    problems.check("description", check_length(&description, REASON_MAX));
    problems.check("duration_min", check_duration(cmd.duration_min));
    if !known {
        problems.add("therapists", FieldProblem::InvalidChoice);
    }
    let price = match price(&cmd.price, currency) {
        Ok(price) => price,
        Err(problem) => {
            problems.add("price", problem);
            Money::new(0, currency)
        }
    };
    problems.finish()?;
    Ok(ServiceView {
        id: cmd.id.unwrap_or_else(|| ctx.new_id()),
        name,
        description,
        duration_min: cmd.duration_min,
        price,
        place: cmd.place,
        active: cmd.active,
        therapists,
    })
}

fn price(typed: &str, currency: &str) -> std::result::Result<Money, FieldProblem> {
    if typed.trim().is_empty() {
        return Err(FieldProblem::Required);
    }
    let price = Money::parse(typed, currency).ok_or(FieldProblem::InvalidNumber)?;
    if price.minor <= PRICE_MAX { Ok(price) } else { Err(FieldProblem::OutOfRange) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_amounts_within_the_limit() {
        assert_eq!(price("2.000,50", "ARS"), Ok(Money::new(200_050, "ARS")));
        assert_eq!(price(" ", "ARS"), Err(FieldProblem::Required));
        assert_eq!(price("-1", "ARS"), Err(FieldProblem::InvalidNumber));
        assert_eq!(price("1000000000", "ARS"), Ok(Money::new(PRICE_MAX, "ARS")));
        assert_eq!(price("1000000001", "ARS"), Err(FieldProblem::OutOfRange));
    }
}
