//! Everything that was agreed with a patient, for their profile.

use super::card::{FormStates, Forms, SeriesCard};
use super::server_fns::load_series_of;
use crate::context::t;
use crate::layouts::practice::kit::{Failed, Myself, fresh, practice_live};
use crate::texts::{common, series as words};
use contracts::accounts::Role;
use contracts::series::SeriesView;
use domain::permissions::{Action as Verb, Resource as Thing, allowed};
use leptos::prelude::*;
use ui::{EmptyState, Glyph, LinkButton, Skeleton};

/// The recurring sessions of a patient, live; needs nothing but the patient's id.
#[component]
pub fn SeriesPanel(#[prop(into)] patient: String) -> impl IntoView {
    let first = {
        let patient = patient.clone();
        Resource::new_blocking(|| (), move |()| load_series_of(patient.clone()))
    };
    let me = Myself::get();
    view! {
        <Suspense fallback=|| view! { <Skeleton lines=6 label=t(common::LOADING)/> }>
            {move || {
                let patient = patient.clone();
                Suspend::new(async move {
                    let role = me.role().await;
                    match first.await {
                        Ok(initial) => view! { <Panel initial patient role/> }.into_any(),
                        Err(error) => view! { <Failed error/> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn Panel(initial: Vec<SeriesView>, patient: String, role: Role) -> impl IntoView {
    let forms = Forms::new();
    let fresh = {
        let patient = patient.clone();
        fresh(initial, practice_live(), move || load_series_of(patient.clone()))
    };
    // Shown anew only when something changed, so that an open question stays open.
    let all = Memo::new(move |_| fresh.data.get());
    let may_add = allowed(role, Verb::Create, Thing::Series);
    let add = format!("/app/series/new?patient={patient}");
    let cards = move |open: bool| {
        let of = all.get().into_iter().filter(move |series| series.status.is_open() == open);
        of.map(|series| view! { <SeriesCard series role forms/> }).collect_view()
    };
    let some = move |open: bool| all.with(|all| all.iter().any(|series| series.status.is_open() == open));
    view! {
        <section class="series-panel" aria-labelledby="series-title">
            <header class="section-head">
                <h2 id="series-title">{t(words::TITLE)}</h2>
                {may_add.then(|| view! { <LinkButton href=add>{t(words::ADD)}</LinkButton> })}
            </header>
            <FormStates forms/>
            {move || (!some(true)).then(|| view! { <EmptyState glyph=Glyph::Refresh title=t(words::NONE)/> })}
            {move || cards(true)}
            {move || {
                some(false)
                    .then(|| {
                        view! {
                            <details class="series-more">
                                <summary>{t(words::EARLIER)}</summary>
                                {cards(false)}
                            </details>
                        }
                    })
            }}
        </section>
    }
}
