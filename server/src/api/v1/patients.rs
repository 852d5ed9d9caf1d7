//! Patients: the record, the people around it, notes, history (000 §6.1, 001, 004 App. D).

use super::upload::{Form, required};
use super::{Paging, download, sorted};
use crate::api::{Answer, Caller, Done, answer, done};
use crate::middleware::errors::Fail;
use crate::state::AppState;
use app::features::patients::server_fns::ListQuery;
use axum::extract::{Multipart, Path, Query};
use axum::response::Response;
use axum::{Extension, Json};
use chrono::NaiveDate;
use contracts::booking::Page;
use contracts::lists::{MessageSort, NoteSort, PageOf, PatientSessionSort, PatientSort};
use contracts::messages::MessageView;
use contracts::patients::*;
use contracts::sessions::{PaymentStatus, SessionStatus};
use contracts::{NoteId, PatientId, TagId, TherapistId};
use serde::{Deserialize, Serialize};
use services::patients;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(tags))
        .routes(routes!(duplicates))
        .routes(routes!(import))
        .routes(routes!(export_list))
        .routes(routes!(get, update, delete))
        .routes(routes!(restore))
        .routes(routes!(archive))
        .routes(routes!(merge))
        .routes(routes!(erase))
        .routes(routes!(export_record))
        .routes(routes!(overview))
        .routes(routes!(sessions))
        .routes(routes!(export_sessions))
        .routes(routes!(messages))
        .routes(routes!(notes, add_note))
        .routes(routes!(save_note, delete_note))
        .routes(routes!(pin_note))
        .routes(routes!(save_preferences))
        .routes(routes!(assign, unassign))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Any part of the name, the phone number or the e-mail address; each word must be found.
    #[serde(default)]
    q: Option<String>,
    #[serde(default)]
    #[param(inline)]
    state: PatientState,
    #[serde(default)]
    #[param(value_type = Option<Uuid>)]
    tag: Option<TagId>,
    #[serde(default)]
    #[param(value_type = Option<Uuid>)]
    therapist_id: Option<TherapistId>,
    /// With (`true`) or without (`false`) a session to come.
    #[serde(default)]
    has_next: Option<bool>,
    /// Only who owes money.
    #[serde(default)]
    owes: bool,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Order {
    /// `name` by default; also `last_session`, `next_session` and `created_at`. A dash reverses.
    #[serde(default)]
    #[param(value_type = Option<PatientSort>, inline)]
    pub sort: Option<String>,
}

fn filter(filter: Filter, order: &Order, paging: Paging) -> Result<PatientFilter, Fail> {
    let Filter { q, state, tag, therapist_id, has_next, owes } = filter;
    let PageOf { sort, cursor, limit } = paging.by(order.sort.as_deref())?;
    Ok(PatientFilter { q, state, tag, therapist_id, has_next, owes, sort, cursor, limit })
}

/// Patients, searched and narrowed
#[utoipa::path(get, path = "/api/v1/patients", tag = "patients", params(Filter, Order, Paging), security(("bearer" = [])),
    responses((status = 200, description = "A page of patients", body = Page<PatientCard>)))]
async fn list(
    Extension(ctx): Caller,
    Query(narrow): Query<Filter>,
    Query(order): Query<Order>,
    Query(paging): Query<Paging>,
) -> Answer<Page<PatientCard>> {
    answer(patients::list(&ctx, filter(narrow, &order, paging)?).await)
}

/// A new patient, and the therapists who see them.
#[derive(Debug, Deserialize, ToSchema)]
struct NewPatient {
    #[serde(flatten)]
    patient: SavePatient,
    /// None: the caller's own, if they give sessions.
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>)]
    therapists: Vec<TherapistId>,
}

/// Enter a patient
#[utoipa::path(post, path = "/api/v1/patients", tag = "patients", request_body = NewPatient, security(("bearer" = [])),
    responses((status = 200, description = "Entered", body = PatientView)))]
async fn create(Extension(ctx): Caller, Json(new): Json<NewPatient>) -> Answer<PatientView> {
    answer(patients::create(&ctx, new.patient, new.therapists).await)
}

/// The tags the practice uses
#[utoipa::path(get, path = "/api/v1/patients/tags", tag = "patients", security(("bearer" = [])),
    responses((status = 200, description = "By name", body = Vec<Tag>)))]
async fn tags(Extension(ctx): Caller) -> Answer<Vec<Tag>> {
    answer(patients::tags(&ctx).await)
}

/// Who may be the same person
#[utoipa::path(post, path = "/api/v1/patients/duplicates", tag = "patients", request_body = FindDuplicates,
    security(("bearer" = [])),
    responses((status = 200, description = "Same phone, same address, similar name", body = Vec<Duplicate>)))]
