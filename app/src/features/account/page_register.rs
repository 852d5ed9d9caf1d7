//! `/register`: a new practice and its owner.

use super::parts::{AccountPage, EmailField, NewPasswordField, flag};
use super::server_fns::RegisterPractice;
use crate::context::{lang, t, typed};
use crate::forms::{FormErrors, FormNotice};
use crate::pages::Page;
use crate::texts::account as text;
use crate::zones::ZoneSelect;
use contracts::money::CURRENCIES;
use contracts::{Lang, limits};
use domain::validate;
use leptos::prelude::*;
use ui::{Button, Checkbox, Field, Notice, Select, Tone};

pub struct RegisterPage;

impl Page for RegisterPage {
    fn view() -> AnyView {
        let sent = flag("sent");
        view! {
            <AccountPage title=t(text::REGISTER_TITLE)>
                {move || {
                    if sent.get() {
                        view! {
                            <Notice tone=Tone::Success>
                                <strong>{t(text::CHECK_MAIL_TITLE)}</strong>
                                <p>{t(text::CHECK_MAIL)}</p>
                            </Notice>
                        }
                            .into_any()
                    } else {
                        view! { <RegisterForm/> }.into_any()
                    }
                }}
                <p><a href="/login">{t(text::HAVE_ACCOUNT)}</a></p>
            </AccountPage>
        }
        .into_any()
    }
}

#[component]
fn RegisterForm() -> impl IntoView {
    let register = ServerAction::<RegisterPractice>::new();
    let errors = FormErrors::of(register);
    let pending = register.pending();
    let name_rule = |v: &str| validate::check_name(&validate::clean_name(v));
    let zone = typed("time_zone", "");
    let currencies: Vec<_> =
        CURRENCIES.iter().map(|(code, symbol, _)| ((*code).to_owned(), format!("{code} ({symbol})"))).collect();
    let languages: Vec<_> = Lang::ALL.into_iter().map(|l| (l.code().to_owned(), l.own_name().to_owned())).collect();
    view! {
        <p>{t(text::REGISTER_LEAD)}</p>
        <ActionForm action=register>
            <div class="form">
                <FormNotice errors/>
                <Field
                    label=t(text::PRACTICE_NAME)
                    name="practice_name"
                    value=typed("practice_name", "")
                    error=errors.field("practice_name")
                    on_check=errors.check("practice_name", name_rule)
                    autocomplete="organization"
                    maxlength=limits::NAME_MAX
                    required=true
                />
                <Field
                    label=t(text::YOUR_NAME)
                    name="name"
                    value=typed("name", "")
                    error=errors.field("name")
                    on_check=errors.check("name", name_rule)
                    autocomplete="name"
                    maxlength=limits::NAME_MAX
                    required=true
                />
                <Checkbox label=t(text::IS_THERAPIST) name="is_therapist" checked=true/>
                <EmailField errors value=typed("email", "")/>
                <NewPasswordField errors label=text::PASSWORD/>
                <ZoneSelect label=t(text::TIME_ZONE) own=zone.is_empty() value=zone error=errors.field("time_zone")/>
                <Select
                    label=t(text::CURRENCY)
                    name="currency"
                    options=currencies
                    value=typed("currency", "ARS")
                    error=errors.field("currency")
                />
                <Select
                    label=t(text::LANGUAGE)
                    name="language"
                    options=languages
                    value=typed("language", lang().code())
                    error=errors.field("language")
                />
                <Button pending wide=true>{t(text::REGISTER)}</Button>
            </div>
        </ActionForm>
    }
}
