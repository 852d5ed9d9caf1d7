//! Links that work once, and the messages that carry them.

use crate::messages::{Facts, NewMessage, Template, enqueue};
use crate::{Ctx, Result, ServiceError, tokens};
use chrono::{DateTime, TimeDelta, Utc};
use contracts::{Lang, PracticeId};
use domain::dates::long_when;
use domain::slots::local;
use store::Tx;
use store::accounts::links::{self, Holder, Purpose};
use store::accounts::users::User;

const CONFIRM_LIFE: TimeDelta = TimeDelta::hours(48);
const RESET_LIFE: TimeDelta = TimeDelta::hours(1);
const PATIENT_LIFE: TimeDelta = TimeDelta::hours(24);

/// An absolute address, and until when it works.
pub(crate) struct Link {
    pub address: String,
    pub until: Option<DateTime<Utc>>,
}

impl Link {
    /// `https://calma.example/path`, forever.
    pub fn plain(ctx: &Ctx, path: &str) -> Self {
        Self { address: format!("{}{path}", ctx.deps.base_url), until: None }
    }

    /// `https://calma.example/path?token=…`
    pub fn with_token(ctx: &Ctx, path: &str, token: &str, until: DateTime<Utc>) -> Self {
        Self { address: format!("{}{path}?token={token}", ctx.deps.base_url), until: Some(until) }
    }
}

/// Writes a new link of this purpose.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn new_link(ctx: &Ctx, tx: &mut Tx, purpose: Purpose, holder: &Holder) -> Result<Link> {
    let (path, life) = match purpose {
        Purpose::ConfirmEmail => ("/register/confirm", CONFIRM_LIFE),
        Purpose::ResetPassword => ("/reset", RESET_LIFE),
        Purpose::PatientSignIn => ("/my/sign-in", PATIENT_LIFE),
    };
    let token = tokens::one_use(ctx);
    let until = ctx.now + life;
    links::insert(tx, &token.hash, purpose, holder, ctx.now, until).await?;
    Ok(Link::with_token(ctx, path, &token.word, until))
}

/// Whom a message goes to.
pub(crate) struct Recipient<'a> {
    pub email: &'a str,
    pub name: &'a str,
    pub lang: Lang,
}

impl<'a> From<&'a User> for Recipient<'a> {
    fn from(user: &'a User) -> Self {
        Self { email: &user.email, name: &user.name, lang: user.language }
    }
}

/// Queues a message that is about an account rather than a booking, in the name of the practice whose transaction this
/// is. `role` is empty except in invitations.
///
/// # Errors
/// When it cannot be rendered or written.
pub(crate) async fn send(
    ctx: &Ctx,
    tx: &mut Tx,
    practice: PracticeId,
    to: Recipient<'_>,
    template: Template,
    link: Link,
    role: &str,
) -> Result<()> {
    let settings = store::practices::get(tx, practice).await?.ok_or_else(ServiceError::not_found)?;
    let zone: chrono_tz::Tz = settings.time_zone.parse().map_err(ServiceError::internal)?;
    let facts = Facts {
        practice_name: settings.name,
        link: link.address,
        deadline: link.until.map(|until| long_when(to.lang, local(zone, until))).unwrap_or_default(),
        role: role.to_owned(),
        ..Facts::default()
    };
    let message = NewMessage {
        practice_id: practice,
        booking_id: None,
        to: to.email.to_owned(),
        to_name: to.name.to_owned(),
        lang: to.lang,
        template,
        facts,
        calendar: None,
    };
    enqueue(tx, ctx, message).await
}
