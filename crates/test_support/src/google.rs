//! Google's calendar on this machine: the part of its documented behaviour that Calma relies on, with failures on request.

use axum::extract::{Form, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};
use url::Url;

/// What one question to it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: HashMap<String, String>,
}

/// A failure it answers instead of doing what it is asked.
#[derive(Debug, Clone)]
pub struct Failure {
    pub status: u16,
    pub reason: String,
    pub retry_after: Option<u32>,
}

#[derive(Default)]
struct World {
    events: BTreeMap<String, Stored>,
    /// Grows with every change; sync tokens are its values.
    version: u64,
    /// Sync tokens below this are too old.
    oldest_token: u64,
    access_tokens: Vec<String>,
    refresh_tokens: Vec<String>,
    /// Codes that were handed out, with the challenge they were asked with.
    codes: HashMap<String, String>,
    issued: u64,
    failures: Vec<Failure>,
    asked: Vec<Asked>,
    /// Rooms are made a while later, never, or refused.
    rooms: Rooms,
    page_size: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rooms {
    #[default]
    AtOnce,
    /// Not with the first request for a room, but with the next.
    SecondTime,
    Refused,
}

struct Stored {
    event: Value,
    version: u64,
    room_requests: Vec<String>,
}

/// The stand-in. It stops when it is dropped.
pub struct GoogleStandIn {
    pub base: Url,
    world: Arc<Mutex<World>>,
    server: tokio::task::JoinHandle<()>,
}

type Shared = Arc<Mutex<World>>;

impl Drop for GoogleStandIn {
    fn drop(&mut self) {
        self.server.abort();
    }
}

pub const SCOPE: &str = "https://www.googleapis.com/auth/calendar.events";

impl GoogleStandIn {
    pub async fn start() -> Self {
        let world = Shared::new(Mutex::new(World { page_size: 250, ..World::default() }));
        let one = get(read_event).patch(patch_event).delete(delete_event);
        let api = Router::new()
            .route("/calendar/v3/calendars/primary/events", get(list_events).post(insert_event))
            .route("/calendar/v3/calendars/primary/events/{id}", one)
            .layer(from_fn_with_state(world.clone(), authorised));
        let routes = Router::new()
            .route("/o/oauth2/v2/auth", get(permission))
            .route("/token", post(tokens))
            .route("/revoke", post(revoke))
            .merge(api)
            .layer(from_fn_with_state(world.clone(), noted))
            .with_state(world.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address")).parse().expect("an address");
        let server = tokio::spawn(async move { axum::serve(listener, routes).await.expect("serve") });
        Self { base, world, server }
    }

    pub fn settings(&self) -> integrations::calendars::google::GoogleSettings {
        integrations::calendars::google::GoogleSettings {
            client_id: "calma-id".into(),
            client_secret: "calma-secret".into(),
            accounts: self.base.clone(),
            tokens: self.base.clone(),
            api: self.base.clone(),
            pause: std::time::Duration::from_millis(5),
        }
    }

    /// A permission as somebody would have given it.
    pub fn grant(&self) -> integrations::calendars::google::Grant {
        let mut world = lock(&self.world);
        let (access_token, refresh_token) = (world.access(), world.refresh());
        integrations::calendars::google::Grant {
            refresh_token,
            access_token,
            expires_at: "2030-01-01T00:00:00Z".parse().expect("a date"),
        }
    }

    /// A code as the person would bring it back from Google.
    pub fn code(&self, challenge: &str) -> String {
        lock(&self.world).code(challenge)
    }

    /// The next questions to the API fail like this, one each, before anything is done.
    pub fn fail(&self, failures: impl IntoIterator<Item = (u16, &'static str)>) {
        let failure = |(status, reason): (u16, &str)| Failure { status, reason: reason.into(), retry_after: None };
        lock(&self.world).failures.extend(failures.into_iter().map(failure));
    }

    pub fn recover(&self) {
        lock(&self.world).failures.clear();
    }

    pub fn fail_with_pause(&self, status: u16, seconds: u32) {
        lock(&self.world).failures.push(Failure { status, reason: String::new(), retry_after: Some(seconds) });
    }

    /// Access tokens end; the permission stays.
    pub fn end_access_tokens(&self) {
        lock(&self.world).access_tokens.clear();
    }

    /// The person takes the permission back.
    pub fn take_back(&self) {
        let mut world = lock(&self.world);
        world.access_tokens.clear();
        world.refresh_tokens.clear();
    }

    pub fn end_sync_tokens(&self) {
        let mut world = lock(&self.world);
        world.oldest_token = world.version + 1;
    }

    pub fn rooms(&self, rooms: Rooms) {
        lock(&self.world).rooms = rooms;
    }

    pub fn page_size(&self, size: usize) {
        lock(&self.world).page_size = size;
    }

    /// The person writes an entry themselves.
    pub fn put(&self, id: &str, starts: &str, ends: &str) {
        self.put_json(
            id,
            json!({ "status": "confirmed", "start": { "dateTime": starts }, "end": { "dateTime": ends } }),
        );
    }

    pub fn put_json(&self, id: &str, event: Value) {
        lock(&self.world).store(id, event);
    }

    pub fn remove(&self, id: &str) {
        lock(&self.world).cancel(id);
    }

    /// An entry as it is there; removed ones have the status `cancelled`.
    pub fn event(&self, id: &str) -> Option<Value> {
        lock(&self.world).events.get(id).map(|stored| stored.event.clone())
    }

    /// Entries that are there.
    pub fn events(&self) -> Vec<Value> {
        let world = lock(&self.world);
        world
            .events
            .values()
            .map(|stored| stored.event.clone())
            .filter(|event| event["status"] != "cancelled")
            .collect()
    }

    /// What it was asked since the last time, in order.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut lock(&self.world).asked)
    }
}

fn lock(world: &Shared) -> MutexGuard<'_, World> {
    world.lock().expect("the stand-in")
}

impl World {
    fn access(&mut self) -> String {
        self.issued += 1;
        let token = format!("access-{}", self.issued);
        self.access_tokens.push(token.clone());
        token
    }

