//! Twilio on this machine: the part of its documented behaviour that Calma relies on, with failures on request.

use crate::clock::TestClock;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use integrations::texts::TwilioSettings;
use serde_json::{Value, json};
use services::ctx::Clock;
use sha1::Sha1;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

pub const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const TOKEN: &str = "a token that only tests know";
pub const NUMBER: &str = "+15005550006";
pub const WHATSAPP: &str = "+14155238886";

/// A text it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub sid: String,
    pub to: String,
    pub from: String,
    /// What the recipient reads.
    pub body: String,
    /// The approved template it was sent by, and what was put into it, as JSON.
    pub content: Option<(String, String)>,
    pub callback: Option<String>,
    at: DateTime<Utc>,
}

/// What it does instead of taking a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead {
    /// A status, and a code of its documentation.
    Refuse(u16, i64),
    /// Takes approved templates and no words: nobody has written from there within a day.
    RefuseWords,
    /// Takes the text and breaks the connection, as when either side dies at that moment.
    TakeAndBreak,
}

#[derive(Default)]
struct World {
    taken: Vec<Taken>,
    /// By number, as texts address it; each holds until it is taken back.
    instead: HashMap<String, Instead>,
    /// Questions that were not in order, and why.
    complaints: Vec<String>,
}

/// The stand-in; it ends with the test.
pub struct Twilio {
    url: String,
    world: Arc<Mutex<World>>,
    server: tokio::task::JoinHandle<()>,
}

type Shared = (Arc<Mutex<World>>, Arc<TestClock>);

impl Twilio {
    pub async fn start(clock: Arc<TestClock>) -> Self {
        let world = Arc::new(Mutex::new(World::default()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let routes = Router::new()
            .route("/2010-04-01/Accounts/{account}/Messages.json", post(take).get(list))
            .with_state((world.clone(), clock));
        let server = tokio::spawn(async move { axum::serve(listener, routes).await.expect("the stand-in") });
        Self { url, world, server }
    }

    pub fn settings(&self) -> TwilioSettings {
        TwilioSettings {
            account_sid: ACCOUNT.into(),
            auth_token: TOKEN.into(),
            sms_from: NUMBER.into(),
            whatsapp_from: WHATSAPP.into(),
            url: self.url.clone(),
        }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("the stand-in")
    }

    /// What it took, in order; fails the test when it was asked wrongly.
    pub fn taken(&self) -> Vec<Taken> {
        let world = self.world();
        assert!(world.complaints.is_empty(), "{:?}", world.complaints);
        world.taken.clone()
    }

    /// From now on it does this with texts to this number; `None`: takes them.
    pub fn instead(&self, to: &str, instead: Option<Instead>) {
        match instead {
            Some(instead) => self.world().instead.insert(to.to_owned(), instead),
            None => self.world().instead.remove(to),
        };
    }
}

impl Drop for Twilio {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The signature under a form that is sent to this address.
pub fn signature(url: &str, form: &[(&str, &str)]) -> String {
    let mut mac = <Hmac<Sha1> as Mac>::new_from_slice(TOKEN.as_bytes()).expect("any length");
    mac.update(url.as_bytes());
    let mut fields = form.to_vec();
    fields.sort_unstable();
    for (name, value) in fields {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

fn authorized(headers: &HeaderMap, account: &str) -> bool {
    let expected = format!("Basic {}", STANDARD.encode(format!("{ACCOUNT}:{TOKEN}")));
    account == ACCOUNT
        && headers.get(header::AUTHORIZATION).is_some_and(|given| given.as_bytes() == expected.as_bytes())
}

fn refusal(status: u16, code: i64, message: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, Json(json!({ "code": code, "message": message, "status": status.as_u16() }))).into_response()
}

async fn take(
    State((world, clock)): State<Shared>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let mut world = world.lock().expect("the stand-in");
    if !authorized(&headers, &account) {
        return refusal(401, 20003, "Authenticate");
    }
    let field = |name: &str| form.get(name).cloned().unwrap_or_default();
    let (to, from, body) = (field("To"), field("From"), field("Body"));
    let expected = if to.starts_with("whatsapp:") { format!("whatsapp:{WHATSAPP}") } else { NUMBER.to_owned() };
    let content = (!field("ContentSid").is_empty()).then(|| (field("ContentSid"), field("ContentVariables")));
    // Words, or a template with text in every placeholder, and never both.
    let right = match &content {
        None => !body.is_empty() && body.chars().count() <= 1600,
        Some((_, variables)) => {
            let filled: Option<HashMap<String, String>> = serde_json::from_str(variables).ok();
            let is_line =
                |value: &String| !value.is_empty() && !value.contains(['\n', '\t']) && !value.contains("    ");
            body.is_empty() && to.starts_with("whatsapp:") && filled.is_some_and(|all| all.values().all(is_line))
        }
    };
    if from != expected || !right {
        world.complaints.push(format!("{form:?}"));
        return refusal(400, 21606, "The 'From' or 'Body' is not right");
    }
    let instead = world.instead.get(&to).copied();
    match instead {
        Some(Instead::Refuse(status, code)) => {
            return refusal(status, code, &format!("The number {to} is refused"));
        }
        Some(Instead::RefuseWords) if content.is_none() => {
            return refusal(400, 63016, "Failed to send freeform message outside the allowed window");
        }
        _ => {}
    }
    let body = content.as_ref().map_or(body, |(_, variables)| format!("Approved words with {variables}"));
    let sid = format!("SM{:032}", world.taken.len());
    let taken = Taken {
        sid: sid.clone(),
        to,
        from,
        body,
        content,
        callback: form.get("StatusCallback").cloned(),
        at: clock.now(),
    };
    let answer = shown(&taken);
    world.taken.push(taken);
    match instead {
        // Not HTTP: what the other side sees when the connection ends in the middle.
        Some(Instead::TakeAndBreak) => broken(),
        _ => (StatusCode::CREATED, Json(answer)).into_response(),
    }
}

/// An answer whose body ends before it is whole.
fn broken() -> Response {
    let mut response = "{".into_response();
    response.headers_mut().insert(header::CONTENT_LENGTH, header::HeaderValue::from_static("4096"));
    response
}

async fn list(
    State((world, _)): State<Shared>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let world = world.lock().expect("the stand-in");
    if !authorized(&headers, &account) {
        return refusal(401, 20003, "Authenticate");
    }
    let since = query.get("DateSent>").cloned().unwrap_or_default();
    let asked = |taken: &&Taken| {
        query.get("To").is_none_or(|to| *to == taken.to) && taken.at.format("%Y-%m-%d").to_string() >= since
    };
    let messages: Vec<Value> = world.taken.iter().rev().filter(asked).map(shown).collect();
    Json(json!({ "messages": messages, "page_size": 50 })).into_response()
}

fn shown(taken: &Taken) -> Value {
    json!({ "sid": taken.sid, "to": taken.to, "from": taken.from, "body": taken.body, "status": "queued",
        "date_created": taken.at.to_rfc2822(), "direction": "outbound-api" })
}
