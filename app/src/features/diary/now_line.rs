//! The line at the present moment, on the therapist's wall clock. Only the browser draws it, since only it is always now.

use leptos::prelude::*;

/// Minutes from midnight in this zone; absent on the server and before the page is awake.
pub fn now_minutes(zone: String) -> ReadSignal<Option<i32>> {
    let (now, set_now) = signal(None);
    Effect::new(move |_| {
        set_now.set(clock(&zone));
        let zone = zone.clone();
        let every = std::time::Duration::from_secs(30);
        if let Ok(ticking) = set_interval_with_handle(move || set_now.set(clock(&zone)), every) {
            on_cleanup(move || ticking.clear());
        }
    });
    now
}

/// Asks the browser, which has the zone tables.
fn clock(zone: &str) -> Option<i32> {
    let options = js_sys::Object::new();
    for (key, value) in [("timeZone", zone), ("hour", "2-digit"), ("minute", "2-digit"), ("hourCycle", "h23")] {
        js_sys::Reflect::set(&options, &key.into(), &value.into()).ok()?;
    }
    let text: String = js_sys::Date::new_0().to_locale_string("en-GB", &options).into();
    let (hours, minutes) = text.split_once(':')?;
    Some(hours.trim().parse::<i32>().ok()? * 60 + minutes.trim().parse::<i32>().ok()?)
}
