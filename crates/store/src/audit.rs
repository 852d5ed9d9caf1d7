//! The audit log: entries are written unsealed and chained by hashes a moment later.
//!
//! The chain follows the order of sealing, by (at, id) within one round. A transaction that commits late is therefore
//! sealed after entries with a later time; its time still tells when the deed was done.

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::audit::AuditEntry;
use contracts::lists::AuditSort;
use contracts::{MemberId, PracticeId};
use sqlx::PgConnection;
use uuid::Uuid;

#[derive(Debug, Clone)]
pub struct NewEntry<'a> {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    /// "member", "patient", "visitor" or "system".
    pub actor_kind: &'static str,
    pub member: Option<MemberId>,
    pub action: &'a str,
    pub entity: Option<Uuid>,
    /// Codes and ids only.
    pub details: serde_json::Value,
}

/// # Errors
/// When the database cannot answer.
pub async fn insert(conn: &mut PgConnection, practice: PracticeId, entry: &NewEntry<'_>) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO audit_log (practice_id, id, at, actor_kind, actor_id, action, entity_id, details)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        practice.0,
        entry.id,
        entry.at,
        entry.actor_kind,
        entry.member.map(|id| id.0),
        entry.action,
        entry.entity,
        entry.details
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The same for many entries in one statement.
///
/// # Errors
/// When the database cannot answer.
pub async fn insert_all(
    conn: &mut PgConnection,
    practice: PracticeId,
    entries: &[NewEntry<'_>],
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = entries.iter().map(|e| e.id).collect();
    let moments: Vec<DateTime<Utc>> = entries.iter().map(|e| e.at).collect();
    let kinds: Vec<String> = entries.iter().map(|e| e.actor_kind.to_owned()).collect();
    let members: Vec<Option<Uuid>> = entries.iter().map(|e| e.member.map(|id| id.0)).collect();
    let actions: Vec<String> = entries.iter().map(|e| e.action.to_owned()).collect();
    let entities: Vec<Option<Uuid>> = entries.iter().map(|e| e.entity).collect();
    let details: Vec<serde_json::Value> = entries.iter().map(|e| e.details.clone()).collect();
    sqlx::query!(
        "INSERT INTO audit_log (practice_id, id, at, actor_kind, actor_id, action, entity_id, details)
         SELECT $1, n.id, n.at, n.kind, n.member, n.action, n.entity, n.details
         FROM unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::uuid[], $6::text[], $7::uuid[], $8::jsonb[])
           AS n (id, at, kind, member, action, entity, details)",
        practice.0,
        &ids,
        &moments,
        &kinds,
        &members as &[Option<Uuid>],
        &actions,
        &entities as &[Option<Uuid>],
        &details
    )
    .execute(conn)
    .await?;
    Ok(())
}

struct RawEntry {
    id: Uuid,
    seq: Option<i64>,
    at: DateTime<Utc>,
    actor_kind: String,
    actor_name: Option<String>,
    action: String,
    entity_id: Option<Uuid>,
}

macro_rules! page_of_entries {
    ($behind:tt, $order:tt, $connection:expr, $practice:expr, $after:expr, $limit:expr) => {
        sqlx::query_as!(
            RawEntry,
            r#"SELECT a.id, a.seq, a.at, a.actor_kind, u.name AS "actor_name?", a.action, a.entity_id
               FROM audit_log a
               LEFT JOIN members m ON m.practice_id = a.practice_id AND m.id = a.actor_id
               LEFT JOIN users u ON u.id = m.user_id
               WHERE a.practice_id = $1 AND ($2::uuid IS NULL OR a.id "#
                + $behind
                + " $2)
               ORDER BY a.id "
                + $order
                + " LIMIT $3",
            $practice.0,
            $after,
            $limit
        )
        .fetch_all($connection)
        .await?
    };
}

/// Entries behind `after` in the order asked for, each with its id to go on from. Ids are UUIDv7, so their order is the
/// order of time and the primary key serves the page.
///
/// # Errors
/// When the database cannot answer.
pub async fn list(
    conn: &mut PgConnection,
    practice: PracticeId,
    sort: AuditSort,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<(Uuid, AuditEntry)>, StoreError> {
    let rows = match sort {
        AuditSort::At => page_of_entries!(">", "ASC", conn, practice, after, limit),
        AuditSort::AtDown => page_of_entries!("<", "DESC", conn, practice, after, limit),
    };
    let entry = rows.into_iter().map(|row| {
        let entry = AuditEntry {
            seq: row.seq,
            at: row.at,
            actor_kind: row.actor_kind,
            actor_name: row.actor_name,
            action: row.action,
            entity_id: row.entity_id,
        };
        (row.id, entry)
    });
    Ok(entry.collect())
}

/// Only one sealer works on a practice's chain until the transaction ends. Take it before [`seal`], in a statement of
/// its own, so that sealing sees what the sealer before it wrote.
///
/// # Errors
/// When the database cannot answer.
pub async fn lock_chain(conn: &mut PgConnection, practice: PracticeId) -> Result<(), StoreError> {
    sqlx::query!(
        r#"SELECT pg_advisory_xact_lock(hashtextextended('audit' || $1::uuid::text, 0))::text AS "locked?""#,
        practice.0
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Seals at most `limit` entries behind the last sealed one; returns how many.
///
/// # Errors
/// When the database cannot answer.
pub async fn seal(conn: &mut PgConnection, practice: PracticeId, limit: i64) -> Result<u64, StoreError> {
    let done = sqlx::query!(
        "WITH RECURSIVE last AS (
           SELECT seq, hash FROM audit_log WHERE practice_id = $1 AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1
         ), unsealed AS MATERIALIZED (
           SELECT id, row_number() OVER (ORDER BY at, id) AS n FROM audit_log
           WHERE practice_id = $1 AND seq IS NULL ORDER BY at, id LIMIT $2
         ), chain AS (
           SELECT 0::bigint AS n, NULL::uuid AS id, coalesce((SELECT seq FROM last), 0) AS seq, NULL::bytea AS prev,
             (SELECT hash FROM last) AS hash
           UNION ALL
           SELECT u.n, u.id, c.seq + 1, c.hash, audit_log_hash(a, c.seq + 1, c.hash)
           FROM chain c JOIN unsealed u ON u.n = c.n + 1 JOIN audit_log a ON a.practice_id = $1 AND a.id = u.id
         )
         UPDATE audit_log a SET seq = c.seq, prev_hash = c.prev, hash = c.hash
         FROM chain c WHERE c.n > 0 AND a.practice_id = $1 AND a.id = c.id",
        practice.0,
        limit
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// A sealed entry of which it is known that the chain up to it held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    pub seq: i64,
    pub hash: Vec<u8>,
    /// When the chain up to here was recomputed from its beginning.
    pub whole_at: DateTime<Utc>,
}

/// What recomputing found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Entries recomputed.
    pub entries: i64,
    /// The first that does not follow from the one before.
    pub broken_at: Option<i64>,
    /// Number and hash of the last one.
    pub last: Option<(i64, Vec<u8>)>,
}

/// Recomputes the chain behind a seal, or all of it: every sealed entry follows the one before without a gap, names its
/// hash, and has the hash its content gives. What was cut off at the end cannot be seen from inside; see [`hash_of`].
///
/// # Errors
/// When the database cannot answer.
pub async fn check(conn: &mut PgConnection, practice: PracticeId, behind: Option<&Seal>) -> Result<Found, StoreError> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "entries!", min(seq) FILTER (WHERE NOT holds) AS broken_at, max(seq) AS last,
             (array_agg(hash ORDER BY seq DESC))[1] AS hash
           FROM (
             SELECT seq, hash, seq = $2 + row_number() OVER chain
               AND prev_hash IS NOT DISTINCT FROM coalesce(lag(hash) OVER chain, $3::bytea)
               AND hash = audit_log_hash(a, seq, prev_hash) AS holds
             FROM audit_log a WHERE practice_id = $1 AND seq > $2
             WINDOW chain AS (ORDER BY seq)
           ) entries"#,
        practice.0,
        behind.map_or(0, |seal| seal.seq),
        behind.map(|seal| seal.hash.as_slice())
    )
    .fetch_one(conn)
    .await?;
    Ok(Found { entries: row.entries, broken_at: row.broken_at, last: row.last.zip(row.hash) })
}

/// The hash an entry's content gives now, if the entry is there.
///
/// # Errors
/// When the database cannot answer.
pub async fn hash_of(conn: &mut PgConnection, practice: PracticeId, seq: i64) -> Result<Option<Vec<u8>>, StoreError> {
    let hash = sqlx::query_scalar!(
        "SELECT audit_log_hash(a, seq, prev_hash) FROM audit_log a WHERE practice_id = $1 AND seq = $2",
        practice.0,
        seq
    )
    .fetch_optional(conn)
    .await?;
    Ok(hash.flatten())
}

/// The last seal that was found whole.
///
/// # Errors
/// When the database cannot answer.
pub async fn noted(conn: &mut PgConnection, practice: PracticeId) -> Result<Option<Seal>, StoreError> {
    let row = sqlx::query_as!(Seal, "SELECT seq, hash, whole_at FROM audit_checks WHERE practice_id = $1", practice.0)
        .fetch_optional(conn)
        .await?;
    Ok(row)
}

/// Notes a seal that was found whole; one that is further on stays.
///
/// # Errors
/// When the database cannot answer.
pub async fn note(conn: &mut PgConnection, practice: PracticeId, seal: &Seal) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO audit_checks (practice_id, seq, hash, whole_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (practice_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, whole_at = excluded.whole_at
         WHERE audit_checks.seq <= excluded.seq",
        practice.0,
        seal.seq,
        seal.hash,
        seal.whole_at
    )
    .execute(conn)
    .await?;
    Ok(())
}
