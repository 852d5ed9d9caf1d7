//! The fourth tab: what a patient likes.

use super::page_form::Language;
use super::server_fns::{SavePatientPreferences, load_patient};
use super::words as say;
use crate::context::{lang, t, tf};
use crate::layouts::practice::kit::{Answered, Failed, FormState, successes};
use crate::texts::{common, patients as words};
use contracts::accounts::Role;
use contracts::limits::ACCOMMODATIONS_MAX;
use contracts::patients::{ContactChannel, DayPart, PatientView};
use domain::dates;
use domain::permissions::{Action as Verb, Resource as Thing, allowed};
use leptos::prelude::*;
use ui::{Button, Checkbox, Field, Select, Skeleton, TextArea};

#[component]
pub fn PreferencesTab(id: String, role: Role) -> impl IntoView {
    let save = ServerAction::<SavePatientPreferences>::new();
    let saved = successes(save);
    let patient = Resource::new_blocking(move || (id.clone(), saved.get()), |(id, _)| load_patient(id));
    let may = allowed(role, Verb::Update, Thing::Patients);
    view! {
        <Transition fallback=|| view! { <Skeleton lines=6 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                match patient.await {
                    Ok((patient, _)) => view! { <Preferences patient save may/> }.into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Preferences(patient: PatientView, save: ServerAction<SavePatientPreferences>, may: bool) -> impl IntoView {
    let form = Answered::by(save);
    let likes = patient.preferences;
    let mut channels = vec![(String::new(), t(words::CHANNEL_ANY).to_owned())];
    channels.extend(ContactChannel::ALL.iter().map(|c| (c.as_str().to_owned(), t(say::channel(*c)).to_owned())));
    let price = likes.custom_price.as_ref().map(contracts::Money::plain).unwrap_or_default();
    let days = (1..=7_i16)
        .map(|day| {
            view! {
                <Checkbox label=dates::iso_weekday_name(lang(), day) name="weekdays[]" id=format!("day-{day}")
                    value=day.to_string() checked=likes.weekdays.contains(&day)/>
            }
        })
        .collect_view();
    let parts = DayPart::ALL
        .iter()
        .map(|part| {
            view! {
                <Checkbox label=t(say::day_part(*part)) name="day_parts[]" id=format!("part-{}", part.as_str())
                    value=part.as_str() checked=likes.day_parts.contains(part)/>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="preferences-title">
            <h2 id="preferences-title">{t(words::PREFERENCES)}</h2>
            <ActionForm action=save>
                <fieldset class="plain-fieldset form" disabled=!may>
                    <input type="hidden" name="id" value=patient.id.to_string()/>
                    <div class="form-row">
                        <Select label=t(words::CHANNEL) name="channel" options=channels
                            value=form.kept("channel", likes.channel.map(ContactChannel::as_str).unwrap_or_default())/>
                        <Language name="language" chosen=form.kept("language", patient.language.code())/>
                        <Field label=tf(words::CUSTOM_PRICE, &[("currency", &patient.currency)]) name="custom_price"
                            inputmode="decimal" hint=t(words::CUSTOM_PRICE_HINT) value=form.kept("custom_price", &price)
                            error=form.wrong("custom_price")/>
                    </div>
                    <fieldset class="plain-fieldset choices"><legend>{t(words::DAYS)}</legend>{days}</fieldset>
                    <fieldset class="plain-fieldset choices"><legend>{t(words::TIMES)}</legend>{parts}</fieldset>
                    <TextArea label=t(words::ACCOMMODATIONS) name="accommodations" rows=3 maxlength=ACCOMMODATIONS_MAX
                        hint=t(words::ACCOMMODATIONS_HINT) value=form.kept("accommodations", &likes.accommodations)
                        error=form.wrong("accommodations")/>
                    {may.then(|| view! { <div class="actions"><Button pending=form.pending>{t(common::SAVE)}</Button></div> })}
                </fieldset>
            </ActionForm>
            <FormState form/>
        </section>
    }
}
