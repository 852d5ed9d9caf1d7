//! Buffers: what they would do, and saving them (EC-AV-003).

use super::{begin, begin_change, schedule_of};
use crate::form::Problems;
use crate::{Ctx, Member, Result, audit};
use chrono::{Days, NaiveDate, Timelike};
use contracts::availability::{BufferPreview, SaveBuffers};
use contracts::booking::{DaySlots, Slot};
use contracts::practice::TherapistProfile;
use domain::permissions::Action;
use domain::slots::{Schedule, buffer_warning, day_begins, slots};
use domain::validate::{check_buffer, check_step, show_clock};
use serde_json::json;
use store::{StoreError, Tx, schedule as stored, therapists};

/// Days of the preview.
const PREVIEW_DAYS: i32 = 7;
/// Minutes of a session where no service says it (004 §4.1: "typically 50 minutes").
const USUAL_SESSION_MIN: i32 = 50;

/// What other buffers would do to the seven days from tomorrow, for the therapist's first service. What is booked and
/// the notice are left out of it: the preview shows what the buffers do, and nothing else.
///
/// # Errors
/// `VALIDATION_ERROR` for `before_min`, `after_min`, `step_min`.
pub async fn preview_buffers(ctx: &Ctx, cmd: SaveBuffers) -> Result<BufferPreview> {
    let (member, mut tx, profile) = begin(ctx, cmd.therapist_id).await?;
    check(&cmd)?;
    preview(ctx, &mut tx, member, &profile, &cmd).await
}

/// Saves buffers and step for bookings to come; what is booked keeps the buffers it was booked with. Answers with the
/// same preview, whose warning is EC-AV-003's.
///
/// # Errors
/// As [`preview_buffers`].
pub async fn save_buffers(ctx: &Ctx, cmd: SaveBuffers) -> Result<BufferPreview> {
    let (member, mut tx, profile) = begin_change(ctx, Action::Update, cmd.therapist_id).await?;
    check(&cmd)?;
    let preview = preview(ctx, &mut tx, member, &profile, &cmd).await?;
    let (practice, id) = (member.practice_id, cmd.therapist_id);
    therapists::set_buffers(&mut tx, practice, id, cmd.before_min, cmd.after_min, cmd.step_min).await?;
    let details = json!({ "before_min": cmd.before_min, "after_min": cmd.after_min, "step_min": cmd.step_min });
    audit::record(&mut tx, ctx, practice, "availability.buffers_saved", Some(id.0), details).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(preview)
}

fn check(cmd: &SaveBuffers) -> Result<()> {
    let mut problems = Problems::default();
    problems.check("before_min", check_buffer(cmd.before_min));
    problems.check("after_min", check_buffer(cmd.after_min));
    problems.check("step_min", cmd.step_min.map_or(Ok(()), check_step));
    problems.finish()
}

async fn preview(
    ctx: &Ctx,
    tx: &mut Tx,
    member: &Member,
    profile: &TherapistProfile,
    cmd: &SaveBuffers,
) -> Result<BufferPreview> {
    let (now, today) = schedule_of(ctx, tx, member, profile).await?;
    let offered = stored::services_of(tx, member.practice_id, profile.id).await?;
    let minutes: Vec<i32> = offered.into_iter().map(|(.., minutes)| minutes).collect();
    Ok(compare(&now, cmd, if minutes.is_empty() { &[USUAL_SESSION_MIN] } else { &minutes }, today))
}

/// The slots are those of the first duration; the warning is for any of them.
fn compare(now: &Schedule, cmd: &SaveBuffers, durations: &[i32], today: NaiveDate) -> BufferPreview {
    let then = Schedule {
        buffer_before_min: cmd.before_min,
        buffer_after_min: cmd.after_min,
        step_min: cmd.step_min,
        ..now.clone()
    };
    let usual = durations.first().copied().unwrap_or(USUAL_SESSION_MIN);
    let days = days_from_tomorrow(&then, usual, today);
    BufferPreview {
        slots_now: count(&days_from_tomorrow(now, usual, today)),
        slots_then: count(&days),
        first_day: days.iter().map(starts).find(|starts| !starts.is_empty()).unwrap_or_default(),
        warning: durations.iter().any(|minutes| buffer_warning(&then, *minutes)),
    }
}

/// As if nothing were booked and any notice were enough.
fn days_from_tomorrow(schedule: &Schedule, duration_min: i32, today: NaiveDate) -> Vec<DaySlots> {
    let free = Schedule { notice_min: 0, horizon_days: PREVIEW_DAYS, ..schedule.clone() };
    let (from, until) = (today + Days::new(1), today + Days::new(PREVIEW_DAYS.unsigned_abs().into()));
    slots(&free, &[], duration_min, from, until, day_begins(free.zone, today))
}

fn count(days: &[DaySlots]) -> u32 {
    u32::try_from(days.iter().map(|day| day.free().count()).sum::<usize>()).unwrap_or(u32::MAX)
}

fn starts(day: &DaySlots) -> Vec<String> {
    let shown = |slot: &Slot| show_clock((slot.local.hour() * 60 + slot.local.minute()).cast_signed());
    day.free().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::TherapistId;
    use domain::slots::WeeklyRule;
    use uuid::Uuid;

    #[test]
    fn the_preview_shows_what_buffers_do() {
        let now = Schedule {
            zone: chrono_tz::Tz::UTC,
            rules: vec![WeeklyRule { weekday: 1, starts_min: 540, ends_min: 720 }],
            exceptions: vec![],
            buffer_before_min: 0,
            buffer_after_min: 10,
            step_min: None,
            notice_min: 10_000,
            horizon_days: 0,
        };
        let cmd = SaveBuffers { therapist_id: TherapistId(Uuid::nil()), before_min: 0, after_min: 30, step_min: None };
        let today = "2026-11-21".parse().unwrap();
        let preview = compare(&now, &cmd, &[50], today);
        assert_eq!((preview.slots_now, preview.slots_then), (3, 2));
        assert_eq!(preview.first_day, ["09:00", "10:20"]);
        assert!(!preview.warning);
        let short = Schedule { rules: vec![WeeklyRule { weekday: 1, starts_min: 540, ends_min: 600 }], ..now };
        assert!(compare(&short, &SaveBuffers { before_min: 15, ..cmd }, &[50], today).warning, "EC-AV-003");
    }
}
