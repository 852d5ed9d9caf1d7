//! What the database can answer besides rows.

use thiserror::Error;

#[derive(Debug, Error)]
pub enum StoreError {
    /// A constraint said no; its name tells which rule.
    #[error("constraint {0}")]
    Constraint(String),
    /// A write that must change a row found none.
    #[error("no row changed")]
    NothingChanged,
    /// The database cannot be reached or is shutting down: try again.
    #[error("database unavailable")]
    Unavailable(#[source] sqlx::Error),
    #[error("database error")]
    Other(#[source] sqlx::Error),
    /// A stored value no longer means anything to this program.
    #[error("unreadable value in {0}")]
    Unreadable(&'static str),
}

impl StoreError {
    /// Is it this constraint that was broken?
    pub fn is_constraint(&self, name: &str) -> bool {
        matches!(self, Self::Constraint(broken) if broken == name)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(db) => match (db.constraint(), db.code().as_deref()) {
                (Some(name), _) => Self::Constraint(name.to_owned()),
                // Class 57 is "operator intervention" (shutdown), class 08 "connection exception".
                (None, Some(code)) if code.starts_with("57P") || code.starts_with("08") => Self::Unavailable(error),
                _ => Self::Other(error),
            },
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Tls(_) => {
                Self::Unavailable(error)
            }
            _ => Self::Other(error),
        }
    }
}
