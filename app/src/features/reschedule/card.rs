//! A request as a card: what is asked for, how it stands, and what can be done about it.

use super::server_fns::{DecideRequest, WithdrawRequest};
use crate::context::{lang, t, tf};
use crate::error::{UiError, problem_text};
use crate::layouts::practice::kit::successes;
use crate::texts::reschedule as words;
use contracts::accounts::Role;
use contracts::reschedule::{RescheduleRequest, RescheduleStatus};
use contracts::sessions::SessionView;
use contracts::{ErrorCode, FieldProblem, Text};
use domain::dates;
use domain::permissions::{Action as Verb, Resource as Thing, allowed};
use domain::reschedule::{CannotAsk, may_ask};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use ui::{Glyph, Icon, Notice, TextArea, Tone};

/// What the cards of a page send.
#[derive(Clone, Copy)]
pub struct Answers {
    pub decide: ServerAction<DecideRequest>,
    pub withdraw: ServerAction<WithdrawRequest>,
}

impl Default for Answers {
    fn default() -> Self {
        Self { decide: ServerAction::new(), withdraw: ServerAction::new() }
    }
}

impl Answers {
    /// Grows with every answer that was taken.
    pub fn changes(self) -> Signal<usize> {
        let (decided, withdrawn) = (successes(self.decide), successes(self.withdraw));
        Signal::derive(move || decided.get() + withdrawn.get())
    }
}

/// A refusal in words that fit requests.
fn told(error: &UiError) -> &'static str {
    if let Some(field) = error.0.fields.first() {
        return match field.problem {
            FieldProblem::Required => t(words::NOTE_NEEDED),
            FieldProblem::OutsideHours => t(words::TIME_GONE),
            problem => problem_text(problem).of(lang()),
        };
    }
    match error.code() {
        ErrorCode::SlotTaken | ErrorCode::SlotUnavailable => t(words::TIME_GONE),
        ErrorCode::Conflict => t(words::ANSWERED),
        _ => error.message(lang()),
    }
}

/// What was answered to the last card that was sent; once per page.
#[component]
pub fn Outcome(answers: Answers) -> impl IntoView {
    view! {
        {said(answers.decide, words::DONE)}
        {said(answers.withdraw, words::WITHDRAWN_DONE)}
    }
}

fn said<S>(action: ServerAction<S>, done: Text) -> impl IntoView
where
    S: ServerFn<Output = (), Error = UiError> + Clone + Send + Sync + 'static,
{
    let lang_done = t(done);
    move || {
        action.value().get().map(|answer| match answer {
            Ok(()) => view! { <Notice tone=Tone::Success>{lang_done}</Notice> },
            Err(error) => view! { <Notice tone=Tone::Danger>{told(&error)}</Notice> },
        })
    }
}

#[component]
fn Badge(status: RescheduleStatus) -> impl IntoView {
    let (tone, glyph, text) = match status {
        RescheduleStatus::Pending => ("pending", Glyph::Hourglass, words::S_PENDING),
        RescheduleStatus::Approved => ("confirmed", Glyph::Check, words::S_APPROVED),
        RescheduleStatus::Rejected => ("declined", Glyph::Cross, words::S_REJECTED),
        RescheduleStatus::Withdrawn => ("closed", Glyph::Slash, words::S_WITHDRAWN),
        RescheduleStatus::Outdated => ("closed", Glyph::Clock, words::S_OUTDATED),
    };
    view! { <span class=format!("badge badge-{tone}")><Icon glyph/>{t(text)}</span> }
}

