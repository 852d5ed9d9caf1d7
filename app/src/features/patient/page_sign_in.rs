//! `/my/sign-in?token=…`: where the e-mailed link leads. A button uses it up, so that mail scanners do not.

use super::server_fns::SignInAsPatient;
use crate::context::t;
use crate::forms::{FormErrors, FormNotice};
use crate::layouts::public::PublicLayout;
use crate::texts::{common, patient as text};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::use_query_map;
use ui::{Button, Card, LinkButton, Variant};

#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let token = query.with_untracked(|query| query.get("token").unwrap_or_default());
    let sign_in = ServerAction::<SignInAsPatient>::new();
    let errors = FormErrors::of(sign_in);
    let pending = sign_in.pending();
    let failed = errors.code();
    view! {
        <Title text=format!("{} · {}", t(text::SIGN_IN_TITLE), t(common::CALMA))/>
        <Meta name="robots" content="noindex"/>
        <PublicLayout>
            <div class="narrow stack">
                <h1>{t(text::SIGN_IN_TITLE)}</h1>
                <Card class="stack">
                    <p>{t(text::SIGN_IN_BODY)}</p>
                    <ActionForm action=sign_in>
                        <div class="form">
                            <FormNotice errors/>
                            <input type="hidden" name="token" value=token/>
                            <Button pending>{t(text::SIGN_IN)}</Button>
                        </div>
                    </ActionForm>
                    {move || {
                        failed
                            .get()
                            .map(|_| {
                                view! {
                                    <LinkButton href=String::from("/my") variant=Variant::Secondary>
                                        {t(text::NEW_LINK)}
                                    </LinkButton>
                                }
                            })
                    }}
                </Card>
            </div>
        </PublicLayout>
    }
}
