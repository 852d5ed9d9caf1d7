//! `/b/{token}/move?from=2026-11-24`: another time for a confirmed session. Two weeks of free times, each a button of one
//! form; it needs no JavaScript, so it has none.

use super::server_fns::{MoveMyBooking, times_to_move};
use crate::context::{lang, t, tf};
use crate::features::booking::server_fns::booking_by_link;
use crate::features::booking::step_page::{NoBooking, token_of_address};
use crate::layouts::public::PublicLayout;
use crate::texts::{common, patient as text};
use chrono::Days;
use contracts::booking::{Availability, BookingView, DaySlots};
use domain::dates;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::use_query_map;
use ui::{EmptyState, Glyph, Icon, Notice, Tone};

#[component]
pub fn MovePage() -> impl IntoView {
    let token = token_of_address();
    let from = use_query_map().with_untracked(|query| query.get("from"));
    view! {
        <Title text=format!("{} · {}", t(text::MOVE_TITLE), t(common::CALMA))/>
        <Meta name="robots" content="noindex"/>
        <PublicLayout>
            <Suspense>
                {Suspend::new(async move {
                    let booking = booking_by_link(token.clone()).await;
                    let times = times_to_move(token, from).await;
                    match (booking, times) {
                        (Ok(booking), Ok(times)) => view! { <Times booking times/> }.into_any(),
                        (Ok(booking), Err(_)) => view! { <TooLate booking/> }.into_any(),
                        (Err(error), _) => view! { <NoBooking error/> }.into_any(),
                    }
                })}
            </Suspense>
        </PublicLayout>
    }
}

#[component]
fn Back(token: String) -> impl IntoView {
    view! { <p><a class="with-icon" href=format!("/b/{token}")><Icon glyph=Glyph::ChevronLeft/>{t(text::MOVE_BACK)}</a></p> }
}

#[component]
fn TooLate(booking: BookingView) -> impl IntoView {
    view! {
        <Back token=booking.token/>
        <h1>{t(text::MOVE_TITLE)}</h1>
        <Notice tone=Tone::Warning>{t(text::MOVE_TOO_LATE)}</Notice>
    }
}

#[component]
fn Times(booking: BookingView, times: Availability) -> impl IntoView {
    let action = ServerAction::<MoveMyBooking>::new();
    let failed = action.value().with_untracked(|value| {
        value.as_ref().and_then(|answer| answer.as_ref().err()).map(|error| error.message(lang()).to_owned())
    });
    let page = |from: chrono::NaiveDate| format!("/b/{}/move?from={from}", booking.token);
    let earlier = (times.from > times.today).then(|| page(times.from - Days::new(14)));
    let later = (times.until < times.horizon).then(|| page(times.until + Days::new(1)));
    let now_at = booking.starts_at;
    let days: Vec<_> = times.days.into_iter().filter(|day| day.free().any(|slot| slot.starts_at != now_at)).collect();
    let none = days.is_empty();
    let today = times.today;
    let days = days.into_iter().map(|day| view! { <Day day today now_at/> }).collect_view();
    view! {
        <Back token=booking.token.clone()/>
        <h1>{t(text::MOVE_TITLE)}</h1>
        <p>{tf(text::MOVE_NOW, &[("when", &dates::long_when(lang(), booking.local)), ("name", &booking.therapist_name)])}</p>
        <p class="muted">{tf(text::MOVE_ZONE, &[("zone", &dates::zone_name(&times.time_zone))])}</p>
        {failed.map(|message| view! { <Notice tone=Tone::Danger>{message}</Notice> })}
        {none.then(|| view! { <EmptyState glyph=Glyph::Calendar title=t(text::MOVE_NONE)/> })}
        <ActionForm action>
            <input type="hidden" name="token" value=booking.token.clone()/>
            <div class="move-days">{days}</div>
        </ActionForm>
        <nav class="actions" aria-label=t(text::MOVE_MORE)>
            {earlier.map(|href| view! { <a class="btn btn-ghost" href=href>{t(text::MOVE_EARLIER)}</a> })}
            {later.map(|href| view! { <a class="btn btn-ghost" href=href>{t(text::MOVE_LATER)}</a> })}
        </nav>
    }
}

#[component]
fn Day(day: DaySlots, today: chrono::NaiveDate, now_at: chrono::DateTime<chrono::Utc>) -> impl IntoView {
    let date = dates::long_date(lang(), day.date);
    let title = match dates::relative_day(lang(), day.date, today) {
        Some(word) => format!("{word} · {date}"),
        None => date.clone(),
    };
    let buttons = day
        .free()
        .filter(|slot| slot.starts_at != now_at)
        .map(|slot| {
            let clock = dates::clock(slot.local.time());
            let name = tf(text::MOVE_TO, &[("date", &date), ("time", &clock)]);
            view! {
                <button type="submit" name="starts_at" value=slot.starts_at.to_rfc3339() class="btn btn-secondary figures" aria-label=name>
                    {clock}
                </button>
            }
        })
        .collect_view();
    let title_id = format!("day-{}", day.date);
    view! {
        <section class="card" aria-labelledby=title_id>
            <h2 id=title_id.clone()>{title}</h2>
            <div class="actions">{buttons}</div>
        </section>
    }
}