    fn refresh(&mut self) -> String {
        self.issued += 1;
        let token = format!("refresh-{}", self.issued);
        self.refresh_tokens.push(token.clone());
        token
    }

    fn code(&mut self, challenge: &str) -> String {
        self.issued += 1;
        let code = format!("code-{}", self.issued);
        self.codes.insert(code.clone(), challenge.to_owned());
        code
    }

    fn store(&mut self, id: &str, mut event: Value) -> Value {
        self.version += 1;
        event["id"] = json!(id);
        let room_requests = self.events.remove(id).map(|old| old.room_requests).unwrap_or_default();
        let mut stored = Stored { event, version: self.version, room_requests };
        self.make_room(&mut stored);
        let answer = stored.event.clone();
        self.events.insert(id.to_owned(), stored);
        answer
    }

    fn make_room(&self, stored: &mut Stored) {
        let request = stored.event["conferenceData"]["createRequest"]["requestId"].as_str().map(str::to_owned);
        let Some(request) = request else { return };
        // The same request is answered with the same room.
        if !stored.room_requests.contains(&request) {
            stored.room_requests.push(request);
        }
        let enough = if self.rooms == Rooms::SecondTime { 2 } else { 1 };
        if stored.room_requests.len() >= enough && stored.event["hangoutLink"].is_null() {
            stored.event["hangoutLink"] =
                json!(format!("https://meet.google.com/{}", stored.event["id"].as_str().unwrap_or("")));
        }
    }

    fn cancel(&mut self, id: &str) {
        self.version += 1;
        let version = self.version;
        if let Some(stored) = self.events.get_mut(id) {
            stored.event["status"] = json!("cancelled");
            stored.version = version;
        }
    }
}

fn failure(status: u16, reason: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    let body = json!({ "error": { "code": status.as_u16(), "message": reason, "errors": [{ "domain": "global", "reason": reason }] } });
    (status, Json(body)).into_response()
}

async fn noted(
    State(world): State<Shared>,
    Query(query): Query<HashMap<String, String>>,
    request: Request,
    next: Next,
) -> Response {
    let asked = Asked { method: request.method().to_string(), path: request.uri().path().to_owned(), query };
    lock(&world).asked.push(asked);
    next.run(request).await
}

async fn authorised(State(world): State<Shared>, headers: HeaderMap, request: Request, next: Next) -> Response {
    let failing = {
        let mut world = lock(&world);
        (!world.failures.is_empty()).then(|| world.failures.remove(0))
    };
    if let Some(fails) = failing {
        let mut response = failure(fails.status, &fails.reason);
        if let Some(seconds) = fails.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        return response;
    }
    let token =
        headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    let known = token.is_some_and(|token| lock(&world).access_tokens.iter().any(|t| t == token));
    if known { next.run(request).await } else { failure(401, "authError") }
}

/// Everybody agrees at once.
async fn permission(State(world): State<Shared>, Query(query): Query<HashMap<String, String>>) -> Redirect {
    let code = lock(&world).code(&query["code_challenge"]);
    let mut back: Url = query["redirect_uri"].parse().expect("an address");
    back.query_pairs_mut().append_pair("state", &query["state"]).append_pair("code", &code);
    Redirect::to(back.as_str())
}

async fn tokens(State(world): State<Shared>, Form(form): Form<HashMap<String, String>>) -> Response {
    let mut world = lock(&world);
    let invalid = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    let ours = form.get("client_id").is_some_and(|id| id == "calma-id")
        && form.get("client_secret").is_some_and(|secret| secret == "calma-secret");
    if !ours {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" }))).into_response();
    }
    match form.get("grant_type").map(String::as_str) {
        Some("authorization_code") => {
            let challenge = form.get("code").and_then(|code| world.codes.remove(code));
            let proven = challenge
                .zip(form.get("code_verifier"))
                .is_some_and(|(challenge, verifier)| is_proof(&challenge, verifier));
            if !proven {
                return invalid("invalid_grant");
            }
            let (access, refresh) = (world.access(), world.refresh());
            Json(json!({ "access_token": access, "refresh_token": refresh, "expires_in": 3599, "scope": SCOPE, "token_type": "Bearer" }))
                .into_response()
        }
        Some("refresh_token") if form.get("refresh_token").is_some_and(|t| world.refresh_tokens.contains(t)) => {
            let access = world.access();
            Json(json!({ "access_token": access, "expires_in": 3599, "scope": SCOPE, "token_type": "Bearer" }))
                .into_response()
        }
        Some("refresh_token") => invalid("invalid_grant"),
        _ => invalid("unsupported_grant_type"),
    }
}

/// RFC 7636, S256.
fn is_proof(challenge: &str, verifier: &str) -> bool {
    use base64::Engine;
    use sha2::Digest;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(verifier)) == challenge
}

