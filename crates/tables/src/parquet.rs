//! Declared tables as Parquet: zstd, plain types, and the declaration in the key-value metadata.

use crate::Error;
use nulmeting_study::{Kind, Record, Schema, Table, Values};
use polars::prelude::{
    Column, DataFrame, DataType, KeyValueMetadata, NamedFrom, ParquetReader, ParquetWriter, SerReader, Series,
};
use std::io::Cursor;

/// The version of the tables' shape, in every file; docs/schema.md says when it rises.
const SCHEMA_VERSION: &str = "1";

/// Where a file says which version it has.
const VERSION_KEY: &str = "nulmeting.schema_version";

/// Writes rows as the bytes of a Parquet file.
///
/// Errors: the rows do not fit the declaration of their table.
pub fn write<R: Record>(rows: &[R]) -> Result<Vec<u8>, Error> {
    write_table(&R::table(rows))
}

/// Writes a table as the bytes of a Parquet file.
///
/// Errors: the values do not fit the declaration.
pub fn write_table(table: &Table) -> Result<Vec<u8>, Error> {
    let undeclared = |fault: String| Error::Undeclared {
        table: table.schema.name.to_owned(),
        fault,
    };
    table.check().map_err(undeclared)?;
    let columns = table
        .schema
        .columns
        .iter()
        .zip(&table.columns)
        .map(|(column, values)| Column::from(series(column.name, values)))
        .collect();
    let mut frame = DataFrame::new(table.rows(), columns).map_err(|cause| undeclared(cause.to_string()))?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(metadata(&table.schema))))
        .set_parallel(false)
        .finish(&mut frame)
        .map_err(|cause| undeclared(cause.to_string()))?;
    Ok(bytes)
}

