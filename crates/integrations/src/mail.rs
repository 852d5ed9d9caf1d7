//! Sending e-mail: the port, and the built-in default that keeps everything on this machine.

mod smtp;

use crate::cache::Later;
pub use smtp::{MailSetupError, SmtpMailer};

/// One finished e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    pub to: String,
    pub to_name: String,
    /// Display name of the sender; the address is the installation's own.
    pub from_name: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// A calendar file to attach.
    pub calendar: Option<String>,
    /// Unique and stable, so that a mail server can drop a repetition.
    pub message_id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Worth trying again; the text holds no address.
    #[error("temporary: {0}")]
    Temporary(String),
    /// Trying again will not help.
    #[error("permanent: {0}")]
    Permanent(String),
}

pub trait Mailer: Send + Sync {
    fn send<'a>(&'a self, email: &'a Email) -> Later<'a, Result<(), MailError>>;
    /// Does mail leave this machine? If not, the outbox page says so.
    fn leaves_the_machine(&self) -> bool;
}

/// The default: delivers nowhere. Every message can be read on the outbox page, which is where its text already is.
#[derive(Debug, Clone, Copy, Default)]
pub struct OutboxMailer;

impl Mailer for OutboxMailer {
    fn send<'a>(&'a self, _: &'a Email) -> Later<'a, Result<(), MailError>> {
        Box::pin(async { Ok(()) })
    }

    fn leaves_the_machine(&self) -> bool {
        false
    }
}
