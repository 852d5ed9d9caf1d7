//! The practice's own settings, therapists' profiles, services, and what the public sees of them.

mod offers;
mod profiles;
mod public;
mod settings;

pub use offers::{save_service, save_terms, services, terms};
pub use profiles::{add_therapist, may_set_photo, save_profile, set_photo, therapist, therapists};
pub use public::{behind_slug, moved_to, public_therapist, published_slugs};
pub(crate) use settings::check_video_address;
pub use settings::{save_instructions, save_policy, save_settings, settings};

use crate::{Member, Result, ServiceError};
use contracts::{FieldProblem, TherapistId};
use domain::permissions::sees_only_own;

/// Therapists and caregivers reach their own profile only; another therapist does not exist for them.
///
/// # Errors
/// `NOT_FOUND` for another therapist.
pub(crate) fn reaches(member: &Member, therapist: TherapistId) -> Result<()> {
    if sees_only_own(member.role) && member.therapist_id != Some(therapist) {
        return Err(ServiceError::not_found());
    }
    Ok(())
}

/// Is it the name of a time zone of the IANA database?
fn check_zone(name: &str) -> std::result::Result<(), FieldProblem> {
    name.parse::<chrono_tz::Tz>().map(|_| ()).map_err(|_| FieldProblem::InvalidTimeZone)
}
