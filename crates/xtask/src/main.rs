//! Checks of the code base that no linter knows. `cargo xtask tidy` reads sources; `cargo xtask budgets SITE` weighs what a
//! release build made.
#![allow(clippy::print_stdout, reason = "a command-line tool talks on standard output")]

mod budgets;
mod guides;
mod tidy;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let complaints = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["tidy"] => tidy::run(&root),
        ["budgets", site] => budgets::run(Path::new(site)),
        _ => {
            println!("usage: cargo xtask tidy | budgets SITE_DIRECTORY");
            return ExitCode::from(2);
        }
    };
    match complaints {
        Ok(complaints) if complaints.is_empty() => ExitCode::SUCCESS,
        Ok(complaints) => {
            for complaint in &complaints {
                println!("{complaint}");
            }
            println!("{} complaints", complaints.len());
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
