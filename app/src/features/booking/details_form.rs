//! The island of step 2: the fields, checked on leaving them by the server's own rules.

use super::held::{AlternativeButtons, Lapsing};
use super::server_fns::SaveBookingDetails;
use crate::context::{lang, t};
use crate::forms::{FormErrors, FormNotice, use_hydrated};
use crate::texts::booking as text;
use contracts::ErrorCode;
use contracts::booking::PatientDetails;
use contracts::limits;
use domain::validate;
use leptos::prelude::*;
use ui::{Button, Checkbox, Field, TextArea};

/// The fields. When the hold has lapsed, by the clock or by the server's word, the same form takes the slot again, so
/// nothing typed is lost.
#[island(lazy)]
pub fn DetailsForm(token: String, lapsed: bool, known: PatientDetails) -> impl IntoView {
    let lang = lang();
    let save = ServerAction::<SaveBookingDetails>::new();
    let errors = FormErrors::of(save);
    let pending: Signal<bool> = save.pending().into();
    let code = errors.code();
    let alternatives = Signal::derive(move || errors.error().get().map(|e| e.alternatives).unwrap_or_default());
    let lapsing = Lapsing::of_page();
    let says_lapsed = move || matches!(code.get(), Some(ErrorCode::HoldLapsed | ErrorCode::SlotTaken));
    let lapsed = Memo::new(move |_| lapsed || lapsing.get() || says_lapsed());
    // In the browser the words beside the fields say what is wrong; without JavaScript the browser says it.
    let hydrated = use_hydrated();
    view! {
        <ActionForm action=save attr:novalidate=move || hydrated.get() on:submit:capture=move |ev| check_all(&ev, errors)>
            <div class="form">
                <input type="hidden" name="token" value=token/>
                <Field
                    label=t(text::NAME)
                    name="name"
                    value=known.name
                    error=errors.field("name")
                    on_check=errors.check("name", |v| validate::check_name(&validate::clean_name(v)))
                    autocomplete="name"
                    maxlength=limits::NAME_MAX
                    required=true
                />
                <Field
                    label=t(text::EMAIL)
                    name="email"
                    kind="email"
                    value=known.email
                    error=errors.field("email")
                    hint=t(text::EMAIL_HINT)
                    on_check=errors.check("email", |v| validate::check_email(&validate::clean_email(v)))
                    autocomplete="email"
                    maxlength=limits::EMAIL_MAX
                    required=true
                />
                <Field
                    label=t(text::PHONE)
                    name="phone"
                    kind="tel"
                    value=known.phone
                    error=errors.field("phone")
                    hint=t(text::PHONE_HINT)
                    on_check=errors.check("phone", |v| validate::check_phone_shape(&validate::clean_phone(v)))
                    autocomplete="tel"
                    maxlength=limits::PHONE_TYPED_MAX
                    required=true
                />
                <Checkbox label=t(text::FIRST_TIME) name="first_time" checked=known.first_time/>
                <TextArea
                    label=t(text::REASON)
                    name="reason"
                    value=known.reason
                    error=errors.field("reason")
                    hint=t(text::REASON_HINT)
                    maxlength=limits::REASON_MAX
                />
                <FormNotice errors/>
                <div class="actions thumb-bar">
                    {move || {
                        let (go, words) = if lapsed.get() {
                            ("again", text::TAKE_AGAIN_AND_CONTINUE)
                        } else {
                            ("review", text::CONTINUE)
                        };
                        view! { <Button name="go" value=go pending>{words.of(lang)}</Button> }
                    }}
                    <button class="btn btn-ghost" type="submit" name="go" value="change" formnovalidate=true>
                        {t(text::ANOTHER_TIME)}
                    </button>
                </div>
                // After the other buttons: the Enter key presses the first one.
                {move || {
                    let slots = alternatives.get();
                    (!slots.is_empty()).then(|| view! { <AlternativeButtons slots name="go" pending/> })
                }}
            </div>
        </ActionForm>
    }
}

/// The server's rules before the form leaves; not when another time is to be chosen.
fn check_all(ev: &leptos::ev::SubmitEvent, errors: FormErrors) {
    use leptos::wasm_bindgen::JsCast;
    let button = ev.submitter().and_then(|b| b.dyn_into::<web_sys::HtmlElement>().ok());
    if button.and_then(|b| b.get_attribute("value")).as_deref() == Some("change") {
        return;
    }
    let Ok(data) = SaveBookingDetails::from_event(ev) else { return };
    let details = PatientDetails {
        name: data.name,
        email: data.email,
        phone: data.phone,
        first_time: data.first_time,
        reason: data.reason,
    };
    if let Err(found) = validate::patient_details(&details) {
        ev.prevent_default();
        errors.set_all(&found);
        if let Some(first) = found.first() {
            let field = document().get_element_by_id(&format!("f-{}", first.field));
            if let Some(field) = field.and_then(|f| f.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = field.focus();
            }
        }
    }
}
