//! What members do with recurring sessions: pause, resume, change, stop, and what the end date does.

use crate::series::{close, count, day, nightly, patient, sessions, states, weekly};
use chrono::{NaiveDate, TimeDelta};
use contracts::ErrorCode;
use contracts::series::*;
use services::series as s;
use test_support::TestApp;
use test_support::builders::{Practice, at};

/// The same terms, to change.
fn changed(of: &SeriesView, change: impl FnOnce(&mut ChangeSeries)) -> ChangeSeries {
    let mut cmd = ChangeSeries {
        version: of.version,
        starts_on: None,
        terms: SeriesTerms {
            service_id: of.service_id,
            frequency: of.rule.frequency,
            interval_days: of.rule.interval_days,
            weekday: None,
            starts: domain::validate::show_clock(of.rule.starts_min),
            duration_min: Some(of.rule.duration_min),
            price: Some(of.price.plain()),
            ends_on: of.rule.ends_on,
            payment_notice_days: Some(of.payment_notice_days),
        },
        also_unpaid: false,
    };
    change(&mut cmd);
    cmd
}

#[tokio::test]
async fn a_pause_makes_nothing_and_resuming_goes_on_from_today() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let john = patient(&app, &practice, 1).await;
    let series = s::create(&practice.ctx(&app), weekly(&practice, john, "2026-03-02", "12:00")).await.unwrap();
    let paused = s::pause(&practice.ctx(&app), series.id).await.unwrap();
    assert_eq!(paused.status, SeriesStatus::Paused);
    assert_eq!(states(&paused).len(), 2, "BR-RS-003: what is made stays, nothing else is planned");
    app.clock.set(at("2026-03-25T08:00:00Z"));
    assert_eq!(nightly(&app).await, s::Generated::default());
    // Wednesday: the next Monday is within seven days.
    let ctx = practice.ctx(&app);
    let resumed = s::resume(&ctx, series.id).await.unwrap();
    assert_eq!(states(&resumed)[0], ("03-30 12:00".to_owned(), OccurrenceState::Created), "BR-RS-004");
    assert_eq!(sessions(&app).await, ["03-02 09:00", "03-09 09:00", "03-30 09:00"], "no back-fill");
    assert_eq!(s::resume(&ctx, series.id).await.unwrap().version, resumed.version, "resuming twice changes nothing");
    s::stop(&ctx, series.id).await.unwrap();
    s::stop(&ctx, series.id).await.unwrap();
    assert_eq!(s::resume(&ctx, series.id).await.unwrap_err().public.code, ErrorCode::Conflict);
    app.clock.advance(TimeDelta::days(30));
    assert_eq!(nightly(&app).await, s::Generated::default());
    assert_eq!(sessions(&app).await.len(), 3, "stopping keeps what is made");
    let kinds = "SELECT count(DISTINCT action) FROM audit_log WHERE action LIKE 'series.%'";
    assert_eq!(count(&app, kinds).await, 5, "created, generated, paused, resumed, stopped");
}

#[tokio::test]
async fn a_change_holds_for_what_is_not_made_yet() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let john = patient(&app, &practice, 1).await;
    let series = s::create(&ctx, weekly(&practice, john, "2026-03-03", "12:00")).await.unwrap();
    let later = changed(&series, |c| {
        c.terms.starts = "14:00".into();
        c.terms.price = Some("2500".into());
    });
    let view = s::change(&ctx, series.id, later.clone()).await.unwrap();
    assert_eq!(
        states(&view)[..2],
        [("03-03 12:00".to_owned(), OccurrenceState::Created), ("03-10 14:00".to_owned(), OccurrenceState::Planned)]
    );
    assert_eq!((view.version, view.price.minor), (2, 250_000));
    let stale = s::change(&ctx, series.id, later).await.unwrap_err();
    assert_eq!(stale.public.code, ErrorCode::Conflict, "it is not the one that was shown");
    // Another day: the week that has its session gets no second one.
    let friday = changed(&view, |c| c.terms.weekday = Some(5));
    let view = s::change(&ctx, series.id, friday).await.unwrap();
    assert_eq!(
        states(&view)[..2],
        [("03-03 12:00".to_owned(), OccurrenceState::Created), ("03-13 14:00".to_owned(), OccurrenceState::Planned)]
    );
    assert_eq!(view.rule.anchor, day("2026-03-13"));
    app.clock.set(at("2026-03-06T08:00:00Z"));
    assert_eq!(nightly(&app).await.created, 1);
    assert_eq!(sessions(&app).await, ["03-03 09:00", "03-13 11:00"]);
}

/// Money for a session, as the payment desk records it.
async fn pay(app: &TestApp, of: &Occurrence) {
    sqlx::query(
        "INSERT INTO payments (practice_id, id, patient_id, session_id, kind, method, amount_minor, currency, received_on, recorded_at)
         SELECT practice_id, gen_random_uuid(), patient_id, id, 'payment', 'cash', 1000, currency, '2026-03-02', now()
         FROM sessions WHERE id = $1",
    )
    .bind(of.session.unwrap().id.0)
    .execute(&app.owner)
    .await
    .unwrap();
}

