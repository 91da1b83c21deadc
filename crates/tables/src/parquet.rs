//! Declared tables as Parquet: zstd, plain types, and the declaration in the key-value metadata.

use crate::Error;
use nulmeting_study::{Record, Schema, Table, Values};
use polars::prelude::{
    Column, DataFrame, DataType, KeyValueMetadata, NamedFrom, ParquetReader, ParquetWriter, SerReader, Series,
};
use std::io::Cursor;

/// The version of the tables' shape, in every file; it rises when a column is renamed, retyped or dropped.
const SCHEMA_VERSION: &str = "1";

/// Writes rows as the bytes of a Parquet file.
///
/// Errors: the rows do not fit the declaration of their table.
pub fn write<R: Record>(rows: &[R]) -> Result<Vec<u8>, Error> {
    let table = R::table(rows);
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
/// Errors: not a Parquet file, a missing column, a column of another type, a value that is not allowed.
pub fn read<R: Record>(bytes: Vec<u8>, place: &str) -> Result<Vec<R>, Error> {
    let unreadable = |found: String| Error::Unreadable {
        place: place.to_owned(),
        found,
        expected: format!("the table `{}` as this version writes it", R::schema().name),
        hint: "make it again with `nulmeting run`".to_owned(),
    };
    let frame = ParquetReader::new(Cursor::new(bytes))
        .finish()
        .map_err(|cause| unreadable(cause.to_string()))?;
    let schema = R::schema();
    let columns = schema
        .columns
        .iter()
        .map(|column| {
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

fn series(name: &str, values: &Values) -> Series {
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
fn metadata(schema: &Schema) -> Vec<(String, String)> {
    let mut pairs = vec![
        ("nulmeting.schema_version".to_owned(), SCHEMA_VERSION.to_owned()),
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
    use super::{read, write};
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
        assert!(error.to_string().contains("no column `rank`"), "{error}");
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
            n: 10,
        };
        assert!(write(&[row.clone(), row]).is_err());
        assert_eq!(Attention::schema().key.len(), 3);
    }
}
