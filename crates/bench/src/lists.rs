//! What a practice looks at all day, in an installation that is full: 1,000 practices, 100,000 patients and a million sessions.
//! The practice that looks is a big one, with a tenth of everything.

use crate::load::Shot;
use crate::report::Report;
use crate::world::{Running, SECRET, serve};
use chrono::{Days, Utc};
use serde_json::Value;
use std::sync::Arc;
use test_support::TestApp;
use test_support::builders::Practice;

/// So many people of the practice look at the same time.
const CLIENTS: usize = 4;
const LIMIT_MS: f64 = 30.0;

/// Copies one practice a thousand times. The first has 10,000 patients and 100,000 sessions of ten therapists, the others
/// share the rest. Triggers would tell a million changes to nobody, so the sessions are written without them.
const FILL: &[&str] = &[
    "CREATE TEMP TABLE copies AS SELECT gen_random_uuid() AS practice_id, n FROM generate_series(2, 1000) n",
    "INSERT INTO copies SELECT practice_id, 1 FROM practices",
    "INSERT INTO practices SELECT (jsonb_populate_record(NULL::practices, to_jsonb(p) || jsonb_build_object('practice_id', c.practice_id))).*
       FROM copies c, (SELECT * FROM practices LIMIT 1) p WHERE c.n > 1",
    "INSERT INTO services SELECT (jsonb_populate_record(NULL::services, to_jsonb(s) || jsonb_build_object('practice_id', c.practice_id))).*
       FROM copies c, (SELECT * FROM services LIMIT 1) s WHERE c.n > 1",
    "CREATE TEMP TABLE people AS SELECT c.practice_id, c.n, gen_random_uuid() AS id, row_number() OVER () AS number, k - 1 AS k
       FROM copies c, generate_series(1, CASE WHEN c.n = 1 THEN 10 ELSE 2 END) k",
    "INSERT INTO therapists SELECT (jsonb_populate_record(NULL::therapists, to_jsonb(t) || jsonb_build_object('practice_id', p.practice_id, 'id', p.id,
         'member_id', NULL, 'slug', 'lists-' || p.number))).* FROM people p, (SELECT * FROM therapists LIMIT 1) t",
    "CREATE TEMP TABLE cared AS SELECT c.practice_id, c.n, gen_random_uuid() AS id, k - 1 AS k, row_number() OVER () AS number
       FROM copies c, generate_series(1, CASE WHEN c.n = 1 THEN 10000 ELSE 90 END) k",
    "INSERT INTO patients (practice_id, id, name, phone, email, language, created_at, active_since)
       SELECT practice_id, id, (ARRAY['Amina','Juma','Lucia','Bruno','Wanjiku','Mateo','Zawadi','Elena'])[1 + k % 8] || ' '
           || (ARRAY['Otieno','Lopez','Kamau','Fernandez','Njeri','Sosa','Mwangi'])[1 + k % 7] || ' ' || k,
         '+2547' || lpad(number::text, 8, '0'), 'p' || number || '@example.com', 'en',
         now() - (k % 900) * interval '1 day', now() FROM cared",
    "SET session_replication_role = replica",
    // Nine sessions a day for each therapist, back from forty days ahead; a patient stays with theirs.
    "CREATE TEMP TABLE booked AS SELECT p.practice_id, p.id AS patient_id, t.id AS therapist_id, gen_random_uuid() AS booking_id,
         gen_random_uuid() AS id, date_trunc('day', now()) + interval '40 days' + (8 + i % 9) * interval '1 hour'
           - (i / 9) * interval '1 day' AS starts_at, p.number * 10 + h AS number
       FROM cared p JOIN people t ON t.practice_id = p.practice_id AND t.k = p.k % (CASE WHEN p.n = 1 THEN 10 ELSE 2 END),
         generate_series(0, 9) h, LATERAL (SELECT p.k / (CASE WHEN p.n = 1 THEN 10 ELSE 2 END) * 10 + h AS i) nth",
    // The thousandth part that rounding left out.
    "INSERT INTO booked SELECT p.practice_id, p.id, t.id, gen_random_uuid(), gen_random_uuid(), now() - interval '1000 days', 2000000 + p.number
       FROM cared p JOIN people t ON t.practice_id = p.practice_id AND t.k = 0 WHERE p.n > 1 AND p.k = 0",
    "INSERT INTO bookings (practice_id, id, therapist_id, service_id, status, source, starts_at, ends_at, price_minor, currency,
                           policy, language, reference, patient_id, patient_name, patient_email, patient_phone, created_at,
                           requested_at, changed_at, confirmed_at)
       SELECT b.practice_id, b.booking_id, b.therapist_id, s.id, 'confirmed', 'staff', b.starts_at, b.starts_at + interval '50 minutes',
         200000, 'KES', '{}', 'en', 'L' || b.number, b.patient_id, 'Invented Patient', 'p@example.com', '+254700000000', b.starts_at,
         b.starts_at, b.starts_at, b.starts_at
       FROM booked b, (SELECT id FROM services LIMIT 1) s",
    "UPDATE bookings b SET policy = p.policy FROM practices p WHERE p.practice_id = b.practice_id AND p.practice_id =
       (SELECT practice_id FROM copies WHERE n = 1)",
    "INSERT INTO sessions (practice_id, id, booking_id, therapist_id, patient_id, service_id, status, starts_at, ends_at,
                           price_minor, paid_minor, currency, created_at, changed_at)
       SELECT b.practice_id, b.id, b.booking_id, b.therapist_id, b.patient_id, s.id,
         CASE WHEN b.starts_at > now() THEN 'scheduled' WHEN b.number % 11 = 0 THEN 'no_show' ELSE 'completed' END,
         b.starts_at, b.starts_at + interval '50 minutes', 200000, CASE WHEN b.number % 5 = 0 THEN 0 ELSE 200000 END, 'KES',
         b.starts_at, b.starts_at
       FROM booked b, (SELECT id FROM services LIMIT 1) s",
    "SET session_replication_role = origin",
    "ANALYZE",
];

