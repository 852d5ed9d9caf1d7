//! What becomes of patients: deleted and brought back, made one, erased, archived; and files of them, in and out.

use crate::calendars::{connect, entry};
use crate::http::{log_in, request, send, server};
use crate::patients::{count, enter, instant, names, patient_of, person, run, search};
use crate::records::{Records, SKIPPED};
use axum::http::{StatusCode, header};
use chrono::TimeDelta;
use contracts::booking::{PatientDetails, PracticeAction};
use contracts::messages::Channel;
use contracts::patients::*;
use contracts::{ErrorCode, FieldProblem};
use services::{Actor, Member, bookings, calendars, patients as p};
use test_support::TestApp;
use test_support::builders::{Practice, at, john as john_doe};
use test_support::google::GoogleStandIn;

#[tokio::test]
async fn deleting_can_be_undone_and_waits_for_what_is_to_come() {
    let app = TestApp::new().await;
    let practice = instant(&app).await;
    let ctx = practice.ctx(&app);
    let booking = practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    let id = patient_of(&app).await;
    for error in [p::delete(&ctx, id).await.unwrap_err(), p::erase(&ctx, id).await.unwrap_err()] {
        assert_eq!((error.public.code, error.public.number), (ErrorCode::BookingsInTheWay, Some(1)));
    }
    bookings::act(&ctx, booking.id, PracticeAction::Cancel { reason: "x".into() }).await.unwrap();
    p::delete(&ctx, id).await.unwrap();
    assert_eq!(p::get(&ctx, id).await.unwrap_err().public.code, ErrorCode::NotFound);
    // The phone is free while the record is deleted; then undoing has to wait.
    let other = enter(&ctx, "Another Doe", "+254700000111").await;
    assert_eq!(p::restore(&ctx, id).await.unwrap_err().public.problem_of("phone"), Some(FieldProblem::Taken));
    p::delete(&ctx, other).await.unwrap();
    p::restore(&ctx, id).await.unwrap();
    p::restore(&ctx, id).await.unwrap();
    assert_eq!(p::get(&ctx, id).await.unwrap().name, "John Doe");
    let told = services::audit::list(&ctx, None).await.unwrap().items;
    for action in ["patient.deleted", "patient.restored", "patient.created"] {
        assert!(told.iter().any(|entry| entry.action == action), "{action}");
    }
}

