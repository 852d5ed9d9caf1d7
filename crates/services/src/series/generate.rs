//! Bringing sessions about: every date within the next seven days that is not decided yet becomes a session or is skipped
//! with its reasons (BR-RS-001 and 002).
//!
//! One therapist is one transaction: opening hours and what is taken are read once, everything is judged in memory, and
//! written with a few statements whatever the number of series. What a run was cut off in did not happen; what it did is
//! not done again, since every date it decided has its row. After days without a worker the dates that are still to come
//! are made up for, and those that have passed are passed over.

use super::time;
use crate::messages::{Facts, Inform, NewMessage, Template, enqueue, inform};
use crate::{Ctx, Result, ServiceError, audit, bookings};
use chrono::{Days, Duration, NaiveDate, TimeDelta};
use chrono_tz::Tz;
use contracts::messages::NoticeKind;
use contracts::series::Conflict;
use contracts::{BookingId, Lang, PracticeId, SeriesId};
use domain::dates::long_date;
use domain::recurrence::{self, AHEAD_DAYS, Candidate, Diary, Judged, judge};
use domain::reference::reference;
use domain::slots;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use store::calendars::{self, Video};
use store::lookup::{self, DueTherapist};
use store::occupancy::{self, TherapistSchedule};
use store::series::{self as stored, Advance, NewOccurrence, NewSkip, SeriesRow};
use store::{StoreError, Tx};
use tokio::task::JoinSet;

/// No zone is further ahead of UTC.
const FARTHEST_AHEAD_HOURS: i64 = 14;
/// Therapists worked on at the same time.
const AT_ONCE: usize = 4;

/// What a run brought about.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Generated {
    /// Therapists with something due.
    pub therapists: u32,
    /// Series that were looked at.
    pub series: u32,
    /// Sessions made.
    pub created: u32,
    /// Dates with something in the way.
    pub skipped: u32,
    /// Series whose end date has passed.
    pub completed: u32,
    /// Therapists whose series could not be generated; the next round tries again.
    pub errors: u32,
}

impl std::ops::AddAssign for Generated {
    fn add_assign(&mut self, other: Self) {
        self.therapists += other.therapists;
        self.series += other.series;
        self.created += other.created;
        self.skipped += other.skipped;
        self.completed += other.completed;
        self.errors += other.errors;
    }
}

/// Everything that is due, of all therapists. Safe on several servers at once, and to repeat.
///
/// # Errors
/// When the database cannot say what is due. What goes wrong for one therapist is logged and counted, and keeps no other
/// from theirs.
pub async fn generate_due(ctx: &Ctx) -> Result<Generated> {
    let until = (ctx.now + Duration::hours(FARTHEST_AHEAD_HOURS)).date_naive();
    let mut connection = ctx.deps.db.connection().await?;
    let due = lookup::therapists_with_due_series(&mut connection, until).await?;
    drop(connection);
    let mut waiting = due.into_iter().filter(|one| has_come(ctx, one));
    let (mut running, mut done) = (JoinSet::new(), Generated::default());
    for one in waiting.by_ref().take(AT_ONCE) {
        running.spawn(of_therapist(ctx.clone(), one));
    }
    while let Some(finished) = running.join_next().await {
        done += finished.unwrap_or(Generated { errors: 1, ..Generated::default() });
        if let Some(one) = waiting.next() {
            running.spawn(of_therapist(ctx.clone(), one));
        }
    }
    if done.therapists > 0 {
        tracing::info!(?done, "recurring sessions");
    }
    Ok(done)
}

/// Has the day on which something is due begun where the therapist is?
fn has_come(ctx: &Ctx, due: &DueTherapist) -> bool {
    due.time_zone.parse::<Tz>().is_ok_and(|zone| due.due_on <= slots::today(zone, ctx.now))
}

/// One therapist's, with errors counted.
async fn of_therapist(ctx: Ctx, due: DueTherapist) -> Generated {
    match try_of_therapist(&ctx, &due).await {
        Ok(generated) => generated,
        Err(error) => {
            tracing::error!(therapist = %due.therapist, %error, "recurring sessions could not be generated");
            Generated { therapists: 1, errors: 1, ..Generated::default() }
        }
    }
}

async fn try_of_therapist(ctx: &Ctx, due: &DueTherapist) -> Result<Generated> {
    let practice = due.practice;
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    occupancy::lock_for_booking(&mut tx, due.therapist).await?;
    let open = time::schedule(&mut tx, ctx, practice, due.therapist).await?;
    let series = stored::lock_due(&mut tx, practice, due.therapist, time::today(ctx, &open)).await?;
    if series.is_empty() {
        // Another server has them.
        return Ok(Generated::default());
    }
    let generated = generate_in(&mut tx, ctx, practice, &open, &series).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Generated { therapists: 1, ..generated })
}

/// A date that was judged, with its series.
struct Decided<'a> {
    series: &'a SeriesRow,
    date: NaiveDate,
    judged: Judged,
}

