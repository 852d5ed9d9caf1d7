//! Lists of patients: who is looked for, in which order, a page at a time.
//!
//! Behind row-level security no index serves a part of a word. So a search that few patients fulfil first asks the
//! database's own door for their ids; one that many fulfil walks the list in its order and soon has a page together.

use super::record::{tags_of, therapists_of};
use super::{Counts, unreadable};
use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::lists::{PatientSort, SortKey};
use contracts::patients::{AssignedTherapist, PatientState, Tag, TrustLevel};
use contracts::{PatientId, PracticeId, TagId, TherapistId};
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// Up to so many ids are worth naming one by one.
const FEW: usize = 3_000;
const FEW_AND_ONE: i32 = 3_001;
/// Those found come by name, so more of them cost little when the list is in that order.
const FEW_BY_NAME: i32 = 8_000;
/// Of those found by name, so many are looked at at once.
const CHUNK: usize = 200;

/// What a list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct ListFilter {
    /// The longest first; each must be found.
    pub words: Vec<String>,
    pub state: PatientState,
    pub tag: Option<TagId>,
    pub therapist: Option<TherapistId>,
    pub has_next: Option<bool>,
    pub owes: bool,
    pub sort: PatientSort,
    /// The last patient of the page before.
    pub after: Option<PatientId>,
    pub limit: i64,
    pub now: DateTime<Utc>,
}

/// A patient as lists show them.
#[derive(Debug, Clone)]
pub struct ListRow {
    pub id: PatientId,
    pub name: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub trust_level: TrustLevel,
    pub archived: bool,
    pub counts: Counts,
    pub created_at: DateTime<Utc>,
    pub tags: Vec<Tag>,
    pub therapists: Vec<AssignedTherapist>,
}

/// Where a patient stands in each order.
struct Place {
    name_key: String,
    created_at: DateTime<Utc>,
    last_key: DateTime<Utc>,
    next_key: DateTime<Utc>,
    id: Uuid,
}

/// The ids of patients who fulfil the conditions, `$1` being the practice; what follows the conditions is handed in.
macro_rules! ids_of_patients {
    ($from:tt, [$($rest:tt),+], $practice:expr, $filter:expr, $($more:expr),+) => {
        sqlx::query_scalar!(
            r#"SELECT p.id AS "id!" FROM "#
                + $from
                + r#" WHERE p.practice_id = $1 AND p.deleted_at IS NULL
                 AND ($2::text = 'all' OR ($2 = 'archived') = (p.archived_at IS NOT NULL))
                 AND ($3::uuid IS NULL OR EXISTS (SELECT FROM patient_therapists t
                   WHERE t.practice_id = $1 AND t.patient_id = p.id AND t.therapist_id = $3))
                 AND ($4::uuid IS NULL OR EXISTS (SELECT FROM patient_tags t
                   WHERE t.practice_id = $1 AND t.patient_id = p.id AND t.tag_id = $4))
                 AND ($5::boolean IS NULL OR $5 = EXISTS (SELECT FROM sessions x WHERE x.practice_id = $1
                   AND x.patient_id = p.id AND x.status = 'scheduled' AND x.starts_at > $8))
                 AND (NOT $6::boolean OR p.owed_minor > 0)
                 AND NOT EXISTS (SELECT FROM unnest($7::text[]) AS word WHERE position(word IN p.search_key) = 0)"#
                $(+ $rest)+,
            $practice.0,
            $filter.state.as_str(),
            $filter.therapist.map(|t| t.0),
            $filter.tag.map(|t| t.0),
            $filter.has_next,
            $filter.owes,
            &$filter.words,
            $filter.now,
            $($more),+
        )
    };
}

