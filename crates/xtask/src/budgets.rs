//! What a release build may weigh on its way to the browser, compressed with brotli.

use std::io::{self, Write};
use std::path::Path;

// The goal is a booking page of less than 300,000 bytes in all (product §14). The first complete build is above it; these
// ceilings are what it weighs, so that it can only become lighter. Lower them with every saving.

/// Bytes of everything that any page loads first: start script, base wasm, styles.
const BASE: u64 = 375_000;
/// Bytes of one lazily loaded group of pages or a chunk that groups share.
const CHUNK: u64 = 580_000;
/// Bytes of the styles.
const STYLES: u64 = 12_000;

pub fn run(site: &Path) -> io::Result<Vec<String>> {
    let mut complaints = Vec::new();
    let mut base = 0;
    let mut weighed = 0;
    for entry in std::fs::read_dir(site.join("pkg"))? {
        let path = entry?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let kind = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        if !matches!(kind, "wasm" | "js" | "css") {
            continue;
        }
        let size = brotli_size(&path)?;
        weighed += 1;
        let is_chunk = kind == "wasm" && !name.starts_with("calma");
        if is_chunk && size > CHUNK {
            complaints.push(format!("{name}: {size} bytes, a chunk may have {CHUNK}"));
        }
        if kind == "css" && size > STYLES {
            complaints.push(format!("{name}: {size} bytes, styles may have {STYLES}"));
        }
        if !is_chunk {
            base += size;
        }
    }
    if weighed < 3 {
        complaints.push(format!("{}: only {weighed} files to weigh; was the release built?", site.display()));
    }
    if base > BASE {
        complaints.push(format!("base: {base} bytes, may have {BASE}"));
    }
    println!("base {base} bytes of {BASE} (brotli)");
    Ok(complaints)
}

fn brotli_size(path: &Path) -> io::Result<u64> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".br");
    if let Ok(made) = std::fs::metadata(&beside) {
        return Ok(made.len());
    }
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 65_536, 9, 22);
    writer.write_all(&std::fs::read(path)?)?;
    drop(writer);
    Ok(packed.len() as u64)
}
