//! Parquet files that somebody delivered, as text: within the limits of a study, whatever they say about themselves.

use crate::parquet::values;
use nulmeting_study::panic::caught;
use nulmeting_study::study_file::Limits;
use nulmeting_study::{Error, Values};
use polars::prelude::{ParallelStrategy, ParquetReader, SerReader};
use std::io::Cursor;

/// The rows of a file as text, the names of its columns being the first.
///
/// Errors: a damaged file, more columns or cells or larger content than the study allows, a column of a type that has
/// no plain form, as a list or a date; an analyst writes those as text.
pub fn read_delivered(bytes: &[u8], limits: &Limits, place: &str) -> Result<Vec<Vec<Option<String>>>, Error> {
    // The library holds what a file states for true in places, and stops the program where it is not.
    caught(|| read(bytes, limits, place))
        .unwrap_or_else(|| Err(unreadable(place, "a Parquet file that contradicts itself")))
}

fn unreadable(place: &str, found: impl Into<String>) -> Error {
    let expected = "a Parquet file of text, whole numbers, numbers and booleans";
    Error::new(
        place,
        found,
        expected,
        "write the table again with plain columns, or save it as CSV",
    )
}

fn read(bytes: &[u8], limits: &Limits, place: &str) -> Result<Vec<Vec<Option<String>>>, Error> {
    let damaged =
        |cause: &dyn std::fmt::Display| unreadable(place, format!("a Parquet file that cannot be read ({cause})"));
    let mut reader = ParquetReader::new(Cursor::new(bytes));
    let metadata = reader.get_metadata().map_err(|cause| damaged(&cause))?.clone();
    let over = |found: String, expected: String, key: &str| {
        let hint =
            format!("check that it is the export that was meant; if it is, raise `limits.{key}` in the study file");
        Error::new(place, found, expected, hint)
    };
    let unpacked: u64 = metadata
        .row_groups
        .iter()
        .flat_map(|group| group.parquet_columns())
        .map(|column| u64::try_from(column.uncompressed_size()).unwrap_or(u64::MAX))
        .fold(0, u64::saturating_add);
    let columns = metadata.schema().fields().len() as u64;
    let cells = (metadata.num_rows as u64).saturating_mul(columns);
    if columns > limits.columns {
        let found = format!("more than {} columns", limits.columns);
        return Err(over(found, format!("at most {} columns", limits.columns), "columns"));
    }
    if cells > limits.cells {
        let found = format!("a file of more than {} cells", limits.cells);
        return Err(over(found, "an export or a self-assessment".to_owned(), "cells"));
    }
    if unpacked > limits.unpacked_mib.saturating_mul(1 << 20) {
        let found = format!(
            "a file that holds more than {} MiB once it is unpacked",
            limits.unpacked_mib
        );
        return Err(over(
            found,
            format!("at most {} MiB", limits.unpacked_mib),
            "unpacked_mib",
        ));
    }
    // On this thread alone: a panic on another one would be printed.
    let frame = reader.read_parallel(ParallelStrategy::None).finish();
    let frame = frame.map_err(|cause| damaged(&cause))?;
    let mut rows = vec![Vec::with_capacity(frame.width()); frame.height() + 1];
    for column in frame.columns() {
        let found = values(column.as_materialized_series())
            .ok_or_else(|| unreadable(place, format!("column `{}` of type {}", column.name(), column.dtype())))?;
        rows[0].push(Some(column.name().to_string()));
        for (row, text) in rows[1..].iter_mut().zip(texts(found)) {
            row.push(text);
        }
    }
    Ok(rows)
}

/// Values as they would stand in a CSV.
fn texts(values: Values) -> Vec<Option<String>> {
    fn each<T: ToString>(values: Vec<Option<T>>) -> Vec<Option<String>> {
        values
            .into_iter()
            .map(|value| value.map(|own| own.to_string()))
            .collect()
    }
    match values {
        Values::Text(values) => values,
        Values::Integer(values) => each(values),
        Values::Double(values) => each(values),
        Values::Boolean(values) => each(values),
    }
}

#[cfg(test)]
mod tests {
    use super::read_delivered;
    use nulmeting_study::study_file::Limits;
    use polars::prelude::{Column, DataFrame, NamedFrom, ParquetWriter, Series};

    fn file() -> Vec<u8> {
        let columns = vec![
            Column::from(Series::new("organisation".into(), ["0114", "40001"])),
            Column::from(Series::new("GO.01".into(), [Some(3.0), None])),
            Column::from(Series::new("complete".into(), [true, false])),
        ];
        let mut frame = DataFrame::new(2, columns).unwrap();
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
        bytes
    }

    #[test]
    fn rows_are_text_as_a_csv_would_have_them() {
        let rows = read_delivered(&file(), &Limits::default(), "t.parquet").unwrap();
        let own = |row: usize| {
            rows[row]
                .iter()
                .map(|text| text.as_deref().unwrap_or("-"))
                .collect::<Vec<_>>()
        };
        assert_eq!(own(0), ["organisation", "GO.01", "complete"]);
        assert_eq!(own(1), ["0114", "3", "true"]);
        assert_eq!(own(2), ["40001", "-", "false"]);
    }

    #[test]
    fn more_cells_than_the_study_allows_are_refused_before_they_are_read() {
        let limits = Limits {
            cells: 5,
            ..Limits::default()
        };
        let error = read_delivered(&file(), &limits, "t.parquet").unwrap_err();
        assert!(error.hint.contains("limits.cells"), "{error}");
    }

    #[test]
    fn damaged_files_are_errors_and_never_panics() {
        let whole = file();
        let limits = Limits::default();
        assert!(read_delivered(&whole[..whole.len() / 2], &limits, "t.parquet").is_err());
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0xff;
            let _ = read_delivered(&bytes, &limits, "t.parquet");
        }
    }
}
