//! Catches e-mail instead of sending it, and fails or hangs on request.

use integrations::cache::Later;
use integrations::mail::{Email, MailError, Mailer};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Default)]
pub struct Mailbox {
    received: Mutex<Vec<Email>>,
    failure: Mutex<Option<MailError>>,
    hangs: AtomicBool,
    stays_here: AtomicBool,
}

impl Mailbox {
    pub fn all(&self) -> Vec<Email> {
        self.received.lock().expect("mailbox").clone()
    }

    pub fn to(&self, address: &str) -> Vec<Email> {
        self.all().into_iter().filter(|email| email.to == address).collect()
    }

    /// From now on sending fails like this; `None` repairs it.
    pub fn fail_with(&self, failure: Option<MailError>) {
        *self.failure.lock().expect("mailbox") = failure;
    }

    /// From now on it is the built-in outbox: mail goes nowhere.
    pub fn stay_here(&self) {
        self.stays_here.store(true, Ordering::Relaxed);
    }

    /// From now on it accepts connections and never answers.
    pub fn hang(&self) {
        self.hangs.store(true, Ordering::Relaxed);
    }
}

impl Mailer for Mailbox {
    fn send<'a>(&'a self, email: &'a Email) -> Later<'a, Result<(), MailError>> {
        Box::pin(async move {
            if self.hangs.load(Ordering::Relaxed) {
                return std::future::pending().await;
            }
            if let Some(failure) = self.failure.lock().expect("mailbox").clone() {
                return Err(failure);
            }
            self.received.lock().expect("mailbox").push(email.clone());
            Ok(())
        })
    }

    fn leaves_the_machine(&self) -> bool {
        !self.stays_here.load(Ordering::Relaxed)
    }
}
