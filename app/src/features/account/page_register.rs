//! `/register`: a new practice and its owner.

use super::parts::{AccountPage, EmailField, NewPasswordField, flag};
use super::server_fns::RegisterPractice;
use crate::context::{lang, t, typed};
use crate::forms::{FormErrors, FormNotice};
use crate::pages::Page;
use crate::texts::account as text;
use contracts::money::CURRENCIES;
use contracts::{Lang, limits};
use domain::validate;
use leptos::prelude::*;
use ui::{Button, Checkbox, Field, Notice, Select, Tone};

/// Zones offered before the browser has told its own list.
const ZONES: &[&str] = &[
    "America/Argentina/Buenos_Aires",
    "America/Argentina/Cordoba",
    "America/Argentina/Mendoza",
    "America/Asuncion",
    "America/Bogota",
    "America/Caracas",
    "America/Chicago",
    "America/Costa_Rica",
    "America/Denver",
    "America/Guatemala",
    "America/Guayaquil",
    "America/Havana",
    "America/La_Paz",
    "America/Lima",
    "America/Los_Angeles",
    "America/Managua",
    "America/Mexico_City",
    "America/Montevideo",
    "America/New_York",
    "America/Panama",
    "America/Puerto_Rico",
    "America/Santiago",
    "America/Santo_Domingo",
    "America/Sao_Paulo",
    "America/Tegucigalpa",
    "America/Tijuana",
    "America/El_Salvador",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "Africa/Nairobi",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Atlantic/Canary",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/Lisbon",
    "Europe/London",
    "Europe/Madrid",
    "Europe/Paris",
    "Europe/Rome",
    "UTC",
];

pub struct RegisterPage;

impl Page for RegisterPage {
    fn view() -> AnyView {
        let sent = flag("sent");
        view! {
            <AccountPage title=t(text::REGISTER_TITLE)>
                {move || {
                    if sent.get() {
                        view! {
                            <Notice tone=Tone::Success>
                                <strong>{t(text::CHECK_MAIL_TITLE)}</strong>
                                <p>{t(text::CHECK_MAIL)}</p>
                            </Notice>
                        }
                            .into_any()
                    } else {
                        view! { <RegisterForm/> }.into_any()
                    }
                }}
                <p><a href="/login">{t(text::HAVE_ACCOUNT)}</a></p>
            </AccountPage>
        }
        .into_any()
    }
}

#[component]
fn RegisterForm() -> impl IntoView {
    let register = ServerAction::<RegisterPractice>::new();
    let errors = FormErrors::of(register);
    let pending = register.pending();
    let name_rule = |v: &str| validate::check_name(&validate::clean_name(v));
    let currencies: Vec<_> =
        CURRENCIES.iter().map(|(code, symbol, _)| ((*code).to_owned(), format!("{code} ({symbol})"))).collect();
    let languages: Vec<_> = Lang::ALL.into_iter().map(|l| (l.code().to_owned(), l.own_name().to_owned())).collect();
    view! {
        <p>{t(text::REGISTER_LEAD)}</p>
        <ActionForm action=register>
            <div class="form">
                <FormNotice errors/>
                <Field
                    label=t(text::PRACTICE_NAME)
                    name="practice_name"
                    value=typed("practice_name", "")
                    error=errors.field("practice_name")
                    on_check=errors.check("practice_name", name_rule)
                    autocomplete="organization"
                    maxlength=limits::NAME_MAX
                    required=true
                />
                <Field
                    label=t(text::YOUR_NAME)
                    name="name"
                    value=typed("name", "")
                    error=errors.field("name")
                    on_check=errors.check("name", name_rule)
                    autocomplete="name"
                    maxlength=limits::NAME_MAX
                    required=true
                />
                <Checkbox label=t(text::IS_THERAPIST) name="is_therapist" checked=true/>
                <EmailField errors value=typed("email", "")/>
                <NewPasswordField errors label=text::PASSWORD/>
                <ZoneSelect errors/>
                <Select
                    label=t(text::CURRENCY)
                    name="currency"
                    options=currencies
                    value=typed("currency", "ARS")
                    error=errors.field("currency")
                />
                <Select
                    label=t(text::LANGUAGE)
                    name="language"
                    options=languages
                    value=typed("language", lang().code())
                    error=errors.field("language")
                />
                <Button pending wide=true>{t(text::REGISTER)}</Button>
            </div>
        </ActionForm>
    }
}

/// A short list at first; in the browser all zones it knows, with its own chosen.
#[component]
fn ZoneSelect(errors: FormErrors) -> impl IntoView {
    let error = errors.field("time_zone");
    let was_typed = typed("time_zone", "");
    let zones = RwSignal::new(ZONES.iter().map(|zone| (*zone).to_owned()).collect::<Vec<_>>());
    let chosen = RwSignal::new(if was_typed.is_empty() { ZONES[0].to_owned() } else { was_typed.clone() });
    Effect::new(move |_| {
        let all = browser_zones();
        if !all.is_empty() {
            zones.set(all);
        }
        if let (true, Some(own)) = (was_typed.is_empty(), crate::features::booking::parts::browser_zone()) {
            zones.update(|zones| {
                if !zones.contains(&own) {
                    zones.push(own.clone());
                }
            });
            chosen.set(own);
        }
    });
    view! {
        <div class="field">
            <label for="f-time_zone">{t(text::TIME_ZONE)}</label>
            <select id="f-time_zone" name="time_zone" required=true on:change=move |ev| chosen.set(event_target_value(&ev))>
                {move || {
                    zones
                        .get()
                        .into_iter()
                        .map(|zone| {
                            let words = zone.replace('_', " ");
                            let value = zone.clone();
                            view! { <option value=zone selected=move || chosen.get() == value>{words}</option> }
                        })
                        .collect_view()
                }}
            </select>
            <div class="field-error">{move || error.get()}</div>
        </div>
    }
}

/// All IANA zones this browser knows; none where it is too old to say.
fn browser_zones() -> Vec<String> {
    #[cfg(feature = "hydrate")]
    {
        use js_sys::{Array, Function, Reflect};
        use wasm_bindgen::{JsCast, JsValue};
        let intl = Reflect::get(&js_sys::global(), &"Intl".into()).unwrap_or(JsValue::UNDEFINED);
        let list = Reflect::get(&intl, &"supportedValuesOf".into())
            .ok()
            .and_then(|f| f.dyn_into::<Function>().ok())
            .and_then(|f| f.call1(&intl, &"timeZone".into()).ok());
        list.map(|list| Array::from(&list).iter().filter_map(|zone| zone.as_string()).collect()).unwrap_or_default()
    }
    #[cfg(not(feature = "hydrate"))]
    vec![]
}
