//! Pages and components, shared by the server (feature `ssr`) and the browser (feature `hydrate`).
//!
//! `features/<area>/` holds one area each: `server_fns.rs` are the thin doors to the services, `page_*.rs` one lazy
//! route each. Everything a person reads comes from `texts/`, in all languages at once.
#![recursion_limit = "256"]

pub mod context;
pub mod error;
pub mod features;
pub mod forms;
pub mod layouts;
pub mod live;
pub mod pages;
pub mod routes;
pub mod shell;
pub mod texts;
pub mod zones;

pub use routes::App;
#[cfg(feature = "ssr")]
pub use shell::shell;
