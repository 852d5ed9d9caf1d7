//! Names and free text.

use super::Check;
use contracts::FieldProblem::{Required, TooLong, TooShort};
use contracts::limits;

/// Characters that show nothing and can only mislead: controls, direction overrides, zero-width spaces. Joiners stay;
/// some scripts need them.
fn misleading(c: char) -> bool {
    let invisible =
        matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}');
    let separators = matches!(c, '\u{2028}' | '\u{2029}');
    (c.is_control() && !c.is_whitespace()) || invisible || separators || c == '\u{feff}'
}

/// Removes what a browser would read as tags, also those that appear when others are removed. `3 < 5` stays.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Where the tags begin that are not closed yet.
    let mut open: Vec<usize> = vec![];
    for c in text.chars() {
        if out.ends_with('<') && (c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            open.push(out.len() - 1);
        }
        match (c, open.pop()) {
            ('>', Some(start)) => out.truncate(start),
            (_, last) => {
                open.extend(last);
                out.push(c);
            }
        }
    }
    out
}

fn visible(text: &str) -> String {
    without_tags(&text.chars().filter(|c| !misleading(*c)).collect::<String>())
}

/// For one line, such as names, titles and references: without tags and invisible characters, single spaces, trimmed.
pub fn clean_name(text: &str) -> String {
    visible(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// For several lines, such as reasons and biographies: as [`clean_name`] for each, with at most one empty line between.
pub fn clean_text(text: &str) -> String {
    let visible = visible(text);
    let mut out = String::with_capacity(visible.len());
    let mut empty_line = false;
    for line in visible.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")) {
        if line.is_empty() {
            empty_line = true;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if empty_line { "\n\n" } else { "\n" });
        }
        out.push_str(&line);
        empty_line = false;
    }
    out
}

/// # Errors
/// When there are more characters than `max`.
pub fn check_length(text: &str, max: u32) -> Check {
    let longest = usize::try_from(max).unwrap_or(usize::MAX);
    if text.chars().nth(longest).is_some() { Err(TooLong) } else { Ok(()) }
}

/// A person's, practice's or service's name (BR-BK-004).
///
/// # Errors
/// When it is missing, has one character, or is too long.
pub fn check_name(name: &str) -> Check {
    if name.is_empty() {
        return Err(Required);
    }
    if name.chars().count() < limits::NAME_MIN as usize {
        return Err(TooShort);
    }
    check_length(name, limits::NAME_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tags_and_invisible_characters_go() {
        for (typed, clean) in [
            ("  Ana   María\tPérez\n", "Ana María Pérez"),
            ("<b>Ana</b>", "Ana"),
            ("<<b>script>alert(1)<</b>/script>", "alert(1)"),
            ("<img src=x onerror='a'>Ana<!-- x -->", "Ana"),
            ("3 < 5 > 2", "3 < 5 > 2"),
            ("I <3 you", "I <3 you"),
            ("<\0b>Ana", "Ana"),
            ("An\u{202e}a\u{200b}", "Ana"),
            ("O'Brien-Ñandú", "O'Brien-Ñandú"),
            ("<script", "<script"),
            ("<>", "<>"),
            ("", ""),
        ] {
            assert_eq!(clean_name(typed), clean, "{typed:?}");
        }
        assert_eq!(clean_text(" one  two \r\n\r\n \r\n three\nfour<br>five \n"), "one two\n\nthree\nfourfive");
    }

    #[test]
    fn names_have_two_to_a_hundred_and_twenty_characters() {
        assert_eq!(check_name(""), Err(Required));
        assert_eq!(check_name("Ñ"), Err(TooShort));
        assert_eq!(check_name("Ñu"), Ok(()));
        assert_eq!(check_name(&"ñ".repeat(120)), Ok(()));
        assert_eq!(check_name(&"ñ".repeat(121)), Err(TooLong));
    }

    /// Text in which tags are likely.
    fn tagged() -> impl Strategy<Value = String> {
        prop::collection::vec(
            prop::sample::select(vec!["<", ">", "/", "b", "a", " ", "\n", "\0", "!", "é", "\u{200b}"]),
            0..40,
        )
        .prop_map(|parts| parts.concat())
    }

    fn has_tag(text: &str) -> bool {
        let opens =
            |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)) && rest.contains('>');
        text.match_indices('<').any(|(i, _)| opens(&text[i + 1..]))
    }

    proptest! {
        #[test]
        fn cleaning_is_done_in_one_go(text in prop_oneof![tagged(), any::<String>()]) {
            let (name, lines) = (clean_name(&text), clean_text(&text));
            prop_assert_eq!(clean_name(&name), name.clone());
            prop_assert_eq!(clean_text(&lines), lines.clone());
            prop_assert!(!has_tag(&name), "{name:?}");
            prop_assert!(!has_tag(&lines), "{lines:?}");
            prop_assert!(!name.contains(|c: char| c.is_control()));
            prop_assert!(!lines.contains(|c: char| c.is_control() && c != '\n'));
        }
    }
}
