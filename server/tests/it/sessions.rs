//! The diary on the services: placing, moving, holding, cancelling and being paid for sessions (000 §4.1, product §6).

use crate::records::{john_of, session};
use chrono::TimeDelta;
use contracts::booking::{BookingStatus, BookingView};
use contracts::lists::{SessionSort, SortKey};
use contracts::messages::MessageStatus;
use contracts::practice::{BookingPolicy, PaymentMethod, PaymentTiming};
use contracts::sessions::*;
use contracts::{ErrorCode, FieldProblem, PatientId, SessionId};
use services::sessions as s;
use services::{ServiceError, bookings};
use test_support::TestApp;
use test_support::builders::{Practice, at};

/// A practice that confirms at once, and John with a session on Tuesday 3 March at 9:00 in Nairobi.
async fn booked(app: &TestApp) -> (Practice, BookingView, PatientId, SessionId) {
    let policy =
        BookingPolicy { needs_approval: false, payment_timing: PaymentTiming::AtSession, ..Default::default() };
    let practice = Practice::with_policy(app, "alpha", policy).await;
    let booking = practice.request(app, at("2026-03-03T06:00:00Z")).await;
    let john = john_of(app, &practice).await;
    let card = bookings::get(&practice.ctx(app), booking.id).await.unwrap();
    let session = card.session.unwrap().id;
    (practice, booking, john, session)
}

fn code<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> ErrorCode {
    result.unwrap_err().public.code
}

fn to(starts: &str) -> MoveSession {
    MoveSession { starts: starts.parse().unwrap(), outside_hours: false, tell_patient: true, version: None }
}

fn subjects(app: &TestApp, to: &str) -> Vec<String> {
    app.mailbox.to(to).iter().map(|mail| mail.subject.clone()).collect()
}

#[tokio::test]
async fn the_practice_places_a_session_and_the_patient_has_the_link_of_a_booking() {
    let app = TestApp::new().await;
    let (practice, _, john, _) = booked(&app).await;
    let ctx = practice.ctx(&app);
    app.run_jobs().await;
    let before = app.mailbox.to("john@example.com").len();
    // Off the patients' grid and within their notice: the practice is bound by neither.
    let placed = s::create(&ctx, session(&practice, john, "2026-03-02T12:05:00")).await.unwrap();
    assert_eq!(placed.card.status, SessionStatus::Scheduled);
    assert_eq!(placed.card.source, SessionSource::Staff);
    assert_eq!(placed.card.payment_status, PaymentStatus::Pending);
    assert!(!placed.card.outside_hours);
    app.run_jobs().await;
    let mails = app.mailbox.to("john@example.com");
    assert_eq!(mails.len(), before + 1);
    let link = mails.last().unwrap().text.split("/b/").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let seen = bookings::view(&app.visitor(), &link).await.unwrap();
    assert_eq!((seen.status, seen.starts_at), (BookingStatus::Confirmed, at("2026-03-02T09:05:00Z")));
    assert!(bookings::calendar_file(&app.visitor(), &link).await.unwrap().contains("DTSTART"));
}

#[tokio::test]
async fn outside_the_hours_only_knowingly_and_never_over_another_session() {
    let app = TestApp::new().await;
    let (practice, _, john, _) = booked(&app).await;
    let ctx = practice.ctx(&app);
    let evening = session(&practice, john, "2026-03-03T19:00:00");
    let refused = s::create(&ctx, evening.clone()).await.unwrap_err().public;
    assert_eq!(refused.code, ErrorCode::SlotUnavailable);
    assert_eq!(refused.problem_of("starts"), Some(FieldProblem::OutsideHours));
    let placed = s::create(&ctx, NewSession { outside_hours: true, ..evening }).await.unwrap();
    assert!(placed.card.outside_hours);
    assert!(placed.history.iter().any(|line| line.action == "session.placed"));
    for starts in ["2026-03-03T09:00:00", "2026-03-03T08:30:00", "2026-03-03T09:45:00"] {
        let over = NewSession { outside_hours: true, ..session(&practice, john, starts) };
        let taken = s::create(&ctx, over).await.unwrap_err().public;
        assert_eq!(taken.code, ErrorCode::SlotTaken, "{starts}");
        assert_eq!(taken.alternatives.len(), 3, "{starts}");
    }
    let skipped = session(&practice, john, "2028-03-03T09:00:00");
    assert_eq!(s::create(&ctx, skipped).await.unwrap_err().public.problem_of("starts"), Some(FieldProblem::TooFar));
}

