//! Live pages: the server pushes "something changed", the page fetches what it shows. When the push is cut off, the page
//! asks every 30 seconds (003).

use leptos::prelude::*;

/// How the page hears about changes.
#[derive(Clone, Copy)]
pub struct Live {
    /// Grows whenever the page should fetch again; use it as a resource's source.
    pub tick: ReadSignal<u32>,
    set_tick: WriteSignal<u32>,
    /// Is the push connected? `false` on the server and while polling.
    pub connected: ReadSignal<bool>,
}

impl Live {
    /// Fetch again now: the refresh button, or after an action of this page.
    pub fn refresh(self) {
        self.set_tick.update(|n| *n = n.wrapping_add(1));
    }
}

/// Follows an event stream (`/live`, `/live/my`, `/live/t/{slug}`, `/live/b/{token}`) while the component lives.
pub fn use_live(url: String) -> Live {
    let (tick, set_tick) = signal(0_u32);
    let (connected, set_connected) = signal(false);
    #[cfg(feature = "hydrate")]
    browser::follow(url, set_tick, connected, set_connected);
    #[cfg(not(feature = "hydrate"))]
    let _ = (url, set_connected);
    Live { tick, set_tick, connected }
}

#[cfg(feature = "hydrate")]
mod browser {
    use gloo_timers::callback::{Interval, Timeout};
    use leptos::prelude::*;
    use std::cell::RefCell;
    use std::rc::Rc;
    use wasm_bindgen::prelude::*;
    use web_sys::EventSource;

    /// Several changes within this time are one refetch.
    const SETTLE_MS: u32 = 60;
    const POLL_MS: u32 = 30_000;

    /// The stream from the moment on at which the server rendered this page.
    fn since_rendering(url: &str) -> String {
        let mark =
            document().query_selector("meta[name=live]").ok().flatten().and_then(|meta| meta.get_attribute("content"));
        mark.map_or_else(|| url.to_owned(), |mark| format!("{url}?since={mark}"))
    }

    pub fn follow(url: String, tick: WriteSignal<u32>, connected: ReadSignal<bool>, set_connected: WriteSignal<bool>) {
        Effect::new(move |_| {
            let Ok(source) = EventSource::new(&since_rendering(&url)) else { return };
            let pending: Rc<RefCell<Option<Timeout>>> = Rc::default();
            let on_change = Closure::<dyn FnMut()>::new(move || {
                let later = Timeout::new(SETTLE_MS, move || tick.update(|n| *n = n.wrapping_add(1)));
                *pending.borrow_mut() = Some(later);
            });
            // After a break the page may have missed something: every opening but the first fetches again. What happened
            // between the rendering and the first opening is told by the server.
            let mut opened = false;
            let on_open = Closure::<dyn FnMut()>::new(move || {
                set_connected.set(true);
                if opened {
                    tick.update(|n| *n = n.wrapping_add(1));
                }
                opened = true;
            });
            let on_error = Closure::<dyn FnMut()>::new(move || set_connected.set(false));
            let _ = source.add_event_listener_with_callback("change", on_change.as_ref().unchecked_ref());
            source.set_onopen(Some(on_open.as_ref().unchecked_ref()));
            source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
            let polling = Interval::new(POLL_MS, move || {
                if !connected.get_untracked() {
                    tick.update(|n| *n = n.wrapping_add(1));
                }
            });
            let held = send_wrapper::SendWrapper::new((source, on_change, on_open, on_error, polling));
            on_cleanup(move || held.0.close());
        });
    }
}
