//! What stands around the pages.

pub mod practice;
pub mod public;
