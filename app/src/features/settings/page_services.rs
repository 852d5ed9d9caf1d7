//! `/app/settings/services?edit=`: what patients can book.

use super::frame::{Fields, Frame, loaded};
use super::server_fns::{SaveService, load_settings, practice_services, therapist_profiles};
use super::terms::Terms;
use crate::context::{lang, t, tf};
use crate::error::UiError;
use crate::features::dashboard::words::place;
use crate::layouts::practice::kit::{Answered, FormState, successes};
use crate::pages::Page;
use crate::texts::{practice, settings as words};
use contracts::TherapistId;
use contracts::limits::{DURATION_MAX, DURATION_MIN, DURATION_STEP, NAME_MAX, REASON_MAX};
use contracts::practice::{Place, ServiceView};
use domain::permissions::{Action as Verb, Resource as Thing};
use leptos::html;
use leptos::prelude::*;
use ui::{Checkbox, EmptyState, Field, Glyph, MoneyText, Select, TextArea};

pub struct ServicesPage;

impl Page for ServicesPage {
    fn view() -> AnyView {
        let save = ServerAction::<SaveService>::new();
        let saved = successes(save);
        let data = Resource::new_blocking(move || saved.get(), |_| load());
        loaded(data, "edit", move |shown| {
            let may = shown.may(Verb::Update, Thing::Services);
            let (services, currency, therapists) = shown.data;
            let edited = services.iter().find(|s| Some(s.id.to_string()) == shown.asked).cloned();
            view! {
                <Frame name=words::SERVICES may>
                    <List services therapists=therapists.clone() may/>
                    {may.then(|| {
                        let terms = edited
                            .clone()
                            .filter(|service| !service.therapists.is_empty())
                            .map(|service| view! { <Terms service therapists=therapists.clone()/> });
                        view! {
                            <Form edited currency therapists save/>
                            {terms}
                        }
                    })}
                </Frame>
            }
            .into_any()
        })
    }
}

/// Who gives services, for the boxes of the form.
type Therapists = Vec<(TherapistId, String)>;

/// Everything the page shows: services, the practice's currency, its therapists.
async fn load() -> Result<(Vec<ServiceView>, String, Therapists), UiError> {
    let services = practice_services().await?;
    let currency = load_settings().await?.currency;
    let therapists = therapist_profiles().await?.into_iter().map(|p| (p.id, p.name)).collect();
    Ok((services, currency, therapists))
}

#[component]
fn List(services: Vec<ServiceView>, therapists: Therapists, may: bool) -> impl IntoView {
    if services.is_empty() {
        return view! { <EmptyState glyph=Glyph::List title=t(words::NO_SERVICES)/> }.into_any();
    }
    let rows = services
        .into_iter()
        .map(|service| {
            let names: Vec<_> =
                therapists.iter().filter(|(id, _)| service.therapists.contains(id)).map(|(_, n)| n.clone()).collect();
            let edit = tf(words::EDIT_SERVICE, &[("name", &service.name)]);
            view! {
                <tr>
                    <td>
                        <strong>{service.name}</strong>
                        <div class="muted small">{service.description}</div>
                    </td>
                    <td class="figures">{service.duration_min}</td>
                    <td><MoneyText money=service.price lang=lang()/></td>
                    <td>{place(service.place)}</td>
                    <td>{names.join(", ")}</td>
                    <td>{t(if service.active { words::ACTIVE } else { words::INACTIVE })}</td>
                    {may.then(|| {
                        view! {
                            <td>
                                <a class="btn btn-secondary" href=format!("/app/settings/services?edit={}#service", service.id) aria-label=edit>
                                    {t(practice::EDIT)}
                                </a>
                            </td>
                        }
                    })}
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="card table-scroll" tabindex="0" role="region" aria-label=t(words::SERVICES)>
            <p class="muted">{t(words::SERVICES_HELP)}</p>
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">{t(words::SERVICE_NAME)}</th>
                        <th scope="col">{t(words::DURATION)}</th>
                        <th scope="col">{t(words::PRICE_SHORT)}</th>
                        <th scope="col">{t(words::PLACE)}</th>
                        <th scope="col">{t(words::GIVEN_BY)}</th>
                        <th scope="col">{t(words::STATE)}</th>
                        {may.then(|| view! { <th scope="col"><span class="sr-only">{t(practice::EDIT)}</span></th> })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Form(
    edited: Option<ServiceView>,
    currency: String,
    therapists: Therapists,
    save: ServerAction<SaveService>,
) -> impl IntoView {
    let (form, node) = (Answered::by(save), NodeRef::<html::Form>::new());
    let is_new = edited.is_none();
    if is_new {
        form.reset_when_done(node);
    }
    let another = if is_new {
        ().into_any()
    } else {
        view! { <a class="btn btn-ghost" href="/app/settings/services#service">{t(words::ANOTHER)}</a> }.into_any()
    };
    let title = match &edited {
        Some(service) => tf(words::EDIT_SERVICE, &[("name", &service.name)]),
        None => t(words::ADD_SERVICE).to_owned(),
    };
    let now = edited.unwrap_or_else(|| ServiceView {
        id: contracts::ServiceId(Default::default()),
        name: String::new(),
        description: String::new(),
        duration_min: 50,
        price: contracts::Money::new(0, currency.clone()),
        place: Place::Online,
        active: true,
        therapists: therapists.iter().map(|(id, _)| *id).collect(),
    });
    let places = [Place::Online, Place::InPerson].map(|p| (p.as_str().to_owned(), place(p).to_owned())).to_vec();
    let price = if is_new { String::new() } else { now.price.plain() };
    let boxes = therapists
        .into_iter()
        .map(|(id, name)| {
            view! {
                <Checkbox label=name name="therapists[]" value=id.to_string() id=format!("f-therapist-{id}")
                    checked=now.therapists.contains(&id)/>
            }
        })
        .collect_view();
    view! {
        <section class="card" id="service" aria-labelledby="service-title">
            <h2 id="service-title">{title}</h2>
            <ActionForm action=save node_ref=node>
                <Fields may=true form beside=another>
                    <input type="hidden" name="id" value=if is_new { String::new() } else { now.id.to_string() }/>
                    <Field label=t(words::SERVICE_NAME) name="name" required=true maxlength=NAME_MAX
                        value=form.kept("name", &now.name) error=form.wrong("name")/>
                    <TextArea label=t(words::DESCRIPTION) name="description" rows=3 maxlength=REASON_MAX
                        value=form.kept("description", &now.description) error=form.wrong("description")/>
                    <div class="form-row">
                        <Field label=t(words::DURATION) name="duration_min" kind="number" inputmode="numeric" required=true
                            min=DURATION_MIN.to_string() max=DURATION_MAX.to_string() step=DURATION_STEP.to_string()
                            hint=t(words::DURATION_HINT) value=form.kept("duration_min", &now.duration_min.to_string())
                            error=form.wrong("duration_min")/>
                        <Field label=tf(words::PRICE, &[("currency", &currency)]) name="price" inputmode="decimal"
                            required=true value=form.kept("price", &price) error=form.wrong("price")/>
                        <Select label=t(words::PLACE) name="place" options=places
                            value=form.kept("place", now.place.as_str()) error=form.wrong("place")/>
                    </div>
                    <fieldset class="plain-fieldset">
                        <legend>{t(words::GIVEN_BY)}</legend>
                        {boxes}
                    </fieldset>
                    <Checkbox label=t(words::ACTIVE) name="active" checked=form.kept_tick("active", now.active)/>
                </Fields>
            </ActionForm>
            <FormState form/>
        </section>
    }
}
