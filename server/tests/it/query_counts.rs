//! Pages ask the database the same number of questions, however much there is to show.

use crate::records::session;
use crate::series::patient;
use contracts::booking::BookingFilter;
use contracts::lists::PageOf;
use contracts::patients::{HistoryFilter, NoteFilter, PatientFilter};
use contracts::reschedule::RescheduleFilter;
use contracts::sessions::SessionFilter;
use contracts::{PatientId, SessionId};
use services::{Ctx, bookings, messages, patients, reschedule_requests, series, sessions, therapist_day};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use test_support::TestApp;
use test_support::builders::Practice;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Counts what sqlx says it asked.
#[derive(Clone, Default)]
struct Counter(Arc<AtomicUsize>);

impl Subscriber for Counter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut asked = Asked(true);
        event.record(&mut asked);
        if asked.0 {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Is it a question? A new connection is made ready with three settings, whenever the pool wants one.
struct Asked(bool);

impl Visit for Asked {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0 &= !(field.name() == "summary" && value.starts_with("SET "));
    }
    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

/// How many statements this asks. The test has one thread, so all of them are counted and no others.
async fn statements<T: std::fmt::Debug>(asked: impl Future<Output = services::Result<T>>) -> usize {
    let counter = Counter::default();
    let listening = tracing::subscriber::set_default(counter.clone());
    asked.await.unwrap();
    drop(listening);
    counter.0.load(Ordering::Relaxed)
}

/// So many patients with a session each.
async fn fill(app: &TestApp, practice: &Practice, numbers: std::ops::Range<u32>) -> (PatientId, SessionId) {
    let mut last = None;
    for number in numbers {
        let who = patient(app, practice, number).await;
        let starts = format!("2026-03-{:02}T{:02}:00:00", 9 + number / 6, 9 + number % 6);
        let view = sessions::create(&practice.ctx(app), session(practice, who, &starts)).await.unwrap();
        last = Some((who, view.card.id));
    }
    last.unwrap()
}

/// Every look of a day, with what it asks.
async fn looks(ctx: &Ctx, who: PatientId, id: SessionId) -> Vec<(&'static str, usize)> {
    let (first, last) = ("2026-03-09".parse().unwrap(), "2026-03-15".parse().unwrap());
    let searched = || SessionFilter { search: Some("patient".into()), ..SessionFilter::default() };
    let found = || PatientFilter { q: Some("pat".into()), ..PatientFilter::default() };
    vec![
        ("sessions", statements(sessions::list(ctx, SessionFilter::default())).await),
        ("sessions, searched", statements(sessions::list(ctx, searched())).await),
        ("a session", statements(sessions::get(ctx, id)).await),
        ("a week", statements(sessions::calendar(ctx, first, last, None)).await),
        ("the file", statements(sessions::export(ctx, SessionFilter::default())).await),
        ("bookings", statements(bookings::list(ctx, BookingFilter::default())).await),
        ("patients", statements(patients::list(ctx, PatientFilter::default())).await),
        ("patients, searched", statements(patients::list(ctx, found())).await),
        ("a patient", statements(patients::get(ctx, who)).await),
        ("an overview", statements(patients::overview(ctx, who)).await),
        ("a history", statements(patients::sessions(ctx, who, HistoryFilter::default())).await),
        ("notes", statements(patients::notes(ctx, who, NoteFilter::default())).await),
        ("messages to a patient", statements(messages::of_patient(ctx, who, PageOf::after(None))).await),
        ("series of a patient", statements(series::list(ctx, who)).await),
        ("skipped dates", statements(series::skipped(ctx)).await),
        ("requests", statements(reschedule_requests::list(ctx, RescheduleFilter::default())).await),
        ("a therapist's day", statements(therapist_day::mine(ctx)).await),
    ]
}

#[tokio::test]
async fn no_page_asks_more_because_there_is_more_to_show() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let (who, id) = fill(&app, &practice, 0..2).await;
    let few = looks(&ctx, who, id).await;
    fill(&app, &practice, 2..20).await;
    let many = looks(&ctx, who, id).await;
    assert_eq!(few, many);
    for (what, asked) in many {
        assert!((1..=9).contains(&asked), "{what} asks {asked} times");
    }
}
