//! Rows that disclosure control let through: a table of numbers about organisations holds nothing else.

use crate::bundle::{Member, Rows};
use crate::table::{Record, Schema, Table};

/// Rows that may be published.
///
/// Only disclosure control and the reading of a table that an earlier run released make one, so that a table cannot be
/// published by forgetting to guard it; `clippy.toml` bans [`Released::after_control`] everywhere else.
#[derive(Debug, Clone, PartialEq)]
pub struct Released<R>(Vec<R>);

impl<R> Default for Released<R> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<R> Released<R> {
    /// Rows from which disclosure control took every number that may not be published.
    pub fn after_control(rows: Vec<R>) -> Self {
        Self(rows)
    }

    /// Adds other released rows at the end.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Puts the rows in another order, or fills in what follows from released rows alone.
    #[must_use]
    pub fn completed(mut self, complete: impl FnOnce(&mut [R])) -> Self {
        complete(&mut self.0);
        self
    }
}

impl<R> std::ops::Deref for Released<R> {
    type Target = [R];

    fn deref(&self) -> &[R] {
        &self.0
    }
}

impl<'a, R> IntoIterator for &'a Released<R> {
    type Item = &'a R;
    type IntoIter = std::slice::Iter<'a, R>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<R: Record + Sync> Rows for Released<R> {
    fn schema(&self) -> Schema {
        R::schema()
    }
    fn table(&self) -> Table {
        R::table(&self.0)
    }
}

impl<R: Record + Sync> Member for Released<R> {
    type Row = R;
    fn from_file(rows: Vec<R>) -> Self {
        Self(rows)
    }
    fn append(&mut self, other: Self) {
        self.extend(other);
    }
    /// Rounding tells less, so the rows stay released.
    fn settle(&mut self) {
        self.0.iter_mut().for_each(Record::settle);
    }
}
