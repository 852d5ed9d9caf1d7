//! The next occurrences of a series with what became of each.

use super::words as say;
use crate::context::{lang, t};
use crate::texts::series as words;
use contracts::series::{Occurrence, OccurrenceState};
use domain::dates;
use leptos::prelude::*;
use ui::{Glyph, Icon};

/// As 004's sketch has it: three, and the rest when asked.
const SHOWN: usize = 3;

#[component]
pub(super) fn NextDates(next: Vec<Occurrence>) -> impl IntoView {
    if next.is_empty() {
        return view! { <p class="muted">{t(words::NO_NEXT)}</p> }.into_any();
    }
    let mut first = next;
    let rest = first.split_off(first.len().min(SHOWN));
    view! {
        <ul class="series-dates">{rows(first)}</ul>
        {(!rest.is_empty())
            .then(|| {
                view! {
                    <details class="series-more">
                        <summary>{t(words::MORE_NEXT)}</summary>
                        <ul class="series-dates">{rows(rest)}</ul>
                    </details>
                }
            })}
    }
    .into_any()
}

fn rows(dates: Vec<Occurrence>) -> impl IntoView {
    dates.into_iter().map(|one| view! { <Row one/> }).collect_view()
}

#[component]
fn Row(one: Occurrence) -> impl IntoView {
    let (word, tone) = say::occurrence(&one);
    let when = say::when(one.local);
    let full = dates::long_when(lang(), one.local);
    let glyph = match one.state {
        OccurrenceState::Planned => Glyph::Calendar,
        OccurrenceState::Created => match tone {
            "pending" => Glyph::Money,
            "closed" => Glyph::Cross,
            _ => Glyph::Check,
        },
        OccurrenceState::Skipped => Glyph::Alert,
        OccurrenceState::Dismissed => Glyph::Slash,
    };
    let name = match one.session {
        Some(session) => {
            let href = format!("/app/bookings/{}", session.booking_id);
            view! { <a class="figures" href=href title=full>{when}</a> }.into_any()
        }
        None => view! { <span class="figures" title=full>{when}</span> }.into_any(),
    };
    let why: Vec<_> = one.conflicts.iter().map(say::conflict).collect();
    let skipped = one.state == OccurrenceState::Skipped;
    view! {
        <li class="series-date">
            {name}
            <span class=format!("badge badge-{tone}")>
                <Icon glyph/>
                {t(word)}
            </span>
            {skipped.then(|| view! { <span class="muted small">{why.join(" · ")}</span> })}
        </li>
    }
}
