//! Who works in the practice, and who is invited.

pub mod page_members;
pub mod server_fns;
