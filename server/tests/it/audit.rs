//! The audit log: everything is in it, nothing personal is, and no row can be changed afterwards.

use contracts::booking::PracticeAction;
use services::bookings as b;
use test_support::TestApp;
use test_support::builders::{Practice, at};

async fn some_history(app: &TestApp) -> Practice {
    let practice = Practice::new(app, "alpha").await;
    let booking = practice.request(app, at("2026-03-10T06:00:00Z")).await;
    b::act(&practice.ctx(app), booking.id, PracticeAction::Approve).await.unwrap();
    app.run_jobs().await;
    practice
}

#[tokio::test]
async fn the_chain_holds_and_shows_tampering() {
    let app = TestApp::new().await;
    let practice = some_history(&app).await;
    let check = services::audit::verify(&practice.ctx(&app)).await.unwrap();
    assert!(check.entries >= 8, "{check:?}");
    assert_eq!(check.broken_at, None);
    // Only somebody who switches the triggers off can change a row, and even then it shows.
    for sql in [
        "ALTER TABLE audit_log DISABLE TRIGGER ALL",
        "UPDATE audit_log SET action = 'nothing.happened' WHERE seq = 3",
        "ALTER TABLE audit_log ENABLE TRIGGER ALL",
    ] {
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&app.owner).await.unwrap();
    }
    assert_eq!(services::audit::verify(&practice.ctx(&app)).await.unwrap().broken_at, Some(3));
}

/// Changes the log as only somebody who switches its triggers off can.
async fn tamper(app: &TestApp, sql: &'static str) {
    for sql in ["ALTER TABLE audit_log DISABLE TRIGGER ALL", sql, "ALTER TABLE audit_log ENABLE TRIGGER ALL"] {
        sqlx::query(sql).execute(&app.owner).await.unwrap();
    }
}

#[tokio::test]
async fn a_look_recomputes_what_is_new_and_the_whole_once_a_day() {
    let app = TestApp::new().await;
    let practice = some_history(&app).await;
    let ctx = || practice.ctx(&app);
    let first = services::audit::verify_new(&ctx()).await.unwrap();
    assert_eq!((first.broken_at, first.whole_at), (None, Some(ctx().now)));
    // What is written later is recomputed and counted; the beginning is not read again within a day.
    app.clock.advance(chrono::TimeDelta::hours(1));
    practice.request(&app, at("2026-03-12T06:00:00Z")).await;
    app.run_jobs().await;
    let later = services::audit::verify_new(&ctx()).await.unwrap();
    assert!(later.entries > first.entries && later.broken_at.is_none());
    assert_eq!(later.whole_at, first.whole_at, "it does not claim more than was done");
    tamper(&app, "UPDATE audit_log SET action = 'nothing.happened' WHERE seq = 3").await;
    assert_eq!(services::audit::verify(&ctx()).await.unwrap().broken_at, Some(3), "whoever asks is told at once");
    app.clock.advance(chrono::TimeDelta::hours(24));
    let next_day = services::audit::verify_new(&ctx()).await.unwrap();
    assert_eq!((next_day.broken_at, next_day.whole_at), (Some(3), first.whole_at));
}

#[tokio::test]
async fn new_entries_that_do_not_follow_show_at_once() {
    let app = TestApp::new().await;
    let practice = some_history(&app).await;
    let noted = services::audit::verify_new(&practice.ctx(&app)).await.unwrap().entries;
    practice.request(&app, at("2026-03-12T06:00:00Z")).await;
    app.run_jobs().await;
    tamper(&app, "UPDATE audit_log SET action = 'x' WHERE seq = (SELECT max(seq) FROM audit_log)").await;
    let broken = services::audit::verify_new(&practice.ctx(&app)).await.unwrap().broken_at;
    assert!(broken.is_some_and(|at| at > noted), "{broken:?}");
}

#[tokio::test]
async fn a_log_that_was_cut_short_or_written_anew_does_not_hold_the_noted_seal() {
    let app = TestApp::new().await;
    let practice = some_history(&app).await;
    let noted = services::audit::verify_new(&practice.ctx(&app)).await.unwrap().entries;
    // Without its last entry the rest of the chain is sound.
    tamper(&app, "DELETE FROM audit_log WHERE seq = (SELECT max(seq) FROM audit_log)").await;
    for check in
        [services::audit::verify_new(&practice.ctx(&app)).await, services::audit::verify(&practice.ctx(&app)).await]
    {
        assert_eq!(check.unwrap().broken_at, Some(noted));
    }
}

#[tokio::test]
async fn rows_cannot_be_changed_or_deleted() {
    let app = TestApp::new().await;
    some_history(&app).await;
    for sql in ["UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log"] {
        let error = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&app.owner).await.unwrap_err();
        assert!(error.to_string().contains("append-only"), "{sql}: {error}");
    }
}

#[tokio::test]
async fn it_names_deeds_and_nobody_s_data() {
    let app = TestApp::new().await;
    let practice = some_history(&app).await;
    let entries = services::audit::list(&practice.ctx(&app), None).await.unwrap().items;
    for action in ["booking.requested", "booking.approved"] {
        assert!(
            entries.iter().any(|e| e.action == action),
            "{action} is missing: {:?}",
            entries.iter().map(|e| &e.action).collect::<Vec<_>>()
        );
    }
    let all: String =
        sqlx::query_scalar("SELECT jsonb_agg(to_jsonb(a))::text FROM audit_log a").fetch_one(&app.owner).await.unwrap();
    for trace in ["John", "john@", "254700000111", "Sleep", "0700"] {
        assert!(!all.contains(trace), "{trace} is in the audit log");
    }
}
