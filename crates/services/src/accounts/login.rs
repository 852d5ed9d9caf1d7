//! Login sessions: opening, refreshing with rotation, switching practice, ending.

use super::{clean_email, passwords, registration, throttle};
use crate::{Actor, Ctx, Deps, Member, Result, ServiceError, audit, tokens};
use chrono::TimeDelta;
use contracts::accounts::{LogIn, Me, Tokens};
use contracts::{ErrorCode, FieldProblem, PracticeId, UserId};
use serde_json::json;
use store::accounts::logins;
use store::accounts::users::{self, User};
use store::lookup::{self, Membership};
use store::{StoreError, Tx};
use uuid::Uuid;

/// How long a refresh token is good (product §13).
const REFRESH_LIFE: TimeDelta = TimeDelta::days(7);
/// Two tabs may refresh at once with the same token; later than this it was stolen.
const GRACE: TimeDelta = TimeDelta::seconds(20);

/// Opens a login session in the practice the user was in last, else in their oldest.
///
/// # Errors
/// `INVALID_CREDENTIALS` for an unknown address as for a wrong password, `EMAIL_UNCONFIRMED` (a new link was sent if the
/// last one is too old), `FORBIDDEN` when the user is disabled everywhere, `RATE_LIMIT_EXCEEDED` with the seconds to wait.
pub async fn log_in(ctx: &Ctx, cmd: LogIn) -> Result<(Tokens, Me)> {
    let email = clean_email(&cmd.email)?;
    if cmd.password.is_empty() {
        return Err(ServiceError::field("password", FieldProblem::Required));
    }
    let user = check_password(ctx, &email, &cmd.password).await?;
    let (memberships, last) = memberships_and_last(ctx, user.id).await?;
    let membership = memberships.iter().find(|m| Some(m.practice_id) == last).or(memberships.first());
    let Some(membership) = membership else {
        return Err(ServiceError::code(ErrorCode::Forbidden));
    };
    let mut tx = ctx.deps.db.practice(membership.practice_id, Some(user.id)).await?;
    throttle::password_fitted(&mut tx, ctx, &email).await?;
    if user.email_confirmed_at.is_none() {
        registration::remind(ctx, &mut tx, &user, membership.practice_id).await?;
        commit(tx).await?;
        return Err(ServiceError::code(ErrorCode::EmailUnconfirmed));
    }
    let opened = open(ctx, &mut tx, &user, membership.practice_id).await?;
    commit(tx).await?;
    Ok(opened)
}

/// The user with this address, if the password fits; a failure is counted and audited.
///
/// # Errors
/// `INVALID_CREDENTIALS`, or `RATE_LIMIT_EXCEEDED` with the seconds to wait.
pub(super) async fn check_password(ctx: &Ctx, email: &str, password: &str) -> Result<User> {
    throttle::password_try(ctx, email).await?;
    // No connection is held while the password is hashed.
    let user = users::by_email(&mut *ctx.deps.db.connection().await?, email).await?;
    let fits = passwords::fits(password, user.as_ref().map(|u| u.password_hash.as_str())).await?;
    match user {
        Some(user) if fits => Ok(user),
        user => {
            if let Some(user) = user {
                note_failure(ctx, user.id).await?;
            }
            Err(ServiceError::code(ErrorCode::InvalidCredentials))
        }
    }
}

async fn note_failure(ctx: &Ctx, user: UserId) -> Result<()> {
    let (memberships, _) = memberships_and_last(ctx, user).await?;
    let Some(membership) = memberships.first() else { return Ok(()) };
    let mut tx = ctx.deps.db.practice(membership.practice_id, Some(user)).await?;
    audit::record(&mut tx, ctx, membership.practice_id, "login.failed", Some(user.0), json!({})).await?;
    commit(tx).await
}

async fn memberships_and_last(ctx: &Ctx, user: UserId) -> Result<(Vec<Membership>, Option<PracticeId>)> {
    let mut connection = ctx.deps.db.connection().await?;
    let memberships = lookup::memberships(&mut connection, user).await?;
    let last = logins::last_practice(&mut connection, user).await?;
    Ok((memberships, last))
}

/// Opens a login session in this practice, within a transaction of it.
///
/// # Errors
/// `FORBIDDEN` when the user is no active member of it.
pub(super) async fn open(ctx: &Ctx, tx: &mut Tx, user: &User, practice: PracticeId) -> Result<(Tokens, Me)> {
    let memberships = lookup::memberships(tx, user.id).await?;
    let Some(membership) = memberships.iter().find(|m| m.practice_id == practice) else {
        return Err(ServiceError::code(ErrorCode::Forbidden));
    };
    let member = member(user.id, membership, ctx.new_uuid());
    logins::insert(tx, member.login_session_id, user.id, practice, ctx.now).await?;
    let tokens = issue(ctx, tx, &member).await?;
    let me = present(user, membership, &memberships);
    audit::record(tx, &acting(ctx, member), practice, "login.succeeded", Some(user.id.0), json!({})).await?;
    Ok((tokens, me))
}

