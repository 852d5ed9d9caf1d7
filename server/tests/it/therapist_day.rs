//! The therapist's own first page (001).

use crate::records::session;
use crate::reschedule_requests::Office;
use contracts::accounts::Role;
use contracts::patients::{NoteKind, SaveNote};
use contracts::sessions::{CancelSession, CompleteSession, SessionStatus, SessionStep};
use contracts::{ErrorCode, FieldProblem};
use services::{Actor, Member, patients, sessions as s, therapist_day};
use test_support::builders::at;

#[tokio::test]
async fn today_the_week_and_what_waits() {
    let office = Office::new().await;
    let placed = |starts: &'static str| {
        let (owner, new) = (office.owner(), session(&office.practice, office.john, starts));
        async move { s::create(&owner, new).await.unwrap().card.id }
    };
    // Tuesday with two hours between, Wednesday early in the morning, and one that was cancelled.
    let first = placed("2026-03-03T09:00:00").await;
    placed("2026-03-03T13:00:00").await;
    let gone = placed("2026-03-03T16:00:00").await;
    s::cancel(&office.owner(), gone, CancelSession::default()).await.unwrap();
    placed("2026-03-04T09:00:00").await;
    let request = office.asked().await;
    // 10:30 in Nairobi: the first one is over.
    office.app.clock.set(at("2026-03-03T07:30:00Z"));
    let day = therapist_day::mine(&office.therapist()).await.unwrap();
    assert_eq!(day.today.to_string(), "2026-03-03");
    let statuses: Vec<_> = day.sessions.iter().map(|card| card.status).collect();
    assert_eq!(statuses, [SessionStatus::Scheduled, SessionStatus::Scheduled, SessionStatus::Cancelled]);
    let next: Vec<_> = day.next.iter().map(|card| card.local.to_string()).collect();
    assert_eq!(next, ["2026-03-03 13:00:00", "2026-03-04 09:00:00"]);
    let counts: Vec<_> = day.week.iter().map(|one| (one.open, one.load.sessions)).collect();
    assert_eq!(counts, [(true, 0), (true, 2), (true, 1), (true, 0), (true, 1), (false, 0), (false, 0)]);
    assert_eq!(day.week[1].load.gaps, [(9 * 60 + 50, 13 * 60)]);
    assert!(day.week.iter().all(|one| one.load.conflicts == 0));
    assert_eq!(day.requests.iter().map(|one| one.id).collect::<Vec<_>>(), [request.id]);
    assert_eq!((day.patients_total, day.reports_due), (1, 0), "nothing was completed yet");

    s::take_step(&office.therapist(), first, SessionStep::Complete, None).await.unwrap();
    let day = therapist_day::mine(&office.therapist()).await.unwrap();
    assert_eq!(day.reports_due, 1);
    let due = day.patients[0].report.as_ref().unwrap();
    assert_eq!((due.session_id, due.local.to_string().as_str()), (first, "2026-03-03 09:00:00"));

    // Neither a note about something else nor one of the front desk is a report.
    let note = |kind| SaveNote { kind, body: "Slept better".into(), ..SaveNote::default() };
    patients::add_note(&office.therapist(), office.john, note(NoteKind::Administrative)).await.unwrap();
    patients::add_note(&office.owner(), office.john, note(NoteKind::General)).await.unwrap();
    assert_eq!(therapist_day::mine(&office.therapist()).await.unwrap().reports_due, 1);
    patients::add_note(&office.therapist(), office.john, note(NoteKind::General)).await.unwrap();
    assert_eq!(therapist_day::mine(&office.therapist()).await.unwrap().reports_due, 0);

    // Hours that were closed since, around sessions that stay, are a conflict.
    sqlx::query("DELETE FROM availability_rules WHERE weekday = 3").execute(&office.app.owner).await.unwrap();
    let day = therapist_day::mine(&office.therapist()).await.unwrap();
    assert_eq!((day.week[2].open, day.week[2].load.conflicts), (false, 1));
}

#[tokio::test]
async fn it_is_the_day_of_who_gives_sessions() {
    let office = Office::new().await;
    let code = |result: services::Result<_>| {
        result.map(|_: contracts::therapist_day::TherapistDay| ()).unwrap_err().public.code
    };
    assert_eq!(code(therapist_day::mine(&office.owner()).await), ErrorCode::NotFound);
    assert_eq!(code(therapist_day::mine(&office.app.visitor()).await), ErrorCode::Unauthenticated);
    // Who runs the practice and gives sessions has a day too.
    let running =
        |therapist_id| office.app.ctx(Actor::Member(Member { therapist_id, ..office.practice.owner.clone() }));
    let day = therapist_day::of_therapist(&running(Some(office.practice.therapist))).await.unwrap();
    assert_eq!(day.map(|day| day.therapist_id), Some(office.practice.therapist));
    assert!(therapist_day::of_therapist(&running(None)).await.unwrap().is_none());
    let desk = office.practice.ctx_as(&office.app, Role::Operator);
    assert_eq!(code(therapist_day::mine(&desk).await), ErrorCode::NotFound);
}

#[tokio::test]
async fn a_therapist_completes_own_sessions_with_a_note_and_nobody_elses() {
    let office = Office::new().await;
    let placed =
        s::create(&office.owner(), session(&office.practice, office.john, "2026-03-03T09:00:00")).await.unwrap();
    let id = placed.card.id;
    let done = |notes: &str, version| CompleteSession { notes: notes.into(), version };
    let early = s::complete_own(&office.therapist(), id, done("", None)).await.unwrap_err();
    assert_eq!(early.public.code, ErrorCode::Conflict, "it is tomorrow");
    office.app.clock.set(at("2026-03-03T07:30:00Z"));
    let stale = s::complete_own(&office.therapist(), id, done("", Some(placed.card.version + 1))).await.unwrap_err();
    assert_eq!(stale.public.code, ErrorCode::Conflict);
    // Who sees the session but does not give it marks it elsewhere.
    let other = s::complete_own(&office.owner(), id, done("", None)).await.unwrap_err();
    assert_eq!(other.public.code, ErrorCode::NotFound);
    let long = s::complete_own(&office.therapist(), id, done(&"x".repeat(20_000), None)).await.unwrap_err();
    assert_eq!(long.public.problem_of("notes"), Some(FieldProblem::TooLong));
    assert_eq!(s::get(&office.owner(), id).await.unwrap().card.status, SessionStatus::Scheduled, "all or nothing");
    let view =
        s::complete_own(&office.therapist(), id, done(" Slept better ", Some(placed.card.version))).await.unwrap();
    assert_eq!(view.card.status, SessionStatus::Completed);
    assert_eq!(view.notes.iter().map(|note| note.body.as_str()).collect::<Vec<_>>(), ["Slept better"]);
    assert_eq!(therapist_day::mine(&office.therapist()).await.unwrap().reports_due, 0, "the note is the report");
}