#[tokio::test]
async fn moving_keeps_the_session_its_link_and_its_reminders() {
    let app = TestApp::new().await;
    let (practice, booking, _, id) = booked(&app).await;
    let ctx = practice.ctx(&app);
    app.run_jobs().await;
    let moved = s::move_to(&ctx, id, to("2026-03-05T11:00:00")).await.unwrap();
    assert_eq!((moved.card.id, moved.card.starts_at), (id, at("2026-03-05T08:00:00Z")));
    let line = moved.history.iter().find(|line| line.action == "session.moved").unwrap();
    assert_eq!(line.moved.unwrap().0.to_string(), "2026-03-03 09:00:00");
    let seen = bookings::view(&app.visitor(), &booking.token).await.unwrap();
    assert_eq!(seen.starts_at, at("2026-03-05T08:00:00Z"));
    // The old time is free, the new one is taken.
    assert!(practice.hold(&app, at("2026-03-03T06:00:00Z")).await.is_ok());
    assert_eq!(code(practice.hold(&app, at("2026-03-05T08:00:00Z")).await), ErrorCode::SlotTaken);
    let (day, soon): (chrono::DateTime<chrono::Utc>, chrono::DateTime<chrono::Utc>) =
        sqlx::query_as("SELECT day_reminder_at, join_reminder_at FROM sessions WHERE id = $1")
            .bind(id.0)
            .fetch_one(&app.owner)
            .await
            .unwrap();
    assert_eq!((day, soon), (at("2026-03-04T08:00:00Z"), at("2026-03-05T07:45:00Z")));
    app.clock.advance(TimeDelta::minutes(5));
    app.run_jobs().await;
    let told = subjects(&app, "john@example.com");
    assert!(told.iter().any(|subject| subject.contains("new time")), "{told:?}");
}

#[tokio::test]
async fn a_move_that_cannot_be_changes_nothing() {
    let app = TestApp::new().await;
    let (practice, _, john, id) = booked(&app).await;
    let ctx = practice.ctx(&app);
    s::create(&ctx, session(&practice, john, "2026-03-04T09:00:00")).await.unwrap();
    assert_eq!(code(s::move_to(&ctx, id, to("2026-03-04T09:30:00")).await), ErrorCode::SlotTaken);
    assert_eq!(code(s::move_to(&ctx, id, to("2026-03-04T07:00:00")).await), ErrorCode::SlotUnavailable);
    let old = MoveSession { version: Some(99), ..to("2026-03-06T09:00:00") };
    assert_eq!(code(s::move_to(&ctx, id, old).await), ErrorCode::Conflict);
    assert_eq!(s::get(&ctx, id).await.unwrap().card.starts_at, at("2026-03-03T06:00:00Z"));
    // Half an hour later over its own old time is no collision with itself.
    assert!(s::move_to(&ctx, id, to("2026-03-03T09:30:00")).await.is_ok());
}

#[tokio::test]
async fn started_completed_missed_and_opened_again() {
    let app = TestApp::new().await;
    let (practice, booking, john, id) = booked(&app).await;
    let ctx = || practice.ctx(&app);
    assert_eq!(code(s::take_step(&ctx(), id, SessionStep::Complete, None).await), ErrorCode::Conflict);
    app.clock.set(at("2026-03-03T05:55:00Z"));
    let started = s::take_step(&ctx(), id, SessionStep::Start, None).await.unwrap();
    assert_eq!(started.card.status, SessionStatus::InProgress);
    assert_eq!(code(s::cancel(&ctx(), id, CancelSession::default()).await), ErrorCode::Conflict);
    assert_eq!(code(bookings::cancel_by_patient(&app.visitor(), &booking.token, "").await), ErrorCode::Conflict);
    assert_eq!(code(s::move_to(&ctx(), id, to("2026-03-06T09:00:00")).await), ErrorCode::Conflict);
    let stale = s::take_step(&ctx(), id, SessionStep::Complete, Some(1)).await;
    assert_eq!(code(stale), ErrorCode::Conflict);
    let done = s::take_step(&ctx(), id, SessionStep::Complete, Some(started.card.version)).await.unwrap();
    assert_eq!(done.card.status, SessionStatus::Completed);
    let (attended, owed): (i32, i64) = statistics(&app, john).await;
    assert_eq!((attended, owed), (1, 200_000));
    s::take_step(&ctx(), id, SessionStep::Reopen, None).await.unwrap();
    assert_eq!(statistics(&app, john).await, (0, 0));
    app.clock.set(at("2026-03-03T08:00:00Z"));
    let missed = s::take_step(&ctx(), id, SessionStep::NoShow, None).await.unwrap();
    assert_eq!(missed.card.status, SessionStatus::NoShow);
}

