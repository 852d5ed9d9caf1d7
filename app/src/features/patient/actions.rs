//! What a patient can do with a booking; the same on its own page and in the list.

use super::server_fns::CancelMyBooking;
use super::words;
use crate::context::{lang, t, tf};
use crate::forms::{FormErrors, FormNotice};
use crate::texts::{common, patient as text};
use contracts::booking::{BookingStatus, BookingView};
use contracts::limits;
use domain::booking::cancel_rule;
use leptos::prelude::*;
use ui::{Button, Dialog, Glyph, Icon, LinkButton, TextArea, Variant};

/// `changed` is called after a cancellation, so that the page fetches what is true now.
#[component]
pub fn Actions(booking: BookingView, changed: Callback<()>) -> impl IntoView {
    let confirmed = booking.status == BookingStatus::Confirmed;
    let closed = words::is_closed(&booking);
    let join = booking.video_link.clone().filter(|_| confirmed && !closed);
    let calendar = confirmed.then(|| format!("/b/{}/calendar.ics", booking.token));
    // A hold that lapsed leads back into the steps, where what was typed still stands.
    let lapsed = words::is_lapsed_hold(&booking);
    let steps = format!("/{}/book/{}", booking.slug, booking.token);
    let go_on = match booking.status {
        BookingStatus::Held => Some(text::CONTINUE),
        _ => (lapsed && booking.starts_at > booking.now).then_some(text::TAKE_AGAIN),
    };
    let mut free_times = format!("/{}?service={}", booking.slug, booking.service_id);
    if lapsed {
        free_times += &format!("&instead={}", booking.token);
    }
    let another = if lapsed { text::ANOTHER_TIME } else { text::BOOK_ANOTHER };
    let cancel = booking.can_cancel && !closed;
    let ask_practice = confirmed && !closed && !booking.can_cancel;
    let rule = (confirmed && !closed).then(|| cancel_rule(&booking.policy, lang()));
    view! {
        <div class="actions">
            {join
                .map(|link| {
                    view! {
                        <a class="btn btn-primary" href=link rel="external noopener" target="_blank">
                            <Icon glyph=Glyph::Video/>
                            {t(text::JOIN)}
                        </a>
                    }
                })}
            {go_on.map(|words| view! { <LinkButton href=steps>{t(words)}</LinkButton> })}
            {calendar
                .map(|href| {
                    view! {
                        <a class="btn btn-secondary" href=href rel="external" download="calma.ics">
                            <Icon glyph=Glyph::Calendar/>
                            {t(text::ADD_TO_CALENDAR)}
                        </a>
                    }
                })}
            {closed
                .then(|| view! { <LinkButton href=free_times variant=Variant::Secondary>{t(another)}</LinkButton> })}
            {(booking.can_move && !closed)
                .then(|| {
                    let href = format!("/b/{}/move", booking.token);
                    view! { <LinkButton href variant=Variant::Secondary>{t(text::MOVE)}</LinkButton> }
                })}
            {cancel.then(|| view! { <CancelDialog booking changed/> })}
        </div>
        {rule.map(|rule| view! { <p class="muted small prewrap">{rule}</p> })}
        {ask_practice.then(|| view! { <p class="muted small">{t(text::TOO_LATE_TO_CANCEL)}</p> })}
    }
}

/// Says what cancelling does before it is done.
#[component]
fn CancelDialog(booking: BookingView, changed: Callback<()>) -> impl IntoView {
    let cancel = ServerAction::<CancelMyBooking>::new();
    let errors = FormErrors::of(cancel);
    let pending = cancel.pending();
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if cancel.version().get() > 0 && matches!(cancel.value().get(), Some(Ok(()))) {
            open.set(false);
            changed.run(());
        }
    });
    let label = match booking.status {
        BookingStatus::Confirmed => text::CANCEL_BOOKING,
        _ => text::CANCEL_REQUEST,
    };
    let what = tf(text::CANCEL_BODY, &[("when", &words::when(&booking)), ("name", &booking.therapist_name)]);
    let id = format!("cancel-{}", booking.id);
    view! {
        <Dialog
            id=id.clone()
            title=t(text::CANCEL_TITLE)
            open_label=t(label)
            close_label=t(common::CLOSE)
            variant=Variant::Secondary
            open
        >
            <ActionForm action=cancel>
                <div class="form">
                    <p>{what}</p>
                    <FormNotice errors/>
                    <input type="hidden" name="token" value=booking.token/>
                    <TextArea
                        id=format!("{id}-reason")
                        label=t(text::CANCEL_REASON)
                        name="reason"
                        rows=3
                        error=errors.field("reason")
                        maxlength=limits::REASON_MAX
                    />
                    <Button variant=Variant::Danger pending>{t(text::YES_CANCEL)}</Button>
                </div>
            </ActionForm>
        </Dialog>
    }
}
