//! The flows of 003 and 004 §10.2 on the services: who acts, what follows, what everybody is told.

use chrono::TimeDelta;
use contracts::booking::*;
use contracts::practice::{BookingPolicy, PaymentMethod, PaymentTiming};
use contracts::{ErrorCode, FieldProblem};
use services::bookings as b;
use test_support::TestApp;
use test_support::builders::{Practice, at, john};

fn proof(token: &str) -> SubmitProof {
    SubmitProof { token: token.into(), reference: "ABC123XYZ".into(), method: PaymentMethod::Mpesa }
}

#[tokio::test]
async fn the_whole_way_from_request_to_session() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let therapist = practice.ctx(&app);
    let booking = practice.request(&app, at("2026-03-03T06:00:00Z")).await;
    assert_eq!(booking.status, BookingStatus::PendingApproval);
    let dashboard = b::dashboard(&therapist).await.unwrap();
    assert_eq!(dashboard.counts.pending_approval, 1);
    assert_eq!(dashboard.needs_action[0].patient.name, "John Doe");
    assert_eq!(dashboard.needs_action[0].patient.phone, "+254700000111");
    assert_eq!(dashboard.needs_action[0].patient.email, "john@example.com");

    let approved = b::act(&therapist, booking.id, PracticeAction::Approve).await.unwrap();
    assert_eq!(approved.status, BookingStatus::AwaitingPayment);
    let seen = b::view(&app.visitor(), &booking.token).await.unwrap();
    assert_eq!(seen.instructions.mpesa, "0700 000 000");
    assert!(seen.deadline.is_some());

    let submitted = b::submit_proof(&app.visitor(), proof(&booking.token), None).await.unwrap();
    assert_eq!(submitted.status, BookingStatus::PaymentSubmitted);
    assert_eq!(submitted.proof.unwrap().reference, "ABC123XYZ");

    let rejected = b::act(&therapist, booking.id, PracticeAction::RejectPayment { reason: "No such transfer".into() })
        .await
        .unwrap();
    assert_eq!(rejected.status, BookingStatus::AwaitingPayment);
    b::submit_proof(&app.visitor(), SubmitProof { reference: "QWE987".into(), ..proof(&booking.token) }, None)
        .await
        .unwrap();
    let confirmed = b::act(&therapist, booking.id, PracticeAction::VerifyPayment).await.unwrap();
    assert_eq!((confirmed.status, confirmed.paid), (BookingStatus::Confirmed, true));

    let (sessions, patients, firm): (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM patients), (SELECT count(*) FROM occupancies WHERE firm AND session_id IS NOT NULL)",
    )
    .fetch_one(&app.owner)
    .await
    .unwrap();
    assert_eq!((sessions, patients, firm), (1, 1, 1));
    app.run_jobs().await;
    let subjects: Vec<String> = app.mailbox.to("john@example.com").iter().map(|m| m.subject.clone()).collect();
    assert_eq!(
        subjects.len(),
        6,
        "received, approved, proof received, rejected, proof received, confirmed: {subjects:?}"
    );
    let with_calendar = app.mailbox.to("john@example.com").into_iter().filter(|m| m.calendar.is_some()).count();
    assert_eq!(with_calendar, 1);
    assert!(app.mailbox.to(&practice.email).len() >= 3, "new request and two proofs to verify");
    let ics = b::calendar_file(&app.visitor(), &booking.token).await.unwrap();
    assert!(ics.contains("DTSTART;TZID=Africa/Nairobi:20260303T090000"), "{ics}");
}

#[tokio::test]
async fn money_that_is_verified_at_night_counts_for_the_therapists_day() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let booking = practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    b::act(&practice.ctx(&app), booking.id, PracticeAction::Approve).await.unwrap();
    // Half past one in Nairobi.
    app.clock.set(at("2026-03-02T22:30:00Z"));
    b::submit_proof(&app.visitor(), proof(&booking.token), None).await.unwrap();
    b::act(&practice.ctx(&app), booking.id, PracticeAction::VerifyPayment).await.unwrap();
    let received: chrono::NaiveDate =
        sqlx::query_scalar("SELECT received_on FROM payments").fetch_one(&app.owner).await.unwrap();
    assert_eq!(received.to_string(), "2026-03-03");
}

