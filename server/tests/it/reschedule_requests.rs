//! Therapists ask for another time, an admin or the front desk decides, everything moves at once and both are told (001).

use crate::records::{john_of, session};
use chrono::{DateTime, TimeDelta, Utc};
use contracts::accounts::Role;
use contracts::lists::{PageOf, RescheduleSort};
use contracts::messages::NoticeKind;
use contracts::practice::{BookingPolicy, PaymentTiming};
use contracts::reschedule::*;
use contracts::sessions::{CancelSession, MoveSession};
use contracts::{ErrorCode, FieldProblem, PatientId, RescheduleRequestId, SessionId};
use services::reschedule_requests as r;
use services::{Actor, Ctx, Member, ServiceError, bookings, messages, sessions as s};
use test_support::TestApp;
use test_support::builders::{Practice, at};
use uuid::Uuid;

/// A practice with an owner who gives no sessions, a therapist who does, and John with a session on Friday 6 March at 9:00
/// in Nairobi.
pub struct Office {
    pub app: TestApp,
    pub practice: Practice,
    therapist: Member,
    pub john: PatientId,
    pub session: SessionId,
}

pub const ON_FRIDAY: &str = "2026-03-06T06:00:00Z";
/// Monday at 10:00 in Nairobi.
const ON_MONDAY: &str = "2026-03-09T07:00:00Z";

impl Office {
    pub async fn new() -> Self {
        let app = TestApp::new().await;
        let policy =
            BookingPolicy { needs_approval: false, payment_timing: PaymentTiming::AtSession, ..Default::default() };
        let mut practice = Practice::with_policy(&app, "alpha", policy).await;
        let booking = practice.request(&app, at(ON_FRIDAY)).await;
        let session = bookings::get(&practice.ctx(&app), booking.id).await.unwrap().session.unwrap().id;
        let john = john_of(&app, &practice).await;
        let (user, member) = (Uuid::from_u128(70), Uuid::from_u128(71));
        for (sql, ids) in [
            (
                "INSERT INTO users (id, email, name, password_hash, language, created_at) VALUES ($1, 'thea@x.test', 'Thea', '', 'en', now())",
                vec![user],
            ),
            (
                "INSERT INTO members (practice_id, id, user_id, role, created_at) VALUES ($1, $2, $3, 'therapist', now())",
                vec![practice.id.0, member, user],
            ),
            ("UPDATE therapists SET member_id = $2 WHERE practice_id = $1", vec![practice.id.0, member]),
        ] {
            let query = ids.into_iter().fold(sqlx::query(sql), |query, id| query.bind(id));
            query.execute(&app.owner).await.unwrap();
        }
        let therapist = Member {
            user_id: user.into(),
            member_id: member.into(),
            role: Role::Therapist,
            therapist_id: Some(practice.therapist),
            ..practice.owner.clone()
        };
        practice.owner.therapist_id = None;
        app.run_jobs().await;
        Self { app, practice, therapist, john, session }
    }

    pub fn therapist(&self) -> Ctx {
        self.app.ctx(Actor::Member(self.therapist.clone()))
    }

    pub fn owner(&self) -> Ctx {
        self.practice.ctx(&self.app)
    }

    fn ask(&self, starts_at: &str) -> AskReschedule {
        AskReschedule { session_id: self.session, starts_at: at(starts_at), reason: "A course".into() }
    }

    pub async fn asked(&self) -> RescheduleRequest {
        r::create(&self.therapist(), self.ask(ON_MONDAY)).await.unwrap()
    }

    async fn status(&self, id: RescheduleRequestId) -> RescheduleStatus {
        r::get(&self.owner(), id).await.unwrap().status
    }

    async fn starts_at(&self) -> DateTime<Utc> {
        s::get(&self.owner(), self.session).await.unwrap().card.starts_at
    }

    /// What somebody was told, the newest first.
    async fn kinds(&self, ctx: &Ctx) -> Vec<NoticeKind> {
        let told = messages::notices(ctx, PageOf::after(None)).await.unwrap().items;
        told.into_iter().map(|notice| notice.kind).collect()
    }
}

fn code<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> ErrorCode {
    result.unwrap_err().public.code
}

fn yes() -> DecideReschedule {
    DecideReschedule::default()
}

fn no(note: &str) -> DecideReschedule {
    DecideReschedule { note: note.into(), version: None }
}

