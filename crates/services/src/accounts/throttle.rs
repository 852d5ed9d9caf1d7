//! Limits on attempts that guess or that send mail. An attempt is counted before it is judged, so that trying in
//! parallel gains nothing; one that turns out to be right is taken back.

use crate::{Ctx, Result, ServiceError};
use chrono::TimeDelta;
use contracts::{ApiError, ErrorCode};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use store::StoreError;
use store::accounts::throttles::{self, Count};

/// Counters older than this mean nothing any more.
pub(super) const LONGEST_WINDOW: TimeDelta = TimeDelta::minutes(60);

/// So many attempts in such a time; `name` keeps counters of different limits apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    name: &'static str,
    attempts: i32,
    window: TimeDelta,
}

const fn mails(name: &'static str) -> Limit {
    Limit { name, attempts: 5, window: TimeDelta::minutes(60) }
}

const LOGIN_ACCOUNT: Limit = Limit { name: "acct", attempts: 5, window: TimeDelta::minutes(15) };
const LOGIN_ADDRESS: Limit = Limit { name: "ip", attempts: 20, window: TimeDelta::minutes(15) };
pub(crate) const REGISTRATION: Limit = mails("register");
pub(crate) const RESET_LINK: Limit = mails("reset");
pub(crate) const INVITATION: Limit = mails("invite");
pub(crate) const PATIENT_LINK: Limit = mails("patient");

impl Limit {
    fn key(self, who: &str) -> [u8; 32] {
        Sha256::digest(format!("{}:{who}", self.name)).into()
    }

    /// Seconds to wait after this count, if it was one too many.
    fn wait(self, count: Count, now: chrono::DateTime<chrono::Utc>) -> Option<u32> {
        let left = (count.window_start + self.window - now).num_seconds().max(1);
        (count.attempts > self.attempts).then(|| u32::try_from(left).unwrap_or(u32::MAX))
    }
}

/// Counts a request that will send mail to this address.
///
/// # Errors
/// `RATE_LIMIT_EXCEEDED` with the seconds to wait; the same for addresses nobody knows.
pub(crate) async fn mail(ctx: &Ctx, limit: Limit, email: &str) -> Result<()> {
    let mut tx = ctx.deps.db.anywhere().await?;
    count(&mut tx, ctx, limit, email).await?;
    Ok(tx.commit().await.map_err(StoreError::from)?)
}

/// Counts a try of a password against the account and against the network address.
///
/// # Errors
/// `RATE_LIMIT_EXCEEDED` with the seconds to wait.
pub(super) async fn password_try(ctx: &Ctx, email: &str) -> Result<()> {
    let mut tx = ctx.deps.db.anywhere().await?;
    count(&mut tx, ctx, LOGIN_ACCOUNT, email).await?;
    if let Some(ip) = ctx.ip {
        count(&mut tx, ctx, LOGIN_ADDRESS, &network(ip)).await?;
    }
    Ok(tx.commit().await.map_err(StoreError::from)?)
}

/// The password was right: the account starts anew, the address gets this one attempt back.
///
/// # Errors
/// When the database cannot answer.
pub(super) async fn password_fitted(tx: &mut store::Tx, ctx: &Ctx, email: &str) -> Result<()> {
    throttles::clear(tx, &LOGIN_ACCOUNT.key(email)).await?;
    if let Some(ip) = ctx.ip {
        throttles::take_back(tx, &LOGIN_ADDRESS.key(&network(ip))).await?;
    }
    Ok(())
}

/// A new password was set: what was tried with the old one no longer counts.
///
/// # Errors
/// When the database cannot answer.
pub(super) async fn forget_account(tx: &mut store::Tx, email: &str) -> Result<()> {
    Ok(throttles::clear(tx, &LOGIN_ACCOUNT.key(email)).await?)
}

async fn count(tx: &mut store::Tx, ctx: &Ctx, limit: Limit, who: &str) -> Result<()> {
    let count = throttles::count(tx, &limit.key(who), limit.window, ctx.now).await?;
    match limit.wait(count, ctx.now) {
        Some(seconds) => {
            Err(ServiceError::from(ApiError { number: Some(seconds), ..ApiError::new(ErrorCode::RateLimited) }))
        }
        None => Ok(()),
    }
}

/// Who has one IPv6 address has the 2^64 beside it too, so those count as one.
fn network(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("in range") + TimeDelta::minutes(minutes)
    }

    #[test]
    fn the_attempt_after_the_last_waits_for_the_window_to_end() {
        let count = |attempts| Count { attempts, window_start: at(0) };
        assert_eq!(LOGIN_ACCOUNT.wait(count(5), at(3)), None);
        assert_eq!(LOGIN_ACCOUNT.wait(count(6), at(3)), Some(12 * 60));
        assert_eq!(LOGIN_ACCOUNT.wait(count(6), at(15)), Some(1));
    }

    #[test]
    fn keys_of_different_limits_differ() {
        assert_ne!(RESET_LINK.key("a@b.example"), PATIENT_LINK.key("a@b.example"));
        assert_ne!(RESET_LINK.key("a@b.example"), RESET_LINK.key("b@b.example"));
    }

    #[test]
    fn neighbours_in_ipv6_count_as_one() {
        let net = |ip: &str| network(ip.parse().expect("an address"));
        assert_eq!(net("2001:db8:1:2::7"), net("2001:db8:1:2:ffff::1"));
        assert_ne!(net("2001:db8:1:2::7"), net("2001:db8:1:3::7"));
        assert_eq!(net("::ffff:192.0.2.1"), net("192.0.2.1"));
        assert_ne!(net("192.0.2.1"), net("192.0.2.2"));
    }

    #[test]
    fn no_window_is_longer_than_the_longest() {
        for limit in [LOGIN_ACCOUNT, LOGIN_ADDRESS, REGISTRATION, RESET_LINK, INVITATION, PATIENT_LINK] {
            assert!(limit.window <= LONGEST_WINDOW, "{}", limit.name);
        }
    }
}
