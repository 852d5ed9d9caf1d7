//! Hashing and checking passwords with argon2id.

use crate::{Ctx, Result, ServiceError};
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

/// How many hashes are worked on at once. Each takes 19 MiB, and a storm of logins must not take the machine's memory.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// Stands in for the hash of an account that does not exist, so that checking costs the same. No password fits it.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdCBvZiBub2JvZHkhIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// OWASP's parameters, written out because stored hashes and [`NOBODY`] must agree with them.
fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(ServiceError::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// # Errors
/// `INTERNAL_ERROR` when it cannot be hashed.
pub(super) async fn hash(ctx: &Ctx, password: &str) -> Result<String> {
    let salt = SaltString::encode_b64(&ctx.random::<16>()).map_err(ServiceError::internal)?;
    let password = password.to_owned();
    in_background(move || {
        let hashed = argon2()?.hash_password(password.as_bytes(), &salt).map_err(ServiceError::internal)?;
        Ok(hashed.to_string())
    })
    .await
}

/// Is this the password? Takes as long when there is no account (`None`) as when there is one.
///
/// # Errors
/// `INTERNAL_ERROR` when the stored hash cannot be read.
pub(super) async fn fits(password: &str, hash: Option<&str>) -> Result<bool> {
    let password = password.to_owned();
    let hash = hash.unwrap_or(NOBODY).to_owned();
    in_background(move || {
        let hash = PasswordHash::new(&hash).map_err(ServiceError::internal)?;
        match argon2()?.verify_password(password.as_bytes(), &hash) {
            Ok(()) => Ok(true),
            Err(argon2::password_hash::Error::Password) => Ok(false),
            Err(error) => Err(ServiceError::internal(error)),
        }
    })
    .await
}

/// Off the threads that answer requests.
async fn in_background<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let _turn = AT_ONCE.acquire().await.map_err(ServiceError::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(ServiceError::internal)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_has_a_password_and_costs_the_same() {
        assert!(!fits("", None).await.expect("readable"));
        let hashed = argon2()
            .expect("parameters")
            .hash_password(b"Correct-horse-1", &SaltString::encode_b64(&[7; 16]).expect("salt"))
            .expect("hashed")
            .to_string();
        let parameters = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(parameters(NOBODY), parameters(&hashed));
        assert_eq!(NOBODY.len(), hashed.len());
        assert!(fits("Correct-horse-1", Some(&hashed)).await.expect("readable"));
        assert!(!fits("correct-horse-1", Some(&hashed)).await.expect("readable"));
    }
}
