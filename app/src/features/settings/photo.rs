//! The therapist's photo: a plain multipart form, the same with and without JavaScript.

use super::page_profile::Forms;
use super::server_fns::UploadPhoto;
use crate::context::{lang, t, tf};
use crate::layouts::practice::kit::{Answered, FormState};
use crate::texts::settings as words;
use contracts::practice::TherapistProfile;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use ui::{Button, Notice, Tone, Variant};

#[component]
pub(super) fn Photo(profile: TherapistProfile, may: bool, forms: Forms) -> impl IntoView {
    let error = upload_error();
    let there = profile.photo.is_some();
    let now = match profile.photo {
        Some(_) if profile.published => {
            let alt = tf(words::PHOTO_ALT, &[("name", &profile.name)]);
            view! { <img class="photo" src=format!("/{}/photo", profile.slug) alt=alt width="96" height="96"/> }
                .into_any()
        }
        Some(_) => view! { <p class="muted">{t(words::PHOTO_THERE)}</p> }.into_any(),
        None => ().into_any(),
    };
    let id = profile.id.to_string();
    view! {
        <section class="card" aria-labelledby="photo-title">
            <h2 id="photo-title">{t(words::PHOTO)}</h2>
            {error.map(|text| view! { <Notice tone=Tone::Danger>{text}</Notice> })}
            {now}
            {may.then(|| {
                view! {
                    <form method="post" action=UploadPhoto::url() enctype="multipart/form-data">
                        <input type="hidden" name="therapist" value=id.clone()/>
                        <div class="form-row">
                            <div class="field">
                                <label for="f-photo">{t(words::PHOTO)}</label>
                                <input id="f-photo" type="file" name="photo" required accept="image/png,image/jpeg,image/webp"
                                    aria-describedby="f-photo-hint"/>
                                <div class="field-hint" id="f-photo-hint">{t(words::PHOTO_HINT)}</div>
                            </div>
                            <Button variant=Variant::Secondary>{t(words::PHOTO_UPLOAD)}</Button>
                        </div>
                    </form>
                    {there.then(|| {
                        view! {
                            <ActionForm action=forms.remove_photo>
                                <input type="hidden" name="therapist" value=id/>
                                <Button variant=Variant::Ghost>{t(words::PHOTO_REMOVE)}</Button>
                            </ActionForm>
                        }
                    })}
                    <FormState form=Answered::by(forms.remove_photo)/>
                }
            })}
        </section>
    }
}

/// Why the last upload failed, from the address it came back to.
fn upload_error() -> Option<String> {
    use leptos::server_fn::error::ServerFnUrlError;
    let error = use_context::<ServerActionError>()?;
    let mine = error.path() == UploadPhoto::url();
    let error: crate::error::UiError = mine.then(|| ServerFnUrlError::decode_err(error.err()))?;
    Some(match error.0.fields.first() {
        Some(field) => crate::error::problem_text(field.problem).of(lang()).to_owned(),
        None => error.message(lang()).to_owned(),
    })
}
