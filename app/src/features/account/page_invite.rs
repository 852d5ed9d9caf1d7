//! `/invite?token=…`: joins a practice.

use super::parts::{AccountPage, NewPasswordField, query};
use super::server_fns::{AcceptInvitation, preview_invitation};
use crate::context::{lang, t, tf, typed};
use crate::error::message;
use crate::forms::{FormErrors, FormNotice};
use crate::pages::Page;
use crate::texts::{account as text, common};
use contracts::accounts::{InvitationPreview, Role};
use contracts::limits;
use domain::validate;
use leptos::prelude::*;
use ui::{Button, Field, Notice, Skeleton, Tone};

pub struct InvitePage;

impl Page for InvitePage {
    fn view() -> AnyView {
        let token = query("token");
        let invitation = Resource::new_blocking(move || token.clone(), preview_invitation);
        view! {
            <Suspense fallback=|| view! { <Skeleton lines=6 label=t(common::LOADING)/> }>
                {move || Suspend::new(async move {
                    match invitation.await {
                        Ok(preview) => {
                            let title = tf(text::INVITE_TITLE, &[("practice", &preview.practice_name)]);
                            view! {
                                <AccountPage title>
                                    <AcceptForm preview/>
                                </AccountPage>
                            }
                                .into_any()
                        }
                        Err(error) => {
                            view! {
                                <AccountPage title=t(common::CALMA)>
                                    <Notice tone=Tone::Danger>{message(error.code()).of(lang())}</Notice>
                                </AccountPage>
                            }
                                .into_any()
                        }
                    }
                })}
            </Suspense>
        }
        .into_any()
    }
}

fn role_word(role: Role) -> &'static str {
    t(match role {
        Role::Admin => text::ROLE_ADMIN,
        Role::Operator => text::ROLE_OPERATOR,
        Role::Therapist => text::ROLE_THERAPIST,
        Role::Caregiver => text::ROLE_CAREGIVER,
        Role::Accountant => text::ROLE_ACCOUNTANT,
        Role::Viewer => text::ROLE_VIEWER,
    })
}

#[component]
fn AcceptForm(preview: InvitationPreview) -> impl IntoView {
    let accept = ServerAction::<AcceptInvitation>::new();
    let errors = FormErrors::of(accept);
    let pending = accept.pending();
    let has_account = preview.has_account;
    view! {
        <p>{tf(text::INVITE_BODY, &[("role", role_word(preview.role)), ("email", &preview.email)])}</p>
        <ActionForm action=accept>
            <div class="form">
                <FormNotice errors/>
                <input type="hidden" name="token" value=query("token")/>
                {if has_account {
                    view! {
                        <p class="muted">{t(text::INVITE_HAS_ACCOUNT)}</p>
                        <Field
                            label=t(text::PASSWORD)
                            name="password"
                            kind="password"
                            error=errors.field("password")
                            autocomplete="current-password"
                            maxlength=limits::PASSWORD_MAX
                            required=true
                        />
                    }
                        .into_any()
                } else {
                    view! {
                        <Field
                            label=t(text::YOUR_NAME)
                            name="name"
                            value=typed("name", "")
                            error=errors.field("name")
                            on_check=errors.check("name", |v| validate::check_name(&validate::clean_name(v)))
                            autocomplete="name"
                            maxlength=limits::NAME_MAX
                            required=true
                        />
                        <NewPasswordField errors label=text::PASSWORD/>
                    }
                        .into_any()
                }}
                <Button pending wide=true>{t(text::JOIN)}</Button>
            </div>
        </ActionForm>
    }
}
