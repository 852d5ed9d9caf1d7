//! Opening hours, exceptions and buffers, with previews and explanations.
//!
//! Whatever changes when a therapist can be booked first takes that therapist's lock; bookings take the shared form of
//! it. So a booking and an exception never pass each other unseen.

mod buffers;
mod exceptions;
mod preview;
mod weekly;

pub use buffers::{preview_buffers, save_buffers};
pub use exceptions::{add_exception, change_exception, delete_exception};
pub use preview::{as_patient, page, why};
pub use weekly::{add_rule, change_rule, delete_rule};

use crate::{Ctx, Member, Result, ServiceError, practice};
use chrono::NaiveDate;
use chrono_tz::Tz;
use contracts::practice::TherapistProfile;
use contracts::{FieldProblem, TherapistId};
use domain::permissions::{Action, Resource};
use domain::slots::{Schedule, today};
use domain::validate::parse_clock;
use store::{Tx, occupancy, schedule, therapists};

/// Begins to read a therapist's availability.
///
/// # Errors
/// `FORBIDDEN`, or `NOT_FOUND` for another practice's therapist and, to a therapist, for a colleague.
async fn begin(ctx: &Ctx, id: TherapistId) -> Result<(&Member, Tx, TherapistProfile)> {
    begin_as(ctx, Action::Read, id).await
}

/// Begins a change of a therapist's availability, with the therapist's lock.
///
/// # Errors
/// As [`begin`].
async fn begin_change(ctx: &Ctx, action: Action, id: TherapistId) -> Result<(&Member, Tx, TherapistProfile)> {
    let (member, mut tx, profile) = begin_as(ctx, action, id).await?;
    schedule::lock(&mut tx, id).await?;
    Ok((member, tx, profile))
}

async fn begin_as(ctx: &Ctx, action: Action, id: TherapistId) -> Result<(&Member, Tx, TherapistProfile)> {
    let member = ctx.may(action, Resource::Availability)?;
    practice::reaches(member, id)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let profile = therapists::get(&mut tx, member.practice_id, id).await?.ok_or_else(ServiceError::not_found)?;
    Ok((member, tx, profile))
}

/// The schedule with the exceptions of today and later, and today's date.
async fn schedule_of(
    ctx: &Ctx,
    tx: &mut Tx,
    member: &Member,
    profile: &TherapistProfile,
) -> Result<(Schedule, NaiveDate)> {
    let today = today(zone_of(profile)?, ctx.now);
    let found = occupancy::schedules(tx, member.practice_id, Some(profile.id), today).await?.pop();
    Ok((found.ok_or_else(ServiceError::not_found)?, today))
}

fn zone_of(profile: &TherapistProfile) -> Result<Tz> {
    profile.time_zone.parse().map_err(|_| ServiceError::internal("unreadable time zone of a therapist"))
}

/// A time of day as typed, in minutes from midnight; `24:00` only ends.
fn minutes(typed: &str, ends: bool) -> std::result::Result<i32, FieldProblem> {
    if typed.trim().is_empty() {
        return Err(FieldProblem::Required);
    }
    match parse_clock(typed) {
        Some(minutes) if minutes < 1440 || ends => Ok(minutes),
        _ => Err(FieldProblem::InvalidTime),
    }
}
