//! The table that types are made from: one row per organisation, one column per domain or norm.
//!
//! It refuses what no distance can be made of: a column that nobody answered, a number that is not finite.

use std::cmp::Ordering;

use crate::Error;

/// Levels of organisations on domains or norms, some of them missing.
///
/// Shape: rows are organisations, columns are domains or norms; every row has the same columns.
/// Unit: levels of the codebook's scale, or means of them.
/// Missing: held as missing, never as a number; every column has at least one answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    rows: usize,
    columns: usize,
    /// Row by row; missing is NaN, which never leaves this type.
    values: Vec<f64>,
}

impl Matrix {
    /// Takes the rows of a table, and says what is wrong with them if they cannot be compared.
    pub fn new(rows: &[Vec<Option<f64>>]) -> Result<Self, Error> {
        let columns = rows.first().map_or(0, Vec::len);
        if columns == 0 {
            return Err(Error::Empty {
                rows: rows.len(),
                columns,
            });
        }
        let mut values = Vec::with_capacity(rows.len() * columns);
        for (i, row) in rows.iter().enumerate() {
            if row.len() != columns {
                return Err(Error::Ragged {
                    row: i + 1,
                    found: row.len(),
                    expected: columns,
                });
            }
            for (j, value) in row.iter().enumerate() {
                match value {
                    Some(v) if !v.is_finite() => {
                        return Err(Error::NotFinite {
                            row: i + 1,
                            column: j + 1,
                        });
                    }
                    // Zero below zero is zero: otherwise equal rows would not sort as equal.
                    Some(v) => values.push(*v + 0.0),
                    None => values.push(f64::NAN),
                }
            }
        }
        let matrix = Self {
            rows: rows.len(),
            columns,
            values,
        };
        match (0..columns).find(|&j| (0..matrix.rows).all(|i| matrix.get(i, j).is_none())) {
            Some(j) => Err(Error::Unanswered { column: j + 1 }),
            None => Ok(matrix),
        }
    }

    /// Takes complete rows.
    pub fn complete(rows: &[Vec<f64>]) -> Result<Self, Error> {
        let rows: Vec<Vec<Option<f64>>> = rows.iter().map(|row| row.iter().copied().map(Some).collect()).collect();
        Self::new(&rows)
    }

    /// Builds from values that came out of another matrix of the same shape; NaN is missing.
    pub(super) fn from_parts(rows: usize, columns: usize, values: Vec<f64>) -> Self {
        debug_assert_eq!(values.len(), rows * columns);
        Self { rows, columns, values }
    }

    /// How many organisations.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many domains or norms.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// One value; nothing where the answer is missing.
    pub fn get(&self, row: usize, column: usize) -> Option<f64> {
        let value = self.values[row * self.columns + column];
        (!value.is_nan()).then_some(value)
    }

    /// One row, missing as NaN.
    pub(super) fn raw(&self, row: usize) -> &[f64] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    /// Whether no answer is missing.
    pub fn is_complete(&self) -> bool {
        self.values.iter().all(|v| !v.is_nan())
    }

    /// The answers of one row, in the order of the columns.
    pub fn row(&self, row: usize) -> Vec<Option<f64>> {
        (0..self.columns).map(|j| self.get(row, j)).collect()
    }

    /// The mean of what a row answered; nothing when it answered nothing.
    pub fn row_mean(&self, row: usize) -> Option<f64> {
        mean(self.raw(row).iter().copied().filter(|v| !v.is_nan()))
    }

    /// The mean of what was answered in a column.
    pub fn column_mean(&self, column: usize) -> f64 {
        mean((0..self.rows).filter_map(|i| self.get(i, column))).expect("a matrix has no column without answers")
    }

    /// The same table with its rows in another order, or only some of them.
    ///
    /// Missing: a column may lose all its answers when rows are left out; distances pass over it.
    pub fn take(&self, rows: &[usize]) -> Self {
        let values = rows.iter().flat_map(|&i| self.raw(i).iter().copied()).collect();
        Self::from_parts(rows.len(), self.columns, values)
    }

    /// An order of the rows that does not depend on how they were delivered.
    ///
    /// Method: by content, column after column, missing last; rows with the same content by their name.
    pub fn canonical_order(&self, names: &[String]) -> Result<Vec<usize>, Error> {
        if names.len() != self.rows {
            return Err(Error::Length {
                what: "the list of organisations",
                found: names.len(),
                expected: self.rows,
            });
        }
        let mut order: Vec<usize> = (0..self.rows).collect();
        order.sort_by(|&a, &b| {
            let pairs = self.raw(a).iter().zip(self.raw(b));
            pairs
                .map(|(x, y)| x.total_cmp(y))
                .find(|o| *o != Ordering::Equal)
                .unwrap_or_else(|| names[a].cmp(&names[b]))
        });
        Ok(order)
    }

    /// Whether all rows hold the same answers and the same gaps.
    pub fn all_equal(&self) -> bool {
        (1..self.rows).all(|i| {
            let pairs = self.raw(i).iter().zip(self.raw(0));
            pairs.into_iter().all(|(x, y)| x.total_cmp(y).is_eq())
        })
    }
}

/// The mean of some numbers, summed in the order given; nothing of nothing.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.fold((0.0, 0_usize), |(s, n), v| (s + v, n + 1));
    (n > 0).then(|| sum / n as f64)
}
