//! Opening hours, exceptions, breaks, the patient's view and "why is 10:00 missing?" (004 §4.1).

mod buffers;
mod exceptions;
mod overview;
pub mod page_availability;
mod preview;
pub mod server_fns;
mod weekly;
mod why;

use domain::dates;

/// Minutes from midnight as `09:00`; 1440 is `24:00`.
pub(crate) fn clock(minutes: i32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The name of an ISO weekday, 1 is Monday.
pub(crate) fn weekday(number: i16) -> &'static str {
    dates::iso_weekday_name(crate::context::lang(), number)
}
