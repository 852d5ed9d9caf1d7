//! One patient as the practice sees them: the record, what is to come, what was, what was written to them.

use super::{commit, own, practice_of, reach, sees_money, statistics};
use crate::cursor::{self, Cursor};
use crate::sessions::file;
use crate::{Ctx, Member, Result, ServiceError, csv_file};
use chrono::Duration;
use contracts::booking::Page;
use contracts::lists::{MessageSort, PageOf, PatientSessionSort};
use contracts::messages::{MessageFilter, MessageView};
use contracts::patients::{HistoryFilter, PatientOverview, PatientSession, PatientView};
use contracts::{FieldProblem, Money, PatientId, Text};
use domain::permissions::{Action, Resource};
use domain::slots::{day_begins, local};
use store::Tx;
use store::patients::{self as stored, NoteList, SessionList, SessionRow};

/// Lines of the overview.
const UPCOMING: i64 = 5;
const PINNED: i64 = 10;
const ACTIVITY: i64 = 10;
/// Sessions of one patient in a file.
const FILE_ROWS: i64 = 10_000;

/// A patient's record.
///
/// # Errors
/// `NOT_FOUND` also for a patient who is deleted, and to a therapist who does not see them.
pub async fn get(ctx: &Ctx, id: PatientId) -> Result<PatientView> {
    let (member, mut tx, _) = reach(ctx, Action::Read, id).await?;
    let view = view(ctx, &mut tx, member, id).await?;
    commit(tx).await?;
    Ok(view)
}

/// The record as it is in this transaction.
pub(super) async fn view(ctx: &Ctx, tx: &mut Tx, member: &Member, id: PatientId) -> Result<PatientView> {
    let practice = member.practice_id;
    let record = stored::get(tx, practice, id, ctx.now).await?.ok_or_else(ServiceError::not_found)?;
    let (settings, _, today) = practice_of(ctx, tx, member).await?;
    let guardians = stored::guardians(tx, practice, id).await?;
    let tags = stored::tags_of(tx, practice, &[id.0]).await?.remove(&id.0).unwrap_or_default();
    let therapists = stored::therapists_of(tx, practice, &[id.0]).await?.remove(&id.0).unwrap_or_default();
    Ok(PatientView {
        statistics: statistics(member, &record.counts, &settings.currency),
        age: record.date_of_birth.map(|born| domain::patients::age(born, today)),
        id,
        version: record.version,
        name: record.name,
        phone: record.phone,
        email: record.email,
        language: record.language,
        date_of_birth: record.date_of_birth,
        gender: record.gender,
        occupation: record.occupation,
        city: record.city,
        address: record.address,
        referral_source: record.referral_source,
        emergency_name: record.emergency_name,
        emergency_phone: record.emergency_phone,
        guardians,
        tags,
        trust_level: record.trust_level,
        preferences: record.preferences,
        therapists,
        archived_at: record.archived_at,
        created_at: record.created_at,
        currency: settings.currency,
        time_zone: settings.time_zone,
    })
}

/// What is to come, pinned notes, and what happened last.
///
/// # Errors
/// As [`get`].
pub async fn overview(ctx: &Ctx, id: PatientId) -> Result<PatientOverview> {
    let (member, mut tx, _) = reach(ctx, Action::Read, id).await?;
    let (practice, therapist) = (member.practice_id, own(member));
    let upcoming = SessionList {
        upcoming_at: Some(ctx.now),
        therapist,
        sort: PatientSessionSort::StartsAt,
        limit: UPCOMING,
        ..SessionList::default()
    };
    let upcoming = stored::sessions(&mut tx, practice, id, &upcoming).await?;
    let pinned = NoteList { pinned: Some(true), limit: PINNED, ..NoteList::default() };
    let pinned = stored::notes(&mut tx, practice, id, member.member_id, &pinned).await?;
    let activity = stored::activity(&mut tx, practice, id, therapist, ACTIVITY).await?;
    commit(tx).await?;
    let upcoming = upcoming.into_iter().map(|row| session(member, row)).collect::<Result<_>>()?;
    Ok(PatientOverview { upcoming, pinned, activity })
}

fn session(member: &Member, row: SessionRow) -> Result<PatientSession> {
    let zone = row.time_zone.parse().map_err(|_| ServiceError::internal("unreadable time zone"))?;
    let paid = sees_money(member);
    Ok(PatientSession {
        id: row.id,
        booking_id: row.booking_id,
        reference: row.reference,
        status: row.status,
        payment_status: paid.then_some(row.payment_status),
        service_name: row.service_name,
        therapist_name: row.therapist_name,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        local: local(zone, row.starts_at),
        time_zone: row.time_zone,
        price: Money::new(row.price_minor, row.currency.clone()),
        paid: paid.then(|| Money::new(row.paid_minor, row.currency)),
    })
}