async fn statistics(app: &TestApp, patient: PatientId) -> (i32, i64) {
    sqlx::query_as("SELECT attended, owed_minor FROM patients WHERE id = $1")
        .bind(patient.0)
        .fetch_one(&app.owner)
        .await
        .unwrap()
}

#[tokio::test]
async fn cancelled_with_a_reason_and_taken_back_while_that_is_honest() {
    let app = TestApp::new().await;
    let (practice, booking, _, id) = booked(&app).await;
    let ctx = || practice.ctx(&app);
    let ill = CancelSession { reason: "I am ill".into(), tell_patient: true, refund: None };
    let cancelled = s::cancel(&ctx(), id, ill.clone()).await.unwrap();
    assert_eq!((cancelled.card.status, cancelled.patient_told), (SessionStatus::Cancelled, Some(true)));
    assert!(cancelled.undo_until.is_some());
    let seen = bookings::view(&app.visitor(), &booking.token).await.unwrap();
    assert_eq!((seen.status, seen.closing_reason.as_deref()), (BookingStatus::Cancelled, Some("I am ill")));
    let back = s::restore(&ctx(), id).await.unwrap();
    assert_eq!(back.card.status, SessionStatus::Scheduled);
    let seen = bookings::view(&app.visitor(), &booking.token).await.unwrap();
    assert_eq!((seen.status, seen.closing_reason), (BookingStatus::Confirmed, None));
    assert_eq!(code(practice.hold(&app, at("2026-03-03T06:00:00Z")).await), ErrorCode::SlotTaken);

    s::cancel(&ctx(), id, ill.clone()).await.unwrap();
    practice.hold(&app, at("2026-03-03T06:00:00Z")).await.unwrap();
    assert_eq!(code(s::restore(&ctx(), id).await), ErrorCode::SlotTaken);
    app.clock.advance(TimeDelta::minutes(11));
    assert_eq!(code(s::restore(&ctx(), id).await), ErrorCode::Conflict);
}

#[tokio::test]
async fn what_is_taken_back_in_time_is_never_told_and_what_was_told_is_corrected() {
    let app = TestApp::new().await;
    let (practice, _, _, id) = booked(&app).await;
    let ctx = || practice.ctx(&app);
    let ill = CancelSession { reason: "I am ill".into(), tell_patient: true, refund: None };
    app.run_jobs().await;
    let before = subjects(&app, "john@example.com").len();
    let cancelled = s::cancel(&ctx(), id, ill.clone()).await.unwrap();
    let waiting = cancelled.cancel_message.unwrap();
    let in_a_minute = waiting.local + TimeDelta::minutes(1);
    assert_eq!(
        (waiting.status, waiting.due_local, waiting.correctable),
        (MessageStatus::Queued, Some(in_a_minute), true)
    );
    app.run_jobs().await;
    s::restore(&ctx(), id).await.unwrap();
    app.clock.advance(TimeDelta::minutes(5));
    app.run_jobs().await;
    assert_eq!(subjects(&app, "john@example.com").len(), before, "nobody heard of it");

    s::cancel(&ctx(), id, ill).await.unwrap();
    app.clock.advance(TimeDelta::minutes(5));
    app.run_jobs().await;
    let sent = s::get(&ctx(), id).await.unwrap().cancel_message.unwrap();
    assert_eq!((sent.status, sent.due_local, sent.correctable), (MessageStatus::Sent, None, false));
    s::restore(&ctx(), id).await.unwrap();
    assert_eq!(s::get(&ctx(), id).await.unwrap().cancel_message, None, "nothing is cancelled");
    app.run_jobs().await;
    let told = subjects(&app, "john@example.com").split_off(before);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].contains("confirmed"), "{told:?}");
}

