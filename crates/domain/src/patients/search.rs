//! What people type to find somebody.

/// Names shorter than this are like too many others.
pub const NAME_TO_COMPARE: usize = 5;

/// Words that are looked for beside each other; more make nothing clearer.
const WORDS_MAX: usize = 6;
/// Characters of all words together.
const CHARS_MAX: usize = 120;

/// The words of a search, the longest first: an index finds that one, the others are then looked for in what it found.
/// What looks like a phone number is one word, however it is grouped; its leading zeros, which are dialled at home or
/// instead of `+`, are not part of what is stored.
pub fn search_words(typed: &str) -> Vec<String> {
    let text: String = crate::validate::clean_name(typed).chars().take(CHARS_MAX).collect();
    if let Some(number) = as_number(&text) {
        return vec![number];
    }
    let mut words: Vec<String> = text.split_whitespace().take(WORDS_MAX).map(str::to_lowercase).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    words.dedup();
    words
}

/// The digits of something that is typed like a phone number, with its plus if it has one.
fn as_number(text: &str) -> Option<String> {
    let separator = |c: char| c.is_whitespace() || matches!(c, '-' | '(' | ')' | '.' | '/');
    let kept: String = text.chars().filter(|c| !separator(*c)).collect();
    let digits = kept.strip_prefix('+').unwrap_or(&kept);
    if digits.len() < 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if kept.starts_with('+') {
        return Some(kept);
    }
    let bare = digits.trim_start_matches('0');
    Some(if bare.len() < 3 { digits.to_owned() } else { bare.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers() {
        for (typed, words) in [
            ("  Ana   María ", vec!["maría", "ana"]),
            ("ana@example.com", vec!["ana@example.com"]),
            ("+54 9 11 1234-5678", vec!["+5491112345678"]),
            ("0712 345 678", vec!["712345678"]),
            ("0054 11 (2345)", vec!["54112345"]),
            ("000", vec!["000"]),
            ("12", vec!["12"]),
            ("a 12", vec!["12", "a"]),
            ("ana ana", vec!["ana"]),
            ("<b>", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(search_words(typed), words, "{typed:?}");
        }
        assert_eq!(search_words("a b c d e f g h").len(), 6);
        assert_eq!(search_words(&"x".repeat(500))[0].len(), 120);
    }
}
