//! The document around every page.

#[cfg(feature = "ssr")]
use leptos::prelude::*;

/// The document: language, scripts with this answer's nonce, styles.
#[cfg(feature = "ssr")]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    use crate::texts::common;
    use leptos_meta::{HashedStylesheet, MetaTags};
    let lang = use_context::<services::Ctx>().map(|ctx| ctx.lang).unwrap_or_default();
    view! {
        <!DOCTYPE html>
        <html lang=lang.code()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f8fafc"/>
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0f172a"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options=options.clone()/>
                <HashedStylesheet options id="styles"/>
                <MetaTags/>
            </head>
            <body>
                <crate::App/>
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
