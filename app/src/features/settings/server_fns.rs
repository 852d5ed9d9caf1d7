//! Doors to the practice's settings, its therapists' profiles and its services.

use crate::error::UiError;
use contracts::ServiceId;
use contracts::practice::{PracticeSettings, ServiceView, TherapistProfile, TherapistTerms};
use leptos::prelude::*;
use leptos::server_fn::codec::{MultipartData, MultipartFormData};

#[cfg(feature = "ssr")]
use crate::{
    context::{ctx, reply},
    layouts::practice::read,
};
#[cfg(feature = "ssr")]
use contracts::{ErrorCode, Lang, TherapistId, practice::*};
#[cfg(feature = "ssr")]
use services::ServiceError;

#[server]
pub async fn load_settings() -> Result<PracticeSettings, UiError> {
    reply(services::practice::settings(&ctx()?).await)
}

#[server]
pub async fn save_practice(
    name: String,
    currency: String,
    language: String,
    time_zone: String,
    video_base: Option<String>,
    video: Option<String>,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let settings = PracticeSettings {
            name,
            currency,
            language: read::choice("language", Lang::from_code(&language))?,
            time_zone,
            instructions: PaymentInstructions::default(),
            policy: BookingPolicy::default(),
            video_base: video_base.unwrap_or_default(),
            video: match read::optional(video) {
                Some(code) => read::choice("video", VideoKind::parse(&code))?,
                None => VideoKind::default(),
            },
        };
        services::practice::save_settings(&ctx, settings).await
    };
    read::finish(result.await, "/app/settings/practice?done=1")
}

#[server]
pub async fn save_payment(
    mpesa: Option<String>,
    bank_account: Option<String>,
    cash: Option<String>,
    note: Option<String>,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let instructions = PaymentInstructions {
        mpesa: mpesa.unwrap_or_default(),
        bank_account: bank_account.unwrap_or_default(),
        cash: cash.is_some(),
        note: note.unwrap_or_default(),
    };
    read::finish(services::practice::save_instructions(&ctx, instructions).await, "/app/settings/payment?done=1")
}

/// Windows and notice are typed in hours. `therapist` empty: the practice's own policy.
#[server]
pub async fn save_booking_policy(
    therapist: Option<String>,
    needs_approval: Option<String>,
    payment_timing: String,
    hold_min: String,
    approval_window_min: String,
    payment_window_min: String,
    notice_min: String,
    horizon_days: String,
    cancel_until_hours: String,
    cancel_text: Option<String>,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let therapist = read::optional(therapist).and_then(|id| id.parse::<TherapistId>().ok());
    let result = async {
        let policy = BookingPolicy {
            needs_approval: needs_approval.is_some(),
            payment_timing: read::choice("payment_timing", PaymentTiming::parse(&payment_timing))?,
            hold_min: read::number("hold_min", &hold_min)?,
            approval_window_min: read::hours("approval_window_min", &approval_window_min)?,
            payment_window_min: read::hours("payment_window_min", &payment_window_min)?,
            notice_min: read::hours("notice_min", &notice_min)?,
            horizon_days: read::number("horizon_days", &horizon_days)?,
            cancel_until_hours: read::number("cancel_until_hours", &cancel_until_hours)?,
            cancel_text: cancel_text.unwrap_or_default(),
        };
        services::practice::save_policy(&ctx, therapist, Some(policy)).await
    };
    read::finish(result.await, &policy_address(therapist))
}

/// A therapist follows the practice's policy again.
#[server]
pub async fn reset_booking_policy(therapist: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { services::practice::save_policy(&ctx, Some(read::id(&therapist)?), None).await };
    let to = policy_address(therapist.parse().ok());
    read::finish(result.await, &to)
}

#[cfg(feature = "ssr")]
fn policy_address(therapist: Option<TherapistId>) -> String {
    match therapist {
        Some(id) => format!("/app/settings/booking?therapist={id}&done=1"),
        None => "/app/settings/booking?done=1".to_owned(),
    }
}

#[server]
pub async fn therapist_profiles() -> Result<Vec<TherapistProfile>, UiError> {
    reply(services::practice::therapists(&ctx()?).await)
}

#[server]
pub async fn save_profile(
    therapist: String,
    slug: String,
    name: String,
    title: Option<String>,
    bio: Option<String>,
    credentials: Option<String>,
    languages: Option<String>,
    time_zone: String,
    published: Option<String>,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let profile = contracts::practice::SaveProfile {
            slug,
            name,
            title: title.unwrap_or_default(),
            bio: bio.unwrap_or_default(),
            credentials: credentials.unwrap_or_default(),
            languages: languages.unwrap_or_default(),
            time_zone,
            published: published.is_some(),
        };
        services::practice::save_profile(&ctx, read::id(&therapist)?, profile).await
    };
    read::finish(result.await.map(|_| ()), &profile_address(&therapist))
}

