//! `/app/series/new?patient=`: agreed once, and every date shown before it is saved.

use super::form::SeriesFields;
use super::server_fns::{Filled, load_series_form};
use crate::context::{t, tf};
use crate::layouts::practice::kit::{Failed, query};
use crate::pages::Page;
use crate::texts::{common, series as words};
use contracts::series::{Frequency, SeriesForm};
use leptos::prelude::*;
use leptos_meta::Title;
use ui::Skeleton;

pub struct NewSeriesPage;

impl Page for NewSeriesPage {
    fn view() -> AnyView {
        view! { <New/> }.into_any()
    }
}

#[component]
fn New() -> impl IntoView {
    // Without JavaScript the form asks for this page again, with its own names in the address.
    let (patient, again) = (query("patient"), query("filled[patient]"));
    let form = Resource::new_blocking(move || patient.get().or(again.get()).unwrap_or_default(), load_series_form);
    view! {
        <Title text=t(words::NEW_TITLE)/>
        <Transition fallback=|| view! { <Skeleton lines=8 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                match form.await {
                    Ok(form) => view! { <Fill form/> }.into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Fill(form: SeriesForm) -> impl IntoView {
    let first = form.offers.first().map(|offer| format!("{}:{}", offer.therapist_id, offer.service_id));
    let filled = Filled {
        patient: form.patient_id.to_string(),
        offer: first.unwrap_or_default(),
        frequency: Frequency::Weekly.as_str().to_owned(),
        starts_on: form.today.to_string(),
        payment_notice_days: "3".to_owned(),
        tell: true,
        ..Filled::default()
    };
    view! {
        <header class="page-head">
            <div>
                <h1>{t(words::NEW_TITLE)}</h1>
                <p class="muted">{tf(words::NEW_FOR, &[("name", &form.patient_name)])}</p>
            </div>
        </header>
        <section class="card">
            <SeriesFields filled offers=form.offers currency=form.currency page="/app/series/new".to_owned()/>
        </section>
    }
}
