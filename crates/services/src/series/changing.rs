//! Changing a series (BR-RS-005): what is not decided yet follows the new rule; sessions that exist follow it only when
//! asked to, and never when money was received for them.

use super::draft::{self, Draft};
use super::generate::generate_in;
use super::{commit, is_active, open, still_open, telling, time, view};
use crate::{Ctx, Member, Result, ServiceError, audit, bookings};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use contracts::series::{ChangeSeries, Frequency, Rule, SeriesView};
use contracts::sessions::SessionStatus;
use contracts::{BookingId, ErrorCode, SeriesId};
use domain::dates::monday;
use domain::permissions::Action;
use domain::recurrence::{AHEAD_DAYS, Candidate, Diary, Judged, judge, on_weekday, pair};
use domain::slots::Taken;
use serde_json::json;
use store::Tx;
use store::series::{self as stored, Agreed, DateRow, DateSession, Move, SeriesRow};

/// Saves other terms.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` for one that has ended or was changed meanwhile; `SLOT_TAKEN` when a time that a session should
/// move to was taken in this very moment; field errors.
pub async fn change(ctx: &Ctx, id: SeriesId, cmd: ChangeSeries) -> Result<SeriesView> {
    let (member, mut tx, row) = open(ctx, Action::Update, id).await?;
    let practice = member.practice_id;
    unchanged(&row, &cmd)?;
    // Locked before they are read again: nobody pays for or cancels one of them meanwhile.
    let mut sessions: Vec<BookingId> =
        ahead(&mut tx, ctx, member, &row).await?.iter().map(|a| a.session.booking).collect();
    sessions.sort_unstable();
    stored::lock_bookings(&mut tx, practice, &sessions).await?;
    let plan = plan(&mut tx, ctx, member, &row, &cmd).await?;
    bookings::cancel_in(
        &mut tx,
        ctx,
        practice,
        &plan.cancelled.iter().map(|a| a.session.booking).collect::<Vec<_>>(),
        "",
    )
    .await?;
    // Before anything moves: a session may go to a date that had been skipped.
    stored::forget_skipped(&mut tx, practice, id, plan.draft.today).await?;
    let moves: Vec<Move> = plan.moved.iter().map(|(from, to)| movement(ctx, &plan.draft, from, to)).collect();
    let whose = (id, row.therapist_id);
    if !stored::move_sessions(&mut tx, practice, whose, &plan.draft.agreed, &moves, ctx.now).await? {
        return Err(ServiceError::code(ErrorCode::SlotTaken));
    }
    tell_moved(&mut tx, ctx, member, &plan.moved).await?;
    let due_on = plan.draft.agreed.due_on.filter(|_| is_active(&row));
    let agreed = Agreed { due_on, ..plan.draft.agreed.clone() };
    let agreed_at = if keeps_time(&row, &agreed) { row.agreed_at } else { ctx.now };
    stored::update(&mut tx, practice, id, &agreed, agreed_at, ctx.now).await.map_err(draft::made_twice)?;
    let details = json!({ "moved": moves.len(), "cancelled": plan.cancelled.len(), "kept": plan.kept.len() });
    audit::record(&mut tx, ctx, practice, "series.changed", Some(id.0), details).await?;
    if is_active(&row) {
        let row = stored::get(&mut tx, practice, id).await?.ok_or_else(ServiceError::not_found)?;
        generate_in(&mut tx, ctx, practice, &plan.draft.open, &[row]).await?;
    }
    let view = view::one(&mut tx, ctx, practice, id).await?;
    // Whoever corrects at once what was agreed corrects what is told of it.
    if store::messages::withdraw_of_series(&mut tx, practice, id).await? {
        telling::agreed(&mut tx, ctx, practice, &view).await?;
    }
    commit(tx).await?;
    Ok(view)
}

/// Tells the patient the new time of each session that has one.
async fn tell_moved(tx: &mut Tx, ctx: &Ctx, member: &Member, moved: &[(Ahead, To)]) -> Result<()> {
    for (from, _) in moved.iter().filter(|(from, to)| from.session.starts_at != to.starts_at) {
        let row = store::bookings::get(tx, member.practice_id, from.session.booking).await?;
        let row = row.ok_or_else(ServiceError::not_found)?;
        bookings::announce_move(tx, ctx, &row, from.session.starts_at, "").await?;
    }
    Ok(())
}

/// # Errors
/// `CONFLICT` when the series is not the one that was shown.
pub(super) fn unchanged(row: &SeriesRow, cmd: &ChangeSeries) -> Result<()> {
    still_open(row)?;
    if row.version == cmd.version { Ok(()) } else { Err(ServiceError::code(ErrorCode::Conflict)) }
}

