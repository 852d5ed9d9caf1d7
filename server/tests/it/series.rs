//! Recurring sessions (product §6; 004 §4.4): what is made, when, once, and what is not.

use chrono::{Datelike, NaiveDate, TimeDelta};
use contracts::availability::{AddException, BookingsInTheWay, ExceptionKind};
use contracts::patients::SavePreferences;
use contracts::series::*;
use contracts::sessions::{NewSession, PaymentStatus, SessionStatus};
use contracts::{ErrorCode, FieldProblem, PatientId, SeriesId};
use services::series as s;
use test_support::TestApp;
use test_support::builders::{Practice, at};

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Somebody in care, without a booking.
pub async fn patient(app: &TestApp, practice: &Practice, number: u32) -> PatientId {
    let id = uuid::Uuid::from_u128(u128::from(number) + 1_000);
    sqlx::query(
        "INSERT INTO patients (practice_id, id, name, phone, email, language, created_at, active_since)
         VALUES ($1, $2, $3, $4, $5, 'en', now(), now())",
    )
    .bind(practice.id.0)
    .bind(id)
    .bind(format!("Patient {number}"))
    .bind(format!("+2547000{number:05}"))
    .bind(format!("patient{number}@example.com"))
    .execute(&app.owner)
    .await
    .unwrap();
    id.into()
}

/// Every week from this day on, at this time.
pub fn weekly(practice: &Practice, patient: PatientId, starts_on: &str, starts: &str) -> CreateSeries {
    CreateSeries {
        patient_id: patient,
        therapist_id: practice.therapist,
        starts_on: day(starts_on),
        terms: SeriesTerms {
            service_id: practice.service,
            frequency: Frequency::Weekly,
            interval_days: None,
            weekday: None,
            starts: starts.into(),
            duration_min: None,
            price: None,
            ends_on: None,
            payment_notice_days: None,
        },
        tell_patient: false,
    }
}

pub async fn close(app: &TestApp, practice: &Practice, on: &str, reason: &str) -> contracts::ExceptionId {
    let command = AddException {
        therapist_id: practice.therapist,
        kind: ExceptionKind::Closed,
        starts_on: day(on),
        ends_on: None,
        starts: None,
        ends: None,
        reason: reason.into(),
        bookings: BookingsInTheWay::Keep,
    };
    services::availability::add_exception(&practice.ctx(app), command).await.unwrap().id
}

/// The starts of all scheduled sessions, in order.
pub async fn sessions(app: &TestApp) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT to_char(starts_at AT TIME ZONE 'UTC', 'MM-DD HH24:MI') FROM sessions WHERE status = 'scheduled' ORDER BY starts_at",
    )
    .fetch_all(&app.owner)
    .await
    .unwrap()
}

pub async fn count(app: &TestApp, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&app.owner).await.unwrap()
}

pub fn states(view: &SeriesView) -> Vec<(String, OccurrenceState)> {
    view.next.iter().map(|one| (one.local.format("%m-%d %H:%M").to_string(), one.state)).collect()
}

pub async fn nightly(app: &TestApp) -> s::Generated {
    s::generate_due(&app.system()).await.unwrap()
}