#[tokio::test]
async fn instant_bookings_confirm_at_once_and_free_services_need_no_payment() {
    let app = TestApp::new().await;
    let policy =
        BookingPolicy { needs_approval: false, payment_timing: PaymentTiming::AtSession, ..Default::default() };
    let practice = Practice::with_policy(&app, "alpha", policy).await;
    let booking = practice.request(&app, at("2026-03-03T06:00:00Z")).await;
    assert_eq!((booking.status, booking.paid), (BookingStatus::Confirmed, false));
    assert!(b::act(&practice.ctx(&app), booking.id, PracticeAction::Approve).await.is_err());
}

#[tokio::test]
async fn approval_without_payment_leads_straight_to_a_session() {
    let app = TestApp::new().await;
    let policy = BookingPolicy { payment_timing: PaymentTiming::AtSession, ..Default::default() };
    let practice = Practice::with_policy(&app, "alpha", policy).await;
    let booking = practice.request(&app, at("2026-03-03T06:00:00Z")).await;
    let card = b::act(&practice.ctx(&app), booking.id, PracticeAction::Approve).await.unwrap();
    assert_eq!(card.status, BookingStatus::Confirmed);
}

#[tokio::test]
async fn the_second_of_two_people_is_told_what_happened() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let booking = practice.request(&app, at("2026-03-03T06:00:00Z")).await;
    b::act(&practice.ctx(&app), booking.id, PracticeAction::Decline { reason: "Fully booked".into() }).await.unwrap();
    let error = b::act(&practice.ctx(&app), booking.id, PracticeAction::Approve).await.unwrap_err();
    assert_eq!(error.public.code, ErrorCode::Conflict);
    assert_eq!(error.public.current_status, Some(BookingStatus::Declined));
    let seen = b::view(&app.visitor(), &booking.token).await.unwrap();
    assert_eq!(seen.closing_reason.as_deref(), Some("Fully booked"));
    assert_eq!(
        practice.hold(&app, booking.starts_at).await.unwrap().status,
        BookingStatus::Held,
        "the slot is free again"
    );
}

#[tokio::test]
async fn bad_details_are_explained_and_kept() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let held = practice.hold(&app, at("2026-03-03T06:00:00Z")).await.unwrap();
    let typed = PatientDetails {
        name: "J".into(),
        email: "not an address".into(),
        phone: "12".into(),
        first_time: true,
        reason: "x".repeat(1_001),
    };
    let error = b::save_details(&app.visitor(), &held.token, typed.clone()).await.unwrap_err();
    assert_eq!(error.public.problem_of("name"), Some(FieldProblem::TooShort));
    assert_eq!(error.public.problem_of("email"), Some(FieldProblem::InvalidEmail));
    assert_eq!(error.public.problem_of("phone"), Some(FieldProblem::InvalidPhone));
    assert_eq!(error.public.problem_of("reason"), Some(FieldProblem::TooLong));
    let view = b::view(&app.visitor(), &held.token).await.unwrap();
    assert_eq!((view.details.name.as_str(), view.details.email.as_str()), ("J", "not an address"));
    let error = b::send_request(&app.visitor(), &held.token).await.unwrap_err();
    assert_eq!(error.public.code, ErrorCode::Validation, "an invalid draft cannot be sent");
    let html = PatientDetails { name: "<b>Ana</b> <script>alert(1)</script>".into(), ..john() };
    b::save_details(&app.visitor(), &held.token, html).await.unwrap();
    let sent = b::send_request(&app.visitor(), &held.token).await.unwrap();
    assert!(!sent.details.name.contains('<'), "{}", sent.details.name);
}

