//! Inviting people to become members.

use super::login::{acting, check_password, commit, open};
use super::messages::{Link, Recipient, send};
use super::registration::give_profile;
use super::{clean_email, link_invalid, note, password_problems, passwords, throttle};
use crate::messages::Template;
use crate::{Ctx, Member, Result, ServiceError, audit, tokens};
use chrono::TimeDelta;
use contracts::accounts::{AcceptInvitation, InvitationPreview, InvitationView, InviteMember, Me, Role, Tokens};
use contracts::practice::PracticeSettings;
use contracts::{ErrorCode, FieldProblem, InvitationId, PracticeId, Text};
use domain::permissions::{Action, Resource};
use domain::validate;
use serde_json::json;
use store::Tx;
use store::accounts::invitations::{self as rows, NewInvitation};
use store::accounts::members;
use store::accounts::users::{self, User};
use store::lookup;
use uuid::Uuid;

const LIFE: TimeDelta = TimeDelta::days(7);

/// Sends an invitation; an open one to the same address is replaced by it.
///
/// # Errors
/// Field errors (`email` taken: a member has it), `RATE_LIMIT_EXCEEDED` after five to one address in an hour.
pub async fn invite(ctx: &Ctx, cmd: InviteMember) -> Result<()> {
    let member = ctx.may(Action::Create, Resource::Members)?;
    let practice = member.practice_id;
    let email = clean_email(&cmd.email)?;
    throttle::mail(ctx, throttle::INVITATION, &format!("{practice}:{email}")).await?;
    let mut tx = ctx.deps.db.practice(practice, Some(member.user_id)).await?;
    if members::has_email(&mut tx, practice, &email).await? {
        return Err(ServiceError::field("email", FieldProblem::Taken));
    }
    let settings = store::practices::get(&mut tx, practice).await?.ok_or_else(ServiceError::not_found)?;
    let token = tokens::one_use(ctx);
    let new = NewInvitation {
        id: ctx.new_id(),
        email: &email,
        role: cmd.role,
        token_hash: &token.hash,
        invited_by: member.member_id,
        created_at: ctx.now,
        expires_at: ctx.now + LIFE,
    };
    let id = rows::insert(&mut tx, practice, &new).await?;
    let link = Link::with_token(ctx, "/invite", &token.word, new.expires_at);
    let to = Recipient { email: &email, name: "", lang: settings.language };
    let role = role_name(cmd.role).of(settings.language);
    send(ctx, &mut tx, practice, to, Template::Invitation, link, role).await?;
    audit::record(&mut tx, ctx, practice, "member.invited", Some(id.0), json!({ "role": cmd.role })).await?;
    commit(tx).await
}

fn role_name(role: Role) -> Text {
    let (en, es) = match role {
        Role::Admin => ("owner", "titular"),
        Role::Operator => ("front desk", "recepción"),
        Role::Therapist => ("therapist", "terapeuta"),
        Role::Caregiver => ("caregiver", "cuidador"),
        Role::Accountant => ("accountant", "contabilidad"),
        Role::Viewer => ("read only", "solo lectura"),
    };
    Text { en, es }
}

/// The invitation's link stops working.
///
/// # Errors
/// `NOT_FOUND` when it is not there or was accepted.
pub async fn revoke_invitation(ctx: &Ctx, id: InvitationId) -> Result<()> {
    let member = ctx.may(Action::Delete, Resource::Members)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    if !rows::revoke(&mut tx, member.practice_id, id).await? {
        return Err(ServiceError::not_found());
    }
    audit::record(&mut tx, ctx, member.practice_id, "member.invitation_revoked", Some(id.0), json!({})).await?;
    commit(tx).await
}

/// What an invited person is shown.
///
/// # Errors
/// `LINK_INVALID` when it was accepted or revoked, is too old or wrong.
pub async fn invitation(ctx: &Ctx, token: &str) -> Result<InvitationPreview> {
    let found = find(ctx, token).await?;
    Ok(InvitationPreview {
        practice_name: found.settings.name,
        has_account: found.account.as_ref().is_some_and(is_confirmed),
        email: found.invitation.email,
        role: found.invitation.role,
    })
}

