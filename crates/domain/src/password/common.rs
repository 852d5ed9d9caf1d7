//! Passwords that satisfy the rules and are guessed first all the same.
//!
//! Lists of leaked passwords hold few of twelve characters with all classes; those are nearly always a known word or
//! keyboard walk with decoration: `Password1234!`, `P@ssw0rd2024!!`, `Qwertyuiop1!`. So decoration is taken off, usual
//! replacements of letters are undone, and what remains is looked up.

use contracts::FieldProblem;

/// Words and walks that most guessed passwords are made of, in both languages; letters only, sorted.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "abc", "abcabc", "abcd", "abcdef", "abcdefg", "abcdefgh", "abcdefghij", "abcdefghijkl", "abril", "acceso",
    "access", "adidas", "admin", "adminadmin", "administrador", "administrator", "agosto", "alejandra", "alejandro",
    "alexander", "amanda", "america", "amigo", "amigos", "amor", "amorcito", "andrea", "andrew", "angel", "angela",
    "angels", "anthony", "apple", "april", "argentina", "arsenal", "asdasd", "asdf", "asdfasdf", "asdfgh",
    "asdfghjkl", "ashley", "august", "austin", "baby", "babygirl", "barcelona", "baseball", "basketball", "batman",
    "beautiful", "bienvenida", "bienvenido", "bienvenidos", "blahblah", "bocajuniors", "bonita", "brandon", "bubbles",
    "buenosaires", "butterfly", "calma", "camila", "carlos", "carolina", "changeit", "changeme", "charlie", "cheese",
    "chelsea", "chocolate", "clinic", "clinica", "colombia", "company", "computer", "consultorio", "contrasena",
    "contrasenia", "cookie", "corazon", "cristina", "daniel", "daniela", "december", "default", "demo", "diciembre",
    "doctor", "dragon", "elizabeth", "empresa", "enero", "enter", "esperanza", "estrella", "facebook", "familia",
    "family", "favorite", "febrero", "february", "felicidad", "fernando", "flower", "football", "forever",
    "francisco", "freedom", "friday", "friends", "fuckyou", "futbol", "gabriel", "george", "gerente", "ginger",
    "google", "guest", "hannah", "harley", "hello", "helloworld", "hola", "holahola", "holamundo", "hunter",
    "iloveyou", "internet", "invitado", "jackson", "january", "jasmine", "jennifer", "jessica", "jesus", "jordan",
    "joshua", "julio", "july", "june", "junio", "justin", "kenya", "killer", "letmein", "letmeinplease", "liverpool",
    "login", "london", "love", "lovely", "loveme", "lunes", "madrid", "maggie", "manchester", "manchesterunited",
    "march", "maria", "mariposa", "martes", "marzo", "master", "mathew", "matthew", "mayo", "mercedes", "merlin",
    "mexico", "michael", "michelle", "miercoles", "mipassword", "monday", "monkey", "monkeys", "morgan", "mustang",
    "mypassword", "nairobi", "naruto", "newpassword", "nicole", "nomeacuerdo", "november", "noviembre", "october",
    "octubre", "operator", "orange", "paciente", "pakistan", "passpass", "passphrase", "passw", "password",
    "passwordpassword", "patient", "patrick", "pepper", "pokemon", "practice", "primavera", "princesa", "princess",
    "psicologa", "psicologia", "psicologo", "psychologist", "psychology", "purple", "qazwsx", "qazwsxedc", "qweasd",
    "qweasdzxc", "qwer", "qwerasdf", "qwert", "qwerty", "qwertyqwerty", "qwertyui", "qwertyuiop", "rainbow",
    "realmadrid", "rebecca", "richard", "riverplate", "robert", "root", "sabado", "samantha", "samsung", "saturday",
    "secret", "secreto", "secure", "security", "seguridad", "september", "septiembre", "service", "servicio",
    "shadow", "soccer", "sophie", "spring", "starwars", "summer", "sunday", "sunshine", "superman", "superuser",
    "support", "system", "teamo", "teamomucho", "temp", "temporal", "tequiero", "terapeuta", "terapia", "test",
    "testing", "testtest", "therapist", "therapy", "thomas", "thursday", "tigger", "trustme", "trustno", "tuesday",
    "user", "usuario", "valentina", "verano", "viernes", "virginia", "wednesday", "welcome", "welcomehome",
    "whatever", "william", "windows", "winter", "yamaha", "zaq", "zaqxsw", "zxcvbn", "zxcvbnm",
];

/// Rows of keys and letters along which fingers walk, forwards or backwards.
const WALKS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "!@#$%^&*()",
    "!\"#$%&/()=",
    "qazwsxedcrfvtgbyhnujm",
    "q1w2e3r4t5y6u7i8o9p0",
    "1q2w3e4r5t6y7u8i9o0p",
];

/// Undoes the usual replacements, accents included, in lower case.
fn unmasked(text: &str) -> String {
    let plain = |c: char| match c {
        '@' | '4' | 'á' => 'a',
        '3' | '€' | 'é' => 'e',
        '1' | '!' | '|' | 'í' => 'i',
        '0' | 'ó' => 'o',
        '5' | '$' => 's',
        '7' | '+' => 't',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        c => c,
    };
    text.chars().flat_map(char::to_lowercase).map(plain).collect()
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphabetic()).collect()
}

/// Nothing but one of the words, once or several times.
fn is_word(letters: &str) -> bool {
    let repeated = |word: &str| !letters.is_empty() && letters.replace(word, "").is_empty();
    WORDS.iter().any(|word| word.len() >= 3 && repeated(word))
}

