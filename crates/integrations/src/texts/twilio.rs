//! Twilio's REST API for messages.
//!
//! `POST /2010-04-01/Accounts/{sid}/Messages.json` with basic authentication takes a text. The API drops no repetition, so
//! whoever did not hear an answer first looks among the account's messages whether the text is there.

use super::{Accepted, TextError, TextMessage, TextSender};
use crate::cache::Later;
use crate::http::{Answer, HttpClient, HttpError, Limits, Method, Question, Reach, Url, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, Utc};
use contracts::messages::Channel;
use hmac::{Hmac, Mac};
use serde::Deserialize;
use sha1::Sha1;

/// A question and its answer take no longer than this and are no larger.
const LIMITS: Limits = Limits { within: std::time::Duration::from_secs(15), bytes: 512 * 1024 };
/// The provider's clock and ours may differ by so much.
const CLOCKS_DIFFER_SECONDS: i64 = 120;
/// Texts to one number within the time of a failure are far fewer.
const LOOK_AT: &str = "50";

/// How Calma speaks with Twilio.
#[derive(Clone)]
pub struct TwilioSettings {
    pub account_sid: String,
    pub auth_token: String,
    /// A number in E.164 or a messaging service (`MG…`); empty: no SMS.
    pub sms_from: String,
    /// A number in E.164; empty: no WhatsApp.
    pub whatsapp_from: String,
    /// `https://api.twilio.com`, or a stand-in.
    pub url: String,
}

/// The settings make no sense. The text never holds the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextSetupError {
    #[error("TWILIO_ACCOUNT_SID must be the account's id, AC and 32 letters and digits")]
    Account,
    #[error("TWILIO_AUTH_TOKEN is missing")]
    Token,
    #[error("TWILIO_PHONE_NUMBER or TWILIO_WHATSAPP_NUMBER must be a number such as +15005550006")]
    Sender,
    #[error("TWILIO_URL must be https://host, or http:// on this machine")]
    Url,
}

pub struct Twilio {
    settings: TwilioSettings,
    messages: Url,
    authorization: String,
    http: HttpClient,
}

impl Twilio {
    /// # Errors
    /// When the settings cannot be understood. Nothing is asked yet.
    pub fn new(settings: TwilioSettings) -> Result<Self, TextSetupError> {
        let sid = &settings.account_sid;
        if !(sid.starts_with("AC") && sid.len() == 34 && sid.chars().all(|c| c.is_ascii_alphanumeric())) {
            return Err(TextSetupError::Account);
        }
        if settings.auth_token.is_empty() {
            return Err(TextSetupError::Token);
        }
        let is_number =
            |from: &str| from.starts_with('+') && from.len() > 7 && from[1..].chars().all(|c| c.is_ascii_digit());
        let service = settings.sms_from.starts_with("MG");
        let sms = settings.sms_from.is_empty() || service || is_number(&settings.sms_from);
        let whatsapp = settings.whatsapp_from.is_empty() || is_number(&settings.whatsapp_from);
        if !sms || !whatsapp || (settings.sms_from.is_empty() && settings.whatsapp_from.is_empty()) {
            return Err(TextSetupError::Sender);
        }
        let messages = messages_url(&settings.url, sid)?;
        let authorization = format!("Basic {}", STANDARD.encode(format!("{sid}:{}", settings.auth_token)));
        Ok(Self { settings, messages, authorization, http: HttpClient::new(Reach::Anywhere) })
    }