async fn duplicates(Extension(ctx): Caller, Json(typed): Json<FindDuplicates>) -> Answer<Vec<Duplicate>> {
    answer(patients::duplicates(&ctx, typed).await)
}

/// A file of patients, as a form
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes the form")]
struct ImportForm {
    /// A table with headings: commas, semicolons or tabs.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// `true` imports the good rows in one transaction; anything else only looks.
    commit: String,
}

/// Look at a file of patients, or import its good rows
#[utoipa::path(post, path = "/api/v1/patients/import", tag = "patients", security(("bearer" = [])),
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 200, description = "Each row with what is wrong with it", body = ImportReport)))]
async fn import(Extension(ctx): Caller, multipart: Multipart) -> Answer<ImportReport> {
    patients::may_import(&ctx)?;
    let form = Form::read(multipart).await?;
    let commit = form.text("commit") == "true";
    answer(patients::import_rows(&ctx, required(form.file)?, commit).await)
}

/// The list as a file for spreadsheets
#[utoipa::path(get, path = "/api/v1/patients/export", tag = "patients", params(Filter, Order), security(("bearer" = [])),
    responses((status = 200, description = "Comma-separated, UTF-8", body = String, content_type = "text/csv")))]
async fn export_list(
    Extension(ctx): Caller,
    Query(narrow): Query<Filter>,
    Query(order): Query<Order>,
) -> Result<Response, Fail> {
    let text = patients::export_list(&ctx, filter(narrow, &order, Paging::default())?).await?;
    Ok(download("text/csv; charset=utf-8", "patients.csv", text))
}

/// What is posted for a file: the filters of the page and the words.
#[derive(Debug, Deserialize)]
pub struct FileQuery {
    #[serde(flatten)]
    list: ListQuery,
    #[serde(default)]
    search: Option<String>,
}

/// What the page shows, as a file. It is posted, because words that were searched for stand in no address.
pub async fn list_file(Extension(ctx): Caller, axum::Form(asked): axum::Form<FileQuery>) -> Result<Response, Fail> {
    let text = patients::export_list(&ctx, asked.list.filter(asked.search)?).await?;
    Ok(download("text/csv; charset=utf-8", "patients.csv", text))
}

/// A patient
#[utoipa::path(get, path = "/api/v1/patients/{id}", tag = "patients", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The patient")),
    responses((status = 200, description = "The whole record", body = PatientView)))]
async fn get(Extension(ctx): Caller, Path(id): Path<PatientId>) -> Answer<PatientView> {
    answer(patients::get(&ctx, id).await)
}

/// Change a patient
#[utoipa::path(put, path = "/api/v1/patients/{id}", tag = "patients", request_body = SavePatient, security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The patient")),
    responses((status = 200, description = "Changed", body = PatientView)))]
async fn update(
    Extension(ctx): Caller,
    Path(id): Path<PatientId>,
    Json(patient): Json<SavePatient>,
) -> Answer<PatientView> {
    answer(patients::update(&ctx, id, patient).await)
}

/// Delete a patient, until it is undone
#[utoipa::path(delete, path = "/api/v1/patients/{id}", tag = "patients", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The patient")),
    responses((status = 200, description = "Deleted", body = Done)))]
async fn delete(Extension(ctx): Caller, Path(id): Path<PatientId>) -> Answer<Done> {
    done(patients::delete(&ctx, id).await)
}

/// Undo the deletion of a patient
#[utoipa::path(post, path = "/api/v1/patients/{id}/restore", tag = "patients", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The patient")),
    responses((status = 200, description = "There again", body = Done)))]
async fn restore(Extension(ctx): Caller, Path(id): Path<PatientId>) -> Answer<Done> {
    done(patients::restore(&ctx, id).await)
}

#[derive(Debug, Deserialize, ToSchema)]
struct Archived {
    archived: bool,
}

/// Put a patient into the archive, or take them out
#[utoipa::path(put, path = "/api/v1/patients/{id}/archived", tag = "patients", request_body = Archived, security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The patient")),
    responses((status = 200, description = "Saved", body = Done)))]
async fn archive(Extension(ctx): Caller, Path(id): Path<PatientId>, Json(to): Json<Archived>) -> Answer<Done> {
    done(patients::archive(&ctx, id, to.archived).await)
}

#[derive(Debug, Deserialize, ToSchema)]
struct Merge {
    /// The record that becomes part of this one.
    #[schema(value_type = Uuid)]
    from: PatientId,
}

/// Make two records of one person one
#[utoipa::path(post, path = "/api/v1/patients/{id}/merge", tag = "patients", request_body = Merge, security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The patient that stays")),
    responses((status = 200, description = "The one record", body = PatientView)))]
