//! `/{slug}`: the public page of a therapist, step 1 of a booking.

use super::choice::Choice;
use super::month_grid::Place;
use super::parts::{Step, Steps, month_code};
use super::profile::{About, GoodToKnow, ProfileHead, Services};
use super::schema::SchemaData;
use super::server_fns::{ReleaseSlot, month_slots, public_profile};
use super::words;
use crate::context::{lang, page_status, status_of, t, tf};
use crate::error::{UiError, message};
use crate::features::home::NotFoundBody;
use crate::forms::base_url;
use crate::layouts::public::PublicLayout;
use crate::texts::{booking as text, common};
use chrono::NaiveDate;
use contracts::booking::{Availability, PublicService, PublicTherapist};
use contracts::{ErrorCode, ServiceId};
use leptos::prelude::*;
use leptos_meta::{Link, Meta, Title};
use leptos_router::hooks::{use_params_map, use_query_map};
use ui::{Button, EmptyState, LinkButton, Notice, Tone, Variant};

/// What the address asks for.
struct Asked {
    slug: String,
    service: Option<ServiceId>,
    /// `2026-11`.
    month: Option<String>,
    day: Option<NaiveDate>,
    /// A slot held before, that another choice gives back.
    instead: Option<String>,
}

impl Asked {
    fn of_address() -> Self {
        let query = use_query_map().get_untracked();
        let asked = |name: &str| query.get(name).filter(|value| !value.is_empty());
        let day: Option<NaiveDate> = asked("day").and_then(|day| day.parse().ok());
        Self {
            slug: use_params_map().get_untracked().get("slug").unwrap_or_default(),
            service: asked("service").and_then(|id| id.parse().ok()),
            month: asked("month").or(day.map(month_code)),
            day,
            instead: asked("instead"),
        }
    }
}

/// All that the page shows.
struct Shown {
    therapist: PublicTherapist,
    /// What would be booked; nothing where a therapist offers nothing yet.
    offer: Option<(PublicService, Result<Availability, UiError>)>,
}

async fn load(asked: &Asked) -> Result<Shown, UiError> {
    let therapist = public_profile(asked.slug.clone()).await?;
    let found = therapist.services.iter().find(|service| Some(service.id) == asked.service);
    let offer = match found.or(therapist.services.first()).cloned() {
        Some(service) => {
            let month = month_slots(asked.slug.clone(), service.id, asked.month.clone()).await;
            Some((service, month))
        }
        None => None,
    };
    Ok(Shown { therapist, offer })
}

#[component]
pub fn TherapistPage() -> impl IntoView {
    let asked = Asked::of_address();
    view! {
        <PublicLayout>
            <Suspense>
                {Suspend::new(async move {
                    match load(&asked).await {
                        Ok(shown) => view! { <BookingPage shown asked/> }.into_any(),
                        Err(error) => {
                            page_status(status_of(error.code()));
                            match error.code() {
                                ErrorCode::NotFound => view! { <NotFoundBody/> }.into_any(),
                                _ => view! { <Failed error/> }.into_any(),
                            }
                        }
                    }
                })}
            </Suspense>
        </PublicLayout>
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
fn BookingPage(shown: Shown, asked: Asked) -> impl IntoView {
    let Shown { therapist, offer } = shown;
    let place = |service: &PublicService| Place {
        slug: therapist.slug.clone(),
        service: service.id,
        instead: asked.instead.clone(),
    };
    let services = offer.as_ref().map(|(service, _)| {
        view! { <Services services=therapist.services.clone() place=place(service)/> }
    });
    let service = offer.as_ref().map(|(service, _)| service.clone());
    let place = service.as_ref().map(place);
    let choice = match (offer.map(|(_, month)| month), place) {
        (Some(Ok(month)), Some(place)) => view! { <Choice place month day=asked.day/> }.into_any(),
        (Some(Err(error)), _) => {
            view! { <Notice tone=Tone::Danger>{message(error.code()).of(lang())}</Notice> }.into_any()
        }
        _ => view! { <EmptyState title=t(text::NO_SERVICES)/> }.into_any(),
    };
    let still_held = asked.instead.clone().map(|token| view! { <StillHeld token slug=therapist.slug.clone()/> });
    view! {
        <Head therapist=therapist.clone()/>
        <Steps now=Step::Time/>
        {still_held}
        <div class="booking-page">
            <div class="booking-profile stack">
                <ProfileHead therapist=therapist.clone()/>
                {services}
            </div>
            <div class="booking-choice">{choice}</div>
            <div class="booking-rules stack">
                {service.clone().map(|service| view! { <GoodToKnow therapist=therapist.clone() service/> })}
                <About therapist/>
            </div>
        </div>
        {service.map(|service| view! { <ThumbBar service/> })}
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

/// On phones: what is being booked, and the way to the times, in reach of the thumb.
#[component]
fn ThumbBar(service: PublicService) -> impl IntoView {
    view! {
        <div class="thumb-bar thumb-bar-phone">
            <span class="thumb-text">
                <span class="figures">{words::price(&service.price, lang())}</span>
                <span class="muted small">{words::in_short(&service)}</span>
            </span>
            <a class="btn btn-primary" href="#times">
                {t(text::CHOOSE_TIME)}
            </a>
        </div>
    }
}