/// Makes the invited person a member and logs them in. Who has an account shows its password; who has none sets a name
/// and a password. A therapist gets a profile.
///
/// # Errors
/// `LINK_INVALID`, `INVALID_CREDENTIALS`, `RATE_LIMIT_EXCEEDED`, or field errors.
pub async fn accept_invitation(ctx: &Ctx, cmd: AcceptInvitation) -> Result<(Tokens, Me)> {
    let found = find(ctx, &cmd.token).await?;
    let email = &found.invitation.email;
    let known = found.account.as_ref().is_some_and(is_confirmed);
    let user =
        if known { check_password(ctx, email, &cmd.password).await? } else { new_account(ctx, &found, &cmd).await? };
    let practice = found.practice;
    let mut tx = ctx.deps.db.practice(practice, Some(user.id)).await?;
    let hash = tokens::hash(&cmd.token);
    let invitation = rows::lock_by_token(&mut tx, practice, &hash, ctx.now).await?.ok_or_else(link_invalid)?;
    if known {
        throttle::password_fitted(&mut tx, ctx, email).await?;
    } else {
        write_account(ctx, &mut tx, &user, found.account.is_some()).await?;
    }
    join(ctx, &mut tx, practice, &user, &invitation, &found.settings).await?;
    let opened = open(ctx, &mut tx, &user, practice).await?;
    commit(tx).await?;
    Ok(opened)
}

struct Found {
    practice: PracticeId,
    settings: PracticeSettings,
    invitation: InvitationView,
    /// Who has the invited address.
    account: Option<User>,
}

/// An address nobody confirmed is not known to belong to whoever typed it: they do not count as having an account.
fn is_confirmed(user: &User) -> bool {
    user.email_confirmed_at.is_some()
}

async fn find(ctx: &Ctx, token: &str) -> Result<Found> {
    let hash = tokens::hash(token);
    let practice = lookup::practice_of_invitation(&mut *ctx.deps.db.connection().await?, &hash).await?;
    let practice = practice.ok_or_else(link_invalid)?;
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    let invitation = rows::lock_by_token(&mut tx, practice, &hash, ctx.now).await?.ok_or_else(link_invalid)?;
    let settings = store::practices::get(&mut tx, practice).await?.ok_or_else(link_invalid)?;
    let account = users::by_email(&mut tx, &invitation.email).await?;
    commit(tx).await?;
    Ok(Found { practice, settings, invitation, account })
}

/// Checks name and password. The link came by e-mail, so the address counts as confirmed.
async fn new_account(ctx: &Ctx, found: &Found, cmd: &AcceptInvitation) -> Result<User> {
    let name = validate::clean_name(&cmd.name);
    let email = found.invitation.email.clone();
    let mut errors = Vec::new();
    note(&mut errors, "name", validate::check_name(&name));
    errors.extend(password_problems(&cmd.password, &email, &name));
    if !errors.is_empty() {
        return Err(ServiceError::fields(errors));
    }
    let password_hash = passwords::hash(ctx, &cmd.password).await?;
    let id = found.account.as_ref().map_or_else(|| ctx.new_id(), |user| user.id);
    Ok(User { id, email, name, password_hash, language: found.settings.language, email_confirmed_at: Some(ctx.now) })
}

/// Writes a new user, or makes an account whose address was never confirmed that of its owner.
async fn write_account(ctx: &Ctx, tx: &mut Tx, user: &User, exists: bool) -> Result<()> {
    if exists {
        users::set_name(tx, user.id, &user.name).await?;
        users::set_password(tx, user.id, &user.password_hash).await?;
        users::confirm_email(tx, user.id, ctx.now).await?;
    } else if !users::insert(tx, user, ctx.now).await? {
        // Somebody registered the address since the form was shown: it asks for that account's password next time.
        return Err(ServiceError::code(ErrorCode::Conflict));
    }
    Ok(())
}

async fn join(
    ctx: &Ctx,
    tx: &mut Tx,
    practice: PracticeId,
    user: &User,
    invitation: &InvitationView,
    settings: &PracticeSettings,
) -> Result<()> {
    rows::accept(tx, practice, invitation.id, ctx.now).await?;
    let Some(member_id) = members::insert(tx, practice, ctx.new_id(), user.id, invitation.role, ctx.now).await? else {
        // They became a member in another way meanwhile, and keep the role they have.
        return Ok(());
    };
    if invitation.role == Role::Therapist {
        give_profile(ctx, tx, practice, member_id, &user.name, settings).await?;
    }
    let member = Member {
        user_id: user.id,
        member_id,
        practice_id: practice,
        role: invitation.role,
        therapist_id: None,
        login_session_id: Uuid::nil(),
    };
    let details = json!({ "role": invitation.role });
    audit::record(tx, &acting(ctx, member), practice, "member.joined", Some(member_id.0), details).await
}
