//! Every use case, called by another practice or another therapist: it sees nothing and changes nothing.

mod complete;

use crate::records::Records;
use contracts::accounts::Role;
use contracts::availability::{
    AddException, AddRule, BookingsInTheWay, ChangeException, ChangeRule, ExceptionKind, SaveBuffers,
};
use contracts::booking::{BookingFilter, Counts, PracticeAction, SubmitProof};
use contracts::calendars::{AddCalendar, RenewFeed, SaveVideoUrl};
use contracts::lists::PageOf;
use contracts::messages::{Channel, MessageStatus, SendMessage};
use contracts::patients::*;
use contracts::practice::{PaymentMethod, SaveProfile, SaveService, SaveTerms};
use contracts::reschedule::{AskReschedule, DecideReschedule, RescheduleFilter};
use contracts::series::{AskPreview, ChangeSeries, Resolve};
use contracts::sessions::{
    BulkAction, CancelSession, CompleteSession, DiarySpan, MoveSession, RecordPayment, RefundDecision, SessionFilter,
    SessionStep,
};
use contracts::{CalendarId, ErrorCode, FieldProblem, NoteId, PatientId, TherapistId};
use services::{Actor, Ctx, Member, ServiceError, messages};
use test_support::TestApp;
use test_support::builders::{Practice, at, john};

/// Everything a practice has, as one text, so that any change shows.
async fn picture(app: &TestApp, practice: &Practice) -> String {
    let mut all = String::new();
    for table in [
        "practices",
        "members",
        "invitations",
        "therapists",
        "services",
        "therapist_services",
        "availability_rules",
        "availability_exceptions",
        "bookings",
        "occupancies",
        "sessions",
        "patients",
        "guardians",
        "patient_therapists",
        "patient_tags",
        "tags",
        "notes",
        "patient_imports",
        "payments",
        "payment_proofs",
        "payments",
        "notes",
        "messages",
        "message_templates",
        "opt_outs",
        "notifications",
        "files",
        "series",
        "series_occurrences",
        "calendar_connections",
        "calendar_feeds",
        "reschedule_requests",
    ] {
        let sql = format!(
            "SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY to_jsonb(t)::text), '[]')::text FROM {table} t WHERE practice_id = $1"
        );
        let rows: String =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(practice.id.0).fetch_one(&app.owner).await.unwrap();
        all.push_str(table);
        all.push_str(&rows);
    }
    all
}

fn code<T>(result: Result<T, ServiceError>) -> ErrorCode {
    match result {
        Ok(_) => panic!("it was allowed"),
        Err(error) => error.public.code,
    }
}

/// Tries everything about calendars of `mine` as somebody else.
async fn strangers_calendars(stranger: &Ctx, mine: &Practice, id: CalendarId) {
    use services::calendars;
    let (not_found, therapist_id) = (ErrorCode::NotFound, mine.therapist);
    assert_eq!(code(calendars::page(stranger, therapist_id).await), not_found);
    let add = AddCalendar { therapist_id, url: "https://calendar.example/theirs.ics".into() };
    assert_eq!(code(calendars::add(stranger, add).await), not_found);
    assert_eq!(code(calendars::disconnect(stranger, id).await), not_found);
    assert_eq!(code(calendars::read_now(stranger, id).await), not_found);
    assert_eq!(code(calendars::show_names(stranger, id, true).await), not_found);
    let video = SaveVideoUrl { therapist_id, video_url: "https://meet.example/x".into() };
    assert_eq!(code(calendars::save_video_url(stranger, video).await), not_found);
    assert_eq!(code(calendars::renew_feed(stranger, RenewFeed { therapist_id, show_names: true }).await), not_found);
    assert_eq!(code(calendars::stop_feed(stranger, therapist_id).await), not_found);
    assert_eq!(code(calendars::begin_google(stranger, therapist_id).await), not_found);
}

