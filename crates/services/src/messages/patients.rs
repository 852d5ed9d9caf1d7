//! Writing to patients: which way, when, and in which words.

use super::render::{self, Sheet};
use super::{Facts, Template, broken};
use crate::{Ctx, Deps, Result, ServiceError, calendar_file};
use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use contracts::messages::Channel;
use contracts::*;
use domain::messages::{QuietHours, Reach, channels, next_way, send_at};
use serde_json::json;
use std::collections::BTreeMap;
use store::Tx;
use store::messages::{self as rows, Announced, DueMessage, PatientReach};

/// A message to a patient.
#[derive(Debug, Clone)]
pub(crate) struct ToPatient {
    pub practice_id: PracticeId,
    pub booking_id: Option<BookingId>,
    pub patient_id: Option<PatientId>,
    pub session_id: Option<SessionId>,
    pub series_id: Option<SeriesId>,
    /// As given for this booking; empty: as on the patient's record.
    pub email: String,
    pub phone: String,
    pub name: String,
    pub lang: Lang,
    pub template: Template,
    pub facts: Facts,
    /// An .ics to attach.
    pub calendar: Option<String>,
    /// The start of the session it is about.
    pub starts_at: Option<DateTime<Utc>>,
}

/// When it goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timing {
    /// It answers what somebody has just done, or waits for no morning.
    Now,
    /// It waits for the grace of announcements, and for the morning if that is soon enough.
    Announced(Announced),
    /// It waits for the morning if that is soon enough.
    Considerate,
}

/// Queues a message to a patient by the best way there is, or by the one that is asked for; `false` when there is none.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn to_patient(
    tx: &mut Tx,
    ctx: &Ctx,
    message: &ToPatient,
    timing: Timing,
    only: Option<Channel>,
) -> Result<bool> {
    let known = known(tx, message).await?;
    let ways = ways(ctx, message, &known);
    let Some(channel) = ways.into_iter().find(|channel| only.is_none_or(|only| only == *channel)) else {
        return Ok(false);
    };
    queue(tx, ctx, message, &known, channel, timing, None).await?;
    Ok(true)
}

/// Tells a patient of a change after a moment of grace, by default a minute. An earlier announcement about the same booking
/// that has not gone out yet gives way to this one. `known_start` is the start before the change, where it changed; when
/// several changes become one message, the first of them counts.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn announce(
    tx: &mut Tx,
    ctx: &Ctx,
    message: &ToPatient,
    known_start: Option<DateTime<Utc>>,
) -> Result<bool> {
    let replaced = match message.booking_id {
        Some(booking) => rows::withdraw(tx, message.practice_id, booking).await?,
        None => None,
    };
    let known_start = replaced.and_then(|announced| announced.known_start).or(known_start);
    to_patient(tx, ctx, message, Timing::Announced(Announced { known_start }), None).await
}

/// Takes back what was going to be announced about a booking; `None` when nothing waited, so the patient may have been told
/// already. Otherwise it remembers the start that the patient knows.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn withdraw(tx: &mut Tx, practice: PracticeId, booking: BookingId) -> Result<Option<Announced>> {
    Ok(rows::withdraw(tx, practice, booking).await?)
}

/// Leaves unsent what was going to be announced about a booking, so that it can be taken up again.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn lay_aside(tx: &mut Tx, practice: PracticeId, booking: BookingId) -> Result<()> {
    Ok(rows::lay_aside(tx, practice, booking).await?)
}

/// Takes away what was left unsent about a booking; it remembers the start that the patient knows.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn take_up(tx: &mut Tx, practice: PracticeId, booking: BookingId) -> Result<Option<Announced>> {
    Ok(rows::take_up(tx, practice, booking).await?)
}

/// What this installation can send. Where e-mail leaves the machine and texts do not, a text would reach nobody.
pub(super) fn usable(deps: &Deps) -> Vec<Channel> {
    let texts = deps.texts.leaves_the_machine() || !deps.mail.leaves_the_machine();
    let can = |channel: &Channel| !channel.is_text() || (texts && deps.texts.can(*channel));
    Channel::ALL.iter().copied().filter(can).collect()
}

async fn known(tx: &mut Tx, message: &ToPatient) -> Result<PatientReach> {
    let words = Some((message.template.as_str(), message.lang));
    let reach = rows::reach(tx, message.practice_id, message.patient_id, message.booking_id, words).await?;
    reach.ok_or_else(ServiceError::not_found)
}

