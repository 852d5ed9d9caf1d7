//! Sending what is due.
//!
//! An e-mail is claimed by locking its row, sent, and marked, all in one transaction: two workers never send the same
//! one, and a worker that dies gives it back. Dying between the mail server's yes and the commit repeats the mail, with
//! the same Message-ID, by which mail servers drop it. A transaction holds one row only, and queueing is an INSERT, so
//! nobody waits for a slow mail server. Where mail stays on this machine there is no server: what is due is written down as
//! sent, many in one statement.
//!
//! Who sends texts drops no repetition, so a text is first noted as handed over, and committed. Whoever finds it noted and
//! unanswered later asks the provider whether it has that text, and sends it only if not.

use super::{delivery, patients};
use crate::{Ctx, Result};
use chrono::{DateTime, Duration, Utc};
use contracts::PracticeId;
use contracts::messages::Channel;
use integrations::mail::{Email, MailError};
use integrations::texts::{Accepted, Content, TextError, TextMessage};
use store::messages::{DueMessage, Way};
use store::{StoreError, Tx};

/// Tries before a person has to look (product §8).
const TRIES: i32 = 3;
/// Messages of one practice in one round, so that none waits for another's thousands.
const PER_PRACTICE: u32 = 25;
/// The same where mails stay on this machine.
const KEPT_AT_ONCE: i64 = 500;
/// A mailer has a limit of its own; this one holds for whatever is plugged in, so that no send keeps its row, its
/// connection and everybody's mail waiting for ever.
const SEND_WITHIN: std::time::Duration = std::time::Duration::from_secs(25);
/// For so long a text that was handed over is left to whoever did it; longer than asking and sending take together.
const LEASE_SECONDS: i64 = 90;

/// Sends what is due in all practices; returns how many were tried. At most 3 tries, then the next way, if there is one,
/// else failed.
///
/// # Errors
/// The first error; messages of other practices were sent nevertheless.
pub async fn send_due(ctx: &Ctx) -> Result<u32> {
    let (mail, texts) = (send_mail(ctx).await, send_texts(ctx).await);
    Ok(mail? + texts?)
}

/// Sends the e-mails that are due. The round ends early when the mail server cannot be used, which would be the same for
/// the next one; the one that met it waits its turn, so no message blocks the others.
///
/// # Errors
/// As [`send_due`].
pub async fn send_mail(ctx: &Ctx) -> Result<u32> {
    round(ctx, Way::Mail).await
}

/// The same for texts; their provider and the mail server know nothing of each other.
///
/// # Errors
/// As [`send_due`].
pub async fn send_texts(ctx: &Ctx) -> Result<u32> {
    round(ctx, Way::Text).await
}

