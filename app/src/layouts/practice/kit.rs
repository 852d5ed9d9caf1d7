//! What the practice's pages share: the logged-in member, fresh data, and what forms say back.

use crate::context::{lang, t};
use crate::error::UiError;
use crate::live::Live;
use crate::texts::{common, practice as words};
use contracts::ErrorCode;
use contracts::accounts::{Me, Role};
use domain::permissions::{Action as Deed, Resource as Thing, allowed};
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::{use_location, use_query_map};
use std::future::Future;
use ui::{Notice, Tone};

/// Who is logged in; fetched once by the layout.
#[derive(Clone, Copy)]
pub struct Myself(pub Resource<Result<Me, UiError>>);

impl Myself {
    /// The layout's resource.
    pub fn get() -> Self {
        // The layout stands around every page that asks; elsewhere nobody is logged in.
        use_context::<Self>().unwrap_or_else(|| Self(Resource::new(|| (), |()| async { Err(unauthenticated()) })))
    }

    /// Their role; for nobody, the one that changes nothing.
    pub async fn role(self) -> Role {
        self.0.await.map_or(Role::Viewer, |me| me.role)
    }

    /// May this member do that?
    pub async fn may(self, action: Deed, thing: Thing) -> bool {
        self.0.await.is_ok_and(|me| allowed(me.role, action, thing))
    }
}

fn unauthenticated() -> UiError {
    UiError(contracts::ApiError::new(ErrorCode::Unauthenticated))
}

/// The role in words.
pub fn role_name(role: Role) -> &'static str {
    t(match role {
        Role::Admin => words::ROLE_ADMIN,
        Role::Operator => words::ROLE_OPERATOR,
        Role::Therapist => words::ROLE_THERAPIST,
        Role::Caregiver => words::ROLE_CAREGIVER,
        Role::Accountant => words::ROLE_ACCOUNTANT,
        Role::Viewer => words::ROLE_VIEWER,
    })
}

/// The push of changes that the layout follows for all pages.
pub fn practice_live() -> Live {
    use_context::<Live>().unwrap_or_else(|| crate::live::use_live("/live".to_owned()))
}

/// Data that replaces itself whenever something changes, without taking away what is on the page meanwhile.
pub struct Fresh<T: Send + Sync + 'static> {
    pub data: ReadSignal<T>,
    /// Is it being fetched again right now?
    pub pending: Signal<bool>,
    /// Did the last attempt fail?
    pub stale: ReadSignal<bool>,
    /// Grows with every answer.
    pub fetched: ReadSignal<u32>,
}

// By hand, since a derive would ask the data itself to be `Copy`.
impl<T: Send + Sync + 'static> Clone for Fresh<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Fresh<T> {}

/// Starts with what the server rendered and fetches again with every tick of `live`.
pub fn fresh<T, F, Fut>(initial: T, live: Live, fetch: F) -> Fresh<T>
where
    T: Clone + Send + Sync + 'static,
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<T, UiError>> + Send + 'static,
{
    let (data, set_data) = signal(initial);
    let (stale, set_stale) = signal(false);
    let (fetched, set_fetched) = signal(0_u32);
    let again = Action::new(move |(): &()| fetch());
    Effect::new(move |seen: Option<u32>| {
        let tick = live.tick.get();
        if seen.is_some_and(|seen| seen != tick) {
            again.dispatch(());
        }
        tick
    });
    Effect::new(move |_| match again.value().get() {
        Some(Ok(newer)) => {
            set_data.set(newer);
            set_stale.set(false);
            set_fetched.update(|n| *n = n.wrapping_add(1));
        }
        Some(Err(_)) => set_stale.set(true),
        None => {}
    });
    Fresh { data, pending: again.pending().into(), stale, fetched }
}

/// Counts how often a form succeeded: the source of resources that must be fetched again then, and not after an error,
/// so that what was typed stays.
pub fn successes<S>(action: ServerAction<S>) -> Memo<usize>
where
    S: ServerFn<Error = UiError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    Memo::new(move |before: Option<&usize>| {
        let version = action.version().get();
        if action.value().with(|value| matches!(value, Some(Ok(_)))) { version } else { before.copied().unwrap_or(0) }
    })
}

