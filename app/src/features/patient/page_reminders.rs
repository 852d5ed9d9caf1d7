//! `/b/{token}/reminders`: whoever holds a booking's link ends reminders, or brings them back. Plain forms.

use super::server_fns::{ChooseReminders, load_reminder_choice};
use crate::context::{t, tf};
use crate::features::booking::step_page::{NoBooking, token_of_address};
use crate::forms::{FormErrors, FormNotice};
use crate::layouts::public::PublicLayout;
use crate::texts::{common, reminders as words};
use contracts::messages::{Channel, ReminderChoice, ReminderWay};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::use_query_map;
use ui::{Button, Card, Notice, Tone, Variant};

#[component]
pub fn RemindersPage() -> impl IntoView {
    let token = token_of_address();
    view! {
        <Title text=format!("{} · {}", t(words::TITLE), t(common::CALMA))/>
        <Meta name="robots" content="noindex"/>
        <PublicLayout>
            <Suspense>
                {Suspend::new(async move {
                    match load_reminder_choice(token.clone()).await {
                        Ok(choice) => view! { <Choice token choice/> }.into_any(),
                        Err(error) => view! { <NoBooking error/> }.into_any(),
                    }
                })}
            </Suspense>
        </PublicLayout>
    }
}

#[component]
fn Choice(token: String, choice: ReminderChoice) -> impl IntoView {
    let choose = ServerAction::<ChooseReminders>::new();
    let errors = FormErrors::of(choose);
    let saved = use_query_map().with_untracked(|query| query.get("done").is_some());
    let lead = match choice.practice_name.as_str() {
        "" => t(words::LEAD_PLAIN).to_owned(),
        name => tf(words::LEAD, &[("practice", name)]),
    };
    let nowhere = choice.ways.is_empty();
    let back = format!("/b/{token}");
    let ways = choice.ways.into_iter().map(|way| view! { <Way way token=token.clone() choose/> }).collect_view();
    view! {
        <div class="narrow stack">
            <h1>{t(words::TITLE)}</h1>
            {saved.then(|| view! { <Notice tone=Tone::Success>{t(words::SAVED)}</Notice> })}
            <FormNotice errors/>
            <Card class="stack">
                <p>{lead}</p>
                {nowhere.then(|| view! { <p>{t(words::NOWHERE)}</p> })}
                {ways}
                <p class="muted small">{t(words::NEWS)}</p>
            </Card>
            <p><a href=back>{t(words::BACK)}</a></p>
        </div>
    }
}

#[component]
fn Way(way: ReminderWay, token: String, choose: ServerAction<ChooseReminders>) -> impl IntoView {
    let name = t(match way.channel {
        Channel::Email => crate::texts::outbox::CHANNEL_EMAIL,
        Channel::Sms => crate::texts::outbox::CHANNEL_SMS,
        Channel::Whatsapp => crate::texts::outbox::CHANNEL_WHATSAPP,
    });
    let about = tf(words::ABOUT, &[("way", name)]);
    view! {
        <div class="reminder-way">
            <span>
                <strong>{name}</strong>
                " "
                <span class="muted">{way.hint}</span>
                " · "
                {t(if way.wanted { words::ON } else { words::OFF })}
            </span>
            <ActionForm action=choose>
                <input type="hidden" name="token" value=token/>
                <input type="hidden" name="channel" value=way.channel.as_str()/>
                <input type="hidden" name="wanted" value=if way.wanted { "no" } else { "yes" }/>
                <span class="sr-only">{about}</span>
                <Button variant=Variant::Secondary>{t(if way.wanted { words::STOP } else { words::START })}</Button>
            </ActionForm>
        </div>
    }
}
