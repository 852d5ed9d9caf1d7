//! What the provider of texts tells by itself: how far a message came, and what people answered.

use super::sending::gave_up;
use crate::{Ctx, Result};
use contracts::messages::{Channel, Delivery};
use contracts::{MessageId, PracticeId};
use integrations::texts::{OUTSIDE_WINDOW, explained};
use store::StoreError;
use store::messages as rows;
use uuid::Uuid;

/// Where the provider reports to: it says which message, so that its word finds the row even when whoever sent the message
/// died before writing down the provider's id. `None` on this machine, where no provider gets.
pub(super) fn callback(base_url: &str, practice: PracticeId, message: MessageId) -> Option<String> {
    let host = base_url.split_once("://")?.1;
    let here = ["localhost", "127.", "[::1]"].iter().any(|name| host.starts_with(name));
    (!here).then(|| format!("{base_url}/hooks/twilio/status?practice={practice}&message={message}"))
}

/// The code for a number whose owner wants no texts.
const OPTED_OUT: &str = "21610";

/// The provider's word about a message, with its code where something went wrong. It may come late, several times and in
/// any order.
///
/// # Errors
/// `NOT_FOUND` when there is no such message.
pub async fn delivery_told(
    ctx: &Ctx,
    practice: PracticeId,
    message: MessageId,
    provider_id: &str,
    told: Delivery,
    code: Option<&str>,
) -> Result<()> {
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    let error = code.map(explained);
    let provider_id: String = provider_id.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
    let failed = rows::note_delivery(&mut tx, practice, message, &provider_id, told, error.as_deref(), ctx.now).await?;
    if failed.ok_or_else(crate::ServiceError::not_found)?
        && let Some(row) = rows::lock(&mut tx, practice, message, ctx.now).await?
    {
        if code == Some(OPTED_OUT) {
            rows::opt_out(&mut tx, practice, row.channel, &row.recipient, ctx.now).await?;
        }
        // The number is right: the same words reach it as an SMS.
        let best = (code == Some(OUTSIDE_WINDOW)).then_some(Channel::Sms);
        gave_up(&mut tx, ctx, practice, &row, best).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Words that end reminders, and words that bring them back, as people and providers write them.
const STOP: [&str; 6] = ["STOP", "STOPALL", "UNSUBSCRIBE", "BAJA", "ALTO", "PARAR"];
const START: [&str; 5] = ["START", "UNSTOP", "ALTA", "INICIAR", "SUBSCRIBE"];

/// Somebody wrote to the number that all practices send from. STOP and START hold for every practice that knows them by
/// this number; anything else is not for us.
///
/// # Errors
/// When the database cannot answer.
pub async fn text_received(ctx: &Ctx, channel: Channel, from: &str, body: &str) -> Result<()> {
    let word = body.trim().trim_end_matches(['.', '!']).to_uppercase();
    let stop = STOP.contains(&word.as_str());
    if !stop && !START.contains(&word.as_str()) {
        return Ok(());
    }
    let practices = store::lookup::practices_of_phone(&mut *ctx.deps.db.connection().await?, from).await?;
    for practice in practices {
        let mut tx = ctx.deps.db.practice(practice, None).await?;
        let done = if stop {
            rows::opt_out(&mut tx, practice, channel, from, ctx.now).await?;
            "reminders.stopped"
        } else {
            rows::opt_in(&mut tx, practice, channel, from).await?;
            "reminders.wanted"
        };
        let how = serde_json::json!({ "channel": channel.as_str(), "by": "text" });
        crate::audit::record(&mut tx, ctx, practice, done, None::<Uuid>, how).await?;
        tx.commit().await.map_err(StoreError::from)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_report_to_public_addresses_only() {
        let (practice, message) = (PracticeId(Uuid::from_u128(1)), MessageId(Uuid::from_u128(2)));
        for here in ["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000", "nonsense"] {
            assert_eq!(callback(here, practice, message), None, "{here}");
        }
        let there = callback("https://calma.example", practice, message).unwrap();
        assert!(there.starts_with("https://calma.example/hooks/twilio/status?practice=00000000-"), "{there}");
    }
}