/// Tries everything about requests for another time of `mine` as somebody else.
async fn strangers_requests(stranger: &Ctx, records: &Records) {
    use services::reschedule_requests;
    let (not_found, id) = (ErrorCode::NotFound, records.request);
    let answer = || DecideReschedule { note: "no".into(), version: None };
    assert_eq!(code(reschedule_requests::get(stranger, id).await), not_found);
    assert_eq!(code(reschedule_requests::approve(stranger, id, answer()).await), not_found);
    assert_eq!(code(reschedule_requests::reject(stranger, id, answer()).await), not_found);
    assert_eq!(code(reschedule_requests::withdraw(stranger, id).await), not_found);
    assert_eq!(code(reschedule_requests::times(stranger, records.session, None).await), not_found);
    let starts_at = at("2026-03-18T06:00:00Z");
    let ask = AskReschedule { session_id: records.session, starts_at, reason: "mine".into() };
    assert_eq!(code(reschedule_requests::create(stranger, ask).await), not_found);
    let of_session = RescheduleFilter { session_id: Some(records.session), ..RescheduleFilter::default() };
    assert!(reschedule_requests::to_decide(stranger).await.unwrap().is_empty());
    for filter in [RescheduleFilter::default(), of_session] {
        assert!(reschedule_requests::list(stranger, filter).await.unwrap().items.is_empty());
    }
}