fn to(starts: &str) -> MoveSession {
    MoveSession { starts: starts.parse().unwrap(), outside_hours: false, tell_patient: true, version: None }
}

#[tokio::test]
async fn forty_eight_hours_before_and_not_a_second_later() {
    let office = Office::new().await;
    office.app.clock.set(at(ON_FRIDAY) - TimeDelta::hours(48) + TimeDelta::seconds(1));
    let late = r::create(&office.therapist(), office.ask(ON_MONDAY)).await.unwrap_err().public;
    assert_eq!(late.problem_of("session_id"), Some(FieldProblem::TooLate));
    let times = r::times(&office.therapist(), office.session, None).await.unwrap();
    assert!(!times.may_ask);
    office.app.clock.set(at(ON_FRIDAY) - TimeDelta::hours(48));
    assert!(r::times(&office.therapist(), office.session, None).await.unwrap().may_ask);
    let request = office.asked().await;
    assert_eq!((request.status, request.old_start), (RescheduleStatus::Pending, at(ON_FRIDAY)));
    assert_eq!((request.asked_by.as_str(), request.patient_name.as_str()), ("Thea", "John Doe"));
    assert_eq!(office.starts_at().await, at(ON_FRIDAY), "asking moves nothing");
}

#[tokio::test]
async fn only_times_that_the_engine_offers_can_be_asked_for() {
    let office = Office::new().await;
    let ctx = office.therapist();
    office.practice.request(&office.app, at("2026-03-10T06:00:00Z")).await;
    let times = r::times(&ctx, office.session, None).await.unwrap();
    let free: Vec<_> = times.days.iter().flat_map(|day| day.free()).map(|slot| slot.starts_at).collect();
    assert!(free.contains(&at(ON_MONDAY)));
    assert!(!free.contains(&at("2026-03-10T06:00:00Z")), "somebody has it");
    assert!(!free.contains(&at(ON_FRIDAY)), "it is there already");
    assert!(free.iter().all(|start| *start > ctx.now));
    for (starts_at, expected) in [
        ("2026-03-10T06:00:00Z", ErrorCode::SlotTaken),
        // Sunday, off the grid, at night, past, a year and more ahead, where it is.
        ("2026-03-08T06:00:00Z", ErrorCode::SlotUnavailable),
        ("2026-03-09T07:05:00Z", ErrorCode::SlotUnavailable),
        ("2026-03-09T20:00:00Z", ErrorCode::SlotUnavailable),
        ("2026-03-02T07:00:00Z", ErrorCode::SlotUnavailable),
        ("2027-04-05T07:00:00Z", ErrorCode::SlotUnavailable),
        ("+262142-01-01T00:00:00Z", ErrorCode::SlotUnavailable),
        (ON_FRIDAY, ErrorCode::SlotUnavailable),
    ] {
        let refused = r::create(&ctx, office.ask(starts_at)).await.unwrap_err().public;
        assert_eq!(refused.code, expected, "{starts_at}");
        assert_eq!(refused.alternatives.is_empty(), expected != ErrorCode::SlotTaken, "{starts_at}");
    }
    let empty = AskReschedule { reason: " ".into(), ..office.ask(ON_MONDAY) };
    assert_eq!(r::create(&ctx, empty).await.unwrap_err().public.problem_of("reason"), Some(FieldProblem::Required));
    // Every time that is offered can be asked for.
    for day in &times.days {
        let request = r::create(&ctx, office.ask(&day.slots[0].starts_at.to_rfc3339())).await.unwrap();
        r::withdraw(&ctx, request.id).await.unwrap();
    }
    office.asked().await;
    assert_eq!(code(r::create(&ctx, office.ask(ON_MONDAY)).await), ErrorCode::Conflict, "one question at a time");
    let pending = r::times(&ctx, office.session, None).await.unwrap();
    assert!(!pending.may_ask && pending.pending.is_some());
}

