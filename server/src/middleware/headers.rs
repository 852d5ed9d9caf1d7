//! Security headers of every answer, and the nonce without which no inline script or style of a page runs.

use crate::state::AppState;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use services::ctx::Entropy;
use std::sync::Arc;

/// This answer's nonce. Pages put it on their scripts and styles, this middleware into the policy.
#[derive(Debug, Clone)]
pub struct PageNonce(pub Arc<str>);

impl PageNonce {
    fn new(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 16];
        entropy.fill(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes).into())
    }
}

const FIXED: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    // Links to bookings hold their key, so no other site is told them. Our own forms need the address they were posted
    // from (without JavaScript they return there), so it is `same-origin` and not `no-referrer`.
    ("referrer-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

pub async fn headers(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let nonce = PageNonce::new(&*state.deps.entropy);
    request.extensions_mut().insert(nonce.clone());
    let hidden = is_hidden(request.uri().path());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let reload_port = (state.leptos.env == leptos::config::Env::DEV).then_some(state.leptos.reload_port);
    if let Ok(policy) = HeaderValue::from_str(&content_policy(&nonce.0, state.config.https(), reload_port)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if state.config.https() {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    if hidden {
        headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    }
    // Pages and answers are made for one person; only files and public pictures say otherwise.
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    if state.config.secure_cookies() {
        make_cookies_secure(headers);
    }
    response
}

/// Everything comes from here; scripts are our files or carry the nonce. `strict-dynamic` would make browsers ignore
/// `'self'`, and with it the `modulepreload` links to our own files, which cannot carry a nonce.
fn content_policy(nonce: &str, https: bool, reload_port: Option<u32>) -> String {
    let reload = reload_port.map(|port| format!(" ws://127.0.0.1:{port} ws://localhost:{port}")).unwrap_or_default();
    let upgrade = if https { "; upgrade-insecure-requests" } else { "" };
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data: blob:; font-src 'self'; connect-src 'self'{reload}; object-src 'none'; base-uri 'none'; \
         frame-ancestors 'none'; form-action 'self'{upgrade}"
    )
}

/// Pages for one person: search engines are told to stay away.
fn is_hidden(path: &str) -> bool {
    ["/b", "/my", "/app", "/api", "/calendar", "/test"]
        .iter()
        .any(|p| path.strip_prefix(p).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

fn make_cookies_secure(headers: &mut HeaderMap) {
    if let header::Entry::Occupied(mut cookies) = headers.entry(header::SET_COOKIE) {
        for cookie in cookies.iter_mut() {
            let text = cookie.to_str().unwrap_or_default();
            if !text.contains("; Secure")
                && let Ok(secure) = HeaderValue::from_str(&format!("{text}; Secure"))
            {
                *cookie = secure;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_allows_nothing_inline_without_the_nonce() {
        let policy = content_policy("abc", true, None);
        assert!(policy.contains("script-src 'self' 'nonce-abc' 'wasm-unsafe-eval';"), "{policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval' ") && !policy.contains("ws:"));
    }

    #[test]
    fn personal_pages_are_hidden_and_public_ones_are_not() {
        for path in ["/b/x", "/my", "/my/bookings", "/app/week"] {
            assert!(is_hidden(path), "{path}");
        }
        for path in ["/", "/bernard", "/dr-sarah", "/myriam"] {
            assert!(!is_hidden(path), "{path}");
        }
    }

    #[test]
    fn all_cookies_become_secure_once() {
        let mut headers = HeaderMap::new();
        headers.append(header::SET_COOKIE, HeaderValue::from_static("a=1; Path=/"));
        headers.append(header::SET_COOKIE, HeaderValue::from_static("b=2; Secure"));
        make_cookies_secure(&mut headers);
        let all: Vec<_> = headers.get_all(header::SET_COOKIE).iter().map(|v| v.to_str().unwrap()).collect();
        assert_eq!(all, ["a=1; Path=/; Secure", "b=2; Secure"]);
    }
}
