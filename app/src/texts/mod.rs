//! Everything people read, by area, in all languages at once.

pub mod account;
pub mod audit;
pub mod availability;
pub mod booking;
pub mod calendars;
pub mod common;
pub mod dashboard;
pub mod diary;
pub mod errors;
pub mod home;
pub mod members;
pub mod message_settings;
pub mod my_day;
pub mod notices;
pub mod outbox;
pub mod patient;
pub mod patients;
pub mod practice;
pub mod reminders;
pub mod reschedule;
pub mod series;
pub mod sessions;
pub mod settings;

/// Every module with texts; the test below walks them.
#[cfg(test)]
const AREAS: &[(&str, &[(&str, contracts::Text)])] = &[
    ("common", common::ALL),
    ("errors", errors::ALL),
    ("patient", patient::ALL),
    ("patients", patients::ALL),
    ("home", home::ALL),
    ("booking", booking::ALL),
    ("account", account::ALL),
    ("practice", practice::ALL),
    ("series", series::ALL),
    ("sessions", sessions::ALL),
    ("settings", settings::ALL),
    ("outbox", outbox::ALL),
    ("message_settings", message_settings::ALL),
    ("notices", notices::ALL),
    ("reminders", reminders::ALL),
    ("members", members::ALL),
    ("diary", diary::ALL),
    ("availability", availability::ALL),
    ("audit", audit::ALL),
    ("dashboard", dashboard::ALL),
    ("calendars", calendars::ALL),
    ("my_day", my_day::ALL),
    ("reschedule", reschedule::ALL),
];

#[cfg(test)]
mod tests {
    use super::AREAS;
    use std::collections::BTreeSet;

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn every_text_has_the_same_placeholders_in_every_language() {
        for (area, texts) in AREAS {
            for (name, text) in *texts {
                assert_eq!(placeholders(text.en), placeholders(text.es), "{area}::{name}");
                assert!(!text.en.trim().is_empty() && !text.es.trim().is_empty(), "{area}::{name} is empty");
            }
        }
    }
}