#[tokio::test]
async fn approved_everything_moves_at_once_and_both_are_told() {
    let office = Office::new().await;
    let request = office.asked().await;
    // Of the same moment, so either may stand first.
    let heard = office.kinds(&office.owner()).await;
    assert_eq!(heard.len(), 2);
    assert!(heard.contains(&NoticeKind::RescheduleRequested) && heard.contains(&NoticeKind::NewRequest), "{heard:?}");
    assert_eq!(office.kinds(&office.therapist()).await, Vec::<NoticeKind>::new(), "who asks knows");
    let before = office.app.mailbox.to("john@example.com").len();
    let approved = r::approve(&office.owner(), request.id, no("Agreed by phone")).await.unwrap();
    assert_eq!(approved.status, RescheduleStatus::Approved);
    assert_eq!((approved.note.as_str(), approved.decided_by.as_deref()), ("Agreed by phone", Some("Dr alpha")));
    let (session_at, booking_at, slot_at, reminder): (
        DateTime<Utc>,
        DateTime<Utc>,
        DateTime<Utc>,
        Option<DateTime<Utc>>,
    ) = sqlx::query_as(
        "SELECT s.starts_at, b.starts_at, o.starts_at, s.day_reminder_at FROM sessions s
             JOIN bookings b ON b.id = s.booking_id JOIN occupancies o ON o.session_id = s.id WHERE s.id = $1",
    )
    .bind(office.session.0)
    .fetch_one(&office.app.owner)
    .await
    .unwrap();
    let monday = at(ON_MONDAY);
    assert_eq!((session_at, booking_at, slot_at), (monday, monday, monday));
    assert_eq!(reminder, Some(monday - TimeDelta::hours(24)));
    assert_eq!(office.kinds(&office.therapist()).await, [NoticeKind::RescheduleDecided]);
    assert_eq!(office.kinds(&office.owner()).await.len(), 2, "who decides knows");
    office.app.run_jobs().await;
    assert_eq!(office.app.mailbox.to("john@example.com").len(), before, "there is a moment of grace");
    let mail = office.app.mailbox.to("thea@x.test");
    let mail = mail.last().unwrap();
    assert!(mail.subject.contains("approved") && mail.text.contains("Agreed by phone"), "{}", mail.text);
    assert!(mail.text.contains("Monday 9 March") && mail.text.contains("Friday 6 March"), "{}", mail.text);
    office.app.clock.advance(TimeDelta::minutes(5));
    office.app.run_jobs().await;
    let told = office.app.mailbox.to("john@example.com").split_off(before);
    assert_eq!(told.len(), 1);
    assert!(told[0].text.contains("Monday 9 March") && told[0].text.contains("Friday 6 March"), "{}", told[0].text);
    assert!(!told[0].text.contains("course") && !told[0].text.contains("phone"), "that is between members");
    // Somebody else can have the old time.
    office.practice.hold(&office.app, at(ON_FRIDAY)).await.unwrap();
    let history = s::get(&office.owner(), office.session).await.unwrap();
    let actions: Vec<_> = history.history.iter().map(|line| line.action.as_str()).collect();
    for action in ["reschedule.requested", "reschedule.approved", "session.moved"] {
        assert!(actions.contains(&action), "{action} in {actions:?}");
    }
    assert_eq!(history.reschedule_request.unwrap().status, RescheduleStatus::Approved);
    assert_eq!(code(r::approve(&office.owner(), request.id, yes()).await), ErrorCode::Conflict);
    assert_eq!(code(r::reject(&office.owner(), request.id, no("x")).await), ErrorCode::Conflict);
    assert_eq!(code(r::withdraw(&office.therapist(), request.id).await), ErrorCode::Conflict);
}

#[tokio::test]
async fn rejected_it_stays_and_the_therapist_reads_why() {
    let office = Office::new().await;
    let request = office.asked().await;
    let refused = r::reject(&office.owner(), request.id, no("  ")).await.unwrap_err().public;
    assert_eq!(refused.problem_of("note"), Some(FieldProblem::Required));
    let other = DecideReschedule { note: "x".into(), version: Some(request.version + 1) };
    assert_eq!(code(r::reject(&office.owner(), request.id, other).await), ErrorCode::Conflict, "another version");
    let desk = office.practice.ctx_as(&office.app, Role::Operator);
    let rejected = r::reject(&desk, request.id, no("John cannot")).await.unwrap();
    assert_eq!((rejected.status, rejected.note.as_str()), (RescheduleStatus::Rejected, "John cannot"));
    assert_eq!(office.starts_at().await, at(ON_FRIDAY));
    assert_eq!(office.kinds(&office.therapist()).await, [NoticeKind::RescheduleDecided]);
    let before = office.app.mailbox.to("john@example.com").len();
    office.app.clock.advance(TimeDelta::minutes(5));
    office.app.run_jobs().await;
    assert_eq!(office.app.mailbox.to("john@example.com").len(), before, "nothing changed for the patient");
    let mail = office.app.mailbox.to("thea@x.test");
    assert!(mail.last().unwrap().text.contains("John cannot"));
    office.asked().await;
}