/// Does the series want the times that it wanted before? Then it keeps its place before those that came later.
pub(super) fn keeps_time(row: &SeriesRow, agreed: &Agreed) -> bool {
    Rule { ends_on: None, ..row.rule } == Rule { ends_on: None, ..agreed.rule }
}

/// A session of the series that is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ahead {
    pub date: NaiveDate,
    pub session: DateSession,
}

/// Where a session goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct To {
    pub date: NaiveDate,
    pub starts_at: DateTime<Utc>,
}

/// What a change does: the same for its preview and for the deed.
pub(super) struct Plan {
    pub draft: Draft,
    pub moved: Vec<(Ahead, To)>,
    /// Not paid, and without a date under the new rule.
    pub cancelled: Vec<Ahead>,
    /// As they are: paid, not asked for, or with something in the way of their new time.
    pub kept: Vec<(Ahead, Option<Judged>)>,
    /// Sessions that may follow, whether they were asked to or not.
    pub unpaid: usize,
    /// Everything else that takes the therapist's time, from today on.
    pub taken: Vec<Taken>,
}

/// Sessions of the series that are still to come, in order.
async fn ahead(tx: &mut Tx, ctx: &Ctx, member: &Member, row: &SeriesRow) -> Result<Vec<Ahead>> {
    let from = ctx.now.date_naive() - Days::new(1);
    Ok(to_come(ctx, &stored::dates(tx, member.practice_id, &[row.id], from).await?))
}

fn to_come(ctx: &Ctx, dates: &[DateRow]) -> Vec<Ahead> {
    let scheduled = dates.iter().filter_map(|row| Some(Ahead { date: row.date, session: row.session? }));
    scheduled.filter(|a| a.session.status == SessionStatus::Scheduled && a.session.starts_at > ctx.now).collect()
}

/// Works a change out.
///
/// # Errors
/// As [`change`].
pub(super) async fn plan(tx: &mut Tx, ctx: &Ctx, member: &Member, row: &SeriesRow, cmd: &ChangeSeries) -> Result<Plan> {
    let practice = member.practice_id;
    let from = ctx.now.date_naive() - Days::new(1);
    let dates = stored::dates(tx, practice, &[row.id], from).await?;
    let unpaid: Vec<Ahead> = to_come(ctx, &dates).into_iter().filter(|a| !a.session.paid).collect();
    let movable: Vec<Ahead> = if cmd.also_unpaid { unpaid.clone() } else { vec![] };
    let is_movable = |date: NaiveDate| movable.iter().any(|a| a.date == date);
    let decided: Vec<NaiveDate> =
        dates.iter().filter(|d| d.state != contracts::series::OccurrenceState::Skipped).map(|d| d.date).collect();
    let kept_dates: Vec<NaiveDate> = decided.into_iter().filter(|date| !is_movable(*date)).collect();
    let begins = |today| begins(row, cmd, today, kept_dates.last().copied(), movable.first().map(|a| a.date));
    let draft = draft::changed(tx, ctx, member, row, cmd, begins).await?;
    let pairing_from = draft.today.max(cmd.starts_on.unwrap_or(draft.today));
    let olds: Vec<NaiveDate> = movable.iter().map(|a| a.date).collect();
    let pairs = pair(&draft.agreed.rule, pairing_from, &olds, &kept_dates);
    let until = draft.today + Days::new(AHEAD_DAYS + time::AROUND_DAYS);
    let taken = time::taken(tx, ctx, practice, &draft.open, (draft.today, until)).await?;
    let stays = to_come(ctx, &dates).into_iter().filter(|a| !is_movable(a.date)).map(|a| (a, None));
    let mut kept: Vec<(Ahead, Option<Judged>)> = stays.collect();
    let (mut paired, mut cancelled) = (vec![], vec![]);
    for (session, pair) in movable.iter().zip(&pairs) {
        match pair.new {
            Some(new) => paired.push((*session, new)),
            None => cancelled.push(*session),
        }
    }
    let gone: Vec<BookingId> = cancelled.iter().map(|a| a.session.booking).collect();
    let taken: Vec<Taken> = taken.into_iter().filter(|t| t.booking.is_none_or(|b| !gone.contains(&b))).collect();
    let (moved, stuck, taken) = fit(ctx, &draft, paired, taken, until);
    kept.extend(stuck);
    kept.sort_by_key(|(a, _)| a.session.starts_at);
    Ok(Plan { draft, moved, cancelled, kept, unpaid: unpaid.len(), taken })
}