#[tokio::test]
async fn creating_makes_everything_of_the_next_seven_days_at_once() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    app.run_jobs().await;
    let told = app.mailbox.all().len();
    let john = patient(&app, &practice, 1).await;
    // Monday, 11:00 in Nairobi.
    let view = s::create(&practice.ctx(&app), weekly(&practice, john, "2026-03-02", "12:00")).await.unwrap();
    use OccurrenceState::{Created, Planned};
    assert_eq!(
        states(&view)[..3],
        [("03-02 12:00".to_owned(), Created), ("03-09 12:00".to_owned(), Created), ("03-16 12:00".to_owned(), Planned)]
    );
    let session = view.next[1].session.unwrap();
    assert_eq!((session.status, session.payment_status), (SessionStatus::Scheduled, PaymentStatus::Pending));
    assert_eq!((view.status, view.price.minor, view.payment_notice_days), (SeriesStatus::Active, 200_000, 3));
    let written: String = sqlx::query_scalar(
        "SELECT concat_ws('|', b.status, b.source, b.patient_name, b.patient_email, b.patient_phone, b.patient_id = $2,
                b.language, b.requested_at = b.confirmed_at, b.starts_at = x.starts_at, o.firm, o.session_id = x.id,
                o.booking_id = b.id, x.payment_notice_hours, x.price_minor, b.policy->>'notice_min',
                x.payment_reminder_at = x.starts_at - interval '72 hours')
         FROM sessions x JOIN bookings b ON b.id = x.booking_id JOIN occupancies o ON o.session_id = x.id WHERE x.id = $1",
    )
    .bind(session.id.0)
    .bind(john.0)
    .fetch_one(&app.owner)
    .await
    .unwrap();
    let expected = "confirmed|series|Patient 1|patient1@example.com|+254700000001|t|en|t|t|t|t|t|72|200000|120|t";
    assert_eq!(written, expected);
    app.run_jobs().await;
    assert_eq!(app.mailbox.all().len(), told, "nobody is told at generation");
    let log = "SELECT count(*) FROM audit_log WHERE action IN ('series.created', 'series.generated') AND entity_id IS NOT NULL";
    assert_eq!(count(&app, log).await, 2);
    let card = services::bookings::get(&practice.ctx(&app), session.booking_id).await.unwrap();
    assert_eq!(card.patient.name, "Patient 1");
}

#[tokio::test]
async fn each_night_makes_what_has_come_within_seven_days_and_only_once() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let john = patient(&app, &practice, 1).await;
    s::create(&practice.ctx(&app), weekly(&practice, john, "2026-03-02", "12:00")).await.unwrap();
    app.clock.set(at("2026-03-08T20:59:00Z"));
    assert_eq!(nightly(&app).await, s::Generated::default(), "a minute to midnight in Nairobi");
    app.clock.set(at("2026-03-08T21:00:00Z"));
    let done = nightly(&app).await;
    assert_eq!((done.therapists, done.series, done.created, done.skipped, done.errors), (1, 1, 1, 0, 0));
    assert_eq!(nightly(&app).await, s::Generated::default(), "a second run does nothing");
    assert_eq!(sessions(&app).await, ["03-02 09:00", "03-09 09:00", "03-16 09:00"]);
    app.clock.advance(TimeDelta::days(7));
    assert_eq!(app.run_jobs().await.generated, 1, "the worker's round does it too");
}

#[tokio::test]
async fn after_days_without_a_worker_what_is_to_come_is_made_and_what_has_passed_is_not() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let john = patient(&app, &practice, 1).await;
    s::create(&practice.ctx(&app), weekly(&practice, john, "2026-03-02", "12:00")).await.unwrap();
    // The 16th is over, the 23rd is tomorrow.
    app.clock.set(at("2026-03-22T08:00:00Z"));
    assert_eq!(nightly(&app).await.created, 1);
    assert_eq!(sessions(&app).await, ["03-02 09:00", "03-09 09:00", "03-23 09:00"]);
    app.clock.set(at("2026-03-23T08:00:00Z"));
    assert_eq!(nightly(&app).await.created, 1, "and it goes on");
    // On the very day, before its hour, a session is still made.
    app.clock.set(at("2026-04-06T08:00:00Z"));
    assert_eq!(nightly(&app).await.created, 2, "today at 12:00, and in a week");
    assert_eq!(count(&app, "SELECT count(*) FROM series_occurrences WHERE state <> 'created'").await, 0);
}

