//! Patients: entered, searched, seen by whom, and what their profile shows.

use chrono::TimeDelta;
use contracts::accounts::Role;
use contracts::booking::PracticeAction;
use contracts::lists::{PageOf, PatientSort};
use contracts::patients::*;
use contracts::practice::{BookingPolicy, PaymentTiming};
use contracts::sessions::{PaymentStatus, SessionStatus};
use contracts::{ErrorCode, FieldProblem, Lang, PatientId, TherapistId};
use services::{Actor, Ctx, Member, bookings, patients as p};
use test_support::TestApp;
use test_support::builders::{Practice, at};

pub fn person(name: &str, phone: &str) -> SavePatient {
    SavePatient { name: name.into(), phone: phone.into(), ..SavePatient::default() }
}

pub async fn enter(ctx: &Ctx, name: &str, phone: &str) -> PatientId {
    p::create(ctx, person(name, phone), vec![]).await.unwrap().id
}

pub async fn names(ctx: &Ctx, filter: PatientFilter) -> Vec<String> {
    p::list(ctx, filter).await.unwrap().items.into_iter().map(|card| card.name).collect()
}

pub fn search(q: &str) -> PatientFilter {
    PatientFilter { q: Some(q.into()), ..PatientFilter::default() }
}

/// A practice that confirms at once, so that a request is a session.
pub async fn instant(app: &TestApp) -> Practice {
    let policy =
        BookingPolicy { needs_approval: false, payment_timing: PaymentTiming::AtSession, ..Default::default() };
    Practice::with_policy(app, "alpha", policy).await
}

pub async fn count(app: &TestApp, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&app.owner).await.unwrap()
}

pub async fn run(app: &TestApp, sql: &'static str) {
    sqlx::query(sql).execute(&app.owner).await.unwrap();
}

/// The patient of the practice's first booking.
pub async fn patient_of(app: &TestApp) -> PatientId {
    let id: uuid::Uuid = sqlx::query_scalar("SELECT patient_id FROM bookings WHERE patient_id IS NOT NULL LIMIT 1")
        .fetch_one(&app.owner)
        .await
        .unwrap();
    PatientId(id)
}

#[tokio::test]
async fn a_record_is_entered_whole_and_read_again() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let typed = SavePatient {
        email: "EVA@example.com".into(),
        language: Some(Lang::Es),
        date_of_birth: Some("2015-03-03".parse().unwrap()),
        city: "Nakuru".into(),
        emergency_name: "Joy".into(),
        emergency_phone: "+254 700 000 301".into(),
        guardians: vec![SaveGuardian {
            name: "Mary Moss".into(),
            relationship: "mother".into(),
            phone: "+254700000302".into(),
            ..SaveGuardian::default()
        }],
        tags: vec!["School".into(), "VIP".into()],
        trust_level: TrustLevel::Trusted,
        ..person("Eva Moss", "+254 (700) 000-300")
    };
    let made = p::create(&ctx, typed, vec![]).await.unwrap();
    let read = p::get(&ctx, made.id).await.unwrap();
    assert_eq!(read, made);
    assert_eq!((read.phone.as_deref(), read.email.as_deref()), (Some("+254700000300"), Some("eva@example.com")));
    assert_eq!((read.age, read.language, read.trust_level), (Some(10), Lang::Es, TrustLevel::Trusted));
    assert_eq!(read.guardians[0].phone.as_deref(), Some("+254700000302"));
    assert_eq!(read.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["School", "VIP"]);
    assert_eq!(read.therapists[0].id, practice.therapist, "the owner gives sessions");
    let likes = SavePreferences {
        channel: Some(ContactChannel::Whatsapp),
        weekdays: vec![3, 1],
        day_parts: vec![DayPart::Evening],
        accommodations: "A ramp".into(),
        custom_price: "1,500".into(),
        language: Lang::En,
    };
    let liked = p::save_preferences(&ctx, made.id, likes).await.unwrap();
    assert_eq!(liked.preferences.custom_price.as_ref().map(|price| price.minor), Some(150_000));
    assert_eq!((liked.preferences.weekdays.as_slice(), liked.language), ([1, 3].as_slice(), Lang::En));
    assert_eq!(liked.preferences.channel, Some(ContactChannel::Whatsapp));
    let stored: serde_json::Value =
        sqlx::query_scalar("SELECT preferences FROM patients").fetch_one(&app.owner).await.unwrap();
    assert_eq!(stored["channel"], "whatsapp", "messages read it from here");
    let error = p::save_preferences(
        &ctx,
        made.id,
        SavePreferences { custom_price: "a lot".into(), ..SavePreferences::default() },
    )
    .await
    .unwrap_err();
    assert_eq!(error.public.problem_of("custom_price"), Some(FieldProblem::InvalidNumber));
}

