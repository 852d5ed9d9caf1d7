//! Choosing a time zone among all IANA zones. Only the server knows their names: it writes the options into the page, and
//! the browser asks for them when it makes a page by itself.

use crate::error::UiError;
use crate::features::booking::parts::browser_zone;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The options of the choice as HTML, this zone chosen.
#[server]
pub async fn zone_options(chosen: String) -> Result<String, UiError> {
    Ok(ssr::options(&chosen))
}

/// A native choice named `time_zone`.
#[component]
pub fn ZoneSelect(
    #[prop(into)] label: String,
    #[prop(into)] value: String,
    #[prop(into)] error: Signal<Option<String>>,
    /// Choose the browser's own zone once it is known.
    #[prop(optional)]
    own: bool,
) -> impl IntoView {
    let select: NodeRef<html::Select> = NodeRef::new();
    let options = RwSignal::new(written(&value));
    Effect::new(move |_| {
        let Some(field) = select.get() else { return };
        let wanted = if own { browser_zone() } else { None }.unwrap_or_else(|| value.clone());
        if field.length() == 0 {
            spawn_local(async move {
                if let Ok(html) = zone_options(wanted).await {
                    options.set(html);
                }
            });
        } else if !wanted.is_empty() && !options.with_untracked(|html| html.contains(&marked(&wanted))) {
            let before = field.value();
            field.set_value(&wanted);
            if field.selected_index() < 0 {
                field.set_value(&before);
            }
        }
    });
    view! {
        <div class="field" class:field-wrong=move || error.with(Option::is_some)>
            <label for="f-time_zone">{label}</label>
            <select
                id="f-time_zone"
                name="time_zone"
                required=true
                node_ref=select
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby="f-time_zone-error"
                inner_html=move || options.get()
            ></select>
            <div class="field-error" id="f-time_zone-error">{move || error.get()}</div>
        </div>
    }
}

/// The options to begin with: on the server all of them; in the browser what stands in the page already, from the server
/// or from the form before it was saved.
fn written(value: &str) -> String {
    #[cfg(feature = "ssr")]
    let html = ssr::options(value);
    #[cfg(not(feature = "ssr"))]
    let html = {
        let _ = value;
        document().get_element_by_id("f-time_zone").map(|field| field.inner_html()).unwrap_or_default()
    };
    html
}

/// How the chosen option is written, up to its text.
fn marked(zone: &str) -> String {
    format!("\"{zone}\" selected")
}

#[cfg(feature = "ssr")]
mod ssr {
    use chrono_tz::TZ_VARIANTS;

    /// Where most of those live who speak Calma's languages; they stand first.
    const COMMON: [&str; 30] = [
        "America/Argentina/Buenos_Aires",
        "America/Asuncion",
        "America/Bogota",
        "America/Caracas",
        "America/Chicago",
        "America/Costa_Rica",
        "America/Denver",
        "America/El_Salvador",
        "America/Guatemala",
        "America/Guayaquil",
        "America/Havana",
        "America/La_Paz",
        "America/Lima",
        "America/Los_Angeles",
        "America/Managua",
        "America/Mexico_City",
        "America/Montevideo",
        "America/New_York",
        "America/Panama",
        "America/Puerto_Rico",
        "America/Santiago",
        "America/Santo_Domingo",
        "America/Tegucigalpa",
        "Africa/Johannesburg",
        "Africa/Lagos",
        "Africa/Nairobi",
        "Asia/Kolkata",
        "Australia/Sydney",
        "Europe/London",
        "Europe/Madrid",
    ];

    /// Names of zones need no escaping, and `chosen` is only compared.
    pub fn options(chosen: &str) -> String {
        let others = TZ_VARIANTS.iter().map(|zone| zone.name()).filter(|name| !COMMON.contains(name));
        let mut html = String::with_capacity(40_000);
        for name in COMMON.into_iter().chain(others) {
            let selected = if name == chosen { " selected" } else { "" };
            html += &format!("<option value=\"{name}\"{selected}>{}</option>", name.replace('_', " "));
        }
        html
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn every_zone_stands_there_once_and_the_chosen_one_is_chosen() {
            let html = options("Africa/Nairobi");
            assert_eq!(html.matches("<option").count(), TZ_VARIANTS.len());
            assert!(html.contains("<option value=\"Africa/Nairobi\" selected>Africa/Nairobi</option>"));
            assert_eq!(html.matches(" selected").count(), 1);
            assert!(
                html.starts_with("<option value=\"America/Argentina/Buenos_Aires\">America/Argentina/Buenos Aires<")
            );
            for name in COMMON {
                assert_eq!(html.matches(&format!("\"{name}\"")).count(), 1, "{name}");
            }
            assert!(!options("\"><script>").contains("script"));
        }
    }
}
