//! `/{slug}`: the public page of a therapist, step 1 of a booking.

use super::month_grid::{MonthGrid, Place};
use super::parts::{Step, Steps, month_code};
use super::profile::{About, GoodToKnow, ProfileHead, Services};
use super::schema::SchemaData;
use super::server_fns::{HoldSlot, ReleaseSlot, month_slots, public_profile};
use super::times::{Times, changes};
use super::words;
use crate::context::{lang, t, tf};
use crate::error::{UiError, message};
use crate::features::home::NotFoundBody;
use crate::forms::base_url;
use crate::layouts::public::PublicLayout;
use crate::live::use_live;
use crate::pages::Page;
use crate::texts::{booking as text, common};
use chrono::NaiveDate;
use contracts::booking::{Availability, PublicService, PublicTherapist};
use contracts::{ErrorCode, ServiceId};
use domain::dates;
use leptos::prelude::*;
use leptos_meta::{Link, Meta, Title};
use leptos_router::hooks::{use_params_map, use_query_map};
use ui::{Button, EmptyState, LinkButton, Notice, Skeleton, Tone, Variant};

type Month = Result<Option<Availability>, UiError>;

pub struct TherapistPage;

/// What the address asks for.
fn asked(name: &'static str) -> Memo<Option<String>> {
    let query = use_query_map();
    Memo::new(move |_| query.read().get(name).filter(|value| !value.is_empty()))
}

/// The service asked for, else the first one.
fn chosen_service(therapist: &PublicTherapist, asked: Option<&str>) -> Option<PublicService> {
    let id: Option<ServiceId> = asked.and_then(|id| id.parse().ok());
    let found = therapist.services.iter().find(|s| Some(s.id) == id);
    found.or(therapist.services.first()).cloned()
}

impl Page for TherapistPage {
    fn view() -> AnyView {
        let params = use_params_map();
        let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
        let (service, month, day) = (asked("service"), asked("month"), asked("day"));
        let tick = RwSignal::new(0);
        let profile = Resource::new_blocking(
            move || slug.get(),
            |slug| async move {
                let profile = public_profile(slug).await;
                #[cfg(feature = "ssr")]
                if let Err(error) = &profile {
                    crate::context::page_status(crate::context::status_of(error.code()));
                }
                profile
            },
        );
        let wanted = Memo::new(move |_| {
            let day: Option<NaiveDate> = day.get().and_then(|day| day.parse().ok());
            month.get().or(day.map(month_code))
        });
        let month = Resource::new_blocking(
            move || (slug.get(), service.get(), wanted.get(), tick.get()),
            move |(slug, service, month, _)| async move {
                let Ok(therapist) = profile.await else { return Ok(None) };
                let Some(service) = chosen_service(&therapist, service.as_deref()) else { return Ok(None) };
                month_slots(slug, service.id, month).await.map(Some)
            },
        );
        let live = use_live(format!("/live/t/{}", slug.get_untracked()));
        Effect::new(move |_| {
            let now = live.tick.get();
            if now > 0 {
                tick.set(now);
            }
        });
        view! {
            <PublicLayout>
                <Suspense fallback=|| view! { <Skeleton lines=12 label=t(common::LOADING)/> }>
                    {move || Suspend::new(async move {
                        match profile.await {
                            Ok(therapist) => view! { <BookingPage therapist month/> }.into_any(),
                            Err(error) if error.code() == ErrorCode::NotFound => view! { <NotFoundBody/> }.into_any(),
                            Err(error) => view! { <Failed error/> }.into_any(),
                        }
                    })}
                </Suspense>
            </PublicLayout>
        }
        .into_any()
    }
}

/// Something other than "not found" went wrong.
#[component]
fn Failed(error: UiError) -> impl IntoView {
    view! {
        <h1>{t(common::CALMA)}</h1>
        <Notice tone=Tone::Danger>{message(error.code()).of(lang())}</Notice>
        <p>
            <a href="" rel="external">{t(common::TRY_AGAIN)}</a>
        </p>
    }
}

