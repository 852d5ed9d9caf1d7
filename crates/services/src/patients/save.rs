//! Making and changing a patient's record.

use super::profile::view;
use super::{begin, commit, practice_of, reach, reach_with_bookings};
use crate::bookings::e164;
use crate::{Ctx, Member, Result, ServiceError, audit};
use contracts::patients::{Duplicate, Guardian, Likeness, PatientView, Preferences, SavePatient, SavePreferences};
use contracts::practice::PracticeSettings;
use contracts::{ErrorCode, FieldError, FieldProblem, Money, PatientId, TherapistId};
use domain::patients::guardian_field;
use domain::permissions::{Action, Resource};
use domain::validate::error;
use serde_json::json;
use store::patients as stored;
use store::patients::Known;
use store::{StoreError, Tx};
use uuid::Uuid;

/// Enters a patient. Nobody gets a second record by phone, nor by e-mail unless that is said to be shared (BR-PP-003).
/// Without `therapists` they are the member's own, if the member gives sessions.
///
/// # Errors
/// `VALIDATION_ERROR` by field; `taken` for a phone or an e-mail address somebody has already.
pub async fn create(ctx: &Ctx, typed: SavePatient, therapists: Vec<TherapistId>) -> Result<PatientView> {
    let member = ctx.may(Action::Create, Resource::Patients)?;
    let mut tx = begin(ctx, member).await?;
    let (settings, _, today) = practice_of(ctx, &mut tx, member).await?;
    let clean = checked(&typed, today)?;
    check_email(&mut tx, member, &clean, None).await?;
    let id = insert(&mut tx, ctx, member, &clean, &settings).await?;
    let therapists = if therapists.is_empty() { member.therapist_id.into_iter().collect() } else { therapists };
    for therapist in therapists {
        known_therapist(&mut tx, member, therapist).await?;
        stored::assign(&mut tx, member.practice_id, id, therapist, ctx.now).await?;
    }
    audit::record(&mut tx, ctx, member.practice_id, "patient.created", Some(id.0), json!({})).await?;
    let view = view(ctx, &mut tx, member, id).await?;
    commit(tx).await?;
    Ok(view)
}

/// Writes a patient who was checked, with guardians and tags.
pub(super) async fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    member: &Member,
    clean: &SavePatient,
    settings: &PracticeSettings,
) -> Result<PatientId> {
    let id: PatientId = ctx.new_id();
    let language = clean.language.unwrap_or(settings.language);
    stored::insert(tx, member.practice_id, id, clean, language, ctx.now).await.map_err(phone_taken)?;
    let guardians = guardians(ctx, clean);
    if !guardians.is_empty() {
        stored::set_guardians(tx, member.practice_id, id, &guardians).await?;
    }
    if !clean.tags.is_empty() {
        set_tags(tx, ctx, member, id, &clean.tags).await?;
    }
    Ok(id)
}

/// Changes a patient; the contact of their open bookings follows.
///
/// # Errors
/// As [`create`]; `CONFLICT` when somebody else changed the record since it was read; `NOT_FOUND`.
pub async fn update(ctx: &Ctx, id: PatientId, typed: SavePatient) -> Result<PatientView> {
    let (member, mut tx, record) = reach_with_bookings(ctx, Action::Update, id, &[id]).await?;
    let (_, _, today) = practice_of(ctx, &mut tx, member).await?;
    let clean = checked(&typed, today)?;
    if clean.version.is_some_and(|version| version != record.version) {
        return Err(ServiceError::code(ErrorCode::Conflict));
    }
    if record.email.as_deref().unwrap_or_default() != clean.email {
        check_email(&mut tx, member, &clean, Some(id)).await?;
    }
    let language = clean.language.unwrap_or(record.language);
    stored::update(&mut tx, member.practice_id, id, &clean, language).await.map_err(phone_taken)?;
    stored::set_guardians(&mut tx, member.practice_id, id, &guardians(ctx, &clean)).await?;
    set_tags(&mut tx, ctx, member, id, &clean.tags).await?;
    let followed = stored::follow_contact(&mut tx, member.practice_id, id).await?;
    let details = json!({ "bookings": followed });
    audit::record(&mut tx, ctx, member.practice_id, "patient.updated", Some(id.0), details).await?;
    let view = view(ctx, &mut tx, member, id).await?;
    commit(tx).await?;
    Ok(view)
}

/// What was typed, cleaned, with phones as E.164 that can exist.
pub(super) fn checked(typed: &SavePatient, today: chrono::NaiveDate) -> Result<SavePatient> {
    let (mut clean, mut problems) = match domain::patients::patient(typed, today) {
        Ok(clean) => (clean, vec![]),
        Err(problems) => return Err(ServiceError::fields(problems)),
    };
    real_phone("phone".into(), &mut clean.phone, &mut problems);
    real_phone("emergency_phone".into(), &mut clean.emergency_phone, &mut problems);
    for (index, guardian) in clean.guardians.iter_mut().enumerate() {
        real_phone(guardian_field(index, "phone"), &mut guardian.phone, &mut problems);
    }
    if problems.is_empty() { Ok(clean) } else { Err(ServiceError::fields(problems)) }
}

fn real_phone(field: String, phone: &mut String, problems: &mut Vec<FieldError>) {
    if phone.is_empty() {
        return;
    }
    match e164(phone) {
        Some(found) => *phone = found,
        None => problems.push(error(&field, FieldProblem::InvalidPhone)),
    }
}