#[tokio::test]
async fn a_silent_change_leaves_no_wrong_time_to_be_told() {
    let app = TestApp::new().await;
    let (practice, _, _, id) = booked(&app).await;
    let ctx = practice.ctx(&app);
    app.run_jobs().await;
    let before = app.mailbox.to("john@example.com").len();
    s::move_to(&ctx, id, to("2026-03-04T09:00:00")).await.unwrap();
    s::move_to(&ctx, id, MoveSession { tell_patient: false, ..to("2026-03-05T10:00:00") }).await.unwrap();
    app.clock.advance(TimeDelta::minutes(5));
    app.run_jobs().await;
    let told = app.mailbox.to("john@example.com").split_off(before);
    assert_eq!(told.len(), 1);
    assert!(told[0].text.contains("Thursday 5 March") && told[0].text.contains("Tuesday 3 March"), "{}", told[0].text);
    s::move_to(&ctx, id, to("2026-03-06T09:00:00")).await.unwrap();
    s::cancel(&ctx, id, CancelSession { tell_patient: false, ..CancelSession::default() }).await.unwrap();
    app.clock.advance(TimeDelta::minutes(5));
    app.run_jobs().await;
    assert_eq!(app.mailbox.to("john@example.com").len(), before + 1, "a move of what is cancelled is not told");
}

#[tokio::test]
async fn a_move_is_still_told_when_a_silent_end_within_its_grace_is_undone() {
    let app = TestApp::new().await;
    let (practice, _, _, id) = booked(&app).await;
    let ctx = || practice.ctx(&app);
    let quiet = CancelSession { tell_patient: false, ..CancelSession::default() };
    let later = |minutes| {
        app.clock.advance(TimeDelta::minutes(minutes));
        app.run_jobs()
    };
    later(0).await;
    let before = app.mailbox.to("john@example.com").len();
    let told = || app.mailbox.to("john@example.com").split_off(before);
    s::move_to(&ctx(), id, to("2026-03-04T09:00:00")).await.unwrap();
    s::cancel(&ctx(), id, quiet.clone()).await.unwrap();
    later(5).await;
    assert!(told().is_empty(), "nobody is told a time of what is cancelled: {:?}", told());
    s::restore(&ctx(), id).await.unwrap();
    later(5).await;
    let mails = told();
    let [one] = mails.as_slice() else { panic!("{mails:?}") };
    assert!(one.text.contains("Wednesday 4 March") && one.text.contains("Tuesday 3 March"), "{}", one.text);

    // What was told before is told once, and a silent end that is undone is no news.
    s::cancel(&ctx(), id, quiet.clone()).await.unwrap();
    s::restore(&ctx(), id).await.unwrap();
    later(5).await;
    assert_eq!(told().len(), 1);

    // Twice ended and restored within the grace, and moved back to what the patient knows.
    s::move_to(&ctx(), id, to("2026-03-05T09:00:00")).await.unwrap();
    for _ in 0..2 {
        s::cancel(&ctx(), id, quiet.clone()).await.unwrap();
        s::restore(&ctx(), id).await.unwrap();
    }
    s::move_to(&ctx(), id, to("2026-03-04T09:00:00")).await.unwrap();
    later(5).await;
    assert_eq!(told().len(), 1, "{:?}", told().last());
}