/// What a form was answered, whatever it sends: the browser needs the code behind the fields once, and not once per form.
#[derive(Clone, Copy)]
pub struct Answered {
    error: Signal<Option<UiError>>,
    succeeded: Signal<bool>,
    pub pending: Signal<bool>,
}

impl Answered {
    pub fn by<S>(action: ServerAction<S>) -> Self
    where
        S: ServerFn<Error = UiError> + Clone + Send + Sync + 'static,
        S::Output: Clone + Send + Sync + 'static,
    {
        let value = action.value();
        Self {
            error: Signal::derive(move || value.with(|v| v.as_ref().and_then(|v| v.as_ref().err().cloned()))),
            succeeded: Signal::derive(move || value.with(|v| matches!(v, Some(Ok(_))))),
            pending: action.pending().into(),
        }
    }

    /// What is wrong with a field, in words, after the form was sent.
    pub fn wrong(self, field: &'static str) -> Signal<Option<String>> {
        let lang = lang();
        Signal::derive(move || {
            self.error.with(|error| error.as_ref().and_then(|e| e.field(field, lang).map(ToOwned::to_owned)))
        })
    }

    /// What was typed into this form if it has just failed without JavaScript, else `otherwise`.
    pub fn kept(self, field: &str, otherwise: &str) -> String {
        if self.failed_before() { crate::context::typed(field, otherwise) } else { otherwise.to_owned() }
    }

    /// Was a box of this form ticked? Boxes that are not ticked are not sent, so their absence counts.
    pub fn kept_tick(self, field: &str, otherwise: bool) -> bool {
        match use_context::<crate::context::Typed>() {
            Some(typed) if self.failed_before() && !typed.0.is_empty() => typed.0.contains_key(field),
            _ => otherwise,
        }
    }

    /// Empties a form that adds something once that is done.
    pub fn reset_when_done(self, form: NodeRef<html::Form>) {
        Effect::new(move |_| {
            if let (true, Some(form)) = (self.succeeded.get(), form.get_untracked()) {
                form.reset();
            }
        });
    }

    fn failed_before(self) -> bool {
        self.error.with_untracked(Option::is_some)
    }
}

/// What a form says back: what went wrong, or that it is done.
#[component]
pub fn FormState(form: Answered, #[prop(optional, into)] done: Option<String>) -> impl IntoView {
    let lang = lang();
    let done = done.unwrap_or_else(|| t(words::DONE).to_owned());
    let said = move || match form.error.get() {
        Some(error) => Some((Tone::Danger, error.message(lang).to_owned())),
        None => form.succeeded.get().then(|| (Tone::Success, done.clone())),
    };
    move || said().map(|(tone, text)| view! { <Notice tone>{text}</Notice> })
}

/// "Saved." after a form without JavaScript came back with `?done=1`.
#[component]
pub fn DoneNotice() -> impl IntoView {
    let query = use_query_map();
    let done = query.with_untracked(|query| query.get("done").is_some());
    done.then(|| view! { <Notice tone=Tone::Success>{t(words::DONE)}</Notice> })
}

/// A page whose data could not be loaded: what happened, and the way on. Sets the answer's status on the server.
#[component]
pub fn Failed(error: UiError) -> impl IntoView {
    #[cfg(feature = "ssr")]
    if error.code() != ErrorCode::Unauthenticated {
        crate::context::page_status(crate::context::status_of(error.code()));
    }
    let text = match error.code() {
        ErrorCode::Forbidden => t(words::NO_PERMISSION),
        _ => error.message(lang()),
    };
    let log_in = error.code() == ErrorCode::Unauthenticated;
    let way_in = format!("/login?next={}", use_location().pathname.get_untracked());
    view! {
        <h1>{t(words::PAGE_FAILED)}</h1>
        <Notice tone=Tone::Danger>{text}</Notice>
        <p class="actions">
            {if log_in {
                view! { <a class="btn btn-primary" href=way_in rel="external">{t(words::LOG_IN)}</a> }.into_any()
            } else {
                view! { <a class="btn btn-secondary" href="" rel="external">{t(common::TRY_AGAIN)}</a> }.into_any()
            }}
        </p>
    }
}

/// A value of the page's address.
pub fn query(name: &'static str) -> Memo<Option<String>> {
    let map = use_query_map();
    Memo::new(move |_| map.with(|map| map.get(name)).filter(|value| !value.is_empty()))
}
