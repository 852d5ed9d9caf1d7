//! A database per test, copied from a template that is migrated once.
//!
//! `TEST_DATABASE_URL` names a superuser of a throw-away PostgreSQL; `make test` starts one.

use sqlx::{Connection, Executor, PgConnection};

/// Makes a migrated, empty database and answers its address as owner.
pub async fn fresh() -> String {
    let server = std::env::var("TEST_DATABASE_URL").expect("TEST_DATABASE_URL is set by scripts/test.sh");
    let mut admin = PgConnection::connect(&server).await.expect("connect to the test PostgreSQL");
    let template = template(&server, &mut admin).await;
    let name = format!("t_{}", uuid::Uuid::from_bytes(rand::random()).simple());
    create(&mut admin, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    with_database(&server, &name)
}

fn with_database(server: &str, name: &str) -> String {
    let base = server.rsplit_once('/').expect("an address with a database").0;
    format!("{base}/{name}")
}

/// The template for the present migrations; the first test to need it makes it, the others wait.
async fn template(server: &str, admin: &mut PgConnection) -> String {
    let sums = store::MIGRATOR.iter().fold(0_u64, |sum, migration| {
        migration.checksum.iter().fold(sum, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)))
    });
    let name = format!("template_{sums:016x}");
    admin.execute("SELECT pg_advisory_lock(7301)").await.expect("lock");
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(&name)
        .fetch_one(&mut *admin)
        .await
        .expect("look for the template");
    if !exists {
        let draft = format!("{name}_draft");
        create(admin, &format!("DROP DATABASE IF EXISTS {draft}")).await;
        create(admin, &format!("CREATE DATABASE {draft}")).await;
        let mut connection =
            PgConnection::connect(&with_database(server, &draft)).await.expect("connect to the template");
        store::MIGRATOR.run(&mut connection).await.expect("migrate the template");
        connection.close().await.expect("close");
        create(admin, &format!("ALTER DATABASE {draft} RENAME TO {name}")).await;
    }
    admin.execute("SELECT pg_advisory_unlock(7301)").await.expect("unlock");
    name
}

async fn create(admin: &mut PgConnection, sql: &str) {
    admin.execute(sqlx::AssertSqlSafe(sql.to_owned())).await.expect("change databases");
}
