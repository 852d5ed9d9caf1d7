//! The doors beside the REST API: every server function by name, the streams, receipts and calendar files, each asked by
//! nobody, by each wrong role and by another practice.

use crate::http::{Answer, request, send, server};
use crate::permissions::{filled, token_of};
use crate::records::Records;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use contracts::accounts::Role;
use domain::permissions::{Action, Resource, allowed};
use std::collections::BTreeSet;
use test_support::TestApp;
use test_support::builders::Practice;

/// Who may call a server function.
enum Who {
    /// Everybody.
    Open,
    /// Whoever has the word from a mail or a link; the test's is a wrong one.
    Link,
    /// A patient who signed in.
    Patient,
    /// Any member.
    Member,
    /// Members whose role allows it.
    May(Action, Resource),
}
use Action::{Create, Delete, Read, Update};
use Resource::{
    Audit, Availability, Bookings, Members, Messages, Patients, RescheduleRequests, Series, Sessions, Therapists,
};
use Who::{Link, May, Member, Open, Patient};

const NO_LIMITS: &str = "CALMA_RATE_API_PER_MINUTE = 0\nCALMA_RATE_DASHBOARD_PER_HOUR = 0\n\
                         CALMA_RATE_PUBLIC_BOOKING_PER_HOUR = 0\nCALMA_RATE_AVAILABILITY_PER_HOUR = 0";

const POLICY: &str = "therapist={therapist}&needs_approval=on&payment_timing=before_confirmation&hold_min=10\
    &approval_window_min=24&payment_window_min=24&notice_min=2&horizon_days=60&cancel_until_hours=24";

const WORDS: &str = "template=session_reminder&language=en&channel=sms&body=Hello";

