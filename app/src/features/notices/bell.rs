//! The bell in the bar: a link with the number of what is unread.

use super::server_fns::unread_notices;
use crate::context::{t, tn};
use crate::live::Live;
use crate::texts::notices as words;
use leptos::prelude::*;
use leptos_router::components::A;
use ui::{Glyph, Icon};

#[component]
pub fn Bell(live: Live) -> impl IntoView {
    let unread = Resource::new(move || live.tick.get(), |_| unread_notices());
    let number = move || {
        Suspend::new(async move {
            let n = unread.await.unwrap_or_default();
            (n > 0).then(|| {
                let shown = if n > 99 { "99+".to_owned() } else { n.to_string() };
                view! {
                    <span class="bell-number" aria-hidden="true">{shown}</span>
                    <span class="sr-only">{tn([words::UNREAD_ONE, words::UNREAD], n)}</span>
                }
            })
        })
    };
    view! {
        <A href="/app/notices" attr:class="btn btn-ghost bell">
            <Icon glyph=Glyph::Bell/>
            <span class="sr-only">{t(words::BELL)}" "</span>
            <Transition>{number}</Transition>
        </A>
    }
}