#[tokio::test]
async fn what_is_there_wins_and_the_practice_is_told_why() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let [ana, ben, eva] =
        [patient(&app, &practice, 1).await, patient(&app, &practice, 2).await, patient(&app, &practice, 3).await];
    let vacation = close(&app, &practice, "2026-03-06", "Vacation").await;
    // Thursday 09:00 to 09:50 is asked for by a visitor.
    practice.request(&app, at("2026-03-05T06:00:00Z")).await;
    app.run_jobs().await;
    let told = app.mailbox.all().len();
    let friday = s::create(&ctx, weekly(&practice, ana, "2026-03-06", "10:00")).await.unwrap();
    let thursday = s::create(&ctx, weekly(&practice, ben, "2026-03-05", "09:30")).await.unwrap();
    let sunday = s::create(&ctx, weekly(&practice, eva, "2026-03-08", "10:00")).await.unwrap();
    for (view, code) in [(&friday, "exception"), (&thursday, "overlap"), (&sunday, "outside_hours")] {
        assert_eq!(view.next[0].state, OccurrenceState::Skipped);
        assert_eq!(view.next[0].conflicts.iter().map(Conflict::code).collect::<Vec<_>>(), [code]);
    }
    let waiting = s::skipped(&ctx).await.unwrap();
    let names: Vec<&str> = waiting.iter().map(|one| one.patient_name.as_str()).collect();
    assert_eq!(names, ["Patient 2", "Patient 1", "Patient 3"], "in order of time");
    assert_eq!(waiting[1].conflicts, [Conflict::Exception { reason: "Vacation".into() }], "EC-AV-004");
    let nearest: Vec<String> = waiting[0].alternatives.iter().map(|slot| slot.local.to_string()).collect();
    assert_eq!(nearest, ["2026-03-05 10:00:00", "2026-03-05 11:00:00", "2026-03-05 12:00:00"]);
    app.run_jobs().await;
    assert_eq!(app.mailbox.all().len(), told, "no patient hears of it");
    let why: serde_json::Value = sqlx::query_scalar(
        "SELECT details FROM audit_log WHERE action = 'series.skipped' AND details->>'date' = '2026-03-06'",
    )
    .fetch_one(&app.owner)
    .await
    .unwrap();
    assert_eq!(why, serde_json::json!({ "date": "2026-03-06", "conflicts": ["exception"] }), "codes only");
    // The vacation is called off: its own time comes first.
    services::availability::delete_exception(&ctx, vacation).await.unwrap();
    let again = s::skipped(&ctx).await.unwrap();
    assert_eq!(again[1].alternatives[0].local.to_string(), "2026-03-06 10:00:00");
    // Once its time has passed it is nobody's business any more.
    app.clock.set(at("2026-03-07T08:00:00Z"));
    assert_eq!(s::skipped(&practice.ctx(&app)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_skipped_date_is_decided_with_one_click_and_once() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let [ana, ben] = [patient(&app, &practice, 1).await, patient(&app, &practice, 2).await];
    close(&app, &practice, "2026-03-05", "").await;
    let first = s::create(&ctx, weekly(&practice, ana, "2026-03-05", "10:00")).await.unwrap();
    let second = s::create(&ctx, weekly(&practice, ben, "2026-03-05", "11:00")).await.unwrap();
    let nearest = s::skipped(&ctx).await.unwrap()[0].alternatives.clone();
    let done = s::resolve(&ctx, first.id, day("2026-03-05"), Resolve::Book { starts_at: Some(nearest[0].starts_at) })
        .await
        .unwrap();
    assert_eq!((done.state, done.local, done.date), (OccurrenceState::Created, nearest[0].local, day("2026-03-05")));
    let again = s::resolve(&ctx, first.id, day("2026-03-05"), Resolve::Dismiss).await;
    assert_eq!(again.unwrap_err().public.code, ErrorCode::Conflict);
    // Somebody else's time is not free for the second one.
    let taken = Resolve::Book { starts_at: Some(nearest[0].starts_at) };
    let refused = s::resolve(&ctx, second.id, day("2026-03-05"), taken).await.unwrap_err();
    assert_eq!(refused.public.code, ErrorCode::SlotTaken);
    assert!(!refused.public.alternatives.is_empty());
    let past = Resolve::Book { starts_at: Some(at("2026-03-02T07:00:00Z")) };
    let refused = s::resolve(&ctx, second.id, day("2026-03-05"), past).await.unwrap_err();
    assert_eq!(refused.public.problem_of("starts_at"), Some(FieldProblem::InPast));
    let dismissed = s::resolve(&ctx, second.id, day("2026-03-05"), Resolve::Dismiss).await.unwrap();
    assert_eq!(dismissed.state, OccurrenceState::Dismissed);
    assert_eq!(s::skipped(&ctx).await.unwrap(), []);
    // Neither is made again.
    assert_eq!(nightly(&app).await, s::Generated::default());
    assert_eq!(sessions(&app).await.len(), 1);
    let booked = "SELECT count(*) FROM audit_log WHERE action IN ('series.rebooked', 'series.dismissed')";
    assert_eq!(count(&app, booked).await, 2);
    // Without a time the nearest one is taken.
    close(&app, &practice, "2026-03-12", "").await;
    app.clock.set(at("2026-03-05T08:00:00Z"));
    assert_eq!(nightly(&app).await.skipped, 2);
    let ctx = practice.ctx(&app);
    let done = s::resolve(&ctx, first.id, day("2026-03-12"), Resolve::Book { starts_at: None }).await.unwrap();
    assert_eq!((done.local.date() - day("2026-03-12")).num_days().abs(), 1);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_makes_one_series_and_nonsense_none() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let john = patient(&app, &practice, 1).await;
    let cmd = weekly(&practice, john, "2026-03-04", "12:00");
    s::create(&ctx, cmd.clone()).await.unwrap();
    let again = s::create(&ctx, cmd.clone()).await.unwrap_err();
    assert_eq!(again.public.problem_of("starts"), Some(FieldProblem::Taken));
    let wrong = |change: fn(&mut CreateSeries)| {
        let mut cmd = cmd.clone();
        change(&mut cmd);
        let ctx = ctx.clone();
        async move { s::create(&ctx, cmd).await.unwrap_err().public }
    };
    let problem = |error: &contracts::ApiError, field: &str| error.problem_of(field);
    assert_eq!(problem(&wrong(|c| c.starts_on = day("2026-03-01")).await, "starts_on"), Some(FieldProblem::InPast));
    assert_eq!(problem(&wrong(|c| c.terms.starts = "25:00".into()).await, "starts"), Some(FieldProblem::InvalidTime));
    assert_eq!(problem(&wrong(|c| c.terms.starts = "24:00".into()).await, "starts"), Some(FieldProblem::InvalidTime));
    assert_eq!(
        problem(&wrong(|c| c.terms.price = Some("abc".into())).await, "price"),
        Some(FieldProblem::InvalidNumber)
    );
    assert_eq!(problem(&wrong(|c| c.terms.weekday = Some(8)).await, "weekday"), Some(FieldProblem::InvalidChoice));
    let far = wrong(|c| c.starts_on = NaiveDate::MAX).await;
    assert_eq!(problem(&far, "starts_on"), Some(FieldProblem::OutOfRange));
    assert_eq!(wrong(|c| c.patient_id = uuid::Uuid::from_u128(9).into()).await.code, ErrorCode::NotFound);
    assert_eq!(wrong(|c| c.therapist_id = uuid::Uuid::from_u128(9).into()).await.code, ErrorCode::NotFound);
    assert_eq!(count(&app, "SELECT count(*) FROM series").await, 1);
}

#[tokio::test]
async fn the_preview_shows_what_saving_does_with_clock_changes() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    sqlx::query("UPDATE therapists SET time_zone = 'Europe/Madrid'").execute(&app.owner).await.unwrap();
    let john = patient(&app, &practice, 1).await;
    close(&app, &practice, "2026-03-09", "Course").await;
    let cmd = weekly(&practice, john, "2026-03-02", "12:00");
    let asked = s::preview(&ctx, AskPreview::Create(cmd.clone())).await.unwrap();
    assert_eq!(count(&app, "SELECT count(*) FROM series").await, 0);
    assert_eq!((asked.dates.len(), asked.more, asked.today), (53, true, day("2026-03-02")));
    assert!(
        asked
            .dates
            .iter()
            .all(|d| d.date.weekday() == chrono::Weekday::Mon && d.local.to_string().ends_with("12:00:00"))
    );
    let shifts: Vec<NaiveDate> = asked.dates.iter().filter(|d| d.clock.is_some()).map(|d| d.date).collect();
    assert_eq!(shifts, [day("2026-03-30"), day("2026-10-26")]);
    assert_eq!(asked.dates[1].conflicts, [Conflict::Exception { reason: "Course".into() }]);
    assert!(!asked.dates[1].alternatives.is_empty());
    let saved = s::create(&ctx, cmd).await.unwrap();
    for (shown, made) in asked.dates.iter().zip(&saved.next) {
        let expected = match shown.becomes {
            Becomes::Session => OccurrenceState::Created,
            Becomes::Skipped => OccurrenceState::Skipped,
            _ => OccurrenceState::Planned,
        };
        assert_eq!((made.date, made.local, made.state), (shown.date, shown.local, expected));
    }
    // At 02:30 on the night on which the clock goes on, the session begins at 03:00.
    let mut night = weekly(&practice, john, "2026-03-22", "02:30");
    night.terms.payment_notice_days = Some(1);
    let asked = s::preview(&ctx, AskPreview::Create(night)).await.unwrap();
    assert_eq!(
        (asked.dates[1].clock, asked.dates[1].local.to_string().as_str()),
        (Some(ClockChange::Skipped), "2026-03-29 03:00:00")
    );
}

