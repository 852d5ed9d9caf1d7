//! A new practice with its owner, and the confirmation of the owner's address.

use super::login::commit;
use super::messages::{Link, Recipient, new_link, send};
use super::{clean_email, link_invalid, note, password_problems, passwords, throttle};
use crate::messages::Template;
use crate::{Actor, Ctx, Result, ServiceError, audit, tokens};
use contracts::accounts::{RegisterPractice, Role};
use contracts::money::CURRENCIES;
use contracts::practice::PracticeSettings;
use contracts::{ErrorCode, FieldProblem, Lang, MemberId, PracticeId, TherapistId, UserId};
use domain::validate;
use serde_json::json;
use store::Tx;
use store::accounts::links::{self, Holder, Purpose};
use store::accounts::members;
use store::accounts::users::{self, NewPractice, User};
use store::lookup::{self, Membership};
use store::therapists::{self, NewTherapist};

/// Registers a practice. The answer is the same when the address has an account: then its owner gets a message instead.
///
/// # Errors
/// Field errors, or `RATE_LIMIT_EXCEEDED` with the seconds to wait.
pub async fn register(ctx: &Ctx, cmd: RegisterPractice) -> Result<()> {
    let cmd = check(cmd)?;
    throttle::mail(ctx, throttle::REGISTRATION, &cmd.email).await?;
    // Before anybody looks whether the address is known, so that both cases take the time of a hash.
    let user = User {
        id: ctx.new_id(),
        password_hash: passwords::hash(ctx, &cmd.password).await?,
        email: cmd.email.clone(),
        name: cmd.name.clone(),
        language: cmd.language,
        email_confirmed_at: None,
    };
    let practice: PracticeId = ctx.new_id();
    let mut tx = ctx.deps.db.practice(practice, Some(user.id)).await?;
    if !users::insert(&mut tx, &user, ctx.now).await? {
        drop(tx);
        return tell_owner(ctx, &cmd.email).await;
    }
    found(ctx, &mut tx, practice, &user, &cmd).await?;
    let link = new_link(ctx, &mut tx, Purpose::ConfirmEmail, &Holder::User(user.id)).await?;
    send(ctx, &mut tx, practice, Recipient::from(&user), Template::ConfirmEmail, link, "").await?;
    audit::record(&mut tx, ctx, practice, "account.registered", Some(user.id.0), json!({})).await?;
    commit(tx).await
}

/// Cleans what was typed.
fn check(cmd: RegisterPractice) -> Result<RegisterPractice> {
    let cmd = RegisterPractice {
        practice_name: validate::clean_name(&cmd.practice_name),
        name: validate::clean_name(&cmd.name),
        email: validate::clean_email(&cmd.email),
        currency: cmd.currency.trim().to_uppercase(),
        time_zone: cmd.time_zone.trim().to_owned(),
        ..cmd
    };
    let mut errors = Vec::new();
    note(&mut errors, "practice_name", validate::check_name(&cmd.practice_name));
    note(&mut errors, "name", validate::check_name(&cmd.name));
    if let Err(error) = clean_email(&cmd.email) {
        errors.extend(error.public.fields);
    }
    errors.extend(password_problems(&cmd.password, &cmd.email, &cmd.name));
    if !CURRENCIES.iter().any(|(code, ..)| *code == cmd.currency) {
        errors.push(validate::error("currency", FieldProblem::InvalidCurrency));
    }
    if cmd.time_zone.parse::<chrono_tz::Tz>().is_err() {
        errors.push(validate::error("time_zone", FieldProblem::InvalidTimeZone));
    }
    if errors.is_empty() { Ok(cmd) } else { Err(ServiceError::fields(errors)) }
}

/// Writes the practice with its owner as admin, and the owner's profile if they give sessions.
async fn found(ctx: &Ctx, tx: &mut Tx, practice: PracticeId, user: &User, cmd: &RegisterPractice) -> Result<()> {
    let new = NewPractice {
        id: practice,
        name: cmd.practice_name.clone(),
        currency: cmd.currency.clone(),
        language: cmd.language,
        time_zone: cmd.time_zone.clone(),
    };
    users::insert_practice(tx, &new, ctx.now).await?;
    let member = members::insert(tx, practice, ctx.new_id(), user.id, Role::Admin, ctx.now)
        .await?
        .ok_or_else(|| ServiceError::internal("a new practice has members"))?;
    if cmd.is_therapist {
        add_profile(ctx, tx, practice, member, &user.name, cmd.language, &cmd.time_zone).await?;
    }
    Ok(())
}

/// An unpublished therapist profile with a public address made from the name.
pub(super) async fn add_profile(
    ctx: &Ctx,
    tx: &mut Tx,
    practice: PracticeId,
    member: MemberId,
    name: &str,
    lang: Lang,
    time_zone: &str,
) -> Result<()> {
    let new = NewTherapist {
        id: ctx.new_id::<TherapistId>(),
        member: Some(member),
        name: name.to_owned(),
        slug: validate::slugify(name),
        languages: vec![lang.code().to_owned()],
        time_zone: time_zone.to_owned(),
    };
    therapists::insert(tx, practice, &new, ctx.now).await?;
    Ok(())
}

