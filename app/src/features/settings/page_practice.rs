//! `/app/settings` and `/app/settings/practice`: what the practice is.

use super::frame::{Fields, Frame};
use super::server_fns::{SavePractice, load_settings};
use crate::context::t;
use crate::layouts::practice::kit::{Failed, FormState, Myself, kept, successes, wrong};
use crate::pages::Page;
use crate::texts::{common, settings as words};
use crate::zones::ZoneSelect;
use contracts::Lang;
use contracts::limits::NAME_MAX;
use contracts::money::CURRENCIES;
use contracts::practice::PracticeSettings;
use domain::permissions::{Action as Verb, Resource as Thing};
use leptos::prelude::*;
use ui::{Button, Field, Select, Skeleton};

pub struct PracticePage;

impl Page for PracticePage {
    fn view() -> AnyView {
        view! { <Practice/> }.into_any()
    }
}

#[component]
fn Practice() -> impl IntoView {
    let save = ServerAction::<SavePractice>::new();
    let saved = successes(save);
    let settings = Resource::new_blocking(move || saved.get(), |_| load_settings());
    let me = Myself::get();
    view! {
        <Transition fallback=|| view! { <Skeleton lines=8 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                let may = me.may(Verb::Update, Thing::Practice).await;
                match settings.await {
                    Ok(settings) => view! { <Form settings may save/> }.into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Form(settings: PracticeSettings, may: bool, save: ServerAction<SavePractice>) -> impl IntoView {
    let currencies =
        CURRENCIES.iter().map(|(code, symbol, _)| ((*code).to_owned(), format!("{code} ({symbol})"))).collect();
    let languages = Lang::ALL.into_iter().map(|l| (l.code().to_owned(), l.own_name().to_owned())).collect();
    view! {
        <Frame name=words::PRACTICE may>
            <section class="card">
                <ActionForm action=save>
                    <Fields may>
                        <Field label=t(words::PRACTICE_NAME) name="name" required=true maxlength=NAME_MAX
                            autocomplete="organization" value=kept(save, "name", &settings.name)
                            error=wrong(save, "name")/>
                        <Select label=t(words::CURRENCY) name="currency" options=currencies
                            value=kept(save, "currency", &settings.currency) error=wrong(save, "currency")/>
                        <Select label=t(words::LANGUAGE) name="language" options=languages
                            value=kept(save, "language", settings.language.code()) error=wrong(save, "language")/>
                        <ZoneSelect label=t(words::TIME_ZONE) value=kept(save, "time_zone", &settings.time_zone)
                            error=wrong(save, "time_zone")/>
                        <Field label=t(words::VIDEO_BASE) name="video_base" kind="url" inputmode="url"
                            value=kept(save, "video_base", &settings.video_base) hint=t(words::VIDEO_HINT)
                            error=wrong(save, "video_base")/>
                        {may.then(|| {
                            view! { <div class="actions"><Button pending=save.pending()>{t(common::SAVE)}</Button></div> }
                        })}
                    </Fields>
                </ActionForm>
                <FormState action=save/>
            </section>
        </Frame>
    }
}
