//! What a practice decides about its messages.

use crate::form::Problems;
use crate::{Ctx, Result, ServiceError, audit};
use contracts::FieldProblem;
use contracts::limits::NAME_MAX;
use contracts::messages::MessageSettings;
use domain::permissions::{Action, Resource};
use domain::validate::{check_length, clean_name};
use serde_json::json;
use store::StoreError;

/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`.
pub async fn settings(ctx: &Ctx) -> Result<MessageSettings> {
    let member = ctx.may(Action::Read, Resource::Practice)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let settings = store::messages::settings(&mut tx, member.practice_id).await?;
    tx.commit().await.map_err(StoreError::from)?;
    settings.ok_or_else(ServiceError::not_found)
}

/// How long ahead unpaid sessions are reminded of holds for sessions made from now on.
///
/// # Errors
/// `VALIDATION_ERROR` for `discreet_name`, `quiet_from`, `quiet_until`, `announce_after`, `payment_reminder_hours`.
pub async fn save_settings(ctx: &Ctx, cmd: MessageSettings) -> Result<()> {
    let member = ctx.may(Action::Update, Resource::Practice)?;
    let wanted = MessageSettings { discreet_name: clean_name(&cmd.discreet_name), ..cmd };
    checked(&wanted)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    store::messages::save_settings(&mut tx, member.practice_id, &wanted).await?;
    let details = json!({ "discreet": wanted.discreet, "day_reminders": wanted.day_reminders,
        "join_reminders": wanted.join_reminders, "payment_reminders": wanted.payment_reminders });
    audit::record(&mut tx, ctx, member.practice_id, "practice.messages_saved", None, details).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

fn checked(wanted: &MessageSettings) -> Result<()> {
    let mut problems = Problems::default();
    problems.check("discreet_name", check_length(&wanted.discreet_name, NAME_MAX));
    for (field, value, range) in [
        ("quiet_from", wanted.quiet_from, 0..1440),
        ("quiet_until", wanted.quiet_until, 0..1440),
        // An hour is more than anybody corrects within.
        ("announce_after", wanted.announce_after, 0..3601),
        ("payment_reminder_hours", wanted.payment_reminder_hours, 1..337),
    ] {
        if !range.contains(&value) {
            problems.add(field, FieldProblem::OutOfRange);
        }
    }
    problems.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_in_order_and_edges_hold() {
        assert!(checked(&MessageSettings::default()).is_ok());
        let wrong = MessageSettings {
            quiet_from: 1440,
            quiet_until: -1,
            announce_after: 3601,
            payment_reminder_hours: 0,
            discreet_name: "x".repeat(121),
            ..MessageSettings::default()
        };
        assert_eq!(checked(&wrong).unwrap_err().public.fields.len(), 5);
    }
}
