//! `/app/diary?week=2026-11-23&view=list&therapist=`: a day, a week or a month as a calendar, or the week as a list, which
//! is also what phones show. `week` is any day of what is looked at.

use super::day_list::DayList;
use super::grid::WeekGrid;
use super::month::MonthBoard;
use super::moving::{MoveDialog, Moving};
use super::server_fns::diary_days;
use crate::context::{lang, t, tf};
use crate::features::sessions::server_fns::{Choices, MoveSession, session_choices};
use crate::layouts::practice::kit::{Failed, Myself, practice_live, query, successes};
use crate::pages::Page;
use crate::texts::{common, diary as words, sessions as text};
use chrono::{Datelike, Days, Months, NaiveDate};
use contracts::sessions::{CalendarView, DiarySpan};
use domain::dates;
use domain::permissions::{Action as Verb, Resource as Thing};
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{EmptyState, Glyph, Icon, Skeleton};

pub struct DiaryPage;

impl Page for DiaryPage {
    fn view() -> AnyView {
        view! { <Diary/> }.into_any()
    }
}

/// What is looked at, as it stands in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Looked {
    /// Any day of it.
    day: Option<String>,
    /// `day`, `week`, `month` or `list`.
    view: Option<String>,
    therapist: Option<String>,
}

impl Looked {
    fn span(&self) -> DiarySpan {
        match self.view.as_deref() {
            Some("day") => DiarySpan::Day,
            Some("month") => DiarySpan::Month,
            _ => DiarySpan::Week,
        }
    }

    fn is_list(&self) -> bool {
        self.view.as_deref() == Some("list")
    }

    /// The address of another day, seen the same way.
    fn at(&self, day: NaiveDate) -> String {
        Self { day: Some(day.to_string()), ..self.clone() }.address()
    }

    /// The same days seen another way.
    fn seen_as(&self, view: &str) -> String {
        Self { view: Some(view.to_owned()), ..self.clone() }.address()
    }

    fn address(&self) -> String {
        let parts = [("week", &self.day), ("view", &self.view), ("therapist", &self.therapist)];
        let parts: Vec<_> =
            parts.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?))).collect();
        format!("/app/diary?{}", parts.join("&"))
    }
}

