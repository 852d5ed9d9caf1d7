//! How a person can be reached, what a practice decided about its messages, and its own words.

use super::changed_one;
use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::messages::{Channel, MessageSettings, TemplateText};
use contracts::{BookingId, Lang, PatientId, PracticeId, TherapistId};
use sqlx::PgConnection;
use sqlx::types::Json;

/// What decides how a patient is written to.
#[derive(Debug, Clone)]
pub struct PatientReach {
    pub settings: MessageSettings,
    /// The patient's wish; e-mail where they have none.
    pub preferred: Channel,
    /// On the patient's record, or the first reachable guardian's where the record has neither; empty where there is none.
    pub email: String,
    pub phone: String,
    /// IANA names, the most particular first: the patient's, the visitor's, the therapist's, the practice's.
    pub zones: Vec<String>,
    /// Each with its address.
    pub opted_out: Vec<(Channel, String)>,
    /// The practice's own words for what was asked for, for every channel that has some.
    pub own: Vec<TemplateText>,
}

/// How a patient is written to, and the practice's own words for what they are told, if that is known already. A guardian is
/// written to only for whoever has no address at all: others are asked themselves, and told nothing behind their back.
///
/// # Errors
/// When the database cannot answer. `Ok(None)` when there is no such practice.
pub async fn reach(
    conn: &mut PgConnection,
    practice: PracticeId,
    patient: Option<PatientId>,
    booking: Option<BookingId>,
    template: Option<(&str, Lang)>,
) -> Result<Option<PatientReach>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT p.message_settings AS "settings: Json<MessageSettings>", p.time_zone AS practice_zone,
             coalesce(pt.email, g.email, '') AS "email!", coalesce(pt.phone, g.phone, '') AS "phone!",
             pt.preferences->>'channel' AS preferred, pt.preferences->>'time_zone' AS patient_zone,
             b.visitor_zone, t.time_zone AS "therapist_zone?",
             ARRAY(SELECT o.channel || ' ' || o.address FROM opt_outs o
                   WHERE o.practice_id = $1
                     AND o.address IN (pt.email, pt.phone, g.email, g.phone, b.patient_email, b.patient_phone)) AS "opted_out!",
             (SELECT coalesce(json_agg(json_build_object('template', w.template, 'language', w.language, 'channel', w.channel,
                'subject', w.subject, 'body', w.body, 'content_sid', coalesce(w.content_sid, ''),
                'content_variables', w.content_variables)), '[]')
              FROM message_templates w WHERE w.practice_id = $1 AND w.template = $4 AND w.language = $5)
               AS "own!: Json<Vec<TemplateText>>"
           FROM practices p
           LEFT JOIN patients pt ON pt.practice_id = $1 AND pt.id = $2 AND pt.deleted_at IS NULL
           LEFT JOIN LATERAL (SELECT x.email, x.phone FROM guardians x
             WHERE x.practice_id = $1 AND x.patient_id = pt.id AND pt.email IS NULL AND pt.phone IS NULL
               AND (x.email IS NOT NULL OR x.phone IS NOT NULL)
             ORDER BY x.position, x.id LIMIT 1) g ON true
           LEFT JOIN bookings b ON b.practice_id = $1 AND b.id = $3
           LEFT JOIN therapists t ON t.practice_id = $1 AND t.id = b.therapist_id
           WHERE p.practice_id = $1"#,
        practice.0,
        patient.map(|id| id.0),
        booking.map(|id| id.0),
        template.map(|(name, _)| name),
        template.map(|(_, lang)| lang.code())
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| PatientReach {
        own: row.own.0,
        settings: row.settings.0,
        preferred: row.preferred.as_deref().and_then(Channel::parse).unwrap_or(Channel::Email),
        email: row.email,
        phone: row.phone,
        zones: [row.patient_zone, row.visitor_zone, row.therapist_zone, Some(row.practice_zone)]
            .into_iter()
            .flatten()
            .collect(),
        opted_out: row.opted_out.iter().filter_map(|one| opted_out(one)).collect(),
    }))
}

fn opted_out(line: &str) -> Option<(Channel, String)> {
    let (channel, address) = line.split_once(' ')?;
    Some((Channel::parse(channel)?, address.to_owned()))
}

