//! `/app/settings/calendars`: calendars outside, the address to subscribe to, and video rooms.

mod conflicts;
mod connected;
mod feed;
pub mod page_calendars;
pub mod server_fns;
mod words;
