//! Pieces that the account pages share.

use crate::context::t;
use crate::forms::FormErrors;
use crate::layouts::public::PublicLayout;
use crate::texts::{account as text, common};
use contracts::{FieldProblem, Text, limits};
use domain::{password, validate};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::use_query_map;
use ui::{Card, Field};

/// A narrow page with one form.
#[component]
pub fn AccountPage(#[prop(into)] title: String, children: Children) -> impl IntoView {
    view! {
        <Title text=format!("{title} · {}", t(common::CALMA))/>
        <Meta name="robots" content="noindex"/>
        <PublicLayout>
            <div class="narrow stack">
                <h1>{title}</h1>
                <Card class="stack">{children()}</Card>
            </div>
        </PublicLayout>
    }
}

/// A value of the address's query, as it was when the page opened.
pub fn query(name: &str) -> String {
    use_query_map().with_untracked(|query| query.get(name).unwrap_or_default())
}

/// Is this set in the address's query? Follows the address.
pub fn flag(name: &'static str) -> Memo<bool> {
    let query = use_query_map();
    Memo::new(move |_| query.read().get(name).is_some())
}

#[component]
pub fn EmailField(errors: FormErrors, #[prop(into)] value: String) -> impl IntoView {
    view! {
        <Field
            label=t(text::EMAIL)
            name="email"
            kind="email"
            value
            error=errors.field("email")
            on_check=errors.check("email", |v| validate::check_email(&validate::clean_email(v)))
            autocomplete="email"
            maxlength=limits::EMAIL_MAX
            required=true
        />
    }
}

/// A password that is being chosen: says what is missing while the field is left.
#[component]
pub fn NewPasswordField(errors: FormErrors, label: Text) -> impl IntoView {
    let rule = |value: &str| match password::shape(value).first() {
        Some(problem) => Err(*problem),
        None => Ok::<(), FieldProblem>(()),
    };
    view! {
        <Field
            label=t(label)
            name="password"
            kind="password"
            hint=t(text::PASSWORD_HINT)
            error=errors.field("password")
            on_check=errors.check("password", rule)
            autocomplete="new-password"
            maxlength=limits::PASSWORD_MAX
            required=true
        />
    }
}