fn phone_taken(error: StoreError) -> ServiceError {
    if error.is_constraint("patients_phone") { ServiceError::field("phone", FieldProblem::Taken) } else { error.into() }
}

/// Has somebody else this address, and was that not said to be right?
async fn check_email(tx: &mut Tx, member: &Member, clean: &SavePatient, except: Option<PatientId>) -> Result<()> {
    if clean.email.is_empty() || clean.shared_email {
        return Ok(());
    }
    let known = Known { email: &clean.email, except, ..Known::default() };
    let found = stored::duplicates(tx, member.practice_id, known, 1).await?;
    match found.iter().any(|duplicate: &Duplicate| duplicate.likeness == Likeness::Email) {
        true => Err(ServiceError::field("email", FieldProblem::Taken)),
        false => Ok(()),
    }
}

fn guardians(ctx: &Ctx, clean: &SavePatient) -> Vec<Guardian> {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    clean
        .guardians
        .iter()
        .filter(|guardian| !guardian.name.is_empty())
        .map(|guardian| Guardian {
            id: ctx.new_id(),
            name: guardian.name.clone(),
            relationship: guardian.relationship.clone(),
            phone: some(&guardian.phone),
            email: some(&guardian.email),
        })
        .collect()
}

async fn set_tags(tx: &mut Tx, ctx: &Ctx, member: &Member, id: PatientId, names: &[String]) -> Result<()> {
    let new: Vec<Uuid> = names.iter().map(|_| ctx.new_uuid()).collect();
    Ok(stored::set_tags(tx, member.practice_id, id, names, &new).await?)
}

/// # Errors
/// `NOT_FOUND` for a therapist of another practice.
async fn known_therapist(tx: &mut Tx, member: &Member, therapist: TherapistId) -> Result<()> {
    store::therapists::get(tx, member.practice_id, therapist).await?.ok_or_else(ServiceError::not_found)?;
    Ok(())
}

/// Changes what a patient likes (004 App. D).
///
/// # Errors
/// `VALIDATION_ERROR` by field; `NOT_FOUND`.
pub async fn save_preferences(ctx: &Ctx, id: PatientId, typed: SavePreferences) -> Result<PatientView> {
    let (member, mut tx, _) = reach(ctx, Action::Update, id).await?;
    let (settings, ..) = practice_of(ctx, &mut tx, member).await?;
    let clean = domain::patients::preferences(&typed).map_err(ServiceError::fields)?;
    let preferences = Preferences {
        channel: clean.channel,
        weekdays: clean.weekdays,
        day_parts: clean.day_parts,
        accommodations: clean.accommodations,
        custom_price: price(&clean.custom_price, &settings.currency)?,
    };
    stored::set_preferences(&mut tx, member.practice_id, id, &preferences, clean.language).await?;
    audit::record(&mut tx, ctx, member.practice_id, "patient.preferences_saved", Some(id.0), json!({})).await?;
    let view = view(ctx, &mut tx, member, id).await?;
    commit(tx).await?;
    Ok(view)
}

/// Minor units; sessions know the same limit.
const PRICE_MAX: i64 = 100_000_000_000;

fn price(typed: &str, currency: &str) -> Result<Option<Money>> {
    if typed.is_empty() {
        return Ok(None);
    }
    let wrong = |problem| ServiceError::field("custom_price", problem);
    let price = Money::parse(typed, currency).ok_or_else(|| wrong(FieldProblem::InvalidNumber))?;
    if price.minor > PRICE_MAX { Err(wrong(FieldProblem::OutOfRange)) } else { Ok(Some(price)) }
}

/// Lets a therapist see a patient; doing it twice changes nothing.
///
/// # Errors
/// `NOT_FOUND` for a patient or a therapist of another practice.
pub async fn assign(ctx: &Ctx, id: PatientId, therapist: TherapistId) -> Result<()> {
    let (member, mut tx, _) = reach(ctx, Action::Create, id).await?;
    known_therapist(&mut tx, member, therapist).await?;
    if stored::assign(&mut tx, member.practice_id, id, therapist, ctx.now).await? {
        changed_therapists(&mut tx, ctx, member, id, "patient.therapist_assigned", therapist).await?;
    }
    commit(tx).await
}

/// The therapist no longer sees the patient. Sessions they have together stay theirs, and a new one assigns them again.
///
/// # Errors
/// `NOT_FOUND` for a patient or a therapist of another practice.
pub async fn unassign(ctx: &Ctx, id: PatientId, therapist: TherapistId) -> Result<()> {
    let (member, mut tx, _) = reach(ctx, Action::Create, id).await?;
    known_therapist(&mut tx, member, therapist).await?;
    if stored::unassign(&mut tx, member.practice_id, id, therapist).await? {
        changed_therapists(&mut tx, ctx, member, id, "patient.therapist_unassigned", therapist).await?;
    }
    commit(tx).await
}

async fn changed_therapists(
    tx: &mut Tx,
    ctx: &Ctx,
    member: &Member,
    id: PatientId,
    action: &'static str,
    therapist: TherapistId,
) -> Result<()> {
    stored::touch(tx, member.practice_id, id).await?;
    let details = json!({ "therapist": therapist });
    audit::record(tx, ctx, member.practice_id, action, Some(id.0), details).await
}
