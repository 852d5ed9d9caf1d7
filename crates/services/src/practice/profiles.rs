//! Therapists' profiles.

use super::{check_zone, reaches};
use crate::form::Problems;
use crate::{Ctx, Result, ServiceError, audit, files};
use contracts::limits::{BIO_MAX, TITLE_MAX};
use contracts::practice::{SaveProfile, TherapistProfile};
use contracts::{FieldProblem, MemberId, TherapistId};
use domain::permissions::{Action, Resource, sees_only_own};
use domain::validate::{check_length, check_name, check_slug, clean_name, clean_text, slugify};
use serde_json::json;
use store::{StoreError, practices, therapists as stored};

/// Credentials and languages: as many as a page can show.
const LIST_MAX: usize = 20;

/// The practice's therapists; a therapist sees their own profile only.
pub async fn therapists(ctx: &Ctx) -> Result<Vec<TherapistProfile>> {
    let member = ctx.may(Action::Read, Resource::Therapists)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let mut all = stored::list(&mut tx, member.practice_id).await?;
    if sees_only_own(member.role) {
        all.retain(|profile| member.therapist_id == Some(profile.id));
    }
    Ok(all)
}

pub async fn therapist(ctx: &Ctx, id: TherapistId) -> Result<TherapistProfile> {
    let member = ctx.may(Action::Read, Resource::Therapists)?;
    reaches(member, id)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    stored::get(&mut tx, member.practice_id, id).await?.ok_or_else(ServiceError::not_found)
}

/// A profile for a member who gives sessions (or for nobody yet): unpublished, in the practice's zone and language, with
/// buffers of 0 and 10 minutes (004 §4.1) and an address made of the name.
///
/// # Errors
/// `VALIDATION_ERROR` for `name`, and for `member` when they have a profile or are no member.
pub async fn add_therapist(ctx: &Ctx, name: &str, member: Option<MemberId>) -> Result<TherapistProfile> {
    let actor = ctx.may(Action::Create, Resource::Therapists)?;
    let practice = actor.practice_id;
    let name = clean_name(name);
    check_name(&name).map_err(|problem| ServiceError::field("name", problem))?;
    let mut tx = ctx.deps.db.practice(practice, Some(actor.user_id)).await?;
    let settings = practices::get(&mut tx, practice).await?.ok_or_else(ServiceError::not_found)?;
    let new = stored::NewTherapist {
        id: ctx.new_id(),
        member,
        slug: slug_base(&name),
        name,
        languages: vec![settings.language.code().to_owned()],
        time_zone: settings.time_zone,
    };
    stored::insert(&mut tx, practice, &new, ctx.now).await.map_err(told_about_member)?;
    audit::record(&mut tx, ctx, practice, "therapist.added", Some(new.id.0), json!({ "member_id": member })).await?;
    let added = stored::get(&mut tx, practice, new.id).await?.ok_or_else(ServiceError::not_found)?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(added)
}

/// An address made of a name; names that leave nothing usable, or a reserved word, get a neutral one. Short enough that
/// a number still fits behind it.
fn slug_base(name: &str) -> String {
    let short: String = slugify(name).chars().take(54).collect();
    let slug = short.trim_matches('-');
    if check_slug(slug).is_ok() { slug.to_owned() } else { "therapist".to_owned() }
}

fn told_about_member(error: StoreError) -> ServiceError {
    if error.is_constraint("therapists_one_per_member") {
        ServiceError::field("member", FieldProblem::Taken)
    } else if error.is_constraint("therapists_practice_id_member_id_fkey") {
        ServiceError::field("member", FieldProblem::InvalidChoice)
    } else {
        error.into()
    }
}

