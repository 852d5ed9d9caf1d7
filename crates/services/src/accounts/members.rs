//! The people of a practice.

use super::login::commit;
use crate::{Ctx, Result, ServiceError, audit};
use contracts::accounts::{MembersPage, Role};
use contracts::lists::MemberSort;
use contracts::{ErrorCode, MemberId};
use domain::permissions::{Action, Resource};
use serde_json::json;
use store::accounts::{invitations, logins, members as rows};

/// All members, active ones first, and the invitations nobody accepted yet.
///
/// # Errors
/// `UNAUTHORIZED` or `FORBIDDEN`.
pub async fn members(ctx: &Ctx) -> Result<MembersPage> {
    members_by(ctx, MemberSort::default()).await
}

/// All members in the order asked for, and the invitations nobody accepted yet.
///
/// # Errors
/// `UNAUTHORIZED` or `FORBIDDEN`.
pub async fn members_by(ctx: &Ctx, sort: MemberSort) -> Result<MembersPage> {
    let member = ctx.may(Action::Read, Resource::Members)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let members = rows::list(&mut tx, member.practice_id, sort).await?;
    let invitations = invitations::open(&mut tx, member.practice_id).await?;
    commit(tx).await?;
    Ok(MembersPage { members, invitations })
}

/// Disables or enables a member. Who is disabled is logged out of this practice (their access token still works for at
/// most 15 minutes).
///
/// # Errors
/// `NOT_FOUND`; `FORBIDDEN` for oneself and for the last admin.
pub async fn set_member_active(ctx: &Ctx, id: MemberId, active: bool) -> Result<()> {
    let member = ctx.may(Action::Update, Resource::Members)?;
    let practice = member.practice_id;
    let mut tx = ctx.deps.db.practice(practice, Some(member.user_id)).await?;
    // Two admins who disable each other at once wait for each other here.
    store::practices::lock(&mut tx, practice).await?.ok_or_else(ServiceError::not_found)?;
    let (user, role, is_active) = rows::get(&mut tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
    if is_active == active {
        return Ok(());
    }
    let last_admin = role == Role::Admin && rows::count_admins(&mut tx, practice).await? <= 1;
    if !active && (id == member.member_id || last_admin) {
        return Err(ServiceError::code(ErrorCode::Forbidden));
    }
    rows::set_disabled(&mut tx, practice, id, (!active).then_some(ctx.now)).await?;
    if !active {
        logins::end_all(&mut tx, user, Some(practice), "disabled", ctx.now).await?;
    }
    let action = if active { "member.enabled" } else { "member.disabled" };
    audit::record(&mut tx, ctx, practice, action, Some(id.0), json!({})).await?;
    commit(tx).await
}
