//! What happens around every request, from the outside in: log, headers, compression, limits, origin, caller, forms.

pub mod errors;
pub mod forms;
pub mod headers;
pub mod limits;
pub mod moved;
pub mod origin;
pub mod session;
pub mod size;
pub mod trace;
