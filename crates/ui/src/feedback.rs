//! What a page says back: notices, empty places, places that are still loading.

use crate::icon::{Glyph, Icon};
use leptos::prelude::*;

/// What kind of news something is. Colour is never alone: an icon goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    #[default]
    Info,
    Success,
    Warning,
    Danger,
    Neutral,
}

impl Tone {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Danger => "danger",
            Self::Neutral => "neutral",
        }
    }

    pub(crate) fn glyph(self) -> Glyph {
        match self {
            Self::Info | Self::Neutral => Glyph::Info,
            Self::Success => Glyph::Check,
            Self::Warning => Glyph::Clock,
            Self::Danger => Glyph::Alert,
        }
    }
}

/// A message in the page. `Danger` is read out at once.
#[component]
pub fn Notice(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    let role = if tone == Tone::Danger { "alert" } else { "status" };
    view! {
        <div class=format!("notice tone-{}", tone.word()) role=role>
            <Icon glyph=tone.glyph()/>
            <div class="notice-body">{children()}</div>
        </div>
    }
}

/// A box for one thing.
#[component]
pub fn Card(#[prop(optional)] class: &'static str, children: Children) -> impl IntoView {
    view! { <section class=format!("card {class}")>{children()}</section> }
}

/// Grey lines of about the size of what will come.
#[component]
pub fn Skeleton(#[prop(default = 3)] lines: u32, #[prop(into)] label: String) -> impl IntoView {
    view! {
        <div class="skeleton" role="status">
            <span class="sr-only">{label}</span>
            {(0..lines).map(|_| view! { <div class="skeleton-line"></div> }).collect_view()}
        </div>
    }
}

/// Nothing here yet, and what can be done about it (the children).
#[component]
pub fn EmptyState(
    #[prop(default = Glyph::Calendar)] glyph: Glyph,
    #[prop(into)] title: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon glyph=glyph/>
            <div class="empty-title">{title}</div>
            {children.map(|children| children())}
        </div>
    }
}
