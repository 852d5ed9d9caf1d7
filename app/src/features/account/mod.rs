//! Accounts of members: registering, logging in, passwords, invitations.

pub mod page_confirm;
pub mod page_forgot;
pub mod page_invite;
pub mod page_login;
pub mod page_register;
pub mod page_reset;
pub mod parts;
pub mod server_fns;
