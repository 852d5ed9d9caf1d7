//! The fifth tab: what was written to a patient, and whether it arrived.

use super::server_fns::load_patient_messages;
use crate::context::{lang, t};
use crate::features::outbox::server_fns::Stamped;
use crate::features::outbox::words::{channel_name, standing};
use crate::layouts::practice::kit::{Failed, practice_live, query};
use crate::texts::{common, outbox, patients as words, practice};
use domain::dates;
use leptos::prelude::*;
use ui::{EmptyState, Glyph, Icon, Skeleton};

#[component]
pub fn LettersTab(id: String) -> impl IntoView {
    let cursor = query("cursor");
    let live = practice_live();
    let of = id.clone();
    let page = Resource::new_blocking(
        move || (of.clone(), cursor.get(), live.tick.get()),
        |(id, cursor, _)| load_patient_messages(id, cursor),
    );
    view! {
        <Transition fallback=|| view! { <Skeleton lines=6 label=t(common::LOADING)/> }>
            {move || {
                let id = id.clone();
                Suspend::new(async move {
                    match page.await {
                        Ok((messages, next)) => view! { <Letters messages next id/> }.into_any(),
                        Err(error) => view! { <Failed error/> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}

#[component]
fn Letters(messages: Vec<Stamped>, next: Option<String>, id: String) -> impl IntoView {
    if messages.is_empty() {
        return view! { <EmptyState glyph=Glyph::Mail title=t(words::NO_MESSAGES)/> }.into_any();
    }
    let next = next.map(|cursor| format!("/app/patients/{id}?tab=messages&cursor={cursor}"));
    let lines = messages.into_iter().map(|stamped| view! { <Letter stamped/> }).collect_view();
    view! {
        <ul class="list stack">{lines}</ul>
        <p class="actions">
            {next.map(|href| view! { <a class="btn btn-secondary" href=href>{t(practice::MORE)}</a> })}
        </p>
    }
    .into_any()
}

#[component]
fn Letter(stamped: Stamped) -> impl IntoView {
    let (tone, glyph, status) = standing((&stamped).into(), lang());
    let at = stamped.last();
    let message = stamped.message;
    view! {
        <li class="card message">
            <div class="booking-head">
                <div>
                    <h2 class="message-subject">{message.subject}</h2>
                    <p class="muted">
                        {t(channel_name(message.channel))}" · "{t(outbox::TO)}" "{message.recipient}" · "
                        <span class="figures">{dates::long_when(lang(), at)}</span>
                    </p>
                </div>
                <span class=format!("badge badge-{tone}")><Icon glyph/>{status}</span>
            </div>
            <details>
                <summary>{t(outbox::TEXT)}</summary>
                <div class="message-body prewrap">{message.body}</div>
                {message.booking_id.map(|id| view! { <p><a href=format!("/app/bookings/{id}")>{t(outbox::SEE_BOOKING)}</a></p> })}
            </details>
        </li>
    }
}
