//! The same person twice: told while one types, and on the profile, where both can be made one.

use super::server_fns::{MergePatients, look_for_duplicates};
use super::words as say;
use crate::context::{t, tf};
use crate::layouts::practice::kit::{Answered, FormState};
use crate::texts::{common, patients as words};
use contracts::patients::Duplicate;
use leptos::ev;
use leptos::leptos_dom::helpers::debounce;
use leptos::prelude::*;
use std::time::Duration;
use ui::{Button, Dialog, Notice, Tone, Variant};

const PAUSE: Duration = Duration::from_millis(400);

/// What is typed into the fields that tell people apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Typed {
    name: String,
    phone: String,
    email: String,
}

/// Around a form: looks for the same person while one types.
#[component]
pub fn WatchDuplicates(
    /// The patient that is edited.
    #[prop(optional, into)]
    except: Option<String>,
    children: Children,
) -> impl IntoView {
    let typed = StoredValue::new(Typed::default());
    let look = Action::new(move |typed: &Typed| {
        let (typed, except) = (typed.clone(), except.clone());
        async move {
            look_for_duplicates(Some(typed.name), Some(typed.phone), Some(typed.email), except)
                .await
                .unwrap_or_default()
        }
    });
    let mut later = debounce(PAUSE, move |()| {
        look.dispatch(typed.get_value());
    });
    let on_input = move |ev: ev::Event| {
        let field = event_target::<web_sys::HtmlInputElement>(&ev);
        let value = field.value();
        let watched = typed.try_update_value(|typed| {
            let place = match field.name().as_str() {
                "patient[name]" => &mut typed.name,
                "patient[phone]" => &mut typed.phone,
                "patient[email]" => &mut typed.email,
                _ => return false,
            };
            *place = value;
            true
        });
        if watched == Some(true) {
            later(());
        }
    };
    view! {
        <div on:input=on_input>{children()}</div>
        <div aria-live="polite">
            {move || look.value().get().filter(|found| !found.is_empty()).map(|found| view! { <Found found/> })}
        </div>
    }
}

#[component]
fn Found(found: Vec<Duplicate>) -> impl IntoView {
    let lines = found
        .into_iter()
        .map(|one| {
            view! {
                <li>
                    <a href=format!("/app/patients/{}", one.id) target="_blank" rel="noopener">{one.name}</a>
                    " · "{say::likeness(one.likeness)}
                    {one.phone.map(|phone| format!(" · {phone}"))}
                    {one.archived.then(|| format!(" · {}", t(words::ARCHIVED)))}
                </li>
            }
        })
        .collect_view();
    view! {
        <Notice tone=Tone::Warning>
            <strong>{t(words::MAYBE_SAME)}</strong>
            <ul class="plain-list">{lines}</ul>
        </Notice>
    }
}

/// On the profile, for who may merge.
#[component]
pub fn Mergeable(into: String, same: Vec<Duplicate>) -> impl IntoView {
    let merge = ServerAction::<MergePatients>::new();
    let lines = same
        .into_iter()
        .map(move |one| {
            let into = into.clone();
            let effect = tf(words::MERGE_EFFECT, &[("name", &one.name)]);
            let title = tf(words::MERGE_NAME, &[("name", &one.name)]);
            view! {
                <li class="list-row">
                    <span class="list-main">
                        <a href=format!("/app/patients/{}", one.id)>{one.name}</a>
                        <span class="muted">{say::likeness(one.likeness)}</span>
                    </span>
                    <Dialog
                        id=format!("merge-{}", one.id)
                        title
                        open_label=t(words::MERGE)
                        close_label=t(common::CLOSE)
                    >
                        <p>{effect}</p>
                        <ActionForm action=merge>
                            <input type="hidden" name="into" value=into/>
                            <input type="hidden" name="from" value=one.id.to_string()/>
                            <Button variant=Variant::Danger pending=merge.pending()>{t(words::MERGE)}</Button>
                        </ActionForm>
                    </Dialog>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="same-title">
            <h2 id="same-title">{t(words::MAYBE_SAME)}</h2>
            <FormState form=Answered::by(merge)/>
            <ul class="list">{lines}</ul>
        </section>
    }
}
