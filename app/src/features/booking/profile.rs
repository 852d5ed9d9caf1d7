//! Who the therapist is, what can be booked, and the rules, before any data is asked.

use super::month_grid::Place;
use super::parts::{Fact, PolicyWords};
use super::words;
use crate::context::{lang, t, tf};
use crate::texts::booking as text;
use contracts::booking::{PublicService, PublicTherapist};
use domain::dates;
use leptos::prelude::*;
use ui::{Card, Glyph, Icon};

/// Photo, name, title.
#[component]
pub fn ProfileHead(therapist: PublicTherapist) -> impl IntoView {
    let name = therapist.name.clone();
    let initial = name.chars().next().map(String::from).unwrap_or_default();
    let photo = match therapist.photo_url {
        Some(url) => {
            let alt = tf(text::PHOTO_OF, &[("name", &name)]);
            view! { <img class="portrait" src=url alt=alt width="96" height="96"/> }.into_any()
        }
        None => view! { <span class="portrait portrait-letter" aria-hidden="true">{initial}</span> }.into_any(),
    };
    view! {
        <header class="profile-head">
            {photo}
            <div>
                <h1>{name}</h1>
                <p class="muted">{therapist.title}</p>
                <p class="muted small">{therapist.practice_name}</p>
            </div>
        </header>
    }
}

/// Biography, training, languages.
#[component]
pub fn About(therapist: PublicTherapist) -> impl IntoView {
    let languages = therapist.languages.iter().map(|code| language_name(code)).collect::<Vec<_>>().join(", ");
    view! {
        <div class="stack-small">
            {(!therapist.bio.is_empty()).then(|| view! { <p class="prewrap">{therapist.bio.clone()}</p> })}
            {(!therapist.credentials.is_empty())
                .then(|| {
                    view! {
                        <h2>{t(text::CREDENTIALS)}</h2>
                        <ul class="plain-list">
                            {therapist.credentials.iter().map(|c| view! { <li>{c.clone()}</li> }).collect_view()}
                        </ul>
                    }
                })}
            {(!languages.is_empty())
                .then(|| {
                    view! {
                        <p class="with-icon">
                            <Icon glyph=Glyph::Globe/>
                            <span>{t(text::SPEAKS)} ": " {languages.clone()}</span>
                        </p>
                    }
                })}
        </div>
    }
}

/// A language's name in the language of the page; the code itself for one that is not in this short list.
fn language_name(code: &str) -> String {
    let names: &[(&str, &str, &str)] = &[
        ("en", "English", "inglés"),
        ("es", "Spanish", "español"),
        ("pt", "Portuguese", "portugués"),
        ("fr", "French", "francés"),
        ("it", "Italian", "italiano"),
        ("de", "German", "alemán"),
        ("sw", "Swahili", "suajili"),
        ("ar", "Arabic", "árabe"),
        ("gn", "Guaraní", "guaraní"),
        ("qu", "Quechua", "quechua"),
        ("he", "Hebrew", "hebreo"),
        ("zh", "Chinese", "chino"),
        ("ru", "Russian", "ruso"),
    ];
    let short = code.split('-').next().unwrap_or(code);
    names
        .iter()
        .find(|(c, ..)| *c == short)
        .map_or_else(|| code.to_owned(), |(_, en, es)| contracts::Text { en, es }.of(lang()).to_owned())
}

/// The services as links, one of them chosen.
#[component]
pub fn Services(services: Vec<PublicService>, place: Place) -> impl IntoView {
    let lang = lang();
    view! {
        <nav aria-labelledby="services-title">
            <h2 id="services-title">{t(text::SERVICES)}</h2>
            <ul class="services">
                {services
                    .into_iter()
                    .map(|service| {
                        let chosen = service.id == place.service;
                        view! {
                            <li>
                                <a
                                    class="service plain"
                                    href=place.service(service.id)
                                    aria-current=chosen.then_some("true")
                                    data-noscroll=""
                                >
                                    <span class="service-name">{service.name.clone()}</span>
                                    <span class="service-price figures">{words::price(&service.price, lang)}</span>
                                    <span class="muted small">{words::in_short(&service)}</span>
                                    {(!service.description.is_empty())
                                        .then(|| view! { <span class="small">{service.description.clone()}</span> })}
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </nav>
    }
}

/// Price, duration, zone, cancelling and what happens next.
#[component]
pub fn GoodToKnow(therapist: PublicTherapist, service: PublicService) -> impl IntoView {
    let lang = lang();
    let free = service.price.minor == 0;
    let price = words::price(&service.price, lang);
    let hold = tf(text::NEXT_HOLD, &[("span", &words::span(therapist.policy.hold_min))]);
    view! {
        <Card class="stack">
            <h2>{t(text::BEFORE_YOU_BOOK)}</h2>
            <dl class="facts">
                <Fact name=t(text::SERVICE)>{service.name.clone()}</Fact>
                <Fact name=t(text::PRICE)>
                    <span class="figures">{price}</span>
                </Fact>
                <Fact name=t(text::DURATION)>{words::span(service.duration_min)}</Fact>
                <Fact name=t(text::PLACE)>{words::place(service.place)}</Fact>
                <Fact name=t(text::TIME_ZONE)>
                    {tf(text::YOUR_ZONE, &[("zone", &dates::zone_name(&therapist.time_zone))])}
                </Fact>
            </dl>
            <p class="small muted">{hold}</p>
            <PolicyWords
                policy=therapist.policy
                free
                therapist=therapist.name
                methods=therapist.methods
            />
        </Card>
    }
}
