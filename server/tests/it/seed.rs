//! The invented practices: loaded once, and finished when a load was cut off.

use server::seed;
use test_support::TestApp;

/// What is there after loading, whatever the times that were free.
async fn picture(app: &TestApp) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT 'booking ' || patient_email || ' ' || status FROM bookings WHERE requested_at IS NOT NULL
         UNION ALL SELECT 'proof ' || reference || ' ' || state FROM payment_proofs
         UNION ALL SELECT 'session ' || status FROM sessions
         UNION ALL SELECT 'patient ' || name FROM patients
         UNION ALL SELECT 'rule ' || weekday || ' ' || starts_min || ' ' || ends_min FROM availability_rules
         UNION ALL SELECT 'exception ' || reason FROM availability_exceptions
         UNION ALL SELECT 'service ' || name FROM services
         UNION ALL SELECT 'therapist ' || slug || ' ' || published || ' ' || bio FROM therapists
         UNION ALL SELECT 'practice ' || name FROM practices
         ORDER BY 1",
    )
    .fetch_all(&app.owner)
    .await
    .unwrap()
}

/// Lets so many rows of a practice into a table, and then the light goes out.
async fn cut_off_after(app: &TestApp, rows: i64, table: &str) {
    for sql in [
        "DROP FUNCTION IF EXISTS cut_off CASCADE".to_owned(),
        format!(
            "CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               IF (SELECT count(*) FROM {table}) >= {rows} THEN RAISE 'the light went out'; END IF; RETURN NEW; END $$"
        ),
        format!("CREATE TRIGGER cut_off BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION cut_off()"),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&app.owner).await.unwrap();
    }
}

#[tokio::test]
async fn a_load_that_was_cut_off_anywhere_is_finished_by_the_next() {
    let whole = TestApp::new().await;
    assert!(seed::load(&whole.deps).await.unwrap());
    let expected = picture(&whole).await;
    assert!(expected.len() > 50, "{expected:?}");

    let app = TestApp::new().await;
    for (rows, table) in [
        (0, "services"),
        (3, "availability_rules"),
        (1, "bookings"),
        (0, "payment_proofs"),
        (1, "sessions"),
        (6, "bookings"),
        (4, "payment_proofs"),
        (4, "sessions"),
        (0, "availability_exceptions"),
        (1, "therapists"),
        (2, "payment_proofs"),
        (5, "bookings"),
    ] {
        cut_off_after(&app, rows, table).await;
        // A program that starts again has nothing cached.
        app.deps.cache.forget_prefix("").await;
        let cut = seed::load(&app.deps).await;
        assert!(cut.is_err(), "nothing was cut off after {rows} of {table}");
    }
    sqlx::query("DROP FUNCTION cut_off CASCADE").execute(&app.owner).await.unwrap();
    app.deps.cache.forget_prefix("").await;
    assert!(seed::load(&app.deps).await.unwrap(), "the rest is loaded");
    assert_eq!(picture(&app).await, expected);
    assert!(!seed::load(&app.deps).await.unwrap(), "and nothing twice");
    assert_eq!(picture(&app).await, expected);
}
