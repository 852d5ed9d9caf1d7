//! Is every use case tried by a stranger? The sources say which there are.

use std::collections::BTreeSet;
use std::path::Path;

/// Use cases that no stranger is tried on here, and why not.
const NOT_TRIED: &[(&str, &[&str])] = &[
    (
        "public: everybody gets the same answer",
        &[
            "bookings::book",
            "bookings::hold",
            "files::photo",
            "practice::behind_slug",
            "practice::moved_to",
            "practice::public_therapist",
            "practice::published_slugs",
            "slots::availability",
            "slots::availability_json",
        ],
    ),
    (
        "an address, a password, a cookie or a word from a mail decides (accounts.rs, calendars.rs)",
        &[
            "accounts::accept_invitation",
            "accounts::confirm_email",
            "accounts::forgot_password",
            "accounts::invitation",
            "accounts::log_in",
            "accounts::refresh",
            "accounts::register",
            "accounts::reset_password",
            "calendars::file",
            "calendars::finish_google",
            "patient_access::request_link",
            "patient_access::sign_in",
            "patient_access::sign_out",
        ],
    ),
    (
        "about the caller and nobody else",
        &[
            "accounts::log_out",
            "accounts::me",
            "calendars::my_feeds",
            "calendars::renew_my_feeds",
            "messages::notices",
            "messages::unread",
            "messages::zone",
            "therapist_day::mine",
            "therapist_day::of_therapist",
            "patient_access::my_bookings",
        ],
    ),
    (
        "takes no id: the caller's own practice, as its row-level security shows it",
        &[
            "accounts::invite",
            "accounts::members_by",
            "audit::list",
            "audit::page",
            "audit::verify",
            "audit::verify_new",
            "messages::page",
            "patients::import_rows",
            "patients::keep_import",
            "patients::zone",
            "messages::preview",
            "messages::reset_template",
            "messages::save_settings",
            "messages::save_template",
            "messages::send_test",
            "messages::settings",
            "messages::template",
            "practice::save_instructions",
            "practice::save_settings",
            "practice::settings",
        ],
    ),
    (
        "only what the provider of texts signed gets there (texts.rs)",
        &["messages::delivery_told", "messages::text_received"],
    ),
    (
        "the worker, the command line and the middleware: no door leads there",
        &[
            "accounts::confirm_without_link",
            "accounts::forget_expired",
            "audit::seal_all",
            "calendars::read_due",
            "calendars::write_due",
            "idempotency::abandon",
            "idempotency::begin",
            "idempotency::finish",
            "idempotency::forget_old",
            "jobs::archive",
            "jobs::forget",
            "jobs::run_due",
            "messages::send_due",
            "series::generate_due",
            "patients::archive_dormant",
            "patients::forget_old_imports",
            "messages::send_mail",
            "messages::send_texts",
        ],
    ),
];

/// Every public use case as `module::name`, read from the sources.
fn use_cases() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/services/src");
    let (mut found, mut waiting) = (BTreeSet::new(), vec![root.clone()]);
    while let Some(place) = waiting.pop() {
        if place.is_dir() {
            waiting.extend(std::fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let module = place.strip_prefix(&root).unwrap().iter().next().unwrap().to_str().unwrap();
        let module = module.trim_end_matches(".rs");
        let text = std::fs::read_to_string(&place).unwrap();
        for part in text.split("pub async fn ").skip(1) {
            let (name, arguments) = part.split_once('(').unwrap();
            if arguments.trim_start().starts_with("ctx: &Ctx") {
                found.insert(format!("{module}::{name}"));
            }
        }
    }
    found
}

#[test]
fn every_use_case_is_tried_by_a_stranger_or_says_why_not() {
    let (all, here) = (use_cases(), include_str!("../isolation.rs"));
    assert!(all.len() > 60, "the sources were not read: {all:?}");
    let not_tried: BTreeSet<String> =
        NOT_TRIED.iter().flat_map(|(_, names)| names.iter().map(|name| (*name).to_owned())).collect();
    let tried: BTreeSet<String> = all.iter().filter(|name| here.contains(&format!("{name}("))).cloned().collect();
    let missing: Vec<_> = all.difference(&tried).filter(|name| !not_tried.contains(*name)).collect();
    assert!(missing.is_empty(), "no stranger tries {missing:?}");
    let needless: Vec<_> = not_tried.iter().filter(|name| tried.contains(*name) || !all.contains(*name)).collect();
    assert!(needless.is_empty(), "tried after all, or gone: {needless:?}");
}
