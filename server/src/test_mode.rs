//! A clock that journeys can move, and work that they can ask for. These routes exist in mode `test` only.

use crate::clock::TestClock;
use crate::middleware::errors::Fail;
use crate::state::AppState;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use chrono::{DateTime, TimeDelta, Utc};
use contracts::ErrorCode;
use serde::{Deserialize, Serialize};
use services::{Actor, Ctx, jobs};
use std::sync::Arc;

/// The routes, if the clock can be moved at all.
pub fn routes(state: &AppState) -> Router<AppState> {
    match &state.test_clock {
        None => Router::new(),
        Some(clock) => Router::new()
            .route("/test/clock", get(show).post(change))
            .route("/test/run-jobs", post(run_jobs))
            .layer(Extension(clock.clone())),
    }
}

#[derive(Serialize)]
struct Now {
    now: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    advance_seconds: Option<i64>,
    #[serde(default)]
    set: Option<DateTime<Utc>>,
}

async fn show(State(state): State<AppState>) -> Json<Now> {
    Json(Now { now: state.deps.clock.now() })
}

async fn change(
    State(state): State<AppState>,
    Extension(clock): Extension<Arc<TestClock>>,
    Json(change): Json<Change>,
) -> Result<Json<Now>, Fail> {
    if let Some(to) = change.set {
        clock.set(to);
    }
    if let Some(seconds) = change.advance_seconds {
        clock.advance(TimeDelta::try_seconds(seconds).ok_or(ErrorCode::Validation)?);
    }
    Ok(show(State(state)).await)
}

#[derive(Serialize)]
struct Ran {
    ended: u32,
    erased: u32,
    sent: u32,
    sealed: u32,
    calendars: u32,
}

async fn run_jobs(Extension(ctx): Extension<Ctx>) -> Result<Json<Ran>, Fail> {
    let done = jobs::run_due(&Ctx { actor: Actor::System, ..ctx }).await?;
    let jobs::Done { ended, erased, sent, sealed, calendars, .. } = done;
    Ok(Json(Ran { ended, erased, sent, sealed, calendars }))
}