#[tokio::test]
async fn deleted_patients_and_other_therapists_are_left_alone() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let john = patient(&app, &practice, 1).await;
    let series: SeriesId = s::create(&ctx, weekly(&practice, john, "2026-03-02", "12:00")).await.unwrap().id;
    let colleague = services::practice::add_therapist(&ctx, "Dr Colleague", None).await.unwrap();
    let member = services::Member {
        role: contracts::accounts::Role::Therapist,
        therapist_id: Some(colleague.id),
        ..practice.owner.clone()
    };
    let other = app.ctx(services::Actor::Member(member.clone()));
    assert_eq!(s::get(&other, series).await.unwrap_err().public.code, ErrorCode::NotFound);
    assert_eq!(s::list(&other, john).await.unwrap_err().public.code, ErrorCode::NotFound, "not their patient");
    let own = app.ctx(services::Actor::Member(services::Member { therapist_id: Some(practice.therapist), ..member }));
    assert_eq!(s::list(&own, john).await.unwrap().len(), 1);
    assert_eq!(s::pause(&own, series).await.unwrap_err().public.code, ErrorCode::Forbidden);
    sqlx::query("UPDATE patients SET deleted_at = now()").execute(&app.owner).await.unwrap();
    app.clock.set(at("2026-03-09T08:00:00Z"));
    assert_eq!(nightly(&app).await, s::Generated::default());
    assert_eq!(s::list(&practice.ctx(&app), john).await.unwrap_err().public.code, ErrorCode::NotFound);
    // Taken back within the week, what is still to come is made.
    sqlx::query("UPDATE patients SET deleted_at = NULL").execute(&app.owner).await.unwrap();
    assert_eq!(nightly(&app).await.created, 1);
}