    async fn post(&self, text: &TextMessage) -> Result<Accepted, TextError> {
        let from = if text.whatsapp { &self.settings.whatsapp_from } else { &self.settings.sms_from };
        let mut form = vec![("To", address(text.whatsapp, &text.to))];
        match &text.content {
            Some(content) => {
                let variables = serde_json::to_string(&content.variables);
                let variables = variables.map_err(|_| TextError::Permanent("unreadable variables".into()))?;
                form.extend([("ContentSid", content.sid.clone()), ("ContentVariables", variables)]);
            }
            None => form.push(("Body", text.body.clone())),
        }
        if from.starts_with("MG") {
            form.push(("MessagingServiceSid", from.clone()));
        } else {
            form.push(("From", address(text.whatsapp, from)));
        }
        if let Some(callback) = &text.status_callback {
            form.push(("StatusCallback", callback.clone()));
        }
        let body = serde_urlencoded::to_string(&form).map_err(|_| TextError::Permanent("unreadable text".into()))?;
        let question = Question::new(Method::POST, self.messages.clone())
            .header(header::AUTHORIZATION, self.authorization.clone())
            .body("application/x-www-form-urlencoded", body);
        let answer = self.http.ask(question, LIMITS).await.map_err(|error| unheard(error, true))?;
        if answer.status.is_success() {
            let taken: Taken = serde_json::from_slice(&answer.body).unwrap_or_default();
            return Ok(Accepted { provider_id: taken.sid });
        }
        Err(refused(&answer))
    }

    async fn look(&self, text: &TextMessage, since: DateTime<Utc>) -> Result<Option<Accepted>, TextError> {
        let since = since - Duration::seconds(CLOCKS_DIFFER_SECONDS);
        let mut url = self.messages.clone();
        url.query_pairs_mut()
            .append_pair("To", &address(text.whatsapp, &text.to))
            .append_pair("DateSent>", &since.format("%Y-%m-%d").to_string())
            .append_pair("PageSize", LOOK_AT);
        let question = Question::new(Method::GET, url).header(header::AUTHORIZATION, self.authorization.clone());
        let answer = self.http.ask(question, LIMITS).await.map_err(|error| unheard(error, false))?;
        if !answer.status.is_success() {
            return Err(unknown(refused(&answer)));
        }
        let listed: Listed = serde_json::from_slice(&answer.body)
            .map_err(|_| TextError::Lost("the list of messages cannot be read".into()))?;
        let recent = |one: &One| one.date_created.as_deref().and_then(moment).is_none_or(|at| at >= since);
        let same = |one: &&One| says(one, text) && recent(one);
        Ok(listed.messages.iter().find(same).map(|one| Accepted { provider_id: one.sid.clone() }))
    }
}

impl TextSender for Twilio {
    fn send<'a>(&'a self, text: &'a TextMessage) -> Later<'a, Result<Accepted, TextError>> {
        Box::pin(self.post(text))
    }

    fn find<'a>(
        &'a self,
        text: &'a TextMessage,
        since: DateTime<Utc>,
    ) -> Later<'a, Result<Option<Accepted>, TextError>> {
        Box::pin(self.look(text, since))
    }

    fn can(&self, channel: Channel) -> bool {
        match channel {
            Channel::Email => false,
            Channel::Sms => !self.settings.sms_from.is_empty(),
            Channel::Whatsapp => !self.settings.whatsapp_from.is_empty(),
        }
    }

    fn leaves_the_machine(&self) -> bool {
        true
    }

    /// `X-Twilio-Signature`: HMAC-SHA1 with the account's token, of the address and the form's fields in order of their
    /// names, each name with its value right behind it.
    fn is_signed(&self, url: &str, form: &[(String, String)], signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        let Ok(mut mac) = <Hmac<Sha1> as Mac>::new_from_slice(self.settings.auth_token.as_bytes()) else {
            return false;
        };
        mac.update(url.as_bytes());
        let mut fields: Vec<&(String, String)> = form.iter().collect();
        fields.sort();
        for (name, value) in fields {
            mac.update(name.as_bytes());
            mac.update(value.as_bytes());
        }
        // Compares in constant time.
        mac.verify_slice(&signature).is_ok()
    }
}

#[derive(Default, Deserialize)]
struct Taken {
    sid: Option<String>,
}

#[derive(Default, Deserialize)]
struct Refusal {
    code: Option<i64>,
    #[serde(default)]
    message: String,
}

#[derive(Deserialize)]
struct Listed {
    messages: Vec<One>,
}

#[derive(Deserialize)]
struct One {
    sid: Option<String>,
    #[serde(default)]
    body: String,
    /// RFC 2822.
    date_created: Option<String>,
}

