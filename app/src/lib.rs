//! Pages and components, shared by the server (feature `ssr`) and the browser. The browser's share comes in two halves:
//! `public` are the islands of the pages for visitors and patients, `practice` is the whole application of the practice.
//!
//! `features/<area>/` holds one area each: `server_fns.rs` are the thin doors to the services, `page_*.rs` one route each.
//! Everything a person reads comes from `texts/`, in all languages at once.
#![recursion_limit = "256"]

pub mod context;
pub mod copy;
pub mod error;
pub mod features;
pub mod forms;
#[cfg(feature = "public")]
pub mod islands;
pub mod layouts;
pub mod live;
#[cfg(any(feature = "ssr", feature = "practice"))]
pub mod pages;
#[cfg(any(feature = "ssr", feature = "practice"))]
pub mod routes;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod texts;
#[cfg(any(feature = "ssr", feature = "practice"))]
pub mod zones;
