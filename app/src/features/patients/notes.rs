//! The third tab: administrative notes, written, edited, pinned, searched.

use super::note_fns::{DeletePatientNote, NotesPage, PinPatientNote, SavePatientNote, SearchNotes, load_notes};
use super::words as say;
use crate::context::{lang, t, tf};
use crate::layouts::practice::kit::{Answered, Failed, FormState, query, successes};
use crate::texts::{common, patients as words, practice};
use chrono::NaiveDateTime;
use contracts::accounts::Role;
use contracts::limits::NOTE_MAX;
use contracts::patients::{NoteKind, NoteView};
use domain::dates;
use domain::permissions::{Action as Verb, Resource as Thing, allowed};
use leptos::html;
use leptos::leptos_dom::helpers::debounce;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::time::Duration;
use ui::{Button, Checkbox, EmptyState, Glyph, Icon, Select, Skeleton, TextArea, Variant};

const PAUSE: Duration = Duration::from_millis(200);

#[derive(Clone, Copy)]
struct Forms {
    save: ServerAction<SavePatientNote>,
    pin: ServerAction<PinPatientNote>,
    delete: ServerAction<DeletePatientNote>,
}

/// What a member may do with notes.
#[derive(Clone, Copy)]
struct May {
    write: bool,
    /// Also others' notes.
    all: bool,
}

#[component]
pub fn NotesTab(id: String, role: Role) -> impl IntoView {
    let forms = Forms { save: ServerAction::new(), pin: ServerAction::new(), delete: ServerAction::new() };
    let done = (successes(forms.save), successes(forms.pin), successes(forms.delete));
    let typed = RwSignal::new(None::<String>);
    let (kind, cursor, found) = (query("kind"), query("cursor"), query("found"));
    let of = id.clone();
    let page = Resource::new_blocking(
        move || {
            // Not with every change of the practice: a note that is being edited would be taken away.
            let changes = (done.0.get(), done.1.get(), done.2.get());
            (of.clone(), typed.get(), kind.get(), cursor.get(), found.get(), changes)
        },
        |(id, q, kind, cursor, found, _)| load_notes(id, q, kind, cursor, found),
    );
    let may =
        May { write: allowed(role, Verb::Update, Thing::Patients), all: allowed(role, Verb::Delete, Thing::Patients) };
    view! {
        <div class="sections">
            {may.write.then(|| view! { <Write id=id.clone() forms/> })}
            <Search id=id.clone() typed/>
            <Transition fallback=|| view! { <Skeleton lines=6 label=t(common::LOADING)/> }>
                {move || {
                    let id = id.clone();
                    Suspend::new(async move {
                        match page.await {
                            Ok(page) => view! { <Notes page id may forms/> }.into_any(),
                            Err(error) => view! { <Failed error/> }.into_any(),
                        }
                    })
                }}
            </Transition>
        </div>
    }
}

fn kinds() -> Vec<(String, String)> {
    NoteKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), t(say::note_kind(*kind)).to_owned())).collect()
}

#[component]
fn Write(id: String, forms: Forms) -> impl IntoView {
    let (form, node) = (Answered::by(forms.save), NodeRef::<html::Form>::new());
    form.reset_when_done(node);
    view! {
        <section class="card" aria-labelledby="note-title">
            <h2 id="note-title">{t(words::NOTE_ADD)}</h2>
            <ActionForm action=forms.save node_ref=node>
                <input type="hidden" name="id" value=id/>
                <TextArea label=t(words::NOTE_TEXT) name="body" rows=3 required=true maxlength=NOTE_MAX
                    hint=t(words::NOTE_HINT) value=form.kept("body", "") error=form.wrong("body")/>
                <div class="form-row">
                    <Select label=t(words::NOTE_KIND) name="kind" options=kinds() value=form.kept("kind", "general")/>
                    <Checkbox label=t(words::NOTE_PIN) name="pinned" checked=form.kept_tick("pinned", false)/>
                    <Button pending=form.pending>{t(words::NOTE_ADD)}</Button>
                </div>
            </ActionForm>
            <FormState form done=t(words::NOTE_SAVED)/>
        </section>
    }
}

#[component]
fn Search(id: String, typed: RwSignal<Option<String>>) -> impl IntoView {
    let kind = query("kind");
    let mut look = debounce(PAUSE, move |words: String| typed.set(Some(words)));
    let filter = std::iter::once((String::new(), t(words::STATE_ALL).to_owned())).chain(kinds());
    let of = id.clone();
    let links = filter
        .map(move |(code, name)| {
            let href = format!("/app/patients/{of}?tab=notes&kind={code}");
            let here = move || (kind.get().unwrap_or_default() == code).then_some("page");
            view! { <li><a class="summary-item" href=href aria-current=here>{name}</a></li> }
        })
        .collect_view();
    view! {
        <form
            class="patient-search"
            role="search"
            method="post"
            action=SearchNotes::url()
            on:submit=move |ev| ev.prevent_default()
        >
            <input type="hidden" name="id" value=id/>
            <input type="hidden" name="kind" value=move || kind.get().unwrap_or_default()/>
            <div class="field">
                <label for="note-q">{t(words::NOTE_SEARCH)}</label>
                <input id="note-q" type="search" name="q" autocomplete="off" maxlength="120"
                    on:input=move |ev| look(event_target_value(&ev))/>
            </div>
            <Button variant=Variant::Secondary><Icon glyph=Glyph::Search/>{t(words::SEARCH_GO)}</Button>
        </form>
        <nav aria-label=t(words::NOTE_KIND)><ul class="summary">{links}</ul></nav>
    }
}

