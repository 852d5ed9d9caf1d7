//! A booking on the dashboard: the facts, and the action that is due on it.

use super::server_fns::ActOnBooking;
use super::{Deed, words as say};
use crate::context::{lang, t, tf};
use crate::error::UiError;
use crate::texts::{common, dashboard as words};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::ErrorCode;
use contracts::accounts::Role;
use contracts::booking::{BookingCard, BookingStatus, ProofView};
use domain::dates;
use leptos::prelude::*;
use ui::{
    Button, Dialog, Glyph, Icon, MoneyText, Notice, StatusBadge, TextArea, Tone, Variant, When, status_word, use_toast,
};

/// The actions on one booking: shown at once, taken back with a word when the server says no.
#[derive(Clone, Copy)]
pub struct Act {
    action: ServerAction<ActOnBooking>,
    expected: Memo<Option<BookingStatus>>,
}

impl Act {
    /// `changed` is called after every answer, so that the page fetches what is true now.
    pub fn new(card: &BookingCard, changed: Callback<()>) -> Self {
        let action = ServerAction::<ActOnBooking>::new();
        let toast = use_toast();
        let lang = lang();
        let before = card.clone();
        let expected = Memo::new(move |_| {
            let deed = action.input().with(|input| input.as_ref().and_then(|i| Deed::from_code(&i.action)))?;
            Some(deed.expected(&before))
        });
        let sent = RwSignal::new(None);
        Effect::new(move |_| {
            if let Some(deed) = action.input().with(|input| input.as_ref().and_then(|i| Deed::from_code(&i.action))) {
                sent.set(Some(deed));
            }
        });
        Effect::new(move |_| {
            // The first value may be the error of a form without JavaScript, which the page shows itself.
            if action.version().get() == 0 {
                return;
            }
            match action.value().get() {
                Some(Ok(_)) => {
                    if let Some(deed) = sent.get_untracked() {
                        toast.show(deed.done().of(lang), Tone::Success);
                    }
                }
                Some(Err(error)) => toast.show(told(&error), Tone::Danger),
                None => return,
            }
            changed.run(());
        });
        Self { action, expected }
    }

    /// The status to show: what is expected while the server works, what it answered, else what it was.
    fn status(self, before: BookingStatus) -> BookingStatus {
        if self.action.pending().get() {
            return self.expected.get().unwrap_or(before);
        }
        match self.action.value().get() {
            Some(Ok(after)) => after.status,
            _ => before,
        }
    }

    /// Is nothing on its way or done?
    fn idle(self) -> bool {
        !self.action.pending().get() && !matches!(self.action.value().get(), Some(Ok(_)))
    }
}

/// An error of an action in words: for a conflict, how the booking stands now.
pub fn told(error: &UiError) -> String {
    match (error.code(), error.0.current_status) {
        (ErrorCode::Conflict, Some(status)) => tf(words::CONFLICT_NOW, &[("status", status_word(status).of(lang()))]),
        _ => match error.0.fields.first() {
            Some(field) => crate::error::problem_text(field.problem).of(lang()).to_owned(),
            None => error.message(lang()).to_owned(),
        },
    }
}

/// The error of a form that was sent without JavaScript; once per page.
#[component]
pub fn ActError() -> impl IntoView {
    let action = ServerAction::<ActOnBooking>::new();
    let error = action.value().with_untracked(|value| value.as_ref().and_then(|v| v.as_ref().err()).map(told));
    error.map(|text| view! { <Notice tone=Tone::Danger>{text}</Notice> })
}

/// A card in one of the dashboard's lists.
#[component]
pub fn CardView(
    card: BookingCard,
    #[prop(into)] now: Signal<DateTime<Utc>>,
    today: NaiveDate,
    /// Who looks at it.
    role: Role,
    changed: Callback<()>,
) -> impl IntoView {
    let act = Act::new(&card, changed);
    let before = card.status;
    let title_id = format!("b-{}", card.id);
    let since = {
        let card = card.clone();
        move || say::since(&card, now.get())
    };
    let lapses = card.deadline.map(|deadline| view! { <span>{move || say::lapses(deadline, now.get())}</span> });
    // What is due now; cancelling what is not yet confirmed has its place on the booking's own page (003).
    let mut deeds = Deed::possible(&card, now.get_untracked(), role);
    deeds.retain(|deed| *deed != Deed::Cancel || before == BookingStatus::Confirmed);
    let join = (before == BookingStatus::Confirmed).then(|| card.video_link.clone()).flatten();
    let full = say::full_when(&card);
    view! {
        <article class="card booking" aria-labelledby=title_id aria-busy=move || act.action.pending().get().then_some("true")>
            <div class="booking-head">
                <h3 class="booking-name" id=title_id.clone()>
                    <a href=format!("/app/bookings/{}", card.id)>{say::name(&card)}</a>
                </h3>
                {move || view! { <StatusBadge status=act.status(before) lang=lang()/> }}
            </div>
            <div class="booking-when">
                <When at=card.starts_at text=say::when(card.local, today) full=full/>
            </div>
            <ul class="booking-facts">
                <li>{card.service_name.clone()}" · "{say::place(card.place)}</li>
                <li>
                    <MoneyText money=card.price.clone() lang=lang()/>
                    {card.paid.then(|| view! { " · "{t(words::PAID)} })}
                </li>
                <li>{card.therapist_name.clone()}</li>
                {card.patient.first_time.then(|| view! { <li><span class="tag">{t(words::FIRST_TIME)}</span></li> })}
            </ul>
            {(!card.patient.reason.is_empty())
                .then(|| view! { <p class="booking-reason">{card.patient.reason.clone()}</p> })}
            {card.proof.clone().map(|proof| view! { <Proof proof/> })}
            {card.closing_reason.clone().map(|reason| view! { <p class="booking-reason">{reason}</p> })}
            {card.cancelled_by_patient.then(|| view! { <p class="muted">{t(words::BY_PATIENT)}</p> })}
            <p class="booking-since muted">
                {move || say::standing(act.status(before)).map(|text| view! { <span>{text}</span> })}
                <span>{since}</span>
                {lapses}
            </p>
            <div class="actions">
                {(!deeds.is_empty()).then(|| view! { <Actions card=card.clone() deeds act/> })}
                {join.map(|link| {
                    view! {
                        <a class="btn btn-secondary" href=link target="_blank" rel="noopener noreferrer">
                            <Icon glyph=Glyph::Video/>
                            {t(words::START)}
                        </a>
                    }
                })}
                <a class="btn btn-ghost" href=format!("/app/bookings/{}", card.id)>{t(words::DETAILS)}</a>
            </div>
        </article>
    }
}