#[tokio::test]
async fn two_records_of_one_person_become_one_with_all_that_hangs_on_them() {
    let app = TestApp::new().await;
    let practice = instant(&app).await;
    let ctx = practice.ctx(&app);
    practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    let from = patient_of(&app).await;
    p::add_note(&ctx, from, SaveNote { body: "Knows Ana".into(), pinned: true, ..SaveNote::default() }).await.unwrap();
    run(
        &app,
        "INSERT INTO payments (practice_id, id, patient_id, session_id, kind, method, amount_minor, currency, received_on, recorded_at)
         SELECT practice_id, gen_random_uuid(), patient_id, id, 'payment', 'cash', 50000, 'KES', '2026-03-02', now() FROM sessions",
    )
    .await;
    let typed = SavePatient {
        city: "Nakuru".into(),
        tags: vec!["VIP".into()],
        guardians: vec![SaveGuardian { name: "Mary".into(), phone: "+254700000302".into(), ..Default::default() }],
        ..person("Johnny Doe", "+254700000300")
    };
    let into = p::create(&ctx, typed, vec![]).await.unwrap().id;
    let one = p::merge(&ctx, into, from).await.unwrap();
    assert_eq!(
        (one.name.as_str(), one.phone.as_deref(), one.city.as_str()),
        ("Johnny Doe", Some("+254700000300"), "Nakuru")
    );
    assert_eq!(one.email.as_deref(), Some("john@example.com"), "what it did not know");
    assert_eq!(one.statistics.revenue.as_ref().map(|money| money.minor), Some(50_000));
    assert_eq!(one.statistics.next_session_at, Some(at("2026-03-10T06:00:00Z")));
    assert_eq!((one.guardians.len(), one.tags.len(), one.therapists.len()), (1, 1, 1));
    assert_eq!(p::overview(&ctx, into).await.unwrap().pinned.len(), 1);
    assert_eq!(p::sessions(&ctx, into, HistoryFilter::default()).await.unwrap().items.len(), 1);
    let moved = count(&app, "SELECT count(*) FROM bookings b JOIN payments p ON p.patient_id = b.patient_id WHERE b.patient_name = 'Johnny Doe'").await;
    assert_eq!(moved, 1, "bookings and payments are theirs, and the booking carries their name");
    assert_eq!(p::get(&ctx, from).await.unwrap_err().public.code, ErrorCode::NotFound);
    assert_eq!(
        p::restore(&ctx, from).await.unwrap_err().public.code,
        ErrorCode::NotFound,
        "there is nothing left of it"
    );
    assert_eq!(names(&ctx, search("doe")).await, ["Johnny Doe"]);
    let same = p::merge(&ctx, into, into).await.unwrap_err();
    assert_eq!(same.public.problem_of("from"), Some(FieldProblem::InvalidChoice));
    // The phone of the record that went books again for the one that stayed? It is unknown now: a new patient.
    practice.request(&app, at("2026-03-11T06:00:00Z")).await;
    let by_email = p::get(&ctx, into).await.unwrap();
    assert_eq!(
        p::sessions(&ctx, by_email.id, HistoryFilter::default()).await.unwrap().items.len(),
        2,
        "found by e-mail"
    );
}

#[tokio::test]
async fn addresses_notices_and_care_of_a_merged_record_follow() {
    let app = TestApp::new().await;
    let practice = instant(&app).await;
    let ctx = practice.ctx(&app);
    let router = server(&app, "");
    let sessions_at = async |url: &str| {
        let file = send(&router, request("GET", url.trim_start_matches("http://calma.test"), None, None)).await;
        (file.status == StatusCode::OK).then(|| file.text().matches("BEGIN:VEVENT").count())
    };
    let address_of = async |email: &str| {
        let patient = app.ctx(Actor::Patient { email: email.into() });
        calendars::renew_my_feeds(&patient).await.unwrap().into_iter().next().unwrap().url
    };
    practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    let john = patient_of(&app).await;
    let careful = SavePatient {
        email: "john@example.com".into(),
        trust_level: TrustLevel::Careful,
        ..person("John Doe", "+254700000111")
    };
    p::update(&ctx, john, careful).await.unwrap();
    run(
        &app,
        "INSERT INTO notifications (practice_id, member_id, id, kind, patient_id, created_at)
         SELECT b.practice_id, m.id, gen_random_uuid(), 'message_failed', b.patient_id, now()
         FROM bookings b JOIN members m ON m.practice_id = b.practice_id",
    )
    .await;
    let moved = address_of("john@example.com").await;
    let into = enter(&ctx, "Johnny Doe", "+254700000300").await;
    assert_eq!(p::merge(&ctx, into, john).await.unwrap().trust_level, TrustLevel::Careful);
    assert_eq!(sessions_at(&moved).await, Some(1));
    let mine = calendars::my_feeds(&app.ctx(Actor::Patient { email: "john@example.com".into() })).await.unwrap();
    assert_eq!(mine[0].url, moved, "the record that stayed has the address now");
    let told = "SELECT count(*) FROM notifications n JOIN patients p ON p.id = n.patient_id AND p.name = 'Johnny Doe'";
    assert!(count(&app, told).await > 0);

    // Both have an address: both go on, until the person asks for a new one.
    let held = practice.hold(&app, at("2026-03-11T06:00:00Z")).await.unwrap();
    let other = PatientDetails { email: "else@example.com".into(), phone: "+254700000222".into(), ..john_doe() };
    bookings::save_details(&app.visitor(), &held.token, other).await.unwrap();
    bookings::send_request(&app.visitor(), &held.token).await.unwrap();
    let followed = address_of("else@example.com").await;
    let id: uuid::Uuid = sqlx::query_scalar("SELECT id FROM patients WHERE email = 'else@example.com'")
        .fetch_one(&app.owner)
        .await
        .unwrap();
    p::merge(&ctx, into, id.into()).await.unwrap();
    assert_eq!((sessions_at(&moved).await, sessions_at(&followed).await), (Some(2), Some(2)));
    let new = address_of("john@example.com").await;
    assert_eq!(
        (sessions_at(&new).await, sessions_at(&moved).await, sessions_at(&followed).await),
        (Some(2), None, None)
    );
}

