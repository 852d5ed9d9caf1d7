//! Languages and texts. A [`Text`] cannot be written without all its languages, so a missing translation does not compile.

use serde::{Deserialize, Serialize};

/// The languages Calma speaks completely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    En,
    #[default]
    Es,
}

impl Lang {
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Es];

    /// The language's code as in `<html lang>`.
    pub fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Es => "es",
        }
    }

    /// Reads a code such as `es` or `es-AR`; unknown languages are `None`.
    pub fn from_code(code: &str) -> Option<Lang> {
        match code.get(..2)?.to_ascii_lowercase().as_str() {
            "en" => Some(Lang::En),
            "es" => Some(Lang::Es),
            _ => None,
        }
    }

    /// The language's own name, for a language menu.
    pub fn own_name(self) -> &'static str {
        match self {
            Lang::En => "English",
            Lang::Es => "Español",
        }
    }
}

/// A text in every language. Placeholders are written `{name}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    pub en: &'static str,
    pub es: &'static str,
}

impl Text {
    pub const fn of(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Es => self.es,
        }
    }

    /// The text with `{key}` replaced by each value.
    pub fn with(self, lang: Lang, values: &[(&str, &str)]) -> String {
        let mut out = String::from(self.of(lang));
        for (key, value) in values {
            out = out.replace(&format!("{{{key}}}"), value);
        }
        out
    }

    /// The sentence about a number, with `{n}` replaced by it: the first form for exactly one, the second for every
    /// other number. Both languages divide them so.
    pub fn counted(forms: [Text; 2], lang: Lang, n: u32) -> String {
        let [one, more] = forms;
        let text = if n == 1 { one } else { more };
        text.with(lang, &[("n", &n.to_string())])
    }
}

/// Declares texts and lists them in `ALL`, so that a test can check that the placeholders of all languages agree:
/// `texts! { SAVE = "Save", "Guardar"; }`.
#[macro_export]
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $en:expr, $es:expr;)+) => {
        $($(#[$doc])* pub const $name: $crate::Text = $crate::Text { en: $en, es: $es };)+
        /// Every text of this module, for the test that compares placeholders.
        pub const ALL: &[(&str, $crate::Text)] = &[$((stringify!($name), $name)),+];
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_a_form_of_its_own() {
        let forms = [
            Text { en: "There is {n} booking.", es: "Hay {n} reserva." },
            Text { en: "There are {n} bookings.", es: "Hay {n} reservas." },
        ];
        let said = |n| Lang::ALL.map(|lang| Text::counted(forms, lang, n));
        assert_eq!(said(0), ["There are 0 bookings.", "Hay 0 reservas."]);
        assert_eq!(said(1), ["There is 1 booking.", "Hay 1 reserva."]);
        assert_eq!(said(21), ["There are 21 bookings.", "Hay 21 reservas."]);
    }
}