/// The same for a member of a practice whose settings are known, unless they have one.
pub(super) async fn give_profile(
    ctx: &Ctx,
    tx: &mut Tx,
    practice: PracticeId,
    member: MemberId,
    name: &str,
    settings: &PracticeSettings,
) -> Result<()> {
    if members::therapist_of(tx, practice, member).await?.is_some() {
        return Ok(());
    }
    add_profile(ctx, tx, practice, member, name, settings.language, &settings.time_zone).await
}

/// Somebody registered with an address that has an account. Its owner learns it. An address that was never confirmed
/// may have been typed by somebody else with a password of theirs, so the way on leads through a new password.
async fn tell_owner(ctx: &Ctx, email: &str) -> Result<()> {
    let Some((user, memberships)) = account(ctx, email).await? else { return Ok(()) };
    let Some(practice) = memberships.first().map(|m| m.practice_id) else { return Ok(()) };
    let mut tx = ctx.deps.db.practice(practice, Some(user.id)).await?;
    let (template, link) = if user.email_confirmed_at.is_some() {
        (Template::AccountExists, Link::plain(ctx, "/login"))
    } else {
        let link = new_link(ctx, &mut tx, Purpose::ResetPassword, &Holder::User(user.id)).await?;
        (Template::ResetPassword, link)
    };
    send(ctx, &mut tx, practice, Recipient::from(&user), template, link, "").await?;
    commit(tx).await
}

/// The user with this address, with their practices.
pub(super) async fn account(ctx: &Ctx, email: &str) -> Result<Option<(User, Vec<Membership>)>> {
    let mut connection = ctx.deps.db.connection().await?;
    let Some(user) = users::by_email(&mut connection, email).await? else { return Ok(None) };
    let memberships = lookup::memberships(&mut connection, user.id).await?;
    Ok(Some((user, memberships)))
}

/// Sends a new confirmation link to someone who knows their password but did not confirm, if the last one is too old.
pub(super) async fn remind(ctx: &Ctx, tx: &mut Tx, user: &User, practice: PracticeId) -> Result<()> {
    if links::has_open(tx, user.id, Purpose::ConfirmEmail, ctx.now).await? {
        return Ok(());
    }
    let link = new_link(ctx, tx, Purpose::ConfirmEmail, &Holder::User(user.id)).await?;
    send(ctx, tx, practice, Recipient::from(user), Template::ConfirmEmail, link, "").await
}

/// Follows the link in the confirmation message; from then on the owner can log in and the practice can be public.
///
/// # Errors
/// `LINK_INVALID` when it was used, is too old or wrong.
pub async fn confirm_email(ctx: &Ctx, token: &str) -> Result<()> {
    let hash = tokens::hash(token);
    let (user, memberships) = holder(ctx, &hash, Purpose::ConfirmEmail).await?;
    let membership = to_confirm(&memberships).ok_or_else(link_invalid)?;
    let mut tx = ctx.deps.db.practice(membership.practice_id, Some(user)).await?;
    links::consume(&mut tx, &hash, Purpose::ConfirmEmail, ctx.now).await?.ok_or_else(link_invalid)?;
    confirmed(ctx, &mut tx, user, membership).await?;
    commit(tx).await
}

/// Confirms an address without its link, for practices that the command line makes.
///
/// # Errors
/// `FORBIDDEN` for anybody but the system; `NOT_FOUND` for an address nobody registered.
pub async fn confirm_without_link(ctx: &Ctx, email: &str) -> Result<()> {
    if ctx.actor != Actor::System {
        return Err(ServiceError::code(ErrorCode::Forbidden));
    }
    let (user, memberships) = account(ctx, email).await?.ok_or_else(ServiceError::not_found)?;
    let membership = to_confirm(&memberships).ok_or_else(ServiceError::not_found)?;
    let mut tx = ctx.deps.db.practice(membership.practice_id, Some(user.id)).await?;
    confirmed(ctx, &mut tx, user.id, membership).await?;
    commit(tx).await
}

/// Whom a good link is for, with their practices; the link stays good.
pub(super) async fn holder(ctx: &Ctx, hash: &[u8], purpose: Purpose) -> Result<(UserId, Vec<Membership>)> {
    let mut connection = ctx.deps.db.connection().await?;
    let Some(Holder::User(user)) = links::peek(&mut connection, hash, purpose, ctx.now).await? else {
        return Err(link_invalid());
    };
    let memberships = lookup::memberships(&mut connection, user).await?;
    Ok((user, memberships))
}

/// The practice that waits for its owner's address, else the oldest.
pub(super) fn to_confirm(memberships: &[Membership]) -> Option<&Membership> {
    memberships.iter().find(|m| !m.confirmed && m.role == Role::Admin).or(memberships.first())
}

/// Notes, within a transaction of the practice, that the user owns their address.
pub(super) async fn confirmed(ctx: &Ctx, tx: &mut Tx, user: UserId, membership: &Membership) -> Result<()> {
    let mut news = users::confirm_email(tx, user, ctx.now).await?;
    if !membership.confirmed && membership.role == Role::Admin {
        news |= users::confirm_practice(tx, membership.practice_id, ctx.now).await?;
    }
    if news {
        audit::record(tx, ctx, membership.practice_id, "account.confirmed", Some(user.0), json!({})).await?;
    }
    Ok(())
}
