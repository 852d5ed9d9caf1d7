//! What can be done with a record besides editing it: who sees it, the archive, export, deletion, erasure.

use super::server_fns::{ArchivePatient, DeletePatient, ErasePatient, SetPatientTherapist};
use crate::context::{t, tf};
use crate::error::UiError;
use crate::layouts::practice::kit::{Answered, FormState, practice_live, successes};
use crate::texts::{common, patients as words};
use contracts::accounts::Role;
use contracts::patients::{AssignedTherapist, PatientView};
use contracts::{ErrorCode, Text};
use domain::permissions::{Action as Verb, Resource as Thing, allowed};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use ui::{Button, Dialog, Glyph, Icon, Notice, Select, Tone, Variant};

#[component]
pub fn More(patient: PatientView, therapists: Vec<AssignedTherapist>, role: Role) -> impl IntoView {
    let may = |verb| allowed(role, verb, Thing::Patients);
    let (create, update, delete) = (may(Verb::Create), may(Verb::Update), may(Verb::Delete));
    let id = patient.id.to_string();
    let archived = patient.archived_at.is_some();
    let name = patient.name.clone();
    let of = id.clone();
    let archive = ServerAction::<ArchivePatient>::new();
    refresh_after(archive);
    view! {
        <Assigned patient therapists may=create/>
        {update.then(|| view! {
            <details class="card more">
                <summary>{t(words::MORE)}</summary>
                <div class="actions">
                    <ActionForm action=archive>
                        <input type="hidden" name="id" value=of/>
                        <input type="hidden" name="archived" value=(!archived).to_string()/>
                        <Button variant=Variant::Secondary pending=archive.pending()>
                            {t(if archived { words::UNARCHIVE } else { words::ARCHIVE })}
                        </Button>
                    </ActionForm>
                    {delete.then(|| view! { <Final id name/> })}
                </div>
                <FormState form=Answered::by(archive)/>
            </details>
        })}
    }
}

/// Shows what is true once a form succeeded, without waiting to be told.
fn refresh_after<S>(action: ServerAction<S>)
where
    S: ServerFn<Error = UiError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let (done, live) = (successes(action), practice_live());
    Effect::new(move |before: Option<usize>| {
        let done = done.get();
        if before.is_some_and(|before| before != done) {
            live.refresh();
        }
        done
    });
}

/// What only those may who may delete.
#[component]
fn Final(id: String, name: String) -> impl IntoView {
    let delete = ServerAction::<DeletePatient>::new();
    let erase = ServerAction::<ErasePatient>::new();
    let effect = tf(words::DELETE_EFFECT, &[("name", &name)]);
    let record = format!("/app/patients/{id}/record.json");
    let (delete_id, erase_id) = (id.clone(), id);
    view! {
        <a class="btn btn-secondary" href=record rel="external" download="">
            <Icon glyph=Glyph::Download/>{t(words::EXPORT_RECORD)}
        </a>
        <Dialog id="delete-patient" title=t(words::DELETE_TITLE) open_label=t(words::DELETE) close_label=t(common::CLOSE)>
            <p>{effect}</p>
            <Refused value=Signal::derive(move || delete.value().get().and_then(Result::err))/>
            <ActionForm action=delete>
                <input type="hidden" name="id" value=delete_id/>
                <Button variant=Variant::Danger pending=delete.pending()>{t(words::DELETE_SEND)}</Button>
            </ActionForm>
        </Dialog>
        <Dialog id="erase-patient" title=t(words::ERASE_TITLE) open_label=t(words::ERASE) close_label=t(common::CLOSE)>
            <p>{t(words::ERASE_EFFECT)}</p>
            <Refused value=Signal::derive(move || erase.value().get().and_then(Result::err))/>
            <ActionForm action=erase>
                <input type="hidden" name="id" value=erase_id/>
                <Button variant=Variant::Danger pending=erase.pending()>{t(words::ERASE_SEND)}</Button>
            </ActionForm>
        </Dialog>
    }
}

/// Why somebody cannot go yet.
#[component]
fn Refused(value: Signal<Option<UiError>>) -> impl IntoView {
    move || {
        value.get().map(|error| {
            let text: Text = match error.code() {
                ErrorCode::BookingsInTheWay => words::STILL_OPEN,
                code => crate::error::message(code),
            };
            view! { <Notice tone=Tone::Danger>{t(text)}</Notice> }
        })
    }
}

/// Who sees this patient; a practice of one has nothing to choose.
#[component]
fn Assigned(patient: PatientView, therapists: Vec<AssignedTherapist>, may: bool) -> impl IntoView {
    let assign = ServerAction::<SetPatientTherapist>::new();
    refresh_after(assign);
    let id = patient.id.to_string();
    let others: Vec<(String, String)> = therapists
        .iter()
        .filter(|one| patient.therapists.iter().all(|there| there.id != one.id))
        .map(|one| (one.id.to_string(), one.name.clone()))
        .collect();
    if therapists.len() < 2 {
        return ().into_any();
    }
    let nobody = patient.therapists.is_empty();
    let of = id.clone();
    let lines = patient
        .therapists
        .into_iter()
        .map(move |one| {
            let id = of.clone();
            let label = tf(words::UNASSIGN_NAME, &[("name", &one.name)]);
            let form = may.then(|| {
                view! {
                    <ActionForm action=assign>
                        <input type="hidden" name="id" value=id/>
                        <input type="hidden" name="therapist" value=one.id.to_string()/>
                        <input type="hidden" name="assigned" value="false"/>
                        <button type="submit" class="btn btn-ghost" aria-label=label>{t(words::UNASSIGN)}</button>
                    </ActionForm>
                }
            });
            view! { <li class="list-row"><span class="list-main">{one.name}</span>{form}</li> }
        })
        .collect_view();
    view! {
        <details class="card more">
            <summary>{t(words::THERAPISTS)}</summary>
            {nobody.then(|| view! { <p class="muted">{t(words::NO_THERAPIST)}</p> })}
            <ul class="list">{lines}</ul>
            {(may && !others.is_empty()).then(|| view! {
                <ActionForm action=assign>
                    <div class="inline-form">
                        <input type="hidden" name="id" value=id.clone()/>
                        <input type="hidden" name="assigned" value="true"/>
                        <Select label=t(crate::texts::practice::THERAPIST) name="therapist" options=others/>
                        <Button variant=Variant::Secondary pending=assign.pending()>{t(words::ASSIGN)}</Button>
                    </div>
                </ActionForm>
            })}
            <FormState form=Answered::by(assign)/>
        </details>
    }
    .into_any()
}