#[tokio::test]
async fn nobody_gets_a_second_record_by_phone_or_unasked_by_email() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let ana = SavePatient { email: "ana@example.com".into(), ..person("Ana Moss", "+254700000300") };
    let first = p::create(&ctx, ana.clone(), vec![]).await.unwrap();
    let again = p::create(&ctx, SavePatient { email: String::new(), ..ana.clone() }, vec![]).await.unwrap_err();
    assert_eq!(again.public.problem_of("phone"), Some(FieldProblem::Taken));
    let sister = SavePatient { name: "Eva Moss".into(), phone: String::new(), ..ana };
    let error = p::create(&ctx, sister.clone(), vec![]).await.unwrap_err();
    assert_eq!(error.public.problem_of("email"), Some(FieldProblem::Taken));
    let second = p::create(&ctx, SavePatient { shared_email: true, ..sister }, vec![]).await.unwrap();
    assert_ne!(first.id, second.id);
    for wrong in ["+999 123 456", "0700000300"] {
        let error = p::create(&ctx, person("Ana Moss", wrong), vec![]).await.unwrap_err();
        assert_eq!(error.public.problem_of("phone"), Some(FieldProblem::InvalidPhone), "{wrong}");
    }
    let like = |name: &str, phone: &str, email: &str| FindDuplicates {
        name: name.into(),
        phone: phone.into(),
        email: email.into(),
        except: None,
    };
    let found = p::duplicates(&ctx, like("", "+254 700 000 300", "")).await.unwrap();
    assert_eq!((found.len(), found[0].likeness, found[0].id), (1, Likeness::Phone, first.id));
    let found = p::duplicates(&ctx, like("", "", "Ana@example.com")).await.unwrap();
    assert_eq!(found.iter().map(|one| one.likeness).collect::<Vec<_>>(), [Likeness::Email, Likeness::Email]);
    enter(&ctx, "María Fernández López", "+254700000310").await;
    for typed in ["maria fernandes", "Maria Fernández Lopes", "Mária Fernandez"] {
        let found = p::duplicates(&ctx, like(typed, "", "")).await.unwrap();
        assert_eq!(
            found.first().map(|one| (one.name.as_str(), one.likeness)),
            Some(("María Fernández López", Likeness::Name)),
            "{typed}"
        );
    }
    assert!(p::duplicates(&ctx, like("Ann", "", "")).await.unwrap().is_empty(), "too short to say");
    assert!(p::duplicates(&ctx, like("Winston Otieno", "", "")).await.unwrap().is_empty());
    let own = FindDuplicates { except: Some(first.id), ..like("", "+254700000300", "") };
    assert!(p::duplicates(&ctx, own).await.unwrap().is_empty());
}

