//! Doors to the administrative notes on a patient.

use crate::error::UiError;
use chrono::NaiveDateTime;
use contracts::patients::NoteView;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::server_fns::{look_for, searched, zone_of};
#[cfg(feature = "ssr")]
use crate::{
    context::{ctx, reply},
    layouts::practice::read,
};
#[cfg(feature = "ssr")]
use contracts::{
    PatientId,
    patients::{NoteFilter, NoteKind, SaveNote},
};

/// A page of notes with their times on the practice's wall clock, and what was searched for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotesPage {
    /// The note, when it was written, when it was changed.
    pub notes: Vec<(NoteView, NaiveDateTime, NaiveDateTime)>,
    pub next: Option<String>,
    pub q: String,
}

#[server]
pub async fn load_notes(
    id: String,
    q: Option<String>,
    kind: Option<String>,
    cursor: Option<String>,
    found: Option<String>,
) -> Result<NotesPage, UiError> {
    let ctx = ctx()?;
    reply(
        async {
            let q = q.or_else(|| searched().filter(|_| found.is_some()));
            let filter = NoteFilter {
                q: q.clone(),
                kind: kind.as_deref().and_then(NoteKind::parse),
                cursor: read::optional(cursor),
                ..NoteFilter::default()
            };
            let page = services::patients::notes(&ctx, read::id(&id)?, filter).await?;
            let zone = zone_of(&ctx).await?;
            let stamp = |note: NoteView| {
                let (written, changed) = (read::local(&zone, note.created_at), read::local(&zone, note.changed_at));
                (note, written, changed)
            };
            let notes = page.items.into_iter().map(stamp).collect();
            Ok(NotesPage { notes, next: page.next, q: q.unwrap_or_default() })
        }
        .await,
    )
}

/// Looks for words in the notes of a patient. They stand in no address.
#[server]
pub async fn search_notes(id: String, q: Option<String>, kind: Option<String>) -> Result<(), UiError> {
    let ctx = ctx()?;
    let id: PatientId = reply(async { Ok(services::patients::get(&ctx, read::id(&id)?).await?.id) }.await)?;
    let kind = kind.as_deref().and_then(NoteKind::parse).map(NoteKind::as_str).unwrap_or_default();
    look_for(q, &format!("/app/patients/{id}?tab=notes&kind={kind}"));
    Ok(())
}

/// Where forms of a patient's notes lead without JavaScript.
#[cfg(feature = "ssr")]
fn notes_of(id: &str) -> String {
    format!("/app/patients/{}?tab=notes&done=1", id.trim())
}

/// `note` empty: a new one, about a `session` if that is given.
#[server]
pub async fn save_patient_note(
    id: String,
    note: Option<String>,
    kind: String,
    body: String,
    pinned: Option<String>,
    session: Option<String>,
) -> Result<(), UiError> {
    let ctx = ctx()?;
    let session = read::optional(session);
    let to = match &session {
        Some(session) => format!("/app/sessions/{}?done=1", session.trim()),
        None => notes_of(&id),
    };
    let result = async {
        let kind = read::choice("kind", NoteKind::parse(&kind))?;
        let typed = SaveNote {
            kind,
            body,
            pinned: pinned.is_some(),
            session_id: session.as_deref().map(read::id).transpose()?,
        };
        match read::optional(note) {
            Some(note) => services::patients::save_note(&ctx, read::id(&id)?, read::id(&note)?, typed).await,
            None => services::patients::add_note(&ctx, read::id(&id)?, typed).await.map(|_| ()),
        }
    };
    read::finish(result.await, &to)
}

#[server]
pub async fn pin_patient_note(id: String, note: String, pinned: bool) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { services::patients::pin_note(&ctx, read::id(&id)?, read::id(&note)?, pinned).await };
    read::finish(result.await, &notes_of(&id))
}

#[server]
pub async fn delete_patient_note(id: String, note: String) -> Result<(), UiError> {
    let ctx = ctx()?;
    let result = async { services::patients::delete_note(&ctx, read::id(&id)?, read::id(&note)?).await };
    read::finish(result.await, &notes_of(&id))
}