#[component]
fn Diary() -> impl IntoView {
    let (day, view, therapist) = (query("week"), query("view"), query("therapist"));
    let looked = Memo::new(move |_| Looked { day: day.get(), view: view.get(), therapist: therapist.get() });
    let action = ServerAction::<MoveSession>::new();
    let (moved, live) = (successes(action), practice_live());
    let days = Resource::new_blocking(
        move || (looked.get(), live.tick.get(), moved.get()),
        |(looked, ..)| diary_days(looked.span(), looked.day, looked.therapist),
    );
    let offered = Resource::new_blocking(|| (), |()| session_choices());
    let me = Myself::get();
    view! {
        <Title text=t(words::TITLE)/>
        <Transition fallback=|| view! { <Skeleton lines=12 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                let moving = Moving::new(action, me.may(Verb::Create, Thing::Sessions).await);
                let offered = offered.await.unwrap_or_default();
                match days.await {
                    Ok(days) => view! { <Shown days looked=looked.get_untracked() offered moving/> }.into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// The day the page is about: the one in the address, else the first of the month or week with today in it.
fn anchor(days: &CalendarView, looked: &Looked) -> NaiveDate {
    looked.day.as_deref().and_then(|day| day.parse().ok()).unwrap_or(days.today)
}

#[component]
fn Shown(days: CalendarView, looked: Looked, offered: Choices, moving: Moving) -> impl IntoView {
    let empty = days.entries.is_empty();
    let month = anchor(&days, &looked).month();
    let zone = tf(words::ALL_TIMES, &[("zone", &dates::zone_name(&days.time_zone))]);
    let calendar = match looked.span() {
        DiarySpan::Month => view! { <MonthBoard days=days.clone() month/> }.into_any(),
        _ => view! {
            <div class="diary" class:diary-list=looked.is_list()>
                <div class="diary-grid"><WeekGrid week=days.clone() moving/></div>
                <div class="diary-days"><DayList week=days.clone()/></div>
            </div>
        }
        .into_any(),
    };
    view! {
        <Head days looked=looked.clone()/>
        <Therapists looked offered/>
        <MoveDialog moving/>
        {empty.then(|| view! { <EmptyState title=t(words::EMPTY_WEEK)/> })}
        {calendar}
        <p class="muted small">{zone}</p>
    }
}

#[component]
fn Head(days: CalendarView, looked: Looked) -> impl IntoView {
    let at = anchor(&days, &looked);
    let (before, after) = match looked.span() {
        DiarySpan::Day => (at - Days::new(1), at + Days::new(1)),
        DiarySpan::Week => (days.first - Days::new(7), days.first + Days::new(7)),
        DiarySpan::Month => {
            let first = at.with_day(1).unwrap_or(at);
            (first - Months::new(1), first + Months::new(1))
        }
    };
    let title = match looked.span() {
        DiarySpan::Day => dates::long_date(lang(), at),
        DiarySpan::Month => dates::month_title(lang(), at),
        DiarySpan::Week => tf(
            words::WEEK_OF,
            &[("from", &dates::short_date(lang(), days.first)), ("until", &dates::short_date(lang(), days.last))],
        ),
    };
    let here = (days.first..=days.last).contains(&days.today);
    let new = format!("/app/sessions/new?day={}", if here { days.today } else { days.first });
    view! {
        <header class="page-head">
            <div>
                <h1>{t(words::TITLE)}</h1>
                <p class="muted">{title}</p>
            </div>
            <nav class="actions" aria-label=t(words::WEEK)>
                <a class="btn btn-secondary btn-icon" href=looked.at(before) aria-label=t(words::PREVIOUS) title=t(words::PREVIOUS)>
                    <Icon glyph=Glyph::ChevronLeft/>
                </a>
                <a class="btn btn-secondary" href=looked.at(days.today) aria-current=here.then_some("page")>
                    {t(if looked.span() == DiarySpan::Week { words::THIS_WEEK } else { words::TODAY })}
                </a>
                <a class="btn btn-secondary btn-icon" href=looked.at(after) aria-label=t(words::NEXT) title=t(words::NEXT)>
                    <Icon glyph=Glyph::ChevronRight/>
                </a>
                <a class="btn btn-primary" href=new>{t(text::NEW)}</a>
            </nav>
        </header>
        <Views looked/>
    }
}

/// The ways to look at it.
#[component]
fn Views(looked: Looked) -> impl IntoView {
    let now = match looked.view.as_deref() {
        Some(view @ ("day" | "month" | "list")) => view.to_owned(),
        _ => "week".to_owned(),
    };
    let items = [("day", words::DAY), ("week", words::WEEK), ("month", words::MONTH), ("list", words::LIST)]
        .into_iter()
        .map(|(code, name)| {
            let here = (now == code).then_some("page");
            view! { <li><a class="summary-item" href=looked.seen_as(code) aria-current=here>{t(name)}</a></li> }
        })
        .collect_view();
    view! { <nav aria-label=t(words::VIEWS)><ul class="summary">{items}</ul></nav> }
}

/// Whose days: everybody's or one therapist's. Nothing to choose where there is one.
#[component]
fn Therapists(looked: Looked, offered: Choices) -> impl IntoView {
    (offered.therapists.len() > 1).then(|| {
        let all = Looked { therapist: None, ..looked.clone() };
        let everybody = looked.therapist.is_none().then_some("page");
        let items = offered
            .therapists
            .into_iter()
            .map(|(id, name)| {
                let here = (looked.therapist.as_ref() == Some(&id)).then_some("page");
                let href = Looked { therapist: Some(id), ..looked.clone() }.address();
                view! { <li><a class="summary-item" href=href aria-current=here>{name}</a></li> }
            })
            .collect_view();
        view! {
            <nav aria-label=t(text::THERAPIST)>
                <ul class="summary">
                    <li><a class="summary-item" href=all.address() aria-current=everybody>{t(words::EVERYBODY)}</a></li>
                    {items}
                </ul>
            </nav>
        }
    })
}
