//! The rules about patients: what is a valid record, what a search means, how old somebody is.

mod columns;
mod search;

pub use columns::{Column, column, csv_safe, csv_typed};
pub use search::{NAME_TO_COMPARE, search_words};

use crate::validate::{
    check_email, check_length, check_name, check_phone_shape, clean_email, clean_name, clean_phone, clean_text, error,
};
use chrono::{Datelike, NaiveDate};
use contracts::limits::*;
use contracts::patients::{SaveGuardian, SaveNote, SavePatient, SavePreferences};
use contracts::{FieldError, FieldProblem, Money};

type Check = Result<(), FieldProblem>;

/// Nobody lives longer; an older date of birth is a slip of the keyboard.
const OLDEST_YEARS: i32 = 130;

/// The field of a guardian in a form: `guardians[0][name]`.
pub fn guardian_field(index: usize, field: &str) -> String {
    format!("guardians[{index}][{field}]")
}

/// What was typed about a patient, cleaned. Guardians nobody typed anything into are nobody, but keep their place, so
/// that what is wrong with another stands beside it; the same tag twice is one. Phones are checked by their shape only.
///
/// # Errors
/// Everything that is wrong, by the names of the form's fields.
pub fn patient(typed: &SavePatient, today: NaiveDate) -> Result<SavePatient, Vec<FieldError>> {
    let clean = cleaned(typed);
    let mut errors: Vec<FieldError> =
        checks(&clean, today).into_iter().filter_map(|(field, check)| Some(error(field, check.err()?))).collect();
    if clean.guardians.len() > GUARDIANS_MAX as usize {
        errors.push(error("guardians", FieldProblem::OutOfRange));
    }
    for (index, guardian) in clean.guardians.iter().enumerate().filter(|(_, g)| **g != SaveGuardian::default()) {
        let wrong = guardian_checks(guardian).into_iter().filter_map(|(field, check)| Some((field, check.err()?)));
        errors.extend(wrong.map(|(field, problem)| error(&guardian_field(index, field), problem)));
    }
    let guardian_reached = clean.guardians.iter().any(|g| !g.phone.is_empty() || !g.email.is_empty());
    if clean.phone.is_empty() && clean.email.is_empty() && !guardian_reached {
        errors.push(error("phone", FieldProblem::Required));
    }
    if errors.is_empty() { Ok(clean) } else { Err(errors) }
}

fn cleaned(typed: &SavePatient) -> SavePatient {
    let guardian = |g: &SaveGuardian| SaveGuardian {
        name: clean_name(&g.name),
        relationship: clean_name(&g.relationship),
        phone: clean_phone(&g.phone),
        email: clean_email(&g.email),
    };
    SavePatient {
        name: clean_name(&typed.name),
        phone: clean_phone(&typed.phone),
        email: clean_email(&typed.email),
        language: typed.language,
        date_of_birth: typed.date_of_birth,
        gender: clean_name(&typed.gender),
        occupation: clean_name(&typed.occupation),
        city: clean_name(&typed.city),
        address: clean_text(&typed.address),
        referral_source: clean_name(&typed.referral_source),
        emergency_name: clean_name(&typed.emergency_name),
        emergency_phone: clean_phone(&typed.emergency_phone),
        guardians: typed.guardians.iter().map(guardian).collect(),
        tags: tags(&typed.tags),
        trust_level: typed.trust_level,
        shared_email: typed.shared_email,
        version: typed.version,
    }
}

fn checks(clean: &SavePatient, today: NaiveDate) -> Vec<(&'static str, Check)> {
    let tags = if clean.tags.len() > TAGS_MAX as usize {
        Err(FieldProblem::OutOfRange)
    } else {
        clean.tags.iter().try_for_each(|tag| check_length(tag, TAG_MAX))
    };
    vec![
        ("name", check_name(&clean.name)),
        ("phone", if_any(&clean.phone, check_phone_shape)),
        ("email", if_any(&clean.email, check_email)),
        ("date_of_birth", clean.date_of_birth.map_or(Ok(()), |born| check_birth(born, today))),
        ("gender", check_length(&clean.gender, GENDER_MAX)),
        ("occupation", check_length(&clean.occupation, SHORT_TEXT_MAX)),
        ("city", check_length(&clean.city, SHORT_TEXT_MAX)),
        ("address", check_length(&clean.address, ADDRESS_MAX)),
        ("referral_source", check_length(&clean.referral_source, SHORT_TEXT_MAX)),
        ("emergency_name", check_length(&clean.emergency_name, NAME_MAX)),
        ("emergency_phone", if_any(&clean.emergency_phone, check_phone_shape)),
        ("tags", tags),
    ]
}

