//! What a practice decides about itself: name and money, how it is paid, how bookings work.

use super::{check_zone, reaches};
use crate::form::Problems;
use crate::{Ctx, Result, ServiceError, audit};
use contracts::limits::{INSTRUCTIONS_MAX, PHONE_TYPED_MAX};
use contracts::money::{CURRENCIES, decimals};
use contracts::practice::{BookingPolicy, PaymentInstructions, PracticeSettings};
use contracts::{FieldProblem, PracticeId, TherapistId};
use domain::booking::validate_policy;
use domain::permissions::{Action, Resource};
use domain::validate::{check_length, check_name, clean_name, clean_text};
use serde_json::json;
use store::{StoreError, practices, therapists};

/// Characters of the address of a video service.
const VIDEO_BASE_MAX: u32 = 200;

pub async fn settings(ctx: &Ctx) -> Result<PracticeSettings> {
    let member = ctx.may(Action::Read, Resource::Practice)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    practices::get(&mut tx, member.practice_id).await?.ok_or_else(ServiceError::not_found)
}

/// Name, currency, language, zone and video base; instructions and policy of the argument are ignored.
///
/// With another currency, every service of the practice is priced in it from now on, with the same number: 2,000 in one
/// currency becomes 2,000 in the other. Bookings that exist keep the price and currency they were made with.
///
/// # Errors
/// `VALIDATION_ERROR` for `name`, `currency`, `time_zone`, `video_base`.
pub async fn save_settings(ctx: &Ctx, cmd: PracticeSettings) -> Result<()> {
    let member = ctx.may(Action::Update, Resource::Practice)?;
    let practice = member.practice_id;
    let wanted = checked(cmd)?;
    let mut tx = ctx.deps.db.practice(practice, Some(member.user_id)).await?;
    let before = practices::lock(&mut tx, practice).await?.ok_or_else(ServiceError::not_found)?;
    practices::save_settings(&mut tx, practice, &wanted).await?;
    if before.currency != wanted.currency {
        redenominate(&mut tx, practice, &before.currency, &wanted.currency).await?;
    }
    let details = json!({ "currency": wanted.currency, "language": wanted.language.code() });
    audit::record(&mut tx, ctx, practice, "practice.settings_saved", None, details).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

fn checked(mut cmd: PracticeSettings) -> Result<PracticeSettings> {
    cmd.name = clean_name(&cmd.name);
    cmd.time_zone = cmd.time_zone.trim().to_owned();
    cmd.video_base = cmd.video_base.trim().to_owned();
    let mut problems = Problems::default();
    problems.check("name", check_name(&cmd.name));
    problems.check("time_zone", check_zone(&cmd.time_zone));
    if !CURRENCIES.iter().any(|(code, ..)| *code == cmd.currency) {
        problems.add("currency", FieldProblem::InvalidCurrency);
    }
    problems.check("video_base", check_video_address(&cmd.video_base));
    problems.finish()?;
    Ok(cmd)
}

/// Empty, or an address patients can open: `https`, or `http` on this very machine for trying things out.
pub(crate) fn check_video_address(address: &str) -> std::result::Result<(), FieldProblem> {
    if address.is_empty() {
        return Ok(());
    }
    check_length(address, VIDEO_BASE_MAX)?;
    let parsed = url::Url::parse(address).map_err(|_| FieldProblem::InvalidChoice)?;
    let local = parsed.scheme() == "http" && parsed.host_str() == Some("localhost");
    let plain = parsed.username().is_empty() && parsed.password().is_none() && !address.contains(char::is_whitespace);
    if (parsed.scheme() == "https" || local) && parsed.has_host() && plain {
        Ok(())
    } else {
        Err(FieldProblem::InvalidChoice)
    }
}

async fn redenominate(tx: &mut store::Tx, practice: PracticeId, from: &str, to: &str) -> Result<()> {
    let (multiply, divide) = (10_i64.pow(decimals(to)), 10_i64.pow(decimals(from)));
    match practices::redenominate(tx, practice, to, multiply, divide).await {
        Err(StoreError::Constraint(_)) => Err(ServiceError::field("currency", FieldProblem::OutOfRange)),
        other => Ok(other?),
    }
}

/// # Errors
/// `VALIDATION_ERROR` for `mpesa`, `bank_account`, `note`.
pub async fn save_instructions(ctx: &Ctx, cmd: PaymentInstructions) -> Result<()> {
    let member = ctx.may(Action::Update, Resource::Practice)?;
    let practice = member.practice_id;
    let wanted = PaymentInstructions {
        mpesa: clean_name(&cmd.mpesa),
        bank_account: clean_text(&cmd.bank_account),
        cash: cmd.cash,
        note: clean_text(&cmd.note),
    };
    let mut problems = Problems::default();
    // A till or a number with a word beside it.
    problems.check("mpesa", check_length(&wanted.mpesa, 2 * PHONE_TYPED_MAX));
    problems.check("bank_account", check_length(&wanted.bank_account, INSTRUCTIONS_MAX));
    problems.check("note", check_length(&wanted.note, INSTRUCTIONS_MAX));
    problems.finish()?;
    let mut tx = ctx.deps.db.practice(practice, Some(member.user_id)).await?;
    practices::save_instructions(&mut tx, practice, &wanted).await?;
    let methods: Vec<_> = wanted.methods().into_iter().map(|m| m.as_str()).collect();
    audit::record(&mut tx, ctx, practice, "practice.instructions_saved", None, json!({ "methods": methods })).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// For the practice, or for one therapist; `None` as a therapist's policy returns to the practice's. Bookings that
/// exist keep the policy they were made under.
///
/// # Errors
/// `VALIDATION_ERROR` for the policy's fields, and for `policy` when the practice is left without one.
pub async fn save_policy(ctx: &Ctx, therapist: Option<TherapistId>, policy: Option<BookingPolicy>) -> Result<()> {
    let resource = if therapist.is_some() { Resource::Therapists } else { Resource::Practice };
    let member = ctx.may(Action::Update, resource)?;
    if let Some(id) = therapist {
        reaches(member, id)?;
    }
    let practice = member.practice_id;
    let policy = policy.map(checked_policy).transpose()?;
    let mut tx = ctx.deps.db.practice(practice, Some(member.user_id)).await?;
    match (therapist, &policy) {
        (Some(id), policy) => therapists::set_policy(&mut tx, practice, id, policy.as_ref()).await?,
        (None, Some(policy)) => practices::save_policy(&mut tx, practice, policy).await?,
        (None, None) => return Err(ServiceError::field("policy", FieldProblem::Required)),
    }
    let details = match &policy {
        Some(p) => json!({ "needs_approval": p.needs_approval, "payment_timing": p.payment_timing.as_str() }),
        None => json!({ "own": false }),
    };
    let entity = therapist.map(|id| id.0);
    audit::record(&mut tx, ctx, practice, "practice.policy_saved", entity, details).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

fn checked_policy(mut policy: BookingPolicy) -> Result<BookingPolicy> {
    policy.cancel_text = clean_text(&policy.cancel_text);
    let mut problems = Problems::default();
    problems.extend(validate_policy(&policy));
    problems.finish()?;
    Ok(policy)
}

#[cfg(test)]
mod tests {
    use super::check_video_address;

    #[test]
    fn a_video_address_is_https_or_this_machine() {
        for good in ["", "https://meet.jit.si/", "https://video.example/room-", "http://localhost:8443/x"] {
            assert!(check_video_address(good).is_ok(), "{good}");
        }
        let long = format!("https://example.org/{}", "x".repeat(200));
        for bad in [
            "http://meet.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "meet.jit.si",
            "https://",
            "https://user:secret@example.org/",
            "https://example.org/a b",
            "http://localhost.example.org/",
            &long,
        ] {
            assert!(check_video_address(bad).is_err(), "{bad}");
        }
    }
}
