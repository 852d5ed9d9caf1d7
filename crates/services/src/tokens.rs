//! Tokens derived from the installation's secret: booking links, access tokens, one-use links.

use crate::{Ctx, Member, Result, Secrets, ServiceError};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use contracts::accounts::Role;
use contracts::{BookingId, FeedId, MemberId, PracticeId, TherapistId, UserId};
use hmac::{Hmac, Mac};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How long an access token is good (product §13).
pub const ACCESS_LIFE: TimeDelta = TimeDelta::minutes(15);

/// The keys of an installation, all from one secret of any length; knowing one key tells nothing about the others.
pub fn derive_secrets(master: &[u8]) -> Secrets {
    let root: [u8; 32] = Sha256::digest(master).into();
    let key = |label: &str| keyed(&root, label.as_bytes()).finalize().into_bytes().into();
    Secrets {
        jwt: key("calma access tokens 1"),
        links: key("calma booking links 1"),
        forms: key("calma form data 1"),
        calendars: key("calma calendar credentials 1"),
    }
}

/// `/b/{token}`: the booking's id and a keyed hash of it, as one unguessable word.
pub fn booking_token(secrets: &Secrets, id: BookingId) -> String {
    token(secrets, b"", id.0)
}

/// The booking a token leads to, if this installation made it.
pub fn booking_of(secrets: &Secrets, token: &str) -> Option<BookingId> {
    id_in(secrets, b"", token).map(BookingId)
}

/// `/calendar/{token}.ics`: likewise, and none is ever a booking's.
pub(crate) fn feed_token(secrets: &Secrets, id: FeedId) -> String {
    token(secrets, FEED, id.0)
}

/// What an address to subscribe to leads to, if this installation made it.
pub(crate) fn feed_id(secrets: &Secrets, token: &str) -> Option<FeedId> {
    id_in(secrets, FEED, token).map(FeedId)
}

const FEED: &[u8] = b"calendar feed ";

fn token(secrets: &Secrets, kind: &[u8], id: Uuid) -> String {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(id.as_bytes());
    let tag = keyed(&secrets.links, kind).chain_update(id.as_bytes()).finalize().into_bytes();
    bytes[16..].copy_from_slice(&tag[..16]);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn id_in(secrets: &Secrets, kind: &[u8], token: &str) -> Option<Uuid> {
    let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
    let (id, tag) = bytes.split_at(16);
    // Compares in constant time.
    keyed(&secrets.links, kind).chain_update(id).verify_truncated_left(tag).ok()?;
    Uuid::from_slice(id).ok()
}

/// A word that works once, and the hash it is stored as.
pub(crate) struct OneUse {
    pub word: String,
    pub hash: [u8; 32],
}

/// 32 random bytes; only their hash is stored, so a copy of the database opens nothing.
pub(crate) fn one_use(ctx: &Ctx) -> OneUse {
    let word = URL_SAFE_NO_PAD.encode(ctx.random::<32>());
    let hash = hash(&word);
    OneUse { word, hash }
}

/// What a one-use word, a refresh token or a patient's cookie is stored as.
pub(crate) fn hash(word: &str) -> [u8; 32] {
    Sha256::digest(word.as_bytes()).into()
}

/// What an access token says; short names, because it travels with every request.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: UserId,
    mid: MemberId,
    pid: PracticeId,
    rol: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tid: Option<TherapistId>,
    sid: Uuid,
    iat: i64,
    exp: i64,
}

/// A signed access token and when it ends.
///
/// # Errors
/// `INTERNAL_ERROR` if it cannot be signed.
pub fn access_token(secrets: &Secrets, member: &Member, now: DateTime<Utc>) -> Result<(String, DateTime<Utc>)> {
    let expires_at = now + ACCESS_LIFE;
    let claims = Claims {
        sub: member.user_id,
        mid: member.member_id,
        pid: member.practice_id,
        rol: member.role,
        tid: member.therapist_id,
        sid: member.login_session_id,
        iat: now.timestamp(),
        exp: expires_at.timestamp(),
    };
    let key = EncodingKey::from_secret(&secrets.jwt);
    let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).map_err(ServiceError::internal)?;
    Ok((token, expires_at))
}

/// The member an access token is for, if it was signed here and has not ended at `now`.
pub(crate) fn member_of(secrets: &Secrets, token: &str, now: DateTime<Utc>) -> Option<Member> {
    let mut validation = Validation::new(Algorithm::HS256);
    // The library would ask the system's clock; ours is a parameter.
    validation.validate_exp = false;
    let key = DecodingKey::from_secret(&secrets.jwt);
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation).ok()?.claims;
    (now.timestamp() < claims.exp).then_some(Member {
        user_id: claims.sub,
        member_id: claims.mid,
        practice_id: claims.pid,
        role: claims.rol,
        therapist_id: claims.tid,
        login_session_id: claims.sid,
    })
}

