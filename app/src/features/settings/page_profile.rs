//! `/app/settings/profile?therapist=`: what the public sees of a therapist.

use super::frame::{Fields, Frame};
use super::photo::Photo;
use super::server_fns::{AddTherapist, RemovePhoto, SaveProfile, therapist_profiles};
use crate::context::{t, tf};
use crate::layouts::practice::kit::{Failed, FormState, Myself, kept, kept_tick, query, successes, wrong};
use crate::pages::Page;
use crate::texts::{common, practice, settings as words};
use crate::zones::ZoneSelect;
use contracts::limits::{BIO_MAX, NAME_MAX, SLUG_MAX, TITLE_MAX};
use contracts::practice::TherapistProfile;
use domain::permissions::{Action as Verb, Resource as Thing, allowed};
use leptos::prelude::*;
use ui::{Button, Checkbox, EmptyState, Field, Glyph, Icon, Select, Skeleton, TextArea, Variant};

pub struct ProfilePage;

impl Page for ProfilePage {
    fn view() -> AnyView {
        view! { <Profile/> }.into_any()
    }
}

#[derive(Clone, Copy)]
pub(super) struct Forms {
    pub save: ServerAction<SaveProfile>,
    pub add: ServerAction<AddTherapist>,
    pub remove_photo: ServerAction<RemovePhoto>,
}

#[component]
fn Profile() -> impl IntoView {
    let forms = Forms { save: ServerAction::new(), add: ServerAction::new(), remove_photo: ServerAction::new() };
    let (saved, added, removed) = (successes(forms.save), successes(forms.add), successes(forms.remove_photo));
    let profiles = Resource::new_blocking(move || (saved.get(), added.get(), removed.get()), |_| therapist_profiles());
    let me = Myself::get();
    let therapist = query("therapist");
    view! {
        <Transition fallback=|| view! { <Skeleton lines=10 label=t(common::LOADING)/> }>
            {move || {
                let chosen = therapist.get();
                Suspend::new(async move {
                    let me = me.0.await;
                    let may = |verb| me.as_ref().is_ok_and(|me| allowed(me.role, verb, Thing::Therapists));
                    let own = me.as_ref().ok().and_then(|me| me.therapist_id);
                    match profiles.await {
                        Ok(all) => {
                            let one = all
                                .iter()
                                .find(|p| chosen.as_ref().map_or(Some(p.id) == own, |id| *id == p.id.to_string()))
                                .or(all.first())
                                .cloned();
                            let (may_edit, may_add) = (may(Verb::Update), may(Verb::Create));
                            view! { <Page all one may_edit may_add forms/> }.into_any()
                        }
                        Err(error) => view! { <Failed error/> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}

#[component]
fn Page(
    all: Vec<TherapistProfile>,
    one: Option<TherapistProfile>,
    may_edit: bool,
    may_add: bool,
    forms: Forms,
) -> impl IntoView {
    let profile = match one {
        Some(profile) => {
            let chosen = profile.id.to_string();
            view! {
                <Choose all chosen/>
                <Form profile=profile.clone() may=may_edit forms/>
                <Photo profile may=may_edit forms/>
            }
            .into_any()
        }
        None => view! { <EmptyState glyph=Glyph::Users title=t(words::NO_THERAPIST)/> }.into_any(),
    };
    view! {
        <Frame name=words::PROFILE may=may_edit>
            {profile}
            {may_add.then(|| view! { <Add forms/> })}
        </Frame>
    }
}

#[component]
fn Choose(all: Vec<TherapistProfile>, chosen: String) -> impl IntoView {
    (all.len() > 1).then(|| {
        let options = all.into_iter().map(|p| (p.id.to_string(), p.name)).collect();
        view! {
            <form method="get" action="/app/settings/profile" class="inline-form">
                <Select label=t(practice::THERAPIST) name="therapist" id="f-choose" options value=chosen/>
                <Button variant=Variant::Secondary>{t(practice::SHOW)}</Button>
            </form>
        }
    })
}

#[component]
fn Form(profile: TherapistProfile, may: bool, forms: Forms) -> impl IntoView {
    let save = forms.save;
    let slug = RwSignal::new(kept(save, "slug", &profile.slug));
    let public = if profile.published {
        view! {
            <a class="btn btn-secondary" href=format!("/{}", profile.slug) target="_blank" rel="external noopener">
                {t(words::OPEN_PUBLIC)}
            </a>
        }
        .into_any()
    } else {
        view! { <span class="badge badge-expired"><Icon glyph=Glyph::Slash/>{t(words::NOT_PUBLIC)}</span> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="profile-title">
            <div class="booking-head">
                <h2 id="profile-title">{profile.name.clone()}</h2>
                <div class="actions">
                    {public}
                    <a class="btn btn-ghost" href=format!("/app/availability?therapist={}", profile.id)>{t(words::TO_AVAILABILITY)}</a>
                </div>
            </div>
            <ActionForm action=save>
                <Fields may>
                    <input type="hidden" name="therapist" value=profile.id.to_string()/>
                    <Field label=t(words::NAME) name="name" required=true maxlength=NAME_MAX
                        value=kept(save, "name", &profile.name) error=wrong(save, "name")/>
                    <div on:input=move |ev| slug.set(event_target_value(&ev))>
                        <Field label=t(words::SLUG) name="slug" required=true maxlength=SLUG_MAX
                            value=slug.get_untracked() error=wrong(save, "slug")/>
                        <p class="field-hint">{move || tf(words::SLUG_PREVIEW, &[("slug", &slug.get())])}</p>
                    </div>
                    <Field label=t(words::TITLE_FIELD) name="title" maxlength=TITLE_MAX hint=t(words::TITLE_HINT)
                        value=kept(save, "title", &profile.title) error=wrong(save, "title")/>
                    <TextArea label=t(words::BIO) name="bio" rows=6 maxlength=BIO_MAX
                        value=kept(save, "bio", &profile.bio) error=wrong(save, "bio")/>
                    <TextArea label=t(words::CREDENTIALS) name="credentials" rows=3
                        value=kept(save, "credentials", &profile.credentials.join("\n"))
                        error=wrong(save, "credentials")/>
                    <Field label=t(words::LANGUAGES) name="languages" hint=t(words::LANGUAGES_HINT)
                        value=kept(save, "languages", &profile.languages.join(", ")) error=wrong(save, "languages")/>
                    <ZoneSelect label=t(words::TIME_ZONE) value=kept(save, "time_zone", &profile.time_zone)
                        error=wrong(save, "time_zone")/>
                    <Checkbox label=t(words::PUBLISHED) name="published" hint=t(words::PUBLISHED_HINT)
                        checked=kept_tick(save, "published", profile.published) error=wrong(save, "published")/>
                    {may.then(|| {
                        view! { <div class="actions"><Button pending=save.pending()>{t(common::SAVE)}</Button></div> }
                    })}
                </Fields>
            </ActionForm>
            <FormState action=save/>
        </section>
    }
}

#[component]
fn Add(forms: Forms) -> impl IntoView {
    let add = forms.add;
    view! {
        <section class="card" aria-labelledby="add-therapist">
            <h2 id="add-therapist">{t(words::ADD_THERAPIST)}</h2>
            <ActionForm action=add>
                <div class="form-row">
                    <Field label=t(words::NAME) name="name" id="f-new-name" required=true maxlength=NAME_MAX
                        value=kept(add, "name", "") error=wrong(add, "name")/>
                    <Button variant=Variant::Secondary pending=add.pending()>{t(words::ADD_THERAPIST_SEND)}</Button>
                </div>
            </ActionForm>
            <FormState action=add/>
        </section>
    }
}
