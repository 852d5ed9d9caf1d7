//! A form that fails without JavaScript comes back with what was typed. It travels in an encrypted cookie for the one
//! page that follows, never in an address.

use super::session::cookie_header;
use crate::state::AppState;
use app::context::{Typed, TypedSlot};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use services::cookies;
use services::ctx::Entropy;
use std::collections::HashMap;

const COOKIE: &str = "calma_typed";
/// A browser keeps 4096 bytes per cookie; the longest fields are left out beyond this.
const FIELDS_BYTES_MAX: usize = 2800;
/// Bytes of a form that is looked at.
const FORM_MAX: usize = 64 * 1024;

pub async fn forms(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if request.method() == Method::POST && wants_html(headers) && request.uri().path().starts_with("/api/fn/") {
        if is_of(headers, b"application/x-www-form-urlencoded") {
            return keep_if_it_fails(&state, request, next).await;
        }
        if is_of(headers, b"multipart/form-data") {
            return keep_what_is_left(&state, request, next).await;
        }
    }
    if request.method() == Method::GET && wants_html(request.headers()) {
        return give_back(&state, request, next).await;
    }
    next.run(request).await
}

async fn keep_if_it_fails(state: &AppState, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, FORM_MAX).await else {
        return super::errors::attach(contracts::ApiError::new(contracts::ErrorCode::TooLarge));
    };
    let mut response = next.run(Request::from_parts(parts, Body::from(bytes.clone()))).await;
    if failed(&response) {
        let pairs = serde_urlencoded::from_bytes(&bytes).unwrap_or_default();
        remember(state, &mut response, pairs);
    }
    response
}

/// A form with a file is read once, by its server function, which leaves the typed fields here.
async fn keep_what_is_left(state: &AppState, mut request: Request, next: Next) -> Response {
    let slot = TypedSlot::default();
    request.extensions_mut().insert(slot.clone());
    let mut response = next.run(request).await;
    let pairs = slot.0.lock().map(|mut fields| std::mem::take(&mut *fields)).unwrap_or_default();
    if failed(&response) && !pairs.is_empty() {
        remember(state, &mut response, pairs);
    }
    response
}

/// Does the answer lead back to the form with an error?
fn failed(response: &Response) -> bool {
    let goes_back = response.headers().get(header::LOCATION).and_then(|v| v.to_str().ok());
    goes_back.is_some_and(|location| location.contains("__err="))
}

fn remember(state: &AppState, response: &mut Response, pairs: Vec<(String, String)>) {
    if let Some(sealed) = seal(&state.deps.secrets.forms, &*state.deps.entropy, &fields(pairs))
        && let Ok(cookie) =
            HeaderValue::from_str(&format!("{COOKIE}={sealed}; Max-Age=120; Path=/; HttpOnly; SameSite=Lax"))
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

async fn give_back(state: &AppState, mut request: Request, next: Next) -> Response {
    let jar = cookie_header(request.headers());
    let Some(sealed) = cookies::get(&jar, COOKIE) else { return next.run(request).await };
    let typed = open(&state.deps.secrets.forms, sealed).unwrap_or_default();
    request.extensions_mut().insert(Typed(typed));
    let mut response = next.run(request).await;
    if let Ok(cookie) = HeaderValue::from_str(&cookies::clear(COOKIE)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn is_of(headers: &HeaderMap, kind: &[u8]) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(kind))
}

fn wants_html(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("text/html"))
}

/// The fields of a form without passwords and tokens, shortest first, as many as fit. `cmd[name]` is `name`.
fn fields(pairs: Vec<(String, String)>) -> HashMap<String, String> {
    let mut pairs: Vec<(String, String)> = pairs
        .into_iter()
        .map(|(name, value)| (short_name(&name), value))
        .filter(|(name, _)| !name.contains("password") && !name.contains("token"))
        .collect();
    pairs.sort_by_key(|(_, value)| value.len());
    let mut room = FIELDS_BYTES_MAX;
    pairs
        .into_iter()
        .take_while(|(name, value)| {
            let needed = name.len() + value.len() + 8;
            let fits = needed <= room;
            room = room.saturating_sub(needed);
            fits
        })
        .collect()
}

fn short_name(name: &str) -> String {
    name.rsplit_once('[').map_or(name, |(_, last)| last.trim_end_matches(']')).to_owned()
}

fn seal(key: &[u8; 32], entropy: &dyn Entropy, fields: &HashMap<String, String>) -> Option<String> {
    let mut nonce = [0; 24];
    entropy.fill(&mut nonce);
    let text = serde_json::to_vec(fields).ok()?;
    let secret = XChaCha20Poly1305::new(key.into()).encrypt(&XNonce::from(nonce), &*text).ok()?;
    Some(URL_SAFE_NO_PAD.encode([&nonce[..], &secret].concat()))
}

fn open(key: &[u8; 32], sealed: &str) -> Option<HashMap<String, String>> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let (nonce, secret) = bytes.split_first_chunk::<24>()?;
    let text = XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(*nonce), secret).ok()?;
    serde_json::from_slice(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemEntropy;

    fn pairs(form: &[u8]) -> Vec<(String, String)> {
        serde_urlencoded::from_bytes(form).unwrap()
    }

    #[test]
    fn what_was_typed_comes_back_and_nobody_else_reads_it() {
        let typed = fields(pairs(b"cmd%5Bname%5D=Ana+P%C3%A9rez&password=Secret&email=a%40b.c"));
        assert_eq!(typed.get("name").map(String::as_str), Some("Ana Pérez"));
        assert!(!typed.contains_key("password"));
        let sealed = seal(&[7; 32], &SystemEntropy, &typed).unwrap();
        assert_eq!(open(&[7; 32], &sealed), Some(typed));
        assert_eq!(open(&[8; 32], &sealed), None);
        assert_eq!(open(&[7; 32], "AAAA"), None);
    }

    #[test]
    fn long_texts_are_left_out_before_short_ones() {
        let form = format!("bio={}&name=Ana", "x".repeat(4000));
        let typed = fields(pairs(form.as_bytes()));
        assert_eq!(typed.len(), 1);
        assert!(seal(&[1; 32], &SystemEntropy, &typed).unwrap().len() < 4000);
    }
}
