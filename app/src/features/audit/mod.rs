//! The audit log as the practice reads it.

pub(crate) mod actions;
pub mod page_audit;
pub mod server_fns;

pub use actions::action_text;
