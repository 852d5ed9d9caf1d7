//! From settings to everything a request needs: database, cache, mail, files, keys.

use crate::clock::{SystemClock, SystemEntropy, TestClock};
use crate::config::{Config, Mode};
use crate::private_pg::PrivatePg;
use integrations::cache::{Cache, Found, Later, MemoryCache, RedisCache};
use integrations::calendars::Calendars;
use integrations::calendars::google::{Google, GoogleSettings};
use integrations::calendars::ics::IcsClient;
use integrations::files::LocalFiles;
use integrations::http::Reach;
use integrations::mail::{Mailer, OutboxMailer, SmtpMailer};
use integrations::texts::{OutboxTexts, TextSender, Twilio, TwilioSettings};
use services::Deps;
use services::ctx::{Clock, Entropy};
use services::live::Hub;
use services::tokens::derive_secrets;
use sqlx::{Connection, PgConnection};
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::{Db, MIGRATOR};

/// The in-process cache may hold this many bytes.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;

/// What was started, and what must be stopped.
pub struct Running {
    pub deps: Arc<Deps>,
    pub test_clock: Option<Arc<TestClock>>,
    database: Database,
}

/// Where the database is; private ones are stopped at the end.
pub struct Database {
    owner_url: String,
    app_url: String,
    private: Option<PrivatePg>,
}

impl Database {
    /// Starts the private database where none is named.
    ///
    /// # Errors
    /// One line for the person who started Calma.
    pub async fn find(config: &Config) -> Result<Self, String> {
        if let Some(url) = &config.database_url {
            let app_url = config.database_app_url.clone().unwrap_or_else(|| url.clone());
            return Ok(Self { owner_url: url.clone(), app_url, private: None });
        }
        let private = PrivatePg::start(&config.data, config.pg_bin.as_deref()).await?;
        Ok(Self { owner_url: private.owner_url.clone(), app_url: private.app_url.clone(), private: Some(private) })
    }

    /// Brings the schema up to date, as the role that owns it.
    ///
    /// # Errors
    /// One line for the person who started Calma.
    pub async fn migrate(&self) -> Result<(), String> {
        let connecting = tokio::time::timeout(Duration::from_secs(15), PgConnection::connect(&self.owner_url));
        let mut connection = match connecting.await {
            Ok(Ok(connection)) => connection,
            Ok(Err(error)) => return Err(format!("DATABASE_URL: the database cannot be reached: {error}")),
            Err(_) => return Err("DATABASE_URL: the database does not answer within 15 seconds".into()),
        };
        let version = store::db::server_version(&mut connection).await.map_err(|e| format!("DATABASE_URL: {e}"))?;
        if version < 150_000 {
            return Err(format!("DATABASE_URL: PostgreSQL 15 or newer is needed, this is {}", version / 10_000));
        }
        MIGRATOR.run(&mut connection).await.map_err(|e| format!("the database cannot be brought up to date: {e}"))?;
        connection.close().await.map_err(|e| format!("DATABASE_URL: {e}"))
    }

    /// Stops what [`Database::find`] started.
    pub async fn stop(&self) {
        if let Some(private) = &self.private {
            private.stop().await;
        }
    }
}

impl Running {
    /// Starts and connects everything, and migrates.
    ///
    /// # Errors
    /// One line for the person who started Calma; nothing is left running.
    pub async fn start(config: &Config) -> Result<Self, String> {
        let secrets = derive_secrets(installation_secret(config)?.as_bytes());
        let mail = mailer(config)?;
        let texts = text_sender(config)?;
        let cache = limited_cache(config)?;
        let calendars = calendars(config)?;
        let database = Database::find(config).await?;
        match connect(config, &database).await {
            Ok(db) => {
                let test_clock = (config.mode == Mode::Test).then(|| Arc::new(TestClock::default()));
                let clock: Arc<dyn Clock> = match &test_clock {
                    Some(clock) => clock.clone(),
                    None => Arc::new(SystemClock),
                };
                let deps = Deps {
                    db,
                    cache,
                    mail,
                    texts,
                    files: Arc::new(LocalFiles::new(config.data.join("files"))),
                    calendars,
                    live: Hub::new(&SystemEntropy),
                    clock,
                    entropy: Arc::new(SystemEntropy),
                    secrets,
                    base_url: config.base_url.clone(),
                };
                Ok(Self { deps: Arc::new(deps), test_clock, database })
            }
            Err(error) => {
                database.stop().await;
                Err(error)
            }
        }
    }

    /// Closes the connections and stops the private database.
    pub async fn stop(self) {
        self.deps.db.pool().close().await;
        self.database.stop().await;
    }
}

