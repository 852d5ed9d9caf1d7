//! `/app/settings/messages?template=&language=&channel=`: how patients are written to, and in which words.

use super::frame::{Fields, Frame, loaded};
use super::message_fns::{
    MessagesSetup, ResetMessageTemplate, SaveMessageSettings, SaveMessageTemplate, SendTestMessage, load_message_setup,
};
use super::template_form::Words;
use crate::context::t;
use crate::features::outbox::words::channel_name;
use crate::layouts::practice::kit::{Answered, FormState, query, successes};
use crate::pages::Page;
use crate::texts::message_settings as words;
use contracts::limits::NAME_MAX;
use contracts::messages::{Channel, MessageSettings};
use domain::permissions::{Action as Verb, Resource as Thing};
use domain::validate::show_clock;
use leptos::prelude::*;
use ui::{Button, Checkbox, Field, Select, Variant};

pub struct MessagesPage;

/// The forms of the page; they live as long as it does, whatever it shows.
#[derive(Clone, Copy)]
struct Forms {
    settings: ServerAction<SaveMessageSettings>,
    words: ServerAction<SaveMessageTemplate>,
    reset: ServerAction<ResetMessageTemplate>,
    test: ServerAction<SendTestMessage>,
}

impl Page for MessagesPage {
    fn view() -> AnyView {
        let forms = Forms {
            settings: ServerAction::new(),
            words: ServerAction::new(),
            reset: ServerAction::new(),
            test: ServerAction::new(),
        };
        let saved = (successes(forms.settings), successes(forms.words), successes(forms.reset));
        let (template, language, channel) = (query("template"), query("language"), query("channel"));
        let setup = Resource::new_blocking(
            move || {
                let versions = (saved.0.get(), saved.1.get(), saved.2.get());
                (template.get(), language.get(), channel.get(), versions)
            },
            |(template, language, channel, _)| load_message_setup(template, language, channel),
        );
        loaded(setup, "", move |shown| {
            let may = shown.may(Verb::Update, Thing::Practice);
            let may_test = shown.may(Verb::Create, Thing::Messages);
            view! { <Setup setup=shown.data may may_test forms/> }.into_any()
        })
    }
}

#[component]
fn Setup(setup: MessagesSetup, may: bool, may_test: bool, forms: Forms) -> impl IntoView {
    view! {
        <Frame name=words::TITLE may>
            <How settings=setup.settings may save=forms.settings/>
            <Words template=setup.template preview=setup.preview may save=forms.words reset=forms.reset/>
            {may_test.then(|| view! { <Test send=forms.test/> })}
        </Frame>
    }
}

#[component]
fn How(settings: MessageSettings, may: bool, save: ServerAction<SaveMessageSettings>) -> impl IntoView {
    let form = Answered::by(save);
    let tick = move |label: contracts::Text, name: &'static str, on: bool| {
        view! { <Checkbox label=t(label) name=name checked=form.kept_tick(name, on)/> }
    };
    view! {
        <section class="card" aria-labelledby="how-title">
            <h2 id="how-title">{t(words::HOW)}</h2>
            <ActionForm action=save>
                <Fields may form>
                    <Checkbox label=t(words::DISCREET) name="discreet" hint=t(words::DISCREET_HINT)
                        checked=form.kept_tick("discreet", settings.discreet)/>
                    <Field label=t(words::DISCREET_NAME) name="discreet_name" maxlength=NAME_MAX
                        hint=t(words::DISCREET_NAME_HINT) value=form.kept("discreet_name", &settings.discreet_name)
                        error=form.wrong("discreet_name")/>
                    <div class="form-row">
                        <Field label=t(words::QUIET_FROM) name="quiet_from" kind="time" required=true
                            value=form.kept("quiet_from", &show_clock(settings.quiet_from))
                            error=form.wrong("quiet_from")/>
                        <Field label=t(words::QUIET_UNTIL) name="quiet_until" kind="time" required=true
                            value=form.kept("quiet_until", &show_clock(settings.quiet_until))
                            error=form.wrong("quiet_until")/>
                    </div>
                    <p class="field-hint">{t(words::QUIET_HINT)}</p>
                    <Field label=t(words::ANNOUNCE_AFTER) name="announce_after" kind="number" inputmode="numeric"
                        min="0" max="3600" required=true hint=t(words::ANNOUNCE_HINT)
                        value=form.kept("announce_after", &settings.announce_after.to_string())
                        error=form.wrong("announce_after")/>
                    <fieldset class="plain-fieldset form">
                        <legend><strong>{t(words::REMINDERS)}</strong></legend>
                        {tick(words::DAY, "day_reminders", settings.day_reminders)}
                        {tick(words::JOIN, "join_reminders", settings.join_reminders)}
                        {tick(words::PAYMENT, "payment_reminders", settings.payment_reminders)}
                        <Field label=t(words::PAYMENT_HOURS) name="payment_reminder_hours" kind="number"
                            inputmode="numeric" min="1" max="336" required=true hint=t(words::PAYMENT_HOURS_HINT)
                            value=form.kept("payment_reminder_hours", &settings.payment_reminder_hours.to_string())
                            error=form.wrong("payment_reminder_hours")/>
                    </fieldset>
                </Fields>
            </ActionForm>
            <FormState form/>
        </section>
    }
}

/// Sends a message to see whether it arrives.
#[component]
fn Test(send: ServerAction<SendTestMessage>) -> impl IntoView {
    let form = Answered::by(send);
    let channels = Channel::ALL.iter().map(|c| (c.as_str().to_owned(), t(channel_name(*c)).to_owned())).collect();
    view! {
        <section class="card" id="test" aria-labelledby="test-title">
            <h2 id="test-title">{t(words::TEST)}</h2>
            <p class="muted">{t(words::TEST_HELP)}</p>
            <ActionForm action=send>
                <div class="form-row">
                    <Select label=t(words::CHANNEL) name="channel" id="f-test-channel" options=channels
                        value=form.kept("channel", "email") error=form.wrong("channel")/>
                    <Field label=t(words::TO) name="to" required=true value=form.kept("to", "") error=form.wrong("to")/>
                    <Button variant=Variant::Secondary pending=form.pending>{t(words::SEND_TEST)}</Button>
                </div>
            </ActionForm>
            <FormState form done=t(words::TEST_SENT)/>
        </section>
    }
}