#[tokio::test]
async fn erasing_leaves_payments_and_sessions_without_a_person() {
    let app = TestApp::new().await;
    let practice = instant(&app).await;
    practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    app.run_jobs().await;
    let id = patient_of(&app).await;
    app.clock.advance(TimeDelta::days(20));
    let ctx = practice.ctx(&app);
    run(&app, "UPDATE sessions SET status = 'completed', cancel_reason = 'ill'").await;
    run(
        &app,
        "INSERT INTO payments (practice_id, id, patient_id, session_id, kind, method, amount_minor, currency, received_on, recorded_at)
         SELECT practice_id, gen_random_uuid(), patient_id, id, 'payment', 'cash', 50000, 'KES', '2026-03-10', now() FROM sessions",
    )
    .await;
    let edit = SavePatient {
        email: "john@example.com".into(),
        address: "1 Secret Road".into(),
        tags: vec!["Sleepless".into()],
        guardians: vec![SaveGuardian { name: "Mary Secret".into(), ..SaveGuardian::default() }],
        emergency_name: "Joy Secret".into(),
        ..person("John Doe", "+254700000111")
    };
    p::update(&ctx, id, edit).await.unwrap();
    p::add_note(&ctx, id, SaveNote { body: "Secret".into(), ..SaveNote::default() }).await.unwrap();
    let whole = p::export_record(&ctx, id).await.unwrap();
    assert_eq!(whole["patient"]["address"], "1 Secret Road");
    for part in ["guardians", "notes", "bookings", "sessions", "payments", "messages", "tags", "therapists"] {
        assert!(!whole[part].as_array().unwrap().is_empty(), "{part} are exported");
    }
    assert!(!whole.to_string().contains("search_key"));

    p::erase(&ctx, id).await.unwrap();
    let mut left = String::new();
    for table in [
        "patients",
        "guardians",
        "notes",
        "bookings",
        "sessions",
        "messages",
        "patient_keys",
        "patient_tags",
        "payments",
    ] {
        let sql = format!("SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]')::text FROM {table} t");
        let text: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&app.owner).await.unwrap();
        left.push_str(&text);
    }
    for word in ["John", "Doe", "john@example.com", "254700000111", "Secret", "Sleep", "\"ill\""] {
        assert!(!left.contains(word), "{word} is left in {left}");
    }
    let (sessions, revenue): (i64, i64) = sqlx::query_as(
        "SELECT count(*), (SELECT sum(amount_minor)::bigint FROM payments) FROM sessions WHERE patient_id = $1",
    )
    .bind(id.0)
    .fetch_one(&app.owner)
    .await
    .unwrap();
    assert_eq!((sessions, revenue), (1, 50_000));
    assert_eq!(p::restore(&ctx, id).await.unwrap_err().public.code, ErrorCode::NotFound);
    assert_eq!(p::get(&ctx, id).await.unwrap_err().public.code, ErrorCode::NotFound);
    assert!(names(&ctx, PatientFilter { state: PatientState::All, ..PatientFilter::default() }).await.is_empty());
    let told = services::audit::list(&ctx, None).await.unwrap().items;
    assert!(told.iter().any(|entry| entry.action == "patient.erased" && entry.entity_id == Some(id.0)));
}