#[tokio::test]
async fn who_is_not_to_be_told_is_not_and_paid_money_asks_for_a_decision() {
    let app = TestApp::new().await;
    let (practice, _, _, id) = booked(&app).await;
    let ctx = practice.ctx(&app);
    app.run_jobs().await;
    let before = app.mailbox.to("john@example.com").len();
    let cash = RecordPayment { amount: None, method: PaymentMethod::Cash, received_on: None, reference: String::new() };
    s::record_payment(&ctx, id, cash).await.unwrap();
    let quiet = CancelSession { reason: String::new(), tell_patient: false, refund: None };
    let asked = s::cancel(&ctx, id, quiet.clone()).await.unwrap_err().public;
    assert_eq!(asked.problem_of("refund"), Some(FieldProblem::Required));
    let credit = CancelSession { refund: Some(RefundDecision::Credit), ..quiet };
    let cancelled = s::cancel(&ctx, id, credit).await.unwrap();
    assert_eq!(cancelled.refund_decision, Some(RefundDecision::Credit));
    app.clock.advance(TimeDelta::minutes(5));
    app.run_jobs().await;
    assert_eq!(app.mailbox.to("john@example.com").len(), before);
}

#[tokio::test]
async fn money_in_parts_and_what_it_makes_of_the_session() {
    let app = TestApp::new().await;
    let (practice, _, _, id) = booked(&app).await;
    let ctx = practice.ctx(&app);
    let part = |amount: &str| RecordPayment {
        amount: Some(amount.into()),
        method: PaymentMethod::Mpesa,
        received_on: None,
        reference: "QX12".into(),
    };
    let half = s::record_payment(&ctx, id, part("1000")).await.unwrap();
    assert_eq!((half.card.payment_status, half.card.paid.minor), (PaymentStatus::PartlyPaid, 100_000));
    assert_eq!(half.payments[0].reference, "QX12");
    for wrong in ["0", "-5", "1000.01", "x"] {
        assert_eq!(code(s::record_payment(&ctx, id, part(wrong)).await), ErrorCode::Validation, "{wrong}");
    }
    let future = RecordPayment { received_on: chrono::NaiveDate::from_ymd_opt(2026, 3, 9), ..part("10") };
    let error = s::record_payment(&ctx, id, future).await.unwrap_err().public;
    assert_eq!(error.problem_of("received_on"), Some(FieldProblem::TooFar));
    assert_eq!(s::waive(&ctx, id, true).await.unwrap().card.payment_status, PaymentStatus::Waived);
    assert_eq!(s::waive(&ctx, id, false).await.unwrap().card.payment_status, PaymentStatus::PartlyPaid);
    let whole = s::record_payment(&ctx, id, part("1000")).await.unwrap();
    assert_eq!(whole.card.payment_status, PaymentStatus::Paid);
    let gone = sqlx::query("DELETE FROM payments").execute(&app.owner).await;
    assert!(gone.is_ok(), "the owner of the database may, the program may not");
    let mut tx = app.deps.db.practice(practice.id, None).await.unwrap();
    let refused = sqlx::query("DELETE FROM payments").execute(&mut *tx).await.unwrap_err();
    assert!(refused.to_string().contains("permission denied"), "{refused}");
}

#[tokio::test]
async fn two_payments_at_once_add_up() {
    let app = TestApp::new().await;
    let (practice, _, _, id) = booked(&app).await;
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let ctx = practice.ctx(&app);
        let cmd = RecordPayment {
            amount: Some("300".into()),
            method: PaymentMethod::Cash,
            received_on: None,
            reference: String::new(),
        };
        all.spawn(async move { s::record_payment(&ctx, id, cmd).await.is_ok() });
    }
    let paid = all.join_all().await.into_iter().filter(|ok| *ok).count();
    assert_eq!(paid, 6, "six times 300 fit into 2,000");
    assert_eq!(s::get(&practice.ctx(&app), id).await.unwrap().card.paid.minor, 180_000);
}

