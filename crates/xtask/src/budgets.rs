//! What a release build may weigh on its way to the browser, compressed with brotli.

use std::io::{self, Write};
use std::path::Path;

// A booking page may weigh 300,000 bytes in all (product §14); its document takes about 12,000 of them.

/// Bytes of the islands' program that every public page loads: start script and base.
const PUBLIC: u64 = 250_000;
/// Bytes of what every page of the practice loads first: start script and base. What the pages share lies in it or in a
/// part beside it, as the linker splits them; 80 kB have moved from one to the other between two builds.
const PRACTICE: u64 = 250_000;
/// Bytes of one part that is loaded when it is needed.
const PART: u64 = 300_000;
/// Bytes of the styles, which all pages share.
const STYLES: u64 = 12_000;

/// Weighs the site and says what is too heavy.
///
/// # Errors
/// When the site cannot be read.
pub fn run(site: &Path) -> io::Result<Vec<String>> {
    let mut complaints = Vec::new();
    let (mut public, mut practice, mut styles) = (0, 0, 0);
    for entry in std::fs::read_dir(site.join("pkg"))? {
        let path = entry?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let kind = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        if !matches!(kind, "wasm" | "js" | "css") {
            continue;
        }
        let size = brotli_size(&path)?;
        match () {
            () if kind == "css" => styles += size,
            () if name.starts_with("calma-public.") => public += size,
            () if name.starts_with("calma.") => practice += size,
            () if size > PART => complaints.push(format!("{name}: {size} bytes, a part may have {PART}")),
            () => {}
        }
    }
    for (what, size, limit) in
        [("public base", public, PUBLIC), ("practice base", practice, PRACTICE), ("styles", styles, STYLES)]
    {
        println!("{what}: {size} bytes of {limit} (brotli)");
        match size {
            0 => complaints.push(format!("{what}: nothing to weigh in {}; was the release built?", site.display())),
            _ if size > limit => complaints.push(format!("{what}: {size} bytes, may have {limit}")),
            _ => {}
        }
    }
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
