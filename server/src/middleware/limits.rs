//! Rate limits of 004 §8.1, 000 §7.3 and 001, per address or member, each a setting.

use super::errors::attach;
use crate::config::Config;
use crate::state::AppState;
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use contracts::{ApiError, ErrorCode};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use services::{Actor, Ctx};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// One limit; absent when it is switched off.
struct Limit<K: Hash + Eq + Clone>(Option<DefaultKeyedRateLimiter<K>>);

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(number: u32, quota: fn(NonZeroU32) -> Quota) -> Self {
        Self(NonZeroU32::new(number).map(|number| RateLimiter::keyed(quota(number))))
    }

    /// Seconds to wait, if the limit is reached.
    fn check(&self, key: &K) -> Option<u32> {
        let refused = self.0.as_ref()?.check_key(key).err()?;
        let wait = refused.wait_time_from(DefaultClock::default().now());
        Some(u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1))
    }

    fn sweep(&self) {
        if let Some(limiter) = &self.0 {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

/// All limits of this server.
pub struct Limits {
    booking: Limit<IpAddr>,
    availability: Limit<IpAddr>,
    api: Limit<IpAddr>,
    member: Limit<Uuid>,
}

impl Limits {
    pub fn new(config: &Config) -> Self {
        Self {
            booking: Limit::new(config.rate_public_booking_per_hour, Quota::per_hour),
            availability: Limit::new(config.rate_availability_per_hour, Quota::per_hour),
            api: Limit::new(config.rate_api_per_minute, Quota::per_minute),
            member: Limit::new(config.rate_dashboard_per_hour, Quota::per_hour),
        }
    }
}

/// What a request counts as, besides being a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Booking,
    Availability,
    Other,
}

/// Server functions by which the public takes a slot, sends a request or a proof.
const BOOKING_FUNCTIONS: [&str; 4] = ["hold_slot", "hold_slot_again", "send_booking_request", "send_payment_proof"];
/// Server functions by which the public page shows slots.
const SLOT_FUNCTIONS: [&str; 2] = ["month_slots", "public_profile"];

fn kind(method: &Method, path: &str, route: &str) -> Kind {
    if let Some(function) = path.strip_prefix("/api/fn/") {
        return match () {
            () if BOOKING_FUNCTIONS.contains(&function) => Kind::Booking,
            () if SLOT_FUNCTIONS.contains(&function) => Kind::Availability,
            () => Kind::Other,
        };
    }
    match (method, route) {
        (&Method::POST, route) if route.starts_with("/api/v1/public/") => Kind::Booking,
        (_, "/api/v1/public/availability" | "/{slug}") => Kind::Availability,
        _ => Kind::Other,
    }
}

pub async fn limit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let wait = {
        let path = request.uri().path();
        let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
        let ctx = request.extensions().get::<Ctx>();
        seconds_to_wait(&state.limits, ctx, kind(request.method(), path, route), path)
    };
    match wait {
        None => next.run(request).await,
        Some(seconds) => attach(ApiError { number: Some(seconds), ..ApiError::new(ErrorCode::RateLimited) }),
    }
}

fn seconds_to_wait(limits: &Limits, ctx: Option<&Ctx>, kind: Kind, path: &str) -> Option<u32> {
    let ctx = ctx?;
    let address = ctx.ip.map(neighbourhood);
    let by_address = |limit: &Limit<IpAddr>| address.as_ref().and_then(|address| limit.check(address));
    let api = if path.starts_with("/api/v1/") { by_address(&limits.api) } else { None };
    let public = match kind {
        Kind::Booking => by_address(&limits.booking),
        Kind::Availability => by_address(&limits.availability),
        Kind::Other => None,
    };
    let member = match &ctx.actor {
        Actor::Member(member) if path.starts_with("/api/") => limits.member.check(&member.member_id.0),
        _ => None,
    };
    api.max(public).max(member)
}

/// One household has one IPv4 address, or a /64 of IPv6.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 => v4,
    }
}

/// Forgets those who have not come back, once a minute.
pub async fn sweep_forever(limits: Arc<Limits>) {
    let mut every = tokio::time::interval(Duration::from_secs(60));
    loop {
        every.tick().await;
        limits.booking.sweep();
        limits.availability.sweep();
        limits.api.sweep();
        limits.member.sweep();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_lets_its_number_through_and_then_says_how_long_to_wait() {
        let limit = Limit::new(3, Quota::per_hour);
        assert_eq!([limit.check(&1), limit.check(&1), limit.check(&1)], [None; 3]);
        assert!(limit.check(&1).is_some_and(|seconds| (1000..=1201).contains(&seconds)));
        assert_eq!(limit.check(&2), None);
        assert_eq!(Limit::new(0, Quota::per_hour).check(&1), None);
    }

    #[test]
    fn addresses_of_one_household_count_together() {
        let parse = |a: &str| neighbourhood(a.parse().unwrap());
        assert_eq!(parse("2001:db8:1:2:aaaa::1"), parse("2001:db8:1:2:bbbb::2"));
        assert_ne!(parse("2001:db8:1:2::1"), parse("2001:db8:1:3::1"));
        assert_eq!(parse("::ffff:10.0.0.1"), parse("10.0.0.1"));
    }

    #[test]
    fn requests_count_as_what_they_are() {
        assert_eq!(kind(&Method::POST, "/api/v1/public/holds", "/api/v1/public/holds"), Kind::Booking);
        assert_eq!(kind(&Method::GET, "/dr-sarah", "/{slug}"), Kind::Availability);
        assert_eq!(kind(&Method::POST, "/api/fn/hold_slot", ""), Kind::Booking);
        assert_eq!(kind(&Method::GET, "/app", "/app"), Kind::Other);
    }
}
