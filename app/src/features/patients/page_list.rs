//! `/app/patients?state=&tag=&therapist=&next=&owes=&sort=&cursor=`: everybody in care, searched while typing.

use super::list_table::{Table, address};
use super::server_fns::{ListQuery, PatientsPage, RestorePatient, SearchPatients, load_patients};
use super::words as say;
use crate::context::{t, tf};
use crate::error::UiError;
use crate::layouts::practice::kit::{Answered, Failed, FormState, Myself, practice_live, successes};
use crate::pages::Page;
use crate::texts::{common, patients as words};
use contracts::Text;
use contracts::accounts::Role;
use domain::permissions::{Action as Verb, Resource as Thing, allowed};
use leptos::leptos_dom::helpers::debounce;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use std::time::Duration;
use ui::{Button, Glyph, Icon, Notice, Select, Skeleton, Tone, Variant};

pub struct PatientsRoute;

impl Page for PatientsRoute {
    fn view() -> AnyView {
        view! { <Patients/> }.into_any()
    }
}

/// People type faster than they read.
const PAUSE: Duration = Duration::from_millis(200);

/// The filters of the address.
fn asked() -> Memo<ListQuery> {
    let map = use_query_map();
    Memo::new(move |_| {
        map.with(|map| {
            let get = |name: &str| map.get(name).unwrap_or_default();
            ListQuery {
                state: get("state"),
                tag: get("tag"),
                therapist: get("therapist"),
                next: get("next"),
                owes: get("owes"),
                sort: get("sort"),
                cursor: get("cursor"),
                found: get("found"),
            }
        })
    })
}