#[tokio::test]
async fn times_that_are_not_offered_cannot_be_held() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    for (what, time) in [
        ("in the past", "2026-03-02T06:00:00Z"),
        ("less than two hours ahead", "2026-03-02T09:00:00Z"),
        ("off the grid", "2026-03-03T06:10:00Z"),
        ("at night", "2026-03-03T00:00:00Z"),
        ("on a Sunday", "2026-03-08T06:00:00Z"),
        ("beyond 60 days", "2026-06-02T06:00:00Z"),
        ("in another century", "2126-03-03T06:00:00Z"),
    ] {
        let error = practice.hold(&app, at(time)).await.map(|_| ()).unwrap_err();
        assert_eq!(error.public.code, ErrorCode::SlotUnavailable, "{what}");
    }
    let unknown = HoldSlot { slug: "nobody-here".into(), ..practice.hold_command(at("2026-03-03T06:00:00Z")) };
    assert_eq!(b::hold(&app.visitor(), unknown).await.unwrap_err().public.code, ErrorCode::NotFound);
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM bookings").fetch_one(&app.owner).await.unwrap();
    assert_eq!(left, 0, "refusals leave nothing behind");
}

#[tokio::test]
async fn a_known_phone_or_address_is_the_same_patient() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    practice.request(&app, at("2026-03-03T06:00:00Z")).await;
    for (slot, phone, email) in [
        ("2026-03-03T07:00:00Z", "+254700000111", "other@example.com"),
        ("2026-03-03T08:00:00Z", "+254700000222", "john@example.com"),
    ] {
        let held = practice.hold(&app, at(slot)).await.unwrap();
        let details = PatientDetails { phone: phone.into(), email: email.into(), ..john() };
        b::save_details(&app.visitor(), &held.token, details).await.unwrap();
        b::send_request(&app.visitor(), &held.token).await.unwrap();
    }
    let ids: Vec<BookingId> = sqlx::query_scalar::<_, uuid::Uuid>("SELECT id FROM bookings ORDER BY starts_at")
        .fetch_all(&app.owner)
        .await
        .unwrap()
        .into_iter()
        .map(Into::into)
        .collect();
    for id in ids {
        b::act(&practice.ctx(&app), id, PracticeAction::Approve).await.unwrap();
    }
    let patients: i64 = sqlx::query_scalar("SELECT count(*) FROM patients").fetch_one(&app.owner).await.unwrap();
    assert_eq!(patients, 1);
}

use contracts::BookingId;

#[tokio::test]
async fn patients_cancel_within_the_rule_only() {
    let app = TestApp::new().await;
    let policy =
        BookingPolicy { needs_approval: false, payment_timing: PaymentTiming::AtSession, ..Default::default() };
    let practice = Practice::with_policy(&app, "alpha", policy).await;
    let far = practice.request(&app, at("2026-03-05T06:00:00Z")).await;
    let near = practice.request(&app, at("2026-03-02T13:00:00Z")).await;
    assert!(far.can_cancel && !near.can_cancel);
    let cancelled = b::cancel_by_patient(&app.visitor(), &far.token, "I am ill").await.unwrap();
    assert_eq!((cancelled.status, cancelled.cancelled_by_patient), (BookingStatus::Cancelled, true));
    assert_eq!(
        b::cancel_by_patient(&app.visitor(), &far.token, "again").await.unwrap().status,
        BookingStatus::Cancelled
    );
    assert!(b::cancel_by_patient(&app.visitor(), &near.token, "").await.is_err());
    let sessions: Vec<String> =
        sqlx::query_scalar("SELECT status FROM sessions ORDER BY starts_at").fetch_all(&app.owner).await.unwrap();
    assert_eq!(sessions, ["scheduled", "cancelled"]);
}

