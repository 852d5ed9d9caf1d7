//! A clock that stands still until a test moves it, and dice that fall the same way every time.

use chrono::{DateTime, TimeDelta, Utc};
use rand::{RngCore, SeedableRng, rngs::StdRng};
use services::ctx::{Clock, Entropy};
use std::sync::Mutex;

pub struct TestClock(Mutex<DateTime<Utc>>);

impl Default for TestClock {
    /// Monday 2 March 2026, 08:00 UTC.
    fn default() -> Self {
        Self(Mutex::new("2026-03-02T08:00:00Z".parse().expect("a date")))
    }
}

impl TestClock {
    pub fn set(&self, to: DateTime<Utc>) {
        *self.0.lock().expect("clock") = to;
    }

    pub fn advance(&self, by: TimeDelta) {
        *self.0.lock().expect("clock") += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("clock")
    }
}

pub struct SeededEntropy(Mutex<StdRng>);

impl Default for SeededEntropy {
    fn default() -> Self {
        // A second server of the same test must not repeat the first one's ids.
        static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
        Self(Mutex::new(StdRng::seed_from_u64(NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed))))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().expect("entropy").fill_bytes(bytes);
    }
}
