//! People who log in: users, their places in practices, invitations, login sessions, one-use links, throttles.
//!
//! Users, login sessions, links and throttles belong to no practice and can be read in any transaction; practices,
//! members and invitations only in a transaction of their practice.

pub mod invitations;
pub mod links;
pub mod logins;
pub mod members;
pub mod throttles;
pub mod users;
