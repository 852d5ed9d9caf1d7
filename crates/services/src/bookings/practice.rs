//! The practice's side: the dashboard, the diary, lists, and what members do with bookings.

use super::notify;
use super::steps::{self, Ending, is_over, lock, reread};
use super::view::{card, cards, conflict, lies_ahead};
use crate::cursor::{self, Cursor};
use crate::messages::Template;
use crate::{Ctx, Member, Result, ServiceError, audit};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use chrono_tz::Tz;
use contracts::booking::*;
use contracts::limits::REASON_MAX;
use contracts::lists::BookingSort;
use contracts::practice::PracticeSettings;
use contracts::{BookingId, FieldProblem, PracticeId, TherapistId};
use domain::booking::Event;
use domain::permissions::{Action, Resource, allowed, sees_only_own};
use domain::{slots, validate};
use serde_json::json;
use store::bookings::{self, BookingRow, ClosedBy, DashboardSpan, ListFilter};
use store::{StoreError, Tx, proofs};
use uuid::Uuid;

/// Closed bookings stay on the dashboard this long.
const CLOSED_DAYS: i64 = 30;

/// Whose bookings a member sees: `None` for everybody's. Who sees only their own and is no therapist sees nobody's.
pub(crate) fn own(member: &Member) -> Option<TherapistId> {
    sees_only_own(member.role).then(|| member.therapist_id.unwrap_or(TherapistId(Uuid::nil())))
}

/// The therapist to narrow to, within what the member may see.
///
/// # Errors
/// `NOT_FOUND` for another's therapist.
pub(crate) fn narrowed(member: &Member, wanted: Option<TherapistId>) -> Result<Option<TherapistId>> {
    match (own(member), wanted) {
        (Some(own), Some(wanted)) if own != wanted => Err(ServiceError::not_found()),
        (own, wanted) => Ok(own.or(wanted)),
    }
}

pub(crate) async fn settings(tx: &mut Tx, practice: PracticeId) -> Result<(PracticeSettings, Tz)> {
    let settings = store::practices::get(tx, practice).await?.ok_or_else(ServiceError::not_found)?;
    let zone = settings.time_zone.parse().map_err(|_| ServiceError::internal("unreadable time zone"))?;
    Ok((settings, zone))
}

pub(crate) async fn begin(ctx: &Ctx, member: &Member) -> Result<Tx> {
    Ok(ctx.deps.db.practice(member.practice_id, Some(member.user_id)).await?)
}

pub(crate) async fn commit(tx: Tx) -> Result<()> {
    Ok(tx.commit().await.map_err(StoreError::from)?)
}

/// Everything that waits and everything that comes, in three queries.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`.
pub async fn dashboard(ctx: &Ctx) -> Result<Dashboard> {
    let member = ctx.may(Action::Read, Resource::Bookings)?;
    let mut tx = begin(ctx, member).await?;
    let (_, zone) = settings(&mut tx, member.practice_id).await?;
    let today = slots::today(zone, ctx.now);
    let span = DashboardSpan {
        therapist: own(member),
        upcoming_from: slots::day_begins(zone, today),
        closed_from: ctx.now - Duration::days(CLOSED_DAYS),
    };
    let rows = bookings::dashboard(&mut tx, member.practice_id, span).await?;
    let counts = counts_in(&mut tx, ctx, member).await?;
    commit(tx).await?;
    Ok(sections(ctx.now, today, counts, cards(&rows)?))
}

/// The cards of the dashboard, each in its section.
fn sections(now: DateTime<Utc>, today: NaiveDate, counts: Counts, cards: Vec<BookingCard>) -> Dashboard {
    use BookingStatus::*;
    let mut dashboard = Dashboard {
        now,
        today,
        counts,
        needs_action: vec![],
        awaiting_payment: vec![],
        upcoming: vec![],
        closed: vec![],
    };
    for card in cards {
        let undecided = card.proof.as_ref().is_some_and(|proof| proof.state == ProofState::Submitted);
        match card.status {
            PendingApproval | PaymentSubmitted => dashboard.needs_action.push(card),
            AwaitingPayment | PaymentProcessing => dashboard.awaiting_payment.push(card),
            Confirmed => dashboard.upcoming.push(card),
            Expired | Cancelled | Declined if undecided => dashboard.needs_action.push(card),
            Expired | Cancelled | Declined => dashboard.closed.push(card),
            Held => {}
        }
    }
    // What ends or begins first is the most urgent.
    dashboard.needs_action.sort_by_key(|card| (card.deadline.unwrap_or(card.starts_at), card.id));
    dashboard.awaiting_payment.sort_by_key(|card| (card.deadline.unwrap_or(card.starts_at), card.id));
    dashboard.upcoming.sort_by_key(|card| (card.starts_at, card.id));
    dashboard.closed.sort_by_key(|card| std::cmp::Reverse((card.changed_at, card.id)));
    dashboard
}

