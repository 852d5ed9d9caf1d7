//! An example for every body of the document: what [`super::examples`] tells by hand, and the rest put together from the
//! schemas by the names of their fields, so that no new one is without.

use super::operations_mut;
use serde_json::{Map, Value, json};
use utoipa::openapi::{Content, OpenApi, RefOr};

/// Schemas lie in schemas; none of ours goes deeper.
const DEPTH_MAX: u8 = 12;

/// Puts an example beside every body that is sent, and every one that is answered when all went well.
pub fn add(document: &mut OpenApi) {
    let known = serde_json::to_value(&*document).unwrap_or_default();
    for item in document.paths.paths.values_mut() {
        for operation in operations_mut(item) {
            let sent = operation.request_body.iter_mut().flat_map(|body| &mut body.content);
            sent.for_each(|(kind, content)| show(&known, kind, content));
            let well = operation.responses.responses.iter_mut().filter(|(status, _)| status.starts_with('2'));
            for (_, response) in well {
                if let RefOr::T(response) = response {
                    response.content.iter_mut().for_each(|(kind, content)| show(&known, kind, content));
                }
            }
        }
    }
}

fn show(document: &Value, kind: &str, content: &mut Content) {
    let schema = serde_json::to_value(&content.schema).unwrap_or_default();
    content.example = Some(match kind {
        "application/json" | "multipart/form-data" => example(document, "", &schema, 0),
        "text/csv" => json!("Name,Phone\r\nAmina Otieno,'+254700000001\r\n"),
        "text/calendar" => json!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n…\r\nEND:VCALENDAR\r\n"),
        _ => json!("(bytes)"),
    });
}

/// A value that this schema describes, under this name.
fn example(document: &Value, field: &str, schema: &Value, depth: u8) -> Value {
    if depth > DEPTH_MAX {
        return Value::Null;
    }
    let of = |part: &Value| example(document, field, part, depth + 1);
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/components/schemas/")) {
        return of(&document["components"]["schemas"][name]);
    }
    let first = schema["examples"].get(0).or_else(|| schema["enum"].get(0));
    if let Some(told) = first {
        return told.clone();
    }
    if let Some(all) = schema["allOf"].as_array() {
        return together(all.iter().map(of));
    }
    let choices = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array());
    if let Some(choice) = choices.and_then(|all| all.iter().find(|one| one["type"] != "null")) {
        return of(choice);
    }
    if let Some(properties) = schema["properties"].as_object() {
        let inside = |(name, part): (&String, &Value)| (name.clone(), example(document, name, part, depth + 1));
        return properties.iter().map(inside).collect();
    }
    if let Some(parts) = schema["prefixItems"].as_array() {
        return parts.iter().map(of).collect();
    }
    if schema["items"].is_object() {
        return json!([of(&schema["items"])]);
    }
    plain(field, schema)
}

/// The parts of one object as one object; of anything else, the first.
fn together(parts: impl Iterator<Item = Value>) -> Value {
    let mut whole = Map::new();
    for part in parts {
        match part {
            Value::Object(fields) => whole.extend(fields),
            other => return other,
        }
    }
    Value::Object(whole)
}

/// Fields that are empty on an ordinary day.
const EMPTY: &[&str] =
    &["broken_at", "call", "closing_reason", "instead_of", "last_error", "next", "reject_reason", "photo_url"];
/// Switches that are off on an ordinary day.
const OFF: &[&str] = &[
    "cancelled_by_patient",
    "cash",
    "discreet",
    "duplicate",
    "has_account",
    "late",
    "own_duration",
    "own_price",
    "settled",
    "warning",
];

fn plain(field: &str, schema: &Value) -> Value {
    let is =
        |kind: &str| schema["type"] == kind || schema["type"].as_array().is_some_and(|all| all.contains(&json!(kind)));
    match schema["format"].as_str() {
        _ if is("null") && EMPTY.contains(&field) => Value::Null,
        Some("uuid") => json!("0199f0c4-1f3a-7c55-9a3e-6d1f5e0c7a03"),
        Some("date") => json!("2026-11-24"),
        // Without a zone: as a clock on the wall shows it.
        Some("date-time") if matches!(field, "local" | "earliest") => json!("2026-11-24T10:00:00"),
        Some("date-time") => json!("2026-11-24T07:00:00Z"),
        Some("binary") => json!("(bytes)"),
        _ if is("boolean") => json!(!OFF.contains(&field)),
        _ if is("integer") => json!(number(field)),
        _ if is("string") => json!(text(field)),
        _ => json!({}),
    }
}

