//! `/app/settings` and `/app/settings/practice`: what the practice is.

use super::frame::{Fields, Frame, loaded};
use super::server_fns::{SavePractice, load_settings};
use crate::context::t;
use crate::layouts::practice::kit::{Answered, FormState, successes};
use crate::pages::Page;
use crate::texts::settings as words;
use crate::zones::ZoneSelect;
use contracts::Lang;
use contracts::limits::NAME_MAX;
use contracts::money::CURRENCIES;
use contracts::practice::{PracticeSettings, VideoKind};
use domain::permissions::{Action as Verb, Resource as Thing};
use leptos::prelude::*;
use ui::{Field, Select};

pub struct PracticePage;

impl Page for PracticePage {
    fn view() -> AnyView {
        let save = ServerAction::<SavePractice>::new();
        let saved = successes(save);
        let settings = Resource::new_blocking(move || saved.get(), |_| load_settings());
        loaded(settings, "", move |shown| {
            let may = shown.may(Verb::Update, Thing::Practice);
            view! { <Form settings=shown.data may save/> }.into_any()
        })
    }
}

#[component]
fn Form(settings: PracticeSettings, may: bool, save: ServerAction<SavePractice>) -> impl IntoView {
    let form = Answered::by(save);
    let currencies =
        CURRENCIES.iter().map(|(code, symbol, _)| ((*code).to_owned(), format!("{code} ({symbol})"))).collect();
    let languages = Lang::ALL.into_iter().map(|l| (l.code().to_owned(), l.own_name().to_owned())).collect();
    let video_kinds = VideoKind::ALL.into_iter().map(|kind| (kind.as_str().to_owned(), video_name(kind))).collect();
    view! {
        <Frame name=words::PRACTICE may>
            <section class="card">
                <ActionForm action=save>
                    <Fields may form>
                        <Field label=t(words::PRACTICE_NAME) name="name" required=true maxlength=NAME_MAX
                            autocomplete="organization" value=form.kept("name", &settings.name)
                            error=form.wrong("name")/>
                        <Select label=t(words::CURRENCY) name="currency" options=currencies
                            value=form.kept("currency", &settings.currency) error=form.wrong("currency")/>
                        <Select label=t(words::LANGUAGE) name="language" options=languages
                            value=form.kept("language", settings.language.code()) error=form.wrong("language")/>
                        <ZoneSelect label=t(words::TIME_ZONE) value=form.kept("time_zone", &settings.time_zone)
                            error=form.wrong("time_zone")/>
                        <Select label=t(words::VIDEO) name="video" options=video_kinds
                            value=form.kept("video", settings.video.as_str()) error=form.wrong("video")/>
                        <Field label=t(words::VIDEO_BASE) name="video_base" kind="url" inputmode="url"
                            value=form.kept("video_base", &settings.video_base) hint=t(words::VIDEO_HINT)
                            error=form.wrong("video_base")/>
                    </Fields>
                </ActionForm>
                <FormState form/>
            </section>
        </Frame>
    }
}

fn video_name(kind: VideoKind) -> String {
    let name = match kind {
        VideoKind::Server => words::VIDEO_SERVER,
        VideoKind::Meet => words::VIDEO_MEET,
        VideoKind::Own => words::VIDEO_OWN,
    };
    t(name).to_owned()
}
