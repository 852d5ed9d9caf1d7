//! Every route of the API, who may use it, and what is sent to it.

use super::Who::{May, Member, Public};
use super::{Endpoint, endpoint};
use crate::records::Records;
use domain::permissions::{Action, Resource};
use serde_json::json;
use test_support::builders::Practice;

pub fn endpoints(practice: &Practice) -> Vec<Endpoint> {
    let therapist = practice.therapist;
    let reason = || Some(json!({ "reason": "because" }));
    let words = || Some(json!({ "subject": "Soon", "body": "See you {{ when }}" }));
    let buffers = || Some(json!({ "therapist_id": therapist, "before_min": 0, "after_min": 10 }));
    let service =
        || Some(json!({ "service": { "name": "Couples", "duration_min": 50, "price": "10" }, "therapists": [] }));
    let moved = || Some(json!({ "starts": "2026-03-17T11:00:00" }));
    let ask = || Some(json!({ "session_id": practice.id, "starts_at": "2026-03-18T06:00:00Z", "reason": "A course" }));
    let decide = || Some(json!({ "note": "as agreed" }));
    let cash = || Some(json!({ "method": "cash" }));
    let patient = || Some(json!({ "name": "Ana Moss", "phone": "+254700000199" }));
    let note = || Some(json!({ "body": "Comes by bus" }));
    let policy = || Some(serde_json::to_value(contracts::practice::BookingPolicy::default()).unwrap_or_default());
    let series = || {
        json!({ "patient_id": practice.owner.user_id, "therapist_id": therapist, "service_id": practice.service,
                "starts_on": "2026-03-16", "frequency": "weekly", "starts": "09:00" })
    };
    let create_series = || Some(series());
    let preview_series = || {
        let mut asked = series();
        asked["what"] = json!("create");
        Some(asked)
    };
    let change_series =
        || Some(json!({ "version": 1, "service_id": practice.service, "frequency": "weekly", "starts": "09:00" }));
    vec![
        endpoint("GET", "/api/v1/public/therapists/{slug}", Public, None),
        endpoint("GET", "/api/v1/public/availability", Public, None),
        endpoint("POST", "/api/v1/public/holds", Public, Some(json!({}))),
        endpoint("POST", "/api/v1/public/bookings", Public, Some(json!({}))),
        endpoint("GET", "/api/v1/public/bookings/{token}", Public, None),
        endpoint("DELETE", "/api/v1/public/bookings/{token}", Public, None),
        endpoint("PUT", "/api/v1/public/bookings/{token}/details", Public, Some(json!({}))),
        endpoint("POST", "/api/v1/public/bookings/{token}/send", Public, None),
        endpoint("POST", "/api/v1/public/bookings/{token}/hold-again", Public, None),
        endpoint("POST", "/api/v1/public/bookings/{token}/cancel", Public, reason()),
        endpoint(
            "POST",
            "/api/v1/public/bookings/{token}/reschedule",
            Public,
            Some(json!({ "starts_at": "2026-03-18T06:00:00Z" })),
        ),
        endpoint("POST", "/api/v1/public/bookings/{token}/payment-proof", Public, None),
        endpoint("GET", "/api/v1/public/bookings/{token}/calendar.ics", Public, None),
        endpoint("POST", "/api/v1/my/sign-in-link", Public, Some(json!({ "email": "x@example.com" }))),
        endpoint("POST", "/api/v1/my/sign-in", Public, Some(json!({ "token": "x" }))),
        endpoint("POST", "/api/v1/my/sign-out", Public, None),
        endpoint("GET", "/api/v1/my/bookings", Public, None),
        endpoint("GET", "/api/v1/my/calendar-feeds", Public, None),
        endpoint("POST", "/api/v1/my/calendar-feeds", Public, None),
        endpoint("POST", "/api/v1/auth/register", Public, Some(json!({}))),
        endpoint("POST", "/api/v1/auth/confirm", Public, Some(json!({ "token": "x" }))),
        endpoint("POST", "/api/v1/auth/login", Public, Some(json!({}))),
        endpoint("POST", "/api/v1/auth/refresh", Public, Some(json!({ "refresh": "x" }))),
        endpoint("POST", "/api/v1/auth/forgot", Public, Some(json!({ "email": "x@example.com" }))),
        endpoint("POST", "/api/v1/auth/reset", Public, Some(json!({ "token": "x", "password": "x" }))),
        endpoint("GET", "/api/v1/auth/invitations/{token}", Public, None),
        endpoint("POST", "/api/v1/auth/invitations/accept", Public, Some(json!({ "token": "x", "password": "x" }))),
        endpoint("POST", "/api/v1/auth/logout", Member, None),
        endpoint("GET", "/api/v1/auth/me", Member, None),
        endpoint("POST", "/api/v1/auth/switch", Member, Some(json!({ "practice_id": practice.id }))),
        endpoint("GET", "/api/v1/practice", May(Action::Read, Resource::Practice), None),
        endpoint(
            "PUT",
            "/api/v1/practice",
            May(Action::Update, Resource::Practice),
            Some(json!({
            "name": "Practice", "currency": "KES", "language": "en", "time_zone": "Africa/Nairobi",
            "instructions": {}, "policy": policy(), "video_base": "" })),
        ),
        endpoint(
            "PUT",
            "/api/v1/practice/instructions",
            May(Action::Update, Resource::Practice),
            Some(json!({ "mpesa": "1" })),
        ),
        endpoint("PUT", "/api/v1/practice/policy", May(Action::Update, Resource::Practice), policy()),
        endpoint("GET", "/api/v1/therapists", May(Action::Read, Resource::Therapists), None),
        endpoint(
            "POST",
            "/api/v1/therapists",
            May(Action::Create, Resource::Therapists),
            Some(json!({ "name": "Dr New" })),
        ),
        endpoint("GET", "/api/v1/therapists/{therapist}", May(Action::Read, Resource::Therapists), None),
        endpoint(
            "PUT",
            "/api/v1/therapists/{therapist}",
            May(Action::Update, Resource::Therapists),
            Some(json!({
            "slug": practice.slug, "name": "Dr Test", "time_zone": "Africa/Nairobi", "published": true })),
        ),
        endpoint("PUT", "/api/v1/therapists/{therapist}/policy", May(Action::Update, Resource::Therapists), policy()),
        endpoint("DELETE", "/api/v1/therapists/{therapist}/policy", May(Action::Update, Resource::Therapists), None),
        endpoint("PUT", "/api/v1/therapists/{therapist}/photo", May(Action::Update, Resource::Therapists), None),
        endpoint("DELETE", "/api/v1/therapists/{therapist}/photo", May(Action::Update, Resource::Therapists), None),
        endpoint("GET", "/api/v1/services", May(Action::Read, Resource::Services), None),
        endpoint("POST", "/api/v1/services", May(Action::Create, Resource::Services), service()),
        endpoint("PUT", "/api/v1/services/{service}", May(Action::Update, Resource::Services), service()),
        endpoint("GET", "/api/v1/services/{service}/therapists", May(Action::Read, Resource::Services), None),
        endpoint(
            "PUT",
            "/api/v1/services/{service}/therapists/{therapist}",
            May(Action::Update, Resource::Services),
            Some(json!({ "duration_min": 50 })),
        ),
        endpoint("GET", "/api/v1/availability", May(Action::Read, Resource::Availability), None),
        endpoint("GET", "/api/v1/availability/rules", May(Action::Read, Resource::Availability), None),
        endpoint(
            "POST",
            "/api/v1/availability/rules",
            May(Action::Create, Resource::Availability),
            Some(json!({
            "therapist_id": therapist, "weekday": 7, "starts": "09:00", "ends": "10:00" })),
        ),
        endpoint(
            "PUT",
            "/api/v1/availability/rules/{rule}",
            May(Action::Update, Resource::Availability),
            Some(json!({ "weekday": 7, "starts": "11:00", "ends": "12:00" })),
        ),
        endpoint("DELETE", "/api/v1/availability/rules/{rule}", May(Action::Delete, Resource::Availability), None),
        endpoint("GET", "/api/v1/availability/exceptions", May(Action::Read, Resource::Availability), None),
        endpoint(
            "POST",
            "/api/v1/availability/exceptions",
            May(Action::Create, Resource::Availability),
            Some(json!({
            "therapist_id": therapist, "kind": "closed", "starts_on": "2026-03-20" })),
        ),
        endpoint(
            "PUT",
            "/api/v1/availability/exceptions/{exception}",
            May(Action::Update, Resource::Availability),
            Some(json!({ "kind": "closed", "starts_on": "2026-03-21" })),
        ),
        endpoint(
            "DELETE",
            "/api/v1/availability/exceptions/{exception}",
            May(Action::Delete, Resource::Availability),
            None,
        ),
        endpoint("PUT", "/api/v1/availability/buffers", May(Action::Update, Resource::Availability), buffers()),
        endpoint("POST", "/api/v1/availability/buffers/preview", May(Action::Read, Resource::Availability), buffers()),
        endpoint("GET", "/api/v1/availability/preview", May(Action::Read, Resource::Availability), None),
        endpoint("GET", "/api/v1/availability/why", May(Action::Read, Resource::Availability), None),
        endpoint("GET", "/api/v1/calendars", May(Action::Update, Resource::Availability), None),
        endpoint("GET", "/api/v1/calendars/conflicts", May(Action::Update, Resource::Availability), None),
        endpoint(
            "POST",
            "/api/v1/calendars/ics",
            May(Action::Update, Resource::Availability),
            Some(json!({ "therapist_id": therapist, "url": "https://calendar.example/a.ics" })),
        ),
        endpoint("DELETE", "/api/v1/calendars/{calendar}", May(Action::Update, Resource::Availability), None),
        endpoint("POST", "/api/v1/calendars/{calendar}/read", May(Action::Update, Resource::Availability), None),
        endpoint(
            "PUT",
            "/api/v1/calendars/{calendar}/names",
            May(Action::Update, Resource::Availability),
            Some(json!({ "show_names": true })),
        ),
        endpoint(
            "POST",
            "/api/v1/calendars/feed",
            May(Action::Update, Resource::Availability),
            Some(json!({ "therapist_id": therapist })),
        ),
        endpoint("DELETE", "/api/v1/calendars/feed", May(Action::Update, Resource::Availability), None),
        endpoint(
            "PUT",
            "/api/v1/calendars/video",
            May(Action::Update, Resource::Availability),
            Some(json!({ "therapist_id": therapist, "video_url": "" })),
        ),
        endpoint("GET", "/api/v1/dashboard", May(Action::Read, Resource::Bookings), None),
        endpoint("GET", "/api/v1/bookings", May(Action::Read, Resource::Bookings), None),
        endpoint("GET", "/api/v1/bookings/pending-approval", May(Action::Read, Resource::Bookings), None),
        endpoint("GET", "/api/v1/bookings/counts", May(Action::Read, Resource::Bookings), None),
        endpoint("GET", "/api/v1/bookings/week", May(Action::Read, Resource::Bookings), None),
        endpoint("GET", "/api/v1/bookings/{booking}", May(Action::Read, Resource::Bookings), None),
        endpoint("POST", "/api/v1/bookings/{booking}/approve", May(Action::Update, Resource::Bookings), None),
        endpoint("POST", "/api/v1/bookings/{booking}/decline", May(Action::Update, Resource::Bookings), reason()),
        endpoint("POST", "/api/v1/bookings/{booking}/cancel", May(Action::Update, Resource::Bookings), reason()),
        endpoint("PUT", "/api/v1/bookings/{booking}/approve", May(Action::Update, Resource::Bookings), None),
        endpoint("PUT", "/api/v1/bookings/{booking}/decline", May(Action::Update, Resource::Bookings), reason()),
        endpoint("PUT", "/api/v1/bookings/{booking}/verify-payment", May(Action::Update, Resource::Payments), None),
        endpoint("PUT", "/api/v1/bookings/{booking}/reject-payment", May(Action::Update, Resource::Payments), reason()),
        endpoint("DELETE", "/api/v1/bookings/{booking}", May(Action::Update, Resource::Bookings), None),
        endpoint("POST", "/api/v1/bookings/{booking}/verify-payment", May(Action::Update, Resource::Payments), None),
        endpoint("POST", "/api/v1/bookings/{booking}/confirm", May(Action::Update, Resource::Payments), None),
        endpoint(
            "POST",
            "/api/v1/bookings/{booking}/reject-payment",
            May(Action::Update, Resource::Payments),
            reason(),
        ),
        endpoint("POST", "/api/v1/bookings/{booking}/late-credit", May(Action::Update, Resource::Payments), None),
        endpoint("POST", "/api/v1/bookings/{booking}/late-refund", May(Action::Update, Resource::Payments), None),
        endpoint("GET", "/api/v1/recurring/{patient}", May(Action::Read, Resource::Series), None),
        endpoint("POST", "/api/v1/recurring", May(Action::Create, Resource::Series), create_series()),
        endpoint("POST", "/api/v1/recurring/preview", May(Action::Create, Resource::Series), preview_series()),
        endpoint("PUT", "/api/v1/recurring/{series}", May(Action::Update, Resource::Series), change_series()),
        endpoint("DELETE", "/api/v1/recurring/{series}", May(Action::Delete, Resource::Series), None),
        endpoint("POST", "/api/v1/recurring/{series}/pause", May(Action::Update, Resource::Series), None),
        endpoint("POST", "/api/v1/recurring/{series}/resume", May(Action::Update, Resource::Series), None),
        endpoint("GET", "/api/v1/recurring/skipped", May(Action::Read, Resource::Series), None),
        endpoint(
            "POST",
            "/api/v1/recurring/{series}/occurrences/{date}/resolve",
            May(Action::Update, Resource::Series),
            Some(json!({ "how": "dismiss" })),
        ),
        endpoint("GET", "/api/v1/sessions", May(Action::Read, Resource::Sessions), None),
        endpoint(
            "POST",
            "/api/v1/sessions",
            May(Action::Create, Resource::Sessions),
            Some(json!({ "patient_id": practice.id, "therapist_id": therapist, "service_id": practice.service,
                         "starts": "2026-03-17T09:00:00" })),
        ),
        endpoint("GET", "/api/v1/sessions/export", May(Action::Read, Resource::Sessions), None),
        endpoint("GET", "/api/v1/sessions/calendar", May(Action::Read, Resource::Sessions), None),
        endpoint("GET", "/api/v1/therapist/schedule", May(Action::Read, Resource::Sessions), None),
        endpoint("GET", "/api/v1/therapist/patients", May(Action::Read, Resource::Patients), None),
        endpoint("GET", "/api/v1/therapist/sessions/upcoming", May(Action::Read, Resource::Sessions), None),
        endpoint("GET", "/api/v1/therapist/sessions/today", May(Action::Read, Resource::Sessions), None),
        endpoint(
            "PUT",
            "/api/v1/therapist/sessions/{session}/complete",
            May(Action::Update, Resource::Sessions),
            Some(json!({ "notes": "On time" })),
        ),
        endpoint(
            "POST",
            "/api/v1/sessions/bulk",
            May(Action::Update, Resource::Sessions),
            Some(json!({ "ids": [practice.id], "action": "complete" })),
        ),
        endpoint("GET", "/api/v1/sessions/{session}", May(Action::Read, Resource::Sessions), None),
        endpoint("PATCH", "/api/v1/sessions/{session}", May(Action::Create, Resource::Sessions), moved()),
        endpoint("POST", "/api/v1/sessions/{session}/reschedule", May(Action::Create, Resource::Sessions), moved()),
        endpoint("DELETE", "/api/v1/sessions/{session}", May(Action::Update, Resource::Sessions), None),
        endpoint("POST", "/api/v1/sessions/{session}/cancel", May(Action::Update, Resource::Sessions), reason()),
        endpoint("POST", "/api/v1/sessions/{session}/restore", May(Action::Update, Resource::Sessions), None),
        endpoint(
            "POST",
            "/api/v1/sessions/{session}/step",
            May(Action::Update, Resource::Sessions),
            Some(json!({ "step": "start" })),
        ),
        endpoint("POST", "/api/v1/sessions/{session}/mark-paid", May(Action::Create, Resource::Payments), cash()),
        endpoint("GET", "/api/v1/sessions/{session}/payments", May(Action::Read, Resource::Sessions), None),
        endpoint("POST", "/api/v1/sessions/{session}/payments", May(Action::Create, Resource::Payments), cash()),
        endpoint("PUT", "/api/v1/sessions/{session}/waiver", May(Action::Create, Resource::Payments), None),
        endpoint(
            "PUT",
            "/api/v1/sessions/{session}/refund-decision",
            May(Action::Create, Resource::Payments),
            Some(json!({ "decision": "credit" })),
        ),
        endpoint("DELETE", "/api/v1/sessions/{session}/waiver", May(Action::Create, Resource::Payments), None),
        endpoint("GET", "/api/v1/reschedule-requests", May(Action::Read, Resource::RescheduleRequests), None),
        endpoint("POST", "/api/v1/reschedule-requests", May(Action::Create, Resource::RescheduleRequests), ask()),
        endpoint("GET", "/api/v1/reschedule-requests/{request}", May(Action::Read, Resource::RescheduleRequests), None),
        endpoint(
            "DELETE",
            "/api/v1/reschedule-requests/{request}",
            May(Action::Delete, Resource::RescheduleRequests),
            None,
        ),
        endpoint(
            "POST",
            "/api/v1/reschedule-requests/{request}/approve",
            May(Action::Update, Resource::RescheduleRequests),
            decide(),
        ),
        endpoint(
            "PUT",
            "/api/v1/reschedule-requests/{request}/approve",
            May(Action::Update, Resource::RescheduleRequests),
            decide(),
        ),
        endpoint(
            "POST",
            "/api/v1/reschedule-requests/{request}/reject",
            May(Action::Update, Resource::RescheduleRequests),
            decide(),
        ),
        endpoint(
            "PUT",
            "/api/v1/reschedule-requests/{request}/reject",
            May(Action::Update, Resource::RescheduleRequests),
            decide(),
        ),
        endpoint(
            "POST",
            "/api/v1/reschedule-requests/{request}/withdraw",
            May(Action::Delete, Resource::RescheduleRequests),
            None,
        ),
        endpoint(
            "GET",
            "/api/v1/sessions/{session}/reschedule-times",
            May(Action::Create, Resource::RescheduleRequests),
            None,
        ),
        endpoint("GET", "/api/v1/therapist/dashboard", May(Action::Read, Resource::Sessions), None),
        endpoint("GET", "/api/v1/receipts/{file}", May(Action::Read, Resource::Payments), None),
        endpoint("GET", "/api/v1/messages", May(Action::Read, Resource::Messages), None),
        endpoint("POST", "/api/v1/messages/{message}/resend", May(Action::Update, Resource::Messages), None),
        endpoint(
            "POST",
            "/api/v1/messages/{message}/resend-by",
            May(Action::Update, Resource::Messages),
            Some(json!({ "channel": "sms" })),
        ),
        endpoint("POST", "/api/v1/messages/{message}/settle", May(Action::Update, Resource::Messages), None),
        endpoint("GET", "/api/v1/bookings/{booking}/messages", May(Action::Read, Resource::Messages), None),
        endpoint("GET", "/api/v1/notifications", May(Action::Read, Resource::Messages), None),
        endpoint("GET", "/api/v1/notifications/{message}", May(Action::Read, Resource::Messages), None),
        endpoint("GET", "/api/v1/patients/{patient}/notifications", May(Action::Read, Resource::Messages), None),
        endpoint(
            "POST",
            "/api/v1/notifications/send",
            May(Action::Create, Resource::Messages),
            Some(json!({ "patient_id": practice.id, "body": "Hello" })),
        ),
        endpoint(
            "POST",
            "/api/v1/notifications/test",
            May(Action::Create, Resource::Messages),
            Some(json!({ "channel": "email", "to": "x@example.com" })),
        ),
        endpoint("GET", "/api/v1/inbox", Member, None),
        endpoint("GET", "/api/v1/inbox/count", Member, None),
        endpoint("POST", "/api/v1/inbox/read", Member, None),
        endpoint("POST", "/api/v1/inbox/{notice}/read", Member, None),
        endpoint("GET", "/api/v1/public/bookings/{token}/reminders", Public, None),
        endpoint(
            "PUT",
            "/api/v1/public/bookings/{token}/reminders",
            Public,
            Some(json!({ "channel": "email", "wanted": false })),
        ),
        endpoint("GET", "/api/v1/practice/messages", May(Action::Read, Resource::Practice), None),
        endpoint("PUT", "/api/v1/practice/messages", May(Action::Update, Resource::Practice), Some(json!({}))),
        endpoint("GET", "/api/v1/practice/templates", May(Action::Read, Resource::Practice), None),
        endpoint("PUT", "/api/v1/practice/templates", May(Action::Update, Resource::Practice), words()),
        endpoint("DELETE", "/api/v1/practice/templates", May(Action::Update, Resource::Practice), None),
        endpoint("POST", "/api/v1/practice/templates/preview", May(Action::Read, Resource::Practice), words()),
        endpoint("GET", "/api/v1/audit", May(Action::Read, Resource::Audit), None),
        endpoint("GET", "/api/v1/audit/verify", May(Action::Read, Resource::Audit), None),
        endpoint("GET", "/api/v1/patients", May(Action::Read, Resource::Patients), None),
        endpoint("POST", "/api/v1/patients", May(Action::Create, Resource::Patients), patient()),
        endpoint("GET", "/api/v1/patients/tags", May(Action::Read, Resource::Patients), None),
        endpoint(
            "POST",
            "/api/v1/patients/duplicates",
            May(Action::Update, Resource::Patients),
            Some(json!({ "name": "Ana Moss" })),
        ),
        endpoint("POST", "/api/v1/patients/import", May(Action::Delete, Resource::Patients), None),
        endpoint("GET", "/api/v1/patients/export", May(Action::Delete, Resource::Patients), None),
        endpoint("GET", "/api/v1/patients/{patient}", May(Action::Read, Resource::Patients), None),
        endpoint("PUT", "/api/v1/patients/{patient}", May(Action::Update, Resource::Patients), patient()),
        endpoint("DELETE", "/api/v1/patients/{patient}", May(Action::Delete, Resource::Patients), None),
        endpoint("POST", "/api/v1/patients/{patient}/restore", May(Action::Delete, Resource::Patients), None),
        endpoint(
            "PUT",
            "/api/v1/patients/{patient}/archived",
            May(Action::Update, Resource::Patients),
            Some(json!({ "archived": true })),
        ),
        endpoint(
            "POST",
            "/api/v1/patients/{patient}/merge",
            May(Action::Delete, Resource::Patients),
            Some(json!({ "from": "0199f0c4-1f3a-7c55-9a3e-6d1f5e0c7a03" })),
        ),
        endpoint("POST", "/api/v1/patients/{patient}/erase", May(Action::Delete, Resource::Patients), None),
        endpoint("GET", "/api/v1/patients/{patient}/export", May(Action::Delete, Resource::Patients), None),
        endpoint("GET", "/api/v1/patients/{patient}/overview", May(Action::Read, Resource::Patients), None),
        endpoint("GET", "/api/v1/patients/{patient}/sessions", May(Action::Read, Resource::Patients), None),
        endpoint("GET", "/api/v1/patients/{patient}/sessions/export", May(Action::Read, Resource::Patients), None),
        endpoint("GET", "/api/v1/patients/{patient}/messages", May(Action::Read, Resource::Messages), None),
        endpoint("GET", "/api/v1/patients/{patient}/notes", May(Action::Read, Resource::Patients), None),
        endpoint("POST", "/api/v1/patients/{patient}/notes", May(Action::Update, Resource::Patients), note()),
        endpoint("PUT", "/api/v1/patients/{patient}/notes/{note}", May(Action::Update, Resource::Patients), note()),
        endpoint("DELETE", "/api/v1/patients/{patient}/notes/{note}", May(Action::Update, Resource::Patients), None),
        endpoint(
            "PUT",
            "/api/v1/patients/{patient}/notes/{note}/pinned",
            May(Action::Update, Resource::Patients),
            Some(json!({ "pinned": true })),
        ),
        endpoint(
            "PUT",
            "/api/v1/patients/{patient}/preferences",
            May(Action::Update, Resource::Patients),
            Some(json!({ "language": "en" })),
        ),
        endpoint(
            "PUT",
            "/api/v1/patients/{patient}/therapists/{therapist}",
            May(Action::Create, Resource::Patients),
            None,
        ),
        endpoint(
            "DELETE",
            "/api/v1/patients/{patient}/therapists/{therapist}",
            May(Action::Create, Resource::Patients),
            None,
        ),
        endpoint("GET", "/api/v1/members", May(Action::Read, Resource::Members), None),
        endpoint(
            "PUT",
            "/api/v1/members/{member}/active",
            May(Action::Update, Resource::Members),
            Some(json!({ "active": true })),
        ),
        endpoint(
            "POST",
            "/api/v1/invitations",
            May(Action::Create, Resource::Members),
            Some(json!({ "email": "new@example.com", "role": "viewer" })),
        ),
        endpoint("DELETE", "/api/v1/invitations/{invitation}", May(Action::Delete, Resource::Members), None),
    ]
}

