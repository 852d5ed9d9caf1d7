//! Sending what is due.
//!
//! A message is claimed by locking its row, sent, and marked, all in one transaction: two workers never send the same
//! one, and a worker that dies gives it back. Dying between the mail server's yes and the commit repeats the mail, with
//! the same Message-ID, by which mail servers drop it. A transaction holds one row only, and queueing is an INSERT, so
//! nobody waits for a slow mail server.

use crate::{Ctx, Result};
use chrono::{DateTime, Duration, Utc};
use contracts::PracticeId;
use integrations::mail::{Email, MailError};
use store::StoreError;
use store::messages::DueMessage;

/// Tries before a person has to look (product §8).
const TRIES: i32 = 3;
/// Messages of one practice in one round, so that none waits for another's thousands.
const PER_PRACTICE: u32 = 25;
/// A mailer has a limit of its own; this one holds for whatever is plugged in, so that no send keeps its row, its
/// connection and everybody's mail waiting for ever.
const SEND_WITHIN: std::time::Duration = std::time::Duration::from_secs(25);

/// Sends what is due in all practices; returns how many were tried. At most 3 tries, then failed. The round ends early
/// when the mail server cannot be used, which would be the same for the next message; the one that met it waits its
/// turn, so no message blocks the others.
///
/// # Errors
/// The first error; messages of other practices were sent nevertheless.
pub async fn send_due(ctx: &Ctx) -> Result<u32> {
    let mut tx = ctx.deps.db.anywhere().await?;
    let practices = store::lookup::practices_with_due_messages(&mut tx, ctx.now).await?;
    tx.commit().await.map_err(StoreError::from)?;
    let mut tried = 0;
    let mut first = Ok(());
    for practice in practices {
        for _ in 0..PER_PRACTICE {
            match send_next(ctx, practice).await {
                Ok(None) => break,
                Ok(Some(Outcome::Done)) => tried += 1,
                Ok(Some(Outcome::Unreachable)) => return first.map(|()| tried + 1),
                Err(error) => {
                    first = first.and(Err(error));
                    break;
                }
            }
        }
    }
    first.map(|()| tried)
}

enum Outcome {
    Done,
    Unreachable,
}

/// Claims, sends and marks one message; `None` when nothing is due.
async fn send_next(ctx: &Ctx, practice: PracticeId) -> Result<Option<Outcome>> {
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    let Some(due) = store::messages::claim_due(&mut tx, practice, ctx.now).await? else { return Ok(None) };
    let answer = answer_within(SEND_WITHIN, ctx.deps.mail.send(&email(&due, &ctx.deps.base_url))).await;
    let outcome = match &answer {
        Ok(()) => {
            store::messages::mark_sent(&mut tx, practice, due.id, ctx.now).await?;
            Outcome::Done
        }
        Err(MailError::Permanent(words)) => {
            store::messages::mark_failed(&mut tx, practice, due.id, words, None).await?;
            Outcome::Done
        }
        Err(MailError::Temporary(words)) => {
            let next = next_try(due.attempts + 1, ctx.now);
            store::messages::mark_failed(&mut tx, practice, due.id, words, next).await?;
            Outcome::Unreachable
        }
    };
    tx.commit().await.map_err(StoreError::from)?;
    if let Err(error) = answer {
        tracing::warn!(message = %due.id, tries = due.attempts + 1, "message not delivered: {error}");
    }
    Ok(Some(outcome))
}

/// What the mail server answered; none in time is worth another try.
async fn answer_within(
    limit: std::time::Duration,
    sending: impl Future<Output = std::result::Result<(), MailError>>,
) -> std::result::Result<(), MailError> {
    let late = |_| Err(MailError::Temporary("the mail server did not answer in time".into()));
    tokio::time::timeout(limit, sending).await.unwrap_or_else(late)
}

/// When to try again after so many tries; `None` when enough is enough.
fn next_try(tries: i32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let pause = if tries <= 1 { Duration::minutes(1) } else { Duration::minutes(5) };
    (tries < TRIES).then(|| now + pause)
}

fn email(due: &DueMessage, base_url: &str) -> Email {
    Email {
        to: due.recipient.clone(),
        to_name: due.recipient_name.clone(),
        from_name: due.practice_name.clone(),
        subject: due.subject.clone(),
        text: due.body_text.clone(),
        html: due.body_html.clone(),
        calendar: due.calendar.clone(),
        message_id: message_id(due, base_url),
    }
}

/// The same for every try, so that a repetition can be dropped; another one when a member sends a delivered message
/// again, or that would be dropped too.
fn message_id(due: &DueMessage, base_url: &str) -> String {
    let host = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let host = host.split(['/', ':']).next().filter(|host| !host.is_empty()).unwrap_or("localhost");
    match due.sent_at {
        None => format!("{}@{host}", due.id),
        Some(before) => format!("{}.{}@{host}", due.id, before.timestamp_micros()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::MessageId;

    fn due(sent_at: Option<DateTime<Utc>>) -> DueMessage {
        DueMessage {
            id: MessageId(uuid::Uuid::from_u128(1)),
            practice_name: "Centro Sol".into(),
            recipient: "ana@example.com".into(),
            recipient_name: "Ana".into(),
            subject: "Hi".into(),
            body_text: "Hi".into(),
            body_html: "<p>Hi</p>".into(),
            calendar: None,
            attempts: 0,
            sent_at,
        }
    }

    #[test]
    fn pauses_grow_and_the_third_try_is_the_last() {
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(next_try(1, now), Some(now + Duration::minutes(1)));
        assert_eq!(next_try(2, now), Some(now + Duration::minutes(5)));
        assert_eq!(next_try(3, now), None);
    }

    #[tokio::test]
    async fn a_mail_server_that_says_nothing_is_left() {
        let never = std::future::pending();
        let answer = answer_within(std::time::Duration::from_millis(5), never).await;
        assert!(matches!(answer, Err(MailError::Temporary(_))), "{answer:?}");
        assert_eq!(answer_within(SEND_WITHIN, async { Ok(()) }).await, Ok(()));
    }

    #[test]
    fn message_ids_are_stable_until_a_delivered_message_is_sent_again() {
        let first = message_id(&due(None), "https://calma.example:8443/x");
        assert_eq!(first, "00000000-0000-0000-0000-000000000001@calma.example");
        assert_ne!(message_id(&due(Some(DateTime::UNIX_EPOCH)), "https://calma.example"), first);
        assert!(message_id(&due(None), "").ends_with("@localhost"));
    }
}
