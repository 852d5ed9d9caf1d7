//! The weekly blocks.

use super::{begin_change, minutes};
use crate::form::Problems;
use crate::{Ctx, Result, ServiceError, audit, practice};
use contracts::availability::{AddRule, ChangeRule, Rule};
use contracts::{FieldProblem, RuleId};
use domain::permissions::{Action, Resource};
use domain::validate::check_block;
use serde_json::json;
use store::{StoreError, schedule};

/// Adds a weekly block (BR-AV-001).
///
/// # Errors
/// `VALIDATION_ERROR` for `weekday`, `starts` (`Overlaps`: EC-AV-001), `ends`.
pub async fn add_rule(ctx: &Ctx, cmd: AddRule) -> Result<Rule> {
    let (member, mut tx, _) = begin_change(ctx, Action::Create, cmd.therapist_id).await?;
    let practice = member.practice_id;
    let (starts_min, ends_min) = checked(cmd.weekday, &cmd.starts, &cmd.ends)?;
    let rule = Rule { id: ctx.new_id(), weekday: cmd.weekday, starts_min, ends_min };
    schedule::insert_rule(&mut tx, practice, cmd.therapist_id, &rule).await.map_err(told_about_overlap)?;
    let details =
        json!({ "therapist_id": cmd.therapist_id, "weekday": rule.weekday, "minutes": [starts_min, ends_min] });
    audit::record(&mut tx, ctx, practice, "availability.rule_added", Some(rule.id.0), details).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(rule)
}

/// Gives a weekly block other hours or another day; bookings outside it stay.
///
/// # Errors
/// As [`add_rule`]; `NOT_FOUND` for a block that is not there.
pub async fn change_rule(ctx: &Ctx, id: RuleId, cmd: ChangeRule) -> Result<Rule> {
    let member = ctx.may(Action::Update, Resource::Availability)?;
    let practice = member.practice_id;
    let mut tx = ctx.deps.db.practice(practice, Some(member.user_id)).await?;
    let therapist = schedule::therapist_of_rule(&mut tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
    practice::reaches(member, therapist)?;
    let (starts_min, ends_min) = checked(cmd.weekday, &cmd.starts, &cmd.ends)?;
    schedule::lock(&mut tx, therapist).await?;
    let rule = Rule { id, weekday: cmd.weekday, starts_min, ends_min };
    schedule::update_rule(&mut tx, practice, &rule).await.map_err(told_about_overlap)?;
    let details = json!({ "therapist_id": therapist, "weekday": rule.weekday, "minutes": [starts_min, ends_min] });
    audit::record(&mut tx, ctx, practice, "availability.rule_changed", Some(id.0), details).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(rule)
}

fn checked(weekday: i16, starts: &str, ends: &str) -> Result<(i32, i32)> {
    let mut problems = Problems::default();
    if !(1..=7).contains(&weekday) {
        problems.add("weekday", FieldProblem::InvalidChoice);
    }
    let starts = minutes(starts, false);
    let ends = minutes(ends, true);
    problems.check("starts", starts.map(|_| ()));
    problems.check("ends", ends.map(|_| ()));
    if let (Ok(starts), Ok(ends)) = (starts, ends) {
        problems.check("ends", check_block(starts, ends));
    }
    problems.finish()?;
    Ok((starts.unwrap_or_default(), ends.unwrap_or_default()))
}

fn told_about_overlap(error: StoreError) -> ServiceError {
    match error {
        overlap if overlap.is_constraint("availability_rules_overlap") => {
            ServiceError::field("starts", FieldProblem::Overlaps)
        }
        // Somebody took it away while its form was open.
        StoreError::NothingChanged => ServiceError::not_found(),
        other => other.into(),
    }
}

/// Takes a weekly block away; bookings inside it stay.
pub async fn delete_rule(ctx: &Ctx, id: RuleId) -> Result<()> {
    let member = ctx.may(Action::Delete, Resource::Availability)?;
    let practice = member.practice_id;
    let mut tx = ctx.deps.db.practice(practice, Some(member.user_id)).await?;
    let therapist = schedule::therapist_of_rule(&mut tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
    practice::reaches(member, therapist)?;
    schedule::lock(&mut tx, therapist).await?;
    schedule::delete_rule(&mut tx, practice, id).await?;
    let details = json!({ "therapist_id": therapist });
    audit::record(&mut tx, ctx, practice, "availability.rule_deleted", Some(id.0), details).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(weekday: i16, starts: &str, ends: &str, field: &str) -> Option<FieldProblem> {
        checked(weekday, starts, ends).err().and_then(|error| error.public.problem_of(field))
    }

    #[test]
    fn blocks_are_checked_field_by_field() {
        assert_eq!(problem(1, "09:00", "17:00", "ends"), None);
        assert_eq!(problem(7, "20:00", "24:00", "ends"), None);
        assert_eq!(problem(0, "09:00", "17:00", "weekday"), Some(FieldProblem::InvalidChoice));
        assert_eq!(problem(1, "24:00", "24:00", "starts"), Some(FieldProblem::InvalidTime));
        assert_eq!(problem(1, "", "17:00", "starts"), Some(FieldProblem::Required));
        assert_eq!(problem(1, "09:00", "25:00", "ends"), Some(FieldProblem::InvalidTime));
        assert_eq!(problem(1, "17:00", "09:00", "ends"), Some(FieldProblem::EndBeforeStart));
        assert_eq!(problem(1, "09:00", "09:29", "ends"), Some(FieldProblem::BlockTooShort));
    }
}