#[tokio::test]
async fn two_who_edit_at_once_do_not_overwrite_each_other() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let id = enter(&ctx, "Ana Moss", "+254700000300").await;
    let read = p::get(&ctx, id).await.unwrap();
    let edit = |city: &str| SavePatient {
        city: city.into(),
        version: Some(read.version),
        ..person("Ana Moss", "+254700000300")
    };
    p::update(&ctx, id, edit("Nakuru")).await.unwrap();
    let error = p::update(&ctx, id, edit("Kisumu")).await.unwrap_err();
    assert_eq!(error.public.code, ErrorCode::Conflict);
    assert_eq!(p::get(&ctx, id).await.unwrap().city, "Nakuru");
}

#[tokio::test]
async fn open_bookings_follow_the_contact_and_closed_ones_stay() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let open = practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    let closed = practice.request(&app, at("2026-03-11T06:00:00Z")).await;
    bookings::act(&ctx, closed.id, PracticeAction::Decline { reason: "Full".into() }).await.unwrap();
    let id = patient_of(&app).await;
    let before = bookings::get(&ctx, open.id).await.unwrap().version;
    let edit = SavePatient { email: "new@example.com".into(), ..person("John M. Doe", "+254700000999") };
    p::update(&ctx, id, edit).await.unwrap();
    let seen = bookings::get(&ctx, open.id).await.unwrap();
    assert_eq!((seen.patient.name.as_str(), seen.patient.email.as_str()), ("John M. Doe", "new@example.com"));
    assert_eq!(seen.patient.phone, "+254700000999");
    assert_eq!(seen.version, before + 1, "open pages hear of it");
    let seen = bookings::get(&ctx, closed.id).await.unwrap();
    assert_eq!((seen.patient.name.as_str(), seen.patient.phone.as_str()), ("John Doe", "+254700000111"));
    // Whom a member edited stays, even when the request they came with is erased.
    bookings::act(&ctx, open.id, PracticeAction::Decline { reason: "Full".into() }).await.unwrap();
    app.run_jobs().await;
    app.clock.advance(TimeDelta::hours(49));
    app.run_jobs().await;
    assert_eq!(p::get(&practice.ctx(&app), id).await.unwrap().name, "John M. Doe");
}

#[tokio::test]
async fn a_patient_who_only_asked_goes_with_their_request_and_what_was_noted() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let booking = practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    let id = patient_of(&app).await;
    p::add_note(&ctx, id, SaveNote { body: "Asked by phone first".into(), ..SaveNote::default() }).await.unwrap();
    bookings::act(&ctx, booking.id, PracticeAction::Decline { reason: "Full".into() }).await.unwrap();
    app.run_jobs().await;
    app.clock.advance(TimeDelta::hours(25));
    app.run_jobs().await;
    let left = count(
        &app,
        "SELECT (SELECT count(*) FROM patients) + (SELECT count(*) FROM notes) + (SELECT count(*) FROM patient_therapists)
           + (SELECT count(*) FROM patient_keys)",
    )
    .await;
    assert_eq!(left, 0);
}

#[tokio::test]
async fn any_part_of_name_phone_and_address_finds() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let maria =
        SavePatient { email: "m.fer@example.com".into(), ..person("María Fernández O'Brien", "+5491123456789") };
    p::create(&ctx, maria, vec![]).await.unwrap();
    enter(&ctx, "John Doe", "+254700000300").await;
    enter(&ctx, "100% Net_Work", "+254700000301").await;
    for q in [
        "maria",
        "FERNANDEZ",
        "nand",
        "o'b",
        "fer mar",
        "ia",
        "á",
        "z",
        "@exa",
        ".fer",
        "m.fer@example.com",
        "+54 9 11 2345-6789",
        "11 2345",
        "6789",
        "0054 9 11",
        "(11) 2345",
    ] {
        assert_eq!(names(&ctx, search(q)).await, ["María Fernández O'Brien"], "{q}");
    }
    for q in ["maria doe", "xq", "%", "zzzz", "maria\\", "_ar"] {
        let found = names(&ctx, search(q)).await;
        let expected: &[&str] = if q == "%" { &["100% Net_Work"] } else { &[] };
        assert_eq!(found, expected, "{q}");
    }
    assert_eq!(names(&ctx, search("_")).await, ["100% Net_Work"], "what people type is no pattern");
    assert_eq!(names(&ctx, search("  ")).await.len(), 3);
    // A record that changes, goes or comes back is found as it is.
    let id = p::list(&ctx, search("doe")).await.unwrap().items[0].id;
    p::update(&ctx, id, person("Jane Roe", "+254700000300")).await.unwrap();
    assert_eq!((names(&ctx, search("doe")).await.len(), names(&ctx, search("roe")).await.len()), (0, 1));
    p::delete(&ctx, id).await.unwrap();
    assert!(names(&ctx, search("roe")).await.is_empty());
    p::restore(&ctx, id).await.unwrap();
    assert_eq!(names(&ctx, search("roe")).await, ["Jane Roe"]);
}

