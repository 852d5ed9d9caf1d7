//! `/{slug}/book/{token}`: step 2, who the session is for.

use super::held::{AlternativeButtons, HoldClock, is_held};
use super::parts::{PolicyWords, Step, Steps, Summary};
use super::server_fns::SaveBookingDetails;
use super::step_page::step_page;
use super::words;
use crate::context::{lang, t, tf, typed};
use crate::forms::{FormErrors, FormNotice, use_hydrated};
use crate::pages::Page;
use crate::texts::booking as text;
use contracts::ErrorCode;
use contracts::booking::{BookingView, PatientDetails};
use contracts::limits;
use domain::validate;
use leptos::prelude::*;
use ui::{Button, Card, Checkbox, Field, Notice, TextArea, Tone};

pub struct DetailsPage;

impl Page for DetailsPage {
    fn view() -> AnyView {
        step_page(text::DETAILS_TITLE, |found, refresh| view! { <Details found refresh/> }.into_any())
    }
}

#[component]
fn Details(found: BookingView, refresh: Callback<()>) -> impl IntoView {
    let held = is_held(&found);
    let for_form = found.clone();
    view! {
        <Steps now=Step::Details/>
        <h1>{t(text::DETAILS_TITLE)}</h1>
        <p class="muted">{tf(text::DETAILS_LEAD, &[("name", &found.therapist_name)])}</p>
        {if held {
            view! { <HoldClock booking=found.clone() lapsed=refresh/> }.into_any()
        } else {
            view! {
                <Notice tone=Tone::Warning>
                    <strong>{t(text::LAPSED_TITLE)}</strong>
                    <p>{tf(text::LAPSED_BODY, &[("span", &words::span(found.policy.hold_min))])}</p>
                </Notice>
            }
                .into_any()
        }}
        <div class="two-columns">
            <Card>
                <DetailsForm booking=for_form/>
            </Card>
            <Card class="stack">
                <h2>{t(text::YOUR_BOOKING)}</h2>
                <Summary booking=found.clone()/>
                <PolicyWords
                    free=found.price.minor == 0
                    methods=found.instructions.methods()
                    therapist=found.therapist_name
                    policy=found.policy
                />
            </Card>
        </div>
    }
}

/// The fields. When the hold has lapsed, by the clock or by the server's word, the same form takes the slot again, so
/// nothing typed is lost.
#[component]
fn DetailsForm(booking: BookingView) -> impl IntoView {
    let lang = lang();
    let save = ServerAction::<SaveBookingDetails>::new();
    let errors = FormErrors::of(save);
    let pending: Signal<bool> = save.pending().into();
    let held = is_held(&booking);
    let code = errors.code();
    let alternatives = Signal::derive(move || errors.error().get().map(|e| e.alternatives).unwrap_or_default());
    let lapsed = Memo::new(move |_| !held || matches!(code.get(), Some(ErrorCode::HoldLapsed | ErrorCode::SlotTaken)));
    let known = booking.details;
    // In the browser the words beside the fields say what is wrong; without JavaScript the browser says it.
    let hydrated = use_hydrated();
    let first_time = typed("first_time", if known.first_time { "true" } else { "" }) == "true";
    view! {
        <ActionForm action=save attr:novalidate=move || hydrated.get() on:submit:capture=move |ev| check_all(&ev, errors)>
            <div class="form">
                <input type="hidden" name="token" value=booking.token/>
                <Field
                    label=t(text::NAME)
                    name="name"
                    value=typed("name", &known.name)
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
                    value=typed("email", &known.email)
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
                    value=typed("phone", &known.phone)
                    error=errors.field("phone")
                    hint=t(text::PHONE_HINT)
                    on_check=errors.check("phone", |v| validate::check_phone_shape(&validate::clean_phone(v)))
                    autocomplete="tel"
                    maxlength=limits::PHONE_TYPED_MAX
                    required=true
                />
                <Checkbox label=t(text::FIRST_TIME) name="first_time" checked=first_time/>
                <TextArea
                    label=t(text::REASON)
                    name="reason"
                    value=typed("reason", &known.reason)
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
