//! `/{slug}/book/{token}`: step 2, who the session is for.

use super::held::{AlternativeButtons, HoldClock, is_held};
use super::parts::{PolicyWords, Step, Steps, Summary};
use super::server_fns::{SaveBookingDetails, booking_by_link};
use super::words;
use crate::context::{lang, t, tf, typed};
use crate::error::{UiError, message};
use crate::features::home::NotFoundBody;
use crate::forms::{FormErrors, FormNotice, use_hydrated};
use crate::layouts::public::PublicLayout;
use crate::pages::Page;
use crate::texts::{booking as text, common};
use contracts::ErrorCode;
use contracts::booking::{BookingStatus, BookingView, PatientDetails};
use contracts::limits;
use domain::validate;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::components::Redirect;
use leptos_router::hooks::use_params_map;
use ui::{Button, Card, Checkbox, Field, Notice, Skeleton, TextArea, Tone};

pub struct DetailsPage;

/// The booking of this address; says 404 where there is none.
pub fn booking_of_address() -> Resource<Result<BookingView, UiError>> {
    let params = use_params_map();
    let token = Memo::new(move |_| params.read().get("token").unwrap_or_default());
    Resource::new_blocking(
        move || token.get(),
        |token| async move {
            let booking = booking_by_link(token).await;
            #[cfg(feature = "ssr")]
            if let Err(error) = &booking {
                crate::context::page_status(crate::context::status_of(error.code()));
            }
            booking
        },
    )
}

/// Is the booking still in the steps, held or lapsed? Else its own page shows it.
pub fn in_steps(booking: &BookingView) -> bool {
    matches!(booking.status, BookingStatus::Held | BookingStatus::Expired)
}

impl Page for DetailsPage {
    fn view() -> AnyView {
        let booking = booking_of_address();
        view! {
            <Title text=format!("{} · {}", t(text::DETAILS_TITLE), t(common::CALMA))/>
            <Meta name="robots" content="noindex"/>
            <PublicLayout>
                <Suspense fallback=|| view! { <Skeleton lines=10 label=t(common::LOADING)/> }>
                    {move || Suspend::new(async move {
                        match booking.await {
                            Ok(found) if in_steps(&found) => {
                                view! { <Details found refresh=Callback::new(move |()| booking.refetch())/> }.into_any()
                            }
                            Ok(found) => view! { <Redirect path=format!("/b/{}", found.token)/> }.into_any(),
                            Err(error) => view! { <NoBooking error/> }.into_any(),
                        }
                    })}
                </Suspense>
            </PublicLayout>
        }
        .into_any()
    }
}

/// The booking of this address; says 404 where there is none.
pub fn booking_of_address() -> Resource<Result<BookingView, UiError>> {
    let params = use_params_map();
    let token = Memo::new(move |_| params.read().get("token").unwrap_or_default());
    Resource::new_blocking(
        move || token.get(),
        |token| async move {
            let booking = booking_by_link(token).await;
            #[cfg(feature = "ssr")]
            if let Err(error) = &booking {
                crate::context::page_status(crate::context::status_of(error.code()));
            }
            booking
        },
    )
}

/// Is the booking still in the steps, held or lapsed? Else its own page shows it.
pub fn in_steps(booking: &BookingView) -> bool {
    booking.status == BookingStatus::Held || (booking.status == BookingStatus::Expired && !booking.requested)
}

/// A link that leads to no booking, or a moment in which it cannot be read.
#[component]
pub fn NoBooking(error: UiError) -> impl IntoView {
    if error.code() == ErrorCode::NotFound {
        view! { <NotFoundBody/> }.into_any()
    } else {
        view! {
            <h1>{t(text::YOUR_BOOKING)}</h1>
            <Notice tone=Tone::Danger>{message(error.code()).of(lang())}</Notice>
        }
        .into_any()
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
