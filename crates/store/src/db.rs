//! The pool, and the one way to begin a transaction.

use crate::StoreError;
use contracts::{PracticeId, UserId};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use std::str::FromStr;
use std::time::Duration;

/// The migrations, embedded into the program.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");

/// A transaction; dropping it rolls back.
pub type Tx = sqlx::Transaction<'static, sqlx::Postgres>;

/// The pool of connections that serve. They run as `calma_app`, whatever role the address names.
#[derive(Clone, Debug)]
pub struct Db {
    pool: PgPool,
}

impl Db {
    /// Connects with at most `max` connections. Connections become `calma_app` before anything uses them.
    ///
    /// # Errors
    /// When the address cannot be read or the database cannot be reached.
    pub async fn connect(url: &str, max: u32) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)?.application_name("calma");
        let pool = PgPoolOptions::new()
            .max_connections(max)
            .acquire_timeout(Duration::from_secs(10))
            .idle_timeout(Duration::from_secs(30))
            // A connection that was used a moment ago is there; asking it would be one more round trip for every request.
            .test_before_acquire(false)
            .before_acquire(|connection, about| {
                Box::pin(async move {
                    if about.idle_for > Duration::from_secs(1) {
                        sqlx::Connection::ping(connection).await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(|connection, _| {
                Box::pin(async move {
                    sqlx::query("SET ROLE calma_app").execute(&mut *connection).await?;
                    sqlx::query("SET statement_timeout = '15s'").execute(&mut *connection).await?;
                    // Compiling a statement takes ten times as long as the longest of ours.
                    sqlx::query("SET jit = off").execute(&mut *connection).await?;
                    // So does starting a second process for it, which takes a core from somebody else besides.
                    sqlx::query("SET max_parallel_workers_per_gather = 0").execute(&mut *connection).await?;
                    // A plan that was made while a table was small reads it from end to end for as long as it is kept, and
                    // the table grows meanwhile: a night's 100,000 sessions took three times as long. Everything here has
                    // its index.
                    sqlx::query("SET enable_seqscan = off").execute(&mut *connection).await?;
                    Ok(())
                })
            })
            .connect_with(options)
            .await?;
        Ok(Self { pool })
    }

    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Begins a transaction that sees the rows of one practice and no others.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn practice(&self, practice: PracticeId, user: Option<UserId>) -> Result<Tx, StoreError> {
        // One round trip instead of two. Ids consist of digits, letters and dashes, so they can stand in the text.
        let user = user.map(|u| u.to_string()).unwrap_or_default();
        let begin = format!(
            "BEGIN; SELECT set_config('app.practice_id', '{practice}', true), set_config('app.user_id', '{user}', true)"
        );
        Ok(self.pool.begin_with(sqlx::AssertSqlSafe(begin)).await?)
    }

    /// A connection outside any transaction and practice, for one look-up: cheaper than [`Self::anywhere`].
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn connection(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Postgres>, StoreError> {
        Ok(self.pool.acquire().await?)
    }

    /// Begins a transaction without a practice: it sees users, links and the lookup functions, and no practice's rows.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn anywhere(&self) -> Result<Tx, StoreError> {
        Ok(self.pool.begin().await?)
    }
}

/// Has the statements that follow in this transaction planned for their values. A list that may be narrowed in ten ways has
/// no plan that suits all of them: PostgreSQL's general one read all sessions of a practice to show the first page.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn plan_for_values(connection: &mut sqlx::PgConnection) -> Result<(), StoreError> {
    sqlx::query("SET LOCAL plan_cache_mode = force_custom_plan").execute(connection).await?;
    Ok(())
}

/// The server's version as PostgreSQL numbers it: 150018 is 15.18.
///
/// # Errors
/// When the database does not answer.
pub async fn server_version(connection: &mut sqlx::PgConnection) -> Result<i32, StoreError> {
    Ok(sqlx::query_scalar("SELECT current_setting('server_version_num')::int").fetch_one(connection).await?)
}
