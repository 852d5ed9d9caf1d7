//! Every use case, called by another practice or another therapist: it sees nothing and changes nothing.

use contracts::accounts::Role;
use contracts::availability::{AddException, AddRule, BookingsInTheWay, ExceptionKind, SaveBuffers};
use contracts::booking::{BookingFilter, PracticeAction};
use contracts::messages::MessageStatus;
use contracts::practice::{SaveProfile, SaveService};
use contracts::{ErrorCode, TherapistId};
use services::{Actor, Ctx, Member, ServiceError, messages};
use test_support::TestApp;
use test_support::builders::{Practice, at};

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
        "payment_proofs",
        "messages",
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

/// Tries everything that takes an id of `mine` as somebody else.
async fn try_everything(stranger: &Ctx, mine: &Practice, app: &TestApp) {
    let booking = mine.request(app, at("2026-03-05T06:00:00Z")).await;
    let rule: uuid::Uuid = sqlx::query_scalar("SELECT id FROM availability_rules WHERE practice_id = $1 LIMIT 1")
        .bind(mine.id.0)
        .fetch_one(&app.owner)
        .await
        .unwrap();
    let message: uuid::Uuid =
        sqlx::query_scalar("SELECT id FROM messages WHERE practice_id = $1 AND booking_id IS NOT NULL LIMIT 1")
            .bind(mine.id.0)
            .fetch_one(&app.owner)
            .await
            .unwrap();
    let before = picture(app, mine).await;
    let not_found = ErrorCode::NotFound;
    use services::{availability, bookings, messages, practice};

    assert_eq!(code(bookings::get(stranger, booking.id).await), not_found);
    for action in [
        PracticeAction::Approve,
        PracticeAction::Decline { reason: "no".into() },
        PracticeAction::VerifyPayment,
        PracticeAction::RejectPayment { reason: "no".into() },
        PracticeAction::Cancel { reason: "no".into() },
        PracticeAction::LateCredit,
        PracticeAction::LateRefund,
    ] {
        assert_eq!(code(bookings::act(stranger, booking.id, action).await), not_found);
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
    assert_eq!(code(practice::set_photo(stranger, mine.therapist, None).await), not_found);
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
    assert_eq!(code(availability::page(stranger, mine.therapist).await), not_found);
    let add = AddRule { therapist_id: mine.therapist, weekday: 6, starts: "09:00".into(), ends: "12:00".into() };
    assert_eq!(code(availability::add_rule(stranger, add).await), not_found);
    assert_eq!(code(availability::delete_rule(stranger, rule.into()).await), not_found);
    let close = AddException {
        therapist_id: mine.therapist,
        kind: ExceptionKind::Closed,
        starts_on: chrono::NaiveDate::from_ymd_opt(2026, 3, 5).unwrap(),
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
    assert_eq!(code(messages::resend(stranger, message.into()).await), not_found);

    let listed = bookings::list(stranger, BookingFilter::default()).await.unwrap();
    assert!(listed.items.iter().all(|card| card.id != booking.id));
    let dashboard = bookings::dashboard(stranger).await.unwrap();
    assert!(dashboard.needs_action.iter().all(|card| card.id != booking.id));
    assert_eq!(dashboard.counts.pending_approval, 0);
    let week = bookings::week(stranger, chrono::NaiveDate::from_ymd_opt(2026, 3, 5), None).await.unwrap();
    assert!(week.bookings.iter().all(|card| card.id != booking.id));
    assert_eq!(before, picture(app, mine).await, "something of the practice changed");
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
    let set = services::accounts::set_member_active(&other.ctx(&app), mine.owner.member_id, false).await;
    assert_eq!(code(set), ErrorCode::NotFound);
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
    for token in [forged.as_str(), std::str::from_utf8(&flipped).unwrap(), "", "x", &"A".repeat(500), "../../etc"] {
        assert_eq!(code(services::bookings::view(&app.visitor(), token).await), ErrorCode::NotFound, "{token}");
        assert_eq!(code(services::bookings::cancel_by_patient(&app.visitor(), token, "").await), ErrorCode::NotFound);
    }
    assert_eq!(services::bookings::view(&app.visitor(), &booking.token).await.unwrap().id, booking.id);
    let _: TherapistId = mine.therapist;
}
