//! Who asks, when, in which language, and what the answer is made with.

use crate::{Result, ServiceError};
use chrono::{DateTime, Utc};
use contracts::accounts::Role;
use contracts::{ErrorCode, Lang, MemberId, PracticeId, TherapistId, UserId};
use domain::permissions::{Action, Resource, allowed};
use std::net::IpAddr;
use std::sync::Arc;
use store::Db;
use uuid::Uuid;

/// The source of randomness; tests give a seeded one.
pub trait Entropy: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

/// The clock; journeys move it in test mode, nothing moves it otherwise.
pub trait Clock: Send + Sync {
    fn now(&self) -> DateTime<Utc>;
}

/// Keys of this installation, all derived from one secret.
#[derive(Clone)]
pub struct Secrets {
    /// Signs access tokens.
    pub jwt: [u8; 32],
    /// Makes the unguessable half of a booking's link.
    pub links: [u8; 32],
    /// Encrypts what a failed form without JavaScript hands back to the page.
    pub forms: [u8; 32],
    /// Encrypts what opens calendars outside.
    pub calendars: [u8; 32],
}

/// Everything a use case needs that is the same for all requests.
pub struct Deps {
    pub db: Db,
    pub cache: Arc<dyn integrations::cache::Cache>,
    pub mail: Arc<dyn integrations::mail::Mailer>,
    pub texts: Arc<dyn integrations::texts::TextSender>,
    pub files: Arc<dyn integrations::files::FileStore>,
    pub calendars: integrations::calendars::Calendars,
    pub live: crate::live::Hub,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub secrets: Secrets,
    /// Where people reach this installation, e.g. `https://calma.example`; no slash at the end.
    pub base_url: String,
}

/// A logged-in member of a practice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub user_id: UserId,
    pub member_id: MemberId,
    pub practice_id: PracticeId,
    pub role: Role,
    /// Their own therapist profile, if they give sessions.
    pub therapist_id: Option<TherapistId>,
    pub login_session_id: Uuid,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    Visitor,
    /// Followed a sign-in link sent to this address.
    Patient {
        email: String,
    },
    Member(Member),
    /// The worker and the command line.
    System,
}

/// The first argument of every use case.
#[derive(Clone)]
pub struct Ctx {
    pub deps: Arc<Deps>,
    pub actor: Actor,
    pub lang: Lang,
    /// When the request came in; the only clock a use case reads.
    pub now: DateTime<Utc>,
    pub request_id: Uuid,
    pub ip: Option<IpAddr>,
}

impl Ctx {
    /// A context for the worker and the command line, at this moment.
    pub fn system(deps: Arc<Deps>) -> Self {
        let now = deps.clock.now();
        let mut ctx =
            Self { deps, actor: Actor::System, lang: Lang::default(), now, request_id: Uuid::nil(), ip: None };
        ctx.request_id = ctx.new_uuid();
        ctx
    }

    /// A new id that sorts by time (UUIDv7).
    pub fn new_id<T: From<Uuid>>(&self) -> T {
        T::from(self.new_uuid())
    }

    pub fn new_uuid(&self) -> Uuid {
        let mut random = [0; 10];
        self.deps.entropy.fill(&mut random);
        let millis = u64::try_from(self.now.timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// `N` random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.deps.entropy.fill(&mut bytes);
        bytes
    }

    /// The member who asks.
    ///
    /// # Errors
    /// `UNAUTHORIZED` when nobody is logged in.
    pub fn member(&self) -> Result<&Member> {
        match &self.actor {
            Actor::Member(member) => Ok(member),
            _ => Err(ServiceError::code(ErrorCode::Unauthenticated)),
        }
    }

    /// The member who asks, if the permission table lets their role do this.
    ///
    /// # Errors
    /// `UNAUTHORIZED` or `FORBIDDEN`.
    pub fn may(&self, action: Action, resource: Resource) -> Result<&Member> {
        let member = self.member()?;
        if allowed(member.role, action, resource) { Ok(member) } else { Err(ServiceError::code(ErrorCode::Forbidden)) }
    }
}