#[tokio::test]
async fn the_patient_moves_it_in_time_and_the_therapist_is_told() {
    let app = TestApp::new().await;
    let (practice, booking, _, id) = booked(&app).await;
    let later = at("2026-03-05T06:00:00Z");
    // The rule is 24 hours, and the session is 22 hours away.
    let late = bookings::move_by_patient(&app.visitor(), &booking.token, later).await;
    assert_eq!(code(late), ErrorCode::Conflict);
    s::move_to(&practice.ctx(&app), id, to("2026-03-04T09:00:00")).await.unwrap();
    let times = bookings::times_to_move(&app.visitor(), &booking.token, None).await.unwrap();
    let free: Vec<_> = times.days.iter().flat_map(|day| day.free()).map(|slot| slot.starts_at).collect();
    assert!(free.contains(&later));
    let off_grid = bookings::move_by_patient(&app.visitor(), &booking.token, at("2026-03-05T06:10:00Z")).await;
    assert_eq!(code(off_grid), ErrorCode::SlotUnavailable);
    let moved = bookings::move_by_patient(&app.visitor(), &booking.token, later).await.unwrap();
    assert_eq!((moved.starts_at, moved.can_move), (later, true));
    assert_eq!(s::get(&practice.ctx(&app), id).await.unwrap().card.starts_at, later);
    app.clock.advance(TimeDelta::minutes(5));
    app.run_jobs().await;
    let told = subjects(&app, &practice.email);
    assert!(told.iter().any(|subject| subject.contains("chose another time")), "{told:?}");
}

#[tokio::test]
async fn lists_narrow_search_sort_and_go_on() {
    let app = TestApp::new().await;
    let (practice, _, john, id) = booked(&app).await;
    let ctx = practice.ctx(&app);
    for day in 4..7 {
        s::create(&ctx, session(&practice, john, &format!("2026-03-{day:02}T10:00:00"))).await.unwrap();
    }
    let cash = RecordPayment { amount: None, method: PaymentMethod::Cash, received_on: None, reference: String::new() };
    s::record_payment(&ctx, id, cash).await.unwrap();
    let count = |filter: SessionFilter| {
        let ctx = ctx.clone();
        async move { s::list(&ctx, filter).await.unwrap().items.len() }
    };
    let all = SessionFilter::default;
    assert_eq!(count(all()).await, 4);
    assert_eq!(count(SessionFilter { from: Some(at("2026-03-05T00:00:00Z")), ..all() }).await, 2);
    assert_eq!(count(SessionFilter { payment: Some(PaymentStatus::Paid), ..all() }).await, 1);
    assert_eq!(count(SessionFilter { status: Some(SessionStatus::Completed), ..all() }).await, 0);
    assert_eq!(count(SessionFilter { patient_id: Some(john), ..all() }).await, 4);
    for found in ["john", "DOE jo", "700 000", "JOHN@"] {
        assert_eq!(count(SessionFilter { search: Some(found.into()), ..all() }).await, 4, "{found}");
    }
    let number = s::get(&ctx, id).await.unwrap().card.reference;
    assert_eq!(count(SessionFilter { search: Some(number.to_lowercase()), ..all() }).await, 1);
    assert_eq!(count(SessionFilter { search: Some("100%_".into()), ..all() }).await, 0);
    for sort in SessionSort::ALL {
        let mut seen = vec![];
        let mut cursor = None;
        loop {
            let page = s::list(&ctx, SessionFilter { sort: *sort, cursor, limit: Some(1), ..all() }).await.unwrap();
            seen.extend(page.items.into_iter().map(|card| card.id));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        let mut unique = seen.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!((seen.len(), unique.len()), (4, 4), "{sort:?}");
    }
}

#[tokio::test]
async fn the_same_with_many_leaves_out_what_cannot_be() {
    let app = TestApp::new().await;
    let (practice, _, john, first) = booked(&app).await;
    let ctx = || practice.ctx(&app);
    let second = s::create(&ctx(), session(&practice, john, "2026-03-20T10:00:00")).await.unwrap().card;
    app.clock.set(at("2026-03-03T08:00:00Z"));
    let done = s::act_on_all(&ctx(), &[first, second.id], &BulkAction::Complete).await.unwrap();
    assert_eq!((done.done, done.left), (1, vec![second.reference]));
    let paid = BulkAction::MarkPaid { method: PaymentMethod::Cash };
    assert_eq!(s::act_on_all(&ctx(), &[first, second.id], &paid).await.unwrap().done, 2);
    assert_eq!(code(s::act_on_all(&ctx(), &[], &paid).await), ErrorCode::Validation);
}

#[tokio::test]
async fn many_are_cancelled_with_one_reason_and_nobody_is_told_who_is_not_to_be() {
    let app = TestApp::new().await;
    let (practice, _, john, first) = booked(&app).await;
    let ctx = practice.ctx(&app);
    let second = s::create(&ctx, session(&practice, john, "2026-03-06T09:00:00")).await.unwrap().card.id;
    app.run_jobs().await;
    let told = subjects(&app, "john@example.com").len();
    let cancel = BulkAction::Cancel { reason: "I am ill".into(), tell_patient: false };
    assert_eq!(s::act_on_all(&ctx, &[first, second], &cancel).await.unwrap().done, 2);
    for id in [first, second] {
        let seen = s::get(&ctx, id).await.unwrap();
        assert_eq!(seen.card.status, SessionStatus::Cancelled);
        assert_eq!(seen.cancel_reason.as_deref(), Some("I am ill"));
    }
    app.clock.advance(TimeDelta::minutes(10));
    app.run_jobs().await;
    assert_eq!(subjects(&app, "john@example.com").len(), told);
}

/// 64 at once: sessions are moved onto one time, placed there and booked by patients. One of them has it.
#[tokio::test]
async fn one_time_and_everybody_wants_it() {
    let app = TestApp::new().await;
    let (practice, _, john, id) = booked(&app).await;
    let target = "2026-03-10T11:00:00";
    let other = s::create(&practice.ctx(&app), session(&practice, john, "2026-03-06T09:00:00")).await.unwrap().card.id;
    let mut all = tokio::task::JoinSet::new();
    for n in 0..64 {
        let (ctx, visitor) = (practice.ctx(&app), app.visitor());
        let place = session(&practice, john, target);
        let hold = practice.hold_command(at("2026-03-10T08:00:00Z"));
        all.spawn(async move {
            match n % 3 {
                0 => s::create(&ctx, place).await.map(|_| ()),
                1 => s::move_to(&ctx, if n % 2 == 0 { id } else { other }, to(target)).await.map(|_| ()),
                _ => bookings::hold(&visitor, hold).await.map(|_| ()),
            }
        });
    }
    let all = all.join_all().await;
    for error in all.into_iter().filter_map(Result::err) {
        let expected = [ErrorCode::SlotTaken, ErrorCode::Conflict];
        assert!(expected.contains(&error.public.code), "{error}");
    }
    let there: i64 = sqlx::query_scalar("SELECT count(*) FROM occupancies WHERE starts_at = $1")
        .bind(at("2026-03-10T08:00:00Z"))
        .fetch_one(&app.owner)
        .await
        .unwrap();
    assert_eq!(there, 1);
    let lost: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sessions s WHERE s.status = 'scheduled' AND NOT EXISTS (
           SELECT 1 FROM occupancies o WHERE o.session_id = s.id AND o.starts_at = s.starts_at AND o.booking_id = s.booking_id)",
    )
    .fetch_one(&app.owner)
    .await
    .unwrap();
    assert_eq!(lost, 0, "every session has its time, and no other");
}