/// Decides what is due of these series of one therapist, those agreed first coming first, inside the caller's transaction. The caller
/// holds the therapist's lock and the series.
///
/// # Errors
/// When the database cannot answer.
pub(super) async fn generate_in(
    tx: &mut Tx,
    ctx: &Ctx,
    practice: PracticeId,
    open: &TherapistSchedule,
    series: &[SeriesRow],
) -> Result<Generated> {
    let today = time::today(ctx, open);
    let until = today + Days::new(AHEAD_DAYS);
    let decided = decide(tx, ctx, practice, open, series, (today, until)).await?;
    let (free, blocked): (Vec<_>, Vec<_>) =
        decided.into_iter().filter(|d| !d.judged.passed).partition(|d| d.judged.is_free());
    let created = place(tx, ctx, practice, open, &free).await?;
    let skips: Vec<NewSkip> = blocked.iter().map(skip).collect();
    stored::skip(tx, practice, &skips, ctx.now).await?;
    let lost: HashSet<SeriesId> =
        free.iter().zip(&created).filter(|(_, won)| !**won).map(|(d, _)| d.series.id).collect();
    let advances = advances(series, &lost, (today, until));
    stored::advance(tx, practice, &advances, ctx.now).await?;
    let over: HashSet<SeriesId> = advances.iter().filter(|a| a.due_on.is_none()).map(|a| a.series).collect();
    let made: Vec<&Decided> = free.iter().zip(&created).filter(|(_, won)| **won).map(|(d, _)| d).collect();
    audit::record_all(tx, ctx, practice, deeds(&made, &blocked, &over)).await?;
    for one in &blocked {
        inform(tx, ctx, practice, skipped(one)).await?;
    }
    for row in series.iter().filter(|row| over.contains(&row.id)) {
        tell_completed(tx, ctx, practice, row).await?;
    }
    Ok(Generated {
        therapists: 0,
        series: count(series.len()),
        created: count(made.len()),
        skipped: count(blocked.len()),
        completed: count(over.len()),
        errors: 0,
    })
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The dates of these days that nobody has decided about, judged in the order in which they come to be.
async fn decide<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    practice: PracticeId,
    open: &TherapistSchedule,
    series: &'a [SeriesRow],
    (today, until): (NaiveDate, NaiveDate),
) -> Result<Vec<Decided<'a>>> {
    let ids: Vec<SeriesId> = series.iter().map(|row| row.id).collect();
    let known = stored::dates(tx, practice, &ids, today).await?;
    let known: HashSet<(SeriesId, NaiveDate)> = known.into_iter().map(|row| (row.series, row.date)).collect();
    let undecided: Vec<(&SeriesRow, NaiveDate)> = series
        .iter()
        .flat_map(|row| {
            recurrence::occurrences(&row.rule, today.max(row.holds_from), until).map(move |date| (row, date))
        })
        .filter(|(row, date)| !known.contains(&(row.id, *date)))
        .collect();
    if undecided.is_empty() {
        return Ok(vec![]);
    }
    let taken = time::taken(tx, ctx, practice, open, (today, until)).await?;
    let mut diary = Diary::new(&open.schedule, taken, today, until);
    let candidate = |(row, date): &(&SeriesRow, NaiveDate)| Candidate {
        date: *date,
        starts_min: row.rule.starts_min,
        duration_min: row.rule.duration_min,
    };
    let candidates: Vec<Candidate> = undecided.iter().map(candidate).collect();
    let judged = judge(&mut diary, &candidates, ctx.now);
    let decided = judged.into_iter().map(|judged| {
        let (series, date) = undecided[judged.which];
        Decided { series, date, judged }
    });
    Ok(decided.collect())
}

fn skip(decided: &Decided<'_>) -> NewSkip {
    NewSkip { series: decided.series.id, date: decided.date, conflicts: decided.judged.conflicts.clone() }
}

