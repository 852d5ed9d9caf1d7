//! Short messages at the edge of the page that go by themselves; read out politely, never a sound.

use crate::feedback::Tone;
use crate::icon::Icon;
use leptos::prelude::*;
use std::time::Duration;

/// Long enough to be read twice.
const SHOWN_FOR: Duration = Duration::from_secs(8);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    id: u32,
    pub text: String,
    pub tone: Tone,
}

/// Shows toasts; copy it into listeners and effects.
#[derive(Clone, Copy)]
pub struct Toaster {
    shown: RwSignal<Vec<Toast>>,
    next: RwSignal<u32>,
}

impl Toaster {
    /// Shows a message for a few seconds. Does nothing on the server.
    pub fn show(self, text: impl Into<String>, tone: Tone) {
        if cfg!(not(feature = "hydrate")) {
            return;
        }
        let id = self.next.get_untracked();
        self.next.set(id.wrapping_add(1));
        self.shown.update(|all| all.push(Toast { id, text: text.into(), tone }));
        set_timeout(move || self.shown.try_update(|all| all.retain(|t| t.id != id)).unwrap_or_default(), SHOWN_FOR);
    }
}

/// Called once at the root of the application.
pub fn provide_toasts() {
    provide_context(Toaster { shown: RwSignal::new(vec![]), next: RwSignal::new(0) });
}

/// The application's toasts; outside of it, toasts nobody sees.
pub fn use_toast() -> Toaster {
    use_context::<Toaster>().unwrap_or_else(|| Toaster { shown: RwSignal::new(vec![]), next: RwSignal::new(0) })
}

/// Where toasts appear; once per page.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toaster = use_toast();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toaster.shown.get() key=|toast| toast.id let:toast>
                <div class=format!("toast tone-{}", toast.tone.word())>
                    <Icon glyph=toast.tone.glyph()/>
                    <span>{toast.text}</span>
                </div>
            </For>
        </div>
    }
}
