//! Google Calendar: permission by OAuth 2.0, and every question to its API with what Google documents for its failures.
//!
//! | answer | what happens |
//! |---|---|
//! | 401 | the access token is renewed once; if that fails too, access was revoked |
//! | 403 | too much asked, like 429; otherwise the permission does not reach that far |
//! | 404, 410 | gone: for a removed entry as wished, for a sync token a reason to read everything again |
//! | 409 | the entry is there already |
//! | 429, 5xx, no answer | three tries, each after a longer pause, or as long as Google asks for |

mod events;
mod wire;

pub use events::{Changed, Changes, Entry, Placed};

use crate::http::{Answer, HttpClient, HttpError, Limits, Method, Question, Reach, StatusCode, Url, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::Duration;
use url::form_urlencoded::Serializer;

/// Reads and writes entries of the calendars a person has, and nothing else of theirs.
const SCOPE: &str = "https://www.googleapis.com/auth/calendar.events";
const LIMITS: Limits = Limits { within: Duration::from_secs(15), bytes: 8 * 1024 * 1024 };
const TRIES: u32 = 3;
/// Longer than this nobody waits in the middle of something; the next round comes anyway.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// This installation at Google.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoogleSettings {
    pub client_id: String,
    pub client_secret: String,
    /// Where people are asked for permission; Google's: `https://accounts.google.com`.
    pub accounts: Url,
    /// Where codes become tokens; Google's: `https://oauth2.googleapis.com`.
    pub tokens: Url,
    /// Where calendars are; Google's: `https://www.googleapis.com`.
    pub api: Url,
    /// Before the second try; before the third it is twice as long.
    pub pause: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GoogleError {
    /// The person took the permission back, or changed their password.
    #[error("access was revoked")]
    Revoked,
    /// The permission does not reach this far, or the calendar may only be read.
    #[error("the permission does not reach this far")]
    Forbidden,
    /// Too many questions, or Google has trouble: later.
    #[error("google asks to come back later")]
    Later,
    #[error("google cannot be reached")]
    Unreachable,
    #[error("it is there already")]
    Exists,
    #[error("it is gone")]
    Gone,
    #[error("google does not accept the question ({0})")]
    Refused(u16),
    #[error("an answer that cannot be read")]
    Unreadable,
}

/// What a person gave: a permission that lasts, and a short-lived token made from it. Both are secrets.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub refresh_token: String,
    pub access_token: String,
    pub expires_at: DateTime<Utc>,
}

impl Grant {
    /// A token is renewed a minute early: it is used after it was looked at.
    fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        now + TimeDelta::minutes(1) < self.expires_at
    }
}

#[derive(Clone)]
pub struct Google {
    settings: GoogleSettings,
    http: HttpClient,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    expires_in: i64,
    refresh_token: Option<String>,
    #[serde(default)]
    scope: String,
}

#[derive(Deserialize)]
struct TokenError {
    #[serde(default)]
    error: String,
}

impl Google {
    pub fn new(settings: GoogleSettings) -> Self {
        Self { settings, http: HttpClient::new(Reach::Anywhere) }
    }

    /// Where a person is asked for their permission. `state` comes back with the answer; `verifier` is told again when the
    /// code is exchanged (RFC 7636), so a code that leaks on the way is worth nothing.
    pub fn permission_url(&self, back_to: &str, state: &str, verifier: &str) -> Url {
        let mut url = self.settings.accounts.clone();
        url.set_path("/o/oauth2/v2/auth");
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        url.query_pairs_mut()
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", back_to)
            .append_pair("response_type", "code")
            .append_pair("scope", SCOPE)
            .append_pair("state", state)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            // A permission that outlives the visit is given only when it is asked for anew.
            .append_pair("access_type", "offline")
            .append_pair("prompt", "consent");
        url
    }

    /// The code that came back becomes a permission that lasts.
    ///
    /// # Errors
    /// `Forbidden` when the person did not tick the calendar, `Refused` for a code that is used up or not ours.
    pub async fn exchange(
        &self,
        code: &str,
        verifier: &str,
        back_to: &str,
        now: DateTime<Utc>,
    ) -> Result<Grant, GoogleError> {
        let tokens = self
            .tokens(&[
                ("grant_type", "authorization_code"),
                ("code", code),
                ("code_verifier", verifier),
                ("redirect_uri", back_to),
            ])
            .await
            .map_err(|error| if error == GoogleError::Revoked { GoogleError::Refused(400) } else { error })?;
        if !tokens.scope.split(' ').any(|scope| scope == SCOPE) {
            return Err(GoogleError::Forbidden);
        }
        Ok(Grant {
            refresh_token: tokens.refresh_token.ok_or(GoogleError::Unreadable)?,
            access_token: tokens.access_token,
            expires_at: now + TimeDelta::seconds(tokens.expires_in.clamp(0, 86_400)),
        })
    }

