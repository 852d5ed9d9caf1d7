//! The browser's half. What a page wants is in its start script: `hydrate` for the practice's application, `prepare`
//! before the islands of a public page.

use leptos::prelude::document;
use wasm_bindgen::prelude::wasm_bindgen;

/// Brings the practice's application to life.
#[cfg(feature = "practice")]
#[wasm_bindgen]
pub fn hydrate() {
    watch();
    wasm_bindgen_futures::spawn_local(async {
        let Some(body) = document().body() else { return };
        let page = leptos::mount::hydrate_from_async(body, app::routes::PracticeApp).await;
        page.forget();
        // From here on the page answers by itself: styles and the journeys may ask for it.
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-alive", "");
        }
    });
}

/// Makes ready for the islands; the start script then wakes each of them and marks the page as alive.
#[cfg(feature = "public")]
#[wasm_bindgen]
pub fn prepare() {
    watch();
    app::islands::prepare();
}

fn watch() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        offer_reload();
    }));
}

/// The page stays as the server made it, and its forms go on working as plain ones.
fn offer_reload() {
    if let Some(banner) = document().get_element_by_id("reload-banner") {
        let _ = banner.remove_attribute("hidden");
    }
}