fn given<'a>(first: &'a str, otherwise: &'a str) -> &'a str {
    if first.trim().is_empty() { otherwise.trim() } else { first.trim() }
}

/// The ways to reach the recipient, the best first.
fn ways(ctx: &Ctx, message: &ToPatient, known: &PatientReach) -> Vec<Channel> {
    let (email, phone) = (given(&message.email, &known.email), given(&message.phone, &known.phone));
    let opted_out: Vec<Channel> = known
        .opted_out
        .iter()
        .filter(|(channel, address)| address == if channel.is_text() { phone } else { email })
        .map(|(channel, _)| *channel)
        .collect();
    let usable = usable(&ctx.deps);
    let reach = Reach { preferred: known.preferred, email, phone, opted_out: &opted_out, usable: &usable };
    channels(message.template.purpose(), &reach)
}

/// The first of these zones that can be read.
fn zone(known: &PatientReach) -> Tz {
    known.zones.iter().find_map(|name| name.parse().ok()).unwrap_or(Tz::UTC)
}

/// When it goes out, given when it is due.
fn moment(ctx: &Ctx, message: &ToPatient, known: &PatientReach, timing: Timing) -> DateTime<Utc> {
    let settings = &known.settings;
    let quiet = QuietHours { from: settings.quiet_from, until: settings.quiet_until };
    let considerate = |at| send_at(quiet, zone(known), at, message.starts_at);
    match timing {
        Timing::Now => ctx.now,
        Timing::Considerate => considerate(ctx.now),
        Timing::Announced(announced) => {
            let at = ctx.now + Duration::seconds(settings.announce_after.into());
            // Whoever knows the old time must not come in vain.
            let first = [message.starts_at, announced.known_start].into_iter().flatten().min();
            send_at(quiet, zone(known), at, first)
        }
    }
}

/// Writes the message for one channel and queues it.
async fn queue(
    tx: &mut Tx,
    ctx: &Ctx,
    message: &ToPatient,
    known: &PatientReach,
    channel: Channel,
    timing: Timing,
    fallback_of: Option<MessageId>,
) -> Result<()> {
    let letter = Letter::write(message, known, channel)?;
    let recipient =
        if channel.is_text() { given(&message.phone, &known.phone) } else { given(&message.email, &known.email) };
    let row = rows::NewMessage {
        id: ctx.new_id(),
        booking_id: message.booking_id,
        patient_id: message.patient_id,
        session_id: message.session_id,
        series_id: message.series_id,
        template: message.template.as_str(),
        lang: message.lang,
        channel,
        recipient,
        recipient_name: message.name.trim(),
        sender_name: &letter.sender,
        subject: &letter.subject,
        body_text: &letter.text,
        body_html: &letter.html,
        // A text carries no file; it is kept for the e-mail that may take its place.
        calendar: letter.calendar.as_deref().or(message.calendar.as_deref()),
        facts: Some(serde_json::to_value(&message.facts).map_err(ServiceError::internal)?),
        content: letter.content.as_ref().map(|(sid, variables)| (sid.as_str(), json!(variables))),
        fallback_of,
        announces: match timing {
            Timing::Announced(announced) => Some(announced),
            _ => None,
        },
        reminds_of: message.starts_at.filter(|_| message.template.purpose() == domain::messages::Purpose::Reminder),
        send_at: moment(ctx, message, known, timing),
        created_at: ctx.now,
    };
    Ok(rows::insert(tx, message.practice_id, &row).await?)
}

/// A finished message for one channel.
struct Letter {
    sender: String,
    subject: String,
    text: String,
    html: String,
    calendar: Option<String>,
    /// The approved template that goes out instead, with what stands in its placeholders.
    content: Option<(String, BTreeMap<String, String>)>,
}

