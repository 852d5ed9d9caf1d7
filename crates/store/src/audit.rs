//! The audit log: entries are written unsealed and chained by hashes a moment later.
//!
//! The chain follows the order of sealing, by (at, id) within one round. A transaction that commits late is therefore
//! sealed after entries with a later time; its time still tells when the deed was done.

use crate::StoreError;
use chrono::{DateTime, Utc};
use contracts::audit::{AuditCheck, AuditEntry};
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

/// Recomputes the chain: every sealed entry follows the one before without a gap, names its hash, and has the hash its
/// content gives. What was cut off at the end cannot be seen from inside.
///
/// # Errors
/// When the database cannot answer.
pub async fn check(conn: &mut PgConnection, practice: PracticeId) -> Result<AuditCheck, StoreError> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "entries!", min(seq) FILTER (WHERE NOT holds) AS broken_at
           FROM (
             SELECT seq, seq = row_number() OVER chain AND prev_hash IS NOT DISTINCT FROM lag(hash) OVER chain
               AND hash = audit_log_hash(a, seq, prev_hash) AS holds
             FROM audit_log a WHERE practice_id = $1 AND seq IS NOT NULL
             WINDOW chain AS (ORDER BY seq)
           ) entries"#,
        practice.0
    )
    .fetch_one(conn)
    .await?;
    Ok(AuditCheck { entries: row.entries, broken_at: row.broken_at })
}
