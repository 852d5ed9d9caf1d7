//! The document around every page.

use crate::routes::{PracticeApp, PublicPages};
use crate::texts::common;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags};

/// The practice's application: its scripts bring the whole page to life.
pub fn practice_shell(options: LeptosOptions) -> impl IntoView {
    let scripts = view! {
        <AutoReload options=options.clone()/>
        <HydrationScripts options=options.clone()/>
    };
    document(scripts.into_any(), options, || view! { <PracticeApp/> }.into_any())
}

/// A page for visitors and patients: only its islands come to life. `styles` are the practice's options, since both
/// halves share one style sheet.
pub fn public_shell(program: PublicProgram, styles: LeptosOptions) -> impl IntoView {
    // What is outside of islands needs no data in the browser.
    if let Some(context) = Owner::current_shared_context() {
        context.set_is_hydrating(false);
    }
    let scripts = view! {
        <AutoReload options=styles.clone()/>
        <IslandScripts program/>
    };
    document(scripts.into_any(), styles, || view! { <PublicPages/> }.into_any())
}

/// Where the islands' program is, as addresses on this server.
#[derive(Debug, Clone)]
pub struct PublicProgram {
    pub js: String,
    pub wasm: String,
}

/// Loads the program, makes it ready, wakes each island in the order of the page, and marks the page as alive.
const WAKE: &str = r#"(async (js, wasm) => {
  try {
    const program = await import(js)
    await program.default({ module_or_path: wasm })
    program.prepare()
    await Promise.all([...document.querySelectorAll('leptos-island')].map((island) => program[island.dataset.component](island)))
    document.documentElement.setAttribute('data-alive', '')
  } catch (error) {
    document.getElementById('reload-banner')?.removeAttribute('hidden')
    throw error
  }
})"#;

#[component]
fn IslandScripts(program: PublicProgram) -> impl IntoView {
    let nonce = use_nonce();
    let PublicProgram { js, wasm } = program;
    let script = format!("{WAKE}({js:?}, {wasm:?})");
    view! {
        <link rel="modulepreload" href=js/>
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
        <script type="module" nonce=nonce>
            {script}
        </script>
    }
}

/// Language, styles with this answer's nonce, and what says that a program did not come.
fn document(
    scripts: AnyView,
    options: LeptosOptions,
    body: impl FnOnce() -> AnyView + Send + 'static,
) -> impl IntoView {
    let ctx = use_context::<services::Ctx>();
    let lang = ctx.as_ref().map(|ctx| ctx.lang).unwrap_or_default();
    // Before anything is read: what happens from now on may be missing in this page.
    let mark = ctx.map(|ctx| ctx.deps.live.mark());
    view! {
        <!DOCTYPE html>
        <html lang=lang.code()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f8fafc"/>
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0f172a"/>
                <meta name="live" content=mark/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                {scripts}
                <HashedStylesheet options id="styles"/>
                <MetaTags/>
            </head>
            <body>
                {body()}
                // After the application, where hydration does not look. Shown when the browser's half fails, for
                // instance because an update replaced the code a page still wanted to load; forms go on working.
                <div id="reload-banner" role="alert" class="notice tone-warning" hidden>
                    <div class="notice-body">
                        {common::NEW_VERSION.of(lang)} " " <a href="">{common::RELOAD.of(lang)}</a>
                    </div>
                </div>
            </body>
        </html>
    }
}