/// Tries everything that takes an id of `mine` as somebody else.
async fn try_everything(stranger: &Ctx, mine: &Practice, app: &TestApp) {
    let records = Records::of(app, mine).await;
    let before = picture(app, mine).await;
    let not_found = ErrorCode::NotFound;
    use services::{accounts, availability, bookings, files, messages, practice, series};

    assert_eq!(code(bookings::get(stranger, records.booking).await), not_found);
    for action in [
        PracticeAction::Approve,
        PracticeAction::Decline { reason: "no".into() },
        PracticeAction::VerifyPayment,
        PracticeAction::RejectPayment { reason: "no".into() },
        PracticeAction::Cancel { reason: "no".into() },
        PracticeAction::LateCredit,
        PracticeAction::LateRefund,
    ] {
        assert_eq!(code(bookings::act(stranger, records.booking, action).await), not_found);
    }
    assert_eq!(code(practice::therapist(stranger, mine.therapist).await), not_found);
    let profile = SaveProfile {
        slug: "taken-over".into(),
        name: "Somebody Else".into(),
        title: String::new(),
        bio: String::new(),
        credentials: String::new(),
        languages: String::new(),
        time_zone: "UTC".into(),
        published: false,
    };
    assert_eq!(code(practice::save_profile(stranger, mine.therapist, profile).await), not_found);
    assert_eq!(code(practice::may_set_photo(stranger, mine.therapist).await), not_found);
    assert_eq!(code(practice::set_photo(stranger, mine.therapist, None).await), not_found);
    let adopted = practice::add_therapist(stranger, "Dr Adopted", Some(mine.owner.member_id)).await;
    assert_eq!(adopted.unwrap_err().public.problem_of("member"), Some(FieldProblem::InvalidChoice));
    assert_eq!(code(practice::save_policy(stranger, Some(mine.therapist), None).await), not_found);
    let service = SaveService {
        id: Some(mine.service),
        name: "Stolen".into(),
        description: String::new(),
        duration_min: 50,
        price: "1".into(),
        place: Default::default(),
        active: false,
    };
    assert_eq!(code(practice::save_service(stranger, service, vec![]).await), not_found);
    assert_eq!(code(practice::terms(stranger, mine.service).await), not_found);
    let terms = SaveTerms { duration_min: Some(20), price: None };
    assert_eq!(code(practice::save_terms(stranger, mine.service, mine.therapist, terms).await), not_found);
    assert_eq!(code(availability::page(stranger, mine.therapist).await), not_found);
    let add = AddRule { therapist_id: mine.therapist, weekday: 6, starts: "09:00".into(), ends: "12:00".into() };
    assert_eq!(code(availability::add_rule(stranger, add).await), not_found);
    let hours = ChangeRule { weekday: 7, starts: "09:00".into(), ends: "10:00".into() };
    assert_eq!(code(availability::change_rule(stranger, records.rule.into(), hours).await), not_found);
    let days = ChangeException {
        kind: ExceptionKind::Closed,
        starts_on: day(30),
        ends_on: None,
        starts: None,
        ends: None,
        reason: String::new(),
        bookings: BookingsInTheWay::Cancel,
    };
    assert_eq!(code(availability::change_exception(stranger, records.exception.into(), days).await), not_found);
    assert_eq!(code(availability::delete_rule(stranger, records.rule.into()).await), not_found);
    assert_eq!(code(availability::delete_exception(stranger, records.exception.into()).await), not_found);
    let close = AddException {
        therapist_id: mine.therapist,
        kind: ExceptionKind::Closed,
        starts_on: chrono::NaiveDate::from_ymd_opt(2026, 3, 12).unwrap(),
        ends_on: None,
        starts: None,
        ends: None,
        reason: String::new(),
        bookings: BookingsInTheWay::Cancel,
    };
    assert_eq!(code(availability::add_exception(stranger, close).await), not_found);
    let buffers = SaveBuffers { therapist_id: mine.therapist, before_min: 5, after_min: 5, step_min: None };
    assert_eq!(code(availability::preview_buffers(stranger, buffers.clone()).await), not_found);
    assert_eq!(code(availability::save_buffers(stranger, buffers).await), not_found);
    assert_eq!(code(availability::as_patient(stranger, mine.therapist, mine.service).await), not_found);
    let local = chrono::NaiveDate::from_ymd_opt(2026, 3, 5).unwrap().and_hms_opt(9, 0, 0).unwrap();
    assert_eq!(code(availability::why(stranger, mine.therapist, mine.service, local).await), not_found);
    strangers_calendars(stranger, mine, records.calendar.into()).await;
    strangers_requests(stranger, &records).await;
    assert_eq!(code(messages::resend(stranger, records.message.into()).await), not_found);
    assert_eq!(code(messages::resend_by(stranger, records.message.into(), Channel::Sms).await), not_found);
    assert_eq!(code(messages::settle(stranger, records.message.into()).await), not_found);
    assert_eq!(code(messages::get(stranger, records.message.into()).await), not_found);
    assert_eq!(code(messages::timeline(stranger, records.booking).await), not_found);
    let first = || PageOf::after(None);
    assert_eq!(code(messages::of_patient(stranger, records.patient, first()).await), not_found);
    let letter =
        SendMessage { patient_id: records.patient, channel: None, subject: String::new(), body: "Hello".into() };
    assert_eq!(code(messages::write(stranger, letter).await), not_found);
    assert_eq!(code(messages::mark_read(stranger, Some(records.notice)).await), not_found);
    assert_eq!(code(files::receipt(stranger, records.file.into()).await), not_found);
    assert_eq!(code(accounts::set_member_active(stranger, mine.owner.member_id, false).await), not_found);
    assert_eq!(code(accounts::revoke_invitation(stranger, records.invitation.into()).await), not_found);
    assert_eq!(code(accounts::switch_practice(stranger, mine.id).await), not_found);

    assert_eq!(code(series::list(stranger, records.patient).await), not_found);
    assert_eq!(code(series::form(stranger, records.patient).await), not_found);
    assert_eq!(code(series::get(stranger, records.series).await), not_found);
    let every_week = crate::series::weekly(mine, records.patient, "2026-03-16", "09:00");
    assert_eq!(code(series::preview(stranger, AskPreview::Create(every_week.clone())).await), not_found);
    let terms = every_week.terms.clone();
    assert_eq!(code(series::create(stranger, every_week).await), not_found);
    let change = ChangeSeries { version: 1, starts_on: None, terms, also_unpaid: true };
    let asked = AskPreview::Change { id: records.series, to: change.clone() };
    assert_eq!(code(series::preview(stranger, asked).await), not_found);
    assert_eq!(code(series::change(stranger, records.series, change).await), not_found);
    assert_eq!(code(series::pause(stranger, records.series).await), not_found);
    assert_eq!(code(series::resume(stranger, records.series).await), not_found);
    assert_eq!(code(series::stop(stranger, records.series).await), not_found);
    let date = crate::series::day(crate::records::SKIPPED);
    for how in [Resolve::Dismiss, Resolve::Book { starts_at: None }] {
        assert_eq!(code(series::resolve(stranger, records.series, date, how).await), not_found);
    }
    let skipped = series::skipped(stranger).await.unwrap();
    assert!(skipped.iter().all(|one| one.series_id != records.series));
    try_sessions(stranger, mine, &records).await;
    strange_patients(stranger, &records, mine).await;

    let therapists = practice::therapists(stranger).await.unwrap();
    assert!(therapists.iter().all(|therapist| therapist.id != mine.therapist));
    assert!(practice::services(stranger).await.unwrap().iter().all(|service| service.id != mine.service));
    let invited = accounts::members(stranger).await.unwrap().invitations;
    assert!(invited.iter().all(|invitation| invitation.id.0 != records.invitation));
    assert_eq!(bookings::counts(stranger).await.unwrap(), Counts::default());
    let listed = bookings::list(stranger, BookingFilter::default()).await.unwrap();
    assert!(listed.items.iter().all(|card| card.id != records.booking));
    let dashboard = bookings::dashboard(stranger).await.unwrap();
    assert!(dashboard.needs_action.iter().all(|card| card.id != records.booking));
    assert_eq!(dashboard.counts.pending_approval, 0);
    let week = bookings::week(stranger, chrono::NaiveDate::from_ymd_opt(2026, 3, 12), None).await.unwrap();
    assert!(week.bookings.iter().all(|card| card.id != records.booking));
    assert_eq!(before, picture(app, mine).await, "something of the practice changed");
}

