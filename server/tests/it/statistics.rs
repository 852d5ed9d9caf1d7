//! What triggers keep of a patient's sessions is what counting them anew would give, whatever happens to the sessions and
//! however many things happen at once (BR-PP-002).

use chrono::{DateTime, TimeDelta, Utc};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sqlx::{PgPool, Row};
use std::sync::Arc;
use test_support::TestApp;
use test_support::builders::{Practice, at};
use tokio::task::JoinSet;
use uuid::Uuid;

const STATUSES: [&str; 5] = ["scheduled", "in_progress", "completed", "no_show", "cancelled"];

/// A practice's patients, and what their sessions hang on.
struct World {
    pool: PgPool,
    practice: Uuid,
    therapist: Uuid,
    service: Uuid,
    patients: Vec<Uuid>,
}

impl World {
    async fn new(app: &TestApp) -> Self {
        let practice = Practice::new(app, "alpha").await;
        let mut patients = vec![];
        for n in 0..4 {
            let id = Uuid::from_u128(n + 1);
            sqlx::query(
                "INSERT INTO patients (practice_id, id, name, phone, language, created_at, active_since)
                 VALUES ($1, $2, 'Ana Moss', $3, 'en', now(), now())",
            )
            .bind(practice.id.0)
            .bind(id)
            .bind(format!("+25470000010{n}"))
            .execute(&app.owner)
            .await
            .unwrap();
            patients.push(id);
        }
        let pool = app.owner.clone();
        Self { pool, practice: practice.id.0, therapist: practice.therapist.0, service: practice.service.0, patients }
    }

