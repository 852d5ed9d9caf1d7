//! Sessions: the list, one session with everything that can be done with it, placing and moving one.

mod deeds;
mod filters;
mod history;
mod money;
mod moving;
mod notes;
mod table;
mod words;

pub use table::SessionBadge;

pub mod page_list;
pub mod page_new;
pub mod page_session;
pub mod server_fns;