/// Reads rows from the bytes of a Parquet file; columns are found by name, and further ones are passed over.
///
/// Missing: a column that may be missing and is not in the file, as in a table of an older release, has no values.
/// Errors: not a Parquet file, one of a later shape, a missing column that is required, a column of another type, a
/// value that is not allowed.
pub fn read<R: Record>(bytes: Vec<u8>, place: &str) -> Result<Vec<R>, Error> {
    let unreadable = |found: String| Error::Unreadable {
        place: place.to_owned(),
        found,
        expected: format!("the table `{}` as this version writes it", R::schema().name),
        hint: "make it again with `nulmeting run`".to_owned(),
    };
    let mut reader = ParquetReader::new(Cursor::new(bytes));
    let version = version(&mut reader).map_err(&unreadable)?;
    if version > SCHEMA_VERSION.parse().unwrap_or(1) {
        return Err(unreadable(format!(
            "tables of shape {version}, this version reads up to {SCHEMA_VERSION}"
        )));
    }
    let frame = reader.finish().map_err(|cause| unreadable(cause.to_string()))?;
    let schema = R::schema();
    let columns = schema
        .columns
        .iter()
        .map(|column| {
            if column.nullable && frame.column(column.name).is_err() {
                return Ok(absent(column.kind, frame.height()));
            }
            let found = frame
                .column(column.name)
                .map_err(|_| unreadable(format!("no column `{}`", column.name)))?;
            let found = values(found.as_materialized_series())
                .filter(|values| values.kind() == column.kind)
                .ok_or_else(|| unreadable(format!("column `{}` of type {}", column.name, found.dtype())))?;
            Ok(found)
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let table = Table { schema, columns };
    table.check().map_err(unreadable)?;
    R::rows(&table).map_err(unreadable)
}

/// The version of the shape that a file says it has; 1 when it says nothing.
fn version(reader: &mut ParquetReader<Cursor<Vec<u8>>>) -> Result<u32, String> {
    let metadata = reader.get_metadata().map_err(|cause| cause.to_string())?;
    let pairs = metadata.key_value_metadata().iter().flatten();
    let stated = pairs
        .filter(|pair| pair.key == VERSION_KEY)
        .find_map(|pair| pair.value.as_ref()?.parse().ok());
    Ok(stated.unwrap_or(1))
}

/// A column without values.
fn absent(kind: Kind, rows: usize) -> Values {
    match kind {
        Kind::Text => Values::Text(vec![None; rows]),
        Kind::Integer => Values::Integer(vec![None; rows]),
        Kind::Double => Values::Double(vec![None; rows]),
        Kind::Boolean => Values::Boolean(vec![None; rows]),
    }
}

pub(crate) fn series(name: &str, values: &Values) -> Series {
    match values {
        Values::Text(values) => Series::new(name.into(), values),
        Values::Integer(values) => Series::new(name.into(), values),
        Values::Double(values) => Series::new(name.into(), values),
        Values::Boolean(values) => Series::new(name.into(), values),
    }
}

/// The values of a column; absent when its type is none of ours and cannot be widened to one.
pub(crate) fn values(series: &Series) -> Option<Values> {
    let whole = |series: &Series| {
        let cast = series.cast(&DataType::Int64).ok()?;
        Some(Values::Integer(cast.i64().ok()?.iter().collect()))
    };
    match series.dtype() {
        DataType::String => Some(Values::Text(
            series.str().ok()?.iter().map(|v| v.map(str::to_owned)).collect(),
        )),
        DataType::Boolean => Some(Values::Boolean(series.bool().ok()?.iter().collect())),
        DataType::Int64 | DataType::Int32 | DataType::UInt32 => whole(series),
        DataType::Float64 => Some(Values::Double(series.f64().ok()?.iter().collect())),
        DataType::Float32 => {
            let cast = series.cast(&DataType::Float64).ok()?;
            Some(Values::Double(cast.f64().ok()?.iter().collect()))
        }
        _ => None,
    }
}

/// The declaration as metadata: per column its unit, meaning and value labels.
pub(crate) fn metadata(schema: &Schema) -> Vec<(String, String)> {
    let mut pairs = vec![
        (VERSION_KEY.to_owned(), SCHEMA_VERSION.to_owned()),
        ("nulmeting.table".to_owned(), schema.name.to_owned()),
        ("nulmeting.row".to_owned(), schema.row.to_owned()),
    ];
    for column in &schema.columns {
        let mut text = column.meaning.trim().to_owned();
        if !column.unit.is_empty() {
            text.push_str(&format!(" Unit: {}.", column.unit));
        }
        pairs.push((format!("column.{}", column.name), text));
        for word in column.words {
            pairs.push((
                format!("label.{}.{}", column.name, word.word),
                word.meaning.trim().to_owned(),
            ));
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::{Column, DataFrame, KeyValueMetadata, ParquetWriter, VERSION_KEY, read, series, write};
    use nulmeting_study::tables::{Attention, Rule};
    use nulmeting_study::words::Severity;
    use nulmeting_study::{Finding, Record};

    fn finding(message: &str) -> Finding {
        Finding::new(Severity::Error, Rule::EmptyExport, message, "send it again").wave("2024")
    }

    #[test]
    fn rows_come_back_as_they_went() {
        let rows = vec![finding("één"), finding("twee").item("GO.01")];
        assert_eq!(
            read::<Finding>(write(&rows).unwrap(), "findings.parquet").unwrap(),
            rows
        );
    }

    /// A table with every column of findings but those, and that version.
    fn other(without: &[&str], version: &str) -> Vec<u8> {
        let table = Finding::table(&[finding("één")]);
        let columns: Vec<Column> = table
            .schema
            .columns
            .iter()
            .zip(&table.columns)
            .filter(|(column, _)| !without.contains(&column.name))
            .map(|(column, values)| Column::from(series(column.name, values)))
            .collect();
        let mut bytes = Vec::new();
        let pair = (VERSION_KEY.to_owned(), version.to_owned());
        ParquetWriter::new(&mut bytes)
            .with_key_value_metadata(Some(KeyValueMetadata::from_static(vec![pair])))
            .finish(&mut DataFrame::new(1, columns).unwrap())
            .unwrap();
        bytes
    }

    #[test]
    fn a_table_of_an_older_release_lacks_columns_that_may_be_missing() {
        let rows = read::<Finding>(other(&["wave", "sheet"], "1"), "findings.parquet").unwrap();
        assert_eq!((rows[0].wave.as_deref(), rows[0].message.as_str()), (None, "één"));
        let error = read::<Finding>(other(&["message"], "1"), "findings.parquet").unwrap_err();
        assert!(error.to_string().contains("no column `message`"), "{error}");
    }

    #[test]
    fn a_table_of_a_later_shape_is_refused() {
        let error = read::<Finding>(other(&[], "999"), "findings.parquet").unwrap_err();
        assert!(error.to_string().contains("tables of shape 999"), "{error}");
    }

    #[test]
    fn an_empty_table_keeps_its_columns() {
        assert_eq!(
            read::<Finding>(write::<Finding>(&[]).unwrap(), "findings.parquet").unwrap(),
            []
        );
    }

    #[test]
    fn same_rows_same_bytes() {
        let rows = vec![finding("een")];
        assert_eq!(write(&rows).unwrap(), write(&rows).unwrap());
    }

    #[test]
    fn another_table_is_refused_by_name() {
        let error = read::<Attention>(write(&[finding("een")]).unwrap(), "attention.parquet").unwrap_err();
        assert!(error.to_string().contains("no column `id`"), "{error}");
    }

    #[test]
    fn doubled_key_does_not_reach_a_file() {
        let row = Attention {
            wave: "2024".into(),
            rank: 1,
            rank_low: 1,
            rank_high: 1,
            scope: "norm".into(),
            item: "GO.01".into(),
            share_below_target: Some(0.5),
            ci_low: None,
            ci_high: None,
            mean_level: None,
            gap: None,
            n: Some(10),
        };
        assert!(write(&[row.clone(), row]).is_err());
        assert_eq!(Attention::schema().key.len(), 3);
    }
}
