//! Requests for another time: asking, deciding, and what became of them (001).

mod card;

pub mod page_ask;
pub mod page_list;
pub mod server_fns;

pub use card::{Answers, AskLink, Outcome, RequestCard};
