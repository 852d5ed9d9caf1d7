//! The island of step 3: the button that sends the request.

use super::held::Lapsing;
use super::server_fns::SendBookingRequest;
use crate::context::t;
use crate::forms::{FormErrors, FormNotice};
use crate::texts::booking as text;
use contracts::ErrorCode;
use leptos::prelude::*;
use ui::Button;

/// Goes when the hold has lapsed, by the clock or by the server's word; the ways to go on then stand above.
#[island]
pub fn SendForm(token: String, lapsed: bool, needs_approval: bool) -> impl IntoView {
    let send = ServerAction::<SendBookingRequest>::new();
    let errors = FormErrors::of(send);
    let code = errors.code();
    let lapsing = Lapsing::of_page();
    Effect::new(move |_| {
        // The server may know that the hold lapsed before this page's clock does.
        if code.get() == Some(ErrorCode::HoldLapsed) {
            lapsing.set();
        }
    });
    let lapsed = Memo::new(move |_| lapsed || lapsing.get());
    let verb = if needs_approval { text::SEND_REQUEST } else { text::CONFIRM_BOOKING };
    let pending: Signal<bool> = send.pending().into();
    move || {
        let token = token.clone();
        (!lapsed.get()).then(|| {
            view! {
                <ActionForm action=send>
                    <div class="form">
                        <FormNotice errors/>
                        <input type="hidden" name="token" value=token/>
                        <div class="actions thumb-bar">
                            <Button pending>{t(verb)}</Button>
                        </div>
                    </div>
                </ActionForm>
            }
        })
    }
}