    /// Gives the permission back. Best effort: the person can do the same in their account.
    ///
    /// # Errors
    /// When Google does not say that it is gone.
    pub async fn give_back(&self, grant: &Grant) -> Result<(), GoogleError> {
        let mut url = self.settings.tokens.clone();
        url.set_path("/revoke");
        let form = Serializer::new(String::new()).append_pair("token", &grant.refresh_token).finish();
        let question = Question::new(Method::POST, url).body("application/x-www-form-urlencoded", form);
        match self.patiently(&question).await?.status {
            // 400: there is no such permission any more.
            status if status.is_success() || status == StatusCode::BAD_REQUEST => Ok(()),
            status => Err(GoogleError::Refused(status.as_u16())),
        }
    }

    async fn renew(&self, grant: &mut Grant, now: DateTime<Utc>) -> Result<(), GoogleError> {
        let form = [("grant_type", "refresh_token"), ("refresh_token", grant.refresh_token.as_str())];
        let tokens = self.tokens(&form).await?;
        grant.access_token = tokens.access_token;
        grant.expires_at = now + TimeDelta::seconds(tokens.expires_in.clamp(0, 86_400));
        // Google may hand out another one; the old one then ends some day.
        if let Some(renewed) = tokens.refresh_token {
            grant.refresh_token = renewed;
        }
        Ok(())
    }

    async fn tokens(&self, form: &[(&str, &str)]) -> Result<Tokens, GoogleError> {
        let mut url = self.settings.tokens.clone();
        url.set_path("/token");
        let form = Serializer::new(String::new())
            .extend_pairs(form)
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("client_secret", &self.settings.client_secret)
            .finish();
        let question = Question::new(Method::POST, url).body("application/x-www-form-urlencoded", form);
        let answer = self.patiently(&question).await?;
        if answer.status.is_success() {
            return read(&answer);
        }
        let error: Option<TokenError> = serde_json::from_slice(&answer.body).ok();
        match error.map(|e| e.error).as_deref() {
            Some("invalid_grant") => Err(GoogleError::Revoked),
            _ => Err(GoogleError::Refused(answer.status.as_u16())),
        }
    }

    /// Asks the API with a token that is good, renewing it once when Google says that it is not.
    async fn ask(&self, grant: &mut Grant, now: DateTime<Utc>, question: &Question) -> Result<Answer, GoogleError> {
        let mut renewed = !grant.is_fresh(now);
        if renewed {
            self.renew(grant, now).await?;
        }
        loop {
            let bearer = format!("Bearer {}", grant.access_token);
            let answer = self.patiently(&question.clone().header(header::AUTHORIZATION, bearer)).await?;
            match answer.status {
                status if status.is_success() => return Ok(answer),
                StatusCode::UNAUTHORIZED if renewed => return Err(GoogleError::Revoked),
                StatusCode::UNAUTHORIZED => {
                    self.renew(grant, now).await?;
                    renewed = true;
                }
                StatusCode::FORBIDDEN => return Err(GoogleError::Forbidden),
                StatusCode::NOT_FOUND | StatusCode::GONE => return Err(GoogleError::Gone),
                StatusCode::CONFLICT => return Err(GoogleError::Exists),
                status => return Err(GoogleError::Refused(status.as_u16())),
            }
        }
    }

    /// Up to three tries where trying again may help.
    async fn patiently(&self, question: &Question) -> Result<Answer, GoogleError> {
        let mut pause = self.settings.pause;
        for attempt in 1.. {
            let asked = self.http.ask(question.clone(), LIMITS).await;
            let (error, wanted) = match &asked {
                Ok(answer) if too_much(answer) => (GoogleError::Later, asked_pause(answer)),
                Ok(_) => return asked.map_err(|_| GoogleError::Unreachable),
                Err(HttpError::TooLarge | HttpError::Address) => return Err(GoogleError::Unreadable),
                Err(_) => (GoogleError::Unreachable, None),
            };
            if attempt == TRIES || wanted.is_some_and(|wanted| wanted > LONGEST_PAUSE) {
                return Err(error);
            }
            tokio::time::sleep(wanted.unwrap_or(pause)).await;
            pause *= 2;
        }
        Err(GoogleError::Later)
    }
}

/// 429 and trouble of Google's own; and the 403 that means 429.
fn too_much(answer: &Answer) -> bool {
    let limited = || wire::reasons(&answer.body).iter().any(|reason| reason.ends_with("ateLimitExceeded"));
    match answer.status {
        StatusCode::TOO_MANY_REQUESTS => true,
        StatusCode::FORBIDDEN => limited(),
        status => status.is_server_error(),
    }
}

fn asked_pause(answer: &Answer) -> Option<Duration> {
    let seconds = answer.headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn read<T: serde::de::DeserializeOwned>(answer: &Answer) -> Result<T, GoogleError> {
    serde_json::from_slice(&answer.body).map_err(|_| GoogleError::Unreadable)
}