/// How many characters belong to runs of four or more along a walk, or of three or more equal ones.
fn walked(text: &str) -> usize {
    let chars: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let follows = |walk: &str, pair: &[char]| {
        let mut keys = walk.chars().zip(walk.chars().skip(1));
        keys.any(|(a, b)| (pair[0], pair[1]) == (a, b) || (pair[0], pair[1]) == (b, a))
    };
    let mut total = 0;
    let mut start = 0;
    while start < chars.len() {
        let run = |step: &dyn Fn(&[char]) -> bool| chars[start..].windows(2).take_while(|pair| step(pair)).count() + 1;
        let equal = Some(run(&|pair| pair[0] == pair[1])).filter(|n| *n >= 3);
        let along = WALKS.iter().map(|walk| run(&|pair| follows(walk, pair))).filter(|n| *n >= 4).max();
        let longest = equal.max(along).unwrap_or(0);
        total += longest;
        start += longest.max(1);
    }
    total
}

/// Is it a known word with decoration, or a walk over the keyboard?
fn is_common(password: &str) -> bool {
    let length = password.chars().count();
    let core = password.trim_matches(|c: char| !c.is_alphabetic());
    let decorated = |text: &str| is_word(&letters(&unmasked(text)));
    // As typed, with only the letters, without decoration at the ends, and with replacements at the ends undone.
    let word = is_word(&letters(&password.to_lowercase()))
        || decorated(core)
        || decorated(password.trim_end_matches(|c: char| !c.is_alphabetic()))
        || decorated(password.trim_start_matches(|c: char| !c.is_alphabetic()))
        || decorated(password);
    let mut different: Vec<char> = password.to_lowercase().chars().collect();
    different.sort_unstable();
    different.dedup();
    word || different.len() < 5 || walked(password) + 4 > length
}

/// Is it made of what everybody knows about its owner: the part of the address before the `@`, or a name of at least
/// four letters that makes up most of it?
fn is_personal(password: &str, email: &str, name: &str) -> bool {
    let password = letters(&unmasked(password));
    let (local, domain) = email.split_once('@').unwrap_or((email, ""));
    let host = domain.split('.').next().unwrap_or_default();
    let whole = [letters(&unmasked(local)), letters(&unmasked(name)), letters(&unmasked(host))];
    let parts =
        local.split(|c: char| !c.is_alphanumeric()).chain(name.split_whitespace()).map(|p| letters(&unmasked(p)));
    let mut known = whole.iter().cloned().chain(parts).filter(|part| part.chars().count() >= 4);
    known.any(|part| password.contains(&part) && part.chars().count() * 2 > password.chars().count())
}

/// Everything that is wrong with a password for this person.
pub fn problems(password: &str, email: &str, name: &str) -> Vec<FieldProblem> {
    let mut problems = super::shape(password);
    // An empty one is missing, not common; and searching a megabyte is an attack, not a password.
    let worth_a_look = !password.is_empty() && !problems.contains(&FieldProblem::TooLong);
    if worth_a_look && (is_common(password) || is_personal(password, email, name)) {
        problems.push(FieldProblem::PasswordCommon);
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn common(password: &str) -> bool {
        problems(password, "ana.perez@consultorio-sol.example", "Ana Pérez").contains(&FieldProblem::PasswordCommon)
    }

    #[test]
    fn what_everybody_tries_is_refused() {
        for password in [
            "Password1234!",
            "P@ssw0rd2024!!",
            "P4$$w0rd!!!!",
            "Qwertyuiop1!",
            "Admin123456!",
            "Contraseña123!",
            "Bienvenido2024!",
            "Welcome2024!!",
            "Letmein12345!",
            "Summer2026!!!",
            "Abcdefghijk1!",
            "1234567890Aa!",
            "Qwerty123456!",
            "1qaz2wsx3edC!",
            "Aaaaaaaaaa1!",
            "Iloveyou2024!",
            "!!Dragon!!2026",
            "Changeme1234!",
            "PasswordPassword1!",
            "Calma-2026-2026!",
            "Psicologia2026!",
            "AnaPerez2026!",
            "Consultorio-Sol1!",
            "4n4P3r3z!2026",
        ] {
            assert!(common(password), "{password}");
        }
    }

    #[test]
    fn what_is_hard_to_guess_is_welcome() {
        for password in [
            "Correct-horse-7-battery",
            "Tr0ub4dor&3-otra",
            "xK9#mQ2$vL7pW",
            "El gato come 3 peras",
            "Ana-compra-7-limones-verdes",
            "My password is 3 otters!",
            "Verano en la Quebrada 7",
            "zebra-Lamp-42-cloud",
        ] {
            assert_eq!(problems(password, "ana.perez@consultorio-sol.example", "Ana Pérez"), [], "{password}");
        }
    }

    #[test]
    fn an_empty_one_is_only_missing() {
        assert_eq!(problems("", "a@b.co", "Ana"), [FieldProblem::Required]);
    }

    #[test]
    fn the_list_is_tidy() {
        assert!(WORDS.iter().all(|w| w.len() >= 3 && w.bytes().all(|b| b.is_ascii_lowercase())));
        assert!(WORDS.is_sorted_by(|a, b| a < b));
    }

    proptest! {
        #[test]
        fn anything_can_be_asked(password in "(?s).{0,60}", email: String, name: String) {
            let all = problems(&password, &email, &name);
            prop_assert!(super::super::shape(&password).iter().all(|p| all.contains(p)));
        }
    }
}
