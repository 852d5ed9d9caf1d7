//! `/app`: what needs an action first, then today, then the rest (003).

use super::card::{ActError, CardView};
use super::live_line::{LiveLine, age};
use super::my_day::{MyPatients, MyToday, MyWeek, QuickActions, Waiting};
use super::server_fns::{Today as Shown, load_dashboard};
use super::words as say;
use crate::context::{lang, t, tf, tn};
use crate::features::reschedule::{Answers, Outcome, RequestCard};
use crate::features::series::SkippedList;
use crate::layouts::practice::kit::{Failed, Fresh, Myself, fresh, practice_live, query};
use crate::pages::Page;
use crate::texts::{common, dashboard as words, my_day, practice, reschedule};
use chrono::Duration;
use contracts::Text;
use contracts::accounts::Role;
use contracts::booking::{BookingCard, BookingStatus, Counts, Dashboard};
use domain::dates;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{EmptyState, Glyph, Skeleton, Tone, use_toast};

pub struct TodayPage;

impl Page for TodayPage {
    fn view() -> AnyView {
        view! { <Today/> }.into_any()
    }
}

#[component]
fn Today() -> impl IntoView {
    let view = query("view");
    let first = Resource::new_blocking(move || view.get().as_deref() == Some("mine"), load_dashboard);
    let me = Myself::get();
    view! {
        <Suspense fallback=|| view! { <Title text=t(practice::TODAY)/> <Skeleton lines=8 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                let role = me.role().await;
                match first.await {
                    Ok(initial) => view! { <Board initial role/> }.into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Board(initial: Shown, role: Role) -> impl IntoView {
    let live = practice_live();
    let today = initial.board.today;
    let mine = initial.day.is_some();
    let actions = QuickActions::new(live);
    // Who runs the practice sees either its board or their own day; a therapist sees both in one.
    let (both, alone) = (initial.both, initial.both && mine);
    let fresh = fresh(initial, live, move || load_dashboard(alone));
    let age = age(fresh);
    announce(fresh);
    let changed = Callback::new(move |()| live.refresh());
    // Whole minutes are enough for "2 hours ago".
    let now = Memo::new(move |_| fresh.data.with(|d| d.board.now) + Duration::seconds(age.get() / 60 * 60));
    let title = move || {
        let n = fresh.data.with(|d| d.board.counts.needs_action());
        if n > 0 { format!("({n}) {}", t(practice::TODAY)) } else { t(practice::TODAY).to_owned() }
    };
    let list =
        move |pick: fn(&Dashboard) -> Vec<BookingCard>| Signal::derive(move || fresh.data.with(|d| pick(&d.board)));
    let total = move |pick: fn(&Dashboard) -> u32| Signal::derive(move || fresh.data.with(|d| pick(&d.board)));
    view! {
        <Title text=title/>
        <header class="page-head">
            <div>
                <h1>{t(practice::TODAY)}</h1>
                <p class="muted">{move || fresh.data.with(|d| dates::long_date(lang(), d.board.today))}</p>
            </div>
            {mine
                .then(|| view! { <a class="btn btn-secondary" href="/app/availability">{t(my_day::AVAILABILITY)}</a> })}
            <LiveLine live age pending=fresh.pending stale=fresh.stale href={if alone { "/app?view=mine" } else { "/app" }}/>
        </header>
        {both.then(|| view! { <Views mine=alone/> })}
        <ActError/>
        {move || view! { <Summary counts=fresh.data.with(|d| d.board.counts)/> }}
        <div class="sections" aria-busy=move || fresh.pending.get().then_some("true")>
            {if alone {
                view! { <Mine fresh actions/> }.into_any()
            } else {
                view! {
                    <Section id="needs-action" title=words::NEEDS_ACTION empty=words::ALL_DONE urgent=true
                        cards=list(|d| d.needs_action.clone()) total=total(Dashboard::to_decide) now today role changed/>
                    <Requests fresh role/>
                    <SkippedList role/>
                    {if mine {
                        view! { <Mine fresh actions/> }.into_any()
                    } else {
                        view! {
                            <Section id="today" title=words::TODAY empty=words::NO_TODAY
                                cards=list(|d| d.upcoming.iter().filter(|c| c.local.date() <= d.today).cloned().collect())
                                now today role changed/>
                        }
                            .into_any()
                    }}
                    <Section id="awaiting-payment" title=words::AWAITING_PAYMENT empty=words::NO_AWAITING
                        cards=list(|d| d.awaiting_payment.clone()) total=total(|d| d.counts.awaiting_payment)
                        now today role changed/>
                    <Section id="upcoming" title=words::UPCOMING empty=words::NO_UPCOMING
                        cards=list(|d| d.upcoming.iter().filter(|c| c.local.date() > d.today).cloned().collect())
                        total=total(Dashboard::coming_up) now today role changed/>
                    <Section id="closed" title=words::CLOSED empty=words::NO_CLOSED
                        cards=list(|d| d.closed.clone()) now today role changed/>
                }
                    .into_any()
            }}
        </div>
    }
}

/// The therapist's own part (001).
#[component]
fn Mine(fresh: Fresh<Shown>, actions: QuickActions) -> impl IntoView {
    view! {
        <Waiting fresh/>
        <MyToday fresh actions/>
        <MyWeek fresh/>
        <MyPatients fresh/>
    }
}

/// Leads from the practice's board to the own day and back: each is a page of its own, with what is live on it.
#[component]
fn Views(mine: bool) -> impl IntoView {
    let here = |is: bool| is.then_some("page");
    view! {
        <nav aria-label=t(my_day::VIEWS)>
            <ul class="summary">
                <li><a class="summary-item" href="/app" rel="external" aria-current=here(!mine)>{t(my_day::PRACTICE)}</a></li>
                <li><a class="summary-item" href="/app?view=mine" rel="external" aria-current=here(mine)>{t(my_day::MY_DAY)}</a></li>
            </ul>
        </nav>
    }
}

/// What therapists asked for, for who decides; nothing while nothing waits.
#[component]
fn Requests(fresh: Fresh<Shown>, role: Role) -> impl IntoView {
    let answers = Answers::default();
    let (live, changes) = (practice_live(), answers.changes());
    Effect::new(move |before: Option<usize>| {
        let now = changes.get();
        if before.is_some_and(|before| before != now) {
            live.refresh();
        }
        now
    });
    let all = Memo::new(move |_| fresh.data.with(|d| d.requests.clone()));
    let some = Memo::new(move |_| all.with(|all| !all.is_empty()));
    view! {
        <Outcome answers/>
        <Show when=move || some.get()>
            <section id="reschedule-requests" class="board-section" aria-labelledby="reschedule-requests-title">
                <h2 id="reschedule-requests-title">
                    {t(reschedule::TITLE)} <span class="count count-urgent">{move || all.with(Vec::len)}</span>
                </h2>
                <div class="cards">
                    // A card is kept, with the note that is typed into it, until its request changed.
                    <For each=move || all.get() key=|request| (request.id, request.version) let:request>
                        <RequestCard request role answers/>
                    </For>
                </div>
                <p><a class="btn btn-ghost" href="/app/reschedule-requests?status=all">{t(reschedule::SEE_ALL)}</a></p>
            </section>
        </Show>
    }
}

/// What waits, in numbers; each leads to its place.
#[component]
fn Summary(counts: Counts) -> impl IntoView {
    let item = |n: u32, forms: [Text; 2], href: &'static str| {
        (n > 0).then(|| view! { <li><a class="summary-item" href=href>{tn(forms, n)}</a></li> })
    };
    (counts.needs_action() > 0).then(|| {
        view! {
            <ul class="summary">
                {item(counts.pending_approval, [words::COUNT_APPROVE, words::COUNT_APPROVE], "#needs-action")}
                {item(counts.payment_submitted, [words::COUNT_VERIFY_ONE, words::COUNT_VERIFY], "#needs-action")}
                {item(counts.late_proofs, [words::COUNT_LATE_ONE, words::COUNT_LATE], "#needs-action")}
                {item(counts.failed_messages, [words::COUNT_FAILED_ONE, words::COUNT_FAILED], "/app/messages?status=failed")}
            </ul>
        }
    })
}

#[component]
fn Section(
    id: &'static str,
    title: Text,
    empty: Text,
    #[prop(optional)] urgent: bool,
    cards: Signal<Vec<BookingCard>>,
    /// How many there are, where the list may be cut off.
    #[prop(optional)]
    total: Option<Signal<u32>>,
    #[prop(into)] now: Signal<chrono::DateTime<chrono::Utc>>,
    today: chrono::NaiveDate,
    role: Role,
    changed: Callback<()>,
) -> impl IntoView {
    let title_id = format!("{id}-title");
    let listed = move || cards.with(Vec::len);
    let count = move || total.map_or_else(listed, |total| total.get() as usize);
    view! {
        <section id=id class="board-section" aria-labelledby=title_id>
            <h2 id=title_id.clone()>
                {t(title)}
                <span class="count" class:count-urgent=move || { urgent && count() > 0 }>{count}</span>
            </h2>
            <Show when=move || listed() == 0>
                <EmptyState glyph={if urgent { Glyph::Check } else { Glyph::Calendar }} title=t(empty)/>
            </Show>
            <div class="cards">
                // A card is made anew when its booking changed, and kept, with what is typed into it, otherwise.
                <For each=move || cards.get() key=|card| (card.id, card.version, card.status) let:card>
                    <CardView card now today role changed/>
                </For>
            </div>
        </section>
    }
}

/// A toast for everything that was not there before, and for what was taken away by others than the practice.
fn announce(fresh: Fresh<Shown>) {
    let toast = use_toast();
    Effect::new(move |known: Option<Vec<_>>| {
        let key = |card: &BookingCard| (card.id, card.status);
        fresh.data.with(|shown| {
            let board = &shown.board;
            let here = || board.needs_action.iter().chain(&board.upcoming);
            if let Some(known) = &known {
                let news = |card: &&BookingCard| !known.contains(&key(card));
                let seen = |card: &BookingCard| known.iter().any(|(id, _)| *id == card.id);
                let tell = |text: Text, card: &BookingCard| {
                    let when = say::when(card.local, board.today);
                    toast.show(tf(text, &[("name", &say::name(card)), ("when", &when)]), Tone::Info);
                };
                // What the practice declined or cancelled itself is no news.
                let gone = |card: &BookingCard| {
                    if card.cancelled_by_patient {
                        tell(words::GONE_CANCELLED, card);
                    } else if card.status == BookingStatus::Expired {
                        tell(words::GONE_EXPIRED, card);
                    }
                };
                for card in here().filter(news) {
                    match (card.status, seen(card)) {
                        (BookingStatus::PendingApproval, _) => tell(words::NEW_REQUEST, card),
                        (BookingStatus::PaymentSubmitted, _) => tell(words::NEW_PROOF, card),
                        (BookingStatus::Confirmed, false) => tell(words::NEW_BOOKING, card),
                        // What this member approved or verified is no news to them.
                        (BookingStatus::Confirmed, true) => {}
                        (_, false) => tell(words::NEW_PROOF, card),
                        (_, true) => gone(card),
                    }
                }
                // One that only moved up in the list is no news.
                board.closed.iter().filter(news).filter(|card| seen(card)).for_each(gone);
            }
            here().chain(&board.awaiting_payment).map(key).collect::<Vec<_>>()
        })
    });
}
