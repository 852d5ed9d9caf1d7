//! Breaks around sessions, with what they would do to the next seven days (EC-AV-003).

use super::page_availability::Forms;
use super::server_fns::preview_buffers;
use crate::context::{t, tf};
use crate::layouts::practice::kit::{Answered, FormState, query};
use crate::texts::{availability as words, common};
use contracts::availability::{AvailabilityPage, BufferPreview};
use leptos::prelude::*;
use ui::{Button, Field, Notice, Tone};

#[component]
pub(super) fn Buffers(page: AvailabilityPage, forms: Forms, may: bool) -> impl IntoView {
    let save = forms.save_buffers;
    let form = Answered::by(save);
    let therapist = page.therapist_id.to_string();
    let saved = [
        page.buffer_before_min.to_string(),
        page.buffer_after_min.to_string(),
        page.slot_step_min.map(|step| step.to_string()).unwrap_or_default(),
    ];
    // Without JavaScript the preview is a page with the values in its address.
    let asked = [query("before_min"), query("after_min"), query("step_min")];
    let start = {
        let saved = saved.clone();
        [0, 1, 2].map(|i| asked[i].get_untracked().unwrap_or_else(|| saved[i].clone()))
    };
    let [before, after, step] = [("before_min", 0), ("after_min", 1), ("step_min", 2)]
        .map(|(name, i)| RwSignal::new(form.kept(name, &start[i])));
    let preview = {
        let therapist = therapist.clone();
        Resource::new_blocking(
            move || (before.get(), after.get(), step.get()),
            move |(before, after, step)| preview_buffers(therapist.clone(), before, after, Some(step)),
        )
    };
    // With JavaScript the effect shows while typing.
    let scripted = RwSignal::new(false);
    Effect::new(move |_| scripted.set(true));
    let max = contracts::limits::BUFFER_MAX.to_string();
    let number =
        move |name: &'static str, label: contracts::Text, value: RwSignal<String>, hint: Option<contracts::Text>| {
            let max = max.clone();
            view! {
                <div on:input=move |ev| value.set(event_target_value(&ev))>
                    <Field label=t(label) name=name kind="number" inputmode="numeric" min="0" max=max step="5"
                        value=value.get_untracked() hint=hint.map(t).unwrap_or_default() error=form.wrong(name)/>
                </div>
            }
        };
    view! {
        <section id="buffers" class="card" aria-labelledby="buffers-title">
            <h2 id="buffers-title">{t(words::BUFFERS)}</h2>
            <p class="muted">{t(words::BUFFERS_HELP)}</p>
            <ActionForm action=save>
                <input type="hidden" name="therapist" value=therapist/>
                <div class="form-row">
                    {number("before_min", words::BEFORE, before, None)}
                    {number("after_min", words::AFTER, after, None)}
                    {number("step_min", words::STEP, step, Some(words::STEP_HINT))}
                </div>
                <Transition>
                    {move || Suspend::new(async move { preview.await.ok().map(|preview| view! { <Outcome preview/> }) })}
                </Transition>
                {may.then(|| {
                    view! {
                        <div class="actions">
                            <Button pending=form.pending>{t(common::SAVE)}</Button>
                            <button
                                type="submit"
                                class="btn btn-secondary"
                                formmethod="get"
                                formaction="/app/availability#buffers"
                                hidden=move || scripted.get()
                            >
                                {t(words::PREVIEW_BUFFERS)}
                            </button>
                        </div>
                    }
                })}
            </ActionForm>
            <FormState form/>
        </section>
    }
}

/// What these breaks would do.
#[component]
fn Outcome(preview: BufferPreview) -> impl IntoView {
    let effect =
        tf(words::EFFECT, &[("then", &preview.slots_then.to_string()), ("now", &preview.slots_now.to_string())]);
    view! {
        <div class="preview" role="status">
            <p>{effect}</p>
            {if preview.first_day.is_empty() {
                view! { <p>{t(words::NO_TIMES)}</p> }.into_any()
            } else {
                view! {
                    <p>{t(words::FIRST_DAY)}</p>
                    <ul class="times">
                        {preview.first_day.into_iter().map(|time| view! { <li class="time figures">{time}</li> }).collect_view()}
                    </ul>
                }
                    .into_any()
            }}
        </div>
        {preview
            .warning
            .then(|| {
                view! {
                    <Notice tone=Tone::Warning>
                        <p>{t(words::BUFFER_WARNING)}</p>
                        <p>{t(words::BUFFER_SUGGESTION)}</p>
                    </Notice>
                }
            })}
    }
}
