//! Sending SMS and WhatsApp messages: the port, and the built-in default that keeps everything on this machine.

mod twilio;

use crate::cache::Later;
use chrono::{DateTime, Utc};
use contracts::messages::Channel;
use std::collections::BTreeMap;
pub use twilio::{OUTSIDE_WINDOW, TextSetupError, Twilio, TwilioSettings, explained};

/// One finished text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextMessage {
    /// Else an SMS.
    pub whatsapp: bool,
    /// E.164.
    pub to: String,
    pub body: String,
    /// WhatsApp: the approved template that is sent instead of the body.
    pub content: Option<Content>,
    /// Where the provider tells how far it came.
    pub status_callback: Option<String>,
}

/// An approved template of the provider with what stands in its placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// `HX` and 32 hexadecimal digits.
    pub sid: String,
    /// By the placeholder's name: `1`, `2`, ….
    pub variables: BTreeMap<String, String>,
}

/// The provider has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accepted {
    /// The provider's own id, if it gives one.
    pub provider_id: Option<String>,
}

/// Why a text was not taken; the words hold no number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Worth trying again.
    #[error("temporary: {0}")]
    Temporary(String),
    /// Trying again will not help.
    #[error("permanent: {0}")]
    Permanent(String),
    /// Whoever has this number said that they want no texts.
    #[error("opted out: {0}")]
    OptedOut(String),
    /// WhatsApp takes no words of one's own for this number now, only an approved template.
    #[error("needs a template: {0}")]
    NeedsTemplate(String),
    /// Nobody knows whether it was taken: ask with [`TextSender::find`] before sending it again.
    #[error("no answer: {0}")]
    Lost(String),
}

pub trait TextSender: Send + Sync {
    fn send<'a>(&'a self, text: &'a TextMessage) -> Later<'a, Result<Accepted, TextError>>;

    /// Has the provider had this text since then? For whoever does not know what became of it.
    fn find<'a>(
        &'a self,
        text: &'a TextMessage,
        since: DateTime<Utc>,
    ) -> Later<'a, Result<Option<Accepted>, TextError>>;

    /// Is this channel set up?
    fn can(&self, channel: Channel) -> bool;

    /// Do texts leave this machine? If not, the outbox page says so.
    fn leaves_the_machine(&self) -> bool;

    /// Did the provider itself send this form to this address?
    fn is_signed(&self, url: &str, form: &[(String, String)], signature: &str) -> bool;
}

/// The default: delivers nowhere. Every text can be read on the outbox page.
#[derive(Debug, Clone, Copy, Default)]
pub struct OutboxTexts;

impl TextSender for OutboxTexts {
    fn send<'a>(&'a self, _: &'a TextMessage) -> Later<'a, Result<Accepted, TextError>> {
        Box::pin(async { Ok(Accepted::default()) })
    }

    fn find<'a>(&'a self, _: &'a TextMessage, _: DateTime<Utc>) -> Later<'a, Result<Option<Accepted>, TextError>> {
        Box::pin(async { Ok(None) })
    }

    fn can(&self, channel: Channel) -> bool {
        channel.is_text()
    }

    fn leaves_the_machine(&self) -> bool {
        false
    }

    fn is_signed(&self, _: &str, _: &[(String, String)], _: &str) -> bool {
        false
    }
}
