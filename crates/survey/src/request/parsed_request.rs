//! A request with its expressions read, and the table with its rows in the order of their contents.

use super::{EstimateRequest, Statistic};
use crate::error::Error;
use crate::expression::{Cell, Columns, Condition, Measure, known};

/// The request with its expressions read and its columns found.
pub(super) struct ParsedRequest {
    pub(super) subject: Subject,
    pub(super) condition: Option<Condition>,
    pub(super) columns: Vec<String>,
}

pub(super) enum Subject {
    Measure(Measure),
    Pair(Measure, Measure),
    Share(Condition),
}

impl ParsedRequest {
    pub(super) fn read(request: &EstimateRequest, table: &dyn Columns) -> Result<Self, Error> {
        let subject = match &request.statistic {
            Statistic::Mean(text) | Statistic::Total(text) | Statistic::Quantile(text, _) => {
                Subject::Measure(Measure::parse(text, table)?)
            }
            Statistic::Ratio(above, below) => {
                Subject::Pair(Measure::parse(above, table)?, Measure::parse(below, table)?)
            }
            Statistic::Share(text) => Subject::Share(Condition::parse(text, table)?),
        };
        let condition = request
            .condition
            .as_deref()
            .map(|text| Condition::parse(text, table))
            .transpose()?;
        let named = [&request.by, &request.change, &request.strata, &request.weight]
            .into_iter()
            .flatten();
        let mut columns: Vec<String> = named
            .chain(&request.clusters)
            .chain(&request.populations)
            .chain(&request.replicate_weights)
            .cloned()
            .collect();
        columns.iter().try_for_each(|name| known(table, name))?;
        let mut add = |names: Vec<&str>| columns.extend(names.into_iter().map(str::to_owned));
        match &subject {
            Subject::Measure(measure) => add(measure.columns().collect()),
            Subject::Pair(above, below) => add(above.columns().chain(below.columns()).collect()),
            Subject::Share(condition) => add(condition.columns()),
        }
        if let Some(condition) = &condition {
            add(condition.columns());
        }
        columns.sort();
        columns.dedup();
        Ok(Self {
            subject,
            condition,
            columns,
        })
    }
}

/// A table with its rows in the order of their contents.
pub(super) struct Sorted<'a> {
    table: &'a dyn Columns,
    order: Vec<usize>,
}

impl<'a> Sorted<'a> {
    pub(super) fn new(table: &'a dyn Columns, columns: &[String]) -> Self {
        let keys: Vec<Vec<String>> = (0..table.rows())
            .map(|row| {
                columns
                    .iter()
                    .map(|name| match table.cell(name, row) {
                        Cell::Missing => String::new(),
                        Cell::Number(value) => format!("{:016x}", value.to_bits()),
                        Cell::Text(text) => text.to_owned(),
                    })
                    .collect()
            })
            .collect();
        let mut order: Vec<usize> = (0..table.rows()).collect();
        order.sort_by(|&a, &b| keys[a].cmp(&keys[b]));
        Self { table, order }
    }
}

impl Columns for Sorted<'_> {
    fn rows(&self) -> usize {
        self.order.len()
    }

    fn names(&self) -> Vec<String> {
        self.table.names()
    }

    fn cell(&self, column: &str, row: usize) -> Cell<'_> {
        self.table.cell(column, self.order[row])
    }
}
