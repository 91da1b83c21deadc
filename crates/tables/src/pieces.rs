//! A declared table written a piece at a time, so that its rows never stand in memory together.

use crate::Error;
use crate::parquet::{metadata, series};
use nulmeting_study::{Record, Table};
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{Column, DataFrame, KeyValueMetadata, ParquetWriter};
use std::io::Write;
use std::marker::PhantomData;

/// The Parquet file of a table as it grows: a row group for every piece.
pub struct Pieces<R, W: Write> {
    writer: BatchedWriter<W>,
    row: PhantomData<R>,
}

impl<R: Record, W: Write> Pieces<R, W> {
    /// Begins a file.
    ///
    /// Errors: the file cannot be written to.
    pub fn begin(file: W) -> Result<Self, Error> {
        let frame = frame(&R::table(&[]))?;
        let writer = ParquetWriter::new(file)
            .with_key_value_metadata(Some(KeyValueMetadata::from_static(metadata(&R::schema()))))
            .set_parallel(false)
            .batched(frame.schema())
            .map_err(|cause| undeclared::<R>(cause.to_string()))?;
        Ok(Self {
            writer,
            row: PhantomData,
        })
    }

    /// Adds rows. That no two rows of the file share a key is for the caller to see to: a piece does not know the others.
    ///
    /// Errors: the rows do not fit the declaration of their table, or the file cannot be written to.
    pub fn add(&mut self, rows: &[R]) -> Result<(), Error> {
        let table = R::table(rows);
        table.check_values().map_err(undeclared::<R>)?;
        let frame = frame(&table)?;
        self.writer
            .write_batch(&frame)
            .map_err(|cause| undeclared::<R>(cause.to_string()))
    }

    /// Ends the file.
    ///
    /// Errors: the file cannot be written to.
    pub fn end(self) -> Result<(), Error> {
        let ended = self.writer.finish();
        ended.map(|_| ()).map_err(|cause| undeclared::<R>(cause.to_string()))
    }
}

fn frame(table: &Table) -> Result<DataFrame, Error> {
    let columns = table.schema.columns.iter().zip(&table.columns);
    let columns = columns
        .map(|(column, values)| Column::from(series(column.name, values)))
        .collect();
    DataFrame::new(table.rows(), columns).map_err(|cause| Error::Undeclared {
        table: table.schema.name.to_owned(),
        fault: cause.to_string(),
    })
}

fn undeclared<R: Record>(fault: String) -> Error {
    Error::Undeclared {
        table: R::schema().name.to_owned(),
        fault,
    }
}

#[cfg(test)]
mod tests {
    use super::Pieces;
    use nulmeting_study::Finding;
    use nulmeting_study::tables::Rule;
    use nulmeting_study::words::Severity;

    #[test]
    fn pieces_read_back_as_one_table() {
        let finding = |message: &str| Finding::new(Severity::Note, Rule::EmptyExport, message, "");
        let rows = [finding("een"), finding("twee"), finding("drie")];
        let mut bytes = Vec::new();
        let mut pieces = Pieces::begin(&mut bytes).unwrap();
        pieces.add(&rows[..2]).unwrap();
        pieces.add(&rows[2..]).unwrap();
        pieces.end().unwrap();
        assert_eq!(crate::read::<Finding>(bytes, "findings.parquet").unwrap(), rows);
        let mut bytes = Vec::new();
        Pieces::<Finding, _>::begin(&mut bytes).unwrap().end().unwrap();
        assert_eq!(crate::read::<Finding>(bytes, "findings.parquet").unwrap(), []);
    }
}
