//! `?` shows the shortcuts; `g` and a letter go to a page; `r` refreshes.

use super::kit::practice_live;
use crate::context::t;
use crate::texts::{common, practice as words};
use leptos::ev;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use ui::{Dialog, Variant};
use wasm_bindgen::JsCast;

/// `keys`: letter, address and name of each page.
#[component]
pub fn Shortcuts(keys: Vec<(char, &'static str, &'static str)>) -> impl IntoView {
    let open = RwSignal::new(false);
    let live = practice_live();
    let navigate = use_navigate();
    let targets: Vec<_> = keys.iter().map(|(key, path, _)| (*key, *path)).collect();
    Effect::new(move |_| {
        let navigate = navigate.clone();
        let targets = targets.clone();
        let after_g = StoredValue::new(false);
        let listener = window_event_listener(ev::keydown, move |ev| {
            if ev.ctrl_key() || ev.meta_key() || ev.alt_key() || typing(&ev) {
                return;
            }
            let key = ev.key();
            let went = after_g.get_value();
            after_g.set_value(!went && key == "g");
            if went {
                if let Some((_, path)) = targets.iter().find(|(letter, _)| key == letter.to_string()) {
                    ev.prevent_default();
                    navigate(path, Default::default());
                }
            } else if key == "?" {
                ev.prevent_default();
                show_menu();
                open.set(true);
            } else if key == "r" {
                live.refresh();
            }
        });
        on_cleanup(move || listener.remove());
    });
    view! {
        <Dialog
            id="shortcuts"
            title=t(words::SHORTCUTS)
            open_label=t(words::SHORTCUTS)
            close_label=t(common::CLOSE)
            variant=Variant::Ghost
            open
        >
            <dl class="pairs">
                <dt><kbd>"?"</kbd></dt>
                <dd>{t(words::KEY_HELP)}</dd>
                <dt><kbd>"r"</kbd></dt>
                <dd>{t(words::KEY_REFRESH)}</dd>
                {keys
                    .into_iter()
                    .map(|(key, _, name)| {
                        view! {
                            <dt><kbd>"g"</kbd>" "{t(words::THEN)}" "<kbd>{key.to_string()}</kbd></dt>
                            <dd>{name}</dd>
                        }
                    })
                    .collect_view()}
            </dl>
        </Dialog>
    }
}

/// The list stands in the account menu, and nothing is drawn inside of a menu that is closed.
fn show_menu() {
    let menu = document().query_selector("details.account").ok().flatten();
    if let Some(menu) = menu {
        let _ = menu.set_attribute("open", "");
    }
}

/// Is the person writing into a field?
fn typing(ev: &web_sys::KeyboardEvent) -> bool {
    ev.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()).is_some_and(|element| {
        matches!(&*element.tag_name(), "INPUT" | "TEXTAREA" | "SELECT") || element.has_attribute("contenteditable")
    })
}
