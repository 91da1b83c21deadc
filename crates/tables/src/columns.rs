//! Any CSV or Parquet as plain columns, for the commands that work on a table of somebody else.

use crate::Error;
use crate::parquet::values;
use nulmeting_study::Values;
use polars::prelude::{CsvParseOptions, CsvReadOptions, ParquetReader, SerReader};
use std::io::Cursor;

/// Named columns of one length.
///
/// A CSV gives text throughout, so that a code such as `0114` keeps its zero; who needs a number reads it from
/// the text. An empty CSV cell is missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Columns {
    /// Names in file order.
    pub names: Vec<String>,
    /// Values in the same order.
    pub values: Vec<Values>,
}

impl Columns {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.values.first().map_or(0, Values::len)
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Values> {
        self.names
            .iter()
            .position(|own| own == name)
            .map(|index| &self.values[index])
    }
}

/// Reads a table from the bytes of a CSV (comma or semicolon, UTF-8) or Parquet file, told apart by content.
///
/// Errors: neither of the two, rows of unequal length, a Parquet column of a type that has no plain form.
pub fn read_columns(bytes: Vec<u8>, place: &str) -> Result<Columns, Error> {
    let unreadable = |found: String| Error::Unreadable {
        place: place.to_owned(),
        found,
        expected: "a CSV with one heading row, or a Parquet file of plain columns".to_owned(),
        hint: "check that the file is whole".to_owned(),
    };
    if bytes.is_empty() {
        return Err(unreadable("an empty file".to_owned()));
    }
    let frame = if bytes.starts_with(b"PAR1") {
        ParquetReader::new(Cursor::new(bytes)).finish()
    } else {
        let heading = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let count = |separator: u8| heading.iter().filter(|byte| **byte == separator).count();
        let separator = if count(b';') > count(b',') { b';' } else { b',' };
        let parse = CsvParseOptions::default()
            .with_separator(separator)
            .with_missing_is_null(true);
        CsvReadOptions::default()
            .with_infer_schema_length(Some(0))
            .with_parse_options(parse)
            .into_reader_with_file_handle(Cursor::new(bytes))
            .finish()
    }
    .map_err(|cause| unreadable(cause.to_string()))?;
    let mut columns = Columns {
        names: Vec::new(),
        values: Vec::new(),
    };
    for column in frame.columns() {
        let name = column.name().trim_start_matches('\u{feff}').to_owned();
        let found = values(column.as_materialized_series())
            .ok_or_else(|| unreadable(format!("column `{name}` of type {}", column.dtype())))?;
        columns.names.push(name);
        columns.values.push(found);
    }
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::read_columns;

    #[test]
    fn leading_zeros_and_missing_cells_survive() {
        let table = read_columns(b"\xef\xbb\xbfcode;api.00\n0114;2.5\n;\n".to_vec(), "t.csv").unwrap();
        assert_eq!(table.names, ["code", "api.00"]);
        assert_eq!(table.column("code").unwrap().text(0), Some("0114"));
        assert!(table.column("code").unwrap().is_missing(1));
        assert_eq!(table.rows(), 2);
    }

    #[test]
    fn an_empty_file_says_so() {
        assert!(
            read_columns(Vec::new(), "t.csv")
                .unwrap_err()
                .to_string()
                .contains("an empty file")
        );
    }
}
