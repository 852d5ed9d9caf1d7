//! Collects figures and writes them as a page.

use crate::load::Outcome;
use crate::world::World;
use std::fmt::Write;

pub struct Report {
    text: String,
    section: String,
    floors: Vec<String>,
}

impl Report {
    pub fn new() -> Self {
        Self { text: String::from(HEAD), section: String::new(), floors: vec![] }
    }

    pub async fn environment(&mut self, world: &World) {
        let cpus = std::thread::available_parallelism().map_or(0, usize::from);
        let model = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = model
            .lines()
            .find_map(|l| l.strip_prefix("model name"))
            .unwrap_or(": unknown")
            .trim_start_matches([' ', '\t', ':']);
        let _ = writeln!(
            self.text,
            "Run on {}, {cpus} cores ({model}), PostgreSQL {}, everything on this one machine.\n",
            chrono::Utc::now().format("%Y-%m-%d"),
            world.postgres_version().await
        );
    }

    /// One line. `bare` is the axum route that returns the same bytes, `pgbench` its selects per second.
    pub fn row(
        &mut self,
        section: &str,
        what: &str,
        clients: usize,
        outcome: &Outcome,
        bare: Option<&Outcome>,
        pgbench: Option<f64>,
    ) {
        if self.section != section {
            self.section = section.into();
            let _ = writeln!(
                self.text,
                "\n## {section}\n\n| what | connections | per second | p50 ms | p95 ms | p99 ms | of a bare route | of pgbench selects |\n|---|---|---|---|---|---|---|---|"
            );
        }
        let share = |other: Option<f64>| {
            other.map_or_else(|| "–".into(), |other| format!("{:.2}", outcome.per_second() / other))
        };
        let line = format!(
            "| {what} | {clients} | {:.0} | {:.2} | {:.2} | {:.2} | {} | {} |",
            outcome.per_second(),
            outcome.percentile(0.5),
            outcome.percentile(0.95),
            outcome.percentile(0.99),
            share(bare.map(Outcome::per_second)),
            share(pgbench)
        );
        println!("{line}");
        let _ = writeln!(self.text, "{line}");
    }

    pub fn storm(&mut self, outcome: &Outcome) {
        if self.section != "storm" {
            self.section = "storm".into();
            let _ = writeln!(
                self.text,
                "\n## 1,000 clients, one slot\n\n| got it | were told it is taken | failures | p50 ms | slowest ms |\n|---|---|---|---|---|"
            );
        }
        let line = format!(
            "| {} | {} | {} | {:.0} | {:.0} |",
            outcome.count(201),
            outcome.count(409),
            outcome.failures(),
            outcome.percentile(0.5),
            outcome.percentile(1.0)
        );
        println!("{line}");
        let _ = writeln!(self.text, "{line}");
    }

    /// Runs of the generator: what it said, and how many seconds it took, the program's start included.
    pub fn night(&mut self, runs: &[(&String, f64)]) {
        let _ = writeln!(
            self.text,
            "\n## A night of recurring sessions\n\n| `calma worker run-recurring` | s |\n|---|---|"
        );
        for (said, seconds) in runs {
            println!("{said} {seconds:.1} s");
            let _ = writeln!(self.text, "| {said} | {seconds:.1} |");
        }
    }

    /// A figure of product §14 that must not be more than `limit`.
    pub fn at_most(&mut self, what: &str, measured: f64, limit: f64) {
        self.floor(what, measured, &format!("≤ {limit}"), measured <= limit);
    }

    /// A figure of product §14 that must not be less than `limit`.
    pub fn at_least(&mut self, what: &str, measured: f64, limit: f64) {
        self.floor(what, measured, &format!("≥ {limit}"), measured >= limit);
    }

    fn floor(&mut self, what: &str, measured: f64, wanted: &str, reached: bool) {
        let mark = if reached { "yes" } else { "**no**" };
        self.floors.push(format!("| {what} | {measured:.1} | {wanted} | {mark} |"));
    }

    pub fn floors(&mut self) {
        let _ = writeln!(
            self.text,
            "\n## The figures of product §14\n\n| what | measured | wanted | reached |\n|---|---|---|---|"
        );
        for line in &self.floors {
            println!("{line}");
            let _ = writeln!(self.text, "{line}");
        }
    }

    pub fn memory(&mut self, world: &World) {
        self.at_most("the server's memory under all of it, in MB", world.memory("VmHWM"), 150.0);
        let _ = writeln!(
            self.text,
            "\n## Memory\n\nThe server after all of the above: {:.0} MB resident, {:.0} MB at its highest.",
            world.memory("VmRSS"),
            world.memory("VmHWM")
        );
    }

    /// Bytes of the booking page, part by part, as they travel to a browser that takes brotli.
    pub fn weight(&mut self, world: &World) {
        let page = format!("/{}", world.slug());
        let document = fetch(&world.cached, &page);
        let mut parts = vec![page];
        parts.extend(addresses(&document));
        // The start script names one more, the loader of split parts.
        let script = parts.iter().find(|part| part.ends_with(".js")).cloned().unwrap_or_default();
        let script = fetch(&world.cached, &script);
        parts.extend(script.split(['"', '\'']).find(|s| s.contains("__wasm_split.")).map(|s| s.replace("./", "/pkg/")));
        parts.extend(["/fonts/inter-latin.woff2", "/favicon.svg"].map(str::to_owned));
        parts.dedup();
        let _ = writeln!(self.text, "\n## Bytes of the booking page\n\n| part | bytes |\n|---|---|");
        let mut whole = 0;
        for part in parts {
            let size = weigh(&world.cached, &part);
            assert!(size > 0, "{part} weighs nothing");
            whole += size;
            let _ = writeln!(self.text, "| {} | {size} |", part.trim_start_matches("/pkg/"));
        }
        println!("booking page: {whole} bytes");
        let _ = writeln!(self.text, "| together | {whole} |");
        self.at_most("the booking page, in bytes", whole as f64, 300_000.0);
    }

    pub fn write(&self) {
        std::fs::write("docs/benchmarks.md", &self.text).expect("docs/benchmarks.md");
        println!("wrote docs/benchmarks.md");
    }
}

fn curl(arguments: &[&str]) -> String {
    let answer = std::process::Command::new("curl").args(["-sf"]).args(arguments).output().expect("curl");
    String::from_utf8_lossy(&answer.stdout).into_owned()
}

fn fetch(host: &str, path: &str) -> String {
    curl(&[&format!("http://{host}{path}")])
}

fn weigh(host: &str, path: &str) -> u64 {
    let address = format!("http://{host}{path}");
    curl(&["-H", "accept-encoding: br", "-o", "/dev/null", "-w", "%{size_download}", &address]).parse().unwrap_or(0)
}

/// The files of the built site that a document names, each once.
fn addresses(document: &str) -> Vec<String> {
    let mut found: Vec<String> =
        document.split('"').filter(|s| s.starts_with("/pkg/")).map(|s| s.trim_end_matches('\\').to_owned()).collect();
    found.sort();
    found.dedup();
    found
}

const HEAD: &str = "# Benchmarks

Written by `make bench`. The load generator, the server and PostgreSQL share the machine's cores. Each load lasts four
seconds after a short warm-up, in a closed loop: a client sends its next request when it has its answer. \"Of a bare route\"
divides the throughput by that of an axum route without anything around it that returns as many bytes; \"of pgbench
selects\" by `pgbench` selecting one row by key over as many connections.

";