#[server]
pub async fn add_therapist(name: String) -> Result<(), UiError> {
    let result = services::practice::add_therapist(&ctx()?, &name, None).await;
    let to = result.as_ref().map_or_else(|_| String::new(), |t| profile_address(&t.id.to_string()));
    read::finish(result.map(|_| ()), &to)
}

#[cfg(feature = "ssr")]
fn profile_address(therapist: &str) -> String {
    match therapist.parse::<TherapistId>() {
        Ok(id) => format!("/app/settings/profile?therapist={id}&done=1"),
        Err(_) => "/app/settings/profile".to_owned(),
    }
}

/// A native multipart form: `therapist`, then `photo`.
#[server(input = MultipartFormData)]
pub async fn upload_photo(form: MultipartData) -> Result<(), UiError> {
    let ctx = ctx()?;
    let mut therapist = String::new();
    let result = async {
        let mut bytes = Vec::new();
        let mut form = form.into_inner().ok_or_else(|| ServiceError::internal("not a multipart form"))?;
        let broken = |_| ServiceError::code(ErrorCode::UnsupportedFile);
        while let Some(mut field) = form.next_field().await.map_err(broken)? {
            match field.name() {
                Some("therapist") => therapist = field.text().await.map_err(broken)?,
                Some("photo") => {
                    // Who may not set it uploads nothing; the therapist stands before the photo.
                    services::practice::may_set_photo(&ctx, read::id(&therapist)?).await?;
                    while let Some(chunk) = field.chunk().await.map_err(broken)? {
                        bytes.extend_from_slice(&chunk);
                        if bytes.len() as u64 > contracts::limits::UPLOAD_MAX {
                            return Err(ServiceError::code(ErrorCode::TooLarge));
                        }
                    }
                }
                _ => {}
            }
        }
        if bytes.is_empty() {
            return Err(ServiceError::field("photo", contracts::FieldProblem::Required));
        }
        services::practice::set_photo(&ctx, read::id(&therapist)?, Some(bytes)).await
    }
    .await;
    read::finish(result, &profile_address(&therapist))
}

#[server]
pub async fn remove_photo(therapist: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { services::practice::set_photo(&ctx, read::id(&therapist)?, None).await };
    read::finish(result.await, &profile_address(&therapist))
}

#[server]
pub async fn practice_services() -> Result<Vec<ServiceView>, UiError> {
    reply(services::practice::services(&ctx()?).await)
}

/// `id` empty: a new service.
#[server]
pub async fn save_service(
    id: Option<String>,
    name: String,
    description: Option<String>,
    duration_min: String,
    price: String,
    place: String,
    active: Option<String>,
    #[server(default)] therapists: Vec<String>,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let id = match read::optional(id) {
            Some(id) => Some(read::id(&id)?),
            None => None,
        };
        let service = contracts::practice::SaveService {
            id,
            name,
            description: description.unwrap_or_default(),
            duration_min: read::number("duration_min", &duration_min)?,
            price,
            place: read::choice("place", Place::parse(&place))?,
            active: active.is_some(),
        };
        let therapists = therapists.iter().map(|id| read::id(id)).collect::<services::Result<Vec<_>>>()?;
        services::practice::save_service(&ctx, service, therapists).await
    };
    read::finish(result.await.map(|_| ()), "/app/settings/services?done=1")
}

/// How each therapist gives a service.
#[server]
pub async fn service_terms(service: ServiceId) -> Result<Vec<TherapistTerms>, UiError> {
    reply(services::practice::terms(&ctx()?, service).await)
}

/// Left empty: as the service says.
#[server]
pub async fn save_service_terms(
    service: ServiceId,
    therapist: String,
    duration_min: Option<String>,
    price: Option<String>,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let given = |typed: Option<String>| typed.filter(|typed| !typed.trim().is_empty());
    let result = async {
        let duration_min = match given(duration_min) {
            Some(typed) => Some(read::number("duration_min", &typed)?),
            None => None,
        };
        let terms = SaveTerms { duration_min, price: given(price) };
        services::practice::save_terms(&ctx, service, read::id(&therapist)?, terms).await
    };
    read::finish(result.await.map(|_| ()), &format!("/app/settings/services?edit={service}&done=1#terms"))
}
