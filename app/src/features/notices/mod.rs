//! The bell: what a member was told, and whether they have read it.

pub mod bell;
pub mod page_notices;
pub mod server_fns;