#[tokio::test]
async fn unpaid_sessions_follow_when_asked_and_paid_ones_never() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let john = patient(&app, &practice, 1).await;
    let mut every_other = weekly(&practice, john, "2026-03-03", "12:00");
    every_other.terms.frequency = Frequency::EveryNDays;
    every_other.terms.interval_days = Some(2);
    let series = s::create(&ctx, every_other).await.unwrap();
    // Tuesday, Thursday and next Monday; Saturday is outside opening hours.
    assert_eq!(sessions(&app).await, ["03-03 09:00", "03-05 09:00", "03-09 09:00"]);
    let thursday = series.next.iter().find(|one| one.date == day("2026-03-05")).unwrap();
    pay(&app, thursday).await;
    let reference = "SELECT string_agg(reference, ' ' ORDER BY id) FROM bookings";
    let before: String = sqlx::query_scalar(reference).fetch_one(&app.owner).await.unwrap();
    let cmd = changed(&series, |c| {
        c.terms.starts = "15:00".into();
        c.terms.price = Some("1234.50".into());
        c.also_unpaid = true;
    });
    let asked = s::preview(&ctx, AskPreview::Change { id: series.id, to: cmd.clone() }).await.unwrap();
    assert_eq!(asked.unpaid_sessions, 2);
    let kinds: Vec<(String, Becomes)> =
        asked.dates.iter().take(4).map(|d| (d.local.format("%m-%d %H:%M").to_string(), d.becomes)).collect();
    let noon = |text: &str| day(text).and_hms_opt(12, 0, 0).unwrap();
    assert_eq!(
        kinds,
        [
            ("03-03 15:00".to_owned(), Becomes::Moved { from: noon("2026-03-03") }),
            ("03-05 12:00".to_owned(), Becomes::Stays { at: noon("2026-03-05"), paid: true }),
            ("03-07 15:00".to_owned(), Becomes::Skipped),
            ("03-09 15:00".to_owned(), Becomes::Moved { from: noon("2026-03-09") }),
        ]
    );
    assert_eq!(sessions(&app).await, ["03-03 09:00", "03-05 09:00", "03-09 09:00"], "a preview changes nothing");
    s::change(&ctx, series.id, cmd).await.unwrap();
    assert_eq!(sessions(&app).await, ["03-03 12:00", "03-05 09:00", "03-09 12:00"]);
    let after: String = sqlx::query_scalar(reference).fetch_one(&app.owner).await.unwrap();
    assert_eq!(before, after, "the same bookings, moved");
    let prices: String =
        sqlx::query_scalar("SELECT string_agg(price_minor::text, ' ' ORDER BY starts_at) FROM sessions")
            .fetch_one(&app.owner)
            .await
            .unwrap();
    assert_eq!(prices, "123450 200000 123450");
    let agree = "SELECT count(*) FROM sessions x JOIN bookings b ON b.id = x.booking_id JOIN occupancies o ON o.session_id = x.id
                 WHERE (x.starts_at, x.ends_at, x.price_minor) IS DISTINCT FROM (b.starts_at, b.ends_at, b.price_minor)
                    OR (o.starts_at, o.ends_at) IS DISTINCT FROM (x.starts_at, x.ends_at)";
    assert_eq!(count(&app, agree).await, 0);
}

#[tokio::test]
async fn another_rhythm_moves_sessions_within_their_week_or_cancels_them() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let john = patient(&app, &practice, 1).await;
    let series = s::create(&ctx, weekly(&practice, john, "2026-03-09", "12:00")).await.unwrap();
    let to_thursday = changed(&series, |c| {
        c.terms.weekday = Some(4);
        c.also_unpaid = true;
    });
    let view = s::change(&ctx, series.id, to_thursday).await.unwrap();
    assert_eq!(sessions(&app).await, ["03-12 09:00"], "not in three days, but in its own week");
    assert_eq!((view.next[0].date, view.next[0].state), (day("2026-03-12"), OccurrenceState::Created));
    assert_eq!(view.next[1].date, day("2026-03-19"));
    app.clock.set(at("2026-03-05T08:00:00Z"));
    assert_eq!(nightly(&app).await.created, 0, "the date is decided");
    app.run_jobs().await;
    let ctx = practice.ctx(&app);
    let monthly = changed(&view, |c| {
        c.terms.frequency = Frequency::Monthly;
        c.starts_on = Some(day("2026-03-31"));
        c.also_unpaid = true;
    });
    let asked = s::preview(&ctx, AskPreview::Change { id: series.id, to: monthly.clone() }).await.unwrap();
    assert!(matches!(asked.dates[0].becomes, Becomes::Cancelled { .. }));
    let view = s::change(&ctx, series.id, monthly).await.unwrap();
    assert_eq!(sessions(&app).await, Vec::<String>::new());
    let dates: Vec<NaiveDate> =
        view.next.iter().filter(|o| o.state == OccurrenceState::Planned).map(|o| o.date).collect();
    assert_eq!(dates[..3], [day("2026-03-31"), day("2026-04-30"), day("2026-05-31")]);
    app.clock.advance(TimeDelta::minutes(2));
    app.run_jobs().await;
    let told: Vec<String> = app.mailbox.to("patient1@example.com").iter().map(|m| m.subject.clone()).collect();
    assert_eq!(told.len(), 2, "moved, then cancelled: {told:?}");
}

