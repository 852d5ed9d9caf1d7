//! Amounts and times, with figures of one width.

use chrono::{DateTime, SecondsFormat, Utc};
use contracts::{Lang, Money};
use leptos::prelude::*;

#[component]
pub fn MoneyText(money: Money, lang: Lang) -> impl IntoView {
    view! { <span class="figures">{money.display(lang)}</span> }
}

/// A moment in people's words (`text`), with the full date for hover, focus and machines.
#[component]
pub fn When(
    at: DateTime<Utc>,
    #[prop(into)] text: String,
    #[prop(optional, into)] full: Option<String>,
) -> impl IntoView {
    view! {
        <time class="figures" datetime=at.to_rfc3339_opts(SecondsFormat::Secs, true) title=full>
            {text}
        </time>
    }
}
