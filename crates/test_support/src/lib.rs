//! What tests share: a database of their own, builders, a clock that moves, a mailbox, stand-ins for others' servers.
//!
//! A failing set-up is a failing test, so this crate may panic.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failing set-up is a failing test")]

pub mod builders;
pub mod calendar_file;
pub mod clock;
pub mod database;
pub mod google;
pub mod mailbox;
pub mod twilio;

use clock::{SeededEntropy, TestClock};
use contracts::Lang;
use integrations::cache::{Cache, MemoryCache};
use integrations::calendars::Calendars;
use integrations::calendars::ics::IcsClient;
use integrations::files::LocalFiles;
use integrations::http::Reach;
use integrations::texts::{OutboxTexts, TextSender};
use mailbox::Mailbox;
use services::{Actor, Ctx, Deps};
use std::path::PathBuf;
use std::sync::Arc;

/// A whole installation on a database of its own.
pub struct TestApp {
    pub deps: Arc<Deps>,
    pub clock: Arc<TestClock>,
    pub mailbox: Arc<Mailbox>,
    /// Address of the database, as its owner: it sees everything, for looking behind the curtain.
    pub owner_url: String,
    pub owner: sqlx::PgPool,
    files: PathBuf,
}

impl TestApp {
    /// A fresh installation with an in-process cache, on Monday 2 March 2026, 08:00 UTC.
    pub async fn new() -> Self {
        Self::with_cache(Arc::new(MemoryCache::default())).await
    }

    pub async fn with_cache(cache: Arc<dyn Cache>) -> Self {
        let owner_url = database::fresh().await;
        Self::on(&owner_url, cache).await
    }

    /// A fresh installation that sends texts through a stand-in for Twilio.
    pub async fn with_twilio() -> (Self, twilio::Twilio) {
        let clock = Arc::new(TestClock::default());
        let twilio = twilio::Twilio::start(clock.clone()).await;
        let texts = integrations::texts::Twilio::new(twilio.settings()).expect("settings of the stand-in");
        let url = database::fresh().await;
        let calendars = Calendars { google: None, ics: IcsClient::new(Reach::Public) };
        (Self::built(&url, Arc::new(MemoryCache::default()), calendars, Arc::new(texts), clock).await, twilio)
    }

    /// A second server on the same database.
    pub async fn on(owner_url: &str, cache: Arc<dyn Cache>) -> Self {
        let calendars = Calendars { google: None, ics: IcsClient::new(Reach::Public) };
        Self::built(owner_url, cache, calendars, Arc::new(OutboxTexts), Arc::new(TestClock::default())).await
    }

    /// One that speaks to a stand-in for Google, and reads calendars on this machine.
    pub async fn with_google(google: &google::GoogleStandIn) -> Self {
        let google = Some(integrations::calendars::google::Google::new(google.settings()));
        let calendars = Calendars { google, ics: IcsClient::new(Reach::Anywhere) };
        let (url, clock) = (database::fresh().await, Arc::new(TestClock::default()));
        Self::built(&url, Arc::new(MemoryCache::default()), calendars, Arc::new(OutboxTexts), clock).await
    }

    async fn built(
        owner_url: &str,
        cache: Arc<dyn Cache>,
        calendars: Calendars,
        texts: Arc<dyn TextSender>,
        clock: Arc<TestClock>,
    ) -> Self {
        let owner = sqlx::PgPool::connect(owner_url).await.expect("connect as owner");
        let db = store::Db::connect(owner_url, 20).await.expect("connect as calma_app");
        let mailbox = Arc::new(Mailbox::default());
        let files = std::env::temp_dir().join(format!("calma-test-{}", uuid::Uuid::from_bytes(rand::random())));
        let deps = Arc::new(Deps {
            db,
            cache,
            mail: mailbox.clone(),
            texts,
            files: Arc::new(LocalFiles::new(files.clone())),
            calendars,
            live: services::live::Hub::new(&SeededEntropy::default()),
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::default()),
            secrets: services::tokens::derive_secrets(b"a secret only tests know, 32 bytes long"),
            base_url: "http://calma.test".into(),
        });
        Self { deps, clock, mailbox, owner_url: owner_url.to_owned(), owner, files }
    }

    pub fn ctx(&self, actor: Actor) -> Ctx {
        let mut ctx = Ctx::system(self.deps.clone());
        ctx.actor = actor;
        ctx.lang = Lang::En;
        ctx
    }

    pub fn visitor(&self) -> Ctx {
        self.ctx(Actor::Visitor)
    }

    pub fn system(&self) -> Ctx {
        self.ctx(Actor::System)
    }

    /// One round of the worker at the present time.
    pub async fn run_jobs(&self) -> services::jobs::Done {
        services::jobs::run_due(&self.system()).await.expect("a round of jobs")
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.files);
    }
}