/// One order of the walk. Each is a query of its own, so that each has its index.
macro_rules! walk {
    ($column:tt, $kind:tt, $key:ident, $behind:tt, $order:tt, $connection:expr, $practice:expr, $filter:expr, $after:expr) => {
        ids_of_patients!(
            "patients p",
            [
                " AND ($9::",
                $kind,
                " IS NULL OR (",
                $column,
                ", p.id) ",
                $behind,
                " ($9, $10::uuid)) ORDER BY ",
                $column,
                " ",
                $order,
                ", p.id ",
                $order,
                " LIMIT $11"
            ],
            $practice,
            $filter,
            $after.map(|place: &Place| place.$key.clone()),
            $after.map(|place: &Place| place.id),
            $filter.limit
        )
        .fetch_all($connection)
        .await?
    };
}

/// A page of patients; `None` when the page before ended with nobody of this practice.
///
/// # Errors
/// When the database cannot answer.
pub async fn list(
    connection: &mut PgConnection,
    practice: PracticeId,
    filter: &ListFilter,
) -> Result<Option<Vec<ListRow>>, StoreError> {
    let after = match filter.after {
        None => None,
        Some(id) => match place_of(connection, practice, id).await? {
            None => return Ok(None),
            found => found,
        },
    };
    let filter = &ListFilter { words: folded(connection, &filter.words).await?, ..filter.clone() };
    let ids = match few(connection, practice, filter).await? {
        Some(Few { ids, by_name: true }) => by_name(connection, practice, filter, ids).await?,
        Some(Few { ids, .. }) => page_among(connection, practice, filter, &ids).await?,
        None => walked(connection, practice, filter, after.as_ref()).await?,
    };
    rows_of(connection, practice, &ids, filter.now).await.map(Some)
}

/// The words as they stand in what is searched.
async fn folded(connection: &mut PgConnection, words: &[String]) -> Result<Vec<String>, StoreError> {
    if words.is_empty() {
        return Ok(vec![]);
    }
    let folded = sqlx::query_scalar!(
        r#"SELECT fold(word) AS "word!" FROM unnest($1::text[]) WITH ORDINALITY AS t (word, place) ORDER BY place"#,
        words
    )
    .fetch_all(connection)
    .await?;
    Ok(folded)
}

