//! Fields of forms: a label, a hint, and what is wrong in words beside it.

use leptos::prelude::*;

fn id_of(name: &str, id: Option<String>) -> String {
    id.unwrap_or_else(|| format!("f-{}", name.replace(['[', ']'], "-")))
}

/// The hint's and the error's ids, for `aria-describedby`.
fn described_by(id: &str, hint: bool, error: bool) -> Option<String> {
    let parts = [(hint, "hint"), (error, "error")];
    let ids: Vec<String> = parts.iter().filter(|(there, _)| *there).map(|(_, what)| format!("{id}-{what}")).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// Text for the inside of a `<textarea>`. Written as HTML because an empty text node would become a space.
fn escaped(text: &str) -> String {
    // The parser drops one line break after the opening tag.
    let guard = if text.starts_with('\n') { "\n" } else { "" };
    format!("{guard}{}", text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

/// What stands under a field.
#[component]
fn Below(id: String, hint: Option<String>, error: Signal<Option<String>>) -> impl IntoView {
    let error_id = format!("{id}-error");
    view! {
        {hint.map(|hint| view! { <div class="field-hint" id=format!("{id}-hint")>{hint}</div> })}
        <div class="field-error" id=error_id aria-live="polite">{move || error.get()}</div>
    }
}

/// One line of input. `kind` is the input's type: `text`, `email`, `tel`, `password`, `date`, `time`, `number`, `search`.
#[component]
pub fn Field(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional)] kind: Option<&'static str>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] inputmode: Option<&'static str>,
    #[prop(optional)] required: bool,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(optional, into)] min: Option<String>,
    #[prop(optional, into)] max: Option<String>,
    #[prop(optional, into)] step: Option<String>,
    /// Where the same name stands twice on a page.
    #[prop(optional, into)]
    id: Option<String>,
    /// Called with the value when the field is left and when it changes.
    #[prop(optional, into)]
    on_check: Option<Callback<String>>,
) -> impl IntoView {
    let id = id_of(&name, id);
    let has_hint = hint.is_some();
    let described = {
        let id = id.clone();
        move || described_by(&id, has_hint, error.with(Option::is_some))
    };
    view! {
        <div class="field" class:field-wrong=move || error.with(Option::is_some)>
            <label for=id.clone()>{label}</label>
            <input
                id=id.clone()
                name=name
                type=kind.unwrap_or("text")
                value=value.unwrap_or_default()
                autocomplete=autocomplete
                inputmode=inputmode
                required=required
                maxlength=maxlength
                min=min
                max=max
                step=step
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described
                on:change=move |ev| {
                    if let Some(check) = on_check {
                        check.run(event_target_value(&ev));
                    }
                }
            />
            <Below id hint error/>
        </div>
    }
}

/// Several lines of input.
#[component]
pub fn TextArea(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] required: bool,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(default = 4)] rows: u32,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] on_check: Option<Callback<String>>,
) -> impl IntoView {
    let id = id_of(&name, id);
    let has_hint = hint.is_some();
    let described = {
        let id = id.clone();
        move || described_by(&id, has_hint, error.with(Option::is_some))
    };
    view! {
        <div class="field" class:field-wrong=move || error.with(Option::is_some)>
            <label for=id.clone()>{label}</label>
            <textarea
                id=id.clone()
                name=name
                rows=rows
                required=required
                maxlength=maxlength
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described
                on:change=move |ev| {
                    if let Some(check) = on_check {
                        check.run(event_target_value(&ev));
                    }
                }
                inner_html=escaped(&value.unwrap_or_default())
            ></textarea>
            <Below id hint error/>
        </div>
    }
}

/// One of several values: `options` are (value, text).
#[component]
pub fn Select(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    options: Vec<(String, String)>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] on_check: Option<Callback<String>>,
) -> impl IntoView {
    let id = id_of(&name, id);
    let has_hint = hint.is_some();
    let described = {
        let id = id.clone();
        move || described_by(&id, has_hint, error.with(Option::is_some))
    };
    let chosen = value.unwrap_or_default();
    let options: Vec<_> = options
        .into_iter()
        .map(|(value, text)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{text}</option> }
        })
        .collect();
    view! {
        <div class="field" class:field-wrong=move || error.with(Option::is_some)>
            <label for=id.clone()>{label}</label>
            <select
                id=id.clone()
                name=name
                required=required
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described
                on:change=move |ev| {
                    if let Some(check) = on_check {
                        check.run(event_target_value(&ev));
                    }
                }
            >
                {options}
            </select>
            <Below id hint error/>
        </div>
    }
}

/// A yes. Not ticked, it is not sent: give the server function's argument `#[server(default)]`. Ticked it sends `true`.
#[component]
pub fn Checkbox(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional)] checked: bool,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(default = "true".to_owned(), into)] value: String,
    #[prop(optional, into)] id: Option<String>,
) -> impl IntoView {
    let id = id_of(&name, id);
    let has_hint = hint.is_some();
    let described = {
        let id = id.clone();
        move || described_by(&id, has_hint, error.with(Option::is_some))
    };
    view! {
        <div class="field" class:field-wrong=move || error.with(Option::is_some)>
            <label class="check">
                <input
                    id=id.clone()
                    type="checkbox"
                    name=name
                    value=value
                    checked=checked
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=described
                />
                <span>{label}</span>
            </label>
            <Below id hint error/>
        </div>
    }
}