#[tokio::test]
async fn the_list_goes_on_in_every_order_with_every_filter_searched_or_not() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;

    let colleague = p_therapist(&app, &practice).await;
    for (n, name) in ["Delta Moss", "Alpha Moss", "Charlie Moss", "Bravo Moss", "Echo Moss"].into_iter().enumerate() {
        let tags = if n % 2 == 0 { vec!["Even".into()] } else { vec![] };
        let typed = SavePatient { tags, ..person(name, &format!("+25470000030{n}")) };
        let therapist = if n < 2 { colleague } else { practice.therapist };
        p::create(&practice.ctx(&app), typed, vec![therapist]).await.unwrap();
        app.clock.advance(TimeDelta::minutes(1));
    }
    let ctx = practice.ctx(&app);
    run(&app, "UPDATE patients SET last_session_at = created_at - interval '1 day' * length(name) WHERE name < 'D'")
        .await;
    run(&app, "UPDATE patients SET owed_minor = 500 WHERE name LIKE 'B%' OR name LIKE 'E%'").await;
    let by_name = ["Alpha Moss", "Bravo Moss", "Charlie Moss", "Delta Moss", "Echo Moss"];
    let newest = ["Echo Moss", "Bravo Moss", "Charlie Moss", "Alpha Moss", "Delta Moss"];
    for q in [None, Some("mos"), Some("m"), Some("oss m")] {
        for sort in [PatientSort::Name, PatientSort::NameDown, PatientSort::CreatedAt, PatientSort::CreatedAtDown] {
            let mut expected = match sort {
                PatientSort::Name | PatientSort::NameDown => by_name,
                _ => newest,
            };
            if matches!(sort, PatientSort::NameDown | PatientSort::CreatedAt) {
                expected.reverse();
            }
            let filter = PatientFilter { q: q.map(Into::into), sort, ..PatientFilter::default() };
            assert_eq!(paged(&ctx, filter).await, expected, "{q:?} {sort:?}");
        }
        let up = PatientFilter { q: q.map(Into::into), sort: PatientSort::LastSession, ..PatientFilter::default() };
        let mut oldest = paged(&ctx, up.clone()).await;
        let first: Vec<_> = oldest.iter().take(2).cloned().collect();
        assert!(first.iter().all(|name| name > &"D".to_owned()), "never seen: {first:?}");
        oldest.reverse();
        assert_eq!(paged(&ctx, PatientFilter { sort: PatientSort::LastSessionDown, ..up.clone() }).await, oldest);
        let next = PatientFilter { sort: PatientSort::NextSession, ..up.clone() };
        let mut soonest = paged(&ctx, next).await;
        soonest.reverse();
        assert_eq!(paged(&ctx, PatientFilter { sort: PatientSort::NextSessionDown, ..up }).await, soonest);
        let with = |filter: PatientFilter| PatientFilter { q: q.map(Into::into), ..filter };
        let theirs = with(PatientFilter { therapist_id: Some(colleague), ..PatientFilter::default() });
        assert_eq!(paged(&ctx, theirs).await, ["Alpha Moss", "Delta Moss"]);
        let tag = p::tags(&ctx).await.unwrap()[0].id;
        assert_eq!(
            paged(&ctx, with(PatientFilter { tag: Some(tag), ..PatientFilter::default() })).await,
            ["Charlie Moss", "Delta Moss", "Echo Moss"]
        );
        assert_eq!(
            paged(&ctx, with(PatientFilter { owes: true, ..PatientFilter::default() })).await,
            ["Bravo Moss", "Echo Moss"]
        );
        assert_eq!(
            paged(&ctx, with(PatientFilter { has_next: Some(true), ..PatientFilter::default() })).await.len(),
            0
        );
        assert_eq!(
            paged(&ctx, with(PatientFilter { has_next: Some(false), ..PatientFilter::default() })).await.len(),
            5
        );
    }
    let id = p::list(&ctx, search("echo")).await.unwrap().items[0].id;
    p::archive(&ctx, id, true).await.unwrap();
    assert_eq!(paged(&ctx, PatientFilter::default()).await.len(), 4);
    let archived = PatientFilter { state: PatientState::Archived, ..PatientFilter::default() };
    assert_eq!(paged(&ctx, archived).await, ["Echo Moss"]);
    assert_eq!(paged(&ctx, PatientFilter { state: PatientState::All, ..PatientFilter::default() }).await.len(), 5);
    let stranger = Practice::new(&app, "beta").await;
    let cursor = p::list(&ctx, PatientFilter { limit: Some(1), ..PatientFilter::default() }).await.unwrap().next;
    let error = p::list(&stranger.ctx(&app), PatientFilter { cursor, ..PatientFilter::default() }).await.unwrap_err();
    assert_eq!(error.public.problem_of("cursor"), Some(FieldProblem::InvalidChoice));
}

