//! `/app/settings/profile?therapist=`: what the public sees of a therapist.

use super::frame::{Fields, Frame, loaded};
use super::photo::Photo;
use super::server_fns::{AddTherapist, RemovePhoto, SaveProfile, therapist_profiles};
use crate::context::{t, tf};
use crate::layouts::practice::kit::{Answered, FormState, successes};
use crate::pages::Page;
use crate::texts::{practice, settings as words};
use crate::zones::ZoneSelect;
use contracts::limits::{BIO_MAX, NAME_MAX, SLUG_MAX, TITLE_MAX};
use contracts::practice::TherapistProfile;
use domain::permissions::{Action as Verb, Resource as Thing};
use leptos::prelude::*;
use ui::{Button, Checkbox, EmptyState, Field, Glyph, Icon, Select, TextArea, Variant};

pub struct ProfilePage;

impl Page for ProfilePage {
    fn view() -> AnyView {
        let forms = Forms { save: ServerAction::new(), add: ServerAction::new(), remove_photo: ServerAction::new() };
        let (saved, added, removed) = (successes(forms.save), successes(forms.add), successes(forms.remove_photo));
        let profiles =
            Resource::new_blocking(move || (saved.get(), added.get(), removed.get()), |_| therapist_profiles());
        loaded(profiles, "therapist", move |shown| {
            let own = shown.me.as_ref().and_then(|me| me.therapist_id).map(|id| id.to_string());
            let chosen = shown.asked.clone().or(own);
            let one = shown.data.iter().find(|p| Some(p.id.to_string()) == chosen).or(shown.data.first()).cloned();
            let may_edit = shown.may(Verb::Update, Thing::Therapists);
            let may_add = shown.may(Verb::Create, Thing::Therapists);
            view! { <Page all=shown.data one may_edit may_add forms/> }.into_any()
        })
    }
}

#[derive(Clone, Copy)]
pub(super) struct Forms {
    pub save: ServerAction<SaveProfile>,
    pub add: ServerAction<AddTherapist>,
    pub remove_photo: ServerAction<RemovePhoto>,
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
    let (save, form) = (forms.save, Answered::by(forms.save));
    let slug = RwSignal::new(form.kept("slug", &profile.slug));
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
                <Fields may form>
                    <input type="hidden" name="therapist" value=profile.id.to_string()/>
                    <Field label=t(words::NAME) name="name" required=true maxlength=NAME_MAX
                        value=form.kept("name", &profile.name) error=form.wrong("name")/>
                    <div on:input=move |ev| slug.set(event_target_value(&ev))>
                        <Field label=t(words::SLUG) name="slug" required=true maxlength=SLUG_MAX
                            value=slug.get_untracked() error=form.wrong("slug")/>
                        <p class="field-hint">{move || tf(words::SLUG_PREVIEW, &[("slug", &slug.get())])}</p>
                    </div>
                    <Field label=t(words::TITLE_FIELD) name="title" maxlength=TITLE_MAX hint=t(words::TITLE_HINT)
                        value=form.kept("title", &profile.title) error=form.wrong("title")/>
                    <TextArea label=t(words::BIO) name="bio" rows=6 maxlength=BIO_MAX
                        value=form.kept("bio", &profile.bio) error=form.wrong("bio")/>
                    <TextArea label=t(words::CREDENTIALS) name="credentials" rows=3
                        value=form.kept("credentials", &profile.credentials.join("\n"))
                        error=form.wrong("credentials")/>
                    <Field label=t(words::LANGUAGES) name="languages" hint=t(words::LANGUAGES_HINT)
                        value=form.kept("languages", &profile.languages.join(", ")) error=form.wrong("languages")/>
                    <ZoneSelect label=t(words::TIME_ZONE) value=form.kept("time_zone", &profile.time_zone)
                        error=form.wrong("time_zone")/>
                    <Checkbox label=t(words::PUBLISHED) name="published" hint=t(words::PUBLISHED_HINT)
                        checked=form.kept_tick("published", profile.published) error=form.wrong("published")/>
                </Fields>
            </ActionForm>
            <FormState form/>
        </section>
    }
}

#[component]
fn Add(forms: Forms) -> impl IntoView {
    let (add, form) = (forms.add, Answered::by(forms.add));
    view! {
        <section class="card" aria-labelledby="add-therapist">
            <h2 id="add-therapist">{t(words::ADD_THERAPIST)}</h2>
            <ActionForm action=add>
                <div class="form-row">
                    <Field label=t(words::NAME) name="name" id="f-new-name" required=true maxlength=NAME_MAX
                        value=form.kept("name", "") error=form.wrong("name")/>
                    <Button variant=Variant::Secondary pending=form.pending>{t(words::ADD_THERAPIST_SEND)}</Button>
                </div>
            </ActionForm>
            <FormState form/>
        </section>
    }
}
