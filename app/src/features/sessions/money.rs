//! What was paid for a session, and the form that records money.

use super::server_fns::{RecordSessionPayment, WaiveSession};
use super::words as say;
use crate::context::{lang, t, tf};
use crate::layouts::practice::kit::{Answered, FormState};
use crate::texts::{common, sessions as words};
use contracts::practice::PaymentMethod;
use contracts::sessions::{PaymentStatus, PaymentView, SessionStatus, SessionView};
use contracts::{Money, limits};
use domain::dates;
use leptos::prelude::*;
use ui::{Button, Dialog, Field, MoneyText, Select, Variant};

#[derive(Clone, Copy)]
pub struct MoneyForms {
    pub record: ServerAction<RecordSessionPayment>,
    pub waive: ServerAction<WaiveSession>,
}

impl MoneyForms {
    pub fn new() -> Self {
        Self { record: ServerAction::new(), waive: ServerAction::new() }
    }
}

#[component]
pub fn Payments(session: SessionView, forms: MoneyForms, may: bool) -> impl IntoView {
    let card = session.card.clone();
    let paid = tf(words::PAID_OF, &[("paid", &card.paid.display(lang())), ("price", &card.price.display(lang()))]);
    let open = card.price.minor - card.paid.minor;
    let can_record = may && open > 0 && card.status != SessionStatus::Cancelled;
    let waived = card.payment_status == PaymentStatus::Waived;
    let empty = session.payments.is_empty();
    let lines = session.payments.into_iter().map(|payment| view! { <Line payment/> }).collect_view();
    view! {
        <section class="card" aria-labelledby="payments-title">
            <h2 id="payments-title">{t(words::MONEY)}</h2>
            <p>
                <strong>{say::payment(card.payment_status)}</strong>
                " · "
                <span class="figures">{paid}</span>
            </p>
            {empty.then(|| view! { <p class="muted">{t(words::NO_MONEY)}</p> })}
            <ul class="list">{lines}</ul>
            {can_record
                .then(|| {
                    view! {
                        <div class="actions">
                            {(!waived).then(|| view! { <Record id=card.id.to_string() open=Money::new(open, card.price.currency.clone()) forms/> })}
                            <ActionForm action=forms.waive>
                                <input type="hidden" name="id" value=card.id.to_string()/>
                                <input type="hidden" name="waived" value=(!waived).to_string()/>
                                <Button variant=Variant::Ghost pending=forms.waive.pending()>
                                    {t(if waived { words::CHARGE } else { words::WAIVE })}
                                </Button>
                            </ActionForm>
                        </div>
                    }
                })}
            <FormState form=Answered::by(forms.record)/>
        </section>
    }
}

#[component]
fn Line(payment: PaymentView) -> impl IntoView {
    let by = match payment.recorded_by {
        Some(name) => tf(words::BY, &[("name", &name)]),
        None => t(words::BY_PROOF).to_owned(),
    };
    view! {
        <li class="list-row">
            <span class="list-main">
                <strong>
                    {t(if payment.refund { words::GIVEN_BACK } else { words::RECEIVED })}
                    " "
                    <MoneyText money=payment.amount lang=lang()/>
                </strong>
                <span class="muted">
                    {dates::long_date(lang(), payment.received_on)}
                    " · "
                    {say::method(payment.method)}
                    {(!payment.reference.is_empty()).then(|| format!(" · {}", payment.reference))}
                    " · "
                    {by}
                </span>
            </span>
        </li>
    }
}

#[component]
fn Record(id: String, open: Money, forms: MoneyForms) -> impl IntoView {
    let form = Answered::by(forms.record);
    let shown = RwSignal::new(false);
    Effect::new(move |_| {
        if forms.record.pending().get() {
            shown.set(false);
        }
    });
    let methods: Vec<_> = [PaymentMethod::Cash, PaymentMethod::BankTransfer, PaymentMethod::Mpesa]
        .into_iter()
        .map(|one| (one.as_str().to_owned(), say::method(one).to_owned()))
        .collect();
    view! {
        <Dialog id="mark-paid" title=t(words::MARK_PAID_TITLE) open_label=t(words::MARK_PAID) close_label=t(common::CLOSE) open=shown>
            <ActionForm action=forms.record>
                <input type="hidden" name="id" value=id/>
                <div class="form-row">
                    <Field label=t(words::AMOUNT) name="amount" inputmode="decimal" required=true
                        value=form.kept("amount", &open.plain()) error=form.wrong("amount")/>
                    <Select label=t(words::METHOD) name="method" options=methods value=form.kept("method", "cash") error=form.wrong("method")/>
                </div>
                <div class="form-row">
                    <Field label=t(words::RECEIVED_ON) name="received_on" kind="date" value=form.kept("received_on", "")
                        error=form.wrong("received_on")/>
                    <Field label=t(words::REFERENCE) name="reference" hint=t(words::REFERENCE_HINT) maxlength=limits::REFERENCE_MAX
                        value=form.kept("reference", "") error=form.wrong("reference")/>
                </div>
                <Button>{t(words::RECORD)}</Button>
            </ActionForm>
        </Dialog>
    }
}
