//! Administrative notes about one session; the patient's page has all of theirs.

use crate::context::{lang, t};
use crate::features::patients::note_fns::SavePatientNote;
use crate::features::patients::words::note_kind;
use crate::layouts::practice::kit::{Answered, FormState};
use crate::texts::{patients as note_words, sessions as words};
use contracts::limits::NOTE_MAX;
use contracts::patients::NoteKind;
use contracts::sessions::{SessionCard, SessionNote};
use domain::dates::long_when;
use leptos::html;
use leptos::prelude::*;
use ui::{Button, Select, TextArea};

#[component]
pub fn Notes(lines: Vec<SessionNote>) -> impl IntoView {
    let empty = lines.is_empty();
    let lines = lines
        .into_iter()
        .map(|note| {
            view! {
                <li class="list-row">
                    <span class="list-main">
                        <span class="prewrap">{note.body}</span>
                        <span class="muted">
                            {t(note_kind(note.kind))}" · "{note.author}" · "{long_when(lang(), note.local)}
                        </span>
                    </span>
                </li>
            }
        })
        .collect_view();
    view! {
        {empty.then(|| view! { <p class="muted">{t(words::NO_NOTES)}</p> })}
        <ul class="list">{lines}</ul>
    }
}

/// Writes one. It stands apart from the list, so that what is typed stays when that changes.
#[component]
pub fn WriteNote(card: SessionCard, save: ServerAction<SavePatientNote>) -> impl IntoView {
    let (form, node) = (Answered::by(save), NodeRef::<html::Form>::new());
    form.reset_when_done(node);
    let kinds = NoteKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), t(note_kind(*kind)).to_owned())).collect();
    view! {
        <ActionForm action=save node_ref=node>
            <input type="hidden" name="id" value=card.patient_id.to_string()/>
            <input type="hidden" name="session" value=card.id.to_string()/>
            <TextArea label=t(note_words::NOTE_TEXT) name="body" rows=2 required=true maxlength=NOTE_MAX
                hint=t(note_words::NOTE_HINT) value=form.kept("body", "") error=form.wrong("body")/>
            <div class="form-row">
                <Select label=t(note_words::NOTE_KIND) name="kind" options=kinds value=form.kept("kind", "general")/>
                <Button pending=form.pending>{t(note_words::NOTE_ADD)}</Button>
            </div>
        </ActionForm>
        <FormState form done=t(note_words::NOTE_SAVED)/>
    }
}
