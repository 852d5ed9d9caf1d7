//! A forgotten password: a link by e-mail, and a new one.

use super::login::commit;
use super::messages::{Recipient, new_link, send};
use super::registration::{account, confirmed, holder, to_confirm};
use super::{clean_email, link_invalid, password_problems, passwords, throttle};
use crate::messages::Template;
use crate::{Ctx, Result, ServiceError, audit, tokens};
use serde_json::json;
use store::accounts::links::{self, Holder, Purpose};
use store::accounts::{logins, users};

/// Sends a link that works once, for an hour. The answer is the same when nobody has the address.
///
/// # Errors
/// A field error, or `RATE_LIMIT_EXCEEDED` with the seconds to wait.
pub async fn forgot_password(ctx: &Ctx, email: &str) -> Result<()> {
    let email = clean_email(email)?;
    throttle::mail(ctx, throttle::RESET_LINK, &email).await?;
    let Some((user, memberships)) = account(ctx, &email).await? else { return Ok(()) };
    let Some(practice) = memberships.first().map(|m| m.practice_id) else { return Ok(()) };
    let mut tx = ctx.deps.db.practice(practice, Some(user.id)).await?;
    let link = new_link(ctx, &mut tx, Purpose::ResetPassword, &Holder::User(user.id)).await?;
    send(ctx, &mut tx, practice, Recipient::from(&user), Template::ResetPassword, link, "").await?;
    commit(tx).await
}

/// Sets a new password and logs the user out everywhere. Having received the link proves the address, so it counts as
/// confirmed; other links of the user stop working.
///
/// # Errors
/// `LINK_INVALID`, or what is wrong with the password (the link stays good then).
pub async fn reset_password(ctx: &Ctx, token: &str, password: &str) -> Result<()> {
    let hash = tokens::hash(token);
    let (user, memberships) = holder(ctx, &hash, Purpose::ResetPassword).await?;
    let membership = to_confirm(&memberships).ok_or_else(link_invalid)?;
    let known = users::by_id(&mut *ctx.deps.db.connection().await?, user).await?.ok_or_else(link_invalid)?;
    let problems = password_problems(password, &known.email, &known.name);
    if !problems.is_empty() {
        return Err(ServiceError::fields(problems));
    }
    let new_hash = passwords::hash(ctx, password).await?;
    let mut tx = ctx.deps.db.practice(membership.practice_id, Some(user)).await?;
    links::consume(&mut tx, &hash, Purpose::ResetPassword, ctx.now).await?.ok_or_else(link_invalid)?;
    links::use_up(&mut tx, user, ctx.now).await?;
    users::set_password(&mut tx, user, &new_hash).await?;
    logins::end_all(&mut tx, user, None, "password_reset", ctx.now).await?;
    throttle::forget_account(&mut tx, &known.email).await?;
    audit::record(&mut tx, ctx, membership.practice_id, "password.reset", Some(user.0), json!({})).await?;
    confirmed(ctx, &mut tx, user, membership).await?;
    commit(tx).await
}
