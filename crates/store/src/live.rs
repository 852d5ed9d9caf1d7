//! Hearing what changed in the database, from whichever server changed it.

use crate::{Db, StoreError};
use sqlx::postgres::PgListener;

/// One connection that listens on the channel every trigger writes to.
pub struct Listener(PgListener);

impl Listener {
    /// # Errors
    /// When the database cannot be reached.
    pub async fn connect(db: &Db) -> Result<Self, StoreError> {
        let mut listener = PgListener::connect_with(db.pool()).await?;
        listener.listen("calma").await?;
        Ok(Self(listener))
    }

    /// The next notice, as its text; `None` when the connection was lost and notices may be missing.
    ///
    /// # Errors
    /// When it cannot be had back.
    pub async fn next(&mut self) -> Result<Option<String>, StoreError> {
        Ok(self.0.try_recv().await?.map(|notice| notice.payload().to_owned()))
    }
}
