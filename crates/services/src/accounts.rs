//! Registering, logging in and out, passwords, members and invitations.

mod invitations;
mod login;
mod members;
pub(crate) mod messages;
mod passwords;
mod registration;
mod reset;
pub(crate) mod throttle;

pub use invitations::{accept_invitation, invitation, invite, revoke_invitation};
pub use login::{log_in, log_out, me, member_of, refresh, switch_practice};
pub use members::{members, members_by, set_member_active};
pub use registration::{confirm_email, confirm_without_link, register};
pub use reset::{forgot_password, reset_password};

use crate::{Ctx, Result, ServiceError};
use contracts::{ErrorCode, FieldError, FieldProblem};
use domain::{password, validate};

/// Forgets expired links, refresh tokens, patients' logins and counters of attempts; returns how many rows went. The
/// worker calls it now and then; nothing depends on when.
///
/// # Errors
/// When the database cannot answer.
pub async fn forget_expired(ctx: &Ctx) -> Result<u64> {
    let mut tx = ctx.deps.db.anywhere().await?;
    let mut gone = store::accounts::logins::forget_expired(&mut tx, ctx.now).await?;
    gone += store::accounts::links::forget_expired(&mut tx, ctx.now).await?;
    gone += store::accounts::throttles::forget(&mut tx, ctx.now - throttle::LONGEST_WINDOW).await?;
    tx.commit().await.map_err(store::StoreError::from)?;
    Ok(gone)
}

/// An address as it is stored and compared.
pub(crate) fn clean_email(typed: &str) -> Result<String> {
    let email = validate::clean_email(typed);
    let missing = email.is_empty().then_some(FieldProblem::Required);
    match missing.or_else(|| validate::check_email(&email).err()) {
        Some(problem) => Err(ServiceError::field("email", problem)),
        None => Ok(email),
    }
}

/// What is wrong with a new password: 000 §7.3.
fn password_problems(typed: &str, email: &str, name: &str) -> Vec<FieldError> {
    password::problems(typed, email, name).into_iter().map(|p| validate::error("password", p)).collect()
}

/// Adds what is wrong with a field, if anything.
fn note(errors: &mut Vec<FieldError>, field: &str, checked: std::result::Result<(), FieldProblem>) {
    if let Err(problem) = checked {
        errors.push(validate::error(field, problem));
    }
}

fn link_invalid() -> ServiceError {
    ServiceError::code(ErrorCode::LinkInvalid)
}