#[component]
fn BookingPage(therapist: PublicTherapist, month: Resource<Month>) -> impl IntoView {
    let (service, instead) = (asked("service"), asked("instead"));
    let chosen = {
        let therapist = therapist.clone();
        Memo::new(move |_| chosen_service(&therapist, service.get().as_deref()))
    };
    let place = {
        let slug = therapist.slug.clone();
        Memo::new(move |_| {
            chosen.get().map(|service| Place { slug: slug.clone(), service: service.id, instead: instead.get() })
        })
    };
    let services = therapist.services.clone();
    let known = therapist.clone();
    let slug = therapist.slug.clone();
    view! {
        <Head therapist=therapist.clone()/>
        <Steps now=Step::Time/>
        {move || instead.get().map(|token| view! { <StillHeld token slug=slug.clone()/> })}
        <div class="booking-page">
            <div class="booking-profile stack">
                <ProfileHead therapist=therapist.clone()/>
                {move || place.get().map(|place| view! { <Services services=services.clone() place/> })}
            </div>
            <div class="booking-choice">
                {move || match place.get() {
                    Some(place) => view! { <Choice month place/> }.into_any(),
                    None => view! { <EmptyState title=t(text::NO_SERVICES)/> }.into_any(),
                }}
            </div>
            <div class="booking-rules stack">
                {move || {
                    chosen.get().map(|service| view! { <GoodToKnow therapist=known.clone() service/> })
                }}
                <About therapist/>
            </div>
        </div>
        <ThumbBar chosen/>
    }
}

/// What search engines and messengers show.
#[component]
fn Head(therapist: PublicTherapist) -> impl IntoView {
    let url = format!("{}/{}", base_url(), therapist.slug);
    let title = tf(text::BOOK_WITH, &[("name", &therapist.name)]);
    let about = tf(text::META_DESCRIPTION, &[("name", &therapist.name), ("title", &therapist.title)]);
    let photo = therapist.photo_url.clone().map(|photo| format!("{}{photo}", base_url()));
    view! {
        <Title text=title.clone()/>
        <Meta name="description" content=about.clone()/>
        <Link rel="canonical" href=url.clone()/>
        <Meta property="og:type" content="profile"/>
        <Meta property="og:title" content=title/>
        <Meta property="og:description" content=about/>
        <Meta property="og:url" content=url.clone()/>
        <Meta property="og:site_name" content=therapist.practice_name.clone()/>
        {photo.map(|photo| view! { <Meta property="og:image" content=photo/> })}
        <SchemaData therapist url/>
    }
}

/// The visitor came back from step 2 and still holds a time.
#[component]
fn StillHeld(token: String, slug: String) -> impl IntoView {
    let release = ServerAction::<ReleaseSlot>::new();
    let keep = format!("/{slug}/book/{token}");
    view! {
        <Notice tone=Tone::Info>
            <p>{t(text::STILL_HELD)}</p>
            <div class="actions">
                <LinkButton href=keep variant=Variant::Secondary>{t(text::KEEP_IT)}</LinkButton>
                <ActionForm action=release>
                    <input type="hidden" name="token" value=token/>
                    <input type="hidden" name="slug" value=slug/>
                    <Button variant=Variant::Ghost>{t(text::GIVE_BACK)}</Button>
                </ActionForm>
            </div>
        </Notice>
    }
}

