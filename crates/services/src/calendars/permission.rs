//! The way to Google and back. What must be known when the person returns travels in an encrypted cookie of their browser,
//! so nobody can finish in another browser what was begun in this one.

use super::sealed::{self, Credentials};
use super::{begin, commit};
use crate::{Ctx, Result, ServiceError, audit, cookies};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use contracts::calendars::{CalendarKind, ConnectOutcome};
use contracts::{ErrorCode, MemberId, PracticeId, TherapistId};
use integrations::calendars::google::GoogleError;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::calendars::{self, NewConnection};

/// How long a person may take at Google.
const WITHIN: TimeDelta = TimeDelta::minutes(15);
const BOUND_TO: &[u8] = b"permission";

#[derive(Serialize, Deserialize)]
struct Pending {
    state: String,
    verifier: String,
    practice: PracticeId,
    member: MemberId,
    therapist: TherapistId,
    until: DateTime<Utc>,
}

/// Where the person goes, and the cookie they take along.
#[derive(Debug, Clone)]
pub struct Began {
    pub url: String,
    pub cookie: String,
}

/// With what the person came back.
#[derive(Debug, Clone, Default)]
pub struct Came {
    pub state: Option<String>,
    pub code: Option<String>,
    pub error: Option<String>,
}

fn back_to(ctx: &Ctx) -> String {
    format!("{}/app/calendars/google/callback", ctx.deps.base_url)
}

fn word(ctx: &Ctx) -> String {
    URL_SAFE_NO_PAD.encode(ctx.random::<32>())
}

/// Sends a member to Google for the permission to a therapist's calendar.
///
/// # Errors
/// `NOT_FOUND` also when this installation does not speak to Google.
pub async fn begin_google(ctx: &Ctx, therapist: TherapistId) -> Result<Began> {
    let (member, tx, _) = begin(ctx, therapist).await?;
    drop(tx);
    let google = ctx.deps.calendars.google.as_ref().ok_or_else(ServiceError::not_found)?;
    let pending = Pending {
        state: word(ctx),
        verifier: word(ctx),
        practice: member.practice_id,
        member: member.member_id,
        therapist,
        until: ctx.now + WITHIN,
    };
    let url = google.permission_url(&back_to(ctx), &pending.state, &pending.verifier).to_string();
    let sealed = URL_SAFE_NO_PAD.encode(sealed::lock(ctx, BOUND_TO, &pending)?);
    Ok(Began { url, cookie: cookies::set(cookies::PERMISSION, &sealed, pending.until, ctx.now) })
}

/// Connects the calendar of whoever came back from Google, and says how that went.
///
/// # Errors
/// `LINK_INVALID` when this browser did not begin it, or too long ago; otherwise as [`begin_google`].
pub async fn finish_google(ctx: &Ctx, cookie: Option<&str>, came: Came) -> Result<(TherapistId, ConnectOutcome)> {
    let pending = pending(ctx, cookie, came.state.as_deref())?;
    let therapist = pending.therapist;
    let Some(code) = came.code.filter(|_| came.error.is_none()) else {
        return Ok((therapist, ConnectOutcome::Denied));
    };
    // Before the code is used: who lost their role meanwhile connects nothing.
    let (_, tx, _) = begin(ctx, therapist).await?;
    drop(tx);
    let google = ctx.deps.calendars.google.as_ref().ok_or_else(ServiceError::not_found)?;
    match google.exchange(&code, &pending.verifier, &back_to(ctx), ctx.now).await {
        Ok(grant) => {
            connect(ctx, therapist, Credentials::Google(grant)).await?;
            Ok((therapist, ConnectOutcome::Done))
        }
        Err(GoogleError::Forbidden) => Ok((therapist, ConnectOutcome::NotTicked)),
        Err(error) => {
            tracing::warn!(%error, "a calendar could not be connected");
            Ok((therapist, ConnectOutcome::Failed))
        }
    }
}

/// What was begun by this member in this browser.
fn pending(ctx: &Ctx, cookie: Option<&str>, state: Option<&str>) -> Result<Pending> {
    let member = ctx.member()?;
    let sealed = cookie.and_then(|cookie| URL_SAFE_NO_PAD.decode(cookie).ok());
    let pending = sealed.and_then(|sealed| sealed::unlock::<Pending>(ctx, BOUND_TO, &sealed));
    let ours = pending.filter(|p| {
        Some(p.state.as_str()) == state
            && (p.practice, p.member) == (member.practice_id, member.member_id)
            && ctx.now < p.until
    });
    ours.ok_or_else(|| ServiceError::code(ErrorCode::LinkInvalid))
}

/// A therapist has one calendar at Google; a new permission takes the place of the old one.
async fn connect(ctx: &Ctx, therapist: TherapistId, credentials: Credentials) -> Result<()> {
    let (member, mut tx, _) = begin(ctx, therapist).await?;
    let practice = member.practice_id;
    let known = calendars::lock_google(&mut tx, practice, therapist).await?;
    let id = known.unwrap_or_else(|| ctx.new_id());
    let sealed = sealed::seal(ctx, id, &credentials)?;
    if known.is_some() {
        calendars::reconnect(&mut tx, practice, id, &sealed, ctx.now).await?;
    } else {
        let new = NewConnection {
            id,
            therapist,
            kind: CalendarKind::Google,
            label: String::new(),
            credentials: sealed,
            show_names: true,
        };
        calendars::connect(&mut tx, practice, &new, ctx.now).await?;
    }
    calendars::plan_all(&mut tx, practice, id, therapist, ctx.now).await?;
    let details = json!({ "therapist_id": therapist, "kind": CalendarKind::Google.as_str() });
    audit::record(&mut tx, ctx, practice, "calendar.connected", Some(id.0), details).await?;
    commit(tx).await
}
