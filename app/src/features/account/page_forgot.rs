//! `/forgot`: asks for a link to choose a new password.

use super::parts::{AccountPage, EmailField, flag};
use super::server_fns::ForgotPassword;
use crate::context::{t, typed};
use crate::forms::{FormErrors, FormNotice};
use crate::pages::Page;
use crate::texts::account as text;
use leptos::prelude::*;
use ui::{Button, Notice, Tone};

pub struct ForgotPage;

impl Page for ForgotPage {
    fn view() -> AnyView {
        let sent = flag("sent");
        view! {
            <AccountPage title=t(text::FORGOT_TITLE)>
                {move || {
                    if sent.get() {
                        view! { <Notice tone=Tone::Success>{t(text::FORGOT_SENT)}</Notice> }.into_any()
                    } else {
                        view! { <ForgotForm/> }.into_any()
                    }
                }}
                <p><a href="/login">{t(text::LOG_IN)}</a></p>
            </AccountPage>
        }
        .into_any()
    }
}

#[component]
fn ForgotForm() -> impl IntoView {
    let forgot = ServerAction::<ForgotPassword>::new();
    let errors = FormErrors::of(forgot);
    let pending = forgot.pending();
    view! {
        <p>{t(text::FORGOT_BODY)}</p>
        <ActionForm action=forgot>
            <div class="form">
                <FormNotice errors/>
                <EmailField errors value=typed("email", "")/>
                <Button pending wide=true>{t(text::SEND_LINK)}</Button>
            </div>
        </ActionForm>
    }
}