async fn revoke(State(world): State<Shared>, Form(form): Form<HashMap<String, String>>) -> Response {
    let mut world = lock(&world);
    let known = form.get("token").is_some_and(|token| world.refresh_tokens.contains(token));
    world.refresh_tokens.clear();
    world.access_tokens.clear();
    if known { StatusCode::OK.into_response() } else { failure(400, "invalid_token") }
}

/// Sync tokens know the window they were given for; that it is told again is refused, as Google does.
async fn list_events(State(world): State<Shared>, Query(query): Query<HashMap<String, String>>) -> Response {
    let world = lock(&world);
    let since = match query.get("syncToken") {
        Some(_) if query.contains_key("timeMin") || query.contains_key("timeMax") => return failure(400, "invalid"),
        Some(token) => match token.strip_prefix("sync-").and_then(|n| n.parse::<u64>().ok()) {
            Some(since) if since >= world.oldest_token => Some(since),
            _ => return failure(410, "fullSyncRequired"),
        },
        None => None,
    };
    let all: Vec<Value> = world
        .events
        .values()
        .filter(|stored| since.map_or(stored.event["status"] != "cancelled", |since| stored.version > since))
        .map(|stored| stored.event.clone())
        .collect();
    let from: usize = query.get("pageToken").and_then(|page| page.parse().ok()).unwrap_or(0);
    let items: Vec<Value> = all.iter().skip(from).take(world.page_size).cloned().collect();
    let mut list =
        json!({ "summary": "ana@example.com", "timeZone": "America/Argentina/Buenos_Aires", "items": items });
    if from + items.len() < all.len() {
        list["nextPageToken"] = json!((from + items.len()).to_string());
    } else {
        list["nextSyncToken"] = json!(format!("sync-{}", world.version));
    }
    Json(list).into_response()
}

fn refuses_room(world: &World, event: &Value) -> bool {
    world.rooms == Rooms::Refused && !event["conferenceData"].is_null()
}

async fn insert_event(State(world): State<Shared>, Json(event): Json<Value>) -> Response {
    let mut world = lock(&world);
    let id = event["id"].as_str().unwrap_or("made-by-google").to_owned();
    let allowed = |c: char| c.is_ascii_digit() || ('a'..='v').contains(&c);
    if id.len() < 5 || !id.replace('-', "").chars().all(allowed) || refuses_room(&world, &event) {
        return failure(400, "invalid");
    }
    // Also when it was removed: Google keeps the id for ever.
    if world.events.contains_key(&id) {
        return failure(409, "duplicate");
    }
    Json(world.store(&id, event)).into_response()
}

async fn read_event(State(world): State<Shared>, Path(id): Path<String>) -> Response {
    match lock(&world).events.get(&id) {
        Some(stored) => Json(stored.event.clone()).into_response(),
        None => failure(404, "notFound"),
    }
}

async fn patch_event(State(world): State<Shared>, Path(id): Path<String>, Json(change): Json<Value>) -> Response {
    let mut world = lock(&world);
    if refuses_room(&world, &change) {
        return failure(400, "invalid");
    }
    let Some(mut event) = world.events.get(&id).map(|stored| stored.event.clone()) else {
        return failure(404, "notFound");
    };
    if let (Some(event), Some(change)) = (event.as_object_mut(), change.as_object()) {
        event.extend(change.clone());
    }
    Json(world.store(&id, event)).into_response()
}

async fn delete_event(State(world): State<Shared>, Path(id): Path<String>) -> Response {
    let mut world = lock(&world);
    match world.events.get(&id).map(|stored| stored.event["status"] == "cancelled") {
        None => failure(404, "notFound"),
        Some(true) => failure(410, "deleted"),
        Some(false) => {
            world.cancel(&id);
            StatusCode::NO_CONTENT.into_response()
        }
    }
}
