//! The same person twice: found while typing, and made one.

use super::profile::view;
use super::{begin, commit, own, reach_with_bookings};
use crate::bookings::e164;
use crate::{Ctx, Result, ServiceError, audit};
use contracts::patients::{Duplicate, FindDuplicates, PatientView};
use contracts::{FieldProblem, PatientId};
use domain::patients::NAME_TO_COMPARE;
use domain::permissions::{Action, Resource};
use domain::validate::{clean_email, clean_name};
use serde_json::json;
use store::patients::{self as stored, Known};

/// More would be a list, and no warning.
const SHOWN: i32 = 5;

/// Who may be the same person as the one being typed: same phone, same address, similar name. A therapist is told of
/// their own patients only.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`.
pub async fn duplicates(ctx: &Ctx, typed: FindDuplicates) -> Result<Vec<Duplicate>> {
    let member = ctx.may(Action::Update, Resource::Patients)?;
    let name = clean_name(&typed.name);
    let (phone, email) = (e164(&typed.phone).unwrap_or_default(), clean_email(&typed.email));
    let known = Known {
        name: if name.chars().count() < NAME_TO_COMPARE { "" } else { &name },
        phone: &phone,
        email: &email,
        except: typed.except,
        therapist: own(member),
    };
    if known.name.is_empty() && phone.is_empty() && email.is_empty() {
        return Ok(vec![]);
    }
    let mut tx = begin(ctx, member).await?;
    let found = stored::duplicates(&mut tx, member.practice_id, known, SHOWN).await?;
    commit(tx).await?;
    Ok(found)
}

/// Makes two records one: everything of `from` becomes `into`'s, and `from` leads nowhere any more. What `into` knows
/// stays; what it does not know is taken over.
///
/// # Errors
/// `NOT_FOUND` for either; a field error on `from` when both are the same.
pub async fn merge(ctx: &Ctx, into: PatientId, from: PatientId) -> Result<PatientView> {
    let member = ctx.may(Action::Delete, Resource::Patients)?;
    // In the order of their ids: two members who merge the same two in opposite directions wait for each other.
    let (first, second) = if from < into { (from, into) } else { (into, from) };
    let (_, mut tx, _) = reach_with_bookings(ctx, Action::Delete, first, &[from, into]).await?;
    if from == into {
        return Err(ServiceError::field("from", FieldProblem::InvalidChoice));
    }
    let other = stored::lock(&mut tx, member.practice_id, second, ctx.now).await?;
    other.filter(|record| record.deleted_at.is_none()).ok_or_else(ServiceError::not_found)?;
    stored::merge(&mut tx, member.practice_id, from, into, ctx.now).await?;
    for (id, details) in [(into, json!({ "from": from })), (from, json!({ "into": into }))] {
        audit::record(&mut tx, ctx, member.practice_id, "patient.merged", Some(id.0), details).await?;
    }
    let view = view(ctx, &mut tx, member, into).await?;
    commit(tx).await?;
    Ok(view)
}