/// The month and, beside it, the times of the chosen day.
#[component]
fn Choice(month: Resource<Month>, place: Place) -> impl IntoView {
    let hold = ServerAction::<HoldSlot>::new();
    let day = asked("day");
    let to_focus = RwSignal::new(None);
    let said = RwSignal::new(String::new());
    // Announces what others did to the day one looks at.
    Effect::new(move |before: Option<Option<Availability>>| {
        let after = month.get().and_then(Result::ok).flatten();
        let before = before.flatten();
        let asked = day.get_untracked().and_then(|day| day.parse().ok());
        if let (Some(before), Some(after)) = (&before, &after)
            && let Some(open) = open_day(before, asked)
            && let Some(words) = changes(before, after, open)
        {
            said.set(words);
        }
        after.or(before)
    });
    // A time that could not be taken: what is free now, also where the push is cut off.
    Effect::new(move |_| {
        if hold.version().get() > 0 && matches!(hold.value().get(), Some(Err(_))) {
            month.refetch();
        }
    });
    view! {
        <Transition fallback=|| view! { <Skeleton lines=9 label=t(text::LOADING_TIMES)/> }>
            {move || {
                let place = place.clone();
                Suspend::new(async move {
                    match month.await {
                        Ok(Some(month)) => {
                            view! { <MonthAndTimes month place day to_focus hold/> }.into_any()
                        }
                        Ok(None) => view! { <EmptyState title=t(text::NO_SERVICES)/> }.into_any(),
                        Err(error) => {
                            view! { <Notice tone=Tone::Danger>{message(error.code()).of(lang())}</Notice> }.into_any()
                        }
                    }
                })
            }}
        </Transition>
        <p class="live-note small muted" role="status">{move || said.get()}</p>
    }
}

/// The day whose times are open: the one asked for if it lies in this month, else the first with a free time.
fn open_day(month: &Availability, asked: Option<NaiveDate>) -> Option<NaiveDate> {
    let asked = asked.filter(|day| (month.from..=month.until).contains(day));
    asked.or_else(|| month.days.iter().find(|day| day.free().next().is_some()).map(|day| day.date))
}

#[component]
fn MonthAndTimes(
    month: Availability,
    place: Place,
    day: Memo<Option<String>>,
    to_focus: RwSignal<Option<NaiveDate>>,
    hold: ServerAction<HoldSlot>,
) -> impl IntoView {
    // Follows the address at once; the month it lies in is already here.
    let chosen = {
        let month = month.clone();
        Memo::new(move |_| open_day(&month, day.get().and_then(|day| day.parse().ok())))
    };
    let none_free = chosen.get_untracked().is_none() && !month.days.iter().any(|day| day.free().next().is_some());
    let next = dates::add_months(month.from, 1);
    let next = (none_free && next <= month.horizon).then(|| (place.month(next), dates::month_title(lang(), next)));
    let last_day = tf(text::LAST_DAY, &[("date", &dates::long_date(lang(), month.horizon))]);
    view! {
        <div class="choice">
            <section class="card choice-month">
                <MonthGrid month=month.clone() place=place.clone() chosen to_focus/>
                {none_free
                    .then(|| {
                        view! {
                            <Notice tone=Tone::Neutral>
                                <p>{t(text::NOTHING_THIS_MONTH)}</p>
                                {next
                                    .map(|(href, title)| {
                                        view! { <a href=href>{tf(text::SEE_NEXT_MONTH, &[("month", &title)])}</a> }
                                    })}
                            </Notice>
                        }
                    })}
                <p class="muted small">{last_day} " " {t(text::LIVE)}</p>
            </section>
            <div class="card choice-times">
                <Times month place chosen hold/>
            </div>
        </div>
    }
}

/// On phones: what is being booked, and the way to the times, in reach of the thumb.
#[component]
fn ThumbBar(chosen: Memo<Option<PublicService>>) -> impl IntoView {
    let lang = lang();
    move || {
        chosen.get().map(|service| {
            view! {
                <div class="thumb-bar thumb-bar-phone">
                    <span class="thumb-text">
                        <span class="figures">{words::price(&service.price, lang)}</span>
                        <span class="muted small">{words::in_short(&service)}</span>
                    </span>
                    <a class="btn btn-primary" href="#times">
                        {text::CHOOSE_TIME.of(lang)}
                    </a>
                </div>
            }
        })
    }
}
