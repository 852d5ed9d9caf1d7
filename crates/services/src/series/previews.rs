//! What saving would do, date by date, before anything is saved.

use super::changing::{self, Plan};
use super::draft::{self, Draft};
use super::{begin, commit, is_active, time, visible};
use crate::{Ctx, Member, Result, ServiceError};
use chrono::{Days, NaiveDate};
use contracts::series::{AskPreview, Becomes, Conflict, Preview, PreviewDate};
use domain::permissions::{Action, Resource};
use domain::recurrence::{self, AHEAD_DAYS, Diary, occurrences, start};
use domain::slots::{self, Taken};
use store::Tx;
use store::series::{self as stored, DateSession, SeriesRow};

/// How far ahead dates are looked at.
const PREVIEW_DAYS: u64 = 366;
/// How many are shown: a year of weeks, with room.
const PREVIEW_MAX: usize = 60;

/// Every date with what becomes of it, its conflicts, clock changes and nearest alternatives. Nothing is saved.
///
/// # Errors
/// As [`super::create`] and [`super::change`].
pub async fn preview(ctx: &Ctx, ask: AskPreview) -> Result<Preview> {
    match ask {
        AskPreview::Create(cmd) => {
            let member = ctx.may(Action::Create, Resource::Series)?;
            let mut tx = begin(ctx, member).await?;
            let draft = draft::new(&mut tx, ctx, member, &cmd).await?;
            let until = last_day(&draft);
            let taken = time::taken(&mut tx, ctx, member.practice_id, &draft.open, (draft.today, until)).await?;
            let others = time::others(&mut tx, member.practice_id, cmd.therapist_id, None).await?;
            let preview = of_draft(ctx, &draft, &others, (taken, vec![]));
            commit(tx).await?;
            Ok(preview)
        }
        AskPreview::Change { id, to } => {
            let member = ctx.may(Action::Update, Resource::Series)?;
            let mut tx = begin(ctx, member).await?;
            let row = stored::get(&mut tx, member.practice_id, id).await?;
            let row = row.filter(|row| visible(member, row)).ok_or_else(ServiceError::not_found)?;
            changing::unchanged(&row, &to)?;
            let plan = changing::plan(&mut tx, ctx, member, &row, &to).await?;
            let preview = of_plan(&mut tx, ctx, member, &row, plan).await?;
            commit(tx).await?;
            Ok(preview)
        }
    }
}

fn last_day(draft: &Draft) -> NaiveDate {
    draft.today.max(draft.agreed.holds_from) + Days::new(PREVIEW_DAYS)
}

/// The dates that are not decided. `known` ones are, and `others` are the series that agreed on their times before.
fn of_draft(ctx: &Ctx, draft: &Draft, others: &[SeriesRow], (taken, known): (Vec<Taken>, Vec<NaiveDate>)) -> Preview {
    let until = last_day(draft);
    let mut diary = Diary::new(&draft.open.schedule, taken, draft.today, until);
    for other in others {
        plan_other(&mut diary, other, draft.today, until);
    }
    let rule = draft.agreed.rule;
    let from = draft.today.max(draft.agreed.holds_from);
    let undecided = occurrences(&rule, from, until).filter(|date| !known.contains(date));
    let dates: Vec<NaiveDate> = undecided.take(PREVIEW_MAX).collect();
    let more = dates.last().is_some_and(|last| recurrence::next_after(&rule, *last).is_some());
    let dates = recurrence::preview(&mut diary, &rule, &dates, draft.today, ctx.now);
    Preview { series: draft.shown(), dates, more, unpaid_sessions: 0, today: draft.today }
}

/// What another series will take and does not hold yet.
fn plan_other(diary: &mut Diary<'_>, other: &SeriesRow, today: NaiveDate, until: NaiveDate) {
    let undecided = (today + Days::new(AHEAD_DAYS + 1)).max(other.holds_from);
    for date in occurrences(&other.rule, undecided, until) {
        let starts_at = diary.start(date, other.rule.starts_min).at;
        diary.plan(starts_at, other.rule.duration_min);
    }
}

/// A change: its sessions that exist, and the dates that are not decided.
async fn of_plan(tx: &mut Tx, ctx: &Ctx, member: &Member, row: &SeriesRow, plan: Plan) -> Result<Preview> {
    let Plan { draft, moved, cancelled, kept, unpaid, taken } = plan;
    let zone = draft.open.schedule.zone;
    let until = last_day(&draft);
    // The plan read the next days, with what moves where it goes; behind them everything is as it is.
    let soon =
        slots::span(&draft.open.schedule, draft.today, draft.today + Days::new(AHEAD_DAYS + time::AROUND_DAYS)).1;
    let far = time::taken(tx, ctx, member.practice_id, &draft.open, (draft.today, until)).await?;
    let taken: Vec<Taken> = taken.into_iter().chain(far.into_iter().filter(|t| t.starts_at >= soon)).collect();
    let known = stored::dates(tx, member.practice_id, &[row.id], draft.today).await?;
    let gone: Vec<NaiveDate> = moved.iter().map(|(a, _)| a.date).collect();
    let still = known.iter().filter(|d| d.state != contracts::series::OccurrenceState::Skipped).map(|d| d.date);
    let mut decided: Vec<NaiveDate> = still.filter(|date| !gone.contains(date)).collect();
    decided.extend(moved.iter().map(|(_, to)| to.date));
    let mut others = time::others(tx, member.practice_id, row.therapist_id, Some(row.id)).await?;
    if changing::keeps_time(row, &draft.agreed) {
        others.retain(|other| (other.agreed_at, other.id) < (row.agreed_at, row.id));
    }
    let mut preview = of_draft(ctx, &draft, &others, (taken, decided));
    if !is_active(row) {
        // Nothing is made before it is resumed.
        preview.dates.iter_mut().filter(|d| d.becomes == Becomes::Session).for_each(|d| d.becomes = Becomes::Later);
    }
    let local = |at| slots::local(zone, at);
    let shown = |date, session: &DateSession, becomes| existing(&draft, date, session, becomes);
    for (from, to) in &moved {
        let becomes = Becomes::Moved { from: local(from.session.starts_at) };
        let at = start(zone, to.date, draft.agreed.rule.starts_min);
        preview.dates.push(PreviewDate { starts_at: at.at, local: at.local, ..shown(to.date, &from.session, becomes) });
    }
    for one in &cancelled {
        let becomes = Becomes::Cancelled { at: local(one.session.starts_at) };
        preview.dates.push(shown(one.date, &one.session, becomes));
    }
    for (one, judged) in kept {
        let becomes = Becomes::Stays { at: local(one.session.starts_at), paid: one.session.paid };
        let conflicts: Vec<Conflict> = judged.map(|j| j.conflicts).unwrap_or_default();
        preview.dates.push(PreviewDate { conflicts, ..shown(one.date, &one.session, becomes) });
    }
    preview.dates.sort_by_key(|date| (date.starts_at, date.date));
    preview.unpaid_sessions = u32::try_from(unpaid).unwrap_or(u32::MAX);
    Ok(preview)
}

/// A date whose session exists, where it is now.
fn existing(draft: &Draft, date: NaiveDate, session: &DateSession, becomes: Becomes) -> PreviewDate {
    PreviewDate {
        date,
        starts_at: session.starts_at,
        local: slots::local(draft.open.schedule.zone, session.starts_at),
        becomes,
        conflicts: vec![],
        clock: None,
        alternatives: vec![],
    }
}
