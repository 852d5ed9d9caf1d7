//! Examples for the schemas people meet first. Names and numbers are invented.

use serde_json::{Value, json};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Components, RefOr};

/// Puts the examples into the document.
pub fn add(components: &mut Components) {
    for (name, example) in examples() {
        if let Some(RefOr::T(Schema::Object(object))) = components.schemas.get_mut(name) {
            object.examples = vec![example];
        }
    }
}

fn examples() -> Vec<(&'static str, Value)> {
    let therapist = "0199f0c4-1f3a-7c55-9a3e-6d1f5e0c7a01";
    let service = "0199f0c4-1f3a-7c55-9a3e-6d1f5e0c7a02";
    let patient = "0199f0c4-1f3a-7c55-9a3e-6d1f5e0c7a04";
    let session = "0199f0c4-1f3a-7c55-9a3e-6d1f5e0c7a05";
    let details = json!({"name": "Amina Otieno", "email": "amina@example.com", "phone": "+254700000001", "first_time": true, "reason": ""});
    let slot = json!({"starts_at": "2026-11-24T07:00:00Z", "ends_at": "2026-11-24T08:00:00Z", "local": "2026-11-24T10:00:00", "status": "available"});
    vec![
        ("LogIn", json!({"email": "sarah@demo.calma.example", "password": "Calm-Waters-2026"})),
        (
            "RegisterPractice",
            json!({"practice_name": "Centro Calma", "name": "Ana Pérez", "email": "ana@example.com",
            "password": "Calm-Waters-2026", "currency": "ARS", "time_zone": "America/Argentina/Buenos_Aires", "language": "es", "is_therapist": true}),
        ),
        (
            "HoldSlot",
            json!({"slug": "dr-sarah", "service_id": service, "starts_at": "2026-11-24T07:00:00Z", "visitor_time_zone": "Africa/Nairobi"}),
        ),
        (
            "BookingRequest",
            json!({"slug": "dr-sarah", "service_id": service, "starts_at": "2026-11-24T07:00:00Z", "details": details.clone()}),
        ),
        ("PatientDetails", details),
        ("Slot", slot.clone()),
        ("DaySlots", json!({"date": "2026-11-24", "slots": [slot]})),
        ("Money", json!({"minor": 200_000, "currency": "KES"})),
        ("Reason", json!({"reason": "Fully booked on this date"})),
        ("AddRule", json!({"therapist_id": therapist, "weekday": 1, "starts": "09:00", "ends": "17:00"})),
        (
            "AddException",
            json!({"therapist_id": therapist, "kind": "closed", "starts_on": "2026-12-24", "ends_on": "2026-12-26", "reason": "Holidays", "bookings": "ask"}),
        ),
        ("ChangeRule", json!({"weekday": 2, "starts": "10:00", "ends": "16:00"})),
        (
            "ChangeException",
            json!({"kind": "closed", "starts_on": "2026-12-23", "ends_on": "2026-12-27", "reason": "Holidays", "bookings": "ask"}),
        ),
        ("SaveBuffers", json!({"therapist_id": therapist, "before_min": 0, "after_min": 10})),
        (
            "ServiceInput",
            json!({"service": {"name": "Individual therapy", "description": "One hour, one to one.", "duration_min": 60, "price": "2000", "place": "online", "active": true}, "therapists": [therapist]}),
        ),
        (
            "PaymentInstructions",
            json!({"mpesa": "0700 000 001", "bank_account": "", "cash": false, "note": "Write the reference on the transfer."}),
        ),
        (
            "BookingPolicy",
            json!({"needs_approval": true, "payment_timing": "before_confirmation", "hold_min": 10, "approval_window_min": 1440,
            "payment_window_min": 1440, "notice_min": 120, "horizon_days": 60, "cancel_until_hours": 24, "cancel_text": ""}),
        ),
        (
            "CreateSeries",
            json!({"patient_id": patient, "therapist_id": therapist, "starts_on": "2026-11-30", "service_id": service,
            "frequency": "weekly", "weekday": 1, "starts": "09:00", "duration_min": 50, "price": "2000", "ends_on": null, "payment_notice_days": 3, "tell_patient": true}),
        ),
        (
            "ChangeSeries",
            json!({"version": 1, "starts_on": null, "service_id": service, "frequency": "weekly", "weekday": 4, "starts": "10:00",
            "duration_min": 50, "price": "2000", "ends_on": "2027-06-30", "payment_notice_days": 2, "also_unpaid": true}),
        ),
        (
            "AskPreview",
            json!({"what": "create", "patient_id": patient, "therapist_id": therapist, "starts_on": "2026-11-30",
            "service_id": service, "frequency": "biweekly", "weekday": 1, "starts": "09:00"}),
        ),
        (
            "AskReschedule",
            json!({"session_id": session, "starts_at": "2026-11-26T07:00:00Z", "reason": "I am at a course that morning."}),
        ),
        ("CompleteSession", json!({"notes": "Came by bus and was ten minutes late.", "version": 1})),
        ("DecideReschedule", json!({"note": "Agreed with the patient by phone.", "version": 1})),
        ("Resolve", json!({"how": "book", "starts_at": "2026-11-24T07:00:00Z"})),
        ("InviteMember", json!({"email": "front.desk@example.com", "role": "operator"})),
        (
            "ErrorBody",
            json!({"success": false, "error": {"code": "SLOT_TAKEN", "message": "Someone else has just taken this time.",
            "details": {"alternatives": [slot_of("2026-11-24T08:10:00Z", "2026-11-24T09:10:00Z", "2026-11-24T11:10:00")]},
            "timestamp": "2026-11-21T09:00:00Z", "path": "/api/v1/public/holds"}}),
        ),
    ]
}

fn slot_of(starts_at: &str, ends_at: &str, local: &str) -> Value {
    json!({"starts_at": starts_at, "ends_at": ends_at, "local": local, "status": "available"})
}
