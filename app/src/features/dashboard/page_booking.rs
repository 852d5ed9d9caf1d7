//! `/app/bookings/{id}`: everything about one booking, and what can be done with it.

use super::card::{ActError, Actions, Draft, Proof};
use super::server_fns::load_booking;
use super::{Act, Deed, words as say};
use crate::context::{lang, t};
use crate::features::outbox::timeline::MessageTimeline;
use crate::layouts::practice::kit::{Failed, Myself, fresh, practice_live};
use crate::pages::Page;
use crate::texts::{common, dashboard as words};
use chrono::{DateTime, Utc};
use contracts::accounts::Role;
use contracts::booking::BookingCard;
use domain::permissions::{Action as Verb, Resource as Thing, allowed};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use ui::{Glyph, Icon, MoneyText, Notice, Skeleton, StatusBadge, Tone, When};

pub struct BookingPage;

impl Page for BookingPage {
    fn view() -> AnyView {
        view! { <Booking/> }.into_any()
    }
}

#[component]
fn Booking() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id")).unwrap_or_default());
    let first = Resource::new_blocking(move || id.get(), load_booking);
    let me = Myself::get();
    view! {
        <Transition fallback=|| view! { <Skeleton lines=8 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                let role = me.role().await;
                match first.await {
                    Ok(initial) => view! { <Current initial role/> }.into_any(),
                    Err(error) => view! { <Title text=t(words::BOOKING)/> <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// The booking as it is now. It is shown anew only when it has changed itself, and even then a reason that is being typed
/// stays.
#[component]
fn Current(initial: (BookingCard, DateTime<Utc>), role: Role) -> impl IntoView {
    let id = initial.0.id.to_string();
    let fresh = fresh(initial, practice_live(), move || load_booking(id.clone()));
    let version = Memo::new(move |_| fresh.data.with(|(card, _)| (card.version, card.status)));
    let now = Memo::new(move |_| fresh.data.with(|(_, now)| *now));
    provide_context(Draft::default());
    let booking = fresh.data.with_untracked(|(card, _)| card.id);
    view! {
        {move || {
            // Read and not only tracked: a memo nobody reads is never computed, and so never changes.
            version.with(|_| ());
            let card = fresh.data.with_untracked(|(card, _)| card.clone());
            view! { <Facts card now role/> }.into_any()
        }}
        {move || fresh.stale.get().then(|| view! { <Notice tone=Tone::Warning>{t(words::STALE)}</Notice> })}
        <MessageTimeline booking/>
    }
}

#[component]
fn Facts(card: BookingCard, now: Memo<DateTime<Utc>>, role: Role) -> impl IntoView {
    let live = practice_live();
    let act = Act::new(&card, Callback::new(move |()| live.refresh()));
    let deeds = Deed::possible(&card, now.get_untracked(), role);
    let row =
        |name: contracts::Text, value: AnyView| view! { <div class="fact"><dt>{t(name)}</dt><dd>{value}</dd></div> };
    let text = |name: contracts::Text, value: String| {
        (!value.is_empty()).then(|| row(name, view! { <span>{value}</span> }.into_any()))
    };
    let patient = card.patient.clone();
    let full = say::full_when(&card);
    let since = {
        let card = card.clone();
        move || say::since(&card, now.get())
    };
    let lapses = card.deadline.map(|deadline| view! { " · " <span>{move || say::lapses(deadline, now.get())}</span> });
    let proof = card.proof.clone().map(|proof| {
        let state = say::proof_state(proof.state);
        let why = proof.reject_reason.clone();
        row(
            words::PROOF,
            view! {
                <Proof proof/>
                <p>{state}{why.map(|why| format!(": {why}"))}</p>
            }
            .into_any(),
        )
    });
    view! {
        <Title text=format!("{} · {}", say::name(&card), t(words::BOOKING))/>
        <p><a class="with-icon" href="/app"><Icon glyph=Glyph::ChevronLeft/>{t(words::BACK_TODAY)}</a></p>
        <header class="page-head">
            <h1>{say::name(&card)}</h1>
            <StatusBadge status=card.status lang=lang()/>
        </header>
        <ActError/>
        <div class="card">
            <dl class="facts">
                {row(words::WHEN, view! { <When at=card.starts_at text=full/> }.into_any())}
                {text(words::SERVICE, format!("{} · {}", card.service_name, say::place(card.place)))}
                {text(words::THERAPIST, card.therapist_name.clone())}
                {row(
                    words::PRICE,
                    view! {
                        <span>
                            <MoneyText money=card.price.clone() lang=lang()/>
                            " · "
                            {t(if card.paid { words::PAID } else { words::UNPAID })}
                        </span>
                    }
                        .into_any(),
                )}
                {text(words::REFERENCE, card.reference.clone())}
                {text(words::PHONE, patient.phone)}
                {text(words::EMAIL, patient.email)}
                {patient.first_time.then(|| row(words::PATIENT, t(words::FIRST_TIME).into_any()))}
                {text(words::REASON, patient.reason)}
                {proof}
                {text(words::CLOSING_REASON, card.closing_reason.clone().unwrap_or_default())}
                {card.cancelled_by_patient.then(|| row(words::STATUS, t(words::BY_PATIENT).into_any()))}
            </dl>
            <p class="muted">
                {say::standing(card.status).map(|text| view! { <span>{text}</span> " · " })}
                <span>{since}</span>
                {lapses}
            </p>
            <div class="actions">
                {card
                    .session
                    .as_ref()
                    .filter(|_| allowed(role, Verb::Read, Thing::Sessions))
                    .map(|session| {
                        let href = format!("/app/sessions/{}", session.id);
                        view! { <a class="btn btn-secondary" href=href>{t(words::SEE_SESSION)}</a> }
                    })}
                {(!deeds.is_empty())
                    .then(|| view! { <Actions card=card.clone() deeds act/> })}
                {card
                    .video_link
                    .clone()
                    .map(|link| {
                        view! {
                            <a class="btn btn-secondary" href=link target="_blank" rel="noopener noreferrer">
                                <Icon glyph=Glyph::Video/>
                                {t(words::START)}
                            </a>
                        }
                    })}
            </div>
        </div>
    }
}