/// Exchanges a refresh token for a fresh pair; role and profile are read anew.
///
/// # Errors
/// `UNAUTHORIZED` when it is unknown, too old, its login session has ended, or its member is disabled. A token used
/// before, more than twenty seconds ago, ends the login session.
pub async fn refresh(ctx: &Ctx, refresh_token: &str) -> Result<Tokens> {
    let hash = tokens::hash(refresh_token);
    let owner = logins::owner_of_refresh(&mut *ctx.deps.db.connection().await?, &hash).await?;
    let (user, practice) = owner.ok_or_else(logged_out)?;
    let mut tx = ctx.deps.db.practice(practice, Some(user)).await?;
    let token = logins::lock_refresh(&mut tx, &hash).await?.ok_or_else(logged_out)?;
    if token.ended_at.is_some() || token.practice_id != practice {
        return Err(logged_out());
    }
    if token.used_at.is_some_and(|used| ctx.now - used >= GRACE) {
        logins::end(&mut tx, token.login_session_id, "reuse", ctx.now).await?;
        let details = json!({ "login_session": token.login_session_id });
        audit::record(&mut tx, ctx, practice, "login.reuse_detected", Some(user.0), details).await?;
        commit(tx).await?;
        return Err(logged_out());
    }
    if token.expires_at <= ctx.now {
        return Err(logged_out());
    }
    let memberships = lookup::memberships(&mut tx, user).await?;
    let Some(membership) = memberships.iter().find(|m| m.practice_id == practice) else {
        logins::end(&mut tx, token.login_session_id, "disabled", ctx.now).await?;
        commit(tx).await?;
        return Err(logged_out());
    };
    logins::use_refresh(&mut tx, &hash, ctx.now).await?;
    let tokens = issue(ctx, &mut tx, &member(user, membership, token.login_session_id)).await?;
    commit(tx).await?;
    Ok(tokens)
}

/// Ends the login session on this device.
///
/// # Errors
/// `UNAUTHORIZED` when nobody is logged in.
pub async fn log_out(ctx: &Ctx) -> Result<()> {
    let member = ctx.member()?;
    let mut connection = ctx.deps.db.connection().await?;
    logins::end(&mut connection, member.login_session_id, "logged_out", ctx.now).await?;
    Ok(())
}

/// Who is logged in, as the database knows them now.
///
/// # Errors
/// `UNAUTHORIZED` when nobody is, or when they are no longer a member.
pub async fn me(ctx: &Ctx) -> Result<Me> {
    let member = ctx.member()?;
    let mut connection = ctx.deps.db.connection().await?;
    let user = users::by_id(&mut connection, member.user_id).await?.ok_or_else(logged_out)?;
    let memberships = lookup::memberships(&mut connection, user.id).await?;
    let membership = memberships.iter().find(|m| m.practice_id == member.practice_id).ok_or_else(logged_out)?;
    Ok(present(&user, membership, &memberships))
}

/// Goes on in another practice of the same user, in the same login session.
///
/// # Errors
/// `NOT_FOUND` when the user is no active member there, `UNAUTHORIZED` when the login session has ended.
pub async fn switch_practice(ctx: &Ctx, practice: PracticeId) -> Result<Tokens> {
    let present = ctx.member()?;
    let mut tx = ctx.deps.db.practice(practice, Some(present.user_id)).await?;
    let memberships = lookup::memberships(&mut tx, present.user_id).await?;
    let membership = memberships.iter().find(|m| m.practice_id == practice).ok_or_else(ServiceError::not_found)?;
    let member = member(present.user_id, membership, present.login_session_id);
    match logins::switch(&mut tx, present.login_session_id, present.user_id, practice, ctx.now).await {
        Err(StoreError::NothingChanged) => return Err(logged_out()),
        switched => switched?,
    }
    let tokens = issue(ctx, &mut tx, &member).await?;
    let entity = Some(member.user_id.0);
    audit::record(&mut tx, &acting(ctx, member), practice, "login.succeeded", entity, json!({ "switched": true }))
        .await?;
    commit(tx).await?;
    Ok(tokens)
}

/// Reads an access token; no database. `None` when it is missing, wrong or expired.
pub fn member_of(deps: &Deps, access_token: &str) -> Option<Member> {
    tokens::member_of(&deps.secrets, access_token, deps.clock.now())
}

async fn issue(ctx: &Ctx, tx: &mut Tx, member: &Member) -> Result<Tokens> {
    let refresh = tokens::one_use(ctx);
    let refresh_expires_at = ctx.now + REFRESH_LIFE;
    logins::insert_refresh(tx, &refresh.hash, member.login_session_id, ctx.now, refresh_expires_at).await?;
    let (access, access_expires_at) = tokens::access_token(&ctx.deps.secrets, member, ctx.now)?;
    Ok(Tokens { access, access_expires_at, refresh: refresh.word, refresh_expires_at })
}

fn member(user: UserId, membership: &Membership, login_session_id: Uuid) -> Member {
    Member {
        user_id: user,
        member_id: membership.member_id,
        practice_id: membership.practice_id,
        role: membership.role,
        therapist_id: membership.therapist_id,
        login_session_id,
    }
}

fn present(user: &User, membership: &Membership, all: &[Membership]) -> Me {
    let others = all.iter().filter(|m| m.practice_id != membership.practice_id);
    Me {
        user_id: user.id,
        name: user.name.clone(),
        email: user.email.clone(),
        language: user.language,
        practice_id: membership.practice_id,
        practice_name: membership.practice_name.clone(),
        member_id: membership.member_id,
        role: membership.role,
        therapist_id: membership.therapist_id,
        practices: others.map(|m| (m.practice_id, m.practice_name.clone())).collect(),
    }
}

/// The same request, asked by the member it has just turned out to come from.
pub(super) fn acting(ctx: &Ctx, member: Member) -> Ctx {
    Ctx { actor: Actor::Member(member), ..ctx.clone() }
}

fn logged_out() -> ServiceError {
    ServiceError::code(ErrorCode::Unauthenticated)
}

pub(super) async fn commit(tx: Tx) -> Result<()> {
    Ok(tx.commit().await.map_err(StoreError::from)?)
}
