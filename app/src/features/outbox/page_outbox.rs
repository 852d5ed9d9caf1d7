//! `/app/messages?status=failed&cursor=`: the outbox.

use super::server_fns::{OutboxPage, ResendMessage, ResendMessageBy, SettleMessage, Stamped, load_outbox};
use super::words::{channel_name, standing};
use crate::context::{lang, t, tf};
use crate::layouts::practice::kit::{Answered, DoneNotice, Failed, FormState, Myself, practice_live, query, successes};
use crate::pages::Page;
use crate::texts::{common, outbox as words, practice};
use chrono::NaiveDateTime;
use contracts::Text;
use contracts::messages::{MessageStatus, MessageView};
use domain::dates;
use domain::permissions::{Action as Verb, Resource as Thing};
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{Button, EmptyState, Glyph, Icon, Skeleton, Variant};

pub struct OutboxRoute;

impl Page for OutboxRoute {
    fn view() -> AnyView {
        view! { <Outbox/> }.into_any()
    }
}

/// The filters: what stands in the address, and its name.
const FILTERS: [(&str, Text); 5] = [
    ("", words::ALL_MESSAGES),
    ("failed", words::FAILED),
    ("queued", words::QUEUED),
    ("sent", words::SENT),
    ("dropped", words::DROPPED),
];

/// What can be done about a message that did not arrive.
#[derive(Clone, Copy)]
struct Forms {
    resend: ServerAction<ResendMessage>,
    other: ServerAction<ResendMessageBy>,
    settle: ServerAction<SettleMessage>,
}

