//! Catches e-mail instead of sending it, and fails on request.

use integrations::cache::Later;
use integrations::mail::{Email, MailError, Mailer};
use std::sync::Mutex;

#[derive(Default)]
pub struct Mailbox {
    received: Mutex<Vec<Email>>,
    failure: Mutex<Option<MailError>>,
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
}

impl Mailer for Mailbox {
    fn send<'a>(&'a self, email: &'a Email) -> Later<'a, Result<(), MailError>> {
        Box::pin(async move {
            if let Some(failure) = self.failure.lock().expect("mailbox").clone() {
                return Err(failure);
            }
            self.received.lock().expect("mailbox").push(email.clone());
            Ok(())
        })
    }

    fn leaves_the_machine(&self) -> bool {
        true
    }
}
