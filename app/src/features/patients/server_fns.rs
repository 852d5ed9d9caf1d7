//! Doors to patients. Forms whose names could meet those of another area say that they are about patients.

use super::fields::PatientForm;
use crate::error::UiError;
use crate::features::outbox::server_fns::Stamped;
use chrono::NaiveDateTime;
use contracts::booking::Page;
use contracts::patients::*;
use leptos::prelude::*;
use leptos::server_fn::codec::{MultipartData, MultipartFormData};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::{
    context::{ctx, reply},
    layouts::practice::read,
};
#[cfg(feature = "ssr")]
use contracts::{ErrorCode, FieldProblem, Lang, TherapistId, lists, sessions};
#[cfg(feature = "ssr")]
use domain::permissions::{Action as Verb, Resource as Thing};
#[cfg(feature = "ssr")]
use services::{Ctx, ServiceError};

/// A patient of the list, with the last and the next session on the practice's wall clock.
pub type Line = (PatientCard, Option<NaiveDateTime>, Option<NaiveDateTime>);

/// A page of the list with what its filters offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientsPage {
    pub lines: Vec<Line>,
    pub next: Option<String>,
    pub tags: Vec<Tag>,
    pub therapists: Vec<AssignedTherapist>,
    /// What was searched for.
    pub q: String,
}

/// The filters of the list as they stand in its address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    pub state: String,
    #[serde(default)]
    pub tag: String,
    #[serde(default)]
    pub therapist: String,
    /// `yes` or `no`.
    #[serde(default)]
    pub next: String,
    #[serde(default)]
    pub owes: String,
    #[serde(default)]
    pub sort: String,
    #[serde(default)]
    pub cursor: String,
    /// Was the list searched without JavaScript? The words lie in a cookie.
    #[serde(default)]
    pub found: String,
}

#[cfg(feature = "ssr")]
impl ListQuery {
    /// # Errors
    /// For an id that nobody can have.
    pub fn filter(&self, q: Option<String>) -> services::Result<PatientFilter> {
        use lists::SortKey;
        let some = |text: &String| read::optional(Some(text.clone()));
        let id = |text: &String| some(text).map(|text| read::id(&text)).transpose();
        Ok(PatientFilter {
            q,
            state: PatientState::parse(&self.state).unwrap_or_default(),
            tag: id(&self.tag)?.map(contracts::TagId),
            therapist_id: id(&self.therapist)?.map(TherapistId),
            has_next: match self.next.as_str() {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            owes: !self.owes.is_empty(),
            sort: lists::PatientSort::parse(&self.sort).unwrap_or_default(),
            cursor: some(&self.cursor),
            limit: None,
        })
    }
}

/// The words of a search without JavaScript.
#[cfg(feature = "ssr")]
pub(super) fn searched() -> Option<String> {
    let parts = use_context::<http::request::Parts>()?;
    let jar = parts.headers.get(http::header::COOKIE)?.to_str().ok()?;
    services::cookies::found(jar)
}

/// `q` is what is being typed; before anything is typed, what was searched for without JavaScript.
#[server]
pub async fn load_patients(query: ListQuery, q: Option<String>) -> Result<PatientsPage, UiError> {
    let ctx = ctx()?;
    reply(
        async {
            let q = q.or_else(|| searched().filter(|_| !query.found.is_empty()));
            let page = services::patients::list(&ctx, query.filter(q.clone())?).await?;
            let tags = services::patients::tags(&ctx).await?;
            let zone = zone_of(&ctx).await?;
            let line = |card: PatientCard| {
                let local = |at: Option<_>| at.map(|at| read::local(&zone, at));
                let (last, next) = (local(card.statistics.last_session_at), local(card.statistics.next_session_at));
                (card, last, next)
            };
            let lines = page.items.into_iter().map(line).collect();
            let therapists = therapists_of(&ctx).await?;
            Ok(PatientsPage { lines, next: page.next, tags, therapists, q: q.unwrap_or_default() })
        }
        .await,
    )
}

/// The practice's zone, also for roles that may not read its settings.
#[cfg(feature = "ssr")]
pub(super) async fn zone_of(ctx: &Ctx) -> services::Result<String> {
    services::patients::zone(ctx).await
}

/// The therapists one may choose among; none for who may not know them.
#[cfg(feature = "ssr")]
async fn therapists_of(ctx: &Ctx) -> services::Result<Vec<AssignedTherapist>> {
    match services::practice::therapists(ctx).await {
        Ok(all) => Ok(all.into_iter().map(|t| AssignedTherapist { id: t.id, name: t.name }).collect()),
        Err(error) if error.public.code == ErrorCode::Forbidden => Ok(vec![]),
        Err(error) => Err(error),
    }
}

/// A search without JavaScript: the words go into a cookie, and the list is shown anew.
#[server]
pub async fn search_patients(q: Option<String>, back: Option<String>) -> Result<(), UiError> {
    let ctx = ctx()?;
    reply(ctx.may(Verb::Read, Thing::Patients).map(|_| ()))?;
    let plain = |back: &String| back.bytes().all(|b| b.is_ascii_alphanumeric() || b"=&-_".contains(&b));
    let back = back.filter(plain).unwrap_or_default();
    look_for(q, &format!("/app/patients?{back}"));
    Ok(())
}

/// Keeps the words and shows the page `to` again; without words, everything.
#[cfg(feature = "ssr")]
pub(super) fn look_for(q: Option<String>, to: &str) {
    let words = read::optional(q);
    crate::context::set_cookie(&services::cookies::find(words.as_deref().unwrap_or_default()));
    let found = if words.is_some() { "&found=1" } else { "" };
    leptos_axum::redirect(&format!("{to}{found}"));
}

/// A patient with the therapists one may assign, and the moment on the practice's wall clock.
#[server]
pub async fn load_patient(id: String) -> Result<(PatientView, Vec<AssignedTherapist>), UiError> {
    let ctx = ctx()?;
    reply(async { Ok((services::patients::get(&ctx, read::id(&id)?).await?, therapists_of(&ctx).await?)) }.await)
}

/// A patient's record with what its head offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub patient: PatientView,
    pub therapists: Vec<AssignedTherapist>,
    /// Records that may be the same person, for who may merge.
    pub same: Vec<Duplicate>,
}

