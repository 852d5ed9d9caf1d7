//! One folder per area.

pub mod account;
pub mod audit;
pub mod availability;
pub mod booking;
pub mod dashboard;
pub mod diary;
pub mod home;
pub mod members;
pub mod outbox;
pub mod patient;
pub mod settings;