async fn round(ctx: &Ctx, way: Way) -> Result<u32> {
    let mut connection = ctx.deps.db.connection().await?;
    let practices = store::lookup::practices_with_due_messages(&mut connection, way, ctx.now).await?;
    drop(connection);
    let mut tried = 0;
    let mut first = Ok(());
    for practice in practices {
        if way == Way::Mail && !ctx.deps.mail.leaves_the_machine() {
            match keep_mails(ctx, practice).await {
                Ok(kept) => tried += kept,
                Err(error) => first = first.and(Err(error)),
            }
        }
        for _ in 0..PER_PRACTICE {
            match send_next(ctx, practice, way).await {
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

/// Where mail stays on this machine there is nobody to hand one after the other to.
async fn keep_mails(ctx: &Ctx, practice: PracticeId) -> Result<u32> {
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    let kept = store::messages::keep_mails(&mut tx, practice, KEPT_AT_ONCE, ctx.now).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(u32::try_from(kept).unwrap_or(u32::MAX))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    Unreachable,
}

/// Claims, sends and marks one message; `None` when nothing is due.
async fn send_next(ctx: &Ctx, practice: PracticeId, way: Way) -> Result<Option<Outcome>> {
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    let Some(due) = store::messages::claim_due(&mut tx, practice, way, ctx.now).await? else { return Ok(None) };
    // What was handed over may have arrived: only asking tells.
    if due.useless && due.handed_over_at.is_none() {
        store::messages::mark_dropped(&mut tx, practice, due.id).await?;
        tx.commit().await.map_err(StoreError::from)?;
        return Ok(Some(Outcome::Done));
    }
    match way {
        Way::Mail => mail(ctx, practice, tx, &due).await.map(Some),
        Way::Text => text(ctx, practice, tx, &due).await.map(Some),
    }
}

async fn mail(ctx: &Ctx, practice: PracticeId, mut tx: Tx, due: &DueMessage) -> Result<Outcome> {
    let late = MailError::Temporary("the mail server did not answer in time".into());
    let answer = within(SEND_WITHIN, ctx.deps.mail.send(&email(due, &ctx.deps.base_url)), late).await;
    let outcome = match &answer {
        Ok(()) => {
            store::messages::mark_sent(&mut tx, practice, due.id, None, ctx.now).await?;
            Outcome::Done
        }
        Err(MailError::Permanent(words)) => {
            failed(&mut tx, ctx, practice, due, words, Next::OtherWay(None)).await?;
            Outcome::Done
        }
        Err(MailError::Temporary(words)) => {
            failed(&mut tx, ctx, practice, due, words, Next::after(due.attempts + 1, ctx.now)).await?;
            Outcome::Unreachable
        }
    };
    tx.commit().await.map_err(StoreError::from)?;
    if let Err(error) = answer {
        tracing::warn!(message = %due.id, tries = due.attempts + 1, "message not delivered: {error}");
    }
    Ok(outcome)
}

async fn text(ctx: &Ctx, practice: PracticeId, mut tx: Tx, due: &DueMessage) -> Result<Outcome> {
    let now = ctx.deps.clock.now();
    store::messages::hand_over(&mut tx, practice, due.id, now, now + Duration::seconds(LEASE_SECONDS)).await?;
    tx.commit().await.map_err(StoreError::from)?;

    let late = TextError::Lost("the provider did not answer in time".into());
    let message = text_message(ctx, practice, due);
    let answer = within(SEND_WITHIN * 2, given_to_provider(ctx, &message, due), late).await;

    let mut tx = ctx.deps.db.practice(practice, None).await?;
    let Some(present) = store::messages::lock(&mut tx, practice, due.id, ctx.now).await? else {
        return Ok(Outcome::Done);
    };
    let outcome = match &answer {
        Ok(Some(Accepted { provider_id })) => {
            store::messages::mark_sent(&mut tx, practice, due.id, provider_id.as_deref(), ctx.now).await?;
            Outcome::Done
        }
        Ok(None) => {
            store::messages::mark_dropped(&mut tx, practice, due.id).await?;
            Outcome::Done
        }
        // The provider has told meanwhile that it has the text.
        Err(_) if !present.queued => Outcome::Done,
        Err(TextError::OptedOut(words)) => {
            store::messages::opt_out(&mut tx, practice, due.channel, &due.recipient, ctx.now).await?;
            failed(&mut tx, ctx, practice, due, words, Next::OtherWay(None)).await?;
            Outcome::Done
        }
        // The number is right: the same words reach it as an SMS.
        Err(TextError::NeedsTemplate(words)) => {
            failed(&mut tx, ctx, practice, due, words, Next::OtherWay(Some(Channel::Sms))).await?;
            Outcome::Done
        }
        Err(TextError::Permanent(words)) => {
            failed(&mut tx, ctx, practice, due, words, Next::OtherWay(None)).await?;
            Outcome::Done
        }
        Err(TextError::Temporary(words)) => {
            failed(&mut tx, ctx, practice, due, words, Next::after(due.attempts + 1, ctx.now)).await?;
            Outcome::Unreachable
        }
        Err(TextError::Lost(words)) => {
            match next_try(due.attempts + 1, ctx.now) {
                Some(next) => store::messages::mark_lost(&mut tx, practice, due.id, words, next).await?,
                None => failed(&mut tx, ctx, practice, due, words, Next::OtherWay(None)).await?,
            }
            Outcome::Unreachable
        }
    };
    tx.commit().await.map_err(StoreError::from)?;
    if let Err(error) = answer {
        tracing::warn!(message = %due.id, tries = due.attempts + 1, "text not delivered: {error}");
    }
    Ok(outcome)
}

/// `Ok(None)`: it was not given to anybody, and what it says is no longer so.
async fn given_to_provider(
    ctx: &Ctx,
    message: &TextMessage,
    due: &DueMessage,
) -> std::result::Result<Option<Accepted>, TextError> {
    if let Some(since) = due.handed_over_at
        && let Some(found) = ctx.deps.texts.find(message, since).await?
    {
        return Ok(Some(found));
    }
    if due.useless {
        return Ok(None);
    }
    ctx.deps.texts.send(message).await.map(Some)
}

/// Notes a try that failed. When it was the last one, the message goes another way, or members are told.
async fn failed(tx: &mut Tx, ctx: &Ctx, practice: PracticeId, due: &DueMessage, words: &str, next: Next) -> Result<()> {
    let again = if let Next::Again(at) = next { Some(at) } else { None };
    store::messages::mark_failed(tx, practice, due.id, words, again).await?;
    match next {
        Next::Again(_) => Ok(()),
        Next::OtherWay(best) => gave_up(tx, ctx, practice, due, best).await,
    }
}

/// What follows a try that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Again(DateTime<Utc>),
    /// Another way, this one rather than others.
    OtherWay(Option<Channel>),
}

impl Next {
    /// After so many tries.
    fn after(tries: i32, now: DateTime<Utc>) -> Self {
        next_try(tries, now).map_or(Self::OtherWay(None), Self::Again)
    }
}

/// A message that will not be delivered: it goes another way, `best` rather than others, or members are told.
pub(super) async fn gave_up(
    tx: &mut Tx,
    ctx: &Ctx,
    practice: PracticeId,
    row: &DueMessage,
    best: Option<Channel>,
) -> Result<()> {
    if !row.useless && patients::fall_back(tx, ctx, practice, row, best).await? {
        store::messages::settle(tx, practice, row.id, ctx.now).await?;
        return Ok(());
    }
    super::notices::message_failed(tx, ctx, practice, row).await
}

/// The answer, or what it means that there is none in time.
async fn within<T, E>(
    limit: std::time::Duration,
    sending: impl Future<Output = std::result::Result<T, E>>,
    late: E,
) -> std::result::Result<T, E> {
    tokio::time::timeout(limit, sending).await.unwrap_or(Err(late))
}

/// When to try again after so many tries; `None` when enough is enough.
fn next_try(tries: i32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let pause = if tries <= 1 { Duration::minutes(1) } else { Duration::minutes(5) };
    (tries < TRIES).then(|| now + pause)
}

fn text_message(ctx: &Ctx, practice: PracticeId, due: &DueMessage) -> TextMessage {
    TextMessage {
        whatsapp: due.channel == Channel::Whatsapp,
        to: due.recipient.clone(),
        body: due.body_text.clone(),
        content: content(due),
        status_callback: delivery::callback(&ctx.deps.base_url, practice, due.id),
    }
}

/// The approved template that goes out instead of the words, where there is one.
fn content(due: &DueMessage) -> Option<Content> {
    let variables = due.content_variables.clone().and_then(|known| serde_json::from_value(known).ok());
    due.content_sid.clone().map(|sid| Content { sid, variables: variables.unwrap_or_default() })
}

fn email(due: &DueMessage, base_url: &str) -> Email {
    Email {
        to: due.recipient.clone(),
        to_name: due.recipient_name.clone(),
        from_name: due.sender_name.clone(),
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
    use contracts::{Lang, MessageId};

    fn due(sent_at: Option<DateTime<Utc>>) -> DueMessage {
        DueMessage {
            id: MessageId(uuid::Uuid::from_u128(1)),
            booking_id: None,
            patient_id: None,
            session_id: None,
            therapist_id: None,
            template: "confirmed".into(),
            lang: Lang::En,
            channel: Channel::Email,
            sender_name: "Centro Sol".into(),
            recipient: "ana@example.com".into(),
            recipient_name: "Ana".into(),
            subject: "Hi".into(),
            body_text: "Hi".into(),
            body_html: "<p>Hi</p>".into(),
            calendar: None,
            facts: None,
            content_sid: None,
            content_variables: None,
            reminds_of: None,
            attempts: 0,
            sent_at,
            handed_over_at: None,
            queued: true,
            useless: false,
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
        let never = std::future::pending::<std::result::Result<(), &str>>();
        let answer = within(std::time::Duration::from_millis(5), never, "late").await;
        assert_eq!(answer, Err("late"));
        assert_eq!(within(SEND_WITHIN, async { Ok(()) }, "late").await, Ok(()));
    }

    #[test]
    fn message_ids_are_stable_until_a_delivered_message_is_sent_again() {
        let first = message_id(&due(None), "https://calma.example:8443/x");
        assert_eq!(first, "00000000-0000-0000-0000-000000000001@calma.example");
        assert_ne!(message_id(&due(Some(DateTime::UNIX_EPOCH)), "https://calma.example"), first);
        assert!(message_id(&due(None), "").ends_with("@localhost"));
    }
}