#[component]
fn Notes(page: NotesPage, id: String, may: May, forms: Forms) -> impl IntoView {
    let (kind, cursor) = (query("kind"), query("cursor"));
    if page.notes.is_empty() {
        return view! { <EmptyState glyph=Glyph::List title=t(words::NO_NOTES)/> }.into_any();
    }
    let address = format!("/app/patients/{id}?tab=notes&kind={}", kind.get_untracked().unwrap_or_default());
    let next = page.next.map(|cursor| format!("{address}&cursor={cursor}"));
    let notes = page
        .notes
        .into_iter()
        .map(|(note, written, changed)| view! { <Note note written changed id=id.clone() may forms/> })
        .collect_view();
    view! {
        <FormState form=Answered::by(forms.delete)/>
        <ul class="list stack">{notes}</ul>
        <p class="actions">
            {cursor.get_untracked().map(|_| view! { <a class="btn btn-ghost" href=address>{t(practice::NEWEST)}</a> })}
            {next.map(|href| view! { <a class="btn btn-secondary" href=href>{t(practice::MORE)}</a> })}
        </p>
    }
    .into_any()
}

#[component]
fn Note(
    note: NoteView,
    written: NaiveDateTime,
    changed: NaiveDateTime,
    id: String,
    may: May,
    forms: Forms,
) -> impl IntoView {
    let when = |at: NaiveDateTime| dates::long_when(lang(), at);
    let by = tf(words::WRITTEN_BY, &[("name", &note.author), ("when", &when(written))]);
    let edited = (note.changed_at != note.created_at).then(|| tf(words::CHANGED_AT, &[("when", &when(changed))]));
    let note_id = note.id.to_string();
    let pinned = note.pinned;
    let own = may.write && (note.own || may.all);
    let edit = own.then(|| view! { <Edit note=note.clone() id=id.clone() forms/> });
    let pin = may.write.then(|| view! {
        <ActionForm action=forms.pin>
            <input type="hidden" name="id" value=id/>
            <input type="hidden" name="note" value=note_id/>
            <input type="hidden" name="pinned" value=(!pinned).to_string()/>
            <button type="submit" class="btn btn-ghost"><Icon glyph=Glyph::Pin/>{t(if pinned { words::UNPIN } else { words::PIN })}</button>
        </ActionForm>
    });
    view! {
        <li class="card note">
            <p class="prewrap">{note.body}</p>
            <p class="muted small figures">
                {pinned.then(|| view! { <span class="badge badge-review"><Icon glyph=Glyph::Pin/>{t(words::IS_PINNED)}</span>" " })}
                {t(say::note_kind(note.kind))}" · "{by}{edited.map(|edited| format!(" · {edited}"))}
            </p>
            <div class="actions">{pin}</div>
            {edit}
        </li>
    }
}

#[component]
fn Edit(note: NoteView, id: String, forms: Forms) -> impl IntoView {
    let note_id = note.id.to_string();
    let [body_id, kind_id, pin_id] = ["note", "kind", "pin"].map(|what| format!("{what}-{note_id}"));
    let (of, of_note) = (id.clone(), note_id.clone());
    view! {
        <details>
            <summary>{t(words::EDIT)}</summary>
            <ActionForm action=forms.save>
                <input type="hidden" name="id" value=of/>
                <input type="hidden" name="note" value=of_note/>
                <TextArea label=t(words::NOTE_EDIT) name="body" id=body_id rows=3 required=true
                    maxlength=NOTE_MAX value=note.body/>
                <div class="form-row">
                    <Select label=t(words::NOTE_KIND) name="kind" id=kind_id options=kinds()
                        value=note.kind.as_str()/>
                    <Checkbox label=t(words::NOTE_PIN) name="pinned" id=pin_id checked=note.pinned/>
                    <Button variant=Variant::Secondary>{t(common::SAVE)}</Button>
                </div>
            </ActionForm>
            <ActionForm action=forms.delete>
                <input type="hidden" name="id" value=id/>
                <input type="hidden" name="note" value=note_id/>
                <Button variant=Variant::Ghost><Icon glyph=Glyph::Trash/>{t(words::NOTE_DELETE)}</Button>
            </ActionForm>
        </details>
    }
}