/// The proof of payment with its flags.
#[component]
pub fn Proof(proof: ProofView) -> impl IntoView {
    view! {
        <div class="proof">
            <span>{t(words::TRANSACTION)}": "<strong class="figures">{proof.reference}</strong>" · "{say::method(proof.method)}</span>
            {proof.file.map(|file| {
                view! {
                    <a href=format!("/app/receipts/{file}") target="_blank" rel="external noopener">
                        {t(words::RECEIPT)}
                    </a>
                }
            })}
            {proof.duplicate.then(|| view! { <span class="tag tag-warning"><Icon glyph=Glyph::Alert/>{t(words::DUPLICATE)}</span> })}
            {proof.late.then(|| view! { <span class="tag tag-warning"><Icon glyph=Glyph::Clock/>{t(words::LATE)}</span> })}
        </div>
    }
}

/// The buttons; those that need a reason open a dialog.
#[component]
pub fn Actions(card: BookingCard, deeds: Vec<Deed>, act: Act) -> impl IntoView {
    let pending = act.action.pending();
    let buttons = deeds
        .into_iter()
        .map(|deed| {
            if deed.asks_reason() {
                return view! { <Ask card=card.clone() deed act/> }.into_any();
            }
            let variant = if deed == Deed::LateRefund { Variant::Secondary } else { Variant::Primary };
            view! {
                <ActionForm action=act.action>
                    <input type="hidden" name="id" value=card.id.to_string()/>
                    <input type="hidden" name="action" value=deed.code()/>
                    <Button variant pending=pending>{t(deed.label())}</Button>
                </ActionForm>
            }
            .into_any()
        })
        .collect_view();
    view! { <div class="actions" class:actions-gone=move || !act.idle()>{buttons}</div> }
}

/// The reason that is being typed and the dialog it is typed into. A page that provides one keeps both when the booking
/// is shown anew.
#[derive(Clone, Copy, Default)]
pub struct Draft {
    open: RwSignal<Option<Deed>>,
    reason: RwSignal<String>,
}

impl Draft {
    /// Is this deed's dialog open? Another deed begins with an empty reason.
    fn set_open(self, deed: Deed, open: bool) {
        let before = self.open.get_untracked();
        if open && before != Some(deed) {
            self.reason.set(String::new());
            self.open.set(Some(deed));
        } else if !open && before == Some(deed) {
            self.open.set(None);
        }
    }

    fn reason_for(self, deed: Deed) -> String {
        if self.open.get_untracked() == Some(deed) { self.reason.get_untracked() } else { String::new() }
    }
}

/// The dialog of an action that needs a reason; it names what will happen.
#[component]
fn Ask(card: BookingCard, deed: Deed, act: Act) -> impl IntoView {
    let draft = use_context::<Draft>().unwrap_or_default();
    let typed = draft.reason_for(deed);
    let open = RwSignal::new(draft.open.get_untracked() == Some(deed));
    Effect::new(move |_| draft.set_open(deed, open.get()));
    Effect::new(move |_| {
        if act.action.pending().get() {
            open.set(false);
        }
    });
    let name = say::name(&card);
    let (title, effect, send) = match deed {
        Deed::Decline => (words::DECLINE_TITLE, words::DECLINE_EFFECT, words::DECLINE_SEND),
        Deed::Reject => (words::REJECT_TITLE, words::REJECT_EFFECT, words::REJECT_SEND),
        _ => (words::CANCEL_TITLE, words::CANCEL_EFFECT, words::CANCEL_SEND),
    };
    let paid =
        (deed == Deed::Cancel && card.paid).then(|| tf(words::CANCEL_PAID, &[("price", &card.price.display(lang()))]));
    let effect = tf(effect, &[("name", &name), ("when", &dates::long_when(lang(), card.local))]);
    let field_id = format!("reason-{}-{}", deed.code(), card.id);
    view! {
        <Dialog
            id=format!("{}-{}", deed.code(), card.id)
            title=t(title)
            open_label=t(deed.label())
            close_label=t(common::CLOSE)
            variant=Variant::Secondary
            open
        >
            <ActionForm action=act.action>
                <p>{effect}</p>
                {paid.map(|text| view! { <Notice tone=Tone::Warning>{text}</Notice> })}
                <input type="hidden" name="id" value=card.id.to_string()/>
                <input type="hidden" name="action" value=deed.code()/>
                <div on:input=move |ev| draft.reason.set(event_target_value(&ev))>
                    <TextArea
                        label=t(words::YOUR_REASON)
                        name="reason"
                        id=field_id
                        value=typed
                        required=true
                        maxlength=contracts::limits::REASON_MAX
                        rows=3
                    />
                </div>
                <Button variant=Variant::Danger>{t(send)}</Button>
            </ActionForm>
        </Dialog>
    }
}
