//! Reminders are for those who want them: whoever holds a booking's link can end them and bring them back.

use super::patients::usable;
use crate::{Ctx, Result, ServiceError, audit, bookings};
use contracts::FieldProblem;
use contracts::messages::{Channel, ReminderChoice, ReminderWay};
use serde_json::json;
use store::bookings::BookingRow;
use store::messages as rows;
use store::{StoreError, Tx};

/// Where reminders go, for the holder of a booking's link.
///
/// # Errors
/// `NOT_FOUND` for a token this installation did not make, and for a booking that nobody sent.
pub async fn reminder_choice(ctx: &Ctx, token: &str) -> Result<ReminderChoice> {
    let (mut tx, row) = open(ctx, token).await?;
    let known = rows::reach(&mut tx, row.practice_id, row.patient_id, Some(row.id), None).await?;
    let known = known.ok_or_else(ServiceError::not_found)?;
    tx.commit().await.map_err(StoreError::from)?;
    let ways = usable(&ctx.deps).into_iter().filter_map(|channel| {
        let address = address(&row, &known, channel)?;
        let wanted = !known.opted_out.contains(&(channel, address.clone()));
        Some(ReminderWay { channel, hint: hint(channel, &address), wanted })
    });
    let ways = ways.collect();
    let practice_name = if known.settings.discreet { known.settings.discreet_name } else { row.practice_name };
    Ok(ReminderChoice { practice_name, ways })
}

/// Ends reminders by one way, or brings them back.
///
/// # Errors
/// As [`reminder_choice`]; a field error on `channel` when there is no such way.
pub async fn choose_reminders(ctx: &Ctx, token: &str, channel: Channel, wanted: bool) -> Result<()> {
    let (mut tx, row) = open(ctx, token).await?;
    let practice = row.practice_id;
    let known = rows::reach(&mut tx, practice, row.patient_id, Some(row.id), None).await?;
    let known = known.ok_or_else(ServiceError::not_found)?;
    let Some(address) = address(&row, &known, channel) else {
        return Err(ServiceError::field("channel", FieldProblem::InvalidChoice));
    };
    let done = if wanted {
        rows::opt_in(&mut tx, practice, channel, &address).await?;
        "reminders.wanted"
    } else {
        rows::opt_out(&mut tx, practice, channel, &address, ctx.now).await?;
        "reminders.stopped"
    };
    let how = json!({ "channel": channel.as_str(), "by": "link" });
    audit::record(&mut tx, ctx, practice, done, Some(row.id.0), how).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

async fn open(ctx: &Ctx, token: &str) -> Result<(Tx, BookingRow)> {
    let (mut tx, practice, id) = bookings::open(ctx, token).await?;
    let row = store::bookings::get(&mut tx, practice, id).await?;
    let row = row.filter(|row| row.requested_at.is_some() && !row.erased).ok_or_else(ServiceError::not_found)?;
    Ok((tx, row))
}

/// The booking's address for this way, else the patient's.
fn address(row: &BookingRow, known: &rows::PatientReach, channel: Channel) -> Option<String> {
    let (first, otherwise) = match channel {
        Channel::Email => (&row.patient_email, &known.email),
        Channel::Sms | Channel::Whatsapp => (&row.patient_phone, &known.phone),
    };
    [first, otherwise].into_iter().find(|address| !address.is_empty()).cloned()
}

/// Enough to know one's own address, and no more for whoever else has the link.
fn hint(channel: Channel, address: &str) -> String {
    match address.split_once('@').filter(|_| channel == Channel::Email) {
        Some((name, host)) => format!("{}…@{host}", name.chars().take(1).collect::<String>()),
        None => {
            let digits: Vec<char> = address.chars().collect();
            format!("…{}", digits[digits.len().saturating_sub(3)..].iter().collect::<String>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_tell_little() {
        assert_eq!(hint(Channel::Email, "ana@example.com"), "a…@example.com");
        assert_eq!(hint(Channel::Sms, "+254700000111"), "…111");
        assert_eq!(hint(Channel::Sms, "1"), "…1");
    }
}
