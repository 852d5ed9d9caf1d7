//! `/{slug}/book/{token}/review`: step 3, everything once more before the request is sent.

use super::held::{HoldClock, Lapsed, is_held};
use super::page_details::{NoBooking, booking_of_address, in_steps};
use super::parts::{Fact, PolicyWords, Step, Steps, Summary};
use super::server_fns::SendBookingRequest;
use crate::context::t;
use crate::forms::{FormErrors, FormNotice};
use crate::layouts::public::PublicLayout;
use crate::pages::Page;
use crate::texts::{booking as text, common};
use contracts::ErrorCode;
use contracts::booking::BookingView;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::components::Redirect;
use ui::{Button, Card, LinkButton, Skeleton, Variant};

pub struct ReviewPage;

impl Page for ReviewPage {
    fn view() -> AnyView {
        let booking = booking_of_address();
        view! {
            <Title text=format!("{} · {}", t(text::STEP_REVIEW), t(common::CALMA))/>
            <Meta name="robots" content="noindex"/>
            <PublicLayout>
                <Suspense fallback=|| view! { <Skeleton lines=10 label=t(common::LOADING)/> }>
                    {move || Suspend::new(async move {
                        match booking.await {
                            Ok(found) if in_steps(&found) => {
                                view! { <Review found refresh=Callback::new(move |()| booking.refetch())/> }.into_any()
                            }
                            Ok(found) => view! { <Redirect path=format!("/b/{}", found.token)/> }.into_any(),
                            Err(error) => view! { <NoBooking error/> }.into_any(),
                        }
                    })}
                </Suspense>
            </PublicLayout>
        }
        .into_any()
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
