//! Amounts are integers in the currency's minor unit (cents); never floating point.

use crate::Lang;
use serde::{Deserialize, Serialize};

/// An amount in minor units of an ISO 4217 currency: `Money { minor: 150_000, currency: "ARS" }` is $ 1.500,00.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Money {
    /// Minor units (cents); may be negative in a ledger, never in a price.
    pub minor: i64,
    /// Three capital letters.
    pub currency: String,
}

/// Currencies a practice can choose, with their symbol and number of decimals.
pub const CURRENCIES: &[(&str, &str, u32)] = &[
    ("ARS", "$", 2),
    ("BRL", "R$", 2),
    ("CLP", "$", 0),
    ("COP", "$", 2),
    ("EUR", "€", 2),
    ("GBP", "£", 2),
    ("KES", "KSh", 2),
    ("MXN", "$", 2),
    ("PEN", "S/", 2),
    ("PYG", "₲", 0),
    ("USD", "US$", 2),
    ("UYU", "$U", 2),
];

/// The number of decimals a currency has; 2 for one that is not listed.
pub fn decimals(currency: &str) -> u32 {
    CURRENCIES.iter().find(|(code, ..)| *code == currency).map_or(2, |(.., decimals)| *decimals)
}

impl Money {
    pub fn new(minor: i64, currency: impl Into<String>) -> Self {
        Self { minor, currency: currency.into() }
    }

    /// For people: `KSh 2,000` in English, `KSh 2.000` in Spanish; decimals only where there are any.
    pub fn display(&self, lang: Lang) -> String {
        let places = decimals(&self.currency);
        let unit = 10_u64.pow(places);
        let amount = self.minor.unsigned_abs();
        let (whole, rest) = (amount / unit, amount % unit);
        let (thousands, point) = match lang {
            Lang::En => (',', '.'),
            Lang::Es => ('.', ','),
        };
        let digits = whole.to_string();
        let mut grouped = String::new();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                grouped.push(thousands);
            }
            grouped.push(digit);
        }
        if rest > 0 {
            grouped.push_str(&format!("{point}{rest:0width$}", width = places as usize));
        }
        let symbol = CURRENCIES.iter().find(|(code, ..)| *code == self.currency).map_or(&*self.currency, |(_, s, _)| s);
        let sign = if self.minor < 0 { "−" } else { "" };
        format!("{sign}{symbol}\u{a0}{grouped}")
    }

    /// For an input field: `2000` or `2000.50`, whatever the language.
    pub fn plain(&self) -> String {
        let places = decimals(&self.currency);
        let unit = 10_u64.pow(places);
        let amount = self.minor.unsigned_abs();
        let sign = if self.minor < 0 { "-" } else { "" };
        if amount.is_multiple_of(unit) {
            format!("{sign}{}", amount / unit)
        } else {
            format!("{sign}{}.{:0width$}", amount / unit, amount % unit, width = places as usize)
        }
    }

    /// Reads what people type: `2000`, `2,000.50`, `2.000,50`. A separator followed by exactly three digits groups
    /// thousands; the last other one marks decimals. `None` when it is no amount or has too many decimals.
    pub fn parse(typed: &str, currency: &str) -> Option<Money> {
        let text = typed.trim();
        let places = decimals(currency) as usize;
        let cut = text.rfind([',', '.']).filter(|i| text.len() - i - 1 <= places && text.len() - i - 1 != 3);
        let (whole, rest) = match cut {
            Some(i) => (&text[..i], &text[i + 1..]),
            None => (text, ""),
        };
        // Whatever else stands between the digits groups thousands, so all groups but the first have three.
        let groups: Vec<&str> = whole.split([',', '.', ' ', '\u{a0}']).collect();
        if groups.iter().skip(1).any(|group| group.len() != 3) {
            return None;
        }
        let whole = groups.concat();
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 12 || !digits(&whole) || !digits(rest) {
            return None;
        }
        let minor: i64 = format!("{whole}{rest:0<places$}").parse().ok()?;
        Some(Money::new(minor, currency))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_amounts_as_people_write_them() {
        let cases = [
            (Money::new(200_000, "KES"), "KSh\u{a0}2,000", "KSh\u{a0}2.000"),
            (Money::new(1_500_050, "ARS"), "$\u{a0}15,000.50", "$\u{a0}15.000,50"),
            (Money::new(15_000, "CLP"), "$\u{a0}15,000", "$\u{a0}15.000"),
            (Money::new(-5, "EUR"), "−€\u{a0}0.05", "−€\u{a0}0,05"),
        ];
        for (money, en, es) in cases {
            assert_eq!(money.display(Lang::En), en);
            assert_eq!(money.display(Lang::Es), es);
        }
    }

    #[test]
    fn reads_what_it_shows_and_refuses_nonsense() {
        for (typed, minor) in
            [("2000", 200_000), ("2,000", 200_000), ("2.000,50", 200_050), ("2,000.5", 200_050), ("0", 0)]
        {
            assert_eq!(Money::parse(typed, "KES"), Some(Money::new(minor, "KES")), "{typed}");
        }
        for typed in ["", "-5", "abc", "1e9", "12,3456", "9999999999999", "."] {
            assert_eq!(Money::parse(typed, "KES"), None, "{typed}");
        }
        assert_eq!(Money::parse("15000", "CLP"), Some(Money::new(15_000, "CLP")));
    }
}
