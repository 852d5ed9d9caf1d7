//! What can be done with a session: the buttons, and the dialogs of those that ask something first.

use super::server_fns::{CancelSession, DecideSessionRefund, RestoreSession, TakeSessionStep};
use super::words as say;
use crate::context::{lang, t, tf};
use crate::layouts::practice::kit::{Answered, FormState};
use crate::texts::{common, sessions as words};
use contracts::Text;
use contracts::sessions::{RefundDecision, SessionStatus, SessionStep, SessionView};
use domain::sessions::{may_change, next};
use leptos::prelude::*;
use ui::{Button, Checkbox, Dialog, Glyph, Icon, Select, TextArea, Variant};

/// What the forms of this page send.
#[derive(Clone, Copy)]
pub struct Deeds {
    pub step: ServerAction<TakeSessionStep>,
    pub cancel: ServerAction<CancelSession>,
    pub restore: ServerAction<RestoreSession>,
    pub refund: ServerAction<DecideSessionRefund>,
}

impl Deeds {
    pub fn new() -> Self {
        Self {
            step: ServerAction::new(),
            cancel: ServerAction::new(),
            restore: ServerAction::new(),
            refund: ServerAction::new(),
        }
    }
}

/// The steps in the order they are usually taken, with the words on their buttons.
const STEPS: [(SessionStep, &str, Text); 4] = [
    (SessionStep::Start, "start", words::START),
    (SessionStep::Complete, "complete", words::COMPLETE),
    (SessionStep::NoShow, "no_show", words::MARK_MISSED),
    (SessionStep::Reopen, "reopen", words::REOPEN),
];

/// The steps that can be taken now.
pub fn steps_of(session: &SessionView) -> Vec<SessionStep> {
    let card = &session.card;
    let possible = |step: &SessionStep| next(card.status, *step, card.starts_at, session.now).is_ok();
    STEPS.into_iter().map(|(step, ..)| step).filter(possible).collect()
}

/// Those steps as buttons, the usual one first and stressed.
#[component]
pub fn Steps(session: SessionView, deeds: Deeds) -> impl IntoView {
    let possible = steps_of(&session);
    let card = session.card;
    let buttons = STEPS
        .into_iter()
        .filter(|(step, ..)| possible.contains(step))
        .enumerate()
        .map(|(place, (step, code, label))| {
            let stressed = place == 0 && step != SessionStep::Reopen;
            let variant = if stressed { Variant::Primary } else { Variant::Secondary };
            view! {
                <ActionForm action=deeds.step>
                    <input type="hidden" name="id" value=card.id.to_string()/>
                    <input type="hidden" name="step" value=code/>
                    <input type="hidden" name="version" value=card.version.to_string()/>
                    <Button variant pending=deeds.step.pending()>{t(label)}</Button>
                </ActionForm>
            }
        })
        .collect_view();
    let join =
        card.video_link.clone().filter(|_| matches!(card.status, SessionStatus::Scheduled | SessionStatus::InProgress));
    view! {
        <div class="actions">
            {buttons}
            {join
                .map(|link| {
                    view! {
                        <a class="btn btn-secondary" href=link target="_blank" rel="noopener noreferrer">
                            <Icon glyph=Glyph::Video/>
                            {t(words::JOIN)}
                        </a>
                    }
                })}
        </div>
        <FormState form=Answered::by(deeds.step)/>
    }
}

/// Cancelling names what will happen, asks for what has to be decided, and can be undone.
#[component]
pub fn Cancel(session: SessionView, deeds: Deeds) -> impl IntoView {
    let card = session.card;
    let form = Answered::by(deeds.cancel);
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if deeds.cancel.pending().get() {
            open.set(false);
        }
    });
    let effect = tf(words::CANCEL_EFFECT, &[("name", &card.patient_name), ("when", &say::when(&card))]);
    let paid = (card.paid.minor > 0).then(|| tf(words::REFUND, &[("amount", &card.paid.display(lang()))]));
    let decisions = decisions();
    may_change(card.status).then(|| {
        view! {
            <Dialog id="cancel" title=t(words::CANCEL_TITLE) open_label=t(words::CANCEL) close_label=t(common::CLOSE) open>
                <ActionForm action=deeds.cancel>
                    <input type="hidden" name="id" value=card.id.to_string()/>
                    <p>{effect}</p>
                    <TextArea label=t(words::REASON) name="reason" hint=t(words::REASON_HINT) rows=3
                        maxlength=contracts::limits::REASON_MAX value=form.kept("reason", "") error=form.wrong("reason")/>
                    {paid
                        .map(|label| {
                            view! { <Select label name="refund" options=decisions required=true error=form.wrong("refund")/> }
                        })}
                    <Checkbox label=t(words::TELL) name="tell" hint=t(words::TELL_HINT) checked=form.kept_tick("tell", true)/>
                    <p class="muted">{t(words::CANCEL_UNDO)}</p>
                    <Button variant=Variant::Danger>{t(words::CANCEL_SEND)}</Button>
                </ActionForm>
            </Dialog>
        }
    })
}

fn decisions() -> Vec<(String, String)> {
    RefundDecision::ALL.iter().map(|one| (one.as_str().to_owned(), say::refund(*one).to_owned())).collect()
}

/// Asks what becomes of money that nobody has decided about: a patient who cancels decides nothing.
#[component]
fn Undecided(session: SessionView, deeds: Deeds) -> impl IntoView {
    let form = Answered::by(deeds.refund);
    let label = tf(words::REFUND, &[("amount", &session.card.paid.display(lang()))]);
    view! {
        <ActionForm action=deeds.refund>
            <input type="hidden" name="id" value=session.card.id.to_string()/>
            <div class="form-row">
                <Select label name="decision" options=decisions() required=true error=form.wrong("decision")/>
                <Button pending=form.pending>{t(words::DECIDE)}</Button>
            </div>
        </ActionForm>
        <FormState form/>
    }
}

/// How it was cancelled, and the way back while there is one.
#[component]
pub fn Cancelled(session: SessionView, deeds: Deeds, may_record: bool) -> impl IntoView {
    let undecided = may_record && session.card.paid.minor > 0 && session.refund_decision.is_none();
    let undecided = undecided.then(|| view! { <Undecided session=session.clone() deeds/> });
    let told = session.patient_told.map(|told| say::told_of_cancelling(lang(), told, session.cancel_message.as_ref()));
    let undo = session.undo_until_local.map(|until| {
        view! {
            <ActionForm action=deeds.restore>
                <input type="hidden" name="id" value=session.card.id.to_string()/>
                <Button variant=Variant::Primary pending=deeds.restore.pending()>{t(words::UNDO)}</Button>
            </ActionForm>
            <span class="muted">{tf(words::UNDO_HINT, &[("time", &domain::dates::clock(until.time()))])}</span>
        }
    });
    (session.card.status == SessionStatus::Cancelled).then(|| {
        view! {
            <section class="card" aria-label=t(words::S_CANCELLED)>
                {session.cancelled_by_patient.then(|| view! { <p>{t(words::CANCELLED_BY_PATIENT)}</p> })}
                {session.cancel_reason.map(|reason| view! { <p class="booking-reason">{reason}</p> })}
                {told.filter(|_| !session.cancelled_by_patient).map(|text| view! { <p>{text}</p> })}
                {session.refund_decision.map(|what| view! { <p>{tf(words::DECIDED, &[("what", say::refund(what))])}</p> })}
                {undecided}
                <div class="actions">{undo}</div>
                <FormState form=Answered::by(deeds.restore)/>
            </section>
        }
    })
}
