//! The patient's side: a booking's own page, and "my bookings" after signing in by an e-mailed link.

pub mod actions;
pub mod page_booking;
pub mod page_my;
pub mod page_my_bookings;
pub mod page_sign_in;
pub mod payment;
pub mod proof_form;
pub mod server_fns;
pub mod words;
