//! The server: settings, start and stop, middleware, REST and everything else that is not a page.

pub mod api;
pub mod clock;
pub mod config;
pub mod hooks;
pub mod live;
pub mod middleware;
pub mod private_pg;
pub mod router;
pub mod seed;
pub mod site;
pub mod startup;
pub mod state;
pub mod test_mode;
