//! `/reset?token=…`: chooses a new password.

use super::parts::{AccountPage, NewPasswordField, query};
use super::server_fns::ResetPassword;
use crate::context::t;
use crate::forms::{FormErrors, FormNotice};
use crate::pages::Page;
use crate::texts::account as text;
use contracts::ErrorCode;
use leptos::prelude::*;
use ui::Button;

pub struct ResetPage;

impl Page for ResetPage {
    fn view() -> AnyView {
        let reset = ServerAction::<ResetPassword>::new();
        let errors = FormErrors::of(reset);
        let pending = reset.pending();
        let code = errors.code();
        let link_gone = move || code.get() == Some(ErrorCode::LinkInvalid);
        view! {
            <AccountPage title=t(text::RESET_TITLE)>
                <ActionForm action=reset>
                    <div class="form">
                        <FormNotice errors/>
                        <input type="hidden" name="token" value=query("token")/>
                        <NewPasswordField errors label=text::NEW_PASSWORD/>
                        <Button pending wide=true>{t(text::SAVE_PASSWORD)}</Button>
                    </div>
                </ActionForm>
                {move || link_gone().then(|| view! { <p><a href="/forgot">{t(text::NEW_LINK)}</a></p> })}
            </AccountPage>
        }
        .into_any()
    }
}
