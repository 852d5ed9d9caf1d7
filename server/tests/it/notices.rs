//! The bell: who is told what, and what they have read.

use contracts::accounts::Role;
use contracts::booking::PracticeAction;
use contracts::lists::PageOf;
use contracts::messages::NoticeKind;
use services::messages::{mark_read, notices, unread};
use services::{Actor, Member};
use test_support::TestApp;
use test_support::builders::{Practice, at};

#[tokio::test]
async fn members_are_told_once_and_read_for_themselves() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let booking = practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    app.clock.advance(chrono::TimeDelta::minutes(1));
    services::bookings::cancel_by_patient(&app.visitor(), &booking.token, "").await.unwrap();
    let told = notices(&ctx, PageOf::after(None)).await.unwrap().items;
    let kinds: Vec<_> = told.iter().map(|notice| notice.kind).collect();
    assert_eq!(kinds, [NoticeKind::CancelledByPatient, NoticeKind::NewRequest]);
    assert_eq!(told[0].patient_name.as_deref(), Some("John Doe"));
    assert_eq!((told[0].booking_id, told[0].starts_at), (Some(booking.id), Some(booking.starts_at)));
    assert_eq!(unread(&ctx).await.unwrap(), 2);
    mark_read(&ctx, Some(told[0].id)).await.unwrap();
    mark_read(&ctx, Some(told[0].id)).await.unwrap();
    assert_eq!(unread(&ctx).await.unwrap(), 1);
    mark_read(&ctx, None).await.unwrap();
    assert_eq!(unread(&ctx).await.unwrap(), 0);
    assert!(mark_read(&ctx, Some(uuid::Uuid::from_u128(1))).await.is_err());
    // Page by page, in both orders.
    let first = PageOf { limit: Some(1), ..PageOf::after(None) };
    let page = notices(&ctx, first).await.unwrap();
    let rest = notices(&ctx, PageOf { limit: Some(1), ..PageOf::after(page.next) }).await.unwrap();
    assert_eq!((rest.items[0].kind, rest.next), (NoticeKind::NewRequest, None));
}

#[tokio::test]
async fn who_did_it_is_not_told_and_other_members_are_not_told_of_colleagues() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    // A second member who is neither owner nor front desk nor the therapist.
    let (user, member) = (uuid::Uuid::from_u128(70), uuid::Uuid::from_u128(71));
    sqlx::query("INSERT INTO users (id, email, name, password_hash, language, created_at) VALUES ($1, 'c@x.test', 'Col League', '', 'en', now())")
        .bind(user)
        .execute(&app.owner)
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO members (practice_id, id, user_id, role, created_at) VALUES ($1, $2, $3, 'therapist', now())",
    )
    .bind(practice.id.0)
    .bind(member)
    .bind(user)
    .execute(&app.owner)
    .await
    .unwrap();
    let colleague = app.ctx(Actor::Member(Member {
        user_id: user.into(),
        member_id: member.into(),
        role: Role::Therapist,
        therapist_id: None,
        ..practice.owner.clone()
    }));
    let booking = practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    assert_eq!(unread(&practice.ctx(&app)).await.unwrap(), 1);
    assert_eq!(unread(&colleague).await.unwrap(), 0);
    services::bookings::act(&practice.ctx(&app), booking.id, PracticeAction::Approve).await.unwrap();
    assert_eq!(unread(&practice.ctx(&app)).await.unwrap(), 1, "their own deeds are no news");
}