/// The diary's use cases, with a session, a patient and a therapist that exist.
async fn try_sessions(stranger: &Ctx, mine: &Practice, records: &Records) {
    use services::sessions;
    let (id, not_found) = (records.session, ErrorCode::NotFound);
    let (first, last) = (day(9), day(22));
    assert_eq!(code(sessions::get(stranger, id).await), not_found);
    assert_eq!(code(sessions::take_step(stranger, id, SessionStep::Start, None).await), not_found);
    assert_eq!(code(sessions::complete_own(stranger, id, CompleteSession::default()).await), not_found);
    assert_eq!(code(sessions::cancel(stranger, id, CancelSession::default()).await), not_found);
    assert_eq!(code(sessions::restore(stranger, id).await), not_found);
    assert_eq!(code(sessions::waive(stranger, id, true).await), not_found);
    assert_eq!(code(sessions::decide_refund(stranger, id, RefundDecision::Credit).await), not_found);
    let cash = RecordPayment { amount: None, method: PaymentMethod::Cash, received_on: None, reference: String::new() };
    assert_eq!(code(sessions::record_payment(stranger, id, cash).await), not_found);
    let later = last.and_hms_opt(9, 0, 0).unwrap();
    let moved = MoveSession { starts: later, outside_hours: true, tell_patient: true, version: None };
    assert_eq!(code(sessions::move_to(stranger, id, moved).await), not_found);
    let placed = crate::records::session(mine, records.patient, "2026-03-17T09:00:00");
    assert_eq!(code(sessions::create(stranger, placed).await), not_found);
    assert_eq!(code(sessions::act_on_all(stranger, &[id], &BulkAction::Complete).await), not_found);
    assert_eq!(code(sessions::free_times(stranger, mine.therapist, mine.service, last).await), not_found);
    assert_eq!(code(sessions::patient_name(stranger, records.patient).await), not_found);
    assert!(sessions::find_patients(stranger, "john").await.unwrap().is_empty());
    let listed = sessions::list(stranger, SessionFilter::default()).await.unwrap();
    assert!(listed.items.iter().all(|card| card.id != id));
    let searched = SessionFilter { search: Some("john".into()), ..SessionFilter::default() };
    assert!(sessions::list(stranger, searched).await.unwrap().items.is_empty());
    let file = sessions::export(stranger, SessionFilter::default()).await.unwrap();
    assert_eq!(file.lines().count(), 1, "the headings alone");
    assert!(sessions::calendar(stranger, first, last, None).await.unwrap().entries.is_empty());
    assert!(sessions::today(stranger).await.unwrap().entries.is_empty());
    let week = sessions::around(stranger, DiarySpan::Week, Some(first), None).await.unwrap();
    assert!(week.entries.is_empty());
}

fn day(day: u32) -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2026, 3, day).unwrap()
}