async fn paged(ctx: &Ctx, filter: PatientFilter) -> Vec<String> {
    let mut found = vec![];
    let mut cursor = None;
    loop {
        let page = p::list(ctx, PatientFilter { limit: Some(2), cursor, ..filter.clone() }).await.unwrap();
        found.extend(page.items.into_iter().map(|card| card.name));
        match page.next {
            Some(next) => cursor = Some(next),
            None => return found,
        }
    }
}

/// A colleague's therapist profile.
async fn p_therapist(app: &TestApp, practice: &Practice) -> TherapistId {
    services::practice::add_therapist(&practice.ctx(app), "Dr Colleague", None).await.unwrap().id
}

#[tokio::test]
async fn therapists_see_whom_they_are_assigned_to_and_their_own_sessions_only() {
    let app = TestApp::new().await;
    let practice = instant(&app).await;
    let owner = practice.ctx(&app);
    let colleague = p_therapist(&app, &practice).await;
    let as_therapist = |id| {
        let member = Member { role: Role::Therapist, therapist_id: Some(id), ..practice.owner.clone() };
        app.ctx(Actor::Member(member))
    };
    let (mine, theirs) = (as_therapist(practice.therapist), as_therapist(colleague));
    practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    let john = patient_of(&app).await;
    assert_eq!(names(&mine, PatientFilter::default()).await, ["John Doe"], "a session assigns its therapist");
    assert!(names(&theirs, search("john")).await.is_empty());
    let not_found = |error: services::ServiceError| assert_eq!(error.public.code, ErrorCode::NotFound);
    not_found(p::get(&theirs, john).await.unwrap_err());
    not_found(p::overview(&theirs, john).await.unwrap_err());
    not_found(p::update(&theirs, john, person("X Y", "+254700000111")).await.unwrap_err());
    not_found(p::add_note(&theirs, john, SaveNote { body: "x".into(), ..SaveNote::default() }).await.unwrap_err());
    not_found(
        p::list(&theirs, PatientFilter { therapist_id: Some(practice.therapist), ..Default::default() })
            .await
            .unwrap_err(),
    );
    let found = p::duplicates(&theirs, FindDuplicates { phone: "+254700000111".into(), ..Default::default() }).await;
    assert!(found.unwrap().is_empty());

    p::assign(&owner, john, colleague).await.unwrap();
    p::assign(&owner, john, colleague).await.unwrap();
    assert_eq!(p::get(&theirs, john).await.unwrap().therapists.len(), 2);
    assert_eq!(p::sessions(&mine, john, HistoryFilter::default()).await.unwrap().items.len(), 1);
    assert!(p::sessions(&theirs, john, HistoryFilter::default()).await.unwrap().items.is_empty(), "a colleague's");
    assert!(p::messages(&theirs, john, PageOf::after(None)).await.unwrap().items.is_empty());
    p::unassign(&owner, john, colleague).await.unwrap();
    not_found(p::get(&theirs, john).await.unwrap_err());
    for (ctx, action) in [(&mine, "may not assign"), (&theirs, "neither")] {
        assert_eq!(p::assign(ctx, john, colleague).await.unwrap_err().public.code, ErrorCode::Forbidden, "{action}");
    }
    let caregiver = practice.ctx_as(&app, Role::Caregiver);
    assert!(names(&caregiver, PatientFilter::default()).await.is_empty(), "who is no therapist is assigned to nobody");
}

