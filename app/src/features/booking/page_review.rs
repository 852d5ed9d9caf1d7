//! `/{slug}/book/{token}/review`: step 3, everything once more before the request is sent.

use super::held::{HoldClock, Lapsed, is_held};
use super::parts::{Fact, PolicyWords, Step, Steps, Summary};
use super::server_fns::SendBookingRequest;
use super::step_page::step_page;
use crate::context::t;
use crate::forms::{FormErrors, FormNotice};
use crate::pages::Page;
use crate::texts::booking as text;
use contracts::ErrorCode;
use contracts::booking::BookingView;
use leptos::prelude::*;
use ui::{Button, Card, LinkButton, Variant};

pub struct ReviewPage;

impl Page for ReviewPage {
    fn view() -> AnyView {
        step_page(text::STEP_REVIEW, |found, refresh| view! { <Review found refresh/> }.into_any())
    }
}

#[component]
fn Review(found: BookingView, refresh: Callback<()>) -> impl IntoView {
    let send = ServerAction::<SendBookingRequest>::new();
    let errors = FormErrors::of(send);
    let code = errors.code();
    let held = is_held(&found);
    // The server may know that the hold lapsed before this page's clock does.
    let lapsed = Memo::new(move |_| !held || code.get() == Some(ErrorCode::HoldLapsed));
    let details_link = format!("/{}/book/{}", found.slug, found.token);
    let details = found.details.clone();
    let for_lapsed = found.clone();
    let for_clock = found.clone();
    let for_send = found.clone();
    view! {
        <Steps now=Step::Review/>
        <h1>{t(text::REVIEW_TITLE)}</h1>
        {move || {
            if lapsed.get() {
                view! { <Lapsed booking=for_lapsed.clone()/> }.into_any()
            } else {
                view! { <HoldClock booking=for_clock.clone() lapsed=refresh/> }.into_any()
            }
        }}
        <div class="two-columns">
            <Card class="stack">
                <h2>{t(text::YOUR_BOOKING)}</h2>
                <Summary booking=found.clone()/>
                <PolicyWords
                    free=found.price.minor == 0
                    methods=found.instructions.methods()
                    therapist=found.therapist_name
                    policy=found.policy
                />
            </Card>
            <Card class="stack">
                <h2>{t(text::DETAILS_TITLE)}</h2>
                <dl class="facts">
                    <Fact name=t(text::NAME)>{details.name}</Fact>
                    <Fact name=t(text::EMAIL)>{details.email}</Fact>
                    <Fact name=t(text::PHONE)>
                        <span class="figures">{details.phone}</span>
                    </Fact>
                    {details.first_time.then(|| view! { <Fact name=t(text::YES_FIRST_TIME)>"✓"</Fact> })}
                    {(!details.reason.is_empty())
                        .then(|| {
                            view! {
                                <Fact name=t(text::REASON)>
                                    <span class="prewrap">{details.reason}</span>
                                </Fact>
                            }
                        })}
                </dl>
                <LinkButton href=details_link variant=Variant::Secondary>{t(text::CHANGE_DETAILS)}</LinkButton>
            </Card>
        </div>
        {move || {
            (!lapsed.get()).then(|| view! { <SendForm booking=for_send.clone() send errors/> })
        }}
    }
}

#[component]
fn SendForm(booking: BookingView, send: ServerAction<SendBookingRequest>, errors: FormErrors) -> impl IntoView {
    let verb = if booking.policy.needs_approval { text::SEND_REQUEST } else { text::CONFIRM_BOOKING };
    let pending = send.pending();
    view! {
        <ActionForm action=send>
            <div class="form">
                <FormNotice errors/>
                <input type="hidden" name="token" value=booking.token/>
                <div class="actions thumb-bar">
                    <Button pending>{t(verb)}</Button>
                </div>
            </div>
        </ActionForm>
    }
}