/// Sessions of a patient, the latest first unless told otherwise; a therapist's own.
///
/// # Errors
/// As [`get`]; field errors for dates that are none and a cursor that is none.
pub async fn sessions(ctx: &Ctx, id: PatientId, filter: HistoryFilter) -> Result<Page<PatientSession>> {
    let size = cursor::size(filter.limit);
    let after = Cursor::parse(filter.cursor.as_deref(), filter.sort)?.map(Cursor::pair);
    let (member, mut tx, _) = reach(ctx, Action::Read, id).await?;
    let narrow = narrowed(ctx, &mut tx, member, &filter).await?;
    let narrow = SessionList { after, limit: i64::from(size) + 1, ..narrow };
    let rows = stored::sessions(&mut tx, member.practice_id, id, &narrow).await?;
    commit(tx).await?;
    let rows = rows.into_iter().map(|row| session(member, row)).collect::<Result<Vec<_>>>()?;
    Ok(cursor::page(rows, size, filter.sort, |last| Cursor { at: last.starts_at, id: last.id.0 }))
}

async fn narrowed(ctx: &Ctx, tx: &mut Tx, member: &Member, filter: &HistoryFilter) -> Result<SessionList> {
    if filter.payment.is_some() && !sees_money(member) {
        return Err(ServiceError::field("payment", FieldProblem::InvalidChoice));
    }
    let (_, zone, today) = practice_of(ctx, tx, member).await?;
    let sane = today - Duration::days(73_000)..=today + Duration::days(73_000);
    for (field, day) in [("from", filter.from), ("until", filter.until)] {
        if day.is_some_and(|day| !sane.contains(&day)) {
            return Err(ServiceError::field(field, FieldProblem::InvalidDate));
        }
    }
    Ok(SessionList {
        status: filter.status,
        payment: filter.payment,
        from: filter.from.map(|day| day_begins(zone, day)),
        until: filter.until.map(|day| day_begins(zone, day + Duration::days(1))),
        upcoming_at: None,
        therapist: own(member),
        sort: filter.sort,
        after: None,
        limit: FILE_ROWS,
    })
}

/// The sessions of a patient as a file for spreadsheets.
///
/// # Errors
/// As [`sessions`].
pub async fn sessions_file(ctx: &Ctx, id: PatientId, filter: HistoryFilter) -> Result<String> {
    let (member, mut tx, _) = reach(ctx, Action::Read, id).await?;
    let narrow = narrowed(ctx, &mut tx, member, &filter).await?;
    let rows = stored::sessions(&mut tx, member.practice_id, id, &narrow).await?;
    commit(tx).await?;
    let rows = rows.into_iter().map(|row| session(member, row)).collect::<Result<Vec<_>>>()?;
    let lang = ctx.lang;
    let lines = rows.into_iter().map(|row| {
        [
            row.local.date().to_string(),
            row.local.time().format("%H:%M").to_string(),
            row.time_zone,
            row.service_name,
            row.therapist_name,
            file::status_word(row.status).of(lang).to_owned(),
            row.payment_status.map(|status| file::payment_word(status).of(lang).to_owned()).unwrap_or_default(),
            row.price.plain(),
            row.paid.map(|paid| paid.plain()).unwrap_or_default(),
            row.price.currency,
            row.reference,
        ]
    });
    csv_file::table(&HEADINGS.map(|text| text.of(lang)), lines)
}

const HEADINGS: [Text; 11] = [
    file::DATE,
    file::TIME,
    file::TIME_ZONE,
    file::SERVICE,
    file::THERAPIST,
    file::STATUS,
    file::PAYMENT,
    file::PRICE,
    file::PAID,
    file::CURRENCY,
    file::REFERENCE,
];

/// What was written to a patient, the newest first unless told otherwise; a therapist sees what is about their own
/// bookings.
///
/// # Errors
/// As [`get`]; `FORBIDDEN` for who sees no messages; a field error for a cursor that is none.
pub async fn messages(ctx: &Ctx, id: PatientId, of: PageOf<MessageSort>) -> Result<Page<MessageView>> {
    ctx.may(Action::Read, Resource::Messages)?;
    let (_, tx, _) = reach(ctx, Action::Read, id).await?;
    commit(tx).await?;
    crate::messages::page(ctx, MessageFilter { patient: Some(id), ..MessageFilter::default() }, of).await
}

/// The practice's zone, in which times that belong to no therapist are told.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`.
pub async fn zone(ctx: &Ctx) -> Result<String> {
    let member = ctx.may(Action::Read, Resource::Patients)?;
    let mut tx = super::begin(ctx, member).await?;
    let (settings, ..) = practice_of(ctx, &mut tx, member).await?;
    commit(tx).await?;
    Ok(settings.time_zone)
}
