//! Photos and payment receipts: sniffed, limited, stripped of metadata, kept outside the database.

use crate::{Actor, Ctx, Result, ServiceError, pictures, practice};
use contracts::limits::UPLOAD_MAX;
use contracts::*;
use domain::permissions::{Action, Resource};
use domain::validate::check_slug;
use sha2::{Digest, Sha256};
use store::{files as stored, lookup, therapists};

/// Purposes, as the database names them.
pub(crate) const PHOTO: &str = "photo";
pub(crate) const PAYMENT_PROOF: &str = "payment_proof";

/// Checks size and real type (png, jpeg, webp; pdf for receipts), takes the metadata out of pictures (a photo of a
/// receipt tells where its sender lives), stores the bytes, writes the row. Inside the caller's
/// transaction: if that does not commit, bytes nobody refers to stay behind, which is harmless.
///
/// # Errors
/// `PAYLOAD_TOO_LARGE`, `UNSUPPORTED_FILE`; `SERVICE_UNAVAILABLE` when the bytes cannot be stored.
pub(crate) async fn keep(
    tx: &mut store::Tx,
    ctx: &Ctx,
    practice: PracticeId,
    purpose: &str,
    bytes: Vec<u8>,
) -> Result<FileId> {
    if bytes.len() as u64 > UPLOAD_MAX {
        return Err(ServiceError::code(ErrorCode::TooLarge));
    }
    let content_type = sniff(&bytes)
        .filter(|found| purpose == PAYMENT_PROOF || *found != PDF)
        .ok_or_else(|| ServiceError::code(ErrorCode::UnsupportedFile))?;
    let bytes = pictures::bare(content_type, bytes).ok_or_else(|| ServiceError::code(ErrorCode::UnsupportedFile))?;
    let size = bytes.len() as u64;
    let id: FileId = ctx.new_id();
    let sha256 = Sha256::digest(&bytes);
    ctx.deps.files.put(&key(practice, id), bytes).await.map_err(unavailable)?;
    let file = stored::NewFile { id, purpose, content_type, size: size.cast_signed(), sha256: &sha256 };
    stored::insert(tx, practice, file, ctx.now).await?;
    Ok(id)
}

/// Removes bytes whose row is gone. A failure leaves bytes nobody can reach, so it is only logged.
pub(crate) async fn discard(ctx: &Ctx, practice: PracticeId, id: FileId) {
    if let Err(error) = ctx.deps.files.delete(&key(practice, id)).await {
        tracing::warn!(%error, file = %id, "a file could not be deleted");
    }
}

/// A published therapist's photo: content type and bytes. Members of the practice see it before it is published, too.
pub async fn photo(ctx: &Ctx, slug: &str) -> Result<(String, Vec<u8>)> {
    check_slug(slug).map_err(|_| ServiceError::not_found())?;
    let mut outside = ctx.deps.db.connection().await?;
    let published = lookup::therapist_by_slug(&mut outside, slug).await?;
    drop(outside);
    let (practice, therapist) = match published {
        Some(found) => found,
        None => unpublished(ctx, slug).await?,
    };
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    let (file, content_type) =
        stored::photo_of(&mut tx, practice, therapist).await?.ok_or_else(ServiceError::not_found)?;
    drop(tx);
    Ok((content_type, read(ctx, practice, file).await?))
}

async fn unpublished(ctx: &Ctx, slug: &str) -> Result<(PracticeId, TherapistId)> {
    let Actor::Member(member) = &ctx.actor else {
        return Err(ServiceError::not_found());
    };
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let id = therapists::by_slug(&mut tx, member.practice_id, slug).await?.ok_or_else(ServiceError::not_found)?;
    practice::reaches(member, id)?;
    Ok((member.practice_id, id))
}

/// A receipt, for members who may see payments (a therapist: only of their own bookings).
pub async fn receipt(ctx: &Ctx, id: FileId) -> Result<(String, Vec<u8>)> {
    let member = ctx.may(Action::Read, Resource::Payments)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let (content_type, therapist) =
        stored::receipt(&mut tx, member.practice_id, id).await?.ok_or_else(ServiceError::not_found)?;
    drop(tx);
    practice::reaches(member, therapist)?;
    Ok((content_type, read(ctx, member.practice_id, id).await?))
}

async fn read(ctx: &Ctx, practice: PracticeId, id: FileId) -> Result<Vec<u8>> {
    let bytes = ctx.deps.files.get(&key(practice, id)).await.map_err(unavailable)?;
    // The row is there and the bytes are not: the directory was lost or is the wrong one.
    bytes.ok_or_else(|| ServiceError {
        internal: Some(format!("bytes of file {id} are missing")),
        ..ServiceError::not_found()
    })
}

fn key(practice: PracticeId, id: FileId) -> String {
    format!("{practice}/{id}")
}

fn unavailable(error: integrations::files::FileError) -> ServiceError {
    ServiceError { internal: Some(error.to_string()), ..ServiceError::code(ErrorCode::Unavailable) }
}

const PDF: &str = "application/pdf";

/// What a file is, by its first bytes; what it is called does not matter.
fn sniff(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [b'%', b'P', b'D', b'F', b'-', ..] => Some(PDF),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_first_bytes() {
        let cases: [(&[u8], Option<&str>); 9] = [
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Some("image/png")),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Some("image/jpeg")),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"%PDF-1.7\n", Some("application/pdf")),
            (b"RIFF\x24\0\0\0WAVEfmt ", None),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\">", None),
            (b"<!doctype html><script>", None),
            (b"MZ\x90\0", None),
            (b"", None),
        ];
        for (bytes, expected) in cases {
            assert_eq!(sniff(bytes), expected, "{bytes:?}");
        }
    }
}