async fn connect(config: &Config, database: &Database) -> Result<Db, String> {
    database.migrate().await?;
    Db::connect(&database.app_url, config.db_connections).await.map_err(|error| {
        let cause = std::error::Error::source(&error).map(|e| format!(": {e}")).unwrap_or_default();
        format!("DATABASE_APP_URL: {error}{cause}")
    })
}

fn mailer(config: &Config) -> Result<Arc<dyn Mailer>, String> {
    match &config.smtp_url {
        None => Ok(Arc::new(OutboxMailer)),
        Some(url) => SmtpMailer::new(url, &config.mail_from)
            .map(|m| Arc::new(m) as Arc<dyn Mailer>)
            .map_err(|e| format!("CALMA_SMTP_URL: {e}")),
    }
}

fn calendars(config: &Config) -> Result<Calendars, String> {
    let url = |name: &str, text: &str| text.parse().map_err(|error| format!("{name}: {error}"));
    let google = match &config.google_client_secret {
        None => None,
        Some(secret) => Some(Google::new(GoogleSettings {
            client_id: config.google_client_id.clone(),
            client_secret: secret.clone(),
            accounts: url("CALMA_GOOGLE_ACCOUNTS_URL", &config.google_accounts_url)?,
            tokens: url("CALMA_GOOGLE_TOKENS_URL", &config.google_tokens_url)?,
            api: url("CALMA_GOOGLE_API_URL", &config.google_api_url)?,
            pause: Duration::from_secs(1),
        })),
    };
    let reach = if config.calendar_private_addresses { Reach::Anywhere } else { Reach::Public };
    Ok(Calendars { google, ics: IcsClient::new(reach) })
}

fn text_sender(config: &Config) -> Result<Arc<dyn TextSender>, String> {
    let Some(account_sid) = &config.twilio_account_sid else { return Ok(Arc::new(OutboxTexts)) };
    let settings = TwilioSettings {
        account_sid: account_sid.clone(),
        auth_token: config.twilio_auth_token.clone().unwrap_or_default(),
        sms_from: config.twilio_phone_number.clone(),
        whatsapp_from: config.twilio_whatsapp_number.clone(),
        url: config.twilio_url.clone(),
    };
    Twilio::new(settings).map(|twilio| Arc::new(twilio) as Arc<dyn TextSender>).map_err(|e| e.to_string())
}

/// The cache, with the longest life that the settings allow.
fn limited_cache(config: &Config) -> Result<Arc<dyn Cache>, String> {
    let longest = Duration::from_secs(config.cache_seconds.into());
    Ok(Arc::new(LimitedCache { inner: cache(config)?, longest }))
}

struct LimitedCache {
    inner: Arc<dyn Cache>,
    longest: Duration,
}

impl Cache for LimitedCache {
    fn get<'a>(&'a self, key: &'a str) -> Later<'a, Found> {
        self.inner.get(key)
    }

    fn put<'a>(&'a self, key: &'a str, generation: Option<u64>, value: Vec<u8>, ttl: Duration) -> Later<'a, ()> {
        match ttl.min(self.longest) {
            Duration::ZERO => Box::pin(async {}),
            ttl => self.inner.put(key, generation, value, ttl),
        }
    }

    fn forget_prefix<'a>(&'a self, prefix: &'a str) -> Later<'a, ()> {
        self.inner.forget_prefix(prefix)
    }
}

fn cache(config: &Config) -> Result<Arc<dyn Cache>, String> {
    match &config.redis_url {
        None => Ok(Arc::new(MemoryCache::new(CACHE_BYTES))),
        Some(url) => RedisCache::new(url).map(|c| Arc::new(c) as Arc<dyn Cache>).map_err(|e| format!("REDIS_URL: {e}")),
    }
}

/// The one secret: from the settings, else made once and kept.
fn installation_secret(config: &Config) -> Result<String, String> {
    if let Some(secret) = &config.secret {
        return Ok(secret.clone());
    }
    let path = config.data.join("secret");
    let complain = |e: std::io::Error| format!("{}: {e}", path.display());
    fs::create_dir_all(&config.data).map_err(|e| format!("CALMA_DATA: {}: {e}", config.data.display()))?;
    if !path.exists() {
        let mut bytes = [0; 32];
        SystemEntropy.fill(&mut bytes);
        let secret: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        write_private(&path, &secret).map_err(complain)?;
    }
    let secret = fs::read_to_string(&path).map_err(complain)?.trim().to_owned();
    if secret.len() < 32 { Err(format!("{}: holds no secret", path.display())) } else { Ok(secret) }
}

/// Written beside and linked into place, so that of two programs that start at once one wins and none reads half.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let half = path.with_extension(format!("{}.part", std::process::id()));
    let mut file = fs::File::options().write(true).create_new(true).mode(0o600).open(&half)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&half, path);
    fs::remove_file(&half)?;
    match linked {
        Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => Err(e),
        _ => Ok(()),
    }
}