#[tokio::test]
async fn a_patients_own_price_stands_where_the_practice_names_none() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    practice.request(&app, at("2026-03-12T06:00:00Z")).await;
    let john = crate::records::john_of(&app, &practice).await;
    let likes = SavePreferences { custom_price: "1500".into(), ..SavePreferences::default() };
    services::patients::save_preferences(&ctx, john, likes).await.unwrap();
    let usual = crate::records::session(&practice, john, "2026-03-13T09:00:00");
    let placed = services::sessions::create(&ctx, usual.clone()).await.unwrap();
    assert_eq!(placed.card.price.minor, 150_000);
    let named = NewSession { price: Some("900".into()), starts: "2026-03-13T11:00:00".parse().unwrap(), ..usual };
    assert_eq!(services::sessions::create(&ctx, named).await.unwrap().card.price.minor, 90_000);
    let offered = s::form(&ctx, john).await.unwrap().offers;
    assert_eq!(offered[0].price.minor, 150_000, "the form shows what an empty field means");
    let weekly = weekly(&practice, john, "2026-03-02", "12:00");
    assert_eq!(s::create(&ctx, weekly).await.unwrap().price.minor, 150_000);
    let public = practice.request(&app, at("2026-03-17T06:00:00Z")).await;
    assert_eq!(public.price.minor, 200_000, "a page for everybody knows no patient");
    sqlx::query("UPDATE patients SET preferences = jsonb_set(preferences, '{custom_price,currency}', '\"EUR\"')")
        .execute(&app.owner)
        .await
        .unwrap();
    let later = crate::records::session(&practice, john, "2026-03-18T09:00:00");
    let placed = services::sessions::create(&ctx, later).await.unwrap();
    assert_eq!(placed.card.price.minor, 200_000, "a price in a currency of before holds no more");
}
