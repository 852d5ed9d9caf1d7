//! All SQL, one module per aggregate. The services are its only callers.
//!
//! Every function takes a connection or transaction first. A transaction that touches a practice's rows begins with
//! [`Db::practice`], which tells the database whose rows it may see; forced row-level security does the rest. Not found
//! is `Ok(None)`; a write that must hit a row checks that it did.

pub mod accounts;
pub mod audit;
pub mod bookings;
pub mod calendars;
pub mod db;
pub mod error;
pub mod files;
pub mod idempotency;
pub mod live;
pub mod lookup;
pub mod messages;
pub mod notices;
pub mod occupancy;
pub mod patients;
pub mod practices;
pub mod proofs;
pub mod reminders;
pub mod reschedule_requests;
pub mod schedule;
pub mod series;
pub mod sessions;
pub mod therapist_day;
pub mod therapists;

pub use db::{Db, MIGRATOR, Tx};
pub use error::StoreError;
