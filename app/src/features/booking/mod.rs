//! The public booking page: a profile with free times, then three steps to a request (004 §4.2). The server writes the
//! pages; what moves in them are islands.

pub mod parts;
pub mod server_fns;
pub mod words;

// The islands and what they are made of.
#[cfg(any(feature = "ssr", feature = "public"))]
pub mod choice;
#[cfg(any(feature = "ssr", feature = "public"))]
pub mod details_form;
#[cfg(any(feature = "ssr", feature = "public"))]
pub mod held;
#[cfg(any(feature = "ssr", feature = "public"))]
pub mod month_grid;
#[cfg(any(feature = "ssr", feature = "public"))]
pub mod send_form;
#[cfg(any(feature = "ssr", feature = "public"))]
pub mod times;

#[cfg(feature = "ssr")]
mod month_choice;
#[cfg(feature = "ssr")]
pub mod page_details;
#[cfg(feature = "ssr")]
pub mod page_profile;
#[cfg(feature = "ssr")]
pub mod page_review;
#[cfg(feature = "ssr")]
pub mod profile;
#[cfg(feature = "ssr")]
pub mod schema;
#[cfg(feature = "ssr")]
pub mod step_page;
