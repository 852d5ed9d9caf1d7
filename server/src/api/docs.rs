//! The API's document, and a page to read it: made on the server, without scripts, so it works offline and under the
//! content policy.

use crate::middleware::headers::PageNonce;
use axum::Extension;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

static DOCUMENT: LazyLock<String> = LazyLock::new(|| super::document().to_pretty_json().unwrap_or_default());

pub async fn json() -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], DOCUMENT.as_str()).into_response()
}

pub async fn page(Extension(nonce): Extension<PageNonce>) -> Html<String> {
    let document: Value = serde_json::from_str(&DOCUMENT).unwrap_or_default();
    Html(render(&document, &nonce.0))
}

const STYLE: &str = ":root{color-scheme:light dark;background:Canvas;color:CanvasText}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
details{border:1px solid #8884;border-radius:.5rem;margin:.5rem 0;padding:.5rem .75rem}summary{cursor:pointer}\
code,pre{font-family:ui-monospace,monospace;font-size:.875rem}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#8881;padding:.75rem;border-radius:.5rem}\
code,td{overflow-wrap:anywhere}\
.m{display:inline-block;min-width:4.5rem;font-weight:700}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25rem .75rem .25rem 0;vertical-align:top}";

fn render(document: &Value, nonce: &str) -> String {
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let paths = document["paths"].as_object().into_iter().flatten();
    for (path, item) in paths {
        for method in ["get", "post", "put", "delete", "patch"] {
            if let Some(operation) = item.get(method) {
                let tag = operation["tags"][0].as_str().unwrap_or("other");
                groups.entry(tag).or_default().push(operation_html(path, method, operation));
            }
        }
    }
    let mut body = String::new();
    for (tag, operations) in &groups {
        let _ = write!(body, "<h2 id=\"{0}\">{0}</h2>{1}", escape(tag), operations.concat());
    }
    let index: String = groups.keys().map(|tag| format!("<a href=\"#{0}\">{0}</a> ", escape(tag))).collect();
    let about = escape(document["info"]["description"].as_str().unwrap_or_default());
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><title>Calma API</title>\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\"><style nonce=\"{nonce}\">{STYLE}</style></head>\
         <body><main><h1>Calma API</h1><p>{about}</p><p><a href=\"/api/openapi.json\">openapi.json</a></p>\
         <nav aria-label=\"Areas\">{index}</nav>{body}</main></body></html>"
    )
}

fn operation_html(path: &str, method: &str, operation: &Value) -> String {
    let text = |value: &Value| escape(value.as_str().unwrap_or_default());
    let mut inside = String::new();
    let description = text(&operation["description"]);
    if !description.is_empty() {
        let _ = write!(inside, "<p>{description}</p>");
    }
    let parameters: String = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|p| {
            let required = if p["required"] == true { "required" } else { "" };
            format!(
                "<tr><td><code>{}</code></td><td>{}</td><td>{required}</td><td>{}</td></tr>",
                text(&p["name"]),
                text(&p["in"]),
                text(&p["description"])
            )
        })
        .collect();
    if !parameters.is_empty() {
        let _ = write!(
            inside,
            "<table><thead><tr><th>Name</th><th>In</th><th></th><th></th></tr></thead><tbody>{parameters}</tbody></table>"
        );
    }
    for (kind, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
        let _ = write!(inside, "<h4>Body: {}</h4>{}", escape(kind), body_html(content));
    }
    for (status, response) in
        operation["responses"].as_object().into_iter().flatten().filter(|(status, _)| *status != "default")
    {
        let _ = write!(inside, "<h4>Answer {}: {}</h4>", escape(status), text(&response["description"]));
        for content in response["content"].as_object().into_iter().flatten().map(|(_, content)| content) {
            inside.push_str(&body_html(content));
        }
    }
    let (method, path, summary) = (method.to_uppercase(), escape(path), text(&operation["summary"]));
    format!(
        "<details><summary><span class=\"m\">{method}</span><code>{path}</code> {summary}</summary>{inside}</details>"
    )
}

/// The example of a body; each has one.
fn body_html(content: &Value) -> String {
    let pretty = serde_json::to_string_pretty(&content["example"]).unwrap_or_default();
    format!("<pre>{}</pre>", escape(&pretty))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_lists_everything_and_runs_nothing() {
        let document: Value = serde_json::from_str(&DOCUMENT).unwrap();
        let html = render(&document, "n0nce");
        assert!(html.contains("/api/v1/public/therapists/{slug}") && html.contains("Amina Otieno"));
        assert!(!html.contains("<script") && !html.contains("http://") && !html.contains("style=\""));
    }
}
