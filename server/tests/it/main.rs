//! Integration tests: one program, a database of its own for each test.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failing set-up is a failing test")]

mod accounts;
mod addresses;
mod announcements;
mod audit;
mod availability;
mod bookings;
mod calendars;
mod catalogue;
mod feeds;
mod functions;
mod http;
mod isolation;
mod jobs;
mod lists;
mod live;
mod notices;
mod pages;
mod patient_fates;
mod patients;
mod permissions;
mod races;
mod records;
mod redis;
mod reminders;
mod reschedule_requests;
mod seed;
mod series;
mod series_api;
mod series_changes;
mod sessions;
mod statistics;
mod terms;
mod texts;
mod therapist_day;
mod uploads;