#[tokio::test]
async fn the_file_holds_everything_the_filter_leaves_and_no_formula() {
    let app = TestApp::new().await;
    let (practice, booking, john, id) = booked(&app).await;
    let ctx = practice.ctx(&app);
    let placed = s::create(&ctx, session(&practice, john, "2026-03-02T12:05:00")).await.unwrap();
    s::cancel(&ctx, id, CancelSession { reason: "Ill".into(), tell_patient: false, refund: None }).await.unwrap();
    let all = s::export(&ctx, SessionFilter::default()).await.unwrap();
    let lines: Vec<&str> = all.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "Date,Time,Time zone,Patient,Service,Therapist,Status,Payment,Price,Paid,Currency,Reference");
    assert_eq!(lines.len(), 3, "{all}");
    assert!(lines[1].starts_with("2026-03-03,09:00,Africa/Nairobi,") && lines[1].contains(",Cancelled,"), "{all}");
    assert!(lines[1].ends_with(&booking.reference), "{all}");

    let only = SessionFilter { status: Some(SessionStatus::Scheduled), ..SessionFilter::default() };
    let only = s::export(&ctx, only).await.unwrap();
    assert_eq!(only.lines().count(), 2, "{only}");
    assert!(only.contains(&placed.card.reference), "{only}");
}