/// Name, who may, and a form that is otherwise in order.
const FUNCTIONS: &[(&str, Who, &str)] = &[
    ("public_profile", Open, "slug={slug}"),
    ("month_slots", Open, "slug={slug}&service_id={service}"),
    ("hold_slot", Open, "slug={slug}&service_id={service}&starts_at=2026-03-18T06:00:00Z"),
    ("booking_by_link", Link, "token=x"),
    ("save_booking_details", Link, "token=x&name=Ana+Moss&email=ana@example.com&phone=%2B254700000111&go=review"),
    ("send_booking_request", Link, "token=x"),
    ("hold_slot_again", Link, "token=x"),
    ("release_slot", Link, "token=x&slug={slug}"),
    ("cancel_my_booking", Link, "token=x"),
    ("send_payment_proof", Link, "token=x&reference=A1&method=mpesa"),
    ("request_my_link", Open, "email=nobody@example.com"),
    ("sign_in_as_patient", Link, "token=x"),
    ("sign_out_patient", Open, ""),
    ("list_my_bookings", Patient, ""),
    ("list_my_feeds", Patient, ""),
    ("renew_my_feeds", Patient, ""),
    ("register_practice", Open, "practice_name=&name=&email=x&password=x&currency=KES&time_zone=UTC&language=en"),
    ("confirm_email", Link, "token=x"),
    ("log_in", Open, "email=nobody@example.com&password=wrong"),
    ("forgot_password", Open, "email=nobody@example.com"),
    ("reset_password", Link, "token=x&password=Correct-horse-7-battery"),
    ("preview_invitation", Link, "token=x"),
    ("accept_invitation", Link, "token=x&name=Ana&password=Correct-horse-7-battery"),
    ("set_language", Open, "lang=en"),
    ("zone_options", Open, "chosen=UTC"),
    ("load_audit", May(Read, Audit), ""),
    ("check_audit", May(Read, Audit), ""),
    ("load_settings", May(Read, Resource::Practice), ""),
    ("save_practice", May(Update, Resource::Practice), "name=A&currency=KES&language=en&time_zone=UTC"),
    ("save_payment", May(Update, Resource::Practice), "mpesa=1"),
    ("save_booking_policy", May(Update, Therapists), POLICY),
    ("reset_booking_policy", May(Update, Therapists), "therapist={therapist}"),
    ("therapist_profiles", May(Read, Therapists), ""),
    ("save_profile", May(Update, Therapists), "therapist={therapist}&slug=taken-over&name=Dr+Else&time_zone=UTC"),
    ("add_therapist", May(Create, Therapists), "name=Dr+New"),
    ("upload_photo", May(Update, Therapists), "therapist={therapist}"),
    ("remove_photo", May(Update, Therapists), "therapist={therapist}"),
    ("practice_services", May(Read, Resource::Services), ""),
    (
        "save_service",
        May(Update, Resource::Services),
        "id={service}&name=Couples&duration_min=50&price=10&place=online&active=on",
    ),
    ("service_terms", May(Read, Resource::Services), "service={service}"),
    ("save_service_terms", May(Update, Resource::Services), "service={service}&therapist={therapist}&duration_min=50"),
    ("load_patients", May(Read, Patients), "query[state]=active"),
    ("search_patients", May(Read, Patients), "q=ana"),
    ("search_notes", May(Read, Patients), "id={patient}&q=bus"),
    ("load_patient", May(Read, Patients), "id={patient}"),
    ("load_patient_profile", May(Read, Patients), "id={patient}"),
    ("new_patient_choices", May(Create, Patients), ""),
    ("load_patient_overview", May(Read, Patients), "id={patient}"),
    ("look_for_duplicates", May(Update, Patients), "name=Ana+Moss"),
    ("load_history", May(Read, Patients), "id={patient}&query[status]="),
    ("load_notes", May(Read, Patients), "id={patient}"),
    ("load_patient_messages", May(Read, Messages), "id={patient}"),
    ("create_patient", May(Create, Patients), "patient[name]=Ana+Moss&patient[phone]=%2B254700000198"),
    ("update_patient", May(Update, Patients), "id={patient}&patient[name]=Ana+Moss&patient[phone]=%2B254700000198"),
    ("save_patient_preferences", May(Update, Patients), "id={patient}&language=en&weekdays[0]=1"),
    ("save_patient_note", May(Update, Patients), "id={patient}&note={note}&kind=general&body=Comes+by+bus"),
    ("pin_patient_note", May(Update, Patients), "id={patient}&note={note}&pinned=true"),
    ("delete_patient_note", May(Update, Patients), "id={patient}&note={note}"),
    ("set_patient_therapist", May(Create, Patients), "id={patient}&therapist={therapist}&assigned=true"),
    ("archive_patient", May(Update, Patients), "id={patient}&archived=true"),
    ("delete_patient", May(Delete, Patients), "id={patient}"),
    ("restore_patient", May(Delete, Patients), "id={patient}"),
    ("erase_patient", May(Delete, Patients), "id={patient}"),
    ("merge_patients", May(Delete, Patients), "into={patient}&from={patient}"),
    ("upload_patients", May(Delete, Patients), "x=1"),
    ("load_import", May(Delete, Patients), "file={import}"),
    ("run_import", May(Delete, Patients), "file={import}"),
    ("load_members", May(Read, Members), ""),
    ("invite_member", May(Create, Members), "email=new@example.com&role=viewer"),
    ("revoke_invitation", May(Delete, Members), "id={invitation}"),
    ("set_member_active", May(Update, Members), "id={member}&active=true"),
    ("load_outbox", May(Read, Messages), ""),
    ("resend_message", May(Update, Messages), "id={message}"),
    ("diary_days", May(Read, Sessions), "span=Week"),
    ("times_to_move", Link, "token=x"),
    ("move_my_booking", Link, "token=x&starts_at=2026-03-18T06:00:00Z"),
    ("load_sessions", May(Read, Sessions), ""),
    ("session_choices", May(Read, Therapists), ""),
    ("load_session", May(Read, Sessions), "id={session}"),
    ("take_session_step", May(Update, Sessions), "id={session}&step=start"),
    ("cancel_session", May(Update, Sessions), "id={session}&reason=ill&tell=true"),
    ("restore_session", May(Update, Sessions), "id={session}"),
    ("move_session", May(Create, Sessions), "id={session}&day=2026-03-17&time=11:00"),
    ("record_session_payment", May(Create, Resource::Payments), "id={session}&method=cash"),
    ("decide_session_refund", May(Create, Resource::Payments), "id={session}&decision=credit"),
    ("waive_session", May(Create, Resource::Payments), "id={session}&waived=true"),
    ("act_on_sessions", May(Update, Sessions), "ids[]={session}&action=complete"),
    (
        "place_session",
        May(Create, Sessions),
        "form[patient]={patient}&form[therapist]={therapist}&form[service]={service}&form[day]=2026-03-17&form[time]=09:00",
    ),
    ("load_requests", May(Read, RescheduleRequests), ""),
    ("load_times_to_ask", May(Create, RescheduleRequests), "session={session}"),
    (
        "ask_to_move",
        May(Create, RescheduleRequests),
        "session={session}&starts_at=2026-03-18T06:00:00Z&reason=A+course",
    ),
    ("decide_request", May(Update, RescheduleRequests), "request={request}&decision=approve"),
    ("withdraw_request", May(Delete, RescheduleRequests), "request={request}"),
    ("find_patients", May(Create, Sessions), "words=john"),
    ("load_patient_name", May(Create, Sessions), "id={patient}"),
    ("free_times", May(Create, Sessions), "therapist={therapist}&service={service}&day=2026-03-17"),
    ("resend_message_by", May(Update, Messages), "id={message}&channel=sms"),
    ("settle_message", May(Update, Messages), "id={message}"),
    ("load_timeline", May(Read, Messages), "booking={booking}"),
    ("unread_notices", Member, ""),
    ("load_notices", Member, ""),
    ("read_notice", Member, "id={notice}"),
    ("load_message_setup", May(Read, Resource::Practice), ""),
    (
        "save_message_settings",
        May(Update, Resource::Practice),
        "quiet_from=21:00&quiet_until=08:00&announce_after=60&payment_reminder_hours=24",
    ),
    ("save_message_template", May(Update, Resource::Practice), WORDS),
    ("reset_message_template", May(Update, Resource::Practice), "template=session_reminder&language=en&channel=sms"),
    ("preview_message_template", May(Read, Resource::Practice), WORDS),
    ("send_test_message", May(Create, Messages), "channel=email&to=x@example.com"),
    ("load_reminder_choice", Link, "token=x"),
    ("choose_reminders", Link, "token=x&channel=email&wanted=no"),
    ("practice_me", Member, ""),
    ("practice_counts", May(Read, Bookings), ""),
    ("log_out", Member, ""),
    ("switch_practice", Member, "practice={practice}"),
    ("load_dashboard", May(Read, Bookings), ""),
    ("load_booking", May(Read, Bookings), "id={booking}"),
    ("act_on_booking", May(Update, Bookings), "id={booking}&action=approve"),
    ("load_series_of", May(Read, Series), "patient={patient}"),
    ("load_series", May(Read, Series), "id={series}"),
    ("load_series_form", May(Create, Series), "patient={patient}"),
    (
        "preview_series",
        May(Create, Series),
        "filled[patient]={patient}&filled[offer]={therapist}:{service}&filled[frequency]=weekly&filled[starts]=09:00\
         &filled[starts_on]=2026-03-16",
    ),
    (
        "save_series",
        May(Create, Series),
        "filled[patient]={patient}&filled[offer]={therapist}:{service}&filled[frequency]=weekly&filled[starts]=09:00\
         &filled[starts_on]=2026-03-16",
    ),
    ("pause_series", May(Update, Series), "id={series}"),
    ("resume_series", May(Update, Series), "id={series}"),
    ("stop_series", May(Delete, Series), "id={series}"),
    ("load_skipped", May(Read, Series), ""),
    ("resolve_skipped", May(Update, Series), "id={series}&date={date}"),
    ("load_availability", May(Read, Availability), "therapist={therapist}"),
    ("add_rule", May(Create, Availability), "therapist={therapist}&weekday=7&starts=09:00&ends=10:00"),
    ("change_rule", May(Update, Availability), "therapist={therapist}&id={rule}&weekday=7&starts=09:00&ends=11:00"),
    ("delete_rule", May(Delete, Availability), "therapist={therapist}&id={rule}"),
    ("add_exception", May(Create, Availability), "therapist={therapist}&kind=closed&starts_on=2026-03-28"),
    (
        "change_exception",
        May(Update, Availability),
        "therapist={therapist}&id={exception}&kind=closed&starts_on=2026-03-29",
    ),
    ("delete_exception", May(Delete, Availability), "therapist={therapist}&id={exception}"),
    ("preview_buffers", May(Read, Availability), "therapist={therapist}&before_min=0&after_min=10"),
    ("save_buffers", May(Update, Availability), "therapist={therapist}&before_min=0&after_min=10"),
    ("patient_preview", May(Read, Availability), "therapist={therapist}&service={service}"),
    ("load_calendars", May(Update, Availability), "therapist={therapist}"),
    ("add_calendar", May(Update, Availability), "therapist={therapist}&url=https://calendar.example/a.ics"),
    ("disconnect_calendar", May(Update, Availability), "therapist={therapist}&id={calendar}"),
    ("read_calendar_now", May(Update, Availability), "therapist={therapist}&id={calendar}"),
    ("show_names_in_calendar", May(Update, Availability), "therapist={therapist}&id={calendar}&show=true"),
    ("renew_calendar_feed", May(Update, Availability), "therapist={therapist}"),
    ("stop_calendar_feed", May(Update, Availability), "therapist={therapist}"),
    ("save_video_room", May(Update, Availability), "therapist={therapist}&video_url=https://meet.example/mine"),
    (
        "why_missing",
        May(Read, Availability),
        "therapist={therapist}&zone=UTC&service={service}&date=2026-03-10&time=10:00",
    ),
];