#[component]
fn Outbox() -> impl IntoView {
    let forms = Forms { resend: ServerAction::new(), other: ServerAction::new(), settle: ServerAction::new() };
    let (resent, other, settled) = (successes(forms.resend), successes(forms.other), successes(forms.settle));
    let live = practice_live();
    let (status, cursor) = (query("status"), query("cursor"));
    let page = Resource::new_blocking(
        move || (status.get(), cursor.get(), (resent.get(), other.get(), settled.get()), live.tick.get()),
        |(status, cursor, ..)| load_outbox(status, cursor),
    );
    let me = Myself::get();
    view! {
        <Title text=t(words::TITLE)/>
        <Transition fallback=|| view! { <Skeleton lines=8 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                let may = me.may(Verb::Update, Thing::Messages).await;
                match page.await {
                    Ok(page) => view! { <Page page may forms/> }.into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Page(page: OutboxPage, may: bool, forms: Forms) -> impl IntoView {
    let (status, cursor) = (query("status"), query("cursor"));
    let address = move |cursor: Option<&str>| {
        let status = status.get().map(|status| format!("status={status}"));
        let cursor = cursor.map(|cursor| format!("cursor={cursor}"));
        let query: Vec<_> = [status, cursor].into_iter().flatten().collect();
        format!("/app/messages?{}", query.join("&"))
    };
    let empty = page.messages.is_empty();
    let messages = page.messages.into_iter().map(|stamped| view! { <Message stamped may forms/> }).collect_view();
    view! {
        <header class="page-head">
            <div>
                <h1>{t(words::TITLE)}</h1>
                <p class="muted">{t(words::INTRO)}</p>
            </div>
        </header>
        <Filters/>
        <DoneNotice/>
        <FormState form=Answered::by(forms.resend) done=t(words::RESENT)/>
        <FormState form=Answered::by(forms.other) done=t(words::RESENT)/>
        <FormState form=Answered::by(forms.settle)/>
        {move || {
            status
                .with(|status| status.as_deref() == Some("failed"))
                .then(|| view! { <p class="muted">{t(words::FAILED_HELP)}</p> })
        }}
        {empty.then(|| view! { <EmptyState glyph=Glyph::Mail title=t(words::EMPTY)/> })}
        <ul class="list stack">{messages}</ul>
        <p class="actions">
            {move || cursor.get().map(|_| view! { <a class="btn btn-ghost" href=address(None)>{t(practice::NEWEST)}</a> })}
            {page
                .next
                .map(|next| {
                    view! { <a class="btn btn-secondary" href=move || address(Some(&next))>{t(practice::MORE)}</a> }
                })}
        </p>
    }
}

#[component]
fn Filters() -> impl IntoView {
    let status = query("status");
    let items = FILTERS
        .into_iter()
        .map(|(code, name)| {
            let href =
                if code.is_empty() { "/app/messages".to_owned() } else { format!("/app/messages?status={code}") };
            let here = move || status.with(|status| status.as_deref().unwrap_or_default() == code).then_some("page");
            view! { <li><a class="summary-item" href=href aria-current=here>{t(name)}</a></li> }
        })
        .collect_view();
    view! {
        <nav aria-label=t(words::FILTER)>
            <ul class="summary">{items}</ul>
        </nav>
    }
}

#[component]
fn Message(stamped: Stamped, may: bool, forms: Forms) -> impl IntoView {
    let (tone, glyph, status) = standing((&stamped).into(), lang());
    let Stamped { message, written, sent, delivered, .. } = stamped;
    let when = |at: NaiveDateTime| dates::long_when(lang(), at);
    let again = (may && message.status == MessageStatus::Failed && !message.settled)
        .then(|| view! { <Remedies message=message.clone() forms/> });
    let call = message.call.clone().map(|number| {
        view! {
            <a class="btn btn-secondary" href=format!("tel:{number}")>
                <Icon glyph=Glyph::Bell/>
                {tf(words::CALL, &[("number", &number)])}
            </a>
        }
    });
    view! {
        <li class="card message">
            <div class="booking-head">
                <div>
                    <h2 class="message-subject">{message.subject.clone()}</h2>
                    <p class="muted">
                        {t(channel_name(message.channel))}" · "{t(words::TO)}" "{message.recipient}" · "
                        <span class="figures">{when(written)}</span>
                    </p>
                </div>
                <span class=format!("badge badge-{tone}")><Icon glyph/>{status}</span>
            </div>
            {message.last_error.map(|error| view! { <p class="field-error">{t(words::LAST_ERROR)}": "{error}</p> })}
            <details>
                <summary>{t(words::TEXT)}</summary>
                <dl class="pairs">
                    <dt>{t(words::WRITTEN)}</dt>
                    <dd class="figures">{when(written)}</dd>
                    {sent.map(|sent| view! { <dt>{t(words::SENT_AT)}</dt> <dd class="figures">{when(sent)}</dd> })}
                    {delivered.map(|at| view! { <dt>{t(words::STATUS_DELIVERED)}</dt> <dd class="figures">{when(at)}</dd> })}
                    <dt>{t(words::ATTEMPTS)}</dt>
                    <dd class="figures">{message.attempts}</dd>
                </dl>
                <div class="message-body prewrap">{message.body}</div>
                {message.booking_id.map(|id| view! { <p><a href=format!("/app/bookings/{id}")>{t(words::SEE_BOOKING)}</a></p> })}
            </details>
            {(again.is_some() || call.is_some()).then(|| view! { <div class="actions">{again} {call}</div> })}
        </li>
    }
}

/// Send it again, send it another way, or say that somebody called.
#[component]
fn Remedies(message: MessageView, forms: Forms) -> impl IntoView {
    let about = tf(words::SETTLE_OF, &[("subject", &message.subject)]);
    let id = message.id.to_string();
    let again = id.clone();
    let others = message
        .other_channels
        .iter()
        .map(|channel| {
            let (about, id, code) = (about.clone(), id.clone(), channel.as_str());
            let name = tf(words::BY, &[("channel", t(channel_name(*channel)))]);
            view! {
                <ActionForm action=forms.other>
                    <input type="hidden" name="id" value=id/>
                    <input type="hidden" name="channel" value=code/>
                    <span class="sr-only">{about}</span>
                    <Button variant=Variant::Secondary pending=forms.other.pending()>{name}</Button>
                </ActionForm>
            }
        })
        .collect_view();
    view! {
        <ActionForm action=forms.resend>
            <input type="hidden" name="id" value=again/>
            <span class="sr-only">{tf(words::RESEND_TO, &[("subject", &message.subject)])}</span>
            <Button variant=Variant::Secondary pending=forms.resend.pending()>
                <Icon glyph=Glyph::Refresh/>
                {t(words::RESEND)}
            </Button>
        </ActionForm>
        {others}
        <ActionForm action=forms.settle>
            <input type="hidden" name="id" value=id/>
            <span class="sr-only">{about}</span>
            <Button variant=Variant::Ghost pending=forms.settle.pending()>{t(words::SETTLE)}</Button>
        </ActionForm>
    }
}
