//! The practice's first page and the page of one booking (003).

mod card;
mod deed;
mod live_line;
mod my_day;
pub mod page_booking;
pub mod page_today;
pub mod server_fns;
pub mod words;

pub use card::Act;
pub use deed::Deed;