#[tokio::test]
async fn a_time_that_is_gone_refuses_the_approval_and_leaves_the_question_open() {
    let office = Office::new().await;
    let request = office.asked().await;
    let taken =
        s::create(&office.owner(), session(&office.practice, office.john, "2026-03-09T10:00:00")).await.unwrap();
    let refused = r::approve(&office.owner(), request.id, yes()).await.unwrap_err().public;
    assert_eq!(refused.code, ErrorCode::SlotTaken);
    assert!(!refused.alternatives.is_empty());
    assert_eq!(office.status(request.id).await, RescheduleStatus::Pending);
    assert_eq!(office.kinds(&office.therapist()).await, Vec::<NoticeKind>::new(), "nothing of it was told");
    s::cancel(&office.owner(), taken.card.id, CancelSession::default()).await.unwrap();
    assert_eq!(r::approve(&office.owner(), request.id, yes()).await.unwrap().status, RescheduleStatus::Approved);

    // Hours that were closed since refuse it too.
    let office = Office::new().await;
    let request = office.asked().await;
    crate::series::close(&office.app, &office.practice, "2026-03-09", "Holiday").await;
    assert_eq!(code(r::approve(&office.owner(), request.id, yes()).await), ErrorCode::SlotUnavailable);
    assert_eq!(office.status(request.id).await, RescheduleStatus::Pending);
}

#[tokio::test]
async fn a_session_that_changes_otherwise_outdates_the_question() {
    let office = Office::new().await;
    let moved = office.asked().await;
    s::move_to(&office.owner(), office.session, to("2026-03-12T09:00:00")).await.unwrap();
    assert_eq!(office.status(moved.id).await, RescheduleStatus::Outdated);
    assert_eq!(code(r::approve(&office.owner(), moved.id, yes()).await), ErrorCode::Conflict);
    let cancelled = office.asked().await;
    assert_eq!(cancelled.old_start, at("2026-03-12T06:00:00Z"));
    s::cancel(&office.owner(), office.session, CancelSession::default()).await.unwrap();
    assert_eq!(office.status(cancelled.id).await, RescheduleStatus::Outdated);
    let gone = r::create(&office.therapist(), office.ask(ON_MONDAY)).await;
    assert_eq!(code(gone), ErrorCode::Conflict, "there is nothing to move");

    // Nobody answered until the time that was asked for had come; then another can be asked for.
    let office = Office::new().await;
    let soon = r::create(&office.therapist(), office.ask("2026-03-03T06:00:00Z")).await.unwrap();
    office.app.clock.set(at("2026-03-03T06:00:00Z"));
    assert_eq!(office.status(soon.id).await, RescheduleStatus::Outdated);
    assert_eq!(code(r::approve(&office.owner(), soon.id, yes()).await), ErrorCode::Conflict);
    let with = |status| RescheduleFilter { status: Some(status), ..RescheduleFilter::default() };
    assert_eq!(r::list(&office.owner(), with(RescheduleStatus::Pending)).await.unwrap().items.len(), 0);
    assert_eq!(r::list(&office.owner(), with(RescheduleStatus::Outdated)).await.unwrap().items.len(), 1);
    office.asked().await;
}