/// # Errors
/// When the database cannot answer. `Ok(None)` when there is no such practice.
pub async fn settings(conn: &mut PgConnection, practice: PracticeId) -> Result<Option<MessageSettings>, StoreError> {
    let settings = sqlx::query_scalar!(
        r#"SELECT message_settings AS "settings: Json<MessageSettings>" FROM practices WHERE practice_id = $1"#,
        practice.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(settings.map(|settings| settings.0))
}

/// # Errors
/// [`StoreError::NothingChanged`] when there is no such practice.
pub async fn save_settings(
    conn: &mut PgConnection,
    practice: PracticeId,
    settings: &MessageSettings,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE practices SET message_settings = $2 WHERE practice_id = $1",
        practice.0,
        Json(settings) as _
    )
    .execute(conn)
    .await?;
    changed_one(done.rows_affected())
}

/// The practice's own words for a message in one language, for every channel that has some.
///
/// # Errors
/// When the database cannot answer.
pub async fn own_templates(
    conn: &mut PgConnection,
    practice: PracticeId,
    template: &str,
    lang: Lang,
) -> Result<Vec<TemplateText>, StoreError> {
    let rows = sqlx::query!(
        "SELECT channel, subject, body, content_sid, content_variables FROM message_templates WHERE practice_id = $1 AND template = $2 AND language = $3",
        practice.0,
        template,
        lang.code()
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(TemplateText {
                template: template.to_owned(),
                language: lang,
                channel: Channel::parse(&row.channel).ok_or(StoreError::Unreadable("message_templates.channel"))?,
                subject: row.subject,
                body: row.body,
                content_sid: row.content_sid.unwrap_or_default(),
                content_variables: row.content_variables,
            })
        })
        .collect()
}

/// # Errors
/// When the database cannot answer.
pub async fn save_template(
    conn: &mut PgConnection,
    practice: PracticeId,
    text: &TemplateText,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO message_templates (practice_id, template, language, channel, subject, body, changed_at, content_sid,
           content_variables)
         VALUES ($1, $2, $3, $4, $5, $6, $7, nullif($8, ''), $9)
         ON CONFLICT (practice_id, template, language, channel)
         DO UPDATE SET subject = excluded.subject, body = excluded.body, changed_at = excluded.changed_at,
           content_sid = excluded.content_sid, content_variables = excluded.content_variables",
        practice.0,
        text.template,
        text.language.code(),
        text.channel.as_str(),
        text.subject,
        text.body,
        now,
        text.content_sid,
        &text.content_variables
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The built-in words hold again; `false` when they did already.
///
/// # Errors
/// When the database cannot answer.
pub async fn delete_template(
    conn: &mut PgConnection,
    practice: PracticeId,
    template: &str,
    lang: Lang,
    channel: Channel,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "DELETE FROM message_templates WHERE practice_id = $1 AND template = $2 AND language = $3 AND channel = $4",
        practice.0,
        template,
        lang.code(),
        channel.as_str()
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// From now on no reminders go there.
///
/// # Errors
/// When the database cannot answer.
pub async fn opt_out(
    conn: &mut PgConnection,
    practice: PracticeId,
    channel: Channel,
    address: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO opt_outs (practice_id, channel, address, since) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        practice.0,
        channel.as_str(),
        address,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Reminders go there again.
///
/// # Errors
/// When the database cannot answer.
pub async fn opt_in(
    conn: &mut PgConnection,
    practice: PracticeId,
    channel: Channel,
    address: &str,
) -> Result<(), StoreError> {
    sqlx::query!(
        "DELETE FROM opt_outs WHERE practice_id = $1 AND channel = $2 AND address = $3",
        practice.0,
        channel.as_str(),
        address
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A patient as somebody to write to.
#[derive(Debug, Clone)]
pub struct Person {
    pub name: String,
    pub lang: Lang,
}

/// A patient of the practice, if this therapist (where one is given) cares for them.
///
/// # Errors
/// When the database cannot answer, or a language is unknown.
pub async fn person(
    conn: &mut PgConnection,
    practice: PracticeId,
    patient: PatientId,
    therapist: Option<TherapistId>,
) -> Result<Option<Person>, StoreError> {
    let row = sqlx::query!(
        "SELECT name, language FROM patients p
         WHERE p.practice_id = $1 AND p.id = $2 AND p.deleted_at IS NULL AND ($3::uuid IS NULL OR EXISTS (
           SELECT FROM patient_therapists a WHERE a.practice_id = $1 AND a.patient_id = p.id AND a.therapist_id = $3))",
        practice.0,
        patient.0,
        therapist.map(|id| id.0)
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        let lang = Lang::from_code(&row.language).ok_or(StoreError::Unreadable("patients.language"))?;
        Ok(Person { name: row.name, lang })
    })
    .transpose()
}