#[tokio::test]
async fn a_profile_shows_what_is_to_come_what_was_and_what_was_written() {
    let app = TestApp::new().await;
    let practice = instant(&app).await;
    for slot in ["2026-03-10T06:00:00Z", "2026-03-11T06:00:00Z", "2026-03-12T06:00:00Z"] {
        practice.request(&app, at(slot)).await;
    }
    let id = patient_of(&app).await;
    let ctx = practice.ctx(&app);
    run(&app, "UPDATE sessions SET status = 'completed' WHERE starts_at < '2026-03-11'").await;
    let view = p::get(&ctx, id).await.unwrap();
    let statistics = &view.statistics;
    assert_eq!((statistics.attended, statistics.attendance_percent), (1, Some(100)));
    assert_eq!(statistics.next_session_at, Some(at("2026-03-11T06:00:00Z")));
    assert_eq!(statistics.owed.as_ref().map(|money| money.minor), Some(200_000));
    let overview = p::overview(&ctx, id).await.unwrap();
    assert_eq!(
        overview.upcoming.iter().map(|s| s.starts_at).collect::<Vec<_>>(),
        [at("2026-03-11T06:00:00Z"), at("2026-03-12T06:00:00Z")]
    );
    assert_eq!(overview.upcoming[0].local.to_string(), "2026-03-11 09:00:00");
    assert!(overview.activity.iter().any(|line| line.action == "booking.requested" && line.booking_id.is_some()));
    let by = |filter: HistoryFilter| p::sessions(&ctx, id, filter);
    assert_eq!(by(HistoryFilter::default()).await.unwrap().items[0].starts_at, at("2026-03-12T06:00:00Z"));
    let done = HistoryFilter { status: Some(SessionStatus::Completed), ..HistoryFilter::default() };
    assert_eq!(by(done).await.unwrap().items.len(), 1);
    let paid = HistoryFilter { payment: Some(PaymentStatus::Paid), ..HistoryFilter::default() };
    assert_eq!(by(paid).await.unwrap().items.len(), 0);
    let day = Some("2026-03-11".parse().unwrap());
    assert_eq!(by(HistoryFilter { from: day, until: day, ..HistoryFilter::default() }).await.unwrap().items.len(), 1);
    let first = by(HistoryFilter { limit: Some(2), ..HistoryFilter::default() }).await.unwrap();
    let rest = by(HistoryFilter { limit: Some(2), cursor: first.next, ..HistoryFilter::default() }).await.unwrap();
    assert_eq!((first.items.len(), rest.items.len(), rest.next), (2, 1, None));
    let file = p::sessions_file(&ctx, id, HistoryFilter::default()).await.unwrap();
    assert_eq!(file.lines().count(), 4);
    assert!(file.contains("2026-03-12,09:00,Africa/Nairobi,Individual therapy,"), "{file}");
    let messages = p::messages(&ctx, id, PageOf::after(None)).await.unwrap().items;
    assert_eq!(messages.len(), 3);
    assert!(messages.iter().all(|message| message.recipient == "john@example.com"), "not those to the therapist");
    // Who may not see payments sees none here either.
    let member = Member { role: Role::Caregiver, ..practice.owner.clone() };
    let caregiver = app.ctx(Actor::Member(member));
    let seen = p::get(&caregiver, id).await.unwrap().statistics;
    assert_eq!((seen.attended, seen.owed, seen.revenue), (1, None, None));
    let session = &p::sessions(&caregiver, id, HistoryFilter::default()).await.unwrap().items[0];
    assert_eq!((session.payment_status, &session.paid), (None, &None));
}

