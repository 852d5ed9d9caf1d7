//! The secret address at which calendars subscribe to a therapist's sessions.

use super::page_calendars::Forms;
use crate::context::t;
use crate::copy::CopyButton;
use crate::layouts::practice::kit::{Answered, FormState};
use crate::texts::calendars as words;
use contracts::TherapistId;
use contracts::calendars::FeedView;
use leptos::prelude::*;
use ui::{Button, Checkbox, Variant};

#[component]
pub(super) fn Feed(therapist: TherapistId, feed: Option<FeedView>, forms: Forms) -> impl IntoView {
    let (renew, form) = (forms.renew, Answered::by(forms.renew));
    let show_names = feed.as_ref().is_some_and(|feed| feed.show_names);
    let (verb, hint) = match &feed {
        Some(_) => (words::FEED_RENEW, Some(words::FEED_RENEW_HINT)),
        None => (words::FEED_MAKE, None),
    };
    let there = feed.is_some();
    view! {
        <section class="card" id="feed" aria-labelledby="feed-title">
            <h2 id="feed-title">{t(words::FEED)}</h2>
            <p class="muted">{t(words::FEED_HELP)}</p>
            {match feed {
                Some(feed) => view! { <Address url=feed.url/> }.into_any(),
                None => view! { <p>{t(words::FEED_NONE)}</p> }.into_any(),
            }}
            <ActionForm action=renew>
                <div class="form">
                    <input type="hidden" name="therapist" value=therapist.to_string()/>
                    <Checkbox label=t(words::FEED_NAMES) name="show_names" hint=t(words::FEED_NAMES_HINT)
                        checked=form.kept_tick("show_names", show_names)/>
                    <div class="actions">
                        <Button variant=Variant::Secondary pending=form.pending>{t(verb)}</Button>
                        {hint.map(|hint| view! { <span class="muted small">{t(hint)}</span> })}
                    </div>
                </div>
            </ActionForm>
            <FormState form/>
            {there.then(|| {
                view! {
                    <ActionForm action=forms.stop>
                        <input type="hidden" name="therapist" value=therapist.to_string()/>
                        <Button variant=Variant::Ghost>{t(words::FEED_STOP)}</Button>
                    </ActionForm>
                }
            })}
            <FormState form=Answered::by(forms.stop) done=t(words::FEED_STOPPED)/>
        </section>
    }
}

/// Selected and copied without JavaScript too.
#[component]
pub(super) fn Address(url: String) -> impl IntoView {
    view! {
        <div class="field">
            <label for="f-feed-url">{t(words::FEED_URL)}</label>
            <input id="f-feed-url" type="text" readonly value=url.clone()/>
        </div>
        <CopyButton what=url/>
    }
}
