//! The rules of the practice as pure, total functions. No I/O, no clock, no randomness.
//!
//! Everything compiles to wasm; what needs zone tables (`slots`, feature `zones`) or the list of common passwords
//! (feature `passwords`) is for the server only.

pub mod booking;
pub mod dates;
pub mod messages;
pub mod names;
pub mod password;
pub mod patients;
pub mod permissions;
pub mod recurrence;
pub mod reference;
pub mod reschedule;
pub mod sessions;
#[cfg(feature = "zones")]
pub mod slots;
pub mod validate;
pub mod workload;