impl Letter {
    fn write(message: &ToPatient, known: &PatientReach, channel: Channel) -> Result<Self> {
        let discreet = known.settings.discreet;
        let facts =
            if discreet { discreetly(&message.facts, &known.settings.discreet_name) } else { message.facts.clone() };
        let calendar = match (&message.calendar, channel) {
            (Some(file), Channel::Email) if discreet => Some(calendar_file::discreet(file, message.lang)),
            (Some(file), Channel::Email) => Some(file.clone()),
            _ => None,
        };
        let sheet = Sheet {
            template: message.template,
            lang: message.lang,
            to_name: &message.name,
            facts: &facts,
            has_calendar: calendar.is_some(),
            own: known.own.iter().find(|text| text.channel == channel),
            discreet,
        };
        let sender = match (discreet, facts.practice_name.as_str()) {
            (true, "") => "Calma".to_owned(),
            (true, name) => name.to_owned(),
            (false, _) => String::new(),
        };
        let explained = |error: minijinja::Error| broken(message.template, &error);
        if channel.is_text() {
            let (subject, text) = render::text(&sheet).map_err(explained)?;
            let content = match sheet.own.filter(|own| !own.content_sid.is_empty()) {
                Some(own) => {
                    let variables = render::placeholders(&sheet, &own.content_variables).map_err(explained)?;
                    Some((own.content_sid.clone(), variables))
                }
                None => None,
            };
            return Ok(Self { sender, subject, text, html: String::new(), calendar, content });
        }
        let rendered = render::email(&sheet).map_err(explained)?;
        Ok(Self {
            sender,
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
            calendar,
            content: None,
        })
    }
}

/// What may be said where others could read along.
pub(super) fn discreetly(facts: &Facts, name: &str) -> Facts {
    Facts {
        practice_name: name.to_owned(),
        therapist_name: String::new(),
        service_name: String::new(),
        subject: String::new(),
        ..facts.clone()
    }
}

/// The message a row was written from; `None` when it was not to a patient, or its recipient was erased.
fn source(practice: PracticeId, row: &DueMessage) -> Option<ToPatient> {
    let facts: Facts = serde_json::from_value(row.facts.clone()?).ok()?;
    let (email, phone) = match row.channel {
        Channel::Email => (row.recipient.clone(), String::new()),
        Channel::Sms | Channel::Whatsapp => (String::new(), row.recipient.clone()),
    };
    Some(ToPatient {
        practice_id: practice,
        booking_id: row.booking_id,
        patient_id: row.patient_id,
        session_id: row.session_id,
        // Only what waits is asked for by its series.
        series_id: None,
        email,
        phone,
        name: row.recipient_name.clone(),
        lang: row.lang,
        template: Template::parse(&row.template)?,
        facts,
        calendar: row.calendar.clone(),
        starts_at: row.reminds_of,
    })
}

/// The source with the addresses that the booking knows besides the one that was tried.
async fn whole_source(tx: &mut Tx, practice: PracticeId, row: &DueMessage) -> Result<Option<ToPatient>> {
    let Some(mut message) = source(practice, row) else { return Ok(None) };
    if let Some(booking) = row.booking_id
        && let Some(booking) = store::bookings::get(tx, practice, booking).await?
    {
        message.email = given(&message.email, &booking.patient_email).to_owned();
        message.phone = given(&message.phone, &booking.patient_phone).to_owned();
    }
    Ok(Some(message))
}

/// Writes a message again for this channel, due at once; `false` when its recipient cannot be reached by it.
///
/// # Errors
/// When the database cannot answer.
pub(super) async fn write_again(
    tx: &mut Tx,
    ctx: &Ctx,
    practice: PracticeId,
    row: &DueMessage,
    channel: Channel,
) -> Result<bool> {
    let Some(message) = whole_source(tx, practice, row).await? else { return Ok(false) };
    let known = known(tx, &message).await?;
    if !ways(ctx, &message, &known).contains(&channel) {
        return Ok(false);
    }
    queue(tx, ctx, &message, &known, channel, Timing::Now, Some(row.id)).await?;
    Ok(true)
}

/// Sends a message that cannot be delivered by the next way that was not tried yet, or by `best` if that was not; `false`
/// when there is none.
///
/// # Errors
/// When the database cannot answer.
pub(super) async fn fall_back(
    tx: &mut Tx,
    ctx: &Ctx,
    practice: PracticeId,
    row: &DueMessage,
    best: Option<Channel>,
) -> Result<bool> {
    let Some(message) = whole_source(tx, practice, row).await? else { return Ok(false) };
    let known = known(tx, &message).await?;
    let tried = rows::tried(tx, practice, row.id).await?;
    let next = next_way(&ways(ctx, &message, &known), &tried, best);
    let Some(channel) = next else { return Ok(false) };
    queue(tx, ctx, &message, &known, channel, Timing::Now, Some(row.id)).await?;
    Ok(true)
}
