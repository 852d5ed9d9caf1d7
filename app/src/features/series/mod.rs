//! Recurring sessions: what was agreed with a patient, the form with its preview, and dates that could not be made.

mod card;
mod dates;
mod form;
pub mod page_new;
pub mod page_series;
mod panel;
mod preview;
pub mod server_fns;
mod skipped;
mod words;

pub use panel::SeriesPanel;
pub use skipped::SkippedList;
