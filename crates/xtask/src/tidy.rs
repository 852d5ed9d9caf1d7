//! Rules about sources: who may depend on whom, where SQL may stand, how long a file may be.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Lines a source file may have before it must be divided.
const LINES: usize = 520;

/// Each crate and the workspace crates it may name as a dependency (ARCHITECTURE.md, "One direction").
const MAY_USE: &[(&str, &[&str])] = &[
    ("contracts", &[]),
    ("domain", &["contracts"]),
    ("ui", &["contracts"]),
    ("store", &["contracts", "domain"]),
    ("integrations", &["contracts"]),
    ("services", &["contracts", "domain", "store", "integrations"]),
    ("app", &["contracts", "domain", "ui", "services"]),
    ("frontend", &["app"]),
    ("server", &["app", "contracts", "domain", "integrations", "services", "store"]),
    ("test_support", &["contracts", "domain", "services", "store", "integrations"]),
    ("bench", &["contracts", "services", "integrations", "test_support"]),
    ("xtask", &[]),
];

/// Crates that must never reach the browser.
const SERVER_ONLY: &[&str] = &[
    "sqlx",
    "sqlx-core",
    "tokio",
    "axum",
    "redis",
    "reqwest",
    "lettre",
    "hyper",
    "argon2",
    "chrono-tz",
    "store",
    "services",
    "integrations",
    "server",
];

pub fn run(root: &Path) -> io::Result<Vec<String>> {
    let mut complaints = Vec::new();
    dependency_direction(root, &mut complaints)?;
    wasm_graph(root, &mut complaints)?;
    crate::guides::check(root, &mut complaints)?;
    for file in sources(root)? {
        let text = std::fs::read_to_string(&file)?;
        let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        file_length(&name, &text, &mut complaints);
        sql_only_in_store(&name, &text, &mut complaints);
    }
    Ok(complaints)
}

fn dependency_direction(root: &Path, complaints: &mut Vec<String>) -> io::Result<()> {
    let folders = ["app", "frontend", "server"].map(|name| root.join(name));
    let crates = std::fs::read_dir(root.join("crates"))?.filter_map(|entry| entry.ok().map(|e| e.path()));
    for folder in crates.chain(folders) {
        let manifest = folder.join("Cargo.toml");
        let Some(name) = folder.file_name().and_then(|n| n.to_str()).filter(|_| manifest.exists()) else { continue };
        let Some((_, allowed)) = MAY_USE.iter().find(|(known, _)| *known == name) else {
            complaints.push(format!("{name}: a new crate; say in xtask/tidy.rs what it may depend on"));
            continue;
        };
        let text = std::fs::read_to_string(&manifest)?;
        let production = text.split("[dev-dependencies]").next().unwrap_or_default();
        for line in production.lines().skip_while(|line| *line != "[dependencies]").skip(1) {
            let used = line.split(['.', ' ', '=']).next().unwrap_or_default();
            if MAY_USE.iter().any(|(known, _)| *known == used) && !allowed.contains(&used) {
                complaints.push(format!("{name}/Cargo.toml: {name} must not depend on {used}"));
            }
        }
    }
    Ok(())
}

fn wasm_graph(root: &Path, complaints: &mut Vec<String>) -> io::Result<()> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let tree = Command::new(cargo)
        .current_dir(root)
        .args([
            "tree",
            "-p",
            "frontend",
            // Both halves: each of them is a feature, and what only one of them pulls in counts too.
            "--all-features",
            "--target",
            "wasm32-unknown-unknown",
            "-e",
            "normal",
            "--prefix",
            "none",
            "-f",
            "{p}",
        ])
        .output()?;
    if !tree.status.success() {
        complaints.push(format!("cargo tree failed: {}", String::from_utf8_lossy(&tree.stderr)));
    }
    let listed = String::from_utf8_lossy(&tree.stdout);
    if listed.lines().count() < 10 {
        complaints.push("cargo tree listed almost nothing: the check of the wasm graph saw nothing".into());
    }
    for line in listed.lines() {
        let name = line.split(' ').next().unwrap_or_default();
        if SERVER_ONLY.contains(&name) {
            complaints.push(format!("the browser's half depends on {name}"));
        }
    }
    Ok(())
}

/// All Rust sources of the workspace.
fn sources(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting: Vec<PathBuf> =
        ["app", "frontend", "server", "crates"].iter().map(|name| root.join(name)).collect();
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn file_length(name: &str, text: &str, complaints: &mut Vec<String>) {
    let lines = text.lines().count();
    if lines > LINES {
        complaints.push(format!("{name}: {lines} lines; divide it (at most {LINES})"));
    }
}

fn sql_only_in_store(name: &str, text: &str, complaints: &mut Vec<String>) {
    let exempt = [
        "crates/store/",
        "crates/test_support/",
        "crates/bench/",
        "crates/xtask/",
        "server/tests/",
        "server/src/private_pg",
    ];
    if exempt.iter().any(|place| name.contains(place)) {
        return;
    }
    for (number, line) in text.lines().enumerate() {
        if line.contains("sqlx::query") {
            complaints.push(format!("{name}:{}: SQL outside crates/store", number + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_files_and_stray_sql_are_reported() {
        let mut complaints = Vec::new();
        file_length("a.rs", &"x\n".repeat(LINES + 1), &mut complaints);
        sql_only_in_store("app/src/x.rs", "let q = sqlx::query(\"SELECT 1\");", &mut complaints);
        sql_only_in_store("crates/store/src/x.rs", "let q = sqlx::query(\"SELECT 1\");", &mut complaints);
        assert_eq!(complaints.len(), 2, "{complaints:?}");
    }
}
