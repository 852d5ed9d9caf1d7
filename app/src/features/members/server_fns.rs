//! Doors to members and invitations.

use crate::error::UiError;
use contracts::accounts::MembersPage;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::{
    context::{ctx, reply},
    layouts::practice::read,
};

#[cfg(feature = "ssr")]
const PAGE: &str = "/app/members?done=1";

#[server]
pub async fn load_members() -> Result<MembersPage, UiError> {
    reply(services::accounts::members(&ctx()?).await)
}

#[server]
pub async fn invite_member(email: String, role: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let role = read::choice("role", contracts::accounts::Role::parse(&role))?;
        services::accounts::invite(&ctx, contracts::accounts::InviteMember { email, role }).await
    };
    read::finish(result.await, PAGE)
}

#[server]
pub async fn revoke_invitation(id: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { services::accounts::revoke_invitation(&ctx, read::id(&id)?).await };
    read::finish(result.await, PAGE)
}

/// `active` is `true` or `false`.
#[server]
pub async fn set_member_active(id: String, active: bool) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { services::accounts::set_member_active(&ctx, read::id(&id)?, active).await };
    read::finish(result.await, PAGE)
}