    /// A session somewhere, in any state. Times are irrelevant to each other: overlaps are another table's matter.
    async fn add(&self, rng: &mut StdRng) -> Uuid {
        let (booking, session) = (Uuid::from_u128(rng.random()), Uuid::from_u128(rng.random()));
        let patient = self.patients[rng.random_range(0..self.patients.len())];
        let starts = at("2026-03-02T08:00:00Z") + TimeDelta::hours(rng.random_range(-2_000..2_000));
        let mut tx = self.pool.begin().await.unwrap();
        sqlx::query(
            "INSERT INTO bookings (practice_id, id, therapist_id, service_id, status, starts_at, ends_at, price_minor, currency,
               policy, language, reference, patient_name, patient_email, patient_phone, patient_id, created_at, requested_at, changed_at)
             VALUES ($1, $2, $3, $4, 'confirmed', $5, $5 + interval '1 hour', 1000, 'KES', '{}', 'en', $6, 'Ana Moss',
               'ana@example.com', '+254700000111', $7, now(), now(), now())",
        )
        .bind(self.practice)
        .bind(booking)
        .bind(self.therapist)
        .bind(self.service)
        .bind(starts)
        .bind(booking.to_string())
        .bind(patient)
        .execute(&mut *tx)
        .await
        .unwrap();
        sqlx::query(
            "INSERT INTO sessions (practice_id, id, booking_id, therapist_id, patient_id, service_id, status, starts_at, ends_at,
               price_minor, currency, created_at, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8 + interval '1 hour', $9, 'KES', now(), now())",
        )
        .bind(self.practice)
        .bind(session)
        .bind(booking)
        .bind(self.therapist)
        .bind(patient)
        .bind(self.service)
        .bind(STATUSES[rng.random_range(0..5)])
        .bind(starts)
        .bind(rng.random_range(0..3_000_i64))
        .execute(&mut *tx)
        .await
        .unwrap();
        tx.commit().await.unwrap();
        session
    }

    /// Something happens to one session, or to all of a patient's at once.
    async fn change(&self, rng: &mut StdRng, session: Uuid) -> Result<(), sqlx::Error> {
        let one = "WHERE practice_id = $1 AND id = $2";
        let other = self.patients[rng.random_range(0..self.patients.len())];
        let status = STATUSES[rng.random_range(0..5)];
        let (set, place) = match rng.random_range(0..8) {
            0 | 1 => (format!("status = '{status}'"), one),
            2 => (
                format!(
                    "starts_at = starts_at + interval '{0} hours', ends_at = ends_at + interval '{0} hours'",
                    rng.random_range(-500..500)
                ),
                one,
            ),
            3 => (format!("price_minor = {}", rng.random_range(0..3_000)), one),
            4 => ("waived = NOT waived".to_owned(), one),
            5 => (format!("patient_id = '{other}'"), one),
            6 => (
                format!("status = '{status}'"),
                "WHERE practice_id = $1 AND patient_id = (SELECT patient_id FROM sessions WHERE practice_id = $1 AND id = $2)",
            ),
            _ => return self.pay(rng, session).await,
        };
        let sql = format!("UPDATE sessions SET {set} {place}");
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(self.practice).bind(session).execute(&self.pool).await.map(|_| ())
    }

    async fn pay(&self, rng: &mut StdRng, session: Uuid) -> Result<(), sqlx::Error> {
        // A refund of no more than what was paid; the database refuses the others, and that changes nothing.
        let kind = if rng.random_bool(0.7) { "payment" } else { "refund" };
        let done = sqlx::query(
            "INSERT INTO payments (practice_id, id, patient_id, session_id, kind, method, amount_minor, currency, received_on, recorded_at)
             SELECT practice_id, $3, patient_id, id, $4, 'cash', $5, 'KES', '2026-03-02', now() FROM sessions
             WHERE practice_id = $1 AND id = $2",
        )
        .bind(self.practice)
        .bind(session)
        .bind(Uuid::from_u128(rng.random()))
        .bind(kind)
        .bind(rng.random_range(1..1_500_i64))
        .execute(&self.pool)
        .await;
        match done {
            Err(sqlx::Error::Database(error)) if error.is_check_violation() => Ok(()),
            done => done.map(|_| ()),
        }
    }

    async fn kept(&self) -> Vec<Numbers> {
        let rows = sqlx::query(
            "SELECT id, attended, cancelled, no_show, first_session_at, last_session_at, next_session_at, revenue_minor, owed_minor,
               attendance_percent FROM patients WHERE practice_id = $1 ORDER BY id",
        )
        .bind(self.practice)
        .fetch_all(&self.pool)
        .await
        .unwrap();
        rows.iter()
            .map(|row| Numbers {
                patient: row.get(0),
                attended: row.get(1),
                cancelled: row.get(2),
                no_show: row.get(3),
                first: row.get(4),
                last: row.get(5),
                next: row.get(6),
                revenue: row.get(7),
                owed: row.get(8),
                percent: row.get(9),
            })
            .collect()
    }

    /// The same, counted here from every session.
    async fn counted(&self) -> Vec<Numbers> {
        let rows = sqlx::query(
            "SELECT patient_id, status, starts_at, price_minor, paid_minor, refunded_minor, waived FROM sessions WHERE practice_id = $1",
        )
        .bind(self.practice)
        .fetch_all(&self.pool)
        .await
        .unwrap();
        let mut all: Vec<Numbers> =
            self.patients.iter().map(|patient| Numbers { patient: *patient, ..Numbers::default() }).collect();
        for row in rows {
            let (patient, status, starts): (Uuid, String, DateTime<Utc>) = (row.get(0), row.get(1), row.get(2));
            let (price, paid, refunded, waived): (i64, i64, i64, bool) =
                (row.get(3), row.get(4), row.get(5), row.get(6));
            let numbers = all.iter_mut().find(|numbers| numbers.patient == patient).unwrap();
            let earliest = |known: Option<DateTime<Utc>>| Some(known.map_or(starts, |known| known.min(starts)));
            let latest = |known: Option<DateTime<Utc>>| Some(known.map_or(starts, |known| known.max(starts)));
            match status.as_str() {
                "completed" => numbers.attended += 1,
                "cancelled" => numbers.cancelled += 1,
                "no_show" => numbers.no_show += 1,
                "scheduled" => numbers.next = earliest(numbers.next),
                _ => {}
            }
            if matches!(status.as_str(), "completed" | "in_progress") {
                numbers.first = earliest(numbers.first);
                numbers.last = latest(numbers.last);
            }
            let left = price - paid + refunded;
            let given_back = paid > 0 && refunded == paid;
            let took_place = matches!(status.as_str(), "completed" | "in_progress" | "no_show");
            numbers.revenue += paid - refunded;
            if took_place && !given_back && !waived && left > 0 {
                numbers.owed += left;
            }
        }
        for numbers in &mut all {
            let of = numbers.attended + numbers.cancelled + numbers.no_show;
            numbers.percent = (of > 0).then(|| (200 * numbers.attended + of) / (2 * of));
        }
        all
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Numbers {
    patient: Uuid,
    attended: i32,
    cancelled: i32,
    no_show: i32,
    first: Option<DateTime<Utc>>,
    last: Option<DateTime<Utc>>,
    next: Option<DateTime<Utc>>,
    revenue: i64,
    owed: i64,
    percent: Option<i32>,
}

#[tokio::test]
async fn kept_numbers_are_those_one_would_count_after_every_change() {
    let app = TestApp::new().await;
    let world = World::new(&app).await;
    let mut rng = StdRng::seed_from_u64(7);
    let mut sessions = vec![];
    for step in 0..150 {
        if sessions.len() < 12 {
            sessions.push(world.add(&mut rng).await);
        } else {
            let session = sessions[rng.random_range(0..sessions.len())];
            world.change(&mut rng, session).await.unwrap();
        }
        assert_eq!(world.kept().await, world.counted().await, "step {step}");
    }
    // A whole practice's sessions at once, and none.
    sqlx::query("UPDATE sessions SET status = 'completed'").execute(&app.owner).await.unwrap();
    assert_eq!(world.kept().await, world.counted().await);
    sqlx::query("DELETE FROM payments").execute(&app.owner).await.unwrap();
    sqlx::query("DELETE FROM sessions").execute(&app.owner).await.unwrap();
    assert_eq!(world.kept().await, world.counted().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn kept_numbers_hold_while_eight_write_at_once() {
    let app = TestApp::new().await;
    let world = Arc::new(World::new(&app).await);
    let mut rng = StdRng::seed_from_u64(11);
    let mut sessions = vec![];
    for _ in 0..16 {
        sessions.push(world.add(&mut rng).await);
    }
    let sessions = Arc::new(sessions);
    let mut writers = JoinSet::new();
    for writer in 0..8 {
        let (world, sessions) = (world.clone(), sessions.clone());
        writers.spawn(async move {
            let mut rng = StdRng::seed_from_u64(100 + writer);
            for _ in 0..40 {
                if rng.random_bool(0.1) {
                    world.add(&mut rng).await;
                    continue;
                }
                let session = sessions[rng.random_range(0..sessions.len())];
                // Two that each change several of the other's patients may stand in each other's way: one gives in, and
                // what it did is undone with its numbers.
                match world.change(&mut rng, session).await {
                    Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("40P01") => {}
                    done => done.unwrap(),
                }
            }
        });
    }
    while let Some(done) = writers.join_next().await {
        done.unwrap();
    }
    assert_eq!(world.kept().await, world.counted().await);
}