/// Calls a server function as its page's script does.
async fn call(router: &Router, name: &str, bearer: Option<&str>, form: &str) -> Answer {
    let mut asked = request("POST", &format!("/api/fn/{name}"), bearer, None);
    let with_file = matches!(name, "send_payment_proof" | "upload_photo" | "upload_patients");
    let (kind, body) = if with_file { multipart(name, form) } else { (FORM, form.to_owned()) };
    asked.headers_mut().insert(header::CONTENT_TYPE, kind.parse().unwrap());
    *asked.body_mut() = Body::from(body);
    send(router, asked).await
}

const FORM: &str = "application/x-www-form-urlencoded";

fn multipart(name: &str, form: &str) -> (&'static str, String) {
    let part = |pair: &str| {
        let (field, value) = pair.split_once('=').unwrap();
        format!("--x\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n")
    };
    let fields: String = form.split('&').map(part).collect();
    let file = if name == "upload_photo" { "photo" } else { "file" };
    let file =
        format!("--x\r\nContent-Disposition: form-data; name=\"{file}\"; filename=\"a\"\r\n\r\nabc\r\n--x--\r\n");
    ("multipart/form-data; boundary=x", fields + &file)
}

#[tokio::test]
async fn every_server_function_is_in_the_table_and_the_other_way_round() {
    let named: BTreeSet<String> = FUNCTIONS.iter().map(|(name, ..)| format!("/api/fn/{name}")).collect();
    let served: BTreeSet<String> =
        leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    let missing: Vec<_> = served.difference(&named).collect();
    let gone: Vec<_> = named.difference(&served).collect();
    assert!(missing.is_empty() && gone.is_empty(), "not in the table: {missing:?}; not served: {gone:?}");
}