/// # Errors
/// `VALIDATION_ERROR` for the form's fields; `slug` is `Taken` when anybody else in the installation has it or had it.
pub async fn save_profile(ctx: &Ctx, id: TherapistId, cmd: SaveProfile) -> Result<TherapistProfile> {
    let member = ctx.may(Action::Update, Resource::Therapists)?;
    reaches(member, id)?;
    let practice = member.practice_id;
    let mut tx = ctx.deps.db.practice(practice, Some(member.user_id)).await?;
    let before = stored::get(&mut tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
    let wanted = checked(&before, cmd)?;
    stored::save_profile(&mut tx, practice, &wanted, ctx.now).await.map_err(|error| {
        if error.is_constraint("slugs_pkey") { ServiceError::field("slug", FieldProblem::Taken) } else { error.into() }
    })?;
    let details = json!({ "published": wanted.published, "address_changed": before.slug != wanted.slug });
    audit::record(&mut tx, ctx, practice, "therapist.profile_saved", Some(id.0), details).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(wanted)
}

fn checked(before: &TherapistProfile, cmd: SaveProfile) -> Result<TherapistProfile> {
    let mut wanted = before.clone();
    wanted.slug = cmd.slug.trim().to_lowercase();
    wanted.name = clean_name(&cmd.name);
    wanted.title = clean_name(&cmd.title);
    wanted.bio = clean_text(&cmd.bio);
    wanted.credentials = cmd.credentials.lines().map(clean_name).filter(|line| !line.is_empty()).collect();
    wanted.languages = languages(&cmd.languages);
    wanted.time_zone = cmd.time_zone.trim().to_owned();
    wanted.published = cmd.published;

    let mut problems = Problems::default();
    problems.check("slug", check_slug(&wanted.slug));
    problems.check("name", check_name(&wanted.name));
    problems.check("title", check_length(&wanted.title, TITLE_MAX));
    problems.check("bio", check_length(&wanted.bio, BIO_MAX));
    problems.check("credentials", check_credentials(&wanted.credentials));
    problems.check("languages", check_languages(&wanted.languages));
    problems.check("time_zone", check_zone(&wanted.time_zone));
    problems.finish()?;
    Ok(wanted)
}

fn check_credentials(lines: &[String]) -> std::result::Result<(), FieldProblem> {
    if lines.len() > LIST_MAX {
        return Err(FieldProblem::TooLong);
    }
    lines.iter().try_for_each(|line| check_length(line, TITLE_MAX))
}

/// `es, EN,es` is es and en, in the order of typing.
fn languages(typed: &str) -> Vec<String> {
    let mut codes: Vec<String> = vec![];
    for code in typed.split([',', ';', ' ', '\n']).map(|code| code.trim().to_lowercase()).filter(|c| !c.is_empty()) {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

/// ISO 639 codes have two or three letters.
fn check_languages(codes: &[String]) -> std::result::Result<(), FieldProblem> {
    let is_code = |code: &String| (2..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase());
    match codes.len() {
        0..=LIST_MAX if codes.iter().all(is_code) => Ok(()),
        0..=LIST_MAX => Err(FieldProblem::InvalidChoice),
        _ => Err(FieldProblem::TooLong),
    }
}

/// May the caller set this therapist's photo? For asking before a photo is read.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`, `NOT_FOUND`.
pub async fn may_set_photo(ctx: &Ctx, id: TherapistId) -> Result<()> {
    let member = ctx.may(Action::Update, Resource::Therapists)?;
    reaches(member, id)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    stored::get(&mut tx, member.practice_id, id).await?.map(|_| ()).ok_or_else(ServiceError::not_found)
}

/// `None` takes the photo away. A photo that is replaced is deleted.
///
/// # Errors
/// `PAYLOAD_TOO_LARGE` above 10 MB, `UNSUPPORTED_FILE` for anything but png, jpeg and webp.
pub async fn set_photo(ctx: &Ctx, id: TherapistId, bytes: Option<Vec<u8>>) -> Result<()> {
    let member = ctx.may(Action::Update, Resource::Therapists)?;
    reaches(member, id)?;
    let practice = member.practice_id;
    let mut tx = ctx.deps.db.practice(practice, Some(member.user_id)).await?;
    let before = stored::get(&mut tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
    let photo = match bytes {
        Some(bytes) => Some(files::keep(&mut tx, ctx, practice, files::PHOTO, bytes).await?),
        None => None,
    };
    stored::set_photo(&mut tx, practice, id, photo).await?;
    if let Some(old) = before.photo {
        store::files::delete(&mut tx, practice, old).await?;
    }
    audit::record(&mut tx, ctx, practice, "therapist.photo_set", Some(id.0), json!({ "file_id": photo })).await?;
    tx.commit().await.map_err(StoreError::from)?;
    if let Some(old) = before.photo {
        files::discard(ctx, practice, old).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_codes_said_once() {
        assert_eq!(languages(" es, EN,es ;pt"), ["es", "en", "pt"]);
        assert!(languages(" , ").is_empty());
        assert!(check_languages(&languages("es, en")).is_ok());
        assert_eq!(check_languages(&languages("español")), Err(FieldProblem::InvalidChoice));
    }

    #[test]
    fn every_name_leads_to_an_address_with_room_for_a_number() {
        assert_eq!(slug_base("Ana Ruiz"), "ana-ruiz");
        for name in ["李", "--", "Admin", &"very long name ".repeat(8)] {
            let slug = slug_base(name);
            assert!(check_slug(&format!("{slug}-12345")).is_ok(), "{slug}");
        }
    }
}