#[tokio::test]
async fn a_proof_that_comes_too_late_is_never_lost() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let slots = ["2026-03-10T06:00:00Z", "2026-03-10T07:00:00Z"];
    let mut bookings = Vec::new();
    for slot in slots {
        let booking = practice.request(&app, at(slot)).await;
        b::act(&practice.ctx(&app), booking.id, PracticeAction::Approve).await.unwrap();
        bookings.push(booking);
    }
    app.clock.advance(TimeDelta::hours(25));
    app.run_jobs().await;
    for booking in &bookings {
        assert_eq!(b::view(&app.visitor(), &booking.token).await.unwrap().status, BookingStatus::Expired);
    }
    // Nobody took the first slot: the booking revives. The second one is gone: the money waits for a decision.
    practice.hold(&app, at(slots[1])).await.unwrap();
    let revived = b::submit_proof(&app.visitor(), proof(&bookings[0].token), None).await.unwrap();
    assert_eq!(revived.status, BookingStatus::PaymentSubmitted);
    let late =
        b::submit_proof(&app.visitor(), SubmitProof { reference: "LATE-2".into(), ..proof(&bookings[1].token) }, None)
            .await
            .unwrap();
    assert_eq!(late.status, BookingStatus::Expired);
    assert!(late.proof.as_ref().unwrap().late);
    let counts = b::counts(&practice.ctx(&app)).await.unwrap();
    assert_eq!((counts.payment_submitted, counts.late_proofs), (1, 1));
    app.clock.advance(TimeDelta::hours(48));
    app.run_jobs().await;
    let kept = b::get(&practice.ctx(&app), bookings[1].id).await.unwrap();
    assert_eq!(kept.patient.name, "John Doe", "whoever sent money is not erased");
    let decided = b::act(&practice.ctx(&app), bookings[1].id, PracticeAction::LateRefund).await.unwrap();
    assert_eq!(decided.proof.unwrap().state, ProofState::Refunded);
    assert_eq!(b::counts(&practice.ctx(&app)).await.unwrap().late_proofs, 0);
    app.run_jobs().await;
    let told = app.mailbox.to("john@example.com");
    assert!(told.iter().any(|message| message.subject == "Your payment was returned"));
    let to_therapist: Vec<_> = app.mailbox.to(&practice.email).into_iter().map(|m| (m.subject, m.text)).collect();
    let late: Vec<_> = to_therapist.iter().filter(|(subject, _)| subject.starts_with("Late payment")).collect();
    assert_eq!(late.len(), 2, "{to_therapist:?}");
    assert_eq!(late.iter().filter(|(_, text)| text.contains("no longer free")).count(), 1);
}

#[tokio::test]
async fn late_money_that_is_kept_is_told_to_its_patient() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let slot = at("2026-03-10T06:00:00Z");
    let booking = practice.request(&app, slot).await;
    b::act(&practice.ctx(&app), booking.id, PracticeAction::Approve).await.unwrap();
    app.clock.advance(TimeDelta::hours(25));
    app.run_jobs().await;
    practice.hold(&app, slot).await.unwrap();
    b::submit_proof(&app.visitor(), proof(&booking.token), None).await.unwrap();
    b::act(&practice.ctx(&app), booking.id, PracticeAction::LateCredit).await.unwrap();
    app.run_jobs().await;
    let told = app.mailbox.to("john@example.com");
    assert!(told.iter().any(|message| message.subject == "Your payment is kept for you"));
}

#[tokio::test]
async fn the_same_reference_or_receipt_twice_is_flagged() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let mut flags = Vec::new();
    for slot in ["2026-03-10T06:00:00Z", "2026-03-10T07:00:00Z"] {
        let booking = practice.request(&app, at(slot)).await;
        b::act(&practice.ctx(&app), booking.id, PracticeAction::Approve).await.unwrap();
        b::submit_proof(&app.visitor(), proof(&booking.token), None).await.unwrap();
        flags.push(b::get(&practice.ctx(&app), booking.id).await.unwrap().proof.unwrap().duplicate);
    }
    assert!(flags[1]);
}
