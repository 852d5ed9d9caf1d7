//! `/app/settings/booking?therapist=`: how bookings work, for the practice or for one therapist.

use super::frame::{Fields, Frame, loaded};
use super::server_fns::{ResetBookingPolicy, SaveBookingPolicy, load_settings, therapist_profiles};
use crate::context::{t, tf};
use crate::layouts::practice::kit::{Answered, FormState, successes};
use crate::pages::Page;
use crate::texts::{practice, settings as words};
use contracts::limits::INSTRUCTIONS_MAX;
use contracts::practice::{BookingPolicy, PaymentTiming, TherapistProfile};
use domain::permissions::{Action as Verb, Resource as Thing};
use leptos::prelude::*;
use ui::{Button, Checkbox, Field, Select, TextArea, Variant};

pub struct PolicyPage;

impl Page for PolicyPage {
    fn view() -> AnyView {
        let forms = Forms { save: ServerAction::new(), reset: ServerAction::new() };
        let (saved, undone) = (successes(forms.save), successes(forms.reset));
        let data = Resource::new_blocking(
            move || (saved.get(), undone.get()),
            |_| async { Ok::<_, crate::error::UiError>((load_settings().await?, therapist_profiles().await?)) },
        );
        loaded(data, "therapist", move |shown| {
            let one = shown.data.1.iter().find(|p| Some(p.id.to_string()) == shown.asked).cloned();
            let may = shown.may(Verb::Update, if one.is_some() { Thing::Therapists } else { Thing::Practice });
            let (settings, profiles) = shown.data;
            view! { <Page practice=settings.policy one profiles may forms/> }.into_any()
        })
    }
}

#[derive(Clone, Copy)]
struct Forms {
    save: ServerAction<SaveBookingPolicy>,
    reset: ServerAction<ResetBookingPolicy>,
}

#[component]
fn Page(
    practice: BookingPolicy,
    one: Option<TherapistProfile>,
    profiles: Vec<TherapistProfile>,
    may: bool,
    forms: Forms,
) -> impl IntoView {
    let therapist = one.as_ref().map(|p| p.id.to_string()).unwrap_or_default();
    let own = one.as_ref().and_then(|p| p.policy.clone());
    let about = match &one {
        None => t(words::FOR_PRACTICE).to_owned(),
        Some(p) if own.is_some() => tf(words::FOR_THERAPIST, &[("name", &p.name)]),
        Some(p) => tf(words::FOLLOWS, &[("name", &p.name)]),
    };
    let reset = (may && own.is_some()).then(|| {
        let therapist = therapist.clone();
        view! {
            <ActionForm action=forms.reset>
                <input type="hidden" name="therapist" value=therapist/>
                <Button variant=Variant::Secondary pending=forms.reset.pending()>{t(words::RESET_POLICY)}</Button>
            </ActionForm>
        }
    });
    view! {
        <Frame name=words::BOOKING may>
            <section class="card">
                <Whose profiles therapist=therapist.clone()/>
                <p class="muted">{about}</p>
                <Form policy=own.unwrap_or(practice) therapist may forms/>
                <FormState form=Answered::by(forms.save)/>
                {reset}
                <FormState form=Answered::by(forms.reset)/>
            </section>
        </Frame>
    }
}

/// The practice, or one of its therapists; only where there is a choice.
#[component]
fn Whose(profiles: Vec<TherapistProfile>, therapist: String) -> impl IntoView {
    (!profiles.is_empty()).then(|| {
        let mut options = vec![(String::new(), t(words::WHOLE_PRACTICE).to_owned())];
        options.extend(profiles.into_iter().map(|p| (p.id.to_string(), p.name)));
        view! {
            <form method="get" action="/app/settings/booking" class="inline-form">
                <Select label=t(words::WHOSE) name="therapist" options value=therapist/>
                <Button variant=Variant::Secondary>{t(practice::SHOW)}</Button>
            </form>
        }
    })
}

/// Minutes as hours for a field: `24`, `1.5`.
fn hours(minutes: i32) -> String {
    let text = format!("{:.2}", f64::from(minutes) / 60.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[component]
fn Form(policy: BookingPolicy, therapist: String, may: bool, forms: Forms) -> impl IntoView {
    let (save, form) = (forms.save, Answered::by(forms.save));
    let timings = vec![
        (PaymentTiming::BeforeConfirmation.as_str().to_owned(), t(words::TIMING_BEFORE).to_owned()),
        (PaymentTiming::AtSession.as_str().to_owned(), t(words::TIMING_AT).to_owned()),
    ];
    let number = move |name: &'static str, label: contracts::Text, value: String, hint: Option<contracts::Text>| {
        view! {
            <Field label=t(label) name=name inputmode="decimal" required=true value=form.kept(name, &value)
                hint=hint.map(t).unwrap_or_default() error=form.wrong(name)/>
        }
    };
    let half = Some(words::HALF_HOURS);
    view! {
        <ActionForm action=save>
            <Fields may form>
                <input type="hidden" name="therapist" value=therapist/>
                <Checkbox label=t(words::NEEDS_APPROVAL) name="needs_approval" hint=t(words::NEEDS_APPROVAL_HINT)
                    checked=form.kept_tick("needs_approval", policy.needs_approval)/>
                <Select label=t(words::TIMING) name="payment_timing" options=timings
                    value=form.kept("payment_timing", policy.payment_timing.as_str())
                    error=form.wrong("payment_timing")/>
                {number("approval_window_min", words::APPROVAL_WINDOW, hours(policy.approval_window_min), half)}
                {number("payment_window_min", words::PAYMENT_WINDOW, hours(policy.payment_window_min), half)}
                {number("hold_min", words::HOLD, policy.hold_min.to_string(), None)}
                {number("notice_min", words::NOTICE, hours(policy.notice_min), half)}
                {number("horizon_days", words::HORIZON, policy.horizon_days.to_string(), None)}
                {number("cancel_until_hours", words::CANCEL_UNTIL, policy.cancel_until_hours.to_string(), None)}
                <TextArea label=t(words::CANCEL_TEXT) name="cancel_text" maxlength=INSTRUCTIONS_MAX
                    hint=t(words::CANCEL_TEXT_HINT) value=form.kept("cancel_text", &policy.cancel_text)
                    error=form.wrong("cancel_text")/>
            </Fields>
        </ActionForm>
    }
}

#[cfg(test)]
mod tests {
    use super::hours;

    #[test]
    fn minutes_are_shown_as_hours() {
        for (minutes, text) in [(1440, "24"), (90, "1.5"), (120, "2"), (0, "0"), (600, "10"), (15, "0.25")] {
            assert_eq!(hours(minutes), text);
        }
    }
}
