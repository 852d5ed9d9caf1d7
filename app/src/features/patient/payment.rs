//! How to pay, with the reference that tells whose money it is.

use crate::context::{lang, t, tf};
use crate::copy::CopyButton;
use crate::features::booking::words as say;
use crate::texts::patient as text;
use contracts::booking::BookingView;
use domain::dates;
use leptos::prelude::*;
use ui::{Glyph, Icon, When};

#[component]
pub fn PaymentInstructionsCard(booking: BookingView) -> impl IntoView {
    let lang = lang();
    let how = booking.instructions.clone();
    let nothing = how.methods().is_empty() && how.note.trim().is_empty();
    let until = say::deadline_local(&booking).zip(booking.deadline);
    view! {
        <section class="card stack pay">
            <h2>{t(text::HOW_TO_PAY)}</h2>
            {until
                .map(|(local, at)| {
                    view! {
                        <p class="with-icon">
                            <Icon glyph=Glyph::Clock/>
                            <span>
                                {t(text::DEADLINE)} " "
                                <strong>
                                    <When at text=dates::long_when(lang, local)/>
                                </strong>
                            </span>
                        </p>
                    }
                })}
            <p>{tf(text::SEND_AMOUNT, &[("price", &booking.price.display(lang))])}</p>
            <dl class="facts">
                {(!how.mpesa.trim().is_empty()).then(|| way(text::MPESA, how.mpesa.clone()))}
                {(!how.bank_account.trim().is_empty()).then(|| way(text::BANK, how.bank_account.clone()))}
                {how.cash.then(|| way(text::CASH, t(text::CASH_BODY).to_owned()))}
                <div class="fact">
                    <dt>{t(text::REFERENCE)}</dt>
                    <dd>
                        <strong class="reference figures">{booking.reference.clone()}</strong>
                        <CopyButton what=booking.reference/>
                    </dd>
                </div>
            </dl>
            {(!how.note.trim().is_empty()).then(|| view! { <p class="prewrap">{how.note.clone()}</p> })}
            {nothing.then(|| view! { <p class="muted">{t(text::ASK_PRACTICE)}</p> })}
        </section>
    }
}

fn way(name: contracts::Text, how: String) -> impl IntoView {
    view! {
        <div class="fact">
            <dt>{t(name)}</dt>
            <dd class="prewrap figures">{how}</dd>
        </div>
    }
}
