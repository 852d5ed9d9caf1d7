//! Moving a session in the calendar: dragged with the pointer, or picked up with `m`; either way a question comes first.

use crate::context::{lang, t, tf};
use crate::features::dashboard::words as say;
use crate::features::sessions::server_fns::MoveSession;
use crate::layouts::practice::kit::{Answered, FormState};
use crate::texts::{common, diary as words, sessions as text};
use chrono::{NaiveDate, NaiveTime};
use contracts::sessions::DiaryEntry;
use domain::dates;
use domain::sessions::may_change;
use leptos::prelude::*;
use ui::{Button, Checkbox, Dialog, Field};

/// The session that is being moved, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Move {
    card: DiaryEntry,
    to: Option<(NaiveDate, i32)>,
}

/// What is picked up, and the question that is open.
#[derive(Clone, Copy)]
pub struct Moving {
    picked: RwSignal<Option<Move>>,
    open: RwSignal<bool>,
    pub action: ServerAction<MoveSession>,
    may: bool,
}

impl Moving {
    /// `may`: whether this member may move sessions at all.
    pub fn new(action: ServerAction<MoveSession>, may: bool) -> Self {
        Self { picked: RwSignal::new(None), open: RwSignal::new(false), action, may }
    }

    /// Can this be moved? Only sessions that lie ahead.
    pub fn takes(self, card: &DiaryEntry) -> bool {
        self.may && card.session.is_some_and(|session| may_change(session.status))
    }

    pub fn pick_up(self, card: &DiaryEntry) {
        self.picked.set(Some(Move { card: card.clone(), to: None }));
    }

    pub fn dragging(self) -> bool {
        self.picked.with_untracked(Option::is_some)
    }

    /// Asks whether to move it to this day and minute.
    pub fn ask(self, day: NaiveDate, minute: i32) {
        self.picked.update(|picked| {
            if let Some(picked) = picked {
                picked.to = Some((day, minute));
            }
        });
        self.open.set(self.dragging());
    }
}

/// The question before a session is moved.
#[component]
pub fn MoveDialog(moving: Moving) -> impl IntoView {
    let Moving { picked, open, action, .. } = moving;
    Effect::new(move |_| {
        if action.pending().get() {
            open.set(false);
        }
    });
    let form = move || {
        let Move { card, to } = picked.get()?;
        let (day, minute) = to?;
        let session = card.session?;
        let time = u32::try_from(minute).ok().and_then(|m| NaiveTime::from_hms_opt(m / 60, m % 60, 0))?;
        let was = dates::long_when(lang(), card.local);
        let effect = tf(text::MOVE_EFFECT, &[("name", &say::name_of(&card.patient_name, card.status)), ("when", &was)]);
        Some(view! {
            <ActionForm action>
                <input type="hidden" name="id" value=session.id.to_string()/>
                <p>{effect}</p>
                <div class="form-row">
                    <Field id="move-day" label=t(text::DAY) name="day" kind="date" required=true value=day.to_string()/>
                    <Field id="move-time" label=t(text::TIME) name="time" kind="time" required=true value=dates::clock(time)/>
                </div>
                <Checkbox id="move-outside" label=t(text::KNOWINGLY) name="outside_hours" hint=t(text::KNOWINGLY_HINT)/>
                <Checkbox id="move-tell" label=t(text::TELL) name="tell" hint=t(text::TELL_HINT) checked=true/>
                <Button>{t(text::MOVE_SEND)}</Button>
            </ActionForm>
        })
    };
    view! {
        <Dialog id="move" title=t(text::MOVE_TITLE) open_label="" close_label=t(common::CLOSE) open with_opener=false>
            {form}
        </Dialog>
        <FormState form=Answered::by(action) done=t(words::MOVED)/>
    }
}
