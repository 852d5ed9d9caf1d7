//! `/app/sessions/{id}`: one session with everything about it, and what can be done with it.

use super::deeds::{Cancel, Cancelled, Deeds, Steps, steps_of};
use super::history::{History, Messages};
use super::money::{MoneyForms, Payments};
use super::moving::Move;
use super::notes::{Notes, WriteNote};
use super::server_fns::{MoveSession, load_session};
use super::table::SessionBadge;
use super::words as say;
use crate::context::{lang, t};
use crate::features::patients::note_fns::SavePatientNote;
use crate::features::reschedule::{Answers, AskLink, Outcome, RequestCard};
use crate::layouts::practice::kit::{Answered, DoneNotice, Failed, FormState, Myself, fresh, practice_live, successes};
use crate::pages::Page;
use crate::texts::{common, reschedule as asked, sessions as words};
use contracts::accounts::Role;
use contracts::sessions::SessionView;
use domain::dates;
use domain::permissions::{Action as Verb, Resource as Thing, allowed};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use ui::{Glyph, Icon, MoneyText, Skeleton};

pub struct SessionPage;

impl Page for SessionPage {
    fn view() -> AnyView {
        view! { <Session/> }.into_any()
    }
}

/// Everything this page can send.
#[derive(Clone, Copy)]
struct Forms {
    deeds: Deeds,
    money: MoneyForms,
    moving: ServerAction<MoveSession>,
    note: ServerAction<SavePatientNote>,
    answers: Answers,
}

impl Forms {
    fn new() -> Self {
        Self {
            deeds: Deeds::new(),
            money: MoneyForms::new(),
            moving: ServerAction::new(),
            note: ServerAction::new(),
            answers: Answers::default(),
        }
    }

    /// Grows whenever one of them succeeded.
    fn done(self) -> Signal<usize> {
        let each = [
            successes(self.deeds.step),
            successes(self.deeds.cancel),
            successes(self.deeds.restore),
            successes(self.deeds.refund),
            successes(self.money.record),
            successes(self.money.waive),
            successes(self.moving),
            successes(self.note),
        ];
        let answered = self.answers.changes();
        Signal::derive(move || each.iter().map(Get::get).sum::<usize>() + answered.get())
    }
}