#[tokio::test]
async fn the_whole_record_holds_what_hangs_on_bookings_sessions_and_series() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let records = Records::of(&app, &practice).await;
    services::messages::choose_reminders(&app.visitor(), &records.token, Channel::Email, false).await.unwrap();
    run(&app, "INSERT INTO opt_outs SELECT practice_id, 'email', 'somebody@example.com', now() FROM practices").await;
    let whole = p::export_record(&practice.ctx(&app), records.patient).await.unwrap();
    let proof = &whole["payment_proofs"][0];
    assert_eq!((proof["reference"].as_str(), proof["method"].as_str()), (Some("ABC123"), Some("mpesa")));
    assert!(proof["state"].is_string() && proof["submitted_at"].is_string() && proof.get("file_id").is_none());
    let asked = &whole["reschedule_requests"][0];
    assert_eq!((asked["reason"].as_str(), asked["status"].as_str()), (Some("A course"), Some("pending")));
    let date = &whole["series_dates"][0];
    assert_eq!((date["on_date"].as_str(), date["state"].as_str()), (Some(SKIPPED), Some("skipped")));
    let unwanted: Vec<_> = whole["opt_outs"].as_array().unwrap().iter().map(|one| one["address"].as_str()).collect();
    assert_eq!(unwanted, [Some("john@example.com")]);
}

#[tokio::test]
async fn entries_at_google_follow_a_name_and_forget_who_is_erased() {
    let google = GoogleStandIn::start().await;
    let app = TestApp::with_google(&google).await;
    let practice = instant(&app).await;
    connect(&app, &practice, &google).await;
    let booking = practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    app.run_jobs().await;
    let (id, name) = (patient_of(&app).await, entry(&app, booking.id).await);
    assert_eq!(google.event(&name).unwrap()["summary"], "Session - John Doe");
    let corrected = SavePatient { email: "john@example.com".into(), ..person("Jon Doe", "+254700000222") };
    p::update(&practice.ctx(&app), id, corrected.clone()).await.unwrap();
    app.run_jobs().await;
    let there = google.event(&name).unwrap();
    assert_eq!(there["summary"], "Session - Jon Doe");
    assert!(there["description"].as_str().unwrap().contains("Phone: +254700000222"), "{there}");

    // What is over is not rewritten for a name that changed since.
    app.clock.advance(TimeDelta::days(20));
    run(&app, "UPDATE sessions SET status = 'completed'").await;
    p::update(&practice.ctx(&app), id, SavePatient { name: "Jonathan Roe".into(), ..corrected }).await.unwrap();
    app.run_jobs().await;
    assert_eq!(google.event(&name).unwrap()["summary"], "Session - Jon Doe");

    // Who is erased is forgotten there too, though Google is down at first.
    p::erase(&practice.ctx(&app), id).await.unwrap();
    google.fail([(503, "backendError"); 40]);
    app.run_jobs().await;
    google.recover();
    app.clock.advance(TimeDelta::minutes(10));
    app.run_jobs().await;
    let there = google.event(&name).unwrap();
    assert_eq!(there["summary"], "Session");
    assert!(!there.to_string().contains("Jon") && !there.to_string().contains("254700000222"), "{there}");
    app.clock.advance(TimeDelta::minutes(10));
    google.asked();
    app.run_jobs().await;
    assert!(google.asked().iter().all(|asked| asked.method != "PATCH"), "once is enough");
}

