//! Rules about the guides for users: each is there in both languages and says as much in both, and pictures and the names of
//! pictures belong together.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

const PLACE: &str = "docs/user";
const LANGUAGES: [&str; 2] = ["en", "es"];

/// File name and text of the guides in one language.
type Guides = BTreeMap<String, String>;

pub fn check(root: &Path, complaints: &mut Vec<String>) -> io::Result<()> {
    let folder = root.join(PLACE);
    let mut named = BTreeSet::new();
    let mut there = BTreeSet::new();
    let mut languages: Vec<Guides> = Vec::new();
    for language in LANGUAGES {
        let mut guides = Guides::new();
        for entry in std::fs::read_dir(folder.join(language))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            guides.insert(name, std::fs::read_to_string(&path)?);
        }
        for entry in std::fs::read_dir(folder.join("images").join(language))? {
            there.insert(format!("{language}/{}", entry?.file_name().to_string_lossy()));
        }
        named.extend(guides.values().flat_map(|text| pictures(text)));
        languages.push(guides);
    }
    if let [en, es] = languages.as_slice() {
        compare(en, es, complaints);
    }
    match_pictures(&named, &there, complaints);
    Ok(())
}

fn compare(en: &Guides, es: &Guides, complaints: &mut Vec<String>) {
    for (name, text) in en {
        let Some(other) = es.get(name) else {
            complaints.push(format!("{PLACE}/en/{name}: there is no Spanish one"));
            continue;
        };
        for (what, count) in [("headings", headings as fn(&str) -> usize), ("steps", steps), ("pictures", shown)] {
            let (here, there) = (count(text), count(other));
            if here != there {
                complaints.push(format!("{PLACE}: {name} has {here} {what} in English and {there} in Spanish"));
            }
        }
    }
    for name in es.keys().filter(|name| !en.contains_key(*name)) {
        complaints.push(format!("{PLACE}/es/{name}: there is no English one"));
    }
}

fn headings(text: &str) -> usize {
    text.lines().filter(|line| line.starts_with('#')).count()
}

/// Items of numbered lists.
fn steps(text: &str) -> usize {
    let numbered = |line: &&str| line.split_once(". ").is_some_and(|(n, _)| n.trim().parse::<u8>().is_ok());
    text.lines().filter(numbered).count()
}

fn shown(text: &str) -> usize {
    pictures(text).count()
}

/// The pictures a guide shows, such as `en/series-1.jpg`.
fn pictures(text: &str) -> impl Iterator<Item = String> {
    text.split("](../images/").skip(1).filter_map(|rest| rest.split(')').next()).map(str::to_owned)
}

fn match_pictures(named: &BTreeSet<String>, there: &BTreeSet<String>, complaints: &mut Vec<String>) {
    for name in named.difference(there) {
        complaints.push(format!("{PLACE}/images/{name}: a guide shows it, and it is not there (make guides)"));
    }
    for name in there.difference(named) {
        complaints.push(format!("{PLACE}/images/{name}: no guide shows it"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guides(all: &[(&str, &str)]) -> Guides {
        all.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    fn compared(en: &[(&str, &str)], es: &[(&str, &str)]) -> Vec<String> {
        let mut complaints = Vec::new();
        compare(&guides(en), &guides(es), &mut complaints);
        complaints
    }

    #[test]
    fn both_languages_say_as_much() {
        let text = "# One\n\n1. Open it.\n2. Save 3.5 of it.\n   1. Really.\n\n![A](../images/en/one-1.jpg)\n";
        assert_eq!(compared(&[("one.md", text)], &[("one.md", text)]), [] as [&str; 0]);
        let less = "# One\n## Two\n\n1. Open it.\n";
        let found = compared(&[("one.md", text)], &[("one.md", less)]);
        assert_eq!(
            found,
            [
                "docs/user: one.md has 1 headings in English and 2 in Spanish",
                "docs/user: one.md has 3 steps in English and 1 in Spanish",
                "docs/user: one.md has 1 pictures in English and 0 in Spanish",
            ]
        );
        assert_eq!(compared(&[("one.md", text)], &[("two.md", text)]).len(), 2);
    }

    #[test]
    fn pictures_and_their_names_belong_together() {
        let named: BTreeSet<String> =
            pictures("![A](../images/en/a-1.jpg) and [B](../images/en/b-1.jpg)\n[C](c.md)").collect();
        assert_eq!(named.iter().map(String::as_str).collect::<Vec<_>>(), ["en/a-1.jpg", "en/b-1.jpg"]);
        let there: BTreeSet<String> = ["en/b-1.jpg", "en/c-1.jpg"].map(str::to_owned).into();
        let mut complaints = Vec::new();
        match_pictures(&named, &there, &mut complaints);
        assert_eq!(
            complaints,
            [
                "docs/user/images/en/a-1.jpg: a guide shows it, and it is not there (make guides)",
                "docs/user/images/en/c-1.jpg: no guide shows it",
            ]
        );
    }
}