/// The path with this practice's own ids in it.
pub fn filled(path: &str, practice: &Practice, token: &str, records: &Records) -> String {
    let query = match path {
        "/api/v1/public/availability" => {
            format!("?slug={}&service_id={}&from=2026-03-10&until=2026-03-11", practice.slug, practice.service)
        }
        "/api/v1/availability"
        | "/api/v1/availability/rules"
        | "/api/v1/availability/exceptions"
        | "/api/v1/calendars"
        | "/api/v1/calendars/conflicts"
        | "/api/v1/calendars/feed" => {
            format!("?therapist_id={}", practice.therapist)
        }
        "/api/v1/therapist/schedule" => "?first=2026-03-09&last=2026-03-15".to_owned(),
        "/api/v1/sessions/calendar" => "?first=2026-03-09&last=2026-03-15".to_owned(),
        "/api/v1/availability/preview" => {
            format!("?therapist_id={}&service_id={}", practice.therapist, practice.service)
        }
        "/api/v1/availability/why" => {
            format!("?therapist_id={}&service_id={}&local=2026-03-10T10:00:00", practice.therapist, practice.service)
        }
        "/api/v1/practice/templates" | "/api/v1/practice/templates/preview" => {
            "?template=session_reminder&language=en&channel=email".to_owned()
        }
        _ => String::new(),
    };
    let mut path = path.to_owned();
    for (name, value) in [
        ("{slug}", practice.slug.as_str()),
        ("{token}", token),
        ("{therapist}", &practice.therapist.to_string()),
        ("{service}", &practice.service.to_string()),
        ("{booking}", &records.booking.to_string()),
        ("{member}", &practice.owner.member_id.to_string()),
        ("{practice}", &practice.id.to_string()),
        ("{rule}", &records.rule.to_string()),
        ("{exception}", &records.exception.to_string()),
        ("{file}", &records.file.to_string()),
        ("{message}", &records.message.to_string()),
        ("{patient}", &records.patient.to_string()),
        ("{notice}", &records.notice.to_string()),
        ("{invitation}", &records.invitation.to_string()),
        ("{calendar}", &records.calendar.to_string()),
        ("{patient}", &records.patient.to_string()),
        ("{series}", &records.series.to_string()),
        ("{date}", crate::records::SKIPPED),
        ("{session}", &records.session.to_string()),
        ("{note}", &records.note.to_string()),
        ("{request}", &records.request.to_string()),
        ("{import}", &records.import.to_string()),
    ] {
        path = path.replace(name, value);
    }
    path + &query
}
