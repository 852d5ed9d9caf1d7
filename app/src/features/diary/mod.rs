//! The week as a calendar and as a list.

mod day_list;
mod grid;
mod lanes;
mod month;
mod moving;
mod now_line;
pub mod page_diary;
pub mod server_fns;
