//! Sessions at times that are taken outside.

use crate::context::{lang, t, tf};
use crate::texts::calendars as words;
use chrono::NaiveDateTime;
use contracts::calendars::CalendarConflict;
use domain::dates;
use leptos::prelude::*;
use leptos_router::components::A;
use ui::EmptyState;

#[component]
pub(super) fn Conflicts(conflicts: Vec<CalendarConflict>) -> impl IntoView {
    if conflicts.is_empty() {
        return view! { <EmptyState title=t(words::NO_CONFLICTS)/> }.into_any();
    }
    let rows = conflicts
        .into_iter()
        .map(|conflict| {
            view! {
                <tr>
                    <td>
                        <A href=format!("/app/sessions/{}", conflict.session_id)>{conflict.patient_name}</A>
                        " · " <span class="figures">{span(conflict.starts_local, conflict.ends_local)}</span>
                    </td>
                    <td class="figures">{span(conflict.busy_from_local, conflict.busy_until_local)}</td>
                    <td>{conflict.calendar}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <p class="muted">{t(words::CONFLICTS_HELP)}</p>
        <div class="table-scroll" tabindex="0" role="region" aria-label=t(words::CONFLICTS)>
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">{t(words::SESSION)}</th>
                        <th scope="col">{t(words::TAKEN_OUTSIDE)}</th>
                        <th scope="col">{t(words::CALENDAR)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The end's day only where it is another one.
fn span(from: NaiveDateTime, until: NaiveDateTime) -> String {
    let until = if from.date() == until.date() { dates::clock(until.time()) } else { dates::short_when(lang(), until) };
    tf(words::SPAN, &[("from", &dates::short_when(lang(), from)), ("until", &until)])
}
