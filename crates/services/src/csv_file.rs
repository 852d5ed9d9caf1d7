//! Tables for spreadsheets. No cell of them is ever run as a formula.

use crate::{Result, ServiceError};
use domain::patients::csv_safe;

/// Spreadsheets read UTF-8 when the file begins with this mark.
const MARK: &str = "\u{feff}";

/// A table as a file.
///
/// # Errors
/// `INTERNAL_ERROR` for rows of different lengths.
pub fn table<R, C>(headings: &[&str], rows: R) -> Result<String>
where
    R: IntoIterator<Item = C>,
    C: IntoIterator<Item = String>,
{
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]);
    writer.write_record(headings).map_err(ServiceError::internal)?;
    for row in rows {
        writer.write_record(row.into_iter().map(|cell| csv_safe(&cell))).map_err(ServiceError::internal)?;
    }
    let bytes = writer.into_inner().map_err(|error| ServiceError::internal(error.error()))?;
    let text = String::from_utf8(bytes).map_err(ServiceError::internal)?;
    Ok(format!("{MARK}{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_run() {
        let rows = [["=1+1", "+254700000111"], ["a \"b\", c", "two\nlines"]].map(|row| row.map(ToOwned::to_owned));
        let text = table(&["One", "Two"], rows).unwrap();
        assert_eq!(text, "\u{feff}One,Two\r\n'=1+1,'+254700000111\r\n\"a \"\"b\"\", c\",\"two\nlines\"\r\n");
    }
}
