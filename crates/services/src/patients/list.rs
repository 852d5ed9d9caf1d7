//! The list of patients, its tags, and the list as a file.

use super::{begin, commit, own, practice_of, sees_money, statistics};
use crate::cursor::{self, Cursor};
use crate::{Ctx, Member, Result, ServiceError, audit, csv_file};
use chrono::DateTime;
use contracts::booking::Page;
use contracts::patients::{PatientCard, PatientFilter, Tag};
use contracts::{FieldProblem, Lang, PatientId, Text};
use domain::patients::{Column, search_words};
use domain::permissions::{Action, Resource};
use domain::slots::local;
use serde_json::json;
use store::patients::{self as stored, ListFilter, ListRow};

/// Patients that are read at once for a file.
const BATCH: i64 = 2_000;

/// Patients in the order asked for, a page at a time; a therapist's own.
///
/// # Errors
/// `NOT_FOUND` for another's therapist; field errors for a cursor that is none, and for `owes` by who sees no payments.
pub async fn list(ctx: &Ctx, filter: PatientFilter) -> Result<Page<PatientCard>> {
    let member = ctx.may(Action::Read, Resource::Patients)?;
    let size = cursor::size(filter.limit);
    let narrow = ListFilter { limit: i64::from(size) + 1, ..narrowed(ctx, member, &filter)? };
    let mut tx = begin(ctx, member).await?;
    let rows = stored::list(&mut tx, member.practice_id, &narrow).await?;
    let rows = rows.ok_or_else(|| ServiceError::field("cursor", FieldProblem::InvalidChoice))?;
    let (settings, ..) = practice_of(ctx, &mut tx, member).await?;
    commit(tx).await?;
    let cards: Vec<PatientCard> = rows.into_iter().map(|row| card(member, row, &settings.currency)).collect();
    // The names of people stand in no address: a page begins behind a patient, wherever that one stands by now.
    Ok(cursor::page(cards, size, filter.sort, |last| Cursor { at: DateTime::UNIX_EPOCH, id: last.id.0 }))
}

/// What is asked for, within what the member may see.
fn narrowed(ctx: &Ctx, member: &Member, filter: &PatientFilter) -> Result<ListFilter> {
    let therapist = match (own(member), filter.therapist_id) {
        (Some(own), Some(wanted)) if own != wanted => return Err(ServiceError::not_found()),
        (own, wanted) => own.or(wanted),
    };
    if filter.owes && !sees_money(member) {
        return Err(ServiceError::field("owes", FieldProblem::InvalidChoice));
    }
    Ok(ListFilter {
        words: search_words(filter.q.as_deref().unwrap_or_default()),
        state: filter.state,
        tag: filter.tag,
        therapist,
        has_next: filter.has_next,
        owes: filter.owes,
        sort: filter.sort,
        after: Cursor::parse(filter.cursor.as_deref(), filter.sort)?.map(|cursor| PatientId(cursor.id)),
        limit: 0,
        now: ctx.now,
    })
}

fn card(member: &Member, row: ListRow, currency: &str) -> PatientCard {
    PatientCard {
        id: row.id,
        name: row.name,
        phone: row.phone,
        email: row.email,
        trust_level: row.trust_level,
        archived: row.archived,
        tags: row.tags,
        therapists: row.therapists,
        statistics: statistics(member, &row.counts, currency),
        created_at: row.created_at,
    }
}

/// Every tag the practice uses, by name.
///
/// # Errors
/// `UNAUTHORIZED`, `FORBIDDEN`.
pub async fn tags(ctx: &Ctx) -> Result<Vec<Tag>> {
    let member = ctx.may(Action::Read, Resource::Patients)?;
    let mut tx = begin(ctx, member).await?;
    let tags = stored::tags(&mut tx, member.practice_id).await?;
    commit(tx).await?;
    Ok(tags)
}

/// The list as a file for spreadsheets: everybody whom the filter leaves, in its order. Who may export is who may delete.
///
/// # Errors
/// As [`list`].
pub async fn export_list(ctx: &Ctx, filter: PatientFilter) -> Result<String> {
    let member = ctx.may(Action::Delete, Resource::Patients)?;
    let mut narrow =
        ListFilter { limit: BATCH, after: None, ..narrowed(ctx, member, &PatientFilter { cursor: None, ..filter })? };
    let mut tx = begin(ctx, member).await?;
    let (settings, zone, _) = practice_of(ctx, &mut tx, member).await?;
    let mut rows: Vec<Vec<String>> = vec![];
    loop {
        let batch = stored::list(&mut tx, member.practice_id, &narrow).await?.unwrap_or_default();
        let full = i64::try_from(batch.len()).unwrap_or(i64::MAX) == BATCH;
        narrow.after = batch.last().map(|last| last.id);
        let day =
            |at: Option<DateTime<chrono::Utc>>| at.map(|at| local(zone, at).date().to_string()).unwrap_or_default();
        rows.extend(batch.into_iter().map(|row| {
            let tags: Vec<String> = row.tags.into_iter().map(|tag| tag.name).collect();
            let therapists: Vec<String> = row.therapists.into_iter().map(|therapist| therapist.name).collect();
            vec![
                row.name,
                row.phone.unwrap_or_default(),
                row.email.unwrap_or_default(),
                tags.join("; "),
                therapists.join("; "),
                row.counts.attended.to_string(),
                row.counts.cancelled.to_string(),
                row.counts.no_show.to_string(),
                day(row.counts.last_session_at),
                day(row.counts.next_session_at),
                contracts::Money::new(row.counts.owed_minor, settings.currency.clone()).plain(),
                day(Some(row.created_at)),
            ]
        }));
        if !full {
            break;
        }
    }
    let details = json!({ "patients": rows.len() });
    audit::record(&mut tx, ctx, member.practice_id, "patient.list_exported", None, details).await?;
    commit(tx).await?;
    csv_file::table(&headings(ctx.lang, &settings.currency).iter().map(String::as_str).collect::<Vec<_>>(), rows)
}

fn headings(lang: Lang, currency: &str) -> [String; 12] {
    let own = |column: Column| column.heading().of(lang).to_owned();
    let text = |en, es| Text { en, es }.of(lang).to_owned();
    [
        own(Column::Name),
        own(Column::Phone),
        own(Column::Email),
        own(Column::Tags),
        text("Therapists", "Terapeutas"),
        text("Attended", "Asistidas"),
        text("Cancelled", "Canceladas"),
        text("Did not come", "Ausencias"),
        text("Last session", "Última sesión"),
        text("Next session", "Próxima sesión"),
        format!("{} ({currency})", text("Owed", "Adeudado")),
        text("Since", "Desde"),
    ]
}
