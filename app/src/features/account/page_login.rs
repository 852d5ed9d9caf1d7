//! `/login`.

use super::parts::{AccountPage, EmailField, flag};
use super::server_fns::LogIn;
use crate::context::{t, typed};
use crate::forms::{FormErrors, FormNotice};
use crate::pages::Page;
use crate::texts::account as text;
use contracts::limits;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use ui::{Button, Field, Notice, Tone};

pub struct LoginPage;

impl Page for LoginPage {
    fn view() -> AnyView {
        let (confirmed, reset) = (flag("confirmed"), flag("reset"));
        let log_in = ServerAction::<LogIn>::new();
        let errors = FormErrors::of(log_in);
        let pending = log_in.pending();
        let next = use_query_map().with_untracked(|query| query.get("next")).unwrap_or_default();
        let news = move || match (confirmed.get(), reset.get()) {
            (true, _) => Some(text::CONFIRMED),
            (_, true) => Some(text::RESET_DONE),
            _ => None,
        };
        view! {
            <AccountPage title=t(text::LOG_IN_TITLE)>
                {move || news().map(|news| view! { <Notice tone=Tone::Success>{t(news)}</Notice> })}
                <ActionForm action=log_in>
                    <input type="hidden" name="next" value=next/>
                    <div class="form">
                        <FormNotice errors/>
                        <EmailField errors value=typed("email", "")/>
                        <Field
                            label=t(text::PASSWORD)
                            name="password"
                            kind="password"
                            error=errors.field("password")
                            autocomplete="current-password"
                            maxlength=limits::PASSWORD_MAX
                            required=true
                        />
                        <Button pending wide=true>{t(text::LOG_IN)}</Button>
                    </div>
                </ActionForm>
                <p><a href="/forgot">{t(text::FORGOT_LINK)}</a></p>
                <p><a href="/register">{t(text::NO_ACCOUNT)}</a></p>
            </AccountPage>
        }
        .into_any()
    }
}
