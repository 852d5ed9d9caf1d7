//! The browser's half: hydrates the pages that the server rendered.

use leptos::prelude::document;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the generated start script.
#[wasm_bindgen]
pub fn hydrate() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        offer_reload();
    }));
    wasm_bindgen_futures::spawn_local(async {
        let Some(body) = document().body() else { return };
        let page = leptos::mount::hydrate_from_async(body, app::App).await;
        page.forget();
        // From here on the page answers by itself: styles and the journeys may ask for it.
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-alive", "");
        }
    });
}

/// The page stays as the server made it, and its forms go on working as plain ones.
fn offer_reload() {
    if let Some(banner) = document().get_element_by_id("reload-banner") {
        let _ = banner.remove_attribute("hidden");
    }
}
