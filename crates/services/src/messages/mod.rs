//! The outbox: messages are written in the transaction of their cause and sent by the worker.

mod render;
mod sending;

use crate::cursor::{self, Cursor};
use crate::{Ctx, Member, Result, ServiceError, audit};
use contracts::accounts::Role;
use contracts::booking::Page;
use contracts::lists::{MessageSort, PageOf};
use contracts::messages::*;
use contracts::{ErrorCode, *};
use domain::permissions::{Action, Resource, sees_only_own};
use serde_json::json;
use store::messages::Filter;

pub use sending::send_due;

macro_rules! templates {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// What a message is about. Each has one text per language in `templates/`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Template { $($(#[$doc])* $variant),+ }

        impl Template {
            pub const ALL: &[Template] = &[$(Template::$variant),+];
            /// The name of its file and its row.
            pub fn as_str(self) -> &'static str { match self { $(Template::$variant => $name),+ } }
        }

        /// Every text, by the name it is rendered under.
        const SOURCES: &[(&str, &str)] = &[$(
            (concat!("en/", $name, ".txt"), include_str!(concat!("../../templates/en/", $name, ".txt"))),
            (concat!("es/", $name, ".txt"), include_str!(concat!("../../templates/es/", $name, ".txt")))
        ),+];
    };
}

templates! {
    RequestReceived = "request_received",
    /// The time is kept; how and until when to pay.
    Approved = "approved",
    Declined = "declined",
    ProofReceived = "proof_received",
    PaymentRejected = "payment_rejected",
    Confirmed = "confirmed",
    Cancelled = "cancelled",
    /// The session has another time.
    Rescheduled = "rescheduled",
    Expired = "expired",
    /// A proof came after the booking had ended and the time is gone.
    LatePaymentReceived = "late_payment_received",
    /// The practice keeps late money for the patient.
    LatePaymentKept = "late_payment_kept",
    /// The practice gave late money back.
    LatePaymentReturned = "late_payment_returned",
    /// To the therapist.
    NewRequest = "new_request",
    /// To the therapist.
    ProofToVerify = "proof_to_verify",
    /// To the therapist.
    CancelledByPatient = "cancelled_by_patient",
    /// To the therapist: the end date of a series has passed (004 BR-RS-006).
    SeriesCompleted = "series_completed",
    /// To the therapist.
    MovedByPatient = "moved_by_patient",
    ConfirmEmail = "confirm_email",
    /// Somebody registered with an address that has an account.
    AccountExists = "account_exists",
    ResetPassword = "reset_password",
    Invitation = "invitation",
    PatientSignIn = "patient_sign_in",
}

/// What a template may mention; empty strings are left out by the templates.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Facts {
    pub patient_name: String,
    pub therapist_name: String,
    pub practice_name: String,
    pub service_name: String,
    /// The start for people, with weekday, in the therapist's zone, e.g. "Tuesday 24 November 2026, 10:00".
    pub when: String,
    pub time_zone: String,
    /// Where a session that was moved stood before, like `when`.
    pub was: String,
    pub price: String,
    pub reference: String,
    /// For people, like `when`.
    pub deadline: String,
    pub instructions: PaymentInstructionsText,
    pub reason: String,
    pub video_link: String,
    pub cancel_rule: String,
    /// Absolute address to act on: the booking's link, the dashboard, the one-use link.
    pub link: String,
    pub role: String,
    /// The proof came after the booking had ended.
    pub late: bool,
    /// The booking keeps no time any more.
    pub time_gone: bool,
}

#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct PaymentInstructionsText {
    pub mpesa: String,
    pub bank_account: String,
    pub cash: bool,
    pub note: String,
}

pub struct NewMessage {
    pub practice_id: PracticeId,
    pub booking_id: Option<BookingId>,
    pub to: String,
    pub to_name: String,
    pub lang: Lang,
    pub template: Template,
    pub facts: Facts,
    /// An .ics to attach.
    pub calendar: Option<String>,
}

/// Renders and queues; call it in the transaction of the cause. Without an address there is nobody to write to, and
/// nothing is queued.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn enqueue(tx: &mut store::Tx, ctx: &Ctx, message: NewMessage) -> Result<()> {
    let recipient = message.to.trim();
    if recipient.is_empty() {
        return Ok(());
    }
    let has_calendar = message.calendar.is_some();
    let rendered = render::render(message.template, message.lang, &message.to_name, &message.facts, has_calendar)
        .map_err(|error| {
            ServiceError::internal(format!("template {}: {:?}", message.template.as_str(), error.kind()))
        })?;
    let row = store::messages::NewMessage {
        id: ctx.new_id(),
        booking_id: message.booking_id,
        template: message.template.as_str(),
        lang: message.lang,
        recipient,
        recipient_name: message.to_name.trim(),
        subject: &rendered.subject,
        body_text: &rendered.text,
        body_html: &rendered.html,
        calendar: message.calendar.as_deref(),
        created_at: ctx.now,
    };
    Ok(store::messages::insert(tx, message.practice_id, &row).await?)
}

