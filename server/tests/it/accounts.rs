//! Registering, logging in, refreshing, resetting, inviting; patients' links.

use chrono::TimeDelta;
use contracts::accounts::*;
use contracts::{ErrorCode, FieldProblem, Lang};
use services::{Actor, Ctx, ServiceError, accounts, patient_access};
use test_support::TestApp;
use test_support::builders::{PASSWORD, Practice, at};

fn owner(tag: &str) -> RegisterPractice {
    RegisterPractice {
        practice_name: format!("Practice {tag}"),
        name: "Ana Owner".into(),
        email: format!(" {tag}@Practice.test "),
        password: PASSWORD.into(),
        currency: "ars".into(),
        time_zone: "America/Argentina/Buenos_Aires".into(),
        language: Lang::En,
        is_therapist: true,
    }
}

fn credentials(email: &str, password: &str) -> LogIn {
    LogIn { email: email.into(), password: password.into() }
}

async fn log_in(app: &TestApp, email: &str, password: &str) -> Result<(Tokens, Me), ServiceError> {
    accounts::log_in(&app.visitor(), credentials(email, password)).await
}

fn code<T>(result: Result<T, ServiceError>) -> ErrorCode {
    result.err().expect("an error").public.code
}

fn member(app: &TestApp, tokens: &Tokens) -> Ctx {
    app.ctx(Actor::Member(accounts::member_of(&app.deps, &tokens.access).expect("a good access token")))
}

/// How many messages of this template went to the address.
async fn sent(app: &TestApp, email: &str, template: &str) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM messages WHERE recipient = $1 AND template = $2")
        .bind(email)
        .bind(template)
        .fetch_one(&app.owner)
        .await
        .unwrap()
}

/// The token in the newest message of this template to the address.
pub async fn link(app: &TestApp, email: &str, template: &str) -> String {
    let body: String = sqlx::query_scalar(
        "SELECT body_text FROM messages WHERE recipient = $1 AND template = $2 ORDER BY created_at DESC LIMIT 1",
    )
    .bind(email)
    .bind(template)
    .fetch_one(&app.owner)
    .await
    .unwrap();
    body.split("token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
}

async fn audited(app: &TestApp, action: &str) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM audit_log WHERE action = $1")
        .bind(action)
        .fetch_one(&app.owner)
        .await
        .unwrap()
}

async fn registered(app: &TestApp, tag: &str) -> String {
    accounts::register(&app.visitor(), owner(tag)).await.unwrap();
    let email = format!("{tag}@practice.test");
    accounts::confirm_email(&app.visitor(), &link(app, &email, "confirm_email").await).await.unwrap();
    email
}

#[tokio::test]
async fn an_address_is_confirmed_before_anybody_logs_in() {
    let app = TestApp::new().await;
    accounts::register(&app.visitor(), owner("ana")).await.unwrap();
    assert_eq!(code(log_in(&app, "ana@practice.test", PASSWORD).await), ErrorCode::EmailUnconfirmed);
    assert_eq!(sent(&app, "ana@practice.test", "confirm_email").await, 1);

    assert_eq!(code(accounts::confirm_email(&app.visitor(), "nonsense").await), ErrorCode::LinkInvalid);
    let token = link(&app, "ana@practice.test", "confirm_email").await;
    accounts::confirm_email(&app.visitor(), &token).await.unwrap();
    assert_eq!(code(accounts::confirm_email(&app.visitor(), &token).await), ErrorCode::LinkInvalid);

    let (tokens, me) = log_in(&app, "ANA@practice.test", PASSWORD).await.unwrap();
    assert_eq!(
        (me.role, me.email.as_str(), me.practice_name.as_str()),
        (Role::Admin, "ana@practice.test", "Practice ana")
    );
    assert!(me.therapist_id.is_some());
    assert_eq!(accounts::me(&member(&app, &tokens)).await.unwrap(), me);
    for action in ["account.registered", "account.confirmed", "login.succeeded"] {
        assert_eq!(audited(&app, action).await, 1, "{action}");
    }
}