#[tokio::test]
async fn who_was_not_seen_for_two_years_is_archived_until_they_come_again() {
    let app = TestApp::new().await;
    let practice = instant(&app).await;
    practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    run(&app, "UPDATE sessions SET status = 'completed'").await;
    let john = patient_of(&app).await;
    let ctx = practice.ctx(&app);
    let eva = enter(&ctx, "Eva Moss", "+254700000301").await;
    app.clock.set(at("2028-03-05T08:00:00Z"));
    let later = |app: &TestApp| practice.ctx(app);
    assert_eq!(
        services::jobs::archive(&app.system()).await.unwrap(),
        1,
        "Eva never came; John's two years end a week later"
    );
    assert!(p::get(&later(&app), eva).await.unwrap().archived_at.is_some());
    p::archive(&later(&app), eva, false).await.unwrap();
    assert_eq!(services::jobs::archive(&app.system()).await.unwrap(), 0, "her two years begin anew");
    app.clock.set(at("2028-03-11T08:00:00Z"));
    assert_eq!(services::jobs::archive(&app.system()).await.unwrap(), 1);
    assert!(p::get(&later(&app), john).await.unwrap().archived_at.is_some());
    practice.request(&app, at("2028-03-14T06:00:00Z")).await;
    assert!(p::get(&later(&app), john).await.unwrap().archived_at.is_none(), "a booking ends the archive");
    assert_eq!(
        services::jobs::archive(&app.system()).await.unwrap(),
        0,
        "somebody with a session to come is not dormant"
    );
}

const FILE: &str = "Nombre;Teléfono;Correo;Fecha de nacimiento;Responsable;Teléfono del responsable;Etiquetas;Color\r\n\
    Ana Moss;+254 700 000 401;ana@example.com;02/03/1990;;;VIP, Escuela;rojo\r\n\
    Eva Moss;;;31/02/2015;Mary Moss;+254700000402;;\r\n\
    X;+254700000403;;;;;;\r\n\
    John Again;'+254700000111;;;;;;\r\n\
    Ana Twice;+254700000401;;;;;;\r\n\
    Baby Moss;;;;Mary Moss;+254700000402;;\r\n";

#[tokio::test]
async fn a_file_is_looked_at_row_by_row_and_its_good_rows_are_imported_at_once() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    practice.request(&app, at("2026-03-10T06:00:00Z")).await;
    let ctx = practice.ctx(&app);
    let id = p::keep_import(&ctx, FILE.as_bytes().to_vec()).await.unwrap();
    let looked = p::preview_import(&ctx, id).await.unwrap();
    assert_eq!(
        (looked.good, looked.done, looked.unknown_columns.as_slice()),
        (2, false, ["Color".to_owned()].as_slice())
    );
    let wrong = |line: u32| looked.rows.iter().find(|row| row.line == line).unwrap();
    assert!(wrong(2).is_good() && wrong(7).is_good());
    assert_eq!(wrong(3).problems[0].problem, FieldProblem::InvalidDate);
    assert_eq!(wrong(4).problems[0].problem, FieldProblem::TooShort);
    assert_eq!(wrong(5).duplicate.as_ref().unwrap().name, "John Doe");
    assert_eq!(wrong(6).same_as_line, Some(2));
    assert_eq!(count(&app, "SELECT count(*) FROM patients").await, 1, "nothing was imported yet");
    let done = p::run_import(&ctx, id).await.unwrap();
    assert_eq!((done.good, done.done), (2, true));
    assert_eq!(names(&ctx, search("moss")).await, ["Ana Moss", "Baby Moss"]);
    let ana = p::get(&ctx, p::list(&ctx, search("ana moss")).await.unwrap().items[0].id).await.unwrap();
    assert_eq!((ana.date_of_birth, ana.tags.len()), ("1990-03-02".parse().ok(), 2));
    assert_eq!(p::run_import(&ctx, id).await.unwrap_err().public.code, ErrorCode::NotFound, "a file is imported once");
    assert_eq!(count(&app, "SELECT count(*) FROM patient_imports").await, 0);
    // What nobody imports goes after a day, and nobody else sees it before.
    let id = p::keep_import(&ctx, FILE.as_bytes().to_vec()).await.unwrap();
    let other = Member { member_id: uuid::Uuid::from_u128(5).into(), ..practice.owner.clone() };
    let other = app.ctx(Actor::Member(other));
    assert_eq!(p::preview_import(&other, id).await.unwrap_err().public.code, ErrorCode::NotFound);
    app.clock.advance(TimeDelta::hours(25));
    services::jobs::forget(&app.system()).await.unwrap();
    assert_eq!(count(&app, "SELECT count(*) FROM patient_imports").await, 0);
}