/// One request; whoever decides finds the form in it, whoever asked the way back.
#[component]
pub fn RequestCard(
    request: RescheduleRequest,
    role: Role,
    answers: Answers,
    /// On the session's own page its patient and therapist are named already.
    #[prop(optional)]
    brief: bool,
) -> impl IntoView {
    let short = |at| dates::short_when(lang(), at);
    let pending = request.status == RescheduleStatus::Pending;
    let title = request.patient_name.clone();
    let times = tf(words::FROM_TO, &[("from", &short(request.old_local)), ("to", &short(request.proposed_local))]);
    let asked = tf(words::ASKED_BY, &[("name", &request.asked_by), ("when", &short(request.asked_local))]);
    let decider = request.decided_by.clone().map(|name| tf(words::DECIDED_BY, &[("name", &name)]));
    let outdated = request.status == RescheduleStatus::Outdated;
    let may_decide = pending && allowed(role, Verb::Update, Thing::RescheduleRequests);
    let may_withdraw = pending && !may_decide && allowed(role, Verb::Delete, Thing::RescheduleRequests);
    let address = format!("/app/sessions/{}", request.session_id);
    let name = format!("{title}, {times}");
    view! {
        <article class="card request-card" aria-label=name>
            <div class="booking-head">
                {(!brief).then(|| view! { <h3 class="booking-name"><a href=address>{title}</a></h3> })}
                <Badge status=request.status/>
            </div>
            <p class="booking-when figures">{times}</p>
            {(!brief)
                .then(|| {
                    view! {
                        <ul class="booking-facts">
                            <li>{request.service_name.clone()}</li>
                            <li>{request.therapist_name.clone()}</li>
                        </ul>
                    }
                })}
            {(!request.reason.is_empty()).then(|| view! { <p class="booking-reason">{request.reason.clone()}</p> })}
            <p class="muted small">{asked}{decider.map(|text| format!(" · {text}"))}</p>
            {(!request.note.is_empty())
                .then(|| view! { <p class="request-note">{t(words::NOTE_FROM)}": "{request.note.clone()}</p> })}
            {outdated.then(|| view! { <p class="muted small">{t(words::OUTDATED_HELP)}</p> })}
            {may_decide.then(|| view! { <Decide request=request.clone() action=answers.decide/> })}
            {may_withdraw.then(|| view! { <Withdraw request action=answers.withdraw/> })}
        </article>
    }
}

/// What is read aloud begins with what stands on the button, and says whose request it is.
fn deed_of(deed: Text, request: &RescheduleRequest) -> String {
    let when = dates::short_when(lang(), request.proposed_local);
    tf(words::DEED_OF, &[("deed", t(deed)), ("name", &request.patient_name), ("when", &when)])
}

#[component]
fn Decide(request: RescheduleRequest, action: ServerAction<DecideRequest>) -> impl IntoView {
    let pending = action.pending();
    let busy = move || pending.get();
    view! {
        <ActionForm action>
            <input type="hidden" name="request" value=request.id.to_string()/>
            <input type="hidden" name="version" value=request.version.to_string()/>
            <TextArea label=t(words::NOTE) name="note" id=format!("note-{}", request.id) rows=2 hint=t(words::NOTE_HINT)
                maxlength=contracts::limits::REASON_MAX/>
            <div class="actions">
                <button type="submit" class="btn btn-primary" name="decision" value="approve" disabled=busy
                    aria-label=deed_of(words::APPROVE, &request)>
                    {t(words::APPROVE)}
                </button>
                <button type="submit" class="btn btn-secondary" name="decision" value="reject" disabled=busy
                    aria-label=deed_of(words::REJECT, &request)>
                    {t(words::REJECT)}
                </button>
            </div>
        </ActionForm>
    }
}

#[component]
fn Withdraw(request: RescheduleRequest, action: ServerAction<WithdrawRequest>) -> impl IntoView {
    let pending = action.pending();
    view! {
        <ActionForm action>
            <input type="hidden" name="request" value=request.id.to_string()/>
            <button type="submit" class="btn btn-secondary" disabled=move || pending.get()
                aria-label=deed_of(words::WITHDRAW, &request)>
                {t(words::WITHDRAW)}
            </button>
        </ActionForm>
    }
}

/// The way to ask, for who may not move sessions by themselves, or why there is none.
#[component]
pub fn AskLink(session: SessionView, role: Role) -> impl IntoView {
    let asks = allowed(role, Verb::Create, Thing::RescheduleRequests) && !allowed(role, Verb::Create, Thing::Sessions);
    let open = session.reschedule_request.as_ref().is_some_and(|r| r.status == RescheduleStatus::Pending);
    let card = session.card;
    match may_ask(card.status, card.starts_at, session.now) {
        Ok(()) if asks && !open => Some(
            view! {
                <a class="btn btn-secondary" href=format!("/app/sessions/{}/ask-to-move", card.id)>
                    <Icon glyph=Glyph::Refresh/>
                    {t(words::ASK)}
                </a>
            }
            .into_any(),
        ),
        Err(CannotAsk::TooLate) if asks && card.starts_at > session.now => {
            Some(view! { <p class="muted">{t(words::ASK_LATE)}</p> }.into_any())
        }
        _ => None,
    }
}
