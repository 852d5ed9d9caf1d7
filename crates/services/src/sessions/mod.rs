//! The diary: sessions the practice places, moves, holds, cancels and is paid for (000 §4.1, product §6).
//!
//! Every session has a booking (ADR 7), so locks follow the order of [`crate::bookings`]: the therapist's advisory lock,
//! then the booking, then its session, then what takes the time.

mod acts;
mod bulk;
pub(crate) mod file;
mod list;
mod money;
pub(crate) mod placing;
mod view;

pub use acts::{cancel, complete_own, restore, take_step};
pub use bulk::act_on_all;
pub use file::export;
pub use list::{Found, around, calendar, find_patients, free_times, get, list, patient_name, today};
pub use money::{decide_refund, record_payment, waive};
pub use placing::{create, move_to};
pub(crate) use view::{card, cards};

use crate::bookings::practice::own;
use crate::{Ctx, Member, Result, ServiceError};
use contracts::SessionId;
use contracts::{ErrorCode, PracticeId};
use domain::permissions::{Action, Resource};
use store::Tx;
use store::sessions::SessionRow;

/// Does the session exist for this member?
fn visible(member: &Member, row: &SessionRow) -> bool {
    own(member).is_none_or(|own| own == row.therapist_id)
}

/// The session, locked, if the member may see it.
pub(crate) async fn lock(tx: &mut Tx, member: &Member, id: SessionId) -> Result<SessionRow> {
    let row = store::sessions::lock(tx, member.practice_id, id).await?;
    row.filter(|row| visible(member, row)).ok_or_else(ServiceError::not_found)
}

/// The session, if the member may see it.
pub(crate) async fn seen(tx: &mut Tx, member: &Member, id: SessionId) -> Result<SessionRow> {
    let row = store::sessions::get(tx, member.practice_id, id).await?;
    row.filter(|row| visible(member, row)).ok_or_else(ServiceError::not_found)
}

/// The session as it is after what was just written.
async fn reread(tx: &mut Tx, practice: PracticeId, id: SessionId) -> Result<SessionRow> {
    store::sessions::get(tx, practice, id).await?.ok_or_else(ServiceError::not_found)
}

/// Somebody was faster, or it cannot be any more: says what the booking is now.
fn conflict(row: &SessionRow) -> ServiceError {
    crate::bookings::view::conflict(row.booking_status)
}

/// The member who acts.
fn may_update(ctx: &Ctx) -> Result<&Member> {
    ctx.may(Action::Update, Resource::Sessions)
}

/// Another version than the person saw is another session by now.
fn check_version(row: &SessionRow, seen: Option<i32>) -> Result<()> {
    match seen {
        Some(seen) if seen != row.version => Err(ServiceError::code(ErrorCode::Conflict)),
        _ => Ok(()),
    }
}