#[tokio::test]
async fn a_confirmation_link_that_is_too_old_is_replaced_at_the_next_login() {
    let app = TestApp::new().await;
    accounts::register(&app.visitor(), owner("ana")).await.unwrap();
    let old = link(&app, "ana@practice.test", "confirm_email").await;
    app.clock.advance(TimeDelta::hours(48));
    assert_eq!(code(accounts::confirm_email(&app.visitor(), &old).await), ErrorCode::LinkInvalid);
    assert_eq!(code(log_in(&app, "ana@practice.test", PASSWORD).await), ErrorCode::EmailUnconfirmed);
    let new = link(&app, "ana@practice.test", "confirm_email").await;
    assert_ne!(old, new);
    accounts::confirm_email(&app.visitor(), &new).await.unwrap();
    log_in(&app, "ana@practice.test", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn registering_a_known_address_answers_the_same_and_tells_its_owner() {
    let app = TestApp::new().await;
    let email = registered(&app, "ana").await;
    accounts::register(&app.visitor(), owner("ana")).await.unwrap();
    assert_eq!(sent(&app, &email, "account_exists").await, 1);
    assert_eq!(sent(&app, &email, "confirm_email").await, 1);
    let practices: i64 = sqlx::query_scalar("SELECT count(*) FROM practices").fetch_one(&app.owner).await.unwrap();
    assert_eq!(practices, 1);
}

#[tokio::test]
async fn an_account_prepared_for_somebody_else_never_gets_their_confirmation() {
    let app = TestApp::new().await;
    let intruder = RegisterPractice { password: "Prepared-by-0thers".into(), ..owner("ana") };
    accounts::register(&app.visitor(), intruder).await.unwrap();
    accounts::register(&app.visitor(), owner("ana")).await.unwrap();
    let token = link(&app, "ana@practice.test", "reset_password").await;
    accounts::reset_password(&app.visitor(), &token, PASSWORD).await.unwrap();
    assert_eq!(code(log_in(&app, "ana@practice.test", "Prepared-by-0thers").await), ErrorCode::InvalidCredentials);
    log_in(&app, "ana@practice.test", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn what_is_wrong_with_a_registration_is_said_by_field() {
    let app = TestApp::new().await;
    let cmd = RegisterPractice {
        practice_name: " ".into(),
        name: "A".into(),
        email: "nobody".into(),
        password: "short".into(),
        currency: "XXX".into(),
        time_zone: "Mars/Olympus".into(),
        ..owner("ana")
    };
    let error = accounts::register(&app.visitor(), cmd).await.unwrap_err().public;
    assert_eq!(error.code, ErrorCode::Validation);
    for field in ["practice_name", "name", "email", "password", "currency", "time_zone"] {
        assert!(error.problem_of(field).is_some(), "{field}");
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_per_account() {
    let app = TestApp::new().await;
    let email = registered(&app, "ana").await;
    for address in [email.as_str(), "nobody@practice.test"] {
        for _ in 0..5 {
            assert_eq!(code(log_in(&app, address, "Wrong-passw0rd!").await), ErrorCode::InvalidCredentials);
        }
        let error = log_in(&app, address, PASSWORD).await.unwrap_err().public;
        assert_eq!((error.code, error.number), (ErrorCode::RateLimited, Some(900)));
    }
    assert_eq!(audited(&app, "login.failed").await, 5);
    app.clock.advance(TimeDelta::minutes(15));
    log_in(&app, &email, PASSWORD).await.unwrap();
    // Success starts the count anew.
    for _ in 0..5 {
        assert_eq!(code(log_in(&app, &email, "Wrong-passw0rd!").await), ErrorCode::InvalidCredentials);
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_per_network_address() {
    let app = TestApp::new().await;
    let email = registered(&app, "ana").await;
    let from = |ip: &str| Ctx { ip: Some(ip.parse().unwrap()), ..app.visitor() };
    accounts::log_in(&from("192.0.2.1"), credentials(&email, PASSWORD)).await.unwrap();
    for number in 0..20 {
        let wrong = credentials(&format!("nobody{number}@practice.test"), "Wrong-passw0rd!");
        assert_eq!(code(accounts::log_in(&from("192.0.2.1"), wrong).await), ErrorCode::InvalidCredentials);
    }
    let right = credentials(&email, PASSWORD);
    assert_eq!(code(accounts::log_in(&from("192.0.2.1"), right.clone()).await), ErrorCode::RateLimited);
    accounts::log_in(&from("192.0.2.2"), right).await.unwrap();
}

#[tokio::test]
async fn guessing_in_parallel_gains_nothing() {
    let app = TestApp::new().await;
    let email = registered(&app, "ana").await;
    let tries = (0..12).map(|_| {
        let (ctx, cmd) = (app.visitor(), credentials(&email, "Wrong-passw0rd!"));
        tokio::spawn(async move { code(accounts::log_in(&ctx, cmd).await) })
    });
    let mut judged = 0;
    for answer in tries.collect::<Vec<_>>() {
        judged += i32::from(answer.await.unwrap() == ErrorCode::InvalidCredentials);
    }
    assert_eq!(judged, 5);
}

#[tokio::test]
async fn refresh_tokens_rotate_and_reuse_ends_the_login_session() {
    let app = TestApp::new().await;
    let email = registered(&app, "ana").await;
    let (first, _) = log_in(&app, &email, PASSWORD).await.unwrap();
    app.clock.advance(TimeDelta::minutes(20));
    assert_eq!(accounts::member_of(&app.deps, &first.access), None);

    sqlx::query("UPDATE members SET role = 'viewer'").execute(&app.owner).await.unwrap();
    let second = accounts::refresh(&app.visitor(), &first.refresh).await.unwrap();
    assert_eq!(accounts::member_of(&app.deps, &second.access).unwrap().role, Role::Viewer);

    // Another tab with the same cookie, a moment later.
    app.clock.advance(TimeDelta::seconds(19));
    let third = accounts::refresh(&app.visitor(), &first.refresh).await.unwrap();
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(code(accounts::refresh(&app.visitor(), &first.refresh).await), ErrorCode::Unauthenticated);
    assert_eq!(audited(&app, "login.reuse_detected").await, 1);
    for token in [&second.refresh, &third.refresh] {
        assert_eq!(code(accounts::refresh(&app.visitor(), token).await), ErrorCode::Unauthenticated);
    }
}

#[tokio::test]
async fn two_tabs_at_the_same_moment_both_stay_logged_in() {
    let app = TestApp::new().await;
    let email = registered(&app, "ana").await;
    let (tokens, _) = log_in(&app, &email, PASSWORD).await.unwrap();
    let (one, two) = (app.visitor(), app.visitor());
    let (one, two) = tokio::join!(accounts::refresh(&one, &tokens.refresh), accounts::refresh(&two, &tokens.refresh));
    assert_ne!(one.unwrap().refresh, two.unwrap().refresh);
}

#[tokio::test]
async fn login_sessions_end() {
    let app = TestApp::new().await;
    let email = registered(&app, "ana").await;
    let (tokens, _) = log_in(&app, &email, PASSWORD).await.unwrap();
    accounts::log_out(&member(&app, &tokens)).await.unwrap();
    assert_eq!(code(accounts::refresh(&app.visitor(), &tokens.refresh).await), ErrorCode::Unauthenticated);

    let (tokens, _) = log_in(&app, &email, PASSWORD).await.unwrap();
    app.clock.advance(TimeDelta::days(7));
    assert_eq!(code(accounts::refresh(&app.visitor(), &tokens.refresh).await), ErrorCode::Unauthenticated);
    assert_eq!(code(accounts::refresh(&app.visitor(), "nonsense").await), ErrorCode::Unauthenticated);
    assert!(accounts::forget_expired(&app.system()).await.unwrap() > 0);
    assert_eq!(code(accounts::refresh(&app.visitor(), &tokens.refresh).await), ErrorCode::Unauthenticated);
    log_in(&app, &email, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_once() {
    let app = TestApp::new().await;
    let email = registered(&app, "ana").await;
    let (tokens, _) = log_in(&app, &email, PASSWORD).await.unwrap();
    accounts::forgot_password(&app.visitor(), "nobody@practice.test").await.unwrap();
    assert_eq!(sent(&app, "nobody@practice.test", "reset_password").await, 0);

    accounts::forgot_password(&app.visitor(), &email).await.unwrap();
    let token = link(&app, &email, "reset_password").await;
    let weak = accounts::reset_password(&app.visitor(), &token, "short").await.unwrap_err().public;
    assert!(weak.problem_of("password").is_some());
    accounts::reset_password(&app.visitor(), &token, "Another-horse-8-x").await.unwrap();
    assert_eq!(
        code(accounts::reset_password(&app.visitor(), &token, "Another-horse-9-x").await),
        ErrorCode::LinkInvalid
    );
    assert_eq!(code(accounts::refresh(&app.visitor(), &tokens.refresh).await), ErrorCode::Unauthenticated);
    assert_eq!(code(log_in(&app, &email, PASSWORD).await), ErrorCode::InvalidCredentials);
    log_in(&app, &email, "Another-horse-8-x").await.unwrap();
    assert_eq!(audited(&app, "password.reset").await, 1);
}

#[tokio::test]
async fn a_reset_link_is_good_for_an_hour_and_five_are_sent() {
    let app = TestApp::new().await;
    let email = registered(&app, "ana").await;
    for _ in 0..5 {
        accounts::forgot_password(&app.visitor(), &email).await.unwrap();
    }
    let token = link(&app, &email, "reset_password").await;
    let error = accounts::forgot_password(&app.visitor(), &email).await.unwrap_err().public;
    assert_eq!((error.code, error.number), (ErrorCode::RateLimited, Some(3600)));
    app.clock.advance(TimeDelta::hours(1));
    assert_eq!(code(accounts::reset_password(&app.visitor(), &token, PASSWORD).await), ErrorCode::LinkInvalid);
    accounts::forgot_password(&app.visitor(), &email).await.unwrap();
}

async fn invite(app: &TestApp, practice: &Practice, email: &str, role: Role) -> Result<(), ServiceError> {
    accounts::invite(&practice.ctx(app), InviteMember { email: email.into(), role }).await
}

fn acceptance(token: &str, password: &str) -> AcceptInvitation {
    AcceptInvitation { token: token.into(), name: "Ben New".into(), password: password.into() }
}

#[tokio::test]
async fn an_invited_therapist_joins_with_a_profile() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "one").await;
    invite(&app, &practice, "Ben@new.test", Role::Therapist).await.unwrap();
    let token = link(&app, "ben@new.test", "invitation").await;
    let preview = accounts::invitation(&app.visitor(), &token).await.unwrap();
    assert_eq!((preview.role, preview.has_account), (Role::Therapist, false));
    let weak = accounts::accept_invitation(&app.visitor(), acceptance(&token, "short")).await.unwrap_err().public;
    assert!(weak.problem_of("password").is_some());

    let (tokens, me) = accounts::accept_invitation(&app.visitor(), acceptance(&token, PASSWORD)).await.unwrap();
    assert_eq!((me.role, me.practice_id, me.name.as_str()), (Role::Therapist, practice.id, "Ben New"));
    assert!(me.therapist_id.is_some());
    assert_eq!(code(accounts::invitation(&app.visitor(), &token).await), ErrorCode::LinkInvalid);
    let again = accounts::accept_invitation(&app.visitor(), acceptance(&token, PASSWORD)).await;
    assert_eq!(code(again), ErrorCode::LinkInvalid);

    let page = accounts::members(&practice.ctx(&app)).await.unwrap();
    assert_eq!((page.members.len(), page.invitations.len()), (2, 0));
    let taken = invite(&app, &practice, "ben@new.test", Role::Viewer).await.unwrap_err().public;
    assert_eq!(taken.problem_of("email"), Some(FieldProblem::Taken));

    // Disabled: logged out at the next refresh, and cannot log in.
    accounts::set_member_active(&practice.ctx(&app), me.member_id, false).await.unwrap();
    assert_eq!(code(accounts::refresh(&app.visitor(), &tokens.refresh).await), ErrorCode::Unauthenticated);
    assert_eq!(code(log_in(&app, "ben@new.test", PASSWORD).await), ErrorCode::Forbidden);
    accounts::set_member_active(&practice.ctx(&app), me.member_id, true).await.unwrap();
    log_in(&app, "ben@new.test", PASSWORD).await.unwrap();
    for action in ["member.invited", "member.joined", "member.disabled", "member.enabled"] {
        assert_eq!(audited(&app, action).await, 1, "{action}");
    }
}

#[tokio::test]
async fn somebody_with_an_account_joins_with_its_password_and_switches() {
    let app = TestApp::new().await;
    let (one, two) = (Practice::new(&app, "one").await, Practice::new(&app, "two").await);
    invite(&app, &one, &two.email, Role::Operator).await.unwrap();
    let token = link(&app, &two.email, "invitation").await;
    assert!(accounts::invitation(&app.visitor(), &token).await.unwrap().has_account);
    let wrong = accounts::accept_invitation(&app.visitor(), acceptance(&token, "Wrong-passw0rd!")).await;
    assert_eq!(code(wrong), ErrorCode::InvalidCredentials);
    let (tokens, me) = accounts::accept_invitation(&app.visitor(), acceptance(&token, PASSWORD)).await.unwrap();
    assert_eq!((me.practice_id, me.role, me.practices.len()), (one.id, Role::Operator, 1));

    let switched = accounts::switch_practice(&member(&app, &tokens), two.id).await.unwrap();
    let me = accounts::me(&member(&app, &switched)).await.unwrap();
    assert_eq!((me.practice_id, me.role), (two.id, Role::Admin));
    let renewed = accounts::refresh(&app.visitor(), &switched.refresh).await.unwrap();
    assert_eq!(accounts::member_of(&app.deps, &renewed.access).unwrap().practice_id, two.id);
    let elsewhere = accounts::switch_practice(&one.ctx(&app), two.id).await;
    assert_eq!(code(elsewhere), ErrorCode::NotFound);
}

#[tokio::test]
async fn invitations_are_replaced_revoked_and_grow_old() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "one").await;
    let stranger = Practice::new(&app, "two").await;
    invite(&app, &practice, "ben@new.test", Role::Viewer).await.unwrap();
    let first = link(&app, "ben@new.test", "invitation").await;
    app.clock.advance(TimeDelta::minutes(1));
    invite(&app, &practice, "ben@new.test", Role::Accountant).await.unwrap();
    let second = link(&app, "ben@new.test", "invitation").await;
    assert_eq!(code(accounts::invitation(&app.visitor(), &first).await), ErrorCode::LinkInvalid);
    assert_eq!(accounts::invitation(&app.visitor(), &second).await.unwrap().role, Role::Accountant);

    let open = accounts::members(&practice.ctx(&app)).await.unwrap().invitations;
    assert_eq!(open.len(), 1);
    assert_eq!(code(accounts::revoke_invitation(&stranger.ctx(&app), open[0].id).await), ErrorCode::NotFound);
    accounts::revoke_invitation(&practice.ctx(&app), open[0].id).await.unwrap();
    assert_eq!(code(accounts::invitation(&app.visitor(), &second).await), ErrorCode::LinkInvalid);

    app.clock.advance(TimeDelta::minutes(1));
    invite(&app, &practice, "ben@new.test", Role::Viewer).await.unwrap();
    let third = link(&app, "ben@new.test", "invitation").await;
    app.clock.advance(TimeDelta::days(7));
    assert_eq!(code(accounts::invitation(&app.visitor(), &third).await), ErrorCode::LinkInvalid);
}

#[tokio::test]
async fn nobody_disables_themselves_or_somebody_elsewhere() {
    let app = TestApp::new().await;
    let (one, two) = (Practice::new(&app, "one").await, Practice::new(&app, "two").await);
    let own = accounts::set_member_active(&one.ctx(&app), one.owner.member_id, false).await;
    assert_eq!(code(own), ErrorCode::Forbidden);
    let other = accounts::set_member_active(&one.ctx(&app), two.owner.member_id, false).await;
    assert_eq!(code(other), ErrorCode::NotFound);
    for role in [Role::Operator, Role::Therapist, Role::Caregiver, Role::Accountant, Role::Viewer] {
        let result = accounts::invite(&one.ctx_as(&app, role), InviteMember { email: "x@y.test".into(), role }).await;
        assert_eq!(code(result), ErrorCode::Forbidden, "{role:?}");
    }
}

#[tokio::test]
async fn a_patient_signs_in_by_a_link_that_works_once() {
    let app = TestApp::new().await;
    let (one, two) = (Practice::new(&app, "one").await, Practice::new(&app, "two").await);
    one.request(&app, at("2026-03-03T06:00:00Z")).await;
    two.request(&app, at("2026-03-04T06:00:00Z")).await;

    patient_access::request_link(&app.visitor(), "nobody@example.com").await.unwrap();
    assert_eq!(sent(&app, "nobody@example.com", "patient_sign_in").await, 0);
    patient_access::request_link(&app.visitor(), "John@example.com").await.unwrap();
    let token = link(&app, "john@example.com", "patient_sign_in").await;
    let (cookie, until) = patient_access::sign_in(&app.visitor(), &token).await.unwrap();
    assert_eq!(code(patient_access::sign_in(&app.visitor(), &token).await), ErrorCode::LinkInvalid);

    let now = app.visitor().now;
    assert_eq!(until, now + TimeDelta::days(30));
    let email = patient_access::patient_of(&app.deps, now, &cookie).await.unwrap().unwrap();
    assert_eq!(patient_access::patient_of(&app.deps, until, &cookie).await.unwrap(), None);
    let mine = patient_access::my_bookings(&app.ctx(Actor::Patient { email })).await.unwrap();
    let practices: Vec<_> = mine.bookings.iter().map(|b| b.practice_name.as_str()).collect();
    assert_eq!(practices, ["Practice two", "Practice one"]);
    assert_eq!(code(patient_access::my_bookings(&app.visitor()).await), ErrorCode::Unauthenticated);

    patient_access::sign_out(&app.visitor(), &cookie).await.unwrap();
    assert_eq!(patient_access::patient_of(&app.deps, now, &cookie).await.unwrap(), None);
}