#[tokio::test]
async fn the_list_leaves_as_a_file_that_no_spreadsheet_runs_and_comes_back() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    enter(&ctx, "=cmd|' /C calc'!A0", "+254700000401").await;
    enter(&ctx, "Ana \"Ann\" Moss, Jr.", "+254700000402").await;
    let router = server(&app, "");
    let token = log_in(&app, &practice).await;
    let answer = send(&router, request("GET", "/api/v1/patients/export?sort=-name", Some(&token), None)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.headers[header::CONTENT_DISPOSITION].to_str().unwrap().contains("patients.csv"));
    let text = answer.text();
    assert!(text.starts_with("\u{feff}Nombre,Teléfono,Correo,Etiquetas,"), "{text}");
    assert!(text.contains("\r\n'=cmd|' /C calc'!A0,'+254700000401,"), "{text}");
    assert!(text.contains("\"Ana \"\"Ann\"\" Moss, Jr.\",'+254700000402,"), "{text}");
    let found = send(&router, request("GET", "/api/v1/patients/export?q=ann", Some(&token), None)).await.text();
    assert_eq!(found.lines().count(), 2);
    let looked = p::import_rows(&ctx, text.into_bytes(), false).await.unwrap();
    assert_eq!((looked.rows.len(), looked.good), (2, 0), "both are known");
    assert!(looked.rows.iter().all(|row| row.problems.is_empty() && row.duplicate.is_some()), "{looked:?}");
}

#[tokio::test]
async fn words_of_a_search_travel_in_a_cookie_and_in_no_address() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    enter(&ctx, "Ana Moss", "+254700000401").await;
    enter(&ctx, "Eva Roe", "+254700000402").await;
    let router = server(&app, "");
    let token = log_in(&app, &practice).await;
    let mut form = request("POST", "/api/fn/search_patients", Some(&token), None);
    form.headers_mut().insert(header::CONTENT_TYPE, "application/x-www-form-urlencoded".parse().unwrap());
    form.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
    *form.body_mut() = axum::body::Body::from("q=Moss&back=state=all");
    let answer = send(&router, form).await;
    assert_eq!(answer.headers[header::LOCATION], "/app/patients?state=all&found=1");
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert!(!cookie.contains("Moss"));
    let mut page = request("GET", "/app/patients?state=all&found=1", Some(&token), None);
    page.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
    let answer = send(&router, page).await;
    let text = answer.text();
    assert_eq!(answer.status, StatusCode::OK);
    assert!(text.contains("Ana Moss") && !text.contains("Eva Roe"), "{text}");
    // The file takes the words with it, whether they came from a cookie or are being typed.
    assert!(text.contains("action=\"/app/patients/export.csv\"") && text.contains("value=\"Moss\""), "{text}");
    for (body, eva) in [("search=Moss&state=all", false), ("search=&next=no&sort=-name", true), ("next=yes", false)] {
        let mut form = request("POST", "/app/patients/export.csv", Some(&token), None);
        form.headers_mut().insert(header::CONTENT_TYPE, "application/x-www-form-urlencoded".parse().unwrap());
        *form.body_mut() = axum::body::Body::from(body);
        let answer = send(&router, form).await;
        let text = answer.text();
        assert_eq!(answer.status, StatusCode::OK, "{body}");
        assert_eq!((text.contains("Ana Moss"), text.contains("Eva Roe")), (body != "next=yes", eva), "{body}: {text}");
    }
}
