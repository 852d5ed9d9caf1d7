//! What opens other people's calendars is kept encrypted, with a key that is not in the database.

use crate::{Ctx, Result, ServiceError};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use contracts::CalendarId;
use integrations::calendars::google::Grant;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What belongs to a calendar.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Credentials {
    Google(Grant),
    /// The address of a published calendar, which often is its only secret.
    Address(String),
}

const NONCE: usize = 24;

/// Bound to the calendar: moved to another one, it does not open.
pub(super) fn seal(ctx: &Ctx, id: CalendarId, credentials: &Credentials) -> Result<Vec<u8>> {
    lock(ctx, id.0.as_bytes(), credentials)
}

pub(super) fn open(ctx: &Ctx, id: CalendarId, sealed: &[u8]) -> Option<Credentials> {
    unlock(ctx, id.0.as_bytes(), sealed)
}

pub(super) fn lock(ctx: &Ctx, bound_to: &[u8], value: &impl Serialize) -> Result<Vec<u8>> {
    let nonce = ctx.random::<NONCE>();
    let plain = serde_json::to_vec(value).map_err(ServiceError::internal)?;
    let cipher = XChaCha20Poly1305::new(&ctx.deps.secrets.calendars.into());
    let payload = Payload { msg: &plain, aad: bound_to };
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(ServiceError::internal)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

pub(super) fn unlock<T: DeserializeOwned>(ctx: &Ctx, bound_to: &[u8], sealed: &[u8]) -> Option<T> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    let cipher = XChaCha20Poly1305::new(&ctx.deps.secrets.calendars.into());
    let plain = cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: bound_to }).ok()?;
    serde_json::from_slice(&plain).ok()
}
