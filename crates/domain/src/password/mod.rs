//! What a password must have (000 §7.3): twelve characters, upper and lower case, a digit, a symbol, and not one that
//! everybody tries first.

#[cfg(feature = "passwords")]
mod common;
#[cfg(feature = "passwords")]
pub use common::problems;

use contracts::{FieldProblem, limits};

/// The rules that need no list, for the browser: everything that is wrong, in the order in which it is shown.
pub fn shape(password: &str) -> Vec<FieldProblem> {
    let length = password.chars().count();
    let has = |class: fn(char) -> bool| password.chars().any(class);
    let symbol = |c: char| !c.is_alphanumeric() && !c.is_control();
    let wrong = [
        (length == 0, FieldProblem::Required),
        (length < limits::PASSWORD_MIN as usize, FieldProblem::TooShort),
        (length > limits::PASSWORD_MAX as usize, FieldProblem::TooLong),
        (!has(char::is_uppercase), FieldProblem::PasswordUpper),
        (!has(char::is_lowercase), FieldProblem::PasswordLower),
        (!has(char::is_numeric), FieldProblem::PasswordDigit),
        (!has(symbol), FieldProblem::PasswordSymbol),
    ];
    let problems = wrong.into_iter().filter(|(is, _)| *is).map(|(_, problem)| problem);
    // An empty field is only missing; nobody wants to read six complaints about it.
    problems.take(if length == 0 { 1 } else { usize::MAX }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use FieldProblem::*;

    #[test]
    fn each_rule_is_named() {
        for (password, problems) in [
            ("Correct-horse-7-battery", vec![]),
            ("Ñandú-en-la-pampa-3", vec![]),
            ("", vec![Required]),
            ("Ab1!", vec![TooShort]),
            ("correct-horse-7", vec![PasswordUpper]),
            ("CORRECT-HORSE-7", vec![PasswordLower]),
            ("Correct-horses", vec![PasswordDigit]),
            ("Correcthorse77", vec![PasswordSymbol]),
            ("aaaaaaaaaaaa", vec![PasswordUpper, PasswordDigit, PasswordSymbol]),
            // A space is a symbol: passphrases are welcome.
            ("Correct horse 77", vec![]),
        ] {
            assert_eq!(shape(password), problems, "{password}");
        }
        assert_eq!(shape(&format!("Aa1-{}", "x".repeat(200))), [TooLong]);
        assert_eq!(shape("Ñandú-éé-3ñ"), [TooShort], "characters are counted, not bytes");
    }
}
