//! Doors to how messages are sent and to a practice's own words.

use crate::error::UiError;
use contracts::messages::{MessageSettings, TemplatePreview, TemplateView};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::{
    context::{ctx, reply},
    layouts::practice::read,
};
#[cfg(feature = "ssr")]
use contracts::{
    FieldProblem, Lang,
    messages::{Channel, SendTest, TemplateText},
};
#[cfg(feature = "ssr")]
use services::{ServiceError, messages};

/// Everything the page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagesSetup {
    pub settings: MessageSettings,
    pub template: TemplateView,
    pub preview: TemplatePreview,
}

/// Which words are edited: an unknown name is the first of the list.
#[cfg(feature = "ssr")]
fn which(template: Option<String>, language: Option<String>, channel: Option<String>) -> (String, Lang, Channel) {
    let names = super::template_form::TEMPLATES;
    let template = template.filter(|name| names.contains(&name.as_str())).unwrap_or_else(|| names[0].to_owned());
    let language = language.as_deref().and_then(Lang::from_code).unwrap_or(crate::context::lang());
    let channel = channel.as_deref().and_then(Channel::parse).unwrap_or(Channel::Email);
    (template, language, channel)
}

#[server]
pub async fn load_message_setup(
    template: Option<String>,
    language: Option<String>,
    channel: Option<String>,
) -> Result<MessagesSetup, UiError> {
    let ctx = ctx()?;
    let (template, language, channel) = which(template, language, channel);
    reply(
        async {
            let settings = messages::settings(&ctx).await?;
            let template = messages::template(&ctx, &template, language, channel).await?;
            let preview = messages::preview(&ctx, template.text.clone()).await?;
            Ok(MessagesSetup { settings, template, preview })
        }
        .await,
    )
}

/// Quiet hours are typed as a clock shows them.
#[server]
pub async fn save_message_settings(
    discreet: Option<String>,
    discreet_name: Option<String>,
    quiet_from: String,
    quiet_until: String,
    announce_after: String,
    day_reminders: Option<String>,
    join_reminders: Option<String>,
    payment_reminders: Option<String>,
    payment_reminder_hours: String,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let clock = |field: &str, typed: &str| {
        domain::validate::parse_clock(typed).ok_or_else(|| ServiceError::field(field, FieldProblem::InvalidTime))
    };
    let result = async {
        let settings = MessageSettings {
            discreet: discreet.is_some(),
            discreet_name: discreet_name.unwrap_or_default(),
            quiet_from: clock("quiet_from", &quiet_from)?,
            quiet_until: clock("quiet_until", &quiet_until)?,
            announce_after: read::number("announce_after", &announce_after)?,
            day_reminders: day_reminders.is_some(),
            join_reminders: join_reminders.is_some(),
            payment_reminders: payment_reminders.is_some(),
            payment_reminder_hours: read::number("payment_reminder_hours", &payment_reminder_hours)?,
        };
        messages::save_settings(&ctx, settings).await
    };
    read::finish(result.await, "/app/settings/messages?done=1")
}

#[cfg(feature = "ssr")]
fn text(
    template: String,
    language: &str,
    channel: &str,
    subject: Option<String>,
    body: String,
    (content_sid, content_variables): (Option<String>, Option<String>),
) -> services::Result<TemplateText> {
    Ok(TemplateText {
        template,
        language: read::choice("language", Lang::from_code(language))?,
        channel: read::choice("channel", Channel::parse(channel))?,
        subject: subject.unwrap_or_default(),
        body,
        content_sid: content_sid.unwrap_or_default(),
        content_variables: names(&content_variables.unwrap_or_default()),
    })
}

/// Names as people list them, with commas or spaces between, in braces or not.
#[cfg(feature = "ssr")]
fn names(typed: &str) -> Vec<String> {
    let between = |c: char| c.is_whitespace() || ",;{}".contains(c);
    typed.split(between).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Back to the same words after a form without JavaScript.
#[cfg(feature = "ssr")]
fn address(template: &str, language: &str, channel: &str) -> String {
    let query = crate::forms::query_value;
    format!(
        "/app/settings/messages?template={}&language={}&channel={}&done=1#words",
        query(template),
        query(language),
        query(channel)
    )
}

#[server]
pub async fn save_message_template(
    template: String,
    language: String,
    channel: String,
    subject: Option<String>,
    body: String,
    content_sid: Option<String>,
    content_variables: Option<String>,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let to = address(&template, &language, &channel);
    let approved = (content_sid, content_variables);
    let result =
        async { messages::save_template(&ctx, text(template, &language, &channel, subject, body, approved)?).await };
    read::finish(result.await, &to)
}

/// The built-in words hold again.
#[server]
pub async fn reset_message_template(template: String, language: String, channel: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let to = address(&template, &language, &channel);
    let result = async {
        let language = read::choice("language", Lang::from_code(&language))?;
        let channel = read::choice("channel", Channel::parse(&channel))?;
        messages::reset_template(&ctx, &template, language, channel).await
    };
    read::finish(result.await, &to)
}

/// How the words would look; nothing is saved.
#[server]
pub async fn preview_message_template(
    template: String,
    language: String,
    channel: String,
    subject: Option<String>,
    body: String,
) -> Result<TemplatePreview, UiError> {
    let ctx = ctx()?;
    reply(
        async { messages::preview(&ctx, text(template, &language, &channel, subject, body, (None, None))?).await }
            .await,
    )
}

#[server]
pub async fn send_test_message(channel: String, to: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let channel = read::choice("channel", Channel::parse(&channel))?;
        messages::send_test(&ctx, SendTest { channel, to }).await
    };
    read::finish(result.await, "/app/settings/messages?done=1#test")
}