/// The record as its own page shows it.
#[server]
pub async fn load_patient_profile(id: String) -> Result<Profile, UiError> {
    let ctx = ctx()?;
    reply(
        async {
            let patient = services::patients::get(&ctx, read::id(&id)?).await?;
            let same = match ctx.may(Verb::Delete, Thing::Patients) {
                Ok(_) => services::patients::duplicates(&ctx, FindDuplicates::like(&patient)).await?,
                Err(_) => vec![],
            };
            Ok(Profile { patient, therapists: therapists_of(&ctx).await?, same })
        }
        .await,
    )
}

/// What a new patient's form offers.
#[server]
pub async fn new_patient_choices() -> Result<Vec<AssignedTherapist>, UiError> {
    let ctx = ctx()?;
    reply(
        async {
            ctx.may(Verb::Create, Thing::Patients)?;
            therapists_of(&ctx).await
        }
        .await,
    )
}

/// The overview with the moments of its activity on the practice's wall clock.
#[server]
pub async fn load_patient_overview(id: String) -> Result<(PatientOverview, Vec<NaiveDateTime>), UiError> {
    let ctx = ctx()?;
    reply(
        async {
            let overview = services::patients::overview(&ctx, read::id(&id)?).await?;
            let zone = zone_of(&ctx).await?;
            let times = overview.activity.iter().map(|line| read::local(&zone, line.at)).collect();
            Ok((overview, times))
        }
        .await,
    )
}

/// Somebody who may be the same person, for the record that is shown or typed.
#[server]
pub async fn look_for_duplicates(
    name: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    except: Option<String>,
) -> Result<Vec<Duplicate>, UiError> {
    let ctx = ctx()?;
    let typed = FindDuplicates {
        name: name.unwrap_or_default(),
        phone: phone.unwrap_or_default(),
        email: email.unwrap_or_default(),
        except: except.and_then(|id| id.parse().ok()),
    };
    reply(services::patients::duplicates(&ctx, typed).await)
}

/// The filters of a history as they stand in its address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HistoryQuery {
    #[serde(default)]
    pub status: String,
    #[serde(default)]
    pub payment: String,
    #[serde(default)]
    pub from: String,
    #[serde(default)]
    pub until: String,
    #[serde(default)]
    pub cursor: String,
}

#[server]
pub async fn load_history(id: String, query: HistoryQuery) -> Result<Page<PatientSession>, UiError> {
    let ctx = ctx()?;
    reply(
        async {
            let day = |text: &str| text.parse().ok();
            let filter = HistoryFilter {
                status: sessions::SessionStatus::parse(&query.status),
                payment: sessions::PaymentStatus::parse(&query.payment),
                from: day(&query.from),
                until: day(&query.until),
                cursor: read::optional(Some(query.cursor)),
                ..HistoryFilter::default()
            };
            services::patients::sessions(&ctx, read::id(&id)?, filter).await
        }
        .await,
    )
}

/// What was written to a patient, with the times on the practice's wall clock.
#[server]
pub async fn load_patient_messages(
    id: String,
    cursor: Option<String>,
) -> Result<(Vec<Stamped>, Option<String>), UiError> {
    let ctx = ctx()?;
    reply(
        async {
            let of = lists::PageOf::after(read::optional(cursor));
            let page = services::patients::messages(&ctx, read::id(&id)?, of).await?;
            let zone = zone_of(&ctx).await?;
            Ok((page.items.into_iter().map(|message| Stamped::new(&zone, message)).collect(), page.next))
        }
        .await,
    )
}

