//! What every handler shares.

use crate::clock::TestClock;
use crate::config::Config;
use crate::middleware::limits::Limits;
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use services::Deps;
use std::sync::Arc;
use tokio::sync::watch;

/// A handle on it: each layer around the routes keeps one for every request that is in flight.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

pub struct Shared {
    pub deps: Arc<Deps>,
    pub config: Arc<Config>,
    pub leptos: LeptosOptions,
    pub limits: Arc<Limits>,
    /// There in mode `test` only; without it the routes that move it do not exist.
    pub test_clock: Option<Arc<TestClock>>,
    /// Turns true when the server is about to stop; open event streams then end.
    pub stop: watch::Receiver<bool>,
}

impl AppState {
    pub fn new(
        deps: Arc<Deps>,
        config: Config,
        test_clock: Option<Arc<TestClock>>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let limits = Arc::new(Limits::new(&config));
        let leptos = crate::site::leptos_options(&config);
        Self(Arc::new(Shared { deps, config: Arc::new(config), leptos, limits, test_clock, stop }))
    }
}

impl std::ops::Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
