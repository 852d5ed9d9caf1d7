//! All dates of a series before it is saved: what becomes of each, what is in the way, what the clocks do.

use super::words as say;
use crate::context::{lang, t, tf, tn};
use crate::texts::series as words;
use contracts::Text;
use contracts::series::{Becomes, Preview, PreviewDate};
use domain::dates;
use domain::recurrence::rhythm;
use leptos::prelude::*;
use ui::{EmptyState, Glyph, Icon};

#[component]
pub(super) fn Dates(preview: Preview) -> impl IntoView {
    let sum = |forms: [Text; 2], of: fn(&Becomes) -> bool| {
        let n = preview.dates.iter().filter(|date| of(&date.becomes)).count();
        (n > 0).then(|| view! { <li>{tn(forms, u32::try_from(n).unwrap_or(u32::MAX))}</li> })
    };
    let sums = (
        sum([words::SUM_NOW_ONE, words::SUM_NOW], |b| matches!(b, Becomes::Session)),
        sum([words::SUM_LATER_ONE, words::SUM_LATER], |b| matches!(b, Becomes::Later)),
        sum([words::SUM_SKIPPED_ONE, words::SUM_SKIPPED], |b| matches!(b, Becomes::Skipped)),
    );
    let empty = preview.dates.is_empty();
    view! {
        <p><strong>{rhythm(&preview.series.rule, lang())}</strong></p>
        <div role="status"><ul class="series-facts">{sums.0}{sums.1}{sums.2}</ul></div>
        {empty.then(|| view! { <EmptyState glyph=Glyph::Calendar title=t(words::NO_DATES)/> })}
        <ol class="series-dates">
            {preview.dates.into_iter().map(|date| view! { <Date date/> }).collect_view()}
        </ol>
        {preview.more.then(|| view! { <p class="muted">{t(words::MORE_DATES)}</p> })}
        <p class="muted small">{tf(words::ZONE, &[("zone", &dates::zone_name(&preview.series.time_zone))])}</p>
    }
}

#[component]
fn Date(date: PreviewDate) -> impl IntoView {
    let (word, tone) = say::becomes(&date);
    let glyph = match date.becomes {
        Becomes::Skipped | Becomes::Cancelled { .. } => Glyph::Alert,
        Becomes::Session | Becomes::Moved { .. } => Glyph::Check,
        Becomes::Later => Glyph::Calendar,
        Becomes::Passed | Becomes::Stays { .. } => Glyph::Clock,
    };
    let nearest: Vec<String> = date.alternatives.iter().map(|slot| say::when(slot.local)).collect();
    let notes = date.conflicts.iter().map(say::conflict).chain(date.clock.map(|change| say::clock(change).to_owned()));
    let notes: Vec<String> = notes.collect();
    view! {
        <li class="series-date">
            <span class="figures" title=dates::long_when(lang(), date.local)>{say::when(date.local)}</span>
            <span class=format!("badge badge-{tone}")>
                <Icon glyph/>
                {word}
            </span>
            {(!notes.is_empty()).then(|| view! { <span class="series-note">{notes.join(" · ")}</span> })}
            {(!nearest.is_empty())
                .then(|| {
                    view! { <span class="muted small">{tf(words::NEAREST, &[("times", &nearest.join(", "))])}</span> }
                })}
        </li>
    }
}
