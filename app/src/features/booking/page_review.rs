//! `/{slug}/book/{token}/review`: step 3, everything once more before the request is sent.

use super::held::{Held, HoldState};
use super::parts::{Fact, OwnClock, PolicyWords, Step, Steps, Summary};
use super::send_form::SendForm;
use super::step_page::step_page;
use crate::context::t;
use crate::texts::booking as text;
use contracts::booking::BookingView;
use leptos::prelude::*;
use ui::{Card, LinkButton, Variant};

#[component]
pub fn ReviewPage() -> impl IntoView {
    step_page(text::STEP_REVIEW, |found| view! { <Review found/> }.into_any())
}

#[component]
fn Review(found: BookingView) -> impl IntoView {
    let held = Held::of(&found);
    let lapsed = held.lapsed();
    let details_link = format!("/{}/book/{}", found.slug, found.token);
    let details = found.details.clone();
    let (token, needs_approval) = (found.token.clone(), found.policy.needs_approval);
    view! {
        <Steps now=Step::Review/>
        <h1>{t(text::REVIEW_TITLE)}</h1>
        <HoldState held ways=true/>
        <div class="two-columns">
            <Card class="stack">
                <h2>{t(text::YOUR_BOOKING)}</h2>
                <Summary
                    own_time=view! { <OwnClock at=found.starts_at there=found.local/> }.into_any()
                    booking=found.clone()
                />
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
        <SendForm token lapsed needs_approval/>
    }
}
