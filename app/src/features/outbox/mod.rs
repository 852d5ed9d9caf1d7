//! The outbox: every message can be read and, when it failed, sent again.

pub mod page_outbox;
pub mod server_fns;
pub mod timeline;
pub mod words;
