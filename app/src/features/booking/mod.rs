//! The public booking page: a profile with free times, then three steps to a request (004 §4.2).

pub mod held;
#[cfg(feature = "ssr")]
mod month_choice;
pub mod month_grid;
pub mod page_details;
pub mod page_profile;
pub mod page_review;
pub mod parts;
pub mod profile;
pub mod schema;
pub mod server_fns;
pub mod step_page;
pub mod times;
pub mod words;
