//! What is measured: two servers on one database, one with its cache and one without, and the baselines.

use chrono::{DateTime, Days, TimeDelta, Utc};
use contracts::availability::AddRule;
use contracts::practice::BookingPolicy;
use serde_json::{Value, json};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use test_support::TestApp;
use test_support::builders::Practice;

pub const SECRET: &str = "a secret only tests know, 32 bytes long";

/// A process that ends with its owner.
pub struct Running {
    child: Child,
    pub host: String,
}

impl Running {
    /// Waits until it takes connections.
    pub async fn answers(&self) {
        for _ in 0..600 {
            if tokio::net::TcpStream::connect(self.host.as_str()).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub struct World {
    app: TestApp,
    practice: Practice,
    crowd: Vec<Practice>,
    pub cached: String,
    pub computed: String,
    server: Running,
    without_cache: Option<Running>,
    database: String,
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub fn serve(database: &str, name: &str, settings: &[(&str, &str)]) -> Running {
    let port = free_port();
    let site = std::env::var("CALMA_SITE_ROOT").expect("CALMA_SITE_ROOT");
    let log = std::fs::File::create(std::env::temp_dir().join(format!("calma-bench-{name}.log"))).unwrap();
    let child = Command::new(std::env::var("CALMA_BIN").expect("CALMA_BIN"))
        .arg("serve")
        .env_remove("CALMA_BIN")
        .env("DATABASE_URL", database)
        .env("CALMA_ADDR", format!("127.0.0.1:{port}"))
        .env("CALMA_BASE_URL", format!("http://127.0.0.1:{port}"))
        .env("CALMA_SECRET", SECRET)
        .env("CALMA_DATA", std::env::temp_dir().join(format!("calma-bench-{port}")))
        .env("CALMA_LOG", "error")
        .env("LEPTOS_SITE_ROOT", &site)
        .env("LEPTOS_OUTPUT_NAME", "calma")
        .env("LEPTOS_HASH_FILES", "true")
        .envs(
            [
                "CALMA_RATE_PUBLIC_BOOKING_PER_HOUR",
                "CALMA_RATE_AVAILABILITY_PER_HOUR",
                "CALMA_RATE_DASHBOARD_PER_HOUR",
                "CALMA_RATE_API_PER_MINUTE",
            ]
            .map(|limit| (limit, "0")),
        )
        .envs(settings.iter().copied())
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .expect("start calma");
    Running { child, host: format!("127.0.0.1:{port}") }
}

/// A bare route that returns so many bytes, until it is killed; prints its address.
pub async fn serve_baseline(bytes: usize) {
    let body = "x".repeat(bytes);
    let router = axum::Router::new().route("/", axum::routing::get(move || async move { body }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    axum::serve(listener, router).await.unwrap();
}

impl World {
    pub async fn start() -> Self {
        let database = test_support::database::fresh().await;
        let app = TestApp::on(&database, Arc::new(integrations::cache::MemoryCache::default())).await;
        app.clock.set(Utc::now());
        let policy = BookingPolicy { payment_window_min: 60 * 24, ..Default::default() };
        let practice = Practice::with_policy(&app, "bench", policy.clone()).await;
        let mut crowd = Vec::new();
        for number in 0..20 {
            let letter = char::from(b'a' + number);
            let one = Practice::with_policy(&app, &format!("crowd{letter}"), policy.clone()).await;
            for weekday in 6..=7 {
                let rule =
                    AddRule { therapist_id: one.therapist, weekday, starts: "06:00".into(), ends: "22:00".into() };
                services::availability::add_rule(&one.ctx(&app), rule).await.unwrap();
            }
            crowd.push(one);
        }
        let server = serve(&database, "cached", &[]);
        // The second server's cache forgets at once, so that every answer is computed from PostgreSQL. The work of jobs is
        // the first one's, or two would share every message.
        let without_cache = serve(&database, "computed", &[("CALMA_CACHE_SECONDS", "0"), ("CALMA_WORKER", "off")]);
        server.answers().await;
        without_cache.answers().await;
        Self {
            cached: server.host.clone(),
            computed: without_cache.host.clone(),
            server,
            without_cache: Some(without_cache),
            app,
            practice,
            crowd,
            database,
        }
    }

    /// The server that computes every answer ends: what follows is measured with one server beside PostgreSQL.
    pub fn stop_computing(&mut self) {
        self.without_cache = None;
    }

    pub fn slug(&self) -> &str {
        &self.practice.slug
    }

    pub fn month_of_slots(&self) -> String {
        let from = Utc::now().date_naive() + Days::new(1);
        let until = from + Days::new(30);
        format!(
            "/api/v1/public/availability?slug={}&service_id={}&from={from}&until={until}",
            self.practice.slug, self.practice.service
        )
    }

    /// Exactly so many sessions in the month that is asked for, in gaps of their own so that none collide.
    pub async fn set_sessions(&self, count: i32) {
        let owner = &self.app.owner;
        sqlx::query("DELETE FROM occupancies WHERE practice_id = $1")
            .bind(self.practice.id.0)
            .execute(owner)
            .await
            .unwrap();
        self.insert_sessions(Utc::now() + TimeDelta::days(1), count, TimeDelta::days(30)).await;
        sqlx::query("ANALYZE").execute(owner).await.unwrap();
        self.forget_cached().await;
    }

    pub async fn add_past_sessions(&self, count: i32) {
        self.insert_sessions(Utc::now() - TimeDelta::days(1_500), count, TimeDelta::days(1_490)).await;
        sqlx::query("ANALYZE").execute(&self.app.owner).await.unwrap();
        self.forget_cached().await;
    }

    async fn insert_sessions(&self, from: DateTime<Utc>, count: i32, within: TimeDelta) {
        let sql = "WITH made AS (
              INSERT INTO patients (practice_id, id, name, language, created_at, active_since)
              VALUES ($1, gen_random_uuid(), 'Invented Patient', 'en', now(), now()) RETURNING id),
            many AS (
              SELECT gen_random_uuid() AS booking, gen_random_uuid() AS id, made.id AS patient, $4 + n * $5::interval AS starts_at,
                     $4 + n * $5::interval + $5::interval / 2 AS ends_at, n
              FROM generate_series(0, $6 - 1) n, made),
            booked AS (
              INSERT INTO bookings (practice_id, id, therapist_id, service_id, status, source, starts_at, ends_at, price_minor,
                                    currency, policy, language, reference, patient_id, created_at, requested_at, changed_at)
              SELECT $1, booking, $2, $3, 'confirmed', 'staff', starts_at, ends_at, 0, 'KES',
                     (SELECT policy FROM practices WHERE practice_id = $1), 'en', booking::text, patient, now(), now(), now()
              FROM many),
            held AS (
              INSERT INTO sessions (practice_id, id, booking_id, therapist_id, patient_id, service_id, status, starts_at, ends_at,
                                    price_minor, currency, created_at, changed_at)
              SELECT $1, id, booking, $2, patient, $3, 'scheduled', starts_at, ends_at, 0, 'KES', now(), now() FROM many)
            INSERT INTO occupancies (practice_id, id, therapist_id, session_id, firm, starts_at, ends_at, blocked_from, blocked_until)
            SELECT $1, gen_random_uuid(), $2, id, true, starts_at, ends_at, starts_at, ends_at FROM many";
        let gap = within / count.max(1);
        sqlx::query(sql)
            .bind(self.practice.id.0)
            .bind(self.practice.therapist.0)
            .bind(self.practice.service.0)
            .bind(from)
            .bind(sqlx::postgres::types::PgInterval {
                months: 0,
                days: 0,
                microseconds: gap.num_microseconds().unwrap(),
            })
            .bind(count)
            .execute(&self.app.owner)
            .await
            .unwrap();
    }

    /// The notices of the inserted rows have to arrive before the next measurement.
    async fn forget_cached(&self) {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }

    pub async fn baseline(&self, bytes: usize) -> Running {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["baseline", &bytes.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("baseline");
        let mut host = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.as_mut().unwrap()), &mut host).unwrap();
        Running { child, host: host.trim().to_owned() }
    }

    /// Selects by key per second over so many connections.
    pub async fn pgbench(&self, clients: usize) -> f64 {
        let script = std::env::temp_dir().join("calma-bench-select.sql");
        std::fs::write(&script, format!("SELECT * FROM practices WHERE practice_id = '{}';\n", self.practice.id))
            .unwrap();
        let program = std::path::Path::new(&std::env::var("CALMA_PG_BIN").expect("CALMA_PG_BIN")).join("pgbench");
        let output = tokio::process::Command::new(program)
            .args(["-n", "-M", "prepared", "-T", "3", "-j", "1", "-c", &clients.to_string(), "-f"])
            .arg(&script)
            .arg(&self.database)
            .output()
            .await
            .expect("pgbench");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text
            .lines()
            .find_map(|l| l.strip_prefix("tps = "))
            .unwrap_or_else(|| panic!("pgbench: {text} {}", String::from_utf8_lossy(&output.stderr)));
        line.split(' ').next().unwrap().parse().unwrap()
    }

    async fn available(&self, practice: &Practice) -> Vec<String> {
        let from = Utc::now().date_naive() + Days::new(2);
        let until = from + Days::new(50);
        let path = format!(
            "/api/v1/public/availability?slug={}&service_id={}&from={from}&until={until}",
            practice.slug, practice.service
        );
        let mut client = crate::load::Client::connect(&self.cached).await.unwrap();
        let (_, bytes) = client.send(&crate::load::Shot::get(path)).await.unwrap();
        let answer: Value = serde_json::from_slice(&bytes).unwrap();
        let days = answer["days"].as_array().expect("days");
        let slots = days.iter().flat_map(|day| day["slots"].as_array().expect("slots"));
        slots.filter(|s| s["status"] == "available").map(|s| s["starts_at"].as_str().unwrap().to_owned()).collect()
    }

    pub async fn free_slots(&self, count: usize) -> Vec<String> {
        self.available(&self.practice).await.into_iter().take(count).collect()
    }

    pub fn hold_body(&self, slot: &str) -> String {
        json!({ "slug": self.practice.slug, "service_id": self.practice.service, "starts_at": slot }).to_string()
    }

    /// Complete bookings of distinct slots, spread over the crowd.
    pub async fn booking_bodies(&self, count: usize) -> Vec<String> {
        let mut bodies = Vec::new();
        for practice in &self.crowd {
            let slots = self.available(practice).await;
            for slot in slots.into_iter().take(count.div_ceil(self.crowd.len())) {
                let number = bodies.len();
                bodies.push(
                    json!({ "slug": practice.slug, "service_id": practice.service, "starts_at": slot, "details": {
                        "name": "Invented Patient", "email": format!("patient{number}@example.com"),
                        "phone": format!("+2547{number:08}"), "first_time": true, "reason": "" } })
                    .to_string(),
                );
            }
        }
        assert!(bodies.len() >= count, "only {} slots are free", bodies.len());
        bodies
    }

    pub async fn deadlocks(&self) -> i64 {
        sqlx::query_scalar("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            .fetch_one(&self.app.owner)
            .await
            .unwrap()
    }

    pub async fn postgres_version(&self) -> String {
        sqlx::query_scalar("SHOW server_version").fetch_one(&self.app.owner).await.unwrap()
    }

    /// Megabytes of the server, by its name in `/proc/<pid>/status`.
    pub fn memory(&self, name: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|l| l.strip_prefix(name)).unwrap_or_default();
        line.split_whitespace().find_map(|word| word.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1024.0
    }
}