#[tokio::test]
async fn who_may_do_what_and_who_sees_whose() {
    let office = Office::new().await;
    let request = office.asked().await;
    for role in [Role::Therapist, Role::Caregiver, Role::Accountant, Role::Viewer] {
        let ctx = office.practice.ctx_as(&office.app, role);
        assert_eq!(code(r::approve(&ctx, request.id, yes()).await), ErrorCode::Forbidden, "{role:?}");
        assert_eq!(code(r::reject(&ctx, request.id, no("x")).await), ErrorCode::Forbidden, "{role:?}");
    }
    assert_eq!(code(r::approve(&office.therapist(), request.id, yes()).await), ErrorCode::Forbidden, "nor their own");
    assert_eq!(
        code(s::move_to(&office.therapist(), office.session, to("2026-03-12T09:00:00")).await),
        ErrorCode::Forbidden
    );
    let desk = office.practice.ctx_as(&office.app, Role::Operator);
    assert_eq!(code(r::create(&desk, office.ask(ON_MONDAY)).await), ErrorCode::Forbidden, "the front desk moves it");
    let colleague = Member { therapist_id: Some(Uuid::from_u128(9).into()), ..office.therapist.clone() };
    let nobody = Member { therapist_id: None, ..office.therapist.clone() };
    for stranger in [colleague, nobody] {
        let ctx = office.app.ctx(Actor::Member(stranger));
        assert_eq!(code(r::get(&ctx, request.id).await), ErrorCode::NotFound);
        assert_eq!(code(r::withdraw(&ctx, request.id).await), ErrorCode::NotFound);
        assert_eq!(code(r::times(&ctx, office.session, None).await), ErrorCode::NotFound);
        assert_eq!(code(r::create(&ctx, office.ask(ON_MONDAY)).await), ErrorCode::NotFound);
        assert!(r::list(&ctx, RescheduleFilter::default()).await.unwrap().items.is_empty());
    }
    assert_eq!(r::withdraw(&office.therapist(), request.id).await.unwrap().status, RescheduleStatus::Withdrawn);
}

#[tokio::test]
async fn lists_narrow_and_go_on_in_both_orders() {
    let office = Office::new().await;
    for _ in 0..3 {
        office.app.clock.advance(TimeDelta::minutes(1));
        let request = office.asked().await;
        r::withdraw(&office.therapist(), request.id).await.unwrap();
    }
    office.app.clock.advance(TimeDelta::minutes(1));
    let open = office.asked().await;
    let all = |sort| {
        let ctx = office.therapist();
        async move {
            let (mut seen, mut cursor) = (vec![], None);
            loop {
                let filter = RescheduleFilter { sort, cursor, limit: Some(1), ..RescheduleFilter::default() };
                let page = r::list(&ctx, filter).await.unwrap();
                seen.extend(page.items.into_iter().map(|request| request.id));
                cursor = page.next;
                if cursor.is_none() {
                    return seen;
                }
            }
        }
    };
    let down = all(RescheduleSort::CreatedAtDown).await;
    let mut up = all(RescheduleSort::CreatedAt).await;
    up.reverse();
    assert_eq!((down.len(), down[0], &down), (4, open.id, &up));
    let filter = RescheduleFilter { status: Some(RescheduleStatus::Withdrawn), ..RescheduleFilter::default() };
    assert_eq!(r::list(&office.owner(), filter).await.unwrap().items.len(), 3);
}

#[tokio::test]
async fn erasing_a_patient_forgets_what_was_written_about_them() {
    let office = Office::new().await;
    let request = office.asked().await;
    r::reject(&office.owner(), request.id, no("John cannot")).await.unwrap();
    s::cancel(&office.owner(), office.session, CancelSession::default()).await.unwrap();
    services::patients::erase(&office.owner(), office.john).await.unwrap();
    let left: Vec<(String, String)> =
        sqlx::query_as("SELECT reason, note FROM reschedule_requests").fetch_all(&office.app.owner).await.unwrap();
    assert_eq!(left, [(String::new(), String::new())]);
}