async fn merge(Extension(ctx): Caller, Path(id): Path<PatientId>, Json(merge): Json<Merge>) -> Answer<PatientView> {
    answer(patients::merge(&ctx, id, merge.from).await)
}

/// Erase what tells of a person, for ever
#[utoipa::path(post, path = "/api/v1/patients/{id}/erase", tag = "patients", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The patient")),
    responses((status = 200, description = "Sessions and payments stay without a name", body = Done)))]
async fn erase(Extension(ctx): Caller, Path(id): Path<PatientId>) -> Answer<Done> {
    done(patients::erase(&ctx, id).await)
}

/// Everything that is stored about a patient
#[utoipa::path(get, path = "/api/v1/patients/{id}/export", tag = "patients", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The patient")),
    responses((status = 200, description = "As it is stored", body = String, content_type = "application/json")))]
pub async fn export_record(Extension(ctx): Caller, Path(id): Path<PatientId>) -> Result<Response, Fail> {
    let record = patients::export_record(&ctx, id).await?;
    let text = serde_json::to_string_pretty(&record).map_err(|error| Fail(services::ServiceError::internal(error)))?;
    Ok(download("application/json", "patient.json", text))
}

/// What is to come, pinned notes, and what happened last
#[utoipa::path(get, path = "/api/v1/patients/{id}/overview", tag = "patients", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The patient")),
    responses((status = 200, description = "The first page of the profile", body = PatientOverview)))]
async fn overview(Extension(ctx): Caller, Path(id): Path<PatientId>) -> Answer<PatientOverview> {
    answer(patients::overview(&ctx, id).await)
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct History {
    #[serde(default)]
    #[param(inline)]
    status: Option<SessionStatus>,
    #[serde(default)]
    #[param(inline)]
    payment: Option<PaymentStatus>,
    /// From this day in the practice's zone.
    #[serde(default)]
    from: Option<NaiveDate>,
    /// Until this day, inclusive.
    #[serde(default)]
    until: Option<NaiveDate>,
    /// `-starts_at` by default: the latest first.
    #[serde(default)]
    #[param(value_type = Option<PatientSessionSort>, inline)]
    sort: Option<String>,
}

fn history(history: History, paging: Paging) -> Result<HistoryFilter, Fail> {
    let History { status, payment, from, until, sort } = history;
    let PageOf { sort, cursor, limit } = paging.by(sort.as_deref())?;
    Ok(HistoryFilter { status, payment, from, until, sort, cursor, limit })
}

/// The sessions of a patient
#[utoipa::path(get, path = "/api/v1/patients/{id}/sessions", tag = "patients", params(("id" = Uuid, Path, description = "The patient"),
    History, Paging), security(("bearer" = [])),
    responses((status = 200, description = "A page of sessions", body = Page<PatientSession>)))]
async fn sessions(
    Extension(ctx): Caller,
    Path(id): Path<PatientId>,
    Query(narrow): Query<History>,
    Query(paging): Query<Paging>,
) -> Answer<Page<PatientSession>> {
    answer(patients::sessions(&ctx, id, history(narrow, paging)?).await)
}

/// The sessions of a patient as a file for spreadsheets
#[utoipa::path(get, path = "/api/v1/patients/{id}/sessions/export", tag = "patients",
    params(("id" = Uuid, Path, description = "The patient"), History), security(("bearer" = [])),
    responses((status = 200, description = "Comma-separated, UTF-8", body = String, content_type = "text/csv")))]
pub async fn export_sessions(
    Extension(ctx): Caller,
    Path(id): Path<PatientId>,
    Query(narrow): Query<History>,
) -> Result<Response, Fail> {
    let text = patients::sessions_file(&ctx, id, history(narrow, Paging::default())?).await?;
    Ok(download("text/csv; charset=utf-8", "sessions.csv", text))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct MessageOrder {
    /// `-created_at` by default: the newest first.
    #[serde(default)]
    #[param(value_type = Option<MessageSort>, inline)]
    sort: Option<String>,
}

/// What was written to a patient
#[utoipa::path(get, path = "/api/v1/patients/{id}/messages", tag = "patients",
    params(("id" = Uuid, Path, description = "The patient"), MessageOrder, Paging), security(("bearer" = [])),
    responses((status = 200, description = "A page of messages", body = Page<MessageView>)))]