#[server]
pub async fn create_patient(patient: PatientForm, #[server(default)] therapists: Vec<String>) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let therapists = therapists.iter().map(|id| read::id(id)).collect::<services::Result<Vec<_>>>()?;
        services::patients::create(&ctx, patient.read(vec![])?, therapists).await
    };
    let made = reply(result.await)?;
    leptos_axum::redirect(&format!("/app/patients/{}?done=1", made.id));
    Ok(())
}

#[server]
pub async fn update_patient(id: String, patient: PatientForm) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let id = read::id(&id)?;
        // The form has room for three guardians; who has more keeps the others.
        let before = services::patients::get(&ctx, id).await?.guardians;
        let others = before.into_iter().skip(super::fields::GUARDIANS).collect();
        services::patients::update(&ctx, id, patient.read(others)?).await
    };
    let saved = reply(result.await)?;
    leptos_axum::redirect(&format!("/app/patients/{}?done=1", saved.id));
    Ok(())
}

#[server]
pub async fn save_patient_preferences(
    id: String,
    channel: Option<String>,
    #[server(default)] weekdays: Vec<i16>,
    #[server(default)] day_parts: Vec<String>,
    accommodations: Option<String>,
    custom_price: Option<String>,
    language: String,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let to = format!("/app/patients/{}?tab=preferences&done=1", id.trim());
    let result = async {
        let preferences = SavePreferences {
            channel: channel.as_deref().and_then(ContactChannel::parse),
            weekdays,
            day_parts: day_parts.iter().filter_map(|part| DayPart::parse(part)).collect(),
            accommodations: accommodations.unwrap_or_default(),
            custom_price: custom_price.unwrap_or_default(),
            language: read::choice("language", Lang::from_code(&language))?,
        };
        services::patients::save_preferences(&ctx, read::id(&id)?, preferences).await
    };
    read::finish(result.await.map(|_| ()), &to)
}

#[server]
pub async fn set_patient_therapist(id: String, therapist: String, assigned: bool) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        let (patient, therapist) = (read::id(&id)?, read::id(&therapist)?);
        match assigned {
            true => services::patients::assign(&ctx, patient, therapist).await,
            false => services::patients::unassign(&ctx, patient, therapist).await,
        }
    };
    read::finish(result.await, &format!("/app/patients/{}?done=1", id.trim()))
}

#[server]
pub async fn archive_patient(id: String, archived: bool) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { services::patients::archive(&ctx, read::id(&id)?, archived).await };
    read::finish(result.await, &format!("/app/patients/{}?done=1", id.trim()))
}

#[server]
pub async fn delete_patient(id: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    reply(async { services::patients::delete(&ctx, read::id(&id)?).await }.await)?;
    leptos_axum::redirect(&format!("/app/patients?deleted={}", id.trim()));
    Ok(())
}

#[server]
pub async fn restore_patient(id: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    reply(async { services::patients::restore(&ctx, read::id(&id)?).await }.await)?;
    leptos_axum::redirect("/app/patients?restored=1");
    Ok(())
}

#[server]
pub async fn erase_patient(id: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    reply(async { services::patients::erase(&ctx, read::id(&id)?).await }.await)?;
    leptos_axum::redirect("/app/patients?erased=1");
    Ok(())
}

#[server]
pub async fn merge_patients(into: String, from: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { services::patients::merge(&ctx, read::id(&into)?, read::id(&from)?).await };
    let one = reply(result.await)?;
    leptos_axum::redirect(&format!("/app/patients/{}?merged=1", one.id));
    Ok(())
}

/// A native multipart form with `file`.
#[server(input = MultipartFormData)]
pub async fn upload_patients(form: MultipartData) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async {
        services::patients::may_import(&ctx)?;
        let mut bytes = Vec::new();
        let mut form = form.into_inner().ok_or_else(|| ServiceError::internal("not a multipart form"))?;
        let broken = |_| ServiceError::field("file", FieldProblem::InvalidChoice);
        while let Some(mut field) = form.next_field().await.map_err(broken)? {
            while let Some(chunk) = field.chunk().await.map_err(broken)? {
                if field.name() == Some("file") {
                    bytes.extend_from_slice(&chunk);
                }
                if bytes.len() as u64 > contracts::limits::IMPORT_MAX {
                    return Err(ServiceError::code(ErrorCode::TooLarge));
                }
            }
        }
        services::patients::keep_import(&ctx, bytes).await
    };
    let id = reply(result.await)?;
    leptos_axum::redirect(&format!("/app/patients/import?file={id}"));
    Ok(())
}

/// What importing an uploaded file would do.
#[server]
pub async fn load_import(file: String) -> Result<ImportReport, UiError> {
    let ctx = ctx()?;
    reply(async { services::patients::preview_import(&ctx, read::id(&file)?).await }.await)
}

#[server]
pub async fn run_import(file: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    reply(async { services::patients::run_import(&ctx, read::id(&file)?).await }.await)?;
    leptos_axum::redirect("/app/patients?sort=-created_at&imported=1");
    Ok(())
}