/// Makes sessions of dates that are free; says of each whether it still was when it was written.
async fn place(
    tx: &mut Tx,
    ctx: &Ctx,
    practice: PracticeId,
    open: &TherapistSchedule,
    free: &[Decided<'_>],
) -> Result<Vec<bool>> {
    if free.is_empty() {
        return Ok(vec![]);
    }
    let references = references(tx, ctx, practice, free.len()).await?;
    let video = calendars::video(tx, practice, open.therapist).await?.ok_or_else(ServiceError::not_found)?;
    let new: Vec<NewOccurrence> = free
        .iter()
        .zip(references)
        .map(|(d, reference)| occurrence(ctx, (open, &video), d.series, (d.date, d.judged.start.at), reference))
        .collect();
    let won = stored::place(tx, practice, open.therapist, &open.policy, &new, ctx.now).await?;
    let won: HashSet<BookingId> = won.into_iter().collect();
    Ok(new.iter().map(|n| won.contains(&n.booking)).collect())
}

/// A session of a series, with what is copied from the agreement and the patient.
pub(super) fn occurrence(
    ctx: &Ctx,
    (open, video): (&TherapistSchedule, &Video),
    row: &SeriesRow,
    (date, starts_at): (NaiveDate, chrono::DateTime<chrono::Utc>),
    reference: String,
) -> NewOccurrence {
    let minutes = |n: i32| TimeDelta::minutes(n.into());
    let ends_at = starts_at + minutes(row.rule.duration_min);
    NewOccurrence {
        series: row.id,
        date,
        booking: ctx.new_id(),
        session: ctx.new_id(),
        occupancy: ctx.new_uuid(),
        service: row.service_id,
        patient: row.patient_id,
        starts_at,
        ends_at,
        blocked_from: starts_at - minutes(open.schedule.buffer_before_min.max(0)),
        blocked_until: ends_at + minutes(open.schedule.buffer_after_min.max(0)),
        price_minor: row.price_minor,
        currency: row.currency.clone(),
        reference,
        lang: row.patient_lang,
        patient_name: row.patient_name.clone(),
        patient_email: row.patient_email.clone(),
        patient_phone: row.patient_phone.clone(),
        video_link: bookings::link_of(video, row.place, ctx.random()),
        payment_notice_hours: row.payment_notice_days * 24,
    }
}

/// So many references that nobody has.
pub(super) async fn references(tx: &mut Tx, ctx: &Ctx, practice: PracticeId, n: usize) -> Result<Vec<String>> {
    let mut found: Vec<String> = Vec::with_capacity(n);
    for _ in 0..bookings::REFERENCE_TRIES {
        let mut fresh: Vec<String> = (found.len()..n).map(|_| reference(ctx.random())).collect();
        fresh.sort_unstable();
        fresh.dedup();
        fresh.retain(|one| !found.contains(one));
        let taken = stored::references_taken(tx, practice, &fresh).await?;
        found.extend(fresh.into_iter().filter(|one| !taken.contains(one)));
        if found.len() == n {
            return Ok(found);
        }
    }
    Err(ServiceError::internal("no free booking references"))
}

/// When each series is due next. One that lost a time to somebody who was faster stays due: the next round sees who has it.
fn advances(series: &[SeriesRow], lost: &HashSet<SeriesId>, (today, until): (NaiveDate, NaiveDate)) -> Vec<Advance> {
    let undecided = until.succ_opt().unwrap_or(until);
    let decided = series.iter().filter(|row| !lost.contains(&row.id));
    decided
        .map(|row| {
            let due_on = recurrence::due_on(&row.rule, undecided.max(row.holds_from));
            // What is due today or was before is the end of the series, and it is dealt with now.
            Advance { series: row.id, due_on: due_on.filter(|day| *day > today) }
        })
        .collect()
}

/// What the audit log says: per series what was made, what was skipped and why, and that it is over.
fn deeds(made: &[&Decided<'_>], blocked: &[Decided<'_>], over: &HashSet<SeriesId>) -> Vec<audit::Deed> {
    let mut dates: HashMap<SeriesId, Vec<NaiveDate>> = HashMap::new();
    for one in made {
        dates.entry(one.series.id).or_default().push(one.date);
    }
    let generated = dates.into_iter().map(|(id, dates)| ("series.generated", Some(id.0), json!({ "dates": dates })));
    let skipped = blocked.iter().map(|one| {
        let why: Vec<&str> = one.judged.conflicts.iter().map(Conflict::code).collect();
        ("series.skipped", Some(one.series.id.0), json!({ "date": one.date, "conflicts": why }))
    });
    let completed = over.iter().map(|id| ("series.completed", Some(id.0), json!({})));
    generated.chain(skipped).chain(completed).collect()
}

/// What members are told of a date that was passed over.
fn skipped(decided: &Decided<'_>) -> Inform {
    Inform {
        kind: NoticeKind::SeriesSkipped,
        therapist: Some(decided.series.therapist_id),
        booking: None,
        patient: Some(decided.series.patient_id),
        about: Some(decided.series.id.0),
    }
}

/// BR-RS-006: "Recurring sessions for … completed", to the therapist.
async fn tell_completed(tx: &mut Tx, ctx: &Ctx, practice: PracticeId, row: &SeriesRow) -> Result<()> {
    let Some(to) = store::bookings::recipient_for(tx, practice, row.therapist_id).await? else { return Ok(()) };
    let lang = Lang::from_code(&to.language).unwrap_or(row.practice_lang);
    let facts = Facts {
        patient_name: row.patient_name.clone(),
        therapist_name: row.therapist_name.clone(),
        practice_name: row.practice_name.clone(),
        service_name: row.service_name.clone(),
        when: row.rule.ends_on.map(|day| long_date(lang, day)).unwrap_or_default(),
        link: format!("{}/app/series/{}", ctx.deps.base_url, row.id),
        ..Facts::default()
    };
    let message = NewMessage {
        practice_id: practice,
        booking_id: None,
        to: to.email,
        to_name: to.name,
        lang,
        template: Template::SeriesCompleted,
        facts,
        calendar: None,
    };
    enqueue(tx, ctx, message).await
}
