//! A question before something that matters.

use crate::button::Variant;
use crate::icon::{Glyph, Icon};
use leptos::html;
use leptos::prelude::*;

/// A native `<dialog>` with the control that opens it. Without JavaScript the control is a link to the dialog, which shows
/// while it is the address's target, so the form inside works all the same.
#[component]
pub fn Dialog(
    /// Unique on the page; also the address's fragment without JavaScript.
    #[prop(into)]
    id: String,
    #[prop(into)] title: String,
    #[prop(into)] open_label: String,
    #[prop(into)] close_label: String,
    #[prop(default = Variant::Secondary)] variant: Variant,
    /// For a page that opens or closes it: set it to `false` when the form inside has succeeded.
    #[prop(optional)]
    open: Option<RwSignal<bool>>,
    /// Without one, only the page opens it.
    #[prop(default = true)]
    with_opener: bool,
    children: Children,
) -> impl IntoView {
    let open = open.unwrap_or_else(|| RwSignal::new(false));
    let node: NodeRef<html::Dialog> = NodeRef::new();
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                let _ = dialog.show_modal();
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let title_id = format!("{id}-title");
    let (href, label) = (format!("#{id}"), open_label);
    let opener = with_opener.then(|| {
        view! {
        <a
                class=variant.class()
                role="button"
                href=href
                on:click=move |ev| {
                    ev.prevent_default();
                    open.set(true);
                }
                on:keydown=move |ev| {
                    if ev.key() == " " {
                        ev.prevent_default();
                        open.set(true);
                    }
                }
            >
                {label}
            </a>
        }
    });
    view! {
        {opener}
        <dialog
            node_ref=node
            id=id
            class="dialog"
            aria-labelledby=title_id.clone()
            on:close=move |_| open.set(false)
        >
            <div class="dialog-head">
                <h2 id=title_id.clone()>{title}</h2>
                <a
                    class="btn btn-ghost btn-icon"
                    role="button"
                    href="#content"
                    aria-label=close_label
                    on:click=move |ev| {
                        ev.prevent_default();
                        open.set(false);
                    }
                >
                    <Icon glyph=Glyph::Cross/>
                </a>
            </div>
            {children()}
        </dialog>
    }
}
