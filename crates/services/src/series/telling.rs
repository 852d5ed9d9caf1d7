//! What the patient is told of a series.

use crate::messages::{Facts, Template, ToPatient, announce};
use crate::{Ctx, Result, ServiceError};
use chrono_tz::Tz;
use contracts::PracticeId;
use contracts::series::{Occurrence, OccurrenceState, SeriesView};
use contracts::sessions::SessionStatus;
use domain::dates::{long_when, zone_name};
use domain::recurrence::rhythm;
use domain::slots::{instant_of, local};
use store::Tx;

/// Dates that are told after the first one.
const NEXT: usize = 4;

/// Is this a date on which the patient comes?
fn is_to_come(one: &Occurrence) -> bool {
    match one.state {
        OccurrenceState::Planned => true,
        OccurrenceState::Created => one.session.is_some_and(|session| session.status == SessionStatus::Scheduled),
        OccurrenceState::Skipped | OccurrenceState::Dismissed => false,
    }
}

/// Announces what was agreed: the rhythm, the first date and the next ones. A series without dates is not spoken of, and
/// neither is one whose patient is not there any more; `false` then, and when the patient cannot be reached.
///
/// # Errors
/// When the database cannot answer.
pub(super) async fn agreed(tx: &mut Tx, ctx: &Ctx, practice: PracticeId, series: &SeriesView) -> Result<bool> {
    let zone: Tz = series.time_zone.parse().map_err(|_| ServiceError::internal("unreadable time zone"))?;
    let now = local(zone, ctx.now);
    let mut dates = series.next.iter().filter(|one| is_to_come(one) && one.local > now).map(|one| one.local);
    let Some(first) = dates.next() else { return Ok(false) };
    let person = store::messages::person(tx, practice, series.patient_id, None).await?;
    let Some(person) = person else { return Ok(false) };
    let settings = store::practices::get(tx, practice).await?.ok_or_else(ServiceError::not_found)?;
    let lang = person.lang;
    let next: Vec<String> = dates.take(NEXT).map(|date| long_when(lang, date)).collect();
    let message = ToPatient {
        practice_id: practice,
        booking_id: None,
        patient_id: Some(series.patient_id),
        session_id: None,
        series_id: Some(series.id),
        email: String::new(),
        phone: String::new(),
        name: person.name.clone(),
        lang,
        template: Template::SeriesAgreed,
        facts: Facts {
            patient_name: person.name,
            therapist_name: series.therapist_name.clone(),
            practice_name: settings.name,
            service_name: series.service_name.clone(),
            when: long_when(lang, first),
            time_zone: zone_name(&series.time_zone),
            price: if series.price.minor > 0 { series.price.display(lang) } else { String::new() },
            rhythm: rhythm(&series.rule, lang),
            next_dates: next.join("\n"),
            link: format!("{}/my", ctx.deps.base_url),
            ..Facts::default()
        },
        calendar: None,
        starts_at: instant_of(zone, first),
    };
    announce(tx, ctx, &message, None).await
}
