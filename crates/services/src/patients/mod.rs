//! Who is in care (004 §4.3).
//!
//! Therapists see the patients assigned to them and nobody else: other records do not exist for them. Of a patient whom
//! several therapists see, each sees their own sessions and messages; the record and its notes they share.

mod closing;
mod importing;
mod list;
mod merging;
mod notes;
mod profile;
mod save;

pub use closing::{archive, archive_dormant, delete, erase, export_record, restore};
pub use importing::{forget_old_imports, import_rows, keep_import, may_import, preview_import, run_import};
pub use list::{export_list, list, tags};
pub use merging::{duplicates, merge};
pub(crate) use notes::note_of_session;
pub use notes::{add_note, delete_note, notes, pin_note, save_note};
pub use profile::{get, messages, overview, sessions, sessions_file, zone};
pub use save::{assign, create, save_preferences, unassign, update};

use crate::{Ctx, Member, Result, ServiceError};
use chrono::NaiveDate;
use chrono_tz::Tz;
use contracts::patients::Statistics;
use contracts::practice::PracticeSettings;
use contracts::{Money, PatientId, TherapistId};
use domain::permissions::{Action, Resource, allowed, sees_only_own};
use domain::slots;
use store::patients::{self, Counts, Record};
use store::{StoreError, Tx};
use uuid::Uuid;

/// Whose patients a member sees: `None` for everybody's. Who sees only their own and is no therapist sees nobody's.
fn own(member: &Member) -> Option<TherapistId> {
    sees_only_own(member.role).then(|| member.therapist_id.unwrap_or(TherapistId(Uuid::nil())))
}

async fn begin(ctx: &Ctx, member: &Member) -> Result<Tx> {
    Ok(ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?)
}

async fn commit(tx: Tx) -> Result<()> {
    Ok(tx.commit().await.map_err(StoreError::from)?)
}

/// A member who may do this, a transaction, and the patient, if they exist for this member.
async fn reach(ctx: &Ctx, action: Action, id: PatientId) -> Result<(&Member, Tx, Record)> {
    let member = ctx.may(action, Resource::Patients)?;
    let tx = begin(ctx, member).await?;
    reach_in(ctx, tx, member, action, id).await
}

/// The same with the bookings of these patients locked before, for what changes those too.
async fn reach_with_bookings<'a>(
    ctx: &'a Ctx,
    action: Action,
    id: PatientId,
    of: &[PatientId],
) -> Result<(&'a Member, Tx, Record)> {
    let member = ctx.may(action, Resource::Patients)?;
    let mut tx = begin(ctx, member).await?;
    patients::lock_bookings(&mut tx, member.practice_id, of).await?;
    reach_in(ctx, tx, member, action, id).await
}

async fn reach_in<'a>(
    ctx: &Ctx,
    mut tx: Tx,
    member: &'a Member,
    action: Action,
    id: PatientId,
) -> Result<(&'a Member, Tx, Record)> {
    let record = if action == Action::Read {
        patients::get(&mut tx, member.practice_id, id, ctx.now).await?
    } else {
        patients::lock(&mut tx, member.practice_id, id, ctx.now).await?
    };
    let record = record.filter(|record| record.deleted_at.is_none()).ok_or_else(ServiceError::not_found)?;
    if let Some(therapist) = own(member)
        && !patients::is_assigned(&mut tx, member.practice_id, id, therapist).await?
    {
        return Err(ServiceError::not_found());
    }
    Ok((member, tx, record))
}

/// The practice's settings, its zone, and today there.
async fn practice_of(ctx: &Ctx, tx: &mut Tx, member: &Member) -> Result<(PracticeSettings, Tz, NaiveDate)> {
    let settings = store::practices::get(tx, member.practice_id).await?.ok_or_else(ServiceError::not_found)?;
    let zone = settings.time_zone.parse().map_err(|_| ServiceError::internal("unreadable time zone"))?;
    Ok((settings, zone, slots::today(zone, ctx.now)))
}

/// What the database counts, with money only for those who may see payments.
fn statistics(member: &Member, counts: &Counts, currency: &str) -> Statistics {
    let money = |minor: i64| sees_money(member).then(|| Money::new(minor, currency));
    Statistics {
        attended: counts.attended,
        cancelled: counts.cancelled,
        no_show: counts.no_show,
        attendance_percent: counts.attendance_percent,
        first_session_at: counts.first_session_at,
        last_session_at: counts.last_session_at,
        next_session_at: counts.next_session_at,
        revenue: money(counts.revenue_minor),
        owed: money(counts.owed_minor),
    }
}

fn sees_money(member: &Member) -> bool {
    allowed(member.role, Action::Read, Resource::Payments)
}
