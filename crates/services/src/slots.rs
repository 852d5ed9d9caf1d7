//! Slots for display: loaded in one round trip, computed by the engine, cached until something changes.
//!
//! What is cached is the finished JSON, with the span of time in which it is true: until the next hold lapses, the next
//! slot falls under the notice, or the day ends. Everything else that can change it is announced by the database and
//! forgets it ([`crate::live`]). An answer is kept under the generation that was read before it was computed, so one that
//! was overtaken by a change is never found. At booking the slot is checked again, always from the database.

use crate::{Ctx, Result, ServiceError};
use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use contracts::booking::{Availability, SlotStatus};
use contracts::limits::SLUG_MAX;
use contracts::*;
use domain::slots::{self, Schedule};
use store::lookup::{self, Address};
use store::occupancy::{self, Purpose, TakenUntil};
use uuid::Uuid;

/// Days of a range, at most.
pub const RANGE_MAX: i64 = 62;
/// Days from today, before and after, in which a range must lie: no horizon reaches further than a year.
const REACH_DAYS: i64 = 430;
const TTL_MIN: i64 = 15;

/// Cached addresses; a change of any profile forgets them all, which is rare.
pub(crate) const SLUGS: &str = "slugs:";

/// What cached slots of a therapist begin with, or of all therapists of the practice.
pub(crate) fn cache_prefix(practice: PracticeId, therapist: Option<TherapistId>) -> String {
    match therapist {
        Some(therapist) => format!("slots:{practice}:{therapist}:"),
        None => format!("slots:{practice}:"),
    }
}