/// Where the new rhythm begins (its anchor), and the first day on which it decides.
///
/// A rule that keeps its frequency and weekday keeps its rhythm. Otherwise it begins where it was asked to, else in the week
/// of the first session that moves, else after the last one that stays, and for weekly rules after that one's week: a
/// patient who has a session on Monday gets the next on Thursday of another week, and not in three days.
fn begins(
    row: &SeriesRow,
    cmd: &ChangeSeries,
    today: NaiveDate,
    last_kept: Option<NaiveDate>,
    first_moved: Option<NaiveDate>,
) -> (NaiveDate, NaiveDate) {
    let after_kept = last_kept.and_then(|day| day.succ_opt()).unwrap_or(today).max(today);
    if cmd.starts_on.is_none() && same_rhythm(&row.rule, cmd) {
        let holds_from = if first_moved.is_some() { today } else { after_kept };
        return (row.rule.anchor, holds_from);
    }
    let weeks = match cmd.terms.frequency {
        Frequency::Weekly => 1,
        Frequency::Biweekly => 2,
        Frequency::Monthly | Frequency::EveryNDays => 0,
    };
    let week_of = |day: NaiveDate| if weeks > 0 { monday(day) } else { day };
    let begin = match (cmd.starts_on, first_moved, last_kept) {
        (Some(day), ..) => day,
        (None, Some(first), _) => week_of(first),
        (None, None, Some(last)) if weeks > 0 => monday(last) + Days::new(7 * weeks),
        (None, None, _) => after_kept,
    };
    let anchor = on_weekday(begin.max(today), draft::wanted_weekday(&cmd.terms));
    (anchor, if first_moved.is_some() { anchor } else { anchor.max(after_kept) })
}

fn same_rhythm(rule: &Rule, cmd: &ChangeSeries) -> bool {
    let weekday =
        draft::wanted_weekday(&cmd.terms).is_none_or(|_| on_weekday(rule.anchor, cmd.terms.weekday) == rule.anchor);
    let every = cmd.terms.frequency != Frequency::EveryNDays || cmd.terms.interval_days == rule.interval_days;
    rule.frequency == cmd.terms.frequency && weekday && every
}

/// Which of these sessions can go to their new dates. One that cannot stays where it is and is then in the way of the
/// others, so they are looked at again until nothing changes any more.
#[allow(clippy::type_complexity, reason = "what moved, what did not, and what takes time now")]
fn fit(
    ctx: &Ctx,
    draft: &Draft,
    mut paired: Vec<(Ahead, NaiveDate)>,
    taken: Vec<Taken>,
    until: NaiveDate,
) -> (Vec<(Ahead, To)>, Vec<(Ahead, Option<Judged>)>, Vec<Taken>) {
    let rule = draft.agreed.rule;
    let mut stuck: Vec<(Ahead, Option<Judged>)> = vec![];
    loop {
        let going: Vec<BookingId> = paired.iter().map(|(a, _)| a.session.booking).collect();
        let others = taken.iter().filter(|t| t.booking.is_none_or(|b| !going.contains(&b))).copied().collect();
        let mut diary = Diary::new(&draft.open.schedule, others, draft.today, until);
        let candidate = |(_, date): &(Ahead, NaiveDate)| Candidate {
            date: *date,
            starts_min: rule.starts_min,
            duration_min: rule.duration_min,
        };
        let candidates: Vec<Candidate> = paired.iter().map(candidate).collect();
        let judged = judge(&mut diary, &candidates, ctx.now);
        let Some(first) = judged.iter().find(|j| !j.is_free()).cloned() else {
            let moved = judged.iter().map(|j| {
                let (session, date) = paired[j.which];
                (session, To { date, starts_at: j.start.at })
            });
            return (moved.collect(), stuck, diary.everything());
        };
        let (session, _) = paired.remove(first.which);
        stuck.push((session, Some(first)));
    }
}

fn movement(ctx: &Ctx, draft: &Draft, from: &Ahead, to: &To) -> Move {
    let minutes = |n: i32| TimeDelta::minutes(n.into());
    let ends_at = to.starts_at + minutes(draft.agreed.rule.duration_min);
    Move {
        old_date: from.date,
        new_date: to.date,
        booking: from.session.booking,
        session: from.session.id,
        occupancy: ctx.new_uuid(),
        starts_at: to.starts_at,
        ends_at,
        blocked_from: to.starts_at - minutes(draft.open.schedule.buffer_before_min.max(0)),
        blocked_until: ends_at + minutes(draft.open.schedule.buffer_after_min.max(0)),
    }
}