async fn strange_patients(stranger: &Ctx, records: &Records, mine: &Practice) {
    use services::patients;
    let (not_found, id, note) = (ErrorCode::NotFound, records.patient, NoteId(records.note));
    let ana = SavePatient { name: "Ana Moss".into(), phone: "+254700000197".into(), ..SavePatient::default() };
    assert_eq!(code(patients::get(stranger, id).await), not_found);
    assert_eq!(code(patients::update(stranger, id, ana.clone()).await), not_found);
    assert_eq!(code(patients::create(stranger, ana, vec![mine.therapist]).await), not_found);
    assert_eq!(code(patients::overview(stranger, id).await), not_found);
    assert_eq!(code(patients::sessions(stranger, id, HistoryFilter::default()).await), not_found);
    assert_eq!(code(patients::sessions_file(stranger, id, HistoryFilter::default()).await), not_found);
    assert_eq!(code(patients::messages(stranger, id, PageOf::after(None)).await), not_found);
    assert_eq!(code(patients::notes(stranger, id, NoteFilter::default()).await), not_found);
    let typed = SaveNote { body: "x".into(), ..SaveNote::default() };
    assert_eq!(code(patients::add_note(stranger, id, typed.clone()).await), not_found);
    assert_eq!(code(patients::save_note(stranger, id, note, typed).await), not_found);
    assert_eq!(code(patients::pin_note(stranger, id, note, true).await), not_found);
    assert_eq!(code(patients::delete_note(stranger, id, note).await), not_found);
    assert_eq!(code(patients::save_preferences(stranger, id, SavePreferences::default()).await), not_found);
    assert_eq!(code(patients::assign(stranger, id, mine.therapist).await), not_found);
    assert_eq!(code(patients::unassign(stranger, id, mine.therapist).await), not_found);
    assert_eq!(code(patients::archive(stranger, id, true).await), not_found);
    assert_eq!(code(patients::delete(stranger, id).await), not_found);
    assert_eq!(code(patients::restore(stranger, id).await), not_found);
    assert_eq!(code(patients::erase(stranger, id).await), not_found);
    assert_eq!(code(patients::export_record(stranger, id).await), not_found);
    assert_eq!(code(patients::merge(stranger, id, PatientId(uuid::Uuid::nil())).await), not_found);
    assert_eq!(code(patients::preview_import(stranger, records.import.into()).await), not_found);
    assert_eq!(code(patients::run_import(stranger, records.import.into()).await), not_found);
    for q in [None, Some("john"), Some("+254700000111"), Some("o"), Some("do")] {
        let filter = PatientFilter { q: q.map(ToOwned::to_owned), ..PatientFilter::default() };
        assert!(patients::list(stranger, filter.clone()).await.unwrap().items.is_empty(), "{q:?}");
        assert!(!patients::export_list(stranger, filter).await.unwrap().contains("John"), "{q:?}");
    }
    let other = PatientFilter { therapist_id: Some(mine.therapist), ..PatientFilter::default() };
    assert!(patients::list(stranger, other).await.unwrap().items.is_empty());
    assert!(patients::tags(stranger).await.unwrap().is_empty());
    let like =
        FindDuplicates { name: "John Doe".into(), email: "john@example.com".into(), ..FindDuplicates::default() };
    assert!(patients::duplicates(stranger, like).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_therapist_sends_messages_of_their_own_bookings_again_and_no_others() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    app.run_jobs().await;
    app.mailbox.fail_with(Some(integrations::mail::MailError::Permanent("550 no such box".into())));
    practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    app.run_jobs().await;
    app.mailbox.fail_with(None);
    let member = |therapist_id| Member { role: Role::Therapist, therapist_id, ..practice.owner.clone() };
    let own = app.ctx(Actor::Member(member(Some(practice.therapist))));
    let failed = messages::list(&own, Some(MessageStatus::Failed), None).await.unwrap().items;
    let mine = failed.iter().find(|message| message.recipient == "john@example.com").unwrap();
    let colleague = app.ctx(Actor::Member(member(Some(uuid::Uuid::from_u128(9).into()))));
    for stranger in [colleague, app.ctx(Actor::Member(member(None)))] {
        assert_eq!(code(messages::resend(&stranger, mine.id).await), ErrorCode::NotFound);
    }
    messages::resend(&own, mine.id).await.unwrap();
    app.run_jobs().await;
    assert_eq!(app.mailbox.to("john@example.com").len(), 1);
    // What is about no booking of theirs, such as the practice's confirmation mail, is not theirs to send.
    let all = messages::list(&practice.ctx(&app), None, None).await.unwrap().items;
    let other = all.iter().find(|message| message.booking_id.is_none()).unwrap();
    assert_eq!(code(messages::resend(&own, other.id).await), ErrorCode::NotFound);
}

#[tokio::test]
async fn another_practice_sees_and_changes_nothing() {
    let app = TestApp::new().await;
    let mine = Practice::new(&app, "alpha").await;
    let other = Practice::new(&app, "beta").await;
    try_everything(&other.ctx(&app), &mine, &app).await;
    let members = services::accounts::members(&other.ctx(&app)).await.unwrap();
    assert!(members.members.iter().all(|m| m.email != mine.email));
    let list = messages::list(&other.ctx(&app), None, None).await.unwrap();
    assert!(list.items.iter().all(|message| message.recipient != "john@example.com"));
}

#[tokio::test]
async fn another_therapist_of_the_practice_finds_nothing_of_a_colleague() {
    let app = TestApp::new().await;
    let mine = Practice::new(&app, "alpha").await;
    let colleague = services::practice::add_therapist(&mine.ctx(&app), "Dr Colleague", None).await.unwrap();
    let member = Member { role: Role::Therapist, therapist_id: Some(colleague.id), ..mine.owner.clone() };
    let ctx = app.ctx(Actor::Member(member.clone()));
    let booking = mine.request(&app, at("2026-03-05T06:00:00Z")).await;
    let before = picture(&app, &mine).await;
    assert_eq!(code(services::bookings::get(&ctx, booking.id).await), ErrorCode::NotFound);
    assert_eq!(code(services::bookings::act(&ctx, booking.id, PracticeAction::Approve).await), ErrorCode::NotFound);
    assert_eq!(code(services::availability::page(&ctx, mine.therapist).await), ErrorCode::NotFound);
    let add = AddRule { therapist_id: mine.therapist, weekday: 6, starts: "09:00".into(), ends: "12:00".into() };
    assert_eq!(code(services::availability::add_rule(&ctx, add).await), ErrorCode::NotFound);
    assert!(services::bookings::list(&ctx, BookingFilter::default()).await.unwrap().items.is_empty());
    assert_eq!(services::bookings::dashboard(&ctx).await.unwrap().counts.pending_approval, 0);
    assert_eq!(before, picture(&app, &mine).await);
    // A therapist without a profile of their own sees nothing either.
    let nobody = app.ctx(Actor::Member(Member { therapist_id: None, ..member }));
    assert!(services::bookings::list(&nobody, BookingFilter::default()).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_token_of_another_installation_or_a_guess_leads_nowhere() {
    let app = TestApp::new().await;
    let mine = Practice::new(&app, "alpha").await;
    let booking = mine.request(&app, at("2026-03-05T06:00:00Z")).await;
    let forged = services::tokens::booking_token(
        &services::tokens::derive_secrets(b"another secret of 32 bytes......"),
        booking.id,
    );
    let mut flipped = booking.token.clone().into_bytes();
    let last = flipped.len() - 3;
    flipped[last] = if flipped[last] == b'A' { b'B' } else { b'A' };
    let (visitor, not_found) = (app.visitor(), ErrorCode::NotFound);
    use services::bookings;
    for token in [forged.as_str(), std::str::from_utf8(&flipped).unwrap(), "", "x", &"A".repeat(500), "../../etc"] {
        assert_eq!(code(bookings::view(&visitor, token).await), not_found, "{token}");
        assert_eq!(code(bookings::save_details(&visitor, token, john()).await), not_found, "{token}");
        assert_eq!(code(bookings::send_request(&visitor, token).await), not_found, "{token}");
        assert_eq!(code(bookings::hold_again(&visitor, token).await), not_found, "{token}");
        assert_eq!(code(bookings::release(&visitor, token).await), not_found, "{token}");
        assert_eq!(code(bookings::awaits_proof(&visitor, token).await), not_found, "{token}");
        let proof = SubmitProof { token: token.into(), reference: "A1".into(), method: PaymentMethod::Mpesa };
        assert_eq!(code(bookings::submit_proof(&visitor, proof, None).await), not_found, "{token}");
        assert_eq!(code(bookings::calendar_file(&visitor, token).await), not_found, "{token}");
        assert_eq!(code(bookings::cancel_by_patient(&visitor, token, "").await), not_found, "{token}");
        assert_eq!(code(bookings::times_to_move(&visitor, token, None).await), not_found, "{token}");
        let later = at("2026-03-18T06:00:00Z");
        assert_eq!(code(bookings::move_by_patient(&visitor, token, later).await), not_found, "{token}");
        assert_eq!(code(messages::reminder_choice(&visitor, token).await), not_found, "{token}");
        assert_eq!(
            code(messages::choose_reminders(&visitor, token, Channel::Email, false).await),
            not_found,
            "{token}"
        );
    }
    assert_eq!(bookings::view(&app.visitor(), &booking.token).await.unwrap().id, booking.id);
    let _: TherapistId = mine.therapist;
}