#[tokio::test]
async fn nobody_and_the_wrong_role_are_refused() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let records = Records::of(&app, &practice).await;
    let router = server(&app, NO_LIMITS);
    let mut complaints = Vec::new();
    for (name, who, form) in FUNCTIONS {
        let form = filled(form, &practice, "", &records);
        let status = call(&router, name, None, &form).await.status;
        let right = match who {
            Open => status != StatusCode::FORBIDDEN && !status.is_server_error(),
            Link => matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE),
            Patient | Member | May(..) => status == StatusCode::UNAUTHORIZED,
        };
        if !right {
            complaints.push(format!("{name} by nobody: {status}"));
        }
        let refused = |role: &Role| match who {
            Patient => true,
            May(action, resource) => !allowed(*role, *action, *resource),
            Open | Link | Member => false,
        };
        for role in Role::ALL.into_iter().filter(refused) {
            let status = call(&router, name, Some(&token_of(&app, &practice, role)), &form).await.status;
            let expected = if matches!(who, Patient) { StatusCode::UNAUTHORIZED } else { StatusCode::FORBIDDEN };
            if status != expected {
                complaints.push(format!("{name} as {}: {status}", role.as_str()));
            }
        }
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[tokio::test]
async fn another_practice_finds_nothing() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let other = Practice::new(&app, "beta").await;
    let records = Records::of(&app, &practice).await;
    let router = server(&app, NO_LIMITS);
    let bearer = token_of(&app, &other, Role::Admin);
    let mut complaints = Vec::new();
    for (name, who, form) in FUNCTIONS {
        if matches!(who, Open | Link | Patient) || !form.contains('{') {
            continue;
        }
        let answer = call(&router, name, Some(&bearer), &filled(form, &practice, "", &records)).await;
        if answer.status != StatusCode::NOT_FOUND {
            complaints.push(format!("{name}: {} {}", answer.status, answer.text()));
        }
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[tokio::test]
async fn streams_receipts_and_calendars_open_for_whose_they_are() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let other = Practice::new(&app, "beta").await;
    let records = Records::of(&app, &practice).await;
    let router = server(&app, NO_LIMITS);
    let admin = token_of(&app, &practice, Role::Admin);
    let stranger = token_of(&app, &other, Role::Admin);
    let receipt = format!("/app/receipts/{}", records.file);
    let forged = services::tokens::booking_token(
        &services::tokens::derive_secrets(b"another secret of 32 bytes......"),
        records.booking,
    );
    let (own, foreign) = (format!("/live/b/{}", records.token), format!("/live/b/{forged}"));
    let (calendar, early) = (format!("/b/{forged}/calendar.ics"), format!("/b/{}/calendar.ics", records.token));
    let page = format!("/live/t/{}", practice.slug);
    let google = format!("/app/calendars/google?therapist_id={}", practice.therapist);
    let (admin, stranger) = (Some(admin.as_str()), Some(stranger.as_str()));
    for (path, bearer, expected) in [
        ("/live", None, StatusCode::UNAUTHORIZED),
        ("/live", admin, StatusCode::OK),
        ("/live/my", None, StatusCode::UNAUTHORIZED),
        ("/live/my", admin, StatusCode::UNAUTHORIZED),
        (page.as_str(), None, StatusCode::OK),
        ("/live/t/nobody-here", None, StatusCode::NOT_FOUND),
        ("/live/t/nobody-here", stranger, StatusCode::NOT_FOUND),
        (own.as_str(), None, StatusCode::OK),
        (foreign.as_str(), None, StatusCode::NOT_FOUND),
        (foreign.as_str(), admin, StatusCode::NOT_FOUND),
        (receipt.as_str(), None, StatusCode::UNAUTHORIZED),
        (receipt.as_str(), stranger, StatusCode::NOT_FOUND),
        (receipt.as_str(), admin, StatusCode::OK),
        (calendar.as_str(), None, StatusCode::NOT_FOUND),
        (calendar.as_str(), admin, StatusCode::NOT_FOUND),
        ("/calendar/guess.ics", None, StatusCode::NOT_FOUND),
        ("/calendar/p/guess.ics", admin, StatusCode::NOT_FOUND),
        (google.as_str(), None, StatusCode::UNAUTHORIZED),
        // This installation does not speak to Google; nobody learns whose calendar it would be.
        (google.as_str(), stranger, StatusCode::NOT_FOUND),
        (google.as_str(), admin, StatusCode::NOT_FOUND),
        ("/app/calendars/google/callback?state=x&code=y", None, StatusCode::UNAUTHORIZED),
        ("/app/calendars/google/callback?state=x&code=y", admin, StatusCode::SEE_OTHER),
        // There is nothing to put into a calendar before the booking is confirmed.
        (early.as_str(), None, StatusCode::NOT_FOUND),
    ] {
        let mut asked: Request<Body> = request("GET", path, bearer, None);
        asked.headers_mut().insert(header::ACCEPT, "*/*".parse().unwrap());
        assert_eq!(send(&router, asked).await.status, expected, "{path} {}", bearer.is_some());
    }
    for role in Role::ALL {
        let bearer = token_of(&app, &practice, role);
        let status = send(&router, request("GET", &receipt, Some(&bearer), None)).await.status;
        let may = allowed(role, Read, Resource::Payments);
        assert_eq!(status, if may { StatusCode::OK } else { StatusCode::FORBIDDEN }, "receipt as {}", role.as_str());
    }
}
