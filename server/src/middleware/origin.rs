//! Other sites cannot act here with a visitor's cookies. Everything that may change something must come from our own
//! pages, or from a program that brings no cookies at all.

use super::errors::attach;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use contracts::{ApiError, ErrorCode};

pub async fn origin(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || is_ours(request.headers(), &state.config.base_url) {
        next.run(request).await
    } else {
        attach(ApiError::new(ErrorCode::Forbidden))
    }
}

fn is_ours(headers: &HeaderMap, base_url: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    // Browsers of our time say it themselves, and no page can forge it.
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match text("origin") {
        Some(origin) if origin == base_url => true,
        // Reached under another of its names: then page and request agree on it.
        Some(origin) => {
            let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            host.is_some() && host == text(header::HOST.as_str())
        }
        None => !headers.contains_key(header::COOKIE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn ours(headers: &[(&'static str, &'static str)]) -> bool {
        let map = headers.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect();
        is_ours(&map, "https://calma.example")
    }

    #[test]
    fn our_pages_and_programs_pass() {
        assert!(ours(&[("origin", "https://calma.example"), ("cookie", "a=b")]));
        assert!(ours(&[("sec-fetch-site", "same-origin"), ("origin", "null"), ("cookie", "a=b")]));
        assert!(ours(&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")]));
        assert!(ours(&[("authorization", "Bearer x")]));
    }

    #[test]
    fn other_sites_and_unknown_senders_with_cookies_do_not() {
        assert!(!ours(&[("origin", "https://evil.example"), ("host", "calma.example")]));
        assert!(!ours(&[("sec-fetch-site", "cross-site")]));
        assert!(!ours(&[("sec-fetch-site", "same-site"), ("origin", "https://calma.example")]));
        assert!(!ours(&[("origin", "null")]));
        assert!(!ours(&[("cookie", "calma_access=x")]));
    }
}
