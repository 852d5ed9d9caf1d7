//! E-mail addresses and phone numbers.

use super::Check;
use contracts::FieldProblem::{InvalidEmail, InvalidPhone, Required, TooLong};
use contracts::limits;

/// Trimmed, in lower case, without invisible characters.
pub fn clean_email(text: &str) -> String {
    super::clean_name(text).to_lowercase()
}

/// An address that mail servers accept: RFC 5321's dot-atom before the `@`, a host name with a dot after it.
///
/// # Errors
/// When it is missing, too long or no address.
pub fn check_email(email: &str) -> Check {
    if email.is_empty() {
        return Err(Required);
    }
    if email.len() > limits::EMAIL_MAX as usize {
        return Err(TooLong);
    }
    match email.split_once('@') {
        Some((local, domain)) if valid_local(local) && valid_domain(domain) => Ok(()),
        _ => Err(InvalidEmail),
    }
}

fn valid_local(local: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    local.len() <= 64 && local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(allowed))
}

fn valid_domain(domain: &str) -> bool {
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    let top = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.')
        && domain.split('.').all(label)
        && top.len() >= 2
        && top.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Only a leading plus and what is not spacing or punctuation; `00` in front means `+`.
pub fn clean_phone(text: &str) -> String {
    let spacing =
        |c: char| c.is_whitespace() || matches!(c, '-' | '(' | ')' | '[' | ']' | '.' | '/' | '\u{2010}'..='\u{2015}');
    let kept: String = super::clean_name(text).chars().filter(|c| !spacing(*c)).collect();
    match kept.strip_prefix("00") {
        Some(rest) => format!("+{rest}"),
        None => kept,
    }
}

/// E.164: a plus and 7 to 15 digits, the first of which is not 0 (BR-BK-004). Whether the country has such a number is
/// the server's to know.
///
/// # Errors
/// When it is missing or has another shape.
pub fn check_phone_shape(phone: &str) -> Check {
    if phone.is_empty() {
        return Err(Required);
    }
    let digits = phone.strip_prefix('+').unwrap_or_default();
    let plausible = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if plausible && !digits.starts_with('0') { Ok(()) } else { Err(InvalidPhone) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses() {
        for good in ["a@b.co", "ana.maria+x@sub.example.com", "o'brien@example.org", "x_y@xn--caf-dma.com", "1@2.cd"] {
            assert_eq!(check_email(good), Ok(()), "{good}");
        }
        let long_local = format!("{}@b.co", "a".repeat(65));
        let long_label = format!("a@{}.co", "b".repeat(64));
        for bad in [
            "ana",
            "@b.co",
            "a@",
            "a@b",
            "a@b.",
            "a@.co",
            "a@b..co",
            "a@-b.co",
            "a@b-.co",
            "a@@b.co",
            "a@b@c.co",
            ".a@b.co",
            "a.@b.co",
            "a..b@c.co",
            "a b@c.co",
            "a@b.c",
            "a@1.2.3.44",
            "a@b_c.co",
            "añ@b.co",
            "a,b@c.co",
            "<a@b.co>",
            &long_local,
            &long_label,
        ] {
            assert_eq!(check_email(bad), Err(InvalidEmail), "{bad}");
        }
        assert_eq!(check_email(""), Err(Required));
        let long = format!("a@{}co", "bcd.".repeat(63));
        assert_eq!((long.len(), check_email(&long)), (256, Err(TooLong)));
        assert_eq!(clean_email("\tAna@Example.COM\n"), "ana@example.com");
    }

    #[test]
    fn numbers() {
        for (typed, clean) in [
            ("+54 9 11 1234-5678", "+5491112345678"),
            ("0054 (911) 1234.5678", "+5491112345678"),
            ("+254–712–345678", "+254712345678"),
            ("0712 345 678", "0712345678"),
            ("", ""),
        ] {
            assert_eq!(clean_phone(typed), clean);
        }
        for good in ["+5491112345678", "+1234567", "+123456789012345"] {
            assert_eq!(check_phone_shape(good), Ok(()), "{good}");
        }
        for bad in
            ["0712345678", "+0712345678", "+123456", "+1234567890123456", "+12345a78", "++1234567", "+", "+١٢٣٤٥٦٧٨"]
        {
            assert_eq!(check_phone_shape(bad), Err(InvalidPhone), "{bad}");
        }
        assert_eq!(check_phone_shape(""), Err(Required));
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text: String, phone in "[-+0-9 ()./]{0,20}") {
            prop_assert_eq!(clean_email(&clean_email(&text)), clean_email(&text));
            let clean = clean_phone(&phone);
            if check_phone_shape(&clean).is_ok() {
                prop_assert_eq!(clean_phone(&clean), clean);
            }
            let _ = (check_email(&text), check_phone_shape(&text), clean_phone(&text));
        }
    }
}
