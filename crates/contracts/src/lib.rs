//! What the browser, the server and the REST API say to each other.
//!
//! Plain data only: typed ids, the shapes of questions and answers, stable error codes and the limits of forms. It
//! compiles to wasm, so nothing here may read a clock, a zone table or a file.

#[macro_use]
mod codes;

pub mod accounts;
pub mod audit;
pub mod availability;
pub mod booking;
pub mod calendars;
pub mod error;
pub mod ids;
pub mod lang;
pub mod limits;
pub mod lists;
pub mod live;
pub mod messages;
mod moments;
pub mod money;
pub mod patients;
pub mod practice;
pub mod reschedule;
pub mod series;
pub mod sessions;
pub mod therapist_day;

pub use error::{ApiError, ErrorCode, FieldError, FieldProblem};
pub use ids::*;
pub use lang::{Lang, Text};
pub use money::Money;
