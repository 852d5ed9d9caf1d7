//! `/app/availability?therapist=`: everything that decides when patients can book.

use super::buffers::Buffers;
use super::exceptions::Exceptions;
use super::preview::Preview;
use super::server_fns::{
    AddException, AddRule, AvailabilityView, ChangeException, ChangeRule, DeleteException, DeleteRule, SaveBuffers,
    load_availability,
};
use super::weekly::Weekly;
use super::why::WhyMissingForm;
use crate::context::{t, tf};
use crate::error::UiError;
use crate::layouts::practice::kit::{DoneNotice, Failed, Myself, query, successes};
use crate::pages::Page;
use crate::texts::{availability as words, common, practice};
use contracts::TherapistId;
use contracts::availability::AvailabilityPage;
use domain::dates;
use domain::permissions::{Action as Verb, Resource as Thing};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use ui::{Button, EmptyState, Glyph, LinkButton, Select, Skeleton, Tone, Variant, use_toast};

pub struct AvailabilityRoute;

impl Page for AvailabilityRoute {
    fn view() -> AnyView {
        view! { <Availability/> }.into_any()
    }
}

/// The forms of the page; made once, so that their answers outlive a new fetch.
#[derive(Clone, Copy)]
pub(super) struct Forms {
    pub add_rule: ServerAction<AddRule>,
    pub change_rule: ServerAction<ChangeRule>,
    pub delete_rule: ServerAction<DeleteRule>,
    pub add_exception: ServerAction<AddException>,
    pub change_exception: ServerAction<ChangeException>,
    pub delete_exception: ServerAction<DeleteException>,
    pub save_buffers: ServerAction<SaveBuffers>,
}

#[component]
fn Availability() -> impl IntoView {
    let forms = Forms {
        add_rule: ServerAction::new(),
        change_rule: ServerAction::new(),
        delete_rule: ServerAction::new(),
        add_exception: ServerAction::new(),
        change_exception: ServerAction::new(),
        delete_exception: ServerAction::new(),
        save_buffers: ServerAction::new(),
    };
    let therapist = query("therapist");
    let done = (
        successes(forms.add_rule),
        successes(forms.delete_rule),
        successes(forms.add_exception),
        successes(forms.delete_exception),
        successes(forms.save_buffers),
    );
    let changed = (successes(forms.change_rule), successes(forms.change_exception));
    leave_when_changed(changed, therapist);
    let changes = move || {
        let changed = (changed.0.get(), changed.1.get());
        (done.0.get(), done.1.get(), done.2.get(), done.3.get(), done.4.get(), changed)
    };
    let view =
        Resource::new_blocking(move || (therapist.get(), changes()), |(therapist, _)| load_availability(therapist));
    let me = Myself::get();
    view! {
        <Title text=t(words::TITLE)/>
        <Transition fallback=|| view! { <Skeleton lines=10 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                let may = me.may(Verb::Update, Thing::Availability).await;
                match view.await {
                    Ok(AvailabilityView { page: Some(page), therapists }) => {
                        view! { <Sections page therapists forms may/> }.into_any()
                    }
                    Ok(_) => view! { <NoTherapist/> }.into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// What was changed needs its form no longer: the address names it no more.
fn leave_when_changed((rules, exceptions): (Memo<usize>, Memo<usize>), therapist: Memo<Option<String>>) {
    let (navigate, toast) = (use_navigate(), use_toast());
    let done = t(practice::DONE);
    Effect::new(move |before: Option<usize>| {
        let now = rules.get() + exceptions.get();
        if before.is_some_and(|before| before != now) {
            let whose = therapist.get_untracked().map(|id| format!("?therapist={id}")).unwrap_or_default();
            navigate(&format!("/app/availability{whose}"), NavigateOptions { scroll: false, ..Default::default() });
            toast.show(done, Tone::Success);
        }
        now
    });
}

/// What was answered about one is not told in the form of another, nor when it is opened again.
pub(super) fn forget_of_others<S>(named: Memo<Option<String>>, change: ServerAction<S>)
where
    S: ServerFn<Error = UiError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    Effect::new(move |before: Option<Option<String>>| {
        let now = named.get();
        if before.is_some_and(|before| before != now) {
            change.clear();
        }
        now
    });
}

#[component]
fn NoTherapist() -> impl IntoView {
    view! {
        <h1>{t(words::TITLE)}</h1>
        <EmptyState glyph=Glyph::Users title=t(words::NO_THERAPIST)>
            <LinkButton href="/app/settings/profile">{t(words::ADD_PROFILE)}</LinkButton>
        </EmptyState>
    }
}

#[component]
fn Sections(page: AvailabilityPage, therapists: Vec<(TherapistId, String)>, forms: Forms, may: bool) -> impl IntoView {
    let intro = tf(words::INTRO, &[("name", &page.therapist_name), ("zone", &dates::zone_name(&page.time_zone))]);
    let links = [
        ("#weekly", words::WEEKLY),
        ("#exceptions", words::EXCEPTIONS),
        ("#buffers", words::BUFFERS),
        ("#preview", words::PREVIEW),
        ("#why", words::WHY),
    ];
    view! {
        <header class="page-head">
            <div>
                <h1>{t(words::TITLE)}</h1>
                <p class="muted">{intro}</p>
            </div>
            <ChooseTherapist therapists chosen=page.therapist_id/>
        </header>
        <DoneNotice/>
        <nav aria-label=t(words::SECTIONS)>
            <ul class="summary">
                {links
                    .into_iter()
                    .map(|(href, name)| view! { <li><a class="summary-item" href=href>{t(name)}</a></li> })
                    .collect_view()}
            </ul>
        </nav>
        <div class="sections">
            <Weekly page=page.clone() forms may/>
            <Exceptions page=page.clone() forms may/>
            <Buffers page=page.clone() forms may/>
            <Preview page=page.clone()/>
            <WhyMissingForm page/>
        </div>
    }
}

/// Only where there is a choice.
#[component]
fn ChooseTherapist(therapists: Vec<(TherapistId, String)>, chosen: TherapistId) -> impl IntoView {
    (therapists.len() > 1).then(|| {
        let options = therapists.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
        view! {
            <form method="get" action="/app/availability" class="inline-form">
                <Select label=t(practice::THERAPIST) name="therapist" options value=chosen.to_string()/>
                <Button variant=Variant::Secondary>{t(practice::SHOW)}</Button>
            </form>
        }
    })
}
