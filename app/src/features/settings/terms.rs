//! Duration and price that differ for one therapist (product §1).

use super::frame::Fields;
use super::server_fns::{SaveServiceTerms, service_terms};
use crate::context::{lang, t, tf};
use crate::error::UiError;
use crate::layouts::practice::kit::{Answered, FormState, successes};
use crate::texts::settings as words;
use contracts::TherapistId;
use contracts::limits::{DURATION_MAX, DURATION_MIN, DURATION_STEP};
use contracts::practice::{ServiceView, TherapistTerms};
use leptos::prelude::*;
use ui::{Field, MoneyText, Notice, Select, Tone};

/// The therapists who give this service, each with what patients book, and the form that changes it for one of them.
#[component]
pub fn Terms(service: ServiceView, therapists: Vec<(TherapistId, String)>) -> impl IntoView {
    let save = ServerAction::<SaveServiceTerms>::new();
    let (saved, form) = (successes(save), Answered::by(save));
    let id = service.id;
    let terms = Resource::new_blocking(move || saved.get(), move |_| service_terms(id));
    let giving: Vec<_> = therapists.into_iter().filter(|(id, _)| service.therapists.contains(id)).collect();
    let options: Vec<_> = giving.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    let first = options.first().map(|(id, _)| id.clone()).unwrap_or_default();
    view! {
        <section class="card" id="terms" aria-labelledby="terms-title">
            <h2 id="terms-title">{t(words::TERMS)}</h2>
            <p class="muted">{t(words::TERMS_HELP)}</p>
            <Transition>
                {move || {
                    let giving = giving.clone();
                    Suspend::new(async move { table(terms.await, &giving) })
                }}
            </Transition>
            <ActionForm action=save>
                <Fields may=true form>
                    <input type="hidden" name="service" value=id.to_string()/>
                    <Select label=t(words::THERAPIST) name="therapist" id="f-terms-therapist" options
                        value=form.kept("therapist", &first) error=form.wrong("therapist")/>
                    <div class="form-row">
                        <Field label=t(words::DURATION) name="duration_min" id="f-terms-duration" kind="number"
                            inputmode="numeric" min=DURATION_MIN.to_string() max=DURATION_MAX.to_string()
                            step=DURATION_STEP.to_string() value=form.kept("duration_min", "")
                            error=form.wrong("duration_min")/>
                        <Field label=tf(words::PRICE, &[("currency", &service.price.currency)]) name="price"
                            id="f-terms-price" inputmode="decimal" value=form.kept("price", "") error=form.wrong("price")/>
                    </div>
                </Fields>
            </ActionForm>
            <FormState form/>
        </section>
    }
}

fn table(terms: Result<Vec<TherapistTerms>, UiError>, names: &[(TherapistId, String)]) -> AnyView {
    let terms = match terms {
        Ok(terms) => terms,
        Err(error) => return view! { <Notice tone=Tone::Danger>{error.message(lang())}</Notice> }.into_any(),
    };
    let own = |own: bool| own.then(|| view! { <span class="muted small">" " {t(words::OWN_TERMS)}</span> });
    let rows = terms
        .into_iter()
        .map(|terms| {
            let name = names.iter().find(|(id, _)| *id == terms.therapist_id).map(|(_, name)| name.clone());
            view! {
                <tr>
                    <td>{name}</td>
                    <td class="figures">{terms.duration_min} {own(terms.own_duration)}</td>
                    <td><MoneyText money=terms.price lang=lang()/> {own(terms.own_price)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=t(words::TERMS)>
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">{t(words::THERAPIST)}</th>
                        <th scope="col">{t(words::DURATION)}</th>
                        <th scope="col">{t(words::PRICE_SHORT)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
