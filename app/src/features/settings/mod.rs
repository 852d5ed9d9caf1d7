//! How the practice sets itself up: a page per subject.

pub mod calendars;
mod frame;
pub mod message_fns;
pub mod page_booking;
pub mod page_messages;
pub mod page_payment;
pub mod page_practice;
pub mod page_profile;
pub mod page_services;
mod photo;
pub mod server_fns;
mod template_form;
mod terms;
