//! All settings, in one table. They come from the environment and from one optional TOML file; the environment wins.
//!
//! A name that is not in the table, or a value that cannot be read, stops the start and says which and why.

mod readers;

use contracts::Lang;
use readers::*;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What this installation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    #[default]
    Production,
    /// Loads invented practices on the first start and prints their logins.
    Demo,
    /// Offers a clock that tests can move; refuses to listen on anything but loopback.
    Test,
}

/// The settings, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    pub addr: SocketAddr,
    pub base_url: String,
    pub data: PathBuf,
    pub database_url: Option<String>,
    pub database_app_url: Option<String>,
    pub db_connections: u32,
    pub redis_url: Option<String>,
    /// Seconds.
    pub cache_seconds: u32,
    pub secret: Option<String>,
    pub smtp_url: Option<String>,
    pub mail_from: String,
    pub google_client_id: String,
    pub google_client_secret: Option<String>,
    pub google_accounts_url: String,
    pub google_tokens_url: String,
    pub google_api_url: String,
    pub calendar_private_addresses: bool,
    pub twilio_account_sid: Option<String>,
    pub twilio_auth_token: Option<String>,
    pub twilio_phone_number: String,
    pub twilio_whatsapp_number: String,
    pub twilio_url: String,
    pub mode: Mode,
    pub language: Lang,
    pub worker: bool,
    /// `None`: on when the base address is https.
    pub cookie_secure: Option<bool>,
    pub rate_public_booking_per_hour: u32,
    pub rate_availability_per_hour: u32,
    pub rate_dashboard_per_hour: u32,
    pub rate_api_per_minute: u32,
    pub trust_proxy: bool,
    pub log: String,
    pub log_json: bool,
    pub site_root: Option<String>,
    pub pg_bin: Option<PathBuf>,
    pub leptos: Leptos,
}

/// What cargo-leptos tells the program it starts, by the names it uses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Leptos {
    pub site_root: Option<String>,
    pub output_name: String,
    pub hash_file_name: String,
    /// `None`: when the file of hashes is there.
    pub hash_files: Option<bool>,
    pub watch: bool,
    pub reload_port: u32,
}

impl Config {
    fn blank() -> Self {
        Self {
            addr: SocketAddr::from(([127, 0, 0, 1], 3000)),
            base_url: String::new(),
            data: PathBuf::new(),
            database_url: None,
            database_app_url: None,
            db_connections: 1,
            redis_url: None,
            cache_seconds: 0,
            secret: None,
            smtp_url: None,
            mail_from: String::new(),
            google_client_id: String::new(),
            google_client_secret: None,
            google_accounts_url: String::new(),
            google_tokens_url: String::new(),
            google_api_url: String::new(),
            calendar_private_addresses: false,
            twilio_account_sid: None,
            twilio_auth_token: None,
            twilio_phone_number: String::new(),
            twilio_whatsapp_number: String::new(),
            twilio_url: String::new(),
            mode: Mode::Production,
            language: Lang::default(),
            worker: true,
            cookie_secure: None,
            rate_public_booking_per_hour: 0,
            rate_availability_per_hour: 0,
            rate_dashboard_per_hour: 0,
            rate_api_per_minute: 0,
            trust_proxy: false,
            log: String::new(),
            log_json: false,
            site_root: None,
            pg_bin: None,
            leptos: Leptos::default(),
        }
    }

    /// Are cookies sent over https only?
    pub fn secure_cookies(&self) -> bool {
        self.cookie_secure.unwrap_or_else(|| self.https())
    }

