//! What all reads of the API have in common: `fields=` and `ETag`.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Answers of reads are lists of at most 100, so this is far above what they have.
const ANSWER_MAX: usize = 8 * 1024 * 1024;

pub async fn reads(request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    let wanted = request.uri().query().and_then(fields);
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, ANSWER_MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let bytes = match wanted.filter(|_| is_json(&parts.headers)) {
        Some(wanted) => narrow(&bytes, &wanted),
        None => bytes.to_vec(),
    };
    let hash = Sha256::digest(&bytes);
    let tag: String = hash.iter().take(16).map(|b| format!("{b:02x}")).collect();
    parts.headers.remove(header::CONTENT_LENGTH);
    // Weak: the same answer may leave compressed or not.
    if let Ok(value) = HeaderValue::from_str(&format!("W/\"{tag}\"")) {
        parts.headers.insert(header::ETAG, value);
    }
    parts.headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    if known.is_some_and(|known| matches(&known, &tag)) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
}

fn matches(known: &HeaderValue, tag: &str) -> bool {
    let bare = |text: &str| text.trim().trim_start_matches("W/").trim_matches('"') == tag;
    known.to_str().is_ok_and(|known| known.trim() == "*" || known.split(',').any(bare))
}

fn fields(query: &str) -> Option<Vec<String>> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).ok()?;
    let (_, names) = pairs.into_iter().find(|(name, _)| name == "fields")?;
    Some(names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect())
}

/// Keeps only these fields of an object, or of each item of a list.
fn narrow(json: &[u8], wanted: &[String]) -> Vec<u8> {
    let Ok(mut value) = serde_json::from_slice::<Value>(json) else { return json.to_vec() };
    let keep = |item: &mut Value| {
        if let Value::Object(object) = item {
            object.retain(|name, _| wanted.contains(name));
        }
    };
    match &mut value {
        Value::Array(items) => items.iter_mut().for_each(keep),
        Value::Object(object) => match object.get_mut("items") {
            Some(Value::Array(items)) => items.iter_mut().for_each(keep),
            _ => keep(&mut value),
        },
        _ => (),
    }
    serde_json::to_vec(&value).unwrap_or_else(|_| json.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_narrow_objects_and_lists() {
        let wanted = fields("limit=5&fields=id,%20status").unwrap();
        assert_eq!(wanted, ["id", "status"]);
        let narrowed = |json: &str| String::from_utf8(narrow(json.as_bytes(), &wanted)).unwrap();
        assert_eq!(narrowed(r#"{"id":1,"x":2}"#), r#"{"id":1}"#);
        assert_eq!(narrowed(r#"[{"id":1,"x":2}]"#), r#"[{"id":1}]"#);
        assert_eq!(
            narrowed(r#"{"items":[{"status":"held","x":2}],"next":"c"}"#),
            r#"{"items":[{"status":"held"}],"next":"c"}"#
        );
    }

    #[test]
    fn tags_match_weak_or_strong_and_in_lists() {
        let known = |text: &'static str| matches(&HeaderValue::from_static(text), "abc");
        assert!(known("\"abc\"") && known("W/\"abc\"") && known("\"x\", W/\"abc\"") && known("*"));
        assert!(!known("\"abcd\""));
    }
}
