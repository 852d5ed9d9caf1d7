//! Measures a running release against baselines taken beside it. `scripts/bench.sh` starts PostgreSQL and calls it.
//!
//! Figures of one machine mean little elsewhere; each is therefore also a ratio to a baseline of the same run: a bare axum
//! route that returns the same bytes, and `pgbench` selecting by key on the same database.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measuring tool stops when it cannot measure"
)]
#![allow(clippy::disallowed_methods, reason = "it measures against the real clock")]

mod lists;
mod load;
mod report;
mod series;
mod world;

use load::{Outcome, Shot};
use report::Report;
use std::time::Duration;
use world::World;

/// How long each load lasts.
const SECONDS: u64 = 4;
/// Clients that want the same slot.
const STORM: usize = 1_000;
/// Bookings before those that are counted.
const WARM: usize = 320;
/// What the quickest peer did on such a machine: slots of a month and bookings per second.
const PEER: &str = "Easy!Appointments";
const PEER_SLOTS: f64 = 56.0;
const PEER_BOOKINGS: f64 = 111.0;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, command, bytes] = arguments.as_slice()
        && command == "baseline"
    {
        return world::serve_baseline(bytes.parse().expect("a number of bytes")).await;
    }
    let mut report = Report::new();
    // Alone, to try it; nothing is written then.
    match arguments.get(1).map(String::as_str) {
        Some("series") => {
            series::night(&mut report).await;
            return report.floors();
        }
        Some("lists") => {
            lists::measure(&mut report).await;
            return report.floors();
        }
        Some("bookings") => {
            let mut world = World::start().await;
            world.stop_computing();
            storm_over_many(&world, &mut report).await;
            report.memory(&world);
            return report.floors();
        }
        Some("slots") => {
            slots(&World::start().await, &mut report).await;
            return report.floors();
        }
        _ => {}
    }
    let mut world = World::start().await;
    report.environment(&world).await;
    slots(&world, &mut report).await;
    world.stop_computing();
    first_byte(&world, &mut report).await;
    storm_on_one(&world, &mut report).await;
    storm_over_many(&world, &mut report).await;
    report.memory(&world);
    lists::measure(&mut report).await;
    series::night(&mut report).await;
    report.weight(&world);
    report.floors();
    report.write();
}

/// Each body is booked once; every booking of a distinct slot succeeds.
async fn book_all(world: &World, clients: usize, bodies: Vec<String>) -> Outcome {
    let (all, todo) = (bodies.len(), std::sync::Arc::new(bodies));
    let next = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let outcome = load::run(&world.cached, clients, Duration::from_secs(60), move |_, _| {
        let index = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        todo.get(index).map(|body| Shot::post("/api/v1/public/bookings", body.clone()))
    })
    .await
    .expect("bookings");
    assert_eq!(outcome.count(201), all, "every booking of a distinct slot succeeds");
    outcome
}

async fn load(host: &str, clients: usize, shot: Shot) -> Outcome {
    // A first short run fills pools and caches; it is not counted.
    let warm = shot.clone();
    load::run(host, clients, Duration::from_millis(500), move |_, _| Some(warm.clone())).await.expect("warm up");
    load::run(host, clients, Duration::from_secs(SECONDS), move |_, _| Some(shot.clone())).await.expect("load")
}

/// A month of slots, computed and cached, with 0, 100 and 1,000 sessions in the period.
async fn slots(world: &World, report: &mut Report) {
    for sessions in [0, 100, 1_000] {
        world.set_sessions(sessions).await;
        let path = world.month_of_slots();
        let (_, body) = load::Client::connect(&world.cached).await.unwrap().send(&Shot::get(&path)).await.unwrap();
        let baseline = world.baseline(body.len()).await;
        for clients in [1, 16, 64] {
            let bare = load(&baseline.host, clients, Shot::get("/")).await;
            let pgbench = world.pgbench(clients).await;
            for (kind, host) in [("cached", &world.cached), ("computed", &world.computed)] {
                let outcome = load(host, clients, Shot::get(&path)).await;
                assert_eq!(outcome.failures(), 0, "{kind} slots failed");
                assert_eq!(outcome.count(200), outcome.statuses.len(), "{kind}: not all answers are 200");
                let what = format!("month, {kind}, {sessions} sessions");
                report.row("slots", &what, clients, &outcome, Some(&bare), Some(pgbench));
                if (sessions, clients) == (100, 16) {
                    let (p99, times) = if kind == "cached" { (5.0, 250.0) } else { (25.0, 50.0) };
                    report.at_most(&format!("{what}, 16 connections: p99 in ms"), outcome.percentile(0.99), p99);
                    report.at_least(
                        &format!("{what}, 16 connections: times {PEER}'s {PEER_SLOTS} per second"),
                        outcome.per_second() / PEER_SLOTS,
                        times,
                    );
                }
            }
        }
    }
    world.set_sessions(100).await;
    world.add_past_sessions(10_000).await;
    let outcome = load(&world.computed, 16, Shot::get(world.month_of_slots())).await;
    report.row("slots", "month, computed, 100 sessions and 10,000 past ones", 16, &outcome, None, None);
    world.set_sessions(0).await;
}

async fn first_byte(world: &World, report: &mut Report) {
    for clients in [1, 16, 64] {
        let outcome = load(&world.cached, clients, Shot::get(format!("/{}", world.slug()))).await;
        assert_eq!(outcome.failures(), 0);
        let size = outcome.bytes as usize / outcome.latencies.len().max(1);
        let baseline = world.baseline(size).await;
        let bare = load(&baseline.host, clients, Shot::get("/")).await;
        report.row("page", "public booking page, whole document", clients, &outcome, Some(&bare), None);
    }
}

/// 1,000 clients want one slot at the same moment, five times.
async fn storm_on_one(world: &World, report: &mut Report) {
    let slots = world.free_slots(5).await;
    for slot in slots {
        let body = world.hold_body(&slot);
        let outcome = load::run(&world.cached, STORM, Duration::from_secs(30), move |_, round| {
            (round == 0).then(|| Shot::post("/api/v1/public/holds", body.clone()))
        })
        .await
        .expect("storm");
        report.storm(&outcome);
        report.at_most("1,000 clients, one slot: the slowest answer in ms", outcome.percentile(1.0), 2_000.0);
        assert_eq!(
            (outcome.count(201), outcome.count(409), outcome.failures()),
            (1, STORM - 1, 0),
            "one wins, all others hear so"
        );
    }
    assert_eq!(world.deadlocks().await, 0, "deadlocks in PostgreSQL");
}

/// Complete bookings (each in one request, its messages queued) over 1,000 distinct slots of 20 therapists: by 16 clients,
/// then by 1,000 at the same moment.
async fn storm_over_many(world: &World, report: &mut Report) {
    let mut bodies = world.booking_bodies(2 * STORM + WARM).await;
    // The first ones fill pools and the plans of statements; they are not counted.
    book_all(world, 16, bodies.split_off(2 * STORM)).await;
    for clients in [16, STORM] {
        let pgbench = world.pgbench(clients.min(64)).await;
        let outcome = book_all(world, clients, bodies.split_off(bodies.len() - STORM)).await;
        report.row(
            "bookings",
            "booking over 1,000 distinct slots, messages on",
            clients,
            &outcome,
            None,
            Some(pgbench),
        );
        if clients == 16 {
            report.at_least(
                &format!("bookings, 16 clients: times {PEER}'s {PEER_BOOKINGS} per second"),
                outcome.per_second() / PEER_BOOKINGS,
                10.0,
            );
        }
    }
}