    /// Do people reach this installation over https?
    pub fn https(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

type Set = fn(&mut Config, &str) -> Result<(), String>;

/// One setting.
pub struct Setting {
    pub name: &'static str,
    /// As it would be written; empty for "not set".
    pub default: &'static str,
    pub doc: &'static str,
    /// Never shown.
    secret: bool,
    set: Set,
}

const fn setting(name: &'static str, default: &'static str, doc: &'static str, set: Set) -> Setting {
    Setting { name, default, doc, secret: false, set }
}

const fn secret(name: &'static str, doc: &'static str, set: Set) -> Setting {
    Setting { name, default: "", doc, secret: true, set }
}

/// Every setting there is.
pub const SETTINGS: &[Setting] = &[
    setting("CALMA_CONFIG", "", "The settings file; ./calma.toml is read when it is there.", |_, _| Ok(())),
    setting("CALMA_ADDR", "127.0.0.1:3000", "Address and port to listen on.", |c, v| put(&mut c.addr, number(v))),
    setting(
        "CALMA_BASE_URL",
        "",
        "Where people reach Calma, e.g. https://calma.example; empty: http:// and CALMA_ADDR.",
        |c, v| put(&mut c.base_url, base_url(v)),
    ),
    setting("CALMA_DATA", ".data", "Directory for the private database, uploaded files and the secret.", |c, v| {
        put(&mut c.data, Ok(v.into()))
    }),
    secret(
        "DATABASE_URL",
        "PostgreSQL 15 or newer, as the role that owns the tables; empty: a private one in CALMA_DATA.",
        |c, v| put(&mut c.database_url, postgres_url(v)),
    ),
    secret(
        "DATABASE_APP_URL",
        "PostgreSQL as the role that serves; empty: DATABASE_URL, which becomes calma_app.",
        |c, v| put(&mut c.database_app_url, postgres_url(v)),
    ),
    setting("CALMA_DB_CONNECTIONS", "20", "Connections to the database at most, 2 to 500.", |c, v| {
        put(&mut c.db_connections, between(v, 2, 500))
    }),
    secret("REDIS_URL", "Redis or Valkey for the cache; empty: in process.", |c, v| {
        put(&mut c.redis_url, prefixed(v, &["redis://", "rediss://", "unix://"]))
    }),
    setting(
        "CALMA_CACHE_SECONDS",
        "3600",
        "The longest that computed slots are kept; 0: computed every time.",
        |c, v| put(&mut c.cache_seconds, number(v)),
    ),
    secret(
        "CALMA_SECRET",
        "At least 32 characters from which all keys are derived; empty: made once, kept in CALMA_DATA/secret.",
        |c, v| put(&mut c.secret, long_secret(v)),
    ),
    secret(
        "CALMA_SMTP_URL",
        "Mail server, e.g. smtps://user:password@mail.example; empty: mail stays in the outbox page.",
        |c, v| put(&mut c.smtp_url, prefixed(v, &["smtp://", "smtps://"])),
    ),
    setting("CALMA_MAIL_FROM", "calma@localhost", "Sender's e-mail address.", |c, v| {
        put(&mut c.mail_from, mail_address(v))
    }),
    setting(
        "CALMA_GOOGLE_CLIENT_ID",
        "",
        "From Google's console, for therapists' calendars and Meet; empty: no Google.",
        |c, v| put(&mut c.google_client_id, Ok(v.to_owned())),
    ),
    secret("CALMA_GOOGLE_CLIENT_SECRET", "What Google gave with the client id.", |c, v| {
        put(&mut c.google_client_secret, optional(v))
    }),
    setting(
        "CALMA_GOOGLE_ACCOUNTS_URL",
        "https://accounts.google.com",
        "Where people are asked for their permission.",
        |c, v| put(&mut c.google_accounts_url, base_url(v)),
    ),
    setting("CALMA_GOOGLE_TOKENS_URL", "https://oauth2.googleapis.com", "Where permissions become tokens.", |c, v| {
        put(&mut c.google_tokens_url, base_url(v))
    }),
    setting("CALMA_GOOGLE_API_URL", "https://www.googleapis.com", "Where Google's calendars are.", |c, v| {
        put(&mut c.google_api_url, base_url(v))
    }),
    setting(
        "CALMA_CALENDAR_PRIVATE_ADDRESSES",
        "off",
        "May addresses of calendars that people type lead into internal networks? Only where everybody is trusted.",
        |c, v| put(&mut c.calendar_private_addresses, on_off(v)),
    ),
    setting(
        "TWILIO_ACCOUNT_SID",
        "",
        "Account that sends SMS and WhatsApp; empty: texts stay in the outbox.",
        |c, v| put(&mut c.twilio_account_sid, optional(v)),
    ),
    secret("TWILIO_AUTH_TOKEN", "Its token, which also signs what Twilio reports to /hooks/twilio.", |c, v| {
        put(&mut c.twilio_auth_token, optional(v))
    }),
    setting(
        "TWILIO_PHONE_NUMBER",
        "",
        "Sender of SMS, +15005550006 or a messaging service MG…; empty: no SMS.",
        |c, v| put(&mut c.twilio_phone_number, Ok(v.into())),
    ),
    setting("TWILIO_WHATSAPP_NUMBER", "", "Sender of WhatsApp messages, +14155238886; empty: no WhatsApp.", |c, v| {
        put(&mut c.twilio_whatsapp_number, Ok(v.into()))
    }),
    setting("TWILIO_URL", "https://api.twilio.com", "Where Twilio's API is.", |c, v| {
        put(&mut c.twilio_url, Ok(v.into()))
    }),
    setting(
        "CALMA_MODE",
        "production",
        "production, demo (invented practices) or test (movable clock, loopback only).",
        |c, v| put(&mut c.mode, mode(v)),
    ),
    setting(
        "CALMA_LANGUAGE",
        "es",
        "Language when neither a cookie nor the browser asks for one: es or en.",
        |c, v| put(&mut c.language, Lang::ALL.into_iter().find(|l| l.code() == v).ok_or_else(|| "use es or en".into())),
    ),
    setting("CALMA_WORKER", "on", "Does `calma serve` also do the work that time brings (expiry, mail)?", |c, v| {
        put(&mut c.worker, on_off(v))
    }),
    setting(
        "CALMA_COOKIE_SECURE",
        "auto",
        "Cookies over https only: on, off, or auto (on when CALMA_BASE_URL is https).",
        |c, v| put(&mut c.cookie_secure, if v == "auto" { Ok(None) } else { on_off(v).map(Some) }),
    ),
    setting(
        "CALMA_RATE_PUBLIC_BOOKING_PER_HOUR",
        "100",
        "Bookings and holds per address and hour (004 §8.1); 0: no limit.",
        |c, v| put(&mut c.rate_public_booking_per_hour, number(v)),
    ),
    setting(
        "CALMA_RATE_AVAILABILITY_PER_HOUR",
        "300",
        "Calendars of slots per address and hour (004 §8.1); 0: no limit.",
        |c, v| put(&mut c.rate_availability_per_hour, number(v)),
    ),
    setting(
        "CALMA_RATE_DASHBOARD_PER_HOUR",
        "1000",
        "Requests per member and hour (004 §8.1); 0: no limit.",
        |c, v| put(&mut c.rate_dashboard_per_hour, number(v)),
    ),
    setting(
        "CALMA_RATE_API_PER_MINUTE",
        "100",
        "Requests to /api/v1 per address and minute (000 §7.3); 0: no limit.",
        |c, v| put(&mut c.rate_api_per_minute, number(v)),
    ),
    setting(
        "CALMA_TRUST_PROXY",
        "off",
        "Take visitors' addresses from X-Forwarded-For; only behind a proxy that sets it.",
        |c, v| put(&mut c.trust_proxy, on_off(v)),
    ),
    setting("CALMA_LOG", "info", "What to log, e.g. warn or info,server=debug.", |c, v| put(&mut c.log, log_filter(v))),
    setting("CALMA_LOG_FORMAT", "text", "text or json.", |c, v| {
        put(
            &mut c.log_json,
            match v {
                "text" => Ok(false),
                "json" => Ok(true),
                _ => Err("use text or json".into()),
            },
        )
    }),
    setting(
        "CALMA_SITE_ROOT",
        "",
        "Directory of the built site; empty: what cargo-leptos says, else `site` beside the program.",
        |c, v| put(&mut c.site_root, optional(v)),
    ),
    setting(
        "CALMA_PG_BIN",
        "",
        "Directory of initdb, pg_ctl and postgres for the private database; empty: searched for.",
        |c, v| put(&mut c.pg_bin, Ok((!v.is_empty()).then(|| v.into()))),
    ),
    setting("LEPTOS_SITE_ROOT", "", "From cargo-leptos; CALMA_SITE_ROOT wins over it.", |c, v| {
        put(&mut c.leptos.site_root, optional(v))
    }),
    setting("LEPTOS_OUTPUT_NAME", "calma", "From cargo-leptos: what the browser's files are called.", |c, v| {
        put(&mut c.leptos.output_name, Ok(v.to_owned()))
    }),
    setting(
        "LEPTOS_HASH_FILES",
        "auto",
        "From cargo-leptos: do those names hold hashes? auto: asks the file.",
        |c, v| put(&mut c.leptos.hash_files, if v == "auto" { Ok(None) } else { on_off(v).map(Some) }),
    ),
    setting(
        "LEPTOS_HASH_FILE_NAME",
        "hash.txt",
        "From cargo-leptos: the file of hashes, beside the program.",
        |c, v| put(&mut c.leptos.hash_file_name, Ok(v.to_owned())),
    ),
    setting("LEPTOS_WATCH", "", "From cargo-leptos: set while developing, pages then reload by themselves.", |c, v| {
        put(&mut c.leptos.watch, Ok(!v.is_empty()))
    }),
    setting("LEPTOS_RELOAD_PORT", "3001", "From cargo-leptos: where pages hear that they must reload.", |c, v| {
        put(&mut c.leptos.reload_port, between(v, 1, 65_535))
    }),
    setting("CALMA_CACHE", "", "Used by the build scripts only.", |_, _| Ok(())),
    setting("CALMA_BIN", "", "Used by the test scripts only.", |_, _| Ok(())),
];

/// Raw values by name, from file and environment.
pub type Values = BTreeMap<String, String>;

/// Reads a settings file. Its keys are the same names as in the environment.
///
/// # Errors
/// One line that says what is wrong with the file.
pub fn parse_file(text: &str) -> Result<Values, String> {
    let table: toml::Table = toml::from_str(text).map_err(|e| e.message().to_owned())?;
    table
        .into_iter()
        .map(|(name, value)| match value {
            toml::Value::String(text) => Ok((name, text)),
            toml::Value::Integer(n) => Ok((name, n.to_string())),
            toml::Value::Boolean(b) => Ok((name, b.to_string())),
            _ => Err(format!("{name}: must be a text, a number or true/false")),
        })
        .collect()
}

/// Settings from raw values; an empty value is the default.
///
/// # Errors
/// One line with the name of the setting and the reason.
pub fn read(values: &Values) -> Result<Config, String> {
    if let Some(unknown) = values.keys().find(|name| !SETTINGS.iter().any(|s| s.name == name.as_str())) {
        return Err(format!("{unknown}: there is no such setting (calma config lists them)"));
    }
    let mut config = Config::blank();
    for setting in SETTINGS {
        let value = values.get(setting.name).map(|v| v.trim()).filter(|v| !v.is_empty()).unwrap_or(setting.default);
        (setting.set)(&mut config, value).map_err(|reason| format!("{}: {reason}", setting.name))?;
    }
    if config.base_url.is_empty() {
        config.base_url = format!("http://{}", config.addr);
    }
    if config.mode == Mode::Test && !config.addr.ip().is_loopback() {
        return Err("CALMA_MODE: test listens on loopback only; set CALMA_ADDR to 127.0.0.1 and a port".into());
    }
    if config.google_client_id.is_empty() != config.google_client_secret.is_none() {
        return Err("CALMA_GOOGLE_CLIENT_ID: needs CALMA_GOOGLE_CLIENT_SECRET, and the other way round".into());
    }
    if config.database_app_url.is_some() && config.database_url.is_none() {
        return Err("DATABASE_APP_URL: needs DATABASE_URL too".into());
    }
    Ok(config)
}

/// The values of the file and of the environment, the environment's first.
///
/// # Errors
/// One line that says which file cannot be read and why.
pub fn load_values() -> Result<Values, String> {
    let named = std::env::var("CALMA_CONFIG").ok().filter(|path| !path.is_empty());
    let path = named.clone().unwrap_or_else(|| "calma.toml".into());
    let mut values = match std::fs::read_to_string(&path) {
        Ok(text) => parse_file(&text).map_err(|reason| format!("{path}: {reason}"))?,
        Err(error) if named.is_some() || error.kind() != std::io::ErrorKind::NotFound => {
            return Err(format!("{path}: {error}"));
        }
        Err(_) => Values::new(),
    };
    let ours = |name: &str| name.starts_with("CALMA_") || SETTINGS.iter().any(|s| s.name == name);
    values.extend(std::env::vars().filter(|(name, _)| ours(name)));
    Ok(values)
}

/// What `calma config` prints: each setting with what it means, its default and its present value.
pub fn describe(values: &Values) -> String {
    let mut out = String::new();
    for setting in SETTINGS {
        let value = values.get(setting.name).map(String::as_str).filter(|v| !v.is_empty());
        let shown = match value {
            Some(_) if setting.secret => "(set, not shown)",
            Some(value) => value,
            None => setting.default,
        };
        let note = if value.is_some() { format!("   # default: {:?}", setting.default) } else { String::new() };
        out.push_str(&format!("# {}\n{} = {shown:?}{note}\n\n", setting.doc, setting.name));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(values: &[(&str, &str)]) -> Result<Config, String> {
        read(&values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn nothing_set_gives_the_defaults() {
        let config = with(&[]).unwrap();
        assert_eq!(config.base_url, "http://127.0.0.1:3000");
        assert_eq!(config.rate_availability_per_hour, 300);
        assert!(config.worker && !config.secure_cookies());
    }

    #[test]
    fn wrong_names_and_values_stop_the_start_by_name() {
        for (name, value) in [
            ("CALMA_PORT", "1"),
            ("CALMA_ADDR", "everywhere"),
            ("CALMA_WORKER", "maybe"),
            ("CALMA_BASE_URL", "https://a.example/path"),
            ("CALMA_SECRET", "short"),
            ("CALMA_DB_CONNECTIONS", "1"),
            ("DATABASE_URL", "mysql://x"),
            ("CALMA_LANGUAGE", "fr"),
        ] {
            let error = with(&[(name, value)]).unwrap_err();
            assert!(error.starts_with(name), "{error}");
        }
    }

    #[test]
    fn google_needs_both_its_names() {
        let (id, secret) = (("CALMA_GOOGLE_CLIENT_ID", "x"), ("CALMA_GOOGLE_CLIENT_SECRET", "y"));
        assert!(with(&[id, secret]).is_ok());
        assert!(with(&[id]).is_err() && with(&[secret]).is_err());
    }

    #[test]
    fn test_mode_stays_on_loopback() {
        assert!(with(&[("CALMA_MODE", "test")]).is_ok());
        assert!(with(&[("CALMA_MODE", "test"), ("CALMA_ADDR", "0.0.0.0:80")]).unwrap_err().starts_with("CALMA_MODE"));
    }

    #[test]
    fn secrets_are_never_shown() {
        let secret = "postgres://owner:hunter2@db/calma";
        let values = Values::from([("DATABASE_URL".to_owned(), secret.to_owned())]);
        assert!(!describe(&values).contains("hunter2"));
    }

    #[test]
    fn files_hold_texts_numbers_and_switches() {
        let values = parse_file("CALMA_WORKER = false\nCALMA_DB_CONNECTIONS = 5\nCALMA_LOG = \"warn\"").unwrap();
        let config = read(&values).unwrap();
        assert!(!config.worker);
        assert_eq!((config.db_connections, config.log.as_str()), (5, "warn"));
        assert!(parse_file("a = [1]").is_err());
    }
}
