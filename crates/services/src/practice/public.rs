//! What anybody may know about a therapist.

use crate::{Ctx, Result, ServiceError, slots};
use contracts::booking::PublicTherapist;
use contracts::{PracticeId, TherapistId};
use domain::validate::check_slug;
use store::{lookup, therapists};

/// 404 for a slug nobody has, and for a profile that is not published. An old address answers the same as the present.
pub async fn public_therapist(ctx: &Ctx, slug: &str) -> Result<PublicTherapist> {
    // No therapist can have such an address: the database need not be asked.
    check_slug(slug).map_err(|_| ServiceError::not_found())?;
    let mut outside = ctx.deps.db.connection().await?;
    let found = lookup::therapist_by_slug(&mut outside, slug).await?;
    drop(outside);
    let (practice, id) = found.ok_or_else(ServiceError::not_found)?;
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    let (mut public, photo) = therapists::public(&mut tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
    // The file's id makes the address new with every photo, so that browsers may keep it for long.
    public.photo_url = photo.map(|file| format!("/{}/photo?v={file}", public.slug));
    Ok(public)
}

/// Whose a public address is, for following what changes there; 404 as for the public page.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn behind_slug(ctx: &Ctx, slug: &str) -> Result<(PracticeId, TherapistId)> {
    check_slug(slug).map_err(|_| ServiceError::not_found())?;
    let mut outside = ctx.deps.db.connection().await?;
    lookup::therapist_by_slug(&mut outside, slug).await?.ok_or_else(ServiceError::not_found)
}

/// Where an address that a therapist gave up leads now; `None` for any other.
///
/// # Errors
/// When the database cannot answer.
pub async fn moved_to(ctx: &Ctx, slug: &str) -> Result<Option<String>> {
    if check_slug(slug).is_err() {
        return Ok(None);
    }
    let found = slots::address_of(ctx, slug).await?;
    Ok(found.map(|address| address.slug).filter(|present| present != slug))
}

/// Every published address of the installation, for the sitemap.
pub async fn published_slugs(ctx: &Ctx) -> Result<Vec<String>> {
    let mut outside = ctx.deps.db.connection().await?;
    Ok(lookup::published_slugs(&mut outside).await?)
}