/// The outbox, newest first, 25 to a page. Therapists see what was written about their own bookings.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`, or a field error on a `cursor` that is none of ours.
pub async fn list(ctx: &Ctx, status: Option<MessageStatus>, cursor: Option<String>) -> Result<Page<MessageView>> {
    page(ctx, status, PageOf::after(cursor)).await
}

/// The outbox in the order and size asked for. Therapists see what was written about their own bookings.
///
/// # Errors
/// As [`list`].
pub async fn page(ctx: &Ctx, status: Option<MessageStatus>, of: PageOf<MessageSort>) -> Result<Page<MessageView>> {
    let member = ctx.may(Action::Read, Resource::Messages)?;
    let Some(therapist) = visible_to(member) else { return Ok(Page { items: vec![], next: None }) };
    let after = Cursor::parse(of.cursor.as_deref(), of.sort)?.map(Cursor::pair);
    let size = cursor::size(of.limit);
    let filter = Filter { status, therapist, sort: of.sort, after, limit: i64::from(size) + 1 };
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    let mut items = store::messages::list(&mut tx, member.practice_id, &filter).await?;
    tx.commit().await.map_err(store::StoreError::from)?;

    hide_links(ctx, member, &mut items);
    Ok(cursor::page(items, size, of.sort, |last| Cursor { at: last.created_at, id: last.id.0 }))
}

/// Sends a message again, now, with a new set of tries. While it is being sent this changes nothing.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`, `NOT_FOUND`, or `CONFLICT` when its recipient was erased.
pub async fn resend(ctx: &Ctx, id: MessageId) -> Result<()> {
    let member = ctx.may(Action::Update, Resource::Messages)?;
    let therapist = visible_to(member).ok_or_else(ServiceError::not_found)?;
    let mut tx = ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?;
    match store::messages::can_be_sent(&mut tx, member.practice_id, id, therapist).await? {
        None => return Err(ServiceError::not_found()),
        Some(false) => return Err(ServiceError::code(ErrorCode::Conflict)),
        Some(true) => {}
    }
    if store::messages::requeue(&mut tx, member.practice_id, id, ctx.now).await? {
        audit::record(&mut tx, ctx, member.practice_id, "message.resent", Some(id.0), json!({})).await?;
    }
    tx.commit().await.map_err(store::StoreError::from)?;
    Ok(())
}

/// Whose messages this member sees: everybody's (`Some(None)`), one therapist's, or none.
fn visible_to(member: &Member) -> Option<Option<TherapistId>> {
    if sees_only_own(member.role) { member.therapist_id.map(Some) } else { Some(None) }
}

/// Links in messages let whoever holds them act as their recipient: reset a password, cancel a booking. So nobody reads
/// them here, with one exception: where mail does not leave the machine this page is the only place to read it, and the
/// owner may.
fn may_follow_links(ctx: &Ctx, member: &Member) -> bool {
    !ctx.deps.mail.leaves_the_machine() && member.role == Role::Admin
}

/// Cuts links that this member may not follow.
pub(crate) fn hide_links(ctx: &Ctx, member: &Member, items: &mut [MessageView]) {
    if !may_follow_links(ctx, member) {
        for item in items {
            item.body = without_links(&item.body, &ctx.deps.base_url);
        }
    }
}

/// The text with our own addresses cut to their beginning.
fn without_links(body: &str, base_url: &str) -> String {
    let shortened = body.split_inclusive(char::is_whitespace).map(|word| match word.strip_prefix(base_url) {
        Some(path) if path.starts_with('/') => {
            let end = word.trim_end().len();
            format!("{base_url}/…{}", &word[end..])
        }
        _ => word.to_owned(),
    });
    shortened.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_cut_and_the_rest_stays() {
        let body = "See it:\nhttps://calma.example/b/secret-1\n\nRoom: https://meet.example/room\n";
        let cut = without_links(body, "https://calma.example");
        assert_eq!(cut, "See it:\nhttps://calma.example/…\n\nRoom: https://meet.example/room\n");
    }

    #[test]
    fn names_of_templates_are_unique() {
        let mut names: Vec<_> = Template::ALL.iter().map(|template| template.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Template::ALL.len());
    }
}
