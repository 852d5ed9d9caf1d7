//! Names of people.

/// `A. M. P.` for "Ana María Pérez": for calendars that others may see.
pub fn initials(name: &str) -> String {
    let letters = name.split_whitespace().filter_map(|part| part.chars().find(|c| c.is_alphanumeric()));
    let dotted: Vec<String> = letters.map(|letter| format!("{}.", letter.to_uppercase())).collect();
    dotted.join(" ")
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_the_first_letters() {
        for (name, short) in [
            ("Ana María Pérez", "A. M. P."),
            ("  jean-luc o'neill ", "J. O."),
            ("(ñandú)", "Ñ."),
            ("", ""),
            ("- -", ""),
        ] {
            assert_eq!(initials(name), short, "{name}");
        }
    }
}