async fn counts_in(tx: &mut Tx, ctx: &Ctx, member: &Member) -> Result<Counts> {
    let mut counts = bookings::counts(tx, member.practice_id, own(member), ctx.now).await?;
    if !allowed(member.role, Action::Read, Resource::Messages) {
        counts.failed_messages = 0;
    }
    Ok(counts)
}

/// The numbers on the badges, in one query.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`.
pub async fn counts(ctx: &Ctx) -> Result<Counts> {
    let member = ctx.may(Action::Read, Resource::Bookings)?;
    let mut tx = begin(ctx, member).await?;
    let counts = counts_in(&mut tx, ctx, member).await?;
    commit(tx).await?;
    Ok(counts)
}

/// # Errors
/// `NOT_FOUND` also for holds and for another therapist's booking.
pub async fn get(ctx: &Ctx, id: BookingId) -> Result<BookingCard> {
    let member = ctx.may(Action::Read, Resource::Bookings)?;
    let mut tx = begin(ctx, member).await?;
    let row = bookings::get(&mut tx, member.practice_id, id).await?;
    let row = row.filter(|row| visible(member, row)).ok_or_else(ServiceError::not_found)?;
    commit(tx).await?;
    card(&row)
}

/// Does the booking exist for this member? Holds are nobody's business but the visitor's.
fn visible(member: &Member, row: &BookingRow) -> bool {
    row.requested_at.is_some() && own(member).is_none_or(|own| own == row.therapist_id)
}

/// Sent requests in the order asked for, a page at a time.
///
/// # Errors
/// `NOT_FOUND` for another's therapist; a field error for a cursor that is none.
pub async fn list(ctx: &Ctx, filter: BookingFilter) -> Result<Page<BookingCard>> {
    let member = ctx.may(Action::Read, Resource::Bookings)?;
    let size = cursor::size(filter.limit);
    let narrow = ListFilter {
        status: filter.status,
        therapist: narrowed(member, filter.therapist_id)?,
        from: filter.from,
        until: filter.until,
        sort: filter.sort,
        after: Cursor::parse(filter.cursor.as_deref(), filter.sort)?.map(Cursor::pair),
        limit: i64::from(size) + 1,
    };
    let mut tx = begin(ctx, member).await?;
    let rows = bookings::list(&mut tx, member.practice_id, &narrow).await?;
    commit(tx).await?;
    Ok(cursor::page(cards(&rows)?, size, filter.sort, |card| place(card, filter.sort)))
}

/// Where a card stands in a list of this order.
fn place(card: &BookingCard, sort: BookingSort) -> Cursor {
    let at = match sort {
        BookingSort::StartsAt | BookingSort::StartsAtDown => card.starts_at,
        BookingSort::CreatedAt | BookingSort::CreatedAtDown => card.requested_at.unwrap_or(card.starts_at),
    };
    Cursor { at, id: card.id.0 }
}

/// Approve, decline, verify, reject, cancel, decide about late money.
///
/// # Errors
/// `CONFLICT` with `current_status` when someone else was first; `NOT_FOUND` for what the member does not see; field
/// errors for a reason that is missing or too long.
pub async fn act(ctx: &Ctx, id: BookingId, action: PracticeAction) -> Result<BookingCard> {
    use PracticeAction::*;
    let resource = match &action {
        Approve | Decline { .. } | Cancel { .. } => Resource::Bookings,
        VerifyPayment | RejectPayment { .. } | LateCredit | LateRefund => Resource::Payments,
    };
    let member = ctx.may(Action::Update, resource)?;
    let mut tx = begin(ctx, member).await?;
    let row = lock(&mut tx, member.practice_id, id).await?;
    if !visible(member, &row) {
        return Err(ServiceError::not_found());
    }
    if is_over(ctx, &row) {
        // Its time was up before anybody acted; what the worker would write a moment later is written now.
        let row = steps::expire(&mut tx, ctx, &row).await?;
        commit(tx).await?;
        return Err(conflict(row.status));
    }
    let by = ClosedBy::Member(member.member_id);
    let was = row.status;
    let (row, done) = match action {
        Approve => (approve(&mut tx, ctx, &row, by).await?, "booking.approved"),
        Decline { reason } => (decline(&mut tx, ctx, &row, by, &reason).await?, "booking.declined"),
        Cancel { reason } => {
            let reason = cleaned(&reason, false)?;
            (cancel(&mut tx, ctx, &row, by, &reason).await?, "booking.cancelled")
        }
        VerifyPayment => (verify(&mut tx, ctx, &row, member).await?, "booking.payment_verified"),
        RejectPayment { reason } => (reject(&mut tx, ctx, &row, member, &reason).await?, "booking.payment_rejected"),
        LateCredit => (late(&mut tx, ctx, &row, member, ProofState::Credit).await?, "booking.late_credit"),
        LateRefund => (late(&mut tx, ctx, &row, member, ProofState::Refunded).await?, "booking.late_refund"),
    };
    let details = json!({ "was": was.as_str(), "status": row.status.as_str() });
    audit::record(&mut tx, ctx, member.practice_id, done, Some(id.0), details).await?;
    commit(tx).await?;
    card(&row)
}