/// Every session has its time, and nothing overlaps; every approved request is where its session is.
async fn nothing_is_torn(app: &TestApp) {
    let torn: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM sessions s WHERE s.status = 'scheduled' AND NOT EXISTS (SELECT 1 FROM occupancies o
                   WHERE o.session_id = s.id AND o.starts_at = s.starts_at AND o.booking_id = s.booking_id))
              + (SELECT count(*) FROM occupancies a JOIN occupancies b ON a.therapist_id = b.therapist_id AND a.id < b.id AND a.span && b.span)
              + (SELECT count(*) FROM reschedule_requests WHERE (status = 'pending') <> (decided_at IS NULL))",
    )
    .fetch_one(&app.owner)
    .await
    .unwrap();
    let deadlocks: i64 =
        sqlx::query_scalar("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            .fetch_one(&app.owner)
            .await
            .unwrap();
    assert_eq!((torn, deadlocks), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_approval_races_bookings_of_the_same_time() {
    for round in 0..4 {
        let office = Office::new().await;
        let request = office.asked().await;
        let mut all = tokio::task::JoinSet::new();
        for n in 0..32 {
            let (owner, visitor) = (office.owner(), office.app.visitor());
            let hold = office.practice.hold_command(at(ON_MONDAY));
            let place = session(&office.practice, office.john, "2026-03-09T10:00:00");
            all.spawn(async move {
                // Later from round to round, so that sometimes the approval wins and sometimes a patient.
                match n {
                    n if n == round * 9 => r::approve(&owner, request.id, yes()).await.map(|_| "approved"),
                    n if n % 3 == 0 => s::create(&owner, place).await.map(|_| "placed"),
                    _ => bookings::hold(&visitor, hold).await.map(|_| "held"),
                }
            });
        }
        let mut won = vec![];
        for answer in all.join_all().await {
            match answer {
                Ok(what) => won.push(what),
                Err(error) => assert_eq!(error.public.code, ErrorCode::SlotTaken, "round {round}: {error}"),
            }
        }
        assert_eq!(won.len(), 1, "round {round}: {won:?}");
        let (status, starts_at) = (office.status(request.id).await, office.starts_at().await);
        if won == ["approved"] {
            assert_eq!((status, starts_at), (RescheduleStatus::Approved, at(ON_MONDAY)));
        } else {
            assert_eq!((status, starts_at), (RescheduleStatus::Pending, at(ON_FRIDAY)));
        }
        nothing_is_torn(&office.app).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_answers_one_counts() {
    let office = Office::new().await;
    let request = office.asked().await;
    let mut all = tokio::task::JoinSet::new();
    for n in 0..24 {
        let (owner, therapist) = (office.owner(), office.therapist());
        all.spawn(async move {
            match n % 4 {
                0 => r::reject(&owner, request.id, no("no")).await,
                1 => r::withdraw(&therapist, request.id).await,
                _ => r::approve(&owner, request.id, yes()).await,
            }
        });
    }
    let mut won = vec![];
    for answer in all.join_all().await {
        match answer {
            Ok(request) => won.push(request.status),
            Err(error) => assert_eq!(error.public.code, ErrorCode::Conflict, "{error}"),
        }
    }
    assert_eq!(won.len(), 1, "{won:?}");
    assert_eq!(office.status(request.id).await, won[0]);
    let moved = won[0] == RescheduleStatus::Approved;
    assert_eq!(office.starts_at().await, at(if moved { ON_MONDAY } else { ON_FRIDAY }));
    nothing_is_torn(&office.app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_approval_and_a_move_by_staff_never_both_think_they_were_first() {
    for round in 0..6 {
        let office = Office::new().await;
        let request = office.asked().await;
        let version = s::get(&office.owner(), office.session).await.unwrap().card.version;
        let mut all = tokio::task::JoinSet::new();
        for n in 0..2 {
            let (owner, id) = (office.owner(), office.session);
            all.spawn(async move {
                if n == round % 2 {
                    r::approve(&owner, request.id, yes()).await.map(|_| "approved")
                } else {
                    let there = MoveSession { version: Some(version), ..to("2026-03-12T09:00:00") };
                    s::move_to(&owner, id, there).await.map(|_| "moved")
                }
            });
        }
        let mut won = vec![];
        for answer in all.join_all().await {
            match answer {
                Ok(what) => won.push(what),
                Err(error) => assert_eq!(error.public.code, ErrorCode::Conflict, "{error}"),
            }
        }
        let state = (office.status(request.id).await, office.starts_at().await);
        match won.as_slice() {
            ["approved"] => assert_eq!(state, (RescheduleStatus::Approved, at(ON_MONDAY))),
            ["moved"] => assert_eq!(state, (RescheduleStatus::Outdated, at("2026-03-12T06:00:00Z"))),
            other => panic!("round {round}: {other:?}"),
        }
        nothing_is_torn(&office.app).await;
    }
}

#[tokio::test]
async fn the_database_keeps_one_open_question_for_a_session() {
    let office = Office::new().await;
    let request = office.asked().await;
    let twice = sqlx::query(
        "INSERT INTO reschedule_requests SELECT practice_id, gen_random_uuid(), session_id, therapist_id, asked_by, asked_at,
           reason, old_start, proposed_start, status FROM reschedule_requests WHERE id = $1",
    )
    .bind(request.id.0)
    .execute(&office.app.owner)
    .await
    .unwrap_err();
    assert!(twice.to_string().contains("reschedule_requests_pending"), "{twice}");
}
