//! What the islands of a public page stand on.

use crate::context::provide_lang;
use leptos::mount::hydrate_islands;
use leptos::prelude::*;

/// Called once, before the islands come alive.
pub fn prepare() {
    hydrate_islands();
    provide_lang();
    ui::provide_toasts();
    crate::features::booking::held::provide_lapsed();
    provide_failed_form();
}

/// A form that was sent before the page was alive, and failed, tells so in the address; the server has rendered it.
fn provide_failed_form() {
    let Ok(search) = window().location().search() else { return };
    let Ok(query) = web_sys::UrlSearchParams::new_with_str(&search) else { return };
    if let (Some(path), Some(error)) = (query.get("__path"), query.get("__err")) {
        provide_context(ServerActionError::new(&path, &error));
    }
}
