//! A night with 100,000 recurring series: 1,000 practices of two or three therapists with full weeks, and a session of each
//! series due.

use crate::report::Report;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;
use test_support::TestApp;
use test_support::builders::Practice;

const PRACTICES: i32 = 1_000;
/// 40 hours of a week, Monday to Friday from nine to five.
const HOURS: i32 = 40;
const SERIES: i64 = 100_000;

/// What the program says it did.
fn run(database: &str) -> (f64, String) {
    let begun = Instant::now();
    let answer = Command::new(std::env::var("CALMA_BIN").expect("CALMA_BIN"))
        .args(["worker", "run-recurring"])
        .env_remove("CALMA_BIN")
        .env_remove("CALMA_SITE_ROOT")
        .env("DATABASE_URL", database)
        .env("CALMA_SECRET", "a secret only tests know, 32 bytes long")
        .env("CALMA_DATA", std::env::temp_dir().join("calma-bench-series"))
        .env("CALMA_LOG", "error")
        .output()
        .expect("calma worker run-recurring");
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    (begun.elapsed().as_secs_f64(), String::from_utf8_lossy(&answer.stdout).trim().to_owned())
}

/// Copies one practice a thousand times, with its therapist's week full of series.
async fn fill(app: &TestApp) {
    let steps = [
        "CREATE TEMP TABLE copies AS
           SELECT gen_random_uuid() AS practice_id, n FROM generate_series(1, $1) n",
        "INSERT INTO practices SELECT (jsonb_populate_record(NULL::practices, to_jsonb(p) || jsonb_build_object('practice_id', c.practice_id))).*
           FROM copies c, (SELECT * FROM practices LIMIT 1) p",
        "INSERT INTO services SELECT (jsonb_populate_record(NULL::services, to_jsonb(s) || jsonb_build_object('practice_id', c.practice_id))).*
           FROM copies c, (SELECT * FROM services LIMIT 1) s",
        // Two therapists here, three there: 2,500.
        "CREATE TEMP TABLE people AS
           SELECT c.practice_id, gen_random_uuid() AS id, row_number() OVER () AS n
           FROM copies c, generate_series(1, 2 + c.n % 2) k",
        "INSERT INTO therapists SELECT (jsonb_populate_record(NULL::therapists, to_jsonb(t) || jsonb_build_object('practice_id', p.practice_id, 'id', p.id,
             'member_id', NULL, 'slug', 'bench-' || p.n))).* FROM people p, (SELECT * FROM therapists LIMIT 1) t",
        "INSERT INTO availability_rules (practice_id, id, therapist_id, weekday, starts_min, ends_min)
           SELECT practice_id, gen_random_uuid(), id, day, 540, 1020 FROM people, generate_series(1, 5) day",
        "CREATE TEMP TABLE cared AS
           SELECT p.practice_id, p.id AS therapist_id, gen_random_uuid() AS id, h FROM people p, generate_series(0, $1 - 1) h",
        "INSERT INTO patients (practice_id, id, name, phone, email, language, created_at, active_since)
           SELECT practice_id, id, 'Invented Patient', '+2547' || lpad((row_number() OVER ())::text, 8, '0'),
                  'p' || row_number() OVER () || '@example.com', 'en', now(), now() FROM cared",
        "INSERT INTO series (practice_id, id, patient_id, therapist_id, service_id, status, frequency, anchor, holds_from,
                             starts_min, duration_min, price_minor, currency, due_on, created_at, agreed_at, changed_at)
           SELECT c.practice_id, gen_random_uuid(), c.id, c.therapist_id, s.id, 'active', 'weekly',
                  date_trunc('week', now())::date + c.h / 8, date_trunc('week', now())::date, 540 + 60 * (c.h % 8), 50, 200000,
                  'KES', now()::date - 1, now(), now(), now()
           FROM cared c, (SELECT id FROM services LIMIT 1) s",
        "ANALYZE",
    ];
    let mut connection = app.owner.acquire().await.unwrap();
    for step in steps {
        let query = sqlx::query(step);
        let number = if step.contains("generate_series(1, $1)") { PRACTICES } else { HOURS };
        let query = if step.contains("$1") { query.bind(number) } else { query };
        query.execute(&mut *connection).await.unwrap();
    }
}

pub async fn night(report: &mut Report) {
    let database = test_support::database::fresh().await;
    let app = TestApp::on(&database, Arc::new(integrations::cache::MemoryCache::default())).await;
    Practice::new(&app, "bench").await;
    fill(&app).await;
    let count = |sql: &'static str| {
        let owner = app.owner.clone();
        async move { sqlx::query_scalar::<_, i64>(sql).fetch_one(&owner).await.unwrap() }
    };
    assert_eq!(count("SELECT count(*) FROM series").await, SERIES);
    let (seconds, said) = run(&database);
    let made = count("SELECT count(*) FROM sessions").await;
    let decided = count("SELECT count(DISTINCT series_id) FROM series_occurrences WHERE state = 'created'").await;
    assert!(decided == SERIES && made >= SERIES, "{said}");
    let (again, nothing) = run(&database);
    assert_eq!(count("SELECT count(*) FROM sessions").await, made, "a second run does nothing");
    report.night(&[(&said, seconds), (&nothing, again)]);
    report.at_most("100,000 recurring series, generated in s", seconds, 60.0);
}
