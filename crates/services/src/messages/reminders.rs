//! Reminders of sessions: a day ahead, a quarter of an hour ahead with the room's link, and of what is still to be paid.
//!
//! When each is due stands in the session's row. Here it is taken and the message written in one transaction: once, whoever
//! dies. Whether it still holds is asked again when it is sent (`reminds_of`).

use super::Template;
use crate::{Ctx, Result, ServiceError, bookings};
use contracts::messages::MessageSettings;
use contracts::{BookingId, PracticeId, SessionId};
use store::reminders::Taken;
use store::{StoreError, lookup};

/// Sessions that are looked up at once; each is reminded of in a transaction of its own.
const BATCH: i64 = 100;

/// What a session's patient is told now. A worker that was down sends what is still of use and drops the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reminder {
    Day,
    /// The same, with how to pay: both were due together.
    DayAndPayment,
    Join,
    Payment,
}

impl Reminder {
    pub(crate) fn template(self) -> Template {
        match self {
            Self::Day | Self::DayAndPayment => Template::SessionReminder,
            Self::Join => Template::JoinReminder,
            Self::Payment => Template::PaymentReminder,
        }
    }

    /// Does it ask for money?
    pub(crate) fn asks(self) -> bool {
        matches!(self, Self::DayAndPayment | Self::Payment)
    }
}

/// What to send of what is due. Nothing once the session has begun; no reminder of the day together with the one that
/// opens the door.
fn chosen(taken: &Taken, settings: &MessageSettings, has_room: bool, begun: bool) -> Vec<Reminder> {
    let join = taken.join && settings.join_reminders && has_room;
    let day = taken.day && settings.day_reminders && !join;
    let payment = taken.payment && settings.payment_reminders && taken.owed_minor > 0;
    let mut reminders = vec![];
    match (day, payment) {
        _ if begun => return reminders,
        (true, true) => reminders.push(Reminder::DayAndPayment),
        (true, false) => reminders.push(Reminder::Day),
        (false, true) => reminders.push(Reminder::Payment),
        (false, false) => {}
    }
    if join {
        reminders.push(Reminder::Join);
    }
    reminders
}

/// Writes every reminder that is due, in all practices; returns how many. What went wrong is handed to `kept`, and the rest
/// is written nevertheless.
///
/// # Errors
/// When the database cannot tell what is due.
pub(crate) async fn remind_due(ctx: &Ctx, mut kept: impl FnMut(Result<u32>) -> u32) -> Result<u32> {
    let mut connection = ctx.deps.db.connection().await?;
    let practices = lookup::practices_with_due_reminders(&mut connection, ctx.now).await?;
    drop(connection);
    let mut written = 0;
    for practice in practices {
        let mut after = None;
        loop {
            let due = due(ctx, practice, after).await?;
            for (session, booking) in &due {
                let one = remind_one(ctx, practice, *session, *booking).await;
                written += kept(one.map_err(|error| about(*session, error)));
            }
            if i64::try_from(due.len()).unwrap_or(i64::MAX) < BATCH {
                break;
            }
            after = due.last().map(|(session, _)| *session);
        }
    }
    Ok(written)
}

async fn due(ctx: &Ctx, practice: PracticeId, after: Option<SessionId>) -> Result<Vec<(SessionId, BookingId)>> {
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    let due = store::reminders::due(&mut tx, practice, ctx.now, after, BATCH).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(due)
}

/// Says in the log which session it was.
fn about(session: SessionId, error: ServiceError) -> ServiceError {
    ServiceError { internal: Some(format!("reminders of session {session}: {error}")), ..error }
}

/// Reminds of one session; nothing when another server or somebody's change has it right now, which leaves it due.
async fn remind_one(ctx: &Ctx, practice: PracticeId, session: SessionId, booking: BookingId) -> Result<u32> {
    let mut tx = ctx.deps.db.practice(practice, None).await?;
    if !store::bookings::try_lock(&mut tx, practice, booking).await? {
        return Ok(0);
    }
    let Some(taken) = store::reminders::take(&mut tx, practice, session, ctx.now).await? else { return Ok(0) };
    let settings = store::messages::settings(&mut tx, practice).await?.unwrap_or_default();
    let row = store::bookings::get(&mut tx, practice, booking).await?.ok_or_else(ServiceError::not_found)?;
    let mut written = 0;
    for reminder in chosen(&taken, &settings, row.video_link.is_some(), taken.starts_at <= ctx.now) {
        written += u32::from(bookings::remind(&mut tx, ctx, &row, &taken, reminder).await?);
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use contracts::PatientId;
    use uuid::Uuid;

    fn taken(day: bool, join: bool, payment: bool, owed_minor: i64) -> Taken {
        Taken {
            session: SessionId(Uuid::nil()),
            patient: PatientId(Uuid::nil()),
            starts_at: DateTime::UNIX_EPOCH,
            owed_minor,
            currency: "KES".into(),
            day,
            join,
            payment,
        }
    }

    #[test]
    fn what_is_due_together_is_told_once_and_what_is_late_only_if_it_helps() {
        use Reminder::*;
        let on = MessageSettings::default();
        let off =
            MessageSettings { day_reminders: false, join_reminders: false, payment_reminders: false, ..on.clone() };
        for (taken, settings, room, begun, expected) in [
            (taken(true, false, false, 0), &on, true, false, &[Day][..]),
            (taken(true, false, true, 100), &on, true, false, &[DayAndPayment]),
            (taken(true, false, true, 0), &on, true, false, &[Day]),
            (taken(false, false, true, 100), &on, true, false, &[Payment]),
            (taken(false, true, false, 0), &on, true, false, &[Join]),
            // Without a room there is nothing to join.
            (taken(false, true, false, 0), &on, false, false, &[]),
            // A worker that comes back just before the session.
            (taken(true, true, true, 100), &on, true, false, &[Payment, Join]),
            (taken(true, true, false, 0), &on, false, false, &[Day]),
            (taken(true, true, true, 100), &on, true, true, &[]),
            (taken(true, true, true, 100), &off, true, false, &[]),
        ] {
            assert_eq!(chosen(&taken, settings, room, begun), expected, "{taken:?}");
        }
    }
}
