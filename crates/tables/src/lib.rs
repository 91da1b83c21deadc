//! Tables in and out of files: the only crate that knows polars.
//!
//! A declared table becomes Parquet and comes back, held against its declaration both ways; any other CSV or
//! Parquet is read as plain columns; a large table is read and written a piece at a time. This crate computes nothing.

mod columns;
mod delivered;
mod parquet;
mod pieces;
mod scan;

pub use columns::{Columns, read_columns};
pub use delivered::read_delivered;
pub use parquet::{read, write, write_table};
pub use pieces::Pieces;
pub use scan::Scan;

/// A table that cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is not what its reader expects.
    #[error("{found}; expected {expected}\n  at   {place}\n  hint {hint}")]
    Unreadable {
        /// File.
        place: String,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
        /// What to do.
        hint: String,
    },
    /// The values do not fit the declaration: a fault of the stage that made them.
    #[error("table `{table}` does not fit its declaration: {fault}")]
    Undeclared {
        /// Table.
        table: String,
        /// First fault.
        fault: String,
    },
}
