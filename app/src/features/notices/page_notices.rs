//! `/app/notices?cursor=`: what the member was told.

use super::server_fns::{NoticesPage, ReadNotice, load_notices};
use crate::context::{lang, t, tf};
use crate::layouts::practice::kit::{Answered, DoneNotice, Failed, FormState, practice_live, query, successes};
use crate::pages::Page;
use crate::texts::{common, notices as words, practice};
use chrono::NaiveDateTime;
use contracts::Text;
use contracts::messages::{Notice, NoticeKind};
use domain::dates;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{Button, EmptyState, Glyph, Icon, Skeleton, Variant};

pub struct NoticesRoute;

impl Page for NoticesRoute {
    fn view() -> AnyView {
        view! { <Notices/> }.into_any()
    }
}

#[component]
fn Notices() -> impl IntoView {
    let read = ServerAction::<ReadNotice>::new();
    let done = successes(read);
    let live = practice_live();
    let cursor = query("cursor");
    let page = Resource::new_blocking(
        move || (cursor.get(), done.get(), live.tick.get()),
        |(cursor, ..)| load_notices(cursor),
    );
    view! {
        <Title text=t(words::TITLE)/>
        <Transition fallback=|| view! { <Skeleton lines=6 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <List page read/> }.into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn List(page: NoticesPage, read: ServerAction<ReadNotice>) -> impl IntoView {
    let cursor = query("cursor");
    let unread = page.notices.iter().any(|(notice, ..)| !notice.read);
    let empty = page.notices.is_empty();
    let notices = page
        .notices
        .into_iter()
        .map(|(notice, told, session)| view! { <One notice told session read/> })
        .collect_view();
    view! {
        <header class="page-head">
            <div>
                <h1>{t(words::TITLE)}</h1>
                <p class="muted">{t(words::INTRO)}</p>
            </div>
            {unread
                .then(|| {
                    view! {
                        <ActionForm action=read>
                            <Button variant=Variant::Secondary pending=read.pending()>{t(words::READ_ALL)}</Button>
                        </ActionForm>
                    }
                })}
        </header>
        <DoneNotice/>
        <FormState form=Answered::by(read)/>
        {empty.then(|| view! { <EmptyState glyph=Glyph::Bell title=t(words::EMPTY)/> })}
        <ul class="list stack">{notices}</ul>
        <p class="actions">
            {move || {
                cursor.get().map(|_| view! { <a class="btn btn-ghost" href="/app/notices">{t(practice::NEWEST)}</a> })
            }}
            {page
                .next
                .map(|next| {
                    view! { <a class="btn btn-secondary" href=format!("/app/notices?cursor={next}")>{t(practice::MORE)}</a> }
                })}
        </p>
    }
}

/// The sentence of each kind.
fn sentence(kind: NoticeKind) -> Text {
    match kind {
        NoticeKind::NewRequest => words::NEW_REQUEST,
        NoticeKind::ProofToVerify => words::PROOF_TO_VERIFY,
        NoticeKind::CancelledByPatient => words::CANCELLED_BY_PATIENT,
        NoticeKind::MovedByPatient => words::MOVED_BY_PATIENT,
        NoticeKind::MessageFailed => words::MESSAGE_FAILED,
        NoticeKind::SeriesSkipped => words::SERIES_SKIPPED,
        NoticeKind::RescheduleRequested => words::RESCHEDULE_REQUESTED,
        NoticeKind::RescheduleDecided => words::RESCHEDULE_DECIDED,
        NoticeKind::CalendarConflict => words::CALENDAR_CONFLICT,
        NoticeKind::CalendarLost => words::CALENDAR_LOST,
    }
}

fn glyph(kind: NoticeKind) -> Glyph {
    match kind {
        NoticeKind::NewRequest => Glyph::Plus,
        NoticeKind::ProofToVerify => Glyph::Money,
        NoticeKind::CancelledByPatient => Glyph::Cross,
        NoticeKind::MessageFailed | NoticeKind::SeriesSkipped => Glyph::Alert,
        NoticeKind::MovedByPatient | NoticeKind::RescheduleRequested | NoticeKind::RescheduleDecided => Glyph::Refresh,
        NoticeKind::CalendarConflict | NoticeKind::CalendarLost => Glyph::Calendar,
    }
}

/// Where it can be seen and acted on.
fn address(notice: &Notice) -> Option<String> {
    match (notice.kind, notice.booking_id) {
        (NoticeKind::MessageFailed, _) => Some("/app/messages?status=failed".to_owned()),
        (NoticeKind::RescheduleRequested, _) => Some("/app/reschedule-requests".to_owned()),
        (NoticeKind::RescheduleDecided, _) => Some("/app/reschedule-requests?status=all".to_owned()),
        (_, Some(booking)) => Some(format!("/app/bookings/{booking}")),
        _ => None,
    }
}

#[component]
fn One(
    notice: Notice,
    told: NaiveDateTime,
    session: Option<NaiveDateTime>,
    read: ServerAction<ReadNotice>,
) -> impl IntoView {
    let name = notice.patient_name.clone().unwrap_or_else(|| t(words::A_PATIENT).to_owned());
    let said = tf(sentence(notice.kind), &[("name", &name)]);
    let when = |at: NaiveDateTime| dates::long_when(lang(), at);
    let to = address(&notice);
    let again = tf(words::READ_OF, &[("what", &said)]);
    view! {
        <li class="card message" class:notice-unread=!notice.read>
            <div class="booking-head">
                <div>
                    <h2 class="message-subject with-icon"><Icon glyph=glyph(notice.kind)/>{said}</h2>
                    <p class="muted figures">{when(told)}</p>
                    {session.map(|at| view! { <p class="figures">{tf(words::SESSION_AT, &[("when", &when(at))])}</p> })}
                </div>
                {(!notice.read).then(|| view! { <span class="badge badge-pending"><Icon glyph=Glyph::Bell/>{t(words::NEW)}</span> })}
            </div>
            <div class="actions">
                {to.map(|to| view! { <a class="btn btn-secondary" href=to>{t(words::OPEN)}</a> })}
                {(!notice.read)
                    .then(|| {
                        view! {
                            <ActionForm action=read>
                                <input type="hidden" name="id" value=notice.id.to_string()/>
                                <span class="sr-only">{again}</span>
                                <Button variant=Variant::Ghost pending=read.pending()>{t(words::READ)}</Button>
                            </ActionForm>
                        }
                    })}
            </div>
        </li>
    }
}
