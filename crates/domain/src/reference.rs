//! Booking references such as `K7Q2-MX`: short enough to write on a bank transfer, without letters that look alike.

/// 32 characters: no `0`, `O`, `1`, `I`. A power of two, so that every byte chooses evenly.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// A reference from six random bytes; about a thousand million different ones.
pub fn reference(random: [u8; 6]) -> String {
    let mut text = String::with_capacity(7);
    for (i, byte) in random.into_iter().enumerate() {
        if i == 4 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    text
}

/// Reads a reference as a person types it (`k7q2mx`, `K7Q2 MX`); `None` when it is none.
pub fn read(typed: &str) -> Option<String> {
    let mut text: String =
        typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
    if text.len() != 6 || !text.bytes().all(|b| ALPHABET.contains(&b)) {
        return None;
    }
    text.insert(4, '-');
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn looks_as_promised() {
        assert_eq!(reference([0, 31, 32, 255, 7, 8]), "2Z2Z-9A");
        assert_eq!(read(" k7q2 mx ").as_deref(), Some("K7Q2-MX"));
        for typed in ["", "K7Q2-M", "K7Q2-MXX", "K0Q2-MX", "ñññ", "K7Q2-MÑ"] {
            assert_eq!(read(typed), None, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn reads_back_what_it_wrote(random: [u8; 6]) {
            let text = reference(random);
            prop_assert_eq!(read(&text.to_lowercase().replace('-', "")), Some(text));
        }

        #[test]
        fn reads_anything(typed in ".*") {
            let _ = read(&typed);
        }
    }
}
