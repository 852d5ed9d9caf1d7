//! Buttons, and links that look like them. The text is a verb.

use leptos::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Variant {
    /// The one thing this page is for.
    #[default]
    Primary,
    Secondary,
    /// Ends or deletes something.
    Danger,
    /// Looks like text until it is pointed at.
    Ghost,
}

impl Variant {
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn btn-primary",
            Self::Secondary => "btn btn-secondary",
            Self::Danger => "btn btn-danger",
            Self::Ghost => "btn btn-ghost",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonKind {
    #[default]
    Submit,
    /// Does something in the page; useless without JavaScript.
    Button,
}

/// `<Button variant=Variant::Danger>"Cancel"</Button>`; listeners and further attributes are passed through.
#[component]
pub fn Button(
    #[prop(optional)] variant: Variant,
    #[prop(optional)] kind: ButtonKind,
    /// Sent with the form when this button submits it.
    #[prop(optional, into)]
    name: Option<&'static str>,
    #[prop(optional, into)] value: Option<String>,
    /// The form is on its way: shown as busy and not pressed twice.
    #[prop(optional, into)]
    pending: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// Across the whole line.
    #[prop(optional)]
    wide: bool,
    children: Children,
) -> impl IntoView {
    let kind = match kind {
        ButtonKind::Submit => "submit",
        ButtonKind::Button => "button",
    };
    view! {
        <button
            type=kind
            class=variant.class()
            class:btn-wide=wide
            name=name
            value=value
            disabled=move || disabled.get() || pending.get()
            aria-busy=move || pending.get().then_some("true")
        >
            {children()}
        </button>
    }
}

/// A link that looks like a button.
#[component]
pub fn LinkButton(
    #[prop(into)] href: Signal<String>,
    #[prop(optional)] variant: Variant,
    #[prop(optional)] wide: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <a class=variant.class() class:btn-wide=wide href=move || href.get()>
            {children()}
        </a>
    }
}
