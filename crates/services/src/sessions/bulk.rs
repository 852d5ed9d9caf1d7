//! One action for several sessions.

use super::acts::{cancel_in, step_in};
use super::money::record_in;
use super::{lock, visible};
use crate::bookings::practice::{begin, commit};
use crate::{Ctx, Member, Result, ServiceError};
use contracts::limits::PAGE_MAX;
use contracts::sessions::{BulkAction, BulkDone, CancelSession, RecordPayment, SessionStep};
use contracts::{ErrorCode, FieldProblem, SessionId};
use domain::permissions::{Action, Resource};
use store::sessions::{self, SessionRow};

/// Does the same to each of at most 100 sessions, each in a transaction of its own: what cannot be done with one keeps no
/// other from it, and is named.
///
/// # Errors
/// `FORBIDDEN`; `NOT_FOUND` when the member sees none of them; a field error for none or too many; what the database says.
pub async fn act_on_all(ctx: &Ctx, ids: &[SessionId], action: &BulkAction) -> Result<BulkDone> {
    let member = match action {
        BulkAction::MarkPaid { .. } => ctx.may(Action::Create, Resource::Payments)?,
        _ => ctx.may(Action::Update, Resource::Sessions)?,
    };
    if ids.is_empty() || ids.len() > PAGE_MAX as usize {
        return Err(ServiceError::field("ids", FieldProblem::OutOfRange));
    }
    let mut tx = begin(ctx, member).await?;
    let known = sessions::known(&mut tx, member.practice_id, ids).await?;
    commit(tx).await?;
    let seen: Vec<_> = known.iter().filter(|row| visible(member, row)).collect();
    if seen.is_empty() {
        return Err(ServiceError::not_found());
    }
    let mut all = BulkDone::default();
    for row in seen {
        match one(ctx, member, row.id, action).await {
            Ok(()) => all.done += 1,
            Err(error) if matches!(error.public.code, ErrorCode::Conflict | ErrorCode::Validation) => {
                all.left.push(row.reference.clone());
            }
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}

async fn one(ctx: &Ctx, member: &Member, id: SessionId, action: &BulkAction) -> Result<()> {
    let mut tx = begin(ctx, member).await?;
    let row = lock(&mut tx, member, id).await?;
    let done: Result<SessionRow> = match action {
        BulkAction::Complete => step_in(&mut tx, ctx, &row, SessionStep::Complete).await,
        BulkAction::NoShow => step_in(&mut tx, ctx, &row, SessionStep::NoShow).await,
        BulkAction::MarkPaid { method } => {
            let all = RecordPayment { amount: None, method: *method, received_on: None, reference: String::new() };
            record_in(&mut tx, ctx, member, &row, &all).await
        }
        BulkAction::Cancel { reason, tell_patient } => {
            let cmd = CancelSession { reason: reason.clone(), tell_patient: *tell_patient, refund: None };
            cancel_in(&mut tx, ctx, &row, &cmd).await
        }
    };
    done?;
    commit(tx).await
}