fn guardian_checks(guardian: &SaveGuardian) -> [(&'static str, Check); 4] {
    [
        ("name", check_name(&guardian.name)),
        ("relationship", check_length(&guardian.relationship, RELATIONSHIP_MAX)),
        ("phone", if_any(&guardian.phone, check_phone_shape)),
        ("email", if_any(&guardian.email, check_email)),
    ]
}

/// A check of what may be left out.
fn if_any(text: &str, check: fn(&str) -> Check) -> Check {
    if text.is_empty() { Ok(()) } else { check(text) }
}

fn check_birth(born: NaiveDate, today: NaiveDate) -> Check {
    if born > today || age(born, today) > OLDEST_YEARS { Err(FieldProblem::OutOfRange) } else { Ok(()) }
}

/// Full years on this day. Who was born on 29 February has their birthday on 1 March in common years.
pub fn age(born: NaiveDate, today: NaiveDate) -> i32 {
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    today.year() - born.year() - i32::from(!had_birthday)
}

/// Tags in the order they were typed, each once, whatever its capitals.
pub fn tags(typed: &[String]) -> Vec<String> {
    let mut known: Vec<String> = vec![];
    let mut out = vec![];
    for tag in typed.iter().map(|tag| clean_name(tag)).filter(|tag| !tag.is_empty()) {
        let key = tag.to_lowercase();
        if !known.contains(&key) {
            known.push(key);
            out.push(tag);
        }
    }
    out
}

/// What was typed into the preferences, cleaned; the price is the services' to read.
///
/// # Errors
/// Everything that is wrong, by the names of the form's fields.
pub fn preferences(typed: &SavePreferences) -> Result<SavePreferences, Vec<FieldError>> {
    let mut weekdays = typed.weekdays.clone();
    weekdays.sort_unstable();
    weekdays.dedup();
    let mut day_parts = typed.day_parts.clone();
    day_parts.sort_by_key(|part| contracts::patients::DayPart::ALL.iter().position(|known| known == part));
    day_parts.dedup();
    let clean = SavePreferences {
        channel: typed.channel,
        weekdays,
        day_parts,
        accommodations: clean_text(&typed.accommodations),
        custom_price: typed.custom_price.trim().to_owned(),
        language: typed.language,
    };
    let mut errors = vec![];
    if !clean.weekdays.iter().all(|day| (1..=7).contains(day)) {
        errors.push(error("weekdays", FieldProblem::InvalidChoice));
    }
    if let Err(problem) = check_length(&clean.accommodations, ACCOMMODATIONS_MAX) {
        errors.push(error("accommodations", problem));
    }
    if errors.is_empty() { Ok(clean) } else { Err(errors) }
}

/// What a patient pays, in minor units, when the practice names no other price: their own, or the service's. A price that
/// was agreed in a currency the practice gave up says nothing in the one of today.
pub fn usual_price(own: Option<&Money>, service_minor: i64, currency: &str) -> i64 {
    own.filter(|price| price.currency == currency).map_or(service_minor, |price| price.minor)
}

/// A note, cleaned.
///
/// # Errors
/// When it is empty or too long.
pub fn note(typed: &SaveNote) -> Result<SaveNote, FieldProblem> {
    let clean = SaveNote { body: clean_text(&typed.body), ..typed.clone() };
    if clean.body.is_empty() {
        return Err(FieldProblem::Required);
    }
    check_length(&clean.body, NOTE_MAX)?;
    Ok(clean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::patients::DayPart;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn ana() -> SavePatient {
        SavePatient { name: "Ana Moss".into(), phone: "+254 700 000 111".into(), ..SavePatient::default() }
    }

    fn problems(typed: &SavePatient) -> Vec<(String, FieldProblem)> {
        patient(typed, day("2026-03-02")).unwrap_err().into_iter().map(|e| (e.field, e.problem)).collect()
    }

    #[test]
    fn a_price_of_their_own_stands_before_the_services_in_the_same_currency() {
        let own = Money::new(150_000, "KES");
        assert_eq!(usual_price(Some(&own), 200_000, "KES"), 150_000);
        assert_eq!(usual_price(Some(&own), 200_000, "EUR"), 200_000);
        assert_eq!(usual_price(None, 200_000, "KES"), 200_000);
    }

    #[test]
    fn records_are_cleaned() {
        let typed = SavePatient {
            name: " <b>Ana</b>  Moss".into(),
            email: " ANA@Example.com".into(),
            tags: vec!["VIP".into(), " vip ".into(), String::new(), "Couple".into()],
            guardians: vec![
                SaveGuardian::default(),
                SaveGuardian { name: " Eva  Moss ".into(), phone: "00254700000112".into(), ..SaveGuardian::default() },
            ],
            ..ana()
        };
        let clean = patient(&typed, day("2026-03-02")).unwrap();
        assert_eq!((clean.name.as_str(), clean.phone.as_str()), ("Ana Moss", "+254700000111"));
        assert_eq!((clean.email.as_str(), clean.tags), ("ana@example.com", vec!["VIP".to_owned(), "Couple".into()]));
        assert_eq!(clean.guardians[1].phone, "+254700000112");
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let typed = SavePatient {
            name: "A".into(),
            phone: "0700".into(),
            email: "ana".into(),
            date_of_birth: Some(day("2026-03-03")),
            emergency_phone: "12".into(),
            city: "x".repeat(121),
            tags: vec!["x".repeat(41)],
            guardians: vec![
                SaveGuardian::default(),
                SaveGuardian { relationship: "mother".into(), email: "x".into(), ..SaveGuardian::default() },
            ],
            ..SavePatient::default()
        };
        use FieldProblem::*;
        let expected = [
            ("name", TooShort),
            ("phone", InvalidPhone),
            ("email", InvalidEmail),
            ("date_of_birth", OutOfRange),
            ("city", TooLong),
            ("emergency_phone", InvalidPhone),
            ("tags", TooLong),
            ("guardians[1][name]", Required),
            ("guardians[1][email]", InvalidEmail),
        ];
        assert_eq!(problems(&typed), expected.map(|(field, problem)| (field.to_owned(), problem)));
    }

    #[test]
    fn somebody_must_be_reachable() {
        let nobody = SavePatient { name: "Ana".into(), ..SavePatient::default() };
        assert_eq!(problems(&nobody), [("phone".to_owned(), FieldProblem::Required)]);
        let child = SavePatient {
            guardians: vec![SaveGuardian { name: "Eva".into(), email: "eva@example.com".into(), ..Default::default() }],
            ..nobody
        };
        assert!(patient(&child, day("2026-03-02")).is_ok());
    }

    #[test]
    fn ages_in_full_years() {
        for (born, today, years) in [
            ("2000-03-02", "2026-03-02", 26),
            ("2000-03-03", "2026-03-02", 25),
            ("2000-02-29", "2026-02-28", 25),
            ("2000-02-29", "2026-03-01", 26),
            ("2026-03-02", "2026-03-02", 0),
        ] {
            assert_eq!(age(day(born), day(today)), years, "{born} on {today}");
        }
    }

    #[test]
    fn preferences_are_put_in_order_and_checked() {
        let typed = SavePreferences {
            weekdays: vec![5, 1, 5],
            day_parts: vec![DayPart::Evening, DayPart::Morning, DayPart::Evening],
            ..SavePreferences::default()
        };
        let clean = preferences(&typed).unwrap();
        assert_eq!((clean.weekdays, clean.day_parts), (vec![1, 5], vec![DayPart::Morning, DayPart::Evening]));
        let wrong = preferences(&SavePreferences { weekdays: vec![0], ..SavePreferences::default() }).unwrap_err();
        assert_eq!(wrong, [error("weekdays", FieldProblem::InvalidChoice)]);
        assert_eq!(note(&SaveNote::default()), Err(FieldProblem::Required));
        assert_eq!(note(&SaveNote { body: " a \n".into(), ..Default::default() }).unwrap().body, "a");
    }

    proptest! {
        #[test]
        fn clean_records_stay_as_they_are(name in ".{2,30}", phone in "\\+[1-9][0-9 ()-]{6,14}", city in ".{0,40}", tag in ".{0,20}") {
            let typed = SavePatient { name, phone, city, tags: vec![tag], ..SavePatient::default() };
            if let Ok(clean) = patient(&typed, day("2026-03-02")) {
                prop_assert_eq!(patient(&clean, day("2026-03-02")), Ok(clean.clone()));
            }
        }

        #[test]
        fn nobody_is_younger_tomorrow(born in 0_i32..40_000, later in 0_i32..40_000) {
            let start = day("1920-01-01");
            let at = |days: i32| start + chrono::Days::new(u64::try_from(days).unwrap());
            let (born, now) = (at(born), at(born + later));
            prop_assert!(age(born, now) >= 0);
            prop_assert!(age(born, now + chrono::Days::new(1)) >= age(born, now));
        }
    }
}
