//! `/app/patients/import?file=`: a file is uploaded, looked at, and then imported as a whole.

use super::page_form::Back;
use super::server_fns::{RunImport, UploadPatients, load_import};
use crate::context::{lang, t, tf, tn};
use crate::error::{UiError, problem_text};
use crate::layouts::practice::kit::{Answered, Failed, FormState, Myself, query};
use crate::pages::Page;
use crate::texts::{common, patients as words, practice};
use contracts::FieldError;
use contracts::patients::{ImportReport, ImportRow};
use domain::permissions::{Action as Verb, Resource as Thing};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::server_fn::error::ServerFnUrlError;
use leptos_meta::Title;
use ui::{Button, Glyph, Icon, Notice, Skeleton, Tone};

pub struct ImportPage;

impl Page for ImportPage {
    fn view() -> AnyView {
        view! { <Import/> }.into_any()
    }
}

/// Rows of the preview that are shown; the count is of all.
const SHOWN: usize = 300;

#[component]
fn Import() -> impl IntoView {
    let file = query("file");
    let report = Resource::new_blocking(
        move || file.get(),
        |file| async move {
            match file {
                Some(file) => load_import(file).await.map(Some),
                None => Ok(None),
            }
        },
    );
    let run = ServerAction::<RunImport>::new();
    let me = Myself::get();
    view! {
        <Title text=t(words::IMPORT_TITLE)/>
        <Back to="/app/patients".to_owned() name=t(words::BACK).to_owned()/>
        <header class="page-head">
            <div>
                <h1>{t(words::IMPORT_TITLE)}</h1>
                <p class="muted">{t(words::IMPORT_HELP)}</p>
            </div>
        </header>
        <Transition fallback=|| view! { <Skeleton lines=6 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                if !me.may(Verb::Delete, Thing::Patients).await {
                    return view! { <Notice tone=Tone::Neutral>{t(practice::NO_PERMISSION)}</Notice> }.into_any();
                }
                match (report.await, file.get_untracked()) {
                    (Ok(Some(report)), Some(file)) => view! { <Preview report file run/> }.into_any(),
                    (Ok(_), _) => view! { <Upload/> }.into_any(),
                    (Err(error), _) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// Why the last upload failed, from the address it came back to.
fn upload_error() -> Option<String> {
    let error = use_context::<ServerActionError>()?;
    let mine = error.path() == UploadPatients::url();
    let error: UiError = mine.then(|| ServerFnUrlError::decode_err(error.err()))?;
    Some(match error.0.fields.first() {
        Some(_) => t(words::IMPORT_FAILED).to_owned(),
        None => error.message(lang()).to_owned(),
    })
}

#[component]
fn Upload() -> impl IntoView {
    let error = upload_error();
    view! {
        <section class="card">
            {error.map(|text| view! { <Notice tone=Tone::Danger>{text}</Notice> })}
            <form method="post" action=UploadPatients::url() enctype="multipart/form-data">
                <div class="field">
                    <label for="f-file">{t(words::IMPORT_FILE)}</label>
                    <input id="f-file" type="file" name="file" required accept=".csv,.tsv,.txt,text/csv,text/plain"/>
                </div>
                <Button>{t(words::IMPORT_LOOK)}</Button>
            </form>
        </section>
    }
}

#[component]
fn Preview(report: ImportReport, file: String, run: ServerAction<RunImport>) -> impl IntoView {
    let all = u32::try_from(report.rows.len()).unwrap_or(u32::MAX);
    let left = all - report.good;
    let unknown = report.unknown_columns.join(", ");
    let rows = report.rows.into_iter().take(SHOWN).map(|row| view! { <Row row/> }).collect_view();
    view! {
        <section class="card">
            <p><strong>{tn([words::IMPORT_GOOD_ONE, words::IMPORT_GOOD], report.good)}</strong></p>
            {(left > 0).then(|| view! { <p>{tn([words::IMPORT_LEFT_ONE, words::IMPORT_LEFT], left)}</p> })}
            {(!unknown.is_empty()).then(|| view! { <p class="muted">{tf(words::IMPORT_UNKNOWN, &[("names", &unknown)])}</p> })}
            <div class="actions">
                {(report.good > 0).then(|| view! {
                    <ActionForm action=run>
                        <input type="hidden" name="file" value=file/>
                        <Button pending=run.pending()>{t(words::IMPORT_RUN)}</Button>
                    </ActionForm>
                })}
                <a class="btn btn-ghost" href="/app/patients/import">{t(words::IMPORT_OTHER)}</a>
            </div>
            <FormState form=Answered::by(run) done=t(words::IMPORT_DONE)/>
        </section>
        <div class="card table-scroll" tabindex="0" role="region" aria-label=t(words::IMPORT_TITLE)>
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">{t(words::IMPORT_LINE)}</th>
                        <th scope="col">{t(words::NAME)}</th>
                        <th scope="col">{t(words::PHONE)}</th>
                        <th scope="col">{t(words::EMAIL)}</th>
                        <th scope="col">{t(words::IMPORT_RESULT)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(row: ImportRow) -> impl IntoView {
    let good = row.is_good();
    let problems =
        row.problems.iter().map(|problem| view! { <div class="field-error">{said(problem)}</div> }).collect_view();
    let known = row.duplicate.map(|one| {
        view! {
            <div>{t(words::IMPORT_KNOWN)}": "<a href=format!("/app/patients/{}", one.id)>{one.name}</a></div>
        }
    });
    let twice =
        row.same_as_line.map(|line| view! { <div>{tf(words::IMPORT_TWICE, &[("n", &line.to_string())])}</div> });
    view! {
        <tr>
            <td class="figures">{row.line}</td>
            <td>{row.name}</td>
            <td class="figures">{row.phone}</td>
            <td>{row.email}</td>
            <td>
                {good.then(|| view! { <span class="badge badge-confirmed"><Icon glyph=Glyph::Check/>{t(words::IMPORT_OK)}</span> })}
                {problems}
                {known}
                {twice}
            </td>
        </tr>
    }
}

/// A column and what is wrong with it.
fn said(error: &FieldError) -> String {
    let field = match error.field.as_str() {
        "name" => t(words::NAME),
        "phone" => t(words::PHONE),
        "email" => t(words::EMAIL),
        "date_of_birth" => t(words::BORN),
        "emergency_phone" => t(words::EMERGENCY_PHONE),
        "tags" => t(words::TAGS),
        field if field.starts_with("guardians") => t(words::GUARDIANS),
        _ => t(words::ABOUT),
    };
    format!("{field}: {}", t(problem_text(error.problem)))
}
