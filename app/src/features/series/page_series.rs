//! `/app/series/{id}`: one series, and the form that changes it.

use super::card::{FormStates, Forms, SeriesCard};
use super::form::SeriesFields;
use super::server_fns::{Filled, load_series, load_series_form};
use crate::context::{t, tf};
use crate::error::UiError;
use crate::layouts::practice::kit::{DoneNotice, Failed, Myself, fresh, practice_live};
use crate::pages::Page;
use crate::texts::{common, series as words};
use contracts::accounts::Role;
use contracts::series::{Frequency, SeriesForm, SeriesOffer, SeriesView};
use domain::permissions::{Action as Verb, Resource as Thing, allowed};
use domain::validate::show_clock;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use ui::Skeleton;

pub struct SeriesPage;

impl Page for SeriesPage {
    fn view() -> AnyView {
        view! { <One/> }.into_any()
    }
}

/// The series, and for who may change it what the form offers.
async fn load(id: String, role: Role) -> Result<(SeriesView, Option<SeriesForm>), UiError> {
    let series = load_series(id).await?;
    let form = match allowed(role, Verb::Update, Thing::Series) && series.status.is_open() {
        true => Some(load_series_form(series.patient_id.to_string()).await?),
        false => None,
    };
    Ok((series, form))
}

#[component]
fn One() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id")).unwrap_or_default());
    let me = Myself::get();
    let first = Resource::new_blocking(move || id.get(), move |id| async move { load(id, me.role().await).await });
    view! {
        <Title text=t(words::TITLE)/>
        <Transition fallback=|| view! { <Skeleton lines=8 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                let role = me.role().await;
                match first.await {
                    Ok(initial) => view! { <Current initial role/> }.into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// The series as it is now. The form is made anew only when the series itself has changed: what is being typed stays.
#[component]
fn Current(initial: (SeriesView, Option<SeriesForm>), role: Role) -> impl IntoView {
    let forms = Forms::new();
    let id = initial.0.id.to_string();
    let title = tf(words::TITLE_OF, &[("name", &initial.0.patient_name)]);
    let fresh = fresh(initial, practice_live(), move || load(id.clone(), role));
    let series = Memo::new(move |_| fresh.data.with(|(series, _)| series.clone()));
    let version = Memo::new(move |_| fresh.data.with(|(series, _)| (series.version, series.status)));
    view! {
        <header class="page-head"><h1>{title}</h1></header>
        <DoneNotice/>
        <FormStates forms/>
        {move || view! { <SeriesCard series=series.get() role forms alone=true/> }}
        {move || {
            // Read and not only tracked: a memo nobody reads is never computed, and so never changes.
            version.with(|_| ());
            let (series, form) = fresh.data.get_untracked();
            form.map(|form| view! { <Change series form/> })
        }}
    }
}

#[component]
fn Change(series: SeriesView, form: SeriesForm) -> impl IntoView {
    let rule = series.rule;
    let filled = Filled {
        patient: series.patient_id.to_string(),
        id: series.id.to_string(),
        version: series.version.to_string(),
        offer: format!("{}:{}", series.therapist_id, series.service_id),
        frequency: rule.frequency.as_str().to_owned(),
        interval_days: rule.interval_days.map(|n| n.to_string()).unwrap_or_default(),
        weekday: match rule.frequency {
            Frequency::Weekly | Frequency::Biweekly => weekday(&series).to_string(),
            _ => String::new(),
        },
        starts: show_clock(rule.starts_min),
        duration_min: rule.duration_min.to_string(),
        price: series.price.plain(),
        starts_on: String::new(),
        ends_on: rule.ends_on.map(|day| day.to_string()).unwrap_or_default(),
        payment_notice_days: series.payment_notice_days.to_string(),
        also_unpaid: false,
        tell: false,
    };
    let offers = offers(&series, form.offers);
    view! {
        <section class="card" id="change" aria-labelledby="change-title">
            <h2 id="change-title">{t(words::CHANGE_TITLE)}</h2>
            <p class="muted">{t(words::CHANGE_HELP)}</p>
            <SeriesFields filled offers currency=series.price.currency.clone() page=format!("/app/series/{}", series.id)/>
        </section>
    }
}

/// 1 is Monday.
fn weekday(series: &SeriesView) -> u32 {
    chrono::Datelike::weekday(&series.rule.anchor).number_from_monday()
}

/// A series stays with its therapist; the service it has may be one that is not offered any more.
fn offers(series: &SeriesView, all: Vec<SeriesOffer>) -> Vec<SeriesOffer> {
    let mut mine: Vec<SeriesOffer> =
        all.into_iter().filter(|offer| offer.therapist_id == series.therapist_id).collect();
    if mine.iter().all(|offer| offer.service_id != series.service_id) {
        mine.push(SeriesOffer {
            therapist_id: series.therapist_id,
            therapist_name: series.therapist_name.clone(),
            service_id: series.service_id,
            service_name: series.service_name.clone(),
            duration_min: series.rule.duration_min,
            price: series.price.clone(),
        });
    }
    mine
}