async fn approve(tx: &mut Tx, ctx: &Ctx, row: &BookingRow, by: ClosedBy) -> Result<BookingRow> {
    let status = steps::after(row, Event::Approve)?;
    if status == BookingStatus::Confirmed {
        return confirmed(tx, ctx, row, false, by).await;
    }
    let row = steps::advance(tx, ctx, row, status, by).await?;
    notify::patient(tx, ctx, &row, Template::Approved, "", None).await?;
    Ok(row)
}

async fn confirmed(tx: &mut Tx, ctx: &Ctx, row: &BookingRow, paid: bool, by: ClosedBy) -> Result<BookingRow> {
    let patient = row.patient_id.ok_or_else(|| ServiceError::internal("a request without its patient"))?;
    steps::confirm(tx, ctx, row, patient, paid, by).await
}

async fn decline(tx: &mut Tx, ctx: &Ctx, row: &BookingRow, by: ClosedBy, reason: &str) -> Result<BookingRow> {
    let status = steps::after(row, Event::Decline)?;
    let reason = cleaned(reason, true)?;
    let row = steps::close(tx, ctx, row, status, Ending::told(by, Some(&reason))).await?;
    notify::patient(tx, ctx, &row, Template::Declined, &reason, None).await?;
    Ok(row)
}

/// Ends a booking for the practice. A proof that was not decided stays open, for the money to be decided on; so does the
/// money of a session that was paid. Who has a session hears of it after the grace in which it can be taken back.
async fn cancel(tx: &mut Tx, ctx: &Ctx, row: &BookingRow, by: ClosedBy, reason: &str) -> Result<BookingRow> {
    if !lies_ahead(row) {
        return Err(conflict(row.status));
    }
    let status = steps::after(row, Event::CancelByPractice)?;
    let told = Some(reason).filter(|reason| !reason.is_empty());
    let closed = steps::close(tx, ctx, row, status, Ending::told(by, told)).await?;
    if row.status == BookingStatus::Confirmed {
        let calendar = notify::calendar(ctx, &closed, true);
        notify::announce(tx, ctx, &closed, Template::Cancelled, reason, Some(calendar)).await?;
    } else if row.requested_at.is_some() {
        notify::patient(tx, ctx, &closed, Template::Cancelled, reason, None).await?;
    }
    Ok(closed)
}

async fn verify(tx: &mut Tx, ctx: &Ctx, row: &BookingRow, member: &Member) -> Result<BookingRow> {
    steps::after(row, Event::Verify)?;
    let decided = Some(member.member_id);
    proofs::decide(tx, row.practice_id, row.id, ProofState::Verified, decided, None, ctx.now).await?;
    confirmed(tx, ctx, row, true, ClosedBy::Member(member.member_id)).await
}

async fn reject(tx: &mut Tx, ctx: &Ctx, row: &BookingRow, member: &Member, reason: &str) -> Result<BookingRow> {
    let status = steps::after(row, Event::Reject)?;
    let reason = cleaned(reason, true)?;
    let decided = Some(member.member_id);
    proofs::decide(tx, row.practice_id, row.id, ProofState::Rejected, decided, Some(&reason), ctx.now).await?;
    let row = steps::advance(tx, ctx, row, status, ClosedBy::Member(member.member_id)).await?;
    notify::patient(tx, ctx, &row, Template::PaymentRejected, &reason, None).await?;
    Ok(row)
}