async fn messages(
    Extension(ctx): Caller,
    Path(id): Path<PatientId>,
    Query(order): Query<MessageOrder>,
    Query(paging): Query<Paging>,
) -> Answer<Page<MessageView>> {
    answer(patients::messages(&ctx, id, paging.by(order.sort.as_deref())?).await)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Notes {
    /// Words the note contains.
    #[serde(default)]
    q: Option<String>,
    #[serde(default)]
    #[param(inline)]
    kind: Option<NoteKind>,
    /// `-created_at` by default: the newest first.
    #[serde(default)]
    #[param(value_type = Option<NoteSort>, inline)]
    sort: Option<String>,
}

/// The administrative notes on a patient
#[utoipa::path(get, path = "/api/v1/patients/{id}/notes", tag = "patients",
    params(("id" = Uuid, Path, description = "The patient"), Notes, Paging), security(("bearer" = [])),
    responses((status = 200, description = "A page of notes", body = Page<NoteView>)))]
async fn notes(
    Extension(ctx): Caller,
    Path(id): Path<PatientId>,
    Query(Notes { q, kind, sort }): Query<Notes>,
    Query(Paging { cursor, limit }): Query<Paging>,
) -> Answer<Page<NoteView>> {
    let sort = sorted(sort.as_deref())?;
    answer(patients::notes(&ctx, id, NoteFilter { q, kind, sort, cursor, limit }).await)
}

#[derive(Debug, Serialize, ToSchema)]
struct NoteMade {
    #[schema(value_type = Uuid)]
    id: NoteId,
}

/// Write a note
#[utoipa::path(post, path = "/api/v1/patients/{id}/notes", tag = "patients", request_body = SaveNote, security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The patient")),
    responses((status = 200, description = "Written", body = NoteMade)))]
async fn add_note(Extension(ctx): Caller, Path(id): Path<PatientId>, Json(note): Json<SaveNote>) -> Answer<NoteMade> {
    let id = patients::add_note(&ctx, id, note).await?;
    Ok(Json(NoteMade { id }))
}

/// Change a note
#[utoipa::path(put, path = "/api/v1/patients/{id}/notes/{note}", tag = "patients", request_body = SaveNote, security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The patient"), ("note" = Uuid, Path, description = "The note")),
    responses((status = 200, description = "Changed", body = Done)))]
async fn save_note(
    Extension(ctx): Caller,
    Path((id, note_id)): Path<(PatientId, NoteId)>,
    Json(note): Json<SaveNote>,
) -> Answer<Done> {
    done(patients::save_note(&ctx, id, note_id, note).await)
}

/// Delete a note
#[utoipa::path(delete, path = "/api/v1/patients/{id}/notes/{note}", tag = "patients", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The patient"), ("note" = Uuid, Path, description = "The note")),
    responses((status = 200, description = "Deleted", body = Done)))]
async fn delete_note(Extension(ctx): Caller, Path((id, note)): Path<(PatientId, NoteId)>) -> Answer<Done> {
    done(patients::delete_note(&ctx, id, note).await)
}

#[derive(Debug, Deserialize, ToSchema)]
struct Pinned {
    pinned: bool,
}

/// Pin a note to the overview, or take it off
#[utoipa::path(put, path = "/api/v1/patients/{id}/notes/{note}/pinned", tag = "patients", request_body = Pinned,
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The patient"), ("note" = Uuid, Path, description = "The note")),
    responses((status = 200, description = "Saved", body = Done)))]
async fn pin_note(
    Extension(ctx): Caller,
    Path((id, note)): Path<(PatientId, NoteId)>,
    Json(to): Json<Pinned>,
) -> Answer<Done> {
    done(patients::pin_note(&ctx, id, note, to.pinned).await)
}

/// Change what a patient likes
#[utoipa::path(put, path = "/api/v1/patients/{id}/preferences", tag = "patients", request_body = SavePreferences,
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "The patient")),
    responses((status = 200, description = "Changed", body = PatientView)))]
async fn save_preferences(
    Extension(ctx): Caller,
    Path(id): Path<PatientId>,
    Json(preferences): Json<SavePreferences>,
) -> Answer<PatientView> {
    answer(patients::save_preferences(&ctx, id, preferences).await)
}

/// Let a therapist see a patient
#[utoipa::path(put, path = "/api/v1/patients/{id}/therapists/{therapist}", tag = "patients", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The patient"), ("therapist" = Uuid, Path, description = "The therapist")),
    responses((status = 200, description = "Assigned", body = Done)))]
async fn assign(Extension(ctx): Caller, Path((id, therapist)): Path<(PatientId, TherapistId)>) -> Answer<Done> {
    done(patients::assign(&ctx, id, therapist).await)
}

/// A therapist no longer sees a patient
#[utoipa::path(delete, path = "/api/v1/patients/{id}/therapists/{therapist}", tag = "patients", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The patient"), ("therapist" = Uuid, Path, description = "The therapist")),
    responses((status = 200, description = "No longer assigned", body = Done)))]
async fn unassign(Extension(ctx): Caller, Path((id, therapist)): Path<(PatientId, TherapistId)>) -> Answer<Done> {
    done(patients::unassign(&ctx, id, therapist).await)
}
