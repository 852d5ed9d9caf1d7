//! `/app/settings/payment`: how patients pay.

use super::frame::{Fields, Frame};
use super::server_fns::{SavePayment, load_settings};
use crate::context::t;
use crate::layouts::practice::kit::{Failed, FormState, Myself, kept, kept_tick, successes, wrong};
use crate::pages::Page;
use crate::texts::{common, settings as words};
use contracts::limits::INSTRUCTIONS_MAX;
use contracts::practice::PaymentInstructions;
use domain::permissions::{Action as Verb, Resource as Thing};
use leptos::prelude::*;
use ui::{Button, Checkbox, Field, Skeleton, TextArea};

pub struct PaymentPage;

impl Page for PaymentPage {
    fn view() -> AnyView {
        view! { <Payment/> }.into_any()
    }
}

#[component]
fn Payment() -> impl IntoView {
    let save = ServerAction::<SavePayment>::new();
    let saved = successes(save);
    let settings = Resource::new_blocking(move || saved.get(), |_| load_settings());
    let me = Myself::get();
    view! {
        <Transition fallback=|| view! { <Skeleton lines=8 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                let may = me.may(Verb::Update, Thing::Practice).await;
                match settings.await {
                    Ok(settings) => view! { <Form now=settings.instructions may save/> }.into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Form(now: PaymentInstructions, may: bool, save: ServerAction<SavePayment>) -> impl IntoView {
    view! {
        <Frame name=words::PAYMENT may>
            <section class="card">
                <p class="muted">{t(words::PAYMENT_HELP)}</p>
                <ActionForm action=save>
                    <Fields may>
                        <Field label=t(words::MPESA) name="mpesa" maxlength=INSTRUCTIONS_MAX
                            value=kept(save, "mpesa", &now.mpesa) error=wrong(save, "mpesa")/>
                        <TextArea label=t(words::BANK) name="bank_account" maxlength=INSTRUCTIONS_MAX
                            hint=t(words::BANK_HINT) value=kept(save, "bank_account", &now.bank_account)
                            error=wrong(save, "bank_account")/>
                        <Checkbox label=t(words::CASH) name="cash" checked=kept_tick(save, "cash", now.cash)/>
                        <TextArea label=t(words::NOTE) name="note" maxlength=INSTRUCTIONS_MAX
                            value=kept(save, "note", &now.note) error=wrong(save, "note")/>
                        {may.then(|| {
                            view! { <div class="actions"><Button pending=save.pending()>{t(common::SAVE)}</Button></div> }
                        })}
                    </Fields>
                </ActionForm>
                <FormState action=save/>
            </section>
        </Frame>
    }
}
