//! Ports to the outside world. Each has a default that works offline and a real adapter.

pub mod cache;
pub mod calendars;
pub mod files;
pub mod http;
pub mod mail;
pub mod texts;