#[tokio::test]
async fn notes_are_searched_pinned_and_changed_by_their_authors() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let id = enter(&ctx, "Ana Moss", "+254700000300").await;
    let note = |body: &str, kind| SaveNote { body: body.into(), kind, ..SaveNote::default() };
    let first = p::add_note(&ctx, id, note("Comes by bús, often late", NoteKind::General)).await.unwrap();
    app.clock.advance(TimeDelta::minutes(1));
    let ctx = practice.ctx(&app);
    let second = p::add_note(&ctx, id, note("Prefers mornings", NoteKind::Preferences)).await.unwrap();
    let bodies = async |filter| -> Vec<String> {
        p::notes(&ctx, id, filter).await.unwrap().items.into_iter().map(|note| note.body).collect()
    };
    assert_eq!(bodies(NoteFilter::default()).await, ["Prefers mornings", "Comes by bús, often late"]);
    assert_eq!(
        bodies(NoteFilter { q: Some("BUS late".into()), ..NoteFilter::default() }).await,
        ["Comes by bús, often late"]
    );
    assert_eq!(
        bodies(NoteFilter { kind: Some(NoteKind::Preferences), ..NoteFilter::default() }).await,
        ["Prefers mornings"]
    );
    assert!(bodies(NoteFilter { q: Some("train".into()), ..NoteFilter::default() }).await.is_empty());
    p::pin_note(&ctx, id, first, true).await.unwrap();
    assert_eq!(p::overview(&ctx, id).await.unwrap().pinned[0].id, first);
    p::save_note(&ctx, id, second, note("Prefers evenings", NoteKind::Preferences)).await.unwrap();
    assert_eq!(
        p::add_note(&ctx, id, note("  ", NoteKind::General)).await.unwrap_err().public.problem_of("body"),
        Some(FieldProblem::Required)
    );
    // Another member: may pin, may change their own; the owner may change all.
    let other = Member { role: Role::Therapist, member_id: uuid::Uuid::from_u128(5).into(), ..practice.owner.clone() };
    let other = app.ctx(Actor::Member(other));
    p::pin_note(&other, id, first, false).await.unwrap();
    for result in
        [p::save_note(&other, id, first, note("x", NoteKind::General)).await, p::delete_note(&other, id, first).await]
    {
        assert_eq!(result.unwrap_err().public.code, ErrorCode::Forbidden);
    }
    p::delete_note(&ctx, id, first).await.unwrap();
    assert_eq!(bodies(NoteFilter::default()).await, ["Prefers evenings"]);
    // A note of another patient is none of this one's.
    let eva = enter(&ctx, "Eva Moss", "+254700000301").await;
    assert_eq!(p::delete_note(&ctx, eva, second).await.unwrap_err().public.code, ErrorCode::NotFound);
}
