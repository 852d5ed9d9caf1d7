//! Dates that could not become a session, each with one click to decide (BR-RS-002, EC-AV-004).

use super::server_fns::{ResolveSkipped, load_skipped};
use super::words as say;
use crate::context::{lang, t, tf};
use crate::layouts::practice::kit::{Answered, FormState, fresh, practice_live, successes};
use crate::texts::series as words;
use contracts::accounts::Role;
use contracts::booking::Slot;
use contracts::series::SkippedOccurrence;
use domain::dates;
use domain::permissions::{Action as Verb, Resource as Thing, allowed};
use leptos::prelude::*;
use ui::{Glyph, Icon};

/// The list, for the dashboard; nothing while nothing waits, and nothing for roles that see no series.
#[component]
pub fn SkippedList(role: Role) -> impl IntoView {
    allowed(role, Verb::Read, Thing::Series).then(|| view! { <Loaded role/> })
}

#[component]
fn Loaded(role: Role) -> impl IntoView {
    let first = Resource::new_blocking(|| (), |()| load_skipped());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                let initial = first.await.unwrap_or_default();
                view! { <List initial role/> }
            })}
        </Suspense>
    }
}

#[component]
fn List(initial: Vec<SkippedOccurrence>, role: Role) -> impl IntoView {
    let live = practice_live();
    let resolve = ServerAction::<ResolveSkipped>::new();
    let done = successes(resolve);
    Effect::new(move |before: Option<usize>| {
        let now = done.get();
        if before.is_some_and(|before| before != now) {
            live.refresh();
        }
        now
    });
    let fresh = fresh(initial, live, load_skipped);
    let all = Memo::new(move |_| fresh.data.get());
    let may = allowed(role, Verb::Update, Thing::Series);
    let some = move || all.with(|all| !all.is_empty());
    view! {
        <FormState form=Answered::by(resolve) done=t(words::RESOLVED)/>
        {move || {
            some()
                .then(|| {
                    view! {
                        <section id="skipped" class="board-section" aria-labelledby="skipped-title">
                            <h2 id="skipped-title">
                                {t(words::SKIPPED_TITLE)}
                                <span class="count count-urgent">{all.with(Vec::len)}</span>
                            </h2>
                            <p class="muted">{t(words::SKIPPED_HELP)}</p>
                            <ul class="cards">
                                {all.get().into_iter().map(|one| view! { <Item one resolve may/> }).collect_view()}
                            </ul>
                        </section>
                    }
                })
        }}
    }
}

#[component]
fn Item(one: SkippedOccurrence, resolve: ServerAction<ResolveSkipped>, may: bool) -> impl IntoView {
    let when = say::when(one.local);
    let why = one.conflicts.iter().map(say::conflict).collect::<Vec<_>>().join(" · ");
    let with = tf(words::WITH, &[("service", &one.service_name), ("therapist", &one.therapist_name)]);
    let title = tf(words::SKIPPED_ITEM, &[("name", &one.patient_name), ("when", &when)]);
    view! {
        <li class="card booking-card skipped-card">
            <h3>
                <a href=format!("/app/series/{}", one.series_id)>{title}</a>
            </h3>
            <p class="series-note">
                <Icon glyph=Glyph::Alert/>
                {why}
            </p>
            <p class="muted small" title=dates::long_when(lang(), one.local)>{with}</p>
            {may.then(|| view! { <Choices one resolve/> })}
        </li>
    }
}

/// The nearest times, each a button that books it, and the one that leaves the date out.
#[component]
fn Choices(one: SkippedOccurrence, resolve: ServerAction<ResolveSkipped>) -> impl IntoView {
    let none = one.alternatives.is_empty().then(|| view! { <p class="muted">{t(words::NO_ALTERNATIVE)}</p> });
    let name = one.patient_name.clone();
    let (id, date) = (one.series_id.to_string(), one.date.to_string());
    let dismiss = tf(words::FOR_WHOM, &[("what", t(words::DISMISS)), ("name", &name)]);
    let choice = |(index, slot): (usize, Slot)| {
        let when = say::when(slot.local);
        let text = if slot.local == one.local {
            t(words::BOOK_OWN).to_owned()
        } else {
            tf(words::BOOK_AT, &[("when", &when)])
        };
        // What is read aloud begins with what stands on the button, and says whom it is for.
        let label = tf(words::FOR_WHOM, &[("what", &text), ("name", &name)]);
        let class = if index == 0 { "btn btn-primary" } else { "btn btn-secondary" };
        let at = slot.starts_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        view! { <button type="submit" class=class name="starts_at" value=at aria-label=label>{text}</button> }
    };
    let choices = one.alternatives.clone().into_iter().enumerate().map(choice).collect_view();
    view! {
        {none}
        <ActionForm action=resolve>
            <input type="hidden" name="id" value=id/>
            <input type="hidden" name="date" value=date/>
            <div class="actions">
                {choices}
                <button type="submit" class="btn btn-ghost" name="starts_at" value="" aria-label=dismiss>{t(words::DISMISS)}</button>
            </div>
        </ActionForm>
    }
}
