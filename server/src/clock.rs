//! The only readers of the machine's clock and dice.

use chrono::{DateTime, TimeDelta, Utc};
use rand::RngCore;
use services::ctx::{Clock, Entropy};
use std::sync::atomic::{AtomicI64, Ordering};

/// The time of this machine.
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// The time of this machine, moved by what tests said. Made in mode `test` only.
#[derive(Default)]
pub struct TestClock {
    ahead_ms: AtomicI64,
}

impl TestClock {
    /// Moves the clock; it goes on running from there.
    pub fn advance(&self, by: TimeDelta) {
        self.ahead_ms.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }

    /// Sets the clock; it goes on running from there.
    pub fn set(&self, to: DateTime<Utc>) {
        self.ahead_ms.store((to - SystemClock.now()).num_milliseconds(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + TimeDelta::milliseconds(self.ahead_ms.load(Ordering::SeqCst))
    }
}

/// Random bytes from a generator that the operating system seeds.
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}
