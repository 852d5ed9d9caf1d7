//! `/app/members`: members, invitations, and the form that invites.

use super::server_fns::{InviteMember, RevokeInvitation, SetMemberActive, load_members};
use crate::context::{lang, t, tf};
use crate::layouts::practice::kit::{Answered, DoneNotice, Failed, FormState, Myself, role_name, successes};
use crate::pages::Page;
use crate::texts::{common, members as words};
use contracts::MemberId;
use contracts::accounts::{InvitationView, MemberView, MembersPage, Role};
use domain::dates;
use domain::permissions::{Action as Verb, Resource as Thing};
use leptos::html;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{Button, EmptyState, Field, Glyph, Select, Skeleton};

pub struct MembersRoute;

impl Page for MembersRoute {
    fn view() -> AnyView {
        view! { <Members/> }.into_any()
    }
}

#[derive(Clone, Copy)]
struct Forms {
    invite: ServerAction<InviteMember>,
    revoke: ServerAction<RevokeInvitation>,
    set_active: ServerAction<SetMemberActive>,
}

#[component]
fn Members() -> impl IntoView {
    let forms = Forms { invite: ServerAction::new(), revoke: ServerAction::new(), set_active: ServerAction::new() };
    let (invited, revoked, changed) = (successes(forms.invite), successes(forms.revoke), successes(forms.set_active));
    let page = Resource::new_blocking(move || (invited.get(), revoked.get(), changed.get()), |_| load_members());
    let me = Myself::get();
    view! {
        <Title text=t(words::TITLE)/>
        <Transition fallback=|| view! { <Skeleton lines=6 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                let may = me.may(Verb::Update, Thing::Members).await;
                let own = me.0.await.ok().map(|me| me.member_id);
                match page.await {
                    Ok(page) => view! { <Page page own may forms/> }.into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Page(page: MembersPage, own: Option<MemberId>, may: bool, forms: Forms) -> impl IntoView {
    let rows = page.members.into_iter().map(|member| view! { <Row member own may forms/> }).collect_view();
    view! {
        <header class="page-head">
            <div>
                <h1>{t(words::TITLE)}</h1>
                <p class="muted">{t(words::INTRO)}</p>
            </div>
        </header>
        <DoneNotice/>
        <FormState form=Answered::by(forms.set_active) done=t(words::CHANGED)/>
        <FormState form=Answered::by(forms.revoke) done=t(words::REVOKED)/>
        <div class="sections">
            <div class="card table-scroll" tabindex="0" role="region" aria-label=t(words::TITLE)>
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">{t(words::NAME)}</th>
                            <th scope="col">{t(words::EMAIL)}</th>
                            <th scope="col">{t(words::ROLE)}</th>
                            <th scope="col">{t(words::STATE)}</th>
                            {may.then(|| view! { <th scope="col">{t(words::ACTIONS)}</th> })}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <Invitations invitations=page.invitations may forms/>
            {may.then(|| view! { <Invite forms/> })}
        </div>
    }
}

#[component]
fn Row(member: MemberView, own: Option<MemberId>, may: bool, forms: Forms) -> impl IntoView {
    let is_me = own == Some(member.id);
    let (label, name) = match member.active {
        true => (words::DISABLE, words::DISABLE_NAME),
        false => (words::ENABLE, words::ENABLE_NAME),
    };
    let button_name = tf(name, &[("name", &member.name)]);
    let form = (may && !is_me).then(|| {
        view! {
            <ActionForm action=forms.set_active>
                <input type="hidden" name="id" value=member.id.to_string()/>
                <input type="hidden" name="active" value=(!member.active).to_string()/>
                <button type="submit" class="btn btn-secondary" aria-label=button_name>{t(label)}</button>
            </ActionForm>
        }
    });
    view! {
        <tr>
            <td>
                {member.name}
                {is_me.then(|| view! { <span class="muted">{format!(" ({})", t(words::YOU))}</span> })}
            </td>
            <td>{member.email}</td>
            <td>{role_name(member.role)}</td>
            <td>{t(if member.active { words::ACTIVE } else { words::DISABLED })}</td>
            {may.then(|| view! { <td>{form}</td> })}
        </tr>
    }
}

#[component]
fn Invitations(invitations: Vec<InvitationView>, may: bool, forms: Forms) -> impl IntoView {
    let empty = invitations.is_empty();
    let items = invitations
        .into_iter()
        .map(|invitation| {
            let until = dates::long_date(lang(), invitation.expires_at.date_naive());
            let name = tf(words::REVOKE_EMAIL, &[("email", &invitation.email)]);
            view! {
                <li class="list-row">
                    <span class="list-main">
                        <strong>{invitation.email}</strong>
                        <span class="muted">
                            {role_name(invitation.role)}" · "{tf(words::VALID_UNTIL, &[("date", &until)])}
                        </span>
                    </span>
                    {may.then(|| {
                        view! {
                            <ActionForm action=forms.revoke>
                                <input type="hidden" name="id" value=invitation.id.to_string()/>
                                <button type="submit" class="btn btn-secondary" aria-label=name>{t(words::REVOKE)}</button>
                            </ActionForm>
                        }
                    })}
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="invitations-title">
            <h2 id="invitations-title">{t(words::INVITATIONS)}</h2>
            {empty.then(|| view! { <EmptyState glyph=Glyph::Mail title=t(words::NO_INVITATIONS)/> })}
            <ul class="list">{items}</ul>
        </section>
    }
}

#[component]
fn Invite(forms: Forms) -> impl IntoView {
    let invite = forms.invite;
    let (form, node) = (Answered::by(invite), NodeRef::<html::Form>::new());
    form.reset_when_done(node);
    let roles = Role::ALL.into_iter().map(|role| (role.as_str().to_owned(), role_name(role).to_owned())).collect();
    view! {
        <section class="card" aria-labelledby="invite-title">
            <h2 id="invite-title">{t(words::INVITE)}</h2>
            <p class="muted">{t(words::INVITE_HELP)}</p>
            <ActionForm action=invite node_ref=node>
                <div class="form-row">
                    <Field label=t(words::EMAIL) name="email" kind="email" required=true autocomplete="off"
                        maxlength=contracts::limits::EMAIL_MAX value=form.kept("email", "")
                        error=form.wrong("email")/>
                    <Select label=t(words::ROLE) name="role" options=roles
                        value=form.kept("role", Role::Therapist.as_str()) error=form.wrong("role")/>
                    <Button pending=form.pending>{t(words::SEND)}</Button>
                </div>
            </ActionForm>
            <FormState form done=t(words::INVITED)/>
        </section>
    }
}
