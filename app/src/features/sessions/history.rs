//! What people were told about a session, and what was done with it.

use crate::context::{lang, t, tf};
use crate::features::audit::action_text;
use crate::features::outbox::words::{channel_name, standing};
use crate::texts::sessions as words;
use contracts::sessions::{HistoryLine, MessageLine};
use domain::dates::long_when;
use leptos::prelude::*;
use ui::Icon;

#[component]
pub fn Messages(lines: Vec<MessageLine>) -> impl IntoView {
    let empty = lines.is_empty();
    let lines = lines.into_iter().map(|line| view! { <Message line/> }).collect_view();
    view! {
        <section class="card" aria-labelledby="messages-title">
            <h2 id="messages-title">{t(words::MESSAGES)}</h2>
            {empty.then(|| view! { <p class="muted">{t(words::NO_MESSAGES)}</p> })}
            <ol class="list">{lines}</ol>
        </section>
    }
}

#[component]
fn Message(line: MessageLine) -> impl IntoView {
    let (tone, glyph, state) = standing((&line).into(), lang());
    view! {
        <li class="list-row">
            <span class="list-main">
                <strong>{line.subject}</strong>
                <span class="muted">
                    {t(channel_name(line.channel))}" · "{line.recipient}" · "{long_when(lang(), line.local)}
                </span>
            </span>
            <span class=format!("badge badge-{tone}")><Icon glyph/>{state}</span>
        </li>
    }
}

#[component]
pub fn History(lines: Vec<HistoryLine>) -> impl IntoView {
    let lines = lines.into_iter().map(|line| view! { <Deed line/> }).collect_view();
    view! {
        <section class="card" aria-labelledby="history-title">
            <h2 id="history-title">{t(words::HISTORY)}</h2>
            <ol class="list">{lines}</ol>
        </section>
    }
}

#[component]
fn Deed(line: HistoryLine) -> impl IntoView {
    let who = match (line.by, line.actor_kind.as_str()) {
        (Some(name), _) => name,
        (None, "patient" | "visitor") => t(words::THE_PATIENT).to_owned(),
        _ => t(words::THE_PROGRAM).to_owned(),
    };
    let what = action_text(&line.action).map_or_else(|| line.action.clone(), |text| t(text).to_owned());
    let moved = line.moved.map(|(from, to)| {
        let (from, to) = (long_when(lang(), from), long_when(lang(), to));
        format!(" {}", tf(words::MOVED_FROM_TO, &[("from", &from), ("to", &to)]))
    });
    view! {
        <li class="list-row">
            <span class="list-main">
                <strong>{what}{moved}</strong>
                <span class="muted">{long_when(lang(), line.local)}" · "{who}</span>
            </span>
        </li>
    }
}
