//! The payment proof: one native form with a file; with JavaScript it stays on the page, so nothing typed is lost.

use super::server_fns::{SendPaymentProof, send_payment_proof};
use crate::context::{t, typed};
use crate::error::UiError;
use crate::features::booking::words as say;
use crate::forms::{FormErrors, FormNotice};
use crate::texts::patient as text;
use contracts::booking::BookingView;
use contracts::practice::PaymentMethod;
use contracts::{FieldProblem, limits};
use leptos::prelude::*;
use leptos::server::ServerActionError;
use leptos::server_fn::ServerFn;
use leptos::server_fn::error::ServerFnUrlError;
use leptos::wasm_bindgen::JsCast;
use ui::{Button, Field, Select, Tone, use_toast};
use web_sys::{FormData, HtmlFormElement};

/// What a proof posted without JavaScript was answered.
pub fn answered() -> Option<UiError> {
    use_context::<ServerActionError>()
        .filter(|error| error.path() == SendPaymentProof::PATH)
        .map(|error| ServerFnUrlError::<UiError>::decode_err(error.err()))
}

#[component]
pub fn ProofForm(booking: BookingView, changed: Callback<()>) -> impl IntoView {
    let before = answered().map(|error| error.0);
    let send =
        Action::<FormData, Result<(), UiError>>::new_local(|data: &FormData| send_payment_proof(data.clone().into()));
    let value = send.value();
    let server = Signal::derive(move || {
        value.with(|v| match v {
            Some(answer) => answer.as_ref().err().map(|e| e.0.clone()),
            None => before.clone(),
        })
    });
    let errors = FormErrors::new(server);
    let pending: Signal<bool> = send.pending().into();
    let toast = use_toast();
    Effect::new(move |_| {
        if matches!(value.get(), Some(Ok(()))) {
            toast.show(t(text::PROOF_SENT), Tone::Success);
            changed.run(());
        }
    });
    let methods = booking.instructions.methods();
    let methods = if methods.is_empty() { PaymentMethod::ALL.to_vec() } else { methods };
    let options: Vec<_> = methods.iter().map(|m| (m.as_str().to_owned(), say::method(*m).to_owned())).collect();
    let first = options.first().map(|(value, _)| value.clone()).unwrap_or_default();
    let required = |value: &str| if value.trim().is_empty() { Err(FieldProblem::Required) } else { Ok(()) };
    view! {
        <form
            method="post"
            action=SendPaymentProof::url()
            enctype="multipart/form-data"
            on:submit=move |ev| {
                let form = ev.target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
                if let Some(data) = form.and_then(|form| FormData::new_with_form(&form).ok()) {
                    ev.prevent_default();
                    send.dispatch_local(data);
                }
            }
        >
            <div class="form">
                <FormNotice errors/>
                <input type="hidden" name="token" value=booking.token/>
                <Field
                    label=t(text::PROOF_REFERENCE)
                    name="reference"
                    value=typed("reference", "")
                    hint=t(text::PROOF_REFERENCE_HINT)
                    error=errors.field("reference")
                    on_check=errors.check("reference", required)
                    maxlength=limits::REFERENCE_MAX
                    required=true
                />
                <Select
                    label=t(text::PROOF_METHOD)
                    name="method"
                    options
                    value=typed("method", &first)
                    error=errors.field("method")
                />
                <div class="field">
                    <label for="f-file">{t(text::PROOF_FILE)}</label>
                    <input
                        id="f-file"
                        type="file"
                        name="file"
                        accept="image/png,image/jpeg,image/webp,application/pdf"
                        aria-describedby="f-file-hint f-file-error"
                    />
                    <div class="field-hint" id="f-file-hint">{t(text::PROOF_FILE_HINT)}</div>
                    <div class="field-error" id="f-file-error">
                        {move || errors.field("file").get()}
                    </div>
                </div>
                <div class="actions">
                    <Button pending>{t(text::SEND_PROOF)}</Button>
                </div>
            </div>
        </form>
    }
}