fn number(field: &str) -> i64 {
    match field {
        "minor" => 200_000,
        "quiet_from" => 1_260,
        "quiet_until" => 480,
        "announce_after" => 60,
        "payment_reminder_hours" => 24,
        "duration_min" => 60,
        "starts_min" => 540,
        "ends_min" | "opening_ends_min" => 1_020,
        "after_min" | "buffer_after_min" | "hold_min" => 10,
        "before_min" | "buffer_before_min" | "failed_messages" | "late_proofs" => 0,
        "approval_window_min" | "payment_window_min" => 1_440,
        "notice_min" => 120,
        "horizon_days" => 60,
        "cancel_until_hours" => 24,
        "step_min" | "slot_step_min" => 30,
        "interval_days" => 10,
        "payment_notice_days" => 3,
        "unpaid_sessions" => 0,
        "slots_now" => 40,
        "slots_then" => 36,
        _ => 1,
    }
}

fn text(field: &str) -> &'static str {
    match field {
        "access" | "token" | "refresh" => "fPq3nV0yTz6yq8b1c9",
        "action" => "booking.approved",
        "actor_name" | "therapist_name" => "Dr Sarah Kimani",
        "actor_kind" => "member",
        "bio" | "description" => "One hour, one to one.",
        "body" => "Hello Amina, your session is confirmed.",
        "cancel_text" | "bank_account" | "note" => "",
        "credentials" => "Licence 123",
        "currency" => "KES",
        "email" | "recipient" | "to" => "amina@example.com",
        "hint" => "a…@example.com",
        "variables" => "when",
        "ends" => "17:00",
        "field" => "email",
        "languages" => "en,es",
        "mpesa" => "0700 000 001",
        "password" => "Calm-Waters-2026",
        "phone" => "+254700000001",
        "practice_name" => "Calm Waters",
        "price" => "2000",
        "reason" => "Fully booked on this date",
        "reference" => "QWE123RTY",
        "service_name" => "Individual therapy",
        "slug" => "dr-sarah",
        "starts" => "09:00",
        "subject" => "Your session is confirmed",
        "template" => "confirmed",
        "time_zone" | "visitor_time_zone" => "Africa/Nairobi",
        "title" => "Psychologist",
        "video_base" | "video_link" => "https://meet.example/",
        _ => "Amina Otieno",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_body_shows_an_example_of_itself() {
        let document = serde_json::to_value(crate::api::document()).unwrap();
        let mut bodies = 0;
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let well = operation["responses"].as_object().into_iter().flatten();
                let well = well.filter(|(status, _)| status.starts_with('2')).map(|(_, answer)| answer);
                for body in well.chain(operation.get("requestBody")) {
                    for (kind, content) in body["content"].as_object().into_iter().flatten() {
                        bodies += 1;
                        let example = &content["example"];
                        let told = !example.is_null() && *example != json!({}) && *example != json!([null]);
                        assert!(told, "{method} {path} shows no example of its {kind}");
                    }
                }
            }
        }
        assert!(bodies > 100, "only {bodies} bodies were found");
    }

    #[test]
    fn what_is_sent_as_in_the_example_can_be_read() {
        let document = serde_json::to_value(crate::api::document()).unwrap();
        let sent = |path: &str| {
            document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"].clone()
        };
        serde_json::from_value::<contracts::accounts::RegisterPractice>(sent("/api/v1/auth/register")).unwrap();
        serde_json::from_value::<contracts::booking::HoldSlot>(sent("/api/v1/public/holds")).unwrap();
        serde_json::from_value::<contracts::availability::AddException>(sent("/api/v1/availability/exceptions"))
            .unwrap();
        serde_json::from_value::<contracts::availability::AddRule>(sent("/api/v1/availability/rules")).unwrap();
    }
}