/// Fills the installation; answers with the number of its sessions.
async fn fill(app: &TestApp) -> i64 {
    let mut connection = app.owner.acquire().await.unwrap();
    for &step in FILL {
        sqlx::query(step).execute(&mut *connection).await.unwrap();
    }
    sqlx::query_scalar("SELECT count(*) FROM sessions").fetch_one(&app.owner).await.unwrap()
}

struct Looker {
    server: Running,
    bearer: String,
}

impl Looker {
    fn look(&self, path: impl Into<String>) -> Shot {
        Shot { bearer: Some(self.bearer.clone()), ..Shot::get(path) }
    }

    async fn read(&self, path: &str) -> Value {
        let mut client = crate::load::Client::connect(&self.server.host).await.unwrap();
        let (status, body) = client.send(&self.look(path)).await.unwrap();
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap()
    }
}

pub async fn measure(report: &mut Report) {
    let database = test_support::database::fresh().await;
    let app = TestApp::on(&database, Arc::new(integrations::cache::MemoryCache::default())).await;
    app.clock.set(Utc::now());
    let practice = Practice::new(&app, "lists").await;
    let sessions = fill(&app).await;
    assert!(sessions >= 1_000_000, "{sessions} sessions");
    let secrets = services::tokens::derive_secrets(SECRET.as_bytes());
    let bearer = services::tokens::access_token(&secrets, &practice.owner, Utc::now()).unwrap().0;
    let looker = Looker { server: serve(&database, "lists", &[]), bearer };
    looker.server.answers().await;

    let list = looker.read("/api/v1/sessions").await;
    let (one, next) = (list["items"][0].clone(), list["next"].as_str().expect("a second page").to_owned());
    let (session, patient) = (one["id"].as_str().unwrap(), one["patient_id"].as_str().unwrap());
    let monday = Utc::now().date_naive();
    let sunday = monday + Days::new(6);
    let looks = [
        ("sessions", "/api/v1/sessions".to_owned()),
        ("sessions, the second page", format!("/api/v1/sessions?cursor={next}")),
        ("sessions not paid, oldest first", "/api/v1/sessions?payment_status=pending&sort=starts_at".to_owned()),
        ("sessions searched by a name", "/api/v1/sessions?q=zawadi+77".to_owned()),
        ("sessions searched by a number", "/api/v1/sessions?q=L4242".to_owned()),
        ("one session with everything", format!("/api/v1/sessions/{session}")),
        ("a week of the diary", format!("/api/v1/sessions/calendar?first={monday}&last={sunday}")),
        ("bookings", "/api/v1/bookings".to_owned()),
        ("patients", "/api/v1/patients".to_owned()),
        ("patients searched by a part of a name", "/api/v1/patients?q=fern".to_owned()),
        ("patients searched by a part of a phone", "/api/v1/patients?q=00423".to_owned()),
        ("one patient", format!("/api/v1/patients/{patient}")),
        ("a patient's history", format!("/api/v1/patients/{patient}/sessions")),
    ];
    for (what, path) in looks {
        looker.read(&path).await;
        let outcome = crate::load(&looker.server.host, CLIENTS, looker.look(&path)).await;
        assert_eq!(outcome.count(200), outcome.statuses.len(), "{what}: not all answers are 200");
        report.row("a million sessions", what, CLIENTS, &outcome, None, None);
        report.at_most(&format!("1,000 practices, {what}: p95 in ms"), outcome.percentile(0.95), LIMIT_MS);
    }
}
