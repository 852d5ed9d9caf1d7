//! The dialog that moves a session.

use super::server_fns::MoveSession;
use super::words as say;
use crate::context::{t, tf};
use crate::layouts::practice::kit::Answered;
use crate::texts::{common, sessions as words};
use contracts::sessions::SessionView;
use domain::dates;
use domain::sessions::may_change;
use leptos::prelude::*;
use ui::{Button, Checkbox, Dialog, Field};

#[component]
pub fn Move(session: SessionView, action: ServerAction<MoveSession>) -> impl IntoView {
    let card = session.card;
    let form = Answered::by(action);
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if action.pending().get() {
            open.set(false);
        }
    });
    let effect = tf(words::MOVE_EFFECT, &[("name", &card.patient_name), ("when", &say::when(&card))]);
    may_change(card.status).then(|| {
        view! {
            <Dialog id="move" title=t(words::MOVE_TITLE) open_label=t(words::MOVE) close_label=t(common::CLOSE) open>
                <ActionForm action>
                    <input type="hidden" name="id" value=card.id.to_string()/>
                    <input type="hidden" name="version" value=card.version.to_string()/>
                    <p>{effect}</p>
                    <div class="form-row">
                        <Field label=t(words::DAY) name="day" kind="date" required=true
                            value=form.kept("day", &card.local.date().to_string()) error=form.wrong("day")/>
                        <Field label=t(words::TIME) name="time" kind="time" required=true
                            value=form.kept("time", &dates::clock(card.local.time())) error=form.wrong("starts")/>
                    </div>
                    <Checkbox label=t(words::KNOWINGLY) name="outside_hours" hint=t(words::KNOWINGLY_HINT)
                        checked=form.kept_tick("outside_hours", card.outside_hours)/>
                    <Checkbox label=t(words::TELL) name="tell" hint=t(words::TELL_HINT)
                        checked=form.kept_tick("tell", true)/>
                    <Button>{t(words::MOVE_SEND)}</Button>
                </ActionForm>
            </Dialog>
        }
    })
}
