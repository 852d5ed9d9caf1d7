//! What was written about a booking and how far it came, for the pages of a booking and of a session.

use super::server_fns::{Stamped, load_timeline};
use super::words::{channel_name, standing, template_name};
use crate::context::{lang, t};
use crate::layouts::practice::kit::{Myself, practice_live};
use crate::texts::outbox as words;
use contracts::BookingId;
use domain::dates;
use domain::permissions::{Action as Verb, Resource as Thing};
use leptos::prelude::*;
use ui::Icon;

/// Nothing for members who may not read messages.
#[component]
pub fn MessageTimeline(booking: BookingId) -> impl IntoView {
    let live = practice_live();
    let me = Myself::get();
    let messages = Resource::new_blocking(
        move || live.tick.get(),
        move |_| async move {
            if me.may(Verb::Read, Thing::Messages).await { load_timeline(booking).await.map(Some) } else { Ok(None) }
        },
    );
    view! {
        <Transition>
            {move || Suspend::new(async move {
                messages.await.ok().flatten().map(|messages| view! { <Timeline messages/> })
            })}
        </Transition>
    }
}

#[component]
fn Timeline(messages: Vec<Stamped>) -> impl IntoView {
    let empty = messages.is_empty();
    let rows = messages
        .into_iter()
        .map(|stamped| {
            let (tone, glyph, state) = standing((&stamped).into(), lang());
            let at = dates::short_when(lang(), stamped.last());
            let message = stamped.message;
            view! {
                <li class="list-row">
                    <span class="list-main">
                        <strong>{t(template_name(&message.template))}</strong>
                        <span class="muted">{t(channel_name(message.channel))}" · "{message.recipient}</span>
                        {message.last_error.map(|error| view! { <span class="field-error">{error}</span> })}
                    </span>
                    <span class="muted figures">{at}</span>
                    <span class=format!("badge badge-{tone}")><Icon glyph/>{state}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="timeline-title">
            <h2 id="timeline-title">{t(words::TIMELINE)}</h2>
            {empty.then(|| view! { <p class="muted">{t(words::TIMELINE_EMPTY)}</p> })}
            <ul class="list">{rows}</ul>
        </section>
    }
}