/// Decides about money whose booking is closed. Kept money counts as paid, so its payer is not erased.
async fn late(tx: &mut Tx, ctx: &Ctx, row: &BookingRow, member: &Member, state: ProofState) -> Result<BookingRow> {
    let undecided = row.proof.as_ref().is_some_and(|proof| proof.state == ProofState::Submitted);
    if row.status.keeps_slot() || !undecided {
        return Err(conflict(row.status));
    }
    proofs::decide(tx, row.practice_id, row.id, state, Some(member.member_id), None, ctx.now).await?;
    let kept = (state == ProofState::Credit).then_some(ctx.now);
    bookings::touch(tx, row.practice_id, row.id, kept).await?;
    let row = reread(tx, row).await?;
    let told = if kept.is_some() { Template::LatePaymentKept } else { Template::LatePaymentReturned };
    notify::patient(tx, ctx, &row, told, "", None).await?;
    Ok(row)
}

pub(crate) fn cleaned(reason: &str, required: bool) -> Result<String> {
    let reason = validate::clean_text(reason);
    if required && reason.is_empty() {
        return Err(ServiceError::field("reason", FieldProblem::Required));
    }
    validate::check_length(&reason, REASON_MAX).map_err(|problem| ServiceError::field("reason", problem))?;
    Ok(reason)
}

/// Used by availability (EC-AV-002) inside its transaction: cancels these bookings and tells the patients. Those that
/// are closed by now are passed over. The caller holds the therapist's lock alone.
pub(crate) async fn cancel_in(
    tx: &mut Tx,
    ctx: &Ctx,
    practice: PracticeId,
    ids: &[BookingId],
    reason: &str,
) -> Result<()> {
    let by = match &ctx.actor {
        crate::Actor::Member(member) => ClosedBy::Member(member.member_id),
        _ => ClosedBy::System,
    };
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    for id in ids {
        let row = lock(tx, practice, id).await?;
        if row.status.keeps_slot() {
            cancel(tx, ctx, &row, by, reason).await?;
            let details = json!({ "was": row.status.as_str(), "because": "availability" });
            audit::record(tx, ctx, practice, "booking.cancelled", Some(id.0), details).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::steps::tests::row;
    use super::*;
    use contracts::accounts::Role;
    use contracts::practice::PaymentMethod;
    use contracts::{MemberId, ProofId, UserId};

    fn member(role: Role, therapist: Option<u128>) -> Member {
        Member {
            user_id: UserId(Uuid::from_u128(1)),
            member_id: MemberId(Uuid::from_u128(2)),
            practice_id: PracticeId(Uuid::from_u128(2)),
            role,
            therapist_id: therapist.map(|id| TherapistId(Uuid::from_u128(id))),
            login_session_id: Uuid::nil(),
        }
    }

    #[test]
    fn therapists_see_their_own_and_nothing_else() {
        let theirs = TherapistId(Uuid::from_u128(3));
        assert!(visible(&member(Role::Therapist, Some(3)), &row()));
        assert!(!visible(&member(Role::Therapist, Some(9)), &row()));
        assert!(!visible(&member(Role::Therapist, None), &row()));
        assert!(visible(&member(Role::Admin, None), &row()));
        assert!(!visible(&member(Role::Admin, None), &BookingRow { requested_at: None, ..row() }));
        assert!(narrowed(&member(Role::Therapist, Some(9)), Some(theirs)).is_err());
        assert_eq!(narrowed(&member(Role::Therapist, Some(3)), None).unwrap(), Some(theirs));
        assert_eq!(narrowed(&member(Role::Operator, None), None).unwrap(), None);
    }

    #[test]
    fn late_money_needs_action_and_the_most_urgent_comes_first() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let proof = ProofView {
            id: ProofId(Uuid::nil()),
            reference: "R".into(),
            method: PaymentMethod::Mpesa,
            file: None,
            submitted_at: row().starts_at,
            state: ProofState::Submitted,
            reject_reason: None,
            late: true,
            duplicate: false,
        };
        let late = BookingRow { status: BookingStatus::Expired, proof: Some(proof), ..row() };
        let pending =
            BookingRow { id: BookingId(Uuid::from_u128(8)), deadline: Some(at("2026-11-24T12:00:00Z")), ..row() };
        let closed = BookingRow { status: BookingStatus::Declined, ..row() };
        let cards = cards(&[late, pending, closed]).unwrap();
        let now = at("2026-11-23T12:00:00Z");
        let dashboard = sections(now, now.date_naive(), Counts::default(), cards);
        let order: Vec<_> = dashboard.needs_action.iter().map(|card| card.status).collect();
        assert_eq!(order, [BookingStatus::PendingApproval, BookingStatus::Expired]);
        assert_eq!(dashboard.closed.len(), 1);
    }

    #[test]
    fn a_decline_says_why() {
        assert!(cleaned("  ", true).is_err());
        assert_eq!(cleaned("", false).unwrap(), "");
    }
}