/// HMAC-SHA256 of a message. HMAC fills a key up to its block of 64 bytes with zeros, so this is the ordinary one.
fn keyed(key: &[u8; 32], message: &[u8]) -> Hmac<Sha256> {
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    <Hmac<Sha256> as Mac>::new(&block.into()).chain_update(message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn secrets() -> Secrets {
        derive_secrets(b"a secret for tests")
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("in range")
    }

    fn member(therapist: bool) -> Member {
        Member {
            user_id: UserId(Uuid::from_u128(1)),
            member_id: MemberId(Uuid::from_u128(2)),
            practice_id: PracticeId(Uuid::from_u128(3)),
            role: Role::Therapist,
            therapist_id: therapist.then_some(TherapistId(Uuid::from_u128(4))),
            login_session_id: Uuid::from_u128(5),
        }
    }

    #[test]
    fn a_keyed_hash_is_the_standard_one() {
        // RFC 4231, test case 2, with its key "Jefe" filled up with zeros as HMAC does.
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        let mac = keyed(&key, b"what do ya want for nothing?").finalize().into_bytes();
        assert_eq!(mac[..8], [0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e]);
    }

    #[test]
    fn every_key_is_different_and_follows_from_the_secret() {
        let (one, same, other) = (secrets(), secrets(), derive_secrets(b"another"));
        assert_eq!((one.jwt, one.links, one.forms, one.calendars), (same.jwt, same.links, same.forms, same.calendars));
        let all = [one.jwt, one.links, one.forms, one.calendars];
        assert!((0..4).all(|a| (0..a).all(|b| all[a] != all[b])));
        assert!(one.jwt != other.jwt && one.links != other.links && one.forms != other.forms);
    }

    #[test]
    fn an_access_token_tells_who_until_it_ends() {
        for member in [member(true), member(false)] {
            let (token, ends) = access_token(&secrets(), &member, at(0)).expect("signed");
            assert_eq!(ends, at(900));
            assert_eq!(member_of(&secrets(), &token, at(899)), Some(member));
            assert_eq!(member_of(&secrets(), &token, at(900)), None);
        }
    }

    #[test]
    fn an_access_token_of_someone_else_is_refused() {
        let (token, _) = access_token(&secrets(), &member(true), at(0)).expect("signed");
        assert_eq!(member_of(&derive_secrets(b"another"), &token, at(1)), None);
        let claims = token.split('.').nth(1).expect("three parts").to_owned();
        let unsigned = format!("{}.{claims}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#));
        for wrong in [unsigned.as_str(), "", "a.b.c", &token[..token.len() - 1]] {
            assert_eq!(member_of(&secrets(), wrong, at(1)), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_booking_token_leads_back(id: u128) {
            let id = BookingId(Uuid::from_u128(id));
            let token = booking_token(&secrets(), id);
            prop_assert_eq!(token.len(), 43);
            prop_assert_eq!(booking_of(&secrets(), &token), Some(id));
            prop_assert_eq!(booking_of(&derive_secrets(b"another"), &token), None);
        }

        #[test]
        fn a_changed_booking_token_leads_nowhere(id: u128, place in 0_usize..32, flip in 1_u8..=255) {
            let token = booking_token(&secrets(), BookingId(Uuid::from_u128(id)));
            let mut bytes = URL_SAFE_NO_PAD.decode(token).expect("base64");
            bytes[place] ^= flip;
            prop_assert_eq!(booking_of(&secrets(), &URL_SAFE_NO_PAD.encode(bytes)), None);
        }

        #[test]
        fn a_feeds_token_leads_back_and_is_no_bookings(id: u128) {
            let token = feed_token(&secrets(), FeedId(Uuid::from_u128(id)));
            prop_assert_eq!(feed_id(&secrets(), &token), Some(FeedId(Uuid::from_u128(id))));
            prop_assert_eq!(booking_of(&secrets(), &token), None);
            prop_assert_eq!(feed_id(&secrets(), &booking_token(&secrets(), BookingId(Uuid::from_u128(id)))), None);
        }

        #[test]
        fn any_text_is_no_booking(text in ".{0,60}") {
            prop_assert_eq!(booking_of(&secrets(), &text), None);
            prop_assert_eq!(member_of(&secrets(), &text, at(0)), None);
        }
    }
}
