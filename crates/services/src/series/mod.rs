//! Recurring sessions (product §6; 004 §4.4): agreed once, brought about a week ahead, night by night.
//!
//! A date of a series is decided once, by the row of `series_occurrences` that says what became of it. Whoever decides
//! holds the series' row, so a member and the worker, or two workers, never decide the same date. Locks are taken in the
//! order of [`crate::bookings`]:
//!
//! 1. the therapist's advisory lock, shared,
//! 2. rows of series; where there are several, those that are taken are passed over,
//! 3. rows of bookings, by id,
//! 4. rows of occupancies, in order of time where there are several.

mod changing;
mod creating;
mod draft;
mod generate;
mod life;
mod previews;
mod resolve;
mod telling;
mod time;
mod view;

pub use changing::change;
pub use creating::create;
pub use generate::{Generated, generate_due};
pub use life::{pause, resume, stop};
pub use previews::preview;
pub use resolve::{resolve, skipped};
pub use view::{form, get, list};

use crate::{Ctx, Member, Result, ServiceError};
use contracts::series::SeriesStatus;
use contracts::{ErrorCode, SeriesId, TherapistId};
use domain::permissions::{Action, Resource, sees_only_own};
use store::series::{self as stored, SeriesRow};
use store::{StoreError, Tx, occupancy};
use uuid::Uuid;

/// Whose series a member sees: `None` for everybody's. Who sees only their own and is no therapist sees nobody's.
fn own(member: &Member) -> Option<TherapistId> {
    sees_only_own(member.role).then(|| member.therapist_id.unwrap_or(TherapistId(Uuid::nil())))
}

fn visible(member: &Member, row: &SeriesRow) -> bool {
    own(member).is_none_or(|own| own == row.therapist_id)
}

async fn begin(ctx: &Ctx, member: &Member) -> Result<Tx> {
    Ok(ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?)
}

async fn commit(tx: Tx) -> Result<()> {
    Ok(tx.commit().await.map_err(StoreError::from)?)
}

/// Begins to change a series, with its therapist's lock and its own.
///
/// # Errors
/// `NOT_FOUND` for another practice's and, to a therapist, for a colleague's.
async fn open(ctx: &Ctx, action: Action, id: SeriesId) -> Result<(&Member, Tx, SeriesRow)> {
    let member = ctx.may(action, Resource::Series)?;
    let mut tx = begin(ctx, member).await?;
    let seen = stored::get(&mut tx, member.practice_id, id).await?;
    let seen = seen.filter(|row| visible(member, row)).ok_or_else(ServiceError::not_found)?;
    occupancy::lock_for_booking(&mut tx, seen.therapist_id).await?;
    let row = stored::lock(&mut tx, member.practice_id, id).await?.ok_or_else(ServiceError::not_found)?;
    Ok((member, tx, row))
}

/// # Errors
/// `CONFLICT` for one that has ended.
fn still_open(row: &SeriesRow) -> Result<()> {
    if row.status.is_open() { Ok(()) } else { Err(ServiceError::code(ErrorCode::Conflict)) }
}

/// Is it running?
fn is_active(row: &SeriesRow) -> bool {
    row.status == SeriesStatus::Active
}
