//! Around public pages: skip link, header, language choice, footer.

use crate::context::{lang, t};
use crate::features::home::server_fns::SetLanguage;
use crate::texts::{common, home};
use contracts::Lang;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use ui::{Glyph, Icon};

#[component]
pub fn PublicLayout(children: Children) -> impl IntoView {
    view! {
        <a class="skip-link" href="#content">{t(common::SKIP_TO_CONTENT)}</a>
        <header class="site-header">
            <div class="site-inner">
                <a class="brand" href="/">
                    <Icon glyph=Glyph::Leaf/>
                    {t(common::CALMA)}
                </a>
                <nav class="site-nav" aria-label=t(home::MAIN_NAVIGATION)>
                    <a href="/my">{t(home::MY_BOOKINGS)}</a>
                    <a href="/login">{t(home::LOG_IN)}</a>
                </nav>
                <LanguageChoice/>
            </div>
        </header>
        <main id="content" class="site-main" tabindex="-1">{children()}</main>
        <footer class="site-footer">
            <div class="site-inner">
                <p class="muted small">{t(home::OPEN_SOURCE)}</p>
            </div>
        </footer>
    }
}

/// The toasts of public pages.
#[cfg(any(feature = "ssr", feature = "public"))]
#[island]
pub fn Toasts() -> impl IntoView {
    view! { <ui::ToastRegion/> }
}

/// One plain form, so that the whole page comes again in the other language.
#[component]
pub fn LanguageChoice() -> impl IntoView {
    let now = lang();
    view! {
        <form class="languages" method="post" action=SetLanguage::url() aria-label=t(home::LANGUAGE_CHOICE)>
            {Lang::ALL
                .into_iter()
                .map(|choice| {
                    view! {
                        <button
                            class="language"
                            type="submit"
                            name="lang"
                            value=choice.code()
                            lang=choice.code()
                            title=choice.own_name()
                            // What is read out begins with what is seen.
                            aria-label=format!("{} {}", choice.code().to_uppercase(), choice.own_name())
                            aria-pressed=if choice == now { "true" } else { "false" }
                        >
                            {choice.code().to_uppercase()}
                        </button>
                    }
                })
                .collect_view()}
        </form>
    }
}