async fn place_of(
    connection: &mut PgConnection,
    practice: PracticeId,
    id: PatientId,
) -> Result<Option<Place>, StoreError> {
    let place = sqlx::query_as!(
        Place,
        r#"SELECT id, name_key, created_at,
             coalesce(last_session_at, timestamptz '0001-01-01 00:00:00+00') AS "last_key!",
             coalesce(next_session_at, timestamptz '9999-01-01 00:00:00+00') AS "next_key!"
           FROM patients WHERE practice_id = $1 AND id = $2"#,
        practice.0,
        id.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(place)
}

/// Those among whom everybody is who may be on the list.
struct Few {
    ids: Vec<Uuid>,
    /// They stand in the order of the list already.
    by_name: bool,
}

/// They, if they are few: by one of the filters that has an index of its own. The other filters are looked at later.
async fn few(
    connection: &mut PgConnection,
    practice: PracticeId,
    filter: &ListFilter,
) -> Result<Option<Few>, StoreError> {
    let by_name = matches!(filter.sort, PatientSort::Name | PatientSort::NameDown) && !filter.words.is_empty();
    let mut found = None;
    if let Some((longest, others)) = filter.words.split_first() {
        let at_most = if by_name { FEW_BY_NAME + 1 } else { FEW_AND_ONE };
        let ids = sqlx::query_scalar!(
            r#"SELECT id AS "id!" FROM lookup.patients_with($1, $2, $3) AS id"#,
            longest,
            others,
            at_most
        )
        .fetch_all(&mut *connection)
        .await?;
        if i32::try_from(ids.len()).is_ok_and(|found| found < at_most) {
            return Ok(Some(Few { ids, by_name }));
        }
    }
    if let (None, Some(therapist)) = (&found, filter.therapist) {
        let ids = sqlx::query_scalar!(
            "SELECT patient_id FROM patient_therapists WHERE practice_id = $1 AND therapist_id = $2 LIMIT $3",
            practice.0,
            therapist.0,
            i64::from(FEW_AND_ONE)
        )
        .fetch_all(&mut *connection)
        .await?;
        found = Some(ids).filter(|ids| ids.len() <= FEW);
    }
    if let (None, Some(tag)) = (&found, filter.tag) {
        let ids = sqlx::query_scalar!(
            "SELECT patient_id FROM patient_tags WHERE practice_id = $1 AND tag_id = $2 LIMIT $3",
            practice.0,
            tag.0,
            i64::from(FEW_AND_ONE)
        )
        .fetch_all(&mut *connection)
        .await?;
        found = Some(ids).filter(|ids| ids.len() <= FEW);
    }
    if found.is_none() && filter.owes {
        let ids = sqlx::query_scalar!(
            "SELECT id FROM patients WHERE practice_id = $1 AND deleted_at IS NULL AND owed_minor > 0 LIMIT $2",
            practice.0,
            i64::from(FEW_AND_ONE)
        )
        .fetch_all(connection)
        .await?;
        found = Some(ids).filter(|ids| ids.len() <= FEW);
    }
    Ok(found.map(|ids| Few { ids, by_name: false }))
}

/// A page of those found by name: they are looked at in their order until the page is full.
async fn by_name(
    connection: &mut PgConnection,
    practice: PracticeId,
    filter: &ListFilter,
    mut found: Vec<Uuid>,
) -> Result<Vec<Uuid>, StoreError> {
    if filter.sort == PatientSort::NameDown {
        found.reverse();
    }
    let begin = filter.after.and_then(|last| found.iter().position(|id| *id == last.0)).map_or(0, |last| last + 1);
    let size = usize::try_from(filter.limit).unwrap_or_default();
    let mut page = vec![];
    for chunk in found[begin..].chunks(CHUNK.max(size)) {
        page.extend(among(connection, practice, filter, chunk).await?);
        if page.len() >= size {
            break;
        }
    }
    page.truncate(size);
    Ok(page)
}

/// A page among these: all who fulfil the filter in their order, and of them those behind the page before.
async fn page_among(
    connection: &mut PgConnection,
    practice: PracticeId,
    filter: &ListFilter,
    few: &[Uuid],
) -> Result<Vec<Uuid>, StoreError> {
    let ids = among(connection, practice, filter, few).await?;
    let begin = filter.after.and_then(|last| ids.iter().position(|id| *id == last.0)).map_or(0, |last| last + 1);
    let size = usize::try_from(filter.limit).unwrap_or_default();
    Ok(ids.into_iter().skip(begin).take(size).collect())
}

/// Those of these who fulfil the filter, in its order. Each is looked up by its id: left to choose, the planner would
/// rather read the whole practice.
async fn among(
    connection: &mut PgConnection,
    practice: PracticeId,
    filter: &ListFilter,
    few: &[Uuid],
) -> Result<Vec<Uuid>, StoreError> {
    let ids = ids_of_patients!(
        "unnest($9::uuid[]) AS few (id)
           CROSS JOIN LATERAL (SELECT * FROM patients WHERE practice_id = $1 AND id = few.id LIMIT 1) p",
        [
            " ORDER BY CASE WHEN $10::text = 'name' THEN p.name_key END, CASE WHEN $10 = '-name' THEN p.name_key END DESC,
               CASE $10 WHEN 'last_session' THEN coalesce(p.last_session_at, '0001-01-01')
                 WHEN 'next_session' THEN coalesce(p.next_session_at, '9999-01-01') WHEN 'created_at' THEN p.created_at END,
               CASE $10 WHEN '-last_session' THEN coalesce(p.last_session_at, '0001-01-01')
                 WHEN '-next_session' THEN coalesce(p.next_session_at, '9999-01-01') WHEN '-created_at' THEN p.created_at END DESC,
               CASE WHEN left($10, 1) <> '-' THEN p.id END, p.id DESC"
        ],
        practice,
        filter,
        few,
        filter.sort.as_str()
    )
    .fetch_all(connection)
    .await?;
    Ok(ids)
}

async fn walked(
    connection: &mut PgConnection,
    practice: PracticeId,
    filter: &ListFilter,
    after: Option<&Place>,
) -> Result<Vec<Uuid>, StoreError> {
    Ok(match filter.sort {
        PatientSort::Name => walk!("p.name_key", "text", name_key, ">", "ASC", connection, practice, filter, after),
        PatientSort::NameDown => {
            walk!("p.name_key", "text", name_key, "<", "DESC", connection, practice, filter, after)
        }
        PatientSort::LastSession => walk!(
            "coalesce(p.last_session_at, timestamptz '0001-01-01 00:00:00+00')",
            "timestamptz",
            last_key,
            ">",
            "ASC",
            connection,
            practice,
            filter,
            after
        ),
        PatientSort::LastSessionDown => walk!(
            "coalesce(p.last_session_at, timestamptz '0001-01-01 00:00:00+00')",
            "timestamptz",
            last_key,
            "<",
            "DESC",
            connection,
            practice,
            filter,
            after
        ),
        PatientSort::NextSession => walk!(
            "coalesce(p.next_session_at, timestamptz '9999-01-01 00:00:00+00')",
            "timestamptz",
            next_key,
            ">",
            "ASC",
            connection,
            practice,
            filter,
            after
        ),
        PatientSort::NextSessionDown => walk!(
            "coalesce(p.next_session_at, timestamptz '9999-01-01 00:00:00+00')",
            "timestamptz",
            next_key,
            "<",
            "DESC",
            connection,
            practice,
            filter,
            after
        ),
        PatientSort::CreatedAt => {
            walk!("p.created_at", "timestamptz", created_at, ">", "ASC", connection, practice, filter, after)
        }
        PatientSort::CreatedAtDown => {
            walk!("p.created_at", "timestamptz", created_at, "<", "DESC", connection, practice, filter, after)
        }
    })
}

/// These patients in this order, with their tags and therapists: three queries, however many they are.
async fn rows_of(
    connection: &mut PgConnection,
    practice: PracticeId,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<Vec<ListRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.id, p.name, p.phone, p.email, p.trust_level, p.archived_at IS NOT NULL AS "archived!", p.created_at,
             p.attended, p.cancelled, p.no_show, p.attendance_percent, p.first_session_at, p.last_session_at,
             (SELECT min(x.starts_at) FROM sessions x WHERE x.practice_id = $1 AND x.patient_id = p.id
                AND x.status = 'scheduled' AND x.starts_at > $3) AS next_session_at,
             p.revenue_minor, p.owed_minor
           FROM patients p WHERE p.practice_id = $1 AND p.id = ANY($2)"#,
        practice.0,
        ids,
        now
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut tags = tags_of(connection, practice, ids).await?;
    let mut therapists = therapists_of(connection, practice, ids).await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let counts = Counts {
            attended: row.attended,
            cancelled: row.cancelled,
            no_show: row.no_show,
            attendance_percent: row.attendance_percent,
            first_session_at: row.first_session_at,
            last_session_at: row.last_session_at,
            next_session_at: row.next_session_at,
            revenue_minor: row.revenue_minor,
            owed_minor: row.owed_minor,
        };
        let patient = ListRow {
            id: PatientId(row.id),
            name: row.name,
            phone: row.phone,
            email: row.email,
            trust_level: TrustLevel::parse(&row.trust_level).ok_or(unreadable("trust_level"))?,
            archived: row.archived,
            counts,
            created_at: row.created_at,
            tags: tags.remove(&row.id).unwrap_or_default(),
            therapists: therapists.remove(&row.id).unwrap_or_default(),
        };
        found.insert(row.id, patient);
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}
