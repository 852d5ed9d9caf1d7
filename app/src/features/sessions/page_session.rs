//! `/app/sessions/{id}`: one session with everything about it, and what can be done with it.

use super::deeds::{Cancel, Cancelled, Deeds, Steps};
use super::history::{History, Messages};
use super::money::{MoneyForms, Payments};
use super::moving::Move;
use super::server_fns::{MoveSession, load_session};
use super::table::SessionBadge;
use super::words as say;
use crate::context::{lang, t};
use crate::features::reschedule::{Answers, AskLink, Outcome, RequestCard};
use crate::layouts::practice::kit::{Answered, DoneNotice, Failed, FormState, Myself, practice_live, successes};
use crate::pages::Page;
use crate::texts::{common, reschedule as asked, sessions as words};
use contracts::accounts::Role;
use contracts::sessions::SessionView;
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
    answers: Answers,
}

impl Forms {
    fn new() -> Self {
        Self { deeds: Deeds::new(), money: MoneyForms::new(), moving: ServerAction::new(), answers: Answers::default() }
    }

    /// Grows whenever one of them succeeded.
    fn done(self) -> Signal<usize> {
        let each = [
            successes(self.deeds.step),
            successes(self.deeds.cancel),
            successes(self.deeds.restore),
            successes(self.money.record),
            successes(self.money.waive),
            successes(self.moving),
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
    let (done, live) = (forms.done(), practice_live());
    let session = Resource::new_blocking(move || (id.get(), done.get(), live.tick.get()), |(id, ..)| load_session(id));
    let me = Myself::get();
    view! {
        <Transition fallback=|| view! { <Skeleton lines=10 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                let role = me.role().await;
                match session.await {
                    Ok(session) => view! { <Whole session role forms/> }.into_any(),
                    Err(error) => view! { <Title text=t(words::SESSION)/> <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Whole(session: SessionView, role: Role, forms: Forms) -> impl IntoView {
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
                <p>{say::when(&card)}" ("{card.time_zone.clone()}")"</p>
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
            <Cancelled session=session.clone() deeds=forms.deeds/>
            <Facts session=session.clone()/>
            <Payments session=session.clone() forms=forms.money may=may_record/>
            <Messages session=session.clone()/>
            <History session/>
        </div>
    }
}

#[component]
fn Facts(session: SessionView) -> impl IntoView {
    let card = session.card;
    let row = |name: contracts::Text, value: AnyView| view! { <div><dt>{t(name)}</dt><dd>{value}</dd></div> };
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
