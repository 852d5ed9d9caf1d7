//! The patient's side: a booking's own page, and "my bookings" after signing in by an e-mailed link. The server writes the
//! pages; what changes while one looks are islands.

pub mod server_fns;
pub mod words;

// The islands and what they are made of.
#[cfg(any(feature = "ssr", feature = "public"))]
pub mod actions;
#[cfg(any(feature = "ssr", feature = "public"))]
pub mod live_booking;
#[cfg(any(feature = "ssr", feature = "public"))]
pub mod live_list;
#[cfg(any(feature = "ssr", feature = "public"))]
pub mod payment;
#[cfg(any(feature = "ssr", feature = "public"))]
pub mod proof_form;

#[cfg(feature = "ssr")]
pub mod page_booking;
#[cfg(feature = "ssr")]
pub mod page_move;
#[cfg(feature = "ssr")]
pub mod page_my;
#[cfg(feature = "ssr")]
pub mod page_my_bookings;
#[cfg(feature = "ssr")]
pub mod page_reminders;
#[cfg(feature = "ssr")]
pub mod page_sign_in;
