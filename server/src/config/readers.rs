//! How the values of settings are read. Each says in one line what is wrong with a value.

use super::Mode;

pub fn put<T>(place: &mut T, value: Result<T, String>) -> Result<(), String> {
    *place = value?;
    Ok(())
}

pub fn number<T: std::str::FromStr>(text: &str) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|e: T::Err| e.to_string())
}

pub fn between(text: &str, low: u32, high: u32) -> Result<u32, String> {
    number(text).and_then(|n: u32| if (low..=high).contains(&n) { Ok(n) } else { Err(format!("use {low} to {high}")) })
}

pub fn on_off(text: &str) -> Result<bool, String> {
    match text {
        "on" | "true" | "1" | "yes" => Ok(true),
        "off" | "false" | "0" | "no" => Ok(false),
        _ => Err("use on or off".into()),
    }
}

pub fn optional(text: &str) -> Result<Option<String>, String> {
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

pub fn prefixed(text: &str, schemes: &[&str]) -> Result<Option<String>, String> {
    if text.is_empty() || schemes.iter().any(|s| text.starts_with(s)) {
        optional(text)
    } else {
        Err(format!("must begin with {}", schemes.join(" or ")))
    }
}

pub fn postgres_url(text: &str) -> Result<Option<String>, String> {
    prefixed(text, &["postgres://", "postgresql://"])
}

pub fn base_url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match rest {
        _ if text.is_empty() => Ok(String::new()),
        Some(host) if !host.is_empty() && !host.trim_end_matches('/').contains(['/', '?', '#']) => {
            Ok(text.trim_end_matches('/').to_owned())
        }
        _ => Err("must be http:// or https:// and a host, without a path".into()),
    }
}

pub fn long_secret(text: &str) -> Result<Option<String>, String> {
    if text.is_empty() || text.len() >= 32 { optional(text) } else { Err("needs at least 32 characters".into()) }
}

pub fn mail_address(text: &str) -> Result<String, String> {
    match text.split_once('@') {
        Some((name, host)) if !name.is_empty() && !host.is_empty() && !text.contains([' ', '<', '>', ',']) => {
            Ok(text.into())
        }
        _ => Err("must be a plain e-mail address".into()),
    }
}

pub fn mode(text: &str) -> Result<Mode, String> {
    match text {
        "production" => Ok(Mode::Production),
        "demo" => Ok(Mode::Demo),
        "test" => Ok(Mode::Test),
        _ => Err("use production, demo or test".into()),
    }
}

pub fn log_filter(text: &str) -> Result<String, String> {
    tracing_subscriber::EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|e| e.to_string())
}
