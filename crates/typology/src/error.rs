//! What can stop a typology: data that hold no types, or a request that they cannot answer.

/// Why organisations could not be put in types.
///
/// Rows and columns are counted from 1, as a reader counts them.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The table has no rows or no columns.
    #[error("the table has {rows} rows and {columns} columns; expected at least one of each")]
    Empty {
        /// Rows found.
        rows: usize,
        /// Columns found.
        columns: usize,
    },
    /// A row is longer or shorter than the first one.
    #[error("row {row} has {found} values; expected {expected}, as in row 1")]
    Ragged {
        /// Row, from 1.
        row: usize,
        /// Values found.
        found: usize,
        /// Values in the first row.
        expected: usize,
    },
    /// A value is infinite or not a number.
    #[error(
        "row {row}, column {column} holds a value that is not finite; expected a number, or nothing where the answer is missing"
    )]
    NotFinite {
        /// Row, from 1.
        row: usize,
        /// Column, from 1.
        column: usize,
    },
    /// Nobody answered a column.
    #[error("column {column} has no answer in any row; expected at least one: leave the column out")]
    Unanswered {
        /// Column, from 1.
        column: usize,
    },
    /// Two rows answered nothing in common, so no distance lies between them.
    #[error(
        "rows {first} and {second} have no column that both answered; expected at least one: leave out the row with fewer answers, or take domain means instead of norms"
    )]
    NothingShared {
        /// First row, from 1.
        first: usize,
        /// Second row, from 1.
        second: usize,
    },
    /// A value lies outside the scale that the codebook declares.
    #[error(
        "row {row}, column {column} holds {value}, outside its scale {low} to {high}; expected a value on the scale"
    )]
    OffScale {
        /// Row, from 1.
        row: usize,
        /// Column, from 1.
        column: usize,
        /// Value found.
        value: f64,
        /// Lowest level of the scale.
        low: f64,
        /// Highest level of the scale.
        high: f64,
    },
    /// The scale has no width, or is missing for a column.
    #[error("the scale of column {column} is missing or has no width; expected a lowest level below the highest")]
    Scale {
        /// Column, from 1.
        column: usize,
    },
    /// More clusters asked than there are rows, or none.
    #[error("{k} clusters asked of {rows} rows; expected 1 to {rows}")]
    TooManyClusters {
        /// Clusters asked.
        k: usize,
        /// Rows there are.
        rows: usize,
    },
    /// Every row is the same, so no line divides them.
    #[error("all {rows} rows are equal; expected at least two that differ: there is one type")]
    AllEqual {
        /// Rows there are.
        rows: usize,
    },
    /// A list has another length than the table has rows.
    #[error("{what} has {found} entries; expected {expected}, one per row")]
    Length {
        /// Which list.
        what: &'static str,
        /// Entries found.
        found: usize,
        /// Entries expected.
        expected: usize,
    },
    /// A weight is not a finite number above zero.
    #[error("the weight of row {row} is {value}; expected a finite number above zero")]
    Weight {
        /// Row, from 1.
        row: usize,
        /// Weight found.
        value: f64,
    },
    /// Too few organisations for latent classes.
    #[error(
        "{rows} organisations are too few for latent classes; expected at least {minimum}: below that, simulations find the wrong number of classes too often, so read the rule-based types and the medoid clusters"
    )]
    TooFewForClasses {
        /// Organisations there are.
        rows: usize,
        /// Organisations needed.
        minimum: usize,
    },
    /// A rectangle of distances between more rows than fit in memory.
    #[error("{rows} rows are too many for all distances at once; expected at most {maximum}: use the sampled variant")]
    TooManyRows {
        /// Rows there are.
        rows: usize,
        /// Most rows that are taken.
        maximum: usize,
    },
    /// A request outside what the method can do.
    #[error("{what} is {found}; expected {expected}")]
    Setting {
        /// Which setting.
        what: &'static str,
        /// What was found.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
}