fn messages_url(base: &str, sid: &str) -> Result<Url, TextSetupError> {
    let url: Url = format!("{}/2010-04-01/Accounts/{sid}/Messages.json", base.trim_end_matches('/'))
        .parse()
        .map_err(|_| TextSetupError::Url)?;
    let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if url.scheme() == "https" || (url.scheme() == "http" && here) { Ok(url) } else { Err(TextSetupError::Url) }
}

/// Is this what was sent? Of an approved template only what stands in its placeholders is known here.
fn says(one: &One, text: &TextMessage) -> bool {
    match &text.content {
        Some(content) => content.variables.values().all(|value| one.body.contains(value)),
        None => one.body == text.body,
    }
}

fn address(whatsapp: bool, number: &str) -> String {
    if whatsapp { format!("whatsapp:{number}") } else { number.to_owned() }
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text).ok().map(|at| at.with_timezone(&Utc))
}

/// No answer came. Where the question may have arrived, nobody knows what became of it.
fn unheard(error: HttpError, changes: bool) -> TextError {
    let words = error.to_string();
    match error {
        HttpError::Late | HttpError::TooLarge | HttpError::NotHttp if changes => TextError::Lost(words),
        _ if !changes => TextError::Lost(words),
        _ => TextError::Temporary(words),
    }
}

/// Asking for what became of a text failed: that tells nothing about the text.
fn unknown(error: TextError) -> TextError {
    match error {
        TextError::Temporary(words)
        | TextError::Permanent(words)
        | TextError::OptedOut(words)
        | TextError::NeedsTemplate(words) => TextError::Lost(words),
        lost @ TextError::Lost(_) => lost,
    }
}

/// What a refusal means, by its code where it has one (twilio.com/docs/api/errors).
fn refused(answer: &Answer) -> TextError {
    let refusal: Refusal = serde_json::from_slice(&answer.body).unwrap_or_default();
    let status = answer.status.as_u16();
    let words = match refusal.code {
        Some(code) => format!("{code} {}", without_numbers(&refusal.message)),
        None => format!("status {status}"),
    };
    match (refusal.code, status) {
        (Some(21610), _) => TextError::OptedOut(words),
        (Some(63016), _) => TextError::NeedsTemplate(words),
        // The account, its token or its sender are not right, or it asks too much: not this text's fault.
        (Some(20003 | 20005 | 20429 | 21606 | 21607 | 21603 | 21659 | 63007 | 63018 | 63038), _) => {
            TextError::Temporary(words)
        }
        (_, 401 | 403 | 408 | 429) => TextError::Temporary(words),
        (_, 500..) => TextError::Lost(words),
        _ => TextError::Permanent(words),
    }
}

/// The code for words of one's own outside of the 24 hours after the recipient wrote (twilio.com/docs/api/errors/63016).
pub const OUTSIDE_WINDOW: &str = "63016";

/// Why a text that was taken did not arrive, in words for the practice; by the codes that phones' networks answer with.
pub fn explained(code: &str) -> String {
    let words = match code {
        "21610" => "the number has opted out",
        "30003" => "the phone is off or out of reach",
        "30004" => "the message was blocked",
        "30005" => "the number does not exist",
        "30006" => "a landline, or out of its network's reach",
        "30007" => "filtered as unwanted by the network",
        "63003" | "63024" => "the number has no WhatsApp",
        "63016" => "WhatsApp allows no first message without an approved template",
        _ => "not delivered",
    };
    let code: String = code.chars().filter(char::is_ascii_digit).take(6).collect();
    format!("{code} {words}").trim().to_owned()
}