#[component]
fn Patients() -> impl IntoView {
    let asked = asked();
    let live = practice_live();
    let restore = ServerAction::<RestorePatient>::new();
    let restored = successes(restore);
    let typed = RwSignal::new(None::<String>);
    let page = Resource::new_blocking(
        move || (asked.get(), typed.get(), restored.get(), live.tick.get()),
        |(asked, typed, ..)| load_patients(asked, typed),
    );
    let me = Myself::get();
    view! {
        <Title text=t(words::TITLE)/>
        <header class="page-head">
            <h1>{t(words::TITLE)}</h1>
            <Suspense>
                {move || Suspend::new(async move { view! { <HeadActions role=me.role().await/> } })}
            </Suspense>
        </header>
        <Told restore/>
        <Search asked typed/>
        <Transition fallback=|| view! { <Skeleton lines=8 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                let role = me.role().await;
                match page.await {
                    Ok(page) => view! { <Shown page asked=asked.get_untracked() typed role/> }.into_any(),
                    Err(error) => view! { <Refused error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Refused(error: UiError) -> impl IntoView {
    view! { <Failed error/> }
}

#[component]
fn HeadActions(role: Role) -> impl IntoView {
    let may = |verb| allowed(role, verb, Thing::Patients);
    view! {
        <div class="actions">
            {may(Verb::Create).then(|| view! {
                <a class="btn btn-primary" href="/app/patients/new"><Icon glyph=Glyph::Plus/>{t(words::ADD)}</a>
            })}
            {may(Verb::Delete).then(|| view! {
                <a class="btn btn-secondary" href="/app/patients/import">{t(words::IMPORT)}</a>
            })}
        </div>
    }
}

/// What was just done, and how to undo it.
#[component]
fn Told(restore: ServerAction<RestorePatient>) -> impl IntoView {
    let map = use_query_map();
    let said = move || {
        map.with(|map| {
            let text = |name: &str| map.get(name).filter(|value| !value.is_empty());
            let told: [(&str, Text); 3] =
                [("restored", words::RESTORED), ("erased", words::ERASED), ("imported", words::IMPORT_DONE)];
            let done = told.into_iter().find(|(name, _)| text(name).is_some()).map(|(_, text)| text);
            (text("deleted"), done)
        })
    };
    move || {
        let (deleted, done) = said();
        view! {
            {done.map(|text| view! { <Notice tone=Tone::Success>{t(text)}</Notice> })}
            {deleted.map(|id| view! {
                <Notice tone=Tone::Success>
                    <div class="inline-form">
                        <span>{t(words::DELETED)}</span>
                        <ActionForm action=restore>
                            <input type="hidden" name="id" value=id/>
                            <Button variant=Variant::Secondary pending=restore.pending()>{t(words::UNDO)}</Button>
                        </ActionForm>
                    </div>
                </Notice>
                <FormState form=Answered::by(restore) done=t(words::RESTORED)/>
            })}
        }
    }
}

/// Searches while one types; without JavaScript a form. The words stand in no address.
#[component]
fn Search(asked: Memo<ListQuery>, typed: RwSignal<Option<String>>) -> impl IntoView {
    let navigate = use_navigate();
    let mut look = debounce(PAUSE, move |words: String| {
        // A new search begins at its first page.
        if asked.with_untracked(|asked| !asked.cursor.is_empty()) {
            let first = ListQuery { cursor: String::new(), ..asked.get_untracked() };
            navigate(&address(&first), NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
        typed.set(Some(words));
    });
    let back = move || {
        let kept = ListQuery { cursor: String::new(), found: String::new(), ..asked.get() };
        address(&kept).trim_start_matches("/app/patients").trim_start_matches('?').to_owned()
    };
    view! {
        <form
            class="patient-search"
            role="search"
            method="post"
            action=SearchPatients::url()
            on:submit=move |ev| ev.prevent_default()
        >
            <input type="hidden" name="back" value=back/>
            <div class="field">
                <label for="patient-q">{t(words::SEARCH)}</label>
                <input
                    id="patient-q"
                    type="search"
                    name="q"
                    autocomplete="off"
                    maxlength="120"
                    on:input=move |ev| look(event_target_value(&ev))
                />
            </div>
            <Button variant=Variant::Secondary><Icon glyph=Glyph::Search/>{t(words::SEARCH_GO)}</Button>
        </form>
    }
}

#[component]
fn Shown(page: PatientsPage, asked: ListQuery, typed: RwSignal<Option<String>>, role: Role) -> impl IntoView {
    // Words from the cookie, and not from the field, in which they can be seen.
    let found = (typed.with_untracked(Option::is_none) && !page.q.is_empty()).then(|| page.q.clone());
    let everybody = ListQuery { found: String::new(), cursor: String::new(), ..asked.clone() };
    view! {
        {found.map(|q| view! {
            <Notice>
                {format!("“{q}” ")}
                <a href=address(&everybody)>{t(words::SEARCH_CLEAR)}</a>
            </Notice>
        })}
        <Filters asked=asked.clone() page=page.clone() role/>
        <Table page asked role/>
    }
}

#[component]
fn Filters(asked: ListQuery, page: PatientsPage, role: Role) -> impl IntoView {
    let option = |value: &str, text: Text| (value.to_owned(), t(text).to_owned());
    let states = vec![
        option("", words::STATE_ACTIVE),
        option("archived", words::STATE_ARCHIVED),
        option("all", words::STATE_ALL),
    ];
    let mut tags = vec![option("", words::ANY)];
    tags.extend(page.tags.into_iter().map(|tag| (tag.id.to_string(), tag.name)));
    let mut therapists = vec![option("", words::ANY_THERAPIST)];
    therapists.extend(page.therapists.into_iter().map(|therapist| (therapist.id.to_string(), therapist.name)));
    let next = vec![option("", words::NEXT_ANY), option("yes", words::NEXT_YES), option("no", words::NEXT_NO)];
    let sorts = vec![
        option("", words::SORT_NAME),
        option("-last_session", words::SORT_LAST),
        option("next_session", words::SORT_NEXT),
        option("-created_at", words::SORT_NEW),
    ];
    let narrowed =
        asked.state.len() + asked.tag.len() + asked.therapist.len() + asked.next.len() + asked.owes.len() > 0;
    let choose_therapist = therapists.len() > 2;
    let owes = allowed(role, Verb::Read, Thing::Payments);
    view! {
        <details class="card filters" open=narrowed>
            <summary>{t(words::FILTERS)}</summary>
            <form method="get" action="/app/patients">
                <div class="form-row">
                    <Select label=t(words::STATE) name="state" options=states value=asked.state/>
                    <Select label=t(words::TAG) name="tag" options=tags value=asked.tag/>
                    {choose_therapist.then(|| view! {
                        <Select label=t(words::THERAPISTS) name="therapist" options=therapists value=asked.therapist/>
                    })}
                    <Select label=t(words::NEXT) name="next" options=next value=asked.next/>
                    <Select label=t(words::SORT) name="sort" options=sorts value=asked.sort/>
                    {owes.then(|| view! {
                        <ui::Checkbox label=t(words::OWES) name="owes" checked=!asked.owes.is_empty() value="1"/>
                    })}
                </div>
                {(!asked.found.is_empty()).then(|| view! { <input type="hidden" name="found" value="1"/> })}
                <Button variant=Variant::Secondary>{t(words::APPLY)}</Button>
            </form>
        </details>
    }
}

/// How many years, for a heading.
pub(super) fn years(age: i32) -> String {
    tf(words::YEARS, &[("n", &age.to_string())])
}

/// The trust in a patient, where it is not the usual.
pub(super) fn trust_badge(level: contracts::patients::TrustLevel) -> Option<impl IntoView> {
    use contracts::patients::TrustLevel;
    let (tone, glyph) = match level {
        TrustLevel::Standard => return None,
        TrustLevel::New => ("review", Glyph::Info),
        TrustLevel::Trusted => ("confirmed", Glyph::Check),
        TrustLevel::Careful => ("pending", Glyph::Alert),
    };
    Some(view! { <span class=format!("badge badge-{tone}")><Icon glyph/>{t(say::trust(level))}</span> })
}