#[tokio::test]
async fn a_session_that_cannot_move_stays_and_the_preview_says_so() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let [ana, ben] = [patient(&app, &practice, 1).await, patient(&app, &practice, 2).await];
    let series = s::create(&ctx, weekly(&practice, ana, "2026-03-04", "12:00")).await.unwrap();
    app.clock.advance(TimeDelta::minutes(1));
    s::create(&practice.ctx(&app), weekly(&practice, ben, "2026-03-04", "15:00")).await.unwrap();
    app.clock.advance(TimeDelta::minutes(1));
    let ctx = practice.ctx(&app);
    let cmd = changed(&series, |c| {
        c.terms.starts = "15:00".into();
        c.also_unpaid = true;
    });
    let asked = s::preview(&ctx, AskPreview::Change { id: series.id, to: cmd.clone() }).await.unwrap();
    let first = &asked.dates[0];
    assert!(matches!(first.becomes, Becomes::Stays { paid: false, .. }));
    assert_eq!(first.conflicts.iter().map(Conflict::code).collect::<Vec<_>>(), ["overlap"]);
    let next = &asked.dates[1];
    assert_eq!(
        (next.becomes, next.conflicts[0].code()),
        (Becomes::Skipped, "other_series"),
        "the series that was agreed first has it"
    );
    s::change(&ctx, series.id, cmd).await.unwrap();
    assert_eq!(sessions(&app).await, ["03-04 09:00", "03-04 12:00"]);
    app.clock.set(at("2026-03-04T08:00:00Z"));
    let done = nightly(&app).await;
    assert_eq!((done.created, done.skipped), (1, 1));
    assert_eq!(s::skipped(&practice.ctx(&app)).await.unwrap()[0].patient_name, "Patient 1");
}

#[tokio::test]
async fn the_end_date_completes_a_series_and_tells_the_therapist() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let john = patient(&app, &practice, 1).await;
    let mut cmd = weekly(&practice, john, "2026-03-02", "12:00");
    cmd.terms.ends_on = Some(day("2026-03-11"));
    let series = s::create(&practice.ctx(&app), cmd).await.unwrap();
    assert_eq!(states(&series).len(), 2, "no date behind the end");
    app.clock.set(at("2026-03-11T20:00:00Z"));
    assert_eq!(app.run_jobs().await.generated, 0);
    assert_eq!(s::get(&practice.ctx(&app), series.id).await.unwrap().status, SeriesStatus::Active);
    app.clock.set(at("2026-03-11T21:00:00Z"));
    assert_eq!(nightly(&app).await.completed, 1);
    assert_eq!(nightly(&app).await, s::Generated::default());
    app.run_jobs().await;
    assert_eq!(s::get(&practice.ctx(&app), series.id).await.unwrap().status, SeriesStatus::Completed);
    let subjects: Vec<String> = app.mailbox.to(&practice.email).iter().map(|m| m.subject.clone()).collect();
    assert_eq!(subjects.iter().filter(|s| *s == "Recurring sessions completed").count(), 1, "{subjects:?}");
    assert_eq!(count(&app, "SELECT count(*) FROM audit_log WHERE action = 'series.completed'").await, 1);
}

#[tokio::test]
async fn a_session_may_move_to_a_date_that_had_been_skipped() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let john = patient(&app, &practice, 1).await;
    let vacation = close(&app, &practice, "2026-03-05", "").await;
    let mut every_other = weekly(&practice, john, "2026-03-03", "12:00");
    every_other.terms.frequency = Frequency::EveryNDays;
    every_other.terms.interval_days = Some(2);
    let series = s::create(&ctx, every_other).await.unwrap();
    assert_eq!(sessions(&app).await, ["03-03 09:00", "03-09 09:00"]);
    services::availability::delete_exception(&ctx, vacation).await.unwrap();
    let thursdays = changed(&series, |c| {
        c.terms.frequency = Frequency::Weekly;
        c.terms.weekday = Some(4);
        c.also_unpaid = true;
    });
    let view = s::change(&ctx, series.id, thursdays).await.unwrap();
    assert_eq!(sessions(&app).await, ["03-05 09:00", "03-12 09:00"]);
    assert_eq!(view.rule.anchor, day("2026-03-05"));
    // While it is paused the preview promises nothing for now.
    s::pause(&ctx, series.id).await.unwrap();
    let paused = s::get(&ctx, series.id).await.unwrap();
    let asked = AskPreview::Change { id: series.id, to: changed(&paused, |c| c.starts_on = Some(day("2026-03-06"))) };
    let preview = s::preview(&ctx, asked).await.unwrap();
    assert!(preview.dates.iter().all(|d| d.becomes != Becomes::Session));
}
