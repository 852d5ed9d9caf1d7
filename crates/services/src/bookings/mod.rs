//! From hold to session: what patients and practices do with bookings.
//!
//! Every use case follows the same steps: take the locks, ask the state machine of `domain`, write, leave an audit entry
//! and the messages, commit. Locks are always taken in this order, so nobody waits in a circle:
//!
//! 1. the therapist's advisory lock, shared (a change of opening hours takes it alone),
//! 2. rows of bookings, by id where there are several,
//! 3. rows of occupancies, where the exclusion constraint has the last word,
//!    A request made in one piece finds or makes its patient before it takes the slot, and waits for nobody then.
//! 4. patients, which a new or changed session locks to keep their statistics: nothing is waited for after them.

pub(crate) mod diary;
pub(crate) mod held;
pub(crate) mod notify;
pub(crate) mod practice;
mod proof;
mod public;
pub(crate) mod steps;
pub(crate) mod view;
mod whole;

pub use diary::week;
pub use held::{hold, hold_again, release};
pub use notify::{Undone, announce, announce_move, undo_announcement};
pub use practice::{act, counts, dashboard, get, list};
pub use proof::{awaits_proof, submit_proof};
pub use public::{calendar_file, cancel_by_patient, move_by_patient, save_details, send_request, times_to_move, view};
pub use whole::book;

pub(crate) use held::REFERENCE_TRIES;
pub(crate) use notify::remind;
pub(crate) use practice::cancel_in;
pub(crate) use public::e164;
pub(crate) use steps::{expire, link_of, room};

use crate::{Ctx, Result, ServiceError, tokens};
use contracts::booking::BookingView;
use contracts::{BookingId, PracticeId};
use store::{Tx, lookup};

/// A transaction of the practice a booking's token leads to.
pub(crate) async fn open(ctx: &Ctx, token: &str) -> Result<(Tx, PracticeId, BookingId)> {
    let id = tokens::booking_of(&ctx.deps.secrets, token).ok_or_else(ServiceError::not_found)?;
    let mut connection = ctx.deps.db.connection().await?;
    let practice = lookup::practice_of_booking(&mut connection, id).await?.ok_or_else(ServiceError::not_found)?;
    drop(connection);
    Ok((ctx.deps.db.practice(practice, None).await?, practice, id))
}

/// What a signed-in patient has with one practice, the newest first; at most 100.
pub(crate) async fn views_for_email(
    ctx: &Ctx,
    tx: &mut Tx,
    practice: PracticeId,
    email: &str,
) -> Result<Vec<BookingView>> {
    let rows = store::bookings::of_email(tx, practice, email).await?;
    rows.iter().map(|row| view::view(ctx, row)).collect()
}