#[component]
fn Session() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id")).unwrap_or_default());
    let forms = Forms::new();
    let session = Resource::new_blocking(move || id.get(), load_session);
    let me = Myself::get();
    view! {
        <Transition fallback=|| view! { <Skeleton lines=10 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                let role = me.role().await;
                match session.await {
                    Ok(initial) => view! { <Whole initial role forms/> }.into_any(),
                    Err(error) => view! { <Title text=t(words::SESSION)/> <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// Without its lists, which have parts of the page of their own.
fn without_lists(session: SessionView) -> SessionView {
    SessionView { payments: vec![], notes: vec![], messages: vec![], history: vec![], ..session }
}

/// Does it look other than before? Only the time went on, if it does not.
fn looks_other(before: Option<&SessionView>, now: Option<&SessionView>) -> bool {
    match (before, now) {
        (Some(before), Some(now)) => {
            steps_of(before) != steps_of(now) || SessionView { now: before.now, ..now.clone() } != *before
        }
        _ => true,
    }
}

/// The session as it is now. Each part is shown anew when it has changed itself, so that an open dialog stays and nothing
/// typed is lost because a message was sent meanwhile.
#[component]
fn Whole(initial: SessionView, role: Role, forms: Forms) -> impl IntoView {
    let (id, live, done) = (initial.card.id.to_string(), practice_live(), forms.done());
    let fresh = fresh(initial, live, move || load_session(id.clone()));
    Effect::new(move |before: Option<usize>| {
        let done = done.get();
        if before.is_some_and(|before| before != done) {
            live.refresh();
        }
        done
    });
    let frame = Memo::new_with_compare(move |_| without_lists(fresh.data.get()), looks_other);
    let money = Memo::new_with_compare(
        move |_| SessionView {
            notes: vec![],
            messages: vec![],
            cancel_message: None,
            history: vec![],
            ..fresh.data.get()
        },
        looks_other,
    );
    let notes = Memo::new(move |_| fresh.data.with(|session| session.notes.clone()));
    let card = fresh.data.with_untracked(|session| session.card.clone());
    let (may_read, may_write) =
        (allowed(role, Verb::Read, Thing::Patients), allowed(role, Verb::Update, Thing::Patients));
    let messages = Memo::new(move |_| fresh.data.with(|session| session.messages.clone()));
    let history = Memo::new(move |_| fresh.data.with(|session| session.history.clone()));
    let may_record = allowed(role, Verb::Create, Thing::Payments);
    view! {
        {move || view! { <Frame session=frame.get() role forms/> }.into_any()}
        <div class="sections">
            {move || view! { <Payments session=money.get() forms=forms.money may=may_record/> }.into_any()}
            {may_read
                .then(|| {
                    view! {
                        <section class="card" aria-labelledby="notes-title">
                            <h2 id="notes-title">{t(words::NOTES)}</h2>
                            {move || view! { <Notes lines=notes.get()/> }.into_any()}
                            {may_write.then(|| view! { <WriteNote card save=forms.note/> })}
                        </section>
                    }
                })}
            {move || view! { <Messages lines=messages.get()/> }.into_any()}
            {move || view! { <History lines=history.get()/> }.into_any()}
        </div>
    }
}

#[component]
fn Frame(session: SessionView, role: Role, forms: Forms) -> impl IntoView {
    let card = session.card.clone();
    let may_update = allowed(role, Verb::Update, Thing::Sessions);
    let may_place = allowed(role, Verb::Create, Thing::Sessions);
    let may_record = allowed(role, Verb::Create, Thing::Payments);
    view! {
        <Title text=format!("{} · {}", card.patient_name, t(words::SESSION))/>
        <p><a class="with-icon" href="/app/sessions"><Icon glyph=Glyph::ChevronLeft/>{t(words::BACK)}</a></p>
        <header class="page-head">
            <div>
                <h1>{card.patient_name.clone()}</h1>
                <p>{say::when(&card)}" ("{dates::zone_name(&card.time_zone)}")"</p>
            </div>
            <SessionBadge status=card.status/>
        </header>
        <DoneNotice/>
        <div class="sections">
            {may_update.then(|| view! { <Steps session=session.clone() deeds=forms.deeds/> })}
            <div class="actions">
                {may_place.then(|| view! { <Move session=session.clone() action=forms.moving/> })}
                <AskLink session=session.clone() role/>
                {may_update.then(|| view! { <Cancel session=session.clone() deeds=forms.deeds/> })}
            </div>
            <FormState form=Answered::by(forms.moving)/>
            <FormState form=Answered::by(forms.deeds.cancel)/>
            <Outcome answers=forms.answers/>
            {session
                .reschedule_request
                .clone()
                .map(|request| {
                    view! {
                        <section class="board-section" aria-labelledby="request-title">
                            <h2 id="request-title">{t(asked::ABOUT_SESSION)}</h2>
                            <RequestCard request role answers=forms.answers brief=true/>
                        </section>
                    }
                })}
            <Cancelled session=session.clone() deeds=forms.deeds may_record/>
            <Facts session/>
        </div>
    }
}

#[component]
fn Facts(session: SessionView) -> impl IntoView {
    let card = session.card;
    let row =
        |name: contracts::Text, value: AnyView| view! { <div class="fact"><dt>{t(name)}</dt><dd>{value}</dd></div> };
    let text = |name, value: String| (!value.is_empty()).then(|| row(name, value.into_any()));
    let phone = session.patient_phone;
    let email = session.patient_email;
    view! {
        <section class="card" aria-label=t(words::SESSION)>
            <dl class="facts">
                {row(words::PATIENT, view! { <a href=format!("/app/patients/{}", card.patient_id)>{card.patient_name.clone()}</a> }.into_any())}
                {(!phone.is_empty()).then(|| row(words::PHONE, view! { <a href=format!("tel:{phone}")>{phone.clone()}</a> }.into_any()))}
                {(!email.is_empty()).then(|| row(words::EMAIL, view! { <a href=format!("mailto:{email}")>{email.clone()}</a> }.into_any()))}
                {text(words::SERVICE, card.service_name.clone())}
                {text(words::THERAPIST, card.therapist_name.clone())}
                {row(words::PRICE, view! { <MoneyText money=card.price.clone() lang=lang()/> }.into_any())}
                {text(words::NUMBER, card.reference.clone())}
                {text(words::ORIGIN, say::source(card.source).to_owned())}
                {card.outside_hours.then(|| row(words::WHEN, t(words::OUTSIDE).into_any()))}
                {card
                    .video_link
                    .clone()
                    .map(|link| {
                        let shown = link.clone();
                        row(words::VIDEO, view! { <a href=link target="_blank" rel="noopener noreferrer">{shown}</a> }.into_any())
                    })}
            </dl>
            <p><a href=format!("/app/bookings/{}", card.booking_id)>{t(words::SEE_BOOKING)}</a></p>
        </section>
    }
}
