//! What stands around the pages.

#[cfg(any(feature = "ssr", feature = "practice"))]
pub mod practice;
pub mod public;
