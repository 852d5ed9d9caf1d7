//! The island of "my bookings": by status, what waits for the patient first.

use super::actions::Actions;
use super::server_fns::{SignOutPatient, list_my_bookings};
use super::words;
use crate::context::{lang, t, tf};
use crate::features::booking::parts::{OwnTime, Summary};
use crate::live::use_live;
use crate::texts::patient as text;
use contracts::Text;
use contracts::booking::{BookingStatus, BookingView, MyBookings, ProofState};
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{Button, Card, EmptyState, Glyph, Icon, LinkButton, StatusBadge, Variant};

#[island(lazy)]
pub fn LiveList(mine: MyBookings) -> impl IntoView {
    let live = use_live("/live/my".to_owned());
    let bookings = RwSignal::new(mine);
    Effect::new(move |_| {
        if live.tick.get() == 0 {
            return;
        }
        spawn_local(async move {
            // An answer that did not come changes nothing: the next one may.
            if let Ok(after) = list_my_bookings().await {
                bookings.set(after);
            }
        });
    });
    let changed = Callback::new(move |()| live.refresh());
    move || view! { <Mine mine=bookings.get() changed/> }
}

/// Which heading a booking stands under.
fn group(booking: &BookingView) -> usize {
    let late = |b: &BookingView| b.proof.as_ref().is_some_and(|p| p.late && p.state == ProofState::Submitted);
    match booking.status {
        _ if words::is_closed(booking) && !late(booking) => 3,
        BookingStatus::Held | BookingStatus::AwaitingPayment => 0,
        BookingStatus::Confirmed => 2,
        _ => 1,
    }
}

#[component]
fn Mine(mine: MyBookings, changed: Callback<()>) -> impl IntoView {
    let sign_out = ServerAction::<SignOutPatient>::new();
    let names = [text::GROUP_ACTION, text::GROUP_WAITING, text::GROUP_CONFIRMED, text::GROUP_PAST];
    let mut groups: [Vec<BookingView>; 4] = Default::default();
    for booking in mine.bookings {
        groups[group(&booking)].push(booking);
    }
    for open in groups.iter_mut().take(3) {
        open.sort_by_key(|b| b.starts_at);
    }
    groups[3].sort_by_key(|b| std::cmp::Reverse(b.starts_at));
    let empty = groups.iter().all(Vec::is_empty);
    view! {
        <div class="stack">
            <div class="title-line">
                <h1>{t(text::MY_TITLE)}</h1>
                <div class="actions">
                    <a
                        class="btn btn-ghost"
                        href="/my/bookings"
                        rel="external"
                        on:click=move |ev| {
                            ev.prevent_default();
                            changed.run(());
                        }
                    >
                        <Icon glyph=Glyph::Refresh/>
                        {t(text::REFRESH)}
                    </a>
                    <ActionForm action=sign_out>
                        <Button variant=Variant::Secondary>{t(text::SIGN_OUT)}</Button>
                    </ActionForm>
                </div>
            </div>
            <p class="muted">{tf(text::SIGNED_IN_AS, &[("email", &mine.email)])}</p>
            {empty.then(|| view! { <EmptyState title=t(text::NO_BOOKINGS)/> })}
            {names
                .into_iter()
                .zip(groups)
                .filter(|(_, bookings)| !bookings.is_empty())
                .map(|(name, bookings)| view! { <Group name bookings changed/> })
                .collect_view()}
        </div>
    }
}

#[component]
fn Group(name: Text, bookings: Vec<BookingView>, changed: Callback<()>) -> impl IntoView {
    let count = bookings.len();
    view! {
        <section class="stack">
            <h2>{t(name)} " " <span class="count figures">{count}</span></h2>
            <div class="cards">
                {bookings.into_iter().map(|booking| view! { <OneOfMine booking changed/> }).collect_view()}
            </div>
        </section>
    }
}

#[component]
fn OneOfMine(booking: BookingView, changed: Callback<()>) -> impl IntoView {
    let href = format!("/b/{}", booking.token);
    let pays = booking.status == BookingStatus::AwaitingPayment;
    view! {
        <Card class="stack-small">
            <div class="title-line">
                <h3>{words::when(&booking)}</h3>
                <StatusBadge status=booking.status lang=lang()/>
            </div>
            <p>{words::meaning(&booking)}</p>
            {booking
                .closing_reason
                .clone()
                .map(|reason| view! { <p class="muted prewrap">{t(text::REASON)} ": " {reason}</p> })}
            <Summary
                own_time=view! { <OwnTime at=booking.starts_at there=booking.local/> }.into_any()
                booking=booking.clone()
            />
            <div class="actions">
                {if pays {
                    view! { <LinkButton href=href>{t(text::PAY)}</LinkButton> }.into_any()
                } else {
                    view! { <LinkButton href=href variant=Variant::Secondary>{t(text::OPEN)}</LinkButton> }.into_any()
                }}
            </div>
            <Actions booking changed/>
        </Card>
    }
}
