//! `/app/diary?week=2026-11-23&view=list`: the week as a calendar on wide screens and as a list on phones or when asked.

use super::day_list::DayList;
use super::grid::WeekGrid;
use super::server_fns::diary_week;
use crate::context::{lang, t, tf};
use crate::layouts::practice::kit::{Failed, practice_live, query};
use crate::pages::Page;
use crate::texts::{common, diary as words};
use chrono::Days;
use contracts::booking::WeekView;
use domain::dates;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{EmptyState, Glyph, Icon, Skeleton};

pub struct DiaryPage;

impl Page for DiaryPage {
    fn view() -> AnyView {
        view! { <Diary/> }.into_any()
    }
}

#[component]
fn Diary() -> impl IntoView {
    let day = query("week");
    let live = practice_live();
    let week = Resource::new_blocking(move || (day.get(), live.tick.get()), |(day, _)| diary_week(day));
    view! {
        <Title text=t(words::TITLE)/>
        <Transition fallback=|| view! { <Skeleton lines=12 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                match week.await {
                    Ok(week) => view! { <Week week/> }.into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Week(week: WeekView) -> impl IntoView {
    let list = query("view");
    let as_list = move || list.with(|view| view.as_deref() == Some("list"));
    let suffix = move || if as_list() { "&view=list" } else { "" };
    let monday = week.monday;
    let to = move |monday: chrono::NaiveDate| move || format!("/app/diary?week={monday}{}", suffix());
    let title = tf(
        words::WEEK_OF,
        &[("from", &dates::short_date(lang(), monday)), ("until", &dates::short_date(lang(), monday + Days::new(6)))],
    );
    let today = dates::monday(week.today);
    let empty = week.bookings.is_empty();
    view! {
        <header class="page-head">
            <div>
                <h1>{t(words::TITLE)}</h1>
                <p class="muted">{title}</p>
            </div>
            <nav class="actions" aria-label=t(words::WEEK)>
                <a class="btn btn-secondary btn-icon" href=to(monday - Days::new(7)) aria-label=t(words::PREVIOUS) title=t(words::PREVIOUS)>
                    <Icon glyph=Glyph::ChevronLeft/>
                </a>
                <a class="btn btn-secondary" href=to(today) aria-current={(monday == today).then_some("page")}>
                    {t(words::THIS_WEEK)}
                </a>
                <a class="btn btn-secondary btn-icon" href=to(monday + Days::new(7)) aria-label=t(words::NEXT) title=t(words::NEXT)>
                    <Icon glyph=Glyph::ChevronRight/>
                </a>
                <a class="btn btn-ghost only-wide" href=move || {
                    if as_list() { format!("/app/diary?week={monday}") } else { format!("/app/diary?week={monday}&view=list") }
                }>
                    {move || t(if as_list() { words::CALENDAR } else { words::LIST })}
                </a>
            </nav>
        </header>
        {empty.then(|| view! { <EmptyState title=t(words::EMPTY_WEEK)/> })}
        <div class="diary" class:diary-list=as_list>
            <div class="diary-grid"><WeekGrid week=week.clone()/></div>
            <div class="diary-days"><DayList week=week.clone()/></div>
        </div>
        <p class="muted small">{tf(words::ALL_TIMES, &[("zone", &week.time_zone)])}</p>
    }
}