/// The number that is refused does not belong into logs and error columns.
fn without_numbers(words: &str) -> String {
    let hides = |word: &&str| word.chars().filter(char::is_ascii_digit).count() > 5;
    let kept: Vec<&str> = words.split_whitespace().map(|word| if hides(&word) { "…" } else { word }).collect();
    kept.join(" ").chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{HeaderMap, StatusCode};

    fn settings() -> TwilioSettings {
        TwilioSettings {
            account_sid: "AC00000000000000000000000000000000".into(),
            auth_token: "12345".into(),
            sms_from: "+15005550006".into(),
            whatsapp_from: String::new(),
            url: "https://api.twilio.com".into(),
        }
    }

    #[test]
    fn settings_are_checked_and_channels_follow_them() {
        let twilio = Twilio::new(settings()).unwrap();
        assert!(twilio.can(Channel::Sms) && !twilio.can(Channel::Whatsapp) && !twilio.can(Channel::Email));
        let service = TwilioSettings { sms_from: "MG00".into(), whatsapp_from: "+1500555".into(), ..settings() };
        assert!(Twilio::new(service).is_ok());
        for (wrong, error) in [
            (TwilioSettings { account_sid: "AC1".into(), ..settings() }, TextSetupError::Account),
            (TwilioSettings { auth_token: String::new(), ..settings() }, TextSetupError::Token),
            (TwilioSettings { sms_from: "Calma".into(), ..settings() }, TextSetupError::Sender),
            (TwilioSettings { sms_from: String::new(), ..settings() }, TextSetupError::Sender),
            (TwilioSettings { url: "http://api.twilio.com".into(), ..settings() }, TextSetupError::Url),
            (TwilioSettings { url: "nonsense".into(), ..settings() }, TextSetupError::Url),
        ] {
            let found = Twilio::new(wrong).err().unwrap();
            assert_eq!(found, error);
            assert!(!found.to_string().contains("12345"));
        }
    }

    /// The example of Twilio's documentation, "Validating requests".
    #[test]
    fn signatures_are_those_of_the_documentation() {
        let twilio = Twilio::new(settings()).unwrap();
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        let form: Vec<(String, String)> = [
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675309"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
            ("To", "+18005551212"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let signature = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
        assert!(twilio.is_signed(url, &form, signature));
        let mut shuffled = form.clone();
        shuffled.reverse();
        assert!(twilio.is_signed(url, &shuffled, signature));
        assert!(!twilio.is_signed("https://mycompany.com/myapp.php?foo=1", &form, signature));
        assert!(!twilio.is_signed(url, &form[1..], signature));
        for forged in ["", "x", "RSOYDt4T1cUTdK1PDd93/VVr8B9="] {
            assert!(!twilio.is_signed(url, &form, forged), "{forged}");
        }
    }

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status: StatusCode::from_u16(status).unwrap(), headers: HeaderMap::new(), body: body.into() }
    }

    #[test]
    fn refusals_are_told_apart_and_name_no_number() {
        let refusal =
            |code: i64| format!(r#"{{"code":{code},"message":"To number: +254700000111, is not right","status":400}}"#);
        assert!(matches!(refused(&answer(400, &refusal(63016))), TextError::NeedsTemplate(_)));
        for code in [21211, 21614, 21408, 21612, 63003] {
            assert!(matches!(refused(&answer(400, &refusal(code))), TextError::Permanent(_)), "{code}");
        }
        assert!(matches!(refused(&answer(400, &refusal(21610))), TextError::OptedOut(_)));
        for (status, code) in [(401, 20003), (429, 20429), (400, 21606)] {
            assert!(matches!(refused(&answer(status, &refusal(code))), TextError::Temporary(_)), "{code}");
        }
        assert!(matches!(refused(&answer(429, "slow down")), TextError::Temporary(_)));
        assert!(matches!(refused(&answer(503, "<html>")), TextError::Lost(_)));
        let words = refused(&answer(400, &refusal(21211))).to_string();
        assert!(words.contains("21211") && !words.contains("254700000111"), "{words}");
    }

    #[test]
    fn no_answer_to_a_question_tells_nothing() {
        assert!(matches!(unheard(HttpError::Late, true), TextError::Lost(_)));
        assert!(matches!(unheard(HttpError::Unreachable, true), TextError::Temporary(_)));
        assert!(matches!(unheard(HttpError::Unreachable, false), TextError::Lost(_)));
        assert!(matches!(unknown(TextError::Permanent("x".into())), TextError::Lost(_)));
        assert_eq!(explained("30005"), "30005 the number does not exist");
        assert_eq!(explained("<x>"), "not delivered");
    }
}
