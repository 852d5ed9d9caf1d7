//! `/my`: asks for the e-mailed link to one's bookings.

use super::server_fns::RequestMyLink;
use crate::context::{t, typed};
use crate::forms::{FormErrors, FormNotice};
use crate::layouts::public::PublicLayout;
use crate::texts::{common, patient as text};
use contracts::limits;
use domain::validate;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::use_query_map;
use ui::{Button, Card, Field, Notice, Tone};

#[component]
pub fn MyPage() -> impl IntoView {
    let sent = use_query_map().with_untracked(|query| query.get("sent").is_some());
    view! {
        <Title text=format!("{} · {}", t(text::MY_TITLE), t(common::CALMA))/>
        <Meta name="robots" content="noindex"/>
        <PublicLayout>
            <div class="narrow stack">
                <h1>{t(text::MY_TITLE)}</h1>
                {
                    if sent {
                        view! {
                            <Notice tone=Tone::Success>
                                <strong>{t(text::LINK_SENT_TITLE)}</strong>
                                <p>{t(text::LINK_SENT)}</p>
                            </Notice>
                        }
                            .into_any()
                    } else {
                        view! { <LinkForm/> }.into_any()
                    }
                }
            </div>
        </PublicLayout>
    }
}

#[component]
pub fn LinkForm() -> impl IntoView {
    let request = ServerAction::<RequestMyLink>::new();
    let errors = FormErrors::of(request);
    let pending = request.pending();
    view! {
        <Card class="stack">
            <p>{t(text::MY_LEAD)}</p>
            <ActionForm action=request>
                <div class="form">
                    <FormNotice errors/>
                    <Field
                        label=t(text::EMAIL)
                        name="email"
                        kind="email"
                        value=typed("email", "")
                        error=errors.field("email")
                        on_check=errors.check("email", |v| validate::check_email(&validate::clean_email(v)))
                        autocomplete="email"
                        maxlength=limits::EMAIL_MAX
                        required=true
                    />
                    <Button pending>{t(text::SEND_LINK)}</Button>
                </div>
            </ActionForm>
        </Card>
    }
}
