//! A button that copies a text.

use crate::context::lang;
use crate::forms::use_hydrated;
use crate::texts::patient as text;
use leptos::prelude::*;
use ui::{Glyph, Icon, Tone, use_toast};

/// Copies a text; there only where it works.
#[component]
pub fn CopyButton(what: String) -> impl IntoView {
    let hydrated = use_hydrated();
    let toast = use_toast();
    let lang = lang();
    move || {
        let what = what.clone();
        hydrated.get().then(|| {
            view! {
                <button
                    type="button"
                    class="btn btn-ghost"
                    on:click=move |_| {
                        copy(&what);
                        toast.show(text::COPIED.of(lang), Tone::Success);
                    }
                >
                    <Icon glyph=Glyph::Copy/>
                    {text::COPY.of(lang)}
                </button>
            }
        })
    }
}

fn copy(what: &str) {
    #[cfg(feature = "hydrate")]
    {
        let _ = window().navigator().clipboard().write_text(what);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = what;
}
