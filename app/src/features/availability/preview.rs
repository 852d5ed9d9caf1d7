//! The next seven days as the public page offers them, even while it is not published.

use super::server_fns::patient_preview;
use crate::context::{lang, t, tf};
use crate::error::UiError;
use crate::layouts::practice::kit::query;
use crate::texts::{availability as words, common, practice};
use contracts::availability::AvailabilityPage;
use contracts::booking::{Availability, DaySlots};
use domain::dates;
use leptos::prelude::*;
use ui::{Button, EmptyState, Glyph, LinkButton, Notice, Select, Skeleton, Tone, Variant};

/// The services as options: value and text.
pub(super) fn service_options(page: &AvailabilityPage) -> Vec<(String, String)> {
    let text = |name: &str, minutes: i32| tf(words::SERVICE_OPTION, &[("name", name), ("n", &minutes.to_string())]);
    page.services.iter().map(|(id, name, minutes)| (id.to_string(), text(name, *minutes))).collect()
}

#[component]
pub(super) fn Preview(page: AvailabilityPage) -> impl IntoView {
    let options = service_options(&page);
    let body = match options.first() {
        Some((first, _)) => view! { <Days page=page.clone() first=first.clone() options/> }.into_any(),
        None => view! {
            <EmptyState glyph=Glyph::List title=t(words::NO_SERVICE)>
                <LinkButton href="/app/settings/services">{t(words::TO_SERVICES)}</LinkButton>
            </EmptyState>
        }
        .into_any(),
    };
    view! {
        <section id="preview" class="card" aria-labelledby="preview-title">
            <h2 id="preview-title">{t(words::PREVIEW)}</h2>
            <p class="muted">{t(words::PREVIEW_HELP)}</p>
            {body}
        </section>
    }
}

#[component]
fn Days(page: AvailabilityPage, first: String, options: Vec<(String, String)>) -> impl IntoView {
    let asked = query("service");
    let therapist = page.therapist_id.to_string();
    let service = Memo::new({
        let known: Vec<String> = options.iter().map(|(id, _)| id.clone()).collect();
        move |_| asked.get().filter(|id| known.contains(id)).unwrap_or_else(|| first.clone())
    });
    let slots = {
        let therapist = therapist.clone();
        Resource::new_blocking(move || service.get(), move |service| patient_preview(therapist.clone(), service))
    };
    let chosen = service.get_untracked();
    view! {
        <form method="get" action="/app/availability#preview" class="inline-form">
            <input type="hidden" name="therapist" value=therapist/>
            <Select label=t(words::SERVICE) name="service" options value=chosen/>
            <Button variant=Variant::Secondary>{t(practice::SHOW)}</Button>
        </form>
        <Transition fallback=|| view! { <Skeleton lines=4 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move { offered(slots.await) })}
        </Transition>
        <p>
            <a href=format!("/{}", page.slug) target="_blank" rel="external noopener">{t(words::OPEN_PUBLIC)}</a>
        </p>
    }
}

fn offered(answer: Result<Availability, UiError>) -> AnyView {
    match answer {
        Ok(availability) => view! {
            <div class="preview-days">
                {availability.days.into_iter().map(|day| view! { <DayTimes day/> }).collect_view()}
            </div>
        }
        .into_any(),
        Err(error) => view! { <Notice tone=Tone::Danger>{error.message(lang())}</Notice> }.into_any(),
    }
}

#[component]
fn DayTimes(day: DaySlots) -> impl IntoView {
    let times: Vec<_> = day.free().map(|slot| dates::clock(slot.local.time())).collect();
    view! {
        <div class="preview-day">
            <h3 class="preview-date">{dates::short_date(lang(), day.date)}</h3>
            {if times.is_empty() {
                view! { <p class="muted">{t(words::NO_FREE)}</p> }.into_any()
            } else {
                view! {
                    <ul class="times">
                        {times.into_iter().map(|time| view! { <li class="time figures">{time}</li> }).collect_view()}
                    </ul>
                }
                    .into_any()
            }}
        </div>
    }
}
