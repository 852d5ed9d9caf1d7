//! Cleaning and checking of what people type; the same functions serve the forms in the browser and the server.
//!
//! `clean_*` makes text canonical and never fails; `check_*` says what is wrong with clean text. Cleaning twice changes
//! nothing.

mod contact;
mod slug;
mod text;
mod times;

pub use contact::{check_email, check_phone_shape, clean_email, clean_phone};
pub use slug::{RESERVED_SLUGS, check_slug, slugify};
pub use text::{check_length, check_name, clean_name, clean_text};
pub use times::{check_block, check_buffer, check_duration, check_step, parse_clock, show_clock};

use contracts::booking::PatientDetails;
use contracts::{FieldError, FieldProblem, limits};

type Check = Result<(), FieldProblem>;

pub fn error(field: &str, problem: FieldProblem) -> FieldError {
    FieldError { field: field.into(), problem }
}

/// What a patient typed, cleaned; only the shape of the phone number is checked here, not whether its country has such
/// numbers (BR-BK-004).
///
/// # Errors
/// Everything that is wrong, by the names of the form's fields.
pub fn patient_details(details: &PatientDetails) -> Result<PatientDetails, Vec<FieldError>> {
    let clean = PatientDetails {
        name: clean_name(&details.name),
        email: clean_email(&details.email),
        phone: clean_phone(&details.phone),
        first_time: details.first_time,
        reason: clean_text(&details.reason),
    };
    let checks = [
        ("name", check_name(&clean.name)),
        ("email", check_email(&clean.email)),
        ("phone", check_phone_shape(&clean.phone)),
        ("reason", check_length(&clean.reason, limits::REASON_MAX)),
    ];
    let errors: Vec<FieldError> =
        checks.into_iter().filter_map(|(field, check)| Some(error(field, check.err()?))).collect();
    if errors.is_empty() { Ok(clean) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn details(name: &str, email: &str, phone: &str, reason: &str) -> PatientDetails {
        PatientDetails {
            name: name.into(),
            email: email.into(),
            phone: phone.into(),
            first_time: true,
            reason: reason.into(),
        }
    }

    #[test]
    fn details_are_cleaned() {
        let typed =
            details("  <b>Ana</b>  María ", " Ana@Example.COM ", "00 254 (712) 345-678", "stress\r\n\r\n\r\nwork ");
        let clean = details("Ana María", "ana@example.com", "+254712345678", "stress\n\nwork");
        assert_eq!(patient_details(&typed), Ok(clean));
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let errors = patient_details(&details("A", "ana", "0712345678", &"x".repeat(1_001))).unwrap_err();
        use FieldProblem::*;
        let expected = [("name", TooShort), ("email", InvalidEmail), ("phone", InvalidPhone), ("reason", TooLong)];
        assert_eq!(errors, expected.map(|(field, problem)| error(field, problem)));
        let errors = patient_details(&PatientDetails::default()).unwrap_err();
        assert_eq!(errors, ["name", "email", "phone"].map(|field| error(field, Required)));
    }

    proptest! {
        #[test]
        fn clean_details_stay_as_they_are(name in ".{0,40}", email in "[a-z.@A-Z ]{0,20}", phone in "[-+0-9 ()]{0,20}", reason in "(?s).{0,80}") {
            if let Ok(clean) = patient_details(&details(&name, &email, &phone, &reason)) {
                prop_assert_eq!(patient_details(&clean), Ok(clean.clone()));
            }
        }
    }
}