/// The slots of at most 62 days.
///
/// # Errors
/// `NOT_FOUND` as for the public page and for a service the therapist does not give; field errors for the range.
pub async fn availability(
    ctx: &Ctx,
    slug: &str,
    service: ServiceId,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Availability> {
    match find(ctx, slug, service, from, until).await? {
        Answer::Computed(availability, _) => Ok(availability),
        Answer::Kept(json) => serde_json::from_slice(&json).map_err(ServiceError::internal),
    }
}

/// The same as finished JSON, for the API: from the cache it is neither read nor written again.
///
/// # Errors
/// As [`availability`].
pub async fn availability_json(
    ctx: &Ctx,
    slug: &str,
    service: ServiceId,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Vec<u8>> {
    match find(ctx, slug, service, from, until).await? {
        Answer::Computed(_, json) | Answer::Kept(json) => Ok(json),
    }
}

enum Answer {
    Computed(Availability, Vec<u8>),
    Kept(Vec<u8>),
}

async fn find(ctx: &Ctx, slug: &str, service: ServiceId, from: NaiveDate, until: NaiveDate) -> Result<Answer> {
    check_range(ctx.now.date_naive(), from, until)?;
    if !is_slug(slug) {
        return Err(ServiceError::not_found());
    }
    let (address, address_seen) = kept_address(ctx, slug).await;
    // Where the address is not known yet, neither is the key: this one answer is not kept, the address is.
    let key = address
        .as_ref()
        .map(|found| format!("{}{service}:{from}:{until}", cache_prefix(found.practice, Some(found.therapist))));
    let kept = match &key {
        Some(key) => Some(ctx.deps.cache.get(key).await),
        None => None,
    };
    let json = kept.as_ref().and_then(|kept| opened(kept.value.as_deref()?, ctx.now));
    if let Some(json) = json {
        return Ok(Answer::Kept(json));
    }
    let mut connection = ctx.deps.db.connection().await?;
    let since = from.min(ctx.now.date_naive()) - Days::new(2);
    let days = (from, until);
    let found = occupancy::public_slots(&mut connection, (slug, service), since, days, Purpose::Show, ctx.now).await?;
    drop(connection);
    let found = found.ok_or_else(ServiceError::not_found)?;
    let terms = &found.terms;
    let availability = compute(service, (&terms.schedule, terms.duration_min), &found.taken, days, ctx.now);
    let json = serde_json::to_vec(&availability).map_err(ServiceError::internal)?;
    match (key, kept) {
        (Some(key), Some(kept)) if address.as_ref() == Some(&found.address) => {
            let true_until = true_until(&found.terms.schedule, &found.taken, &availability, ctx.now);
            let ttl = (true_until - ctx.now).to_std().unwrap_or_default();
            ctx.deps.cache.put(&key, kept.generation, closed(&json, ctx.now, true_until), ttl).await;
        }
        _ => keep_address(ctx, slug, address_seen, &found.address).await,
    }
    Ok(Answer::Computed(availability, json))
}

fn check_range(today: NaiveDate, from: NaiveDate, until: NaiveDate) -> Result<()> {
    if until < from {
        return Err(ServiceError::field("until", FieldProblem::EndBeforeStart));
    }
    if (from - today).num_days().abs() > REACH_DAYS {
        return Err(ServiceError::field("from", FieldProblem::OutOfRange));
    }
    if (until - from).num_days() >= RANGE_MAX {
        return Err(ServiceError::field("until", FieldProblem::OutOfRange));
    }
    Ok(())
}

/// Could it be an address at all?
fn is_slug(text: &str) -> bool {
    text.len() <= SLUG_MAX as usize && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Whose a public address is, from the cache where it is there.
pub(crate) async fn address_of(ctx: &Ctx, slug: &str) -> Result<Option<Address>> {
    if !is_slug(slug) {
        return Ok(None);
    }
    let (kept, seen) = kept_address(ctx, slug).await;
    if kept.is_some() {
        return Ok(kept);
    }
    let mut connection = ctx.deps.db.connection().await?;
    let Some(found) = lookup::address(&mut connection, slug).await? else { return Ok(None) };
    keep_address(ctx, slug, seen, &found).await;
    Ok(Some(found))
}

/// The address as it is cached, and the generation that was seen.
async fn kept_address(ctx: &Ctx, slug: &str) -> (Option<Address>, Option<u64>) {
    let kept = ctx.deps.cache.get(&format!("{SLUGS}{slug}")).await;
    (kept.value.as_deref().and_then(read_address), kept.generation)
}

async fn keep_address(ctx: &Ctx, slug: &str, seen: Option<u64>, found: &Address) {
    let ttl = Duration::minutes(TTL_MIN).to_std().unwrap_or_default();
    ctx.deps.cache.put(&format!("{SLUGS}{slug}"), seen, written(found), ttl).await;
}

fn written(address: &Address) -> Vec<u8> {
    [address.practice.0.as_bytes().as_slice(), address.therapist.0.as_bytes(), address.slug.as_bytes()].concat()
}

fn read_address(bytes: &[u8]) -> Option<Address> {
    let (practice, rest) = bytes.split_at_checked(16)?;
    let (therapist, slug) = rest.split_at_checked(16)?;
    Some(Address {
        practice: PracticeId(Uuid::from_slice(practice).ok()?),
        therapist: TherapistId(Uuid::from_slice(therapist).ok()?),
        slug: String::from_utf8(slug.to_vec()).ok()?,
    })
}

/// The engine's answer as the page shows it.
pub(crate) fn compute(
    service: ServiceId,
    (schedule, duration_min): (&Schedule, i32),
    taken: &[TakenUntil],
    (from, until): (NaiveDate, NaiveDate),
    now: DateTime<Utc>,
) -> Availability {
    let taken: Vec<_> = taken.iter().map(|t| t.taken).collect();
    Availability {
        service_id: service,
        time_zone: schedule.zone.name().to_owned(),
        from,
        until,
        today: slots::today(schedule.zone, now),
        horizon: slots::last_day(schedule, now),
        days: slots::slots(schedule, &taken, duration_min, from, until, now),
    }
}

/// Until when nothing but an announced change makes the answer wrong.
fn true_until(
    schedule: &Schedule,
    taken: &[TakenUntil],
    availability: &Availability,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    let zone = schedule.zone;
    let tomorrow = slots::day_begins(zone, slots::today(zone, now) + Days::new(1));
    let notice = Duration::minutes(i64::from(schedule.notice_min));
    let free = availability.days.iter().flat_map(|day| &day.slots).filter(|slot| slot.status == SlotStatus::Available);
    // With exactly the notice left it can still be booked; a millisecond later it cannot.
    let first_too_soon = free.map(|slot| slot.starts_at - notice + Duration::milliseconds(1)).min();
    let first_lapse = taken.iter().filter_map(|t| t.lapses_at).min();
    let latest = (now + Duration::minutes(TTL_MIN)).min(tomorrow);
    [first_too_soon, first_lapse].into_iter().flatten().fold(latest, DateTime::min)
}

/// The answer with the span in which it is true, in milliseconds.
fn closed(json: &[u8], from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<u8> {
    [&from.timestamp_millis().to_be_bytes(), &until.timestamp_millis().to_be_bytes(), json].concat()
}

/// The answer, if it is true now. Journeys move the clock, so it may also be too early.
fn opened(bytes: &[u8], now: DateTime<Utc>) -> Option<Vec<u8>> {
    let (from, rest) = bytes.split_first_chunk::<8>()?;
    let (until, json) = rest.split_first_chunk::<8>()?;
    let span = i64::from_be_bytes(*from)..i64::from_be_bytes(*until);
    span.contains(&now.timestamp_millis()).then(|| json.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_range_is_at_most_two_months_and_near() {
        let today = day("2026-11-21");
        assert!(check_range(today, day("2026-12-01"), day("2026-12-31")).is_ok());
        assert!(check_range(today, day("2026-12-01"), day("2027-01-31")).is_ok(), "62 days");
        let wrong = [
            ("2026-12-01", "2027-02-01", "until"),
            ("2026-12-02", "2026-12-01", "until"),
            ("2036-12-01", "2036-12-02", "from"),
            ("1900-01-01", "1900-01-02", "from"),
        ];
        for (from, until, field) in wrong {
            let error = check_range(today, day(from), day(until)).unwrap_err();
            assert!(error.public.problem_of(field).is_some(), "{from}");
        }
    }

    #[test]
    fn an_answer_is_true_from_its_making_until_something_ends_by_itself() {
        let now: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
        let kept = closed(b"{}", now, now + Duration::minutes(5));
        assert_eq!(opened(&kept, now), Some(b"{}".to_vec()));
        assert_eq!(opened(&kept, now + Duration::minutes(5)), None);
        assert_eq!(opened(&kept, now - Duration::seconds(1)), None);
        assert_eq!(opened(b"short", now), None);
    }

    #[test]
    fn an_address_reads_back() {
        let (practice, therapist) = (PracticeId(Uuid::from_u128(1)), TherapistId(Uuid::from_u128(2)));
        let address = Address { practice, therapist, slug: "dr-ana".into() };
        assert_eq!(read_address(&written(&address)), Some(address));
        assert_eq!(read_address(b"short"), None);
    }

    #[test]
    fn a_therapists_prefix_lies_under_the_practices() {
        let practice = PracticeId(Uuid::from_u128(1));
        let therapist = TherapistId(Uuid::from_u128(2));
        assert!(cache_prefix(practice, Some(therapist)).starts_with(&cache_prefix(practice, None)));
    }
}
