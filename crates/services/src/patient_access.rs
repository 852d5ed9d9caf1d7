//! Patients sign in to their bookings by an e-mailed link that works once.

use crate::accounts::messages::{Recipient, new_link, send};
use crate::accounts::{clean_email, throttle};
use crate::messages::Template;
use crate::{Actor, Ctx, Result, ServiceError, bookings, tokens};
use chrono::{DateTime, TimeDelta, Utc};
use contracts::ErrorCode;
use contracts::booking::MyBookings;
use store::StoreError;
use store::accounts::links::{self, Holder, Purpose};
use store::lookup;

/// How long a patient stays signed in on a device.
const COOKIE_LIFE: TimeDelta = TimeDelta::days(30);

/// Sends a link that works once, for a day. Always answers the same, whether the address has bookings or not.
///
/// # Errors
/// A field error, or `RATE_LIMIT_EXCEEDED` with the seconds to wait.
pub async fn request_link(ctx: &Ctx, email: &str) -> Result<()> {
    let email = clean_email(email)?;
    throttle::mail(ctx, throttle::PATIENT_LINK, &email).await?;
    let practices = lookup::practices_of_patient(&mut *ctx.deps.db.connection().await?, &email).await?;
    // A message belongs to a practice; of several, the one that joined last sends it.
    let Some(practice) = practices.last().copied() else { return Ok(()) };
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    let link = new_link(ctx, &mut tx, Purpose::PatientSignIn, &Holder::Email(email.clone())).await?;
    let to = Recipient { email: &email, name: "", lang: ctx.lang };
    send(ctx, &mut tx, practice, to, Template::PatientSignIn, link, "").await?;
    commit(tx).await
}

/// Exchanges the link's token for a cookie value and its expiry.
///
/// # Errors
/// `LINK_INVALID` when it was used, is too old or wrong.
pub async fn sign_in(ctx: &Ctx, token: &str) -> Result<(String, DateTime<Utc>)> {
    let mut tx = ctx.deps.db.anywhere().await?;
    let holder = links::consume(&mut tx, &tokens::hash(token), Purpose::PatientSignIn, ctx.now).await?;
    let Some(Holder::Email(email)) = holder else {
        return Err(ServiceError::code(ErrorCode::LinkInvalid));
    };
    let cookie = tokens::one_use(ctx);
    let expires_at = ctx.now + COOKIE_LIFE;
    links::insert_patient_login(&mut tx, &cookie.hash, &email, ctx.now, expires_at).await?;
    commit(tx).await?;
    Ok((cookie.word, expires_at))
}

/// The address behind a patient's cookie.
///
/// # Errors
/// When the database cannot answer.
pub async fn patient_of(deps: &crate::Deps, now: DateTime<Utc>, cookie: &str) -> Result<Option<String>> {
    let mut connection = deps.db.connection().await?;
    Ok(links::patient_of(&mut connection, &tokens::hash(cookie), now).await?)
}

/// The cookie stops working; one that does not work is fine too.
///
/// # Errors
/// When the database cannot answer.
pub async fn sign_out(ctx: &Ctx, cookie: &str) -> Result<()> {
    let mut connection = ctx.deps.db.connection().await?;
    links::delete_patient_login(&mut connection, &tokens::hash(cookie)).await?;
    Ok(())
}

/// The bookings of the signed-in patient in all practices, the latest start first.
///
/// # Errors
/// `UNAUTHORIZED` when no patient is signed in.
pub async fn my_bookings(ctx: &Ctx) -> Result<MyBookings> {
    let Actor::Patient { email } = &ctx.actor else {
        return Err(ServiceError::code(ErrorCode::Unauthenticated));
    };
    let practices = lookup::practices_of_patient(&mut *ctx.deps.db.connection().await?, email).await?;
    let mut found = Vec::new();
    for practice in practices {
        let mut tx = ctx.deps.db.practice(practice, None).await?;
        found.extend(bookings::views_for_email(ctx, &mut tx, practice, email).await?);
        commit(tx).await?;
    }
    found.sort_by_key(|booking| std::cmp::Reverse((booking.starts_at, booking.id)));
    Ok(MyBookings { email: email.clone(), bookings: found })
}

async fn commit(tx: store::Tx) -> Result<()> {
    Ok(tx.commit().await.map_err(StoreError::from)?)
}
