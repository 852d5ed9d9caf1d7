//! One folder per area. Those of the practice reach the browser as an application, those of visitors and patients as
//! islands in pages that the server wrote.

pub mod booking;
pub mod home;
pub mod patient;

#[cfg(any(feature = "ssr", feature = "practice"))]
pub mod account;
#[cfg(any(feature = "ssr", feature = "practice"))]
pub mod audit;
#[cfg(any(feature = "ssr", feature = "practice"))]
pub mod availability;
#[cfg(any(feature = "ssr", feature = "practice"))]
pub mod dashboard;
#[cfg(any(feature = "ssr", feature = "practice"))]
pub mod diary;
#[cfg(any(feature = "ssr", feature = "practice"))]
pub mod members;
#[cfg(any(feature = "ssr", feature = "practice"))]
pub mod notices;
#[cfg(any(feature = "ssr", feature = "practice"))]
pub mod outbox;
#[cfg(any(feature = "ssr", feature = "practice"))]
pub mod patients;
#[cfg(any(feature = "ssr", feature = "practice"))]
pub mod reschedule;
#[cfg(any(feature = "ssr", feature = "practice"))]
pub mod series;
#[cfg(any(feature = "ssr", feature = "practice"))]
pub mod sessions;
#[cfg(any(feature = "ssr", feature = "practice"))]
pub mod settings;
