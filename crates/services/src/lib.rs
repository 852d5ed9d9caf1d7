//! Use cases. Each is one function with [`Ctx`] first: authorise, transact, audit, enqueue.
//!
//! Server functions and REST handlers are thin doors to these functions and to nothing else.

pub mod accounts;
pub mod audit;
pub mod availability;
pub mod bookings;
pub mod calendar_file;
pub mod calendars;
pub mod cookies;
pub(crate) mod csv_file;
pub mod ctx;
mod cursor;
pub mod error;
pub mod files;
pub(crate) mod form;
pub mod idempotency;
pub mod jobs;
pub mod live;
pub mod messages;
pub mod patient_access;
pub mod patients;
mod pictures;
pub mod practice;
pub mod reschedule_requests;
pub mod series;
pub mod sessions;
pub mod slots;
pub mod therapist_day;
pub mod tokens;

pub use ctx::{Actor, Ctx, Deps, Member, Secrets};
pub use error::{Result, ServiceError};
