//! `/app/settings/calendars?therapist=`.

use super::conflicts::Conflicts;
use super::connected::Connected;
use super::feed::Feed;
use super::server_fns::{
    AddCalendar, CalendarsView, DisconnectCalendar, ReadCalendarNow, RenewCalendarFeed, SaveVideoRoom,
    ShowNamesInCalendar, StopCalendarFeed, load_calendars,
};
use super::words as say;
use crate::context::{t, tf};
use crate::features::settings::frame::{Fields, Frame};
use crate::layouts::practice::kit::{Answered, Failed, FormState, fresh, practice_live, query, successes};
use crate::pages::Page;
use crate::texts::{calendars as words, common, practice, settings};
use contracts::TherapistId;
use contracts::calendars::{CalendarsPage, ConnectOutcome};
use contracts::practice::VideoKind;
use domain::dates;
use leptos::prelude::*;
use ui::{Button, EmptyState, Field, Glyph, Notice, Select, Skeleton, Variant};

pub struct CalendarsRoute;

impl Page for CalendarsRoute {
    fn view() -> AnyView {
        view! { <Calendars/> }.into_any()
    }
}

/// The forms of the page; made once, so that their answers outlive a new fetch.
#[derive(Clone, Copy)]
pub(super) struct Forms {
    pub add: ServerAction<AddCalendar>,
    pub disconnect: ServerAction<DisconnectCalendar>,
    pub read: ServerAction<ReadCalendarNow>,
    pub names: ServerAction<ShowNamesInCalendar>,
    pub renew: ServerAction<RenewCalendarFeed>,
    pub stop: ServerAction<StopCalendarFeed>,
    pub video: ServerAction<SaveVideoRoom>,
}

#[component]
fn Calendars() -> impl IntoView {
    let forms = Forms {
        add: ServerAction::new(),
        disconnect: ServerAction::new(),
        read: ServerAction::new(),
        names: ServerAction::new(),
        renew: ServerAction::new(),
        stop: ServerAction::new(),
        video: ServerAction::new(),
    };
    let therapist = query("therapist");
    let done = (
        (successes(forms.add), successes(forms.disconnect), successes(forms.names)),
        (successes(forms.renew), successes(forms.stop), successes(forms.video)),
    );
    let changes =
        move || (done.0.0.get(), done.0.1.get(), done.0.2.get(), done.1.0.get(), done.1.1.get(), done.1.2.get());
    let view = Resource::new_blocking(move || (therapist.get(), changes()), |(therapist, _)| load_calendars(therapist));
    view! {
        <Transition fallback=|| view! { <Skeleton lines=8 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                match view.await {
                    Ok(CalendarsView { page: Some(page), therapists }) => {
                        view! { <Sections page therapists forms/> }.into_any()
                    }
                    Ok(_) => {
                        view! {
                            <Frame name=words::TITLE may=true>
                                <EmptyState glyph=Glyph::Users title=t(settings::NO_THERAPIST)/>
                            </Frame>
                        }
                        .into_any()
                    }
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Sections(page: CalendarsPage, therapists: Vec<(TherapistId, String)>, forms: Forms) -> impl IntoView {
    let id = page.therapist_id;
    // States and conflicts replace themselves; what is being typed below stays.
    let live = fresh(page.clone(), practice_live(), move || async move {
        let view = load_calendars(Some(id.to_string())).await?;
        view.page.ok_or_else(|| crate::error::UiError(contracts::ApiError::new(contracts::ErrorCode::NotFound)))
    });
    let intro = tf(words::INTRO, &[("name", &page.therapist_name), ("zone", &dates::zone_name(&page.time_zone))]);
    let outcome = query("google").get_untracked().and_then(|code| ConnectOutcome::parse(&code)).map(say::outcome);
    let own_rooms = page.video == VideoKind::Own;
    view! {
        <Frame name=words::TITLE may=true>
            {outcome.map(|(tone, text)| view! { <Notice tone>{t(text)}</Notice> })}
            <Choose therapists chosen=id/>
            <p class="muted">{intro}</p>
            <section class="card" aria-labelledby="connected-title">
                <h2 id="connected-title">{t(words::CONNECTED)}</h2>
                {move || view! { <Connected page=live.data.get() forms/> }}
                <FormState form=Answered::by(forms.disconnect) done=t(words::DISCONNECTED)/>
                <FormState form=Answered::by(forms.read) done=t(words::READING)/>
                <FormState form=Answered::by(forms.names)/>
            </section>
            <Add therapist=id forms/>
            <section class="card" aria-labelledby="conflicts-title">
                <h2 id="conflicts-title">{t(words::CONFLICTS)}</h2>
                {move || view! { <Conflicts conflicts=live.data.get().conflicts/> }}
            </section>
            <Feed therapist=id feed=page.feed.clone() forms/>
            {own_rooms.then(|| view! { <VideoRoom page forms/> })}
        </Frame>
    }
}

/// Only where there is a choice.
#[component]
fn Choose(therapists: Vec<(TherapistId, String)>, chosen: TherapistId) -> impl IntoView {
    (therapists.len() > 1).then(|| {
        let options = therapists.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
        view! {
            <form method="get" action="/app/settings/calendars" class="inline-form">
                <Select label=t(practice::THERAPIST) name="therapist" id="f-choose" options value=chosen.to_string()/>
                <Button variant=Variant::Secondary>{t(practice::SHOW)}</Button>
            </form>
        }
    })
}

#[component]
fn Add(therapist: TherapistId, forms: Forms) -> impl IntoView {
    let (add, form) = (forms.add, Answered::by(forms.add));
    view! {
        <section class="card" aria-labelledby="add-title">
            <h2 id="add-title">{t(words::ADD)}</h2>
            <p class="muted">{t(words::ADD_HELP)}</p>
            <ActionForm action=add>
                <div class="form">
                    <input type="hidden" name="therapist" value=therapist.to_string()/>
                    <Field label=t(words::URL) name="url" inputmode="url" required=true hint=t(words::URL_HINT)
                        autocomplete="off" maxlength=2_000 value=form.kept("url", "") error=form.wrong("url")/>
                    <div class="actions">
                        <Button variant=Variant::Secondary pending=form.pending>{t(words::ADD_SEND)}</Button>
                    </div>
                </div>
            </ActionForm>
            <FormState form done=t(words::ADDED)/>
        </section>
    }
}

#[component]
fn VideoRoom(page: CalendarsPage, forms: Forms) -> impl IntoView {
    let (save, form) = (forms.video, Answered::by(forms.video));
    view! {
        <section class="card" aria-labelledby="video-title">
            <h2 id="video-title">{t(words::VIDEO)}</h2>
            <ActionForm action=save>
                <Fields may=true form>
                    <input type="hidden" name="therapist" value=page.therapist_id.to_string()/>
                    <Field label=t(words::VIDEO_URL) name="video_url" inputmode="url" hint=t(words::VIDEO_URL_HINT)
                        maxlength=200 value=form.kept("video_url", &page.video_url) error=form.wrong("video_url")/>
                </Fields>
            </ActionForm>
            <FormState form/>
        </section>
    }
}
