//! `/app/settings/payment`: how patients pay.

use super::frame::{Fields, Frame, loaded};
use super::server_fns::{SavePayment, load_settings};
use crate::context::t;
use crate::layouts::practice::kit::{Answered, FormState, successes};
use crate::pages::Page;
use crate::texts::settings as words;
use contracts::limits::INSTRUCTIONS_MAX;
use contracts::practice::PaymentInstructions;
use domain::permissions::{Action as Verb, Resource as Thing};
use leptos::prelude::*;
use ui::{Checkbox, Field, TextArea};

pub struct PaymentPage;

impl Page for PaymentPage {
    fn view() -> AnyView {
        let save = ServerAction::<SavePayment>::new();
        let saved = successes(save);
        let settings = Resource::new_blocking(move || saved.get(), |_| load_settings());
        loaded(settings, "", move |shown| {
            let may = shown.may(Verb::Update, Thing::Practice);
            view! { <Form now=shown.data.instructions may save/> }.into_any()
        })
    }
}

#[component]
fn Form(now: PaymentInstructions, may: bool, save: ServerAction<SavePayment>) -> impl IntoView {
    let form = Answered::by(save);
    view! {
        <Frame name=words::PAYMENT may>
            <section class="card">
                <p class="muted">{t(words::PAYMENT_HELP)}</p>
                <ActionForm action=save>
                    <Fields may form>
                        <Field label=t(words::MPESA) name="mpesa" maxlength=INSTRUCTIONS_MAX
                            value=form.kept("mpesa", &now.mpesa) error=form.wrong("mpesa")/>
                        <TextArea label=t(words::BANK) name="bank_account" maxlength=INSTRUCTIONS_MAX
                            hint=t(words::BANK_HINT) value=form.kept("bank_account", &now.bank_account)
                            error=form.wrong("bank_account")/>
                        <Checkbox label=t(words::CASH) name="cash" checked=form.kept_tick("cash", now.cash)/>
                        <TextArea label=t(words::NOTE) name="note" maxlength=INSTRUCTIONS_MAX
                            value=form.kept("note", &now.note) error=form.wrong("note")/>
                    </Fields>
                </ActionForm>
                <FormState form/>
            </section>
        </Frame>
    }
}
