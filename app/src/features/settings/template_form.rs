//! A practice's own words for a message, with how they look beside them while they are typed.

use super::frame::Fields;
use super::message_fns::{ResetMessageTemplate, SaveMessageTemplate, preview_message_template};
use crate::context::{t, tn};
use crate::features::outbox::words::{channel_name, template_name};
use crate::layouts::practice::kit::{Answered, FormState};
use crate::texts::message_settings as words;
use contracts::Lang;
use contracts::messages::{Channel, TemplatePreview, TemplateView};
use leptos::prelude::*;
use std::time::Duration;
use ui::{Button, Field, Select, TextArea, Variant};

/// The messages that can have own words, in the order in which patients meet them.
pub const TEMPLATES: [&str; 13] = [
    "session_reminder",
    "join_reminder",
    "payment_reminder",
    "request_received",
    "approved",
    "proof_received",
    "payment_rejected",
    "confirmed",
    "rescheduled",
    "series_agreed",
    "cancelled",
    "declined",
    "expired",
];

/// So long nothing is typed before the preview follows.
const SETTLE: Duration = Duration::from_millis(400);

#[component]
pub fn Words(
    template: TemplateView,
    preview: TemplatePreview,
    may: bool,
    save: ServerAction<SaveMessageTemplate>,
    reset: ServerAction<ResetMessageTemplate>,
) -> impl IntoView {
    let form = Answered::by(save);
    let text = template.text.clone();
    let (name, language, channel) = (text.template.clone(), text.language.code(), text.channel.as_str());
    let subject = RwSignal::new(form.kept("subject", &text.subject));
    let body = RwSignal::new(form.kept("body", &text.body));
    let shown = live_preview((name.clone(), language, channel), subject, body, preview);
    let hidden = {
        let name = name.clone();
        move || {
            view! {
                <input type="hidden" name="template" value=name.clone()/>
                <input type="hidden" name="language" value=language/>
                <input type="hidden" name="channel" value=channel/>
            }
        }
    };
    let the_same = hidden.clone();
    let again = (may && template.own).then(move || {
        view! {
            <ActionForm action=reset>
                {the_same()}
                <Button variant=Variant::Ghost pending=reset.pending()>{t(words::RESET)}</Button>
            </ActionForm>
        }
    });
    let by_mail = text.channel == Channel::Email;
    let by_whatsapp = text.channel == Channel::Whatsapp;
    let variables = template.variables.iter().map(|name| format!("{{{{ {name} }}}}")).collect::<Vec<_>>().join("  ");
    view! {
        <section class="card" id="words" aria-labelledby="words-title">
            <h2 id="words-title">{t(words::WORDS)}</h2>
            <p class="muted">{t(words::WORDS_HELP)}</p>
            <Which name language channel/>
            <p class="muted">{t(if template.own { words::OWN } else { words::BUILT_IN })}</p>
            <div class="words">
                <ActionForm action=save>
                    <Fields may form>
                        {hidden()}
                        {by_mail
                            .then(|| {
                                view! {
                                    <div on:input=move |ev| subject.set(event_target_value(&ev))>
                                        <Field label=t(words::SUBJECT) name="subject" maxlength=200
                                            value=subject.get_untracked() error=form.wrong("subject")/>
                                    </div>
                                }
                            })}
                        <div on:input=move |ev| body.set(event_target_value(&ev))>
                            <TextArea label=t(words::BODY) name="body" rows=14 maxlength=4000
                                value=body.get_untracked() error=form.wrong("body")/>
                        </div>
                        {by_whatsapp
                            .then(|| {
                                view! {
                                    <Field label=t(words::CONTENT_SID) name="content_sid" maxlength=34 hint=t(words::CONTENT_SID_HINT)
                                        value=form.kept("content_sid", &text.content_sid) error=form.wrong("content_sid")/>
                                    <Field label=t(words::CONTENT_VARIABLES) name="content_variables" maxlength=400
                                        hint=t(words::CONTENT_VARIABLES_HINT)
                                        value=form.kept("content_variables", &text.content_variables.join(", "))
                                        error=form.wrong("content_variables")/>
                                }
                            })}
                    </Fields>
                </ActionForm>
                <section class="words-preview" aria-labelledby="preview-title" aria-live="polite">
                    <h3 id="preview-title">{t(words::PREVIEW)}</h3>
                    {by_mail.then(|| view! { <p><strong>{move || shown.get().subject}</strong></p> })}
                    <div class="message-body prewrap">{move || shown.get().body}</div>
                    {(!by_mail)
                        .then(|| {
                            view! {
                                <p class="muted">{move || tn([words::PARTS_ONE, words::PARTS], shown.get().parts)}</p>
                            }
                        })}
                </section>
            </div>
            <details>
                <summary>{t(words::VARIABLES)}</summary>
                <p class="variables">{variables}</p>
            </details>
            {again}
            <FormState form/>
        </section>
    }
}

/// Follows what is typed, once nobody types; what cannot be rendered leaves the last preview standing.
fn live_preview(
    which: (String, &'static str, &'static str),
    subject: RwSignal<String>,
    body: RwSignal<String>,
    first: TemplatePreview,
) -> ReadSignal<TemplatePreview> {
    let (shown, set_shown) = signal(first);
    let ask = Action::new(move |typed: &(String, String)| {
        let ((name, language, channel), (subject, body)) = (which.clone(), typed.clone());
        preview_message_template(name, language.to_owned(), channel.to_owned(), Some(subject), body)
    });
    let later: StoredValue<Option<TimeoutHandle>> = StoredValue::new(None);
    // A form that is shown anew, because it was saved, has no use for the preview of the old one.
    on_cleanup(move || {
        if let Some(waiting) = later.try_get_value().flatten() {
            waiting.clear();
        }
    });
    Effect::new(move |before: Option<()>| {
        let typed = (subject.get(), body.get());
        if before.is_none() {
            return;
        }
        if let Some(waiting) = later.get_value() {
            waiting.clear();
        }
        later.set_value(
            set_timeout_with_handle(
                move || {
                    ask.dispatch(typed);
                },
                SETTLE,
            )
            .ok(),
        );
    });
    Effect::new(move |_| {
        if let Some(Ok(preview)) = ask.value().get() {
            set_shown.set(preview);
        }
    });
    shown
}

/// Which words are edited: a plain form that asks for another page.
#[component]
fn Which(name: String, language: &'static str, channel: &'static str) -> impl IntoView {
    let templates = TEMPLATES.iter().map(|one| ((*one).to_owned(), t(template_name(one)).to_owned())).collect();
    let languages = Lang::ALL.into_iter().map(|l| (l.code().to_owned(), l.own_name().to_owned())).collect();
    let channels = Channel::ALL.iter().map(|c| (c.as_str().to_owned(), t(channel_name(*c)).to_owned())).collect();
    view! {
        <form method="get" action="/app/settings/messages#words">
            <div class="form-row">
                <Select label=t(words::TEMPLATE) name="template" options=templates value=name/>
                <Select label=t(words::LANGUAGE) name="language" options=languages value=language/>
                <Select label=t(words::CHANNEL) name="channel" options=channels value=channel/>
                <Button variant=Variant::Secondary>{t(words::SHOW)}</Button>
            </div>
        </form>
    }
}
