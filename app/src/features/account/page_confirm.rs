//! `/register/confirm?token=…`: a button confirms the address, so that mail scanners do not use the link up.

use super::parts::{AccountPage, query};
use super::server_fns::ConfirmEmail;
use crate::context::t;
use crate::forms::{FormErrors, FormNotice};
use crate::pages::Page;
use crate::texts::account as text;
use leptos::prelude::*;
use ui::Button;

pub struct ConfirmPage;

impl Page for ConfirmPage {
    fn view() -> AnyView {
        let confirm = ServerAction::<ConfirmEmail>::new();
        let errors = FormErrors::of(confirm);
        let pending = confirm.pending();
        view! {
            <AccountPage title=t(text::CONFIRM_TITLE)>
                <p>{t(text::CONFIRM_BODY)}</p>
                <ActionForm action=confirm>
                    <div class="form">
                        <FormNotice errors/>
                        <input type="hidden" name="token" value=query("token")/>
                        <Button pending wide=true>{t(text::CONFIRM)}</Button>
                    </div>
                </ActionForm>
            </AccountPage>
        }
        .into_any()
    }
}
