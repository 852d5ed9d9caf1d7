//! The cookies Calma sets, in one place for pages and API. The server adds `Secure` to all of them where it is served
//! over https, so nothing here has to know.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use contracts::Lang;
use contracts::accounts::Tokens;

/// The access token of a member, 15 minutes.
pub const ACCESS: &str = "calma_access";
/// The refresh token of a member, 7 days.
pub const REFRESH: &str = "calma_refresh";
/// A patient who followed a sign-in link.
pub const PATIENT: &str = "calma_patient";
/// What must be known when a member comes back from Google.
pub const PERMISSION: &str = "calma_permission";
/// The language a person chose.
pub const LANG: &str = "calma_lang";

/// `HttpOnly; SameSite=Lax; Path=/`, until `expires_at`.
pub fn set(name: &str, value: &str, expires_at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (expires_at - now).num_seconds().max(0);
    format!("{name}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax")
}

/// Takes a cookie away.
pub fn clear(name: &str) -> String {
    format!("{name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax")
}

/// After logging in, refreshing or switching practice.
pub fn log_in(tokens: &Tokens, now: DateTime<Utc>) -> [String; 2] {
    [
        set(ACCESS, &tokens.access, tokens.access_expires_at, now),
        set(REFRESH, &tokens.refresh, tokens.refresh_expires_at, now),
    ]
}

/// After logging out, and when a refresh token is no longer good.
pub fn log_out() -> [String; 2] {
    [clear(ACCESS), clear(REFRESH)]
}

/// After a patient followed their sign-in link.
pub fn patient(value: &str, expires_at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    set(PATIENT, value, expires_at, now)
}

/// The chosen language, for a year.
pub fn language(lang: Lang) -> String {
    format!("{LANG}={}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax", lang.code())
}

/// What a member searched for last: it goes from page to page in no address. For a quarter of an hour.
const FOUND: &str = "calma_found";

/// Keeps what was searched for.
pub fn find(words: &str) -> String {
    let value = URL_SAFE_NO_PAD.encode(words.chars().take(200).collect::<String>());
    format!("{FOUND}={value}; Max-Age=900; Path=/; HttpOnly; SameSite=Lax")
}

/// What was searched for, if anything was.
pub fn found(header: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(get(header, FOUND)?).ok()?;
    String::from_utf8(bytes).ok().filter(|words| !words.is_empty())
}

/// The value of a cookie in a `Cookie` header.
pub fn get<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header.split(';').filter_map(|pair| pair.trim().split_once('=')).find(|(key, _)| *key == name).map(|(_, v)| v)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_cookies_by_their_whole_name() {
        let header = "a=1; calma_access=x.y.z;calma_accessory=no";
        assert_eq!(get(header, ACCESS), Some("x.y.z"));
        assert_eq!(get(header, "ccess"), None);
    }

    #[test]
    fn every_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        let now = DateTime::<Utc>::MIN_UTC;
        for cookie in [set("a", "b", now, now), clear("a"), language(Lang::En)] {
            assert!(cookie.contains("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
        }
    }
}
