//! The address of a therapist's public page: `/{slug}`.

use super::Check;
use contracts::FieldProblem::{InvalidSlug, Required, Taken, TooLong, TooShort};
use contracts::limits;

/// Addresses the application uses itself, or might; sorted.
pub const RESERVED_SLUGS: &[&str] = &[
    "about",
    "account",
    "admin",
    "ajax",
    "api",
    "app",
    "assets",
    "auth",
    "availability",
    "billing",
    "blog",
    "book",
    "booking",
    "bookings",
    "calendar",
    "calma",
    "confirm",
    "contact",
    "dashboard",
    "demo",
    "dev",
    "docs",
    "download",
    "email",
    "events",
    "faq",
    "favicon",
    "feed",
    "file",
    "files",
    "fonts",
    "forgot",
    "forgot-password",
    "health",
    "healthz",
    "help",
    "home",
    "hooks",
    "images",
    "img",
    "index",
    "invitation",
    "invitations",
    "invite",
    "legal",
    "live",
    "login",
    "logout",
    "manifest",
    "members",
    "messages",
    "metrics",
    "my-bookings",
    "outbox",
    "patient",
    "patients",
    "payments",
    "pkg",
    "policy",
    "portal",
    "practice",
    "pricing",
    "privacy",
    "profile",
    "public",
    "ready",
    "readyz",
    "register",
    "reset",
    "reset-password",
    "robots",
    "search",
    "security",
    "services",
    "session",
    "sessions",
    "settings",
    "sign-in",
    "sign-up",
    "signin",
    "signup",
    "sitemap",
    "slots",
    "sse",
    "static",
    "status",
    "support",
    "system",
    "terms",
    "test",
    "therapist",
    "therapists",
    "user",
    "users",
    "verify",
    "webhooks",
    "well-known",
    "www",
];

/// Small letters, digits and single hyphens, 3 to 60 characters, beginning and ending with a letter or digit.
///
/// # Errors
/// When it is missing, too short or long, has other characters, or is one of the application's own addresses.
pub fn check_slug(slug: &str) -> Check {
    if slug.is_empty() {
        return Err(Required);
    }
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !slug.bytes().all(allowed) || slug.starts_with('-') || slug.ends_with('-') || slug.contains("--") {
        return Err(InvalidSlug);
    }
    if slug.len() < limits::SLUG_MIN as usize {
        return Err(TooShort);
    }
    if slug.len() > limits::SLUG_MAX as usize {
        return Err(TooLong);
    }
    if RESERVED_SLUGS.binary_search(&slug).is_ok() { Err(Taken) } else { Ok(()) }
}

/// A letter without its accents; `None` for what has no place in an address.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' => "a",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'í' | 'ì' | 'î' | 'ï' => "i",
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => "o",
        'ú' | 'ù' | 'û' | 'ü' => "u",
        'ñ' => "n",
        'ç' => "c",
        'ý' | 'ÿ' => "y",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        _ => return None,
    })
}

/// An address made from a name: `Dra. María Peña` becomes `dra-maria-pena`. Always one that [`check_slug`] accepts;
/// whether it is still free is the database's to know.
pub fn slugify(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match plain(c) {
            Some(letters) => slug.push_str(letters),
            None if c.is_ascii_alphanumeric() => slug.push(c),
            // An apostrophe or a combining accent joins, everything else separates.
            None if matches!(c, '\'' | '’' | '\u{300}'..='\u{36f}') => {}
            None if slug.is_empty() || slug.ends_with('-') => {}
            None => slug.push('-'),
        }
    }
    // Two letters may have been pushed at once, and a suffix may follow.
    slug.truncate(limits::SLUG_MAX as usize - 8);
    let slug = slug.trim_end_matches('-');
    if check_slug(slug).is_ok() { slug.into() } else { format!("{slug}-terapia").trim_start_matches('-').into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_of_pages() {
        for good in ["ana", "dra-maria-pena", "a1b", "123", &"a".repeat(60)] {
            assert_eq!(check_slug(good), Ok(()), "{good}");
        }
        for (bad, problem) in [
            ("", Required),
            ("ab", TooShort),
            ("-ab", InvalidSlug),
            ("ab-", InvalidSlug),
            ("a--b", InvalidSlug),
            ("Ana", InvalidSlug),
            ("año", InvalidSlug),
            ("a b", InvalidSlug),
            ("a/b", InvalidSlug),
            ("login", Taken),
            ("api", Taken),
            (&"a".repeat(61), TooLong),
        ] {
            assert_eq!(check_slug(bad), Err(problem), "{bad}");
        }
        assert!(RESERVED_SLUGS.is_sorted());
    }

    #[test]
    fn made_from_names() {
        for (name, slug) in [
            ("Dra. María Peña", "dra-maria-pena"),
            ("  Íñigo   O'Connor ", "inigo-oconnor"),
            ("Jose\u{301} Núñez", "jose-nunez"),
            ("Al", "al-terapia"),
            ("Login", "login-terapia"),
            ("", "terapia"),
            ("李雷", "terapia"),
        ] {
            assert_eq!(slugify(name), slug, "{name}");
        }
    }

    proptest! {
        #[test]
        fn always_valid_and_stable(name in prop_oneof![any::<String>(), "[A-Za-zñßáé' -]{0,90}"]) {
            let slug = slugify(&name);
            prop_assert_eq!(check_slug(&slug), Ok(()));
            prop_assert!(slug.len() > 52 || slugify(&slug) == slug);
        }
    }
}
