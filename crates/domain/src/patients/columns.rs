//! Tables of patients: what the columns are called, and cells that no spreadsheet runs.

use contracts::Text;

/// A column of a file of patients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    Name,
    /// Where first and last names stand apart.
    FirstName,
    LastName,
    Phone,
    Email,
    DateOfBirth,
    Gender,
    Occupation,
    City,
    Address,
    ReferralSource,
    EmergencyName,
    EmergencyPhone,
    GuardianName,
    GuardianRelationship,
    GuardianPhone,
    GuardianEmail,
    Tags,
    Language,
}

use Column::*;

/// Each column with its headings, small and without accents; the first two are those we write.
const HEADINGS: [(Column, Text, &[&str]); 19] = [
    (Name, t("Name", "Nombre"), &["full name", "patient", "nombre completo", "nombre y apellido", "paciente"]),
    (FirstName, t("First name", "Nombres"), &["given name", "primer nombre"]),
    (LastName, t("Last name", "Apellido"), &["surname", "family name", "apellidos"]),
    (Phone, t("Phone", "Teléfono"), &["mobile", "whatsapp", "phone number", "celular", "movil"]),
    (Email, t("E-mail", "Correo"), &["email", "mail", "e-mail address", "correo electronico"]),
    (DateOfBirth, t("Date of birth", "Fecha de nacimiento"), &["birthday", "birth date", "dob", "nacimiento"]),
    (Gender, t("Gender", "Género"), &["sex", "sexo"]),
    (Occupation, t("Occupation", "Ocupación"), &["job", "profession", "profesion"]),
    (City, t("City", "Ciudad"), &["town", "location", "localidad"]),
    (Address, t("Address", "Dirección"), &["street", "domicilio"]),
    (ReferralSource, t("Referred by", "Referido por"), &["referral", "referral source", "source", "origen"]),
    (EmergencyName, t("Emergency contact", "Contacto de emergencia"), &["emergency name"]),
    (EmergencyPhone, t("Emergency phone", "Teléfono de emergencia"), &[]),
    (GuardianName, t("Guardian", "Responsable"), &["guardian name", "parent", "tutor"]),
    (GuardianRelationship, t("Relationship", "Parentesco"), &["guardian relationship", "vinculo"]),
    (GuardianPhone, t("Guardian phone", "Teléfono del responsable"), &[]),
    (GuardianEmail, t("Guardian e-mail", "Correo del responsable"), &["guardian email"]),
    (Tags, t("Tags", "Etiquetas"), &["labels"]),
    (Language, t("Language", "Idioma"), &["lang"]),
];

const fn t(en: &'static str, es: &'static str) -> Text {
    Text { en, es }
}

impl Column {
    /// How we write it.
    pub fn heading(self) -> Text {
        HEADINGS.iter().find(|(column, ..)| *column == self).map_or(t("", ""), |(_, text, _)| *text)
    }
}

/// The column behind a heading in either language, as people write it: capitals, accents and underscores are all one.
pub fn column(heading: &str) -> Option<Column> {
    let wanted = plain(heading);
    let same = |name: &str| plain(name) == wanted;
    HEADINGS.iter().find(|(_, text, more)| same(text.en) || same(text.es) || more.iter().any(|n| same(n))).map(|f| f.0)
}

fn plain(text: &str) -> String {
    let letter = |c: char| match c {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' => 'u',
        '_' => ' ',
        other => other,
    };
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').to_lowercase().chars().map(letter).collect()
}

/// Begins a formula in a spreadsheet.
fn runs(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A cell that a spreadsheet shows and never runs: an apostrophe stands before what would begin a formula.
pub fn csv_safe(text: &str) -> String {
    if runs(text) { format!("'{text}") } else { text.to_owned() }
}

/// What was typed into a cell: without the apostrophe that [`csv_safe`] put before it.
pub fn csv_typed(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('\'').filter(|rest| runs(rest)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn headings_in_both_languages_lead_to_one_column_each() {
        for (expected, text, more) in HEADINGS {
            for name in [text.en, text.es].into_iter().chain(more.iter().copied()) {
                assert_eq!(column(name), Some(expected), "{name}");
                assert_eq!(column(&format!(" {} ", name.to_uppercase())), Some(expected), "{name} in capitals");
            }
        }
        assert_eq!(column("date_of_birth"), Some(DateOfBirth));
        assert_eq!(column("\u{feff}Nombre"), Some(Name));
        assert_eq!(column("favourite colour"), None);
    }

    #[test]
    fn cells_never_begin_a_formula() {
        for cell in ["=1+1", "+254700000111", "-2", "@SUM(A1)", "\tx", "\r=x"] {
            assert!(csv_safe(cell).starts_with('\''), "{cell:?}");
        }
        assert_eq!((csv_safe("Ana"), csv_typed("'+254"), csv_typed("'tis")), ("Ana".into(), "+254", "'tis"));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(text in "[=+@a-z' -]{0,12}") {
            prop_assume!(text.trim() == text && csv_typed(&text) == text);
            let cell = csv_safe(&text);
            prop_assert_eq!(csv_typed(&cell), text.as_str());
            prop_assert!(!runs(&cell));
        }
    }
}
