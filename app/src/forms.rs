//! Forms: what is wrong with which field, found here on leaving it or told by the server, in words.

use crate::context::lang;
use crate::error::{UiError, message, problem_text};
use contracts::{ApiError, ErrorCode, FieldError, FieldProblem, Text};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::collections::BTreeMap;
use ui::{Notice, Tone};

/// The errors of one form.
#[derive(Clone, Copy)]
pub struct FormErrors {
    server: Signal<Option<ApiError>>,
    /// What was found here, by field; it goes before the server's word until the server answers again.
    here: RwSignal<BTreeMap<String, Option<FieldProblem>>>,
}

impl FormErrors {
    /// The errors of the form that posts this action, with or without JavaScript.
    pub fn of<S>(action: ServerAction<S>) -> Self
    where
        S: ServerFn<Error = UiError> + Clone + Send + Sync + 'static,
        S::Output: Send + Sync + 'static,
    {
        let value = action.value();
        let server =
            Signal::derive(move || value.with(|v| v.as_ref().and_then(|r| r.as_ref().err().map(|e| e.0.clone()))));
        Self::new(server)
    }

    pub fn new(server: Signal<Option<ApiError>>) -> Self {
        let here = RwSignal::new(BTreeMap::new());
        Effect::new(move |_| {
            server.track();
            here.update(BTreeMap::clear);
        });
        Self { server, here }
    }

    /// What to say beside this field.
    pub fn field(self, name: &'static str) -> Signal<Option<String>> {
        let lang = lang();
        Signal::derive(move || {
            let here = self.here.with(|here| here.get(name).copied());
            let problem = here.unwrap_or_else(|| self.server.with(|e| e.as_ref().and_then(|e| e.problem_of(name))));
            problem.map(|problem| problem_text(problem).of(lang).to_owned())
        })
    }

    /// A check for leaving this field, with the server's rule.
    pub fn check(
        self,
        name: &'static str,
        rule: impl Fn(&str) -> Result<(), FieldProblem> + Send + Sync + 'static,
    ) -> Callback<String> {
        Callback::new(move |value: String| {
            let found = rule(&value).err();
            self.here.update(|here| {
                here.insert(name.to_owned(), found);
            });
        })
    }

    /// Everything a check of the whole form found.
    pub fn set_all(self, errors: &[FieldError]) {
        self.here.update(|here| {
            for found in here.values_mut() {
                *found = None;
            }
            here.extend(errors.iter().map(|e| (e.field.clone(), Some(e.problem))));
        });
    }

    /// The server's error, if its last answer was one.
    pub fn code(self) -> Signal<Option<ErrorCode>> {
        Signal::derive(move || self.server.with(|e| e.as_ref().map(|e| e.code)))
    }

    pub fn error(self) -> Signal<Option<ApiError>> {
        self.server
    }
}

/// What the server said about the form as a whole.
#[component]
pub fn FormNotice(errors: FormErrors) -> impl IntoView {
    let error = errors.error();
    move || {
        error.with(|error| error.as_ref().map(said)).map(|said| {
            view! { <Notice tone=Tone::Danger>{said.of(lang())}</Notice> }
        })
    }
}

/// What an error says. Why a time cannot be booked stands beside no field, so it is said here.
fn said(error: &ApiError) -> Text {
    error.problem_of("starts_at").map_or_else(|| message(error.code), problem_text)
}

/// `true` once the page is alive in the browser; `false` on the server and until then.
pub fn use_hydrated() -> ReadSignal<bool> {
    let (hydrated, set_hydrated) = signal(false);
    Effect::new(move |_| set_hydrated.set(true));
    hydrated
}

/// This installation's address, without a slash at the end.
pub fn base_url() -> String {
    #[cfg(feature = "ssr")]
    let base = use_context::<services::Ctx>().map(|ctx| ctx.deps.base_url.clone()).unwrap_or_default();
    #[cfg(not(feature = "ssr"))]
    let base = window().location().origin().unwrap_or_default();
    base
}

/// A value made safe for the query of an address.
pub fn query_value(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
