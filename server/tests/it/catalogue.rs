//! Walks the database's own catalogue: a table that breaks the rules of isolation fails here, whoever adds it.

use test_support::TestApp;

/// Tables of the installation, not of a practice. Each says why.
const OF_NO_PRACTICE: &[(&str, &str)] = &[
    ("_sqlx_migrations", "which migrations ran"),
    ("users", "a person may be a member of several practices"),
    ("login_sessions", "belongs to a user"),
    ("refresh_tokens", "belongs to a login session"),
    ("one_time_links", "belongs to a user or an address"),
    ("patient_logins", "a patient may have bookings in several practices"),
    ("throttles", "counts by hashes of accounts and addresses"),
    ("idempotency_keys", "scoped by caller, before any practice is known"),
];

async fn names(app: &TestApp, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql).fetch_all(&app.owner).await.expect("catalogue")
}

#[tokio::test]
async fn every_table_of_a_practice_is_isolated_by_force() {
    let app = TestApp::new().await;
    let tables = names(&app, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").await;
    assert!(tables.len() > 15, "the catalogue lists {} tables", tables.len());
    let forced = names(
        &app,
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relrowsecurity AND relforcerowsecurity",
    )
    .await;
    for table in tables {
        let exempt = OF_NO_PRACTICE.iter().any(|(name, _)| *name == table);
        assert!(forced.contains(&table) != exempt, "{table}: isolated {}, exempt {exempt}", forced.contains(&table));
    }
}

#[tokio::test]
async fn every_key_of_an_isolated_table_begins_with_the_practice() {
    let app = TestApp::new().await;
    // The directory of public addresses is isolated for writing, but an address is unique in the whole installation.
    let offenders = names(
        &app,
        "SELECT conrelid::regclass || ': ' || conname FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
         WHERE r.relnamespace = 'public'::regnamespace AND r.relforcerowsecurity AND r.relname <> 'slugs'
           AND c.contype IN ('p', 'u', 'x')
           AND (SELECT attname FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = c.conkey[1]) <> 'practice_id'",
    )
    .await;
    assert_eq!(offenders, Vec::<String>::new());
    let foreign = names(
        &app,
        "SELECT conrelid::regclass || ': ' || conname FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
         JOIN pg_class target ON target.oid = c.confrelid
         WHERE c.contype = 'f' AND r.relforcerowsecurity AND target.relforcerowsecurity
           AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname = 'practice_id')",
    )
    .await;
    assert_eq!(foreign, Vec::<String>::new());
    let unique = names(
        &app,
        "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid
         WHERE i.indisunique AND r.relforcerowsecurity AND r.relname <> 'slugs' AND r.relnamespace = 'public'::regnamespace
           AND (SELECT attname FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = i.indkey[0]) <> 'practice_id'",
    )
    .await;
    assert_eq!(unique, Vec::<String>::new());
}

#[tokio::test]
async fn the_serving_role_owns_nothing_and_bypasses_nothing() {
    let app = TestApp::new().await;
    let owned = names(&app, "SELECT relname::text FROM pg_class WHERE relowner IN ('calma_app'::regrole)").await;
    assert_eq!(owned, Vec::<String>::new());
    let strong = names(
        &app,
        "SELECT rolname::text FROM pg_roles WHERE rolname IN ('calma_app', 'calma_lookup') AND (rolbypassrls OR rolsuper OR rolcreaterole)",
    )
    .await;
    assert_eq!(strong, Vec::<String>::new());
    let role: String = sqlx::query_scalar("SELECT current_user::text").fetch_one(app.deps.db.pool()).await.unwrap();
    assert_eq!(role, "calma_app");
}

#[tokio::test]
async fn without_a_practice_there_are_no_rows() {
    let app = TestApp::new().await;
    test_support::builders::Practice::new(&app, "alpha").await;
    let tables = names(
        &app,
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relforcerowsecurity AND relname <> 'slugs'",
    )
    .await;
    assert!(tables.len() >= 12);
    for table in tables {
        let count: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
            .fetch_one(app.deps.db.pool())
            .await
            .unwrap();
        assert_eq!(count, 0, "{table} shows rows to nobody in particular");
    }
}

#[tokio::test]
async fn every_foreign_key_has_an_index() {
    let app = TestApp::new().await;
    let missing = names(
        &app,
        "SELECT c.conrelid::regclass || ': ' || c.conname FROM pg_constraint c
         WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
           AND c.confrelid <> 'practices'::regclass AND c.confrelid <> 'services'::regclass
           AND c.confrelid <> 'files'::regclass AND c.confrelid <> 'members'::regclass
           AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid
             AND (SELECT array_agg(k) FROM unnest(i.indkey[0:cardinality(c.conkey) - 1]) k) @> c.conkey)",
    )
    .await;
    // Services, files and members are never deleted, and a practice is deleted as a whole: no index is needed to check.
    assert_eq!(missing, Vec::<String>::new());
}
